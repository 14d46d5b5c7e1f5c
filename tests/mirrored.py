"""Invented stories, mirrors made of them with some dials turned, and slow looks at what stands in both."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from random import Random
from typing import Any

import made
from mirrors import PLAIN, Made, Truth, make

from dedup.index import tokenise
from dedup.model import Document


def wire(count: int = 30) -> list[Document]:
    """Invented stories, of which every tenth is a flash."""
    random = Random(1)
    return [
        made.page(
            f"wire/{n}",
            made.story(random) if n % 10 else [made.sentence(random, 15) for _ in range(5)],
            published=f"2024-05-{1 + n % 28:02d}T12:00:00",
            dateline="PORT ELLERY (Northgate Wire)",
            byline="By Jo Quill Northgate Wire Writer",
        )
        for n in range(count)
    ]


STORIES = wire()
BY_ID = {story.id: story for story in STORIES}


def dialled(count: int = 12, seed: int = 3, **dials: Any) -> Made:
    return make(STORIES, count, seed, replace(PLAIN, **dials), (1, 2))


def by_id(result: Made) -> dict[str, Document]:
    return {page.id: page for page in result.documents}


def copies(result: Made) -> list[tuple[Truth, Document, Document]]:
    """Each row that is no teaser, with the copy and what it was made from."""
    all_pages = {**BY_ID, **by_id(result)}
    rows = [row for row in result.truth if row.kind != "teaser"]
    return [(row, all_pages[row.copy], all_pages[row.original or row.story]) for row in rows]


def tokens(text: str) -> list[int]:
    ids: list[int] = tokenise(text).ids.tolist()
    return ids


def in_order(a: list[int], b: list[int]) -> int:
    """The longest common subsequence, by the book."""
    best = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for at, y in enumerate(b, 1):
            last, best[at] = best[at], last + 1 if x == y else max(best[at], best[at - 1])
    return best[-1]


def in_common(a: list[int], b: list[int]) -> int:
    """How many tokens stand in both, in whatever order."""
    return sum((Counter(a) & Counter(b)).values())


def letters(text: str) -> str:
    return "".join(text.split())


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")
