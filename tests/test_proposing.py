"""Proposing: pairs that met the same stretch of a hub, against a plain count word by word."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matched import facts

from dedup.facts import bits_of
from dedup.index.proposing import LEADERS, MANY, any_overlap, may_propose, proposals
from dedup.measure import COPY, STORY

HUB_WORDS = 60
OWN = (*STORY, "is_teased")
STRETCHES = st.tuples(st.integers(0, 50), st.integers(1, 10)).map(lambda at: (at[0], at[0] + at[1]))
MET = st.dictionaries(
    st.integers(1, 9), st.tuples(st.lists(STRETCHES, min_size=1, max_size=3), st.integers(5, 80),
    st.sampled_from([*OWN, "nothing", "shows_teaser"])), max_size=6,
)  # fmt: skip


def slow(met: dict[int, tuple[list[tuple[int, int]], int, str]]) -> set[tuple[int, int]]:
    """All pairs, as there are never more than ``LEADERS`` others."""
    words = {n: {w for start, end in told[0] for w in range(start, end)} for n, told in met.items()}
    found = set()
    for one, two in ((a, b) for pair in combinations(met, 2) for a, b in (pair, pair[::-1])):
        (_, size, relation), (_, other_size, other) = met[one], met[two]
        own = relation in OWN and other in OWN
        background = {relation, other} & set(STORY) and "nothing" in (relation, other)
        real = len(words[one]) >= COPY * min(size, other_size)
        if (own or background) and real and 2 * len(words[one] & words[two]) >= len(words[one]):
            found.add((min(one, two), max(one, two)))
    return found


@given(MET)
@settings(max_examples=300)
def test_pairs_are_those_that_a_count_word_by_word_finds(
    met: dict[int, tuple[list[tuple[int, int]], int, str]],
) -> None:
    regions = {n: bits_of(stretches) for n, (stretches, _, _) in met.items()}
    relations = {n: relation for n, (_, _, relation) in met.items()}
    found = proposals({n: facts(n, size) for n, (_, size, _) in met.items()}, regions, relations)
    assert found == slow(met)
    assert not found or (may_propose(relations) and any_overlap(regions, relations))


def test_many_around_a_hub_are_looked_at_only_once() -> None:
    regions = {n: bits_of([(n, n + 1)]) for n in range(MANY + 1)}
    assert any_overlap(regions, dict.fromkeys(regions, "copy"))
    del regions[0]
    assert not any_overlap(regions, dict.fromkeys(regions, "copy"))


def test_of_many_each_is_paired_with_the_first_leaders_only() -> None:
    sizes = {n: 60 - n for n in range(1, 30)}
    regions = dict.fromkeys(sizes, bits_of([(0, 40)]))
    found = proposals({n: facts(n, size) for n, size in sizes.items()}, regions, dict.fromkeys(sizes, "copy"))
    assert found == {(one, two) for one, two in combinations(sizes, 2) if one <= LEADERS or two == LEADERS + 1}


@pytest.mark.parametrize(("stretches", "bits"), [([], 0), ([(0, 1)], 1), ([(1, 3), (2, 4)], 0b1110), ([(5, 5)], 0)])
def test_stretches_are_bits(stretches: list[tuple[int, int]], bits: int) -> None:
    assert bits_of(stretches) == bits
