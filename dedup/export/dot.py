"""Graphviz."""

from __future__ import annotations

from typing import TextIO

from dedup.export.values import clean_id, columns_of, dot_text, plain
from dedup.model import Graph


def write_dot(graph: Graph, out: TextIO) -> None:
    """Writes DOT: labels, and edges as wide as they are heavy. Layouts of more than some hundred nodes take minutes."""
    columns_of(graph)
    heaviest = _heaviest(graph)
    out.write("digraph matches {\n")
    for node in graph.nodes:
        # labels, unlike ids, have HTML entities
        out.write(f"{dot_text(clean_id(node.id))} [label={dot_text(node.label.replace('&', '&amp;'))}];\n")
    for edge in graph.edges:
        width, way = plain(1 + 4 * edge.weight / heaviest), "" if edge.directed else ", dir=none"
        ends = f"{dot_text(clean_id(edge.source))} -> {dot_text(clean_id(edge.target))}"
        out.write(f"{ends} [penwidth={width}{way}];\n")
    out.write("}\n")


def _heaviest(graph: Graph) -> float:
    heaviest = 1.0
    for edge in graph.edges:
        heaviest = max(heaviest, edge.weight)
    return heaviest
