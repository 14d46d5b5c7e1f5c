"""Rows of a table as CSV or JSON Lines, with names of columns: what somebody who knows says, a row a pair."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeAlias

from dedup.corpus.cleaning import Refused
from dedup.corpus.files import Place, Source, numbered_lines
from dedup.corpus.lines import load_line
from dedup.corpus.packed import CHUNK_BYTES, Unpacked
from dedup.corpus.tables import DELIMITERS, Lines, parse_rows
from dedup.model import CorpusError

# Values by the names of their columns in small letters, or why there are none.
Row: TypeAlias = Mapping[str, object] | Refused
# What our own exports put before a text that a spreadsheet would take for a formula.
_GUARD = re.compile(r"\A'(?=[=+\-@\t\r])")
# Refuses the columns of a table, given the name of the file.
Check: TypeAlias = Callable[[Iterable[str], str], None]


def read_rows(path: str | os.PathLike[str], check: Check) -> Iterator[tuple[Place, Row]]:
    """The rows of a CSV or JSON Lines file, each with its place; ``check`` looks at the columns of CSV first.

    Raises ``CorpusError`` for a file that is not there or cannot be read.
    """
    file = Path(path)
    if not file.is_file():
        raise CorpusError(file.as_posix(), "there is no such file")
    with Source(file, file.as_posix(), datetime.now(UTC)).open() as stream:
        first = stream.peek(CHUNK_BYTES).lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
        if first in (b"{", b"["):
            yield from _json_rows(stream, file.as_posix())
        else:
            yield from _table_rows(stream, file.as_posix(), check)


def has(columns: Iterable[str], wanted: Iterable[str]) -> bool:
    """Whether all the wanted columns are there."""
    return set(wanted) <= set(columns)


def needed(row: Mapping[str, object], name: str) -> str:
    """A value as text; raises ``Refused`` where there is none."""
    if (told := text_of(row, name)) is None:
        raise Refused(f"has no {name}")
    return told


def text_of(row: Mapping[str, object], name: str) -> str | None:
    """A value as bare text; ``None`` where there is none. Raises ``Refused`` for a list and an object."""
    value = row.get(name)
    if isinstance(value, (dict, list)):
        raise Refused(f"has a {name} that is no text")
    return (str(value).strip() or None) if value is not None else None


def _table_rows(stream: Unpacked, name: str, check: Check) -> Iterator[tuple[Place, Row]]:
    lines = Lines(stream)
    first = next(lines.ahead(), "")
    rows = parse_rows(lines, max(DELIMITERS, key=first.count))
    header = [column.strip().casefold() for column in _header(next(rows, []), name)]
    check(header, name)
    for row in rows:
        place = Place(name, lines.start)
        if isinstance(row, Refused):
            yield place, row
        elif len(row) != len(header):
            yield place, Refused(f"has {len(row)} fields where the header has {len(header)}")
        else:
            yield place, dict(zip(header, (_GUARD.sub("", cell) for cell in row), strict=True))


def _header(row: list[str] | Refused, name: str) -> list[str]:
    if isinstance(row, Refused):
        raise CorpusError(name, str(row))
    return row


def _json_rows(stream: Unpacked, name: str) -> Iterator[tuple[Place, Row]]:
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
