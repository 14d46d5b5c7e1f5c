"""Packing: what goes into blocks comes out as it was, whatever the keys, and merging keeps what was said last."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.store import packing
from dedup.store.packing import Rows, Run, merged, newest, ordered, pack, rows_of, signed, unpack

TOP = 2**64 - 1
# Keys at both ends, in one block, and anywhere.
KEYS = st.sampled_from([0, 1, 2, 255, 256, 2**32, 2**63 - 1, 2**63, TOP - 1, TOP]) | st.integers(0, TOP)
MARKS = st.integers(0, 9)
ROWS = st.lists(st.tuples(KEYS, MARKS), max_size=40).map(sorted)


def rows(pairs: Iterable[tuple[int, int]]) -> Rows:
    held = list(pairs)
    return Rows(np.array([k for k, _ in held], dtype=np.uint64), np.array([m for _, m in held], dtype=np.int64))


def pairs(rows: Rows) -> list[tuple[int, int]]:
    assert [column.dtype for column in rows] == [np.dtype(np.uint64), np.dtype(np.int64)]
    return list(zip(rows.keys.tolist(), rows.marks.tolist(), strict=True))


def ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=20).map(sorted))
def test_keys_keep_their_order_and_come_back(keys: list[int]) -> None:
    unsigned = ordered(ints(keys))
    assert unsigned.tolist() == [key + 2**63 for key in keys]
    assert signed(unsigned).tolist() == keys


@pytest.mark.parametrize(("held", "bits"), [(0, 1), (1, 1), (256, 1), (257, 1), (513, 2), (1024, 2), (1025, 3)])
def test_a_run_has_blocks_of_at_most_so_many_postings_where_keys_are_spread(held: int, bits: int) -> None:
    assert Run.of(1, held, 3).bits == bits
    assert held <= packing.BLOCK_ROWS << bits


@given(ROWS, st.integers(1, 24), st.integers(1, 7), st.integers(1, 9))
def test_blocks_come_back_as_they_were(held: list[tuple[int, int]], bits: int, mark_bytes: int, number: int) -> None:
    run = Run(number, bits, mark_bytes, len(held))
    blocks = list(pack(run, rows(held)))
    assert pairs(unpack(run, [id for id, _ in blocks], [content for _, content in blocks])) == held
    assert [id for id, _ in blocks] == sorted({run.block(key) for key, _ in held})
    assert run.blocks(rows(held).keys).tolist() == [id for id, _ in blocks]
    assert all(run.block(0) <= id < run.block(2**64) for id, _ in blocks)
    width = -(-(64 - bits) // 8) + mark_bytes
    assert sum(len(content) for _, content in blocks) == width * len(held)


def test_the_largest_mark_of_each_width_comes_back() -> None:
    for width in range(1, 8):
        run = Run(1, 3, width, 2)
        held = [(5, 2 ** (8 * width) - 1), (6, 0)]
        blocks = list(pack(run, rows(held)))
        assert pairs(unpack(run, [id for id, _ in blocks], [content for _, content in blocks])) == held


def test_runs_do_not_share_blocks() -> None:
    assert Run(1, 18, 3, 9).block(2**64) <= Run(2, 1, 3, 9).block(0)


@given(ROWS, st.lists(KEYS, unique=True).map(sorted))
def test_rows_of_keys_are_those_whose_key_is_among_them(held: list[tuple[int, int]], keys: list[int]) -> None:
    asked = np.array(keys, dtype=np.uint64)
    assert pairs(rows_of(asked, rows(held))) == [row for row in held if row[0] in keys]


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3)), max_size=30))
def test_newest_are_the_last_of_each_key_and_owner_in_order(held: list[tuple[int, int]]) -> None:
    last = {row: place for place, row in enumerate(held)}
    found = newest(ints(key for key, _ in held), ints(owner for _, owner in held))
    assert found.tolist() == [last[row] for row in sorted(last)]


@given(st.lists(ROWS, min_size=1, max_size=4))
def test_merged_rows_say_of_each_posting_what_was_said_last(parts: list[list[tuple[int, int]]]) -> None:
    said = {}
    for part in parts:
        once = {(key, mark >> 1): mark for key, mark in part}
        said.update(once)
    settled = [rows((key, mark) for (key, _), mark in sorted({(k, m >> 1): m for k, m in p}.items())) for p in parts]
    assert pairs(merged(settled)) == [(key, mark) for (key, _), mark in sorted(said.items())]
