"""The command line: formats that read back, exit codes, what goes to which stream, and never a traceback."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

import networkx as nx
import pytest
from lxml import etree

from dedup.cli import run

ROOT = Path(__file__).parents[1]
PAGES = "sample_corpus/pages"
MIRROR, SOLO = f"{PAGES}/mirror-01.txt", f"{PAGES}/solo-01.html"
WIRE_URL = "https://northgatewire.example/2024/03/10/grain-ship-afloat"
COMMANDS = (
    "index", "who", "compare", "stories", "outlets", "evaluate", "export", "remove", "info", "check", "partners",
    "judge", "judgements", "rejects", "serve", "report", "completion", "spark-index", "import",
)  # fmt: skip
LONG_NAME = "x" * 3000


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample corpus, indexed once."""
    path = tmp_path_factory.mktemp("store") / "sample.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        assert run(["index", PAGES, "-q", "--db", str(path)]) == 0
    return path


class Shell:
    """Runs commands in the project's folder on the store that ``DEDUP_DB`` names."""

    def __init__(self, capsys: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> None:
        self._capsys, self._patch = capsys, patch

    def __call__(self, *arguments: str, stdin: bytes = b"") -> Said:
        self._patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
        code = run(arguments)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err
        return Said(code, out, err)

    def rows(self, *arguments: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self(*arguments, "-f", "jsonl").out.splitlines()]


@pytest.fixture
def shell(sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("DEDUP_DB", str(sample))
    return Shell(capsys, monkeypatch)


@pytest.fixture
def own_store(sample: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the store that a test may change; ask for it after the shell, which then works on it."""
    path = tmp_path / "own.db"
    shutil.copy(sample, path)
    monkeypatch.setenv("DEDUP_DB", str(path))
    return path


# help and exit codes


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(shell: Shell, command: str) -> None:
    said = shell(command, "--help")
    assert (said.code, said.err) == (0, "")
    assert re.search(rf"^  (?:.*\| )?dedup {command}\b", said.out, re.MULTILINE)
    assert shell(command, "-h") == said


def test_the_first_help_names_every_command(shell: Shell) -> None:
    said = shell("--help")
    assert said.code == 0
    assert re.findall(r"^  ([a-z][\w-]+)  +[A-Z]", said.out, re.MULTILINE) == sorted(COMMANDS)


def test_the_version_can_be_asked_for_even_in_a_checkout(shell: Shell) -> None:
    said = shell("--version")
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("dedup")


CODES = {
    "who, found": (0, ["who", MIRROR]),
    "who, nothing": (1, ["who", SOLO]),
    "who, unknown": (2, ["who", "no-such-page"]),
    "who, a folder": (2, ["who", PAGES]),
    "who, an empty name": (2, ["who", ""]),
    "who, nothing pasted": (2, ["who", "-"]),
    "who, a name too long": (2, ["who", LONG_NAME]),
    "who, an address too long": (2, ["who", f"https://halverton.example/{LONG_NAME}"]),
    "compare, shared": (0, ["compare", "ngw-1001", MIRROR]),
    "compare, nothing shared": (1, ["compare", "ngw-1001", SOLO]),
    "compare, unknown": (2, ["compare", "ngw-1001", "no-such-page"]),
    "compare, a name too long": (2, ["compare", LONG_NAME, LONG_NAME]),
    "compare, too narrow": (2, ["compare", "ngw-1001", MIRROR, "--width", "20"]),
    "stories": (0, ["stories"]),
    "stories, what changed": (0, ["stories", "--changed", "numbers"]),
    "stories, an unknown kind": (2, ["stories", "--changed", "colours"]),
    "stories, a limit below nothing": (2, ["stories", "--limit", "-1"]),
    "outlets": (0, ["outlets"]),
    "info": (0, ["info"]),
    "info, no such store": (2, ["info", "--db", "no-such.db"]),
    "info, a folder for a store": (2, ["info", "--db", PAGES]),
    "info, a store of too long a name": (2, ["info", "--db", LONG_NAME]),
    "info, not a store": (2, ["info", "--db", "LICENSE"]),
    "check": (0, ["check"]),
    "remove, unknown": (2, ["remove", "ngw-1001", "no-such-page"]),
    "remove, no such store": (2, ["remove", "x", "--db", "no-such.db"]),
    "export, no format": (2, ["export"]),
    "export, unknown format": (2, ["export", "-f", "xls"]),
    "export, unknown kind": (2, ["export", "-f", "json", "--kinds", "full,half"]),
    "export, links of outlets": (2, ["export", "-f", "jsonl", "--level", "outlets"]),
    "export, nowhere to write": (2, ["export", "-f", "dot", "-o", "LICENSE/graph.dot"]),
    "evaluate": (0, ["evaluate", "sample_corpus/truth.csv"]),
    "evaluate, no such file": (2, ["evaluate", "no-such.csv"]),
    "evaluate, not a truth file": (2, ["evaluate", "LICENSE"]),
    "evaluate, nowhere to write": (2, ["evaluate", "sample_corpus/truth.csv", "--errors", "LICENSE/wrong.txt"]),
    "no such command": (2, ["find"]),
    "no such option": (2, ["stories", "--colour"]),
    "an argument missing": (2, ["who"]),
}


@pytest.mark.parametrize(("code", "arguments"), CODES.values(), ids=CODES)
def test_the_exit_code_says_how_it_went_in_one_sentence(shell: Shell, code: int, arguments: list[str]) -> None:
    said = shell(*arguments)
    assert said.code == code
    if code == 2:
        assert said.out == ""
        (error,) = (line for line in said.err.splitlines() if line.startswith("Error: "))
        assert len(error) > 20
        assert re.sub(r"^(Usage:|Try |\t|$).*\n", "", said.err, flags=re.MULTILINE) == f"{error}\n"
    if code == 0:
        assert said.err == ""


# formats


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline="")))


@pytest.mark.parametrize("told", ["stories", "outlets", f"who {MIRROR}", "info"])
def test_every_format_reads_back_to_the_same_rows(shell: Shell, told: str) -> None:
    command = told.split()
    rows = shell.rows(*command)
    whole = json.loads(shell(*command, "-f", "json").out)
    cells = table(shell(*command, "-f", "csv").out)
    assert rows
    assert (whole["publishers"] if command[0] == "who" else whole) == rows
    assert [{k: v for k, v in row.items() if isinstance(v, str)} for row in rows] == [
        {k: cell[k] for k, v in row.items() if isinstance(v, str)} for row, cell in zip(rows, cells, strict=True)
    ]
    assert len(shell(*command).out.splitlines()) >= len(rows)


def test_a_comparison_reads_back(shell: Shell) -> None:
    match = json.loads(shell("compare", "ngw-1001", MIRROR, "-f", "json").out)
    assert len(match["passages"]) == 1
    assert (match["source"], match["copy"], match["decided"]) == ("ngw-1001", MIRROR, True)
    assert (match["changes"]["inserted"], match["changes"]["promotion"], match["changes"]["credits"]) == (8, 4, 1)
    rows = shell.rows("compare", "ngw-1001", MIRROR)
    assert [(row["kind"], row["now"]) for row in rows] == [("credits", ""), *[("promotion", "Daily Quorum")] * 4]
    assert [row["was"] for row in rows] == [change["was"] for change in match["changed"]]
    cells = table(shell("compare", "ngw-1001", MIRROR, "-f", "csv").out)
    assert [cell["was"] for cell in cells] == [row["was"] for row in rows]


def test_a_comparison_goes_from_source_to_copy_whichever_is_named_first(shell: Shell) -> None:
    one, two = (
        json.loads(shell("compare", *pages, "-f", "json").out) for pages in (("ngw-1001", MIRROR), (MIRROR, "ngw-1001"))
    )
    assert [told["source"] for told in (one, two)] == ["ngw-1001"] * 2
    assert one["changed"] == two["changed"]
    assert one["coverage_a"] == two["coverage_b"]
    said = shell("compare", MIRROR, "ngw-1001").out
    assert said.startswith("B  Grain ship slips off")
    assert "\nA, a copy of B: 8 words inserted, 3 dropped, 0 replaced; " in said
    assert "the dateline “HALVERTON (Northgate Wire) —” was removed" in said


def test_two_files_are_compared_without_a_store(shell: Shell, tmp_path: Path) -> None:
    files = (f"{PAGES}/mirror-10.txt", f"{PAGES}/herald-recount.html")
    assert "\nFrom A to B: " in shell("compare", *files, "--db", str(tmp_path / "none.db")).out
    assert "\nA, a copy of B: " in shell("compare", *files).out


def test_links_are_listed_in_which_something_differs(shell: Shell) -> None:
    (row,) = shell.rows("stories", "--changed", "numbers")
    assert (row["copy"], row["original"], row["copy_outlet"], row["changed"]) == (
        "ngw-1004", "ngw-1003", "Northgate Wire", 3,
    )  # fmt: skip
    assert [(change["was"], change["now"]) for change in row["examples"]] == [
        ("two", "four"),
        ("60", "85"),
        ("five", "seven"),
    ]
    (cells,) = table(shell("stories", "--changed", "numbers", "-f", "csv").out)
    assert cells["examples"] == "two → four; 60 → 85; five → seven"
    assert shell("stories", "--changed", "numbers").out.splitlines()[1] == "  two → four"
    credits = shell.rows("stories", "--changed", "credits", "--limit", "0")
    assert {row["examples"][0]["form"] for row in credits} == {"dateline"}
    few = shell("stories", "--changed", "credits", "--limit", "2")
    assert (few.out.count(" was removed"), few.err) == (2, "There are more; --limit 0 shows all.\n")


def test_each_link_says_what_was_changed(shell: Shell) -> None:
    links = shell.rows("export", "--kinds", "all")
    assert [link["copy"] for link in links if (link["changes"] is None) != (link["original"] is None)] == []
    told = next(link for link in links if link["copy"] == MIRROR and link["original"] == "ngw-1001")
    assert told["changes"]["promotion"] == 4
    assert "the dateline “HALVERTON (Northgate Wire) —” was removed" in told["reasons"]
    asked = json.loads(shell("who", MIRROR, "-f", "json").out)["publishers"][1]
    assert (asked["id"], asked["changes"]) == (MIRROR, told["changes"])


def test_results_go_to_one_stream_and_messages_to_the_other(shell: Shell, tmp_path: Path) -> None:
    store = str(tmp_path / "new.db")
    first = shell("index", PAGES, "--db", store)
    assert first.out == ""
    fields, summary = first.err.splitlines()
    assert fields.startswith("Fields: id from id, text from text or maintext, title from title or headline, ")
    assert summary.startswith("45 new, 0 updated, 0 unchanged, 0 rejected; ")
    again = shell("index", PAGES, "--db", store)
    assert again.err.startswith("0 new, 0 updated, 45 unchanged, 0 rejected; ")
    assert shell("index", PAGES, "--db", store, "-q") == Said(0, "", "")
    few = shell("stories", "--limit", "1", "-f", "csv", "--db", store)
    assert len(few.out.splitlines()) == 2
    assert "more" in few.err


def test_a_page_is_asked_for_by_id_address_file_or_pasted(shell: Shell, tmp_path: Path) -> None:
    copy = tmp_path / "copy.txt"
    copy.write_bytes((ROOT / MIRROR).read_bytes())
    asked = [shell("who", page, "-f", "json") for page in ("ngw-1001", WIRE_URL, MIRROR, str(copy))]
    asked.append(shell("who", "-", "-f", "json", stdin=copy.read_bytes()))
    assert {json.loads(said.out)["original"] for said in asked} == {"ngw-1001"}
    assert shell.rows("info")[0]["documents"] == 45


def test_the_table_of_an_answer_names_original_reasons_and_publishers(shell: Shell) -> None:
    out = shell("who", MIRROR).out
    assert "Original: Northgate Wire, ngw-1001" in out
    assert "  - its own name, “Daily Quorum”, was put into the prose 4 times" in out
    assert re.search(rf"^copy +└ Daily Quorum +.* full +99% +99% +{MIRROR}$", out, re.MULTILINE)


def test_the_option_wins_over_the_environment(shell: Shell, tmp_path: Path) -> None:
    page = tmp_path / "page.txt"
    page.write_text("One page about a lighthouse that nobody else has written a single word about until today.")
    assert shell("index", str(page), "-q", "--db", str(tmp_path / "small.db")).code == 0
    assert shell.rows("info", "--db", str(tmp_path / "small.db"))[0]["documents"] == 1
    assert shell.rows("info")[0]["documents"] == 45


def test_what_is_removed_is_gone_with_its_links(shell: Shell, own_store: Path) -> None:
    assert shell("remove", MIRROR, "ngw-1003") == Said(0, "", "2 removed.\n")
    assert shell.rows("info")[0]["documents"] == 43
    assert not {MIRROR, "ngw-1003"} & set(shell("export", "-f", "jsonl", "--kinds", "all").out.split('"'))
    assert shell("remove", MIRROR).code == 2
    assert shell("remove", SOLO, "-q") == Said(0, "", "")
    assert shell("check").out == f"{own_store}: sound (42 documents, 27 links).\n"


def test_a_damaged_store_is_told(shell: Shell, own_store: Path) -> None:
    connection = sqlite3.connect(own_store)
    connection.execute("delete from postings")
    connection.commit()
    connection.close()
    said = shell("check")
    assert said.code == 2
    assert "in the index" in said.out
    assert "index again into a new file" in said.err


# exports


def test_links_are_exported_one_a_line_by_kind(shell: Shell) -> None:
    assert {link["kind"] for link in shell.rows("export")} == {"full", "partial", "version"}
    every = shell.rows("export", "--kinds", "all")
    assert {link["kind"] for link in every} == {"full", "partial", "version", "excerpt", "teaser"}
    assert shell.rows("export", "--kinds", "teaser") == [link for link in every if link["kind"] == "teaser"]
    (unknown,) = (link for link in every if link.get("direction") == "unknown")
    assert unknown["copy"] < unknown["original"]


def graph(shell: Shell, *more: str) -> Any:
    """As networkx reads it; originals that the corpus does not hold are nodes called ``absent:...``."""
    return nx.node_link_graph(json.loads(shell("export", "-f", "json", *more).out), edges="links")


def test_the_graph_has_an_edge_from_each_copy_to_its_original(shell: Shell) -> None:
    told = shell.rows("export")
    copied, flow = graph(shell), graph(shell, "--direction", "flow")
    assert {pair for pair in copied.edges if not pair[1].startswith("absent:")} == {
        (link["copy"], link["original"]) for link in told if link["original"]
    }
    assert len(copied.edges) == len(told) == shell("export", "-f", "dot").out.count(" -> ")
    assert {pair[::-1] for pair in flow.edges} == set(copied.edges)
    (undecided,) = (pair for pair in copied.edges if copied.edges[pair].get("directed") is False)
    assert [Path(page).stem for page in sorted(undecided)] == ["plain-a", "plain-b"]
    assert {(a, b) for a, b in graph(shell, "--level", "outlets").edges} == {
        (row["copier"], row["source"]) for row in shell.rows("outlets")
    }


@pytest.mark.parametrize("form", ["graphml", "gexf"])
def test_networkx_reads_the_graph_where_all_is_decided(shell: Shell, tmp_path: Path, form: str) -> None:
    path = tmp_path / f"graph.{form}"
    assert shell("export", "-f", form, "-o", str(path), "--level", "outlets") == Said(0, "", "")
    read = nx.read_graphml(path) if form == "graphml" else nx.read_gexf(path, version="1.3")
    assert set(read.edges) == set(graph(shell, "--level", "outlets").edges)
    assert etree.fromstring(shell("export", "-f", form, "--kinds", "all").out.encode()) is not None


def test_gephi_gets_two_tables(shell: Shell, tmp_path: Path) -> None:
    assert shell("export", "-f", "csv", "-o", str(tmp_path / "graph.csv")) == Said(0, "", "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["graph.edges.csv", "graph.nodes.csv"]
    nodes, edges = (table((tmp_path / f"graph.{name}.csv").read_text()) for name in ("nodes", "edges"))
    assert {(edge["Source"], edge["Target"]) for edge in edges} == set(graph(shell).edges)
    assert {node["Id"] for node in nodes} >= {edge[end] for edge in edges for end in ("Source", "Target")}


# pipes


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("command", ["stories", f"who {MIRROR}", f"compare ngw-1001 {MIRROR}", "export -f jsonl"])
def test_a_reader_that_leaves_early_is_no_error(command: str) -> None:
    dedup = [sys.executable, "-m", "dedup", *command.split()]
    with subprocess.Popen(dedup, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        said = process.stderr.read()
    assert (process.returncode, said) == (0, b"")


@pytest.mark.parametrize(
    ("typed", "offered"),
    [("dedup rej", {"rejects"}), ("dedup jud", {"judge", "judgements"}), ("dedup index --str", {"--strict"})],
    ids=["a command", "two commands", "an option"],
)
def test_a_shell_is_told_what_could_stand_next(typed: str, offered: set[str]) -> None:
    asking = {"_DEDUP_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}
    done = subprocess.run(
        [sys.executable, "-m", "dedup"], env={**os.environ, **asking}, cwd=ROOT, capture_output=True, text=True
    )
    assert {line.partition(",")[2] for line in done.stdout.splitlines()} == offered


@pytest.mark.parametrize("name", ["bash", "zsh", "fish"])
def test_a_shell_gets_its_completion(shell: Shell, name: str) -> None:
    said = shell("completion", name)
    assert (said.code, said.err) == (0, "")
    assert "_DEDUP_COMPLETE" in said.out
