"""The index: the order of the steps, and nothing else. Adding is finding, then keeping; asking is finding alone."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from types import TracebackType

from dedup.align import align
from dedup.index.answering import who_asks, who_stored
from dedup.index.checking import check_store
from dedup.index.finding import Finding
from dedup.index.graphs import document_graph, outlet_graph, outlet_pairs
from dedup.index.pairing import Aligner, Pages, align_here
from dedup.index.preparing import Prepared, digest, prepare, storable, storable_text, tokenise
from dedup.index.resolving import resolve_pending
from dedup.index.workers import PREPARED_TOGETHER, Workers
from dedup.model import (
    DEFAULT_KINDS,
    Added,
    Answer,
    Document,
    Graph,
    Kind,
    Link,
    Match,
    OutletPair,
    Reject,
    Settings,
    Story,
    Tokens,
    UnknownDocument,
)
from dedup.store import Store, number_of

__all__ = ["Index", "compare", "tokenise"]

# Documents of one transaction: what a kill can cost, and what is held in memory (about 40 kB each).
BATCH = 20_000
# Parts of ``PREPARED_TOGETHER`` documents that pay for the start of other processes (half a second each).
_WORTH_WORKERS = 8


@dataclass(frozen=True, slots=True)
class _Part:
    """Documents, and what waits for those of them that are being prepared."""

    documents: list[Document]
    prepared: Callable[[], list[Prepared | Reject]]


class Index:
    """A store of pages and the links between them; a context manager.

    Opens or creates the file at ``path``; ``read_only`` never changes it. ``workers`` is the number of processes that
    prepare documents (by default one a core); it never changes an answer. Raises ``StoreError`` and its kin.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        settings: Settings | None = None,
        *,
        read_only: bool = False,
        workers: int | None = None,
    ) -> None:
        self._store = Store(path, settings or Settings(), writing=not read_only)
        self._workers = max(1, workers if workers is not None else os.cpu_count() or 1)

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self._store.close()

    @property
    def settings(self) -> Settings:
        """What the fingerprints of this store were made with."""
        return self._store.settings

    # changing

    def add(self, documents: Iterable[Document], on_progress: Callable[[int], None] | None = None) -> Added:
        """Add documents, or put them in the place of those with the same ids; then work out links and stories.

        A document too short to be recognised is rejected and named in the result; nothing is added for no documents.
        Each batch of ``BATCH`` is one transaction: what was added stays if the run is killed, and the next call
        finishes the rest. ``on_progress`` is told the number of documents done since it was last told.
        """
        added, told = Added(), on_progress or _unseen
        parts = self._parts(documents)
        first = list(islice(parts, _WORTH_WORKERS))
        with Workers(self.settings, self._workers if len(first) == _WORTH_WORKERS else 1) as workers:
            for batch in self._batches(workers, chain(first, parts)):
                added = _sum(added, self._add_batch(workers, batch, told))
            resolve_pending(self._store, workers.resolving(self._store.path))
        return added

    def resolve(self) -> None:
        """Bring links and stories up to date with the documents; does nothing where they are."""
        resolve_pending(self._store)

    def remove(self, ids: Sequence[str]) -> None:
        """Take documents out with all that hung on them. Raises ``UnknownDocument`` before anything is changed."""
        numbers = [self._number(id) for id in ids]
        with self._store.transaction():
            self._exchange((), numbers)
            self._store.count_outlets(DEFAULT_KINDS)
        self.resolve()

    # asking

    def who(self, page: Document | str) -> Answer:
        """Who else published this: a document, or the id or URL of a stored one. Nothing is added.

        Raises ``UnknownDocument`` for an id or URL that the store does not hold. A document too short to be
        recognised is found nowhere.
        """
        if isinstance(page, str):
            return who_stored(self._store, self._number(page))
        made = prepare([storable(page)], self.settings)[0]
        if isinstance(made, Reject):
            return Answer(page.id, False, None, None, None, None, None, (str(made.problem),), ())
        return who_asks(self._store, made)

    def compare(self, a: str, b: str) -> Match | None:
        """The passages that two stored documents share; ``None`` where they share none."""
        one, two = (self.get(id) for id in (a, b))
        return compare(one.text, two.text)

    def matched(self, a: str, b: str) -> Match | None:
        """The match of two stored documents that the store keeps; ``None`` where they never met or share nothing."""
        one, two = self._number(a), self._number(b)
        return self._store.get_match(one, two)

    def get(self, id: str) -> Document:
        """The stored document with this id or URL; raises ``UnknownDocument``."""
        number = self._number(id)
        return self._store.documents([number])[number]

    def stories(self, limit: int | None = None) -> list[Story]:
        """Stories, those with most copies first; ``limit`` of ``None`` for all."""
        return self._store.stories(limit)

    def links(self, kinds: Sequence[Kind] | None = DEFAULT_KINDS) -> Iterator[Link]:
        """Links of the kinds (``None`` for all), by copy, then original."""
        return self._store.links(kinds)

    def outlets(self) -> list[OutletPair]:
        """Who copies whom, how much and how fast; most copies first."""
        return outlet_pairs(self._store.outlet_links(DEFAULT_KINDS))

    def graph(
        self, level: str = "documents", kinds: Sequence[Kind] | None = DEFAULT_KINDS, *, flow: bool = False
    ) -> Graph:
        """The match graph of documents or of outlets; edges run copy -> original, with ``flow`` the other way."""
        make = document_graph if level == "documents" else outlet_graph
        return make(self._store, kinds, flow=flow)

    def info(self) -> dict[str, int | str]:
        """Counts of the main tables, and the settings."""
        return {**self._store.counts(), **{f"settings.{k}": v for k, v in self.settings.as_dict().items()}}

    def check(self, sample: int = 200) -> list[str]:
        """What is wrong with the store, as sentences; none where all is well.

        SQLite's own checks, then signatures, keys and matches of about ``sample`` documents made anew and compared.
        """
        return check_store(self._store, sample)

    # steps

    def _parts(self, documents: Iterable[Document]) -> Iterator[list[Document]]:
        source = map(storable, documents)
        return iter(lambda: list(islice(source, min(BATCH, PREPARED_TOGETHER))), [])

    def _batches(self, workers: Workers, parts: Iterable[list[Document]]) -> Iterator[list[_Part]]:
        """Batches of which every part is being prepared; the next is read before one is worked in, so that workers
        have what to do."""
        unwritten = deque([set[str]()], maxlen=2)
        before: list[_Part] = []
        for batch in _batched(self._start(workers, part, unwritten) for part in parts):
            unwritten.append(set())
            if before:
                yield before
            before = batch
        if before:
            yield before

    def _start(self, workers: Workers, documents: list[Document], unwritten: Sequence[set[str]]) -> _Part:
        """Start to prepare the documents that may change the store: not those that it holds as they are, unless their
        ids stand in the batch or the one before it, too, and the last that is fit counts."""
        known = self._store.digests(document.id for document in documents)
        changed = []
        for document in documents:
            held = known.get(document.id)
            if held is None or any(document.id in ids for ids in unwritten) or held != digest(document):
                changed.append(document)
            unwritten[-1].add(document.id)
        return _Part(documents, workers.prepare(changed))

    def _add_batch(self, workers: Workers, parts: Sequence[_Part], on_progress: Callable[[int], None]) -> Added:
        total = sum(len(part.documents) for part in parts)
        made = [one for part in parts for one in part.prepared()]
        rejects = tuple(one for one in made if isinstance(one, Reject))
        known = self._store.digests({document.id for part in parts for document in part.documents})
        latest = {page.record.document.id: page for page in made if isinstance(page, Prepared)}
        pages = [page for id, page in latest.items() if known.get(id) != page.record.digest]
        updated = [page.record.number for page in pages if page.record.document.id in known]
        on_progress(total - len(pages))
        with self._store.transaction():
            self._exchange(pages, updated, lambda: on_progress(1), workers.align)
        return Added(len(pages) - len(updated), len(updated), total - len(pages) - len(rejects), len(rejects), rejects)

    def _exchange(
        self,
        new: Sequence[Prepared],
        gone: Sequence[int],
        on_page: Callable[[], None] = lambda: None,
        aligner: Aligner = align_here,
    ) -> None:
        """Take documents out and put others in, in the caller's transaction."""
        touched = {number for pair in self._store.pairs_of(gone) for number in pair}
        writing: list[Callable[[], None]] = []
        finding = Finding(self._store, Pages(self._store, _meanwhile(writing, aligner)))
        writing += [lambda: self._store.put_records(page.record for page in new), finding.write_alone]
        finding.leave(gone)
        self._store.drop_documents(gone)
        touched |= finding.come(new, on_page)
        _do(writing)
        finding.write()
        self._store.add_pending((touched | {page.record.number for page in new}) - (set(gone) - _numbers(new)))

    def _number(self, id_or_url: str) -> int:
        id_or_url = storable_text(id_or_url)
        number = self._store.find_number(id_or_url)
        if number is None:
            raise UnknownDocument(f"{id_or_url}: no document with this id or URL is in {self._store.path}")
        return number


def compare(text_a: str, text_b: str) -> Match | None:
    """The passages that two texts share, and what was changed in them; ``None`` where they share none."""
    return align(tokenise(text_a), tokenise(text_b))


def _meanwhile(tasks: list[Callable[[], None]], aligner: Aligner) -> Aligner:
    """An aligner that does tasks, once, while the first pairs are being aligned."""

    def start(pairs: Sequence[tuple[Tokens, Tokens]]) -> Callable[[], list[Match | None]]:
        wait = aligner(pairs)

        def finish() -> list[Match | None]:
            _do(tasks)
            return wait()

        return finish

    return start


def _do(tasks: list[Callable[[], None]]) -> None:
    while tasks:
        tasks.pop(0)()


def _batched(parts: Iterable[_Part]) -> Iterator[list[_Part]]:
    """Parts, gathered to ``BATCH`` documents."""
    batch: list[_Part] = []
    for part in parts:
        batch.append(part)
        if sum(len(one.documents) for one in batch) >= BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _unseen(_: int) -> None:
    """Progress that nobody watches."""


def _numbers(pages: Iterable[Prepared]) -> set[int]:
    return {number_of(page.record.document.id) for page in pages}


def _sum(one: Added, two: Added) -> Added:
    return Added(
        one.new + two.new,
        one.updated + two.updated,
        one.unchanged + two.unchanged,
        one.rejected + two.rejected,
        one.rejects + two.rejects,
    )
