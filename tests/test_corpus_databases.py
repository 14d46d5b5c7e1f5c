"""SQLite files of others: the table that holds texts, and what can be wrong with a file."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import Options, databases, read_corpus
from dedup.index import Index
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left at noon with nobody on board."
# As NELA-GT ships it.
NEWSDATA = """
create table newsdata (id text primary key, date text, source text, title text, content text, author text, url text,
    published text, published_utc integer, collection_utc integer)
"""
ROW = ("daily--2024-05-06--Ferry", "2024-05-06", "daily", "Ferry", BODY, "Ann Alder", "https://daily.com/a",
       "Mon, 06 May 2024 13:40:43 +0000", 1715002843, 1715006443)  # fmt: skip


INSERT = f"insert into newsdata values ({', '.join('?' * 10)})"


def make(path: Path, *statements: str, rows: int = 0) -> Path:
    with closing(sqlite3.connect(path)) as db, db:
        for statement in statements:
            db.execute(statement)
        for n in range(rows):
            db.execute(INSERT, (f"r{n}", *ROW[1:4], f"{BODY} {n}", *ROW[5:]))
    return path


@pytest.fixture
def news(tmp_path: Path) -> Path:
    return make(tmp_path / "nela.db", NEWSDATA, rows=3)


def read(path: Path | str, **fields: str) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW, options=Options(fields=fields))), rejects


@pytest.mark.parametrize("table", ["", "::newsdata", "::NEWSDATA"])
def test_the_table_with_texts_is_read(news: Path, table: str) -> None:
    documents, rejects = read(f"{news}{table}")
    assert [(d.id, d.text) for d in documents] == [(f"r{n}", f"{BODY} {n}") for n in range(3)]
    first = documents[0]
    assert (first.outlet, first.site_name, first.byline) == ("daily.com", "daily", "Ann Alder")
    assert (first.url, first.origin) == ("https://daily.com/a", f"{news.as_posix()}{table}:1")
    assert (first.published, first.crawled) == ("2024-05-06T13:40:43+00:00", "2024-05-06T14:40:43+00:00")
    assert not rejects


def test_a_row_without_an_id_has_that_of_its_place(tmp_path: Path) -> None:
    make(tmp_path / "x.sqlite", "create table pages (text)", f"insert into pages values (null), ('{BODY}'), (7)")
    documents, rejects = read(tmp_path / "x.sqlite")
    assert [d.id for d in documents] == [f"{tmp_path.as_posix()}/x.sqlite#2"]
    assert [(r.line, r.problem) for r in rejects] == [
        (1, "no text: its fields are text"),
        (3, "text is a number, not a text"),
    ]


OTHERS = {
    "a table without texts": "create table labels (source, bias)",
    "a full text index": "create virtual table search using fts5 (title, content)",
    "a view": "create view shown as select content from newsdata",
    "an index": "create index by_source on newsdata (source)",
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_else_is_in_the_file_is_passed_over(news: Path, other: str) -> None:
    make(news, other)
    assert len(read(news)[0]) == 3


def test_one_of_several_tables_is_to_be_named(news: Path) -> None:
    odd = '"odd ""name"""'
    make(news, f"create table {odd} (body)", f"insert into {odd} values ('{BODY}')")
    with pytest.raises(CorpusError, match=r"name one as .*nela\.db::newsdata; they are newsdata, odd \"name\"$"):
        read(news)
    assert [d.text for d in read(f'{news}::odd "name"')[0]] == [BODY]
    assert len(read(news, text="content")[0]) == 3


WRONG = {
    "no such table": ("::articles", "there is no such table: its tables are labels, newsdata$"),
    "a view": ("::shown", "there is no such table"),
    "no texts in it": ("::labels", "no column holds a text: its columns are source, bias; if one does, name it"),
    "no such column": ("::newsdata", "no record has a field nothing: its fields are id, date"),
}


@pytest.mark.parametrize(("table", "problem"), WRONG.values(), ids=WRONG)
def test_a_table_that_cannot_be_read_is_one_sentence(news: Path, table: str, problem: str) -> None:
    make(news, OTHERS["a table without texts"], OTHERS["a view"])
    with pytest.raises(CorpusError, match=f"nela.db{table}: {problem}"):
        read(f"{news}{table}", **({"title": "nothing"} if "nothing" in problem else {}))


def test_a_database_without_texts_names_its_tables(tmp_path: Path) -> None:
    make(tmp_path / "x.db", OTHERS["a table without texts"])
    with pytest.raises(CorpusError, match="no column holds a text: its columns are source, bias"):
        read(tmp_path / "x.db")
    make(tmp_path / "x.db", "create table sites (name)")
    with pytest.raises(CorpusError, match="no table has a column for texts: its tables are labels, sites"):
        read(tmp_path / "x.db")


def test_a_table_without_a_row_is_reported(tmp_path: Path) -> None:
    assert [r.problem for r in read(make(tmp_path / "x.db", NEWSDATA))[1]] == ["holds no row"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"just text", "is not a SQLite database"),
        (b"\x1f\x8b\x08", "is packed with gzip: unpack it first"),
        (databases.MAGIC + b"\x00" * 200, "cannot be read as SQLite"),
    ],
)
def test_what_is_no_database_is_one_sentence(data: bytes, problem: str, tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(data)
    with pytest.raises(CorpusError, match=problem):
        read(tmp_path / "x.db")
    with pytest.raises(CorpusError, match=problem):
        read(f"{tmp_path}/x.db::newsdata")


def test_a_missing_file_is_missing_whatever_the_table(tmp_path: Path) -> None:
    for path in ("x.db", "x.db::newsdata", "::newsdata", "x.db::"):
        with pytest.raises(CorpusError, match="there is no such file"):
            read(tmp_path / path)


def test_rows_before_the_damage_are_read(tmp_path: Path) -> None:
    path = make(tmp_path / "x.db", NEWSDATA, rows=500)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2 // 4096 * 4096
    data[middle : middle + 8192] = b"\xff" * 8192
    path.write_bytes(data)
    documents, rejects = read(path)
    assert 50 < len(documents) < 500
    assert "cannot be read (database disk image is malformed): the rows before were" in rejects[-1].problem


@pytest.mark.parametrize("bombs", [1, 2])
def test_a_value_too_long_for_memory_costs_its_row(bombs: int, tmp_path: Path) -> None:
    path = make(tmp_path / "x.db", NEWSDATA, rows=2)
    bomb = f"insert into newsdata (content) values (zeroblob({databases.MAX_VALUE_BYTES + 1}))"
    make(path, *[bomb] * bombs, f"insert into newsdata (id, content) values ('last', '{BODY}')")
    documents, rejects = read(path)
    assert [(d.id, d.origin and d.origin[-2:]) for d in documents] == [
        ("r0", ":1"),
        ("r1", ":2"),
        ("last", f":{3 + bombs}"),
    ]
    assert [r.line for r in rejects] == list(range(3, 3 + bombs))
    assert {r.problem for r in rejects} == {"holds a value of more than the 20,000,000 bytes allowed"}


def test_texts_in_bytes_and_in_other_letters_are_read(tmp_path: Path) -> None:
    path = make(tmp_path / "x.db", "create table t (id, text)")
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("insert into t values (1, ?), (2, cast(? as text)), (3, ?)", (BODY.encode(), b"caf\xe9", b"\xff"))
    documents, rejects = read(path)
    assert [(d.id, d.text) for d in documents] == [("1", BODY), ("2", "café")]
    assert [r.problem for r in rejects] == ["text is bytes, not a text"]


def test_nothing_is_written_and_nothing_is_run(news: Path) -> None:
    make(news, "create trigger t after insert on newsdata begin delete from newsdata; end")
    before = {path.name: path.read_bytes() for path in news.parent.iterdir()}
    assert len(read(news)[0]) == 3
    assert {path.name: path.read_bytes() for path in news.parent.iterdir()} == before
    with closing(databases._connect(news)) as db:
        settings = [db.execute(f"pragma {name}").fetchone()[0] for name in ("trusted_schema", "cell_size_check")]
        assert settings == [0, 1]
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.execute("delete from newsdata")


def test_a_file_in_a_folder_that_cannot_be_written_to_is_read(news: Path) -> None:
    news.parent.chmod(0o555)
    try:
        assert len(read(news)[0]) == 3
    finally:
        news.parent.chmod(0o755)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    with Index(tmp_path / "dedup.db") as index:
        index.add([Document("a", BODY, title="Ferry")])
    return tmp_path / "dedup.db"


def test_a_store_of_ours_is_read_only_where_its_table_is_named(store: Path) -> None:
    with pytest.raises(CorpusError, match=r"is a store of dedup: open it with --db, or .* with .*dedup\.db::documents"):
        read(store)
    (document,), _ = read(f"{store}::documents")
    assert (document.id, document.text, document.title) == ("a", BODY, "Ferry")


def test_a_store_in_a_folder_is_no_page(store: Path) -> None:
    (store.parent / "page.txt").write_text(BODY)
    documents, rejects = read(store.parent)
    assert [Path(d.id).name for d in documents] == ["page.txt"]
    assert not rejects


def test_a_database_of_any_suffix_is_told_by_its_first_bytes(news: Path) -> None:
    os.rename(news, news.with_suffix(".dat"))
    assert len(read(news.with_suffix(".dat"))[0]) == 3
