"""Fields that somebody named, and how records are understood."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from dedup.corpus import Options, read_corpus, read_stream, sample
from dedup.corpus.names import MEANINGS
from dedup.corpus.records import HELD
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left at noon with nobody on board."
Rows = list[dict[str, Any]]
# Every name is one that would be taken for something else.
ROWS: Rows = [
    {"text": "Not this.", "title": f"{BODY} {n}", "id": f"https://daily.com/{n}", "url": "x"} for n in range(3)
]


def lines(path: Path, rows: Rows) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def array(path: Path, rows: Rows) -> Path:
    path.write_text(json.dumps(rows))
    return path


def table(path: Path, rows: Rows) -> Path:
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def parquet(path: Path, rows: Rows) -> Path:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.Table.from_pylist(rows), path)
    return path


def database(path: Path, rows: Rows) -> Path:
    import sqlite3

    with closing(sqlite3.connect(path)) as db, db:
        db.execute(f"create table pages ({', '.join(rows[0])})")
        db.executemany(f"insert into pages values ({', '.join('?' * len(rows[0]))})", [[*row.values()] for row in rows])
    return path


Write = Callable[[Path, Rows], Path]
WRITERS: dict[str, tuple[str, Write]] = {
    "JSON Lines": ("x.jsonl", lines),
    "JSON": ("x.json", array),
    "CSV": ("x.csv", table),
    "Parquet": ("x.parquet", parquet),
    "SQLite": ("x.db", database),
}
WRITER = pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)


def read(path: Path | str, **fields: str) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW, options=Options(fields=fields))), rejects


@WRITER
def test_the_field_that_was_named_is_taken_and_no_other(name: str, write: Write, tmp_path: Path) -> None:
    path = write(tmp_path / name, ROWS)
    documents, rejects = read(path, text="title", url="ID", title="text")
    assert [(d.text, d.url, d.title) for d in documents] == [
        (f"{BODY} {n}", f"https://daily.com/{n}", "Not this.") for n in range(3)
    ]
    assert not rejects


@WRITER
def test_a_field_that_no_record_has_is_an_error_with_those_there_are(name: str, write: Write, tmp_path: Path) -> None:
    path = write(tmp_path / name, ROWS)
    with pytest.raises(CorpusError, match=rf"{name}: no record has a field words: its fields are text, title, id, url"):
        read(path, text="words")


@WRITER
def test_a_meaning_that_documents_do_not_have_is_an_error(name: str, write: Write, tmp_path: Path) -> None:
    path = write(tmp_path / name, ROWS)
    with pytest.raises(CorpusError, match=r"no field can be named for 'headline': name one for id, text, title"):
        read_corpus(path, options=Options(fields={"headline": "title"}))


VALUES: dict[str, tuple[dict[str, Any], str, Any]] = {
    "id": ({"id": "a", "nr": 7}, "nr", "7"),
    "title": ({"title": "a", "k": "b"}, "k", "b"),
    "url": ({"source": "https://a.com/", "k": "https://b.com/"}, "k", "https://b.com/"),
    "outlet": ({"domain": "a.com", "k": "The Daily"}, "k", "The Daily"),
    "site_name": ({"site_name": "A", "k": "B"}, "k", "B"),
    "published": ({"date": "2024-05-06", "k": "2023-01-02"}, "k", "2023-01-02"),
    "crawled": ({"added": "2024-05-06", "k": "2023-01-02"}, "k", "2023-01-02"),
    "byline": ({"author": "A", "k": ["B", "C"]}, "k", "B, C"),
    "language": ({"lang": "en", "k": "no"}, "k", "no"),
    "dateline": ({"dateline": "A (XP)", "k": "B (XP)"}, "k", "B (XP)"),
    "robots": ({"robots": "none", "k": "noindex"}, "k", "noindex"),
    "canonical": ({"og_url": "https://a.com/", "k": "https://b.com/"}, "k", "https://b.com/"),
    "based_on": ({"is_based_on": "https://a.com/", "k": "https://b.com/"}, "k", "https://b.com/"),
    "text": ({"k": BODY}, "k", BODY),
}


@pytest.mark.parametrize("meaning", MEANINGS)
def test_a_field_can_be_named_for_all_that_a_document_has(meaning: str, tmp_path: Path) -> None:
    record, field, value = VALUES[meaning]
    rows: Rows = [
        {"text": "Not this, perhaps.", **record},
        {"text": "x", **{k: v for k, v in record.items() if k != field}},
    ]
    documents, _ = read(lines(tmp_path / "x.jsonl", rows), **{meaning: field})
    assert getattr(documents[0], meaning) == value
    if meaning not in ("id", "text"):
        assert getattr(documents[1], meaning) is None


def test_a_path_leads_into_objects(tmp_path: Path) -> None:
    path = lines(tmp_path / "x.jsonl", [{"page": {"parts": {"words": BODY}, "text": "Not this."}}])
    assert [d.text for d in read(path, text="page.parts.words")[0]] == [BODY]


def test_a_field_that_only_a_late_record_has_is_found(tmp_path: Path) -> None:
    rows: Rows = [{"text": BODY} for _ in range(3 * HELD)]
    rows[-2]["who"] = "Ann"
    documents, _ = read(lines(tmp_path / "x.jsonl", rows), byline="who")
    assert [d.byline for d in documents if d.byline] == ["Ann"]
    assert len(documents) == 3 * HELD


def test_nothing_is_read_where_the_first_records_end_without_it(tmp_path: Path) -> None:
    found = read_corpus(lines(tmp_path / "x.jsonl", ROWS), options=Options(fields={"text": "words"}))
    with pytest.raises(CorpusError, match="no record has a field words"):
        next(found)


def test_no_more_than_the_first_records_are_held_back(tmp_path: Path) -> None:
    rows: Rows = [{"text": BODY} for _ in range(3 * HELD)]
    found = read_corpus(lines(tmp_path / "x.jsonl", rows), options=Options(fields={"byline": "who"}))
    assert next(found).text == BODY
    with pytest.raises(CorpusError, match="no record has a field who"):
        list(found)


def test_a_file_of_a_folder_without_the_field_is_a_reject(tmp_path: Path) -> None:
    lines(tmp_path / "a.jsonl", [{"words": BODY}])
    lines(tmp_path / "b.jsonl", ROWS)
    documents, rejects = read(tmp_path, text="words")
    assert [d.text for d in documents] == [BODY]
    assert [r.problem for r in rejects] == ["no record has a field words: its fields are text, title, id, url"]


def test_empty_and_broken_files_are_what_they_are_without(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text("")
    assert [r.problem for r in read(tmp_path / "x.jsonl", text="words")[1]] == ["is empty"]
    (tmp_path / "x.jsonl").write_text("oops\n")
    assert "is not JSON" in read(tmp_path / "x.jsonl", text="words")[1][0].problem


def test_a_stream_has_its_fields_named_too() -> None:
    stream = io.BytesIO(json.dumps({"text": "Not this.", "words": BODY}).encode())
    (document,) = read_stream(stream, now=NOW, options=Options(fields={"text": "words"}))
    assert document.text == BODY


# how records are understood

RECORD = {
    "headline": "Ferry",
    "maintext": BODY,
    "text": "Menu",
    "source": {"name": "The Daily", "uri": "daily.com"},
    "metadata": {"link": "https://www.daily.com/a", "size": 9},
    "author": "Ann Alder",
    "date": "soon",
    "created": "2024-05-06",
    "tags": ["sea"],
    "lang": None,
}


def test_a_sample_tells_what_is_taken_from_where_and_what_is_not(tmp_path: Path) -> None:
    told = sample(lines(tmp_path / "x.jsonl", [RECORD]), now=NOW)
    assert told.looked.taken() == {
        "text": ("maintext",),
        "title": ("headline",),
        "url": ("metadata.link",),
        "outlet": ("source.uri",),
        "site_name": ("source.name",),
        "published": ("created",),
        "byline": ("author",),
    }
    assert told.looked.passed_over() == ("text", "metadata.size", "date", "tags", "lang")
    assert told.looked.in_words().startswith(
        "text from maintext, title from headline, url from metadata.link, outlet from"
    )
    assert told.looked.in_words().endswith("; passed over: text, metadata.size, date, tags, lang")


@WRITER
def test_a_sample_is_of_every_kind_of_records(name: str, write: Write, tmp_path: Path) -> None:
    told = sample(write(tmp_path / name, ROWS), Options(fields={"text": "title"}), count=2, now=NOW)
    assert told.looked.taken()["text"] == ("title",)
    assert len(told.documents) == 2
    assert told.documents[0].text == f"{BODY} 0"


def test_a_sample_shows_the_first_documents_and_rejects(tmp_path: Path) -> None:
    rows: Rows = [{"text": BODY, "id": n} for n in range(500)]
    rows[1] = {"id": 1}
    told = sample(lines(tmp_path / "x.jsonl", rows), now=NOW)
    assert [d.id for d in told.documents] == ["0", "2", "3"]
    assert [(r.line, r.problem) for r in told.rejects] == [(2, "no text: its fields are id")]


def test_records_that_differ_tell_all_names_the_most_frequent_first(tmp_path: Path) -> None:
    rows: Rows = [{"body": BODY}, {"text": BODY}, {"text": BODY}]
    assert sample(lines(tmp_path / "x.jsonl", rows), now=NOW).looked.taken() == {"text": ("text", "body")}


def test_an_outlet_without_a_field_is_that_of_the_address(tmp_path: Path) -> None:
    told = sample(lines(tmp_path / "x.jsonl", [{"text": BODY, "link": "https://daily.com/a"}]), now=NOW)
    assert told.looked.taken() == {"text": ("text",), "url": ("link",), "outlet": ("link",)}


def test_pages_are_no_records(tmp_path: Path) -> None:
    for name in "abcde":
        (tmp_path / f"{name}.txt").write_text(BODY if name < "e" else "")
    told = sample(tmp_path, now=NOW)
    assert not told.rejects
    assert (told.looked.taken(), told.looked.passed_over(), told.looked.in_words()) == ({}, (), "")
    assert len(told.documents) == 3


def test_words_left_out_are_noted(tmp_path: Path) -> None:
    rows: Rows = [{"content": "The ferry left @ @ @ @ @ @ @ board."}, {"content": "Write to ann@daily.com @ noon."}]
    (note,) = sample(lines(tmp_path / "x.jsonl", rows), now=NOW).looked.notes()
    assert note.startswith("1 of 2 texts have rows of @ for words left out")


def test_a_sample_of_nothing_is_empty(tmp_path: Path) -> None:
    told = sample(lines(tmp_path / "x.jsonl", []), now=NOW)
    assert (told.documents, told.looked.taken(), [r.problem for r in told.rejects]) == ((), {}, ["is empty"])
    with pytest.raises(CorpusError, match="there is no such file"):
        sample(tmp_path / "nowhere")
