"""Writers: what other programs read back, hostile text, and files that are whole or not there."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dedup.export import GRAPH_FORMATS, atomic_file, write_gephi_csv, write_graph, write_links, write_rows
from dedup.export.values import number, numbers
from dedup.model import Column, DedupError, Graph, GraphEdge, GraphNode, Link

GRAPH = Graph(
    nodes=(
        GraphNode("a", "Lighthouse <stays> & shines", {"outlet": "halverton.example", "words": 300, "share": None}),
        GraphNode("b", "Leuchtturm", {"outlet": None, "words": 120, "share": 0.5}),
        GraphNode("c", "灯台", {}),
    ),
    edges=(
        GraphEdge("b", "a", 0.8123456789, attributes={"kind": "full", "confidence": 1}),
        GraphEdge("c", "a", 0.3, attributes={"kind": "partial", "confidence": 0.25}),
    ),
)
MIXED = Graph(GRAPH.nodes, (next(iter(GRAPH.edges)), GraphEdge("b", "c", 1.0, directed=False)))
EMPTY = Graph((), ())

GEXF = "{http://gexf.net/1.3}"
GRAPHML = "{http://graphml.graphdrawing.org/xmlns}"


def written(graph: Graph, fmt: str) -> str:
    out = io.StringIO()
    write_graph(graph, fmt, out)
    return out.getvalue()


def xml_of(graph: Graph, fmt: str) -> Any:
    return etree.fromstring(written(graph, fmt).encode())


def tables(graph: Graph) -> tuple[list[list[str]], list[list[str]]]:
    nodes, edges = io.StringIO(newline=""), io.StringIO(newline="")
    write_gephi_csv(graph, nodes, edges)
    return rows_of(nodes.getvalue()), rows_of(edges.getvalue())


def rows_of(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text, newline="")))


def listing(rows: list[dict[str, object]], fmt: Any, columns: list[str] | None = None) -> str:
    out = io.StringIO()
    write_rows(rows, fmt, out, columns)
    return out.getvalue()


def dot_statements(text: str) -> list[list[str]]:
    """The words of each statement, quoted ones with their quotes; fails on anything that is no word of DOT."""
    word = re.compile(r'"(?:[^"\\]|\\.)*"|->|[\w.]+|[\[\]{};,=]', re.DOTALL)
    assert word.sub("", text).strip() == ""
    tokens = word.findall(text)
    statements: list[list[str]] = [[]]
    for token in tokens:
        statements[-1].append(token)
        if token in ("{", ";"):
            statements.append([])
    return statements


def test_networkx_reads_graphml_with_types_and_no_data_for_none() -> None:
    graph = nx.read_graphml(io.BytesIO(written(GRAPH, "graphml").encode()))
    assert graph.is_directed()
    assert graph.nodes["a"] == {
        "label": "Lighthouse <stays> & shines",
        "outlet": "halverton.example",
        "words": 300,
    }
    assert graph.nodes["b"] == {"label": "Leuchtturm", "words": 120, "share": 0.5}
    assert graph.edges["b", "a"] == {"weight": 0.812346, "kind": "full", "confidence": 1.0}


def test_every_graphml_key_says_what_it_is_for() -> None:
    root = xml_of(GRAPH, "graphml")
    keys = [(key.get("for"), key.get("attr.name"), key.get("attr.type")) for key in root.iter(f"{GRAPHML}key")]
    assert keys == [
        ("node", "label", "string"),
        ("node", "outlet", "string"),
        ("node", "words", "long"),
        ("node", "share", "double"),
        ("edge", "weight", "double"),
        ("edge", "kind", "string"),
        ("edge", "confidence", "double"),
    ]
    assert root.find(f"{GRAPHML}graph").get("edgedefault") == "directed"


def test_networkx_reads_gexf() -> None:
    graph = nx.read_gexf(io.BytesIO(written(GRAPH, "gexf").encode()), version="1.3")
    assert graph.is_directed()
    assert graph.nodes["a"] == {
        "label": "Lighthouse <stays> & shines",
        "outlet": "halverton.example",
        "words": 300,
    }
    assert graph.edges["b", "a"] == {"id": "0", "weight": 0.812346, "kind": "full", "confidence": 1.0}


def test_gexf_has_its_parts_in_order_and_no_date() -> None:
    root = xml_of(GRAPH, "gexf")
    assert (root.tag, root.get("version")) == (f"{GEXF}gexf", "1.3")
    assert [child.tag for child in root] == [f"{GEXF}meta", f"{GEXF}graph"]
    assert [child.tag for child in root[1]] == [
        f"{GEXF}{part}" for part in ("attributes", "attributes", "nodes", "edges")
    ]
    assert root[0].attrib == {}
    assert root[1].get("mode") == "static"


def test_undirected_edges_are_marked_in_each_format() -> None:
    # networkx refuses both XML formats when directed and undirected edges stand side by side
    graphml = [edge.get("directed") for edge in xml_of(MIXED, "graphml").iter(f"{GRAPHML}edge")]
    assert graphml == [None, "false"]
    assert [edge.get("type") for edge in xml_of(MIXED, "gexf").iter(f"{GEXF}edge")] == [None, "undirected"]
    links = json.loads(written(MIXED, "json"))["links"]
    assert [link.get("directed") for link in links] == [None, False]
    assert [row[2] for row in tables(MIXED)[1]] == ["Type", "Directed", "Undirected"]
    assert [line.endswith("dir=none];") for line in written(MIXED, "dot").splitlines() if "->" in line] == [False, True]


def test_networkx_reads_node_link_json() -> None:
    graph = nx.node_link_graph(json.loads(written(MIXED, "json")), edges="links")
    assert graph.is_directed()
    assert sorted(graph.edges) == [("b", "a"), ("b", "c")]
    assert graph.nodes["b"] == {"label": "Leuchtturm", "outlet": None, "words": 120, "share": 0.5}
    assert graph.edges["b", "a"] == {"weight": 0.812346, "kind": "full", "confidence": 1}
    assert graph.edges["b", "c"] == {"weight": 1.0, "directed": False}


def test_gephi_tables() -> None:
    nodes, edges = tables(GRAPH)
    assert nodes[0] == ["Id", "Label", "outlet", "words", "share"]
    assert nodes[2] == ["b", "Leuchtturm", "", "120", "0.5"]
    assert edges[0] == ["Source", "Target", "Type", "Id", "Label", "Weight", "kind", "confidence"]
    assert edges[1] == ["b", "a", "Directed", "0", "", "0.812346", "full", "1"]
    assert rows_of(written(GRAPH, "csv")) == edges


def test_dot_widths_follow_the_weights() -> None:
    edges = [words for words in dot_statements(written(GRAPH, "dot")) if "->" in words]
    assert edges[0][:3] == ['"b"', "->", '"a"']
    widths = [float(words[words.index("penwidth") + 2]) for words in edges]
    assert widths == [pytest.approx(4.249383), pytest.approx(2.2)]
    heavy = Graph(GRAPH.nodes, (GraphEdge("b", "a", 400.0), GraphEdge("c", "a", 100.0)))
    assert "penwidth=5.0]" in written(heavy, "dot")
    assert "penwidth=2.0]" in written(heavy, "dot")


def test_dot_keeps_quotes_and_backslashes_apart() -> None:
    ids = ['say "hi"', "back\\", "back\\\\", "line\nline", "line\\nline"]
    text = written(Graph(tuple(GraphNode(name, "AT&amp;T") for name in ids), ()), "dot")
    found = [words[0] for words in dot_statements(text) if words and words[0].startswith('"')]
    assert found == ['"say \\"hi\\""', '"back\\\\"', '"back\\\\\\\\"', '"line\\nline"', '"line\\\\nline"']
    assert text.count('[label="AT&amp;amp;T"]') == len(ids)


@pytest.mark.skipif(shutil.which("dot") is None, reason="Graphviz is not installed")
def test_graphviz_reads_dot() -> None:
    done = subprocess.run(["dot", "-Tcanon"], input=written(MIXED, "dot"), capture_output=True, text=True, check=True)
    assert "penwidth" in done.stdout


@pytest.mark.parametrize("fmt", GRAPH_FORMATS)
def test_an_empty_graph_is_a_graph(fmt: str) -> None:
    text = written(EMPTY, fmt)
    assert text
    assert text.endswith("\n")
    if fmt in ("graphml", "gexf"):
        etree.fromstring(text.encode())
    if fmt == "json":
        assert nx.node_link_graph(json.loads(text), edges="links").number_of_nodes() == 0


@pytest.mark.parametrize("fmt", GRAPH_FORMATS)
def test_equal_graphs_give_equal_bytes(fmt: str) -> None:
    again = Graph(
        tuple(GRAPH.nodes),
        tuple(GraphEdge(e.source, e.target, e.weight, True, dict(e.attributes)) for e in GRAPH.edges),
    )
    assert written(GRAPH, fmt) == written(again, fmt)


def test_an_unknown_format_or_a_taken_name_is_refused() -> None:
    with pytest.raises(ValueError, match="no graph format 'pdf'"):
        written(GRAPH, "pdf")
    taken = Graph((GraphNode("a", "a"), GraphNode("b", "b")), (GraphEdge("a", "b", 1.0, attributes={"Weight": 2}),))
    for fmt in ("graphml", "gexf", "json", "csv"):
        with pytest.raises(ValueError, match="Weight"):
            written(taken, fmt)


def test_numbers_that_are_none_are_refused() -> None:
    for fmt in GRAPH_FORMATS:
        with pytest.raises(ValueError, match="not a number"):
            written(Graph(GRAPH.nodes, (GraphEdge("a", "b", float("nan")),)), fmt)


@pytest.mark.parametrize("at", [0, 1, 999, 1500])
def test_one_that_is_none_among_many_is_refused_too(at: int) -> None:
    for none in (float("nan"), float("inf"), float("-inf")):
        edges = [GraphEdge("a", "b", 0.5, attributes={"x": none if place == at else 0.25}) for place in range(2000)]
        with pytest.raises(ValueError, match="not a number"):
            written(Graph(GRAPH.nodes, edges), "graphml")


@given(st.floats(allow_nan=False, allow_infinity=False) | st.floats(0, 2) | st.sampled_from([1e-4, 1e9, 1.0, 0.5]))
def test_a_number_is_the_shortest_text_of_it_to_six_places(value: float) -> None:
    want = repr(round(value, 6) + 0.0)
    assert number(value) == want
    assert numbers([value]) == [want]
    assert numbers([value, 0.25, 1.0]) == [want, "0.25", "1.0"]


def test_more_items_than_are_told_together_are_those_and_in_order() -> None:
    values = ["plain", "<a>", None, 'q"', "tab\there", "\x00gone", "ünï", 7, 0.5, True]
    nodes = [GraphNode(f"{n:05}", str(values[n % 10]), {"x": values[n % 10], "n": n}) for n in range(2345)]
    for fmt in ("graphml", "gexf"):
        whole = written(Graph(nodes, ()), fmt)
        apart = [written(Graph(nodes[n : n + 1], (), (Column("x", "string"), Column("n", "long"))), fmt)
                 for n in range(0, 2345, 111)]  # fmt: skip
        told = re.findall("<node .*?</node>", whole, re.DOTALL)
        assert len(told) == 2345
        assert told[::111] == [one for text in apart for one in re.findall("<node .*?</node>", text, re.DOTALL)]


def test_a_column_of_mixed_values_is_text() -> None:
    nodes = (GraphNode("a", "", {"x": 1, "y": True}), GraphNode("b", "", {"x": "two", "y": False}))
    graph = nx.read_graphml(io.BytesIO(written(Graph(nodes, ()), "graphml").encode()))
    assert [graph.nodes[name] for name in "ab"] == [
        {"label": "", "x": "1", "y": True},
        {"label": "", "x": "two", "y": False},
    ]


TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\"'\\\n\r\t\x00\x01\x1b<>&;,[]{}|%~ "), max_size=12
)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    ids = sorted(draw(st.sets(TEXT, max_size=6)))
    nodes = tuple(GraphNode(name, draw(TEXT), {"t": draw(TEXT), "n": draw(st.integers(-9, 9))}) for name in ids)
    pairs = sorted(draw(st.sets(st.tuples(st.sampled_from(ids), st.sampled_from(ids)), max_size=6))) if ids else []
    return Graph(nodes, tuple(GraphEdge(a, b, 0.5, draw(st.booleans()), {"t": draw(TEXT)}) for a, b in pairs))


def xml_can_hold(text: str) -> bool:
    return not re.search("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)


@given(graphs())
def test_hostile_text_survives_in_csv_and_json(graph: Graph) -> None:
    nodes, edges = tables(graph)
    assert [row[:3] for row in nodes[1:]] == [[n.id, n.label, n.attributes["t"]] for n in graph.nodes]
    assert [[row[0], row[1], row[-1]] for row in edges[1:]] == [
        [e.source, e.target, e.attributes["t"]] for e in graph.edges
    ]
    data = json.loads(written(graph, "json"))
    assert [(node["id"], node["label"], node["t"]) for node in data["nodes"]] == [
        (node.id, node.label, node.attributes["t"]) for node in graph.nodes
    ]
    assert [(link["source"], link["target"]) for link in data["links"]] == [(e.source, e.target) for e in graph.edges]


@pytest.mark.parametrize("fmt", ["graphml", "gexf"])
@given(graph=graphs())
def test_hostile_text_is_well_formed_xml(fmt: str, graph: Graph) -> None:
    space = GRAPHML if fmt == "graphml" else GEXF
    root = xml_of(graph, fmt)
    ids = [node.get("id") for node in root.iter(f"{space}node")]
    assert [name for name, node in zip(ids, graph.nodes, strict=True) if xml_can_hold(node.id)] == [
        node.id for node in graph.nodes if xml_can_hold(node.id)
    ]
    by_id = dict(zip((node.id for node in graph.nodes), ids, strict=True))
    ends = [(edge.get("source"), edge.get("target")) for edge in root.iter(f"{space}edge")]
    assert ends == [(by_id[edge.source], by_id[edge.target]) for edge in graph.edges]


def test_ids_that_xml_cannot_hold_stay_apart() -> None:
    graph = Graph(tuple(GraphNode(name, name) for name in ("a", "a\x01", "a\x02")), ())
    nodes = list(xml_of(graph, "graphml").iter(f"{GRAPHML}node"))
    assert [node.get("id") for node in nodes] == ["a", "a%01", "a%02"]
    assert [node[0].text for node in nodes] == ["a", "a", "a"]


@given(graphs())
def test_hostile_text_keeps_the_counts_in_dot(graph: Graph) -> None:
    statements = dot_statements(written(graph, "dot"))
    assert sum("->" in words for words in statements) == len(list(graph.edges))
    assert sum("label" in words for words in statements) == len(list(graph.nodes))


def test_links_are_json_lines() -> None:
    link = Link("b", None, "full", 0.98765432, 1.0, 300, 0.5, 0.9, ("Kürzung", "date"), "s1", "ap")
    out = io.StringIO()
    write_links([link, link], out)
    first, second, rest = out.getvalue().split("\n")
    assert first == second
    assert rest == ""
    assert "Kürzung" in first
    row = json.loads(first)
    assert (row["original"], row["coverage"], row["reasons"]) == (None, 0.987654, ["Kürzung", "date"])
    assert "direction" not in row


def test_no_links_are_no_lines() -> None:
    out = io.StringIO()
    write_links([], out)
    assert out.getvalue() == ""


ROWS: list[dict[str, object]] = [
    {"id": "a", "copies": 12, "coverage": 0.1234567, "reasons": ["x", "y"]},
    {"id": "b", "copies": 3, "coverage": None, "title": "Ünïcode"},
]


def test_rows_as_json_and_lines() -> None:
    array, lines = listing(ROWS, "json"), listing(ROWS, "jsonl")
    assert json.loads(array) == [{**ROWS[0], "coverage": 0.123457}, ROWS[1]]
    assert [json.loads(line) for line in lines.splitlines()] == json.loads(array)
    assert "Ünïcode" in lines
    assert json.loads(listing(ROWS, "json", ["id", "title"])) == [
        {"id": "a", "title": None},
        {"id": "b", "title": "Ünïcode"},
    ]


def test_rows_as_csv() -> None:
    assert rows_of(listing(ROWS, "csv")) == [
        ["id", "copies", "coverage", "reasons", "title"],
        ["a", "12", "0.123457", "x; y", ""],
        ["b", "3", "", "", "Ünïcode"],
    ]
    assert rows_of(listing(ROWS, "csv", ["copies", "id"])) == [["copies", "id"], ["12", "a"], ["3", "b"]]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
def test_formulas_are_guarded_in_csv_for_people_only(start: str) -> None:
    text = f"{start}1+1"
    rows: list[dict[str, object]] = [{"title": text, "list": [text], "lag": -1.5, "count": -2}]
    assert rows_of(listing(rows, "csv"))[1] == [f"'{text}", f"'{text}", "-1.5", "-2"]
    assert json.loads(listing(rows, "jsonl"))["title"] == text
    assert tables(Graph((GraphNode("a", text),), ()))[0][1] == ["a", text]


def test_a_number_that_rounds_to_nothing_has_no_sign() -> None:
    assert listing([{"lag": -1e-9}], "csv") == "lag\n0.0\n"


def test_a_single_empty_cell_is_a_row() -> None:
    assert rows_of(listing([{"title": None}], "csv")) == [["title"], [""]]


def test_rows_as_a_table() -> None:
    rows: list[dict[str, object]] = [
        {"story": "s1", "copies": 1200, "coverage": "97 %", "title": "Lighthouse"},
        {"story": "s22", "copies": 7, "coverage": "8 %", "title": None},
    ]
    assert listing(rows, "table") == (
        "story  copies  coverage  title\ns1       1200      97 %  Lighthouse\ns22         7       8 %\n"
    )


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b]0;title\x07text", "text"),
        ("\x1b]8;;http://x.example\x1b\\text", "text"),
        ("\x9b2Jgone", "gone"),
        ("\u202egnp.exe\u2069", "gnp.exe"),
        ("a\nb\tc", "a b c"),
        ("bell\x07 null\x00", "bell null"),
        ("x" * 61, "x" * 59 + "…"),
        ("x" * 60, "x" * 60),
        ("灯台", "灯台"),
        (0.125, "0.125"),
        (True, "true"),
    ],
)
def test_cells_of_a_table_are_safe_to_show(cell: object, shown: str) -> None:
    assert listing([{"c": cell, "d": "."}], "table").splitlines()[1].removesuffix(".").strip() == shown


@given(st.lists(st.dictionaries(TEXT, TEXT, max_size=3), max_size=3))
def test_a_table_has_a_line_a_row_whatever_is_in_it(rows: list[dict[str, object]]) -> None:
    lines = listing(rows, "table").split("\n")
    assert len(lines) == (len(rows) + 2 if any(rows) else 1)
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f]", "".join(lines))


def test_no_rows() -> None:
    assert [listing([], fmt) for fmt in ("json", "jsonl", "csv", "table")] == ["[]\n", "", "", ""]
    assert listing([], "csv", ["id", "title"]) == "id,title\n"
    assert listing([], "table", ["id", "title"]) == "id  title\n"
    with pytest.raises(ValueError, match="no row format"):
        listing([], "xml")


def test_atomic_file_replaces_and_leaves_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "graph.json"
    path.write_text("old")
    with atomic_file(path) as out:
        out.write("né\n")
        assert path.read_text() == "old"
    assert path.read_bytes() == "né\n".encode()
    assert [file.name for file in tmp_path.iterdir()] == ["graph.json"]


@pytest.mark.parametrize("error", [ValueError("no"), KeyboardInterrupt(), DedupError("no")])
def test_atomic_file_keeps_the_old_file_when_the_body_raises(tmp_path: Path, error: BaseException) -> None:
    path = tmp_path / "graph.json"
    path.write_text("old")

    def write_half() -> None:
        with atomic_file(path) as out:
            out.write("half")
            raise error

    with pytest.raises(type(error)):
        write_half()
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["graph.json"]


def test_atomic_file_names_the_path_it_cannot_write(tmp_path: Path) -> None:
    for path in (tmp_path / "none" / "graph.json", tmp_path):
        with pytest.raises(DedupError, match=re.escape(str(path))), atomic_file(path) as out:
            out.write("text")
    with pytest.raises(DedupError, match="No space left"), atomic_file(tmp_path / "full"):
        raise OSError(28, "No space left on device")
    assert list(tmp_path.iterdir()) == []


def test_atomic_file_leaves_the_troubles_of_other_files_alone(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), atomic_file(tmp_path / "graph.json"):
        (tmp_path / "absent").read_text()
    assert list(tmp_path.iterdir()) == []


FULL = """
import resource, signal, sys
from dedup.export import atomic_file
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
with atomic_file(sys.argv[1]) as out:
    for _ in range(int(sys.argv[2])):
        out.write("x" * 1_000_000)
"""


@pytest.mark.parametrize("megabytes", [4, 30])
def test_a_file_that_grows_too_large_is_not_there(megabytes: int, tmp_path: Path) -> None:
    """The trouble is met while the next lines are made already, or when all are."""
    path = tmp_path / "x.csv"
    path.write_text("before")
    ran = subprocess.run([sys.executable, "-c", FULL, path, str(megabytes)], capture_output=True, text=True)
    assert "DedupError" in ran.stderr
    assert "x.csv: cannot be written: File too large" in ran.stderr
    assert path.read_text() == "before"
    assert [file.name for file in tmp_path.iterdir()] == ["x.csv"]
