"""Adding: documents are read in parts, prepared by the workers, and worked in batch by batch, each a transaction."""

from __future__ import annotations

import gc
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from itertools import chain, islice
from typing import TypeAlias

from dedup.arrays import Each
from dedup.facts import ends
from dedup.index.finding import Finding
from dedup.index.pairing import Aligner, Pages, TextPair, align_here
from dedup.index.preparing import Prepared, digest, prepare, rejected, storable, told_by
from dedup.index.relating import common_of
from dedup.index.resolving import resolve_pending
from dedup.index.workers import PREPARED_TOGETHER, Coming, Workers
from dedup.model import Added, Document, Reject, Step
from dedup.store import MEETS, PLATES, Kept, Store

# Told a step, and how many documents went through it since it was last told.
OnProgress: TypeAlias = Callable[[Step, int], None]
# Told after each batch, once it is kept, what was done so far; whether to leave the rest, and the links, for later.
AfterBatch: TypeAlias = Callable[[Added], bool]

# Documents of one transaction: what a kill can cost, and what is held in memory (about 40 kB each).
BATCH = 20_000
# Parts of ``PREPARED_TOGETHER`` documents that pay for the start of other processes: 2,000 of them took 2 to 20 %
# longer with two processes than with one, 3,000 3 to 11 % less.
WORTH_WORKERS = 5


def add(
    store: Store, documents: Iterable[Document], processes: int, on_progress: OnProgress | None = None,
    after_batch: AfterBatch | None = None,
) -> Added:  # fmt: skip
    """Add documents as ``Index.add`` promises, with so many processes (this one is one) if it is worth it."""
    parts = _parts(documents)
    first = list(islice(parts, WORTH_WORKERS))
    told = on_progress or _unseen
    with Workers(store.settings, processes if len(first) == WORTH_WORKERS else 1) as workers, _without_collector():
        batches = _batches(store, workers, chain(first, parts))
        added = Added()
        for batch in batches:
            added = _sum(added, _add_batch(store, workers, batch, told))
            if after_batch is not None and after_batch(added):
                return added
        resolve_pending(store, workers.resolving(store), partial(told, "linked"))
    return added


def try_add(store: Store, documents: Iterable[Document]) -> Added:
    """What adding documents would do, as far as it is told: nothing is changed, and nothing compared."""
    added, seen = Added(), dict[str, str]()
    for part in _parts(documents):
        held = {**store.digests(document.id for document in part), **seen}
        made = [digest(told_by(document)) for document in part]
        changed = [document for document, own in zip(part, made, strict=True) if held.get(document.id) != own]
        rejects = tuple(one for one in prepare(changed, store.settings) if isinstance(one, Reject))
        updated = sum(document.id in held for document in changed)
        seen |= {document.id: own for document, own in zip(part, made, strict=True)}
        new = len(changed) - updated - len(rejects)
        added = _sum(added, Added(new, updated, len(part) - len(changed), len(rejects), rejects))
    return added


def exchange(
    store: Store,
    new: Sequence[Prepared],
    gone: Sequence[int],
    on_settled: Callable[[int], None] | None = None,
    aligner: Aligner = align_here,
    each: Each = map,
) -> None:
    """Take documents out and put others in, in the caller's transaction; links are still to be resolved."""
    touched = ends(store.pairs_of(gone))
    writing: list[Callable[[], None]] = []
    finding = Finding(store, Pages(store, _meanwhile(writing, aligner), each))
    writing += [lambda: store.put_records(page.record for page in new), finding.write_alone]
    finding.leave(gone)
    store.drop_documents(gone)
    finding.come(new, on_settled or (lambda _: None))
    _do(writing)
    finding.write()
    numbers, matches = {page.record.number for page in new}, finding.matches
    touched |= matches.met(but=numbers) | common_of(store, matches.parted)
    left = set(gone) - numbers
    store.add_pending((touched | numbers) - left)
    # What only met a new one may have nothing to do with its story.
    store.add_pending(matches.met() - left, MEETS | PLATES)


@dataclass(frozen=True, slots=True)
class _Part:
    """Documents, and what waits for those of them that are being prepared."""

    documents: list[Document]
    prepared: Coming[list[Prepared | Reject]]


def _parts(documents: Iterable[Document]) -> Iterator[list[Document]]:
    source = map(storable, documents)
    return iter(lambda: list(islice(source, min(BATCH, PREPARED_TOGETHER))), [])


def _batches(store: Store, workers: Workers, parts: Iterable[list[Document]]) -> Iterator[list[_Part]]:
    """Batches of which every part is being prepared; the next is read before one is worked in, so that the workers
    have what to do."""
    unwritten = deque([set[str]()], maxlen=2)
    before: list[_Part] = []
    for batch in _batched(_start(store, workers, part, unwritten) for part in parts):
        unwritten.append(set())
        if before:
            yield before
        before = batch
    if before:
        yield before


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


def _start(store: Store, workers: Workers, documents: list[Document], unwritten: Sequence[set[str]]) -> _Part:
    """Start to prepare the documents that may change the store: not those that it holds as they are, unless their ids
    stand in the batch or the one before it, too, and the last that is fit counts."""
    known = store.digests(document.id for document in documents)
    changed = []
    for document in documents:
        held = known.get(document.id)
        if held is None or any(document.id in ids for ids in unwritten) or held != digest(told_by(document)):
            changed.append(document)
        unwritten[-1].add(document.id)
    return _Part(documents, workers.prepare(changed))


def _add_batch(store: Store, workers: Workers, parts: Sequence[_Part], on_progress: OnProgress) -> Added:
    total = sum(len(part.documents) for part in parts)
    made = _prepared(parts)
    rejects = tuple(one for one in made if isinstance(one, Reject))
    known = store.digests({document.id for part in parts for document in part.documents})
    latest = {page.record.document.id: page for page in made if isinstance(page, Prepared)}
    pages = [page for id, page in latest.items() if known.get(id) != page.record.digest]
    updated = [page.record.number for page in pages if page.record.document.id in known]
    on_progress("compared", total - len(pages))
    on_progress("linked", total - len(pages))
    workers.settle()  # a log that was copied whole before this begins is written from its start again
    with store.transaction():
        store.contest(_contested(store, pages, updated))
        exchange(store, pages, updated, partial(on_progress, "compared"), workers.align, workers.each)
    workers.later(store.checkpoint)
    return Added(len(pages) - len(updated), len(updated), total - len(pages) - len(rejects), len(rejects), rejects)


def _contested(store: Store, pages: Iterable[Prepared], updated: Sequence[int]) -> set[str]:
    """The files that hold a document which one of them put in the place of another's."""
    now = {page.record.number: page.record.document.origin for page in pages}
    pairs = (tuple(map(file_of, (before, now[number]))) for number, before in store.origins(updated).items())
    return {name for one, two in pairs if one and two and one != two for name in (one, two)}


def file_of(origin: str | None) -> str:
    """The file of an ``origin``; "" for none."""
    return rejected(origin, "").path if origin else ""


def _prepared(parts: Sequence[_Part]) -> list[Prepared | Reject]:
    """What was made of the parts, in their order: taken from the first on while the workers are ahead, and else made
    here from the last on, which none of them may have begun yet."""
    made: dict[int, list[Prepared | Reject]] = {}
    first, last = 0, len(parts) - 1
    while first <= last:
        if parts[first].prepared.ready():
            made[first] = parts[first].prepared.wait()
            first += 1
        else:
            made[last] = parts[last].prepared.wait()
            last -= 1
    return [one for at in range(len(parts)) for one in made[at]]


def _meanwhile(tasks: list[Callable[[], None]], aligner: Aligner) -> Aligner:
    """An aligner that does tasks, once, while the first pairs are being aligned."""

    def start(pairs: Sequence[TextPair]) -> Callable[[], list[Kept | None]]:
        wait = aligner(pairs)

        def finish() -> list[Kept | None]:
            _do(tasks)
            return wait()

        return finish

    return start


def _do(tasks: list[Callable[[], None]]) -> None:
    while tasks:
        tasks.pop(0)()


@contextmanager
def _without_collector() -> Iterator[None]:
    """No search for cycles among hundreds of thousands of values that have none: a tenth of the time here."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def _unseen(_: Step, __: int) -> None:
    """Progress that nobody watches."""


def _sum(one: Added, two: Added) -> Added:
    return Added(
        one.new + two.new,
        one.updated + two.updated,
        one.unchanged + two.unchanged,
        one.rejected + two.rejected,
        one.rejects + two.rejects,
    )
