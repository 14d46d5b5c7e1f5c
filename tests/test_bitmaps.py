"""Bitmaps of shingles against sets of their bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.index import bitmaps as under_test
from dedup.index.bitmaps import Bitmaps

# Few values, at both ends of what 16 bits hold and around a byte's, so that texts share some.
BITS = st.lists(st.sampled_from([0, 1, 7, 8, 9, 63, 64, 255, 256, 65_528, 65_535]), max_size=8)
TEXTS = st.lists(BITS, min_size=1, max_size=6)
PLACES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=8)


def made(texts: Sequence[Sequence[int]]) -> Bitmaps:
    """The bitmaps of texts by their place."""
    bits = [np.array(text, dtype=np.uint16) for text in texts]
    known = Bitmaps()
    for number, own in enumerate(bits):
        known.give(number, own)
    return known


def some(texts: Sequence[object], pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    return [(a % len(texts), b % len(texts)) for a, b in pairs]


def table(pairs: Sequence[tuple[int, int]]) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(pairs, dtype=np.int64).reshape(-1, 2)


@given(TEXTS, PLACES, st.integers(1, 3))
def test_bits_in_common_are_those_of_the_sets(
    texts: list[list[int]], places: list[tuple[int, int]], together: int
) -> None:
    pairs = some(texts, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "_TOGETHER", together)
        told = made(texts).in_common(table(pairs)).tolist()
    assert told == [len(set(texts[a]) & set(texts[b])) for a, b in pairs]


@given(TEXTS, PLACES, st.integers(0, 9), st.integers(1, 3))
def test_places_are_those_of_the_first_texts_bits_in_the_second(
    texts: list[list[int]], places: list[tuple[int, int]], count: int, together: int
) -> None:
    pairs = some(texts, places)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "_TOGETHER", together)
        row, place = made(texts).places(table(pairs), [count] * len(pairs))
    assert list(zip(row.tolist(), place.tolist(), strict=True)) == [
        (at, i) for at, (a, b) in enumerate(pairs) for i, bit in enumerate(texts[a][:count]) if bit in texts[b]
    ]


def test_a_text_that_changed_is_drawn_anew() -> None:
    known = made([[1, 2, 3], [2, 3, 4]])
    assert known.in_common(table([(0, 1)])).tolist() == [2]
    known.give(0, np.array([4], dtype=np.uint16))
    assert known.in_common(table([(0, 1)])).tolist() == [1]
    known.drop(0)
    known.give(0, np.array([2, 3], dtype=np.uint16))
    assert known.in_common(table([(0, 1)])).tolist() == [2]
