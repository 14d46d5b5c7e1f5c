"""Hostile pages and records: each ends within its time, is named, and disturbs nothing beside it."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from threading import Thread

import pytest

from dedup.corpus import Options, read_corpus
from dedup.corpus.extracting import Done, extracted
from dedup.corpus.files import Place
from dedup.corpus.waiting import Page
from dedup.model import Document, FileRead, Reject

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SENTENCE = "The ferry left at noon with nobody on board, and it came back at one with the mayor."

pytest.importorskip("trafilatura", exc_type=ImportError)


def story(number: int = 0) -> bytes:
    paragraphs = "".join(f"<p>{SENTENCE} This was on day {number}-{n}.</p>" for n in range(1, 8))
    return f"<html><body><article><h1>Ferry {number}</h1>{paragraphs}</article></body></html>".encode()


def read(folder: Path, seconds: float = 20.0, processes: int = 2) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    options = Options(processes=processes, page_seconds=seconds)
    return list(read_corpus(folder, rejects.append, now=NOW, options=options)), rejects


# What is written, and the reasons that may be given for it; "" where a page may also be read.
HOSTILE: dict[str, tuple[Callable[[], bytes], tuple[str, ...]]] = {
    "100,000 nested elements": (lambda: b"<div>" * 100_000, ("takes more", "breaks", "cannot be parsed", "no text")),
    "200,000 attributes": (
        lambda: b"<p " + b"".join(b"a%d=1 " % n for n in range(200_000)) + b">" + story(),
        ("takes more than the 2 seconds",),
    ),
    "100,000 paragraphs": (lambda: b"<p>word word" * 100_000, ("takes more than the 2 seconds",)),
    "20 MB": (lambda: b"x" * 20_000_000, ("holds more than the 5,000,000 bytes allowed",)),
    "100,000 unclosed elements": (lambda: b"<b><i><table><tr>" * 25_000, ("takes more", "breaks", "no text", "cannot")),
    "bytes at random": (lambda: Random(1).randbytes(100_000), ("no text", "cannot be parsed", "")),
    "a column of 9,007,199,254,740,991": (
        lambda: b"<table><tr><td colspan=9007199254740991>a<td rowspan=9007199254740991>b</table>" + story(),
        ("takes more", "breaks", "memory", "cannot be parsed", ""),
    ),
}


@pytest.mark.parametrize(("make", "reasons"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_page_costs_itself_alone(make: Callable[[], bytes], reasons: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "1.html").write_bytes(story(1))
    (tmp_path / "2.html").write_bytes(make())
    (tmp_path / "3.html").write_bytes(story(3))
    documents, rejects = read(tmp_path, seconds=2.0, processes=1)
    assert [Path(document.id).name for document in documents if "2.html" not in document.id] == ["1.html", "3.html"]
    assert {Path(reject.path).name for reject in rejects} <= {"2.html"}
    problem = "; ".join(reject.problem for reject in rejects)
    assert len(documents) + len(rejects) == 3
    assert any(reason in problem for reason in reasons)


def pages(count: int, hostile: int | None = None) -> Iterator[Page]:
    slow = b"<p " + b"".join(b"a%d=1 " % n for n in range(200_000)) + b">"
    for n in range(count):
        yield Page(slow if n == hostile else story(n), Place("pages", None, n + 1), NOW)


def numbers(items: list[Done]) -> list[str]:
    return [
        item.problem.split(":")[0] if isinstance(item, Reject) else item.id
        for item in items
        if not isinstance(item, FileRead)
    ]


@pytest.mark.parametrize("processes", [1, 3])
def test_pages_come_in_their_order(processes: int) -> None:
    done = list(extracted(pages(150, hostile=40), Options(processes=processes, page_seconds=1.0)))
    assert numbers(done) == [("record 41" if n == 40 else f"pages#{n + 1}") for n in range(150)]


def children() -> list[int]:
    found: list[int] = []
    for task in Path("/proc/self/task").iterdir():
        with suppress(FileNotFoundError):
            found.extend(map(int, (task / "children").read_text().split()))
    return found


def at_work(pid: int) -> bool:
    """Whether a process has used more time than it takes to start: it hangs at a page."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False
    return int(fields[11]) / os.sysconf("SC_CLK_TCK") > 2.5


needs_proc = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="processes are found in /proc")


@needs_proc
@pytest.mark.parametrize("how", [signal.SIGSEGV, signal.SIGKILL], ids=lambda how: how.name)
def test_a_broken_process_costs_one_page(how: signal.Signals) -> None:
    done: list[Done] = []
    before = set(children())

    def run() -> None:
        done.extend(extracted(pages(5, hostile=2), Options(processes=1)))

    thread = Thread(target=run)
    thread.start()
    while thread.is_alive():
        for pid in set(children()) - before:
            if at_work(pid):
                os.kill(pid, how)
        time.sleep(0.1)
    assert numbers(done) == ["pages#1", "pages#2", "record 3", "pages#4", "pages#5"]
    assert isinstance(done[2], Reject)
    assert done[2].problem == f"record 3: breaks the parser of pages ({how.name})"


@needs_proc
def test_processes_end_when_nobody_reads_on() -> None:
    before = set(children())
    items = extracted(pages(9), Options(processes=2))
    assert isinstance(next(items), Document)
    assert set(children()) - before
    items.close()
    assert set(children()) - before == set()


@needs_proc
def test_nothing_is_started_without_a_page() -> None:
    before = set(children())
    reject = Reject("a", None, "b")
    assert list(extracted(iter([reject, reject]), Options())) == [reject, reject]
    assert set(children()) == before


def test_little_is_read_ahead() -> None:
    seen = 0

    def counted() -> Iterator[Page]:
        nonlocal seen
        for page in pages(1000):
            seen += 1
            yield page

    items = extracted(counted(), Options(processes=1))
    next(items)
    items.close()
    assert seen <= 64
