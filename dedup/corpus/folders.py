"""Files by folder and by pattern, in sorted order: what is hidden, and folders that are links, is passed over."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from dedup.model import CorpusError, Reject

_MAGIC = frozenset("*?[")


def name_of(path: Path) -> str:
    """The path as it was given, with slashes; bytes that are no character are written out, never merged."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def walk(folder: Path) -> Iterator[Path | Reject]:
    """The regular files under a folder, sorted; hidden ones, and folders that are links (they may form a loop), not."""
    waiting = [folder]
    while waiting:
        path = waiting.pop()
        if path is not folder and (not path.is_dir() or path.is_symlink()):
            if path.is_file():
                yield path
            continue
        try:
            names = sorted(name for name in os.listdir(path) if not name.startswith("."))
        except OSError as error:
            yield Reject(name_of(path), None, f"cannot be listed: {error.strerror or error}")
            continue
        waiting.extend(path / name for name in reversed(names))


def is_pattern(path: Path) -> bool:
    """Whether a path that is not there is one for many: ``pages/*.jsonl``, ``pages/**/*.html``."""
    return not _MAGIC.isdisjoint(path.as_posix())


def matching(pattern: Path) -> list[Path | Reject]:
    """The files that match a pattern, each once, and those in the folders that do.

    Raises ``CorpusError`` for a pattern that nothing matches, and for one that is none.
    """
    whole = [_MAGIC.isdisjoint(part) for part in pattern.parts]
    first = whole.index(False)
    base, rest = Path(*pattern.parts[:first]), Path(*pattern.parts[first:])
    try:
        found = sorted(path for path in base.glob(rest.as_posix()) if not _is_hidden(path, len(base.parts), rest))
    except (ValueError, OSError) as error:
        raise CorpusError(name_of(pattern), f"there is no such file, and as a pattern: {error}") from error
    if not found:
        raise CorpusError(name_of(pattern), "there is no such file, and as a pattern it matches none")
    files: dict[Path | Reject, None] = {}
    for path in found:
        files |= dict.fromkeys(walk(path) if path.is_dir() else [path] if path.is_file() else [])
    return list(files)


def _is_hidden(path: Path, known: int, rest: Path) -> bool:
    asked = any(part.startswith(".") for part in rest.parts)
    return not asked and any(part.startswith(".") for part in path.parts[known:])
