"""Pairs of equal words in, stretches that score high enough to be passages out.

All that knows what a word, a gap and a passage are worth; where the pairs come from is ``align``'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np

from dedup.arrays import Flags, Ints
from dedup.model import Ids
from dedup.seeds import Chain, Laid, runs

# Measured by benchmarks/pan13.py: plagdet on verbatim copies (02) and on shuffled ones (03), and the share of unrelated
# pairs with a passage (01): .987, .739, .3 %, before ``bags`` makes .869 of 03. Below, one value changed at a time, on
# plain \w+ words, where 03 is .743 without them.

# A pair of words is worth (times in x * times in y) ** -RARITY, and NEIGHBOUR more where it follows another pair: stray
# articles are worth little, whole phrases much. RARITY .3: 03 alike, more crumbs, .5: .739. NEIGHBOUR .2: .737,
# .5: .735 and 01 .4 %.
RARITY = 0.4
NEIGHBOUR = 0.35
# What a word of a gap costs, as the mean of both sides. .1 is best on 03 (.759), but glues independent reports of one
# event: of 807 passages of AP stories with like slugs 80 have under half of their words paired; at .2, 9 of 731.
# .3: .718.
GAP = 0.2
# A stretch that scores less is no passage; eight rare words in a row score enough. 9: .733; 12: .744 and 02 .991, but
# then it takes ten.
SCORE = 10.0
# One that scores this much shows ``bags`` where a shuffled copy may be. plagdet of 03 with bags, on every second pair:
# 5: .884; 6: .882; 7: .879; 9: .869. At 3 there are 1.4 places to look at in a pair of AP stories, at 6 .5.
SCRAP = 7.0
# The widest gap inside a passage, in words of either side; a longer dropped paragraph parts two passages.
# 20: .735; 40: .743.
WIDE = 30
# A stretch ends where its score has fallen this far below its best. 3: .741; 5: .743. Below SCORE, so that a sure run
# is never left behind.
DROP = 4.0
# Passages that follow each other this closely in both texts are one. 0: .730; 10: .737; 30: .748.
MERGE = 20
# A run of this many words that stands once in each text is always part of a passage: what the index promises.
SURE_WORDS = 20

# Words are counted in cells; their worth is added up in whole numbers of 1 / UNIT.
_CELLS = 4096
UNIT = 1 << 20
# What a word is worth by how often it stands in x times how often in y; oftener makes no difference.
_WORTH = np.rint((np.maximum(np.arange(10_000), 1.0) ** -RARITY) * UNIT).astype(np.int64)
_MIX = np.uint32(2654435761)


class Chained:
    """What the equal words of texts laid side by side are worth, and which of them no passage has taken yet."""

    def __init__(self, x: Laid, y: Laid) -> None:
        self.x, self.y = x, y
        # Stretches that score too little to be passages; passages may have taken some of their words since.
        self.scraps: list[Chain] = []
        # How often the words of a cell stand in x, and in y. A few fall together and look more common than they are:
        # 10 µs for 500 words against 55 µs for exact counts by sorting.
        cells_x, cells_y, cells = _cells(x.pair, x.ids), _cells(y.pair, y.ids), _CELLS * len(x.starts)
        self._times_x, self._times_y = np.bincount(cells_x, minlength=cells), np.bincount(cells_y, minlength=cells)
        # What x's words are worth in all, each following another, up to each of them.
        self._running = np.zeros(len(x.ids) + 1, dtype=np.int64)
        np.cumsum(self._worth(cells_x) + round(NEIGHBOUR * UNIT), out=self._running[1:])

    def take(self, i: Ints, j: Ints, group: Ints) -> list[Chain]:
        """Chains of the pairs of words ``(i, j)`` whose words are truly equal and free; they are free no more.

        Pairs are in the order of ``x``; no chain crosses from one ``group`` to the next, nor words that were taken.
        """
        x, y = self.x, self.y
        true = (x.ids[i] == y.ids[j]) & x.free[i] & y.free[j]
        if not true.all():
            i, j, group = i[true], j[true], group[true]
        starts, n = runs(i, j)
        gains = (self._running[i[starts] + n] - self._running[i[starts]]) / UNIT - NEIGHBOUR
        gains[n >= SURE_WORDS] = np.maximum(gains[n >= SURE_WORDS], SCORE)
        torn = _torn(i, starts, n, x.free) | _torn(j, starts, n, y.free)
        torn[1:] |= group[starts[1:]] != group[starts[:-1]]
        rows = zip(i[starts].tolist(), j[starts].tolist(), n.tolist(), gains.tolist(), torn.tolist(), strict=True)
        chains: list[Chain] = []
        for score, chain in _scored(rows):
            (chains if score >= SCORE else self.scraps).append(chain)
        for chain in chains:
            (i0, j0, _), (i1, j1, last) = chain[0], chain[-1]
            x.free[i0 : i1 + last] = y.free[j0 : j1 + last] = False
        return chains

    def worth(self, side: Laid, at: Ints) -> Ints:
        """What words of one side are worth, in ``UNIT`` parts: whole numbers add up alike wherever a text is laid."""
        return self._worth(_cells(side.pair[at], side.ids[at]))

    def _worth(self, cells: Ints) -> Ints:
        worth: Ints = _WORTH[np.minimum(self._times_x[cells] * self._times_y[cells], len(_WORTH) - 1)]
        return worth


def merged(chains: list[Chain]) -> list[Chain]:
    """Join chains that follow each other in both texts over at most ``MERGE`` words, with nothing between them."""
    heads = sorted(chain[0][1] for chain in chains)
    following = dict(pairwise(heads))
    merged: list[Chain] = []
    before = -1
    for chain in chains:
        if merged and following.get(before) == chain[0][1]:
            i, j, n = merged[-1][-1]
            if chain[0][0] - i - n <= MERGE and chain[0][1] - j - n <= MERGE:
                merged[-1] = _joined(merged[-1], chain)
                before = chain[0][1]
                continue
        merged.append(chain)
        before = chain[0][1]
    return merged


def _scored(rows: Iterable[tuple[int, int, int, float, bool]]) -> Iterator[tuple[float, Chain]]:
    """The stretches of a path that score ``SCRAP`` or more, each cut off at its best, and how they score.

    Rows are equal runs in order: ``(i, j, words, gain, torn)``; a torn one never joins what is before it.
    """
    chain: Chain = []
    score = best = 0.0
    kept = end_i = end_j = 0
    for i, j, n, gain, torn in rows:
        gap_i, gap_j = i - end_i, j - end_j
        score -= GAP * (gap_i + gap_j) / 2
        if torn or gap_i > WIDE or gap_j > WIDE or score <= 0 or score < best - DROP:
            if best >= SCRAP:
                yield best, chain[:kept]
            chain, score, best = [], 0.0, 0.0
        chain.append((i, j, n))
        score += gain
        end_i, end_j = i + n, j + n
        if score > best:
            best, kept = score, len(chain)
    if best >= SCRAP:
        yield best, chain[:kept]


def _joined(first: Chain, second: Chain) -> Chain:
    (i, j, n), (k, m, size) = first[-1], second[0]
    if i + n == k and j + n == m:
        return [*first[:-1], (i, j, n + size), *second[1:]]
    return first + second


def _torn(at: Ints, starts: Ints, n: Ints, free: Flags) -> Flags:
    """Whether taken words, or words paired elsewhere, stand between a run and the one before it."""
    taken = ~free
    taken[at] = True
    count = np.zeros(len(free) + 1, dtype=np.int64)
    np.cumsum(taken, out=count[1:])
    torn = np.zeros(len(starts), dtype=bool)
    torn[1:] = count[at[starts[1:]]] != count[(at[starts] + n)[:-1]]
    return torn


def _cells(pair: Ints, ids: Ids) -> Ints:
    return pair * _CELLS + ((ids * _MIX) >> np.uint32(20))
