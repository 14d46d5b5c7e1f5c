"""Evidence of who copied whom: when each piece speaks, and when it is silent."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

import pytest
from hypothesis import strategies as st
from told_sources import (
    DAY,
    FARM,
    GLUED,
    LONG_MENTION,
    NAME,
    NEXT_DAY,
    NOON,
    PAPER,
    SHOUTED,
    SYNDICATE,
    TO_HERALD,
    TO_OTHER,
    TO_WIRE,
    WIRE,
    WIRE_PAGE,
    WIRE_URL,
    edit,
    farm,
    paper,
    seen,
    wire,
)  # fmt: skip

from dedup.evidence import (
    Piece,
    asks_not_listed,
    byline_replaced,
    credits_source,
    cut_short,
    dated_later,
    first_seen,
    licensed,
    lost_spaces,
    name_glued,
    names_address,
    outlet_copies,
    own_name,
    source_credits_itself,
    source_is_agency,
)
from dedup.model import Edit, Span
from dedup.seen import Seen
from dedup.sources import Source
from dedup.verdict import OUTLET_WEIGHTS, WEIGHTS

EDITS = st.sampled_from([
    edit("inserted", "", "Daily Quorum"), edit("dropped", "Lantry Herald", ""), edit("respaced", "a b", "ab"),
    edit("respaced", "ab", "a b"), edit("replaced", "six", "Lantry Herald six"),
])  # fmt: skip

POE, MARE = paper(byline="By Ann Poe, Staff Writer"), farm(byline="Ida Mare")


class Case(NamedTuple):
    """``says``: words of the sentence that is expected; ``None`` for silence."""

    piece: Piece
    copy: Source
    source: Source
    says: str | None
    seen: Seen


def case(piece: Piece, copy: Source, source: Source, says: str | None, *edits: Edit, **cut: bool) -> Case:
    return Case(piece, copy, source, says, seen(*edits, **cut))


CASES = {
    "own name inserted": case(own_name, FARM, PAPER, "“Daily Quorum”, was put into the prose once", NAME),
    "own name in a replacement": case(own_name, FARM, PAPER, "once", edit("replaced", "the", "Daily Quorum the")),
    "own name three times": case(own_name, FARM, PAPER, "“Daily Quorum”, was put into the prose 3", NAME, NAME, NAME),
    "own name of an agency": case(own_name, wire(), PAPER, None, edit("inserted", "", "Northgate Wire")),
    "own name over two lines": case(own_name, FARM, PAPER, "“Daily Quorum”", edit("inserted", "", "Daily\nQuorum")),
    "own name was there before": case(own_name, FARM, PAPER, None, edit("replaced", "Quorum said", "the Quorum said")),
    "own name in a whole paragraph": case(own_name, FARM, PAPER, None, edit("inserted", "", LONG_MENTION)),
    "own name where the other's stood": case(own_name, FARM, PAPER, None, edit("replaced", "Lantry Herald", "Quorum")),
    "own name glued": case(name_glued, farm(glues_name=True), PAPER, "glued to the word behind", NAME),
    "own name glued in both": case(name_glued, farm(glues_name=True), PAPER, None),
    "own name not glued": case(name_glued, FARM, PAPER, None, NAME),
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
    "canonical of the source": case(names_address, farm(canonical=WIRE_URL), WIRE_PAGE, "at northgate.example"),
    "canonical at the source's": case(names_address, farm(canonical=SHOUTED), PAPER, "at lantry.example"),
    "canonical at a subdomain": case(names_address, farm(canonical="http://a.lantry.example"), PAPER, "a.lantry"),
    "canonical at a lookalike": case(names_address, farm(canonical="http://notlantry.example/x"), PAPER, None),
    "canonical at home": case(names_address, farm(canonical="https://quorum.example/2"), PAPER, None),
    "canonical at a third outlet": case(names_address, farm(canonical="https://third.example/2"), PAPER, None),
    "canonical that is no address": case(names_address, farm(canonical="/n/1"), PAPER, None),
    "no canonical": case(names_address, FARM, PAPER, None),
    "asks not to be listed": case(asks_not_listed, farm(unlisted=True), PAPER, "asks search engines not to list it"),
    "both ask not to be listed": case(asks_not_listed, farm(unlisted=True), paper(unlisted=True), None),
    "the other asks not to be listed": case(asks_not_listed, FARM, paper(unlisted=True), None),
    "cut": case(cut_short, FARM, PAPER, "40% of the other's story", cut=True),
    "not cut": case(cut_short, FARM, PAPER, None),
    "based on the source": case(names_address, farm(based_on=WIRE_URL), WIRE_PAGE, "taken from a page at northgate"),
    "based on a page of its own": case(names_address, farm(based_on="https://quorum.example/2"), PAPER, None),
    "signed by admin": case(byline_replaced, farm(byline="admin"), POE, "signed “admin”, the other by Ann Poe"),
    "signed by the outlet": case(byline_replaced, farm(byline="Daily Quorum"), POE, "Daily Quorum"),
    "still signed in the text": case(byline_replaced, replace(MARE, signed=("ANN POE",)), POE, "still signed by Ann"),
    "signed by another in the text": case(byline_replaced, replace(MARE, signed=("Bo Lind",)), POE, None),
    "another byline": case(byline_replaced, MARE, POE, None),
    "the same byline": case(byline_replaced, farm(byline="Ann Poe"), POE, None),
    "nobody signs either": case(byline_replaced, farm(byline="admin"), paper(byline="Staff"), None),
    "no byline": case(byline_replaced, FARM, POE, None),
    "licensed from the agency": case(licensed, farm(partner_of=("northgate",)), WIRE, "by licence"),
    "licensed from the outlet": case(licensed, farm(partner_of=("lantryherald",)), PAPER, "by licence"),
    "licensed from another": case(licensed, farm(partner_of=("meridian",)), PAPER, None),
    "licensed both ways": case(licensed, farm(partner_of=("lantryherald",)), paper(partner_of=("quorum",)), None),
    "copies more often": case(outlet_copies, farm(habit=2.5), PAPER, "quorum.example is known to copy"),
    "is copied more often": case(outlet_copies, FARM, paper(habit=-2.5), "lantry.example to be copied"),
    "copies more often, but little here": Case(outlet_copies, farm(habit=2.5), PAPER, None, Seen((), 1.0, False, 0.1)),
    "is copied more often, if little here": Case(
        outlet_copies, FARM, paper(habit=-2.5), "lantry.example to be copied", Seen((), 1.0, False, 0.1)
    ),
    "copies less often": case(outlet_copies, FARM, paper(habit=1.0), None),
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
        assert found.strength > 0


def test_every_piece_both_speaks_and_is_silent_in_the_table() -> None:
    for piece in (*WEIGHTS, *OUTLET_WEIGHTS):
        said = {case.says is None for case in CASES.values() if case.piece is piece}
        assert said == {True, False}, piece.__name__


def test_repeated_marks_of_copying_are_stronger_within_a_limit() -> None:
    said = edit("inserted", "", "told the Daily Quorum")
    names = [own_name(FARM, PAPER, seen(*edits)) for edits in ([NAME], [NAME] * 2, [said], [said, NAME])]
    spaces = [lost_spaces(FARM, PAPER, seen(*[GLUED] * times)) for times in (1, 2, 3, 30)]
    assert [e.strength for e in names if e] == [1.0, 1.5, 0.25, 1.0]
    assert [e.strength for e in spaces if e] == [1.5, 2.0, 2.5, 2.5]


def test_the_characters_that_show_it_are_told() -> None:
    name = Edit("inserted", Span(40, 40), Span(44, 56), "", "Daily Quorum")
    glued = Edit("respaced", Span(4, 12), Span(5, 12), "Ann Dale", "AnnDale")
    credit = Span(0, 21)
    found = (
        own_name(FARM, PAPER, seen(name)),
        lost_spaces(FARM, PAPER, seen(glued)),
        credits_source(farm(credits=TO_WIRE, credit_spans=(credit,)), WIRE, seen()),
        source_credits_itself(FARM, wire(credits=TO_WIRE, credit_spans=(credit,)), seen()),
    )
    assert [(e.copy_spans, e.source_spans) for e in found if e] == [
        ((Span(44, 56),), ()), ((Span(5, 12),), (Span(4, 12),)), ((credit,), ()), ((), (credit,)),
    ]  # fmt: skip


def test_a_credit_from_a_field_has_no_place_in_the_text() -> None:
    found = credits_source(farm(credits=TO_WIRE, credit_spans=(Span(0, 0),)), WIRE, seen())
    assert found is not None
    assert found.copy_spans == ()
