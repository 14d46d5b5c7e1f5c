"""``dedup compare``: what two pages share, and why they were linked or not."""

from __future__ import annotations

from dataclasses import asdict

import click

from dedup.cli import options, terminal


@click.command()
@click.argument("a", metavar="A")
@click.argument("b", metavar="B")
@click.option("--width", type=click.IntRange(min=60), help="Columns to use.  [default: the terminal's]")
@click.option("--why", is_flag=True, help="Say how far each step came: keys, passages, what counts, the rule.")
@options.db
@options.format
def compare(a: str, b: str, width: int | None, why: bool, db: str, form: str) -> int:
    """Show the passages that two pages share, side by side, and what was changed.

    A and B are ids or URLs of stored documents, or files; with two files no store is needed. Leaves with 0 if they
    share a passage, 1 if not.

    \b
    dedup compare ngw-1001 sample_corpus/pages/mirror-01.txt
    dedup compare ngw-1006 ngw-1007 --why
    """
    from shutil import get_terminal_size

    from dedup import views
    from dedup.index import compare as compare_texts

    if why:
        _show_steps(db, a, b, form)
        return terminal.FOUND
    one, two = terminal.documents(db, (a, b))
    match = compare_texts(one.text, two.text)
    if match is None:
        click.echo(f"{a} and {b} share no passage.", err=True)
        return terminal.NOTHING_FOUND
    if form == "table":
        if not all(map(terminal.is_file, (a, b))):
            _show_judgement(db, one.id, two.id)
        for line in views.comparison_lines(one, two, match, width or get_terminal_size((100, 24)).columns):
            click.echo(line)
    elif form == "json":
        terminal.show_json(asdict(match))
    else:
        rows = ({"change": weight, **terminal.edit_row(edit)} for weight, edit in views.changes(match.edits))
        terminal.show(list(rows), form)
    return terminal.FOUND


def _show_judgement(db: str, one: str, two: str) -> None:
    """What a person said of the two, before anything else."""
    from dedup.judgements import named
    from dedup.views import clean

    with terminal.reading(db) as opened:
        if (judgement := opened.judgement(one, two)) is not None:
            told = clean(named(judgement))
            click.echo(f"{told[0].upper()}{told[1:]}\n")


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
