"""Looks: which pairs of documents need not be matched, because they were."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from dedup.arrays import Flags, Ints, among, once
from dedup.index.holders import Holders


class Looks:
    """Pairs that were matched in this batch, and the documents that moved: new ones, and those that post otherwise now.

    Two stored documents that have not moved were matched when they were added. Documents are told by their positions
    in ``holders``, the upper one first.
    """

    def __init__(self, holders: Holders) -> None:
        self._holders = holders
        self._tried = np.zeros(0, dtype=np.int64)
        self.moved: set[int] = set()
        self._flags, self._flagged = np.zeros(0, dtype=bool), 0

    def move(self, numbers: Collection[int]) -> None:
        """Documents, by number, that move."""
        self.moved.update(numbers)

    def note(self, upper: Ints, lower: Ints) -> None:
        """Pairs that were matched."""
        self._tried = once(np.concatenate([self._tried, upper << 32 | lower]))

    def are_due(self, upper: Ints, lower: Ints) -> Flags:
        """Which pairs may match and were not tried."""
        due = ~among(upper << 32 | lower, self._tried)
        moved = self._have_moved()
        due &= moved[upper] | moved[lower]
        return due

    def _have_moved(self) -> Flags:
        """Whether each position's document has moved; kept until another is met or moves: they are never fewer."""
        if (len(self._flags), self._flagged) != (len(self._holders.numbers), len(self.moved)):
            self._flags, self._flagged = self._holders.flags(self.moved), len(self.moved)
        return self._flags
