"""How much two documents share of what counts: parts of bodies, and what relation follows."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matched import WIRE, facts, match, passage, places, replaced, scene
from test_boilerplate import notice_in

from dedup.boilerplate import UNRELATED_STORIES
from dedup.facts import Facts, Pair
from dedup.measure import COPY, DENSE, LEAST_WORDS, LONG, VERSION, View, share, views_of
from dedup.model import Edit, Match, Span
from dedup.reach import may_copy, reach
from dedup.series import FIGURES


def view_of(documents: dict[int, Facts], matches: dict[Pair, Match], me: int = 0) -> View | None:
    """The one view that ``me`` has; ``None`` where it says nothing (such views may be left out)."""
    views = [view for view in views_of(documents, matches)[me] if view.relation != "nothing"]
    assert len(views) <= 1
    return views[0] if views else None


def sure_view(documents: dict[int, Facts], matches: dict[Pair, Match]) -> View:
    view = view_of(documents, matches)
    assert view is not None
    return view


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
    "a version with a quarter of its figures changed": Case(
        facts(0, 200, numbers=TENTH, source=WIRE), facts(1, 200, numbers=TENTH, source=WIRE),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES[:5]), "version",
    ),
    "the next report, three tenths of its figures changed": Case(
        facts(0, 200, numbers=TENTH, source=WIRE), facts(1, 200, numbers=TENTH, source=WIRE),
        match(passage(0, 0, 200), edits=FIGURE_CHANGES[:6]), "nothing",
    ),
    "a story without its figures": Case(
        facts(0, 200, numbers=range(100, 120)), facts(1, 200, numbers=range(100, 120)),
        match(passage(0, 0, 95)), "nothing",
    ),
    "a long story some figures of which are changed": Case(
        facts(0, 2000, numbers=TENTH), facts(1, 2000, numbers=TENTH),
        match(passage(0, 0, 2000), edits=FIGURE_CHANGES), "copy",
    ),
    "a copy of the part with few figures": Case(
        facts(0, 400, numbers=(5, 50, *range(300, 360))), facts(1, 190, numbers=(5, 50)),
        match(passage(0, 0, 190)), "copy",
    ),
    "a paragraph left out of the copy": Case(
        facts(0, 200), facts(1, 140), match(passage(0, 0, 200, equal=139, b_words=140)), "copy"
    ),
    "a page cut to what looks like furniture": Case(
        facts(0, 200), facts(1, 90, body=(0, 20)), match(passage(0, 0, 60)), "copy"
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


@pytest.mark.parametrize(("a", "b", "was", "now"), [(200, 180, "of it", "ofit"), (180, 200, "ofit", "of it")])
def test_words_that_lost_their_spaces_are_equal_on_both_sides(a: int, b: int, was: str, now: str) -> None:
    glued = (Edit("respaced", Span(0, len(was)), Span(0, len(now)), was, now),) * 20
    shared = match(passage(0, 0, a, equal=180, b_words=b), edits=glued)
    view = sure_view(scene(facts(0, a), facts(1, b)), {(0, 1): shared})
    assert (view.mine, view.theirs) == (1.0, 1.0)


def test_only_the_body_is_measured() -> None:
    view = sure_view(scene(facts(0, 200, body=(100, 200)), facts(1, 150)), {(0, 1): match(passage(90, 0, 50))})
    assert (view.words, view.mine, view.theirs) == (40, 0.4, 1 / 3)


@st.composite
def matched(draw: st.DrawFn) -> tuple[Facts, Facts, Match]:
    """Two pages of 60 words with bodies anywhere, and passages that may overlap on either side."""
    ends = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda two: (min(two), max(two)))
    bodies = draw(ends), draw(ends)
    passages = draw(st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40), st.integers(1, 20)), max_size=4))
    one, two = facts(0, 60, body=bodies[0]), facts(1, 60, body=bodies[1])
    return one, two, match(*(passage(*place) for place in passages))


@settings(max_examples=200)
@given(matched())
def test_what_a_match_takes_is_what_is_counted_word_by_word(made: tuple[Facts, Facts, Match]) -> None:
    a, b, shared = made
    told = share(a, b, a.body, b.body, shared, judged=True)
    for fact, side, spans in (
        (a, told.a, [p.a_tokens for p in shared.passages]),
        (b, told.b, [p.b_tokens for p in shared.passages]),
    ):
        spanned = {n for span in spans for n in range(span.start, span.end)}
        body = set(places(fact.body))
        assert set(places(side.spanned)) == spanned
        assert set(places(side.counted)) == spanned & body
        assert side.body_words == len(spanned & body)
        assert side.in_body == len(spanned & body) / max(1, len(spanned))
        assert side.words == sum(len(set(range(span.start, span.end)) & body) for span in spans)


@settings(max_examples=200)
@given(matched())
def test_what_cannot_be_copied_is_never_told_as_a_copy_or_a_quote(made: tuple[Facts, Facts, Match]) -> None:
    a, b, shared = made
    view = view_of(scene(a, b), {(0, 1): shared})
    if view is not None and view.relation in ("copy", "passage"):
        assert may_copy(reach(a.body), reach(b.body), shared)
    if view is not None:
        assert may_copy(reach(a.body), (0, 60), shared) or may_copy((0, 60), reach(b.body), shared)


@pytest.mark.parametrize(
    ("body", "ends"), [((0, 9), (0, 9)), ((3, 5), (3, 5)), ((8, 9), (8, 9)), ((4, 4), (0, 0)), ((0, 0), (0, 0))]
)
def test_a_body_reaches_from_its_first_word_to_its_last(body: tuple[int, int], ends: tuple[int, int]) -> None:
    assert reach(facts(0, 9, body=body).body) == ends


def test_documents_without_a_match_see_nothing() -> None:
    assert views_of(scene(facts(0, 10), facts(1, 10)), {}) == {0: [], 1: []}
    assert views_of({}, {}) == {}
