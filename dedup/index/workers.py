"""Workers: the processes that prepare documents and align pairs while this one reads, decides and writes.

What is asked of them are pure functions, so neither their number nor whether there are any changes an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from itertools import chain
from multiprocessing import get_context
from types import TracebackType

from dedup.index.pairing import align_each
from dedup.index.preparing import Prepared, assemble, fingerprint
from dedup.model import Document, Match, Reject, Settings, Tokens

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
        coming = self._pool.submit(fingerprint, texts, settings)
        return lambda: assemble(documents, coming.result(), settings)

    def align(self, pairs: Sequence[tuple[Tokens, Tokens]]) -> list[Match | None]:
        """Align pairs of texts, in the order they come."""
        if self._pool is None or len(pairs) <= _ALIGNED_TOGETHER:
            return align_each(pairs)
        parts = [pairs[at : at + _ALIGNED_TOGETHER] for at in range(0, len(pairs), _ALIGNED_TOGETHER)]
        return list(chain.from_iterable(self._pool.map(align_each, parts)))
