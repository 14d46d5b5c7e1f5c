"""Links to graphs of documents and of outlets, and to the table of who copies whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from statistics import median

from dedup.model import Graph, GraphEdge, GraphNode, Kind, Link, OutletPair
from dedup.store import Store, number_of


def document_graph(store: Store, kinds: Sequence[Kind] | None, *, flow: bool) -> Graph:
    """A node for each document that has a link, an edge for each link to a document of the store.

    Copies of an absent original point at a node of their story's, named after the agency.
    """
    links = list(store.links(kinds))
    ids = {id for link in links for id in (link.copy, link.original, link.story) if id}
    documents = {d.id: d for d in store.documents(sorted(map(number_of, ids))).values()}
    copied = {link.copy for link in links if link.direction == "decided"}
    sources = {link.original for link in links if link.direction == "decided"}
    used = {id for link in links for id in (link.copy, link.original) if id}
    nodes = []
    for id in used:
        document = documents[id]
        attributes = {
            "outlet": document.outlet,
            "url": document.url,
            "published": document.published,
            "language": document.language,
            "role": "copy" if id in copied else "original" if id in sources else "unknown",
        }
        nodes.append(GraphNode(id, document.title or id, attributes))
    for link in links:
        if link.original is None:
            nodes.append(_absent_node(link))
    unique = {node.id: node for node in nodes}
    return _graph(unique.values(), (_edge(link) for link in links), flow=flow)


def outlet_graph(store: Store, kinds: Sequence[Kind] | None, *, flow: bool) -> Graph:
    """A node for each outlet, an edge for each pair of them with the number of stories that one took from the other."""
    pairs = outlet_pairs(store.outlet_links(kinds or ("full", "partial", "excerpt", "teaser", "version")))
    busy = {name for pair in pairs for name in (pair.copier, pair.source)}
    nodes = [
        GraphNode(
            str(row["name"]),
            str(row["name"]),
            {name: int(str(row[name])) for name in ("documents", "copies", "copied")},
        )
        for row in store.outlets()
        if row["name"] in busy
    ]
    edges = (
        GraphEdge(
            pair.copier, pair.source, float(pair.copies), True, {"full": pair.full, "lag_hours": pair.median_lag_hours}
        )
        for pair in pairs
    )
    return _graph(nodes, edges, flow=flow)


def outlet_pairs(rows: Iterable[tuple[str, str, str, str | None, str | None]]) -> list[OutletPair]:
    """Sum (copier, source, kind, date of copy, date of source) by pair of outlets; most copies first."""
    links: defaultdict[tuple[str, str], list[tuple[str, float | None]]] = defaultdict(list)
    for copier, source, kind, copied, published in rows:
        links[copier, source].append((kind, _lag_hours(published, copied)))
    pairs = []
    for (copier, source), told in links.items():
        lags = [lag for _, lag in told if lag is not None]
        full = sum(kind == "full" for kind, _ in told)
        pairs.append(OutletPair(copier, source, len(told), full, round(median(lags), 2) if lags else None))
    return sorted(pairs, key=lambda pair: (-pair.copies, pair.copier, pair.source))


def _edge(link: Link) -> GraphEdge:
    attributes: dict[str, str | int | float | None] = {
        "kind": link.kind,
        "share": link.share,
        "matched_words": link.matched_words,
        "resemblance": link.resemblance,
        "confidence": link.confidence,
        "story": link.story,
        "root": link.root,
        "agency": link.agency,
    }
    target = link.original if link.original is not None else _absent_node(link).id
    return GraphEdge(link.copy, target, link.coverage, link.direction == "decided", attributes)


def _absent_node(link: Link) -> GraphNode:
    return GraphNode(
        f"absent:{link.story}", f"{link.agency} (not in the corpus)", {"outlet": link.agency, "role": "absent"}
    )


def _graph(nodes: Iterable[GraphNode], edges: Iterable[GraphEdge], *, flow: bool) -> Graph:
    if flow:
        edges = (GraphEdge(e.target, e.source, e.weight, e.directed, e.attributes) for e in edges)
    ordered = sorted(edges, key=lambda edge: (edge.source, edge.target))
    return Graph(tuple(sorted(nodes, key=lambda node: node.id)), tuple(ordered))


def _lag_hours(earlier: str | None, later: str | None) -> float | None:
    """Hours from one date to the other, where both name at least the minute and agree about having a zone."""
    if not earlier or not later or len(earlier) < 16 or len(later) < 16 or ("+" in earlier) != ("+" in later):
        return None
    one, two = (datetime.fromisoformat(date) for date in (earlier, later))
    if one.tzinfo is None:
        one, two = one.replace(tzinfo=UTC), two.replace(tzinfo=UTC)
    return (two - one).total_seconds() / 3600
