"""``dedup export``: graphs, lists and tables of who copied whom, for other programs."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, get_args

import click

from dedup.cli import options, terminal
from dedup.model import DEFAULT_KINDS, Graph, LinkFilter, Masked, Period

if TYPE_CHECKING:
    from dedup.index import Index

# Nodes of a graph that Graphviz lays out in seconds.
DOT_NODES = 500

GRAPHS = ("graphml", "gexf", "json", "cyjs", "dot")
PAIRS = ("csv", "neo4j", "parquet")
LISTS = ("jsonl", "keep", "spans", "splits")
# The lists that are of a whole corpus; of links they ask for kinds and coverage alone, or for all.
CURATED = ("keep", "spans", "splits")


@dataclass(frozen=True, slots=True)
class _Asked:
    form: str
    output: str
    level: str
    flow: bool
    only: LinkFilter
    per: Period | None
    excel: bool
    shares: tuple[float, ...]
    seed: int


@click.command()
@click.option("-f", "--format", "form", required=True, type=click.Choice([*GRAPHS, *PAIRS, *LISTS]),
              help="The format, as below.")  # fmt: skip
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write.  [default: standard output]")
@click.option("--level", type=click.Choice(["documents", "outlets"]), default="documents", show_default=True)
@click.option("--direction", type=click.Choice(["copied", "flow"]), default="copied", show_default=True,
              help="copied: edges run copy -> original; flow: the other way.")  # fmt: skip
@click.option("--kinds", help=f"Kinds of link, or all.  [default: {','.join(DEFAULT_KINDS)}; of spans and splits: all]")
@click.option("--min-coverage", type=float, default=0.0, metavar="PART",
              help="The least part of the original that the copy has, 0 to 1.")  # fmt: skip
@click.option("--since", metavar="DATE", help="Copies of this date or later: YYYY[-MM[-DD[THH:MM]]].")
@click.option("--until", metavar="DATE", help="Copies of this date or earlier.")
@click.option("--outlet", "outlets", multiple=True, metavar="NAME", help="Copied by or from it; may be repeated.")
@click.option("--agency", metavar="NAME", help="Stories of this agency.")
@click.option("--story", metavar="ID", help="One story.")
@click.option("--per", type=click.Choice(get_args(Period)), help="With csv of outlets: a row a period.")
@click.option("--excel", is_flag=True, help="csv for spreadsheets: byte order mark, no formulas.")
@click.option("--parts", default="0.8,0.1,0.1", show_default=True, help="Shares of train, valid and test.")
@click.option("--seed", type=int, default=1, show_default=True, help="Other splits of the same corpus.")
@options.force
@options.db
def export(
    form: str, output: str, level: str, direction: str, kinds: str | None, min_coverage: float, since: str | None,
    until: str | None, outlets: tuple[str, ...], agency: str | None, story: str | None, per: Period | None, excel: bool,
    parts: str, seed: int, force: bool, db: str,
) -> None:  # fmt: skip
    """Write who copied whom, for other programs.

    \b
    graphml   yEd, Cytoscape, igraph, networkx
    gexf      Gephi 0.9.3 and later, with a timeline
    json      D3; networkx: node_link_graph(data, edges="links")
    cyjs      Cytoscape, Cytoscape.js
    dot       Graphviz, up to some hundred nodes
    csv       Gephi, spreadsheets: FILE.nodes.csv and FILE.edges.csv
    neo4j     neo4j-admin database import: FILE.nodes.csv and FILE.edges.csv
    parquet   Spark, DuckDB, pandas: FILE.nodes.parquet, FILE.edges.parquet
              and, of documents, FILE.links.parquet
    jsonl     one link a line, with its reasons
    keep      ids to keep, one a line: one page a story (the original, or
              the page that stands in for an absent one) and every page
              that copies nothing
    spans     JSON Lines: what of each page comes from elsewhere, in
              characters of its text; pages without any are left out
    splits    JSON Lines: train, valid or test for each page; pages tied
              by any link stay together

    Dates are those of the copy: published, else first seen; a copy without one is in no range.

    \b
    # researchers and journalists
    dedup export -f gexf -o graph.gexf
    dedup export -f graphml --level outlets --since 2024-03 -o outlets.graphml
    dedup export -f csv --excel --kinds all --story ngw-1001 -o story.csv
    # rights desks
    dedup export -f csv --level outlets --per month -o months.csv
    dedup export -f jsonl --outlet "Northgate Wire" --min-coverage 0.8
    # curators of training corpora
    dedup export -f keep -o keep.txt
    dedup export -f spans -o spans.jsonl
    dedup export -f splits --parts 0.9,0.05,0.05 --seed 7 -o splits.jsonl
    """
    told = kinds or ("all" if form in ("spans", "splits") else ",".join(DEFAULT_KINDS))
    chosen = terminal.kinds(told)
    only = LinkFilter(
        tuple(chosen) if chosen is not None else None, _part(min_coverage), _date("since", since),
        _date("until", until), outlets, agency, story,
    )  # fmt: skip
    asked = _Asked(form, output, level, direction == "flow", only, per, excel, _shares(parts), seed)
    _require_sense(asked)
    terminal.require_new(_files(asked).values(), force=force)
    with terminal.reading(db) as opened, opened.snapshot():
        opened.require(only)
        _write(opened, asked)


def _write(opened: Index, asked: _Asked) -> None:
    from dedup import export as writing

    if asked.per is not None:
        terminal.write(asked.output, lambda out: _write_periods(opened, asked, out))
    elif asked.form == "jsonl":
        terminal.write(asked.output, lambda out: writing.write_links(opened.links_of(asked.only), out))
    elif asked.form in CURATED:
        _write_curated(opened, asked)
    else:
        dated = asked.form in ("gexf", "neo4j", "parquet")
        graph = opened.read_graph(asked.only, asked.level, flow=asked.flow, dated=dated)
        if asked.form in PAIRS:
            _write_pair(opened, asked, graph)
        else:
            _warn_of_size(asked.form, graph)
            terminal.write(asked.output, lambda out: writing.write_graph(graph, asked.form, out))


def _write_periods(opened: Index, asked: _Asked, out: TextIO) -> None:
    from dedup.export import write_rows

    rows = map(asdict, opened.periods(asked.only, asked.per)) if asked.per else ()
    out.write("\ufeff" if asked.excel else "")
    write_rows(rows, "csv", out, ["copier", "source", "period", "copies", "full", "words"])


def _files(asked: _Asked) -> dict[str, str]:
    """The files that will be written, by what is in them."""
    if asked.form not in PAIRS or asked.per:
        return {"all": asked.output}
    end = ".parquet" if asked.form == "parquet" else ".csv"
    links = ["links"] if asked.form == "parquet" and asked.level == "documents" else []
    return {name: f"{asked.output.removesuffix(end)}.{name}{end}" for name in ["nodes", "edges", *links]}


def _write_pair(opened: Index, asked: _Asked, graph: Graph) -> None:
    """Files beside each other, of which either all are new or none."""
    from dedup import export as writing

    named = _files(asked)
    with ExitStack() as files:
        if asked.form == "parquet":
            paths = {name: files.enter_context(writing.atomic_path(file)) for name, file in named.items()}
            writing.write_parquet(graph, paths["nodes"], paths["edges"])
            if "links" in paths:
                writing.write_links_parquet(opened.links_of(asked.only), paths["links"])
            return
        nodes, edges = (files.enter_context(writing.atomic_file(named[name])) for name in ("nodes", "edges"))
        if asked.form == "neo4j":
            writing.write_neo4j_csv(graph, nodes, edges)
        else:
            writing.write_gephi_csv(graph, nodes, edges, excel=asked.excel)


def _write_curated(opened: Index, asked: _Asked) -> None:
    from dedup import export as writing

    if asked.form == "keep":
        ids = (f"{_one_line(id)}\n" for id in opened.kept(asked.only))
        terminal.write(asked.output, lambda out: out.writelines(ids))
        return
    if asked.form == "spans":
        rows: Iterable[Mapping[str, object]] = map(_mask_row, opened.masks(asked.only))
        terminal.write(asked.output, lambda out: writing.write_rows(rows, "jsonl", out))
        return
    sizes = {"train": 0, "valid": 0, "test": 0}
    parts = _counted(opened.parts(asked.shares, asked.seed), sizes)
    terminal.write(asked.output, lambda out: writing.write_rows(parts, "jsonl", out))
    click.echo(", ".join(f"{count} {name}" for name, count in sizes.items()), err=True)


def _counted(parts: Iterable[tuple[str, str]], sizes: dict[str, int]) -> Iterator[dict[str, object]]:
    for id, name in parts:
        sizes[name] += 1
        yield {"id": id, "split": name}


def _mask_row(mask: tuple[str, list[Masked]]) -> dict[str, object]:
    id, spans = mask
    return {"id": id, "spans": [span._asdict() for span in spans]}


def _one_line(id: str) -> str:
    """An id as it is, but for one that breaks the line: that is in JSON's quotes."""
    import json

    return json.dumps(id, ensure_ascii=False) if re.search(r"[\x00-\x1f\x85\u2028\u2029]", id) else id


def _warn_of_size(form: str, graph: Graph) -> None:
    if form == "dot" and (nodes := sum(1 for _ in graph.nodes)) > DOT_NODES:
        click.echo(
            f"Warning: {nodes} nodes are more than Graphviz lays out in good time; narrow the export, or open gexf in"
            " Gephi.",
            err=True,
        )


# What was asked for.


def _require_sense(asked: _Asked) -> None:
    only, form = asked.only, asked.form
    narrowed = only.since or only.until or only.outlets or only.agency or only.story
    rules: list[tuple[Any, str]] = [
        (form in LISTS and asked.level != "documents",
         f"{form} is of documents; choose another format for outlets"),
        (form in LISTS and asked.flow, f"{form} has no direction of edges; leave --direction out"),
        (asked.per and (form != "csv" or asked.level != "outlets"), "--per is for -f csv --level outlets"),
        (asked.per and asked.flow, "--per has no direction of edges; leave --direction out"),
        (asked.excel and form != "csv", "--excel is for -f csv"),
        (form in CURATED and narrowed,
         f"{form} is of a whole corpus; leave --since, --until, --outlet, --agency and --story out"),
        (form == "splits" and (only.kinds is not None or only.min_coverage),
         "splits keeps together what any link ties; leave --kinds and --min-coverage out"),
        (form in PAIRS and asked.output == "-" and not asked.per,
         f"{form} is more than one file; name them with -o FILE"),
        (form in PAIRS and not asked.per and asked.output != "-" and not Path(asked.output).name,
         f"{asked.output}: is no name of a file; name one with -o FILE"),
    ]  # fmt: skip
    for broken, sentence in rules:
        if broken:
            raise click.UsageError(sentence)
    if only.since and only.until and only.since[: len(only.until)] > only.until:
        raise click.UsageError(f"--since {only.since} is after --until {only.until}")


def _part(value: float) -> float:
    if not 0 <= value <= 1:
        raise click.UsageError(f"--min-coverage is a part between 0 and 1, not {value}")
    return value


def _date(name: str, told: str | None) -> str | None:
    """A date as far as it was told; a year or a month stands for all of it."""
    if told is None:
        return None
    whole = told + "0000-01-01"[len(told) :] if len(told) < 10 else told
    if re.fullmatch(r"\d{4}(-\d\d(-\d\d(T\d\d:\d\d(:\d\d)?)?)?)?", told, re.ASCII):
        try:
            datetime.fromisoformat(whole)
            return told
        except ValueError:
            pass
    raise click.UsageError(f"--{name} {told}: is no date; write it as 2024, 2024-05, 2024-05-06 or 2024-05-06T13:40")


def _shares(told: str) -> tuple[float, ...]:
    try:
        shares = tuple(float(share) for share in told.split(","))
    except ValueError:
        shares = ()
    if len(shares) != 3 or not all(share >= 0 for share in shares) or not math.isclose(sum(shares), 1, abs_tol=1e-6):
        raise click.UsageError(f"--parts {told}: are not three shares that sum to 1, as in 0.8,0.1,0.1")
    return shares
