"""The front page: the corpus in a few numbers, its largest and its latest stories."""

from __future__ import annotations

from dataclasses import dataclass

from dedup.index import Index
from dedup.model import Story

STORIES_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Front:
    """Counts of the tables; the stories with most copies, and those that were first published last."""

    counts: dict[str, int]
    largest: tuple[Story, ...]
    latest: tuple[Story, ...]


def front(index: Index) -> Front:
    """What the front page shows."""
    counts = {name: int(value) for name, value in index.info().items() if not name.startswith("settings.")}
    largest = tuple(index.stories(STORIES_SHOWN))
    return Front(counts, largest, tuple(index.latest_stories(STORIES_SHOWN)))
