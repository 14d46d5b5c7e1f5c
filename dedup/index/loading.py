"""Loading: tables that were made elsewhere, by the same rules, become a store."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dedup.arrays import Ints
from dedup.index.knowing import learn
from dedup.index.tasks import Row
from dedup.model import DEFAULT_KINDS, Reject
from dedup.store import Store

# The tables that are loaded as they stand, each after those that it refers to.
LOADED = ("documents", "sketches", "matches", "boilerplate", "tallies", "stands", "links", "stories")


class Rows(NamedTuple):
    """Some rows of a table, and what its columns are called."""

    columns: tuple[str, ...]
    rows: Iterable[Row]


class Tables(NamedTuple):
    """All that a store is made of: rows of the ``LOADED`` tables, some at a time; postings, keys and documents; and
    what was refused."""

    rows: Mapping[str, Iterable[Rows]]
    postings: Iterable[tuple[Ints, Ints]]
    rejects: Iterable[Reject]


def load(store: Store, tables: Tables) -> None:
    """Fill an empty store, all at once or not at all: it is as if the documents had been added to it. What outlets do
    is counted again."""
    with store.transaction():
        for table in LOADED:
            for some in tables.rows.get(table, ()):
                store.take(table, some.columns, some.rows)
        for keys, documents in tables.postings:
            store.add_postings(keys, documents)
        rejects = list(tables.rejects)
        store.replace_rejects({reject.path for reject in rejects}, rejects)
        learn(store)
        store.count_copies(DEFAULT_KINDS)
