"""Where to look: runs of words that stand once in each of two texts, and the stretches around them.

Short exact runs place an alignment before any dynamic programme is run, as MUMmer does for genomes (Delcher et al.
1999) and patience diff for lines.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import Ints, among, laid_flat
from dedup.model import Ids

Keys: TypeAlias = NDArray[np.uint64]
# Word i of x, word j of y, and how many words are equal from there.
Run: TypeAlias = tuple[int, int, int]
# Equal runs in the order of both texts, none touching the next.
Chain: TypeAlias = list[Run]

_MIX = np.uint64(0x9E3779B97F4A7C15)

# Pairs, and words of both their texts, that are looked at together: no more than the bits of a packed key have room
# for. A longer pair is looked at alone. A pair of 1,150 words took 289 µs with 50,000 words and 3 bits of room for a
# key, which stay in the processor's cache; with 100,000 and 3 360 µs, with 100,000 and 5 373, with 25,000 and 3 309.
MOST_PAIRS, TOGETHER = 128, 50_000
# Words of x times words of y, a bit of memory each: above it, only what is around seeds is looked at.
LARGE = 25_000_000
_PAIR_BITS, _PLACE_BITS = 7, 17
# A key meets a stranger's flag once in 2 ** _ROOM_BITS.
_ROOM_BITS = 3
_NONE = np.zeros(0, dtype=np.uint32)
_BEHIND = np.zeros(1, dtype=np.uint32)


class Laid:
    """Texts laid one after the other, with a word behind each that belongs to none; that one is never free.

    ``ids`` are the words, ``pair`` the text each belongs to, ``free`` those that no passage has taken; ``starts`` and
    ``ends`` the places where texts begin and end, ``words`` how long they are.
    """

    def __init__(self, texts: Sequence[Ids]) -> None:
        self.words = np.array([len(text) for text in texts], dtype=np.int64)
        ends = np.cumsum(self.words + 1) - 1
        self.starts, self.ends = (ends - self.words).tolist(), ends.tolist()
        self.ids = np.concatenate([_NONE, *(part for text in texts for part in (text, _BEHIND))])
        self.pair = np.repeat(np.arange(len(texts)), self.words + 1)
        self.free = np.ones(len(self.ids), dtype=bool)
        self.free[ends] = False

    def pair_of(self, place: int) -> int:
        """The text that a place belongs to."""
        return bisect_right(self.starts, place) - 1

    def bounds(self, text: int) -> tuple[int, int]:
        """Where a text begins and ends."""
        return self.starts[text], self.ends[text]

    def left(self) -> Left:
        """What is still free."""
        at = np.flatnonzero(self.free)
        return Left(self.ids[at], at, self.pair[at], len(self.starts))


@dataclass(frozen=True, slots=True)
class Left:
    """The free words of some texts: their ids, where they were, and which text has them."""

    ids: Ids
    at: Ints
    pair: Ints
    texts: int

    def bounds(self, text: int) -> tuple[int, int]:
        """Where the words of a text begin and end."""
        start, end = np.searchsorted(self.pair, [text, text + 1]).tolist()
        return start, end


def anchors(x: Laid, y: Laid, all_x: Keys, all_y: Keys, words: int) -> list[Run]:
    """Runs made of ``words``-word sequences that stand once among the free words of each text, in the order of ``x``.

    ``all_x`` and ``all_y`` are the keys of all such sequences, as ``grams`` makes them. Runs never share a word,
    neither in ``x`` nor in ``y``. Keys are cut to 40 bits: the caller compares the words themselves. Empty where
    either text is shorter than ``words``.
    """
    left, right = _whole(x, all_x, words), _whole(y, all_y, words)
    left, right = left.met_by(right), right.met_by(left)
    first, second = _once_in_each(left, right)
    i, j = left.at[first], right.at[second]
    order = np.argsort(i)
    i, j = i[order], j[order]
    starts, sizes = runs(i, j)
    return _apart(list(zip(i[starts].tolist(), j[starts].tolist(), (sizes + words - 1).tolist(), strict=True)))


def affixes(x: Ids, y: Ids, words: int) -> list[Run]:
    """The equal beginning and the equal end of two texts, each of ``words`` words or more, never overlapping."""
    shorter = min(len(x), len(y))
    front = _agree(x[:shorter], y[:shorter])
    back = _agree(x[len(x) - shorter + front :][::-1], y[len(y) - shorter + front :][::-1])
    ends = (0, 0, front), (len(x) - back, len(y) - back, back)
    return [run for run in ends if run[2] >= words]


def beside(seeds: list[Run], ends: list[Run]) -> list[Run]:
    """``ends``, an equal beginning and an equal end, and the seeds that share no word with them, in the order of x."""
    inner = [seed for seed in seeds if all(_outside(seed, end, axis) for end in ends for axis in (0, 1))]
    return sorted([*ends, *inner])


def clusters(seeds: list[Run], reach: int) -> list[list[Run]]:
    """Seeds that follow each other in both texts within ``reach`` words, together."""
    together: list[list[Run]] = []
    end_i = end_j = 0
    for i, j, n in seeds:
        if together and i - end_i <= reach and 0 <= j - end_j <= reach:
            together[-1].append((i, j, n))
        else:
            together.append([(i, j, n)])
        end_i, end_j = i + n, j + n
    return together


def surroundings(spans: list[tuple[int, int]], bounds: tuple[int, int], reach: int) -> list[tuple[int, int]]:
    """Each span with up to ``reach`` words on either side, but no more than half of the way to its neighbour."""
    if len(spans) == 1:  # as most are
        ((start, end),) = spans
        return [(max(bounds[0], start - reach), min(bounds[1], end + reach))]
    order = sorted(range(len(spans)), key=spans.__getitem__)
    wide = list(spans)
    for before, at, after in zip([None, *order[:-1]], order, [*order[1:], None], strict=True):
        start, end = spans[at]
        low = (spans[before][1] + start) // 2 if before is not None else bounds[0]
        high = (spans[after][0] + end) // 2 if after is not None else bounds[1]
        wide[at] = min(start, max(low, start - reach)), max(end, min(high, end + reach))
    return wide


def traces(left: Left, right: Left, words: int) -> Ints:
    """How many sequences of ``words`` words of each right text stand in its left one, too."""
    here, there = _inside(left, words), _inside(right, words)
    found = there.met_by(here)
    stands = among(found.codes(), np.sort(here.met_by(there).codes()))
    return np.bincount(found.pair[stands], minlength=left.texts)


def _inside(left: Left, words: int) -> _Keyed:
    """The keys of the sequences of words that lie in one text."""
    keys = grams(left.ids, words)
    at = np.flatnonzero(left.pair[: len(keys)] == left.pair[len(left.pair) - len(keys) :])
    return _Keyed(keys[at], at, left.pair[at])


def grams(ids: Ids, words: int) -> Keys:
    """A 64-bit key for each sequence of ``words`` words; shape ``(len(ids) - words + 1,)``, empty for a short text."""
    return longer(ids.astype(np.uint64) * _MIX, 1, words)


def longer(keys: Keys, done: int, words: int) -> Keys:
    """The keys of sequences of ``words`` words, from the keys of those of ``done`` words."""
    while done < words:
        step = min(done, words - done)
        keys = keys[:-step] * _MIX + (keys[step:] ^ (keys[step:] >> np.uint64(29)))
        done += step
    return keys


def runs(i: Ints, j: Ints) -> tuple[Ints, Ints]:
    """Where pairs of places that advance together begin, and how many they are; both arrays may be empty."""
    edge = np.ones(len(i) + 1, dtype=bool)
    edge[1:-1] = (i[1:] - i[:-1] != 1) | (j[1:] - j[:-1] != 1)
    edges = np.flatnonzero(edge)
    return edges[:-1], edges[1:] - edges[:-1]


def spread(table: Ints) -> tuple[Ints, Ints, Ints]:
    """Runs as pairs of words: the places in x, in y, and the row of the table each comes from."""
    size = table[:, 2]
    row, i = laid_flat(table[:, 0], size)
    return i, i - table[row, 0] + table[row, 1], row


@dataclass(frozen=True, slots=True)
class _Keyed:
    """Keys of sequences of words, where each stands, and in which text."""

    keys: Keys
    at: Ints
    pair: Ints

    def met_by(self, others: _Keyed) -> _Keyed:
        """Those that may stand in the other text of the pair, too: all that do, and one in eight that do not.

        A table of flags leaves few to be sorted: with it, here and for ``traces``, a pair took 370 µs instead of 480.
        """
        bits = max(_PAIR_BITS, len(others.keys).bit_length() + _ROOM_BITS)
        seen = np.zeros(1 << bits, dtype=bool)
        seen[others._cells(bits)] = True
        met = np.flatnonzero(seen[self._cells(bits)])
        return _Keyed(self.keys[met], self.at[met], self.pair[met])

    def _cells(self, bits: int) -> Ints:
        """A number of so many bits for each key."""
        return (self.keys >> np.uint64(64 - bits)).view(np.int64) ^ self.pair << bits - _PAIR_BITS

    def codes(self) -> Ints:
        """A number for each key that is another one in another text; cut to 56 bits."""
        return (self.keys >> np.uint64(_PAIR_BITS + 1)).view(np.int64) | self.pair << 63 - _PAIR_BITS


def _whole(laid: Laid, keys: Keys, words: int) -> _Keyed:
    """The keys of the sequences whose words are all free."""
    used = np.zeros(len(laid.free) + 1, dtype=np.int32)
    np.cumsum(~laid.free, out=used[1:])
    at = np.flatnonzero(used[words:] == used[:-words])
    return _Keyed(keys[at], at, laid.pair[at])


def _once_in_each(left: _Keyed, right: _Keyed) -> tuple[Ints, Ints]:
    """Places in both of the keys that stand once in each text of a pair.

    The pair is packed into each key's highest bits and the place into its lowest, so that one plain sort will do.
    """
    keys, pair = np.concatenate((left.keys, right.keys)), np.concatenate((left.pair, right.pair)).astype(np.uint64)
    place = np.uint64(max(_PLACE_BITS, len(keys).bit_length()))
    packed = keys >> (place + np.uint64(_PAIR_BITS)) << place | pair << np.uint64(64 - _PAIR_BITS)
    packed |= np.arange(len(keys), dtype=np.uint64)
    packed.sort()
    cut = packed >> place
    edge = np.ones(len(keys) + 1, dtype=bool)
    edge[1:-1] = cut[1:] != cut[:-1]
    twos = np.flatnonzero(edge[:-2] & ~edge[1:-1] & edge[2:])
    places = (packed & ((np.uint64(1) << place) - np.uint64(1))).astype(np.int64)
    first, second = places[twos], places[twos + 1]
    apart = (first < len(left.keys)) & (second >= len(left.keys))
    return first[apart], second[apart] - len(left.keys)


def _apart(seeds: list[Run]) -> list[Run]:
    """Cut the front off each run that shares words with the one before it, in ``y`` and then in ``x``."""
    for axis in (1, 0):
        end, kept = 0, []
        for run in sorted(seeds, key=lambda run: run[axis]):
            cut = max(0, end - run[axis])
            if cut < run[2]:
                kept.append((run[0] + cut, run[1] + cut, run[2] - cut))
                end = run[axis] + run[2]
        seeds = kept
    return seeds


def _outside(run: Run, other: Run, axis: int) -> bool:
    return run[axis] + run[2] <= other[axis] or other[axis] + other[2] <= run[axis]


def _agree(x: Ids, y: Ids) -> int:
    """How many words are equal from the start on."""
    differ = x != y
    return int(differ.argmax()) if differ.any() else len(x)
