"""Mentions: whom a text names as its source in so many words. All names are invented."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from dedup.mentions import mentions

BODY = "The council of the harbour town voted on Tuesday to keep the old lighthouse open.\n" * 30
TOLD = {
    "a byline": "By The Lantry Herald",
    "a source line": "Source: Lantry Herald",
    "a copyright": "Copyright 2024 by the Lantry Herald. All rights reserved.",
    "a sign": "© Lantry Herald",
    "first published": "This story was first published by the Lantry Herald.",
    "appeared": "A version of this article originally appeared in the Lantry Herald.",
    "reprinted": "Reprinted with permission from Lantry Herald, May 6.",
    "in German": "Dieser Text ist zuerst erschienen bei Lantry Herald.",
    "in Spanish": "Publicado originalmente en Lantry Herald.",
    "contributed": "The Lantry Herald contributed to this report.",
    "was first": "It was a slow vote. The Lantry Herald was the first to report this.",
}


@pytest.mark.parametrize("line", TOLD.values(), ids=TOLD)
@pytest.mark.parametrize("place", ["head", "tail"])
def test_the_source_is_told_at_head_and_tail(line: str, place: str) -> None:
    text = f"{line}\n{BODY}" if place == "head" else f"{BODY}{line}"
    if (place, line) != ("tail", TOLD["a byline"]):
        assert any(mention.is_of("lantryherald") for mention in mentions(text))
    assert mentions(f"{BODY * 2}\n{line}\n{BODY * 2}") == ()


WORDS = [
    "Copyright", "Copyright ©", "©", "(c)", "(C) 2024 by", "first published by", "originally appeared in",
    "previously posted on", "first printed in", "originally reported by", "first released by", "republished from",
    "reprinted with permission of", "reproduced from", "syndicated by", "adapted from", "excerpted from", "courtesy of",
    "distributed by", "with permission from", "according to a report by", "zuerst veröffentlicht in",
    "ursprünglich erschienen bei", "publicado por primera vez en", "publicada originalmente por",
    "publié initialement dans", "paru d’abord sur", "pubblicato originariamente su", "apparso per la prima volta in",
]  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("cased", [str, str.upper, str.title])
def test_the_words_tell_it_in_whatever_case(words: str, cased: Callable[[str], str]) -> None:
    assert any(mention.is_of("lantryherald") for mention in mentions(f"{BODY}It was {cased(words)} Lantry Herald"))


@pytest.mark.parametrize("words", ["orıgınally publıshed by", "ORİGİNALLY PUBLİSHED BY", "firſt poſted on"])
def test_letters_that_patterns_take_for_plain_ones_are_no_hindrance(words: str) -> None:
    assert [mention.name for mention in mentions(f"It was {words} Lantry Herald.")] == ["lantryherald"]


@pytest.mark.parametrize("words", ["first published", "first appeared", "first posted", "first printed",
                                   "first reported", "first released", "was first to tell", "was the first to publish",
                                   "also contributed to this story", "contributed to this article"])  # fmt: skip
def test_words_behind_a_name_tell_it(words: str) -> None:
    assert [mention.name for mention in mentions(f"{BODY}Lantry Herald {words} of it.")] == ["lantryherald"]


@pytest.mark.parametrize("line", ["The mayor told the Lantry Herald about it.", "The Lantry Herald is a paper.",
                                  "By Tuesday the Lantry Herald had a copy."])  # fmt: skip
def test_prose_that_names_an_outlet_does_not_tell_it_as_the_source(line: str) -> None:
    assert not any(mention.is_of("lantryherald") for mention in mentions(f"{line}\n{BODY}"))


def test_a_name_stands_at_the_cue_and_short_names_prove_nothing() -> None:
    (mention,) = mentions(f"{BODY}Copyright 2024 Lantry Herald Group")
    assert [mention.is_of(name) for name in ("lantryherald", "lantryheraldgroup", "herald", "group", "lant")] == [
        True, True, False, False, False,
    ]  # fmt: skip


def test_the_span_shows_it() -> None:
    text = f"{BODY}The Lantry Herald contributed to this report."
    (mention,) = mentions(text)
    assert text[mention.span.start : mention.span.end] == "The Lantry Herald contributed to this report"


@pytest.mark.parametrize("hostile", ["By A" * 100_000, "© " * 150_000, "A" * 300_000, "first published " * 20_000])
def test_hostile_text_takes_bounded_time(hostile: str) -> None:
    started = time.perf_counter()
    mentions(hostile)
    assert time.perf_counter() - started < 1
