"""Which documents share text: the rounds of ``index.rounds``, each a join on keys, a matching of pairs, and a look at
documents. No task holds a key that many documents hold alone: its rows are divided, and only the lowest are shown to
all of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import reduce
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dedup.arrays import Ints
from dedup.index.holders import SHARED_KEYS
from dedup.index.rounds import Held, Own, look, lowest, settle, shown_in, spans_met
from dedup.index.tasks import Row, Task, matched_by_key
from dedup.model import Settings
from dedup.spark.frames import (
    PART,
    Given,
    answered,
    at_stores,
    columns_of,
    gathered,
    part_of,
    rows_of,
    schema_of,
    tasks_for,
)
from dedup.spark.stages import Stages
from dedup.store import Kept

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

# Rows of keys for one task, about 60 bytes each there; a key that more documents hold is divided among tasks.
KEYS_EACH = 500_000
DIVIDED = 20_000
# Pairs that are matched by one task, and documents that are settled by one.
PAIRS_EACH, SETTLED_EACH = 4_000, 10_000

_HELD = {"key": "bigint", "number": "bigint", "posts": "boolean", "settled": "boolean", "shown": "boolean"}
_LOOKED = {"number": "bigint", "lower": "bigint", "weight": "bigint", "key": "bigint", "unsure": "boolean"}
_STATE = {"number": "bigint", "key": "bigint", "place": "bigint", "posts": "boolean", "salts": "bigint",
          "settled": "boolean", "lower": "bigint"}  # fmt: skip


class Found(NamedTuple):
    """The matches by keys, rows of ``matches``; and the keys that documents post: ``key``, ``document``."""

    matches: DataFrame
    postings: DataFrame


def find(stages: Stages, pages: DataFrame, settings: Settings, *, to_originals: bool = False) -> Found:
    """Match pages that share keys. ``pages`` are rows of ``reading.page_columns``; ``to_originals`` only matches them
    with those that are marked as originals in a column ``is_original``, which all post what they hold."""
    rows = stages.kept("keys", lambda: _shared(pages, to_originals))
    open, closed = rows.where("not settled"), rows.where("settled").select("key", "number", "salts")
    matched: list[DataFrame] = []
    tried: list[DataFrame] = []
    kept: list[DataFrame] = []
    round = 0
    while open.limit(1).count():
        one = _Round(stages, settings, round, to_originals)
        looked = one.looked(open, closed)
        pairs = one.pairs(looked, tried)
        matched.append(one.matched(pairs, pages))
        tried.append(pairs)
        state = one.settled(open, closed, looked, matched)
        kept.append(state.where("lower is not null").select("number", "lower"))
        after = state.where("lower is null")
        open = after.where("not settled").drop("lower", "settled")
        closed = closed.unionByName(after.where("settled").select("key", "number", "salts"))
        round += 1
    return Found(
        stages.kept("matches_by_key", lambda: _kept(matched, kept, stages)),
        stages.kept("postings", lambda: _postings(pages, rows, closed, to_originals)),
    )


def _shared(pages: DataFrame, to_originals: bool) -> DataFrame:
    """Rows of keys that several documents hold; ``salts`` says among how many tasks a key's rows are divided."""
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


class _Round:
    """One round, and the stages that it is kept in."""

    def __init__(self, stages: Stages, settings: Settings, round: int, to_originals: bool) -> None:
        self._stages, self._settings, self._round = stages, settings, round
        self._to_originals = to_originals

    def looked(self, open: DataFrame, closed: DataFrame) -> DataFrame:
        """What the holders of keys see of each other."""
        most = shown_in(99 if self._to_originals else self._round)
        first = self._to_originals

        def work(held: Held) -> Iterable[Row]:
            told = look(held, most, settled_first=first)
            pairs = ((*row, None, None) for row in _columns(*told.pairs))
            silent = ((number, None, None, key, unsure) for number, key, unsure in _columns(*told.silent))
            yield from pairs
            yield from silent
            yield from ((number, None, None, None, None) for number in told.hasty.tolist())

        def make() -> DataFrame:
            held = _held(open, closed)
            if held.where("salts > 1").limit(1).count():
                held = held.unionByName(_shown(held))
            count = tasks_for(held.count(), KEYS_EACH)
            return _by_key(held.repartition(count, "key", "salt"), work, _LOOKED)

        return self._kept("looked", make)

    def pairs(self, looked: DataFrame, tried: list[DataFrame]) -> DataFrame:
        """The pairs that share enough and were not matched before."""
        from pyspark.sql import functions as f

        def make() -> DataFrame:
            found = looked.where("lower is not null").groupBy("number", "lower").agg(f.sum("weight").alias("shares"))
            found = found.where(f.col("shares") >= SHARED_KEYS).select("number", "lower")
            for before in tried:
                found = found.join(before, ["number", "lower"], "left_anti")
            return found

        return self._kept("pairs", make)

    def matched(self, pairs: DataFrame, pages: DataFrame) -> DataFrame:
        """The matches of pairs, as rows of ``matches``."""
        from pyspark.sql import functions as f

        both = pairs.select(f.least("number", "lower").alias("a"), f.greatest("number", "lower").alias("b"))
        return self._kept("matched", lambda: match(both, pages, matched_by_key, self._settings))

    def settled(
        self, open: DataFrame, closed: DataFrame, looked: DataFrame, matched: list[DataFrame]
    ) -> DataFrame:  # fmt: skip
        """What became of documents: their keys with what is known of them now, and whom they match once settled."""
        from pyspark.sql import functions as f

        def make() -> DataFrame:
            numbers = open.select("number").distinct()
            count = tasks_for(numbers.count(), SETTLED_EACH)
            part = part_of("number", count)
            met = _met(matched, both_ends=self._to_originals).join(numbers, "number")
            wanted = met.select(part, f.col("lower").alias("number")).distinct()
            posters = closed.select("key", "number", f.lit(False).alias("open")).unionByName(
                open.where("posts").select("key", "number", f.lit(True).alias("open"))
            )
            frames = {
                "own": open.select(part, "number", "key", "place", "posts", "salts"),
                "notes": looked.where("lower is null").select(part, "number", "key", "unsure"),
                "met": met.select(part, "number", "lower", "passages", "is_b"),
                "others": posters.join(wanted, "number").select(PART, "number", "key", "open"),
            }
            return gathered(frames, count, _settle, _STATE)

        return self._kept("settled", make)

    def _kept(self, name: str, make: Any) -> DataFrame:
        return self._stages.kept(f"rounds/{self._round}/{name}", make)


def match(pairs: DataFrame, pages: DataFrame, task: Task, settings: Settings, **more: DataFrame) -> DataFrame:
    """The matches of pairs ``(a, b)``, in tasks that are each given the texts of their own once; ``more`` are frames of
    documents, by ``document``, that the task needs, too."""
    from pyspark.sql import functions as f

    count = tasks_for(pairs.count(), PAIRS_EACH)
    asked = pairs.select(part_of("b", count), "a", "b")
    ends = asked.select(PART, f.col("a").alias("number")).union(asked.select(PART, "b")).distinct()
    frames = texts_of(ends, pages) | {
        name: frame.join(ends.withColumnRenamed("number", "document"), "document") for name, frame in more.items()
    }
    return at_stores(frames, asked, count, task, columns_of("matches"), settings)


def texts_of(wanted: DataFrame, pages: DataFrame, *, text: bool = True) -> dict[str, DataFrame]:
    """The rows of ``documents`` and ``sketches`` of documents ``(part, number)``; without the text on wish."""
    from pyspark.sql import functions as f

    told = pages if text else pages.withColumn("text", f.lit(""))
    both = told.join(wanted, "number")
    sketch = [name for name in columns_of("sketches") if name != "document"]
    return {
        "documents": both.select(PART, *columns_of("documents")),
        "sketches": both.select(PART, f.col("number").alias("document"), *sketch),
    }


# rows of keys


def _held(open: DataFrame, closed: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    waiting = open.select("key", "number", "posts", f.lit(False).alias("settled"), "salts")
    done = closed.select("key", "number", f.lit(True).alias("posts"), f.lit(True).alias("settled"), "salts")
    salt = f.pmod(f.col("number"), f.col("salts")).alias("salt")
    return waiting.unionByName(done).select(*_HELD_BEFORE, f.lit(False).alias("shown"), "salts", salt)


_HELD_BEFORE = ("key", "number", "posts", "settled")


def _shown(held: DataFrame) -> DataFrame:
    """The rows of those lowest documents that may post a divided key, for each of the tasks that share it."""
    from pyspark.sql import functions as f

    divided = held.where("salts > 1")
    salts = divided.select("key", "salts").distinct()
    count = tasks_for(divided.count(), KEYS_EACH)

    def work(held: Held) -> Iterable[Row]:
        return _columns(*lowest(held))

    few = _by_key(divided.repartition(count, "key", "salt"), work, _HELD)
    few = _by_key(few.repartition(count, "key"), work, _HELD).join(salts, "key")
    salt = f.explode(f.sequence(f.lit(0), f.col("salts") - 1)).alias("salt")
    return few.select(*_HELD_BEFORE, f.lit(True).alias("shown"), "salts", salt)


def _by_key(frame: DataFrame, work: Any, columns: dict[str, str]) -> DataFrame:
    """Do ``work`` with the rows of keys of each partition."""

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        parts = [_arrays(batch, _HELD) for batch in batches]
        if parts:
            held = Held(*(np.concatenate([part[name] for part in parts]) for name in _HELD))
            yield from answered(work(held), columns)

    return frame.select(*_HELD).mapInArrow(run, schema_of(columns))


def _arrays(batch: pa.RecordBatch, names: Iterable[str]) -> dict[str, Any]:
    at = batch.schema.names
    return {name: batch.column(at.index(name)).to_numpy(zero_copy_only=False) for name in names}


def _columns(*columns: Any) -> Iterator[Row]:
    return zip(*(column.tolist() for column in columns), strict=True)


# documents


def _met(matched: list[DataFrame], *, both_ends: bool) -> DataFrame:
    """The matches of documents with those that come before them: the lower ones, or, as either end, originals."""
    from pyspark.sql import functions as f

    rows = reduce(lambda one, two: one.unionByName(two), matched)
    ends = (("b", "a", True), ("a", "b", False)) if both_ends else (("b", "a", True),)
    told = [
        rows.select(f.col(one).alias("number"), f.col(two).alias("lower"), "passages", f.lit(is_b).alias("is_b"))
        for one, two, is_b in ends
    ]
    return reduce(lambda one, two: one.unionByName(two), told)


def _settle(given: Given) -> Iterator[Row]:
    own, rows = _own(given)
    others, waiting = _others(given)
    met: defaultdict[int, dict[int, Kept]] = defaultdict(dict)
    for number, lower, passages, is_b in _each(given, "met"):
        met[number][lower] = spans_met(json.loads(passages), is_b=is_b)
    for number, told in settle(own, others, met, waiting).items():
        for key, place, posts, salts in _columns(own[number].keys, own[number].places, told.posts, rows[number]):
            if posts or not told.is_settled:
                yield number, key, place, posts, salts, told.is_settled, None
        for lower in told.lowers:
            yield number, None, None, None, None, None, lower


def _own(given: Given) -> tuple[dict[int, Own], dict[int, Ints]]:
    """The documents that are to be settled, and among how many tasks the rows of each of their keys are divided."""
    silent, unready = defaultdict[int, list[int]](list), set[int]()
    for number, key, unsure in _each(given, "notes"):
        if key is not None:
            silent[number].append(key)
        unready.update({number} if key is None or unsure else ())
    parts = [_arrays(batch, ("number", "key", "place", "posts", "salts")) for batch in given.get("own", ())]
    columns = [np.concatenate([part[name] for part in parts]) for name in parts[0]]
    order = np.lexsort((columns[1], columns[0]))
    numbers, keys, places, posts, salts = (column[order] for column in columns)
    known, first = np.unique(numbers, return_index=True)
    own, rows = {}, {}
    for number, start, end in zip(known.tolist(), first.tolist(), [*first[1:].tolist(), len(numbers)], strict=True):
        part = slice(start, end)
        quiet = np.array(sorted(silent.get(number, ())), dtype=np.int64)
        own[number] = Own(keys[part], places[part], posts[part].astype(bool), quiet, number not in unready)
        rows[number] = salts[part]
    return own, rows


def _others(given: Given) -> tuple[dict[int, Ints], set[int]]:
    keys, waiting = defaultdict[int, list[int]](list), set[int]()
    for number, key, is_open in _each(given, "others"):
        keys[number].append(key)
        waiting.update({number} if is_open else ())
    return {number: np.array(sorted(told), dtype=np.int64) for number, told in keys.items()}, waiting


def _each(given: Given, name: str) -> Iterator[Row]:
    return (row for batch in given.get(name, ()) for row in rows_of(batch))


# what is kept in the end


def _kept(matched: list[DataFrame], kept: list[DataFrame], stages: Stages) -> DataFrame:
    """The rows of the matches that hold, now that it is known what is posted."""
    from pyspark.sql import functions as f

    if not matched:
        return stages.spark.createDataFrame([], schema_of(columns_of("matches")))
    rows = reduce(lambda one, two: one.unionByName(two), matched)
    held = reduce(lambda one, two: one.unionByName(two), kept)
    pairs = held.select(f.least("number", "lower").alias("a"), f.greatest("number", "lower").alias("b"))
    return rows.join(pairs, ["a", "b"], "left_semi")


def _postings(pages: DataFrame, rows: DataFrame, closed: DataFrame, to_originals: bool) -> DataFrame:
    """What documents post: the keys that nobody else holds, and those that they were left with."""
    from pyspark.sql import functions as f

    if to_originals:
        pages = pages.where("is_original")
    every = pages.select(f.explode("keys").alias("key"), f.col("number").alias("document"))
    alone = every.join(rows.select("key").distinct(), "key", "left_anti")
    return alone.unionByName(closed.select("key", f.col("number").alias("document")))
