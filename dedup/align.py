"""Two token arrays in, the passages they share out.

Runs of words that stand once in each text (``seeds``) say where to look; there, and once over all that is left, the
longest common subsequence pairs words; what is paired is scored, and stretches that score high enough are passages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from dedup.arrays import Flags, Ints
from dedup.heal import Chain, as_match, mirrored
from dedup.model import Ids, Match, Tokens
from dedup.seeds import (
    Keys,
    Run,
    affixes,
    anchors,
    beside,
    clusters,
    grams,
    longer,
    runs,
    shared,
    spread,
    surroundings,
)

# Measured by benchmarks/pan13.py: plagdet on verbatim copies (02) and on shuffled ones (03), and the share of unrelated
# pairs with a passage (01): .987, .739, .3 %. Below, one value changed at a time, on plain \w+ words, where 03 is .743.

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
# Shorter runs that stand once in each text show where to look. 4: .734; 6: .735; 8: .717; sure runs alone: .670.
SEED_WORDS = 5
# How far around a seed, in words, is looked at. 30: .695; 40: .720; 100: .749, in more time.
REACH = 60
# What is left over is aligned once more, where this many of its sequences of TRACE_WORDS words stand in both; most
# unrelated pages have fewer. 1: .743; 4: .742; never: .729. A second round only added crumbs (at GAP .1: -.006).
TRACE_WORDS = 3
TRACES = 3
# Words of x times words of y, a bit of memory each: above it, only what is around seeds is looked at.
LARGE = 25_000_000

# Words are counted in cells, and coded below _PRIVATE; reserved codes are above it, within Unicode.
_CELLS = 4096
_MIX = np.uint32(2654435761)
_PRIVATE = 1 << 19
_CODES = 0x110000 - _PRIVATE


def align(a: Tokens, b: Tokens) -> Match | None:
    """Find the passages that two texts share, and what was changed in them; ``None`` where there is none.

    A passage is a stretch of words in the same order in both texts, with small gaps; moved stretches are passages of
    their own. Passages do not overlap in either text and stand in the order of ``a``, as do the edits. Coverages are
    in [0, 1]. ``align(b, a)`` is the mirror of ``align(a, b)``. An empty text shares nothing, not even with itself,
    and neither do texts of seven words or fewer.

    Promised: a run of 20 words that stands once in each text is in a passage (of two such runs that overlap, each
    paired elsewhere, one is cut). Not promised: the longest alignment, nor in texts whose product of lengths is over
    25 million a copy without five equal words in a row that stand once in each. Time and memory then grow with the
    sum of lengths, else with their product.

    Pairs of words come from longest common subsequences (bit-parallel: Hyyrö 2004); stretches are cut out of them by
    score, as BLAST extends its hits (Altschul et al. 1990), around seeds as in MUMmer (Delcher et al. 1999).
    """
    if not len(a) or not len(b):
        return None
    turned = _order(b) < _order(a)
    x, y = (b, a) if turned else (a, b)
    chains = _Search(x.ids, y.ids).chains()
    if not chains:
        return None
    match = as_match(x, y, chains)
    return mirrored(match) if turned else match


def _order(tokens: Tokens) -> tuple[int, bytes, str]:
    """Puts any two texts in one order, so that both ways of asking do the same work."""
    return len(tokens), tokens.ids.tobytes(), tokens.text


class _Search:
    """The state of one alignment: what a paired word is worth, and which words no passage has taken yet."""

    def __init__(self, x: Ids, y: Ids) -> None:
        self.x, self.y = x, y
        self.codes_x, self.codes_y = _codes(x), _codes(y)
        self.worth = _worth(x, y)
        self.free_x, self.free_y = np.ones(len(x), dtype=bool), np.ones(len(y), dtype=bool)
        self.large = len(x) * len(y) > LARGE

    def chains(self) -> list[Chain]:
        """Chains of equal runs, one a passage, in the order of ``x``."""
        if len(self.x) >= SURE_WORDS and np.array_equal(self.x, self.y):
            return [[(0, 0, len(self.x))]]  # one pair of Reuters' candidates in eight
        keys_x, keys_y = grams(self.x, SEED_WORDS), grams(self.y, SEED_WORDS)
        found: list[Chain] = []
        common = shared(keys_x, keys_y)
        if common > SURE_WORDS - SEED_WORDS:
            sure = longer(keys_x, SEED_WORDS, SURE_WORDS), longer(keys_y, SEED_WORDS, SURE_WORDS)
            found += self._seeded(*sure, SURE_WORDS)
        if common:
            found += self._seeded(keys_x, keys_y, SEED_WORDS)
        found += self._leftover()
        return _merged(sorted(found))

    def _seeded(self, keys_x: Keys, keys_y: Keys, words: int) -> list[Chain]:
        """Chains around the sequences of ``words`` words that stand once in what is free of either text."""
        seeds = anchors(keys_x, keys_y, words, self.free_x, self.free_y)
        if words == SURE_WORDS:
            if self.large:
                seeds = beside(seeds, affixes(self.x, self.y, words))
            self._reserve(seeds)
        return self._settled(np.array(self._near(seeds), dtype=np.int64)) if seeds else []

    def _reserve(self, seeds: list[Run]) -> None:
        """Give the words of sure runs codes of their own, so that a stray word elsewhere cannot be paired with them."""
        serial = 0
        for i, j, n in seeds:
            private = np.arange(serial, serial + n, dtype=np.uint32) % _CODES + _PRIVATE
            self.codes_x[i : i + n] = self.codes_y[j : j + n] = private
            serial += n

    def _near(self, seeds: list[Run]) -> list[tuple[int, int, int, int]]:
        """Equal runs ``(i, j, words, cluster)`` at the seeds, between them and around them."""
        text_x, text_y = _text(self.codes_x), _text(self.codes_y)
        groups = clusters(seeds, REACH)
        wide_x = surroundings([(c[0][0], c[-1][0] + c[-1][2]) for c in groups], len(text_x), REACH)
        wide_y = surroundings([(c[0][1], c[-1][1] + c[-1][2]) for c in groups], len(text_y), REACH)
        near: list[tuple[int, int, int, int]] = []
        for group, (seeds, (end_i, stop_i), (end_j, stop_j)) in enumerate(zip(groups, wide_x, wide_y, strict=True)):
            for i, j, n in [*seeds, (stop_i, stop_j, 0)]:
                for di, dj, size in _paired(text_x[end_i:i], text_y[end_j:j]):
                    near.append((end_i + di, end_j + dj, size, group))
                near.append((i, j, n, group))
                end_i, end_j = i + n, j + n
        return near

    def _leftover(self) -> list[Chain]:
        """Chains in all that is still free, from one common subsequence; nothing where no trace promises any."""
        left, right = np.flatnonzero(self.free_x), np.flatnonzero(self.free_y)
        if len(left) * len(right) > LARGE or min(len(left), len(right)) < TRACE_WORDS:
            return []
        if shared(grams(self.x[left], TRACE_WORDS), grams(self.y[right], TRACE_WORDS)) < TRACES:
            return []
        blocks = _paired(_text(self.codes_x[left]), _text(self.codes_y[right]))
        table = np.array(blocks, dtype=np.int64).reshape(-1, 3)
        i, j, _ = spread(table)
        return self._chained(left[i], right[j], np.zeros_like(i))

    def _settled(self, table: Ints) -> list[Chain]:
        """Chains of rows ``(i, j, words, cluster)``; none crosses from one cluster to the next."""
        i, j, row = spread(table)
        if np.bincount(j, minlength=1).max() > 1:
            # Surroundings may overlap in y: the longer run has the word.
            best = np.lexsort((i, -table[row, 2]))
            first = np.sort(best[np.unique(j[best], return_index=True)[1]])
            i, j, row = i[first], j[first], row[first]
        return self._chained(i, j, table[row, 3])

    def _chained(self, i: Ints, j: Ints, group: Ints) -> list[Chain]:
        """Chains of the pairs of words ``(i, j)`` whose words are truly equal and free; they are free no more."""
        true = (self.x[i] == self.y[j]) & self.free_x[i] & self.free_y[j]
        if not true.all():
            i, j, group = i[true], j[true], group[true]
        starts, n = runs(i, j)
        gains = self.worth[i[starts] + n] - self.worth[i[starts]] - NEIGHBOUR
        gains[n >= SURE_WORDS] = np.maximum(gains[n >= SURE_WORDS], SCORE)
        torn = _torn(i, starts, n, self.free_x) | _torn(j, starts, n, self.free_y)
        torn[1:] |= group[starts[1:]] != group[starts[:-1]]
        rows = zip(i[starts].tolist(), j[starts].tolist(), n.tolist(), gains.tolist(), torn.tolist(), strict=True)
        chains = list(_scored(rows))
        for chain in chains:
            (i0, j0, _), (i1, j1, last) = chain[0], chain[-1]
            self.free_x[i0 : i1 + last] = self.free_y[j0 : j1 + last] = False
        return chains


def _scored(rows: Iterable[tuple[int, int, int, float, bool]]) -> Iterator[Chain]:
    """The stretches of a path that score ``SCORE`` or more, each cut off at its best.

    Rows are equal runs in order: ``(i, j, words, gain, torn)``; a torn one never joins what is before it.
    """
    chain: Chain = []
    score = best = 0.0
    kept = end_i = end_j = 0
    for i, j, n, gain, torn in rows:
        gap_i, gap_j = i - end_i, j - end_j
        score -= GAP * (gap_i + gap_j) / 2
        if torn or gap_i > WIDE or gap_j > WIDE or score <= 0 or score < best - DROP:
            if best >= SCORE:
                yield chain[:kept]
            chain, score, best = [], 0.0, 0.0
        chain.append((i, j, n))
        score += gain
        end_i, end_j = i + n, j + n
        if score > best:
            best, kept = score, len(chain)
    if best >= SCORE:
        yield chain[:kept]


def _merged(chains: list[Chain]) -> list[Chain]:
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


def _worth(x: Ids, y: Ids) -> NDArray[np.float64]:
    """Running sum of what x's words are worth; shape ``(len(x) + 1,)``.

    Words are counted in cells, where a few fall together and look more common than they are: 10 µs for 500 words
    against 55 µs for exact counts by sorting.
    """
    at_x, at_y = (x * _MIX) >> np.uint32(20), (y * _MIX) >> np.uint32(20)
    times = np.bincount(at_x, minlength=_CELLS) * np.bincount(at_y, minlength=_CELLS)
    worth = np.zeros(len(x) + 1)
    np.cumsum(np.maximum(times[at_x], 1.0) ** -RARITY + NEIGHBOUR, out=worth[1:])
    return worth


def _codes(ids: Ids) -> NDArray[np.uint32]:
    """Ids folded to 19 bits, so that a text can be a string: two words may share a code, so pairs are checked again.

    For 500 words a side, making and comparing take 19 µs as strings, 38 µs as lists, 60 µs as arrays.
    """
    return (ids * _MIX) >> np.uint32(13)


def _text(codes: NDArray[np.uint32]) -> str:
    """Codes as characters; those that are lone surrogates do no harm, as nothing prints them."""
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _paired(x: str, y: str) -> list[tuple[int, int, int]]:
    """Equal runs ``(i, j, words)`` on the longest common subsequence; empty for an empty text."""
    if not x or not y:
        return []
    return [(block.a, block.b, block.size) for block in LCSseq.editops(x, y).as_matching_blocks()]
