"""How much two documents share of what counts: boilerplate, parts of bodies, and what relation follows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.evidence import Source
from dedup.measure import (
    COPY,
    DENSE,
    FIGURES,
    LEAST_WORDS,
    LONG,
    SAME_STORY,
    UNRELATED_STORIES,
    VERSION,
    Facts,
    Pair,
    View,
    boilerplate,
    joined,
    views_of,
)
from dedup.model import Edit, Match, Passage, Span

WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)


def facts(number: int, words: int, *, body: tuple[int, int] | None = None, numbers: Iterable[int] = (),
          source: Source | None = None) -> Facts:  # fmt: skip
    """A document of so many words, all of them body unless a range is given; each has its own outlet."""
    start, end = body or (0, words)
    is_body, is_number = np.zeros(words, dtype=bool), np.zeros(words, dtype=bool)
    is_body[start:end] = True
    is_number[list(numbers)] = True
    outlet = source or Source(outlet=f"paper{number}.example")
    return Facts(number, f"page-{number}", None, outlet, is_body, end - start, is_number, np.zeros(8, np.uint32))


def passage(a: int, b: int, words: int, *, equal: int | None = None, b_words: int | None = None) -> Passage:
    """``words`` words from word ``a`` of one text and from word ``b`` of the other, of which ``equal`` are equal."""
    one, two = Span(a, a + words), Span(b, b + (b_words or words))
    return Passage(one, two, words if equal is None else equal, one, two)


def match(*passages: Passage, edits: tuple[Edit, ...] = ()) -> Match:
    words = sum(p.words for p in passages)
    return Match(passages, 0.5, 0.5, words, max((p.words for p in passages), default=0), edits)


def replaced(was: str, now: str) -> Edit:
    return Edit("replaced", Span(0, len(was)), Span(0, len(now)), was, now)


def scene(*documents: Facts) -> dict[int, Facts]:
    return {document.number: document for document in documents}


def view_of(documents: dict[int, Facts], matches: dict[Pair, Match], me: int = 0) -> View | None:
    """The one view that ``me`` has; ``None`` where it says nothing (such views may be left out)."""
    views = [view for view in views_of(documents, matches)[me] if view.relation != "nothing"]
    assert len(views) <= 1
    return views[0] if views else None


def sure_view(documents: dict[int, Facts], matches: dict[Pair, Match]) -> View:
    view = view_of(documents, matches)
    assert view is not None
    return view


def places(mask: Any) -> list[int]:
    return [int(place) for place in np.flatnonzero(mask)]


# boilerplate


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


def test_boilerplate_counts_for_nothing_between_outlets() -> None:
    views = views_of(*notice_in(UNRELATED_STORIES))
    assert {view.relation for view in views[0]} <= {"nothing"}
    views = views_of(*notice_in(UNRELATED_STORIES - 1))
    assert {(view.words, view.mine, view.relation) for view in views[0]} == {(20, 0.2, "passage")}


def test_a_body_is_measured_without_its_boilerplate() -> None:
    documents, matches = notice_in(UNRELATED_STORIES)
    documents[9] = facts(9, 160)
    matches[0, 9] = match(passage(0, 100, 60))
    view = views_of(documents, matches)[0][-1]
    assert (view.other, view.words, view.mine, view.theirs) == (9, 60, 60 / 80, 60 / 160)


def test_inside_one_house_boilerplate_counts() -> None:
    documents, matches = notice_in(UNRELATED_STORIES)
    documents[0] = facts(0, 100, source=WIRE)
    documents[9] = facts(9, 100, source=WIRE)
    matches[0, 9] = match(passage(0, 0, 100))
    view = views_of(documents, matches)[0][-1]
    assert (view.words, view.mine, view.relation) == (100, 1.0, "version")


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


@settings(deadline=None, max_examples=200)
@given(MATCHES)
def test_boilerplate_is_what_a_word_by_word_count_finds(matches: dict[Pair, Match]) -> None:
    documents = scene(*(facts(number, LENGTH) for number in range(6)))
    plate = boilerplate(documents, matches)
    assert {number: set(places(mask)) for number, mask in plate.items()} == slow_boilerplate(documents, matches)


@settings(deadline=None, max_examples=200)
@given(st.lists(PAIRS, max_size=8))
def test_numbers_are_joined_to_the_least_they_hang_together_with(pairs: list[Pair]) -> None:
    assert joined(range(6), pairs) == slow_joined(range(6), pairs)


# relations

TENTH = range(0, 200, 10)
FIGURE_CHANGES = tuple(replaced(f"{n} points", f"{n + 1} points") for n in range(11))


class Case(NamedTuple):
    """Documents 0 and 1, what they share, and the relation that document 0 has to document 1."""

    a: Facts
    b: Facts
    match: Match
    relation: str


def case(words: int, relation: str, of: int = 200, other: int = 200, **known: Any) -> Case:
    return Case(facts(0, of, **known), facts(1, other, **known), match(passage(0, 0, words)), relation)


CASES = {
    "the whole": case(200, "copy"),
    "as much as a copy has": case(round(COPY * 200), "copy"),
    "less than a copy has": case(round(COPY * 200) - 1, "passage"),
    "much of the shorter body is enough": case(60, "copy", other=1000),
    "least words": case(LEAST_WORDS, "passage"),
    "too few words": case(LEAST_WORDS - 1, "nothing"),
    "one house, half": case(round(VERSION * 200), "version", source=WIRE),
    "one house, less than half": case(round(VERSION * 200) - 1, "nothing", source=WIRE),
    "one house, half only with furniture": case(90, "nothing", source=WIRE, body=(25, 200)),
    "dense enough": Case(
        facts(0, 140), facts(1, 140), match(passage(0, 0, 140, equal=round(DENSE * 140))), "copy"
    ),
    "thin and short": Case(
        facts(0, 140), facts(1, 140), match(passage(0, 0, 140, equal=round(DENSE * 140) - 1)), "nothing"
    ),
    "thin and long": Case(facts(0, LONG), facts(1, LONG), match(passage(0, 0, LONG, equal=90)), "copy"),
    "thin inside one house": Case(
        facts(0, 140, source=WIRE), facts(1, 140, source=WIRE), match(passage(0, 0, 140, equal=100)), "version"
    ),
    "in my furniture": Case(facts(0, 200, body=(0, 150)), facts(1, 200), match(passage(150, 0, 40)), "shows_teaser"),
    "in the other's furniture": Case(
        facts(0, 200), facts(1, 200, body=(0, 150)), match(passage(0, 150, 40)), "is_teased"
    ),
    "in both furnitures": case(40, "nothing", body=(50, 200)),
    "half in my body": Case(facts(0, 200, body=(20, 200)), facts(1, 200), match(passage(0, 0, 40)), "passage"),
    "the next of a series": Case(
        facts(0, 200, numbers=TENTH, source=WIRE), facts(1, 200, numbers=TENTH, source=WIRE),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES), "nothing",
    ),
    "the next of a series at another outlet": Case(
        facts(0, 200, numbers=TENTH), facts(1, 200, numbers=TENTH),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES), "nothing",
    ),
    "a version with two fifths of its figures changed": Case(
        facts(0, 200, numbers=TENTH, source=WIRE), facts(1, 200, numbers=TENTH, source=WIRE),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES[:8]), "version",
    ),
    "the next report, half of its figures changed": Case(
        facts(0, 200, numbers=TENTH, source=WIRE), facts(1, 200, numbers=TENTH, source=WIRE),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES[:10]), "nothing",
    ),
    "a story without its figures": Case(
        facts(0, 200, numbers=range(100, 120)), facts(1, 200, numbers=range(100, 120)),
        match(passage(0, 0, 95)), "nothing",
    ),
    "a story of few figures": Case(
        facts(0, 200, numbers=range(FIGURES - 1)), facts(1, 200, numbers=range(FIGURES - 1)),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES), "copy",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_the_relation_of_two_documents(case: Case) -> None:
    view = view_of(scene(case.a, case.b), {(0, 1): case.match})
    assert (view.relation if view else "nothing") == case.relation


MIRRORED = {"shows_teaser": "is_teased", "is_teased": "shows_teaser"}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_both_documents_see_the_same_match(case: Case) -> None:
    documents, matches = scene(case.a, case.b), {(0, 1): case.match}
    one, two = view_of(documents, matches), view_of(documents, matches, me=1)
    if one is None or two is None:
        assert one is two
        return
    assert (one.me, one.other, one.match) == (two.other, two.me, two.match)
    assert (one.mine, one.theirs) == (two.theirs, two.mine)
    assert (one.words, one.relation) == (two.words, MIRRORED.get(two.relation, two.relation))


def test_words_that_are_spanned_but_differ_do_not_count() -> None:
    view = sure_view(scene(facts(0, 200), facts(1, 200)), {(0, 1): match(passage(0, 0, 100, equal=80))})
    assert (view.words, view.mine, places(view.counted)) == (80, 0.4, list(range(100)))


def test_only_the_body_is_measured() -> None:
    view = sure_view(scene(facts(0, 200, body=(100, 200)), facts(1, 150)), {(0, 1): match(passage(90, 0, 50))})
    assert (view.words, view.mine, view.theirs) == (40, 0.4, 1 / 3)


def test_documents_without_a_match_see_nothing() -> None:
    assert views_of(scene(facts(0, 10), facts(1, 10)), {}) == {0: [], 1: []}
    assert views_of({}, {}) == {}
