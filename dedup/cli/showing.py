"""``dedup serve``: the store as local pages."""

from __future__ import annotations

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
