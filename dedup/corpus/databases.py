"""SQLite files of others: one table, opened so that nothing in the file can write, run or outgrow memory."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused
from dedup.corpus.files import ELSE_WINDOWS_1252, Place, Source
from dedup.corpus.names import known_for, shown
from dedup.corpus.packed import packing_of
from dedup.corpus.records import Found, documents, has_text, require_columns, wanted
from dedup.model import CorpusError, Document, Reject

MAGIC = b"SQLite format 3\x00"
# Where the head of a file says whose it is, and what it says there in a store of ours.
MARK_AT, OUR_MARK = 68, b"dedu"
# No value longer than this is read; SQLite itself would allow a gigabyte.
MAX_VALUE_BYTES = 4 * MAX_TEXT_BYTES
SEPARATOR = "::"


def read_database(source: Source) -> Iterator[Document | Reject]:
    """The rows of ``source.table``, or of the only table with a column for texts.

    Raises ``CorpusError`` for a file that is no database or damaged, a table that is not there, more or none that could
    be meant, and for a store of ours where no table is named: its pages are there already.
    """
    _check_head(source)
    try:
        with closing(_connect(source.path)) as db:
            table, columns = _table(db, source)
            require_columns(columns, source)
            chosen = wanted(columns, known_for(source.options.fields))
            yield from documents(_records(db, source, table, chosen), source)
    except sqlite3.DatabaseError as error:
        raise CorpusError(source.name, f"cannot be read as SQLite: {error}") from error


def is_ours(path: Path) -> bool:
    """Whether a file is a store of dedup."""
    try:
        with path.open("rb") as file:
            return _is_ours(file.read(MARK_AT + len(OUR_MARK)))
    except OSError:
        return False


def parts_of(path: str) -> tuple[str, str | None]:
    """File and table of ``file.db::table``; a path without ``::`` names no table."""
    file, separator, table = path.rpartition(SEPARATOR)
    return (file, table) if separator and file and table else (path, None)


def _is_ours(head: bytes) -> bool:
    return head.startswith(MAGIC) and head[MARK_AT:] == OUR_MARK


def _check_head(source: Source) -> None:
    try:
        with source.path.open("rb") as file:
            head = file.read(MARK_AT + len(OUR_MARK))
    except OSError as error:
        raise CorpusError(source.name, f"cannot be read: {error.strerror or error}") from error
    if packing := packing_of(head):
        raise CorpusError(source.name, f"is packed with {packing.name}: unpack it first")
    if not head.startswith(MAGIC):
        raise CorpusError(source.name, "is empty" if not head else "is not a SQLite database")
    if source.table is None and _is_ours(head):
        pages = f"{source.name}{SEPARATOR}documents"
        raise CorpusError(source.name, f"is a store of dedup: open it with --db, or read its pages with {pages}")


def _connect(path: Path) -> sqlite3.Connection:
    # A log beside the file needs a folder that can be written to; where it cannot, nobody writes the file either.
    mode = "mode=ro" if os.access(path.absolute().parent, os.W_OK) else "immutable=1"
    db = sqlite3.connect(f"{path.absolute().as_uri()}?{mode}", uri=True, isolation_level=None)
    db.text_factory = _text
    db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
    for pragma in ("trusted_schema = off", "cell_size_check = on", "query_only = on"):
        db.execute(f"pragma {pragma}")
    return db


def _text(data: bytes) -> str:
    return data.decode("utf-8", ELSE_WINDOWS_1252)


def _table(db: sqlite3.Connection, source: Source) -> tuple[str, list[str]]:
    """The table to read, and its columns."""
    tables = {name: _columns(db, name) for name in _tables(db)}
    if source.table is not None:
        for name, columns in tables.items():
            if name.casefold() == source.table.casefold():
                return name, columns
        raise CorpusError(source.name, f"there is no such table: its tables are {shown(tables)}")
    known = known_for(source.options.fields)
    meant = [name for name, columns in tables.items() if has_text(columns, known) or len(tables) == 1]
    if len(meant) == 1:
        return meant[0], tables[meant[0]]
    if meant:
        which = f"more than one table holds texts: name one as {source.name}{SEPARATOR}{meant[0]}"
        raise CorpusError(source.name, f"{which}; they are {shown(meant)}")
    raise CorpusError(source.name, f"no table has a column for texts: its tables are {shown(tables) or 'none'}")


def _tables(db: sqlite3.Connection) -> list[str]:
    """The plain tables: views may hide what runs for ever, virtual ones run what is not in the file."""
    rows = db.execute(
        "select name from sqlite_master where type = 'table' and name not like 'sqlite\\_%' escape '\\'"
        " and sql like 'create table%' order by name"
    )
    return [name for (name,) in rows]


def _columns(db: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in db.execute(f"pragma table_info({_quoted(table)})")]


def _records(db: sqlite3.Connection, source: Source, table: str, columns: list[str]) -> Iterator[Found]:
    """The rows in the order that they are kept in, up to the first that is damaged."""
    select = f"select {', '.join(map(_quoted, columns))} from {_quoted(table)}"
    rows, number = _rows(db, select), 0
    while True:
        row: tuple[object, ...] | Refused | None
        try:
            row = next(rows, None)
        except sqlite3.DatabaseError:
            row, rows = _alone(db, select, number), _rows(db, select, number + 1)
        if row is None:
            break
        number += 1
        record = row if isinstance(row, Refused) else dict(zip(columns, map(_plain, row), strict=True))
        yield Place(source.name, number, number), record
        if isinstance(row, _Damaged):
            return
    if not number:
        yield Place(source.name), Refused("holds no row")


class _Damaged(Refused):
    """A row behind which no other can be read."""


def _rows(db: sqlite3.Connection, select: str, first: int = 0, most: int = -1) -> Iterator[tuple[object, ...]]:
    yield from db.execute(f"{select} limit {most} offset {first}")


def _alone(db: sqlite3.Connection, select: str, number: int) -> tuple[object, ...] | Refused | None:
    """One row, or what is wrong with it: Python fails one row early, where it looks for the next."""
    try:
        return next(_rows(db, select, number, 1), None)
    except sqlite3.DataError:
        return Refused(f"holds a value of more than the {MAX_VALUE_BYTES:,} bytes allowed")
    except sqlite3.DatabaseError as error:
        return _Damaged(f"cannot be read ({error}): the rows before were")


def _plain(value: object) -> object:
    """A text that was kept as bytes is one, too."""
    if not isinstance(value, bytes):
        return value
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
