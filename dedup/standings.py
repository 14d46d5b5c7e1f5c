"""How copies stand to their sources, as lines for people: in words that accuse nobody."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from dedup.model import Answer, Publisher
from dedup.views import clean, percent

# How wide the lines are, how many there are, and how much of a name they show.
WIDTH, STANDINGS, NAME_CHARS = 100, 20, 40


def standing_lines(answer: Answer) -> Iterator[str]:
    """What each copy republishes of its source, whether it credits it, when it was first seen, and by what licence."""
    copies = [row for row in answer.publishers if row.role == "copy"]
    for row in copies[:STANDINGS]:
        yield from wrap(f"{_short(row.outlet or row.id)} {standing(row)}", WIDTH, subsequent_indent="  ")
    if len(copies) > STANDINGS:
        yield f"... and {len(copies) - STANDINGS} more"


def standing(row: Publisher) -> str:
    """How one copy stands to its source."""
    story = f"{_short(row.source)}'s story" if row.source else "the story"
    seen = [f"first seen {row.first_seen}"] if row.first_seen else []
    if row.kind == "version":
        return ", ".join([f"has another version of {story}", *seen])
    # Not every credit is found: that there is none would be an accusation.
    credit = f"credits {_whom(row)}" if row.credits else "no credit found"
    licence = "licensed (partners list)" if row.licensed else "licence unknown"
    return ", ".join([f"republishes {percent(row.coverage)} of {story}", credit, *seen, licence])


def _whom(row: Publisher) -> str:
    return "it" if row.credits == row.source else _short(row.credits or "")


def _short(name: str) -> str:
    name = clean(name)
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
