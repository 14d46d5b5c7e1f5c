"""Finding in rounds, for an engine that has all documents at once and divides them among machines.

The outcome is that of ``finding``: each document is matched with those of lower number that post its keys, and posts
what these matches do not show. There documents are settled one after the other; here, in each round, all are that no
longer hang on one which is not. Numbers are hashes, so few hang on each other in long chains: the greedy choice in a
random order is done in a number of rounds that grows with the logarithm alone (Blelloch, Fineman, Shun 2012).

A round looks at keys, each with all its holders (``look``), matches the pairs that this proposes, and then looks at
documents, each with all its keys (``settle``). Both are pure functions over arrays.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dedup.arrays import Flags, Ints, edges, laid_flat
from dedup.index.crowds import CROWD
from dedup.index.holders import SHARED_KEYS, Holders
from dedup.index.meetings import meetings, pass_shown
from dedup.sketch import is_body_key
from dedup.store import Kept

# Of the lower holders that may post a key, a document is shown so many of the lowest in the first rounds, and then all
# that can count. Most documents match one of the lowest, and need no others.
_SHOWN = (2, 8, 32)

_NONE = np.zeros(0, dtype=np.int64)


def shown_in(round: int) -> int:
    """How many lower holders of a key a document is shown in a round, which are counted from 0."""
    return _SHOWN[round] if round < len(_SHOWN) else CROWD + 1


class Held(NamedTuple):
    """Rows of keys and of the documents that hold them; which post them, or may; which of these documents are settled;
    and which rows are only shown: those of the lowest that may post, where a key's rows are divided among several."""

    keys: Ints
    numbers: Ints
    posts: Flags
    settled: Flags
    shown: Flags


class Looked(NamedTuple):
    """What holders of keys see of each other: pairs of a document and a lower one that may post a key, with what the
    key counts; the rows of keys that are crowded for their document, or may be (``unsure``); and the documents which
    were not shown all lower posters."""

    pairs: tuple[Ints, Ints, Ints]
    silent: tuple[Ints, Ints, Flags]
    hasty: Ints


def look(held: Held, most: int, *, settled_first: bool = False) -> Looked:
    """What holders of keys see of each other: all holders of each key must be at hand, or be among those ``shown``.

    Each is shown ``most`` of the lowest; ``settled_first`` counts those who are settled as lower than all others.
    """
    held = _in_order(held, settled_first)
    asking = ~held.settled & ~held.shown
    starts = np.flatnonzero(edges(held.keys))
    group = starts[np.cumsum(edges(held.keys)) - 1]
    posting = np.flatnonzero(held.posts)
    first = np.searchsorted(posting, group)
    before = np.searchsorted(posting, np.arange(len(group))) - first
    settled = np.concatenate([[0], np.cumsum(held.settled[posting])])
    surely = settled[first + np.minimum(before, CROWD + 1)] - settled[first]
    crowded, free = surely > CROWD, before <= CROWD
    # Of a key that seems crowded the lowest may show that it is not: it keeps the key if others give it up.
    count = np.where(free, np.minimum(before, most), np.where(crowded, 0, 1))
    rows = np.flatnonzero(asking)
    pick, at = laid_flat(first[rows], count[rows])
    weights = 1 + is_body_key(held.keys[rows[pick]]) * (SHARED_KEYS - 1)
    quiet = np.flatnonzero(asking & ~free)
    hasty = np.unique(held.numbers[asking & ~crowded & ((before > most) | ~free)])
    return Looked(
        (held.numbers[rows[pick]], held.numbers[posting[at]], weights),
        (held.numbers[quiet], held.keys[quiet], ~crowded[quiet]),
        hasty,
    )


def lowest(held: Held) -> Held:
    """Of the rows of each key those of the lowest that may post it, as many as can matter to anyone."""
    held = _in_order(held._replace(shown=np.zeros(len(held.keys), dtype=bool)), False)
    posting = np.flatnonzero(held.posts)
    first = np.flatnonzero(edges(held.keys[posting]))
    place = np.arange(len(posting)) - first[np.cumsum(edges(held.keys[posting])) - 1]
    chosen = posting[place <= CROWD]
    return _at(held, chosen)


def _in_order(held: Held, settled_first: bool) -> Held:
    """Rows by key, then number, each once: a row that is only shown gives way to the row itself."""
    late = ~held.settled if settled_first else np.zeros(len(held.keys), dtype=bool)
    order = np.lexsort((held.shown, held.numbers, late, held.keys))
    held = _at(held, order)
    new = edges(held.keys) | edges(held.numbers)
    return _at(held, np.flatnonzero(new))


def _at(held: Held, rows: Ints) -> Held:
    return Held(held.keys[rows], held.numbers[rows], held.posts[rows], held.settled[rows], held.shown[rows])


@dataclass(frozen=True, slots=True)
class Own:
    """A document that is to be settled: its keys and their places, which of them it may post, which do not count for
    it, and whether all is known of them and all lower posters were seen."""

    keys: Ints
    places: Ints
    posts: Flags
    silent: Ints
    is_ready: bool


class Settled(NamedTuple):
    """What became of a document in a round: which of its keys it may still post, or does if it is settled; and the
    documents that it matches then."""

    posts: Flags
    is_settled: bool
    lowers: list[int]


def settle(
    own: Mapping[int, Own], others: Mapping[int, Ints], met: Mapping[int, Mapping[int, Kept]], open: AbstractSet[int]
) -> dict[int, Settled]:
    """What a round makes of documents, by number.

    ``others`` are the keys that those of lower number may post with which they match (``met``, by document, then the
    lower one), ``open`` those of them that are not settled. No documents give none.
    """
    holders = Holders(_nobody)
    outside = {number: keys for number, keys in others.items() if number not in own}
    everyone = [*own, *outside]
    if not everyone:
        return {}
    keys = [*(one.keys for one in own.values()), *outside.values()]
    places = [
        *(one.places for one in own.values()),
        *(np.zeros(len(part), dtype=np.int64) for part in outside.values()),
    ]
    holders.take(everyone, keys, places)
    holders.posts[:] = True
    for number, one in own.items():
        holders.posts[holders.rows(number)] = one.posts
    known = meetings(holders, {number: met[number] for number in own if number in met})
    # All are told what they may post as the round begins, not by those of them that happen to be told before.
    began, told = holders.posts.copy(), dict[int, Settled]()
    for number, one in own.items():
        rows = holders.rows(number)
        silent = np.zeros(len(holders.keys), dtype=bool)
        silent[rows] = np.isin(one.keys, one.silent)
        lowers = pass_shown(holders, known[number], silent, open) if number in known else []
        settled = one.is_ready and open.isdisjoint(lowers)
        told[number] = Settled(holders.posts[rows].copy(), settled, lowers if settled else [])
        holders.posts[rows] = began[rows]
    return told


def _nobody(_: Ints) -> tuple[Ints, Ints]:
    return _NONE, _NONE


def spans_met(passages: Iterable[Sequence[int]], *, is_b: bool) -> Kept:
    """A match of which only the places in one text are known, which stand as those in the second: those of its
    passages, as they are kept."""
    spans = tuple((passage[7], passage[8]) if is_b else (passage[5], passage[6]) for passage in passages)
    return Kept(0, 0.0, 0.0, 0, "", "", spans)
