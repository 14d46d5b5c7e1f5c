"""CSV and TSV as spreadsheets and archives write them: any of four delimiters, texts over many lines, torn quotes."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator

from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused
from dedup.corpus.files import ELSE_WINDOWS_1252, Place, Source, encoding_shown
from dedup.corpus.names import Known, known_for
from dedup.corpus.packed import Unpacked
from dedup.corpus.records import Found, documents, require_columns
from dedup.model import Document, Reject

DELIMITERS = ",;\t|"
MAX_ROW_LINES = 10_000
# Enough to tell UTF-16 by; an even number.
HEAD_BYTES = 16
MAX_ROW_CHARS = 2 * MAX_TEXT_BYTES


def read_table(source: Source) -> Iterator[Document | Reject]:
    """The rows of a table whose first row names the columns; none of them a text is a ``CorpusError``."""
    with source.open() as stream:
        lines = Lines(stream)
        first = next(lines.ahead(), None)
        if first is None:
            if stream.problem:
                yield Place(source.name, 1).reject(stream.problem)
            return
        usual = "\t" if ".tsv" in source.path.name.lower() else ","
        delimiter = _delimiter(first, usual, known_for(source.options.fields))
        yield from documents(_rows(source, lines, delimiter), source)
        if stream.problem:
            yield Place(source.name, lines.line + 1).reject(stream.problem)


def _rows(source: Source, lines: Lines, delimiter: str) -> Iterator[Found]:
    header: list[str] | None = None
    number = 0
    for row in parse_rows(lines, delimiter):
        if isinstance(row, list) and header is None:
            header = row
            require_columns(header, source)
            continue
        number += 1
        try:
            record: object = _record(header, row)
        except Refused as refusal:
            record = refusal
        yield Place(source.name, lines.start, number), record
    if header is not None and not number:
        yield Place(source.name), Refused("holds no row below its header")


def _record(header: list[str] | None, row: list[str] | Refused) -> dict[str, object]:
    if isinstance(row, Refused):
        raise row
    if header is None or len(row) != len(header):
        raise Refused(f"has {len(row)} fields where the header has {len(header or ())}")
    record: dict[str, object] = {}
    for name, value in zip(header, row, strict=True):
        if name.strip() and not record.get(name):
            record[name] = value
    return record


def parse_rows(lines: Lines, delimiter: str) -> Iterator[list[str] | Refused]:
    """Rows; where one cannot be parsed, why, and then the rows from the very next line on.

    An unclosed quote swallows rows up to the next quote: they are given back and read again. That is linear: a line
    that would open a quote closes the open one, so no line is swallowed twice.
    """
    # The limit is one for the process; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_ROW_CHARS))
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        lines.begin()
        try:
            row = next(reader)
        except StopIteration:
            return
        except _TooLong as error:
            lines.give_back()
            yield Refused(str(error))
            # The old reader holds half a row.
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
        except csv.Error as error:
            lines.give_back()
            yield Refused(_explain(error))
        else:
            if row:
                yield row


def _explain(error: csv.Error) -> str:
    if "unexpected end" in str(error):
        return "a quote that opens here is never closed: from the next line on the file was read anew"
    return f"has a quote out of place ({error}): from the next line on the file was read anew"


class _TooLong(Exception):
    """A row without an end in sight, or one too long for memory."""


class Lines:
    """Physical lines for the parser, counted; the lines of the row being read can be given back."""

    def __init__(self, stream: Unpacked) -> None:
        encoding = encoding_shown(stream.peek(HEAD_BYTES)[:HEAD_BYTES]) or "utf-8"
        errors = ELSE_WINDOWS_1252 if encoding.startswith("utf-8") else "replace"
        self._stream = stream
        self._text = io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline="")
        self._waiting: deque[str] = deque()
        self._row: list[str] = []
        self._row_chars = 0
        self.start = 1
        self.line = 0

    def begin(self) -> None:
        """A new row starts at the next line."""
        self._row, self._row_chars, self.start = [], 0, self.line + 1

    def give_back(self) -> None:
        """All lines of the row but its first are read again."""
        self._waiting.extendleft(reversed(self._row[1:]))
        self.line -= max(0, len(self._row) - 1)

    def ahead(self) -> Iterator[str]:
        """The next line, which is read again."""
        line = self._next()
        if line:
            self._waiting.appendleft(line)
            yield line

    def __iter__(self) -> Lines:
        return self

    def __next__(self) -> str:
        if len(self._row) >= MAX_ROW_LINES:
            raise _TooLong(f"a quote that opens here is not closed within {MAX_ROW_LINES:,} lines")
        line = self._next()
        if not line:
            raise StopIteration
        self.line += 1
        self._row.append(line)
        self._row_chars += len(line)
        if self._row_chars > MAX_ROW_CHARS:
            raise _TooLong(f"row of more than {MAX_ROW_CHARS:,} characters")
        return line

    def _next(self) -> str:
        if self._waiting:
            return self._waiting.popleft()
        line = self._text.readline(MAX_ROW_CHARS + 1)
        if len(line) > MAX_ROW_CHARS:
            self._skip_line()
        elif self._stream.cut and not line.endswith(("\n", "\r")):
            return ""
        return line

    def _skip_line(self) -> None:
        while (rest := self._text.readline(1 << 16)) and not rest.endswith(("\n", "\r")):
            pass


def _delimiter(first: str, usual: str, known: Known) -> str:
    """The delimiter that finds a text column in the first line, or else the most columns."""

    def worth(delimiter: str) -> tuple[bool, int, bool]:
        names = first.rstrip("\r\n").replace('"', "").split(delimiter)
        return known.has_text(names), len(names), delimiter == usual

    return max(DELIMITERS, key=worth)
