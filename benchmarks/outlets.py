"""How many labelled pairs of outlet pages are linked, and how many links are labelled.

    python benchmarks/outlets.py ../shared/data/outlets2018 [--wrong FILE]

Indexes the pages in a store of its own. The labels were made by exact overlap of eight words, so they miss reworded
copies; ``--wrong`` writes what disagrees, to be read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import tempfile
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Link, Match

RELATED = ("copy", "contained", "partial")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--wrong", type=Path)
    asked = parser.parse_args()
    labels = {frozenset((row["a"], row["b"])): row for row in _rows(asked.folder / "pairs.jsonl.gz")}
    with tempfile.TemporaryDirectory() as place, Index(Path(place) / "outlets.db") as index:
        index.add(read_corpus(asked.folder / "pages.jsonl.gz"))
        links = list(index.links(None))
        outlet = {id: index.get(id).outlet for link in links for id in (link.copy, link.original, link.story) if id}
        missed = [pair for pair in _clean(labels) if not _together(pair, links) and not _matched(index, pair)]
        extra = [link for link in _reported(links, outlet) if not _labelled(link, labels)]
        clean, reported = len(_clean(labels)), len(_reported(links, outlet))
        print(f"clean pairs in one story or match: {clean - len(missed)} of {clean} = {1 - len(missed) / clean:.4f}")
        print(f"reported full or partial between outlets: {reported}, labelled so: {reported - len(extra)}"
              f" = {1 - len(extra) / reported:.4f}")  # fmt: skip
        print("links:", dict(Counter((link.kind, link.direction) for link in links)))
        if asked.wrong:
            asked.wrong.write_text(_wrong(index, missed, extra, labels), encoding="utf-8")


def _rows(path: Path) -> Iterable[dict[str, object]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)


def _clean(labels: dict[frozenset[object], dict[str, object]]) -> list[frozenset[object]]:
    return [pair for pair, row in labels.items() if row["clean"]]


def _together(pair: frozenset[object], links: list[Link]) -> bool:
    """Whether both pages stand in one story."""
    stories = [
        {link.story for link in links if id in (link.copy, link.original, link.story) and link.kind != "teaser"}
        for id in pair
    ]
    return bool(set.intersection(*stories))


def _matched(index: Index, pair: frozenset[object]) -> bool:
    """Whether the store holds a confirmed match of the two."""
    a, b = map(str, pair)
    return index.matched(a, b) is not None


def _reported(links: list[Link], outlet: dict[str, str | None]) -> list[Link]:
    """Links full or partial between different outlets; those to an absent original with what stands in for it."""
    told = [link for link in links if link.kind in ("full", "partial") and link.copy != _other(link)]
    return [link for link in told if outlet[link.copy] != outlet[_other(link)]]


def _labelled(link: Link, labels: dict[frozenset[object], dict[str, object]]) -> bool:
    row = labels.get(frozenset((link.copy, _other(link))))
    return row is not None and row["label"] in RELATED


def _other(link: Link) -> str:
    return link.original or link.story


def _wrong(
    index: Index, missed: list[frozenset[object]], extra: list[Link], labels: dict[frozenset[object], dict[str, object]]
) -> str:
    parts = [f"MISSED {sorted(map(str, pair))} {labels[pair]}" for pair in missed]
    for link in extra:
        row = labels.get(frozenset((link.copy, _other(link))))
        match: Match | None = index.compare(link.copy, _other(link))
        text = index.get(link.copy).text
        shown = [text[p.a.start : p.a.end] for p in match.passages] if match else []
        parts.append(f"EXTRA {link}\n  label {row}\n  " + "\n  | ".join(shown))
    return "\n\n".join(parts)


if __name__ == "__main__":
    main()
