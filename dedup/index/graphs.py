"""Links to graphs of documents and of outlets, and to the table of who copies whom."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Generic, TypeVar

from dedup.model import Column, Graph, GraphEdge, GraphNode, LinkFilter, OutletPair
from dedup.store import Store

Row = TypeVar("Row")

_NODE_COLUMNS = tuple(Column(name, "string") for name in ("outlet", "url", "published", "language", "role"))
_EDGE_COLUMNS = (
    Column("kind", "string"),
    Column("share", "double"),
    Column("matched_words", "long"),
    Column("resemblance", "double"),
    Column("confidence", "double"),
    Column("story", "string"),
    Column("root", "string"),
    Column("agency", "string"),
)
_ROLES = ("unknown", "original", "copy", "absent")
_OUTLET_COLUMNS = tuple(Column(name, "long") for name in ("documents", "copies", "copied"))
_PAIR_COLUMNS = (Column("full", "long"), Column("lag_hours", "double"))


@dataclass(frozen=True, slots=True)
class Reread(Generic[Row]):
    """Rows that are read anew whenever they are gone through."""

    read: Callable[[], Iterator[Row]]

    def __iter__(self) -> Iterator[Row]:
        return self.read()


def document_graph(store: Store, only: LinkFilter, *, flow: bool, dated: bool) -> Graph:
    """A node for each document that has a link, an edge for each link to a document of the store.

    Copies of an absent original point at a node of their story's, named after the agency. ``dated`` gives edges the
    dates of their copies, which takes longer.
    """
    return Graph(
        Reread(lambda: _document_nodes(store, only)),
        Reread(lambda: _document_edges(store, only, flow=flow, dated=dated)),
        _NODE_COLUMNS,
        _EDGE_COLUMNS,
        dated=dated,
        flow=flow,
    )


def outlet_graph(store: Store, only: LinkFilter, *, flow: bool) -> Graph:
    """A node for each outlet, an edge for each pair of them with the number of stories that one took from the other."""
    pairs = outlet_pairs(store.outlet_links_of(only))
    busy = {name for pair in pairs for name in (pair.copier, pair.source)}
    names = [column.name for column in _OUTLET_COLUMNS]
    nodes = (
        GraphNode(str(row["name"]), str(row["name"]), {name: int(str(row[name])) for name in names})
        for row in store.outlets()
        if row["name"] in busy
    )
    edges = (_pair_edge(pair, flow=flow) for pair in pairs)
    ordered = tuple(sorted(edges, key=lambda edge: (edge.source, edge.target)))
    in_order = tuple(sorted(nodes, key=lambda node: node.id))
    return Graph(in_order, ordered, _OUTLET_COLUMNS, _PAIR_COLUMNS, of="outlets", flow=flow)


def outlet_pairs(rows: Iterable[tuple[str, str, str, str | None, str | None]]) -> list[OutletPair]:
    """Sum (copier, source, kind, date of copy, date of source) by pair of outlets; most copies first."""
    copies: Counter[tuple[str, str]] = Counter()
    full: Counter[tuple[str, str]] = Counter()
    lags: defaultdict[tuple[str, str], array[float]] = defaultdict(lambda: array("d"))
    for copier, source, kind, copied, published in rows:
        copies[copier, source] += 1
        full[copier, source] += kind == "full"
        if (lag := lag_hours(published, copied)) is not None:
            lags[copier, source].append(lag)
    typical = {pair: round(median(hours), 2) for pair, hours in lags.items()}
    pairs = (OutletPair(*pair, count, full[pair], typical.get(pair)) for pair, count in copies.items())
    return sorted(pairs, key=lambda pair: (-pair.copies, pair.copier, pair.source))


def median_lag_hours(rows: Iterable[tuple[str, str, str, str | None, str | None]]) -> float | None:
    """The median time from source to copy, of those rows that tell both; ``None`` where none does."""
    lags = [lag for *_, copied, published in rows if (lag := lag_hours(published, copied)) is not None]
    return round(median(lags), 2) if lags else None


def _document_nodes(store: Store, only: LinkFilter) -> Iterator[GraphNode]:
    """The ends of links and the facts of pages, both by id, are read side by side."""
    pages = store.page_facts()
    page = next(pages, None)
    for id, role, agency in store.link_ends(only):
        while page is not None and page[0] is not None and page[0] < id:
            page = next(pages, None)
        if page is None or page[0] != id:
            yield GraphNode(id, f"{agency} (not in the corpus)", {"outlet": agency, "role": _ROLES[role]})
            continue
        _, title, outlet, url, published, crawled, language = page
        told = {"outlet": outlet, "url": url, "published": published, "language": language, "role": _ROLES[role]}
        yield GraphNode(id, title or id, told, published or crawled)


def _document_edges(store: Store, only: LinkFilter, *, flow: bool, dated: bool) -> Iterator[GraphEdge]:
    for row in store.link_edges(only, flow=flow, dated=dated):
        copy, _, kind, coverage, share, words, resemblance, confidence, story, root, agency, way, target, date = row
        told = {
            "kind": kind,
            "share": share,
            "matched_words": words,
            "resemblance": resemblance,
            "confidence": confidence,
            "story": story,
            "root": root,
            "agency": agency,
        }
        ends = (target, copy) if flow else (copy, target)
        yield GraphEdge(*ends, coverage, way == "decided", told, date)


def _pair_edge(pair: OutletPair, *, flow: bool) -> GraphEdge:
    ends = (pair.source, pair.copier) if flow else (pair.copier, pair.source)
    return GraphEdge(*ends, float(pair.copies), True, {"full": pair.full, "lag_hours": pair.median_lag_hours})


def lag_hours(earlier: str | None, later: str | None) -> float | None:
    """Hours from one date to the other; ``None`` unless both name the minute and agree about having a zone."""
    if not earlier or not later or len(earlier) < 16 or len(later) < 16 or ("+" in earlier) != ("+" in later):
        return None
    one, two = (datetime.fromisoformat(date) for date in (earlier, later))
    if one.tzinfo is None:
        one, two = one.replace(tzinfo=UTC), two.replace(tzinfo=UTC)
    return (two - one).total_seconds() / 3600
