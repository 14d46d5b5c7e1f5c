"""Truth files: what somebody who knows says of pairs of documents, as CSV or JSON Lines."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from dedup.corpus.cleaning import Refused, words
from dedup.corpus.files import CHUNK_BYTES, ELSE_WINDOWS_1252, Place, Source, Unpacked, numbered_lines
from dedup.corpus.lines import load_line
from dedup.model import KINDS, CorpusError, Kind, Reject
from dedup.truth import Label

# What people write for pairs that share a story, and for those that do not.
RELATED = frozenset(words("copy contained duplicate near-duplicate same match related positive true yes 1"))
UNRELATED = frozenset(words("unrelated different minor none nothing negative false no 0"))
DIRECTIONS = ("decided", "unknown")
# Where a pair's two documents and its label stand: with a direction, or without.
COPIES, PAIRS = ("copy", "original"), ("a", "b", "label")


def read_labels(path: str | os.PathLike[str], on_reject: Callable[[Reject], None]) -> Iterator[Label]:
    """The labels of a CSV or JSON Lines file, of ``copy, original[, kind][, direction][, coverage][, story]``, an empty
    original for one that the corpus does not hold, or of ``a, b, label``.

    A row that cannot be read goes to ``on_reject``. Raises ``CorpusError`` for a file that is not there, that has
    neither of those columns, or no row.
    """
    file = Path(path)
    if not file.is_file():
        raise CorpusError(file.as_posix(), "there is no such file")
    found = False
    with Source(file, file.as_posix(), datetime.now(UTC)).open() as stream:
        first = stream.peek(CHUNK_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        rows = _json_rows if first in (b"{", b"[") else _table_rows
        for place, row in rows(stream, file.as_posix()):
            found = True
            try:
                yield _label(row, place)
            except Refused as refusal:
                on_reject(place.reject(refusal))
    if not found:
        raise CorpusError(file.as_posix(), "holds no row")


def _table_rows(stream: Unpacked, name: str) -> Iterator[tuple[Place, Mapping[str, object] | Refused]]:
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors=ELSE_WINDOWS_1252, newline="")
    reader = csv.reader(text, delimiter="\t" if "\t" in stream.peek(4096).split(b"\n")[0].decode("latin-1") else ",")
    header = [column.strip().casefold() for column in next(reader, [])]
    _check(header, name)
    for row in reader:
        if row:
            cells = dict(zip(header, row, strict=False))
            odd = Refused(f"has {len(row)} fields where the header has {len(header)}")
            yield Place(name, reader.line_num), cells if len(row) == len(header) else odd


def _json_rows(stream: Unpacked, name: str) -> Iterator[tuple[Place, Mapping[str, object] | Refused]]:
    for line in numbered_lines(stream):
        if not line.data.strip() and line.problem is None:
            continue
        try:
            value = load_line(line.data) if line.problem is None else Refused(line.problem)
        except Refused as refusal:
            value = refusal
        if isinstance(value, dict):
            yield Place(name, line.number), {key.casefold(): inner for key, inner in value.items()}
        else:
            yield Place(name, line.number), value if isinstance(value, Refused) else Refused("is no object")


def _check(columns: Iterable[str], name: str) -> None:
    if not _has(columns, COPIES) and not _has(columns, PAIRS):
        raise CorpusError(name, "names no pairs: its columns must be copy, original or a, b, label")


def _has(columns: Iterable[str], wanted: Iterable[str]) -> bool:
    return set(wanted) <= set(columns)


def _label(row: Mapping[str, object] | Refused, place: Place) -> Label:
    if isinstance(row, Refused):
        raise row
    if _has(row, COPIES):
        return _of_copy(row, place)
    if _has(row, PAIRS):
        return _of_pair(row, place)
    raise Refused("names no pair: it must have copy, original or a, b, label")


def _of_copy(row: Mapping[str, object], place: Place) -> Label:
    kind = _text(row, "kind")
    direction = _text(row, "direction") or "decided"
    if direction not in DIRECTIONS:
        raise Refused(f"has the direction {direction!r}; it must be {' or '.join(DIRECTIONS)}")
    return Label(
        copy=_needed(row, "copy"),
        original=_text(row, "original"),
        kind=_kind(kind) if kind else None,
        directed=direction == "decided",
        coverage=_part(row, "coverage"),
        story=_text(row, "story"),
        origin=place.origin,
    )


def _of_pair(row: Mapping[str, object], place: Place) -> Label:
    label = _needed(row, "label").casefold()
    kind = None if label in RELATED else _kind(label)
    return Label(_needed(row, "a"), _needed(row, "b"), kind, directed=False, origin=place.origin)


def _kind(told: str) -> Kind | Literal["unrelated"]:
    name = told.casefold()
    if name in UNRELATED:
        return "unrelated"
    for kind in KINDS:
        if name == kind:
            return kind
    known = [*KINDS, *sorted(RELATED), *sorted(UNRELATED)]
    raise Refused(f"has the label {told!r}; it must be one of {', '.join(known)}")


def _needed(row: Mapping[str, object], name: str) -> str:
    if (told := _text(row, name)) is None:
        raise Refused(f"has no {name}")
    return told


def _text(row: Mapping[str, object], name: str) -> str | None:
    value = row.get(name)
    return (str(value).strip() or None) if value is not None else None


def _part(row: Mapping[str, object], name: str) -> float | None:
    told = _text(row, name)
    if told is None:
        return None
    try:
        part = float(told)
    except ValueError:
        part = -1.0
    if not 0 <= part <= 1:
        raise Refused(f"has the {name} {told!r}; it must be a number from 0 to 1")
    return part
