"""Holders against dicts and sets: who holds a key, who posts it, and whom that makes a candidate."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain, permutations
from typing import TypeVar

import made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.arrays import Flags, Ints, among, laid_flat, once
from dedup.index.holders import Holders, Postings

# Few, so that documents meet; passage keys are even, body keys odd. Numbers and keys go as far as they can.
NUMBERS = (0, 1, 2, 3, 5, 2**62, 2**63 - 1)
KEYS = (-(2**63), -3, -2, -1, 0, 1, 2, 4, 6, 2**63 - 1)
AT_HAND_IN = 3  # calls of ``take``; a document of none stays outside
Keys = frozenset[int]
Drawn = TypeVar("Drawn")


def ints(values: Iterable[int]) -> Ints:
    return np.array(list(values), dtype=np.int64)


def serve(stored: Mapping[int, Iterable[int]]) -> Callable[[Ints], Postings]:
    """What a store tells of keys, of documents and what they post."""

    def postings_of(keys: Ints) -> Postings:
        wanted = set(keys.tolist())
        rows = sorted((key, number) for number, posted in stored.items() for key in posted if key in wanted)
        return ints(key for key, _ in rows), ints(number for _, number in rows)

    return postings_of


def place_of(number: int, key: int) -> int:
    """Any place, another for each number and key."""
    return NUMBERS.index(number) * len(KEYS) + KEYS.index(key)


@dataclass(frozen=True)
class World:
    """Documents by number: what each holds, what it posts in the store, and what it posts once it is at hand.

    ``takes`` are the documents taken in hand, call by call; all others are outside.
    """

    holds: dict[int, Keys]
    stored: dict[int, Keys]
    posts: dict[int, Keys]
    takes: list[list[int]]

    @property
    def at_hand(self) -> list[int]:
        return [number for numbers in self.takes for number in numbers]

    def build(self) -> Holders:
        """Take the documents, and let each post what it does before the next are taken."""
        holders = Holders(serve(self.stored))
        for numbers in self.takes:
            keys = [sorted(self.holds[number]) for number in numbers]
            places = [[place_of(number, key) for key in held] for number, held in zip(numbers, keys, strict=True)]
            holders.take(numbers, list(map(ints, keys)), list(map(ints, places)))
            for number in numbers:
                rows = holders.rows(number)
                holders.posts[rows] = [key in self.posts[number] for key in holders.keys[rows].tolist()]
        return holders

    def posting(self, number: int) -> Keys:
        """What a document posts now, among the keys that are asked for."""
        asked = {key for held in self.at_hand for key in self.holds[held]}
        return self.posts[number] if number in self.at_hand else self.stored[number] & asked

    def having(self, number: int) -> Keys:
        """What a document is known to hold or post."""
        return self.holds[number] if number in self.at_hand else self.posting(number)

    def others(self, number: int) -> list[int]:
        return [other for other in sorted(self.holds) if other != number]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    numbers = draw(st.lists(st.sampled_from(NUMBERS), unique=True))
    few = st.frozensets(st.sampled_from(KEYS), max_size=6)
    holds = {number: draw(few) for number in numbers}
    stored = {number: draw(few) & holds[number] for number in numbers}
    posts = {number: draw(few) & holds[number] for number in numbers}
    call = {number: draw(st.integers(0, AT_HAND_IN)) for number in numbers}
    takes = [[number for number in numbers if call[number] == at] for at in range(AT_HAND_IN)]
    return World(holds, stored, posts, takes)


def some(data: st.DataObject, values: Sequence[Drawn]) -> list[Drawn]:
    """Some of the values, each once, in any order."""
    return data.draw(st.lists(st.sampled_from(values), unique=True)) if values else []


def flags(holders: Holders, numbers: Iterable[int]) -> Flags:
    raised = np.zeros(len(holders.numbers), dtype=bool)
    raised[[holders.position(number) for number in numbers]] = True
    return raised


def row_of(holders: Holders, number: int, key: int) -> int:
    rows = range(len(holders.keys))[holders.rows(number)]
    return next(row for row in rows if holders.keys[row] == key)


def number_pairs(holders: Holders, positions: tuple[Ints, Ints]) -> list[tuple[int, int]]:
    """Pairs of positions as pairs of numbers."""
    one, two = (holders.numbers[part].tolist() for part in positions)
    return list(zip(one, two, strict=True))


def enough(shared: Iterable[int]) -> bool:
    """Two passage keys, or one body key."""
    return sum(2 if key % 2 else 1 for key in shared) >= 2


many = settings(max_examples=200)
WORLDS = worlds()


# What is at hand.


@given(WORLDS)
@many
def test_documents_at_hand_have_their_rows_in_the_order_they_were_taken(world: World) -> None:
    holders = world.build()
    rows = [row for number in world.at_hand for row in range(len(holders.keys))[holders.rows(number)]]
    assert rows == list(range(len(holders.keys)))
    for number in world.at_hand:
        part, keys = holders.rows(number), sorted(world.holds[number])
        assert holders.keys[part].tolist() == keys
        assert holders.places[part].tolist() == [place_of(number, key) for key in keys]
        assert holders.numbers[holders.owner[part]].tolist() == [number] * len(keys)
        assert holders.before[part].tolist() == [key in world.stored[number] for key in keys]
        assert holders.posts[part].tolist() == [key in world.posts[number] for key in keys]


@given(WORLDS)
@many
def test_documents_at_hand_post_at_first_what_the_store_says(world: World) -> None:
    holders = Holders(serve(world.stored))
    for numbers in world.takes:
        keys = [ints(sorted(world.holds[number])) for number in numbers]
        holders.take(numbers, keys, keys)
    expected = [key in world.stored[number] for number in world.at_hand for key in sorted(world.holds[number])]
    assert holders.posts.tolist() == holders.before.tolist() == expected


@given(WORLDS)
@many
def test_a_document_is_met_when_it_is_taken_or_posts_what_one_that_is_taken_holds(world: World) -> None:
    holders = world.build()
    met = {number for number in world.holds if number in world.at_hand or world.posting(number)}
    assert {number for number in NUMBERS if number in holders} == met
    assert {number for number in NUMBERS if holders.has(number)} == set(world.at_hand)
    assert sorted(holders.numbers.tolist()) == sorted(met)
    assert all(holders.numbers[holders.position(number)] == number for number in met)


@given(WORLDS)
@many
def test_the_store_is_asked_for_each_key_once(world: World) -> None:
    asked: list[int] = []
    answer = serve(world.stored)

    def postings_of(keys: Ints) -> Postings:
        asked.extend(keys.tolist())
        return answer(keys)

    holders = Holders(postings_of)
    for numbers in world.takes:
        keys = [ints(sorted(world.holds[number])) for number in numbers]
        holders.take(numbers, keys, keys)
    assert sorted(asked) == sorted({key for number in world.at_hand for key in world.holds[number]})


@given(WORLDS, st.lists(st.sampled_from(NUMBERS), max_size=9))
@many
def test_documents_that_are_met_have_one_position_each_from_then_on(world: World, numbers: list[int]) -> None:
    holders = world.build()
    before = holders.numbers.tolist()
    positions = holders.meet(numbers)
    assert holders.numbers[positions].tolist() == numbers
    assert holders.numbers[: len(before)].tolist() == before
    assert sorted(holders.numbers.tolist()) == sorted({*before, *numbers})
    assert [holders.position(number) for number in numbers] == positions.tolist()
    assert {number for number in NUMBERS if holders.has(number)} == set(world.at_hand)


@given(WORLDS)
@many
def test_documents_outside_are_met_without_a_change_to_any_answer(world: World) -> None:
    """Whoever may be concerned is met before anything is known of what it holds."""
    plain, holders = world.build(), world.build()
    holders.meet(NUMBERS)
    one, two = (each.candidates(flags(each, world.at_hand)) for each in (plain, holders))
    assert number_pairs(holders, two) == number_pairs(plain, one)
    rows = np.arange(len(holders.keys))
    assert [part.tolist() for part in holders.others(rows)] == [part.tolist() for part in plain.others(rows)]


# Who is a candidate.


@given(WORLDS, st.data())
@many
def test_candidates_are_those_of_lower_number_that_post_enough(world: World, data: st.DataObject) -> None:
    holders = world.build()
    uppers = some(data, world.at_hand)
    expected = [
        (upper, lower)
        for upper in sorted(uppers, key=holders.position)
        for lower in world.others(upper)
        if lower < upper and enough(world.holds[upper] & world.posting(lower))
    ]
    assert number_pairs(holders, holders.candidates(flags(holders, uppers))) == expected


CANDIDATES: dict[str, tuple[set[int], set[int], bool]] = {
    "one passage key": ({2}, {2}, False),
    "two passage keys": ({2, 4}, {2, 4}, True),
    "one body key": ({1}, {1}, True),
    "one of either": ({1, 2}, {1, 2}, True),
    "a negative body key": ({-1}, {-1}, True),
    "a negative passage key": ({-2}, {-2}, False),
    "two of which one is posted": ({2}, {2, 4}, False),
    "other keys": ({1, 2}, {3, 4}, False),
    "nothing posted": (set(), {1, 2}, False),
    "nothing held": ({1, 2}, set(), False),
}


@pytest.mark.parametrize("at_hand", [False, True], ids=["outside", "at hand"])
@pytest.mark.parametrize("name", CANDIDATES)
def test_a_named_case_of_a_candidate(name: str, at_hand: bool) -> None:
    posted, held, expected = CANDIDATES[name]
    for number in (2, 8):
        holders = Holders(serve({number: posted}))
        if at_hand:
            holders.take([number], [ints(sorted({*posted, *held}))], [ints(range(len({*posted, *held})))])
        holders.take([5], [ints(sorted(held))], [ints(range(len(held)))])
        found = number_pairs(holders, holders.candidates(flags(holders, [5])))
        assert found == ([(5, number)] if expected and number < 5 else [])


@given(WORLDS, st.data())
@many
def test_work_counts_those_of_lower_number_that_hold_or_post_each_key(world: World, data: st.DataObject) -> None:
    holders = world.build()
    uppers = some(data, world.at_hand)
    work = {
        upper: sum(len(world.holds[upper] & world.having(lower)) for lower in world.others(upper) if lower < upper)
        for upper in uppers
    }
    told = holders.work(flags(holders, uppers))
    assert told.dtype == np.int64
    assert told.tolist() == [work.get(number, 0) for number in holders.numbers.tolist()]


# Where documents meet.


@given(WORLDS, st.data())
@many
def test_meetings_are_the_keys_that_both_of_a_pair_have(world: World, data: st.DataObject) -> None:
    holders = world.build()
    known = [pair for pair in permutations(holders.numbers.tolist(), 2) if pair[0] in world.at_hand]
    pairs = some(data, known)
    expected = [
        (at, row_of(holders, upper, key), row_of(holders, lower, key) if lower in world.at_hand else -1)
        for at, (upper, lower) in enumerate(pairs)
        for key in sorted(world.holds[upper] & world.having(lower))
    ]
    uppers, lowers = (ints(holders.position(pair[end]) for pair in pairs) for end in (0, 1))
    found = [part.tolist() for part in holders.meetings(uppers, lowers)]
    assert list(zip(*found, strict=True)) == expected


@given(WORLDS, st.data())
@many
def test_others_are_all_that_post_the_key_of_a_row_but_its_owner(world: World, data: st.DataObject) -> None:
    holders = world.build()
    rows = some(data, range(len(holders.keys)))
    expected = [
        (row, other)
        for row in rows
        for other in world.others(holders.numbers[holders.owner[row]])
        if holders.keys[row] in world.posting(other)
    ]
    told, others = holders.others(ints(rows))
    assert sorted(zip(told.tolist(), holders.numbers[others].tolist(), strict=True)) == sorted(expected)


# What is crowded.


@contextmanager
def crowded_by(crowd: int) -> Iterator[None]:
    """Keys are crowded with more posters than these."""
    with pytest.MonkeyPatch.context() as patch:
        made.crowded_by(patch, crowd)
        yield


def posters_of(world: World, key: int) -> list[int]:
    return [number for number in sorted(world.holds) if key in world.posting(number)]


@given(WORLDS, st.integers(0, 3))
@many
def test_of_the_posters_of_a_key_that_seems_crowded_only_the_lowest_makes_a_candidate(world: World, crowd: int) -> None:
    holders = world.build()

    def heard(upper: int, lower: int) -> list[int]:
        shared = {key: posters_of(world, key) for key in world.holds[upper] & world.posting(lower)}
        return [key for key, known in shared.items() if lower == known[0] or sum(n < upper for n in known) <= 2 * crowd]

    expected = [
        (upper, lower)
        for upper in sorted(world.at_hand, key=holders.position)
        for lower in world.others(upper)
        if lower < upper and enough(heard(upper, lower))
    ]
    with crowded_by(crowd):
        assert number_pairs(holders, holders.candidates(flags(holders, world.at_hand))) == expected


@given(WORLDS, st.integers(1, 3))
@many
def test_a_key_reaches_to_the_last_for_which_it_is_not_crowded(world: World, crowd: int) -> None:
    holders = world.build()
    known = [posters_of(world, key) for key in holders.keys.tolist()]
    expected = [posters[crowd] if len(posters) > crowd else 2**63 - 1 for posters in known]
    with crowded_by(crowd):
        rows = np.arange(len(holders.keys))
        assert holders.reach(rows).tolist() == expected
        assert holders.reach(rows[::-2]).tolist() == expected[::-2]
        row, others = holders.others(rows)
    near = [(at, n) for at, posters in enumerate(known) for n in posters[: crowd + 1]]
    assert sorted(zip(row.tolist(), holders.numbers[others].tolist(), strict=True)) == sorted(
        (at, n) for at, n in near if n != holders.numbers[holders.owner[at]]
    )


@given(WORLDS, st.integers(1, 3), st.data())
@many
def test_what_crowds_became_of_is_told_for_keys_whose_posters_changed(
    world: World, crowd: int, data: st.DataObject
) -> None:
    holders = world.build()
    rows = some(data, range(len(holders.keys)))
    posted = [data.draw(st.booleans()) for _ in rows]
    asked = set(holders.keys.tolist())
    after = {key: posters_of(world, key) for key in asked}
    before = {key: set(posters) for key, posters in after.items()}
    for row, did in zip(rows, posted, strict=True):
        key, number = int(holders.keys[row]), int(holders.numbers[holders.owner[row]])
        before[key] = before[key] | {number} if did else before[key] - {number}
    with crowded_by(crowd):
        told = [(was.tolist(), now.tolist()) for was, now in holders.crowd_changes(ints(rows), np.array(posted, bool))]
    changed = [(sorted(before[key]), after[key]) for key in sorted(asked) if before[key] != set(after[key])]
    assert [both for both in told if max(map(len, both)) > crowd] == [
        both for both in changed if max(map(len, both)) > crowd
    ]


# What changes in the store.


@given(WORLDS)
@many
def test_changes_lead_from_what_was_stored_to_what_is_posted(world: World) -> None:
    told = world.build().changes()
    added, dropped = (list(zip(keys.tolist(), numbers.tolist(), strict=True)) for keys, numbers in told)
    gained = {(key, number) for number in world.at_hand for key in world.posts[number] - world.stored[number]}
    lost = {(key, number) for number in world.at_hand for key in world.stored[number] - world.posts[number]}
    assert (sorted(added), sorted(dropped)) == (sorted(gained), sorted(lost))


@given(WORLDS)
@many
def test_keys_that_nobody_else_has_are_posted_and_no_change_from_then_on(world: World) -> None:
    holders = world.build()
    alone = {
        (key, number)
        for number in world.at_hand
        for key in world.holds[number] - world.stored[number]
        if not any(key in world.having(other) for other in world.others(number))
    }
    keys, numbers = holders.post_alone()
    assert sorted(zip(keys.tolist(), numbers.tolist(), strict=True)) == sorted(alone)
    rows = list(zip(holders.keys.tolist(), holders.numbers[holders.owner].tolist(), strict=True))
    assert holders.posts.tolist() == [key in world.posts[number] or (key, number) in alone for key, number in rows]
    assert holders.before.tolist() == [key in world.stored[number] or (key, number) in alone for key, number in rows]


# Documents that are taken later.


def test_a_stored_document_that_was_met_outside_is_at_hand_when_it_is_taken() -> None:
    holders = Holders(serve({1: {2, 4}, 3: {6}}))
    holders.take([5], [ints([2, 4])], [ints([0, 1])])
    five, one = ints([holders.position(5)]), ints([holders.position(1)])
    assert (1 in holders, holders.has(1), 3 in holders) == (True, False, False)
    assert holders.meetings(five, one)[2].tolist() == [-1, -1]

    holders.take([1], [ints([2, 4, 6])], [ints([0, 1, 2])])
    assert (holders.position(1), holders.has(1), 3 in holders) == (one[0], True, True)
    assert holders.posts[holders.rows(1)].tolist() == [True, True, False]
    assert holders.meetings(five, one)[2].tolist() == [2, 3]
    assert number_pairs(holders, holders.candidates(flags(holders, [5]))) == [(5, 1)]
    assert [len(keys) for keys, _ in holders.changes()] == [0, 0]

    holders.posts[holders.rows(1)] = [False, True, True]
    assert number_pairs(holders, holders.candidates(flags(holders, [5]))) == []
    assert [(keys.tolist(), numbers.tolist()) for keys, numbers in holders.changes()] == [([6], [1]), ([2], [1])]


def test_what_a_document_came_to_post_stays_when_others_are_taken() -> None:
    holders = Holders(serve({1: {2, 4}}))
    holders.take([1], [ints([2, 4, 6])], [ints([0, 1, 2])])
    holders.posts[holders.rows(1)] = [False, False, True]
    holders.take([5], [ints([2, 4, 6])], [ints([0, 1, 2])])
    assert holders.posts[holders.rows(1)].tolist() == [False, False, True]
    assert holders.before[holders.rows(1)].tolist() == [True, True, False]


def test_nothing_is_at_hand_at_first_nor_after_nothing_was_taken() -> None:
    holders = Holders(serve({1: {2}}))
    for _ in range(2):
        none = np.zeros(0, dtype=np.int64)
        assert holders.numbers.tolist() == holders.work(flags(holders, [])).tolist() == []
        told = (*holders.candidates(flags(holders, [])), *holders.meetings(none, none), *holders.others(none))
        assert [part.tolist() for part in (*told, *holders.post_alone(), *chain(*holders.changes()))] == [[]] * 13
        holders.take([], [], [])


def test_a_key_that_was_posted_alone_is_dropped_like_one_that_was_stored() -> None:
    holders = Holders(serve({}))
    holders.take([5], [ints([2, 4])], [ints([0, 1])])
    assert [part.tolist() for part in holders.post_alone()] == [[2, 4], [5, 5]]
    holders.take([1], [ints([2, 4])], [ints([0, 1])])
    assert holders.posts.tolist() == [True, True, False, False]
    assert [part.tolist() for part in holders.post_alone()] == [[], []]
    holders.posts[:] = [False, True, True, True]
    assert [(keys.tolist(), numbers.tolist()) for keys, numbers in holders.changes()] == [([2, 4], [1, 1]), ([2], [5])]


def test_a_document_without_keys_is_at_hand() -> None:
    holders = Holders(serve({1: {2}}))
    holders.take([5], [ints([])], [ints([])])
    assert (holders.has(5), holders.rows(5), holders.numbers.tolist()) == (True, slice(0, 0), [5])
    assert holders.work(flags(holders, [5])).tolist() == [0]


# Tools.

VALUES = st.lists(st.sampled_from(KEYS))


@given(VALUES)
def test_once_is_each_value_sorted(values: list[int]) -> None:
    given_ = ints(values)
    assert once(given_).tolist() == sorted(set(values))
    assert given_.tolist() == values


@given(VALUES, VALUES)
def test_among_flags_the_values_that_are_known(values: list[int], known: list[int]) -> None:
    flagged = among(ints(values), ints(sorted(known)))
    assert flagged.dtype == bool
    assert flagged.tolist() == [value in known for value in values]


@given(st.lists(st.tuples(st.integers(-9, 9), st.integers(0, 4))))
def test_spread_lays_ranges_flat(ranges: list[tuple[int, int]]) -> None:
    expected = [(at, first + k) for at, (first, size) in enumerate(ranges) for k in range(size)]
    pick, member = laid_flat(ints(first for first, _ in ranges), ints(size for _, size in ranges))
    assert list(zip(pick.tolist(), member.tolist(), strict=True)) == expected
