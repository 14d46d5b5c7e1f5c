"""Parquet: nodes, edges and links, zstd, a few thousand rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields
from itertools import islice
from pathlib import Path
from typing import Any, TypeAlias

from dedup.export.values import columns_of, rounded
from dedup.model import Changes, Column, DedupError, Graph, Link

Schema: TypeAlias = Mapping[str, str]

# Rows of a group. 1,000,000 edges take as long with 10,000 and with 100,000, which hold ten times the memory.
_TOGETHER = 20_000
_TYPES = {"string": "string", "long": "int64", "double": "float64", "boolean": "bool_"}
_LINK_TYPES = {
    "copy": "string", "original": "string", "kind": "string", "coverage": "float64", "share": "float64",
    "matched_words": "int64", "resemblance": "float64", "confidence": "float64", "reasons": "reasons",
    "story": "string", "agency": "string", "root": "string", "changes": "changes", "direction": "string",
}  # fmt: skip


def write_parquet(graph: Graph, nodes: Path, edges: Path) -> None:
    """Writes a table of nodes and one of edges; empty ones have their columns. Dates are text, as exact as they are.

    Raises ``DedupError`` where pyarrow is missing, ``ValueError`` for attributes named like a field.
    """
    node_columns, edge_columns = columns_of(graph)
    own = ({"id": n.id, "label": n.label, "date": n.date, **n.attributes} for n in graph.nodes)
    _write(own, {"id": "string", "label": "string", **_types(node_columns), "date": "string"}, nodes)
    ends = {"source": "string", "target": "string", "weight": "float64", "directed": "bool_"}
    rows = (
        {"source": e.source, "target": e.target, "weight": e.weight, "directed": e.directed, "date": e.date}
        | dict(e.attributes)
        for e in graph.edges
    )
    _write(rows, {**ends, **_types(edge_columns), "date": "string"}, edges)


def write_links_parquet(links: Iterable[Link], path: Path) -> None:
    """Writes a row a link with the columns of JSON Lines; ``direction`` always. Raises as ``write_parquet``."""
    _write(({**link.as_dict(), "direction": link.direction} for link in links), _LINK_TYPES, path)


def _types(columns: Iterable[Column]) -> dict[str, str]:
    return {column.name: _TYPES[column.type] for column in columns}


def _write(rows: Iterable[Mapping[str, object]], types: Schema, path: Path) -> None:
    arrow, parquet = _modules()
    schema = arrow.schema([arrow.field(name, _type(arrow, kind)) for name, kind in types.items()])
    with parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for part in _parts(rows):
            columns = {name: [_stored(row.get(name)) for row in part] for name in types}
            writer.write_table(arrow.Table.from_pydict(columns, schema=schema))


def _parts(rows: Iterable[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    left = iter(rows)
    return iter(lambda: list(islice(left, _TOGETHER)), [])


def _type(arrow: Any, kind: str) -> Any:
    if kind == "reasons":
        return arrow.list_(arrow.string())
    if kind == "changes":
        return arrow.struct([(field.name, arrow.int64()) for field in fields(Changes)])
    return getattr(arrow, kind)()


def _stored(value: object) -> object:
    """As every other format has it; lone surrogates, which UTF-8 cannot hold, are "?"."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode("utf-8")
    return rounded(value)


def _modules() -> tuple[Any, Any]:
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError as error:
        raise DedupError("Parquet needs pyarrow: pip install 'newswire-dedup[parquet]'") from error
    return pyarrow, pyarrow.parquet
