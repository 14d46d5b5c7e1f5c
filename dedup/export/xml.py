"""GraphML, and GEXF 1.3 with the times of nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from typing import TextIO

from dedup.export.values import columns_of, date_time, number, plain, xml_id, xml_text, xml_value
from dedup.model import Column, Graph, GraphEdge, GraphNode, Value


def write_graphml(graph: Graph, out: TextIO) -> None:
    """Writes GraphML: what yEd, Cytoscape, igraph and networkx read; nothing stands for what is not known."""
    nodes, edges = columns_of(graph)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, first, columns in (
        ("node", Column("label", "string"), nodes),
        ("edge", Column("weight", "double"), edges),
    ):
        for place, (name, kind) in enumerate((first, *columns)):
            out.write(f'<key id="{owner[0]}{place}" for="{owner}" attr.name="{xml_value(name)}" attr.type="{kind}"/>\n')
    out.write('<graph edgedefault="directed">\n')
    out.writelines(_graphml_nodes(graph, _opened(nodes, '<data key="n{}">')))
    out.writelines(_graphml_edges(graph, _opened(edges, '<data key="e{}">')))
    out.write("</graph>\n</graphml>\n")


def _graphml_nodes(graph: Graph, opened: Sequence[tuple[str, str]]) -> Iterator[str]:
    for id, label, attributes, _ in graph.nodes:
        data = _filled(attributes, opened, "</data>")
        yield f'<node id="{xml_id(id)}"><data key="n0">{xml_value(label)}</data>{data}</node>\n'


def _graphml_edges(graph: Graph, opened: Sequence[tuple[str, str]]) -> Iterator[str]:
    for source, target, weight, directed, attributes, _ in graph.edges:
        way, data = "" if directed else ' directed="false"', _filled(attributes, opened, "</data>")
        ends = f'source="{xml_id(source)}" target="{xml_id(target)}"{way}'
        yield f'<edge {ends}><data key="e0">{number(weight)}</data>{data}</edge>\n'


def write_gexf(graph: Graph, out: TextIO) -> None:
    """Writes GEXF 1.3: a graph that is dated has timestamps, never intervals, on what has a date."""
    nodes, edges = columns_of(graph)
    time = 'dynamic" timeformat="dateTime" timerepresentation="timestamp"' if graph.dated else 'static"'
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n')
    out.write("<meta><creator>dedup</creator></meta>\n")
    out.write(f'<graph defaultedgetype="directed" idtype="string" mode="{time}>\n')
    for owner, columns in (("node", nodes), ("edge", edges)):
        out.write(f'<attributes class="{owner}" mode="static">\n')
        for place, (name, kind) in enumerate(columns):
            out.write(f'<attribute id="{place}" title="{xml_value(name)}" type="{kind}"/>\n')
        out.write("</attributes>\n")
    out.write("<nodes>\n")
    out.writelines(_gexf_nodes(graph, _opened(nodes, '<attvalue for="{}" value="')))
    out.write("</nodes>\n<edges>\n")
    out.writelines(_gexf_edges(graph, _opened(edges, '<attvalue for="{}" value="')))
    out.write("</edges>\n</graph>\n</gexf>\n")


def _gexf_nodes(graph: Graph, opened: Sequence[tuple[str, str]]) -> Iterator[str]:
    for node in graph.nodes:
        values = _filled(node.attributes, opened, '"/>')
        own = f'id="{xml_id(node.id)}" label="{xml_value(node.label)}"{_timestamp(graph, node)}'
        yield f"<node {own}><attvalues>{values}</attvalues></node>\n"


def _gexf_edges(graph: Graph, opened: Sequence[tuple[str, str]]) -> Iterator[str]:
    for place, edge in zip(count(), graph.edges):
        way = "" if edge.directed else ' type="undirected"'
        more = f'weight="{number(edge.weight)}"{way}{_timestamp(graph, edge)}'
        values = _filled(edge.attributes, opened, '"/>')
        yield f'<edge id="{place}" {_ends(edge)} {more}><attvalues>{values}</attvalues></edge>\n'


def _timestamp(graph: Graph, item: GraphNode | GraphEdge) -> str:
    time = date_time(item.date) if graph.dated else None
    return f' timestamp="{time}"' if time else ""


def _ends(edge: GraphEdge) -> str:
    return f'source="{xml_id(edge.source)}" target="{xml_id(edge.target)}"'


def _opened(columns: Sequence[Column], template: str) -> list[tuple[str, str]]:
    """The name of each column and what stands before its values; GraphML's first keys are labels and weights."""
    first = 1 if template.startswith("<data") else 0
    return [(column.name, template.format(place)) for place, column in enumerate(columns, first)]


def _filled(attributes: Mapping[str, Value], opened: Sequence[tuple[str, str]], closed: str) -> str:
    return "".join(
        [
            f"{before}{xml_text(v) if type(v) is str else number(v) if type(v) is float else plain(v)}{closed}"
            for name, before in opened
            if (v := attributes.get(name)) is not None
        ]
    )
