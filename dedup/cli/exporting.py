"""``dedup export``: the graph of who copied whom, for other programs."""

from __future__ import annotations

import click

from dedup.cli import options, terminal
from dedup.model import DEFAULT_KINDS


@click.command()
@click.option(
    "-f", "--format", "form", required=True,
    type=click.Choice(["graphml", "gexf", "json", "csv", "dot", "jsonl"]), help="The format of the file.",
)  # fmt: skip
@click.option("-o", "--output", default="-", metavar="FILE", help="Where to write; csv to a FILE writes two.")
@click.option("--level", type=click.Choice(["documents", "outlets"]), default="documents", show_default=True)
@click.option("--kinds", default=",".join(DEFAULT_KINDS), show_default=True, help="Kinds of link, or all.")
@click.option("--direction", type=click.Choice(["copied", "flow"]), default="copied", show_default=True,
              help="copied: edges run copy -> original; flow: the other way.")  # fmt: skip
@options.db
def export(form: str, output: str, level: str, kinds: str, direction: str, db: str) -> None:
    """Write the graph of who copied whom.

    graphml, gexf (Gephi), json (node-link, D3), dot, and csv, which to a FILE.csv writes FILE.nodes.csv and
    FILE.edges.csv for Gephi; jsonl writes one link a line.

    \b
    dedup export -f gexf -o graph.gexf
    dedup export -f csv --level outlets -o outlets.csv
    """
    from dedup import export as writing

    chosen = terminal.kinds(kinds)
    with terminal.reading(db) as opened:
        if form == "jsonl":
            if level != "documents":
                raise click.UsageError("jsonl writes links between documents; choose another format for outlets")
            links = list(opened.links(chosen))
            terminal.write(output, lambda out: writing.write_links(links, out))
            return
        graph = opened.graph(level, chosen, flow=direction == "flow")
    if form == "csv" and output != "-":
        base = output.removesuffix(".csv")
        with writing.atomic_file(f"{base}.nodes.csv") as nodes, writing.atomic_file(f"{base}.edges.csv") as edges:
            writing.write_gephi_csv(graph, nodes, edges)
    else:
        terminal.write(output, lambda out: writing.write_graph(graph, form, out))
