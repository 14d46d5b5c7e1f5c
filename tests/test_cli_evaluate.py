"""``dedup evaluate``: the measures as a person and as a program read them, and the file of mistakes."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import made
import pytest

from dedup.cli import run
from dedup.index import Index
from dedup.model import Document
from dedup.truth import Label

GOAT = (
    "The goat of the lower meadow climbed the roof of the mill on Monday and ate the flag, the miller said.",
    "It was the third flag since spring, and the council has ordered two more from a tailor in the next town.",
)
LAMP = (
    "Nine lamps were lit along the harbour wall after a captain complained that he had moored twice in a tree.",
    "The harbour master said the tree would be cut down, which pleased the captain but not the herons in it.",
)


def pages() -> list[Document]:
    return [
        made.page("wire/goat", GOAT, crawled="2024-01-01"),
        made.page("wire/lamp", LAMP, crawled="2024-01-01"),
        made.page("heath/goat", (GOAT[0].replace("meadow climbed", "meadow Heath climbed"), GOAT[1])),
        made.page("heath/lamp", (LAMP[0].replace("wall after", "wall Heath after"), LAMP[1])),
        made.page("heath/solo", ("Nothing of this page was ever written by anybody else, nor will it be again.",)),
    ]


@pytest.fixture
def db(tmp_path: Path) -> str:
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add(pages())
    return str(tmp_path / "d.db")


def truth(folder: Path, *rows: str) -> str:
    path = folder / "truth.csv"
    path.write_text("\n".join(["copy,original,kind", *rows]) + "\n", encoding="utf-8")
    return str(path)


GOOD = ("heath/goat,wire/goat,full", "heath/lamp,wire/lamp,full")


def test_a_person_reads_a_table(tmp_path: Path, db: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["evaluate", truth(tmp_path, *GOOD), "--db", db]) == 0
    said = capsys.readouterr()
    lines = [line.split() for line in said.out.splitlines()]
    assert ["recall", "1.0000", "1.0000", "1.0000", "2"] in lines
    assert ["top-1", "1.0000", "1.0000", "1.0000", "2"] in lines
    assert any(line[:2] == ["full", "2"] for line in lines)
    assert said.err == ""


def test_a_program_reads_every_measure_of_every_group(
    tmp_path: Path, db: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = truth(tmp_path, *GOOD, "heath/solo,wire/goat,partial")
    run(["evaluate", path, "--db", db, "-f", "csv"])
    rows = {(r["by"], r["group"], r["measure"]): r for r in csv.DictReader(io.StringIO(capsys.readouterr().out))}
    assert (rows["all", "", "recall"]["right"], rows["all", "", "recall"]["of"]) == ("2", "3")
    assert rows["kind", "partial", "recall"]["value"] == "0.0"
    run(["evaluate", path, "--db", db, "-f", "json"])
    told = json.loads(capsys.readouterr().out)
    assert [mistake["wrong"] for mistake in told["mistakes"]] == ["missed"]


def test_a_label_of_an_unknown_document_is_named(tmp_path: Path, db: str, capsys: pytest.CaptureFixture[str]) -> None:
    path = truth(tmp_path, *GOOD, "heath/moon,wire/goat,full", "heath/goat,wire/goat,whole")
    assert run(["evaluate", path, "--db", db]) == 0
    said = capsys.readouterr().err.splitlines()
    assert said[0].startswith(f"rejected {path}:5: has the label 'whole'")
    assert said[1].startswith(f"rejected {path}:4: names 'heath/moon', which no document of")


def test_mistakes_are_written_with_both_texts(tmp_path: Path, db: str) -> None:
    errors = tmp_path / "wrong.txt"
    path = truth(tmp_path, "heath/goat,wire/lamp,full", "heath/lamp,,full")
    assert run(["evaluate", path, "--db", db, "--errors", str(errors)]) == 0
    told = errors.read_text(encoding="utf-8")
    assert "Missed: heath/goat and wire/lamp\ntrue: full\n\nThey share no passage." in told
    assert "Told, and no copy: heath/goat and wire/goat\ntrue: no label tells of them\n" in told
    assert "told: full, heath/goat from wire/goat, coverage" in told
    assert "The goat of the lower meadow climbed" in told
    assert "Missed: heath/lamp and an absent original" in told


def test_documents_may_be_named_by_the_end_of_their_path(tmp_path: Path) -> None:
    texts = [made.page(id, GOAT) for id in ("crawl/one/a.txt", "crawl/two/b.txt", "crawl/two/a.txt")]
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add(texts)
        told = index.evaluate([Label("b.txt", "one/a.txt", directed=False), Label("b.txt", "a.txt", origin="t.csv:9")])
    assert told.measures["recall"].of == 1
    (reject,) = told.rejects
    assert (reject.path, reject.line) == ("t.csv", 9)
    assert "'a.txt'" in reject.problem
