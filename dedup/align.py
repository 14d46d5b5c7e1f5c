"""Two token arrays in, the passages they share out.

Runs of words that stand once in each text (``seeds``) say where to look; there, and once over all that is left, the
longest common subsequence pairs words; what is paired is scored, and stretches that score high enough are passages.
Where words are the same in another order, passages are joined and widened (``bags``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from dedup.arrays import Ints
from dedup.bags import Box, loosened
from dedup.chains import SURE_WORDS, Chained, merged
from dedup.heal import as_match
from dedup.model import Ids, Match, Tokens
from dedup.seeds import (
    LARGE,
    MOST_PAIRS,
    TOGETHER,
    Chain,
    Keys,
    Laid,
    Run,
    affixes,
    anchors,
    beside,
    clusters,
    grams,
    longer,
    runs,
    spread,
    surroundings,
    traces,
)

# Measured as the values in ``chains`` were: plagdet on shuffled copies (pan13's 03), .743 with these, without bags.

# Shorter runs that stand once in each text show where to look. 4: .734; 6: .735; 8: .717; sure runs alone: .670.
SEED_WORDS = 5
# How far around a seed, in words, is looked at. 30: .695; 40: .720; 100: .749, in more time.
REACH = 60
# What is left over is aligned once more, where this many of its sequences of TRACE_WORDS words stand in both; most
# unrelated pages have fewer. 1: .743; 4: .742; never: .729. A second round only added crumbs (at GAP .1: -.006).
TRACE_WORDS = 3
TRACES = 3

# Most gaps are a word or two, which a set tells to have nothing in common.
_FEW = 32
# Words are coded below _PRIVATE; reserved codes are above it, within Unicode.
_MIX = np.uint32(2654435761)
_PRIVATE = 1 << 19
_CODES = 0x110000 - _PRIVATE


def align(a: Tokens, b: Tokens) -> Match | None:
    """Find the passages that two texts share, and what was changed in them; ``None`` where there is none.

    A passage is a stretch of words in the same order in both texts, with small gaps; moved stretches are passages of
    their own. Where sentences or their words were shuffled, it is a stretch of each text that has most words in common:
    its ``words`` are those both sides have, each counted as often as in the side that has it less often, and what is
    not in one order is told as edits, moved words as dropped here and inserted there. Passages do not overlap in either
    text and stand in the order of ``a``, as do the edits. Coverages are in [0, 1]. ``align(b, a)`` is the mirror of
    ``align(a, b)``. An empty text shares nothing, not even with itself, and neither do texts of seven words or fewer.

    Promised: a run of 20 words that stands once in each text is in a passage (of two such runs that overlap, each
    paired elsewhere, one is cut). Not promised: the longest alignment, nor in texts whose product of lengths is over
    25 million a copy without five equal words in a row that stand once in each. Time and memory then grow with the
    sum of lengths, else with their product.

    Pairs of words come from longest common subsequences (bit-parallel: Hyyrö 2004); stretches are cut out of them by
    score, as BLAST extends its hits (Altschul et al. 1990), around seeds as in MUMmer (Delcher et al. 1999).
    """
    return align_all([(a, b)])[0]


def align_all(pairs: Sequence[tuple[Tokens, Tokens]]) -> list[Match | None]:
    """``align`` each pair, in their order; many in one go, so that few array operations serve them all.

    No pair's match hangs on the others.
    """
    return [match for part in _parts(pairs) for match in _align_together(part)]


def in_order(x: Ids, y: Ids) -> int:
    """How many words two texts have in common in one order: their longest common subsequence, of folded ids.

    A sixth of an alignment's time. Most of what ``align`` finds is in it, but a moved paragraph is not.
    """
    return int(LCSseq.similarity(_text(_codes(x)), _text(_codes(y))))


def _parts(pairs: Iterable[tuple[Tokens, Tokens]]) -> Iterator[list[tuple[Tokens, Tokens]]]:
    """Pairs in their order, gathered to ``TOGETHER`` words; a large pair stands alone."""
    part: list[tuple[Tokens, Tokens]] = []
    room = 0
    for a, b in pairs:
        size = TOGETHER if len(a) * len(b) > LARGE else len(a) + len(b)
        if part and (size > room or len(part) == MOST_PAIRS):
            yield part
            part = []
        room = (room if part else TOGETHER) - size
        part.append((a, b))
    if part:
        yield part


def _align_together(pairs: Sequence[tuple[Tokens, Tokens]]) -> list[Match | None]:
    turned = [_comes_first(b, a) for a, b in pairs]
    sides = [(b.ids, a.ids) if turn else (a.ids, b.ids) for (a, b), turn in zip(pairs, turned, strict=True)]
    same = [SURE_WORDS <= len(x) == len(y) and np.array_equal(x, y) for x, y in sides]
    searched = iter(_Search([side for side, equal in zip(sides, same, strict=True) if not equal]).chains())
    told: list[Match | None] = []
    for (a, b), turn, equal in zip(pairs, turned, same, strict=True):
        chains = [[(0, 0, len(a))]] if equal else next(searched)
        if turn:
            chains = sorted([(j, i, n) for i, j, n in chain] for chain in chains)
        told.append(as_match(a, b, chains) if chains else None)
    return told


def _comes_first(one: Tokens, other: Tokens) -> bool:
    """Puts any two texts in one order, so that both ways of asking do the same work."""
    if len(one) != len(other):
        return len(one) < len(other)
    return (one.ids.tobytes(), one.text) < (other.ids.tobytes(), other.text)


class _Search:
    """The state of alignments made together: what a paired word is worth, and which words no passage has taken yet."""

    def __init__(self, pairs: Sequence[tuple[Ids, Ids]]) -> None:
        self.x, self.y = Laid([x for x, _ in pairs]), Laid([y for _, y in pairs])
        self.codes_x, self.codes_y = _codes(self.x.ids), _codes(self.y.ids)
        self.chained = Chained(self.x, self.y)
        self.products = (self.x.words * self.y.words).tolist()

    def chains(self) -> list[list[Chain]]:
        """The chains of equal runs of each pair, one a passage, in the order of ``x``; ``bags`` has shuffled ones."""
        keys_x, keys_y = grams(self.x.ids, SEED_WORDS), grams(self.y.ids, SEED_WORDS)
        sure = longer(keys_x, SEED_WORDS, SURE_WORDS), longer(keys_y, SEED_WORDS, SURE_WORDS)
        found = self._seeded(*sure, SURE_WORDS) + self._seeded(keys_x, keys_y, SEED_WORDS) + self._leftover()
        told: list[list[Chain]] = [[] for _ in self.products]
        for chain in sorted(found):
            told[self.x.pair_of(chain[0][0])].append(chain)
        told = loosened(self.chained, [merged(chains) for chains in told], self._in_box)
        starts = zip(self.x.starts, self.y.starts, told, strict=True)
        return [[[(i - a, j - b, n) for i, j, n in chain] for chain in chains] for a, b, chains in starts]

    def _in_box(self, box: Box) -> list[Run]:
        """Equal runs of words on the longest common subsequence of two stretches."""
        i, end_i, j, end_j = box
        blocks = _paired(_text(self.codes_x[i:end_i]), _text(self.codes_y[j:end_j]))
        at_x, at_y, _ = spread(np.array([(i + k, j + m, n) for k, m, n in blocks], dtype=np.int64).reshape(-1, 3))
        true = self.x.ids[at_x] == self.y.ids[at_y]
        starts, sizes = runs(at_x[true], at_y[true])
        return list(zip(at_x[true][starts].tolist(), at_y[true][starts].tolist(), sizes.tolist(), strict=True))

    def _seeded(self, keys_x: Keys, keys_y: Keys, words: int) -> list[Chain]:
        """Chains around the sequences of ``words`` words that stand once in what is free of either text."""
        seeds = anchors(self.x, self.y, keys_x, keys_y, words)
        if words == SURE_WORDS:
            if self.products and self.products[0] > LARGE:
                seeds = beside(seeds, affixes(self.x.ids[:-1], self.y.ids[:-1], words))
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
        near: list[tuple[int, int, int, int]] = []
        group = 0
        for pair, own in groupby(seeds, lambda seed: self.x.pair_of(seed[0])):
            for seeds, (end_i, stop_i), (end_j, stop_j) in self._clustered(pair, list(own)):
                for i, j, n in [*seeds, (stop_i, stop_j, 0)]:
                    for di, dj, size in _paired(text_x[end_i:i], text_y[end_j:j]):
                        near.append((end_i + di, end_j + dj, size, group))
                    near.append((i, j, n, group))
                    end_i, end_j = i + n, j + n
                group += 1
        return near

    def _clustered(self, pair: int, seeds: list[Run]) -> Iterator[tuple[list[Run], tuple[int, int], tuple[int, int]]]:
        """The seeds of a pair in clusters, each with the stretch of either text to look at."""
        groups = clusters(seeds, REACH)
        wide_x = surroundings([(c[0][0], c[-1][0] + c[-1][2]) for c in groups], self.x.bounds(pair), REACH)
        wide_y = surroundings([(c[0][1], c[-1][1] + c[-1][2]) for c in groups], self.y.bounds(pair), REACH)
        return zip(groups, wide_x, wide_y, strict=True)

    def _leftover(self) -> list[Chain]:
        """Chains in all that is still free, from one common subsequence; nothing where no trace promises any."""
        left, right = self.x.left(), self.y.left()
        enough = traces(left, right, TRACE_WORDS) >= TRACES
        blocks: list[tuple[int, int, int]] = []
        text_x, text_y = _text(self.codes_x[left.at]), _text(self.codes_y[right.at])
        for pair in np.flatnonzero(enough).tolist():
            (start, end), (from_, to) = left.bounds(pair), right.bounds(pair)
            if (end - start) * (to - from_) <= LARGE:
                blocks += [(start + i, from_ + j, n) for i, j, n in _paired(text_x[start:end], text_y[from_:to])]
        if not blocks:
            return []
        i, j, _ = spread(np.array(blocks, dtype=np.int64))
        return self.chained.take(left.at[i], right.at[j], np.zeros_like(i))

    def _settled(self, table: Ints) -> list[Chain]:
        """Chains of rows ``(i, j, words, cluster)``; none crosses from one cluster to the next."""
        i, j, row = spread(table)
        if np.bincount(j, minlength=1).max() > 1:
            # Surroundings may overlap in y: the longer run has the word.
            best = np.lexsort((i, -table[row, 2]))
            first = np.sort(best[np.unique(j[best], return_index=True)[1]])
            i, j, row = i[first], j[first], row[first]
        return self.chained.take(i, j, table[row, 3])


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
    if not x or not y or (len(x) + len(y) <= _FEW and set(x).isdisjoint(y)):
        return []
    return [(block.a, block.b, block.size) for block in LCSseq.editops(x, y).as_matching_blocks()]
