"""``dedup serve``, the store as local pages, and ``dedup report``, a case as a file."""

from __future__ import annotations

from datetime import datetime

import click

from dedup.cli import options, terminal


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=8377, show_default=True, help="0 takes any that is free."
)
@click.option("--allow-judgements", is_flag=True, help="Keep what is said of two pages on their comparison.")
@options.db
def serve(port: int, allow_judgements: bool, db: str) -> None:
    """Show the store as pages in a browser, on this machine alone.

    Nothing is fetched, and nothing is written but, with --allow-judgements, what you judge.

    \b
    dedup serve --db news.db
    """
    from dedup.web import serve as run

    terminal.require_file(db)
    run(db, port, lambda url: click.echo(f"Showing {db} at {url} (Ctrl-C ends)", err=True), judging=allow_judgements)


@click.command()
@click.argument("what")
@click.argument("other", required=False)
@click.option("-o", "--output", required=True, metavar="FILE", help="Where to write; - is standard output.")
@click.option("--outlet", is_flag=True, help="WHAT is an outlet, whatever else has that name.")
@click.option("--date", "made_on", type=click.DateTime(["%Y-%m-%d"]), default=lambda: f"{datetime.now():%Y-%m-%d}",
              help="The day that the file bears.  [default: today]")  # fmt: skip
@options.force
@options.db
def report(
    what: str, other: str | None, output: str, outlet: bool, made_on: datetime, force: bool, db: str
) -> None:  # fmt: skip
    """Write the evidence packet of a story, an outlet or a pair of pages as one file.

    WHAT is a story, a page of it, or an outlet; with OTHER, another page, both are compared. The file asks for nothing
    when it is opened: it can be mailed, printed and checked.

    \b
    dedup report mp-2003 -o case.html
    dedup report "Daily Quorum" -o outlet.html
    dedup report mp-2003 mirror-10.txt -o pair.html
    """
    from dedup.report import report as drawn

    if outlet and other:
        raise click.UsageError("--outlet takes one name")
    terminal.require_new([output], force=force)
    with terminal.reading(db) as opened:
        html = drawn(opened, [what, other] if other else [what], f"{made_on:%Y-%m-%d}", outlet=outlet)
    terminal.write(output, lambda out: out.write(html))
