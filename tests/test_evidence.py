"""Who copied whom: when each piece of evidence speaks, and how they are weighed against each other."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.evidence import (
    DECIDED,
    PIECES,
    STRONG,
    Piece,
    Seen,
    Source,
    canonical_elsewhere,
    credits_source,
    cut_short,
    dated_later,
    decide,
    first_seen,
    gather,
    letters,
    lost_spaces,
    only_source_credited,
    own_name,
    same_house,
    source_credits_itself,
    source_is_agency,
    turned,
)
from dedup.model import Edit, EditKind, Span


def edit(kind: EditKind, was: str, now: str) -> Edit:
    return Edit(kind, Span(0, len(was)), Span(0, len(now)), was, now)


def seen(*edits: Edit, cut: bool = False) -> Seen:
    return Seen(edits, 0.4 if cut else 1.0, cut)


FARM = Source(names=("dailyquorum", "quorum"), outlet="quorum.example", url="https://quorum.example/1")
PAPER = Source(names=("lantryherald",), outlet="lantry.example", url="https://lantry.example/n/1")
WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)
WIRE_URL, SHOUTED = "https://northgate.example/story/9", "HTTPS://www.Lantry.example:443/x"
WIRE_PAGE = replace(WIRE, url=WIRE_URL)
SYNDICATE = replace(WIRE, is_agency=False)
TO_WIRE = (("northgate", "Northgate Wire"),)
TO_HERALD = ((None, "The Lantry Herald"),)
TO_OTHER = (("meridian", "Meridian Press"),)
NAME, GLUED = edit("inserted", "", "Daily Quorum"), edit("respaced", "Ann Dale", "AnnDale")
DAY, NOON, NEXT_DAY = "2024-05-06", "2024-05-06T12:00", "2024-05-07"
NAME_PUT_IN = seen(NAME)
LONG_MENTION = "Daily Quorum has reported on the harbor since it was first dug out of the marsh"


def farm(**known: Any) -> Source:
    return replace(FARM, **known)


def paper(**known: Any) -> Source:
    return replace(PAPER, **known)


def wire(**known: Any) -> Source:
    return replace(WIRE, **known)


class Case(NamedTuple):
    """``says``: words of the sentence that is expected; ``None`` for silence."""

    piece: Piece
    copy: Source
    source: Source
    says: str | None
    seen: Seen


def case(piece: Piece, copy: Source, source: Source, says: str | None, *edits: Edit, cut: bool = False) -> Case:
    return Case(piece, copy, source, says, seen(*edits, cut=cut))


CASES = {
    "own name inserted": case(own_name, FARM, PAPER, "“Daily Quorum”, was put into the prose once", NAME),
    "own name in a replacement": case(own_name, FARM, PAPER, "once", edit("replaced", "the", "Daily Quorum the")),
    "own name three times": case(own_name, FARM, PAPER, "“Daily Quorum”, was put into the prose 3", NAME, NAME, NAME),
    "own name of an agency": case(own_name, wire(), PAPER, None, edit("inserted", "", "Northgate Wire")),
    "own name over two lines": case(own_name, FARM, PAPER, "“Daily Quorum”", edit("inserted", "", "Daily\nQuorum")),
    "own name was there before": case(own_name, FARM, PAPER, None, edit("replaced", "Quorum said", "the Quorum said")),
    "own name in a whole paragraph": case(own_name, FARM, PAPER, None, edit("inserted", "", LONG_MENTION)),
    "own name dropped": case(own_name, FARM, PAPER, None, edit("dropped", "Daily Quorum", "")),
    "own name only respaced": case(own_name, FARM, PAPER, None, edit("respaced", "Daily Quorum", "DailyQuorum")),
    "another's name inserted": case(own_name, FARM, PAPER, None, edit("inserted", "", "Lantry Herald")),
    "a space lost": case(lost_spaces, FARM, PAPER, "1 space is lost", GLUED),
    "two spaces lost": case(lost_spaces, FARM, PAPER, "2 spaces are lost", GLUED, GLUED),
    "a space gained": case(lost_spaces, FARM, PAPER, None, edit("respaced", "AnnDale", "Ann Dale")),
    "a word dropped": case(lost_spaces, FARM, PAPER, None, edit("dropped", "Ann Dale", "Ann")),
    "own name of three letters": case(own_name, farm(names=("now",)), PAPER, None, edit("inserted", "", "Now")),
    "outlet without a name": case(own_name, Source(), PAPER, None, NAME),
    "credits the source's agency": case(credits_source, farm(credits=TO_WIRE), WIRE, "credits Northgate Wire"),
    "credits the source by name": case(credits_source, farm(credits=TO_HERALD), PAPER, "Herald, which published"),
    "second credit names the source": case(credits_source, farm(credits=TO_OTHER + TO_WIRE), WIRE, "Northgate Wire"),
    "credits somebody else": case(credits_source, farm(credits=TO_OTHER), WIRE, None),
    "agency credits itself as the copy": case(credits_source, wire(credits=TO_WIRE), WIRE, None),
    "credits its own name": case(credits_source, paper(credits=TO_HERALD), paper(outlet="other.example"), None),
    "source signs by agency": case(source_credits_itself, FARM, wire(names=(), credits=TO_WIRE), "by Northgate Wire"),
    "source signs by name": case(source_credits_itself, FARM, paper(credits=TO_HERALD), "own outlet"),
    "source credits another": case(source_credits_itself, FARM, paper(credits=TO_WIRE), None),
    "both are of the signing agency": case(source_credits_itself, SYNDICATE, wire(credits=TO_WIRE), None),
    "source is an agency": case(source_is_agency, FARM, WIRE, "a news agency, northgate.example"),
    "source is an agency that signs": case(source_is_agency, FARM, wire(credits=TO_WIRE), "agency"),
    "agency's page credits another": case(source_is_agency, FARM, wire(credits=TO_OTHER), None),
    "both are agencies": case(source_is_agency, WIRE, wire(agency="meridian"), None),
    "source only syndicates": case(source_is_agency, FARM, SYNDICATE, None),
    "canonical of the source": case(canonical_elsewhere, farm(canonical=WIRE_URL), WIRE_PAGE, "at northgate.example"),
    "canonical at the source's": case(canonical_elsewhere, farm(canonical=SHOUTED), PAPER, "at lantry.example"),
    "canonical at a subdomain": case(canonical_elsewhere, farm(canonical="http://a.lantry.example"), PAPER, "a.lantry"),
    "canonical at a lookalike": case(canonical_elsewhere, farm(canonical="http://notlantry.example/x"), PAPER, None),
    "canonical at home": case(canonical_elsewhere, farm(canonical="https://quorum.example/2"), PAPER, None),
    "canonical at a third outlet": case(canonical_elsewhere, farm(canonical="https://third.example/2"), PAPER, None),
    "canonical that is no address": case(canonical_elsewhere, farm(canonical="/n/1"), PAPER, None),
    "no canonical": case(canonical_elsewhere, FARM, PAPER, None),
    "credit taken out": case(only_source_credited, FARM, paper(credits=TO_WIRE), "credits nobody"),
    "both credit": case(only_source_credited, farm(credits=TO_WIRE), paper(credits=TO_WIRE), None),
    "neither credits": case(only_source_credited, FARM, PAPER, None),
    "an agency need not credit": case(only_source_credited, WIRE, paper(credits=TO_WIRE), None),
    "cut": case(cut_short, FARM, PAPER, "40% of the other's story", cut=True),
    "not cut": case(cut_short, FARM, PAPER, None),
    "first seen a day later": case(first_seen, farm(crawled=NEXT_DAY), paper(crawled=f"{DAY}T23:59"), NEXT_DAY),
    "first seen the same day": case(first_seen, farm(crawled=NOON), paper(crawled=f"{DAY}T08:00"), None),
    "first seen earlier": case(first_seen, farm(crawled="2024-05-05"), paper(crawled=DAY), None),
    "only one was seen": case(first_seen, farm(crawled="2024-05-05"), PAPER, None),
    "dated a minute later": case(dated_later, farm(published=NOON), paper(published=f"{DAY}T11:59"), f"later ({NOON}"),
    "dated by day and by minute": case(dated_later, farm(published=NOON), paper(published=DAY), None),
    "dated by second and by minute": case(dated_later, farm(published=f"{NOON}:40"), paper(published=NOON), None),
    "both have a zone": case(dated_later, farm(published=f"{NOON}:40+00:00"), paper(published=f"{NOON}+00:00"), None),
    "one has a zone": case(dated_later, farm(published=f"{NOON}:01+00:00"), paper(published=f"{DAY}T11:00:00"), None),
    "dated earlier": case(dated_later, farm(published="2024-05-05"), paper(published=DAY), None),
    "only one is dated": case(dated_later, farm(published="2024-05-05"), PAPER, None),
}


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_piece_of_evidence_speaks_or_is_silent(case: Case) -> None:
    found = case.piece(case.copy, case.source, case.seen)
    assert (found is None) == (case.says is None)
    if found is not None and case.says is not None:
        assert case.says in found.sentence
        assert found.weight > 0


def test_every_piece_both_speaks_and_is_silent_in_the_table() -> None:
    for piece in PIECES:
        said = {case.says is None for case in CASES.values() if case.piece is piece}
        assert said == {True, False}, piece.__name__


def test_repeated_marks_of_copying_weigh_more_within_a_limit() -> None:
    names = [own_name(FARM, PAPER, seen(*[NAME] * times)) for times in (1, 2)]
    spaces = [lost_spaces(FARM, PAPER, seen(*[GLUED] * times)) for times in (1, 2, 3, 30)]
    assert [e.weight for e in names if e] == [4.0, 5.0]
    assert [e.weight for e in spaces if e] == [1.5, 2.0, 2.5, 2.5]


def test_the_outlet_that_put_in_its_name_is_the_copy_although_it_is_dated_earlier() -> None:
    verdict = decide(paper(published=DAY), farm(published="2024-01-01"), NAME_PUT_IN, seen(), ("paper", "farm"))
    assert verdict.copy == "b"
    assert verdict.reasons == ("its own name, “Daily Quorum”, was put into the prose once",)
    assert verdict.confidence > 0.9


def test_strong_evidence_on_both_sides_is_a_conflict_told_from_both() -> None:
    copying = paper(canonical="https://quorum.example/1", credits=((None, "Daily Quorum"),))
    verdict = decide(copying, FARM, NAME_PUT_IN, seen(), ("paper", "farm"))
    assert verdict.copy is None
    assert verdict.confidence <= 0.5
    assert {reason.split(":")[0] for reason in verdict.reasons} == {"for paper as the copy", "for farm as the copy"}
    assert not verdict.names_source


def test_the_dates_that_pages_claim_decide_nothing_between_outlets() -> None:
    verdict = decide(paper(published="1999-01-01"), farm(published=DAY), seen(), seen(), ("paper", "farm"))
    assert verdict.copy is None
    assert verdict.reasons == ("for farm as the copy: it is dated later (2024-05-06, the other 1999-01-01)",)


def test_dates_decide_inside_one_house_and_nothing_else_does() -> None:
    early = wire(published="2024-05-06T08:00", credits=TO_WIRE, canonical="https://northgate.example/2")
    late = wire(published=NOON, outlet="Northgate Wire", url="https://northgate.example/2")
    verdict = decide(late, early, seen(cut=True), seen(edit("respaced", "a b", "ab")), ("late", "early"))
    assert verdict.copy == "a"
    assert verdict.reasons == ("it is dated later (2024-05-06T12:00, the other 2024-05-06T08:00)",)


def test_silence_is_an_answer() -> None:
    verdict = decide(Source(), Source(), seen(), seen(), ("a", "b"))
    assert (verdict.copy, verdict.reasons) == (None, ("nothing tells which came first",))


def test_the_weightiest_reason_is_told_first() -> None:
    copy, source = farm(published=NEXT_DAY, credits=TO_WIRE), wire(published=DAY)
    reasons = decide(source, copy, NAME_PUT_IN, seen(), ("wire", "farm")).reasons
    assert [reason.split(",")[0] for reason in reasons] == [
        "its own name", "it credits Northgate Wire", "the other was published by a news agency",
        "it is dated later (2024-05-07",
    ]  # fmt: skip


def test_a_verdict_says_whether_anything_names_the_source() -> None:
    assert not decide(PAPER, FARM, NAME_PUT_IN, seen(), ("p", "f")).names_source
    assert decide(WIRE, FARM, NAME_PUT_IN, seen(), ("w", "f")).names_source


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


@settings(deadline=None, max_examples=300)
@given(SOURCES, SOURCES, SEENS, SEENS)
def test_the_verdict_is_the_same_from_both_sides(a: Source, b: Source, from_a: Seen, from_b: Seen) -> None:
    one, two = decide(a, b, from_a, from_b, ("x", "y")), decide(b, a, from_b, from_a, ("y", "x"))
    assert one.copy == {"a": "b", "b": "a", None: None}[two.copy]
    assert (one.confidence, one.names_source) == (two.confidence, two.names_source)
    assert sorted(one.reasons) == sorted(two.reasons)


@settings(deadline=None, max_examples=300)
@given(SOURCES, SOURCES, SEENS, SEENS)
def test_the_verdict_is_the_sum_of_the_evidence(a: Source, b: Source, from_a: Seen, from_b: Seen) -> None:
    for_b, for_a = (sum(e.weight for e in found) for found in (gather(b, a, from_a), gather(a, b, from_b)))
    expected = "b" if for_b > for_a else "a"
    if abs(for_b - for_a) < DECIDED or min(for_a, for_b) >= STRONG:
        assert decide(a, b, from_a, from_b, ("x", "y")).copy is None
    else:
        assert decide(a, b, from_a, from_b, ("x", "y")).copy == expected


@settings(deadline=None, max_examples=100)
@given(st.lists(EDITS, max_size=4).map(tuple))
def test_edits_turned_twice_are_as_they_were(edits: tuple[Edit, ...]) -> None:
    once = turned(edits)
    assert turned(once) == tuple((e.kind, e.a_text, e.b_text) for e in edits)
    assert [(e.a_text, e.b_text) for e in once] == [(e.b_text, e.a_text) for e in edits]
    assert all((e.kind == "inserted") == (f.kind == "dropped") for e, f in zip(edits, once, strict=True))


HOUSES = {
    "one agency under two outlets": (WIRE, replace(WIRE, outlet="other.example"), True),
    "one outlet in two spellings": (Source(outlet="The Herald"), Source(outlet="the herald"), True),
    "two outlets": (FARM, PAPER, False),
    "unknown outlets": (Source(), Source(), False),
    "an unknown outlet": (FARM, Source(), False),
}


@pytest.mark.parametrize(("a", "b", "same"), HOUSES.values(), ids=HOUSES)
def test_one_house_is_one_agency_or_one_outlet(a: Source, b: Source, same: bool) -> None:
    assert same_house(a, b) is same
    assert same_house(b, a) is same


LETTERS = {
    "spaces and case go": ("Daily Quorum", "dailyquorum"),
    "a leading article goes": ("The Lantry Herald", "lantryherald"),
    "a short name keeps its article": ("The Sun", "thesun"),
    "width and accents are kept apart": ("Ｃafé 24", "café24"),
    "marks alone are nothing": ("—", ""),
}


@pytest.mark.parametrize(("name", "bare"), LETTERS.values(), ids=LETTERS)
def test_names_are_compared_by_their_letters(name: str, bare: str) -> None:
    assert letters(name) == bare


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("éßİＡ—½"), max_size=30))
def test_the_letters_of_a_name_are_what_is_left_letter_by_letter(name: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
    assert letters(name) in (bare, bare.removeprefix("the"))
