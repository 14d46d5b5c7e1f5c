"""Ours and its peers on one corpus, in turn and in one run: speed, memory, disk, and what was found of the truth.

    python benchmarks/peers.py FOLDER --envs ENVS [--peers ours,plain,rensa,gaoya,text-dedup,datatrove] [--rounds 3]

FOLDER is one that ``scale.py make`` wrote. Each peer runs in a virtual environment of its own under ENVS, made when it
is first wanted; one that cannot be installed here is told as such, and left out. All take shingles of five words
and 128 permutations, in bands for a threshold of 0.5. ``datatrove-words`` is datatrove without its own tokeniser.
Seconds, processor seconds and memory are medians of the rounds; all else is the same in each.

A pair is right if both its pages show a part of one story, more than its lead among others; a copy that holds 30 % of
its original or more counts as found if it hangs together with it by pairs. The peers' clusters are read as pairs of
each page with the first of its cluster. Ours and both plain scripts keep every text and answer questions of the store
afterwards; the other peers write the corpus without what they found twice, and nothing to ask.
"""

from __future__ import annotations

import argparse
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from clusters import opened
from running import Found, Ran, Score, bytes_in, pairs_of, read_truth, run, score

from dedup.index import Index

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Peer:
    """A script with its arguments behind the pages and the store, and the packages that it needs; ours needs none."""

    script: str
    packages: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


PEERS = {
    "ours": Peer(""),
    "plain": Peer("plain_script.py"),
    "rensa": Peer("plain_script.py", ("rensa", "rapidfuzz", "sqlite-utils"), ("rensa",)),
    "gaoya": Peer("plain_script.py", ("gaoya", "rapidfuzz", "sqlite-utils"), ("gaoya",)),
    "text-dedup": Peer("peer_text_dedup.py", ("text-dedup",)),
    "datatrove": Peer("peer_datatrove.py", ("datatrove[io,processing]", "spacy")),
    "datatrove-words": Peer("peer_datatrove.py", ("datatrove[io,processing]", "spacy"), ("words",)),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run of a peer: what it took, what it left on disk, and how right it is."""

    ran: Ran
    megabytes: float
    score: Score


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("corpus", type=Path, metavar="FOLDER")
    parser.add_argument("--envs", type=Path, required=True, metavar="ENVS")
    parser.add_argument("--peers", default=",".join(PEERS), help=f"of {', '.join(PEERS)}")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    names: list[str] = asked.peers.split(",")
    if unknown := [name for name in names if name not in PEERS]:
        parser.error(f"no such peer: {', '.join(unknown)}")
    pythons = {name: python for name in names if (python := environment(asked.envs, PEERS[name]))}
    outcomes: dict[str, list[Outcome]] = {name: [] for name in pythons}
    missing = {name: "cannot be installed here" for name in names if name not in pythons}
    for round_ in range(asked.rounds):
        for name in [name for name in pythons if name not in missing]:
            try:
                outcomes[name].append(one := outcome(PEERS[name], pythons[name], asked.corpus))
                print(f"round {round_ + 1}: {name} {one.ran.seconds:.1f} s, {one.ran.megabytes:.0f} MB", flush=True)
            except SystemExit as failed:  # what it wrote last; the others are measured all the same
                missing[name] = f"failed: {failed}"
    pages = next(asked.corpus.glob("pages.jsonl*"))
    for line in table({name: rounds for name, rounds in outcomes.items() if rounds}, count_lines(pages)):
        print(line)
    for name, why in missing.items():
        print(f"{name:16} {why}")


def environment(envs: Path, peer: Peer) -> Path | None:
    """The Python that a peer runs with, which is installed where it is not yet; ``None`` where that fails."""
    if not peer.packages:
        return Path(sys.executable)
    place = envs / peer.packages[0].partition("[")[0]
    python, done = place / "bin" / "python", place / "installed"
    if not done.exists():
        made = subprocess.run([sys.executable, "-m", "venv", place], capture_output=True, check=False)
        command: list[str | Path] = [python, "-m", "pip", "install", "-q", *peer.packages]
        if made.returncode or subprocess.run(command, capture_output=True, check=False).returncode:
            return None
        done.touch()
    return python


def outcome(peer: Peer, python: Path, corpus: Path) -> Outcome:
    """Run a peer on a corpus, and compare what it tells with the truth."""
    pages, truth = next(corpus.glob("pages.jsonl*")), read_truth(corpus / "truth.csv")
    with tempfile.TemporaryDirectory() as place:
        store = Path(place) / "store.db"
        if peer.script:
            ran = run([python, HERE / peer.script, pages, store, *peer.arguments])
            pairs = _links(store)
        else:
            ran = run([python, "-m", "dedup", "index", "-q", "--db", store, pages])
            with Index(store, read_only=True) as index:
                pairs = pairs_of(index)
        return Outcome(ran, bytes_in(Path(place)) / 1e6, score(truth, pairs))


def table(outcomes: dict[str, list[Outcome]], pages: int) -> list[str]:
    """A line for each peer; ``times`` is the first one's seconds over its own: above 1, it is faster."""
    lines = [
        f"{'':16} seconds   pages/s  times  processor s  MB memory  MB disk    pairs  precision  recall",
    ]
    base = None
    for name, rounds in outcomes.items():
        seconds = median(one.ran.seconds for one in rounds)
        base = base or seconds
        processor, memory = (median(getattr(one.ran, what) for one in rounds) for what in ("processor", "megabytes"))
        last = rounds[-1]
        lines.append(
            f"{name:16} {seconds:7.1f} {pages / seconds:9.0f} {base / seconds:6.2f} {processor:12.1f} {memory:10.0f}"
            f" {last.megabytes:8.0f} {last.score.pairs:8} {last.score.precision:10.4f} {last.score.recall:7.4f}"
        )
    return lines


def count_lines(pages: Path) -> int:
    """How many pages a file of JSON Lines has."""
    with opened(str(pages)) as lines:
        return sum(1 for _ in lines)


def _links(store: Path) -> Sequence[Found]:
    with closing(sqlite3.connect(store)) as db:
        return [(copy, original) for copy, original in db.execute("select copy, original from links")]


if __name__ == "__main__":
    main()
