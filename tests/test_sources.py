"""Publishers: which are one house, and how names are compared."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from told_sources import FARM, PAPER, WIRE

from dedup.sources import Source, letters, same_house

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


@settings(max_examples=300)
@given(st.text(st.characters(max_codepoint=127) | st.sampled_from("éßİＡ—½"), max_size=30))
def test_the_letters_of_a_name_are_what_is_left_letter_by_letter(name: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
    assert letters(name) in (bare, bare.removeprefix("the"))
