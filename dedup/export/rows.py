"""Listings: rows as JSON, JSON Lines, CSV and tables for people."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Literal, TextIO, TypeAlias, get_args

from dedup.export.values import csv_row, guarded, json_text, plain, write_json_array
from dedup.model import Link

Row: TypeAlias = Mapping[str, object]
RowFormat: TypeAlias = Literal["json", "jsonl", "csv", "table"]

CELL_CHARS = 60


def write_links(links: Iterable[Link], out: TextIO) -> None:
    """Writes a link a line as JSON, UTF-8 as it is; nothing for no links."""
    write_rows((link.as_dict() for link in links), "jsonl", out)


def write_rows(rows: Iterable[Row], fmt: RowFormat, out: TextIO, columns: Sequence[str] | None = None) -> None:
    """Writes a listing: ``columns`` of each row, or all that occur; what a row lacks is null or an empty cell.

    No rows give ``[]``, nothing, or the header of ``columns``. Lists are joined with "; " in cells. In ``csv``, text
    that a spreadsheet would take for a formula (it starts with ``= + - @``, tab or return) gets a leading ``'``; JSON
    stays as it is. ``table`` is for people: control characters, escape sequences and direction marks are taken out,
    cells cut at 60 characters. Raises ``ValueError`` for another format.
    """
    if fmt not in get_args(RowFormat):
        raise ValueError(f"no row format {fmt!r}: {', '.join(get_args(RowFormat))}")
    if columns is None and fmt in ("csv", "table"):
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
    if columns is not None:
        rows = ({name: row.get(name) for name in columns or ()} for row in rows)
    if fmt == "json":
        write_json_array(rows, out, end="\n")
    elif fmt == "jsonl":
        out.writelines(f"{json_text(row)}\n" for row in rows)
    elif columns:
        (_write_csv if fmt == "csv" else _write_table)(rows, columns, out)


_NUMBER = re.compile(r"[-+]?\d[\d.,\u202f ]*%?")
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _write_csv(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> None:
    out.write(csv_row(columns))
    for row in rows:
        out.write(csv_row(map(guarded, row.values())))


def _write_table(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> None:
    lines = [[_shown(name) for name in columns], *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    right = [all(_NUMBER.fullmatch(cell) for cell in cells[1:] if cell) for cells in zip(*lines, strict=True)]
    for line in lines:
        fields = zip(line, widths, right, strict=True)
        padded = (cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in fields)
        out.write("  ".join(padded).rstrip() + "\n")


def _shown(value: object) -> str:
    """A cell that can neither move the cursor nor turn the line round."""
    text = str(value) if isinstance(value, float) else plain(value)
    text = _UNSHOWN.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text))).strip()
    return text if len(text) <= CELL_CHARS else f"{text[: CELL_CHARS - 1]}…"
