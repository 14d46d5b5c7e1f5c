"""What is remembered of a scene: told again for the very same things, worked out anew for any others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scenes import Scene, pages
from test_attribute import scenes
from test_boilerplate import notice_in

from dedup.attribute import Resolution, resolve
from dedup.boilerplate import UNRELATED_STORIES
from dedup.facts import Facts, Pair
from dedup.memory import Masks, Remembered
from dedup.model import Match
from dedup.pairs import Memory


def test_an_answer_is_told_again_for_the_very_same_objects_alone() -> None:
    asked: list[str] = []
    remembered, one, equal = Remembered[int](), [1], [1]

    def work(name: str) -> int:
        asked.append(name)
        return len(asked)

    told = [
        remembered(key, (given,), partial(work, f"{key}{given is one}"))
        for key, given in (("a", one), ("a", one), ("b", one), ("a", equal), ("a", equal), ("a", one))
    ]
    assert told == [1, 1, 2, 3, 3, 4]
    assert asked == ["aTrue", "bTrue", "aFalse", "aTrue"]


def test_a_mask_that_is_drawn_again_is_the_one_that_is_held() -> None:
    masks, first = Masks(), np.array([True, False])
    assert masks.same(1, first) is first
    assert masks.same(1, np.array([True, False])) is first
    other = np.array([True, True])
    assert masks.same(1, other) is other
    assert masks.same(2, first) is first
    assert masks.same(1, first) is first


def told(resolution: Resolution) -> tuple[Any, ...]:
    return resolution.links, resolution.stories, resolution.wanted


@settings(max_examples=150)
@given(scenes(), st.randoms(use_true_random=False))
def test_a_scene_told_with_more_matches_is_told_as_if_nothing_were_remembered(made: Scene, random: Any) -> None:
    memory, matches = Memory(), dict[Any, Any]()
    pairs = sorted(made.matches)
    random.shuffle(pairs)
    for pair in pairs:
        matches[pair] = made.matches[pair]
        known = resolve(made.facts, dict(matches), {}, memory)
        assert told(known) == told(resolve(made.facts, dict(matches), {}))


@settings(max_examples=150)
@given(scenes(), scenes(), st.randoms(use_true_random=False))
def test_a_scene_told_with_other_sources_and_matches_is_told_as_if_nothing_were_remembered(
    made: Scene, other: Scene, random: Any
) -> None:
    memory = Memory()
    resolve(made.facts, made.matches, {}, memory)
    for _ in range(3):
        facts = {
            number: replace(fact, source=other.facts[number].source) if random.random() < 0.5 else fact
            for number, fact in made.facts.items()
        }
        sharing = {
            pair: other.matches[pair] if pair in other.matches and random.random() < 0.5 else match
            for pair, match in made.matches.items()
        }
        assert told(resolve(facts, sharing, {}, memory)) == told(resolve(facts, sharing, {}))


def told_step_by_step(facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> list[tuple[Any, ...]]:
    """What is told after each match more, with one memory, which is the same as without any."""
    memory, known = Memory(), dict[Pair, Match]()
    steps = []
    for pair, match in matches.items():
        known[pair] = match
        steps.append(told(resolve(facts, dict(known), {}, memory)))
        assert steps[-1] == told(resolve(facts, dict(known), {}))
    return steps


def test_what_becomes_boilerplate_counts_no_more() -> None:
    facts, matches = notice_in(UNRELATED_STORIES)
    *before, last = told_step_by_step(facts, matches)
    assert before[-1][0]
    assert not last[0]


def test_a_page_that_turns_out_to_be_put_together_is_no_more_what_others_were_cut_from() -> None:
    made = pages("annal", "crier")
    made.page("bugle", body=100)
    made.share("annal", "bugle", (0, 0, 100))
    made.share("annal", "crier", (100, 0, 100))
    made.facts[1] = replace(made.facts[1], body=np.arange(200) < 100, body_words=100)
    first, second = told_step_by_step(made.facts, made.matches)
    (link,) = first[0]
    assert [reason.name for reason in link.evidence] == ["cut_short"]
    assert all(not link.evidence for link in second[0])
