"""From matches to links and stories: kinds, directions, excerpts and teasers, whatever the order."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import TO_ABSENT, TO_WIRE, Scene, assert_no_circle, names_itself, pages

from dedup.attribute import resolve
from dedup.sources import Source


def test_an_original_that_is_not_here_is_named_by_those_that_credit_it() -> None:
    made = Scene()
    made.page("herald", credits=TO_ABSENT)
    made.page("farm")
    made.share("herald", "farm")
    resolution = made.resolve()
    told = {(link.copy, link.original, link.agency) for link in resolution.links}
    assert told == {(page, None, "Castellan Agency") for page in ("herald", "farm")}
    assert "it credits Castellan Agency" in made.link("herald").reasons[0]
    assert "pages that credit Castellan Agency" in made.link("farm").reasons[0]
    (story,) = resolution.stories
    assert (story.original, story.stand_in, story.agency, story.copies) == (None, "herald", "Castellan Agency", 2)


def test_a_credit_that_nobody_else_shares_names_no_absent_original() -> None:
    made = Scene()
    made.page("herald", credits=TO_ABSENT, published="2024-05-06")
    made.page("later", source=Source(outlet="herald", credits=TO_ABSENT, published="2024-05-07"))
    made.page("alone", credits=TO_ABSENT)
    made.share("herald", "later")
    assert made.told() == {("later", "herald", "version")}


def test_where_nobody_can_tell_the_two_ids_stand_in_order() -> None:
    made = pages("stone", "brick", "plank")
    for one, two in combinations(("stone", "brick", "plank"), 2):
        made.share(one, two)
    resolution = made.resolve()
    told = {(link.copy, link.original, link.direction) for link in resolution.links}
    assert told == {("brick", "stone", "unknown"), ("brick", "plank", "unknown")}
    (story,) = resolution.stories
    assert (story.original, story.stand_in, story.copies) == (None, "brick", 2)
    assert all(link.reasons == ("nothing tells which came first",) for link in resolution.links)


@pytest.mark.parametrize("quoting", ["essay", "zine"])
def test_an_excerpt_that_nobody_can_place_is_told_once(quoting: str) -> None:
    made = pages("paper", quoting)
    made.share("paper", quoting, (50, 100, 30))
    (link,) = made.resolve().links
    assert (link.kind, link.direction, link.matched_words) == ("excerpt", "unknown", 30)
    assert [link.copy, link.original] == sorted(["paper", quoting])


def test_an_excerpt_points_at_whom_it_credits() -> None:
    made = pages("wire")
    made.page("essay", credits=TO_WIRE)
    made.share("wire", "essay", (50, 100, 30))
    assert made.told() == {("essay", "wire", "excerpt")}
    assert made.resolve().stories == ()


def test_a_passage_shorter_than_a_sentence_is_not_told() -> None:
    made = pages("wire", "essay")
    made.share("wire", "essay", (50, 100, 19))
    assert made.told() == set()


def test_copies_of_one_story_do_not_quote_each_other() -> None:
    made = pages("wire", "farm", "mill")
    made.copy("wire", "farm", (0, 0, 120))
    made.copy("wire", "mill", (80, 0, 120))
    made.share("farm", "mill", (80, 0, 40))
    assert made.told() == {(page, "wire", "partial") for page in ("farm", "mill")}


def test_the_house_that_publishes_again_has_a_version_and_dates_tell_which() -> None:
    made = Scene()
    made.page("late", source=Source(outlet="herald", published="2024-05-06T12:00"))
    made.page("early", source=Source(outlet="herald", published="2024-05-06T08:00"))
    made.share("late", "early", (0, 0, 150))
    assert made.told() == {("late", "early", "version")}


KINDS = {"full": 160, "partial, just": 159, "partial, at least": 60, "excerpt": 59}


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_is_the_part_of_the_original_that_the_copy_has(kind: str) -> None:
    made = pages("wire")
    made.page("farm", words=KINDS[kind])
    made.copy("wire", "farm", (0, 0, KINDS[kind]))
    link = made.link("farm")
    assert (link.kind, link.coverage, link.share) == (kind.split(",")[0], KINDS[kind] / 200, 1.0)


def test_pages_that_share_nothing_give_nothing() -> None:
    for nothing in (pages("wire", "farm").resolve(), resolve({}, {}, {})):
        assert (nothing.links, nothing.stories, nothing.wanted) == ((), (), frozenset())


NAMES = ("annal", "bugle", "crier", "diary", "essay", "facts")
SOURCES = st.builds(
    Source, st.sampled_from([("annal",), ("bugle",), ()]), st.sampled_from(["annal", "bugle", "crier", None]),
    st.sampled_from([None, "northgate"]), st.booleans(), st.sampled_from([(), TO_WIRE, TO_ABSENT]),
    published=st.sampled_from([None, "2024-05-06", "2024-05-07"]),
)  # fmt: skip
PLACES = st.tuples(st.sampled_from([0, 40, 100]), st.sampled_from([0, 40, 100]), st.sampled_from([12, 25, 60, 100]))


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    made = Scene()
    for name in NAMES:
        made.page(name, body=draw(st.sampled_from([None, 60, 120])), source=draw(SOURCES))
    for source, copy in draw(st.lists(st.sampled_from(list(permutations(NAMES, 2))), max_size=10)):
        edits = (names_itself("annal"),) * draw(st.integers(0, 1))
        made.share(source, copy, *draw(st.lists(PLACES, min_size=1, max_size=2)), edits=edits)
    return made


@settings(max_examples=150)
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_pages_and_matches_does_not_matter(made: Scene, random: Any) -> None:
    facts, matches = (random.sample(list(some.items()), len(some)) for some in (made.facts, made.matches))
    again, first = resolve(dict(facts), dict(matches), {}), made.resolve()
    assert (set(again.links), again.stories, again.wanted) == (set(first.links), first.stories, first.wanted)


@settings(max_examples=150)
@given(scenes())
def test_every_link_is_told_once_with_reasons_and_in_no_circle(made: Scene) -> None:
    assert_no_circle(made)
    links = made.resolve().links
    ends = [frozenset((link.copy, link.original)) for link in links if link.original]
    assert len(ends) == len(set(ends))
    for link in links:
        assert link.copy != link.original
        assert link.reasons
        assert all(0 <= score <= 1 for score in (link.coverage, link.share, link.confidence, link.resemblance))
        assert link.direction == "decided" or (link.original is not None and link.copy < link.original)
