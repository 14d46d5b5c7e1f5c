"""Graphs as two tables: for Gephi and spreadsheets, and for neo4j."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TextIO

from dedup.export.values import columns_of, csv_row, date_time, guarded, plain
from dedup.model import Column, Graph, GraphEdge, GraphNode

TABLE_FORMATS = ("csv", "neo4j")

_BOM = "\ufeff"


def write_gephi_csv(graph: Graph, nodes: TextIO, edges: TextIO, *, excel: bool = False) -> None:
    """Writes the two tables that Gephi imports, cells as they are; empty ones have their headers.

    ``excel`` is for spreadsheets: both begin with a byte order mark, and what would be taken for a formula gets a
    leading ``'``. Raises ``ValueError`` for attributes named like a column.
    """
    columns, _ = columns_of(graph)
    cell = guarded if excel else plain
    nodes.write((_BOM if excel else "") + csv_row(["Id", "Label", *(column.name for column in columns)]))
    rows = ([node.id, node.label, *_values(node, columns)] for node in graph.nodes)
    nodes.writelines(csv_row(map(cell, row)) for row in rows)
    edges.write(_BOM if excel else "")
    _write_edges(graph, edges, cell)


def write_edge_table(graph: Graph, out: TextIO) -> None:
    """Writes the table of edges alone."""
    _write_edges(graph, out, plain)


def write_neo4j_csv(graph: Graph, nodes: TextIO, edges: TextIO) -> None:
    """Writes the two tables that ``neo4j-admin database import`` reads; cells with line breaks need its option
    ``--multiline-fields=true``. An undecided pair is of the type ``MATCHES``."""
    node_columns, edge_columns = columns_of(graph)
    label, way = ("Document", "COPY_OF") if graph.of == "documents" else ("Outlet", "COPIED_FROM")
    way = "COPIED_BY" if graph.flow else way
    dated = ["date:datetime"] if graph.dated else []
    nodes.write(csv_row(["id:ID", "label", *map(_typed, node_columns), *dated, ":LABEL"]))
    for node in graph.nodes:
        cells = [node.id, node.label, *_values(node, node_columns), *_date(graph, node), label]
        nodes.write(csv_row(map(plain, cells)))
    edges.write(csv_row([":START_ID", ":END_ID", ":TYPE", "weight:double", *map(_typed, edge_columns), *dated]))
    for edge in graph.edges:
        ends = [edge.source, edge.target, way if edge.directed else "MATCHES", edge.weight]
        edges.write(csv_row(map(plain, [*ends, *_values(edge, edge_columns), *_date(graph, edge)])))


def _write_edges(graph: Graph, out: TextIO, cell: Callable[[object], str]) -> None:
    _, columns = columns_of(graph)
    out.write(csv_row(["Source", "Target", "Type", "Id", "Label", "Weight", *(column.name for column in columns)]))
    out.writelines(csv_row(map(cell, row)) for row in _edge_cells(graph, columns))


def _edge_cells(graph: Graph, columns: Sequence[Column]) -> Iterator[list[object]]:
    for place, edge in enumerate(graph.edges):
        way = "Directed" if edge.directed else "Undirected"
        yield [edge.source, edge.target, way, place, None, edge.weight, *_values(edge, columns)]


def _typed(column: Column) -> str:
    return column.name if column.type == "string" else f"{column.name}:{column.type}"


def _date(graph: Graph, item: GraphNode | GraphEdge) -> list[str | None]:
    return [date_time(item.date)] if graph.dated else []


def _values(item: GraphNode | GraphEdge, columns: Sequence[Column]) -> list[object]:
    return [item.attributes.get(column.name) for column in columns]
