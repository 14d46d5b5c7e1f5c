"""Writes model values as text streams, a writer a format. Equal values give equal bytes: no clock, no set order.

Edges run copy -> original. Numbers are written with ``repr`` after rounding to six places; NaN and infinities have no
form that all readers share and raise ``ValueError``. Text is cleaned as far as each format demands, and no further.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TextIO, TypeAlias

from dedup.model import DedupError, Graph, GraphEdge, GraphNode, Link

Attributes: TypeAlias = Mapping[str, str | int | float | None]

GRAPH_FORMATS: tuple[str, ...] = ("graphml", "gexf", "json", "csv", "dot")
CELL_CHARS = 60

# What the formats write of their own; an attribute of the same name would silently hide it.
_NODE_NAMES = frozenset({"id", "label"})
_EDGE_NAMES = frozenset({"id", "label", "source", "target", "type", "directed", "weight"})


def write_graph(graph: Graph, fmt: str, out: TextIO) -> None:
    """Writes ``graph`` in one of ``GRAPH_FORMATS``; ``csv`` is the table of edges for Gephi.

    An empty graph gives an empty graph of the format. DOT has labels and widths only. Raises ``ValueError`` for
    another format and for attributes named like a field of the format. networkx refuses GraphML and GEXF that mix
    directed and undirected edges; its node-link reader and Gephi take them.
    """
    writers: dict[str, Callable[[Graph, TextIO], None]] = {
        "graphml": _write_graphml,
        "gexf": _write_gexf,
        "json": _write_node_link,
        "csv": _write_edge_table,
        "dot": _write_dot,
    }
    if fmt not in writers:
        raise ValueError(f"no graph format {fmt!r}: {', '.join(GRAPH_FORMATS)}")
    writers[fmt](graph, out)


def write_gephi_csv(graph: Graph, nodes: TextIO, edges: TextIO) -> None:
    """Writes the two tables that Gephi imports; empty ones have their headers. Cells stand as they are, unguarded.

    Raises ``ValueError`` for attributes named like a column.
    """
    kinds = _kinds(graph.nodes, _NODE_NAMES)
    nodes.write(_csv_row(["Id", "Label", *kinds]))
    for node in graph.nodes:
        nodes.write(_csv_row([node.id, node.label, *(_plain(node.attributes.get(name)) for name in kinds)]))
    _write_edge_table(graph, edges)


def write_links(links: Iterable[Link], out: TextIO) -> None:
    """Writes a link a line as JSON, UTF-8 as it is; nothing for no links."""
    for link in links:
        out.write(_json(link.as_dict()) + "\n")


def write_rows(
    rows: Iterable[Mapping[str, object]],
    fmt: Literal["json", "jsonl", "csv", "table"],
    out: TextIO,
    columns: Sequence[str] | None = None,
) -> None:
    """Writes a listing: ``columns`` of each row, or all that occur; what a row lacks is null or an empty cell.

    No rows give ``[]``, nothing, or the header of ``columns``. Lists are joined with "; " in cells. In ``csv``, text
    that a spreadsheet would take for a formula (first character ``= + - @``, tab or return) gets a leading ``'``; JSON
    keeps it as it is. ``table`` is for people and promises no bytes: control characters, escape sequences and
    direction marks are taken out and cells cut at 60 characters. Raises ``ValueError`` for another format.
    """
    if fmt not in ("json", "jsonl", "csv", "table"):
        raise ValueError(f"no row format {fmt!r}: json, jsonl, csv, table")
    if fmt in ("json", "jsonl"):
        chosen = (row if columns is None else {name: row.get(name) for name in columns} for row in rows)
        _write_json_lines(chosen, out, array=fmt == "json")
        return
    if columns is None:
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
    if columns:
        (_write_csv if fmt == "csv" else _write_table)(rows, columns, out)


@contextmanager
def atomic_file(path: str | os.PathLike[str]) -> Iterator[TextIO]:
    """Opens ``NAME.tmp`` beside ``path`` for UTF-8 text and puts it in the place of ``path`` when the body ends well.

    When the body raises, ``path`` stays as it was and the temporary file is removed. Raises ``DedupError`` naming
    ``path`` where it cannot be written. Does not guard against two writers of one path. Lone surrogates become "?".
    """
    temporary = Path(f"{os.fspath(path)}.tmp")
    try:
        with open(temporary, "w", encoding="utf-8", errors="replace", newline="\n") as out:
            try:
                yield out
                out.flush()
                os.fsync(out.fileno())
            except BaseException:
                _discard(temporary)
                raise
        _put_in_place(temporary, path)
    except OSError as error:
        if error.filename not in (None, str(temporary)):
            raise  # the body's own trouble with another file
        raise DedupError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error


# Graph formats.


def _write_graphml(graph: Graph, out: TextIO) -> None:
    ids, kinds = _clean_ids(graph.nodes), (_kinds(graph.nodes, _NODE_NAMES), _kinds(graph.edges, _EDGE_NAMES))
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, own, named in zip(("node", "edge"), ("label", "weight"), kinds, strict=True):
        keys = [(own, own, "string" if owner == "node" else "double")]
        keys += [(f"{owner[0]}{place}", name, kind) for place, (name, kind) in enumerate(named.items())]
        for key, name, kind in keys:
            out.write(f'<key id="{key}" for="{owner}" attr.name="{_xml(name)}" attr.type="{kind}"/>\n')
    out.write('<graph edgedefault="directed">\n')
    for node in graph.nodes:
        data = _graphml_data(node, "label", node.label, kinds[0])
        out.write(f'<node id="{_xml(ids[node.id])}">{data}</node>\n')
    for edge in graph.edges:
        ends = f'source="{_xml(ids[edge.source])}" target="{_xml(ids[edge.target])}"'
        data = _graphml_data(edge, "weight", edge.weight, kinds[1])
        out.write(f"<edge {ends}{'' if edge.directed else ' directed="false"'}>{data}</edge>\n")
    out.write("</graph>\n</graphml>\n")


def _graphml_data(item: GraphNode | GraphEdge, own: str, value: str | float, kinds: Mapping[str, str]) -> str:
    letter = "n" if isinstance(item, GraphNode) else "e"
    keyed = [(own, value), *((f"{letter}{place}", item.attributes.get(name)) for place, name in enumerate(kinds))]
    return "".join(f'<data key="{key}">{_xml(_plain(value))}</data>' for key, value in keyed if value is not None)


def _write_gexf(graph: Graph, out: TextIO) -> None:
    ids, kinds = _clean_ids(graph.nodes), {"node": _kinds(graph.nodes, _NODE_NAMES)}
    kinds["edge"] = _kinds(graph.edges, _EDGE_NAMES)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n')
    # the meta element may carry a date; left out, so that equal graphs stay equal files
    out.write("<meta><creator>dedup</creator><description>who copied whom</description></meta>\n")
    out.write('<graph mode="static" defaultedgetype="directed" idtype="string">\n')
    for owner, named in kinds.items():
        out.write(f'<attributes class="{owner}">\n')
        for place, (name, kind) in enumerate(named.items()):
            out.write(f'<attribute id="{place}" title="{_xml(name)}" type="{kind}"/>\n')
        out.write("</attributes>\n")
    out.write("<nodes>\n")
    for node in graph.nodes:
        values = _gexf_values(node.attributes, kinds["node"])
        out.write(f'<node id="{_xml(ids[node.id])}" label="{_xml(node.label)}">{values}</node>\n')
    out.write("</nodes>\n<edges>\n")
    for place, edge in enumerate(graph.edges):
        ends = f'source="{_xml(ids[edge.source])}" target="{_xml(ids[edge.target])}" weight="{_plain(edge.weight)}"'
        kind, values = "" if edge.directed else ' type="undirected"', _gexf_values(edge.attributes, kinds["edge"])
        out.write(f'<edge id="{place}" {ends}{kind}>{values}</edge>\n')
    out.write("</edges>\n</graph>\n</gexf>\n")


def _gexf_values(attributes: Attributes, kinds: Mapping[str, str]) -> str:
    named = ((place, attributes.get(name)) for place, name in enumerate(kinds))
    values = [f'<attvalue for="{place}" value="{_xml(_plain(value))}"/>' for place, value in named if value is not None]
    return f"<attvalues>{''.join(values)}</attvalues>" if values else ""


def _write_node_link(graph: Graph, out: TextIO) -> None:
    """The key is ``links``, as D3 wants it; networkx reads it with ``node_link_graph(data, edges="links")``."""
    _kinds(graph.nodes, _NODE_NAMES), _kinds(graph.edges, _EDGE_NAMES)
    out.write('{"directed": true, "multigraph": false, "graph": {}, "nodes": ')
    _write_json_lines(
        ({"id": node.id, "label": node.label, **node.attributes} for node in graph.nodes), out, array=True
    )
    out.write(', "links": ')
    ends = ({"source": edge.source, "target": edge.target, "weight": edge.weight} for edge in graph.edges)
    marks: Iterator[dict[str, object]] = ({} if edge.directed else {"directed": False} for edge in graph.edges)
    links = ({**end, **mark, **edge.attributes} for end, mark, edge in zip(ends, marks, graph.edges, strict=True))
    _write_json_lines(links, out, array=True)
    out.write("}\n")


def _write_edge_table(graph: Graph, out: TextIO) -> None:
    kinds = _kinds(graph.edges, _EDGE_NAMES)
    out.write(_csv_row(["Source", "Target", "Type", "Id", "Label", "Weight", *kinds]))
    for place, edge in enumerate(graph.edges):
        way = "Directed" if edge.directed else "Undirected"
        values = (_plain(edge.attributes.get(name)) for name in kinds)
        out.write(_csv_row([edge.source, edge.target, way, str(place), "", _plain(edge.weight), *values]))


def _write_dot(graph: Graph, out: TextIO) -> None:
    ids, heaviest = _clean_ids(graph.nodes), max([1.0, *(edge.weight for edge in graph.edges)])
    out.write("digraph matches {\n")
    for node in graph.nodes:
        # labels, unlike ids, have HTML entities
        out.write(f"{_dot(ids[node.id])} [label={_dot(node.label.replace('&', '&amp;'))}];\n")
    for edge in graph.edges:
        width, way = _plain(1 + 4 * edge.weight / heaviest), "" if edge.directed else ", dir=none"
        out.write(f"{_dot(ids[edge.source])} -> {_dot(ids[edge.target])} [penwidth={width}{way}];\n")
    out.write("}\n")
