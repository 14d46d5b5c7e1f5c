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
    _write_json_lines((link.as_dict() for link in links), out)


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
        _write_json_array(chosen, out, end="\n") if fmt == "json" else _write_json_lines(chosen, out)
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
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(temporary, path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink()
        # an OSError that names another file is the body's own trouble
        if isinstance(error, OSError) and error.filename in (None, str(temporary)):
            raise DedupError(f"{os.fspath(path)}: cannot be written: {error.strerror or error}") from error
        raise


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
        way = "" if edge.directed else ' directed="false"'
        out.write(f"<edge {ends}{way}>{data}</edge>\n")
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
    _kinds(graph.nodes, _NODE_NAMES)
    _kinds(graph.edges, _EDGE_NAMES)
    out.write('{"directed": true, "multigraph": false, "graph": {}, "nodes": ')
    _write_json_array(({"id": node.id, "label": node.label, **node.attributes} for node in graph.nodes), out)
    out.write(', "links": ')
    _write_json_array(map(_json_link, graph.edges), out, end="}\n")


def _json_link(edge: GraphEdge) -> dict[str, object]:
    way = {} if edge.directed else {"directed": False}
    return {"source": edge.source, "target": edge.target, "weight": edge.weight, **way, **edge.attributes}


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


# Rows.

_FORMULA = tuple("=+-@\t\r")
_NUMBER = re.compile(r"[-+]?\d[\d.,\u202f ]*%?")
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _write_csv(rows: Iterable[Mapping[str, object]], columns: Sequence[str], out: TextIO) -> None:
    out.write(_csv_row(columns))
    for row in rows:
        out.write(_csv_row([_guarded(row.get(name)) for name in columns]))


def _guarded(value: object) -> str:
    text = _plain(value)
    is_number = isinstance(value, int | float)
    return f"'{text}" if not is_number and text.startswith(_FORMULA) else text


def _write_table(rows: Iterable[Mapping[str, object]], columns: Sequence[str], out: TextIO) -> None:
    lines = [[_shown(name) for name in columns], *([_shown(row.get(name)) for name in columns] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    right = [all(_NUMBER.fullmatch(cell) for cell in cells[1:] if cell) for cells in zip(*lines, strict=True)]
    for line in lines:
        fields = zip(line, widths, right, strict=True)
        padded = [cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in fields]
        out.write("  ".join(padded).rstrip() + "\n")


def _shown(value: object) -> str:
    """A cell that can neither move the cursor nor turn the line round."""
    text = str(value) if isinstance(value, float) else _plain(value)
    text = _UNSHOWN.sub("", _SPACES.sub(" ", _ESCAPES.sub("", text))).strip()
    return text if len(text) <= CELL_CHARS else f"{text[: CELL_CHARS - 1]}…"


# Values and escapes.

_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# white space is escaped too: a reader turns it into plain spaces inside an attribute
_XML = str.maketrans({mark: f"&#{ord(mark)};" for mark in '&<>"\t\n\r'})
_DOT = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})


def _kinds(items: Iterable[GraphNode | GraphEdge], own: frozenset[str]) -> dict[str, str]:
    """The attributes in the order in which they occur first, and a type that holds all values of each."""
    kinds: dict[str, str] = {}
    for item in items:
        for name, value in item.attributes.items():
            kind = {bool: "boolean", int: "long", float: "double", type(None): ""}.get(type(value), "string")
            known = kinds.setdefault(name, kind) or kind
            numbers = {known, kind} == {"long", "double"}
            kinds[name] = known if kind in ("", known) else "double" if numbers else "string"
    if taken := sorted(name for name in kinds if name.casefold() in own):
        raise ValueError(f"attributes named like fields of the graph: {', '.join(taken)}")
    return {name: kind or "string" for name, kind in kinds.items()}


def _clean_ids(nodes: Iterable[GraphNode]) -> dict[str, str]:
    """Ids without what XML cannot hold; those that fall together get ``~2``, ``~3``."""
    ids = {node.id: _NOT_XML.sub("", node.id) for node in nodes}
    taken = {raw for raw, clean in ids.items() if raw == clean}
    counts: dict[str, int] = {}
    for raw, clean in ids.items():
        name = clean
        while raw != clean and name in taken:
            counts[clean] = counts.get(clean, 1) + 1
            name = f"{clean}~{counts[clean]}"
        ids[raw] = name
        taken.add(name)
    return ids


def _plain(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return repr(_rounded(value))
    if isinstance(value, list | tuple):
        return "; ".join(map(_plain, value))
    return "" if value is None else str(value)


def _rounded(value: object) -> object:
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"not a number that can be exported: {value}")
        return round(value, 6) + 0.0  # no minus zero
    if isinstance(value, Mapping):
        return {key: _rounded(part) for key, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list | tuple) else value


def _json(value: object) -> str:
    return json.dumps(_rounded(value), ensure_ascii=False, allow_nan=False)


def _write_json_lines(items: Iterable[object], out: TextIO) -> None:
    out.writelines(f"{_json(item)}\n" for item in items)


def _write_json_array(items: Iterable[object], out: TextIO, end: str = "") -> None:
    before = "[\n"
    for item in items:
        out.write(before + _json(item))
        before = ",\n"
    out.write(("[]" if before == "[\n" else "\n]") + end)


def _csv_row(cells: Iterable[str]) -> str:
    # not csv.writer: before Python 3.13 it leaves a lone return unquoted when lines end in "\n"
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if re.search('[",\r\n]', cell) else cell for cell in cells]
    return (",".join(quoted) if quoted != [""] else '""') + "\n"


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text).translate(_XML)


def _dot(text: str) -> str:
    return f'"{_NOT_XML.sub("", text).translate(_DOT)}"'
