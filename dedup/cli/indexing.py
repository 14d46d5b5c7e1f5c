"""``index`` and ``rejects``: what goes in, and what was refused."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import click

from dedup.cli import options, terminal
from dedup.cli.partnering import read_list
from dedup.cli.running import Run
from dedup.cli.terminal import ERROR, FOUND
from dedup.model import Document, Reject

if TYPE_CHECKING:
    from dedup.corpus import Extractor
    from dedup.corpus import Options as Reading

STOPPED = 130


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--workers", type=click.IntRange(min=1), envvar="DEDUP_WORKERS", show_envvar=True,
              help="Processes that work beside each other.  [default: one a core]")  # fmt: skip
@click.option("--partners", metavar="FILE", help="Who publishes whose stories by licence; see 'dedup partners'.")
@click.option("--map", "fields", multiple=True, metavar="OURS=FIELD",
              help="Which field of the records holds what (text=content, url=link); may be repeated.")  # fmt: skip
@click.option("--extractor", type=click.Choice(["trafilatura", "resiliparse"]), default="trafilatura",
              show_default=True, help="What finds articles in HTML; resiliparse is 5 times as fast.")  # fmt: skip
@click.option("--show-mapping", is_flag=True, help="Show how the first records are understood, and stop.")
@click.option("--strict", is_flag=True, help="End with an error at the first record that is refused.")
@click.option("--dry-run", is_flag=True, help="Read everything and say what would be added; change nothing.")
@click.option("--again", is_flag=True, help="Read files again that have not changed since they were read.")
@click.option("--watch", is_flag=True, help="Then wait for what arrives or changes there, until Ctrl-C.")
@click.option("--every", type=click.FloatRange(min=0.1), default=2.0, show_default=True, metavar="SECONDS",
              help="How often --watch looks.")  # fmt: skip
@options.db
@options.quiet
def index(
    paths: tuple[str, ...], workers: int | None, partners: str | None, fields: tuple[str, ...],
    extractor: Extractor, show_mapping: bool,
    strict: bool, dry_run: bool, again: bool, watch: bool, every: float, db: str, quiet: bool,
) -> int:  # fmt: skip
    """Add or update documents.

    PATH is a file, a folder, a pattern ('pages/*.jsonl.zst'), a table of a SQLite file (news.db::articles), or - for
    JSON Lines on standard input. The same again changes nothing, and passes over
    files that have not changed since; another text under the same id replaces it. Ctrl-C ends after the batch that is
    being compared; the same command again goes on from there. See also 'dedup rejects'.

    \b
    dedup index sample_corpus/pages
    zcat crawl.jsonl.gz | dedup index -
    dedup index CC-NEWS-*.warc.gz
    dedup index --show-mapping --map text=artikel crawl.csv
    dedup index --dry-run --strict crawl.jsonl
    dedup index --watch inbox/
    """
    if watch and (dry_run or "-" in paths):
        raise click.UsageError("--watch looks at files and folders, and adds what it finds: not with - or --dry-run")
    from dedup.corpus import Options as Reading

    chosen = Reading(fields=named(fields), extractor=extractor, processes=workers)
    if show_mapping:
        return _show_mapping(paths, chosen)
    if dry_run:
        return _try(paths, chosen, db, strict, quiet)
    from dedup.index import Index

    licensed = read_list(partners, quiet) if partners else None
    with Index(db, workers=workers) as opened:
        if licensed is not None:
            opened.set_partners(licensed)
        run = Run(opened, paths, chosen, strict=strict, again=again, quiet=quiet)
        run.go()
        while watch and not run.stopping.wanted:
            sleep(every)
            run = Run(opened, paths, chosen, strict=strict, again=False, quiet=quiet, waiting=True)
            run.go()
    return STOPPED if run.stopping.wanted else FOUND


@click.command()
@options.db
@options.format
def rejects(db: str, form: str) -> None:
    """List what was refused when its file was read last: file, line and reason.

    \b
    dedup rejects
    dedup rejects -f csv > refused.csv
    """
    with terminal.reading(db) as opened:
        rows = [{"file": one.path, "line": one.line, "problem": one.problem} for one in opened.rejects()]
    terminal.show(rows, form, ("file", "line", "problem"))


def named(fields: Iterable[str]) -> dict[str, str]:
    """Fields as they were named: ours, then the records'."""
    pairs = [told.partition("=") for told in fields]
    if wrong := next(("".join(pair) for pair in pairs if not pair[0] or not pair[2]), None):
        raise click.UsageError(f"--map {wrong}: say which field holds what, as in --map text=content")
    return {ours: field for ours, _, field in pairs}


def _show_mapping(paths: Sequence[str], chosen: Reading) -> int:
    """Show how the first records of each path are understood."""
    from dedup.corpus import sample

    if "-" in paths:
        raise click.UsageError("--show-mapping reads files, of which nothing is lost: not -")
    for path in paths:
        told = sample(path, chosen)
        click.echo(f"{path}: {told.looked.in_words() or 'pages, not records'}")
        for document in told.documents:
            terminal.show_document(document)
        for reject in told.rejects:
            click.echo(f"  rejected {reject}")
    return FOUND


def _try(paths: Sequence[str], chosen: Reading, db: str, strict: bool, quiet: bool) -> int:
    """Say what indexing would do."""
    from tempfile import TemporaryDirectory

    from dedup.index import Index

    refused: list[Reject] = []
    sources: Iterable[Iterator[Document]] = [
        terminal.source(path, refused.append, alone=len(paths) == 1, options=chosen) for path in paths
    ]
    documents = (document for source in sources for document in source)
    with TemporaryDirectory() as place:
        there = terminal.is_file(db)
        with Index(db if there else Path(place) / "none.db", read_only=there) as opened:
            added = opened.try_add(documents)
    refused += added.rejects
    terminal.show_rejects(refused)
    if not quiet:
        told = f"{added.new} new, {added.updated} updated, {added.unchanged} unchanged, {len(refused)} rejected"
        click.echo(f"{told}; nothing was changed", err=True)
    return ERROR if strict and refused else FOUND
