"""Clusters that a peer tells, written as pairs; needs nothing but Python, so that it runs in any peer's environment."""

from __future__ import annotations

import gzip
import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from typing import IO


def write_clusters(out: str, pages: str, cluster_of: Mapping[int, int]) -> None:
    """Write the table ``links``: each page, by its line, with the first page of its cluster."""
    with opened(pages) as lines:
        ids = {number: json.loads(line)["id"] for number, line in enumerate(lines) if number in cluster_of}
    with closing(sqlite3.connect(out)) as db, db:
        db.execute("create table links (copy text, original text)")
        db.executemany("insert into links values (?, ?)", paired(ids, cluster_of))


def paired(ids: Mapping[int, str], cluster_of: Mapping[int, int]) -> list[tuple[str, str]]:
    """Each page with the first of its cluster, without that itself."""
    first: dict[int, int] = {}
    for page in sorted(cluster_of):
        first.setdefault(cluster_of[page], page)
    return [(ids[page], ids[first[cluster]]) for page, cluster in cluster_of.items() if page != first[cluster]]


def opened(pages: str) -> IO[bytes]:
    """A file of pages, compressed or not."""
    return gzip.open(pages) if pages.endswith(".gz") else open(pages, "rb")  # type: ignore[return-value]
