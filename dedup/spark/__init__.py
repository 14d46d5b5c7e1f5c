"""Beyond one machine: the steps of the index on Apache Spark, with the same settings, the same rules, the same answers.

Nothing here decides what a copy is: every task calls the functions of ``index``. This room only brings together in one
place what they need, and lets the engine schedule, shuffle and try again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import reduce
from typing import TYPE_CHECKING, TypeVar

from dedup.model import CorpusError, Settings
from dedup.spark.finding import find
from dedup.spark.importing import import_run
from dedup.spark.reading import Input, frame_rows, pages_of
from dedup.spark.session import session, told
from dedup.spark.stages import OnStage, Stages
from dedup.spark.telling import tell
from dedup.spark.writing import Links, write

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

__all__ = ["Links", "import_run", "link", "link_files", "session", "told"]

Pages = TypeVar("Pages")


def _silent(_: str) -> None:
    """What nobody wants to be told."""


@dataclass(frozen=True, slots=True)
class _Read:
    """What was read: rows of ``reading.page_columns`` with ``is_original``; and whether there are originals."""

    rows: DataFrame
    has_originals: bool


def link(
    spark: SparkSession,
    pages: DataFrame,
    originals: DataFrame | None = None,
    settings: Settings | None = None,
    *,
    out: str,
    fields: Mapping[str, str] | None = None,
    on_stage: OnStage = _silent,
) -> Links:
    """Link pages, rows with the columns that records have (``id``, ``url``, ``text``, ``title``, ...), of which each
    has an id or an address; with ``originals`` pages are only compared with these.

    ``out`` is a folder of any file system that all machines reach: stages are kept there, and taken from there where
    the pages, the settings and the ``fields`` (which column holds what) are the same. ``on_stage`` is told each that
    was made. Raises ``CorpusError`` where there is no column for texts.
    """
    own, named, now = settings or Settings(), fields or {}, datetime.now(UTC)
    stages = Stages(spark, out, {"rows": str(now)}, on_stage)
    read = [(frame_rows(frame, now, named), is_original) for frame, is_original in _both(pages, originals)]
    frames = [_marked(pages_of(frame, reader, own), is_original) for (frame, reader), is_original in read]
    return _linked(stages, _Read(_united(frames), originals is not None), own, named)


def link_files(
    spark: SparkSession,
    path: str,
    out: str,
    originals: str | None = None,
    settings: Settings | None = None,
    *,
    fields: Mapping[str, str] | None = None,
    on_stage: OnStage = _silent,
) -> Links:
    """``link`` with what is in files: Parquet and JSON Lines, which are divided among tasks, and all other formats that
    ``dedup index`` reads, a file a task. ``path`` and ``originals`` are files, folders or patterns.

    Raises ``DedupError`` for a path that is not there, and ``CorpusError`` for one without any file of a known format.
    """
    own, named, now = settings or Settings(), fields or {}, datetime.now(UTC)
    inputs = [(Input(spark, one), is_original) for one, is_original in _both(path, originals)]
    stages = Stages(spark, out, _facts(own, named, [one.identity for one, _ in inputs]), on_stage)
    frames = [_marked(one.pages(own, now, named), is_original) for one, is_original in inputs]
    return _linked(stages, _Read(_united(frames), originals is not None), own, named)


def _both(pages: Pages, originals: Pages | None) -> list[tuple[Pages, bool]]:
    return [(pages, False), *([(originals, True)] if originals is not None else [])]


def _facts(settings: Settings, fields: Mapping[str, str], pages: object) -> dict[str, object]:
    return {"settings": settings.as_dict(), "fields": dict(fields), "pages": pages}


def _marked(frame: DataFrame, is_original: bool) -> DataFrame:
    from pyspark.sql import functions as f

    return frame.withColumn("is_original", f.lit(is_original))


def _united(frames: list[DataFrame]) -> DataFrame:
    return reduce(lambda one, two: one.unionByName(two), frames)


def _linked(stages: Stages, read: _Read, settings: Settings, fields: Mapping[str, str]) -> Links:
    rows = stages.kept("read", lambda: read.rows)
    stages.made_of(_facts(settings, fields, [read.has_originals, *_content(rows)]))
    pages = _latest(stages, rows)
    found = find(stages, pages, settings, to_originals=read.has_originals)
    results = tell(stages, pages, found.matches, settings)
    return write(stages, pages, rows.where("problem is not null"), found.postings, results, settings)


def _content(rows: DataFrame) -> list[object]:
    """What tells these pages from others, whatever they were read from; raises ``CorpusError`` where there is none."""
    from pyspark.sql import functions as f

    digests = f.sum(f.pmod(f.xxhash64("digest", "number", "is_original"), f.lit(1 << 31)))
    told = rows.where("number is not null").agg(f.count("*"), digests).first()
    if told is None or not told[0]:
        raise CorpusError("the input", "holds no page that can be compared; see 'rejects' beside it")
    return [told[0], told[1]]


def _latest(stages: Stages, rows: DataFrame) -> DataFrame:
    """Each document once: of those with one id the original, else the last, by the name of its file and its place."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    pages = rows.where("number is not null")
    if not pages.groupBy("number").count().where("count > 1").limit(1).count():
        return pages
    order = Window.partitionBy("number").orderBy(*(f.desc(name) for name in ("is_original", "file", "at", "digest")))
    latest = pages.withColumn("turn", f.row_number().over(order)).where("turn = 1").drop("turn")
    return stages.kept("pages", lambda: latest)
