"""Verdicts: how evidence is weighed, and when nobody is named."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st
from told_sources import (
    DAY,
    FARM,
    NAME,
    NAME_PUT_IN,
    NEXT_DAY,
    NOON,
    PAPER,
    SYNDICATE,
    TO_HERALD,
    TO_OTHER,
    TO_WIRE,
    WIRE,
    WIRE_PAGE,
    edit,
    farm,
    paper,
    seen,
    wire,
)  # fmt: skip

from dedup.evidence import dated_later, own_name
from dedup.seen import Seen
from dedup.sources import MIRROR, Source, same_house
from dedup.verdict import DECIDED, STRONG, SUREST, VERSION_WEIGHTS, WEIGHTS, decide, gather


def test_the_outlet_that_put_in_its_name_is_the_copy_although_it_is_dated_earlier() -> None:
    copy = farm(published="2024-01-01", glues_name=True)
    verdict = decide(paper(published=DAY), copy, NAME_PUT_IN, seen())
    assert verdict.copy == "b"
    assert verdict.reasons(("a", "b")) == (
        "its own name, “Daily Quorum”, was put into the prose, glued to the word behind it",
        "its own name, “Daily Quorum”, was put into the prose 3 times",
    )
    assert verdict.confidence > 0.9


def test_a_bare_name_and_dates_alone_decide_nothing() -> None:
    once = seen(NAME)
    assert decide(paper(published=NEXT_DAY), farm(published=DAY), once, seen()).copy is None
    later = farm(published=NEXT_DAY, crawled=NEXT_DAY)
    assert decide(paper(published=DAY, crawled=DAY), later, seen(), seen()).copy is None


# A page that names the other as its source, which shows a mirror's marks.
NAMING = paper(canonical="https://quorum.example/1", byline="admin")
MARKED = farm(byline="Ida Mare", glues_name=True)


def test_strong_evidence_on_both_sides_is_a_conflict_told_from_both() -> None:
    verdict = decide(NAMING, MARKED, NAME_PUT_IN, seen())
    assert (verdict.copy, verdict.confidence, verdict.names_source) == (None, 0.5, False)
    sides = {reason.split(":")[0] for reason in verdict.reasons(("paper", "farm"))}
    assert sides == {"for paper as the copy", "for farm as the copy"}


def test_strong_evidence_of_twice_the_weight_is_no_conflict() -> None:
    marked = farm(glues_name=True, credits=TO_HERALD)
    assert decide(NAMING, marked, NAME_PUT_IN, seen()).copy == "b"


def test_the_dates_that_pages_claim_decide_nothing_between_outlets() -> None:
    verdict = decide(paper(published="1999-01-01"), farm(published=DAY), seen(), seen())
    assert verdict.copy is None
    assert verdict.reasons(("a", "b")) == ("for b as the copy: it is dated later (2024-05-06, the other 1999-01-01)",)


def test_dates_decide_inside_one_house_and_nothing_else_does() -> None:
    early = wire(published="2024-05-06T08:00", credits=TO_WIRE, canonical="https://northgate.example/2")
    late = wire(published=NOON, outlet="Northgate Wire", url="https://northgate.example/2")
    verdict = decide(late, early, seen(cut=True), seen(edit("respaced", "a b", "ab")))
    assert verdict.copy == "a"
    assert verdict.reasons(("a", "b")) == ("it is dated later (2024-05-06T12:00, the other 2024-05-06T08:00)",)


def test_silence_is_an_answer() -> None:
    verdict = decide(Source(), Source(), seen(), seen())
    assert (verdict.copy, verdict.reasons(("a", "b"))) == (None, ("nothing tells which came first",))


def test_the_weightiest_reason_is_told_first() -> None:
    copy, source = farm(published=NEXT_DAY, credits=TO_WIRE), wire(published=DAY)
    reasons = decide(source, copy, NAME_PUT_IN, seen()).reasons(("wire", "farm"))
    assert [reason.split(",")[0] for reason in reasons] == [
        "it credits Northgate Wire", "its own name", "the other was published by a news agency",
        "it is dated later (2024-05-07",
    ]  # fmt: skip


def test_a_verdict_says_whether_anything_names_the_source() -> None:
    assert not decide(PAPER, FARM, NAME_PUT_IN, seen()).names_source
    assert decide(WIRE, FARM, NAME_PUT_IN, seen()).names_source


def test_what_outlets_do_elsewhere_decides_where_nothing_else_does() -> None:
    verdict = decide(paper(habit=-3.0), farm(habit=3.0), seen(), seen())
    assert verdict.copy == "b"
    assert verdict.reasons(("a", "b")) == (
        "from their other pages, quorum.example is known to copy and lantry.example to be copied",
    )


def test_what_outlets_do_elsewhere_decides_against_dates() -> None:
    assert decide(paper(habit=-3.0, published=NEXT_DAY), farm(habit=3.0, published=DAY), seen(), seen()).copy == "b"


SAID = edit("inserted", "", "told the Lantry Herald")


def test_what_outlets_do_elsewhere_never_overrules_what_the_pages_show() -> None:
    named = edit("inserted", "", "Lantry Herald")
    decided = decide(farm(habit=9.0), paper(habit=-9.0, glues_name=True), seen(named), seen())
    leaning = decide(farm(habit=9.0), paper(habit=-9.0), seen(SAID), seen())
    conflict = decide(replace(NAMING, habit=-9.0), replace(MARKED, habit=9.0), NAME_PUT_IN, seen())
    assert (leaning.copy, conflict.copy) == (None, None)
    assert decided.copy is None
    assert decided.evidence("b")[0].name == "name_glued"


def test_signs_of_a_copy_lead_to_no_outlet_that_copies_itself_unless_they_name_it() -> None:
    verdict = decide(paper(habit=MIRROR), farm(glues_name=True), NAME_PUT_IN, seen())
    assert (verdict.copy, verdict.confidence) == (None, 0.5)
    assert verdict.reasons(("paper", "farm"))[0] == (
        "for paper as the copy: lantry.example is known to copy, so that it may have it from elsewhere, too"
    )
    naming = farm(glues_name=True, credits=TO_HERALD)
    assert decide(paper(habit=MIRROR), naming, NAME_PUT_IN, seen()).copy == "b"
    assert decide(paper(habit=MIRROR - 0.5), farm(glues_name=True), NAME_PUT_IN, seen()).copy == "b"


def test_nobody_is_ever_quite_sure() -> None:
    assert decide(WIRE, farm(credits=TO_WIRE), NAME_PUT_IN, seen()).confidence == SUREST


def test_evidence_is_told_from_either_side() -> None:
    verdict = decide(paper(published=NEXT_DAY), farm(published=DAY), NAME_PUT_IN, seen())
    told = [(reason.name, reason.weight) for reason in verdict.evidence("b")]
    assert told == [("own_name", 2 * WEIGHTS[own_name]), ("dated_later", -WEIGHTS[dated_later])]
    assert [(name, -weight) for name, weight in reversed(told)] == [
        (reason.name, reason.weight) for reason in verdict.evidence("a")
    ]


DATES = st.sampled_from([None, "2024-05-06", "2024-05-07", "2024-05-06T13:40", "2024-05-06T15:40:00+00:00"])
CREDITS = st.sampled_from([(), TO_WIRE, TO_HERALD, TO_OTHER, TO_OTHER + TO_HERALD])
CANONICALS = st.sampled_from([None, "https://lantry.example/n/1", "https://quorum.example/1", "x"])
SOURCES = st.builds(
    replace, st.sampled_from([FARM, PAPER, WIRE, WIRE_PAGE, SYNDICATE, Source()]),
    credits=CREDITS, canonical=CANONICALS, published=DATES, crawled=DATES,
)  # fmt: skip
EDITS = st.sampled_from([
    edit("inserted", "", "Daily Quorum"), edit("dropped", "Lantry Herald", ""), edit("respaced", "a b", "ab"),
    edit("respaced", "ab", "a b"), edit("replaced", "six", "Lantry Herald six"),
])  # fmt: skip
SEENS = st.builds(Seen, st.lists(EDITS, max_size=3).map(tuple), st.just(0.5), st.booleans())


@settings(max_examples=300)
@given(SOURCES, SOURCES, SEENS, SEENS)
def test_the_verdict_is_the_same_from_both_sides(a: Source, b: Source, from_a: Seen, from_b: Seen) -> None:
    one, two = decide(a, b, from_a, from_b), decide(b, a, from_b, from_a)
    assert one.copy == {"a": "b", "b": "a", None: None}[two.copy]
    assert (one.confidence, one.names_source) == (two.confidence, two.names_source)
    assert sorted(one.reasons(("x", "y"))) == sorted(two.reasons(("y", "x")))
    assert one.evidence("a") == two.evidence("b")


@settings(max_examples=300)
@given(SOURCES, SOURCES, SEENS, SEENS)
def test_the_verdict_is_the_sum_of_the_evidence(a: Source, b: Source, from_a: Seen, from_b: Seen) -> None:
    weights = VERSION_WEIGHTS if same_house(a, b) else WEIGHTS
    found = gather(b, a, from_a, weights), gather(a, b, from_b, weights)
    for_b, for_a = (sum(told.weight for told in side) for side in found)
    expected = "b" if for_b > for_a else "a"
    margin, weaker = abs(for_b - for_a), min(for_a, for_b)
    if margin < DECIDED or (weaker >= STRONG and margin < weaker):
        assert decide(a, b, from_a, from_b).copy is None
    else:
        assert decide(a, b, from_a, from_b).copy == expected
