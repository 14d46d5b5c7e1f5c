"""Tools on integer arrays, against plain loops."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dedup.arrays import but_few, parts_of_runs

GROUPS = st.lists(st.integers(-3, 3), min_size=1, max_size=30).map(sorted)


@given(GROUPS, st.integers(1, 10))
def test_parts_cover_all_and_part_no_run(groups: list[int], size: int) -> None:
    parts = list(parts_of_runs(np.array(groups), size))
    assert [value for part in parts for value in groups[part]] == groups
    assert all(groups[one.stop - 1] != groups[two.start] for one, two in pairwise(parts))
    longest = max(len(list(run)) for _, run in groupby(groups))
    assert all(part.stop - part.start < size + longest for part in parts)


@given(GROUPS.flatmap(lambda groups: st.tuples(st.just(groups), st.lists(st.booleans(), min_size=len(groups),
       max_size=len(groups)))), st.integers(0, 4))  # fmt: skip
def test_all_but_the_first_few_of_a_run_are_left(given_: tuple[list[int], list[bool]], few: int) -> None:
    groups, chosen = given_
    want, seen = [], dict.fromkeys(groups, 0)
    for group, is_chosen in zip(groups, chosen, strict=True):
        want.append(is_chosen and seen[group] >= few)
        seen[group] += is_chosen
    assert but_few(np.array(chosen), np.array(groups), few).tolist() == want
