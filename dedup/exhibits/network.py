"""The network: outlets, who took how much from whom, when, and of which agency's stories."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from statistics import median

from dedup.index import Index
from dedup.model import DedupError
from dedup.model.networks import Exchange, NetworkOutlet

# Outlets that are shown unless more are asked for, and the most that may be: a browser draws these within a second.
TOP, MOST = 300, 2000
# Pairs of outlets that are told at most, those of most copies; the table shows the first of them.
EDGES_TOLD = 3000
ROWS_SHOWN = 200
ORDERS = ("copies", "full", "lag", "copier", "source")


@dataclass(frozen=True, slots=True)
class NetworkQuery:
    """What is asked of the network: how many outlets, pairs of at least how many copies, of which agency's stories,
    of copies of which days (ISO 8601, both within), and in which order pairs are told. ``None`` is no condition."""

    top: int = TOP
    least: int = 1
    agency: str | None = None
    since: str | None = None
    until: str | None = None
    order: str = "copies"


@dataclass(frozen=True, slots=True)
class Node:
    """An outlet, or an agency that is not in the corpus; ``agencies`` are those whose stories it ran, as far as its
    pairs are told. Counts are of the whole store (see ``NetworkOutlet``)."""

    name: str
    documents: int
    copies: int
    copied: int
    is_agency: bool
    in_corpus: bool
    agencies: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """What of a pair's copies is of one month (``2024-05``; empty without a date) and one agency's stories."""

    month: str
    agency: str | None
    copies: int
    full: int


@dataclass(frozen=True, slots=True)
class Edge:
    """What one outlet took from another: copies, those of whole stories, and the median hours that they came later
    (``None`` without dates that can be compared)."""

    copier: str
    source: str
    copies: int
    full: int
    median_lag_hours: float | None
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Network:
    """The busiest outlets and what they took from each other.

    ``outlets`` counts all that copy or are copied, ``pairs`` all pairs of those shown that fulfil the query: more than
    ``edges`` where there are too many. ``rows`` is how many of these a table shows. ``agencies`` and ``months`` are
    what there is to choose from.
    """

    query: NetworkQuery
    outlets: int
    pairs: int
    rows: int
    agencies: tuple[str, ...]
    months: tuple[str, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


def network(index: Index, asked: Mapping[str, str]) -> Network:
    """The network as it is asked for by ``top``, ``least``, ``agency``, ``since``, ``until`` and ``order``; raises
    ``DedupError`` for what is none of these values. A store without copies has no outlets here."""
    copied = index.network_agencies()
    agencies = tuple(copied)
    query = network_query(asked, agencies)
    busy = index.network_outlets(copied)
    shown = busy[: query.top]
    names = [one.name for one in shown]
    found = _edges(index.exchanges(names, query.agency, query.since, query.until))
    edges = [edge for edge in found if edge.copies >= query.least]
    strongest = sorted(edges, key=_by_copies)[:EDGES_TOLD]
    months = sorted({part.month for edge in strongest for part in edge.parts if part.month})
    told = tuple(sorted(strongest, key=_KEYS[query.order]))
    return Network(query, len(busy), len(edges), ROWS_SHOWN, agencies, tuple(months), _nodes(shown, strongest), told)


def network_query(asked: Mapping[str, str], agencies: Iterable[str]) -> NetworkQuery:
    """What is asked for, as values; an empty one is not asked. Raises ``DedupError`` that names what is wrong."""
    since, until = (_day(name, asked.get(name, "")) for name in ("since", "until"))
    if since and until and since > until:
        raise DedupError(f"'since' ({since}) is later than 'until' ({until}); turn the two round")
    order = asked.get("order") or "copies"
    if order not in ORDERS:
        raise DedupError(f"'order' cannot be {order!r}; it is one of {', '.join(ORDERS)}")
    top, least = _number("top", asked.get("top", ""), TOP, MOST), _number("least", asked.get("least", ""), 1, None)
    return NetworkQuery(top, least, _agency(asked.get("agency", ""), agencies), since, until, order)


def _by_copies(edge: Edge) -> tuple[object, ...]:
    return -edge.copies, -edge.full, edge.copier, edge.source


def _by_lag(edge: Edge) -> tuple[object, ...]:
    """The quickest first, those of which it is not known last."""
    return edge.median_lag_hours is None, edge.median_lag_hours or 0, *_by_copies(edge)


_KEYS = {
    "copies": _by_copies,
    "full": lambda edge: (-edge.full, *_by_copies(edge)),
    "lag": _by_lag,
    "copier": lambda edge: (edge.copier, *_by_copies(edge)),
    "source": lambda edge: (edge.source, *_by_copies(edge)),
}


def _edges(exchanges: Iterable[Exchange]) -> list[Edge]:
    return [
        _edge(copier, source, list(taken))
        for (copier, source), taken in groupby(exchanges, key=lambda one: (one.copier, one.source))
    ]


def _edge(copier: str, source: str, taken: list[Exchange]) -> Edge:
    parts = tuple(Part(one.month, one.agency, one.copies, one.full) for one in taken)
    lags = [hours for one in taken for hours in one.lag_hours]
    lag = round(median(lags), 2) if lags else None
    return Edge(copier, source, sum(p.copies for p in parts), sum(p.full for p in parts), lag, parts)


def _nodes(shown: Iterable[NetworkOutlet], edges: Iterable[Edge]) -> tuple[Node, ...]:
    ran: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        ran[edge.copier] |= {part.agency for part in edge.parts if part.agency is not None}
    return tuple(
        Node(o.name, o.documents, o.copies, o.copied, o.is_agency, o.in_corpus, tuple(sorted(ran[o.name])))
        for o in shown
    )


def _number(name: str, text: str, usual: int, most: int | None) -> int:
    if not text:
        return usual
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if number < 1 or (most is not None and number > most):
        ends = f"from 1 to {most}" if most is not None else "of 1 or more"
        raise DedupError(f"'{name}' cannot be {text[:40]!r}; it is a whole number {ends}")
    return number


def _day(name: str, text: str) -> str | None:
    try:
        known = date.fromisoformat(text).isoformat() if text else ""
    except ValueError:
        known = ""
    if known != text:
        raise DedupError(f"'{name}' cannot be {text[:40]!r}; it is a day as in 2024-05-06")
    return text or None


def _agency(text: str, agencies: Iterable[str]) -> str | None:
    known = {name.casefold(): name for name in agencies}
    if text and text.casefold() not in known:
        raise DedupError(f"no agency {text[:80]!r} had its stories copied here; /network lists those that had")
    return known[text.casefold()] if text else None
