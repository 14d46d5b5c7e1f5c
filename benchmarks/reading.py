"""Reading alone: text a second and peak memory for each format, at two sizes, from made-up pages.

    python benchmarks/reading.py [--records 10000 100000] [--formats jsonl csv parquet db]

Memory is flat where both sizes have the same peak. Each file is read by a process of its own, which does nothing with
the documents; what it takes to start one is measured with a file of one record, and taken off the time.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import random
import sqlite3
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, TypeAlias

from running import run

RECORD_BYTES = 2700
WORDS = 20_000
Record: TypeAlias = dict[str, Any]
READ = "import sys; from dedup.corpus import read_corpus\nfor _ in read_corpus(sys.argv[1]): pass"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--records", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--formats", nargs="+", choices=WRITERS, default=list(WRITERS))
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        for suffix in asked.formats:
            start = _read(Path(place), suffix, 1)[0]
            for count in asked.records:
                processor, megabytes, text_bytes = _read(Path(place), suffix, count)
                speed = text_bytes / 1e6 / max(0.001, processor - start)
                print(f"{suffix}: {count:,} records, {text_bytes / 1e6:.0f} MB of text: {speed:.0f} MB/s of processor,"
                      f" {processor - start:.2f} s, peak {megabytes:.0f} MB", flush=True)  # fmt: skip


def _read(place: Path, suffix: str, count: int) -> tuple[float, float, int]:
    """Seconds of processors, megabytes at the peak, and the bytes of text in a file that is made, read and removed."""
    path = place / f"pages.{suffix}"
    WRITERS[suffix](path, records(count))
    ran = run([sys.executable, "-c", READ, path])
    path.unlink()
    return ran.processor, ran.megabytes, sum(len(record["text"]) for record in records(count))


def records(count: int) -> Iterator[Record]:
    """So many pages as scrapers keep them, always the same."""
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdefghijklmnopqrstuvwxyz", k=chance.randint(2, 10))) for _ in range(WORDS)]
    for number in range(count):
        text = " ".join(chance.choices(words, k=RECORD_BYTES // 7))
        yield {
            "id": f"page-{number}",
            "url": f"https://www.site{number % 500}.com/2024/05/{number}",
            "title": " ".join(chance.choices(words, k=8)),
            "text": text,
            "published": f"2024-05-{number % 28 + 1:02}T13:40:43Z",
            "authors": "Ann Alder",
            "language": "en",
        }


def _write_lines(path: Path, pages: Iterator[Record]) -> None:
    packed = path.suffix == ".gz"
    with gzip.open(path, "wt", encoding="utf-8") if packed else path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(page) + "\n" for page in pages)


def _write_table(path: Path, pages: Iterator[Record]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        first = next(pages)
        writer = csv.DictWriter(file, list(first))
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(pages)


def _write_parquet(path: Path, pages: Iterator[Record]) -> None:
    import pyarrow
    import pyarrow.parquet

    table = pyarrow.Table.from_pylist(list(pages))
    pyarrow.parquet.write_table(table, path)


def _write_database(path: Path, pages: Iterator[Record]) -> None:
    with closing(sqlite3.connect(path)) as db, db:
        db.execute("create table pages (id, url, title, text, published, authors, language)")
        db.executemany("insert into pages values (?, ?, ?, ?, ?, ?, ?)", (list(page.values()) for page in pages))


def _write_wet(path: Path, pages: Iterator[Record]) -> None:
    with gzip.open(path, "wb") if path.suffix == ".gz" else path.open("wb") as file:
        for page in pages:
            text = f"{page['title']}\n{page['text']}".encode()
            head = (
                f"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {page['url']}\r\nWARC-Date: {page['published']}"
            )
            about = f"{head}\r\nContent-Type: text/plain\r\nContent-Length: {len(text)}\r\n\r\n"
            file.write(about.encode() + text + b"\r\n\r\n")


WRITERS: dict[str, Callable[[Path, Iterator[Record]], None]] = {
    "jsonl": _write_lines,
    "jsonl.gz": _write_lines,
    "csv": _write_table,
    "parquet": _write_parquet,
    "db": _write_database,
    "wet": _write_wet,
    "wet.gz": _write_wet,
}


if __name__ == "__main__":
    main()
