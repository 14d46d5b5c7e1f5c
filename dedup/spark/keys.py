"""Rows of keys: which documents hold each, dealt to tasks so that none has a key of very many documents alone."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np

from dedup.index.rounds import Held, lowest
from dedup.spark.frames import Laid, arrays, batch_of, schema_of, sliced, tasks_for

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

# Rows of keys for one task, about 60 bytes each there; a key that more documents hold is divided among tasks.
KEYS_EACH = 500_000
DIVIDED = 20_000

_HELD = {"key": "bigint", "number": "bigint", "posts": "boolean", "settled": "boolean", "shown": "boolean"}
_BEFORE = ("key", "number", "posts", "settled")


def shared_keys(pages: DataFrame, to_originals: bool) -> DataFrame:
    """Rows of keys that several documents hold: ``key``, ``number``, ``place``; who is ``settled`` from the start, and
    ``posts`` or may; and ``salts``, among how many tasks a key's rows are divided."""
    from pyspark.sql import functions as f

    pages = pages.withColumn("settled", f.col("is_original") if to_originals else f.lit(False))
    rows = pages.select("number", "settled", f.explode(f.arrays_zip("keys", "places")).alias("at")).select(
        f.col("at.keys").alias("key"), "number", f.col("at.places").cast("bigint").alias("place"), "settled"
    )
    rows = rows.withColumn("posts", f.col("settled") if to_originals else f.lit(True))
    counts = rows.groupBy("key").agg(f.count("*").alias("held"), f.max("posts").alias("posted"))
    counts = counts.where("held > 1 and posted")
    salts = f.ceil(f.col("held") / f.lit(DIVIDED)).cast("bigint").alias("salts")
    return rows.join(counts.select("key", salts), "key")


def postings_of(pages: DataFrame, rows: DataFrame, closed: DataFrame, to_originals: bool) -> DataFrame:
    """What documents post: the keys that nobody else holds, and those that they were left with."""
    from pyspark.sql import functions as f

    if to_originals:
        pages = pages.where("is_original")
    every = pages.select(f.explode("keys").alias("key"), f.col("number").alias("document"))
    alone = every.join(rows.select("key").distinct(), "key", "left_anti")
    return alone.unionByName(closed.select("key", f.col("number").alias("document")))


def at_keys(
    open: DataFrame, closed: DataFrame, work: Callable[[Held], Iterable[Laid]], columns: dict[str, str]
) -> DataFrame:  # fmt: skip
    """Do ``work`` with the rows of keys of documents that are to be settled and of those that are, each key's rows
    together or, where they are divided, with those of the lowest that may post it."""
    held = _held(open, closed)
    if held.where("salts > 1").limit(1).count():
        held = held.unionByName(_shown(held))
    count = tasks_for(held.count(), KEYS_EACH)
    return _by_key(held.repartition(count, "key", "salt"), work, columns)


def lowest_of(closed: DataFrame, open: DataFrame) -> DataFrame:
    """Of the settled documents that post keys of others the lowest, as many as can matter: ``key``, ``number``."""
    near = closed.join(open.select("key").distinct(), "key", "left_semi")
    held = _held(open.limit(0), near)
    few = _by_key(held.repartition(tasks_for(held.count(), KEYS_EACH), "key", "salt"), _lowest, _HELD)
    return few.select("key", "number")


def _held(open: DataFrame, closed: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    waiting = open.select("key", "number", "posts", f.lit(False).alias("settled"), "salts")
    done = closed.select("key", "number", f.lit(True).alias("posts"), f.lit(True).alias("settled"), "salts")
    salt = f.pmod(f.col("number"), f.col("salts")).alias("salt")
    return waiting.unionByName(done).select(*_BEFORE, f.lit(False).alias("shown"), "salts", salt)


def _shown(held: DataFrame) -> DataFrame:
    """The rows of those lowest documents that may post a divided key, for each of the tasks that share it."""
    from pyspark.sql import functions as f

    divided = held.where("salts > 1")
    salts = divided.select("key", "salts").distinct()
    count = tasks_for(divided.count(), KEYS_EACH)
    few = _by_key(divided.repartition(count, "key", "salt"), _lowest, _HELD)
    few = _by_key(few.repartition(count, "key"), _lowest, _HELD).join(salts, "key")
    salt = f.explode(f.sequence(f.lit(0), f.col("salts") - 1)).alias("salt")
    return few.select(*_BEFORE, f.lit(True).alias("shown"), "salts", salt)


def _lowest(held: Held) -> Iterator[Laid]:
    yield dict(zip(_HELD, lowest(held), strict=True))


def _by_key(frame: DataFrame, work: Callable[[Held], Iterable[Laid]], columns: dict[str, str]) -> DataFrame:
    """Do ``work`` with the rows of keys of each partition."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = [arrays(batch, _HELD) for batch in batches]
        if parts:
            held = Held(*(np.concatenate([part[name] for part in parts]) for name in _HELD))
            for laid in work(held):
                yield from sliced(batch_of(laid, columns))

    return frame.select(*_HELD).mapInArrow(run, schema_of(columns))
