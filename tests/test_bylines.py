"""Bylines: the author they name, whether that is anybody, and the lines of a text that sign it."""

from __future__ import annotations

import time

import pytest

from dedup.bylines import NOBODY, author_of, signatures
from dedup.sources import letters

AUTHORS = {
    "a name": ("Ann Poe", "Ann Poe"),
    "by": ("By Ann Poe", "Ann Poe"),
    "in German": ("Von Anna Poe", "Anna Poe"),
    "an agency's writer": ("By ANN POE Associated Press Writer", "ANN POE"),
    "a role behind a comma": ("Ann Poe, Staff Writer", "Ann Poe"),
    "two authors": ("By Ann Poe and Bo Lind", "Ann Poe"),
    "an agency behind a dash": ("Ann Poe - AFP", "Ann Poe"),
    "a name with a hyphen": ("Ann Poe-Lind", "Ann Poe-Lind"),
    "an agency alone": ("By The Associated Press", "The Associated Press"),
    "nothing": ("", ""),
    "no field": (None, ""),
}


@pytest.mark.parametrize(("byline", "author"), AUTHORS.values(), ids=AUTHORS)
def test_the_author_of_a_byline(byline: str | None, author: str) -> None:
    assert author_of(byline) == author


@pytest.mark.parametrize("byline", ["admin", "By Admin", "Staff Writer", "Editorial Team", "Web Desk", "Redacción"])
def test_bylines_that_name_nobody(byline: str) -> None:
    assert letters(author_of(byline)) in NOBODY


def test_a_text_is_signed_at_its_top_by_lines_of_their_own() -> None:
    text = "Vote on lighthouse\nBy Ann Poe, Staff Writer\n\nBy Tuesday the council had voted.\n" + "word " * 400
    assert signatures(text + "\nBy Bo Lind\n")[0] == "Ann Poe"
    assert "Bo Lind" not in signatures(text + "\nBy Bo Lind\n")
    assert signatures("The council voted by Ann Poe.") == ()


@pytest.mark.parametrize("hostile", ["By A" * 100_000, "By " + " " * 300_000, "By A\n" * 100_000, "by by by " * 50_000])
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    started = time.perf_counter()
    author_of(hostile)
    signatures(hostile)
    assert time.perf_counter() - started < 1
