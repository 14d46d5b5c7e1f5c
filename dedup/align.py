"""Two token arrays in, the passages they share out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from dedup.model import Edit, Ids, Match, Passage, Span, Tokens

Places: TypeAlias = NDArray[np.int64]
Run: TypeAlias = tuple[int, int, int]

RARITY = 0.5
NEIGHBOUR = 0.5
GAP = 0.15
DROP = 4.0
SCORE = 6.0
ROUNDS = 4
FORCED = 16
CELLS = 4096


def align(a: Tokens, b: Tokens) -> Match | None:
    """Find the passages that two texts share."""
    if not len(a) or not len(b):
        return None
    mirrored = _order(b) < _order(a)
    x, y = (b, a) if mirrored else (a, b)
    found = sorted(_passages(x.ids, y.ids))
    if not found:
        return None
    return _match(x, y, found, mirrored)


def _order(tokens: Tokens) -> tuple[int, bytes, str]:
    return len(tokens), tokens.ids.tobytes(), tokens.text


def _passages(x: Ids, y: Ids) -> list[list[Run]]:
    weights = _weights(x, y)
    left, right = np.arange(len(x)), np.arange(len(y))
    found: list[list[Run]] = []
    for _ in range(ROUNDS):
        new = list(_chains(_runs(x, y, left, right), weights))
        if not new:
            break
        found += new
        left, right = (
            _without(left, [(c[0][0], c[-1][0] + c[-1][2]) for c in new]),
            _without(right, [(c[0][1], c[-1][1] + c[-1][2]) for c in new]),
        )
    return found


def _without(free: Places, spans: list[tuple[int, int]]) -> Places:
    keep = np.ones(len(free), dtype=bool)
    for start, end in spans:
        keep[np.searchsorted(free, start) : np.searchsorted(free, end)] = False
    return free[keep]


def _weights(x: Ids, y: Ids) -> NDArray[np.float64]:
    def cells(ids: Ids) -> NDArray[np.uint32]:
        return (ids * np.uint32(2654435761)) >> np.uint32(20)

    cx, cy = cells(x), cells(y)
    both = np.bincount(cx, minlength=CELLS) * np.bincount(cy, minlength=CELLS)
    weight = np.maximum(both, 1)[cx] ** -RARITY
    return np.concatenate(([0.0], np.cumsum(weight + NEIGHBOUR)))


def _codes(ids: Ids) -> str:
    return ((ids * np.uint32(2654435761)) >> np.uint32(12)).astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _runs(x: Ids, y: Ids, left: Places, right: Places) -> NDArray[np.int64]:
    """Runs (i, j, n, stretch) common; stretch counts the used stretches passed."""
    blocks = LCSseq.editops(_codes(x[left]), _codes(y[right])).as_matching_blocks()
    table = np.array([(m.a, m.b, m.size) for m in blocks], dtype=np.int64)
    size = table[:, 2]
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    i, j = left[np.repeat(table[:, 0], size) + offset], right[np.repeat(table[:, 1], size) + offset]
    true = x[i] == y[j]
    if not true.all():
        i, j = i[true], j[true]
    if not len(i):
        return np.empty((0, 4), dtype=np.int64)
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(i) != 1) | (np.diff(j) != 1))))
    n = np.diff(np.concatenate((starts, [len(i)])))
    i, j = i[starts], j[starts]
    torn = _torn(left)[np.searchsorted(left, i)] + _torn(right)[np.searchsorted(right, j)]
    return np.stack((i, j, n, torn), axis=1)


def _torn(free: Places) -> Places:
    return np.asarray(free - np.arange(len(free)))


def _chains(runs: NDArray[np.int64], weights: NDArray[np.float64]) -> Iterator[list[Run]]:
    if not len(runs):
        return
    gains = (weights[runs[:, 0] + runs[:, 2]] - weights[runs[:, 0]] - NEIGHBOUR).tolist()
    chain: list[Run] = []
    score = best = 0.0
    kept = end_i = end_j = tear = 0
    for (i, j, n, torn), gain in zip(runs.tolist(), gains, strict=True):
        if chain:
            score -= GAP * ((i - end_i) + (j - end_j)) / 2
            if score <= 0 or score < best - DROP or torn != tear:
                if best >= SCORE:
                    yield chain[:kept]
                chain, score, best = [], 0.0, 0.0
        chain.append((i, j, n))
        score += gain
        end_i, end_j, tear = i + n, j + n, torn
        if score > best:
            best, kept = score, len(chain)
    if best >= SCORE:
        yield chain[:kept]


def _match(x: Tokens, y: Tokens, found: list[list[Run]], mirrored: bool) -> Match:
    passages, edits = [], []
    total, longest = 0, 0
    for chain in found:
        p = (Span(chain[0][0], chain[-1][0] + chain[-1][2]), Span(chain[0][1], chain[-1][1] + chain[-1][2]))
        words = sum(n for _, _, n in chain)
        total += words
        longest = max(longest, max(n for _, _, n in chain))
        passages.append(Passage(x.chars(p[0]), y.chars(p[1]), words, p[0], p[1]))
    if mirrored:
        passages = sorted((Passage(q.b, q.a, q.words, q.b_tokens, q.a_tokens) for q in passages), key=lambda q: q.a)
        x, y = y, x
    return Match(tuple(passages), total / len(x), total / len(y), total, longest, tuple(edits))
