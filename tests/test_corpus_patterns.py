"""Patterns of paths that no shell has expanded."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dedup.corpus import read_corpus, read_page
from dedup.model import CorpusError, Reject

BODY = "The ferry left at noon with nobody on board."
LINE = b'{"text": "The ferry left at noon with nobody on board."}\n'


@pytest.fixture(autouse=True)
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("pages/a.jsonl.gz", "pages/b.jsonl.gz", "pages/deep/er/c.jsonl.gz", "pages/.hidden/d.jsonl.gz"):
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_bytes(gzip.compress(LINE))
    for name in ("pages/a1.txt", "pages/a2.txt", "pages/notes.md", "pages/.a3.txt"):
        Path(name).write_text(BODY)
    Path("pages/loop").symlink_to("../pages")
    return tmp_path


def read(pattern: str) -> tuple[list[str], list[Reject]]:
    rejects: list[Reject] = []
    return [document.id for document in read_corpus(pattern, rejects.append)], rejects


PATTERNS = {
    "pages/*.jsonl.gz": ["pages/a.jsonl.gz#1", "pages/b.jsonl.gz#1"],
    "pages/**/*.jsonl.gz": ["pages/a.jsonl.gz#1", "pages/b.jsonl.gz#1", "pages/deep/er/c.jsonl.gz#1"],
    "**/c.jsonl.gz": ["pages/deep/er/c.jsonl.gz#1"],
    "pages/a?.txt": ["pages/a1.txt", "pages/a2.txt"],
    "pages/[ab][1].txt": ["pages/a1.txt"],
    "page*/d*": ["pages/deep/er/c.jsonl.gz#1"],
    "pages/.a*": ["pages/.a3.txt"],
    "./pages/a?.txt": ["pages/a1.txt", "pages/a2.txt"],
}


@pytest.mark.parametrize(("pattern", "ids"), PATTERNS.items(), ids=PATTERNS)
def test_a_pattern_is_the_files_that_match_it(pattern: str, ids: list[str]) -> None:
    assert read(pattern) == (ids, [])


def test_each_file_is_read_once_however_often_it_matches() -> None:
    ids, _ = read("pages/**")
    assert len(ids) == len(set(ids)) >= 3


def test_the_whole_path_may_be_a_pattern(pages: Path) -> None:
    assert read(f"{pages}/*/a?.txt")[0] == [f"{pages.as_posix()}/pages/{name}.txt" for name in ("a1", "a2")]


def test_a_path_that_is_there_is_no_pattern() -> None:
    Path("pages/a[1].txt").write_text(BODY)
    assert read("pages/a[1].txt")[0] == ["pages/a[1].txt"]


NOTHING = {
    "pages/*.csv": "there is no such file, and as a pattern it matches none",
    "nowhere/*.txt": "there is no such file, and as a pattern it matches none",
    "pages/*.md": r"matches no file of a known format: \.txt",
    "pages/x.db::*": "there is no such file or folder",
    "pages/[.txt": "there is no such file",
}


@pytest.mark.parametrize(("pattern", "problem"), NOTHING.items(), ids=NOTHING)
def test_a_pattern_of_nothing_is_one_sentence(pattern: str, problem: str) -> None:
    with pytest.raises(CorpusError, match=problem) as error:
        read(pattern)
    assert error.value.path == pattern


def test_a_bad_file_among_those_that_match_is_a_reject() -> None:
    Path("pages/a0.csv").write_text("one,two\n1,2\n")
    ids, rejects = read("pages/a*")
    assert ids == ["pages/a.jsonl.gz#1", "pages/a1.txt", "pages/a2.txt"]
    assert [reject.path for reject in rejects] == ["pages/a0.csv"]


def test_one_page_is_one_match() -> None:
    assert read_page("pages/a1*").id == "pages/a1.txt"
    with pytest.raises(CorpusError, match=r"pages/a\?\.txt: matches 2 files: name one page"):
        read_page("pages/a?.txt")
