"""How many versions of a wire story are found as versions, and what the market reports become.

    python benchmarks/versions.py ../shared/data/ap1989/stories.jsonl.gz [--draw 10]

A pair counts where two stories have one slug, differ in version or in cycle (AM, PM), lie within two days, and share
half of the shorter text by an independent measure: its words in common runs of three or more, in order, by difflib.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
import tempfile
from collections import Counter, defaultdict
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations
from pathlib import Path
from typing import Any

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Link

SHARED, DAYS, RUN = 0.5, 2, 3


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path)
    parser.add_argument("--draw", type=int, default=0)
    asked = parser.parse_args()
    with gzip.open(asked.stories, "rt", encoding="utf-8") as lines:
        stories = {row["id"]: row for row in map(json.loads, lines)}
    with tempfile.TemporaryDirectory() as place, Index(Path(place) / "versions.db") as index:
        index.add(read_corpus(asked.stories))
        links = list(index.links(None))
    linked = {frozenset((link.copy, link.original or link.story)) for link in links if link.kind == "version"}
    story = _stories(links)
    pairs = _versions(stories)
    found = [pair for pair in pairs if frozenset(pair) in linked or story.get(pair[0], {0}) & story.get(pair[1], {1})]
    print(f"versions found: {len(found)} of {len(pairs)} = {len(found) / len(pairs):.4f}")
    for pair in sorted(set(pairs) - set(found)):
        print("  missed", pair, stories[pair[0]]["slug"], f"{_shared(stories[pair[0]], stories[pair[1]]):.2f}")
    print("links:", dict(Counter((link.kind, link.direction) for link in links)))
    ordered = [o for link in links if (o := _in_order(link, stories)) is not None]
    print(f"versions of one slug and cycle told in the order of their numbers: {sum(ordered)} of {len(ordered)}")
    wall = [id for id, row in stories.items() if "Wall Street" in row["slug"]]
    together = Counter(s for id in wall for s in story.get(id, ()))
    print(f"Wall Street reports: {len(wall)}; most in one story: {together.most_common(3)}")
    _draw(links, stories, asked.draw)


def _in_order(link: Link, stories: dict[str, Any]) -> bool | None:
    """Whether a later version is told as the copy; ``None`` where their numbers do not tell, or the link does not."""
    rows = [stories.get(id or "") for id in (link.copy, link.original)]
    if link.kind != "version" or link.direction != "decided" or None in rows:
        return None
    copy, original = (row or {} for row in rows)
    if copy["slug"] != original["slug"] or copy["version"] == original["version"]:
        return None
    return bool(copy["version"] > original["version"])


def _stories(links: list[Link]) -> dict[str, set[Any]]:
    """The stories that each document is in, by links that are more than a passage."""
    told: defaultdict[str, set[Any]] = defaultdict(set)
    for link in links:
        if link.kind in ("full", "partial", "version"):
            for id in (link.copy, link.original, link.story):
                if id is not None:
                    told[id].add(link.story)
    return told


def _versions(stories: dict[str, Any]) -> list[tuple[str, str]]:
    by_slug: defaultdict[str, list[str]] = defaultdict(list)
    for id, row in sorted(stories.items()):
        by_slug[re.sub(r"^[A-Z]{2}-", "", row["slug"])].append(id)  # AM and PM: the cycle, not the story
    return [
        (a, b)
        for ids in by_slug.values()
        for a, b in combinations(ids, 2)
        if (stories[a]["version"], stories[a]["slug"]) != (stories[b]["version"], stories[b]["slug"])
        and _days(stories[a], stories[b]) <= DAYS
        and _shared(stories[a], stories[b]) >= SHARED
    ]


def _days(a: dict[str, str], b: dict[str, str]) -> float:
    one, two = (datetime.fromisoformat(row["published"]) for row in (a, b))
    return abs((one - two).total_seconds()) / 86400


def _shared(a: dict[str, str], b: dict[str, str]) -> float:
    """The part of the shorter text that stands in common runs of ``RUN`` words or more (difflib)."""
    one, two = (re.findall(r"\w+", row["text"].lower()) for row in (a, b))
    blocks = SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size >= RUN) / max(1, min(len(one), len(two)))


def _draw(links: list[Link], stories: dict[str, Any], count: int) -> None:
    """Some links of each kind, to be read."""
    by_kind: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        by_kind[link.kind].append(link)
    for kind, told in sorted(by_kind.items()):
        for link in random.Random(1).sample(told, min(count, len(told))):
            a, b = stories[link.copy], stories[link.original or link.story]
            print(f"{kind} {link.coverage:.2f} {link.share:.2f} {link.matched_words} {link.direction}")
            print(f"    {a['id']} {a['slug']} v{a['version']} {a['published']} | {a['text'][:100]!r}")
            print(f"    {b['id']} {b['slug']} v{b['version']} {b['published']} | {b['text'][:100]!r}")


if __name__ == "__main__":
    main()
