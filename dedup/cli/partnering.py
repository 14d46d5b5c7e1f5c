"""``dedup partners``: who publishes whose stories by licence."""

from __future__ import annotations

from dataclasses import asdict

import click

from dedup.cli import options, terminal
from dedup.model import Partner, Reject


@click.command()
@click.option("--import", "file", metavar="FILE", help="Put the list in FILE in the place of the one before.")
@options.db
@options.format
@options.quiet
def partners(file: str | None, db: str, form: str, quiet: bool) -> None:
    """List who publishes whose stories by licence.

    FILE is CSV, TSV or JSON Lines of outlet, source: the outlet publishes the source's stories by licence. The source
    is a news agency (its name, domain or id) or an outlet. A header alone empties the list. Copies by a licence are
    links all the same: they are told as licensed, and the list says who of the two has whose story.

    \b
    dedup partners --import partners.csv
    dedup partners -f jsonl
    """
    from dedup.index import Index

    terminal.require_file(db)
    if file is None:
        with terminal.reading(db) as opened:
            terminal.show([asdict(partner) for partner in opened.partners()], form, ["outlet", "source"])
        return
    listed = read_list(file, quiet)
    with Index(db) as opened:
        opened.set_partners(listed)


def read_list(file: str, quiet: bool) -> list[Partner]:
    """The partners in a file, each once; rows that cannot be read are named and counted."""
    from dedup.corpus import read_partners

    rejects: list[Reject] = []
    listed = sorted(set(read_partners(file, rejects.append)))
    terminal.show_rejects(rejects)
    if not quiet:
        click.echo(f"{len(listed)} partners listed, {len(rejects)} rejected.", err=True)
    return listed
