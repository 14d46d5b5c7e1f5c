"""How indexing and asking fare with many pages: a made corpus of any size, and what it costs to index it.

    python benchmarks/scale.py make DATA/reuters/stories.jsonl.gz -o FOLDER [--pages 100000] [--viral 50x2000] [--gz]
    python benchmarks/scale.py run FOLDER [--db FILE]

``make`` writes ``pages.jsonl`` (70 % stories cut up from the given ones, 30 % mirrors of some of these; ``corpora``),
``truth.csv``, and ``more.jsonl``: 1,000 pages more, some of which copy pages of the corpus, or are copied by them.
With ``--viral`` so many stories of these pages have so many mirrors each. It prints how many runs of 20 words two
stories of a sample share by chance: none is wanted.

``run`` indexes the pages in a process of its own and prints the time, in all and by tenths of the pages; the peak of
the memory of all its processes; the store's size; links against the truth; and what asking and adding more take.
A batch is one transaction of 20,000 pages, all of which are read before one is compared: steps of less tell little.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
import sys
import tempfile
from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from random import Random
from statistics import median
from time import perf_counter
from typing import IO

import numpy as np
from clusters import opened
from corpora import Part, Plan, Pool, make_parts, shared_runs
from mirrors import COLUMNS, Truth, page_line, truth_cells
from running import Ran, bytes_in, pairs_of, read_truth, run, score, who_seconds

from dedup.corpus import read_corpus
from dedup.index import Index

MORE, SAMPLE, ASKED, PROCESSES_ASKED, TENTHS = 1000, 5000, 200, 9, 10
_TOLD = re.compile(r"(\d+) pages read, (\d+) compared, (\d+) linked")


def main() -> None:
    parser = argparse.ArgumentParser()
    actions = parser.add_subparsers(dest="action", required=True)
    making = actions.add_parser("make")
    making.add_argument("stories", type=Path)
    making.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    making.add_argument("--pages", type=int, default=100_000)
    making.add_argument("--viral", type=_viral, default=(0, 0), metavar="STORIESxMIRRORS")
    making.add_argument("--seed", type=int, default=1)
    making.add_argument("--gz", action="store_true", help="write the pages compressed")
    making.add_argument("--processes", type=int, default=2)
    running = actions.add_parser("run")
    running.add_argument("corpus", type=Path, metavar="FOLDER")
    running.add_argument("--db", type=Path, help="where to make the store, which then stays")
    asked = parser.parse_args()
    if asked.action == "make":
        stories = read_corpus(asked.stories)
        first = next(stories)
        pool = Pool.of(story.text for story in chain([first], stories))
        plan = Plan(pool, first, asked.pages + MORE, asked.seed, asked.viral)
        write(make_parts(plan, asked.processes), plan.parts, asked.out, ".jsonl.gz" if asked.gz else ".jsonl")
    elif asked.db:
        measure(asked.corpus, asked.db)
    else:
        with tempfile.TemporaryDirectory() as place:
            measure(asked.corpus, Path(place) / "scale.db")


def write(parts: Iterable[Part], count: int, folder: Path, suffix: str = ".jsonl") -> None:
    """Write the pages of so many parts and the truth; the last of each part, 1,000 in all, are the pages to come."""
    folder.mkdir(parents=True, exist_ok=True)
    started, pages, size, sample = perf_counter(), 0, 0, list[str]()
    with (
        _opened(folder / f"pages{suffix}") as file,
        _opened(folder / f"more{suffix}") as more,
        open(folder / "truth.csv", "w", encoding="utf-8", newline="") as table,
    ):
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        for number, part in enumerate(parts):
            later = (number + 1) * MORE // count - number * MORE // count
            now, coming = part.documents[: len(part.documents) - later], part.documents[len(part.documents) - later :]
            file.writelines(map(page_line, now))
            more.writelines(map(page_line, coming))
            rows.writerows(map(truth_cells, known(part.truth, {page.id for page in coming})))
            pages, size = pages + len(now), size + sum(len(page.text) for page in now)
            copies = {row.copy for row in part.truth}
            sample += [page.text for page in now if page.id not in copies][: SAMPLE - len(sample)]
    print(f"{pages} pages of {size / pages:.0f} characters made in {perf_counter() - started:.0f} s in {folder}")
    print(f"{len(sample)} stories share {shared_runs(sample)} runs of 20 words, {shared_runs(sample, 10)} of 10")


def known(truth: Iterable[Truth], without: Collection[str]) -> Iterator[Truth]:
    """The truth about a corpus that lacks some pages: nothing of them, and what copies them has no original there."""
    for row in truth:
        if row.copy not in without:
            yield replace(row, original=None) if row.original in without else row


def measure(corpus: Path, db: Path) -> None:
    """Index a made corpus and print what it takes, then what asking and adding take."""
    pages, more = (next(corpus.glob(f"{name}.jsonl*")) for name in ("pages", "more"))
    count, size, ids = _read(pages)
    seen: list[tuple[float, int, int, int]] = []

    def note(seconds: float, told: str) -> None:
        if lines := _TOLD.findall(told):
            read, compared, linked = map(int, lines[-1])
            seen.append((seconds, read, compared, linked))

    ran = run(_dedup("index", db, pages), note)
    print(f"{count} pages, {size / 1e6:.0f} MB of text, indexed in {ran.seconds:.1f} s:"
          f" {count / ran.seconds:.0f}/s, peak {ran.megabytes:.0f} MB")  # fmt: skip
    print("  pages compared     seconds   pages/s")
    for upto, seconds, rate in tenths([(second, compared) for second, _, compared, _ in seen], count):
        print(f"  {upto:14} {seconds:11.1f} {rate:9.0f}")
    linking = ran.seconds - next((second for second, _, compared, _ in seen if compared >= count), ran.seconds)
    print(f"  all linked     {ran.seconds:11.1f} {count / max(0.01, linking):9.0f}  ({linking:.1f} s of its own)")
    stored = bytes_in(db)
    print(f"store: {stored / 1e6:.0f} MB, {stored / size:.2f} times the text, {stored / count:.0f} bytes a page")
    _judge(corpus, db)
    _ask(db, ids)
    for name in ("more pages", "of the same again"):
        ran = run(_dedup("index", db, more, "-q"))
        print(f"{MORE} {name}: {ran.seconds:.1f} s, peak {ran.megabytes:.0f} MB")


def tenths(seen: Iterable[tuple[float, int]], count: int) -> list[tuple[int, float, float]]:
    """For each tenth of so many pages: its last page, the second when that was done, and pages a second in it.

    ``seen`` are seconds and how many pages were done by then; in between they are taken to be done evenly.
    """
    first = {0: 0.0}
    for second, done in seen:
        first.setdefault(done, second)
    ends = [tenth * count // TENTHS for tenth in range(TENTHS + 1)]
    at = np.interp(ends, [*first], [*first.values()]).tolist()
    steps = zip(pairwise(ends), pairwise(at), strict=True)
    return [(upto, now, (upto - start) / max(0.01, now - then)) for (start, upto), (then, now) in steps]


def _judge(corpus: Path, db: Path) -> None:
    truth = read_truth(corpus / "truth.csv")
    with Index(db, read_only=True) as index:
        pairs = pairs_of(index)
        counts = index.info()
    told, direct = score(truth, pairs), set(pairs)
    straight = sum(pair in direct for pair in truth.copies) / max(1, len(truth.copies))
    print(f"{counts['matches']} matches, {counts['postings']} postings, {told.pairs} links: precision"
          f" {told.precision:.4f}, recall {told.recall:.4f}; linked to the very original {straight:.4f}")  # fmt: skip


def _ask(db: Path, ids: list[str]) -> None:
    some = Random(1).sample(ids, min(ASKED, len(ids)))
    ran = [_who(db, id) for id in some[:PROCESSES_ASKED]]
    print(f"dedup who, a process: median {1000 * median(one.seconds for one in ran):.0f} ms,"
          f" peak {max(one.megabytes for one in ran):.0f} MB")  # fmt: skip
    with Index(db, read_only=True) as index:
        seconds = who_seconds(index, some)
    print(f"who in a process, {len(some)} pages: median {1000 * median(seconds):.1f} ms,"
          f" 95 % {1000 * seconds[len(seconds) * 95 // 100]:.1f} ms, worst {1000 * seconds[-1]:.1f} ms")  # fmt: skip


def _who(db: Path, id: str) -> Ran:
    return run(_dedup("who", db, id), ended=(0, 1))


def _dedup(action: str, db: Path, *arguments: str | Path) -> list[str | Path]:
    return [sys.executable, "-m", "dedup", action, "--db", db, *arguments]


def _read(pages: Path) -> tuple[int, int, list[str]]:
    """How many pages a file has, how many bytes of text, and the ids of some of them."""
    count, size, ids, random = 0, 0, list[str](), Random(1)
    with opened(str(pages)) as lines:
        for line in lines:
            page = json.loads(line)
            count, size = count + 1, size + len(page["text"].encode())
            if len(ids) < 10 * ASKED:
                ids.append(page["id"])
            elif (at := random.randrange(count)) < len(ids):
                ids[at] = page["id"]
    return count, size, ids


def _opened(path: Path) -> IO[bytes]:
    return gzip.open(path, "wb", compresslevel=3) if path.suffix == ".gz" else open(path, "wb")  # type: ignore[return-value]


def _viral(text: str) -> tuple[int, int]:
    stories, copies = map(int, text.split("x"))
    return stories, copies


if __name__ == "__main__":
    main()
