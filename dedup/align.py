"""Two token arrays in, the passages they share out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import LCSseq

from dedup.heal import heal
from dedup.model import Edit, Ids, Match, Passage, Span, Tokens

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Run: TypeAlias = tuple[int, int, int]
Chain: TypeAlias = list[Run]

RARITY = 0.5
NEIGHBOUR = 0.5
GAP = 0.15
DROP = 4.0
SCORE = 6.0
ROUNDS = 4
WIDE = 40
MERGE = 20
SURE_WORDS = 20
SEEDS = (20,)
REACH = 60
LARGE = 25_000_000

CELLS = 4096
_MIX = np.uint32(2654435761)
_GRAM = np.uint64(0x9E3779B97F4A7C15)
_PRIVATE = 1 << 19


def align(a: Tokens, b: Tokens) -> Match | None:
    """Find the passages that two texts share."""
    if not len(a) or not len(b):
        return None
    mirrored = _order(b) < _order(a)
    x, y = (b, a) if mirrored else (a, b)
    chains = sorted(_Search(x.ids, y.ids).chains())
    if not chains:
        return None
    match = _match(x, y, chains)
    return _mirrored(match) if mirrored else match


def _order(tokens: Tokens) -> tuple[int, bytes, str]:
    return len(tokens), tokens.ids.tobytes(), tokens.text


class _Search:
    """The state of one alignment: which words are still free, and what a shared word is worth."""

    def __init__(self, x: Ids, y: Ids) -> None:
        self.x, self.y = x, y
        self.free_x, self.free_y = np.ones(len(x), dtype=bool), np.ones(len(y), dtype=bool)
        self.held_x, self.held_y = np.zeros(len(x) + 1, dtype=np.int64), np.zeros(len(y) + 1, dtype=np.int64)
        self.worth = _worth(x, y)
        self.codes_x, self.codes_y = _codes(x), _codes(y)

    def chains(self) -> Chain:
        found = []
        large = len(self.x) * len(self.y) > LARGE
        for k in SEEDS:
            anchors = _anchors(self.x, self.y, k)
            if large and k == SURE_WORDS:
                anchors = _affixes(self.x, self.y) + anchors
            anchors = _apart(anchors)
            if anchors:
                if k == SURE_WORDS:
                    self._hold(anchors)
                found += self._settle(self._around(anchors))
        for _ in range(ROUNDS):
            new = self._settle(self._leftover())
            if not new:
                break
            found += new
        return _merged(sorted(found))

    def _hold(self, anchors: list[Run]) -> None:
        serial = 0
        hx, hy = np.zeros(len(self.x), dtype=np.int64), np.zeros(len(self.y), dtype=np.int64)
        for i, j, n in anchors:
            private = _PRIVATE + np.arange(serial, serial + n, dtype=np.uint32) % (0x110000 - _PRIVATE)
            self.codes_x[i : i + n] = private
            self.codes_y[j : j + n] = private
            hx[i : i + n] = 1
            hy[j : j + n] = 1
            serial += n
        np.cumsum(hx, out=self.held_x[1:])
        np.cumsum(hy, out=self.held_y[1:])

    def _around(self, anchors: list[Run]) -> Ints:
        sx, sy = _text(self.codes_x), _text(self.codes_y)
        out = []
        clusters = _clusters(anchors)
        js = sorted([(c[0][1], c[-1][1] + c[-1][2]) for c in clusters])
        before = dict(zip([s for s, _ in js], [0] + [e for _, e in js[:-1]]))
        after = dict(zip([s for s, _ in js], [s for s, _ in js[1:]] + [len(sy)]))
        for t, c in enumerate(clusters):
            i0, j0, _ = c[0]
            i, j, n = c[-1]
            pi = clusters[t - 1][-1][0] + clusters[t - 1][-1][2] if t else 0
            ni = clusters[t + 1][0][0] if t + 1 < len(clusters) else len(sx)
            lo_i = max(i0 - REACH, (pi + i0) // 2 if t else 0)
            hi_i = min(i + n + REACH, (i + n + ni) // 2 if t + 1 < len(clusters) else len(sx))
            pj, nj = before[j0], after[j0]
            lo_j = max(j0 - REACH, (pj + j0) // 2 if pj else 0)
            hi_j = min(j + n + REACH, (j + n + nj) // 2 if nj < len(sy) else len(sy))
            ei, ej = lo_i, lo_j
            for i, j, n in [*c, (hi_i, hi_j, 0)]:
                if i > ei and j > ej:
                    out += [(ei + m.a, ej + m.b, m.size, t) for m in _blocks(sx[ei:i], sy[ej:j])]
                if n:
                    out.append((i, j, n, t))
                ei, ej = i + n, j + n
        return np.array(out, dtype=np.int64)

    def _leftover(self) -> Ints:
        left, right = np.flatnonzero(self.free_x), np.flatnonzero(self.free_y)
        if not len(left) or not len(right) or len(left) * len(right) > LARGE:
            return np.empty((0, 4), dtype=np.int64)
        blocks = _blocks(_text(self.codes_x[left]), _text(self.codes_y[right]))
        table = np.array([(m.a, m.b, m.size) for m in blocks], dtype=np.int64)
        i, j, size = _spread(table)
        if not len(i):
            return np.empty((0, 4), dtype=np.int64)
        i, j = left[i], right[j]
        one = np.ones_like(i)
        return np.stack((i, j, one, 0 * one), axis=1)

    def _settle(self, blocks: Ints) -> list[Chain]:
        if not len(blocks):
            return []
        i, j, size = _spread(blocks)
        group = np.repeat(blocks[:, 3], size)
        true = (self.x[i] == self.y[j]) & self.free_x[i] & self.free_y[j]
        i, j, group = i[true], j[true], group[true]
        if not len(i):
            return []
        starts = np.flatnonzero(np.concatenate(([True], (np.diff(i) != 1) | (np.diff(j) != 1))))
        n = np.diff(np.concatenate((starts, [len(i)])))
        i, j, group = i[starts], j[starts], group[starts]
        gains = self.worth[i + n] - self.worth[i] - NEIGHBOUR
        ei, ej = i + n, j + n
        torn = np.zeros(len(i), dtype=bool)
        torn[1:] = group[1:] != group[:-1]
        torn[1:] |= (self.held_x[i[1:]] > self.held_x[ei[:-1]]) | (self.held_y[j[1:]] > self.held_y[ej[:-1]])
        uf = np.concatenate(([0], np.cumsum(~self.free_x)))
        ug = np.concatenate(([0], np.cumsum(~self.free_y)))
        torn[1:] |= (uf[i[1:]] > uf[ei[:-1]]) | (ug[j[1:]] > ug[ej[:-1]])
        chains = list(_chained(zip(i.tolist(), j.tolist(), n.tolist(), gains.tolist(), torn.tolist())))
        for c in chains:
            self.free_x[c[0][0] : c[-1][0] + c[-1][2]] = False
            self.free_y[c[0][1] : c[-1][1] + c[-1][2]] = False
        return chains


def _spread(blocks):
    size = blocks[:, 2]
    offset = np.arange(size.sum()) - np.repeat(np.cumsum(size) - size, size)
    return np.repeat(blocks[:, 0], size) + offset, np.repeat(blocks[:, 1], size) + offset, size


def _chained(runs) -> Iterator[Chain]:
    chain: Chain = []
    score = best = 0.0
    kept = end_i = end_j = 0
    for i, j, n, gain, torn in runs:
        if chain:
            score -= GAP * ((i - end_i) + (j - end_j)) / 2
            if torn or i - end_i > WIDE or j - end_j > WIDE or score <= 0 or score < best - DROP:
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


def _merged(chains):
    following = dict(zip(*(lambda o: (o[:-1], o[1:]))(sorted(c[0][1] for c in chains))))
    out = []
    for c in chains:
        if out:
            i, j, n = out[-1][-1]
            if c[0][0] - i - n <= MERGE and 0 <= c[0][1] - j - n <= MERGE and following.get(out[-1][0][1]) == c[0][1]:
                following[out[-1][0][1]] = following.get(c[0][1])
                out[-1] = out[-1] + c
                continue
        out.append(c)
    return out


def _clusters(anchors):
    out = []
    ei = ej = -1
    for i, j, n in anchors:
        if out and i - ei <= REACH and 0 <= j - ej <= REACH:
            out[-1].append((i, j, n))
        else:
            out.append([(i, j, n)])
        ei, ej = i + n, j + n
    return out


def _apart(anchors):
    for axis in (1, 0):
        anchors = sorted(anchors, key=lambda r: r[axis])
        out = []
        end = 0
        for r in anchors:
            cut = max(0, end - r[axis])
            if r[2] > cut:
                out.append((r[0] + cut, r[1] + cut, r[2] - cut))
                end = r[axis] + r[2]
        anchors = out
    return anchors


def _affixes(x, y):
    n = min(len(x), len(y))

    def same(p, q):
        d = p[:n] != q[:n]
        return int(d.argmax()) if d.any() else n

    p = same(x, y)
    s = min(same(x[::-1], y[::-1]), n - p)
    return [(i, j, k) for i, j, k in ((0, 0, p), (len(x) - s, len(y) - s, s)) if k >= SURE_WORDS]


def _anchors(x: Ids, y: Ids, k: int) -> list[Run]:
    if min(len(x), len(y)) < k:
        return []
    gx, gy = _grams(x, k), _grams(y, k)
    seen = np.zeros(1 << 16, dtype=bool)
    seen[gx >> np.uint64(48)] = True
    if not seen[gy >> np.uint64(48)].any():
        return []
    kx, px = _once(gx)
    ky, py = _once(gy)
    if not len(kx):
        return []
    at = np.minimum(np.searchsorted(kx, ky), len(kx) - 1)
    hit = kx[at] == ky
    i, j = px[at[hit]], py[hit]
    order = np.argsort(i)
    i, j = i[order], j[order]
    if not len(i):
        return []
    starts = np.flatnonzero(np.concatenate(([True], (np.diff(i) != 1) | (np.diff(j) != 1))))
    n = np.diff(np.concatenate((starts, [len(i)]))) + k - 1
    return list(zip(i[starts].tolist(), j[starts].tolist(), n.tolist()))


def _grams(ids: Ids, k: int):
    h = ids.astype(np.uint64) * _GRAM
    done = 1
    while 2 * done <= k:
        h = h[:-done] * _GRAM + (h[done:] ^ (h[done:] >> np.uint64(29)))
        done *= 2
    if k > done:
        s = k - done
        h = h[:-s] * _GRAM + (h[s:] ^ (h[s:] >> np.uint64(31)))
    return h


def _once(keys):
    bits = np.uint64(len(keys).bit_length())
    packed = (keys >> bits << bits) | np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    k = packed >> bits
    new = np.concatenate(([True], k[1:] != k[:-1], [True]))
    once = new[1:] & new[:-1]
    return k[once] << bits, (packed[once] & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int64)


def _worth(x: Ids, y: Ids) -> NDArray[np.float64]:
    cx, cy = (x * _MIX) >> np.uint32(20), (y * _MIX) >> np.uint32(20)
    both = np.bincount(cx, minlength=CELLS) * np.bincount(cy, minlength=CELLS)
    weight = np.maximum(both, 1.0)[cx] ** -RARITY
    return np.concatenate(([0.0], np.cumsum(weight + NEIGHBOUR)))


def _codes(ids: Ids) -> NDArray[np.uint32]:
    return (ids * _MIX) >> np.uint32(13)


def _text(codes) -> str:
    return codes.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")


def _blocks(s, t):
    return LCSseq.editops(s, t).as_matching_blocks()


def _match(x: Tokens, y: Tokens, chains: list[Chain]) -> Match:
    passages: list[Passage] = []
    edits: list[Edit] = []
    total_x = total_y = longest = 0
    for chain in chains:
        i, j, n = chain[0]
        words_x = words_y = n
        run_x = run_y = n
        end_i, end_j = i + n, j + n
        longest = max(longest, n)
        for ni, nj, n in chain[1:]:
            healed = heal(x, y, Span(end_i, ni), Span(end_j, nj))
            edits.append(healed.edit)
            words_x += n + healed.x_words
            words_y += n + healed.y_words
            if healed.edit.kind == "respaced":
                run_x += n + healed.x_words
                run_y += n + healed.y_words
            else:
                run_x = run_y = n
            longest = max(longest, min(run_x, run_y))
            end_i, end_j = ni + n, nj + n
        p, q = Span(i, end_i), Span(j, end_j)
        total_x += words_x
        total_y += words_y
        passages.append(Passage(x.chars(p), y.chars(q), min(words_x, words_y), p, q))
    return Match(tuple(passages), total_x / len(x), total_y / len(y), min(total_x, total_y), longest, tuple(edits))


_TURNED = {"inserted": "dropped", "dropped": "inserted", "replaced": "replaced", "respaced": "respaced"}


def _mirrored(match: Match) -> Match:
    passages = sorted((Passage(p.b, p.a, p.words, p.b_tokens, p.a_tokens) for p in match.passages), key=lambda p: p.a)
    edits = sorted((Edit(_TURNED[e.kind], e.b, e.a, e.b_text, e.a_text) for e in match.edits), key=lambda e: (e.a, e.b))
    return Match(
        tuple(passages), match.coverage_b, match.coverage_a, match.matched_words, match.longest_run, tuple(edits)
    )
