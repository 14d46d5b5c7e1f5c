"""What part of indexing it takes to say who copied whom: credits, evidence, verdicts, stories, learning, changes.

    python benchmarks/attribution.py DATA/reuters/stories.jsonl.gz [--mirrors 2000]

Indexes the stories, or with ``--mirrors`` these and so many made mirrors of them (``recipes.direction_mix``), in one
process, and times each step of attribution where indexing calls it. Matching pages that a story wants matched is not
attribution; what ``resolving`` does beside it is.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from time import perf_counter
from typing import Any

from mirrors import make
from press import DIRECTION
from recipes import direction_mix

from dedup import attribute
from dedup.corpus import read_corpus
from dedup.index import Index, knowing, parts, resolving, scenes
from dedup.model import Document
from dedup.telling import Telling

STEPS: dict[str, Any] = {
    "glued_phrases": scenes, "resolve": scenes, "tallies": scenes, "with_learned": scenes, "links": Telling,
    "_stories": attribute, "_credited": knowing, "learn": resolving, "with_changes": parts,
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path)
    parser.add_argument("--mirrors", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    documents: list[Document] = list(read_corpus(asked.stories))
    if asked.mirrors:
        documents = list(make(documents, asked.mirrors, asked.seed, direction_mix, press=DIRECTION).documents)
    whole, steps = timed(documents)
    print(f"{len(documents)} documents indexed in {whole:.1f} s, in one process")
    for name, seconds in sorted(steps.items(), key=lambda step: -step[1]):
        print(f"  {name:16} {seconds:6.2f} s  {seconds / whole:7.4f}")
    print(f"  {'attribution':16} {sum(steps.values()):6.2f} s  {sum(steps.values()) / whole:7.4f}")


def timed(documents: Iterable[Document]) -> tuple[float, dict[str, float]]:
    """The seconds that indexing takes, and those of each step of attribution."""
    spent: defaultdict[str, float] = defaultdict(float)
    kept = {name: getattr(room, name) for name, room in STEPS.items()}
    for name, step in kept.items():
        setattr(STEPS[name], name, _timed(step, name, spent))
    try:
        with tempfile.TemporaryDirectory() as place, Index(Path(place) / "timed.db", workers=1) as index:
            started = perf_counter()
            index.add(documents)
            return perf_counter() - started, dict(spent)
    finally:
        for name, step in kept.items():
            setattr(STEPS[name], name, step)


def _timed(step: Callable[..., Any], name: str, spent: dict[str, float]) -> Callable[..., Any]:
    def run(*given: Any, **named: Any) -> Any:
        started = perf_counter()
        try:
            return step(*given, **named)
        finally:
            spent[name] += perf_counter() - started

    return run


if __name__ == "__main__":
    main()
