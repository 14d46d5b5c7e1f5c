"""Holders: which documents at hand hold a key, and which post it. Arrays over a batch; knows no text and no SQL.

A document is *at hand* when all its keys are known here: a new one, or a stored one that is visited. *Outside* are
stored documents of which only postings are known. Every document has a position, given as it is first met.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeAlias

import numpy as np

from dedup.arrays import Flags, Ints, among, edges, laid_flat, maybe_more_than_once, once
from dedup.index.crowds import CROWD, EVERY, PATIENCE, Crowds, reaches, seems_crowded
from dedup.sketch import is_body_key

Postings: TypeAlias = tuple[Ints, Ints]

# A pair is a candidate with this many shared passage keys, or one shared body key (DESIGN: windows of 16, two shared:
# recall 1.00 of copies and partial copies on 3,074 outlet pages, at half the pairs of one shared).
SHARED_KEYS = 2

_NONE = np.zeros(0, dtype=np.int64)


class Holders:
    """The keys of the documents at hand, row by row, and all who post them.

    ``numbers`` are the documents by position. Of each row of a document at hand, ``keys`` and ``places`` say what it
    holds, ``owner`` the position of the document, ``posts`` whether it posts the key and ``before`` whether it did in
    the store.
    """

    def __init__(self, postings_of: Callable[[Ints], Postings]) -> None:
        self._postings_of = postings_of
        self._position: dict[int, int] = {}
        self._rows: dict[int, slice] = {}
        self._asked = _NONE
        self.numbers, self.keys, self.places, self.owner = _NONE, _NONE, _NONE, _NONE
        self.posts, self.before = np.zeros(0, dtype=bool), np.zeros(0, dtype=bool)
        self._outside: tuple[Ints, Ints] = _NONE, _NONE
        self._shared = _Shared(_NONE, _NONE, _NONE, _NONE, _NONE)

    def __contains__(self, number: int) -> bool:
        """Whether a document was met, at hand or outside."""
        return number in self._position

    def has(self, number: int) -> bool:
        """Whether a document is at hand."""
        return number in self._rows

    def position(self, number: int) -> int:
        """The position of a document that was met."""
        return self._position[number]

    def positions(self, numbers: Iterable[int]) -> Ints:
        """The positions of documents that were met."""
        return np.array([self._position[number] for number in numbers], dtype=np.int64)

    def flags(self, numbers: Iterable[int]) -> Flags:
        """Which positions are those of some documents, as far as they were met."""
        flags = np.zeros(len(self.numbers), dtype=bool)
        flags[[self._position[number] for number in numbers if number in self._position]] = True
        return flags

    def rows(self, number: int) -> slice:
        """The rows of a document at hand."""
        return self._rows[number]

    def take(self, numbers: Sequence[int], keys: Sequence[Ints], places: Sequence[Ints]) -> None:
        """Take documents in hand, none of which is; what they post is what the store says."""
        if not len(numbers):
            return
        positions = self.meet(numbers)
        sizes = np.array([len(part) for part in keys], dtype=np.int64)
        ends = len(self.keys) + np.cumsum(sizes)
        for number, size, end in zip(numbers, sizes.tolist(), ends.tolist(), strict=True):
            self._rows[number] = slice(end - size, end)
        self.keys = np.concatenate([self.keys, *keys])
        self.places = np.concatenate([self.places, *places])
        self.owner = np.concatenate([self.owner, np.repeat(positions, sizes)])
        self.before = np.concatenate([self.before, np.zeros(sizes.sum(), dtype=bool)])
        self.posts = np.concatenate([self.posts, np.zeros(sizes.sum(), dtype=bool)])
        self._ask(np.concatenate(list(keys)))
        self._shared = self._sort()

    def candidates(self, uppers: Flags) -> tuple[Ints, Ints]:
        """The pairs of a document among ``uppers`` (flags by position, at hand) and one of lower number that posts
        enough of its keys: the positions of both, by upper, then number of the lower.

        Of the posters of a key that seems crowded the lowest may be among them: it keeps the key if others give it up.
        """
        shared = self._shared
        rows = np.flatnonzero(uppers[shared.owner])
        posting = np.flatnonzero(self._posting())
        first, last = np.searchsorted(posting, shared.group[rows]), np.searchsorted(posting, rows)
        posters = last - first
        pick, at = laid_flat(first, np.where(seems_crowded(posters), 1, posters))
        row = rows[pick]
        codes = shared.owner[row] << 32 | shared.rank[posting[at]]
        codes = enough_shared(codes, shared.is_body[row])
        return codes >> 32, shared.by_rank[codes & 0xFFFFFFFF]

    def work(self, uppers: Flags) -> Ints:
        """How many rows ``candidates`` has to look at for each position: what a visit costs at most."""
        shared = self._shared
        rows = np.flatnonzero(uppers[shared.owner])
        before = np.minimum(rows - shared.group[rows], PATIENCE * CROWD)
        work = np.bincount(shared.owner[rows], weights=before, minlength=len(uppers))
        return work.astype(np.int64)

    def posted(self, rows: Ints) -> Flags:
        """Which of the rows are postings now; those outside (-1) are."""
        return _posted(self.posts, rows)

    def meetings(self, uppers: Ints, lowers: Ints) -> tuple[Ints, Ints, Ints]:
        """The keys that the documents of each pair (positions, the upper at hand) both hold or post.

        Returns the pair, the upper's row, and the lower's row or -1 where the lower is outside (and posts it).
        """
        shared = self._shared
        first, last = shared.of(uppers)
        pair, at = laid_flat(first, last - first)
        mine = shared.by_owner[at]
        wanted = lowers[pair] * shared.width + shared.serial[mine]
        both = among(wanted, shared.codes)
        theirs = shared.by_owner[np.searchsorted(shared.codes, wanted[both])]
        return pair[both], shared.row[mine[both]], shared.row[theirs]

    def others(self, rows: Ints) -> tuple[Ints, Ints]:
        """Who else posts the keys of these rows: the row, and the position of each other poster for which the key is
        not crowded."""
        shared = self._shared
        at, posting, first, posters = self._posters(rows)
        pick, other = laid_flat(first, np.minimum(posters, CROWD + 1))
        row, position = shared.row[at[pick]], shared.owner[posting[other]]
        apart = position != self.owner[row]
        return row[apart], position[apart]

    def reach(self, rows: Ints) -> Ints:
        """The highest number for which the key of each row is not crowded."""
        at, posting, first, posters = self._posters(rows)
        reached = np.full(len(self.keys), EVERY)
        reached[self._shared.row[at]] = reaches(self.numbers[self._shared.owner[posting]], first, posters)
        return reached[rows]

    def crowds(self, waiting: Flags) -> Crowds:
        """What is crowded for documents at hand (flags by position) while they are settled."""
        shared = self._shared
        return Crowds(shared.group, shared.owner, shared.row, self._posting(), waiting, len(self.keys))

    def crowd_changes(self, rows: Ints, posted: Flags) -> Iterator[tuple[Ints, Ints]]:
        """The posters, before and now, of each key that has or had a crowd of them and of which that changed.

        ``posted`` says what ``rows`` did before. Posters are numbers in order.
        """
        shared, now = self._shared, self._posting()
        posts = self.posts.copy()
        posts[rows] = posted
        before = _posted(posts, shared.row)
        starts = once(shared.group[now != before])
        starts = starts[shared.end[starts] - starts > CROWD]
        for group in map(slice, starts.tolist(), shared.end[starts].tolist()):
            numbers = self.numbers[shared.owner[group]]
            yield numbers[before[group]], numbers[now[group]]

    def post_alone(self) -> Postings:
        """Post the keys that only one document at hand has, and nobody else; the caller sees that they are stored."""
        alone = ~self.before
        alone[self._shared.row[self._shared.row >= 0]] = False
        self.posts |= alone
        self.before |= alone
        return self._postings(alone)

    def changes(self) -> tuple[Postings, Postings]:
        """The postings to add and to drop: keys, and numbers of documents."""
        added, dropped = self.posts & ~self.before, self.before & ~self.posts
        return self._postings(added), self._postings(dropped)

    def _postings(self, rows: Flags) -> Postings:
        return self.keys[rows], self.numbers[self.owner[rows]]

    def meet(self, numbers: Sequence[int]) -> Ints:
        """The positions of documents, of which some are met for the first time."""
        met, back = np.unique(np.array(numbers, dtype=np.int64), return_inverse=True)
        new = [number for number in met.tolist() if number not in self._position]
        self._position.update(zip(new, range(len(self.numbers), len(self.numbers) + len(new)), strict=True))
        self.numbers = np.concatenate([self.numbers, np.array(new, dtype=np.int64)])
        return np.array([self._position[number] for number in met.tolist()], dtype=np.int64)[back]

    def _ask(self, keys: Ints) -> None:
        """Learn from the store who posts keys, each once."""
        keys = once(keys)
        keys = keys[~among(keys, self._asked)]
        # Two sorted arrays, which a stable sort only merges.
        self._asked = np.sort(np.concatenate([self._asked, keys]), kind="stable")
        posted, numbers = self._postings_of(keys)
        self._outside = (
            np.concatenate([self._outside[0], posted]),
            np.concatenate([self._outside[1], self.meet(numbers.tolist())]),
        )

    def _sort(self) -> _Shared:
        """The keys that more than one document holds or posts, in the order of key and number.

        What documents at hand post in the store stands beside their own rows then: it is marked there, and outside no
        more.
        """
        keys = np.concatenate([self.keys, self._outside[0]])
        maybe = maybe_more_than_once(keys)
        keys, owner = keys[maybe], np.concatenate([self.owner, self._outside[1]])[maybe]
        row = np.concatenate([np.arange(len(self.keys)), np.full(len(self._outside[0]), -1)])[maybe]
        by_rank = np.argsort(self.numbers)
        rank = np.empty_like(by_rank)
        rank[by_rank] = np.arange(len(by_rank))
        # By key, then number, what is outside behind its like at hand: two sorts take a third of one ``lexsort``.
        order = np.argsort(keys)
        serial = np.cumsum(edges(keys[order]))
        order = order[np.argsort(serial << 32 | rank[owner[order]] << 1 | (row[order] < 0))]
        keys, owner, row = keys[order], owner[order], row[order]
        same = ~edges(keys) & ~edges(owner)
        told = row[np.flatnonzero(same) - 1]
        self.posts[told] = self.before[told] = True
        keys, owner, row = keys[~same], owner[~same], row[~same]
        self._outside = keys[row < 0], owner[row < 0]
        first = edges(keys)
        left = ~first | ~np.append(first[1:], True)
        return _Shared(keys[left], owner[left], row[left], by_rank, rank)

    def _posters(self, rows: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Which shared rows these are, all that are postings, and of the key of each: its first among those, and how
        many."""
        shared = self._shared
        posting = np.flatnonzero(self._posting())
        wanted = np.zeros(len(self.keys), dtype=bool)
        wanted[rows] = True
        at = np.flatnonzero((shared.row >= 0) & wanted[shared.row])
        first, last = np.searchsorted(posting, shared.group[at]), np.searchsorted(posting, shared.end[at])
        return at, posting, first, last - first

    def _posting(self) -> Flags:
        """Which of the shared rows are postings."""
        return self.posted(self._shared.row)


class _Shared:
    """Rows of keys that more than one document has, in the order of key and number; a group is the rows of one key.

    ``group`` and ``end`` say where a row's group begins and ends; ``rank`` is the place of its owner in the order of
    numbers, ``by_rank`` the position there.
    """

    def __init__(self, keys: Ints, owner: Ints, row: Ints, by_rank: Ints, rank: Ints) -> None:
        self.owner, self.row, self.by_rank, self.rank = owner, row, by_rank, rank[owner]
        self.is_body = is_body_key(keys)
        edge = edges(keys)
        starts = np.flatnonzero(edge)
        self.serial = np.cumsum(edge) - 1
        self.group = starts[self.serial]
        self.end = np.append(starts[1:], len(keys))[self.serial]
        self.width = len(starts)
        self.by_owner = np.argsort(owner, kind="stable")
        self._owners = owner[self.by_owner]
        self.codes = self._owners * self.width + self.serial[self.by_owner]

    def of(self, positions: Ints) -> tuple[Ints, Ints]:
        """Where in ``by_owner`` the rows of documents begin and end."""
        return np.searchsorted(self._owners, positions, "left"), np.searchsorted(self._owners, positions, "right")


def _posted(posts: Flags, rows: Ints) -> Flags:
    return posts[rows] | (rows < 0) if len(posts) else rows < 0


def enough_shared(codes: Ints, is_body: Flags) -> Ints:
    """The codes of pairs, sorted, each once, that stand beside enough shared keys to make a candidate.

    There is a code for every key that a pair shares; a body key is enough alone.
    """
    pairs, counts = np.unique(np.concatenate([codes, np.repeat(codes[is_body], SHARED_KEYS - 1)]), return_counts=True)
    return pairs[counts >= SHARED_KEYS]
