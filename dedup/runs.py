"""Unbroken runs that many pairs of texts share, read off where their seeds are equal: a hundredth of an alignment.

Part of the room of ``align``: for pairs that share so little that nothing between the runs can matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Each, Flags, Ints, laid_flat, maybe_more_than_once, once
from dedup.model import Ids

# A shorter run is a phrase. Eight words are what the labels of outlets2018 were made with.
RUN_WORDS = 8
# Words compared at a time while a run is followed: most runs are a phrase, and end within it.
_STEP = 16
# Pairs looked at together: their words then stay in the cache.
_TOGETHER = 8192
# Runs this near each other, in words of both texts, are looked at together: as far as ``align`` looks around a seed.
# With 30, and without ``AGAIN``, of 126 versions among the stories of ap1989 one was lost.
NEAR = 60
# So many words beside a run are compared. Without, and with NEAR 30, of 2,190 links of made mirrors of ap1989 50
# instead of 49 have no direction, and one of 2,112 mirrors is not found.
AGAIN = 6
# Room for the distance between words of two texts, laid flat, beside which pair it is.
_TRACK_BITS = 42

Run: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Seeded:
    """A text's words, uint32, and its seeds: values, int64, sorted, each once, and the word where each stands."""

    ids: Ids
    values: NDArray[np.int64]
    at: Ints


def shared_runs(texts: Sequence[Seeded], pairs: Ints, least: NDArray[np.float64], each: Each = map) -> list[list[Run]]:
    """The unbroken runs of at least ``RUN_WORDS`` words that the texts of each pair share.

    ``pairs`` holds two positions in ``texts`` each, shape ``(n, 2)``, never the same; ``least``, shape ``(n,)``, the
    words that a pair's runs must have together: one that has fewer gets no run at all. Runs are ``(word of a, word of
    b, words)`` in the order of the first text, and overlap in neither. A run is found by a seed that both texts have
    where it passes; one that passes none is not seen. ``each`` does the parts of the work.
    """
    laid = _Laid(texts)
    parts = (slice(first, first + _TOGETHER) for first in range(0, len(pairs), _TOGETHER))
    told = each(lambda part: _runs_together(texts, laid, pairs[part], least[part]), parts)
    return list(chain.from_iterable(told))


def lying_apart(texts: Sequence[Seeded], pairs: Ints, runs: Sequence[list[Run]]) -> Flags:
    """Which pairs' runs, as ``shared_runs`` tells them, are passages as they stand; not where there is none.

    ``texts`` and ``pairs`` are those of ``shared_runs``. Of runs within ``NEAR`` words of each other in both texts an
    alignment would say what was changed between; and so of one beside which two words in a row are the same again
    within ``AGAIN`` words, as where a space was lost or a name put in.
    """
    pair, i, j, n = _flat(runs)
    apart: Flags = np.bincount(pair, minlength=len(runs)) > 0
    apart[_near(pair, i, j, n)] = apart[_near(pair, j, i, n)] = False
    words = np.array([len(text.ids) for text in texts], dtype=np.int64)
    ids = np.concatenate([np.zeros(0, dtype=np.uint32), *(text.ids for text in texts)])
    start = np.cumsum(words) - words
    for step, shift in ((1, n), (-1, -1)):
        sides = zip((i + shift, j + shift), pairs[pair].T, (-1, -2), strict=True)
        x, y = (_window(ids, start[of], start[of] + words[of], start[of] + at, step, none) for at, of, none in sides)
        equal = x[:, :, None] == y[:, None, :]
        apart[pair[(equal[:, 1:, 1:] & equal[:, :-1, :-1]).any(axis=(1, 2))]] = False
    return apart


def _near(pair: Ints, i: Ints, j: Ints, n: Ints) -> Ints:
    """The pairs of which two runs that follow each other in the text of ``i`` are near in both."""
    order = np.lexsort((j, i, pair))
    pair, i, j, n = pair[order], i[order], j[order], n[order]
    gap_i, gap_j = i[1:] - (i + n)[:-1], j[1:] - (j + n)[:-1]
    near: Ints = pair[1:][(pair[1:] == pair[:-1]) & (gap_i <= NEAR) & (abs(gap_j) <= NEAR)]
    return near


def _window(ids: Ids, start: Ints, end: Ints, at: Ints, step: int, none: int) -> Ints:
    """The words from each place on, forwards or backwards; ``none`` for those outside of its text."""
    places = at[:, None] + step * np.arange(AGAIN)
    inside = (places >= start[:, None]) & (places < end[:, None])
    window: Ints = np.full(places.shape, none, dtype=np.int64)
    window[inside] = ids[places[inside]]
    return window


def met_beside(runs: Sequence[list[Run]], pair: Ints, place: Ints, words: int) -> Ints:
    """The pairs that share more than their runs, which they have: two sequences of ``words`` words beside each other.

    ``place`` tells, in order, where such a sequence of the first text may stand in the second, too; one alone is a
    chance.
    """
    of, i, _, n = _flat(runs)
    before = np.searchsorted(of << 32 | i, pair << 32 | place, side="right") - 1
    outside = (before < 0) | (of[before] != pair) | (place + words > (i + n)[before])
    pair, place = pair[outside], place[outside]
    return once(pair[1:][(pair[1:] == pair[:-1]) & (place[1:] - place[:-1] == 1)])


def _flat(runs: Sequence[list[Run]]) -> tuple[Ints, Ints, Ints, Ints]:
    """Runs with the pair of each: pairs, words of a, words of b, how many."""
    pair = np.repeat(np.arange(len(runs)), [len(own) for own in runs])
    i, j, n = np.array(list(chain.from_iterable(runs)), dtype=np.int64).reshape(-1, 3).T
    return pair, i, j, n


class _Laid:
    """All texts one after the other: their words, and the seeds, to be looked up by text and value, that another text
    may have, too: less than half of them."""

    def __init__(self, texts: Sequence[Seeded]) -> None:
        words = np.array([len(text.ids) for text in texts], dtype=np.int64)
        seeds = np.array([len(text.values) for text in texts], dtype=np.int64)
        self.start, self.end = np.cumsum(words) - words, np.cumsum(words)
        # What is read past the end is never counted.
        self.ids = np.concatenate([*(text.ids for text in texts), np.zeros(_STEP, dtype=np.uint32)])
        values = np.concatenate([np.zeros(0, dtype=np.int64), *(text.values for text in texts)])
        met = maybe_more_than_once(values)
        owner = np.repeat(np.arange(len(texts)), seeds)[met]
        self.values = values[met]
        self.at = np.concatenate([np.zeros(0, dtype=np.int64), *(text.at for text in texts)])[met]
        self.count = np.bincount(owner, minlength=len(texts))
        self.first = np.cumsum(self.count) - self.count
        self.codes = self._code(owner, self.values)
        # The seeds of each text in the order of their places.
        self.placed = np.lexsort((self.at, owner))

    @staticmethod
    def _code(text: Ints, values: NDArray[np.int64]) -> Ints:
        """A seed of a text as one number, in the order of texts, then values. One seed in 2^44 of a text passes for
        another: then a run is sought where there is none."""
        return text << 44 | (values >> 20) + (1 << 43)

    def seeds(self, pairs: Ints) -> tuple[Ints, Ints, Ints]:
        """Where the seeds stand that both texts of a pair have: the pair, and the word in either text, laid flat; in
        the order of pairs, then of words of the first text."""
        pair, mine = laid_flat(self.first[pairs[:, 0]], self.count[pairs[:, 0]])
        mine = self.placed[mine]
        wanted = self._code(pairs[pair, 1], self.values[mine])
        theirs = np.minimum(np.searchsorted(self.codes, wanted), len(self.codes) - 1)
        both = np.flatnonzero(self.codes[theirs] == wanted)
        pair, mine, theirs = pair[both], mine[both], theirs[both]
        return pair, self.at[mine] + self.start[pairs[pair, 0]], self.at[theirs] + self.start[pairs[pair, 1]]

    def agreeing(self, i: Ints, j: Ints, most: Ints, step: int) -> Ints:
        """How many words agree from ``i`` and ``j`` on, ``most`` at most, forwards or backwards."""
        found = np.zeros(len(i), dtype=np.int64)
        open_ = np.arange(len(i))
        ahead = np.arange(_STEP)
        while len(open_):
            done = found[open_, None] + ahead
            # Backwards, what lies before the first text is read from the end, and not counted either.
            equal = self.ids[i[open_, None] + step * done] == self.ids[j[open_, None] + step * done]
            equal &= done < most[open_, None]
            agreed = np.where(equal.all(axis=1), _STEP, equal.argmin(axis=1))
            found[open_] += agreed
            open_ = open_[agreed == _STEP]
        return found


def _runs_together(texts: Sequence[Seeded], laid: _Laid, pairs: Ints, least: NDArray[np.float64]) -> list[list[Run]]:
    told: list[list[Run]] = [[] for _ in range(len(pairs))]
    pair, i, j, n = _whole_runs(laid, pairs)
    words = np.bincount(pair, weights=n, minlength=len(pairs))
    enough = (words >= least)[pair]
    for at, *run in zip(*(part[enough].tolist() for part in (pair, i, j, n)), strict=True):
        told[at].append((run[0], run[1], run[2]))
    for at, runs in enumerate(told):
        if len(runs) > 1:
            told[at] = _apart(texts[pairs[at, 0]].ids, runs)
            if sum(run[2] for run in told[at]) < least[at]:
                told[at] = []
    return told


def _whole_runs(laid: _Laid, pairs: Ints) -> tuple[Ints, Ints, Ints, Ints]:
    """Each run of ``RUN_WORDS`` or more that passes a seed, once: its pair, its word in either text, its words.

    Words are compared once, from a seed to the next one at the same distance, though a copy passes dozens.
    """
    pair, i, j = laid.seeds(pairs)
    track = pair << _TRACK_BITS | i - j + (1 << _TRACK_BITS - 1)
    order = np.argsort(track, kind="stable")
    pair, i, j, track = pair[order], i[order], j[order], track[order]
    a, b = pairs[pair, 0], pairs[pair, 1]
    ahead = np.minimum(laid.end[a] - i, laid.end[b] - j)
    follows = track[1:] == track[:-1]
    ahead[:-1][follows] = (i[1:] - i[:-1])[follows]
    forth = laid.agreeing(i, j, ahead, 1)
    first = np.ones(len(pair) + 1, dtype=bool)
    first[1:-1] = ~(follows & (forth == ahead)[:-1])
    last, first = np.flatnonzero(first[1:]), np.flatnonzero(first[:-1])
    pair, a, b = pair[first], a[first], b[first]
    back = laid.agreeing(i[first] - 1, j[first] - 1, np.minimum(i[first] - laid.start[a], j[first] - laid.start[b]), -1)
    n = i[last] + forth[last] - i[first] + back
    rows = np.stack([pair, i[first] - back - laid.start[a], j[first] - back - laid.start[b], n])[:, n >= RUN_WORDS]
    pair, i, j, n = rows[:, np.lexsort(rows[::-1])]
    return pair, i, j, n


def _apart(ids: Ids, runs: Iterable[Run]) -> list[Run]:
    """The runs, longest first, each cut to what those before it leave free in both texts; in the order of the first.

    Equally long ones go by their words, which are the same whichever text is called the first.
    """
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run[2], ids[run[0] : run[0] + run[2]].tobytes(), run)):
        for other in taken:
            run = _cut(run, run[0], other[0], other[2])
            run = _cut(run, run[1], other[1], other[2])
        if run[2] >= RUN_WORDS:
            taken.append(run)
    return sorted(taken)


def _cut(run: Run, at: int, other: int, words: int) -> Run:
    """What is left of a run, which stands at ``at`` in one text, beside another's words there."""
    before, after = other - at, at + run[2] - (other + words)
    if before >= run[2] or after >= run[2]:
        return run
    if before >= after:
        return run[0], run[1], max(0, before)
    return run[0] + run[2] - max(0, after), run[1] + run[2] - max(0, after), max(0, after)
