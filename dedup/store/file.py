"""The open file: its lock, its transactions, and how rows go in and out; knows of no table but that there are some."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from types import TracebackType
from typing import IO, Any, Self

import numpy as np
from numpy.typing import NDArray

from dedup.model import Settings, StoreError
from dedup.store.connection import checkpoint, create, open_database, require_ours, require_settings, take_lock, told

# Values of one ``in (...)``. With 1,000 of them, with JSON or with a temporary table 20,000 of 160,000 documents are
# read in the same time, within a tenth.
_SLICE = 5000
# Rows of one ``insert``, of documents and of numbers: SQLite allows 32,766 values. 10: twice as slow; 4,000: no faster.
# 100 postings at a time take a quarter longer than 1,000.
_TOGETHER, _NUMBERS_TOGETHER = 100, 1000


class StoreFile:
    """A file of ours that is open, for as long as it is; a context manager."""

    def __init__(
        self, path: str | os.PathLike[str], settings: Settings | None = None, *, writing: bool = False
    ) -> None:
        self.path = str(path)
        self._lock: IO[str] | None = take_lock(self.path) if writing and self.path != ":memory:" else None
        try:
            self.db = open_database(self.path, writing)
            self.settings = self._prepare(settings, writing)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file and give back the lock; a second call does nothing."""
        if hasattr(self, "db"):
            self.db.close()
        if self._lock is not None:
            lock, self._lock = self._lock, None
            with contextlib.suppress(OSError):
                os.unlink(lock.name)
            lock.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing. Takes the write lock at once: a read that turns into a write would fail without waiting."""
        with told(self.path):
            self.db.conn.execute("begin immediate")
            try:
                yield
            except BaseException:
                self.db.conn.rollback()
                raise
            self.db.conn.commit()

    def checkpoint(self) -> None:
        """Bring the file up to what was committed; in any thread, while others read and write. Closing does so, too,
        and so does a commit where the log has grown long."""
        checkpoint(self.path)

    # tools

    def _prepare(self, settings: Settings | None, writing: bool) -> Settings:
        with told(self.path):
            if not self.db.table_names():
                if not writing:
                    raise StoreError(f"{self.path}: is empty; run 'dedup index' first")
                create(self.db, settings or Settings())
            else:
                require_ours(self.db, self.path, writing)
            return require_settings(self.db, self.path, settings)

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        with told(self.path):
            return self.db.execute(query, tuple(values)).fetchall()

    def _many(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        with told(self.path):
            self.db.conn.executemany(query, rows)

    def _insert(self, into: str, columns: Sequence[str], rows: Iterable[Sequence[object]], rest: str = "") -> None:
        values = chain.from_iterable(rows)
        self._insert_parts(into, columns, iter(lambda: list(islice(values, _TOGETHER * len(columns))), []), rest)

    def _insert_table(self, into: str, columns: Sequence[str], table: NDArray[np.int64]) -> None:
        """Insert the rows of an array; numbers are made of a part of it at a time, while they fit in the cache."""
        starts = range(0, len(table), _NUMBERS_TOGETHER)
        self._insert_parts(into, columns, (table[at : at + _NUMBERS_TOGETHER].ravel().tolist() for at in starts))

    def _insert_parts(
        self, into: str, columns: Sequence[str], parts: Iterable[Sequence[object]], rest: str = ""
    ) -> None:
        """Insert the values of many rows in one statement: a posting then takes a third of the time."""
        with told(self.path):
            for values in parts:
                rows = ", ".join([f"({', '.join('?' * len(columns))})"] * (len(values) // len(columns)))
                self.db.conn.execute(f"{into} ({', '.join(columns)}) values {rows} {rest}", values)

    def _where_in(self, query: str, values: Sequence[object], rest: str = "") -> Iterator[tuple[Any, ...]]:
        """Rows of ``query (values)`` in slices, each of which SQLite looks up in the index."""
        for first in range(0, len(values), _SLICE):
            part = values[first : first + _SLICE]
            yield from self._rows(f"{query} ({', '.join('?' * len(part))}) {rest}", part)
