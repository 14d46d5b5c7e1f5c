"""Two token arrays in, the passages they share out.

Runs of words that stand once in each text (``seeds``) say where to look; there, and once over all that is left, the
longest common subsequence pairs words; what is paired is scored, and stretches that score high enough are passages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from dedup.heal import heal
from dedup.model import Edit, EditKind, Ids, Match, Passage, Span, Tokens
from dedup.seeds import Flags, Ints, Keys, Run, affixes, anchors, clusters, grams, longer, runs, shared, surroundings

Chain: TypeAlias = list[Run]

# The score of a stretch. A paired word is worth (times in x * times in y) ** -RARITY, a pair that follows its
# neighbour NEIGHBOUR more, and each word of a gap (mean of both sides) costs GAP.
RARITY = 0.4
NEIGHBOUR = 0.35
GAP = 0.1
SCORE = 10.0
WIDE = 30
DROP = 4.0
MERGE = 20
SURE_WORDS = 20
SEED_WORDS = 5
REACH = 60
TRACE_WORDS = 3
TRACES = 2
LARGE = 25_000_000

_CELLS = 4096
_MIX = np.uint32(2654435761)
_PRIVATE = 1 << 19
_CODES = 0x110000 - _PRIVATE
_TURNED: dict[EditKind, EditKind] = {"inserted": "dropped", "dropped": "inserted"}


def align(a: Tokens, b: Tokens) -> Match | None:
    """Find the passages that two texts share.

    TODO
    """
    if not len(a) or not len(b):
        return None
    mirrored = _order(b) < _order(a)
    x, y = (b, a) if mirrored else (a, b)
    chains = _Search(x.ids, y.ids).chains()
    if not chains:
        return None
    match = _match(x, y, chains)
    return _mirror(match) if mirrored else match


def _order(tokens: Tokens) -> tuple[int, bytes, str]:
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
        keys_x, keys_y = grams(self.x, SEED_WORDS), grams(self.y, SEED_WORDS)
        found: list[Chain] = []
        if shared(keys_x, keys_y):
            sure = longer(keys_x, SEED_WORDS, SURE_WORDS), longer(keys_y, SEED_WORDS, SURE_WORDS)
            found += self._seeded(*sure, SURE_WORDS)
            found += self._seeded(keys_x, keys_y, SEED_WORDS)
        found += self._leftover()
        return _merged(sorted(found))

    def _seeded(self, keys_x: Keys, keys_y: Keys, words: int) -> list[Chain]:
        seeds = anchors(keys_x, keys_y, words, self.free_x, self.free_y)
        if words == SURE_WORDS:
            if self.large:
                seeds = _with_affixes(affixes(self.x, self.y, words), seeds)
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
        table = _table(_paired(_text(self.codes_x[left]), _text(self.codes_y[right])))
        i, j, _ = _spread(table)
        return self._chained(left[i], right[j], np.zeros_like(i))

    def _settled(self, table: Ints) -> list[Chain]:
        i, j, row = _spread(table)
        twice = np.bincount(j, minlength=1) > 1
        if twice.any():
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
    following = dict(zip(heads, heads[1:], strict=False))
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


def _with_affixes(ends: list[Run], seeds: list[Run]) -> list[Run]:
    """Equal ends and the seeds that share no word with them, in the order of ``x``."""
    front = max((n for i, _, n in ends if i == 0), default=0)
    back = [(i, j) for i, j, _ in ends if i]
    inner = [
        seed
        for seed in seeds
        if min(seed[:2]) >= front and all(seed[0] + seed[2] <= i and seed[1] + seed[2] <= j for i, j in back)
    ]
    return sorted([*ends, *inner])


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
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _paired(x: str, y: str) -> list[tuple[int, int, int]]:
    """Equal runs ``(i, j, words)`` on the longest common subsequence; empty for an empty text."""
    if not x or not y:
        return []
    return [(block.a, block.b, block.size) for block in LCSseq.editops(x, y).as_matching_blocks()]


def _table(blocks: list[tuple[int, int, int]]) -> Ints:
    return np.array(blocks, dtype=np.int64).reshape(-1, 3)


def _spread(table: Ints) -> tuple[Ints, Ints, Ints]:
    """Runs as pairs of words: the places in x, in y, and the row of the table each comes from."""
    size = table[:, 2]
    row = np.repeat(np.arange(len(size)), size)
    offset = np.arange(len(row)) - (np.cumsum(size) - size)[row]
    return table[row, 0] + offset, table[row, 1] + offset, row


def _match(x: Tokens, y: Tokens, chains: list[Chain]) -> Match:
    passages: list[Passage] = []
    edits: list[Edit] = []
    total_x = total_y = longest = 0
    for chain in chains:
        words_x, words_y, unbroken = _read(x, y, chain, edits)
        total_x, total_y, longest = total_x + words_x, total_y + words_y, max(longest, unbroken)
        (i, j, _), (last_i, last_j, n) = chain[0], chain[-1]
        at_x, at_y = Span(i, last_i + n), Span(j, last_j + n)
        passages.append(Passage(x.chars(at_x), y.chars(at_y), min(words_x, words_y), at_x, at_y))
    matched = min(total_x, total_y)
    return Match(tuple(passages), total_x / len(x), total_y / len(y), matched, longest, tuple(edits))


def _read(x: Tokens, y: Tokens, chain: Chain, edits: list[Edit]) -> tuple[int, int, int]:
    """Add the edits of a chain's gaps to ``edits``; give its equal words in x and y and the longest unbroken run."""
    i, j, n = chain[0]
    words_x = words_y = run_x = run_y = longest = n
    end_i, end_j = i + n, j + n
    for i, j, n in chain[1:]:
        gap = heal(x, y, Span(end_i, i), Span(end_j, j))
        edits.append(gap.edit)
        words_x, words_y = words_x + gap.x_words + n, words_y + gap.y_words + n
        if gap.edit.kind == "respaced":
            run_x, run_y = run_x + gap.x_words + n, run_y + gap.y_words + n
        else:
            run_x = run_y = n
        longest = max(longest, min(run_x, run_y))
        end_i, end_j = i + n, j + n
    return words_x, words_y, longest


def _mirror(match: Match) -> Match:
    passages = sorted((Passage(p.b, p.a, p.words, p.b_tokens, p.a_tokens) for p in match.passages), key=lambda p: p.a)
    turned = (Edit(_TURNED.get(e.kind, e.kind), e.b, e.a, e.b_text, e.a_text) for e in match.edits)
    edits = sorted(turned, key=lambda edit: (edit.a, edit.b))
    covered = match.coverage_b, match.coverage_a
    return replace(match, passages=tuple(passages), coverage_a=covered[0], coverage_b=covered[1], edits=tuple(edits))
