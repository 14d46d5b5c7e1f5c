"""``check``: silent about a sound store, and a sentence for each way in which one can be damaged."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from random import Random

import made
import pytest

from dedup.cli import run
from dedup.cli.terminal import ERROR, FOUND
from dedup.index import Index
from dedup.store import number_of

RANDOM = Random("check")
TEXT = made.story(RANDOM)
LONE = made.page("lone/a", made.story(RANDOM))
PAGES = (made.page("wire/a", TEXT), made.page("site/a", made.named(RANDOM, TEXT, "Site")), LONE)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made.indexed(tmp_path / "s.db", PAGES)
    return tmp_path / "s.db"


def check(path: Path, sample: int = 200) -> list[str]:
    with Index(path, read_only=True) as index:
        return index.check(sample)


def ones(column: str) -> str:
    """SQL that sets one byte of a blob of the lone page's sketch."""
    kept = f"{column} = cast(x'5a' || substr({column}, 2) as blob)"
    return f"update sketches set {kept} where document = {number_of(LONE.id)}"


def test_a_sound_store_has_no_problems(path: Path) -> None:
    assert check(path) == []


def test_an_empty_store_has_no_problems(tmp_path: Path) -> None:
    Index(tmp_path / "s.db").close()
    assert check(tmp_path / "s.db") == []


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("sample", [1, 5, 1000])
def test_a_sound_corpus_has_no_problems(tmp_path: Path, seed: int, sample: int) -> None:
    made.indexed(tmp_path / "s.db", made.corpus(seed))
    assert check(tmp_path / "s.db", sample) == []


DAMAGES = {
    "a flipped signature": (lambda: ones("signature"), "lone/a: its signature is not that of its text"),
    "changed marks of numbers": (lambda: ones("numbers"), "lone/a: its words are not those of its text"),
    "another text": (
        lambda: "update documents set text = text || ' and a goat with a drum beside it' where id = 'lone/a'",
        "lone/a: its words are not those of its text",
    ),
    "a text too short": (
        lambda: "update documents set text = 'A goat.' where id = 'lone/a'",
        "lone/a: its text is too short to be in the index",
    ),
    "an altered match": (
        lambda: "update matches set matched_words = matched_words + 1",
        "their match is not that of their texts",
    ),
    "an altered passage": (
        lambda: "update matches set passages = replace(passages, '[[0,', '[[1,')",
        "their match is not that of their texts",
    ),
    "lost edits": (lambda: "update matches set edits = '[]'", "their match is not that of their texts"),
    "all postings deleted": (lambda: "delete from postings", "lone/a: "),
    "the postings of a page deleted": (
        lambda: f"delete from postings where document = {number_of(LONE.id)}",
        "lone/a: ",
    ),
    "one posting deleted": (
        lambda: (
            f"delete from postings where (key, document) in "
            f"(select key, document from postings where document = {number_of(LONE.id)} order by key desc limit 1)"
        ),
        "lone/a: ",
    ),
    "a posting of a page that is not there": (
        lambda: f"insert into postings select key, 7 from postings where document = {number_of(LONE.id)} limit 1",
        "lone/a: shares a key with a document that is not in the store",
    ),
    "pages that wait": (lambda: "insert into pending (document) values (5), (6)", "2 documents wait for their links"),
    "a sketch of no page": (
        lambda: "insert into sketches select 5, signature, body, numbers from sketches limit 1",
        "sketches: row 4 refers to a missing row of documents",
    ),
    "a link of no page": (lambda: "update links set copy = 'nobody'", "refers to a missing row of documents"),
}


@pytest.mark.parametrize(("damage", "problem"), DAMAGES.values(), ids=DAMAGES.keys())
def test_damage_is_found_and_told(path: Path, damage: Callable[[], str], problem: str) -> None:
    made.change(path, damage())
    problems = check(path)
    assert [told for told in problems if problem in told], problems
    assert run(["check", "--db", str(path)]) == ERROR


def test_the_pages_of_an_altered_match_are_named(path: Path) -> None:
    made.change(path, "update matches set coverage_a = coverage_a / 2")
    told = check(path)
    assert len(told) == 1
    assert set(told[0].split(": ")[0].split(" and ")) == {"wire/a", "site/a"}


def test_the_command_line_tells_a_sound_store_from_a_damaged_one(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", "--db", str(path)]) == FOUND
    assert "sound (3 documents, 1 links)" in capsys.readouterr().out
    made.change(path, "insert into pending (document) values (5)")
    assert run(["check", "--db", str(path)]) == ERROR
    out, err = capsys.readouterr()
    assert "1 documents wait" in out
    assert err.startswith("Error: ")


def root_page(path: Path, table: str) -> tuple[int, int]:
    with closing(sqlite3.connect(path)) as db:
        size = db.execute("pragma page_size").fetchone()[0]
        return size, db.execute("select rootpage from sqlite_master where name = ?", (table,)).fetchone()[0]


@pytest.mark.parametrize("table", ["documents", "postings", "sketches", "matches", "links", "settings"])
def test_a_damaged_file_is_found(path: Path, table: str, capsys: pytest.CaptureFixture[str]) -> None:
    size, page = root_page(path, table)
    held = bytearray(path.read_bytes())
    held[(page - 1) * size : (page - 1) * size + 64] = bytes(range(64, 128))
    path.write_bytes(held)
    assert run(["check", "--db", str(path)]) == ERROR
    told = "".join(capsys.readouterr())
    assert "Error: " in told
    assert str(path) in told


def test_a_file_cut_short_is_found(path: Path) -> None:
    held = path.read_bytes()
    path.write_bytes(held[: len(held) * 2 // 3])
    assert run(["check", "--db", str(path)]) == ERROR
