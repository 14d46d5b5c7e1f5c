"""Uppers: the documents of higher number that match one, and so those whom a change of its postings concerns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping

import numpy as np

from dedup.arrays import Ints, laid_flat, once
from dedup.facts import Pair
from dedup.index.crowds import crossed
from dedup.index.holders import Holders, enough_shared
from dedup.sketch import is_body_key


class Uppers:
    """For each document those that match it by keys and come after it; asked of the store when they are needed."""

    def __init__(self, uppers_of: Callable[[list[int]], Mapping[int, Iterable[int]]]) -> None:
        self._uppers_of = uppers_of
        self._known: set[int] = set()
        self._upper: defaultdict[int, set[int]] = defaultdict(set)
        self._parted: set[Pair] = set()

    def new(self, numbers: Iterable[int]) -> None:
        """Documents that the store does not have."""
        self._known.update(numbers)

    def join(self, lower: int, upper: int) -> None:
        """Two documents match."""
        self._parted.discard((lower, upper))
        self._upper[lower].add(upper)

    def part(self, lower: int, upper: int) -> None:
        """Two documents match no more."""
        self._parted.add((lower, upper))
        self._upper[lower].discard(upper)

    def has(self, lower: int, upper: int) -> bool:
        """Whether two documents match."""
        self._know([lower])
        return upper in self._upper.get(lower, ())

    def of(self, numbers: Collection[int]) -> set[int]:
        """The uppers of any of the documents."""
        self._know(numbers)
        return {upper for number in numbers for upper in self._upper.get(number, ())}

    def crossing(self, changes: Iterable[tuple[Ints, Ints]]) -> set[int]:
        """The documents for which a key became crowded or no longer is, and maybe others.

        ``changes`` are the posters of each key before and after, in order: each holder of a key is one or matches one.
        """
        found = set[int]()
        for before, after in changes:
            low, high = crossed(before, after)
            if low < high:
                posters = {number for number in (*before.tolist(), *after.tolist()) if number <= high}
                found.update(number for number in posters | self.of(posters) if low < number <= high)
        return found

    def holding(self, holders: Holders, rows: Ints) -> list[Pair]:
        """Owners of rows, each with a document of higher number that may share enough of its keys there.

        Those are the other posters, and all that match one of them and so need not post.
        """
        row, other = holders.others(rows)
        row, numbers = self._with_them(row, holders.numbers[other])
        owners = holders.numbers[holders.owner[row]]
        higher = (numbers > owners) & (numbers <= holders.reach(row))
        row, numbers = row[higher], numbers[higher]
        known, at = np.unique(numbers, return_inverse=True)
        codes = once(row << 32 | at)
        row, at = codes >> 32, codes & 0xFFFFFFFF
        pairs = enough_shared(holders.owner[row] << 32 | at, is_body_key(holders.keys[row]))
        return list(zip(holders.numbers[pairs >> 32].tolist(), known[pairs & 0xFFFFFFFF].tolist(), strict=True))

    def _with_them(self, row: Ints, numbers: Ints) -> tuple[Ints, Ints]:
        """Documents, each beside a row, and all their uppers beside the same row."""
        known, at = np.unique(numbers, return_inverse=True)
        self._know(known.tolist())
        uppers = [sorted(self._upper.get(number, ())) for number in known.tolist()]
        sizes = np.array([len(part) for part in uppers], dtype=np.int64)
        flat = np.array([number for part in uppers for number in part], dtype=np.int64)
        pick, member = laid_flat((np.cumsum(sizes) - sizes)[at], sizes[at])
        return np.concatenate([row, row[pick]]), np.concatenate([numbers, flat[member]])

    def _know(self, numbers: Iterable[int]) -> None:
        unknown = [number for number in numbers if number not in self._known]
        self._known.update(unknown)
        for lower, uppers in self._uppers_of(unknown).items():
            self._upper[lower].update(upper for upper in uppers if (lower, upper) not in self._parted)
