"""Packed postings: whatever was added, dropped, merged or rolled back, they are what a plain set of pairs would be."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeAlias

import made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.index import Index
from dedup.model import StoreError
from dedup.store import Store, schema
from dedup.store import postings as tables

TABLES = ("postings", "dropped_postings", "posting_runs", "posting_blocks", "posters", "posting_count")

Pairs: TypeAlias = set[tuple[int, int]]

# At both ends, close together, and in the two halves.
KEYS = [-(2**63), -(2**63) + 1, -(2**62), -1, 0, 1, 2, 3, 2**40, 2**62, 2**63 - 1]
DOCUMENTS = [0, 1, 7, 2**40, 2**63 - 1]
POSTINGS = st.sets(st.tuples(st.sampled_from(KEYS), st.sampled_from(DOCUMENTS)), max_size=12)
ACTIONS = st.sampled_from(["add", "add", "add", "drop", "drop", "reopen", "undo"])
STEPS = st.lists(st.tuples(ACTIONS, POSTINGS), max_size=14)


@contextmanager
def packed_at(loose: int, fan: int = 2) -> Iterator[None]:
    """All that is large is small: what waits, blocks, and what is read and merged at a time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "LOOSE", loose)
        patch.setattr(tables, "FAN", fan)
        patch.setattr("dedup.store.packing.BLOCK_ROWS", 2)
        patch.setattr(tables, "_READ", 2)
        patch.setattr(tables, "_MERGED_BITS", 1)
        yield


def columns(pairs: Iterable[tuple[int, int]]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    table = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
    return table[:, 0], table[:, 1]


def change(store: Store, action: str, pairs: Pairs) -> None:
    (store.add_postings if action == "add" else store.drop_postings)(*columns(pairs))


def undone(store: Store, added: Pairs, dropped: Pairs) -> None:
    with store.transaction():
        change(store, "add", added)
        change(store, "drop", dropped)
        raise KeyboardInterrupt


def changed(store: Store, action: str, pairs: Pairs, before: Pairs) -> Pairs:
    """What there is once pairs were added or dropped, as far as they can be, or both and all was undone."""
    if action == "undo":
        with pytest.raises(KeyboardInterrupt):
            undone(store, pairs - before, pairs & before)
    if action not in ("add", "drop"):
        return before
    fit = pairs - before if action == "add" else pairs & before
    with store.transaction():
        change(store, action, fit)
    return before ^ fit


def held(store: Store, keys: Iterable[int]) -> list[tuple[int, int]]:
    found, documents = store.postings_of(np.array(list(keys), dtype=np.int64))
    assert found.dtype == documents.dtype == np.int64
    return list(zip(found.tolist(), documents.tolist(), strict=True))


def runs(path: Path) -> list[int]:
    with closing(sqlite3.connect(path)) as db:
        return [row[0] for row in db.execute("select postings from posting_runs order by run")]


def random_pairs(seed: int, count: int) -> Pairs:
    random = Random(seed)
    return {(random.randrange(-(2**63), 2**63), random.choice(DOCUMENTS)) for _ in range(count)}


@given(STEPS, st.sampled_from([0, 1, 5, 20]), st.sampled_from([0, 1, 2, 9]))
@settings(max_examples=300)
def test_postings_are_those_of_a_plain_set(steps: list[tuple[str, Pairs]], loose: int, fan: int) -> None:
    expected: Pairs = set()
    with packed_at(loose, fan), TemporaryDirectory() as folder, ExitStack() as opened:
        store = opened.enter_context(Store(f"{folder}/s.db", writing=True))
        for action, pairs in steps:
            if action == "reopen":
                opened.close()
                store = opened.enter_context(Store(f"{folder}/s.db", writing=True))
            expected = changed(store, action, pairs, expected)
            for asked in (KEYS, KEYS[::3], KEYS[:1]):
                assert held(store, asked) == sorted(row for row in expected if row[0] in asked)
            assert store.counts()["postings"] == len(expected)
            assert store.integrity() == []


@pytest.mark.parametrize("loose", [0, 40])
def test_random_keys_in_many_blocks_are_found(store: Store, path: Path, loose: int) -> None:
    expected: Pairs = set()
    with packed_at(loose):
        for step in range(12):
            fresh, gone = random_pairs(step, 100), set(Random(step).sample(sorted(expected), len(expected) // 5))
            with store.transaction():
                change(store, "add", fresh)
                change(store, "drop", gone)
            expected = (expected | fresh) - gone
            keys = {key for key, _ in expected | gone}
            assert held(store, keys) == sorted(expected)
            some = set(Random(step).sample(sorted(keys), 3))
            assert held(store, some) == sorted(row for row in expected if row[0] in some)
    assert runs(path)


def test_each_run_is_more_than_so_many_times_as_large_as_the_next(store: Store, path: Path) -> None:
    with packed_at(0, fan=2):
        for step in range(60):
            change(store, "add", random_pairs(step, 20))
            sizes = runs(path)
            assert all(older > 2 * newer for older, newer in pairwise(sizes))
    assert sum(runs(path)) == store.counts()["postings"] == 1200


def test_what_was_dropped_takes_no_room_once_all_is_merged(store: Store, path: Path) -> None:
    with packed_at(0, fan=10**6):
        change(store, "add", random_pairs(1, 200))
        change(store, "drop", random_pairs(1, 200))
        assert runs(path) == []
        assert made.dump(path, ("posting_blocks", "dropped_postings", "postings")) == {
            "posting_blocks": [], "dropped_postings": [], "postings": [],
        }  # fmt: skip


def test_few_wait_in_their_table(store: Store, path: Path) -> None:
    change(store, "add", {(3, 4), (1, 2)})
    assert made.dump(path, ("postings",))["postings"] == [(1, 2), (3, 4)]
    assert runs(path) == []


def test_an_older_store_is_packed_as_it_grows(path: Path) -> None:
    before = random_pairs(1, 90)
    first, newest = "0005_packed_postings", schema.newest
    apply = schema.migrations.apply
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema.migrations, "apply", lambda db: apply(db, stop_before=first))
        patch.setattr(schema, "newest", lambda: newest() - 1)
        Store(path, writing=True).close()
    with closing(sqlite3.connect(path)) as db:
        db.executemany("insert into postings values (?, ?)", before)
        db.commit()
    with packed_at(50), Store(path, writing=True) as store:
        assert store.counts()["postings"] == len(before)
        assert held(store, (key for key, _ in before)) == sorted(before)
        change(store, "add", {(5, 6)})
        assert runs(path) == [len(before) + 1]
        assert held(store, [5, *(key for key, _ in before)]) == sorted(before | {(5, 6)})


def test_a_reader_sees_what_was_there_while_runs_are_merged(store: Store, path: Path) -> None:
    one, two = random_pairs(1, 90), random_pairs(2, 90)
    keys = {key for key, _ in one | two}
    with packed_at(0):
        change(store, "add", one)
        with Store(path) as reader:
            with store.transaction():
                change(store, "add", two)
                assert held(reader, keys) == sorted(one)
            assert held(reader, keys) == sorted(one | two)


KILLED = """
import os, sys
import numpy as np
from dedup.store import Store, postings
postings.LOOSE = 0
store = Store(sys.argv[1], writing=True)
keys = np.arange(500) << 50
with store.transaction():
    store.add_postings(keys, keys)
    os._exit(9)
"""


def test_a_process_that_dies_while_it_packs_changes_nothing(path: Path) -> None:
    pairs = random_pairs(1, 90)
    with packed_at(0), Store(path, writing=True) as store:
        change(store, "add", pairs)
    before = made.dump(path, TABLES)
    assert subprocess.run([sys.executable, "-c", KILLED, path], check=False).returncode == 9
    assert made.dump(path, TABLES) == before
    with Store(path, writing=True) as store:
        assert held(store, (key for key, _ in pairs)) == sorted(pairs)
        assert store.integrity() == []


# Damage.

DAMAGES = {
    "a changed byte": (
        "update posting_blocks set packed = zeroblob(length(packed)) where id = (select max(id) from posting_blocks)",
        "is not as it was written",
    ),
    "a lost block": (
        "delete from posting_blocks where id = (select max(id) from posting_blocks)",
        "postings instead of 90",
    ),
}


@pytest.mark.parametrize(("damage", "problem"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_to_packed_postings_is_told(path: Path, damage: str, problem: str) -> None:
    with packed_at(0):
        with Store(path, writing=True) as store:
            change(store, "add", random_pairs(1, 90))
            assert store.integrity() == []
        made.change(path, damage)
        with Store(path) as store:
            assert [told for told in store.integrity() if problem in told]


def test_a_posting_of_nobody_is_told(path: Path) -> None:
    pairs = random_pairs(1, 90)
    with packed_at(0), Store(path, writing=True) as store:
        change(store, "add", pairs)
    made.change(path, "delete from posters where document = 7")
    with Store(path) as store, pytest.raises(StoreError, match="is damaged"):
        held(store, (key for key, _ in pairs))


# Whole indexes.


@pytest.mark.parametrize("seed", [3, 14])
def test_an_index_tells_the_same_packed_or_not(tmp_path: Path, seed: int) -> None:
    pages = made.corpus(seed)
    plain = made.indexed(tmp_path / "plain.db", pages)
    with packed_at(30):
        with Index(tmp_path / "s.db", workers=1) as index:
            for at in range(0, len(pages), 5):
                index.add(pages[at : at + 5])
            index.remove([page.id for page in pages[::3]])
            index.add(pages[::3])
            assert index.check() == []
            assert index.info()["postings"] == len(plain["postings"])
        assert len(runs(tmp_path / "s.db")) > 0
        with Store(tmp_path / "s.db") as store:
            assert held(store, {row[0] for row in plain["postings"]}) == sorted(plain["postings"])  # type: ignore[misc]
    found = made.dump(tmp_path / "s.db", made.RESULTS[1:])
    assert found == {table: plain[table] for table in made.RESULTS[1:]}
