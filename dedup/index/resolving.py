"""Resolving: from matches to links and stories, for every document that a change can have touched.

Works on whole components of the match graph, so that the outcome depends on what is in the store and on nothing else.
First each component is told without any knowledge of outlets, and outlets are learned from that; then its links are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

from dedup.facts import Pair, ends
from dedup.index.knowing import learn
from dedup.index.parts import Parts, groups
from dedup.rulings import related
from dedup.store import Store

# Documents resolved in one transaction; a component is never divided.
_TOGETHER = 500

Made = TypeVar("Made")


class Spread(Protocol):
    """Works out parts of a store's documents, wherever; what is made of them comes in the order of the parts."""

    def __call__(
        self, work: Callable[[Parts, Sequence[int]], Made], parts: Sequence[Sequence[int]]
    ) -> Iterable[Made]: ...


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def resolve_pending(store: Store, spread: Spread | None = None, on_linked: Callable[[int], None] = _nobody) -> None:
    """Work out again the links and stories of all pending documents and whatever hangs together with them.

    ``spread`` says who works out the parts: by default this process, one after the other.
    ``on_linked`` is told how many documents were worked out since it was last told.
    """
    pending = store.pending()
    if not pending:
        return
    each: Spread = spread or _here(store)
    _tally(store, pending, each)
    if store.has_tallies():  # what is learned comes from nothing else, and reaches links through nothing else
        with store.transaction():
            store.add_pending(learn(store))  # others whose links hang on what was learned
    pending = store.pending()
    _link(store, pending, each, on_linked)
    with store.transaction():
        store.drop_pending(pending)
        learn(store)  # the same again, with the links counted


def _here(store: Store) -> Spread:
    here = Parts(store)

    def spread(work: Callable[[Parts, Sequence[int]], Made], parts: Sequence[Sequence[int]]) -> Iterable[Made]:
        return (work(here, part) for part in parts)

    return spread


def _tally(store: Store, pending: Sequence[int], spread: Spread) -> None:
    """Tell all that hangs together with pending documents without any knowledge of outlets, and keep what to learn."""
    parts = list(batches(*component(store, pending)))
    for part, tallied in zip(parts, spread(Parts.tallied, parts), strict=True):
        with store.transaction():
            store.put_matches(tallied.matches)
            store.replace_tallies(part, tallied.tallies)


def _link(store: Store, pending: Sequence[int], spread: Spread, on_linked: Callable[[int], None]) -> None:
    parts = list(batches(*component(store, pending)))
    for part, outcome in zip(parts, spread(Parts.outcome, parts), strict=True):
        with store.transaction():
            store.drop_matches(outcome.dropped)
            store.put_matches(outcome.matches)
            store.replace_results(part, outcome.links, outcome.stories)
        on_linked(len(part))


def component(store: Store, numbers: Iterable[int]) -> tuple[set[int], set[Pair]]:
    """All documents that hang together with some, by stored matches or by what persons judged, and those pairs."""
    known, pairs = set(numbers), set[Pair]()
    frontier = known
    while frontier:
        wave = sorted(frontier)
        found = {*store.pairs_of(wave), *related(store.judgements_among(wave))}
        pairs |= found
        frontier = ends(found) - known
        known |= frontier
    return known, pairs


def batches(numbers: set[int], pairs: set[Pair]) -> Iterator[list[int]]:
    """Whole components, gathered to about ``_TOGETHER`` documents."""
    members = groups(sorted(numbers), pairs)
    batch: list[int] = []
    for head in sorted(members):
        batch += members[head]
        if len(batch) >= _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
