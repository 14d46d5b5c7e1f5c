"""Parts of a store: rows of its tables as they stand, taken in and given out, for work divided among machines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dedup.store.file import StoreFile
from dedup.store.rows import DOCUMENT_COLUMNS, SKETCH_COLUMNS, Record, document_row, sketch_row

# The tables whose rows go from part to part, each by what it is looked up by; postings go as arrays.
PART_TABLES = {
    "documents": "number", "sketches": "document", "matches": "a, b", "boilerplate": "document",
    "tallies": "document", "outlets": "name", "stands": "document", "links": "copy, original, story", "stories": "id",
}  # fmt: skip


def rows_of_record(record: Record) -> dict[str, object]:
    """The columns of a document's rows of ``documents`` and ``sketches``."""
    told = dict(zip(("number", *DOCUMENT_COLUMNS, "words", "body_words", "digest"), document_row(record), strict=True))
    return told | dict(zip(SKETCH_COLUMNS[1:], sketch_row(record)[1:], strict=True))


class PartTables(StoreFile):
    """Rows of tables as they stand."""

    def be_a_part(self) -> None:
        """From now on rows may refer to documents that are not here."""
        self.db.execute("pragma foreign_keys = off")

    def columns(self, table: str) -> dict[str, str]:
        """The columns of a table and their types: ``integer``, ``real``, ``text`` or ``blob``."""
        return {row[1]: row[2].lower() for row in self._rows(f"pragma table_info({table})")}

    def take(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Take rows in; one that is there already stays as it is."""
        self._insert(f"insert or ignore into {table}", columns, rows)

    def give(self, table: str, columns: Sequence[str]) -> list[tuple[Any, ...]]:
        """All rows of a table, in order."""
        return self._rows(f"select {', '.join(columns)} from {table} order by {PART_TABLES[table]}")

    def give_matches(self, columns: Sequence[str], pairs: Iterable[tuple[int, int]]) -> list[tuple[Any, ...]]:
        """The rows of those stored matches that there are, in the order of the pairs."""
        query = f"select {', '.join(columns)} from matches where a = ? and b = ?"
        return [row for pair in sorted(pairs) for row in self._rows(query, pair)]
