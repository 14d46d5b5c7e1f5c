"""Where the time of indexing goes, stage by stage, and beside each a bound: what its data would cost at the least.

    python benchmarks/stages.py PAGES.jsonl [--pages 10000]

Indexes the first so many pages in one process and times each stage where indexing calls it; what a stage calls of
another one is the other's. A bound is what the stage has to do at any rate (bytes, hashes, keys, rows), at the rate at
which one bare numpy or SQLite call did that here, in the same run. Its ratio says how much is spent on all else, and
only of one stage on different pages, or before and after a change, does it say more:

- reading: the text's bytes copied in memory.
- preparing: shingles times permutations, each multiplied, added and compared.
- finding: the pages' keys sorted, as 64-bit numbers.
- aligning: the words of both texts of each pair compared once.
- linking (credits, evidence, verdicts, stories): the characters of all matched pages copied.
- changes: the characters of both pages of each link copied.
- asking: as many rows fetched in the order they stand in. - writing: the rows of all tables copied to an empty store.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from clusters import opened

from dedup.corpus import read_corpus
from dedup.index import Index, adding, pairing, parts, resolving, workers
from dedup.index.finding import Finding
from dedup.model import Document, Settings
from dedup.store import Store
from dedup.store.file import StoreFile

# What is timed: the stage, where its name is looked up when it is called, and that name.
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("preparing", workers, "fingerprint"),
    ("preparing", workers, "assemble"),
    ("preparing", adding, "digest"),
    ("finding", Finding, "come"),
    ("finding", Finding, "write_alone"),
    ("finding", Finding, "write"),
    ("aligning", pairing, "align_each"),
    ("aligning", pairing, "shared_runs"),
    ("linking", adding, "resolve_pending"),
    ("linking", resolving, "learn"),
    ("changes", parts, "with_changes"),
    ("asking", StoreFile, "_rows"),
    ("writing", StoreFile, "_many"),
    ("writing", StoreFile, "_insert_parts"),
    ("writing", StoreFile, "checkpoint"),
)
STAGES = ("reading", "preparing", "finding", "aligning", "linking", "changes", "asking", "writing", "all else")
# Values that a rate is measured with: more than any cache holds.
VALUES = 1 << 22


@dataclass(slots=True)
class Clock:
    """The seconds of each stage, those of the stages that it called left out; and what was counted on the way."""

    spent: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counted: Counter[str] = field(default_factory=Counter)
    _stage: str = "all else"
    _since: float = field(default_factory=perf_counter)

    def turn(self, stage: str) -> str:
        """From now on it is this stage's time; returns whose it was."""
        now = perf_counter()
        self.spent[self._stage] += now - self._since
        before, self._stage, self._since = self._stage, stage, now
        return before

    def timed(self, step: Callable[..., Any], stage: str, name: str) -> Callable[..., Any]:
        """The same function, on this clock."""

        def run(*given: Any, **named: Any) -> Any:
            before = self.turn(stage)
            try:
                told = step(*given, **named)
            finally:
                self.turn(before)
            self._count(name, given, told)
            return told

        return run

    def each(self, documents: Iterable[Document]) -> Iterator[Document]:
        """The documents, the reading of each on this clock."""
        source = iter(documents)
        while True:
            before = self.turn("reading")
            document = next(source, None)
            self.turn(before)
            if document is None:
                return
            self.counted["pages"] += 1
            self.counted["bytes"] += len(document.text.encode())
            yield document

    def _count(self, name: str, given: Sequence[Any], told: Any) -> None:
        if name == "align_each":
            self.counted["pairs"] += len(given[0])
            self.counted["aligned"] += sum(len(one.ids) + len(other.ids) for one, other in given[0])
        elif name == "shared_runs":
            self.counted["unbroken"] += len(given[1])
            self.counted["aligned"] += sum(len(given[0][at].ids) for pair in given[1].tolist() for at in pair)
        elif name == "come":
            self.counted["keys"] += sum(len(page.keys) for page in given[1])
        elif name == "_rows":
            self.counted["asked"] += len(told)


@contextmanager
def on(clock: Clock) -> Iterator[None]:
    """All stages on a clock, until the end."""
    kept = [(room, name, getattr(room, name)) for _, room, name in STEPS]
    for (stage, room, name), (_, _, step) in zip(STEPS, kept, strict=True):
        setattr(room, name, clock.timed(step, stage, name))
    try:
        yield
    finally:
        for room, name, step in kept:
            setattr(room, name, step)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages", type=Path)
    parser.add_argument("--pages", dest="count", type=int, default=10_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        db = Path(place) / "timed.db"
        clock, started = Clock(), perf_counter()
        with Index(db, workers=1) as index, on(clock):
            index.add(clock.each(islice(read_corpus(asked.pages), asked.count)))
            clock.turn("all else")
        whole = perf_counter() - started
        bounds = bound(clock, db, Path(place) / "bare.db")
    print(f"{clock.counted['pages']} pages indexed in {whole:.1f} s, in one process:"
          f" {clock.counted['pages'] / whole:.0f}/s")  # fmt: skip
    print(f"{'':10} seconds   part  ms/page    bound  times  the bound is")
    for stage in STAGES:
        seconds = clock.spent[stage]
        least, why = bounds.get(stage, (None, ""))
        times = f"{least:8.3f} {seconds / least:6.0f}  {why}" if least else ""
        shares = f"{seconds / whole:6.3f} {1000 * seconds / clock.counted['pages']:8.3f}"
        print(f"{stage:10} {seconds:7.2f} {shares} {times}".rstrip())
    print(f"{clock.counted['pairs']} pairs aligned, of {clock.counted['unbroken']} the unbroken runs alone;"
          f" bare JSON of the same lines {parsed(asked.pages, asked.count):.2f} s")  # fmt: skip


def bound(clock: Clock, db: Path, bare: Path) -> dict[str, tuple[float, str]]:
    """Of each stage, how long its data takes at the least, and what that counts."""
    settings, counted = Settings(), clock.counted
    copy, permute, sort, compare = copied(), permuted(), ordered(), compared()
    with closing(sqlite3.connect(db)) as made:
        words, stored = made.execute("select sum(words), count(*) from documents").fetchone()
        shingles = words - stored * (settings.shingle_words - 1)
        matched, linked = (made.execute(query).fetchone()[0] or 0 for query in (MATCHED, LINKED))
    inserted, rows, fetched = rewritten(db, bare)
    hashes = shingles * settings.permutations
    return {
        "reading": (counted["bytes"] * copy, f"{counted['bytes']} bytes copied at {1e-9 / copy:.1f} GB/s"),
        "preparing": (hashes * permute, f"{hashes} hashes at {1e-6 / permute:.0f} million/s"),
        "finding": (counted["keys"] * sort, f"{counted['keys']} keys sorted at {1e-6 / sort:.0f} million/s"),
        "aligning": (counted["aligned"] * compare, f"{counted['aligned']} words at {1e-6 / compare:.0f} million/s"),
        "linking": (matched * copy, f"{matched} characters copied"),
        "changes": (linked * copy, f"{linked} characters copied"),
        "asking": (counted["asked"] * fetched, f"{counted['asked']} rows at {1e-3 / fetched:.0f} thousand/s"),
        "writing": (inserted, f"{rows} rows at {1e-3 * rows / inserted:.0f} thousand/s"),
    }


MATCHED = "select sum(length(text)) from documents where number in (select a from matches union select b from matches)"
TABLES = ("documents", "sketches", "postings", "matches", "links", "stories", "tallies")
LINKED = (
    "select sum(length(c.text) + length(o.text)) from links l join documents c on c.id = l.copy"
    " join documents o on o.id = l.original"
)


def copied() -> float:
    """Seconds that numpy takes to copy a byte of many."""
    some = np.ones(16 * VALUES, dtype=np.uint8)
    return _fastest(lambda: some.copy()) / len(some)


def permuted() -> float:
    """Seconds for one hash under one permutation in numpy, of numbers that stay in the cache."""
    hashes, into = np.arange(1 << 14, dtype=np.uint32), np.full(1 << 14, 0xFFFFFFFF, dtype=np.uint32)

    def step() -> None:
        made = hashes * np.uint32(2654435761)
        made += np.uint32(12345)
        np.minimum(into, made, out=into)

    return _fastest(step, 200) / len(hashes)


def ordered() -> float:
    """Seconds to sort one 64-bit number of many."""
    some = np.random.default_rng(1).integers(1 << 62, size=VALUES)
    return _fastest(lambda: np.sort(some)) / len(some)


def compared() -> float:
    """Seconds for a look at one word's number, of texts that stay in the cache."""
    words = np.arange(1 << 12, dtype=np.uint32)
    return _fastest(lambda: np.count_nonzero(words[1:] == words[:-1]), 200) / len(words)


def rewritten(db: Path, bare: Path) -> tuple[float, int, float]:
    """How long SQLite takes to copy the rows of a store into an empty one, in the order they stand in and one
    transaction; how many there are; and how long it takes to fetch one of them."""
    count, fetching = 0, 0.0
    with Store(bare, writing=True) as copy:
        execute = copy.db.conn.execute
        execute("attach ? as made", (str(db),))
        for table in TABLES:
            started = perf_counter()
            count += len(execute(f"select * from made.{table}").fetchall())
            fetching += perf_counter() - started
        started = perf_counter()
        execute("begin")
        for table in TABLES:
            execute(f"insert into {table} select * from made.{table}")
        execute("commit")
        return perf_counter() - started, count, fetching / count


def parsed(pages: Path, count: int) -> float:
    """Seconds that bare JSON takes for the first lines of a file."""
    with opened(str(pages)) as file:
        lines = [*islice(file, count)]
    return _fastest(lambda: [*map(json.loads, lines)], 1)


def _fastest(step: Callable[[], object], times: int = 5) -> float:
    """The least seconds of a few runs: what else the machine did is no part of a bound."""

    def once() -> float:
        started = perf_counter()
        step()
        return perf_counter() - started

    return min(once() for _ in range(times))


if __name__ == "__main__":
    main()
