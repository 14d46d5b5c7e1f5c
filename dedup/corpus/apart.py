"""Files that are read in parts, by an engine that divides them: lines, rows, and whole files under names of their own.

What they are understood by is what files are understood by that are read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, TypeAlias

from dedup.corpus.cleaning import Refused
from dedup.corpus.columnar import values_of
from dedup.corpus.extracting import extracted
from dedup.corpus.fields import to_document
from dedup.corpus.files import MAX_LINE_BYTES, Options, Place, Source
from dedup.corpus.lines import load_line
from dedup.corpus.names import known_for
from dedup.corpus.reading import READERS, read_one
from dedup.corpus.records import wanted
from dedup.model import CorpusError, Document, Reject

Kind: TypeAlias = Literal["rows", "lines", "file"]

# What Spark unpacks by itself, line by line.
_UNPACKED = ("", ".gz", ".bz2")
_LINES = (".jsonl", ".ndjson", ".jl")


def kind_of(name: str) -> Kind | None:
    """How a file of this name can be divided: into rows, into lines, or not at all; ``None`` where it is no corpus."""
    suffixes = [suffix.lower() for suffix in Path(name).suffixes[-2:]]
    last = suffixes[-1] if suffixes else ""
    if last == ".parquet":
        return "rows"
    if any(name.lower().endswith(f"{lines}{packed}") for lines in _LINES for packed in _UNPACKED):
        return "lines"
    return "file" if any(suffix in READERS for suffix in suffixes) else None


def columns_wanted(columns: Iterable[str], fields: Mapping[str, str]) -> list[str]:
    """The columns of a table that a document may be made from; ``a.b`` is b inside a, which is wanted whole."""
    chosen = wanted(columns, known_for(fields))
    return list(dict.fromkeys(column.partition(".")[0] for column in chosen))


def read_lines(
    lines: Iterable[tuple[str, int, int, bytes]], now: datetime, fields: Mapping[str, str]
) -> Iterator[tuple[Place, Document | Reject]]:
    """The documents of lines of JSON, each with the name of its file, its number there and that of its record."""
    for name, line, number, data in lines:
        place = Place(name, line, number)
        if len(data) > MAX_LINE_BYTES:
            size = f"line of {len(data):,} bytes is longer than the {MAX_LINE_BYTES:,} allowed"
            yield place, place.reject(size)
            continue
        try:
            yield place, _document(load_line(data.removeprefix(b"\xef\xbb\xbf")), place, now, fields)
        except Refused as refusal:
            yield place, place.reject(refusal)


def read_rows(
    batches: Iterable[tuple[Any, list[tuple[str, int]] | None]], now: datetime, fields: Mapping[str, str]
) -> Iterator[tuple[Place, Document | Reject]]:
    """The documents of batches of Arrow, each with the names of its rows' files and their numbers there, from 1 on, if
    they are known: else a row without an id and without an address is refused, for it would be another each time."""
    for batch, places in batches:
        columns = [values_of(column) for column in batch.columns]
        for at, values in enumerate(zip(*columns, strict=True)):
            name, number = places[at] if places is not None else ("<rows>", None)
            place = Place(name, number, number)
            read = _document(dict(zip(batch.schema.names, values, strict=True)), place, now, fields)
            if places is None and isinstance(read, Document) and read.id == place.id:
                read = place.reject("has neither an id nor an address: give each row one")
            yield place, read


def read_file(
    path: Path, name: str, now: datetime, fields: Mapping[str, str]
) -> Iterator[tuple[Place, Document | Reject]]:
    """The documents of a file that is called by another name than its path."""
    options = Options(fields=fields, processes=1)
    number = 0
    try:
        for item in extracted(read_one(Source(path, name, now, options)), options):
            number += 1
            if isinstance(item, Document | Reject):
                yield Place(name, None, number), item
    except CorpusError as error:
        yield Place(name), Reject(error.path, error.line, error.problem)


def _document(record: object, place: Place, now: datetime, fields: Mapping[str, str]) -> Document | Reject:
    try:
        return to_document(record, place, now, known_for(fields))
    except Refused as refusal:
        return place.reject(refusal)
