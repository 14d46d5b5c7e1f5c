"""Pages are extracted in processes of their own, which can be killed: parsers of hostile pages hang and break.

A page that takes too long or breaks its process costs itself alone: another process takes over. What comes out is in
the order of what came in, whatever the number of processes, and only a bounded number of pages is read ahead.
Nothing but JSON is believed of a process that has looked into a page.
"""

from __future__ import annotations

import json
import os
import sys
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future
from contextlib import suppress
from queue import SimpleQueue
from signal import Signals
from subprocess import DEVNULL, PIPE, Popen
from threading import Event, Lock, Thread, Timer
from typing import TypeAlias
from weakref import finalize

from dedup.corpus.cleaning import MAX_TEXT_BYTES
from dedup.corpus.files import Extractor, Options
from dedup.corpus.waiting import MAX_MEMORY_BYTES, OUT_OF_MEMORY, READY, Page
from dedup.model import CorpusError, Document, FileRead, Reject

Done: TypeAlias = Document | Reject | FileRead

# To start a process costs as much as so many pages: 0.5 s against 25 ms (181 pages of 2019).
PAGES_WORTH_A_START = 20
# Read ahead, for each process and in all: enough to start all processes, and no more in memory than a few large pages.
AHEAD_PAGES = 2 * PAGES_WORTH_A_START
AHEAD_BYTES = 50_000_000
# A busy machine may take long to load an extractor; it never takes that long.
START_SECONDS = 120.0
# The longest text, each of its bytes written as an escape of six, and what else is told of a page.
MAX_ANSWER_BYTES = 6 * MAX_TEXT_BYTES + 1_000_000
# A broken page is tried once more in a new process: what broke may have been the page before it.
TRIES = 2


def extracted(items: Iterator[Done | Page], options: Options) -> Generator[Done, None, None]:
    """The items in their order, pages as the documents they hold or the reasons why there is none.

    Where no page waits, an item passes at once. An error of ``items`` is raised after all that came before it.
    """
    line = _Line(options)
    try:
        try:
            for item in items:
                yield from line.after(item)
        except CorpusError:
            yield from line.rest()
            raise
        yield from line.rest()
    finally:
        line.close()


class _Line:
    """What was read and not yet given: items in their order, those that are pages with somebody at work on them."""

    def __init__(self, options: Options) -> None:
        self._most = max(1, options.processes or os.cpu_count() or 1)
        self._tasks = _Tasks(options.extractor, options.page_seconds)
        self._threads: list[Thread] = []
        self._items: deque[tuple[Future[Done], int]] = deque()
        self._bytes = 0
        # Nobody waits for the threads at the end of the program, but the processes must end then.
        self._end = finalize(self, self._tasks.end)

    def after(self, item: Done | Page) -> Iterator[Done]:
        """Takes an item in; what can be given after that, and what must be before more is read."""
        if isinstance(item, Page):
            self._put(item)
        elif not self._items:
            yield item
        else:
            self._items.append((_finished(item), 0))
        while self._items and (self._items[0][0].done() or self._is_full):
            yield self._first()

    def rest(self) -> Iterator[Done]:
        """All that is left."""
        while self._items:
            yield self._first()

    def close(self) -> None:
        """End all processes; what nobody has begun is left."""
        self._end()
        for thread in self._threads:
            thread.join()

    def _put(self, page: Page) -> None:
        self._items.append((self._tasks.put(page), len(page.markup)))
        self._bytes += len(page.markup)
        if len(self._threads) < min(self._most, 1 + self._tasks.waiting // PAGES_WORTH_A_START):
            self._threads.append(Thread(target=self._tasks.work, daemon=True))
            self._threads[-1].start()

    @property
    def _is_full(self) -> bool:
        return len(self._items) >= AHEAD_PAGES * self._most or self._bytes >= AHEAD_BYTES

    def _first(self) -> Done:
        future, size = self._items.popleft()
        self._bytes -= size
        return future.result()


def _finished(item: Done) -> Future[Done]:
    future: Future[Done] = Future()
    future.set_result(item)
    return future


class _Tasks:
    """Pages that wait for a process, and what the threads that ask the processes share."""

    def __init__(self, extractor: Extractor, seconds: float) -> None:
        self._extractor, self._seconds = extractor, seconds
        self._queue: SimpleQueue[tuple[Page, Future[Done]] | None] = SimpleQueue()
        self._processes: set[Popen[bytes]] = set()
        self._lock = Lock()
        self._ended = False
        # Why no process can start.
        self._broken: str | None = None

    @property
    def waiting(self) -> int:
        """How many pages nobody has begun."""
        return self._queue.qsize()

    def put(self, page: Page) -> Future[Done]:
        """A page to be extracted."""
        future: Future[Done] = Future()
        self._queue.put((page, future))
        return future

    def end(self) -> None:
        """Kill all processes, and start no more."""
        with self._lock:
            self._ended = True
            for process in self._processes:
                process.kill()
        self._queue.put(None)

    def work(self) -> None:
        """Ask a process for one page after the other, another process where one has ended, until there is an end."""
        process: Popen[bytes] | None = None
        while (task := self._queue.get()) is not None and not self._ended:
            page, future = task
            try:
                process, done = self._extract(page, process)
                future.set_result(done)
            except OSError as error:
                process = None
                future.set_result(page.reject(f"cannot be extracted: {error.strerror or error}"))
            # Whoever waits for the page would wait for ever.
            except Exception as error:
                process = None
                future.set_exception(error)
        self._queue.put(None)
        if process is not None:
            self._finish(process)

    def _extract(self, page: Page, process: Popen[bytes] | None) -> tuple[Popen[bytes] | None, Done]:
        """A page's document or what is wrong with it, and the process to ask next."""
        problem: str | None = None
        for _ in range(TRIES):
            process = process or self._start()
            if process is None:
                return None, page.reject(self._broken)
            answer, late = _asked(process, page.packed(self._seconds), self._seconds)
            if answer is not None:
                return process, _read(answer, page)
            problem, process = _ending(self._finish(process)), None
            if late:
                return None, page.reject(f"takes more than the {self._seconds:g} seconds allowed for a page")
            if self._ended:
                break
        return None, page.reject(problem)

    def _start(self) -> Popen[bytes] | None:
        """A process that has loaded what it needs; ``None`` where it cannot, or where all has ended."""
        if self._broken is not None or self._ended:
            return None
        process = Popen(
            [sys.executable, "-P", "-c", _PROGRAM, self._extractor],
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path or os.getcwd() for path in sys.path)},
            # An interrupt from the keyboard is for this process, which then ends the others.
            start_new_session=True,
        )
        with self._lock:
            self._processes.add(process)
            if self._ended:
                process.kill()
        told, _ = _asked(process, b"", START_SECONDS)
        if told == READY:
            return process
        end = _ending(self._finish(process))
        self._broken = (
            told.decode("utf-8", "replace") if told else f"the process that extracts pages {end} at its start"
        )
        return None

    def _finish(self, process: Popen[bytes]) -> int:
        """Ends a process if it has not; how it ended."""
        process.kill()
        with suppress(OSError):
            process.stdin.close()  # type: ignore[union-attr]
        process.stdout.close()  # type: ignore[union-attr]
        with self._lock:
            self._processes.discard(process)
        return process.wait()


# ---------------------------------------------------------------------------------------------------------------
# One process and what it says.

# It looks for modules where this process does: ``-P`` adds no folder of its own.
_PROGRAM = "import sys; from dedup.corpus.extractor import serve; serve(sys.argv[1])"


def _asked(process: Popen[bytes], asked: bytes, seconds: float) -> tuple[bytes | None, bool]:
    """What a process answers; ``None`` where it ended, and whether that was for taking too long."""
    late = Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = Timer(seconds, end)
    timer.daemon = True
    timer.start()
    # That it ended while it read, its answer shows.
    with suppress(OSError):
        process.stdin.write(asked)  # type: ignore[union-attr]
        process.stdin.flush()  # type: ignore[union-attr]
    line = process.stdout.readline(MAX_ANSWER_BYTES)  # type: ignore[union-attr]
    timer.cancel()
    return (line[:-1] if line.endswith(b"\n") else None), late.is_set()


def _read(answer: bytes, page: Page) -> Done:
    """The document that an answer tells, or why there is none."""
    try:
        told = json.loads(answer)
        return page.reject(told["problem"]) if "problem" in told else Document(**told)
    except (ValueError, TypeError, RecursionError):
        return page.reject("the process that extracted it gave no sensible answer")


def _ending(code: int) -> str:
    if code == OUT_OF_MEMORY:
        return f"takes more than the {MAX_MEMORY_BYTES:,} bytes of memory allowed for a page"
    how = f"signal {-code}" if code < 0 else f"exit code {code}"
    with suppress(ValueError):
        how = Signals(-code).name
    return f"breaks the parser of pages ({how})"
