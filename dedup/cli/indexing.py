"""``index`` and ``rejects``: what goes in, what was refused, and how a long run is watched, stopped and taken up."""

from __future__ import annotations

import signal
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic, sleep
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

import click

from dedup.cli import options, terminal
from dedup.cli.partnering import read_list
from dedup.cli.progress import Progress
from dedup.cli.terminal import ERROR, FOUND
from dedup.model import Added, DedupError, Document, FileRead, Reject

if TYPE_CHECKING:
    from dedup.corpus import Options as Reading
    from dedup.index import Index

STOPPED = 130
# Documents after which is said how their records are understood, if there were any; as many are looked at.
LOOKED_AT = 100
# What standard input is called where it is told of records that were refused.
STDIN = "<stdin>"


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option("--workers", type=click.IntRange(min=1), envvar="DEDUP_WORKERS", show_envvar=True,
              help="Processes that work beside each other.  [default: one a core]")  # fmt: skip
@click.option("--partners", metavar="FILE", help="Who publishes whose stories by licence; see 'dedup partners'.")
@click.option("--map", "fields", multiple=True, metavar="OURS=FIELD",
              help="Which field of the records holds what (text=content, url=link); may be repeated.")  # fmt: skip
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
    paths: tuple[str, ...], workers: int | None, partners: str | None, fields: tuple[str, ...], show_mapping: bool,
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
    dedup index --show-mapping --map text=artikel crawl.csv
    dedup index --dry-run --strict crawl.jsonl
    dedup index --watch inbox/
    """
    if watch and (dry_run or "-" in paths):
        raise click.UsageError("--watch looks at files and folders, and adds what it finds: not with - or --dry-run")
    from dedup.corpus import Options as Reading

    chosen = Reading(fields=_named(fields))
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


class Run:
    """One reading of paths into a store, noted file by file as its documents are kept."""

    def __init__(
        self, opened: Index, paths: Sequence[str], chosen: Reading, *, strict: bool, again: bool, quiet: bool,
        waiting: bool = False,
    ) -> None:  # fmt: skip
        """``waiting`` runs say nothing where nothing came."""
        from dedup.corpus import Looked

        self._opened, self._paths, self._strict, self._quiet, self._waiting = opened, paths, strict, quiet, waiting
        self._options = chosen if again else replace(chosen, known=opened.files_read())
        self._looked = Looked(chosen)
        self._rejects: list[Reject] = []
        # Each file that was read, with how many documents had been given when it ended.
        self._ended: list[tuple[int, FileRead]] = []
        self._given = self._passed_over = 0
        self._progress = Progress(paths, quiet or waiting)
        self.stopping = Stopping()

    def go(self) -> None:
        """Read, add, note and tell."""
        started = monotonic()
        with self._progress as progress, self.stopping:
            documents = progress.watch(self._documents())
            added = self._opened.add(documents, progress.count, self._after_batch)
            self._note(added, all_read=not self.stopping.wanted)
        if self.stopping.wanted:
            told = added.new + added.updated
            click.echo(f"Stopped: {told} documents are kept; run the same again to go on.", err=True)
        elif not (self._waiting and added == Added() and not self._rejects):
            self._tell(added, monotonic() - started)

    def _documents(self) -> Iterator[Document]:
        for path in self._paths:
            source = terminal.source(
                path, self._refuse, alone=len(self._paths) == 1, options=self._options, on_file=self._end,
                watch=self._looked.note,
            )  # fmt: skip
            for document in source:
                if self.stopping.wanted:
                    return
                self._given += 1
                yield document
                if self._given == LOOKED_AT:
                    self._tell_mapping()
        if self._given < LOOKED_AT:
            self._tell_mapping()
        self.stopping.at_once = True

    def _tell_mapping(self) -> None:
        """Say once which fields were taken for what."""
        told = self._looked.in_words()
        if told and not self._quiet:
            self._progress.say(f"Fields: {told}.")

    def _refuse(self, reject: Reject) -> None:
        if self._strict:
            raise DedupError(f"{reject}; without --strict it is left out and listed by 'dedup rejects'")
        self._rejects.append(reject)

    def _end(self, file: FileRead) -> None:
        if self._options.known.get(file.name) == file:
            self._passed_over += file.documents
            self._progress.pass_over(file)
        else:
            self._ended.append((self._given, file))

    def _after_batch(self, added: Added) -> bool:
        if self._strict and added.rejects:
            self._refuse(added.rejects[0])
        self._note(added, all_read=False)
        return self.stopping.wanted

    def _note(self, added: Added, *, all_read: bool) -> None:
        """Note the files whose documents are all kept; at the end also what was refused of anything else."""
        done = added.new + added.updated + added.unchanged + added.rejected
        files = [file for end, file in self._ended if end <= done]
        self._ended = self._ended[len(files) :]
        names = {file.name for file in files}
        refused = [*self._rejects, *added.rejects]
        if all_read:
            names |= {reject.path for reject in refused} | {STDIN if path == "-" else path for path in self._paths}
        if names:
            self._opened.note_read(names, files, [reject for reject in refused if reject.path in names])

    def _tell(self, added: Added, seconds: float) -> None:
        refused = [*self._rejects, *added.rejects]
        terminal.show_rejects(refused)
        if not self._quiet:
            told = terminal.summary(added, self._passed_over, len(refused), self._opened.info(), seconds)
            click.echo(told, err=True)


class Stopping:
    """Whether somebody pressed Ctrl-C: the first asks to end after the batch, the second ends at once.

    A context manager. Once ``at_once``, when nothing but links is left to do, which are kept part by part, the first
    ends at once, too.
    """

    def __init__(self) -> None:
        self.wanted = self.at_once = False

    def __enter__(self) -> Stopping:
        try:
            self._before = signal.signal(signal.SIGINT, self._stop)
        except ValueError:  # not in the main thread, which alone hears signals
            self._before = None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is not None:
            signal.signal(signal.SIGINT, self._before)

    def _stop(self, _: int, __: FrameType | None) -> None:
        if self.wanted or self.at_once:
            raise KeyboardInterrupt
        self.wanted = True
        click.echo("\nStopping after this batch; Ctrl-C once more stops at once.", err=True)


def _named(fields: Iterable[str]) -> dict[str, str]:
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
