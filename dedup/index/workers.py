"""Workers: the processes that prepare documents and align pairs while this one reads, decides and writes.

What is asked of them are pure functions, so neither their number nor whether there are any changes an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import lru_cache, partial
from itertools import chain
from multiprocessing import get_context
from types import TracebackType

from dedup.index.pairing import align_each, align_here
from dedup.index.preparing import Prepared, assemble, fingerprint
from dedup.index.resolving import Outcome, Spread, outcome_of
from dedup.model import Document, Match, Reject, Settings, Tokens
from dedup.sketch import permutations
from dedup.store import Store

# Documents that are prepared together: 50 ms of work.
PREPARED_TOGETHER = 250
# Pairs that are aligned together: 30 ms of work.
_ALIGNED_TOGETHER = 40


class Workers:
    """A number of processes, or none: then all is done in this one. A context manager."""

    def __init__(self, settings: Settings, processes: int) -> None:
        self._settings = settings
        self._pool = ProcessPoolExecutor(processes, get_context("spawn")) if processes > 1 else None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def prepare(self, documents: Sequence[Document]) -> Callable[[], list[Prepared | Reject]]:
        """Start to prepare documents, ``PREPARED_TOGETHER`` at best; what is returned waits for them."""
        texts, settings = [document.text for document in documents], self._settings
        if self._pool is None:
            return lambda: assemble(documents, fingerprint(texts, settings), settings)
        # Made here, once: to each worker they would cost as much as some thousand documents.
        coming = self._pool.submit(fingerprint, texts, settings, permutations(settings))
        return lambda: assemble(documents, coming.result(), settings)

    def align(self, pairs: Sequence[tuple[Tokens, Tokens]]) -> Callable[[], list[Match | None]]:
        """Start to align pairs of texts; what is returned waits for them, and gives them in the order they came."""
        if self._pool is None or len(pairs) <= _ALIGNED_TOGETHER:
            return align_here(pairs)
        parts = [pairs[at : at + _ALIGNED_TOGETHER] for at in range(0, len(pairs), _ALIGNED_TOGETHER)]
        coming = self._pool.map(align_each, parts)
        return lambda: list(chain.from_iterable(coming))

    def resolving(self, path: str) -> Spread | None:
        """Who works out the links of a store part by part: processes that read it themselves, or nobody special."""
        pool = self._pool
        return (lambda parts: pool.map(partial(_outcome_of, path), parts)) if pool else None


def _outcome_of(path: str, numbers: Sequence[int]) -> Outcome:
    return outcome_of(_reading(path), numbers)


@lru_cache(maxsize=1)
def _reading(path: str) -> Store:
    """The store of a worker, open as long as the worker lives."""
    return Store(path)
