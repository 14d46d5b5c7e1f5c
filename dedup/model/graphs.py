"""What is exported: graphs of documents or outlets with their columns, and which links are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from dedup.model.links import Kind

Value: TypeAlias = str | int | float | None
ColumnType = Literal["string", "long", "double", "boolean"]
Period = Literal["year", "month", "week", "day"]
NO_VALUES: Mapping[str, Value] = {}


class Column(NamedTuple):
    """An attribute of all nodes or of all edges, and the type of its values."""

    name: str
    type: ColumnType


class GraphNode(NamedTuple):
    """A node of the exported graph, a document or an outlet, and when it was published (ISO 8601), if that is known."""

    id: str
    label: str
    attributes: Mapping[str, Value] = NO_VALUES
    date: str | None = None


class GraphEdge(NamedTuple):
    """An edge copy -> original; ``directed`` is false where nobody can say who copied. ``date`` is that of the copy."""

    source: str
    target: str
    weight: float
    directed: bool = True
    attributes: Mapping[str, Value] = NO_VALUES
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes sorted by id, edges sorted by (source, target); an edge's ends are among the nodes.

    Both may be read from a store whenever they are gone through. ``node_columns`` and ``edge_columns`` declare their
    attributes; ``None`` has a writer look through all of them. ``dated`` where nodes and edges have dates.
    ``of`` is what a node is, ``flow`` whether edges run original -> copy.
    """

    nodes: Iterable[GraphNode]
    edges: Iterable[GraphEdge]
    node_columns: tuple[Column, ...] | None = None
    edge_columns: tuple[Column, ...] | None = None
    dated: bool = False
    of: Literal["documents", "outlets"] = "documents"
    flow: bool = False


@dataclass(frozen=True, slots=True)
class LinkFilter:
    """Which links are asked for: all that fulfil every condition; ``None`` and nothing are no condition.

    ``since`` and ``until`` are ISO 8601 and compared with the date of the copy, published, else crawled, as far as both
    are precise; a copy without any date fulfils neither. ``outlets`` are names of copiers or sources, an agency whose
    page is absent among them. Names are compared without regard to the case of a-z.
    """

    kinds: tuple[Kind, ...] | None = None
    min_coverage: float = 0.0
    since: str | None = None
    until: str | None = None
    outlets: tuple[str, ...] = ()
    agency: str | None = None
    story: str | None = None


@dataclass(frozen=True, slots=True)
class OutletPeriod:
    """What one outlet took from another in a period: links, those of whole stories, and words.

    ``source`` is an agency where its own page is absent; ``period`` is empty for copies without a date.
    """

    copier: str
    source: str
    period: str
    copies: int
    full: int
    words: int


class Masked(NamedTuple):
    """Characters ``[start, end)`` of a document that come from elsewhere; ``original`` is ``None`` where absent."""

    start: int
    end: int
    kind: Kind
    original: str | None
