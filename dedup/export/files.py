"""Files that are whole or not there."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

from dedup.model import DedupError


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """Opens ``NAME.tmp`` beside ``path`` for UTF-8 text and puts it in the place of ``path`` when the body ends well.

    When the body raises, ``path`` stays as it was and the temporary file is removed. Raises ``DedupError`` naming
    ``path`` where it cannot be written. Does not guard against two writers of one path. Lone surrogates become "?".
    """
    with (
        atomic_path(path) as temporary,
        open(temporary, "w", encoding="utf-8", errors="replace", newline="\n") as out,
    ):
        yield out


@contextmanager
def atomic_path(path: str | os.PathLike[str]) -> Iterator[Path]:
    """The same for a body that opens the file by its name, which it is told."""
    temporary = Path(f"{os.fspath(path)}.tmp")
    try:
        yield temporary
        with open(temporary, "rb+") as written:
            os.fsync(written.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        # an OSError that names another file is the body's own trouble
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise DedupError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error
        raise
