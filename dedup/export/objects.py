"""Graphs as JSON: node-link for D3 and networkx, and Cytoscape's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from dedup.export.values import columns_of, write_json_array
from dedup.model import Graph


def write_node_link(graph: Graph, out: TextIO) -> None:
    """Writes node-link JSON with the key ``links``, as D3 has it; networkx: ``node_link_graph(d, edges="links")``."""
    columns_of(graph)
    out.write('{"directed": true, "multigraph": false, "graph": {}, "nodes": ')
    write_json_array(({"id": node.id, "label": node.label, **node.attributes} for node in graph.nodes), out)
    out.write(', "links": ')
    write_json_array(_links(graph), out, end="}\n")


def write_cyjs(graph: Graph, out: TextIO) -> None:
    """Writes the elements of Cytoscape and Cytoscape.js; an undecided pair has the interaction ``matches``."""
    columns_of(graph)
    out.write('{"data": {}, "elements": {"nodes": ')
    nodes = ({"id": node.id, "name": node.label, **node.attributes} for node in graph.nodes)
    write_json_array(({"data": node} for node in nodes), out)
    out.write(', "edges": ')
    write_json_array(({"data": edge} for edge in _interactions(graph)), out, end="}}\n")


def _links(graph: Graph) -> Iterator[dict[str, object]]:
    for edge in graph.edges:
        way: dict[str, object] = {} if edge.directed else {"directed": False}
        yield {"source": edge.source, "target": edge.target, "weight": edge.weight, **way, **edge.attributes}


def _interactions(graph: Graph) -> Iterator[dict[str, object]]:
    decided = "copied_by" if graph.flow else "copy_of"
    for place, edge in enumerate(graph.edges):
        # nodes and edges have their ids in common
        ends = {"id": f"edge:{place}", "source": edge.source, "target": edge.target}
        way = decided if edge.directed else "matches"
        yield {**ends, "interaction": way, "weight": edge.weight, **edge.attributes}
