"""The door of the room: which reader a path gets, how folders are walked, what is raised and what is only reported."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

from dedup.corpus.archives import read_archive
from dedup.corpus.cleaning import Refused
from dedup.corpus.extracting import extracted
from dedup.corpus.files import ARCHIVE_SUFFIXES, Options, Place, Source, empty_problem
from dedup.corpus.lines import read_json, read_json_lines, read_json_stream
from dedup.corpus.markup import read_xml
from dedup.corpus.pages import page_of, read_text, read_unknown
from dedup.corpus.tables import read_table
from dedup.corpus.waiting import Page
from dedup.corpus.webpages import is_saved_page, read_html
from dedup.model import CorpusError, Document, Reject

OnReject: TypeAlias = Callable[[Reject], None]
Items: TypeAlias = Generator[Document | Reject, None, None]
Found: TypeAlias = Generator[Document | Reject | Page, None, None]

READERS: dict[str, Callable[[Source], Iterator[Document | Reject | Page]]] = {
    ".txt": read_text,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".jl": read_json_lines,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".warc": read_archive,
    ".arc": read_archive,
    ".wet": read_archive,
    ".xml": read_xml,
    ".rss": read_xml,
    ".atom": read_xml,
}


def read_corpus(
    path: str | os.PathLike[str],
    on_reject: OnReject | None = None,
    *,
    now: datetime | None = None,
    options: Options | None = None,
) -> Iterator[Document]:
    """The documents of a file, or of all files of known formats in a folder and its subfolders, in sorted order.

    Records that cannot be read go to ``on_reject`` (by default they are logged as warnings), and so do files of a
    folder; an empty file gives no document. Dates later than ``now`` (by default the present) are unknown.
    Raises :class:`CorpusError` at once for a path that is not there, and while reading for a file that is not what
    its suffix says, and for a folder without any file of a known format.
    """
    return _sift(_items(Path(path), _moment(now), options or Options()), on_reject)


def read_stream(
    lines: BinaryIO, name: str = "<stdin>", on_reject: OnReject | None = None, *, now: datetime | None = None
) -> Iterator[Document]:
    """The documents of a stream of JSON Lines, called ``name`` in ids and messages; an empty stream gives none.

    Raises :class:`CorpusError` for UTF-16 and UTF-32.
    """
    return _sift(read_json_stream(lines, name, _moment(now)), on_reject)


def read_page(
    path: str | os.PathLike[str], on_reject: OnReject | None = None, *, now: datetime | None = None
) -> Document:
    """The page that a file holds, or the first readable record of a file of many.

    Raises :class:`CorpusError` where there is none, with the first reason found; and for a folder.
    """
    rejects: list[Reject] = []

    def note(reject: Reject) -> None:
        rejects.append(reject)
        (on_reject or _log)(reject)

    file = Path(path)
    if file.is_dir():
        raise CorpusError(_name(file), "is a folder: name one page in it")
    with closing(_items(file, _moment(now), Options())) as items:
        for document in _sift(items, note):
            return document
    first = rejects[0] if rejects else Reject(_name(file), None, "holds no page")
    raise CorpusError(first.path, first.problem, first.line)


def page_from_text(text: str, id: str = "<pasted>", *, now: datetime | None = None) -> Document:
    """The page that a pasted text is: title line, site and date are found as in a ``.txt`` file.

    Raises :class:`CorpusError` when it holds no text.
    """
    try:
        return page_of(text, Place(id), _moment(now))
    except Refused as refusal:
        raise CorpusError(id, str(refusal)) from refusal


def _items(path: Path, now: datetime, options: Options) -> Items:
    """Checks the path at once, and gives what reads it: the one place where pages become documents."""
    return extracted(_found(path, now, options), options)


def _found(path: Path, now: datetime, options: Options) -> Found:
    if not os.path.lexists(path):
        raise CorpusError(_name(path), "there is no such file or folder")
    if path.is_dir():
        return _read_folder(path, now, options)
    if not path.is_file():
        raise CorpusError(_name(path), "is neither a file nor a folder: pipe its records to standard input instead")
    if not os.access(path, os.R_OK):
        raise CorpusError(_name(path), "cannot be read: no permission")
    if _suffix(path) in ARCHIVE_SUFFIXES:
        raise CorpusError(_name(path), "is an archive: unpack it first")
    return _read_file(Source(path, _name(path), now, options))


def _read_folder(folder: Path, now: datetime, options: Options) -> Found:
    known = 0
    for path in _walk(folder):
        if isinstance(path, Reject):
            yield path
            continue
        below = _name(path.relative_to(folder))
        if _suffix(path) in READERS or is_saved_page(path, below):
            known += 1
            try:
                yield from _read_file(Source(path, _name(path), now, options, below))
            except CorpusError as error:
                yield Reject(error.path, error.line, error.problem)
    if not known:
        raise CorpusError(_name(folder), f"holds no file of a known format: {' '.join(READERS)}")


def _read_file(source: Source) -> Found:
    """A file's documents and rejects; a file that gives neither is reported as empty."""
    unknown = read_html if source.below is not None else read_unknown
    reader = READERS.get(_suffix(source.path), unknown)
    silent = True
    for item in reader(source):
        silent = False
        yield item
    if silent:
        nothing = empty_problem(source) if source.path.stat().st_size == 0 else "holds no record"
        yield Place(source.name).reject(nothing)


def _walk(folder: Path) -> Iterator[Path | Reject]:
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
            yield Reject(_name(path), None, f"cannot be listed: {error.strerror or error}")
            continue
        waiting.extend(path / name for name in reversed(names))


def _sift(items: Iterable[Document | Reject], on_reject: OnReject | None) -> Iterator[Document]:
    report = on_reject or _log
    for item in items:
        if isinstance(item, Document):
            yield item
        else:
            report(item)


def _log(reject: Reject) -> None:
    logging.getLogger(__name__).warning("%s", reject)


def _suffix(path: Path) -> str:
    """The suffix that names the format, in lower case: what is before ``.gz``, if that is there."""
    name = path.name.lower().removesuffix(".gz")
    return Path(name).suffix


def _name(path: Path) -> str:
    """The path as it was given, with slashes; bytes that are no character are written out, never merged."""
    return os.fsencode(path.as_posix()).decode("utf-8", "backslashreplace")


def _moment(now: datetime | None) -> datetime:
    """The one clock of the room."""
    return now if now is not None else datetime.now(UTC)
