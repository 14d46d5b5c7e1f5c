"""``dedup judge`` and ``dedup judgements``: what a person says of two pages, which counts more than all evidence."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime

import click

from dedup.cli import options, terminal
from dedup.model import Judged, Reject

VERDICTS = ("copy", "original", "unrelated", "unknown")


@click.command()
@click.argument("copy", metavar="COPY", required=False)
@click.argument("original", metavar="ORIGINAL", required=False)
@click.option("--verdict", type=click.Choice(VERDICTS), help="What COPY is to ORIGINAL.")
@click.option("--note", help="Why; it is told with the verdict.")
@click.option("--withdraw", is_flag=True, help="Take back what was judged of the two.")
@click.option("--import", "file", metavar="FILE", help="Keep the judgements of a file, by the ids in it.")
@options.db
@options.quiet
def judge(
    copy: str | None, original: str | None, verdict: Judged | None, note: str | None, withdraw: bool, file: str | None,
    db: str, quiet: bool,
) -> int:  # fmt: skip
    """Say what a page is to another; that counts more than all evidence.

    COPY and ORIGINAL are ids or URLs of stored documents. COPY is a copy of ORIGINAL, or its original, or unrelated (no
    link is told between the two), or unknown (nobody can know who copied). Kept with its time, in the place of what
    was judged of the two before; it survives whatever is indexed or removed. Two pages that share no passage get no
    link.

    FILE is JSON Lines or CSV of copy, original, verdict[, judged_at][, note], as "dedup judgements" writes it; of two
    judgements of the same pages the later counts.

    \b
    dedup judge sample_corpus/pages/mirror-01.txt ngw-1001 --verdict copy --note "asked the editor"
    dedup judge --import judgements.jsonl
    """
    _require_one(copy is not None and original is not None, verdict, withdraw, file, note, named=copy is not None)
    terminal.require_file(db)
    if file is not None:
        return _import(file, db, quiet)
    if verdict is None:
        return _withdraw(db, str(copy), str(original), quiet)
    return _judge(db, str(copy), str(original), verdict, note, quiet)


@click.command()
@options.db
@options.format
def judgements(db: str, form: str) -> None:
    """List what persons judged; jsonl and csv can be imported elsewhere.

    \b
    dedup judgements -f jsonl > judgements.jsonl
    """
    with terminal.reading(db) as opened:
        terminal.show([asdict(judgement) for judgement in opened.judgements()], form)


def _require_one(
    two: bool, verdict: str | None, withdraw: bool, file: str | None, note: str | None, *, named: bool
) -> None:
    """Refuse a command line that says nothing, or several things at once."""
    if file is not None and (named or verdict or withdraw or note):
        raise click.UsageError("--import stands alone: everything else is in the file")
    if file is None and not two:
        raise click.UsageError("name the two documents, COPY and ORIGINAL, or a file with --import")
    if file is None and withdraw == (verdict is not None):
        raise click.UsageError("say what COPY is to ORIGINAL with --verdict, or take it back with --withdraw")


def _judge(db: str, copy: str, original: str, verdict: Judged, note: str | None, quiet: bool) -> int:
    from dedup.index import Index
    from dedup.judgements import named

    with Index(db) as opened:
        kept = opened.judge(copy, original, verdict, note, judged_at=_now())
        shares = opened.matched(kept.copy, kept.original) is not None
    if not quiet:
        click.echo(f"Kept: {named(kept)}.", err=True)
        if verdict in ("copy", "original") and not shares:
            click.echo("The two share no passage, so no link is told between them.", err=True)
    return terminal.FOUND


def _withdraw(db: str, copy: str, original: str, quiet: bool) -> int:
    from dedup.index import Index

    with Index(db) as opened:
        gone = opened.unjudge(copy, original)
    if not quiet:
        click.echo("Taken back." if gone else "Nothing was judged of the two.", err=True)
    return terminal.FOUND if gone else terminal.NOTHING_FOUND


def _import(file: str, db: str, quiet: bool) -> int:
    from dedup.corpus import read_judgements
    from dedup.index import Index

    rejects: list[Reject] = []
    read = list(read_judgements(file, rejects.append, _now()))
    with Index(db) as opened:
        kept = opened.import_judgements(read)
    terminal.show_rejects(rejects)
    if not quiet:
        click.echo(f"{len(read)} read, {kept} of them new or later, {len(rejects)} rejected.", err=True)
    return terminal.FOUND


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
