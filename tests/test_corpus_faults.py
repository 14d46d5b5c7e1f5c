"""What goes wrong with files, encodings and records: a row a fault, with what must be read and what must be said."""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from dedup.corpus import read_corpus
from dedup.corpus.cleaning import MAX_TEXT_BYTES
from dedup.corpus.files import MAX_LINE_BYTES
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left at noon with nobody on board."
GOOD = json.dumps({"text": BODY}).encode() + b"\n"


def record(**fields: object) -> bytes:
    return json.dumps({"text": BODY, **fields}).encode() + b"\n"


def parquet(path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"text": [BODY] * 9}), path)


def cut_parquet(path: Path) -> None:
    parquet(path)
    path.write_bytes(path.read_bytes()[:-20])


def nested_parquet(path: Path) -> None:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    pq.write_table(pa.table({"text": [[[BODY]]]}), path)


def endless_view(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create table pages (id, text)")
        db.execute("insert into pages values ('a', ?)", [BODY])
        db.execute(
            "create view v as with recursive r(text) as (select 'x' union all select text from r) select * from r"
        )


def folder(path: Path) -> None:
    path.mkdir()
    (path / "notes.md").write_text(BODY)


def with_loop(path: Path) -> None:
    path.mkdir()
    (path / "a.jsonl").write_bytes(GOOD)
    (path / "loop").symlink_to(path)
    os.mkfifo(path / "pipe.txt")
    (path / "null.txt").symlink_to("/dev/null")


def unreadable(path: Path) -> None:
    path.mkdir()
    (path / "a.jsonl").write_bytes(GOOD)
    (path / "b.jsonl").mkdir()
    (path / "c.txt").write_bytes(b"\xff\xfe\x00")


class Fault(NamedTuple):
    """A path, what stands there, the texts to be read, and what is said: of rejects in order, or of the path itself."""

    name: str
    make: bytes | Callable[[Path], None] | None
    texts: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    error: str | None = None


ONE = (BODY,)
UTF_16 = f'[{{"text": "{BODY}"}}]'
FAULTS = {
    "1 an empty file": Fault("x.jsonl", b"", says=("is empty",)),
    "2 blank lines alone": Fault("x.jsonl", b"\n \r\n\n", says=("holds no record",)),
    "3 a path that is not there": Fault("x.jsonl", None, error="there is no such file or folder"),
    "4 a folder of nothing known": Fault("x", folder, error="holds no file of a known format: .txt"),
    "5 a file of a folder that cannot be read": Fault("x", unreadable, ONE, ("starts as UTF-16 but is not",)),
    "6 a mark before UTF-8": Fault("x.jsonl", b"\xef\xbb\xbf" + GOOD, ONE),
    "7 UTF-16 with a mark": Fault("x.json", UTF_16.encode("utf-16"), ONE),
    "7 UTF-32 with a mark": Fault("x.json", UTF_16.encode("utf-32"), ONE),
    "7 a table in UTF-16 without a mark": Fault("x.csv", f"text,n\n{BODY},1\n".encode("utf-16-le"), ONE),
    "7 the same, high byte first": Fault("x.csv", f"text,n\n{BODY},1\n".encode("utf-16-be"), ONE),
    "8 windows-1252 in a table": Fault("x.csv", b"text,n\ncaf\xe9 \x93na\xefve\x94,1\n", ("café “naïve”",)),
    "8 windows-1252 in a page": Fault("x.txt", b"caf\xe9 \x93na\xefve\x94", ("café “naïve”",)),
    "9 a line that is not UTF-8": Fault(
        "x.jsonl", GOOD + b'{"text": "caf\xe9"}\n' + GOOD, ONE * 2, ("is not UTF-8 at byte 14",)
    ),
    "10 a NUL": Fault("x.jsonl", record(text=BODY + "\x00"), ONE),
    "11 half a character": Fault("x.jsonl", b'{"text": "a \\ud800 b"}\n', ("a \ufffd b",)),
    "14 line ends of all kinds": Fault("x.jsonl", record(text="a\r\nb\rc\u2028d"), ("a\nb\nc\u2028d",)),
    "16 the longest text allowed": Fault("x.jsonl", b'{"text": "%s"}\n' % (b"x" * 4_999_000), ("x" * 4_999_000,)),
    "16 a line too long": Fault(
        "x.jsonl", b"x" * (MAX_LINE_BYTES + 1) + b"\n" + GOOD, ONE, ("line of 5,000,001 bytes is longer than",)
    ),
    "16 a page too long": Fault("x.txt", b"x" * (MAX_TEXT_BYTES + 1), says=("holds more than the 5,000,000 bytes",)),
    "17 a line without an end": Fault("x.jsonl", b"x" * 60_000_000, says=("line of 60,000,000 bytes is longer",)),
    "18 gzip that is cut off": Fault(
        "x.jsonl.gz", gzip.compress(GOOD)[:-5], ONE, ("the gzip data is cut off here",)
    ),
    "19 gzip with something behind": Fault(
        "x.jsonl.gz", gzip.compress(GOOD) + b"more", ONE, ("the gzip data is followed by something else",)
    ),
    "20 gzip of several members": Fault("x.jsonl.gz", gzip.compress(GOOD) + gzip.compress(GOOD), ONE * 2),
    "21 a bomb": Fault("x.jsonl.gz", gzip.compress(bytes(50_000_000)), says=("line of 50,000,000 bytes is longer",)),
    "22 a suffix that lies: plain .gz": Fault("x.jsonl.gz", GOOD, ONE),
    "22 a suffix that lies: packed plain": Fault("x.jsonl", gzip.compress(GOOD), ONE),
    "22 a suffix that lies: lines in .json": Fault("x.json", GOOD * 2, ONE * 2),
    "22 a suffix that lies: an array in .jsonl": Fault("x.jsonl", b"[\n" + GOOD + b"]", ONE),
    "23 zip": Fault("x.zip", b"PK\x03\x04", error="is an archive: unpack it first"),
    "23 tar": Fault("x.tar.zst", b"", error="is an archive: unpack it first"),
    "24 a loop, a pipe and a device": Fault("x", with_loop, ONE),
    "26 a line that is not JSON": Fault("x.jsonl", GOOD + b"{oops\n" + GOOD, ONE * 2, ("is not JSON",)),
    "27 a depth of 100,000": Fault("x.jsonl", b"[" * 100_000 + b"\n" + GOOD, ONE, ("is nested too deeply",)),
    "28 a number of 5,000 digits": Fault(
        "x.jsonl", b'{"text": %s}\n' % (b"1" * 5000) + GOOD, ONE, ("holds a number with too many digits",)
    ),
    "29 no number": Fault("x.jsonl", b'{"text": "%s", "title": NaN, "id": Infinity}' % BODY.encode(), ONE),
    "30 a key twice": Fault("x.jsonl", b'{"text": "not this", "text": "%s"}' % BODY.encode(), ONE),
    "31 no object": Fault("x.jsonl", b'[1]\n"a"\nnull\n7\n', says=("is a list", "is a text", "is null", "is a number")),
    "32 no text": Fault(
        "x.jsonl", b'{"text": null}\n{"text": ""}\n{"text": 5}', says=("no text", "no text", "text is a number")
    ),
    "32 paragraphs": Fault("x.jsonl", record(text=["One.", "Two."]), ("One.\n\nTwo.",)),
    "33 a table without a text": Fault("x.csv", b"a,b\n1,2\n", error="no column holds a text: its columns are a, b"),
    "34 no address": Fault("x.jsonl", GOOD, ONE),
    "36 a field longer than the parser allows": Fault("x.csv", b"text,n\n%s,1\n" % (b"x" * 200_000), ("x" * 200_000,)),
    "37 a quote that is not closed": Fault("x.csv", b'n,text\n1,"open\n2,b\n', ("b",), ("a quote that opens here",)),
    "38 a row too long": Fault("x.csv", b"text,n\na,1,2\nb,1\n", ("b",), ("has 3 fields where the header has 2",)),
    "38 names twice and none": Fault("x.csv", b"text,text,\na,b,c\n", ("a",)),
    "39 semicolons": Fault("x.csv", b"n;text\n1;a, b\n", ("a, b",)),
    "39 tabs": Fault("x.csv", b"n\ttext\n1\ta, b\n", ("a, b",)),
    "39 bars": Fault("x.csv", b"n|text\n1|a, b\n", ("a, b",)),
    "40 Parquet that is cut off": Fault("x.parquet", cut_parquet, error="is not Parquet, or is cut off"),
    "40 Parquet with nested texts": Fault("x.parquet", nested_parquet, says=("text is a list, not a text",)),
    "42 no database": Fault("x.db", b"text", error="is not a SQLite database"),
    "42 a damaged database": Fault("x.db", b"SQLite format 3\x00" + b"\xff" * 99, error="cannot be read as SQLite"),
    "42 a view without end": Fault("x.db", endless_view, ONE),
}  # fmt: skip


def read(path: Path) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW)), rejects


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_a_fault_costs_what_is_faulty_and_is_told(fault: Fault, tmp_path: Path) -> None:
    path = tmp_path / fault.name
    if callable(fault.make):
        fault.make(path)
    elif fault.make is not None:
        path.write_bytes(fault.make)
    if fault.error is not None:
        with pytest.raises(CorpusError) as raised:
            read(path)
        assert raised.value.problem.startswith(fault.error)
        assert raised.value.path == path.as_posix()
        return
    documents, rejects = read(path)
    assert tuple(d.text for d in documents) == fault.texts
    assert len(rejects) == len(fault.says)
    for reject, says in zip(rejects, fault.says, strict=True):
        assert says in reject.problem
        assert "\n" not in str(reject)


def test_25_a_file_that_grows_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(GOOD)
    found = read_corpus(path, now=NOW)
    next(found)
    with path.open("ab") as file:
        file.write(b'{"text": "half')
    rejects = [*found]
    assert rejects == []


def test_35_an_address_twice_is_two_records_of_one_id(tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_bytes(record(url="https://daily.com/a") + record(url="https://daily.com/a", text="Another."))
    assert [(d.id, d.text) for d in read(path)[0]] == [
        ("https://daily.com/a", BODY),
        ("https://daily.com/a", "Another."),
    ]
