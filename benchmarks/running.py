"""What speed and scale are measured with: processes with their children, and pairs of pages against the truth."""

from __future__ import annotations

import csv
import os
import pty
import select
import subprocess
import tempfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import TypeAlias

from dedup.index import Index

# Seconds between two looks at a process and its children, at first and later on: 50 looks a second take 4 % of a
# processor. In between it is this part of the time that the process has run.
LOOK_SECONDS, LATER_SECONDS, LOOK_PART = 0.02, 0.25, 1 / 50
# Bytes of what a process wrote that are kept.
MOST_SEEN = 3000
_PAGE_BYTES, _TICKS = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")

# Two pages that a system says show one story, in whatever order.
Found: TypeAlias = tuple[str, str]
# Told after how many seconds a process wrote what on its terminal.
OnTerminal: TypeAlias = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class Ran:
    """A process that has ended: seconds, those of processors, and the peak of the memory that it and all its children
    held together.

    Both are read from /proc, a few times while a process runs: what it did after the last look is not seen, and memory
    that two processes share counts twice.
    """

    seconds: float
    processor: float
    megabytes: float


def run(command: Sequence[str | Path], on_terminal: OnTerminal | None = None, ended: Collection[int] = (0,)) -> Ran:
    """Run a command to its end; with ``on_terminal`` what it writes as errors goes to a terminal, and there.

    Raises ``SystemExit`` with the last of what it wrote where it does not end with one of the codes. Linux alone has
    what this needs.
    """
    if on_terminal is None:
        with tempfile.TemporaryFile() as errors:
            return _checked(command, _run(command, errors.fileno()), ended, lambda: _end_of(errors.fileno()))
    screen, terminal = pty.openpty()
    seen, started = bytearray(), perf_counter()

    def read(file: int) -> None:
        seen.extend(os.read(file, 1 << 16))
        del seen[:-MOST_SEEN]
        on_terminal(perf_counter() - started, seen.decode(errors="replace"))

    try:
        return _checked(command, _run(command, terminal, screen, read), ended, lambda: seen.decode(errors="replace"))
    finally:
        os.close(screen)
        os.close(terminal)


def bytes_in(path: Path) -> int:
    """The bytes of a file, or of all files in a folder."""
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files)


def who_seconds(index: Index, ids: Iterable[str]) -> list[float]:
    """How long ``who`` takes for each of some stored pages, in order."""
    seconds = []
    for id in ids:
        started = perf_counter()
        index.who(id)
        seconds.append(perf_counter() - started)
    return sorted(seconds)


# ---------------------------------------------------------------------------------------------------------------
# Pairs against the truth.


@dataclass(frozen=True, slots=True)
class Truth:
    """Which page shows a part of which story, the story itself left out; and the copies, each with its original.

    A copy has 30 % of the original or more: what shows less is right where it is found, and not missed where not.
    """

    story: dict[str, str]
    copies: tuple[Found, ...]


@dataclass(frozen=True, slots=True)
class Score:
    """How many pairs were found, how many of them show one story, and how many of the copies hang together with their
    original by them."""

    pairs: int
    precision: float
    recall: float


def read_truth(path: Path) -> Truth:
    """The truth that ``scale.py`` writes, in which a page shows one story at most; teasers show none."""
    story, copies = {}, []
    with open(path, encoding="utf-8", newline="") as rows:
        for row in csv.DictReader(rows):
            if row["kind"] != "teaser":
                story[row["copy"]] = row["story"]
                if row["kind"] != "excerpt" and row["original"]:
                    copies.append((row["copy"], row["original"]))
    return Truth(story, tuple(copies))


def score(truth: Truth, pairs: Iterable[Found]) -> Score:
    """Compare pairs with the truth. A system that makes clusters is to tell each page with one of its cluster: then
    one that lumps strangers together finds every copy and is seldom right."""
    found = {(min(pair), max(pair)) for pair in pairs if pair[0] != pair[1]}
    right = sum(truth.story.get(a, a) == truth.story.get(b, b) for a, b in found)
    head = joined(found)
    known = sum(head.get(copy, copy) == head.get(original, original) for copy, original in truth.copies)
    return Score(len(found), right / max(1, len(found)), known / max(1, len(truth.copies)))


def joined(pairs: Iterable[Found]) -> dict[str, str]:
    """One page of all that hang together, for each page of the pairs."""
    beside: defaultdict[str, list[str]] = defaultdict(list)
    for a, b in pairs:
        beside[a].append(b)
        beside[b].append(a)
    head: dict[str, str] = {}
    for page in beside:
        waiting = [page] if page not in head else []
        while waiting:
            one = waiting.pop()
            if head.setdefault(one, page) == page:
                waiting += [other for other in beside[one] if other not in head]
    return head


def pairs_of(index: Index) -> list[Found]:
    """The pairs that a store of ours tells: its links, each copy with its original, or with what stands for one."""
    return [(link.copy, link.original or link.story) for link in index.links()]


def _run(
    command: Sequence[str | Path], errors: int, screen: int | None = None, read: Callable[[int], None] = lambda _: None
) -> tuple[int, Ran]:
    """Run a command, look at its processes now and then, and read the ``screen`` whenever there is something on it."""
    screens, peak, ticks, started = [] if screen is None else [screen], 0, dict[int, int](), perf_counter()
    with subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL, stderr=errors) as child:
        end, ready = os.pidfd_open(child.pid), list[int]()
        while end not in ready:
            peak = max(peak, _look(child.pid, ticks))
            apart = min(LATER_SECONDS, max(LOOK_SECONDS, LOOK_PART * (perf_counter() - started)))
            ready = select.select([end, *screens], [], [], apart)[0]
            for file in screens:
                if file in ready:
                    read(file)
        seconds = perf_counter() - started
        os.close(end)
    return child.returncode, Ran(seconds, sum(ticks.values()) / _TICKS, peak / 1e6)


def _checked(
    command: Sequence[str | Path], outcome: tuple[int, Ran], ended: Collection[int], told: Callable[[], str]
) -> Ran:
    code, ran = outcome
    if code not in ended:
        raise SystemExit(f"{' '.join(map(str, command))} ended with {code}:\n{told()}")
    return ran


def _end_of(file: int) -> str:
    size = os.fstat(file).st_size
    return os.pread(file, MOST_SEEN, max(0, size - MOST_SEEN)).decode(errors="replace")


def _look(process: int, ticks: dict[int, int]) -> int:
    """The bytes of memory that a process and its descendants hold; notes how long each of them has worked."""
    try:
        # What stands behind the name, which may hold anything: the 3rd field on, as proc(5) counts them.
        told = Path(f"/proc/{process}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        threads = [*Path(f"/proc/{process}/task").iterdir()]
        children = [child for thread in threads for child in (thread / "children").read_text(encoding="ascii").split()]
    except OSError:  # it has ended
        return 0
    ticks[process] = int(told[11]) + int(told[12])
    return int(told[21]) * _PAGE_BYTES + sum(_look(int(child), ticks) for child in children)
