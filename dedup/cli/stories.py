"""``dedup stories``: the stories copied most, and the links in which a name, a number or a credit differs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from itertools import islice
from typing import TYPE_CHECKING

import click

from dedup.cli import options, terminal
from dedup.model import CHANGE_KINDS, ChangeKind, Link, Story

if TYPE_CHECKING:
    from dedup.index import Changed, Index

# Changes of a link that stand in its row of CSV; in JSON all stand there.
EXAMPLES = 3
_COLUMNS = ("copies", "outlets", "agency", "first_published", "when", "original", "title")
_CHANGED = tuple(kind for kind in CHANGE_KINDS if kind != "words")


@click.command()
@click.option("--limit", type=click.IntRange(min=0), default=20, show_default=True, help="How many; 0 for all.")
@click.option("--changed", type=click.Choice(_CHANGED), help="List links in which something of this kind differs.")
@options.db
@options.format
def stories(limit: int, changed: ChangeKind | None, db: str, form: str) -> None:
    """List stories by their number of copies, or what copies changed.

    "when" is a small time line from the first page to the last: the taller, the more pages.

    \b
    dedup stories --limit 5
    dedup stories --changed numbers
    """
    with terminal.reading(db) as opened:
        more = _show_changed(opened, changed, limit, form) if changed else _show_stories(opened, limit, form)
    if more:
        click.echo(f"{more}; --limit 0 shows all.", err=True)


def _show_stories(opened: Index, limit: int, form: str) -> str:
    """Show stories; says how many more there are."""
    found = opened.stories(limit or None)
    rows = [asdict(story) for story in found]
    terminal.show(_with_lines(opened, found, rows) if form == "table" else rows, form, _COLUMNS)
    more = int(opened.info()["stories"]) - len(found)
    return f"{more} more" if more > 0 else ""


def _with_lines(opened: Index, found: Sequence[Story], rows: Iterable[dict[str, object]]) -> list[dict[str, object]]:
    """Rows with a line each of when the story's pages came out."""
    from dedup.views import line_of

    dates = opened.dates_of_stories(found)
    return [row | {"when": line_of(dates[story.id])} for story, row in zip(found, rows, strict=True)]


def _show_changed(opened: Index, kind: ChangeKind, limit: int, form: str) -> str:
    """Show links in which something of a kind differs; says whether there are more."""
    from dedup.views import changed_lines

    links = opened.changed(kind)
    found = list(islice(links, limit or None))
    if form != "table":
        terminal.show([_row(opened, one, whole=form != "csv") for one in found], form)
    for one in found if form == "table" else ():
        for line in changed_lines(one.link, _outlets(opened, one.link), one.changes):
            click.echo(line)
    return "There are more" if next(links, None) is not None else ""


def _row(opened: Index, changed: Changed, *, whole: bool) -> dict[str, object]:
    """A link for programs, with all that differs, or the first of it as text."""
    from dedup.views import was_and_now

    link, outlets = changed.link, _outlets(opened, changed.link)
    return {
        "copy": link.copy,
        "copy_outlet": outlets[0],
        "original": link.original,
        "original_outlet": outlets[1],
        "kind": link.kind,
        "direction": link.direction,
        "changed": len(changed.changes),
        "examples": [asdict(change) for change in changed.changes]
        if whole
        else [was_and_now(change) for change in changed.changes[:EXAMPLES]],
    }


def _outlets(opened: Index, link: Link) -> tuple[str | None, str | None]:
    """The outlets of a link's copy and original."""
    return opened.get(link.copy).outlet, opened.get(link.original).outlet if link.original else None
