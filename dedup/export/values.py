"""Values as text, and the escapes of each format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from itertools import chain
from math import isfinite
from typing import TextIO

from dedup.model import Column, Graph, GraphEdge, GraphNode
from dedup.model.graphs import ColumnType

# What the formats write of their own; an attribute of the same name would silently hide it.
_TAKEN = frozenset({"id", "label", "source", "target", "type", "directed", "weight", "name", "interaction", "date"})
# Of a number below ten with six places.
_SHORT = len("0.123456")
_FORMULA = tuple("=+-@\t\r")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# white space is escaped too: a reader turns it into plain spaces inside an attribute
_XML = str.maketrans({mark: f"&#{ord(mark)};" for mark in '&<>"\t\n\r'})
_NOT_PLAIN_XML = re.compile(r"""[^ !#-%'-;=?-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]""")
_DOT = str.maketrans({'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"})
_DATE = re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})(?:T([0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(\+00:00)?)?")
_QUOTED = re.compile('[",\r\n]')
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def columns_of(graph: Graph) -> tuple[tuple[Column, ...], tuple[Column, ...]]:
    """The columns of nodes and of edges: those declared, else those that occur.

    Raises ``ValueError`` for one that is named like a field of the formats.
    """
    nodes = graph.node_columns if graph.node_columns is not None else _found(graph.nodes)
    edges = graph.edge_columns if graph.edge_columns is not None else _found(graph.edges)
    if taken := sorted(column.name for column in chain(nodes, edges) if column.name.casefold() in _TAKEN):
        raise ValueError(f"attributes named like fields of the graph: {', '.join(taken)}")
    return nodes, edges


def _found(items: Iterable[GraphNode | GraphEdge]) -> tuple[Column, ...]:
    """The attributes in the order in which they occur first, and a type that holds all values of each."""
    kinds: dict[str, ColumnType | None] = {}
    types: Mapping[type, ColumnType | None] = {bool: "boolean", int: "long", float: "double", type(None): None}
    for item in items:
        for name, value in item.attributes.items():
            kind = types.get(type(value), "string")
            known = kinds.setdefault(name, kind) or kind
            if kind not in (None, known):
                kinds[name] = "double" if {known, kind} == {"long", "double"} else "string"
            else:
                kinds[name] = known
    return tuple(Column(name, kind or "string") for name, kind in kinds.items())


def plain(value: object) -> str:
    """A value as text: empty for ``None``, parts of a list joined with "; "."""
    if isinstance(value, float):
        return number(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list | tuple):
        return "; ".join(map(plain, value))
    return "" if value is None else str(value)


def number(value: float) -> str:
    """A number as text."""
    # A million links have five million numbers, most of them with six places or fewer: no call to round those, nor to
    # tell an infinity.
    text = repr(value)
    if len(text) <= _SHORT and text[0].isdigit() and "e" not in text:
        return text
    return repr(round(value, 6) + 0.0) if value - value == 0 else repr(rounded_number(value))


def rounded_number(value: float) -> float:
    """A number to six places and without a minus zero; raises ``ValueError`` where it is none."""
    if not isfinite(value):
        raise ValueError(f"not a number that can be exported: {value}")
    return round(value, 6) + 0.0


def rounded(value: object) -> object:
    """A value with all its numbers rounded."""
    if isinstance(value, float):
        return rounded_number(value)
    if isinstance(value, Mapping):
        return {key: rounded(part) for key, part in value.items()}
    return [rounded(part) for part in value] if isinstance(value, list | tuple) else value


def json_text(value: object) -> str:
    """A value as JSON on one line."""
    return _encode(rounded(value))


def write_json_array(items: Iterable[object], out: TextIO, end: str = "") -> None:
    """Writes items as an array, one a line."""
    before = "[\n"
    for item in items:
        out.write(before + json_text(item))
        before = ",\n"
    out.write(("[]" if before == "[\n" else "\n]") + end)


def csv_row(cells: Iterable[str]) -> str:
    """A row of CSV."""
    # not csv.writer: before Python 3.13 it leaves a lone return unquoted when lines end in "\n"
    quoted = [f'"{cell.replace(chr(34), chr(34) * 2)}"' if _QUOTED.search(cell) else cell for cell in cells]
    return (",".join(quoted) if quoted != [""] else '""') + "\n"


def guarded(value: object) -> str:
    """A cell that no spreadsheet takes for a formula."""
    text = plain(value)
    return f"'{text}" if text.startswith(_FORMULA) and not isinstance(value, int | float) else text


def xml_id(id: str) -> str:
    """An id in an attribute of XML. What XML cannot hold is ``%01``, not dropped, so that ids stay apart."""
    return id if not _NOT_PLAIN_XML.search(id) else clean_id(id).translate(_XML)


def clean_id(id: str) -> str:
    """An id with ``%01`` for what XML cannot hold."""
    return _NOT_XML.sub(lambda match: f"%{ord(match[0]):02X}", id)


def xml_text(text: str) -> str:
    """Text in XML; what XML cannot hold is dropped."""
    # Names of kinds, languages and agencies are mostly letters alone, which takes a tenth of the time to tell.
    return text if text.isalnum() or not _NOT_PLAIN_XML.search(text) else _NOT_XML.sub("", text).translate(_XML)


def xml_value(value: object) -> str:
    """A value in XML."""
    return xml_text(value) if isinstance(value, str) else plain(value)


def dot_text(text: str) -> str:
    """A quoted string of DOT."""
    return f'"{_NOT_XML.sub("", text).translate(_DOT)}"'


def date_time(date: str | None) -> str | None:
    """A date of any precision as ``xsd:dateTime``: what it does not tell is nought; ``None`` for what is no date."""
    told = _DATE.fullmatch(date or "")
    if told is None:
        return None
    day, clock, zone = told.groups(default="")
    return f"{day}T{clock}{'00:00:00'[len(clock) :]}{zone}"
