"""Checking a store: what can be made anew is, and must come out the same."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from dedup.index.pairing import Pages
from dedup.index.preparing import Prepared, prepare
from dedup.model import Reject, Settings
from dedup.sketch import datasketch_signature
from dedup.store import Record, Store


def check_store(store: Store, sample: int) -> list[str]:
    """Sentences about what is wrong; empty where nothing is.

    SQLite's own checks always cover the whole file; sketches and matches are made anew for every k-th document, so
    that about ``sample`` are, and for the pairs of those. Signatures are made by datasketch itself.
    """
    if damage := store.integrity():
        return damage
    numbers = store.numbers()
    chosen = numbers[:: max(1, len(numbers) // max(1, sample))]
    return [*_unresolved(store), *_sketches(store, chosen), *_matches(store, chosen)]


def _unresolved(store: Store) -> Iterator[str]:
    if waiting := len(store.pending()):
        yield f"{waiting} documents wait for their links; run 'dedup index' again to finish"


def _sketches(store: Store, numbers: list[int]) -> Iterator[str]:
    known = set(store.numbers())
    for record in store.records(numbers).values():
        id = record.document.id
        made = prepare([record.document], store.settings)[0]
        if isinstance(made, Reject):
            yield f"{id}: its text is too short to be in the index"
            continue
        yield from _differences(id, made, record, store.settings)
        keys, posters = store.postings_of(made.keys)
        if missing := len(np.setdiff1d(made.keys, keys)):
            yield f"{id}: {missing} of its keys are in nobody's name in the index"
        if set(posters.tolist()) - known:
            yield f"{id}: shares a key with a document that is not in the store"


def _differences(id: str, made: Prepared, record: Record, settings: Settings) -> Iterator[str]:
    if not np.array_equal(datasketch_signature(made.ids, settings), record.signature):
        yield f"{id}: its signature is not that of its text"
    if not np.array_equal(made.record.numbers, record.numbers):
        yield f"{id}: its words are not those of its text"


def _matches(store: Store, numbers: list[int]) -> Iterator[str]:
    rows = store.matches_of(numbers)
    pages = Pages(store)
    made = pages.match_all([(row.a, row.b) for row in rows])
    for row in rows:
        if made.get((row.a, row.b)) != row.kept:
            ids = store.documents([row.a, row.b])
            yield f"{ids[row.a].id} and {ids[row.b].id}: their match is not that of their texts"
