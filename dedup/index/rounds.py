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
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np

from dedup.arrays import Flags, Ints, edges, laid_flat
from dedup.facts import Pair
from dedup.index.crowds import CROWD
from dedup.index.holders import SHARED_KEYS, Holders
from dedup.index.meetings import meetings, pass_shown
from dedup.sketch import is_body_key
from dedup.store import Kept

# Of the lower documents that may post a key and are not settled, a document is shown so many of the lowest in a wave's
# first rounds, and then all that can count. Most match one of them, and need no others.
_SHOWN = (4, 16)

_NONE = np.zeros(0, dtype=np.int64)


def due_in(wave: int, waves: int) -> int:
    """Above all numbers of documents that take part in a wave, of so many beside the first, which is 0: in each there
    are twice as many as in the one before, and all in the last. What crowds a key for most documents, and what they
    copy, is settled before they take part (the prefixes of Blelloch, Fineman and Shun)."""
    return 1 << 63 - (waves - wave)


def shown_in(round: int) -> int:
    """How many of those who may post a key and are not settled a document is shown in a round of a wave."""
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

    Each is shown those who post and are settled, and of the others ``most`` of the lowest; ``settled_first`` counts
    those who are settled as lower than all others.
    """
    held = _in_order(held, settled_first)
    asking = ~held.settled & ~held.shown
    starts = np.flatnonzero(edges(held.keys))
    group = starts[np.cumsum(edges(held.keys)) - 1]
    sure, open = _Lower.of(held.posts & held.settled, group), _Lower.of(held.posts & ~held.settled, group)
    # Only the lowest that may post are at hand of a divided key: they are more than a crowd.
    before = sure.many + open.many
    crowded, free = _lowest_settled(held, group) > CROWD, before <= CROWD
    hasty = np.unique(held.numbers[asking & ~crowded & ((open.many > most) | ~free)])
    rows = np.flatnonzero(asking & ~crowded)
    # Of a key that seems crowded the lowest may show that it is not: it keeps the key if others give it up.
    shown = [sure.shown_to(rows, np.where(free, sure.many, 0)), open.shown_to(rows, np.where(free, most, 0))]
    shown.append(_Lower.of(held.posts, group).shown_to(rows, np.where(free, 0, 1)))
    upper, lower = (np.concatenate(column) for column in zip(*shown, strict=True))
    weights = 1 + is_body_key(held.keys[upper]) * (SHARED_KEYS - 1)
    quiet = np.flatnonzero(asking & ~free)
    return Looked(
        (held.numbers[upper], held.numbers[lower], weights),
        (held.numbers[quiet], held.keys[quiet], ~crowded[quiet]),
        hasty,
    )


class _Lower(NamedTuple):
    """Of each row the lower ones of its key that are chosen: all chosen rows, the place of the first of the key among
    them, and how many are lower."""

    chosen: Ints
    first: Ints
    many: Ints

    @classmethod
    def of(cls, flags: Flags, group: Ints) -> _Lower:
        chosen = np.flatnonzero(flags)
        first = np.searchsorted(chosen, group)
        return cls(chosen, first, np.searchsorted(chosen, np.arange(len(group))) - first)

    def shown_to(self, rows: Ints, most: Ints) -> tuple[Ints, Ints]:
        """Pairs of one of the rows and a lower one, of which each row has so many of the lowest at most."""
        pick, at = laid_flat(self.first[rows], np.minimum(self.many, most)[rows])
        return rows[pick], self.chosen[at]


def _lowest_settled(held: Held, group: Ints) -> Ints:
    """Of the lowest rows before each row that may post its key, as many as make a crowd, how many are settled."""
    lower = _Lower.of(held.posts, group)
    settled = np.concatenate([[0], np.cumsum(held.settled[lower.chosen])])
    told: Ints = settled[lower.first + np.minimum(lower.many, CROWD + 1)] - settled[lower.first]
    return told


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
    silent = np.zeros(len(holders.keys), dtype=bool)
    for number, one in own.items():
        rows = holders.rows(number)
        if len(one.silent):
            silent[rows] = np.isin(one.keys, one.silent)
        lowers = pass_shown(holders, known[number], silent, open) if number in known else []
        settled = one.is_ready and open.isdisjoint(lowers)
        told[number] = Settled(holders.posts[rows].copy(), settled, lowers if settled else [])
        holders.posts[rows] = began[rows]
    return told


def settle_through(
    own: Mapping[int, Own], closed: tuple[Ints, Ints], others: Mapping[int, Ints],
    met: Mapping[int, Mapping[int, Kept]], tried: AbstractSet[Pair],
) -> dict[int, Settled]:  # fmt: skip
    """What rounds make of documents, by number, as far as these come without matching any more pairs than those that
    were ``tried``, each the lower first: all that are not settled must be at hand.

    ``closed`` are the keys of these documents and who posts them of those that are settled, the lowest at least.
    """
    told: dict[int, Settled] = {}
    open, others, news = set(own), dict(others), set(own)
    while news:
        looked = look(_all_held(own, open, closed), CROWD + 1)
        silent, waiting = _notes(looked, tried)
        # Who is not ready may still be shown by those that were settled last.
        due = {n for n in open if n not in waiting or n in news or not news.isdisjoint(met.get(n, ()))}
        now = {n: replace(own[n], silent=silent.get(n, _NONE), is_ready=n not in waiting) for n in sorted(due)}
        round = settle(now, _of_lowers(own, others, now, met), met, open)
        news = {n for n, one in round.items() if one.is_settled}
        told |= round
        own = {**own, **{n: replace(own[n], posts=one.posts) for n, one in round.items()}}
        open -= news
    return told


def _all_held(own: Mapping[int, Own], open: AbstractSet[int], closed: tuple[Ints, Ints]) -> Held:
    """The rows of keys of all documents at hand as they are now."""
    sizes = [len(one.keys) for one in own.values()]
    keys = np.concatenate([*(one.keys for one in own.values()), closed[0]])
    numbers = np.concatenate([np.repeat(np.fromiter(own, dtype=np.int64, count=len(own)), sizes), closed[1]])
    posts = np.concatenate([*(one.posts for one in own.values()), np.ones(len(closed[0]), dtype=bool)])
    settled = np.ones(len(keys), dtype=bool)
    settled[: sum(sizes)] = np.repeat([number not in open for number in own], sizes)
    kept = np.flatnonzero(posts | ~settled)
    return _at(Held(keys, numbers, posts, settled, np.zeros(len(keys), dtype=bool)), kept)


def _notes(looked: Looked, tried: AbstractSet[Pair]) -> tuple[dict[int, Ints], set[int]]:
    """The keys that do not count for each document, and the documents that have to wait."""
    upper, lower, weights = looked.pairs
    order = np.lexsort((lower, upper))
    upper, lower, weights = upper[order], lower[order], weights[order]
    first = np.flatnonzero(edges(upper) | edges(lower))
    shares = np.add.reduceat(weights, first) if len(first) else weights
    enough = first[shares >= SHARED_KEYS]
    pairs = zip(lower[enough].tolist(), upper[enough].tolist(), strict=True)
    waiting = {pair[1] for pair in pairs if pair not in tried} | set(looked.hasty.tolist())
    numbers, keys, _ = looked.silent
    order = np.lexsort((keys, numbers))
    numbers, keys = numbers[order], keys[order]
    known, first = np.unique(numbers, return_index=True)
    return dict(zip(known.tolist(), np.split(keys, first[1:]), strict=True)) if len(known) else {}, waiting


def _of_lowers(
    own: Mapping[int, Own], others: Mapping[int, Ints], now: Mapping[int, Own], met: Mapping[int, Mapping[int, Kept]]
) -> dict[int, Ints]:
    """What those may post that documents match with."""
    lowers = {lower for number in now for lower in met.get(number, ())} - now.keys()
    return {n: own[n].keys[own[n].posts] if n in own else others[n] for n in lowers if n in own or n in others}


def _nobody(_: Ints) -> tuple[Ints, Ints]:
    return _NONE, _NONE


def spans_met(passages: Iterable[Sequence[int]], *, is_b: bool) -> Kept:
    """A match of which only the places in one text are known, which stand as those in the second: those of its
    passages, as they are kept."""
    spans = tuple((passage[7], passage[8]) if is_b else (passage[5], passage[6]) for passage in passages)
    return Kept(0, 0.0, 0.0, 0, "", "", spans)
