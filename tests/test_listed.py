"""What is looked at first, for speed, lets everything through that the list of agencies knows."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest

from dedup.credits.listed import MARKED, either, known

LIST = json.loads(files("dedup").joinpath("data/agencies.json").read_text(encoding="utf-8"))
NAMES = [
    name for listed in LIST["agencies"] for name in (listed["name"], *listed["credit"], *listed["dateline_tokens"])
]
KNOWN = [name for name in NAMES if known().exactly(name, 2)]
HAS = [
    (how, has)
    for listed in LIST["agencies"]
    for how, marks in listed["extra"].items()
    for has in marks
]  # fmt: skip


@pytest.mark.parametrize("before", ["", "voted by ", "the council of a "])
def test_a_name_may_end_where_it_ends(before: str) -> None:
    assert len(KNOWN) > 1000
    for name in KNOWN:
        for spelled in (name, name.upper(), " ".join(name), f"{name[0]} {name[1:]}", f"{name} . .", f"{name} '"):
            if known().exactly(spelled, 2):
                assert known().may_end(f"{before}{spelled}".split()), spelled


@pytest.mark.parametrize("prose", ["The council of the harbour town voted on", "to keep the old lighthouse", "It is a"])
def test_prose_ends_with_no_name(prose: str) -> None:
    assert not known().may_end(prose.split())


@pytest.mark.parametrize("around", ["{}", "The council met.\n{} It voted", "Ma{}ze", "“{}” — é"])
def test_a_mark_is_tried_where_a_text_has_what_it_needs(around: str) -> None:
    assert len(HAS) > 100
    for how, has in HAS:
        for hows in MARKED:
            if how in hows:
                patterns = {mark.pattern.pattern for mark in known().marks_in(around.format(has), hows)}
                agencies = [listed for listed in LIST["agencies"] if has in listed["extra"].get(how, {})]
                assert patterns >= {listed["extra"][how][has] for listed in agencies}, has


def test_no_mark_is_tried_in_prose_or_in_half_a_character() -> None:
    for hows in MARKED:
        assert list(known().marks_in("The council of the harbour town voted on Tuesday.", hows)) == []
        assert list(known().marks_in("The council \ud800 voted.", hows)) == []


def test_either_takes_the_longest_of_the_words() -> None:
    words = ["with", "with files from", "via", "c/", "a.b", "з"]
    pattern = re.compile(either(words), re.IGNORECASE)
    assert all(pattern.fullmatch(word) for word in words)
    assert [found[0] for found in pattern.finditer("With\tfiles from it, a-b, C/ via")] == [
        "With\tfiles from",
        "C/",
        "via",
    ]
