"""The command line: parse, call, show, exit code. The only room that knows click, and the only one with a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import asdict

import click

from dedup.cli import options, terminal
from dedup.cli.comparing import compare
from dedup.cli.completing import COMPLETING, complete, completion
from dedup.cli.evaluating import evaluate
from dedup.cli.exporting import export
from dedup.cli.indexing import index, rejects
from dedup.cli.judging import judge, judgements
from dedup.cli.partnering import partners
from dedup.cli.showing import report, serve
from dedup.cli.spanning import import_, spark_index
from dedup.cli.stories import stories
from dedup.cli.terminal import ERROR, FOUND, NOTHING_FOUND
from dedup.model import DedupError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with its exit code: 0 done, 1 nothing found, 2 an error in one sentence."""
    if asked := os.environ.get(COMPLETING):
        sys.exit(complete(dedup, asked))
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """The exit code of a command line. A reader that closes the pipe early ends us quietly, as it means to."""
    try:
        # dedup.main would turn a closed pipe into exit code 1, which means "nothing found" here
        with dedup.make_context("dedup", list(arguments)) as context:
            code = dedup.invoke(context)
        sys.stdout.flush()
        return code if isinstance(code, int) else FOUND
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code if error.exit_code != 1 else ERROR
    except DedupError as error:
        click.echo(f"Error: {error}", err=True)
        return ERROR
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped; what was committed is kept, run the same again to go on.", err=True)
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FOUND


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=terminal.show_version,
    help="Show the version.",
)
def dedup() -> None:
    """Find out who copied a news story from whom.

    \b
    dedup index pages/          index a folder of pages into dedup.db
    dedup who pages/a.txt       who else published this page?
    dedup compare A B           what do two pages share, and what was changed?
    dedup export -f gexf -o graph.gexf
    """


@dedup.command()
@click.argument("page", metavar="PAGE")
@options.db
@options.format
def who(page: str, db: str, form: str) -> int:
    """Who else published this page?

    PAGE is the id or URL of a stored document, a file, or - for text pasted on standard input. What is asked about is
    not added. Leaves with 0 if somebody else published it, 1 if nobody is known to have.

    \b
    dedup who sample_corpus/pages/mirror-01.txt
    pbpaste | dedup who -
    """
    from dedup import standings, views

    with terminal.reading(db) as opened:
        answer = opened.who(terminal.page(opened, page))
    if form == "table":
        for line in views.answer_lines(answer):
            click.echo(line)
        if answer.found:
            terminal.show([views.publisher_row(row) for row in answer.publishers], form)
            terminal.show_standings(standings.standing_lines(answer))
        terminal.show_others(answer.asked, answer.others)
    elif form == "json":
        terminal.show_json(asdict(answer))
    else:
        terminal.show([terminal.publisher_row(row, form) for row in answer.publishers], form)
    return FOUND if answer.found else NOTHING_FOUND


@dedup.command()
@click.option("--habits", is_flag=True, help="List instead what each outlet was learned to do, with counts.")
@options.db
@options.format
def outlets(habits: bool, db: str, form: str) -> None:
    """List who copies whom, how much and how fast.

    With --habits, what each outlet does as far as its pages' own evidence decides it: how many of them are copies, how
    many were copied. Where that evidence decides nothing, this does: "habit" is in log-odds, above 0 where the outlet
    copies; "names" are what it glues into its prose.

    \b
    dedup outlets -f csv
    dedup outlets --habits
    """
    with terminal.reading(db) as opened:
        rows = opened.habits() if habits else opened.outlets()
    terminal.show([asdict(row) for row in rows], form)


@dedup.command()
@click.argument("ids", nargs=-1, required=True, metavar="ID...")
@options.db
@options.quiet
def remove(ids: tuple[str, ...], db: str, quiet: bool) -> None:
    """Take documents out, with all that hung on them.

    \b
    dedup remove ngw-1001
    """
    from dedup.index import Index

    terminal.require_file(db)
    with Index(db) as opened:
        opened.remove(ids)
    if not quiet:
        click.echo(f"{len(ids)} removed.", err=True)


@dedup.command()
@options.db
@options.format
def info(db: str, form: str) -> None:
    """Show counts and settings.

    \b
    dedup info -f json
    """
    with terminal.reading(db) as opened:
        told = opened.info()
    if form == "table":
        terminal.show([{"what": name, "value": value} for name, value in told.items()], form)
    else:
        terminal.show([told], form)


@dedup.command()
@click.option("--sample", type=click.IntRange(min=1), default=200, show_default=True, help="Documents to make anew.")
@options.db
def check(sample: int, db: str) -> int:
    """Check the store's integrity: SQLite's own checks, then signatures and matches of a sample made anew.

    \b
    dedup check --sample 1000
    """
    with terminal.reading(db) as opened:
        problems = opened.check(sample)
        counts = opened.info()
    for problem in problems:
        click.echo(problem)
    if problems:
        click.echo(f"Error: {db}: {len(problems)} problems; index again into a new file.", err=True)
        return ERROR
    click.echo(f"{db}: sound ({counts['documents']} documents, {counts['links']} links).")
    return FOUND


dedup.add_command(compare)
dedup.add_command(completion)
dedup.add_command(evaluate)
dedup.add_command(export)
dedup.add_command(import_)
dedup.add_command(index)
dedup.add_command(judge)
dedup.add_command(judgements)
dedup.add_command(partners)
dedup.add_command(rejects)
dedup.add_command(serve)
dedup.add_command(spark_index)
dedup.add_command(report)
dedup.add_command(stories)
