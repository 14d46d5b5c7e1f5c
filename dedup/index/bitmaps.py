"""Bitmaps of texts' shingles: how many two texts may share, and where, without a look at their words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Each, Ints

# The low 16 bits of the hash of each shingle of a text, in the order of their words.
Bits: TypeAlias = NDArray[np.uint16]

# Bits of a text's bitmap: 450 words against 450 agree in 3 by chance.
_BITS = 1 << 16
# Pairs of bitmaps compared at a time: they then stay in the cache.
_TOGETHER = 256
# Bitmaps drawn at a time: 2 MB of bytes.
_DRAWN_TOGETHER = 32


class Bitmaps:
    """The bitmaps of documents by number, all of which were given; each is drawn when it is first needed."""

    def __init__(self, each: Each = map) -> None:
        """``each`` does the parts of the work."""
        self._each = each
        self._bits: dict[int, Bits] = {}
        self._rows: dict[int, int] = {}
        self._drawn, self._maps = 0, np.zeros((0, _BITS // 64), dtype=np.uint64)

    def give(self, number: int, bits: Bits) -> None:
        """Hold the bits of a document."""
        self.drop(number)
        self._bits[number] = bits

    def drop(self, number: int) -> None:
        """Forget a document."""
        self._bits.pop(number, None)
        self._rows.pop(number, None)

    def clear(self) -> None:
        """Forget what was drawn; it is drawn again when it is needed."""
        self._rows.clear()
        self._drawn, self._maps = 0, np.zeros((0, _BITS // 64), dtype=np.uint64)

    def in_common(self, pairs: Ints) -> Ints:
        """How many bits the two of each pair, shape ``(n, 2)``, have in common, which bounds their common shingles."""
        rows = self._rows_of(pairs)
        parts = (rows[at : at + _TOGETHER] for at in range(0, len(rows), _TOGETHER))
        return np.concatenate([np.zeros(0, dtype=np.int64), *self._each(self._counted, parts)])

    def places(self, pairs: Ints, counts: Sequence[int]) -> tuple[Ints, Ints]:
        """Where shingles of the first of each pair, shape ``(n, 2)``, may stand in the second, too.

        The pair and the place among so many of the first's bits, in order; one in a hundred is there by chance.
        """
        rows = self._rows_of(pairs)[:, 1]
        bits = [self._bits[number][:count] for number, count in zip(pairs[:, 0].tolist(), counts, strict=True)]
        parts = [slice(at, at + _TOGETHER) for at in range(0, len(rows), _TOGETHER)]
        found = self._each(lambda part: self._met(bits[part], rows[part]), parts)
        none = np.zeros(0, dtype=np.int64)
        pair, place = zip(
            (none, none), *((own + part.start, at) for part, (own, at) in zip(parts, found, strict=True)), strict=True
        )
        return np.concatenate(pair), np.concatenate(place)

    def _met(self, bits: Sequence[Bits], rows: Ints) -> tuple[Ints, Ints]:
        sizes = np.array([len(own) for own in bits], dtype=np.int64)
        asked = np.concatenate(bits)
        size = _BITS // 8
        byte = self._maps.view(np.uint8).reshape(-1)[np.repeat(rows * size, sizes) + (asked >> np.uint16(3))]
        met = np.flatnonzero(byte & (np.uint8(128) >> (asked & np.uint16(7)).astype(np.uint8)))
        ends = np.cumsum(sizes)
        pair = np.searchsorted(ends, met, side="right")
        return pair, met - (ends - sizes)[pair]

    def _counted(self, rows: Ints) -> Ints:
        both = self._maps[rows[:, 0]]
        both &= self._maps[rows[:, 1]]
        bits: Ints = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
        return bits

    def _rows_of(self, pairs: Ints) -> Ints:
        """The rows of the bitmaps of pairs, drawn where they were not yet."""
        numbers, table = np.unique(pairs, return_inverse=True)
        known = numbers.tolist()
        self._draw([number for number in known if number not in self._rows])
        return np.array([self._rows[number] for number in known], dtype=np.int64)[table.reshape(-1, 2)]

    def _draw(self, numbers: Sequence[int]) -> None:
        rows = range(self._drawn, self._drawn + len(numbers))
        if rows.stop > len(self._maps):
            # Room for more, as well; what is not drawn takes no memory.
            room = np.empty((2 * rows.stop + len(self._bits), _BITS // 64), dtype=np.uint64)
            room[: self._drawn] = self._maps[: self._drawn]
            self._maps = room
        bits = [self._bits[number] for number in numbers]
        parts = (slice(at, at + _DRAWN_TOGETHER) for at in range(0, len(numbers), _DRAWN_TOGETHER))
        for _ in self._each(lambda part: _draw(self._maps[rows[part].start : rows[part].stop], bits[part]), parts):
            pass
        self._rows.update(zip(numbers, rows, strict=True))
        self._drawn = rows.stop


def _draw(bitmaps: NDArray[np.uint64], bits: Sequence[Bits]) -> None:
    """Fill bitmaps, from a byte a bit."""
    flags = np.zeros((len(bits), _BITS), dtype=bool)
    flags[np.repeat(np.arange(len(bits)), [len(own) for own in bits]), np.concatenate(bits)] = True
    bitmaps[:] = np.packbits(flags, axis=1).view(np.uint64)
