"""The bar: how far a run is, how fast it goes and how long it will take; only on a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event, Thread
from time import monotonic

import click

from dedup.model import Document, FileRead, Step

REDRAWN_SECONDS = 0.25
# Parts of the time that the steps take, about as for 17,538 Reuters stories.
READING, COMPARING, LINKING = 0.4, 0.4, 0.2
WIDTH = 30
PACKED = (".gz", ".bz2", ".xz", ".zst")


class Progress:
    """A bar on a terminal with a rate and an end in sight; nothing elsewhere. The end is reckoned from file sizes.

    A context manager. It is redrawn by a thread of its own, so that it shows life however long a step is.
    """

    def __init__(self, paths: Iterable[str], quiet: bool) -> None:
        self._show = not quiet and sys.stderr.isatty()
        self._total_bytes = sum(_size(path) for path in paths) if self._show else 0
        self._started = monotonic()
        self._read = self._read_bytes = 0
        self._done: dict[Step, int] = {"compared": 0, "linked": 0}
        self._all_read, self._over = False, Event()
        self._thread = Thread(target=self._keep_drawing, daemon=True)

    def __enter__(self) -> Progress:
        if self._show:
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._show:
            self._over.set()
            self._thread.join()
            click.echo("\r\x1b[K", nl=False, err=True)

    def watch(self, documents: Iterable[Document]) -> Iterator[Document]:
        """Pass documents on and note how much of the input they are."""
        for document in documents:
            self._read += 1
            self._read_bytes += len(document.text)
            yield document
        self._all_read = True

    def pass_over(self, file: FileRead) -> None:
        """Note a file that is not read."""
        self._total_bytes = max(0, self._total_bytes - _text_bytes(file.name, file.bytes))

    def say(self, line: str) -> None:
        """Say something above the bar."""
        click.echo(f"\r\x1b[K{line}" if self._show else line, err=True)

    def count(self, step: Step, documents: int) -> None:
        """Note documents that are done with a step."""
        self._done[step] += documents

    def line(self, seconds: float) -> str:
        """What the bar says after so many seconds."""
        compared, linked = self._done["compared"], min(self._done["linked"], self._done["compared"])
        told = f"{self._read} pages read, {compared} compared, {linked} linked"
        expected = self._expected()
        if not expected:
            return told
        part = min(1.0, (READING * self._read + COMPARING * compared + LINKING * linked) / expected)
        bar = f"[{'#' * round(WIDTH * part):<{WIDTH}}] {100 * part:3.0f}%"
        if not part or seconds < 1:
            return f"{bar}  {told}"
        return f"{bar}  {told}; {part * expected / seconds:.0f}/s, {_clock(seconds * (1 - part) / part)} left"

    def _keep_drawing(self) -> None:
        while not self._over.wait(REDRAWN_SECONDS):
            click.echo(f"\r\x1b[K{self.line(monotonic() - self._started)}", nl=False, err=True)

    def _expected(self) -> float:
        """How many pages there will be; 0 where nobody can tell."""
        if self._all_read or not self._read:
            return self._read
        return max(self._read, self._read * self._total_bytes / max(1, self._read_bytes)) if self._total_bytes else 0


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _size(path: str) -> int:
    """Bytes of text to expect, a packed file counted three times; 0 where nobody can tell."""
    if path == "-":
        return 0
    files = [Path(path)] if Path(path).is_file() else [p for p in Path(path).rglob("*") if p.is_file()]
    return sum(_text_bytes(file, file.stat().st_size) for file in files)


def _text_bytes(file: Path | str, size: int) -> int:
    return size * (3 if str(file).endswith(PACKED) else 1)
