"""``dedup evaluate``: how good the links are, against a truth file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from dedup.cli import options, terminal
from dedup.model import Reject

if TYPE_CHECKING:
    from dedup.index import Index
    from dedup.truth import Evaluation


@click.command()
@click.argument("truth", metavar="TRUTH", required=False)
@click.option("--judgements", is_flag=True, help="What persons judged is truth, too.")
@click.option("--errors", metavar="FILE", help="Write every mistake with both texts' passages, to be read.")
@options.force
@options.db
@options.format
def evaluate(truth: str | None, judgements: bool, errors: str | None, force: bool, db: str, form: str) -> None:
    """Compare the links with the truth: precision, recall, the right original, direction, stories.

    TRUTH is CSV or JSON Lines: copy, original[, kind][, direction][, coverage][, story], with an empty original for one
    that is not in the corpus; or a, b, label. Documents are named by id, URL or the end of their path. Only documents
    that stand there as copies are judged. Intervals hold 95 times in 100, by drawing whole stories again.

    With --judgements, what was said with "dedup judge" is truth, too, and comes before what TRUTH says of the same two
    documents; the links are then those that the evidence alone would tell.

    \b
    dedup evaluate sample_corpus/truth.csv --errors wrong.txt
    dedup evaluate --judgements
    """
    from dedup.corpus import read_labels
    from dedup.views import group_rows, measure_rows, measure_table

    if truth is None and not judgements:
        raise click.UsageError("name a truth file, or hold the links against what persons judged with --judgements")
    terminal.require_new([errors] if errors else [], force=force)
    rejects: list[Reject] = []
    with terminal.reading(db) as opened:
        told = opened.evaluate(read_labels(truth, rejects.append) if truth else (), judgements=judgements)
        if errors is not None:
            terminal.write(errors, lambda out: out.writelines(f"{line}\n" for line in _mistakes(opened, told)))
    terminal.show_rejects([*rejects, *told.rejects])
    if form == "table":
        terminal.show(measure_table(told), form)
        for by in ("kind", "words"):
            click.echo()
            terminal.show(group_rows(told, by), form)
    elif form == "json":
        terminal.show_json(asdict(told))
    else:
        terminal.show(measure_rows(told), form)


def _mistakes(opened: Index, told: Evaluation) -> Iterator[str]:
    """Every mistake as text, with both documents at hand."""
    from dedup.index import compare_pages
    from dedup.views import Told, mistake_lines

    for mistake in told.mistakes:
        copy = opened.get(mistake.copy)
        original = opened.get(mistake.original) if mistake.original is not None else None
        shared = compare_pages(original, copy) if original is not None else None
        both = (shared.match, Told(shared.summary, shared.changes)) if shared is not None else None
        yield from mistake_lines(mistake, copy, original, both)
