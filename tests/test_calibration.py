"""Fitting and calibration: weights are found again, and what is not calibrated shows."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from xml.etree import ElementTree

import numpy as np
import pytest
from calibration import Bin, Told, bins, diagram, ece
from fitting import LESS, MOST, PIECES, Example, fit, strengths

from dedup.model import Link, Reason

LINK = Link("copy", "source", "full", 1.0, 1.0, 100, 1.0, 0.9, (), "source")


def examples(weights: dict[str, float], count: int) -> list[Example]:
    """Links whose evidence tells as often as these weights say."""
    random, made = Random(5), []
    for _ in range(count):
        x = np.array([random.choice((-1.0, 0.0, 0.0, 1.0)) if name in weights else 0.0 for name in PIECES])
        odds = sum(weights.get(name, 0.0) * value for name, value in zip(PIECES, x, strict=True))
        made.append(Example(x, random.random() < 1 / (1 + np.exp(-odds)), LINK))
    return made


def test_the_weights_that_made_links_are_found_again() -> None:
    true = {"own_name": 2.0, "lost_spaces": 1.0, "first_seen": 0.0}
    found = dict(zip(PIECES, fit(examples(true, 4000)), strict=True))
    assert [found[name] for name in true] == pytest.approx([*true.values()], abs=0.25)


@pytest.mark.parametrize(
    ("name", "true", "least", "most"),
    [("credits_source", 50.0, 3.0, MOST), ("dated_later", 50.0, 0.5, LESS["dated_later"]), ("cut_short", -3.0, 0, 0)],
)
def test_nothing_is_believed_more_than_it_may_be_nor_against_itself(
    name: str, true: float, least: float, most: float
) -> None:
    found = dict(zip(PIECES, fit(examples({name: true}, 500)), strict=True))
    assert least <= found[name] <= most


def test_strengths_are_what_a_piece_weighed_by_its_weight() -> None:
    told = (Reason("lost_spaces", 2 * PIECES["lost_spaces"], ""), Reason("own_name", -PIECES["own_name"], ""))
    found = dict(zip(PIECES, strengths(replace(LINK, evidence=told)), strict=True))
    assert {name: value for name, value in found.items() if value} == {"lost_spaces": 2.0, "own_name": -1.0}


def told(*links: tuple[float, bool]) -> list[Told]:
    return [Told(confidence, right, True) for confidence, right in links]


def test_what_is_sure_and_right_as_often_is_calibrated() -> None:
    nine_in_ten = told(*[(0.9, True)] * 9, (0.9, False))
    (one,) = bins(nine_in_ten)
    assert one.links == 10
    assert (one.confidence, one.right) == pytest.approx((0.9, 0.9))
    assert ece(nine_in_ten) == pytest.approx(0.0)


def test_the_error_is_the_mean_distance_weighted_by_links() -> None:
    assert ece(told(*[(0.9, True)] * 3, (0.6, False))) == pytest.approx((3 * 0.1 + 0.6) / 4)
    assert ece([]) == 0.0


def test_the_diagram_has_a_point_for_each_bin() -> None:
    drawn = ElementTree.fromstring(diagram([Bin(10, 0.9, 0.8), Bin(1000, 0.99, 0.99)]))
    assert len(drawn.findall("{http://www.w3.org/2000/svg}circle")) == 2
