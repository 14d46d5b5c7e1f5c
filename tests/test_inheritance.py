"""Stretches of one text: which are about the same place, told of many at once as of each pair."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pytest

from dedup.inheritance import Beside, overlaps
from dedup.measure import View


@pytest.mark.parametrize("seed", range(5))
def test_many_stretches_lie_apart_as_each_two_do(seed: int) -> None:
    random = np.random.default_rng(seed)
    masks = [np.zeros(101, dtype=bool) for _ in range(20)]
    for mask in masks[1:]:  # the first is empty
        start, size = random.integers(101), random.integers(1, 40)
        mask[start : start + size] = True
    views = [cast(View, SimpleNamespace(counted=mask)) for mask in masks]
    beside = Beside(views)
    for at, one in enumerate(views):
        assert beside.apart(at) == [other for other in views if not overlaps(one.counted, other.counted)]
