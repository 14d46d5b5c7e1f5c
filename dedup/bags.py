"""Passages whose words stand in another order: stretches that share most of their words, counted as bags.

Runs and common subsequences find what kept its order; of a copy whose sentences and words were shuffled they find
scraps. The scraps say where to look, and bags of words how far the copy reaches (Sanchez-Perez et al. 2014 compare
sentences so, all with all).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

import numpy as np

from dedup.arrays import Ints, among, edges, laid_flat
from dedup.chains import SURE_WORDS, UNIT, Chained
from dedup.seeds import LARGE, Chain, Laid, Run

# Words [i, end_i) of x and [j, end_j) of y.
Box: TypeAlias = tuple[int, int, int, int]
# The equal runs that two stretches have in one order.
Aligned: TypeAlias = Callable[[Box], list[Run]]

# Measured by benchmarks/pan13.py, chosen on every second pair, the others kept to check: plagdet on shuffled copies
# (03) is .879 there and .859 on the rest (.749 and .729 without bags), granularity 1.016 and 1.022; 02 and the share
# of unrelated pairs with a passage (01) are the same with all values below. In 14,757 pairs of AP stories that share
# two sequences of four words, words gained: 3,557 in 160 pairs, 4 of which shared nothing before. One value changed at
# a time:

# How far around what was found its words are looked for. 20: .863; 60: .881, but AP 3,809 and more time.
REACH = 30
# How far apart, in words of either text, pieces of one copy may lie. 30: .864 and granularity 1.028; 90: .881, but AP
# 4,721.
NEAR = 60
# What a word costs that the other text has not there; one that it has gains what it is worth (``chains.RARITY``).
# .35: .878 and granularity 1.019; .7: .870.
COST = 0.5
# This part of the shorter side's words must stand in the longer one. .7: .882, AP 6,262 words and 9 new pairs;
# .8: .859 and granularity 1.033.
INSIDE = 0.75
# And they must be this part of the longer side. .4: .882, but AP passages with under half of their words equal rise
# from 487 to 489, with .5 they fall to 464; .6: .861 and granularity 1.029.
DENSE = 0.5
# Where more of the equal words keep one order, a lone passage is not widened: of AP stories 19 places of 20 keep .8 or
# more, of shuffled copies half keep less than .77. .6: .862; .8: .885, AP 5,012; any: .891, AP 9,795 in 1,020 pairs.
ORDER = 0.7
# Without any passage it takes so many words. 20: .879, but 15 new AP pairs; 40: .874.
LEAST = 30

# Worse than any gain is good; no word behind it is reached.
_NEVER = -(1 << 40)
_MIX = np.uint64(0x9E3779B97F4A7C15)
# A key meets a stranger's flag once in 2 ** _ROOM_BITS.
_ROOM_BITS = 4


def loosened(chained: Chained, found: Sequence[list[Chain]], aligned: Aligned) -> list[list[Chain]]:
    """The passages of each pair, in the order of ``x``, with the pieces of a shuffled copy joined and widened.

    ``found`` are the passages of each pair as chains, in the order of ``x``. A shuffled passage is told as a chain that
    begins and ends with a run of no words at its corners; between them are the words that kept their order. All else
    is as it was found: a passage with a run of ``SURE_WORDS`` is never changed, only one without may be swallowed, and
    none gets smaller. Passages overlap in neither text.
    """
    clusters, still = _clusters(chained, found)
    if not clusters:
        return list(found)
    told: defaultdict[int, list[Chain]] = defaultdict(list)
    gone: set[Run] = set()
    for cluster, box, words in _shuffled(chained, clusters, still):
        runs = aligned(box)
        if len(cluster.chains) > 1 or sum(n for _, _, n in runs) <= ORDER * words:
            i, end_i, j, end_j = box
            told[chained.x.pair_of(i)].append([(i, j, 0), *runs, (end_i, end_j, 0)])
            gone.update(chain[0] for chain in cluster.chains)
    rest = ([chain for chain in chains if chain[0] not in gone] for chains in found)
    return [sorted(chains + told[pair]) if pair in told else chains for pair, chains in enumerate(rest)]


class _Piece(NamedTuple):
    """A stretch of both texts, and the passages in it: none, where only a scrap was found."""

    box: Box
    chains: tuple[Chain, ...]


def _clusters(chained: Chained, found: Sequence[Sequence[Chain]]) -> tuple[list[_Piece], list[Box]]:
    """Pieces that may be one shuffled copy, joined, and the boxes of the passages beside them that stay as they are."""
    pieces: list[tuple[list[_Piece], list[_Piece]]] = []
    for chains in found:
        sure: list[_Piece] = []
        loose: list[_Piece] = []
        for chain in chains:
            (sure if _is_sure(chain) else loose).append(_Piece(_box(chain), (chain,)))
        pieces.append((_joined(loose, sure), sure))
    scraps = _scraps(chained, pieces) if chained.scraps else {}
    clusters: list[_Piece] = []
    still: list[Box] = []
    for pair, (loose, sure) in enumerate(pieces):
        if pair in scraps:
            loose = _joined(sorted(loose + scraps[pair]), sure)
        if loose:
            clusters += loose
            still += [piece.box for piece in sure]
    return clusters, still


def _is_sure(chain: Chain) -> bool:
    return any(n >= SURE_WORDS for _, _, n in chain)


def _box(chain: Chain) -> Box:
    (i, j, _), (k, m, n) = chain[0], chain[-1]
    return i, k + n, j, m + n


def _words(chain: Chain) -> int:
    return sum(n for _, _, n in chain)


def _scraps(chained: Chained, pieces: Iterable[tuple[list[_Piece], list[_Piece]]]) -> dict[int, list[_Piece]]:
    """The scraps of each pair that lie in no piece, nor in a scrap of more words, of either text."""
    free_x, free_y = chained.x.free.copy(), chained.y.free.copy()
    for i, end_i, j, end_j in (piece.box for both in pieces for part in both for piece in part):
        free_x[i:end_i] = free_y[j:end_j] = False
    told: defaultdict[int, list[_Piece]] = defaultdict(list)
    for chain in sorted(chained.scraps, key=lambda chain: (-_words(chain), chain)):
        i, end_i, j, end_j = box = _box(chain)
        if free_x[i:end_i].all() and free_y[j:end_j].all():
            free_x[i:end_i] = free_y[j:end_j] = False
            told[chained.x.pair_of(i)].append(_Piece(box, ()))
    return told


def _joined(pieces: list[_Piece], sure: list[_Piece]) -> list[_Piece]:
    """Pieces that are neighbours in both texts and lie near each other, together, in the order of ``x``.

    Those of ``sure`` are neighbours, too, but stay alone. One pass, so that long texts take no longer than their words.
    """
    if len(pieces) < 2:
        return pieces
    still = {piece.box for piece in sure}
    rank = {piece.box: at for at, piece in enumerate(sorted(pieces + sure, key=lambda piece: piece.box[2]))}
    told: list[_Piece] = []
    low = high = -2
    for piece in sorted(pieces + sure):
        at = rank[piece.box]
        if piece.box in still:
            low = high = -2
        elif at in (low - 1, high + 1) and _near(told[-1].box, piece.box):
            told[-1] = _together(told[-1], piece)
            low, high = min(low, at), max(high, at)
        else:
            told.append(piece)
            low = high = at
    return told


def _near(one: Box, other: Box) -> bool:
    return all(max(one[at], other[at]) - min(one[at + 1], other[at + 1]) <= NEAR for at in (0, 2))


def _together(one: _Piece, other: _Piece) -> _Piece:
    (i, _, j, end_j), (_, end_i, k, end_k) = one.box, other.box
    return _Piece((i, end_i, min(j, k), max(end_j, end_k)), one.chains + other.chains)


def _shuffled(chained: Chained, clusters: list[_Piece], still: list[Box]) -> Iterator[tuple[_Piece, Box, int]]:
    """The clusters whose words stand in both texts, how far they reach, and how many such words there are.

    Where there is but one passage, some of its words must have gained a place: most that are not shuffled end here.
    """
    growth = _Growth(chained, _table([cluster.box for cluster in clusters]), _table(still))
    ordered = np.array([_words(cluster.chains[0]) if len(cluster.chains) == 1 else 0 for cluster in clusters])
    boxes = growth.around(np.arange(len(clusters)), growth.widest)
    rest = np.flatnonzero(ordered <= ORDER * _sizes(boxes).min(axis=1))
    boxes = growth.around(rest, boxes[rest])
    words, sizes = common(chained.x, chained.y, boxes), _sizes(boxes)
    enough = (words >= INSIDE * sizes.min(axis=1)) & (words >= DENSE * sizes.max(axis=1))
    enough &= (ordered[rest] <= ORDER * words) & (sizes.prod(axis=1) <= LARGE)
    for at in np.flatnonzero(enough).tolist():
        cluster, (i, end_i, j, end_j) = clusters[rest[at]], boxes[at].tolist()
        if cluster.chains or words[at] >= LEAST:
            yield cluster, (i, end_i, j, end_j), int(words[at])


def _table(boxes: list[Box]) -> Ints:
    return np.array(boxes, dtype=np.int64).reshape(-1, 4)


def _sizes(boxes: Ints) -> Ints:
    return boxes[:, 1::2] - boxes[:, ::2]


class _Growth:
    """How far clusters may reach in both texts, and how far the words do that they share."""

    def __init__(self, chained: Chained, core: Ints, still: Ints) -> None:
        self._chained = chained
        self._core = core[:, :2], core[:, 2:]
        self._room = _room(chained.x, core[:, :2], still[:, :2]), _room(chained.y, core[:, 2:], still[:, 2:])
        reach, room = np.array([-REACH, REACH] * 2), np.concatenate(self._room, axis=1)
        self.widest = np.clip(core + reach, room[:, [0, 0, 2, 2]], room[:, [1, 1, 3, 3]])

    def around(self, rows: Ints, boxes: Ints) -> Ints:
        """The boxes of some clusters: their cores, and the words on either side that gain most.

        A word gains where the other text has it inside ``boxes``.
        """
        bag_x, bag_y = _bag(self._chained.x, boxes[:, :2]), _bag(self._chained.y, boxes[:, 2:])
        return np.concatenate([self._stretched(0, rows, bag_y), self._stretched(1, rows, bag_x)], axis=1)

    def _stretched(self, text: int, rows: Ints, bag: Ints) -> Ints:
        side, core, room = (self._chained.x, self._chained.y)[text], self._core[text][rows], self._room[text][rows]
        steps = np.arange(REACH)
        at = np.concatenate([core[:, :1] - 1 - steps, core[:, 1:] + steps])
        inside = (at >= np.tile(room[:, :1], (2, 1))) & (at < np.tile(room[:, 1:], (2, 1)))
        row, step = np.nonzero(inside)
        at = at[row, step]
        met = _met(row % max(1, len(core)) << 32 | side.ids[at], bag)
        gain = np.where(inside, -int(COST * UNIT), _NEVER)
        gain[row[met], step[met]] = self._chained.worth(side, at[met])
        total = np.cumsum(gain, axis=1)
        best = total.argmax(axis=1)
        grown = np.where(total[np.arange(len(best)), best] > 0, best + 1, 0)
        return np.stack([core[:, 0] - grown[: len(core)], core[:, 1] + grown[len(core) :]], axis=1)


def _room(side: Laid, core: Ints, still: Ints) -> Ints:
    """Up to where each core may grow: half of the way to a neighbour that may grow, too, and the bounds of the text."""
    spans = np.concatenate([core, still])
    order = np.argsort(spans[:, 0])
    spans, grows = spans[order], order < len(core)
    pair = side.pair[spans[:, 0]]
    room = np.stack([np.array(side.starts)[pair], np.array(side.ends)[pair]], axis=1)
    after = np.flatnonzero(pair[1:] == pair[:-1]) + 1
    end, start = spans[after - 1, 1], spans[after, 0]
    half = (end + start) // 2
    room[after, 0] = np.where(grows[after - 1], half, end)
    room[after - 1, 1] = np.where(grows[after], half, start)
    told = np.empty_like(room)
    told[order] = room
    return told[: len(core)]


def _bag(side: Laid, spans: Ints) -> Ints:
    """The words of spans, each with the number of its span."""
    row, at = laid_flat(spans[:, 0], spans[:, 1] - spans[:, 0])
    keys: Ints = row << 32 | side.ids[at]
    return keys


def _met(keys: Ints, bag: Ints) -> Ints:
    """The places of the keys that are in the bag; a table of flags leaves few to be looked up."""
    bits = len(bag).bit_length() + _ROOM_BITS
    flags = np.zeros(1 << bits, dtype=bool)
    flags[_cell(bag, bits)] = True
    maybe = np.flatnonzero(flags[_cell(keys, bits)])
    return maybe[among(keys[maybe], np.sort(bag))]


def _cell(keys: Ints, bits: int) -> Ints:
    return ((keys.view(np.uint64) * _MIX) >> np.uint64(64 - bits)).view(np.int64)


def common(x: Laid, y: Laid, boxes: Ints) -> Ints:
    """How many words both sides of each box have, each counted as often as in the side that has it less often."""
    keys = np.concatenate([_bag(x, boxes[:, :2]) << 1, _bag(y, boxes[:, 2:]) << 1 | 1])
    keys.sort()
    word = keys >> 1
    edge = edges(word)
    group, row = np.cumsum(edge) - 1, word[edge] >> 32
    of_y = np.bincount(group, weights=keys & 1)
    of_x = np.bincount(group) - of_y
    return np.bincount(row, weights=np.minimum(of_x, of_y), minlength=len(boxes)).astype(np.int64)
