"""Folders of saved pages: the addresses that ``wget -r`` writes as paths, and the processes that read them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dedup.corpus import Options, read_corpus
from dedup.corpus.webpages import address_below, is_html
from dedup.model import CorpusError, Document, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SENTENCE = "The ferry left at noon with nobody on board, and it came back at one with the mayor."
PARAGRAPHS = "".join(f"<p>{SENTENCE} This was on day {day}.</p>" for day in range(6))
STORY = f"<!DOCTYPE html>\n<html><head><title>Ferry</title></head><body><article>{PARAGRAPHS}</article></body></html>"
ROOT = Path(__file__).parents[1]

ADDRESSES = {
    "page": ("example.com/news/a.html", "http://example.com/news/a.html"),
    "index": ("example.com/news/index.html", "http://example.com/news/"),
    "front page": ("example.com/index.html", "http://example.com/"),
    "query": ("www.example.com/a.php?id=5", "http://www.example.com/a.php?id=5"),
    "port": ("example.com:8080/a.html", "http://example.com:8080/a.html"),
    "space and accent": ("example.com/a é.html", "http://example.com/a%20%C3%A9.html"),
    "no host": ("news/a.html", None),
    "no top level": ("news.old7/a.html", None),
    "top level that is none": ("news.backup/a.html", None),
    "file alone": ("example.com", None),
    "no folder": (None, None),
}


@pytest.mark.parametrize(("below", "url"), ADDRESSES.values(), ids=ADDRESSES.keys())
def test_a_path_below_the_folder_is_an_address(below: str | None, url: str | None) -> None:
    assert address_below(below) == url


STARTS = {
    "doctype": (b"<!DOCTYPE html><p>", True),
    "element": (b"\xef\xbb\xbf\n <HTML lang=en>", True),
    "comment first": (b"<!-- saved -->\n<html>", True),
    "XHTML": (b'<?xml version="1.0"?><!DOCTYPE html PUBLIC "x">', True),
    "feed": (b'<?xml version="1.0"?><rss>', False),
    "style": (b"body { color: red }", False),
    "unclosed comments": (b"<!--" * 250, False),
    "spaces": (b" " * 1024, False),
}


@pytest.mark.parametrize(("start", "told"), STARTS.values(), ids=STARTS.keys())
def test_a_page_is_told_by_its_first_bytes(start: bytes, told: bool) -> None:
    assert is_html("", start) == told


def read(folder: Path, **how: object) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(folder, rejects.append, now=NOW, options=Options(**how))), rejects  # type: ignore[arg-type]


needs_trafilatura = pytest.mark.usefixtures("trafilatura")


@pytest.fixture
def trafilatura() -> object:
    return pytest.importorskip("trafilatura", exc_type=ImportError)


@needs_trafilatura
def test_a_tree_of_wget_is_read(tmp_path: Path) -> None:
    site = tmp_path / "www.tide.com" / "news"
    site.mkdir(parents=True)
    for name in ("a.html", "b", "c.php?id=5"):
        (site / name).write_text(STORY)
    (site / "style.css").write_text("body { color: red }")
    (tmp_path / "b").write_text(STORY)
    documents, rejects = read(tmp_path)
    assert not rejects
    addresses = [f"http://www.tide.com/news/{name}" for name in ("a.html", "b", "c.php?id=5")]
    assert [(document.id, document.outlet) for document in documents] == [(url, "tide.com") for url in addresses]


@needs_trafilatura
def test_the_other_extractor_reads_the_same_page(tmp_path: Path) -> None:
    pytest.importorskip("resiliparse")
    head = (
        '<meta property="og:site_name" content="Daily Tide"><meta name="author" content="Ann Alder">'
        '<meta property="article:published_time" content="2024-05-06T13:40:43Z">'
        '<link rel="canonical" href="https://wire.com/ferry">'
    )
    (tmp_path / "a.html").write_text(STORY.replace("</title>", f"</title>{head}"))
    (document,), rejects = read(tmp_path, extractor="resiliparse")
    assert not rejects
    assert document.text.count(SENTENCE) == 6
    assert (document.title, document.site_name, document.byline) == ("Ferry", "Daily Tide", "Ann Alder")
    assert (document.published, document.canonical) == ("2024-05-06T13:40:43+00:00", "https://wire.com/ferry")


def test_the_other_extractor_is_named_where_it_is_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resiliparse", None)
    (tmp_path / "a.html").write_text(STORY)
    with pytest.raises(CorpusError, match=r"needs resiliparse: pip install 'newswire-dedup\[warc\]'"):
        list(read_corpus(tmp_path / "a.html", options=Options(extractor="resiliparse")))


# ---------------------------------------------------------------------------------------------------------------
# The end of a program that reads. None of these has a guard for what another process would import.

PROGRAMS = {
    "left open": "items = read_corpus({folder!r}, options=Options(processes=2)); print(next(items).title)",
    "an error": "for page in read_corpus({folder!r}, options=Options(processes=2)): raise SystemExit(3)",
    "read whole": "print(len(list(read_corpus({folder!r}, options=Options(processes=2)))))",
}


def program(folder: Path, lines: str) -> list[str]:
    start = "from dedup.corpus import Options, read_corpus\n"
    return [sys.executable, "-X", "dev", "-W", "error", "-c", start + lines.format(folder=folder.as_posix())]


@needs_trafilatura
@pytest.mark.parametrize("lines", PROGRAMS.values(), ids=PROGRAMS.keys())
def test_a_program_ends_without_a_word(lines: str, tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number}.html").write_text(STORY.replace("day", f"day {number}-"))
    done = subprocess.run(program(tmp_path, lines), cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.stderr, done.returncode) == ("", 3 if "SystemExit" in lines else 0)


def of(parent: int) -> list[int]:
    listed = Path(f"/proc/{parent}/task").glob("*/children")
    return [int(pid) for children in listed for pid in children.read_text().split()]


def gone(pid: int) -> bool:
    return not Path(f"/proc/{pid}").exists() or ") Z " in Path(f"/proc/{pid}/stat").read_text()


def wait_for(told: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not told() and time.monotonic() < end:
        time.sleep(0.05)


@needs_trafilatura
@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found in /proc")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=lambda how: how.name)
def test_nothing_is_left_of_a_program_that_is_stopped(how: signal.Signals, tmp_path: Path) -> None:
    slow = "<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">"
    (tmp_path / "a.html").write_text(slow)
    lines = "list(read_corpus({folder!r}, options=Options(page_seconds=9)))"
    with subprocess.Popen(program(tmp_path, lines), cwd=ROOT, stderr=subprocess.PIPE) as running:
        wait_for(lambda: of(running.pid))
        workers = of(running.pid)
        time.sleep(0.5)
        os.kill(running.pid, how)
        _, told = running.communicate(timeout=30)
    assert workers
    wait_for(lambda: all(map(gone, workers)))
    assert all(map(gone, workers))
    assert (b"KeyboardInterrupt" in told, b"Warning" in told) == (how is signal.SIGINT, False)
