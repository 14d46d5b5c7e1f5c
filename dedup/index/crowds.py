"""Crowds: keys that too many documents post to tell anything about two of them.

What copies one story posts none of its keys, so a key with many posters is a formula or a form, never a viral story.
For a document a key is *crowded* if more than ``CROWD`` documents of lower number post it; it then counts for nothing
with any of them. So what is crowded for a document hangs on those before it alone, as all else does.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.arrays import Flags, Ints

# 21 keys of 17,538 Reuters stories have more posters, and make 7 candidates of 10; without them 2,272 of the 2,274
# links with a match by keys stay. With 50 as many stay, with 20 2,269; 200 makes half as many candidates again as 100.
CROWD = 100

# Until copies of a story are settled they seem to post its keys. A key is passed over only if this many times a crowd
# seem to: with 1, 3,139 of those stories had to wait for others in the first round, with 1.5 1,800, with 2 403.
PATIENCE = 2

# How far a key reaches that is crowded for nobody.
EVERY = 2**63 - 1


def lower_posters(group: Ints, posting: Flags) -> Ints:
    """How many rows of its key before each row are postings; ``group`` says where the rows of a row's key begin."""
    before: Ints = np.cumsum(posting) - posting
    return before - before[group]


def seems_crowded(posters: Ints) -> Flags:
    """Whether a key is passed over as candidates are looked for, with so many lower documents that seem to post it."""
    flags: Flags = posters > PATIENCE * CROWD
    return flags


def reach(posters: Ints) -> int:
    """The highest number for which a key is not crowded; ``posters`` are all of them, in order."""
    return int(posters[CROWD]) if len(posters) > CROWD else EVERY


def reaches(posters: Ints, first: Ints, count: Ints) -> Ints:
    """``reach`` of many keys: each has ``count`` of the posters, from ``first`` on."""
    reached = np.full(len(first), EVERY)
    crowded = count > CROWD
    reached[crowded] = posters[first[crowded] + CROWD]
    return reached


def crossed(before: Ints, now: Ints) -> tuple[int, int]:
    """Above which number and up to which one a key became crowded, or no longer is; equal where for none."""
    low, high = sorted((reach(before), reach(now)))
    return low, high


def heard(keys: Ints, posters: Ints, asking: int) -> Flags:
    """Of each row, whether its key is not crowded for the higher of its poster and a document that asks.

    The rows are all postings of the document's keys, by key, then poster.
    """
    first, last = np.searchsorted(keys, keys, "left"), np.searchsorted(keys, keys, "right")
    flags: Flags = np.maximum(posters, asking) <= reaches(posters, first, last - first)
    return flags


def keyed_crowds(keys: Ints, posters: Ints, stays: Flags) -> Iterator[tuple[Ints, Ints]]:
    """The posters of each key that has a crowd of them, all and those that stay; rows are by key, then poster."""
    _, first, sizes = np.unique(keys, return_index=True, return_counts=True)
    for start, size in zip(first[sizes > CROWD].tolist(), sizes[sizes > CROWD].tolist(), strict=True):
        part = slice(start, start + size)
        yield posters[part], posters[part][stays[part]]


class Crowds:
    """What is crowded for documents that are settled one after the other, from the lowest on: ``look`` at each, then
    ``pass_by`` it.

    Rows are those that several documents have, in the order of key and number: ``group`` says where the rows of a
    row's key begin, ``owner`` the position of its document, ``row`` its row among those at hand, ``posting`` whether it
    posts. Documents that wait (flags by position) may still give up what they post, all others are settled.
    """

    def __init__(self, group: Ints, owner: Ints, row: Ints, posting: Flags, waiting: Flags, rows: int) -> None:
        self.silent = np.zeros(rows, dtype=bool)
        waits, posters = waiting[owner], lower_posters(group, posting)
        wide = np.zeros(len(group), dtype=bool)
        wide[group[waits & (posters > CROWD)]] = True
        at = np.flatnonzero(waits & wide[group])
        at = at[np.argsort(owner[at], kind="stable")]
        self._row, self._passed_over = row[at], seems_crowded(posters[at])
        starts, self._key = np.unique(group[at], return_inverse=True)
        settled = np.flatnonzero(posting & ~waits & wide[group])
        self._settled = owner[settled]
        self._first, self._last = np.searchsorted(settled, group[at]), np.searchsorted(settled, at)
        self._posted, self._open = np.zeros(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int64)
        self._passed: list[list[int]] = [[] for _ in starts]
        owners, first, sizes = np.unique(owner[at], return_index=True, return_counts=True)
        self._parts = dict(zip(owners.tolist(), map(slice, first.tolist(), (first + sizes).tolist()), strict=True))

    def look(self, position: int) -> tuple[bool, set[int]]:
        """Whether it is known what is crowded for a document, and who posts what was passed over but is not crowded.

        Its rows that are crowded, or may be, are ``silent`` from then on.
        """
        part = self._parts.get(position)
        if part is None:
            return True, set()
        key = self._key[part]
        posters = self._last[part] - self._first[part] + self._posted[key]
        free = posters + self._open[key] <= CROWD
        self.silent[self._row[part][~free]] = True
        freed = np.flatnonzero(free & self._passed_over[part]) + part.start
        return bool((free | (posters > CROWD)).all()), self._posters(freed)

    def pass_by(self, position: int, posts: Flags, is_settled: bool) -> None:
        """Count what a document posts (flags by row), for good or as long as it waits."""
        part = self._parts.get(position)
        if part is None:
            return
        posted = self._key[part][posts[self._row[part]]]
        (self._posted if is_settled else self._open)[posted] += 1
        for key in posted.tolist():
            if len(self._passed[key]) <= CROWD:
                self._passed[key].append(position)

    def _posters(self, at: Ints) -> set[int]:
        settled = (self._settled[self._first[one] : self._last[one]].tolist() for one in at.tolist())
        passed = (self._passed[key] for key in self._key[at].tolist())
        return set().union(*settled, *passed)
