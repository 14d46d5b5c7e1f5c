"""Every graph format is read back by what opens it, whatever stands in ids and titles."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from dedup.export import write_gephi_csv, write_graph, write_links_parquet, write_neo4j_csv, write_parquet
from dedup.export.values import date_time
from dedup.model import Changes, Column, Graph, GraphEdge, GraphNode, Link

GEXF = "{http://gexf.net/1.3}"
COLUMNS = (Column("outlet", "string"), Column("words", "long"), Column("share", "double"))
KINDS = (Column("kind", "string"),)
# Faults of output: what is put into pages so that it is run, or breaks a file, where it is shown.
HOSTILE = {
    "script": "<script>alert(1)</script>",
    "image": '"><img src=x onerror=alert(1)>',
    "end of a script in JSON": "</script>",
    "address that runs": "javascript:alert(1)",
    "formula": "=HYPERLINK(1)",
    "file name": "../../etc/passwd",
    "quotes": "say \"hi\" 'there'",
    "line breaks": "one\ntwo\r\nthree\ttabs",
    "entity": "&lt; &#1; ]]>",
    "emoji": "🐐 goat 灯台",
    "separators": "a,b;c|d",
    "backslash": "back\\",
    "next line": "a\x85b\u2028c",
}


def graph_of(*names: str, directed: bool = True) -> Graph:
    """A star: each name is of a node, and a copy of the first."""
    ids = sorted(names)
    nodes = tuple(GraphNode(id, id, {"outlet": id, "words": 3, "share": 0.25}, "2024-05-06") for id in ids)
    edges = tuple(GraphEdge(id, ids[0], 0.5, directed, {"kind": id}, "2024-05-06T13:40") for id in ids[1:])
    return Graph(nodes, edges, COLUMNS, KINDS, dated=True)


def written(graph: Graph, fmt: str) -> str:
    out = io.StringIO()
    write_graph(graph, fmt, out)
    return out.getvalue()


Told = tuple[dict[str, tuple[str, str]], dict[tuple[str, str], str]]


def told(graph: Graph) -> Told:
    """Ids with label and outlet, and edges with their kind."""
    nodes = {n.id: (n.label, str(n.attributes["outlet"])) for n in graph.nodes}
    return nodes, {(e.source, e.target): str(e.attributes["kind"]) for e in graph.edges}


def of_networkx(read: Any, label: str = "label") -> Told:
    nodes = {id: (data[label], data["outlet"]) for id, data in read.nodes(data=True)}
    return nodes, {(a, b): data["kind"] for a, b, data in read.edges(data=True)}


def back_from_graphml(graph: Graph, _: Path) -> Told:
    return of_networkx(nx.read_graphml(io.BytesIO(written(graph, "graphml").encode())))


def back_from_gexf(graph: Graph, _: Path) -> Told:
    return of_networkx(nx.read_gexf(io.BytesIO(written(graph, "gexf").encode()), version="1.3"))


def back_from_json(graph: Graph, _: Path) -> Told:
    return of_networkx(nx.node_link_graph(json.loads(written(graph, "json")), edges="links"))


def back_from_cyjs(graph: Graph, _: Path) -> Told:
    elements = json.loads(written(graph, "cyjs"))["elements"]
    nodes = {row["data"]["id"]: (row["data"]["name"], row["data"]["outlet"]) for row in elements["nodes"]}
    return nodes, {(row["data"]["source"], row["data"]["target"]): row["data"]["kind"] for row in elements["edges"]}


def tables(write: Any, graph: Graph, **more: bool) -> tuple[list[dict[str, str]], list[dict[str, str]]]:
    nodes, edges = io.StringIO(newline=""), io.StringIO(newline="")
    write(graph, nodes, edges, **more)
    one, two = (list(csv.DictReader(io.StringIO(text.getvalue(), newline=""))) for text in (nodes, edges))
    return one, two


def back_from_csv(graph: Graph, _: Path) -> Told:
    nodes, edges = tables(write_gephi_csv, graph)
    ends = {(row["Source"], row["Target"]): row["kind"] for row in edges}
    return {row["Id"]: (row["Label"], row["outlet"]) for row in nodes}, ends


def back_from_neo4j(graph: Graph, _: Path) -> Told:
    nodes, edges = tables(write_neo4j_csv, graph)
    ends = {(row[":START_ID"], row[":END_ID"]): row["kind"] for row in edges}
    return {row["id:ID"]: (row["label"], row["outlet"]) for row in nodes}, ends


def back_from_parquet(graph: Graph, folder: Path) -> Told:
    parquet = pytest.importorskip("pyarrow.parquet")
    write_parquet(graph, folder / "n", folder / "e")
    nodes, edges = (parquet.read_table(folder / name).to_pylist() for name in "ne")
    ends = {(row["source"], row["target"]): row["kind"] for row in edges}
    return {row["id"]: (row["label"], row["outlet"]) for row in nodes}, ends


XML: Mapping[str, Any] = {"graphml": back_from_graphml, "gexf": back_from_gexf}
READERS: Mapping[str, Any] = {
    **XML,
    "json": back_from_json,
    "cyjs": back_from_cyjs,
    "csv": back_from_csv,
    "neo4j": back_from_neo4j,
    "parquet": back_from_parquet,
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_back_equal(reader: str, text: str, tmp_path: Path) -> None:
    graph = graph_of("an id", text)
    assert READERS[reader](graph, tmp_path) == told(graph)


NAMES = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"'\\\n\r\t\x00\x01\x1b<>&;,[]{}|%~ "),
    min_size=1,
    max_size=12,
)
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.sets(NAMES, min_size=2, max_size=4))
def test_any_text_is_read_back_equal(reader: str, names: set[str], tmp_path: Path) -> None:
    if reader in XML:
        names = {NOT_XML.sub("", name) for name in names}
    if len(names) > 1:
        graph = graph_of(*names)
        assert READERS[reader](graph, tmp_path) == told(graph)


def test_parquet_has_no_lone_surrogates(tmp_path: Path) -> None:
    nodes, _ = back_from_parquet(graph_of("a\ud800", "b"), tmp_path)
    assert sorted(nodes) == ["a?", "b"]


def test_igraph_reads_graphml(tmp_path: Path) -> None:
    igraph = pytest.importorskip("igraph")
    graph = graph_of(*HOSTILE.values(), "\x01")
    path = tmp_path / "graph.graphml"
    path.write_text(written(graph, "graphml"), encoding="utf-8")
    read = igraph.Graph.Read_GraphML(str(path))
    assert read.is_directed()
    assert set(read.vs["label"]) == {node.label for node in graph.nodes} - {"\x01"} | {""}
    # it leaves an ampersand of an attribute as libxml2 hands it over, however it is written
    ids = {node.id.replace("&", "&#38;") for node in graph.nodes}
    assert set(read.vs["id"]) == ids - {"\x01"} | {"%01"}
    assert (set(read.vs["words"]), set(read.es["weight"])) == ({3.0}, {0.5})


# GEXF 1.3, by the rules of its schema and those that the schema does not catch.


@pytest.mark.parametrize("directed", [True, False])
def test_gexf_keeps_to_its_schema(directed: bool) -> None:
    root = etree.fromstring(written(graph_of("a", "b", directed=directed), "gexf").encode())
    graph = root.find(f"{GEXF}graph")
    assert [child.tag for child in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    assert [child.tag for child in graph] == [
        f"{GEXF}{name}" for name in ("attributes", "attributes", "nodes", "edges")
    ]
    assert dict(graph.attrib) == {
        "defaultedgetype": "directed",
        "idtype": "string",
        "mode": "dynamic",
        "timeformat": "dateTime",
        "timerepresentation": "timestamp",
    }
    for owner, items in (("node", f"{GEXF}node"), ("edge", f"{GEXF}edge")):
        (declared,) = (found for found in graph.iter(f"{GEXF}attributes") if found.get("class") == owner)
        ids = {one.get("id") for one in declared}
        for item in graph.iter(items):
            assert {value.get("for") for value in item.iter(f"{GEXF}attvalue")} <= ids
            assert not {"start", "end", "startopen", "endopen"} & set(item.attrib)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\+00:00)?", item.get("timestamp"))
    assert len({edge.get("id") for edge in graph.iter(f"{GEXF}edge")}) == 1
    assert {edge.get("type") for edge in graph.iter(f"{GEXF}edge")} == {None if directed else "undirected"}


@pytest.mark.parametrize(
    ("date", "shown"),
    [
        ("2024-05-06", "2024-05-06T00:00:00"),
        ("2024-05-06T13:40", "2024-05-06T13:40:00"),
        ("2024-05-06T13:40:43", "2024-05-06T13:40:43"),
        ("2024-05-06T13:40+00:00", "2024-05-06T13:40:00+00:00"),
        ("yesterday", None),
        ('2024-05-06"/>', None),
        ("", None),
        (None, None),
    ],
    ids=str,
)
def test_a_date_is_whole_or_not_there(date: str | None, shown: str | None) -> None:
    assert date_time(date) == shown


# Tables.


def test_neo4j_gets_types_and_labels() -> None:
    nodes, edges = tables(write_neo4j_csv, graph_of("a", "b"))
    assert list(nodes[0]) == ["id:ID", "label", "outlet", "words:long", "share:double", "date:datetime", ":LABEL"]
    assert list(edges[0]) == [":START_ID", ":END_ID", ":TYPE", "weight:double", "kind", "date:datetime"]
    assert (edges[0][":TYPE"], nodes[0][":LABEL"], nodes[0]["date:datetime"]) == (
        "COPY_OF",
        "Document",
        "2024-05-06T00:00:00",
    )
    assert tables(write_neo4j_csv, graph_of("a", "b", directed=False))[1][0][":TYPE"] == "MATCHES"


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_guarded_for_spreadsheets_alone(start: str) -> None:
    text = f"{start}1"
    nodes, edges = tables(write_gephi_csv, graph_of("a", text), excel=True)
    assert f"'{text}" in {row["Label"] for row in nodes}
    assert next(iter(nodes[0])) == "\ufeffId"
    assert next(iter(edges[0])) == "\ufeffSource"
    assert text in {row["Label"] for row in tables(write_gephi_csv, graph_of("a", text))[0]}


def test_links_are_tables_that_are_read_back(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    link = Link("b", None, "full", 0.5, 1.0, 300, 0.5, 0.9, ("Kürzung", "date"), "s", changes=Changes(inserted=2))
    write_links_parquet([link], tmp_path / "l")
    (row,) = parquet.read_table(tmp_path / "l").to_pylist()
    assert row == {**link.as_dict(), "direction": "decided"}
    write_links_parquet([], tmp_path / "none")
    assert parquet.read_table(tmp_path / "none").column_names == list(row)
    assert parquet.ParquetFile(tmp_path / "l").metadata.row_group(0).column(0).compression == "ZSTD"


def test_rows_are_gone_through_and_not_kept() -> None:
    """A declared column is not looked for: nodes and edges come from where nothing can be read twice."""
    graph = graph_of("a", "b")
    for fmt in ("graphml", "gexf", "json", "cyjs", "csv"):
        once = Graph(iter(graph.nodes), iter(graph.edges), COLUMNS, KINDS, dated=True)
        assert written(once, fmt) == written(graph, fmt)
