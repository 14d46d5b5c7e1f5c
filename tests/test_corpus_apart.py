"""Files that are read in parts give what they give when they are read whole."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from random import Random

import made
import pytest

from dedup.corpus import read_corpus
from dedup.corpus.apart import Kind, columns_wanted, kind_of, read_file, read_lines, read_rows
from dedup.corpus.files import MAX_LINE_BYTES
from dedup.model import Document, Reject

NOW = datetime(2030, 1, 1, tzinfo=UTC)
KINDS: dict[str, Kind | None] = {
    "a.parquet": "rows", "a.jsonl": "lines", "A.JSONL.GZ": "lines", "a.ndjson.bz2": "lines", "a.jl": "lines",
    "a.jsonl.zst": "file", "a.csv": "file", "crawl.warc.gz": "file", "a.html": "file", "a.txt": "file",
    "a.json": "file", "a.png": None, "notes": None, "_SUCCESS": None,
}  # fmt: skip


@pytest.mark.parametrize(("name", "kind"), KINDS.items())
def test_how_files_can_be_divided(name: str, kind: Kind | None) -> None:
    assert kind_of(name) == kind


def lines_of(path: Path) -> list[bytes]:
    random = Random(1)
    texts = ["\n".join(made.story(random)) for _ in range(3)]
    told = [json.dumps({"text": text, "title": f"Page {at}"}).encode() for at, text in enumerate(texts)]
    lines = [
        b"\xef\xbb\xbf" + told[0],
        b"  ",
        told[1],
        b'{"text": "broken',
        b'{"title": "no text"}',
        b"\xff\xfe",
        told[2],
    ]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return lines


def test_lines_are_what_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines = lines_of(path)
    rejects: list[Reject] = []
    whole = list(read_corpus(path, rejects.append, now=NOW))
    record, numbered = 0, []
    for at, line in enumerate(lines, start=1):
        if line.strip():
            record += 1
            numbered.append((str(path), at, record, line))
    read = [one for _, one in read_lines(numbered, NOW, {})]
    assert [one for one in read if isinstance(one, Document)] == whole
    assert [one for one in read if isinstance(one, Reject)] == rejects
    assert (len(whole), len(rejects)) == (3, 3)


def test_a_line_that_is_too_long_is_refused() -> None:
    (refused,) = (one for _, one in read_lines([("a.jsonl", 4, 3, b"x" * (MAX_LINE_BYTES + 1))], NOW, {}))
    assert str(refused) == "a.jsonl:4: line of 5,000,001 bytes is longer than the 5,000,000 allowed"


def test_a_file_may_be_called_by_another_name(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    lines_of(path)
    read = [one for _, one in read_file(path, "lake/a.jsonl", NOW, {})]
    assert [one.id for one in read if isinstance(one, Document)] == [f"lake/a.jsonl#{at}" for at in (1, 2, 6)]
    empty = tmp_path / "b.jsonl"
    empty.touch()
    assert [str(one) for _, one in read_file(empty, "lake/b.jsonl", NOW, {})] == ["lake/b.jsonl: is empty"]


def test_fields_of_a_file_may_be_named(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f'name,prose\nx,"{" ".join(made.story(Random(3)))}"\n', encoding="utf-8")
    (read,) = (one for _, one in read_file(path, "lake/a.csv", NOW, {"text": "prose"}))
    assert isinstance(read, Document)
    (refused,) = (one for _, one in read_file(path, "lake/a.csv", NOW, {"text": "body"}))
    assert isinstance(refused, Reject)
    assert "body" in refused.problem


def test_rows_without_a_place_need_a_name() -> None:
    arrow = pytest.importorskip("pyarrow")
    text = "\n".join(made.story(Random(2)))
    batch = arrow.RecordBatch.from_pylist([{"url": "https://a.example/1", "text": text}, {"url": None, "text": text}])
    named = [one for _, one in read_rows([(batch, [("a.parquet", 7), ("a.parquet", 8)])], NOW, {})]
    assert [one.id for one in named if isinstance(one, Document)] == ["https://a.example/1", "a.parquet#8"]
    alone = [one for _, one in read_rows([(batch, None)], NOW, {})]
    assert isinstance(alone[0], Document)
    assert isinstance(alone[1], Reject)


def test_only_columns_that_tell_something_are_read() -> None:
    assert columns_wanted(["url", "body", "embedding", "meta.title", "meta.x"], {}) == ["url", "body", "meta"]
    assert columns_wanted(["url", "prose"], {"text": "prose"}) == ["url", "prose"]
