"""The store's file: its settings, one writer and many readers, and what is said of files that cannot be used."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict
from pathlib import Path

import made
import pytest

from dedup.index import Index
from dedup.model import Reason, Settings, SettingsMismatch, Span, StoreBusy, StoreError
from dedup.store import Store, schema


def wait(store: Store, *numbers: int) -> None:
    """Write something: documents that wait for their links."""
    with store.transaction():
        store.add_pending(numbers)


# Settings, and files that cannot be used.


def test_settings_are_stored_and_found_again(path: Path) -> None:
    chosen = Settings(shingle_words=4, bands=8, seed=9)
    Store(path, chosen, writing=True).close()
    with Store(path) as opened:
        assert opened.settings == chosen


def test_other_settings_are_refused_and_each_is_named(path: Path) -> None:
    Store(path, Settings(), writing=True).close()
    with pytest.raises(SettingsMismatch) as refusal:
        Store(path, Settings(bands=8, seed=9), writing=True)
    told = str(refusal.value)
    assert "bands is 16 there and 8 here" in told
    assert "seed is 1 there and 9 here" in told
    assert not [name for name in Settings.__slots__ if name not in ("bands", "seed") and f"{name} is" in told]


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("create table goats (name text)")


def newer(path: Path) -> None:
    Store(path, writing=True).close()
    made.change(path, "pragma user_version = 999")


def plain_text(path: Path) -> None:
    path.write_text("A goat. " * 400)


def random_bytes(path: Path) -> None:
    path.write_bytes(bytes(range(256)) * 40)


UNUSABLE: dict[str, tuple[Callable[[Path], None], str]] = {
    "a database of somebody else": (foreign, "not one of dedup's"),
    "a text": (plain_text, "not a SQLite database"),
    "any bytes": (random_bytes, "not a SQLite database"),
    "made by a newer dedup": (newer, "newer dedup"),
    "a folder": (lambda path: path.mkdir(), "is a folder"),
}


@pytest.mark.parametrize("writing", [True, False], ids=["writing", "reading"])
@pytest.mark.parametrize(("make", "problem"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_file_that_is_no_store_is_refused_and_left_alone(
    path: Path, make: Callable[[Path], None], problem: str, writing: bool
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else None
    with pytest.raises(StoreError) as refusal:
        Store(path, writing=writing)
    assert str(refusal.value).startswith(f"{path}: ")
    assert problem in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert (path.read_bytes() if path.is_file() else None) == before
    assert not path.with_name(f"{path.name}.lock").exists()


def test_a_missing_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "no" / "s.db", writing=True)


def test_reading_a_missing_file_is_refused_and_makes_none(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no such database"):
        Store(path)
    assert list(path.parent.iterdir()) == []


def test_reading_an_empty_file_is_refused(path: Path) -> None:
    path.touch()
    with pytest.raises(StoreError, match="is empty"):
        Store(path)


# Files of an older version.


def older(path: Path) -> None:
    """A store as the first schema made it, with one document that waits."""
    with schema_until("0002_stories_by_stand_in", 1):
        Store(path, writing=True).close()
    made.change(path, "insert into pending (document) values (1)")


@contextmanager
def schema_until(first: str, before: int) -> Iterator[None]:
    """Stores are made by the migrations before the first that is named, so many."""
    apply = schema.migrations.apply
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema.migrations, "apply", lambda db: apply(db, stop_before=first))
        patch.setattr(schema, "newest", lambda: before)
        yield


def as_before_rows_came_as_they_come(path: Path, new: Path) -> None:
    """What a store holds, as the third schema had it; what that had besides is left empty."""
    with schema_until("0004_rows_as_they_come", 3):
        Store(path, writing=True).close()
    with closing(sqlite3.connect(path)) as db:
        db.execute("attach ? as new", (str(new),))
        for table in made.TABLES:
            here, there = ([row[1] for row in db.execute(f"pragma {at}.table_info({table})")] for at in ("main", "new"))
            if not here:  # a table of later days
                continue
            values = ", ".join(name if name in there else "x''" for name in here)
            db.execute(f"insert or ignore into main.{table} ({', '.join(here)}) select {values} from new.{table}")
        db.execute("update documents set digest = lower(hex(digest))")
        with Store(new) as store:
            for row in store.matches_of(store.numbers()):
                edits = [(e.kind, *ends(e.a), *ends(e.b), e.a_text, e.b_text) for e in row.kept.match().edits]
                db.execute("update matches set edits = ? where a = ? and b = ?", (json.dumps(edits), row.a, row.b))
            for link in store.links():
                evidence = [{**asdict(one), **spans_of(one)} for one in link.evidence]
                changes = json.dumps(asdict(link.changes)) if link.changes else None
                told = (changes, json.dumps(evidence), link.copy, link.original, link.story)
                db.execute(
                    "update links set changes = ?, evidence = ? where copy = ? and original is ? and story = ?", told
                )
        db.commit()


def spans_of(reason: Reason) -> dict[str, list[tuple[int, int]]]:
    return {name: list(map(ends, getattr(reason, name))) for name in ("copy_spans", "original_spans")}


def ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


def layout(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as db:
        marks = [db.execute(f"pragma {name}").fetchone() for name in ("user_version", "application_id")]
        return [*marks, *sorted(db.execute("select type, name, sql from sqlite_master"), key=repr)]


def test_an_older_store_is_brought_up_to_date_when_it_is_written(path: Path, tmp_path: Path) -> None:
    Store(tmp_path / "new.db", writing=True).close()
    older(path)
    assert layout(path) != layout(tmp_path / "new.db")
    for _ in range(2):
        with Store(path, writing=True) as store:
            assert store.pending() == [1]
        assert layout(path) == layout(tmp_path / "new.db")


def test_an_older_store_brought_up_to_date_holds_the_same(path: Path, tmp_path: Path) -> None:
    made.indexed(tmp_path / "new.db", made.corpus(1))
    want = made.dump(tmp_path / "new.db", made.TABLES)
    as_before_rows_came_as_they_come(path, tmp_path / "new.db")
    assert made.dump(path, ("documents", "matches", "links")) != {
        name: want[name] for name in ("documents", "matches", "links")
    }
    with Index(path, workers=1) as index:
        index.resolve()
        assert index.check() == []
    assert made.dump(path, made.TABLES) == want
    more = made.corpus(2)
    assert made.indexed(path, more) == made.indexed(tmp_path / "new.db", more)


def test_an_older_store_is_not_read_and_left_alone(path: Path) -> None:
    older(path)
    before = layout(path)
    with pytest.raises(StoreError, match="older schema"):
        Store(path)
    assert layout(path) == before


# Two at once.


def test_a_second_writer_is_told_which_process_writes(store: Store, path: Path) -> None:
    for _ in range(2):
        with pytest.raises(StoreBusy, match=rf"process {os.getpid()}\b"):
            Store(path, writing=True)
    wait(store, 1)
    assert store.pending() == [1]


def test_the_lock_is_given_back(path: Path) -> None:
    for _ in range(3):
        Store(path, writing=True).close()
    assert [p.name for p in path.parent.iterdir()] == [path.name]


def test_a_reader_works_while_a_writer_is_in_the_middle(store: Store, path: Path) -> None:
    wait(store, 1)
    with store.transaction():
        store.add_pending([2])
        with Store(path) as reader:
            assert reader.pending() == [1]
            assert reader.counts()["pending"] == 1
    with Store(path) as reader:
        assert reader.pending() == [1, 2]


def test_a_reader_cannot_write(store: Store, path: Path) -> None:
    with Store(path) as reader, pytest.raises(StoreError, match="cannot be written"), reader.transaction():
        reader.add_pending([1])
    assert store.pending() == []
