"""What a run gives: tables in sorted files, so that they are read, and taken into a store, in order."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dedup.model import Settings
from dedup.spark.frames import columns_of, tasks_for
from dedup.spark.stages import Files, Stages
from dedup.spark.tables import ABOUT, TABLES
from dedup.spark.telling import Told

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Rows of one file, at most about so many.
ROWS_A_FILE = 250_000


@dataclass(frozen=True, slots=True)
class Links:
    """What became of pages, as frames and as Parquet in the folder ``out``.

    ``links`` and ``stories`` have the columns of those tables of a store, ``documents`` all of a document with its
    sketch, ``outlets`` what was learned of each, ``rejects`` what was refused and why.
    """

    out: str
    documents: DataFrame
    links: DataFrame
    stories: DataFrame
    outlets: DataFrame
    rejects: DataFrame


def write(
    stages: Stages, pages: DataFrame, rejects: DataFrame, postings: DataFrame, told: Told, settings: Settings
) -> Links:
    """Write all tables in order, and what they were made with, last."""
    sketch = [name for name in columns_of("sketches") if name != "document"]
    frames = {
        "documents": pages.select(*columns_of("documents"), *sketch),
        "postings": postings,
        "rejects": rejects.select("path", "line", "problem"),
        **told._asdict(),
    }
    kept = {name: _sorted(stages, name, frames[name]) for name in TABLES}
    Files(stages.spark).write(f"{stages.out}/{ABOUT}", json.dumps({"settings": settings.as_dict()}, sort_keys=True))
    return Links(stages.out, *(kept[name] for name in ("documents", "links", "stories", "outlets", "rejects")))


def _sorted(stages: Stages, name: str, frame: DataFrame) -> DataFrame:
    def make() -> DataFrame:
        count = tasks_for(frame.count(), ROWS_A_FILE)
        by = TABLES[name]
        return frame.repartitionByRange(count, *by).sortWithinPartitions(*by)

    return stages.kept(name, make, place="")
