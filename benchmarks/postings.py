"""Packed postings against one table of them all, in turn, in one run: what a batch costs as they grow.

    python benchmarks/postings.py [--batches 16] [--postings 600000]

Each batch looks up as many random keys as it adds, and drops a twentieth of those of the batch before. Prints, at the
half and at the end, seconds of processor of all batches so far, bytes a posting, and milliseconds in which a newly
opened store looks up 80 keys (a page's); then the ratios.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

import numpy as np

from dedup.arrays import Ints
from dedup.store import Store
from dedup.store import postings as packed

PAGE_KEYS = 60
ASKED, ROUNDS = 80, 15
# More than there will ever be: nothing is packed.
NEVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Cost:
    """What batches so far cost."""

    postings: int
    seconds: float
    size: float
    asking: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--batches", type=int, default=16)
    parser.add_argument("--postings", type=int, default=600_000)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        kinds = (("packed", packed.LOOSE), ("one table", NEVER))
        runs = [grow(Path(place) / name, loose, asked.batches, asked.postings) for name, loose in kinds]
        for batch, costs in enumerate(zip(*runs, strict=True), start=1):
            if batch in (asked.batches // 2, asked.batches):
                for (name, _), cost in zip(kinds, costs, strict=True):
                    print(f"{name}: {cost.postings} postings, {cost.seconds:.1f} s, {cost.size:.1f} bytes each,"
                          f" {cost.asking:.1f} ms a page", flush=True)  # fmt: skip
    ours, table = costs
    print(f"packed takes {ours.seconds / table.seconds:.2f} of the time, {ours.size / table.size:.2f} of the room,"
          f" {ours.asking / table.asking:.1f} times as long for a page")  # fmt: skip


def grow(path: Path, loose: int, batches: int, postings: int) -> Iterator[Cost]:
    """What a store of so many batches has cost after each of them, if so many postings wait in its table."""
    random, before, seconds = np.random.default_rng(1), (np.zeros(0, np.int64),) * 2, 0.0
    for _ in range(batches):
        packed.LOOSE = loose
        keys = random.integers(-(2**63), 2**63 - 1, size=postings)
        documents = np.repeat(random.integers(0, 2**63 - 1, size=postings // PAGE_KEYS + 1), PAGE_KEYS)[:postings]
        with Store(path, writing=True) as store:
            start = process_time()
            with store.transaction():
                store.postings_of(keys)
                store.add_postings(keys, documents)
                store.drop_postings(*(column[::20] for column in before))
            seconds += process_time() - start
            count = store.count_postings()
        before = keys, documents
        yield Cost(count, seconds, path.stat().st_size / count, asking(path, random.permutation(keys)))


def asking(path: Path, keys: Ints) -> float:
    """Milliseconds in which a newly opened store looks up the keys of a page, a few of which it has."""
    times = []
    for at in range(ROUNDS):
        with Store(path) as store:
            few = np.concatenate([keys[at : at + 5], -keys[-ASKED + 5 :]])
            start = process_time()
            store.postings_of(few)
            times.append(process_time() - start)
    return median(times) * 1000


if __name__ == "__main__":
    main()
