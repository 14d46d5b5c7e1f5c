"""Packing postings into blocks of bytes, and merging them; arrays alone, no SQL.

A key is kept in the block of its highest bits, so that it is found without looking anywhere else, and only its lower
bits are written: keys are hashes, and so spread evenly (of 591,442 postings of 10,000 pages each sixteenth has 0.99
to 1.01 of its share). Uneven ones would make long blocks and be found, too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ints, edges, laid_flat

Ordered: TypeAlias = NDArray[np.uint64]

# Postings of a block, at most, where keys are spread evenly; half of it at least. 14 million random ones took 10.5
# bytes each, and 80 keys 1.7 ms of CPU (medians), with 128; 10.7 and 1.7 with 256; 12.2 and 2.1 with 512, of which
# fewer fit into a page of the file; 14.1 and 4.1 with 1,024. 1.2 million new keys took .41 to .54 s with each of them.
BLOCK_ROWS = 256
_BLOCK_BITS = 40  # of a block's id, below the number of its run
_SIGN = np.uint64(1 << 63)


class Rows(NamedTuple):
    """Postings by key: ``keys`` in the order of unsigned integers (see ``ordered``), ``marks`` int64, each twice the
    ordinal of a document, and one more where the posting was dropped."""

    keys: Ordered
    marks: Ints


@dataclass(frozen=True, slots=True)
class Run:
    """Postings that were packed together, in ``2 ** bits`` blocks, those without any left out.

    A posting is the lower ``64 - bits`` bits of its key and then its mark in ``mark_bytes``. Of two runs the one with
    the higher number is the newer.
    """

    number: int
    bits: int
    mark_bytes: int
    rows: int

    @classmethod
    def of(cls, number: int, rows: int, mark_bytes: int) -> Run:
        """A run that is to hold so many postings."""
        bits = max(1, (max(0, rows - 1) // BLOCK_ROWS).bit_length())
        return cls(number, bits, mark_bytes, rows)

    @property
    def shift(self) -> int:
        """How many bits of a key are written."""
        return 64 - self.bits

    @property
    def key_bytes(self) -> int:
        """The bytes of what is written of a key."""
        return -(-self.shift // 8)

    def block(self, key: int) -> int:
        """The id of the block of a key; of ``2 ** 64``, what follows the last block."""
        return (self.number << _BLOCK_BITS) + (key >> self.shift)

    def blocks(self, keys: Ordered) -> Ints:
        """The ids of the blocks of sorted keys, each once."""
        buckets = (keys >> np.uint64(self.shift)).astype(np.int64)
        return (self.number << _BLOCK_BITS) + buckets[edges(buckets)]


def ordered(keys: Ints) -> Ordered:
    """Keys as unsigned integers in the same order."""
    return keys.view(np.uint64) ^ _SIGN


def signed(keys: Ordered) -> Ints:
    """Keys again from what ``ordered`` made of them."""
    return (keys ^ _SIGN).view(np.int64)


def pack(run: Run, rows: Rows) -> Iterator[tuple[int, bytes]]:
    """The blocks of rows that stand in the order of keys: the id and the content of each that has any."""
    cells = np.empty((len(rows.keys), run.key_bytes + run.mark_bytes), dtype=np.uint8)
    cells[:, : run.key_bytes] = _bytes(rows.keys & _mask(run.shift))[:, : run.key_bytes]
    cells[:, run.key_bytes :] = _bytes(rows.marks)[:, : run.mark_bytes]
    starts = np.flatnonzero(edges(rows.keys >> np.uint64(run.shift)))
    ends = np.append(starts, len(cells))[1:]
    content, width = cells.tobytes(), cells.shape[1]
    for id, start, end in zip(run.blocks(rows.keys).tolist(), starts.tolist(), ends.tolist(), strict=True):
        yield id, content[start * width : end * width]


def unpack(run: Run, ids: Sequence[int], blocks: Sequence[bytes]) -> Rows:
    """The rows of some blocks of a run, in the order of ids."""
    width = run.key_bytes + run.mark_bytes
    sizes = np.fromiter(map(len, blocks), dtype=np.int64, count=len(blocks)) // width
    count = int(sizes.sum())
    # Eight bytes are read from where a number begins, and those cut off that belong to what follows.
    content = b"".join([*blocks, bytes(8)])
    lower = np.ndarray(count, "<u8", content, 0, (width,)) & _mask(run.shift)
    marks = np.ndarray(count, "<u8", content, run.key_bytes, (width,)) & _mask(8 * run.mark_bytes)
    buckets = np.array(ids, dtype=np.uint64) & _mask(_BLOCK_BITS)
    return Rows(np.repeat(buckets << np.uint64(run.shift), sizes) | lower, marks.view(np.int64))


def rows_of(keys: Ordered, rows: Rows) -> Rows:
    """Those of the rows whose key is among some; both are sorted."""
    if not len(rows.keys):
        return rows
    keys = keys[np.searchsorted(keys, rows.keys[0]) : np.searchsorted(keys, rows.keys[-1], "right")]
    first = np.searchsorted(rows.keys, keys)
    found = rows.keys[first] == keys
    keys, first = keys[found], first[found]
    _, at = laid_flat(first, np.searchsorted(rows.keys, keys, "right") - first)
    return Rows(rows.keys[at], rows.marks[at])


def merged(parts: Sequence[Rows]) -> Rows:
    """The rows of parts, the oldest first, by key and document: of each posting what was said last."""
    keys, marks = (np.concatenate(column) for column in zip(*parts, strict=True))
    kept = newest(keys, marks >> 1)
    return Rows(keys[kept], marks[kept])


def newest(keys: Ordered | Ints, owners: Ints) -> Ints:
    """The places of rows by key, then owner; of those with the same key and owner only that of the last.

    Keys that stand once, nearly all, are sorted alone: where parts of them are sorted, a stable sort only merges.
    """
    order = np.argsort(keys, kind="stable")
    again = keys[order[1:]] == keys[order[:-1]]
    if not again.any():
        return order
    many = np.zeros(len(order), dtype=bool)
    many[1:], many[:-1] = again, many[:-1]
    many[:-1] |= again
    places = order[many]
    order[many] = places[np.lexsort((owners[places], keys[places]))]
    same = (keys[order[1:]] == keys[order[:-1]]) & (owners[order[1:]] == owners[order[:-1]])
    kept: Ints = order[np.append(~same, True)]
    return kept


def _mask(bits: int) -> np.uint64:
    return np.uint64((1 << bits) - 1)


def _bytes(values: NDArray[np.uint64] | Ints) -> NDArray[np.uint8]:
    """The bytes of each value, the lowest first: ``(n, 8)``."""
    return values.astype("<u8", copy=False).view(np.uint8).reshape(-1, 8)
