"""Outlets: all of them by what they do, and one with whom it copies, who copies it, and how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dedup.index import Index
from dedup.index.showing import OutletCounts
from dedup.model import DedupError, Kind, Link, OutletPair

OUTLETS_SHOWN, PAIRS_SHOWN, COPIES_SHOWN, NAMES_SHOWN = 300, 50, 50, 20
# Copies that are looked through for names that were put in: each has its text read.
COPIES_READ = 200
ORDERS = ("copies", "copied", "documents", "name")


@dataclass(frozen=True, slots=True)
class Outlets:
    """Outlets whose name holds ``like``, the first 300 by ``order``; ``total`` counts all of the store."""

    order: str
    like: str
    total: int
    outlets: tuple[OutletCounts, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """One copy of an outlet's: what it is, and the page that it was taken from (an agency where that is absent)."""

    id: str
    title: str | None
    date: str | None
    original: str | None
    source: str | None
    kind: Kind
    coverage: float
    share: float
    sentence: str | None = None


@dataclass(frozen=True, slots=True)
class OutletTold:
    """An outlet. ``sources`` are those that it copies, ``copiers`` those that copy it, the first 50 of each, of
    ``all_sources`` and ``all_copiers``; ``lag_hours`` is the median time by which its copies came after their sources.

    ``injected`` are forms of its name that it put into prose, with how often, in its newest 200 copies; ``bylines`` are
    copies in which another name stands for the author's; ``habit`` is what it was learned to do, in log-odds.
    """

    counts: OutletCounts
    lag_hours: float | None
    habit: float
    sources: tuple[OutletPair, ...]
    all_sources: int
    copiers: tuple[OutletPair, ...]
    all_copiers: int
    injected: tuple[tuple[str, int], ...]
    bylines: tuple[Copy, ...]
    newest: tuple[Copy, ...]


def outlets(index: Index, order: str = "copies", like: str = "") -> Outlets:
    """The outlets of a store. Raises ``DedupError`` for an order that there is not."""
    if order not in ORDERS:
        raise DedupError(f"no order {order!r}: there are {', '.join(ORDERS)}")
    found = index.busiest_outlets(order, like, OUTLETS_SHOWN)
    return Outlets(order, like, int(index.info()["outlets"]), tuple(found))


def outlet(index: Index, name: str) -> OutletTold:
    """One outlet. Raises ``UnknownDocument`` for one of which there is no document."""
    counts = index.outlet_counts(name)
    dealings = index.dealings(name)
    copies = index.newest_copies(name, COPIES_READ)
    named = Counter(form for forms in index.injected(copies).values() for form in forms)
    return OutletTold(
        counts=counts,
        lag_hours=dealings.lag_hours,
        habit=next((habit.habit for habit in index.habits() if habit.outlet == name), 0.0),
        sources=tuple(dealings.sources[:PAIRS_SHOWN]),
        all_sources=len(dealings.sources),
        copiers=tuple(dealings.copiers[:PAIRS_SHOWN]),
        all_copiers=len(dealings.copiers),
        injected=tuple(sorted(named.items(), key=lambda one: (-one[1], one[0]))[:NAMES_SHOWN]),
        bylines=_copies(index, index.newest_copies(name, COPIES_SHOWN, "byline_replaced"), "byline_replaced"),
        newest=_copies(index, copies[:COPIES_SHOWN]),
    )


def _copies(index: Index, links: Sequence[Link], evidence: str = "") -> tuple[Copy, ...]:
    known = index.headings([id for link in links for id in (link.copy, link.original) if id])
    told = []
    for link in links:
        title, _, date = known[link.copy]
        source = known[link.original][1] if link.original else link.agency
        sentence = next((reason.sentence for reason in link.evidence if reason.name == evidence), None)
        told.append(Copy(link.copy, title, date, link.original, source, link.kind, link.coverage, link.share, sentence))
    return tuple(told)
