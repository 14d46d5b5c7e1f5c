"""Explaining a pair: each step says what it found, and the first that stopped the pair says so."""

from __future__ import annotations

from pathlib import Path
from random import Random

import made
import pytest

from dedup.index import Index, Step, explain_pair
from dedup.model import DedupError, Document, Settings

RANDOM = Random("explaining")
GOAT, LAMP = made.story(RANDOM), made.story(RANDOM)
WIRE = made.page("wire/goat", GOAT, crawled="2024-01-01")
MIRROR = made.page("heath/goat", made.named(RANDOM, GOAT, "Heath"))
LONE = made.page("marrow/lamp", LAMP)


def steps(a: Document, b: Document) -> dict[str, Step]:
    return {step.name: step for step in explain_pair(a, b, Settings())}


def failed(told: dict[str, Step]) -> list[str]:
    return [name for name, step in told.items() if not step.passed]


def test_a_copy_passes_every_step() -> None:
    told = steps(WIRE, MIRROR)
    assert list(told) == ["keys", "shingles", "passages", "what counts", "rule"]
    assert failed(told) == []
    assert told["rule"].told == "copy (of two houses): a copy has 30% of a story or more"


def test_pages_that_share_nothing_fall_at_every_sieve() -> None:
    told = steps(WIRE, LONE)
    assert failed(told) == ["keys", "shingles", "passages"]
    assert told["passages"].told == "the texts share no passage"


def test_a_text_too_short_says_so() -> None:
    (step,) = explain_pair(WIRE, Document("scrap", "A goat."), Settings())
    assert (step.name, step.passed) == ("words", False)
    assert "too short" in step.told


def test_what_two_of_one_house_share_is_too_little() -> None:
    told = steps(WIRE, made.page("wire/lamp", (*GOAT[:2], *LAMP, *made.story(RANDOM))))
    assert failed(told) == ["rule"]
    assert "pages of one house are versions from 50%" in told["rule"].told


def test_what_stands_in_furniture_is_told_apart() -> None:
    teaser = " ".join(" ".join(GOAT).split()[:30])
    told = steps(WIRE, made.page("heath/lamp", (*LAMP, "Recommended", f"{teaser}…")))
    assert "31 words are furniture" in told["what counts"].told
    assert "outside one page's own story" in told["rule"].told


@pytest.fixture
def index(tmp_path: Path) -> Index:
    with Index(tmp_path / "d.db", workers=1) as opened:
        opened.add([WIRE, MIRROR, LONE])
    return Index(tmp_path / "d.db", read_only=True)


def test_a_store_tells_who_posts_the_keys_and_what_became_of_the_pair(index: Index) -> None:
    with index:
        told = {step.name: step for step in index.explain(WIRE.id, MIRROR.id)}
        assert "of the two posts some of them" in told["keys"].told
        assert told["link"].told.startswith("heath/goat is told as full of wire/goat")
        apart = {step.name: step for step in index.explain(WIRE.id, LONE.id)}
        assert not apart["link"].passed
        assert apart["link"].told.startswith("none between the two")


def test_a_page_that_is_not_stored_is_explained_without_the_store(index: Index) -> None:
    with index:
        assert [step.name for step in index.explain(WIRE.id, LONE)] == ["keys", "shingles", "passages"]


def test_a_page_and_itself_are_not_explained() -> None:
    with pytest.raises(DedupError, match=f"^{WIRE.id}: is one page"):
        explain_pair(WIRE, WIRE, Settings())
