"""The door of the room: which reader a path gets, how folders are walked, what is raised and what is only reported."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, TypeAlias

from dedup.corpus.archives import read_archive
from dedup.corpus.cleaning import Refused
from dedup.corpus.columnar import ARROW_MAGIC, is_about_data, read_arrow, read_parquet
from dedup.corpus.databases import MAGIC as SQLITE_MAGIC
from dedup.corpus.databases import is_ours, parts_of, read_database
from dedup.corpus.extracting import extracted
from dedup.corpus.files import ARCHIVE_SUFFIXES, Options, Place, Source, empty_problem
from dedup.corpus.folders import is_pattern, matching, name_of, walk
from dedup.corpus.lines import read_json, read_json_lines, read_json_stream
from dedup.corpus.markup import read_xml
from dedup.corpus.packed import PACKED_SUFFIXES
from dedup.corpus.pages import page_of, read_text, read_unknown
from dedup.corpus.records import require_meanings
from dedup.corpus.tables import read_table
from dedup.corpus.waiting import Page
from dedup.corpus.webpages import is_saved_page, read_html
from dedup.model import CorpusError, Document, FileRead, Reject

OnReject: TypeAlias = Callable[[Reject], None]
# Told a file of which all documents were given, or which was passed over.
OnFile: TypeAlias = Callable[[FileRead], None]
Items: TypeAlias = Generator[Document | Reject | FileRead, None, None]
Found: TypeAlias = Generator[Document | Reject | FileRead | Page, None, None]

Reader: TypeAlias = Callable[[Source], Iterator[Document | Reject | Page]]
Watch: TypeAlias = Callable[[Mapping[str, object]], None]

READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".jl": read_json_lines,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
    ".parquet": read_parquet,
    ".arrow": read_arrow,
    ".feather": read_arrow,
    ".db": read_database,
    ".sqlite": read_database,
    ".sqlite3": read_database,
    ".db3": read_database,
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
# What files without a known suffix are, by their first bytes.
BY_MAGIC: dict[bytes, Reader] = {SQLITE_MAGIC: read_database, b"PAR1": read_parquet, ARROW_MAGIC: read_arrow}


def read_corpus(
    path: str | os.PathLike[str],
    on_reject: OnReject | None = None,
    *,
    now: datetime | None = None,
    options: Options | None = None,
    on_file: OnFile | None = None,
    watch: Watch | None = None,
) -> Iterator[Document]:
    """The documents of a file, or of all files of known formats in a folder and its subfolders, in sorted order.

    A path that is not there may be a pattern (``pages/**/*.jsonl.gz``), or name a table of a SQLite file
    (``news.db::articles``). ``options`` tells which fields hold what, and how pages are read.
    ``on_file`` is told each file when all its documents were given, and those that were passed over; ``watch`` is shown
    each record before it is understood.
    Records that cannot be read go to ``on_reject`` (by default they are logged as warnings), and so do files of a
    folder; an empty file gives no document. Dates later than ``now`` (by default the present) are unknown.
    Raises :class:`CorpusError` at once for a path that is not there, a pattern that nothing matches and a meaning that
    documents do not have; and while reading for a file that is not what its suffix says, for one no record of which
    has a field that was named, and for a folder without any file of a known format.
    """
    return _sift(items_of(path, moment(now), options or Options(), watch), on_reject, on_file)


def read_stream(
    lines: BinaryIO,
    name: str = "<stdin>",
    on_reject: OnReject | None = None,
    *,
    now: datetime | None = None,
    options: Options | None = None,
    watch: Watch | None = None,
) -> Iterator[Document]:
    """The documents of a stream of JSON Lines, called ``name`` in ids and messages; an empty stream gives none.

    Raises :class:`CorpusError` for UTF-16 and UTF-32, and for named fields as ``read_corpus`` does.
    """
    source = Source(Path(name), name, moment(now), options or Options(), None, watch)
    require_meanings(source.options.fields, name)
    return _sift(read_json_stream(lines, source), on_reject)


def read_page(
    path: str | os.PathLike[str],
    on_reject: OnReject | None = None,
    *,
    now: datetime | None = None,
    options: Options | None = None,
) -> Document:
    """The page that a file holds, or the first readable record of a file of many.

    Raises :class:`CorpusError` where there is none, with the first reason found; for a folder; and for a pattern that
    several files match.
    """
    rejects: list[Reject] = []

    def note(reject: Reject) -> None:
        rejects.append(reject)
        (on_reject or _log)(reject)

    file = Path(path)
    if file.is_dir():
        raise CorpusError(name_of(file), "is a folder: name one page in it")
    if not os.path.lexists(file) and is_pattern(file) and (several := len(matching(file))) > 1:
        raise CorpusError(name_of(file), f"matches {several} files: name one page")
    with closing(items_of(path, moment(now), options or Options())) as items:
        for document in _sift(items, note):
            return document
    first = rejects[0] if rejects else Reject(name_of(file), None, "holds no page")
    raise CorpusError(first.path, first.problem, first.line)


def page_from_text(text: str, id: str = "<pasted>", *, now: datetime | None = None) -> Document:
    """The page that a pasted text is: title line, site and date are found as in a ``.txt`` file.

    Raises :class:`CorpusError` when it holds no text.
    """
    try:
        return page_of(text, Place(id), moment(now))
    except Refused as refusal:
        raise CorpusError(id, str(refusal)) from refusal


def items_of(path: str | os.PathLike[str], now: datetime, options: Options, watch: Watch | None = None) -> Items:
    """Checks the path at once, and gives what reads it: the one place where pages become documents.

    ``watch`` is shown each record. Raises ``CorpusError``.
    """
    return extracted(_found(path, now, options, watch), options)


def _found(path: str | os.PathLike[str], now: datetime, options: Options, watch: Watch | None) -> Found:
    file, table = Path(path), None
    require_meanings(options.fields, name_of(file))
    if not os.path.lexists(file):
        told, table = parts_of(os.fspath(path))
        file = Path(told)
    source = Source(file, name_of(Path(path)), now, options, table, watch)
    if not os.path.lexists(file) and table is None and is_pattern(file):
        return _read_files(source, matching(file), "matches")
    if not os.path.lexists(file) or (table is not None and file.is_dir()):
        raise CorpusError(source.name, "there is no such file or folder")
    if file.is_dir():
        return _read_files(source, walk(file), "holds", file)
    if not file.is_file():
        raise CorpusError(source.name, "is neither a file nor a folder: pipe its records to standard input instead")
    if not os.access(file, os.R_OK):
        raise CorpusError(source.name, "cannot be read: no permission")
    if _suffix(file) in ARCHIVE_SUFFIXES:
        raise CorpusError(source.name, "is an archive: unpack it first")
    return read_one(source)


def _read_files(whole: Source, paths: Iterable[Path | Reject], verb: str, folder: Path | None = None) -> Found:
    """What is in the files of known formats among the paths; stores of ours are passed over, as notes on data are."""
    known = 0
    for path in paths:
        if isinstance(path, Reject):
            yield path
            continue
        reader = READERS.get(_suffix(path))
        below = name_of(path.relative_to(folder)) if folder is not None else None
        if reader is not None or (below is not None and is_saved_page(path, below)):
            source = replace(whole, path=path, name=name_of(path), below=below)
            known += 1
            if is_about_data(source) or (reader is read_database and is_ours(path)):
                continue
            try:
                yield from read_one(source)
            except CorpusError as error:
                yield Reject(error.path, error.line, error.problem)
    if not known:
        raise CorpusError(whole.name, f"{verb} no file of a known format: {' '.join(READERS)}")


def read_one(source: Source) -> Found:
    """A file's documents and rejects; a file that gives neither is reported as empty."""
    stamp = source.stamp()
    known = source.options.known.get(source.name)
    if known is not None and replace(stamp, documents=known.documents) == known:
        yield known
        return
    silent = True
    for item in _reader(source)(source):
        silent = False
        yield item
    if silent:
        nothing = empty_problem(source) if source.path.stat().st_size == 0 else "holds no record"
        yield Place(source.name).reject(nothing)
    yield stamp


def _reader(source: Source) -> Reader:
    """By the suffix, else by the first bytes of what is no text."""
    if source.table is not None:
        return read_database
    if reader := READERS.get(_suffix(source.path)):
        return reader
    try:
        with source.path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        raise CorpusError(source.name, f"cannot be read: {error.strerror or error}") from error
    unknown = read_html if source.below is not None else read_unknown
    return next((reader for magic, reader in BY_MAGIC.items() if head.startswith(magic)), unknown)


def _sift(
    items: Iterable[Document | Reject | FileRead], on_reject: OnReject | None, on_file: OnFile | None = None
) -> Iterator[Document]:
    report, given = on_reject or _log, 0
    for item in items:
        if isinstance(item, Document):
            given += 1
            yield item
        elif isinstance(item, Reject):
            report(item)
        else:
            if on_file is not None:
                on_file(replace(item, documents=item.documents or given))
            given = 0


def _log(reject: Reject) -> None:
    logging.getLogger(__name__).warning("%s", reject)


def _suffix(path: Path) -> str:
    """The suffix that names the format, in lower case: what is before ``.gz`` and the like, if that is there."""
    name = Path(path.name.lower())
    return Path(name.stem).suffix if name.suffix in PACKED_SUFFIXES else name.suffix


def moment(now: datetime | None) -> datetime:
    """The one clock of the room."""
    return now if now is not None else datetime.now(UTC)
