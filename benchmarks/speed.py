"""Indexing side by side: dedup and the plain script of ``plain_script.py``, in turn, in one run.

    python benchmarks/speed.py ../shared/data/reuters/stories.jsonl.gz [--rounds 3]

Prints seconds and peak memory (of all processes together) of each round, the ratio of the medians, how many of the
plain script's links ours has, too, and how long ``who`` works on a stored page once it has started.
"""

from __future__ import annotations

import argparse
import sqlite3
import sys
import tempfile
from pathlib import Path
from statistics import median

from running import run, who_seconds

from dedup.index import Index

HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    ours, plain = [], []
    with tempfile.TemporaryDirectory() as place:
        for round_ in range(asked.rounds):
            mine, theirs = Path(place) / f"ours{round_}.db", Path(place) / f"plain{round_}.db"
            ours.append(run([sys.executable, "-m", "dedup", "index", "-q", "--db", mine, asked.stories]))
            plain.append(run([sys.executable, HERE / "plain_script.py", asked.stories, theirs]))
            print(f"round {round_ + 1}: dedup {ours[-1].seconds:.1f} s, {ours[-1].megabytes:.0f} MB;"
                  f" plain script {plain[-1].seconds:.1f} s, {plain[-1].megabytes:.0f} MB", flush=True)  # fmt: skip
        ratio = median(ran.seconds for ran in plain) / median(ran.seconds for ran in ours)
        print(f"dedup is {ratio:.2f} times as fast as the plain script")
        _compare(mine, theirs)
        _ask(mine)


def _compare(ours: Path, plain: Path) -> None:
    with sqlite3.connect(plain) as db:
        wanted = {frozenset(row) for row in db.execute("select copy, original from links")}
    with Index(ours, read_only=True) as index:
        links = list(index.links(None))
        found = {frozenset((link.copy, link.original or link.story)) for link in links}
        story = {id: link.story for link in links for id in (link.copy, link.original, link.story) if id}
        have = sum(
            pair in found
            or (len(told := {story.get(id) for id in pair}) == 1 and None not in told)
            or index.matched(*pair) is not None
            for pair in map(frozenset, wanted)
        )
        print(f"links: dedup {len(links)}, plain script {len(wanted)}, of which dedup has {have}, too")


def _ask(ours: Path) -> None:
    with Index(ours, read_only=True) as index:
        ids = [link.copy for link in index.links(None)][::50]
        seconds = who_seconds(index, ids)
        print(f"who for a stored page: median {1000 * median(seconds):.1f} ms, worst of {len(ids)}"
              f" {1000 * seconds[-1]:.1f} ms")  # fmt: skip


if __name__ == "__main__":
    main()
