"""Exporting: a store of made links to each format, and the same links by networkx, in one run.

    python benchmarks/exporting.py [--links 1000000] [--formats graphml gexf ...] [--without-networkx]

Prints seconds, those of processors and peak memory of each process. The texts of the made pages are short: a store of
real pages is longer to scan.
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from running import Ran, bytes_in, run

from dedup.model import Settings
from dedup.store import Store, number_of

FORMATS = ("graphml", "gexf", "json", "cyjs", "csv", "neo4j", "parquet", "jsonl", "keep", "splits")
# Copies of an original, on average.
COPIES = 10


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--links", type=int, default=1_000_000)
    parser.add_argument("--formats", nargs="+", choices=FORMATS, default=FORMATS)
    parser.add_argument("--without-networkx", action="store_true")
    parser.add_argument("--networkx", nargs=2, type=Path, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.networkx:
        write_with_networkx(*asked.networkx)
        return
    with tempfile.TemporaryDirectory() as place:
        store, out = Path(place) / "made.db", Path(place) / "out"
        make_store(store, asked.links)
        for form in asked.formats:
            ours = run([sys.executable, "-m", "dedup", "export", "-f", form, "-o", out, "--force", "--db", store])
            show(form, ours, sum(bytes_in(file) for file in Path(place).glob("out*")))
            for file in Path(place).glob("out*"):
                file.unlink()
        if not asked.without_networkx:
            theirs = run([sys.executable, __file__, "--networkx", store, out])
            show("graphml by networkx", theirs, bytes_in(out))


def show(name: str, ran: Ran, size: int) -> None:
    """A line of what one process took and wrote."""
    print(f"{name}: {ran.seconds:.1f} s, {ran.processor:.1f} s of processors, {ran.megabytes:.0f} MB;"
          f" wrote {size / 1e6:.0f} MB", flush=True)  # fmt: skip


def make_store(path: Path, links: int) -> None:
    """A store of ``links`` copies, each with one link, and a tenth as many originals, in an order that is not that of
    their ids."""
    chance = random.Random(1)
    originals = max(1, links // COPIES)
    pages = chance.sample(range(originals + links), originals + links)
    with Store(path, Settings(), writing=True) as store, store.transaction():
        names = "number, id, url, title, outlet, published, language, words, body_words, digest, text"
        store.db.conn.executemany(
            f"insert into documents ({names}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (_page(number, originals) for number in pages),
        )
        names = "copy, original, kind, coverage, share, matched_words, resemblance, confidence, reasons, story, root"
        store.db.conn.executemany(
            f"insert into links ({names}, direction) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'decided')",
            _links(pages, originals, chance),
        )


def _page(number: int, originals: int) -> tuple[object, ...]:
    id, outlet = _id(number, originals), f"outlet-{number % 997}.example"
    date = f"2024-05-{1 + number % 28:02}T10:{number % 60:02}:00+00:00"
    return (number_of(id), id, id, f"Headline & number {number}", outlet, date, "en", 300, 280, b"", "word " * 20)


def _links(pages: list[int], originals: int, chance: random.Random) -> Iterator[tuple[object, ...]]:
    for page in pages:
        if page >= originals:
            original = _id(chance.randrange(originals), originals)
            kind = "full" if page % 3 else "partial"
            figures = (chance.random(), chance.random(), chance.randrange(30, 900), chance.random(), chance.random())
            yield (_id(page, originals), original, kind, *figures, '["a dateline was removed"]', original, original)


def _id(number: int, originals: int) -> str:
    outlet = f"https://outlet-{number % 997}.example"
    return f"{outlet}/wire/{number:07}" if number < originals else f"{outlet}/2024/05/story-{number:07}.html"


def write_with_networkx(store: Path, out: Path) -> None:
    """What a script does that reads the links and has networkx write them: the same nodes, edges and attributes."""
    import networkx

    graph = networkx.DiGraph()
    with sqlite3.connect(store) as db:
        db.row_factory = sqlite3.Row
        pages = "select id, title as label, outlet, url, published, language from documents"
        for row in db.execute(pages):
            graph.add_node(row["id"], **{name: row[name] for name in row.keys()[1:]})
        links = (
            "select copy, original, coverage as weight, kind, share, matched_words, resemblance, confidence, story,"
            " root from links"
        )
        for row in db.execute(links):
            graph.add_edge(row["copy"], row["original"], **{name: row[name] for name in row.keys()[2:]})
    networkx.write_graphml(graph, out)


if __name__ == "__main__":
    main()
