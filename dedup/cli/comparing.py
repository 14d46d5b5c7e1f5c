"""``dedup compare``: what two pages share, and why they were linked or not."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dedup.cli import options, terminal
from dedup.model import Document

if TYPE_CHECKING:
    from dedup.index import Compared


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--width", type=click.IntRange(min=60), help="Columns to use.  [default: the terminal's]")
@click.option("--why", is_flag=True, help="Say how far each step came: keys, passages, what counts, the rule.")
@options.db
@options.format
def compare(a: str, b: str, width: int | None, why: bool, db: str, form: str) -> int:
    """Show the passages that two pages share, side by side, and what was changed.

    A and B are ids or URLs of stored documents, or files; with two files no store is needed. A is taken for the
    source, unless the store has a link that tells otherwise. Leaves with 0 if they share a passage, 1 if not.

    \b
    dedup compare ngw-1001 sample_corpus/pages/mirror-01.txt
    dedup compare ngw-1006 ngw-1007 --why
    """
    if why:
        _show_steps(db, a, b, form)
        return terminal.FOUND
    one, two, shared = _compared(db, a, b)
    if shared is None:
        click.echo(f"{a} and {b} share no passage.", err=True)
        return terminal.NOTHING_FOUND
    if form == "table":
        if not all(map(terminal.is_file, (a, b))):
            _show_judgement(db, one.id, two.id)
        _show_table(one, two, shared, width)
    elif form == "json":
        terminal.show_json(_whole(one, two, shared))
    else:
        terminal.show([terminal.change_row(change) for change in shared.changes], form)
    return terminal.FOUND


def _show_judgement(db: str, one: str, two: str) -> None:
    """What a person said of the two, before anything else."""
    from dedup.judgements import named
    from dedup.views import clean

    with terminal.reading(db) as opened:
        if (judgement := opened.judgement(one, two)) is not None:
            told = clean(named(judgement))
            click.echo(f"{told[0].upper()}{told[1:]}\n")


def _compared(db: str, a: str, b: str) -> tuple[Document, Document, Compared | None]:
    """Two pages and what they share; with two files the store is used only if there is one."""
    from dedup.corpus import read_page
    from dedup.index import compare_pages

    if all(map(terminal.is_file, (a, b))) and not terminal.is_file(db):
        one, two = read_page(a), read_page(b)
        return one, two, compare_pages(one, two)
    with terminal.reading(db) as opened:
        found = [terminal.page(opened, asked) for asked in (a, b)]
        one, two = (opened.get(page) if isinstance(page, str) else page for page in found)
        return one, two, opened.compare_pages(one, two)


def _show_table(one: Document, two: Document, shared: Compared, width: int | None) -> None:
    from shutil import get_terminal_size

    from dedup import views

    sides, called = ((two, one), ("B", "A")) if shared.turned else ((one, two), ("A", "B"))
    told = views.Told(shared.summary, shared.changes, called, shared.is_copy)
    columns = width or get_terminal_size((100, 24)).columns
    for line in views.comparison_lines(*sides, shared.match, told, columns):
        click.echo(line)


def _whole(one: Document, two: Document, shared: Compared) -> dict[str, object]:
    """The match from the first page to the second, which of them is the source, and what was changed."""
    from dedup.index import compare

    match = compare(one.text, two.text) if shared.turned else shared.match
    return {
        **(asdict(match) if match is not None else {}),
        "source": two.id if shared.turned else one.id,
        "copy": one.id if shared.turned else two.id,
        "decided": shared.is_copy,
        "changes": asdict(shared.summary),
        "changed": [asdict(change) for change in shared.changes],
    }


def _show_steps(db: str, a: str, b: str, form: str) -> None:
    """How far two pages came on the way to a link; the store is opened only if one of them is not a file."""
    from dedup.corpus import read_page
    from dedup.index import explain_pair
    from dedup.model import Settings
    from dedup.views import clean

    if all(map(terminal.is_file, (a, b))) and not terminal.is_file(db):
        told = explain_pair(read_page(a), read_page(b), Settings())
    else:
        with terminal.reading(db) as opened:
            told = opened.explain(terminal.page(opened, a), terminal.page(opened, b))
    if form != "table":
        terminal.show([asdict(step) for step in told], form)
        return
    for step in told:
        click.echo(f"{'+' if step.passed else '-'} {step.name}: {clean(step.told)}")
