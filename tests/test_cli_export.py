"""``dedup export``: files beside each other, filters, lists for curators and rights desks, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from dedup.cli import run
from dedup.index import Index

ROOT = Path(__file__).parents[1]
PAGES = "sample_corpus/pages"


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "sample.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        assert run(["index", PAGES, "-q", "--db", str(path)]) == 0
    return path


Export = Callable[..., Said]


@pytest.fixture
def export(sample: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Export:
    monkeypatch.setenv("DEDUP_DB", str(sample))

    def exported(form: str, *more: str) -> Said:
        code = run(["export", "-f", form, *more])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return exported


def links(export: Export, *more: str) -> list[dict[str, object]]:
    said = export("jsonl", *more)
    assert (said.code, said.err) == (0, "")
    return [json.loads(line) for line in said.out.splitlines()]


# files


@pytest.mark.parametrize("level", ["documents", "outlets"])
@pytest.mark.parametrize("form", ["csv", "neo4j", "parquet"])
def test_formats_of_several_files_write_them_beside_each_other(
    export: Export, tmp_path: Path, form: str, level: str
) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    end = "parquet" if form == "parquet" else "csv"
    assert export(form, "--level", level, "-o", str(tmp_path / f"g.{end}")) == Said(0, "", "")
    names = ["edges", *(["links"] if form == "parquet" and level == "documents" else []), "nodes"]
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"g.{name}.{end}" for name in names]


@pytest.mark.parametrize(
    "form", ["graphml", "gexf", "json", "cyjs", "dot", "csv", "neo4j", "parquet", "jsonl", "keep", "spans", "splits"]
)
def test_the_same_store_gives_the_same_bytes(export: Export, tmp_path: Path, form: str) -> None:
    if form == "parquet":
        pytest.importorskip("pyarrow")
    for name in "ab":
        (tmp_path / name).mkdir()
        assert export(form, "-o", str(tmp_path / name / "g")).code == 0
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in "ab")
    assert one == two != {}


def test_spreadsheets_get_a_mark_and_no_more_rows(export: Export, tmp_path: Path) -> None:
    export("csv", "-o", str(tmp_path / "a"))
    export("csv", "--excel", "-o", str(tmp_path / "b"))
    one, two = ((tmp_path / f"{name}.edges.csv").read_text(encoding="utf-8") for name in "ab")
    assert two == f"\ufeff{one}"


# filters


FILTERS: dict[str, tuple[list[str], Callable[[dict[str, object]], bool]]] = {
    "kinds": (["--kinds", "partial"], lambda link: link["kind"] == "partial"),
    "coverage": (["--min-coverage", "0.9"], lambda link: float(str(link["coverage"])) >= 0.9),
    "story": (["--story", "ngw-1001"], lambda link: link["story"] == "ngw-1001"),
    "agency": (["--agency", "castellan news agency"], lambda link: link["agency"] == "Castellan News Agency"),
    "outlet, source": (["--outlet", "Meridian PRESS"], lambda link: str(link["original"]).startswith("mp-")),
    "outlet, absent": (["--outlet", "Castellan News Agency"], lambda link: link["agency"] == "Castellan News Agency"),
    "outlet, copier": (["--outlet", "Norvanek Insight"], lambda link: str(link["copy"])[-6:-4] in ("07", "10")),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_the_links_that_fulfil_it(export: Export, name: str) -> None:
    options, fulfilled = FILTERS[name]
    kept = [link for link in links(export) if fulfilled(link)]
    assert links(export, *options) == kept != []


def test_outlets_add_up(export: Export) -> None:
    one, two = (links(export, "--outlet", name) for name in ("Norvanek Insight", "Harrow Bay Times"))
    both = links(export, "--outlet", "Norvanek Insight", "--outlet", "Harrow Bay Times")
    assert sorted(map(str, both)) == sorted(map(str, one + two))


@pytest.mark.parametrize("at", ["2024", "2024-04", "2024-04-02", "2024-04-02T21:05"])
def test_ranges_of_dates_divide_what_has_a_date(export: Export, at: str) -> None:
    every, since, until = (links(export, *more) for more in (["--since", "1990"], ["--since", at], ["--until", at]))
    both = links(export, "--since", at, "--until", at)
    assert len(since) + len(until) - len(both) == len(every)
    assert [link for link in since if link in until] == both


@pytest.mark.parametrize("options", [["--story", "ngw-1001"], ["--since", "2024-04"], ["--min-coverage", "0.99"]])
@pytest.mark.parametrize("flow", [[], ["--direction", "flow"]], ids=["copied", "flow"])
def test_a_graph_has_the_links_asked_for_and_their_ends(export: Export, options: list[str], flow: list[str]) -> None:
    graph = json.loads(export("json", *options, *flow).out)
    ends = [(edge["source"], edge["target"]) for edge in graph["links"]]
    assert ends == sorted(ends)
    assert [node["id"] for node in graph["nodes"]] == sorted({end for pair in ends for end in pair})
    told = {(str(link["copy"]), str(link["original"] or f"absent:{link['story']}")) for link in links(export, *options)}
    assert {pair[::-1] if flow else pair for pair in ends} == told


def test_more_nodes_than_graphviz_lays_out_are_told(export: Export, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.cli.exporting.DOT_NODES", 3)
    said = export("dot")
    assert said.err.startswith("Warning: ")
    assert said.out.count(" -> ") == len(links(export))


# curators


def kept(export: Export, *more: str) -> set[str]:
    return set(export("keep", *more).out.splitlines())


def test_of_each_story_one_page_is_kept_and_all_that_copy_nothing(export: Export) -> None:
    told, ids = links(export), kept(export)
    decided = [link for link in told if link.get("direction") != "unknown"]
    assert not {link["copy"] for link in decided if link["original"]} & ids
    assert {link["root"] for link in decided if link["root"]} <= ids
    for story in {link["story"] for link in told}:
        pages = {link[end] for link in told if link["story"] == story for end in ("copy", "original")}
        assert len(pages & ids) == 1
    pages = {link[end] for link in told for end in ("copy", "original") if link[end]}
    assert len(ids) == 45 - len(pages) + len({link["story"] for link in told})


def test_masks_are_of_the_text_of_the_copy(export: Export) -> None:
    masks = {row["id"]: row["spans"] for row in map(json.loads, export("spans").out.splitlines())}
    assert list(masks) == sorted(masks)
    (only,) = masks[f"{PAGES}/absent-01.txt"]
    assert (only["kind"], only["original"]) == ("full", None)
    text = (ROOT / PAGES / "absent-01.txt").read_text(encoding="utf-8")
    assert "gulls" in text[only["start"] : only["end"]]
    for spans in masks.values():
        ends = [(span["start"], span["end"]) for span in spans]
        assert ends == sorted(ends)
        assert all(start < end for start, end in ends)
    rows = map(json.loads, export("spans", "--kinds", "teaser").out.splitlines())
    teasers = [span for row in rows for span in row["spans"]]
    assert {span["kind"] for span in teasers} == {"teaser"}


def test_masks_stand_where_the_copy_shows_its_source(export: Export, sample: Path) -> None:
    masks = map(json.loads, export("spans", "--kinds", "full,partial").out.splitlines())
    with Index(sample, read_only=True) as index:
        for row in masks:
            for original in {span["original"] for span in row["spans"]} - {None}:
                match = index.compare(original, row["id"])
                assert match is not None
                begins = {span["start"] for span in row["spans"] if span["original"] == original}
                assert begins <= {passage.b.start for passage in match.passages}


def split(export: Export, *more: str) -> dict[str, str]:
    said = export("splits", *more)
    rows = [json.loads(line) for line in said.out.splitlines()]
    parts = [row["split"] for row in rows]
    assert said.err == ", ".join(f"{parts.count(name)} {name}" for name in ("train", "valid", "test")) + "\n"
    return {row["id"]: row["split"] for row in rows}


@pytest.mark.parametrize("seed", ["1", "2", "3"])
def test_what_a_link_ties_is_in_one_part(export: Export, seed: str) -> None:
    parts = split(export, "--parts", "0.4,0.3,0.3", "--seed", seed)
    assert len(parts) == 45
    assert set(parts.values()) == {"train", "valid", "test"}
    for link in links(export, "--kinds", "all"):
        assert len({parts[str(end)] for end in (link["copy"], link["original"], link["root"]) if end}) == 1
    assert parts == split(export, "--parts", "0.4,0.3,0.3", "--seed", seed)


def test_parts_follow_seed_and_shares(export: Export) -> None:
    assert split(export) != split(export, "--seed", "2")
    assert set(split(export, "--parts", "0,1,0").values()) == {"valid"}


# rights desks


@pytest.mark.parametrize(("per", "shown"), [("year", 4), ("month", 7), ("week", 8), ("day", 10)])
def test_periods_add_up_to_what_is_taken(export: Export, per: str, shown: int) -> None:
    said = export("csv", "--level", "outlets", "--per", per)
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert list(rows[0]) == ["copier", "source", "period", "copies", "full", "words"]
    assert {len(row["period"]) for row in rows} <= {0, shown}
    told = [link for link in links(export) if link.get("direction") != "unknown" and link["kind"] != "version"]
    assert sum(int(row["copies"]) for row in rows) == len(told)
    assert sum(int(row["words"]) for row in rows) == sum(int(str(link["matched_words"])) for link in told)
    assert "Castellan News Agency" in {row["source"] for row in rows}


# refused


REFUSED: dict[str, tuple[list[str], str]] = {
    "several files to a stream": (["csv"], "more than one file"),
    "several files to a stream, neo4j": (["neo4j"], "more than one file"),
    "several files to a stream, parquet": (["parquet", "-o", "-"], "more than one file"),
    "no date": (["json", "--since", "yesterday"], "is no date"),
    "no day": (["json", "--until", "2024-02-31"], "is no date"),
    "a range turned round": (["json", "--since", "2024-05-06", "--until", "2024-04"], "is after"),
    "no part": (["json", "--min-coverage", "80"], "between 0 and 1"),
    "no number": (["json", "--min-coverage", "nan"], "between 0 and 1"),
    "no such outlet": (["json", "--outlet", "Nobody"], "no outlet 'Nobody'"),
    "no such agency": (["json", "--agency", "Nobody"], "no agency 'Nobody'"),
    "no such story": (["json", "--story", "x"], "no story 'x'"),
    "a period of documents": (["csv", "--per", "month"], "--level outlets"),
    "a list of outlets": (["keep", "--level", "outlets"], "is of documents"),
    "a part of a corpus": (["keep", "--since", "2024"], "whole corpus"),
    "splits by kind": (["splits", "--kinds", "full"], "any link"),
    "two shares": (["splits", "--parts", "0.5,0.5"], "three shares"),
    "shares of no number": (["splits", "--parts", "a,b,c"], "three shares"),
    "shares of too much": (["splits", "--parts", "0.8,0.8,0.1"], "sum to 1"),
    "spreadsheets of a graph": (["gexf", "--excel"], "-f csv"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_makes_no_sense_is_refused_in_a_sentence(export: Export, name: str) -> None:
    options, sentence = REFUSED[name]
    said = export(*options)
    assert (said.code, said.out) == (2, "")
    assert sentence in said.err


# Files that are there.


@pytest.mark.parametrize(
    ("form", "files"),
    [
        (["jsonl"], ["g"]),
        (["dot"], ["g"]),
        (["csv"], ["g.nodes.csv", "g.edges.csv"]),
        (["neo4j"], ["g.edges.csv"]),
        (["csv", "--level", "outlets", "--per", "month"], ["g"]),
        (["parquet"], ["g.links.parquet"]),
        (["keep"], ["g"]),
    ],
)
def test_files_that_are_there_are_kept_without_force(
    export: Export, tmp_path: Path, form: list[str], files: list[str]
) -> None:
    if "parquet" in form:
        pytest.importorskip("pyarrow", reason="parquet is an extra")
    for file in files:
        (tmp_path / file).write_text("mine")
        said = export(*form, "-o", str(tmp_path / "g"))
        assert (said.code, said.out) == (2, "")
        assert (
            said.err
            == f"Error: {tmp_path / file}: is there already; name another file, or write over it with --force\n"
        )
        assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {file: "mine"}
        (tmp_path / file).unlink()
    (tmp_path / files[0]).write_text("mine")
    assert export(*form, "-o", str(tmp_path / "g"), "--force") == Said(0, "", "")
    assert (tmp_path / files[0]).read_bytes() != b"mine"


def test_a_pipe_is_written_to_and_stays_one(export: Export, tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with ThreadPoolExecutor(1) as thread:
        read = thread.submit(pipe.read_text)
        assert export("dot", "-o", str(pipe)) == Said(0, "", "")
        assert read.result(timeout=30) == export("dot").out
    assert pipe.is_fifo()
