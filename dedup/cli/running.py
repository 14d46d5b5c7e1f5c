"""One run of ``index``: read, added, noted file by file; how it is told, and how it ends when somebody wants it to."""

from __future__ import annotations

import logging
import signal
from collections.abc import Iterator, Sequence
from dataclasses import replace
from time import monotonic
from types import FrameType, TracebackType
from typing import TYPE_CHECKING

import click

from dedup.cli import terminal
from dedup.cli.progress import Progress
from dedup.model import Added, DedupError, Document, FileRead, Reject

if TYPE_CHECKING:
    from dedup.corpus import Options as Reading
    from dedup.index import Index

# Documents after which is said how their records are understood, if there were any; as many are looked at.
LOOKED_AT = 100
# What standard input is called where it is told of records that were refused.
STDIN = "<stdin>"


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
        self._all_read = False
        self._progress = Progress(paths, quiet or waiting)
        self.stopping = Stopping()

    def go(self) -> None:
        """Read, add, note and tell."""
        started = monotonic()
        with self._progress as progress, self.stopping, _Notes(progress, self._quiet):
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
        self._all_read = True

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
        self.stopping.at_once = self._all_read and _handled(added) == self._given
        return self.stopping.wanted

    def _note(self, added: Added, *, all_read: bool) -> None:
        """Note the files whose documents are all kept; at the end also what was refused of anything else."""
        done = _handled(added)
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


def _handled(added: Added) -> int:
    """How many documents adding is done with, but for their links."""
    return added.new + added.updated + added.unchanged + added.rejected


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


class _Notes(logging.Handler):
    """What readers note beside documents and rejects, as what of an archive is no page, said above the bar.

    A context manager.
    """

    def __init__(self, progress: Progress, quiet: bool) -> None:
        super().__init__(logging.WARNING if quiet else logging.INFO)
        self._progress, self._logger = progress, logging.getLogger("dedup.corpus")

    def __enter__(self) -> _Notes:
        self._before = self._logger.level
        self._logger.setLevel(self.level)
        self._logger.addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        self._logger.removeHandler(self)
        self._logger.setLevel(self._before)

    def emit(self, record: logging.LogRecord) -> None:
        """Say it."""
        self._progress.say(record.getMessage())
