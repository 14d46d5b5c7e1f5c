"""GraphML, and GEXF 1.3 with the times of nodes and edges."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count
from typing import TextIO, TypeAlias, cast

from dedup.export.values import columns_of, date_time, number, numbers, parts, xml_id, xml_ids, xml_texts, xml_value
from dedup.model import Column, Graph, GraphEdge, GraphNode, Value

# The name of a column and what stands before each of its values.
Opened: TypeAlias = tuple[str, str]

_UNDIRECTED = ' directed="false"'


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


def _graphml_nodes(graph: Graph, opened: Sequence[Opened]) -> Iterator[str]:
    for nodes in parts(graph.nodes):
        labels = xml_texts([node.label for node in nodes])
        told = zip(xml_ids([node.id for node in nodes]), labels, _filled(nodes, opened, "</data>"), strict=True)
        yield "".join([f'<node id="{id}"><data key="n0">{label}</data>{data}</node>\n' for id, label, data in told])


def _graphml_edges(graph: Graph, opened: Sequence[Opened]) -> Iterator[str]:
    for edges in parts(graph.edges):
        weights = numbers([edge.weight for edge in edges])
        told = zip(_ends(edges), edges, weights, _filled(edges, opened, "</data>"), strict=True)
        yield "".join(
            [
                f'<edge {ends}{"" if edge.directed else _UNDIRECTED}><data key="e0">{weight}</data>{data}</edge>\n'
                for ends, edge, weight, data in told
            ]
        )


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


def _gexf_nodes(graph: Graph, opened: Sequence[Opened]) -> Iterator[str]:
    for nodes in parts(graph.nodes):
        for node, values in zip(nodes, _filled(nodes, opened, '"/>'), strict=True):
            own = f'id="{xml_id(node.id)}" label="{xml_value(node.label)}"{_timestamp(graph, node)}'
            yield f"<node {own}><attvalues>{values}</attvalues></node>\n"


def _gexf_edges(graph: Graph, opened: Sequence[Opened]) -> Iterator[str]:
    place = count()
    for edges in parts(graph.edges):
        for edge, ends, values in zip(edges, _ends(edges), _filled(edges, opened, '"/>'), strict=True):
            way = "" if edge.directed else ' type="undirected"'
            more = f'weight="{number(edge.weight)}"{way}{_timestamp(graph, edge)}'
            yield f'<edge id="{next(place)}" {ends} {more}><attvalues>{values}</attvalues></edge>\n'


def _timestamp(graph: Graph, item: GraphNode | GraphEdge) -> str:
    time = date_time(item.date) if graph.dated else None
    return f' timestamp="{time}"' if time else ""


def _ends(edges: Sequence[GraphEdge]) -> list[str]:
    sources, targets = xml_ids([edge.source for edge in edges]), xml_ids([edge.target for edge in edges])
    return [f'source="{source}" target="{target}"' for source, target in zip(sources, targets, strict=True)]


def _opened(columns: Sequence[Column], template: str) -> list[Opened]:
    """The name of each column and what stands before its values; GraphML's first keys are labels and weights."""
    first = 1 if template.startswith("<data") else 0
    return [(column.name, template.format(place)) for place, column in enumerate(columns, first)]


def _filled(items: Sequence[GraphNode | GraphEdge], opened: Sequence[Opened], closed: str) -> list[str]:
    """All attributes of each item; those of a column are told together, which takes a third of the time."""
    if not opened:
        return [""] * len(items)
    attributes = [item.attributes for item in items]
    columns = [_column([had.get(name) for had in attributes], before, closed) for name, before in opened]
    return list(map("".join, zip(*columns, strict=True)))


def _column(values: Sequence[Value], before: str, closed: str) -> list[str]:
    texts = _texts(values)
    if None not in texts:
        return [f"{before}{text}{closed}" for text in texts]
    return ["" if text is None else f"{before}{text}{closed}" for text in texts]


def _texts(values: Sequence[Value]) -> Sequence[str | None]:
    kinds = set(map(type, values))
    if kinds == {str}:
        return xml_texts(cast(Sequence[str], values))
    if kinds == {float}:
        return numbers(cast(Sequence[float], values))
    if kinds == {int}:
        return list(map(str, values))
    return [None if value is None else xml_value(value) for value in values]
