"""Learning: what outlets are known to do, from links told without that knowledge, and the names they glue in."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.learning import MOST, RECURRING, STEP, glued_phrase, habit, own_phrases, tallies
from dedup.model import Kind, Link, Tally

NUMBERS = {"wire": 1, "farm": 2, "mill": 3, "herald": 4}


def link(copy: str, original: str | None, kind: Kind = "full", direction: str = "decided") -> Link:
    return Link(copy, original, kind, 1.0, 1.0, 100, 1.0, 0.9, (), original or copy, direction=direction)  # type: ignore[arg-type]


TALLIES = {
    "a copy and its source": ([link("farm", "wire")], [Tally(1, False, True, False), Tally(2, True, False, False)]),
    "a copy of an absent original": ([link("farm", None)], [Tally(2, True, False, False)]),
    "nobody can tell": (
        [link("farm", "mill", direction="unknown")],
        [Tally(2, False, False, True), Tally(3, False, False, True)],
    ),
    "an undecided excerpt": (
        [link("farm", "mill", "excerpt", "unknown")],
        [Tally(2, False, False, True), Tally(3, False, False, True)],
    ),
    "an excerpt tells of no copying": ([link("farm", "wire", "excerpt")], []),
    "a teaser": ([link("farm", "wire", "teaser")], []),
    "one house's versions": ([link("farm", "wire", "version")], []),
    "copied often, counted once": (
        [link("farm", "wire"), link("mill", "wire")],
        [Tally(1, False, True, False), Tally(2, True, False, False), Tally(3, True, False, False)],
    ),
    "a link of a chain": (
        [link("herald", "wire"), link("farm", "herald")],
        [Tally(1, False, True, False), Tally(2, True, False, False), Tally(4, True, True, False)],
    ),
    "no links": ([], []),
}


@pytest.mark.parametrize(("links", "expected"), TALLIES.values(), ids=TALLIES)
def test_what_links_tell_of_each_document(links: list[Link], expected: list[Tally]) -> None:
    assert tallies(NUMBERS, links, {}) == expected


def test_phrases_are_told_of_documents_without_links_too() -> None:
    assert tallies(NUMBERS, [], {3: {"millnews", "ardmill"}}) == [
        Tally(3, False, False, False, ("ardmill", "millnews"))
    ]


@pytest.mark.parametrize(
    ("copies", "copied", "expected"),
    [(0, 0, 0.0), (1, 0, 0.5), (0, 1, -0.5), (4, 0, 1.5), (9, 0, 2.5), (10, 10, 0.0), (49, 1, 3.0), (9999, 0, 4.0)],
)
def test_the_habit_of_an_outlet(copies: int, copied: int, expected: float) -> None:
    assert habit(copies, copied) == expected


@given(st.integers(0, 10_000), st.integers(0, 10_000))
def test_a_habit_is_near_the_smoothed_log_odds_and_turns_with_its_sides(copies: int, copied: int) -> None:
    told, odds = habit(copies, copied), math.log((copies + 1) / (copied + 1))
    assert abs(told - max(-MOST, min(MOST, odds))) <= STEP / 2 + 1e-9
    assert told == -habit(copied, copies)


def test_a_phrase_is_an_outlets_name_if_it_recurs_there_and_nowhere_else() -> None:
    shown = [
        ("farm.example", "phaninc", RECURRING), ("farm.example", "halverton", RECURRING),
        ("mill.example", "halverton", 1), ("mill.example", "ardmill", RECURRING - 1),
    ]  # fmt: skip
    assert own_phrases(shown) == {"farm.example": ("phaninc",)}
    assert own_phrases([]) == {}


PHRASES = {
    "glued to the word behind": ("The Phaninc Exchangelaunch on", "Phaninc Exchange", "phanincexchange"),
    "a word apart": ("The Phaninc Exchange launch on", "Phaninc Exchange", None),
    "glued on both sides": ("thePhaninc Exchangelaunch", "Phaninc Exchange", None),
    "no name": ("the phaninc exchangelaunch", "phaninc exchange", None),
    "too short": ("The Ardlaunch", "Ard", None),
    "ends with a mark": ("The Phaninc, launch", "Phaninc,", None),
}


@pytest.mark.parametrize(("text", "phrase", "bare"), PHRASES.values(), ids=PHRASES)
def test_a_glued_phrase(text: str, phrase: str, bare: str | None) -> None:
    start = text.index(phrase)
    assert glued_phrase(text, start, start + len(phrase)) == bare
