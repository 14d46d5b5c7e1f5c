"""The door: files, folders and streams, and what is raised or only reported."""

import io
import json
import logging
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import page_from_text, read_corpus, read_page, read_stream
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left at noon with nobody on board."
DATA = Path(__file__).parents[2] / "shared" / "data"


def line_of(**record: object) -> str:
    return json.dumps({"text": BODY, **record}) + "\n"


def read_all(path: str | os.PathLike[str]) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW)), rejects


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is called ``pages``, from where it is called so."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pages").mkdir()
    return tmp_path / "pages"


def test_a_folder_is_read_recursively_in_sorted_order(folder: Path) -> None:
    (folder / "b").mkdir()
    (folder / "b" / "x.txt").write_text(BODY)
    (folder / "c.jsonl").write_text(line_of() + line_of(id="own"))
    (folder / "a.json").write_text(json.dumps({"text": BODY}))
    documents, rejects = read_all("pages")
    assert [d.id for d in documents] == ["pages/a.json", "pages/b/x.txt", "pages/c.jsonl#1", "own"]
    assert [d.origin for d in documents][2:] == ["pages/c.jsonl:1", "pages/c.jsonl:2"]
    assert not rejects


def test_what_is_no_page_is_passed_over(folder: Path) -> None:
    for name in ("notes.md", ".hidden.txt", "image.png", "a.zip"):
        (folder / name).write_bytes(b"\x00\x01")
    (folder / ".git").mkdir()
    (folder / ".git" / "x.txt").write_text(BODY)
    (folder / "loop").symlink_to(folder)
    (folder / "self.txt").symlink_to("self.txt")
    os.mkfifo(folder / "pipe.txt")
    (folder / "page.txt").write_text(BODY)
    documents, rejects = read_all("pages")
    assert [d.id for d in documents] == ["pages/page.txt"]
    assert not rejects


def test_a_folder_without_pages_names_the_known_suffixes(folder: Path) -> None:
    (folder / "notes.md").write_text(BODY)
    with pytest.raises(CorpusError, match=r"pages: holds no file of a known format: \.txt \.jsonl"):
        read_all("pages")


def test_a_bad_file_of_a_folder_is_a_reject_and_the_run_goes_on(folder: Path) -> None:
    (folder / "a.csv").write_text("one,two\n1,2\n")
    (folder / "b.json").write_text("{")
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.txt").write_text(BODY)
    documents, rejects = read_all("pages")
    assert [d.id for d in documents] == ["pages/d.txt"]
    assert [r.path for r in rejects] == ["pages/a.csv", "pages/b.json", "pages/c.txt"]


def test_a_missing_path_is_raised_before_anything_is_read() -> None:
    with pytest.raises(CorpusError, match="nowhere: there is no such file or folder"):
        read_corpus("nowhere")


def make_fifo(path: Path) -> None:
    os.mkfifo(path)


REFUSED_PATHS: dict[str, tuple[str, Callable[[Path], object], str]] = {
    "zip": ("a.zip", lambda p: p.write_bytes(b"PK\x03\x04"), "is an archive: unpack it first"),
    "tar": ("a.tar.gz", lambda p: p.write_bytes(b"\x1f\x8b"), "is an archive: unpack it first"),
    "fifo": ("a.txt", make_fifo, "is neither a file nor a folder"),
    "spreadsheet": ("a.csv", lambda p: p.write_bytes(b"PK\x03\x04" + b"x" * 99), "zip archive or a spreadsheet"),
    "binary": ("a.dat", lambda p: p.write_bytes(b"a\x00b"), "is not a text, and its suffix is none that is known"),
    "not UTF-8": ("a.dat", lambda p: p.write_bytes(b"ab\xff"), "is not UTF-8 at byte 3"),
    "not JSON": ("a.json", lambda p: p.write_text('{"text": 1,\n oops}'), "is not JSON: .* at line 2 character 2"),
    "deep JSON": ("a.json", lambda p: p.write_text("[" * 200_000), "is nested too deeply"),
    "broken gzip page": ("a.txt.gz", lambda p: p.write_bytes(b"\x1f\x8b\x08\x00"), "the gzip data is cut off"),
}


@pytest.mark.parametrize(("name", "make", "problem"), REFUSED_PATHS.values(), ids=REFUSED_PATHS.keys())
def test_a_file_that_is_not_what_it_says_is_raised(
    name: str, make: Callable[[Path], object], problem: str, tmp_path: Path
) -> None:
    make(tmp_path / name)
    with pytest.raises(CorpusError, match=problem) as error:
        read_all(tmp_path / name)
    assert error.value.path == (tmp_path / name).as_posix()


def test_an_unknown_suffix_is_read_as_text_when_it_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "story.md").write_text(f"Daily|Ferry sails\n\n{BODY}\n", encoding="utf-8-sig")
    documents, _ = read_all(tmp_path / "story.md")
    assert [(d.title, d.outlet, d.text) for d in documents] == [("Ferry sails", "Daily", BODY + "\n")]


EMPTY = {
    "txt": ("a.txt", b"", "is empty"),
    "jsonl": ("a.jsonl", b"", "is empty"),
    "json": ("a.json", b"", "is empty"),
    "csv": ("a.csv", b"", "is empty"),
    "html": ("a.html", b"", "is empty"),
    "gzip": ("a.jsonl.gz", b"", "is empty: not a gzip file"),
    "blank lines": ("a.jsonl", b"\n \n\n", "holds no record"),
    "blank page": ("a.txt", b" \n", "no text"),
    "empty array": ("a.json", b"[]", "holds no record"),
    "header only": ("a.csv", b"title,text\n", "holds no row below its header"),
}


@pytest.mark.parametrize(("name", "data", "problem"), EMPTY.values(), ids=EMPTY.keys())
def test_an_empty_file_is_reported_once(name: str, data: bytes, problem: str, tmp_path: Path) -> None:
    if name.endswith("html"):
        pytest.importorskip("trafilatura", exc_type=ImportError)
    (tmp_path / name).write_bytes(data)
    documents, rejects = read_all(tmp_path / name)
    assert not documents
    assert [r.problem for r in rejects] == [problem]


def test_rejects_are_logged_when_nobody_takes_them(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        assert list(read_stream(io.BytesIO(b"oops\n"), "feed")) == []
    assert caplog.messages == ["feed:1: is not JSON: Expecting value at character 1"]


def test_a_stream_is_json_lines() -> None:
    rejects: list[Reject] = []
    stream = io.BytesIO(b"\xef\xbb\xbf" + line_of().encode() + b"\r\n[]\n" + line_of(id="z").encode())
    documents = list(read_stream(stream, on_reject=rejects.append, now=NOW))
    assert [(d.id, d.origin) for d in documents] == [("<stdin>#1", "<stdin>:1"), ("z", "<stdin>:4")]
    assert rejects == [Reject("<stdin>", 3, "is a list, not an object with a text")]


def test_a_stream_in_utf_16_is_raised() -> None:
    with pytest.raises(CorpusError, match="feed: is UTF-16: JSON Lines must be UTF-8"):
        list(read_stream(io.BytesIO(line_of().encode("utf-16")), "feed"))


def test_a_page_is_the_first_record_that_can_be_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("oops\n" + line_of(id="second") + line_of(id="third"))
    rejects: list[Reject] = []
    assert read_page(tmp_path / "a.jsonl", rejects.append).id == "second"
    assert len(rejects) == 1


def test_a_file_without_a_page_is_raised_with_its_first_reason(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("oops\n[]\n")
    with pytest.raises(CorpusError, match=r"a\.jsonl:1: is not JSON"):
        read_page(tmp_path / "a.jsonl", lambda _: None)
    with pytest.raises(CorpusError, match="is a folder"):
        read_page(tmp_path)


def test_pasted_text_is_a_page() -> None:
    page = page_from_text(f"Daily|Ferry sails\r\n\r\n{BODY}", now=NOW)
    assert (page.id, page.outlet, page.title, page.text) == ("<pasted>", "Daily", "Ferry sails", BODY)
    assert page_from_text("One line only", id="x").text == "One line only"
    with pytest.raises(CorpusError, match="<pasted>: no text"):
        page_from_text(" \n ")


def test_dates_are_judged_by_the_time_given(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text(line_of(date="2026-03-02") + line_of(date="2026-03-05"))
    documents, _ = read_all(tmp_path / "a.jsonl")
    assert [d.published for d in documents] == ["2026-03-02", None]


def test_a_file_name_that_is_no_text_is_written_out(tmp_path: Path) -> None:
    path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.txt")
    Path(path).write_text(BODY)
    documents, _ = read_all(path)
    assert documents[0].id.endswith("/\\xff.txt")


@pytest.mark.skipif(not (DATA / "seed").is_dir(), reason="the shared data folder is not there")
def test_the_real_pair_is_read_as_people_read_it() -> None:
    (mirror, original), rejects = read_all(DATA / "seed")
    assert not rejects
    assert mirror.outlet == mirror.site_name == "Phaninc Exchange"
    assert (mirror.published, original.published) == ("2025-05-06T13:40:43", None)
    assert mirror.byline == "Marcus Erikson"
    assert mirror.title == original.title
    assert mirror.text.startswith("2025-05-06 13:40:43source:")
    assert (original.outlet, original.text[:5]) == (None, "South")
