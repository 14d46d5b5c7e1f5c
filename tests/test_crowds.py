"""Crowds against counting by hand: documents settled one after the other, each giving up some of what it posts."""

from __future__ import annotations

from dataclasses import dataclass

import made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.arrays import Ints
from dedup.index.crowds import CROWD, PATIENCE, Crowds, crossed, heard, keyed_crowds, lower_posters, reach

DOCUMENTS, KEYS, FEW = 7, 3, 1
EVERY = 2**63 - 1


def ints(values: object) -> Ints:
    return np.array(values, dtype=np.int64)


@dataclass
class Pass:
    """Documents 0 to 6, by position and number alike: the keys each has, posts and will post, and how it fares."""

    held: list[set[int]]
    posted: list[set[int]]
    kept: list[set[int]]
    waits: list[bool]
    settles: list[bool]

    def rows(self) -> list[tuple[int, int]]:
        """Key and document of each row, in their order."""
        return [(key, one) for key in range(KEYS) for one in range(DOCUMENTS) if key in self.held[one]]


@st.composite
def passes(draw: st.DrawFn) -> Pass:
    some = st.sets(st.integers(0, KEYS - 1))
    held = [draw(some) for _ in range(DOCUMENTS)]
    posted = [draw(some) & have for have in held]
    kept = [draw(some) & have for have in posted]
    flags = st.lists(st.booleans(), min_size=DOCUMENTS, max_size=DOCUMENTS)
    return Pass(held, posted, kept, draw(flags), draw(flags))


@given(passes())
@settings(max_examples=500)
def test_what_is_crowded_is_told_as_soon_as_it_is_known(seen: Pass) -> None:
    rows = seen.rows()
    group = ints([min(at for at, (other, _) in enumerate(rows) if other == key) for key, _ in rows])
    owner, posts = ints([one for _, one in rows]), np.array([key in seen.posted[one] for key, one in rows], dtype=bool)
    with pytest.MonkeyPatch.context() as patch:
        made.crowded_by(patch, FEW)
        told = Crowds(group, owner, np.arange(len(rows)), posts, np.array(seen.waits), len(rows))
        now = [set(those) for those in seen.posted]
        for one in (one for one in range(DOCUMENTS) if seen.waits[one]):
            mine = [at for at, (_, other) in enumerate(rows) if other == one]
            expected = by_hand(seen, now, one)
            assert (told.look(one), {rows[at][0] for at in mine if told.silent[at]}) == expected
            now[one] = seen.kept[one]
            posts[mine] = [rows[at][0] in now[one] for at in mine]
            told.pass_by(one, posts, seen.settles[one])


def by_hand(seen: Pass, now: list[set[int]], one: int) -> tuple[tuple[bool, set[int]], set[int]]:
    """Whether all is known, who posts what is freed, and which keys are silent."""
    known, freed, silent = True, set[int](), set[int]()
    for key in seen.held[one]:
        first = [lower for lower in range(one) if key in seen.posted[lower]]
        posters = [lower for lower in range(one) if key in now[lower]]
        sure = [lower for lower in posters if not seen.waits[lower] or seen.settles[lower]]
        if len(posters) > FEW:
            silent.add(key)
            known &= len(sure) > FEW
        elif len(first) > PATIENCE * FEW:
            freed.update(posters)
    return (known, freed), silent


def test_lower_posters_are_counted_in_their_group() -> None:
    posting = np.array([True, True, False, True, True, False], dtype=bool)
    assert lower_posters(ints([0, 0, 0, 3, 3, 3]), posting).tolist() == [0, 1, 2, 0, 1, 2]


def posters(count: int, first: int = 0) -> Ints:
    return np.arange(first, first + count, dtype=np.int64)


@pytest.mark.parametrize(
    ("count", "reached"), [(0, EVERY), (CROWD, EVERY), (CROWD + 1, CROWD), (3 * CROWD, CROWD)]
)  # fmt: skip
def test_a_key_reaches_to_the_first_poster_above_a_crowd(count: int, reached: int) -> None:
    assert reach(posters(count)) == reached


CHANGES = {
    "no crowd": (posters(3), posters(4), (EVERY, EVERY)),
    "one more makes it": (posters(CROWD), posters(CROWD + 1), (CROWD, EVERY)),
    "one less undoes it": (posters(CROWD + 1), posters(CROWD), (CROWD, EVERY)),
    "one more above it": (posters(CROWD + 1), posters(CROWD + 2), (CROWD, CROWD)),
    "one less below it": (posters(CROWD + 9), posters(CROWD + 8, 1), (CROWD, CROWD + 1)),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_posters_concerns_those_between_where_it_reached_and_reaches(name: str) -> None:
    before, after, expected = CHANGES[name]
    assert crossed(before, after) == crossed(after, before) == expected


@given(st.sets(st.tuples(st.integers(0, 3), st.integers(0, 9))), st.integers(0, 9))
def test_who_asks_hears_a_key_as_one_that_is_added_would(rows: set[tuple[int, int]], asking: int) -> None:
    ordered = sorted(rows)
    keys, numbers = (ints([row[at] for row in ordered]) for at in (0, 1))
    expected = [
        sum(other == key and below < max(number, asking) for other, below in rows) <= FEW for key, number in ordered
    ]
    with pytest.MonkeyPatch.context() as patch:
        made.crowded_by(patch, FEW)
        assert heard(keys, numbers, asking).tolist() == expected


def test_keys_with_a_crowd_are_told_with_those_that_stay() -> None:
    keys = np.concatenate([np.repeat(ints([-(2**63)]), CROWD + 1), ints([5, 5]), np.repeat(ints([7]), CROWD + 1)])
    numbers = np.concatenate([posters(CROWD + 1), ints([1, 2]), posters(CROWD + 1)])
    stays = numbers % 2 == 0
    told = [(all_.tolist(), left.tolist()) for all_, left in keyed_crowds(keys, numbers, stays)]
    assert told == [(list(range(CROWD + 1)), list(range(0, CROWD + 1, 2)))] * 2
    assert list(keyed_crowds(ints([]), ints([]), np.zeros(0, dtype=bool))) == []
