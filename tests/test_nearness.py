"""Near are the texts that a slow look at their sets of runs finds near, and none of them is copied."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mirrored import STORIES
from mirrors import PLAIN, make
from nearness import NEAR, SHINGLE, STOCK, near_texts


def slowly(texts: list[str]) -> list[set[int]]:
    runs = [set(zip(*(text.split()[k:] for k in range(SHINGLE)), strict=False)) for text in texts]
    return [
        {b for b, its in enumerate(runs) if a != b and len(own & its) >= max(1, NEAR * min(len(own), len(its)))}
        for a, own in enumerate(runs)
    ]


@given(st.integers(0, 10_000))
@settings(max_examples=100)
def test_near_is_what_a_slow_look_at_the_runs_finds(seed: int) -> None:
    random = Random(seed)
    pieces = [" ".join(random.choices("abcdefgh", k=random.randint(0, 12))) for _ in range(6)]
    texts = [" ".join(random.choices(pieces, k=random.randint(0, 4))) for _ in range(random.randint(0, 9))]
    assert near_texts(texts) == slowly(texts)


@pytest.mark.parametrize("count", [STOCK, STOCK + 1])
def test_what_stands_in_more_texts_than_that_is_stock(count: int) -> None:
    texts = ["five words and no more"] * count
    assert near_texts(texts) == (slowly(texts) if count <= STOCK else [set()] * count)


def test_stories_that_share_a_seventh_of_their_runs_are_not_copied() -> None:
    twin = replace(STORIES[1], id="wire/twin", text=STORIES[1].text + " " + made.sentence(Random(5)))
    near = near_texts([story.text for story in (*STORIES, twin)])
    assert near[1] == {len(STORIES)}
    assert near[len(STORIES)] == {1}
    assert not any(near[2 : len(STORIES)])
    result = make([*STORIES, twin], 25, 1, replace(PLAIN, teasers=10))
    assert not {twin.id, STORIES[1].id} & {row.original for row in result.truth}


def test_no_text_is_near_nothing() -> None:
    assert near_texts([]) == []
    assert near_texts(["", "one two", "one two"]) == [set(), set(), set()]
