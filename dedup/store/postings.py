"""Postings: the latest in a table, all others packed in sorted runs, which are merged as they grow.

A B-tree of random keys is rewritten nearly whole by every batch. Here a batch becomes a run, and runs of like size
become one (the log-structured merge tree: O'Neil, Cheng, Gawlick, O'Neil 1996). A posting that is dropped is written
down as dropped, and goes when its run is merged with that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeAlias
from zlib import crc32

import numpy as np

from dedup.arrays import Flags, Ints, among, once
from dedup.model import StoreError
from dedup.store import rows as row_of
from dedup.store.connection import told
from dedup.store.file import StoreFile
from dedup.store.packing import Ordered, Rows, Run, merged, newest, ordered, pack, rows_of, signed, unpack

# Postings that wait in tables before they are packed. Onto 14 million random ones, 10, 100 and 1,000 pages at a time
# took 24, 16 and 4.0 us of CPU a posting, looked up and added, with 16,384; 27, 17 and 5.1 with 65,536; 39, 16 and 6.1
# with 262,144; and 33, 38 and 15 in one table of them all (one run of each beside other work). 16,384 would be no
# slower: a store of a thousand pages has all its postings in a plain table so.
LOOSE = 1 << 16
# A run is merged with what is newer as long as it is no more than so many times as large. 40 batches of 300,000 random
# postings, twice: 15.3 and 13.4 s of CPU and up to five runs with 1, 14.7 and 14.8 s and four with 2, 17.9 and 18.0 s
# and two with 4, 18.5 and 19.9 s and two with 8. Each run makes a question longer.
FAN = 2
# Blocks that are read at a time, and merged at a time (as a power of two). 9 million random postings in 16 batches took
# 7.1 and 7.3 s of CPU and 200 MB with 1,024 and 10; 8.2 and 7.9 s and 246 MB with 4,096 and 12; 7.4 and 7.0 s and 192
# MB with 256 and 8.
_READ, _MERGED_BITS = 1024, 10
_LOOSE_TABLES = ("postings", "dropped_postings")

# Read by key, whatever SQLite reckons.
_RANGE = "select key, ordinal from {} cross join posters using (document) where key between ? and ?"
_RUN_COLUMNS = ("run", "bits", "mark_bytes", "postings")

Found: TypeAlias = tuple[Ints, Ints, Flags]


class PostingTables(StoreFile):
    """The postings of a file of ours: a set of pairs of a key and a document's number, both int64."""

    def postings_of(self, keys: Ints) -> tuple[Ints, Ints]:
        """The postings of the keys, each asked once: keys and documents, in that order."""
        wanted = once(keys)
        parts = [*(self._packed(run, ordered(wanted)) for run in self._runs()), *self._loose_of(wanted)]
        posted, documents, dropped = (np.concatenate(column) for column in zip(*parts, strict=True))
        kept = newest(posted, documents)
        kept = kept[~dropped[kept]]
        return posted[kept], documents[kept]

    def add_postings(self, keys: Ints, documents: Ints) -> None:
        """Post keys, each in the name of the document beside it; none of these postings may be there."""
        self._write(keys, documents, dropped=False)

    def drop_postings(self, keys: Ints, documents: Ints) -> None:
        """Take back what ``add_postings`` posted; all of these postings must be there."""
        self._write(keys, documents, dropped=True)

    def count_postings(self) -> int:
        """How many postings there are."""
        return int(self._rows("select posted from posting_count")[0][0])

    def damaged_postings(self) -> list[str]:
        """A sentence for each block of packed postings that is not as it was written, and each run that lacks some."""
        return [told for run in self._runs() for told in self._damages(run)]

    # writing

    def _write(self, keys: Ints, documents: Ints, dropped: bool) -> None:
        if not len(keys):
            return
        self._many("update posting_count set posted = posted + ?", [(-len(keys) if dropped else len(keys),)])
        loose = sum(map(self._size, _LOOSE_TABLES))
        if loose + len(keys) > LOOSE:
            self._pack(loose, self._marked(keys, documents, dropped))
        else:
            self._write_loose(row_of.postings(keys, documents), dropped)

    def _write_loose(self, table: Ints, dropped: bool) -> None:
        to, of = ("dropped_postings", "postings") if dropped else ("postings", "dropped_postings")
        self._many(f"delete from {of} where key = ? and document = ?", zip(*table.T.tolist(), strict=True))
        if not dropped or self._runs():
            self._insert_table(f"insert into {to}", ("key", "document"), table)

    def _marked(self, keys: Ints, documents: Ints, dropped: bool) -> Rows:
        """Rows of postings that are to be packed."""
        numbers = once(documents)
        self._insert("insert or ignore into posters", ("document",), ((number,) for number in numbers.tolist()))
        query = "select document, ordinal from posters where document in"
        ordinals = self._translated(query, numbers, documents)
        order = np.argsort(keys)
        return Rows(ordered(keys[order]), ordinals[order] << 1 | dropped)

    # packing

    def _pack(self, loose: int, new: Rows) -> None:
        """Make a run of new rows, of the loose ones before them, and of the newest runs that are not much larger."""
        for table in _LOOSE_TABLES:
            self.db.execute(f"insert or ignore into posters (document) select distinct document from {table}")
        runs, rows, old = self._runs(), loose + len(new.keys), list[Run]()
        number = runs[-1].number + 1 if runs else 1
        while runs and runs[-1].rows <= FAN * rows:
            old.insert(0, runs.pop())
            rows += old[0].rows
        most = self._rows("select max(ordinal) from posters")[0][0] * 2 + 1
        run = Run.of(number, rows, -(-most.bit_length() // 8))
        kept = sum(self._merge(run, old, new, low, high, last=not runs) for low, high in _ranges(run.bits))
        for table in _LOOSE_TABLES:
            self.db.execute(f"delete from {table}")
        self._many("delete from posting_runs where run = ?", ((one.number,) for one in old))
        if kept:
            row = (run.number, run.bits, run.mark_bytes, kept)
            self._insert("insert into posting_runs", _RUN_COLUMNS, [row])

    def _merge(self, run: Run, old: Sequence[Run], new: Rows, low: int, high: int, last: bool) -> int:
        """Write the part of a run from one key to another, and take it out of those that it is made of.

        What was dropped is left out where there is nothing older. Returns how many rows were written.
        """
        parts = [*(self._range(one, low, high) for one in old), self._loose_range(low, high), _within(new, low, high)]
        rows = merged(parts)
        if last:
            live = rows.marks & 1 == 0
            rows = Rows(rows.keys[live], rows.marks[live])
        # Room is given back before it is taken, so that the file does not grow by what is only moved.
        passed = ((one.block(0), one.block(high + 1)) for one in old)
        self._many("delete from posting_blocks where id >= ? and id < ?", passed)
        blocks = ((id, crc32(content), content) for id, content in pack(run, rows))
        self._insert("insert into posting_blocks", ("id", "crc", "packed"), blocks)
        return len(rows.keys)

    # reading

    def _runs(self) -> list[Run]:
        """The runs, the oldest first."""
        rows = self._rows(f"select {', '.join(_RUN_COLUMNS)} from posting_runs order by run")
        return [Run(*row) for row in rows]

    def _packed(self, run: Run, wanted: Ordered) -> Found:
        """What a run says of keys: keys, documents, and whether they were dropped."""
        found = [rows_of(wanted, rows) for rows in self._blocks(run, run.blocks(wanted))]
        keys, marks = (np.concatenate(column) for column in zip(*found, strict=True)) if found else _NO_ROWS
        ordinals = once(marks >> 1)
        query = "select ordinal, document from posters where ordinal in"
        documents = self._translated(query, ordinals, marks >> 1)
        return signed(keys), documents, (marks & 1).astype(bool)

    def _translated(self, query: str, known: Ints, values: Ints) -> Ints:
        """What a query has beside each value, all of which are among the known, sorted ones."""
        table = _table(self._where_in(query, known.tolist()))
        if len(table) < len(known):
            raise StoreError(f"{self.path}: is damaged; run 'dedup check' and index again into a new file")
        found: Ints = table[np.argsort(table[:, 0]), 1][np.searchsorted(known, values)]
        return found

    def _blocks(self, run: Run, ids: Ints) -> Iterator[Rows]:
        """The rows of blocks, some blocks at a time."""
        for at in range(0, len(ids), _READ):
            part = ids[at : at + _READ].tolist()
            rows = self._where_in("select id, packed from posting_blocks where id in", part, "order by id")
            yield _unpacked(run, rows)

    def _range(self, run: Run, low: int, high: int) -> Rows:
        """All rows from one key to another."""
        query = "select id, packed from posting_blocks where id between ? and ? order by id"
        return _within(_unpacked(run, self._rows(query, (run.block(low), run.block(high)))), low, high)

    def _loose_of(self, keys: Ints) -> Iterator[Found]:
        """What waits of keys."""
        for table in _LOOSE_TABLES:
            query = f"select key, document from {table}"
            # 65,000 rows are read in the time in which 75,000 keys are looked up.
            whole = len(keys) > LOOSE >= self._size(table)
            found = _table(self._rows(query) if whole else self._where_in(f"{query} where key in", keys.tolist()))
            found = found[among(found[:, 0], keys)]
            yield found[:, 0], found[:, 1], np.full(len(found), table == "dropped_postings")

    def _loose_range(self, low: int, high: int) -> Rows:
        """All that waits from one key to another."""
        ends = (low - (1 << 63), high - (1 << 63))
        parts = [_table(self._rows(_RANGE.format(table), ends)) for table in _LOOSE_TABLES]
        marks = np.concatenate([part[:, 1] << 1 | dropped for part, dropped in zip(parts, (0, 1), strict=True)])
        keys = np.concatenate([part[:, 0] for part in parts])
        order = np.argsort(keys, kind="stable")
        return Rows(ordered(keys[order]), marks[order])

    def _size(self, table: str) -> int:
        return int(self._rows(f"select count(*) from {table}")[0][0])

    # checking

    def _damages(self, run: Run) -> Iterator[str]:
        count = 0
        with told(self.path):
            blocks = self.db.execute(
                "select id, crc, packed from posting_blocks where id >= ? and id < ?",
                (run.block(0), run.block(1 << 64)),
            )
            for id, crc, packed in blocks:
                count += len(packed) // (run.key_bytes + run.mark_bytes)
                if crc != crc32(packed):
                    yield f"posting_blocks: row {id} is not as it was written"
        if count != run.rows:
            yield f"posting_blocks: run {run.number} has {count} postings instead of {run.rows}"


_NO_ROWS = Rows(np.zeros(0, dtype=np.uint64), np.zeros(0, dtype=np.int64))


def _table(rows: Iterable[tuple[int, int]]) -> Ints:
    return np.array(list(rows), dtype=np.int64).reshape(-1, 2)


def _unpacked(run: Run, blocks: Iterable[tuple[Any, ...]]) -> Rows:
    found = list(blocks)
    return unpack(run, [row[0] for row in found], [row[1] for row in found])


def _ranges(bits: int) -> Iterator[tuple[int, int]]:
    """The first and the last key of each part of a run that is merged at a time."""
    shift = 64 - max(0, bits - _MERGED_BITS)
    return ((part << shift, (part + 1 << shift) - 1) for part in range(1 << 64 - shift))


def _within(rows: Rows, low: int, high: int) -> Rows:
    """Of rows by key those from one key to another."""
    first = np.searchsorted(rows.keys, np.uint64(low), "left")
    last = np.searchsorted(rows.keys, np.uint64(high), "right")
    return Rows(rows.keys[first:last], rows.marks[first:last])
