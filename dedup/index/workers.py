"""Workers: other processes that prepare documents, align pairs and resolve components beside this one.

This one reads, decides and writes; when it has to wait, it does itself what no other has begun. What is asked of them
are pure functions, so neither their number nor who does what changes an answer.
"""

from __future__ import annotations

import gc
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import accumulate, chain, pairwise
from multiprocessing import get_context
from types import TracebackType
from typing import Generic, NamedTuple, Self, TypeVar

import numpy as np

from dedup.arrays import Each
from dedup.index.pairing import TextPair, align_each, align_here
from dedup.index.parts import Parts, Spread
from dedup.index.preparing import Prepared, assemble, fingerprint, told_by
from dedup.model import Document, Ids, Offsets, Reject, Settings, Tokens
from dedup.store import Kept, Store

# Documents that are prepared together, and pairs that are aligned together: 40 ms of work. Between two tasks a worker
# waits for this process, which is busy: 17,538 stories took 8.7 s so and 9.1 with 250 and 40 (means of six runs each).
PREPARED_TOGETHER = 500
_ALIGNED_TOGETHER = 100

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")


def _begin() -> None:
    """What a process does first: nothing it makes has cycles, so none are looked for; Ctrl-C, which all processes of a
    terminal hear, is for the first of them to heed."""
    gc.disable()
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@dataclass(frozen=True, slots=True)
class Coming(Generic[Answer]):
    """What is being worked at: whether all of it is there, and what waits for it, and does what nobody has begun."""

    ready: Callable[[], bool]
    wait: Callable[[], Answer]


class Workers:
    """So many processes, this one among them; a context manager."""

    def __init__(self, settings: Settings, processes: int) -> None:
        self._settings = settings
        start = partial(ProcessPoolExecutor, mp_context=get_context("spawn"), initializer=_begin)
        self._pool = start(processes - 1) if processes > 1 else None
        self._threads = ThreadPoolExecutor(processes) if processes > 1 else None
        self._tasks: list[Future[None]] = []
        self._runs = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
        if self._threads is not None:
            self._threads.shutdown()
        if error is None:
            self.settle()

    @property
    def each(self) -> Each:
        """``map``, in as many threads as there are processes: array work for which the others need not be sent it."""
        return self._threads.map if self._threads is not None else map

    def later(self, task: Callable[[], None]) -> None:
        """Do something that waits for the disk more than it works, beside all else, before the end."""
        if self._threads is not None:
            self._tasks.append(self._threads.submit(task))
        else:
            task()

    def settle(self) -> None:
        """Wait until all that ``later`` began is done."""
        while self._tasks:
            self._tasks.pop().result()

    def prepare(self, documents: Sequence[Document]) -> Coming[list[Prepared | Reject]]:
        """Start to prepare documents, ``PREPARED_TOGETHER`` at best."""
        told, settings = [told_by(document) for document in documents], self._settings
        if self._pool is None:
            return Coming(lambda: True, lambda: assemble(documents, fingerprint(told, settings), settings))
        coming = _beside(self._pool, partial(fingerprint, settings=settings), [told])
        return Coming(coming.ready, lambda: assemble(documents, coming.wait()[0], settings))

    def align(self, pairs: Sequence[TextPair]) -> Callable[[], list[Kept | None]]:
        """Start to align pairs of texts; what is returned waits for them, and gives them in the order they came."""
        if self._pool is None or len(pairs) <= _ALIGNED_TOGETHER:
            return align_here(pairs)
        parts = [_Laid.of(pairs[at : at + _ALIGNED_TOGETHER]) for at in range(0, len(pairs), _ALIGNED_TOGETHER)]
        coming = _beside(self._pool, _align_laid, parts)
        return lambda: list(chain.from_iterable(coming.wait()))

    def resolving(self, store: Store) -> Spread | None:
        """Who works out parts of a store's documents: processes that read it themselves, or nobody special."""
        pool = self._pool
        if pool is None:
            return None

        here, self._runs = Parts(store), self._runs + 1
        there = partial(_at_store, path=store.path, run=self._runs)

        def spread(work: Callable[[Parts, Sequence[Asked]], Answer], parts: Sequence[Sequence[Asked]]) -> list[Answer]:
            return _beside(pool, partial(there, work), parts, partial(work, here)).wait()

        return spread


def _beside(
    pool: ProcessPoolExecutor,
    there: Callable[[Asked], Answer],
    parts: Sequence[Asked],
    here: Callable[[Asked], Answer] | None = None,
) -> Coming[list[Answer]]:
    """Start on the parts from the first on; who waits for the answers does what is not begun, from the last on.

    ``here`` gives the same answers in this process, where it has its own way to.
    """
    coming = [pool.submit(there, part) for part in parts]

    def wait() -> list[Answer]:
        answers = [
            (here or there)(part) if future.cancel() else future.result()
            for part, future in zip(reversed(parts), reversed(coming), strict=True)
        ]
        return answers[::-1]

    return Coming(lambda: all(future.done() for future in coming), wait)


class _Laid(NamedTuple):
    """Pairs of texts, each text once and all arrays laid flat, so that they pass to another process at little cost."""

    texts: list[str]
    words: list[int]
    ids: Ids
    starts: Offsets
    ends: Offsets
    pairs: list[tuple[int, int]]

    @classmethod
    def of(cls, pairs: Sequence[TextPair]) -> Self:
        """Lay out pairs of texts."""
        tokens = {id(text): text for pair in pairs for text in pair}
        at = {key: position for position, key in enumerate(tokens)}
        each = list(tokens.values())
        ids, starts, ends = (np.concatenate([getattr(t, name) for t in each]) for name in ("ids", "starts", "ends"))
        table = [(at[id(a)], at[id(b)]) for a, b in pairs]
        return cls([text.text for text in each], [len(text) for text in each], ids, starts, ends, table)

    def tokens(self) -> list[Tokens]:
        """The texts again."""
        bounds = list(accumulate(self.words, initial=0))
        return [
            Tokens(text, self.ids[start:end], self.starts[start:end], self.ends[start:end])
            for text, (start, end) in zip(self.texts, pairwise(bounds), strict=True)
        ]


def _align_laid(laid: _Laid) -> list[Kept | None]:
    tokens = laid.tokens()
    return align_each([(tokens[a], tokens[b]) for a, b in laid.pairs])


def _at_store(work: Callable[[Parts, Asked], Answer], part: Asked, path: str, run: int) -> Answer:
    return work(_parts(path, run), part)


@lru_cache(maxsize=1)
def _parts(path: str, _run: int) -> Parts:
    """The parts of a worker's store, which is open as long as the worker lives; others for each run of resolving."""
    return Parts(Store(path))
