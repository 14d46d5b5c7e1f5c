"""``dedup judge`` and ``dedup judgements``: what is said, what is shown of it, and how it leaves and comes back."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import made
import pytest

from dedup.cli import run
from dedup.index import Index

GOAT, MOTH = made.story(Random("said"), 8), made.story(Random("not said"), 8)
PAGES = (
    made.page("wire/goat", GOAT, crawled="2024-05-01"),
    made.page("heath/goat", made.named(Random(1), GOAT, "Heath"), crawled="2024-05-03"),
    made.page("lone/moth", MOTH),
)
JUDGED = ("judge", "wire/goat", "heath/goat", "--verdict", "copy")
SENTENCE = "that wire/goat is a copy of heath/goat: I asked"


class Shell:
    def __init__(self, db: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.db, self._capsys = db, capsys

    def __call__(self, *arguments: str, db: Path | None = None) -> tuple[int, str, str]:
        code = run([*arguments, "--db", str(db or self.db)])
        said = self._capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return code, said.out, said.err


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add(PAGES)
    return Shell(tmp_path / "d.db", capsys)


def test_what_was_judged_is_told_kept_and_shown_everywhere(shell: Shell) -> None:
    code, out, err = shell(*JUDGED, "--note", "I asked")
    assert (code, out) == (0, "")
    assert err.startswith("Kept: a person judged on 20")
    assert err.endswith(f"{SENTENCE}.\n")
    (row,) = (json.loads(line) for line in shell("judgements", "-f", "jsonl")[1].splitlines())
    assert list(row) == ["copy", "original", "verdict", "judged_at", "note"]
    assert row["judged_at"][10:11] + row["judged_at"][-6:] == "T+00:00"
    who = shell("who", "wire/goat")[1].splitlines()
    assert who[3].startswith("  - a person judged on 20")
    assert shell("compare", "wire/goat", "heath/goat")[1].startswith("A person judged on 20")
    assert shell("compare", "wire/goat", "heath/goat", "--why")[1].startswith("+ judgement: a person judged on 20")
    assert json.loads(shell("export", "-f", "jsonl")[1])["reasons"][0].startswith("a person judged on 20")
    assert json.loads(shell("info", "-f", "jsonl")[1])["judgements"] == 1
    assert not shell("compare", "wire/goat", "lone/moth", "--why")[1].startswith("+ judgement")


def test_pages_that_share_nothing_are_told_to_get_no_link(shell: Shell) -> None:
    _, _, err = shell("judge", "wire/goat", "lone/moth", "--verdict", "original")
    assert err.splitlines()[1] == "The two share no passage, so no link is told between them."
    assert shell("judge", "wire/goat", "lone/moth", "--verdict", "unrelated")[2].count("\n") == 1
    assert shell(*JUDGED, "--quiet") == (0, "", "")


def test_what_was_judged_can_be_taken_back(shell: Shell) -> None:
    shell(*JUDGED)
    assert shell("judge", "heath/goat", "wire/goat", "--withdraw") == (0, "", "Taken back.\n")
    assert shell("judge", "heath/goat", "wire/goat", "--withdraw") == (1, "", "Nothing was judged of the two.\n")
    assert shell("judgements", "-f", "jsonl") == (0, "", "")


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_what_is_exported_is_imported_elsewhere(shell: Shell, tmp_path: Path, form: str) -> None:
    shell(*JUDGED, "--note", "I asked,\nand = he said")
    shell("judge", "lone/moth", "wire/goat", "--verdict", "unknown")
    file = tmp_path / f"said.{form}"
    file.write_text(shell("judgements", "-f", form)[1], encoding="utf-8")
    other = tmp_path / "other.db"
    with Index(other, workers=1) as index:
        index.add(PAGES)
    assert shell("judge", "--import", str(file), db=other) == (0, "", "2 read, 2 of them new or later, 0 rejected.\n")
    assert shell("judge", "--import", str(file), db=other)[2].startswith("2 read, 0 of them new")
    assert shell("judgements", db=other) == shell("judgements")
    assert shell("export", "-f", "jsonl", db=other) == shell("export", "-f", "jsonl")


def test_bad_lines_are_named_and_the_run_goes_on(shell: Shell, tmp_path: Path) -> None:
    file = tmp_path / "said.csv"
    file.write_text("copy,original,verdict\nwire/goat,heath/goat,perhaps\nmoon,wire/goat,copy\n", encoding="utf-8")
    code, out, err = shell("judge", "--import", str(file))
    assert (code, out) == (0, "")
    assert err.splitlines()[0].startswith(f"rejected {file.as_posix()}:2: has the verdict 'perhaps'; it must be one of")
    assert err.splitlines()[1] == "1 read, 1 of them new or later, 1 rejected."
    assert '"moon"' in shell("judgements", "-f", "jsonl")[1]


WRONG = {
    "nothing": (["judge"], "name the two documents, COPY and ORIGINAL, or a file with --import"),
    "one page": (["judge", "wire/goat", "--verdict", "copy"], "name the two documents"),
    "no verdict": (["judge", "wire/goat", "lone/moth"], "say what COPY is to ORIGINAL with --verdict"),
    "two things at once": ([*JUDGED, "--withdraw"], "say what COPY is to ORIGINAL with --verdict, or take it back"),
    "no such verdict": (["judge", "a", "b", "--verdict", "perhaps"], "'perhaps' is not one of"),
    "a page that is not there": (["judge", "moon", "wire/goat", "--verdict", "copy"], "moon: no document with this id"),
    "the same page": (["judge", "lone/moth", "lone/moth", "--verdict", "copy"], "lone/moth: is one page"),
    "a file beside pages": ([*JUDGED, "--import", "x"], "--import stands alone"),
    "no such file": (["judge", "--import", "no-such.csv"], "no-such.csv: there is no such file"),
    "not a file of judgements": (["judge", "--import", __file__], "holds no judgements: its columns must be copy"),
    "no truth": (["evaluate"], "name a truth file, or hold the links against what persons judged"),
}


@pytest.mark.parametrize(("arguments", "problem"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_done_is_said_in_one_sentence(shell: Shell, arguments: list[str], problem: str) -> None:
    code, out, err = shell(*arguments)
    assert (code, out) == (2, "")
    (error,) = (line for line in err.splitlines() if line.startswith("Error: "))
    assert problem in error
    assert shell("judgements", "-f", "jsonl")[1] == ""


def test_a_store_that_is_not_there_is_not_made(shell: Shell, tmp_path: Path) -> None:
    code, _, err = shell(*JUDGED, db=tmp_path / "none.db")
    assert (code, err.count("\n")) == (2, 1)
    assert not (tmp_path / "none.db").exists()


def test_links_are_held_against_judgements(shell: Shell) -> None:
    shell(*JUDGED)
    told = json.loads(shell("evaluate", "--judgements", "-f", "json")[1])
    assert (told["measures"]["recall"]["right"], told["measures"]["direction accuracy"]["value"]) == (1, 0.0)
