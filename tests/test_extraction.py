"""The measure of extraction: bags of four words, each page's precision and recall."""

from __future__ import annotations

import pytest
from extraction import Score, score, shingles

SCORES: dict[str, tuple[str, str, Score]] = {
    "same": ("a b c d e", "a b c d e", Score(1.0, 1.0)),
    "nothing and nothing": ("", "", Score(1.0, 1.0)),
    "nothing found": ("a b c d", "", Score(0.0, 0.0)),
    "half": ("a b c d e f", "a b c d e", Score(1.0, 2 / 3)),
    "more": ("a b c d", "a b c d e f g", Score(1 / 4, 1.0)),
    "twice": ("a a a a", "a a a a a", Score(1 / 2, 1.0)),
    "points": ("a, b; c d!", "a b c d", Score(1.0, 1.0)),
    "short": ("a b", "a b", Score(1.0, 1.0)),
}


@pytest.mark.parametrize(("right", "found", "told"), SCORES.values(), ids=SCORES.keys())
def test_a_page_is_scored(right: str, found: str, told: Score) -> None:
    assert score(right, found) == pytest.approx(told)


def test_a_short_text_is_one_shingle() -> None:
    assert list(shingles("a b c")) == [("a", "b", "c")]


def test_the_mean_of_nothing_is_nothing() -> None:
    assert [Score(0.0, 0.0).f1, Score(1.0, 0.5).f1] == pytest.approx([0.0, 2 / 3])
