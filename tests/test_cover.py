"""Greedy covers: against one that looks at everything each time."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from hypothesis import given
from hypothesis import strategies as st

from dedup.cover import cover

PAIRS = st.sets(st.tuples(st.integers(0, 9), st.integers(0, 9)).filter(lambda pair: pair[0] < pair[1]), max_size=25)


def slow_cover(heads: set[int], near: Mapping[int, set[int]]) -> tuple[set[int], set[int]]:
    left, middles = set(near), set[int]()
    while heads & left:
        best = min(heads & left, key=lambda number: (-len(near[number] & left), number))
        middles.add(best)
        left -= {best, *near[best]}
    return middles, left


@given(PAIRS, st.sets(st.integers(0, 9)))
def test_each_time_the_best_of_those_left_is_taken(pairs: set[tuple[int, int]], heads: set[int]) -> None:
    near = {n: {b for a, b in pairs if a == n} | {a for a, b in pairs if b == n} for n in range(10)}

    def rank(number: int, left: AbstractSet[int]) -> tuple[object, ...]:
        return (-len(near[number] & left),)

    assert cover(heads, near, rank) == slow_cover(heads, near)


def test_without_heads_nothing_is_covered() -> None:
    assert cover([], {1: {2}, 2: {1}}, lambda number, left: (number, len(left))) == (set(), {1, 2})
