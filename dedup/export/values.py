"""Values as text, and the escapes of each format."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from math import isfinite, isnan
from typing import TextIO, TypeVar

from dedup.model import Column, Graph, GraphEdge, GraphNode
from dedup.model.graphs import ColumnType

Item = TypeVar("Item")

_TOGETHER = 1000
# Numbers between these are written alike with six places and as the shortest text that means them.
_LEAST, _MOST = 0.0001, 1e9
# What the formats write of their own; an attribute of the same name would silently hide it.
_TAKEN = frozenset({"id", "label", "source", "target", "type", "directed", "weight", "name", "interaction", "date"})
_FORMULA = tuple("=+-@\t\r")
_NOT_XML = re.compile(r"[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\U00010000-\U0010FFFF]")
# white space is escaped too: a reader turns it into plain spaces inside an attribute
_XML = str.maketrans({mark: f"&#{ord(mark)};" for mark in '&<>"\t\n\r'})
# those of them that can be printed; "&" is the first, as it is in the escapes of the others
_MARKS = {mark: f"&#{ord(mark)};" for mark in '&<>"'}
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
    # Four times as fast as to round and then to look for the shortest text, which is the same up to 15 digits.
    if _LEAST <= value < _MOST:
        text = f"{value:.6f}".rstrip("0")
        return text if text[-1] != "." else f"{text}0"
    return repr(rounded_number(value))


def numbers(values: Sequence[float]) -> list[str]:
    """``number`` of many."""
    if not values or min(values) < _LEAST or max(values) >= _MOST or isnan(sum(values)):
        return list(map(number, values))
    texts = ("%.6f " * len(values) % tuple(values)).split()
    return [text.rstrip("0") if text[-6:] != "000000" else text[:-5] for text in texts]


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


def parts(items: Iterable[Item]) -> Iterator[list[Item]]:
    """Items in lists of a thousand, which are told faster than one by one."""
    left = iter(items)
    return iter(lambda: list(islice(left, _TOGETHER)), [])


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
    return _escaped(id) if id.isprintable() else clean_id(id).translate(_XML)


def clean_id(id: str) -> str:
    """An id with ``%01`` for what XML cannot hold."""
    return _NOT_XML.sub(lambda match: f"%{ord(match[0]):02X}", id)


def xml_text(text: str) -> str:
    """Text in XML; what XML cannot hold is dropped."""
    return _escaped(text) if text.isprintable() else _NOT_XML.sub("", text).translate(_XML)


def xml_ids(ids: Sequence[str]) -> Sequence[str]:
    """``xml_id`` of many: one look at all of them tells whether any needs more than to be written."""
    return ids if _is_plain("".join(ids)) else list(map(xml_id, ids))


def xml_texts(texts: Sequence[str]) -> Sequence[str]:
    """``xml_text`` of many."""
    return texts if _is_plain("".join(texts)) else list(map(xml_text, texts))


def _is_plain(text: str) -> bool:
    return text.isprintable() and not any(mark in text for mark in _MARKS)


def _escaped(text: str) -> str:
    """Printable text in XML: to replace four marks takes a fifth of the time of ``translate``."""
    for mark, escape in _MARKS.items():
        text = text.replace(mark, escape)
    return text


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
