"""Writes model values as text streams, a writer a format. Equal values give equal bytes: no clock, no set order.

Edges run copy -> original. Numbers are written with ``repr`` after rounding to six places; NaN and infinities have no
form that all readers share and raise ``ValueError``. Text is cleaned as far as each format demands, and no further.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Literal, TextIO, TypeAlias, get_args

from dedup.model import DedupError, Graph, GraphEdge, GraphNode, Link

Row: TypeAlias = Mapping[str, object]
RowFormat: TypeAlias = Literal["json", "jsonl", "csv", "table"]

GRAPH_FORMATS: tuple[str, ...] = ("graphml", "gexf", "json", "csv", "dot")
CELL_CHARS = 60

# What the formats write of their own; an attribute of the same name would silently hide it.
_TAKEN = frozenset({"id", "label", "source", "target", "type", "directed", "weight"})


def write_graph(graph: Graph, fmt: str, out: TextIO) -> None:
    """Writes ``graph`` in one of ``GRAPH_FORMATS``; ``csv`` is the table of edges for Gephi.

    An empty graph gives an empty graph of the format. DOT has labels and widths only. Raises ``ValueError`` for
    another format and for attributes named like a field of the format. networkx refuses GraphML and GEXF that mix
    directed and undirected edges; its node-link reader and Gephi take them.
    """
    functions = (_write_graphml, _write_gexf, _write_node_link, _write_edge_table, _write_dot)
    writers = dict(zip(GRAPH_FORMATS, functions, strict=True))
    if fmt not in writers:
        raise ValueError(f"no graph format {fmt!r}: {', '.join(GRAPH_FORMATS)}")
    writers[fmt](graph, out)


def write_gephi_csv(graph: Graph, nodes: TextIO, edges: TextIO) -> None:
    """Writes the two tables that Gephi imports, cells as they are; empty ones have their headers.

    Raises ``ValueError`` for attributes named like a column.
    """
    kinds = _kinds(graph.nodes)
    nodes.write(_csv_row(["Id", "Label", *kinds]))
    nodes.writelines(_csv_row(map(_plain, [node.id, node.label, *_values(node, kinds)])) for node in graph.nodes)
    _write_edge_table(graph, edges)


def write_links(links: Iterable[Link], out: TextIO) -> None:
    """Writes a link a line as JSON, UTF-8 as it is; nothing for no links."""
    write_rows((link.as_dict() for link in links), "jsonl", out)


def write_rows(rows: Iterable[Row], fmt: RowFormat, out: TextIO, columns: Sequence[str] | None = None) -> None:
    """Writes a listing: ``columns`` of each row, or all that occur; what a row lacks is null or an empty cell.

    No rows give ``[]``, nothing, or the header of ``columns``. Lists are joined with "; " in cells. In ``csv``, text
    that a spreadsheet would take for a formula (it starts with ``= + - @``, tab or return) gets a leading ``'``; JSON
    stays as it is. ``table`` is for people: control characters, escape sequences and direction marks are taken out,
    cells cut at 60 characters. Raises ``ValueError`` for another format.
    """
    if fmt not in get_args(RowFormat):
        raise ValueError(f"no row format {fmt!r}: {', '.join(get_args(RowFormat))}")
    if columns is None and fmt in ("csv", "table"):
        rows = list(rows)
        columns = list(dict.fromkeys(name for row in rows for name in row))
    if columns is not None:
        rows = ({name: row.get(name) for name in columns or ()} for row in rows)
    if fmt == "json":
        _write_json_array(rows, out, end="\n")
    elif fmt == "jsonl":
        out.writelines(f"{_json(row)}\n" for row in rows)
    elif columns:
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
    nodes, edges = _kinds(graph.nodes), _kinds(graph.edges)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<graphml xmlns="http://graphml.graphdrawing.org/xmlns">\n')
    for owner, kinds in (("node", {"label": "string"} | nodes), ("edge", {"weight": "double"} | edges)):
        for place, (name, kind) in enumerate(kinds.items()):
            out.write(f'<key id="{owner[0]}{place}" for="{owner}" attr.name="{_xml(name)}" attr.type="{kind}"/>\n')
    out.write('<graph edgedefault="directed">\n')
    for node in graph.nodes:
        data = _filled('<data key="n{}">{}</data>', [node.label, *_values(node, nodes)])
        out.write(f'<node id="{_xml(_clean_id(node.id))}">{data}</node>\n')
    for edge in graph.edges:
        data = _filled('<data key="e{}">{}</data>', [edge.weight, *_values(edge, edges)])
        way = "" if edge.directed else ' directed="false"'
        out.write(f"<edge {_ends(edge)}{way}>{data}</edge>\n")
    out.write("</graph>\n</graphml>\n")


def _write_gexf(graph: Graph, out: TextIO) -> None:
    nodes, edges = _kinds(graph.nodes), _kinds(graph.edges)
    out.write('<?xml version="1.0" encoding="UTF-8"?>\n<gexf xmlns="http://gexf.net/1.3" version="1.3">\n')
    out.write('<meta><creator>dedup</creator></meta>\n<graph mode="static" defaultedgetype="directed">\n')
    for owner, kinds in (("node", nodes), ("edge", edges)):
        out.write(f'<attributes class="{owner}">\n')
        for place, (name, kind) in enumerate(kinds.items()):
            out.write(f'<attribute id="{place}" title="{_xml(name)}" type="{kind}"/>\n')
        out.write("</attributes>\n")
    out.write("<nodes>\n")
    for node in graph.nodes:
        values = _filled('<attvalue for="{}" value="{}"/>', _values(node, nodes))
        own = f'id="{_xml(_clean_id(node.id))}" label="{_xml(node.label)}"'
        out.write(f"<node {own}><attvalues>{values}</attvalues></node>\n")
    out.write("</nodes>\n<edges>\n")
    for place, edge in enumerate(graph.edges):
        more = f'weight="{_plain(edge.weight)}"' + ("" if edge.directed else ' type="undirected"')
        values = _filled('<attvalue for="{}" value="{}"/>', _values(edge, edges))
        out.write(f'<edge id="{place}" {_ends(edge)} {more}><attvalues>{values}</attvalues></edge>\n')
    out.write("</edges>\n</graph>\n</gexf>\n")


def _ends(edge: GraphEdge) -> str:
    return f'source="{_xml(_clean_id(edge.source))}" target="{_xml(_clean_id(edge.target))}"'


def _filled(template: str, values: Iterable[object]) -> str:
    return "".join(template.format(place, _xml(_plain(v))) for place, v in enumerate(values) if v is not None)


def _write_node_link(graph: Graph, out: TextIO) -> None:
    # the key is "links", as D3 wants it; networkx reads it with node_link_graph(data, edges="links")
    _ = _kinds(graph.nodes), _kinds(graph.edges)  # for their refusal of names
    out.write('{"directed": true, "multigraph": false, "graph": {}, "nodes": ')
    _write_json_array(({"id": node.id, "label": node.label, **node.attributes} for node in graph.nodes), out)
    out.write(', "links": ')
    ends = ({"source": edge.source, "target": edge.target, "weight": edge.weight} for edge in graph.edges)
    ways: Iterator[dict[str, object]] = ({} if edge.directed else {"directed": False} for edge in graph.edges)
    links = ({**end, **way, **edge.attributes} for end, way, edge in zip(ends, ways, graph.edges, strict=True))
    _write_json_array(links, out, end="}\n")


def _write_edge_table(graph: Graph, out: TextIO) -> None:
    kinds = _kinds(graph.edges)
    out.write(_csv_row(["Source", "Target", "Type", "Id", "Label", "Weight", *kinds]))
    for place, edge in enumerate(graph.edges):
        way = "Directed" if edge.directed else "Undirected"
        cells = [edge.source, edge.target, way, place, None, edge.weight, *_values(edge, kinds)]
        out.write(_csv_row(map(_plain, cells)))


def _write_dot(graph: Graph, out: TextIO) -> None:
    heaviest = max([1.0, *(edge.weight for edge in graph.edges)])
    out.write("digraph matches {\n")
    for node in graph.nodes:
        # labels, unlike ids, have HTML entities
        out.write(f"{_dot(_clean_id(node.id))} [label={_dot(node.label.replace('&', '&amp;'))}];\n")
    for edge in graph.edges:
        width, way = _plain(1 + 4 * edge.weight / heaviest), "" if edge.directed else ", dir=none"
        out.write(f"{_dot(_clean_id(edge.source))} -> {_dot(_clean_id(edge.target))} [penwidth={width}{way}];\n")
    out.write("}\n")


# Rows.

_FORMULA = tuple("=+-@\t\r")
_NUMBER = re.compile(r"[-+]?\d[\d.,\u202f ]*%?")
_ESCAPES = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?")
_SPACES = re.compile(r"[\t\n\r\x0b\x0c\x85\u2028\u2029]+")
_UNSHOWN = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")


def _write_csv(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> None:
    out.write(_csv_row(columns))
    for row in rows:
        out.write(_csv_row(map(_guarded, row.values())))


def _guarded(value: object) -> str:
    text = _plain(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def _write_table(rows: Iterable[Row], columns: Sequence[str], out: TextIO) -> None:
    lines = [[_shown(name) for name in columns], *([_shown(value) for value in row.values()] for row in rows)]
    widths = [max(map(len, cells)) for cells in zip(*lines, strict=True)]
    right = [all(_NUMBER.fullmatch(cell) for cell in cells[1:] if cell) for cells in zip(*lines, strict=True)]
    for line in lines:
        fields = zip(line, widths, right, strict=True)
        padded = (cell.rjust(width) if is_right else cell.ljust(width) for cell, width, is_right in fields)
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


def _kinds(items: Iterable[GraphNode | GraphEdge]) -> dict[str, str]:
    """The attributes in the order in which they occur first, and a type that holds all values of each."""
    kinds: dict[str, str] = {}
    for item in items:
        for name, value in item.attributes.items():
            kind = {bool: "boolean", int: "long", float: "double", type(None): ""}.get(type(value), "string")
            known = kinds.setdefault(name, kind) or kind
            mixed = "double" if {known, kind} == {"long", "double"} else "string"
            kinds[name] = known if kind in ("", known) else mixed
    if taken := sorted(name for name in kinds if name.casefold() in _TAKEN):
        raise ValueError(f"attributes named like fields of the graph: {', '.join(taken)}")
    return {name: kind or "string" for name, kind in kinds.items()}


def _values(item: GraphNode | GraphEdge, kinds: Iterable[str]) -> list[str | int | float | None]:
    return [item.attributes.get(name) for name in kinds]


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


def _clean_id(id_: str) -> str:
    """What XML cannot hold as ``%01``, not dropped, so that ids stay apart."""
    return _NOT_XML.sub(lambda match: f"%{ord(match[0]):02X}", id_)


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text).translate(_XML)


def _dot(text: str) -> str:
    return f'"{_NOT_XML.sub("", text).translate(_DOT)}"'
