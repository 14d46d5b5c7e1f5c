"""A greedy cover: the fewest middles, or nearly, that every document is one of or near."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from collections.abc import Set as AbstractSet
from heapq import heapify, heappop, heappush
from typing import TypeAlias

# Sorts the likeliest middle first: of a document and those that are not yet near a middle.
Rank: TypeAlias = Callable[[int, AbstractSet[int]], tuple[object, ...]]


def cover(heads: Iterable[int], near: Mapping[int, Collection[int]], rank: Rank) -> tuple[set[int], set[int]]:
    """The middles among ``heads``, and those of ``near`` that no middle is near.

    ``near`` has the neighbours of every document that is to be covered. Each time the document is taken that ``rank``
    sorts first; what it would cover only shrinks, so that a heap will do: one whose rank has fallen goes back into it
    (the lazy greedy of Minoux 1978). Not promised: the least number of middles. No heads, no middles.
    """
    left, middles = set(near), set[int]()
    heap = [(rank(number, left), number) for number in heads]
    heapify(heap)
    while heap:
        told, number = heappop(heap)
        if number not in left:
            continue
        now = rank(number, left)
        if now != told:
            heappush(heap, (now, number))
            continue
        middles.add(number)
        left -= {number, *near[number]}
    return middles, left
