"""From matches to links and stories: small scenes of pages, each with what it shares with the others."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.attribute import Resolution, resolve
from dedup.evidence import Source
from dedup.facts import Facts, Pair
from dedup.model import DEFAULT_KINDS, Edit, Link, Match, Passage, Span, Story

WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)
TO_WIRE = (("northgate", "Northgate Wire"),)
TO_ABSENT = ((None, "Castellan Agency"),)
SIGNATURE = np.zeros(8, np.uint32)
Place = tuple[int, int, int]
WHOLE: Place = (0, 0, 200)


def names_itself(outlet: str) -> Edit:
    return Edit("inserted", Span(0, 0), Span(0, len(outlet)), "", outlet)


@dataclass
class Scene:
    """Pages by name, numbered as they come; the numbers of a pair are put in order, its passages and edits too."""

    facts: dict[int, Facts] = field(default_factory=dict)
    matches: dict[Pair, Match] = field(default_factory=dict)

    def page(self, name: str, words: int = 200, *, body: int | None = None, source: Source | None = None,
             **known: Any) -> None:  # fmt: skip
        """A page of its own outlet, called like it, unless told otherwise; words from ``body`` on are furniture."""
        own = source or Source(names=(name,), outlet=name, **known)
        number, is_body = len(self.facts), np.arange(words) < (body or words)
        none = np.zeros(words, dtype=bool)
        self.facts[number] = Facts(number, name, f"About {name}", own, is_body, body or words, none, SIGNATURE)

    def share(self, source: str, copy: str, *places: Place, edits: tuple[Edit, ...] = ()) -> None:
        """Words of ``source``, words of ``copy``, and how many; edits go from source to copy."""
        numbers = {fact.id: number for number, fact in self.facts.items()}
        a, b = numbers[source], numbers[copy]
        spans = [(Span(p, p + size), Span(q, q + size)) for p, q, size in places or (WHOLE,)]
        if a > b:
            a, b, spans = b, a, [(two, one) for one, two in spans]
            edits = tuple(Edit("dropped", e.b, e.a, e.b_text, e.a_text) for e in edits)
        passages = tuple(Passage(one, two, len(one), one, two) for one, two in spans)
        words = sum(p.words for p in passages)
        self.matches[a, b] = Match(passages, 0.5, 0.5, words, words, edits)

    def copy(self, source: str, copy: str, *places: Place) -> None:
        """As ``share``, and the copy has its own name put into the prose."""
        self.share(source, copy, *places, edits=(names_itself(copy),))

    def resolve(self) -> Resolution:
        return resolve(self.facts, self.matches)

    def link(self, copy: str) -> Link:
        (link,) = (link for link in self.resolve().links if link.copy == copy)
        return link

    def told(self) -> set[tuple[str, str | None, str]]:
        return {(link.copy, link.original, link.kind) for link in self.resolve().links}


def pages(*names: str) -> Scene:
    """A scene of pages of 200 words, each of its own outlet; the one called "wire" is a wire's."""
    made = Scene()
    for name in names:
        made.page(name, source=WIRE if name == "wire" else None)
    return made


def test_copies_form_a_star_and_siblings_are_no_links() -> None:
    made = pages("wire", "farm", "mill", "barn")
    for page in ("farm", "mill", "barn"):
        made.copy("wire", page)
    for one, two in combinations(("farm", "mill", "barn"), 2):
        made.share(one, two)
    assert made.told() == {(page, "wire", "full") for page in ("farm", "mill", "barn")}
    (story,) = made.resolve().stories
    assert story == Story("wire", "wire", "wire", "About wire", "northgate.example", 3, 4, None)


def adapted() -> Scene:
    """The herald's adaptation of the wire's story, and a copy of that."""
    made = pages("wire")
    made.page("herald", credits=TO_WIRE)
    made.page("farm")
    made.share("wire", "herald", (0, 0, 120))
    made.copy("herald", "farm")
    return made


def test_the_copy_of_an_adaptation_points_at_the_adaptation_and_at_the_root_story() -> None:
    made = adapted()
    made.copy("wire", "farm", (0, 0, 120))
    told = {(link.copy, link.original, link.kind, link.story) for link in made.resolve().links}
    assert told == {("herald", "wire", "partial", "wire"), ("farm", "herald", "full", "wire")}
    assert made.resolve().wanted == frozenset()


def test_a_copy_of_a_copy_wants_to_be_matched_with_the_root() -> None:
    made = adapted()
    assert made.link("farm").story == "herald"
    assert made.resolve().wanted == {(0, 2)}


def test_a_round_up_has_several_sources_and_joins_none_of_their_stories() -> None:
    made = pages("wire", "courier", "herald")
    made.page("parcel", words=600)
    for at, source in enumerate(("wire", "courier", "herald")):
        made.copy(source, "parcel", (0, 200 * at, 200))
    assert made.told() == {("parcel", source, "full") for source in ("wire", "courier", "herald")}
    assert {story.id: story.copies for story in made.resolve().stories} == {"wire": 1, "courier": 1, "herald": 1}


def test_a_second_source_that_adds_nothing_is_no_source() -> None:
    made = pages("wire", "courier", "farm")
    made.copy("wire", "farm")
    made.copy("courier", "farm", (0, 100, 100))
    assert made.told() == {("farm", "wire", "full")}


def test_verdicts_in_a_circle_are_broken_at_the_likeliest_original() -> None:
    made = pages("annal", "bugle", "crier")
    for source, copy in (("annal", "bugle"), ("bugle", "crier"), ("crier", "annal")):
        made.copy(source, copy)
    assert made.told() == {("bugle", "annal", "full"), ("crier", "bugle", "full")}
    assert {link.story for link in made.resolve().links} == {"annal"}


def assert_no_circle(made: Scene) -> None:
    decided = [link for link in made.resolve().links if link.direction == "decided" and link.kind in DEFAULT_KINDS]
    waiting = {link.copy: {other.original for other in decided if other.copy == link.copy} for link in decided}
    while free := [page for page, sources in waiting.items() if not sources & waiting.keys()]:
        for page in free:
            del waiting[page]
    assert not waiting


def test_verdicts_in_a_circle_through_a_second_source_are_broken_too() -> None:
    made = Scene()
    for page, words in (("parcel", 400), ("bugle", 250), ("crier", 150), ("diary", 150)):
        made.page(page, words)
    made.copy("bugle", "parcel", (0, 0, 250))
    made.copy("crier", "parcel", (0, 250, 150))
    made.copy("diary", "crier", (0, 0, 150))
    made.copy("parcel", "diary", (250, 0, 150))
    assert_no_circle(made)


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


def test_a_teaser_stands_outside_the_body_and_is_of_the_story_not_of_its_copies() -> None:
    made = pages("wire", "mill")
    made.page("farm", words=260, body=200)
    made.copy("wire", "mill")
    made.share("mill", "farm", (0, 210, 35))
    assert made.told() == {("mill", "wire", "full")}
    made.share("wire", "farm", (0, 210, 35))
    assert made.told() == {("mill", "wire", "full"), ("farm", "wire", "teaser")}


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
    assert pages("wire", "farm").resolve() == resolve({}, {}) == Resolution((), (), frozenset())


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


@settings(deadline=None, max_examples=150)
@given(scenes(), st.randoms(use_true_random=False))
def test_the_order_of_pages_and_matches_does_not_matter(made: Scene, random: Any) -> None:
    facts, matches = (random.sample(list(some.items()), len(some)) for some in (made.facts, made.matches))
    again, first = resolve(dict(facts), dict(matches)), made.resolve()
    assert (set(again.links), again.stories, again.wanted) == (set(first.links), first.stories, first.wanted)


@settings(deadline=None, max_examples=150)
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


def test_a_headline_is_not_inherited_but_a_sentence_is() -> None:
    """The herald has more of the wire's story than the wire has here: a headline, or a sentence of its own."""
    for own, source in ((12, "wire"), (30, "herald")):
        made = pages("wire")
        made.page("herald", words=240, credits=TO_WIRE)
        made.page("farm", words=240)
        made.share("wire", "herald", (0, own, 200))
        made.copy("wire", "farm", (0, own, 200))
        made.copy("herald", "farm", (0, 0, 200 + own))
        assert made.link("farm").original == source


def test_the_middle_of_a_star_is_no_round_up() -> None:
    made = pages("annal", "bugle", "crier", "drum")
    made.page("parcel", words=600)
    for at, page in enumerate(("annal", "bugle", "crier")):
        made.share(page, "parcel", (0, 200 * at, 200))
    made.share("annal", "drum")
    assert {story.stand_in for story in made.resolve().stories} >= {"annal"}
    assert ("drum", "annal") in {(link.copy, link.original) for link in made.resolve().links} | {
        (link.original, link.copy) for link in made.resolve().links
    }


def test_a_page_is_in_every_story_whose_middle_it_shares() -> None:
    made = pages("annal", "bugle")
    made.page("parcel", words=400)
    made.share("annal", "parcel", (0, 0, 200))
    made.share("bugle", "parcel", (0, 200, 200))
    told = {frozenset((link.copy, link.original)) for link in made.resolve().links}
    assert told == {frozenset(("annal", "parcel")), frozenset(("bugle", "parcel"))}


def test_who_credits_an_absent_agency_was_not_taken_from_a_page_that_does_not() -> None:
    made = Scene()
    made.page("mill")
    made.page("herald", credits=TO_ABSENT)
    made.copy("mill", "herald")
    assert {(link.copy, link.original) for link in made.resolve().links} == {("herald", None), ("mill", None)}


def test_words_here_and_there_are_inherited_where_nothing_else_is() -> None:
    assert changed_twice(20).link("farm").original == "paper"
    assert changed_twice(10).link("farm").original == "wire"


def changed_twice(words: int) -> Scene:
    """The paper changed so many words of the wire's story, here and there, and the farm has them all."""
    made = pages("wire", "paper", "farm")
    made.copy("wire", "paper")
    made.copy("paper", "farm")
    made.copy("wire", "farm")
    for pair in ((0, 1), (0, 2)):
        (passage,) = made.matches[pair].passages
        made.matches[pair] = replace(made.matches[pair], passages=(replace(passage, words=200 - words),))
    return made


def test_two_copies_with_a_sentence_that_their_source_has_not_are_told_together() -> None:
    made = pages("wire")
    for page in ("annal", "bugle"):
        made.page(page, words=230)
        made.copy("wire", page)
    made.share("annal", "bugle", (0, 0, 230))
    told = {(link.copy, link.original, link.direction) for link in made.resolve().links}
    assert told == {("annal", "wire", "decided"), ("bugle", "wire", "decided"), ("annal", "bugle", "unknown")}
    made.share("annal", "bugle", (0, 0, 214))
    assert {link.original for link in made.resolve().links} == {"wire"}


def test_two_round_ups_of_the_same_stories_are_not_told_together() -> None:
    made = Scene()
    for page, words in (("bugle", 150), ("crier", 150), ("annal", 300), ("diary", 300)):
        made.page(page, words)
    for round_up in ("annal", "diary"):
        made.copy("bugle", round_up, (0, 0, 150))
        made.copy("crier", round_up, (0, 150, 150))
    made.share("annal", "diary", (0, 0, 300))
    assert {link.original for link in made.resolve().links} == {"bugle", "crier"}


def test_a_page_of_another_story_has_an_undecided_one_beside_it() -> None:
    made = Scene()
    made.page("bugle", words=300)
    made.page("crier", words=200)
    made.page("diary", words=500)
    made.copy("bugle", "diary", (0, 0, 300))
    made.share("crier", "diary", (0, 300, 200))
    told = {(link.copy, link.original, link.direction) for link in made.resolve().links}
    assert told == {("diary", "bugle", "decided"), ("crier", "diary", "unknown")}


def test_a_page_that_has_an_absent_story_beside_another_is_told_with_one_that_is_alone() -> None:
    made = Scene()
    made.page("wire", words=300, source=WIRE)
    made.page("annal", words=200, credits=TO_ABSENT)
    made.page("diary", words=380, credits=TO_ABSENT)
    made.copy("wire", "diary", (0, 0, 300))
    made.share("annal", "diary", (0, 300, 80))
    told = {(link.copy, link.original) for link in made.resolve().links}
    assert told == {("diary", "wire"), ("annal", None), ("diary", None)}


def test_a_longer_stretch_is_not_inherited_where_as_much_is_missing_elsewhere() -> None:
    made = pages("wire", "mill", "farm")
    made.copy("wire", "mill")
    made.copy("wire", "farm", (0, 0, 80), (101, 101, 99))
    made.copy("mill", "farm", (0, 0, 105), (120, 120, 80))
    assert {link.original for link in made.resolve().links if link.copy == "farm"} == {"wire"}


def test_what_a_source_explains_makes_no_other_story() -> None:
    made = Scene()
    made.page("bugle", words=300)
    made.page("crier", words=260)
    made.page("diary", words=500)
    made.copy("bugle", "diary", (0, 0, 300))
    made.share("crier", "diary", (0, 0, 200))
    assert {(link.copy, link.original) for link in made.resolve().links} == {("diary", "bugle")}
