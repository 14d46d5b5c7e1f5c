"""What stands in many unrelated stories, and which documents hang together."""

from __future__ import annotations

from collections.abc import Iterable

from hypothesis import given, settings
from hypothesis import strategies as st
from matched import facts, match, passage, places, scene

from dedup.boilerplate import SAME_STORY, UNRELATED_STORIES, boilerplate, joined
from dedup.facts import Facts, Pair
from dedup.model import Match


def notice_in(stories: int) -> tuple[dict[int, Facts], dict[Pair, Match]]:
    """Page 0 shares its last 20 of 100 words with the first 20 of so many others, which are unrelated."""
    documents = scene(*(facts(number, 100) for number in range(stories + 1)))
    return documents, {(0, other): match(passage(80, 0, 20)) for other in range(1, stories + 1)}


def test_what_stands_in_too_few_unrelated_stories_is_no_boilerplate() -> None:
    plate = boilerplate(*notice_in(UNRELATED_STORIES - 1))
    assert not any(mask.any() for mask in plate.values())


def test_what_stands_in_enough_unrelated_stories_is_boilerplate_wherever_a_match_leads() -> None:
    plate = boilerplate(*notice_in(UNRELATED_STORIES))
    assert places(plate[0]) == list(range(80, 100))
    assert all(places(plate[other]) == list(range(20)) for other in range(1, UNRELATED_STORIES + 1))


def test_many_copies_of_one_story_are_one_story() -> None:
    documents, matches = notice_in(UNRELATED_STORIES)
    matches[1, 2] = match(passage(20, 20, 80))
    assert not any(mask.any() for mask in boilerplate(documents, matches).values())


def test_boilerplate_is_carried_to_a_longer_place_without_holes() -> None:
    documents, matches = notice_in(UNRELATED_STORIES)
    documents[9] = facts(9, 100)
    matches[0, 9] = match(passage(75, 40, 25, b_words=50))
    assert places(boilerplate(documents, matches)[9]) == list(range(50, 90))


LENGTH = 24
PLACES = st.integers(0, LENGTH - 6)
PASSAGES = st.builds(passage, PLACES, PLACES, st.integers(1, 6), b_words=st.integers(1, 6))
PAIRS = st.tuples(st.integers(0, 5), st.integers(0, 5)).filter(lambda pair: pair[0] < pair[1])
MATCHES = st.dictionaries(PAIRS, st.lists(PASSAGES, min_size=1, max_size=3).map(lambda some: match(*some)), max_size=12)


def slow_boilerplate(documents: dict[int, Facts], matches: dict[Pair, Match]) -> dict[int, set[int]]:
    """Word by word: in which other stories it stands, then what each passage carries over."""
    half = [p for p, m in matches.items() if m.matched_words >= SAME_STORY * min(documents[n].body_words for n in p)]
    story = slow_joined(documents, half)
    stands: dict[tuple[int, int], set[int]] = {}
    both = [(a, b, p.a_tokens, p.b_tokens) for (a, b), m in matches.items() for p in m.passages]
    both += [(b, a, to, of) for a, b, of, to in both]
    for a, b, of, _ in both:
        for word in range(of.start, of.end):
            stands.setdefault((a, word), set()).update({story[b]} - {story[a]})
    own = {place for place, stories in stands.items() if len(stories) >= UNRELATED_STORIES}
    carried = {
        (b, to.start + i)
        for a, b, of, to in both
        for i in range(len(to))
        if (a, of.start + i * len(of) // len(to)) in own
    }
    return {number: {word for n, word in own | carried if n == number} for number in documents}


def slow_joined(numbers: Iterable[int], pairs: list[Pair]) -> dict[int, int]:
    head = {number: number for number in numbers}
    for _ in head:
        for a, b in pairs:
            head[a] = head[b] = min(head[a], head[b])
    return head


@settings(max_examples=200)
@given(MATCHES)
def test_boilerplate_is_what_a_word_by_word_count_finds(matches: dict[Pair, Match]) -> None:
    documents = scene(*(facts(number, LENGTH) for number in range(6)))
    plate = boilerplate(documents, matches)
    assert {number: set(places(mask)) for number, mask in plate.items()} == slow_boilerplate(documents, matches)


@settings(max_examples=200)
@given(st.lists(PAIRS, max_size=8))
def test_numbers_are_joined_to_the_least_they_hang_together_with(pairs: list[Pair]) -> None:
    assert joined(range(6), pairs) == slow_joined(range(6), pairs)
