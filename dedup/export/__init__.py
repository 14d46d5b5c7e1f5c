"""Writes model values for other programs, a writer a format. Equal values give equal bytes: no clock, no set order.

Edges run copy -> original. Numbers are rounded to six places; NaN and infinities have no form that all readers share
and raise ``ValueError``. Text is cleaned as far as each format demands, and no further. Nodes and edges are gone
through in their order and none is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TextIO

from dedup.export.dot import write_dot
from dedup.export.files import atomic_file, atomic_path
from dedup.export.objects import write_cyjs, write_node_link
from dedup.export.parquet import write_links_parquet, write_parquet
from dedup.export.rows import CELL_CHARS, Row, RowFormat, write_links, write_rows
from dedup.export.tables import TABLE_FORMATS, write_edge_table, write_gephi_csv, write_neo4j_csv
from dedup.export.xml import write_gexf, write_graphml
from dedup.model import Graph

__all__ = [
    "CELL_CHARS", "GRAPH_FORMATS", "Row", "RowFormat", "TABLE_FORMATS", "atomic_file", "atomic_path", "write_gephi_csv",
    "write_graph", "write_links", "write_links_parquet", "write_neo4j_csv", "write_parquet", "write_rows",
]  # fmt: skip

_WRITERS: Mapping[str, Callable[[Graph, TextIO], None]] = {
    "graphml": write_graphml,
    "gexf": write_gexf,
    "json": write_node_link,
    "cyjs": write_cyjs,
    "csv": write_edge_table,
    "dot": write_dot,
}
GRAPH_FORMATS: tuple[str, ...] = tuple(_WRITERS)


def write_graph(graph: Graph, fmt: str, out: TextIO) -> None:
    """Writes ``graph`` in one of ``GRAPH_FORMATS``; ``csv`` is the table of edges for Gephi.

    An empty graph gives an empty graph of the format. DOT has labels and widths only. Raises ``ValueError`` for
    another format and for attributes named like a field of the format. networkx refuses GraphML and GEXF that mix
    directed and undirected edges; its node-link reader and Gephi take them.
    """
    if fmt not in _WRITERS:
        raise ValueError(f"no graph format {fmt!r}: {', '.join(GRAPH_FORMATS)}")
    _WRITERS[fmt](graph, out)
