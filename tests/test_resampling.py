"""Measures and their intervals against hand-counted cases, an independent library and drawing documents by hand."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import adjusted_rand_score

from dedup.resampling import clusters, harmonic, median, ratio

CLUSTERED = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30)


def floats(*values: float) -> np.ndarray:
    return np.array(values, dtype=np.float64)


def ints(values: list[int]) -> np.ndarray:
    return np.array(values, dtype=np.int64)


def bcubed(truth: list[int], told: list[int]) -> tuple[float, float]:
    """For each document, the part of those told to be with it that are, and of those that are with it that are told."""
    precise = recalled = 0.0
    for true, one in zip(truth, told, strict=True):
        both = sum((true, one) == pair for pair in zip(truth, told, strict=True))
        precise += both / told.count(one)
        recalled += both / truth.count(true)
    return precise / len(truth), recalled / len(truth)


def test_a_ratio_is_of_sums_and_lies_in_its_interval() -> None:
    measured = ratio(floats(1, 0, 3), floats(2, 1, 3))
    assert measured.value == pytest.approx(4 / 6)
    assert (measured.right, measured.of) == (4, 6)
    assert measured.low is not None
    assert measured.high is not None
    assert 0 <= measured.low < 4 / 6 < measured.high <= 1


def test_a_story_without_anything_to_count_changes_no_ratio() -> None:
    one, two = ratio(floats(1, 3), floats(2, 4)), ratio(floats(1, 3, 0), floats(2, 4, 0))
    assert one.value == two.value


@pytest.mark.parametrize("of", [floats(), floats(0, 0)])
def test_nothing_to_count_has_no_measure(of: np.ndarray) -> None:
    assert ratio(of, of).value is None
    assert harmonic((of, of), (of, of)).value is None
    assert median(floats(), ints([]), 0).value is None
    assert all(one.value is None for one in clusters(ints([]), ints([])).values())


def test_all_stories_alike_leave_no_doubt_and_few_leave_much() -> None:
    sure = ratio(np.ones(50), np.ones(50))
    assert (sure.low, sure.value, sure.high) == (1.0, 1.0, 1.0)
    few, many = (ratio(np.tile(floats(1, 0), size), np.ones(2 * size)) for size in (5, 500))
    assert few.low is not None
    assert many.low is not None
    assert few.low < 0.3 < 0.4 < many.low


def test_stories_are_drawn_not_pairs() -> None:
    """Ten pairs of one story are right or wrong together: the interval is that of 20 stories, not of 200 pairs."""
    right, of = np.tile(floats(10, 0), 10), np.full(20, 10.0)
    measured = ratio(right, of)
    assert measured.low is not None
    assert measured.high is not None
    binomial = 1.96 * math.sqrt(0.25 / 20)
    assert (measured.high - measured.low) / 2 == pytest.approx(binomial, rel=0.15)


def test_the_harmonic_mean_of_two_ratios() -> None:
    measured = harmonic((floats(1, 2), floats(2, 2)), (floats(1, 2), floats(4, 2)))
    assert measured.value == pytest.approx(2 * 0.75 * 0.5 / 1.25)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=15))
def test_a_median_is_numpys_and_lies_in_its_interval(values: list[float]) -> None:
    measured = median(floats(*values), ints(list(range(len(values)))), len(values))
    assert measured.value == pytest.approx(float(np.median(values)))
    assert measured.low is not None
    assert measured.high is not None
    assert min(values) <= measured.low <= measured.high <= max(values)


def test_a_median_of_stories_drawn_again_is_that_of_their_values() -> None:
    """Of two stories, one of three low values, a quarter of the draws has the high one twice."""
    measured = median(floats(0, 0, 0, 1), ints([0, 0, 0, 1]), 2)
    assert (measured.value, measured.low, measured.high) == (0, 0, 1)


@given(CLUSTERED)
def test_agreement_of_clusters_is_that_of_slow_counting_and_of_another_library(pairs: list[tuple[int, int]]) -> None:
    truth, told = [a for a, _ in pairs], [b for _, b in pairs]
    measured = {name: one.value for name, one in clusters(ints(truth), ints(told)).items()}
    precision, recall = bcubed(truth, told)
    assert measured["b-cubed precision"] == pytest.approx(precision)
    assert measured["b-cubed recall"] == pytest.approx(recall)
    assert measured["b-cubed f1"] == pytest.approx(2 * precision * recall / (precision + recall))
    assert measured["adjusted rand index"] == pytest.approx(adjusted_rand_score(truth, told))


@given(CLUSTERED)
def test_names_of_clusters_do_not_matter(pairs: list[tuple[int, int]]) -> None:
    truth, told = ints([a for a, _ in pairs]), ints([b for _, b in pairs])
    again = clusters(5 - truth, 7 * told)
    for name, one in clusters(truth, told).items():
        assert again[name].value == pytest.approx(one.value)


def test_clusters_that_agree_leave_no_doubt() -> None:
    told = clusters(ints([0, 0, 1, 2, 2, 2]), ints([4, 4, 0, 1, 1, 1]))
    assert Counter((one.low, one.value, one.high) for one in told.values()) == {(1.0, 1.0, 1.0): 4}


def test_a_wrong_merge_is_seen_when_stories_are_drawn_again() -> None:
    truth = ints([number for number in range(20) for _ in range(2)])
    told = clusters(truth, truth // 2)
    precision = told["b-cubed precision"]
    assert precision.value == pytest.approx(0.5)
    assert precision.low is not None
    assert precision.high is not None
    assert 0.5 <= precision.low <= precision.high < 1
