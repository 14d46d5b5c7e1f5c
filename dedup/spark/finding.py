"""Which documents share text: the rounds of ``index.rounds``, each a join on keys, a matching of pairs, and a look at
documents. No task holds a key that many documents hold alone: its rows are divided, and only the lowest are shown to
all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from dedup.index.holders import SHARED_KEYS
from dedup.index.rounds import Held, due_in, look, shown_in
from dedup.index.tasks import Task, matched_by_key
from dedup.model import Settings
from dedup.spark.frames import PART, Laid, at_stores, columns_of, gathered, part_of, tasks_for
from dedup.spark.keys import at_keys, lowest_of, postings_of, shared_keys
from dedup.spark.near import texts_of
from dedup.spark.settling import STATE, settle_all, settle_once
from dedup.spark.stages import Stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Pairs that are matched by one task, and documents that are settled by one.
PAIRS_EACH, SETTLED_EACH = 4_000, 10_000
# Documents that one task settles as far as it goes, in as many rounds as it takes, where there are no more: those that
# come last hang on each other in chains, and few need others matched.
THROUGH = 32_768
# A wave is joined by the next when no more are left: what hangs on those few has to wait for them.
_LEFT = 1_000

_LOOKED = {"number": "bigint", "lower": "bigint", "weight": "bigint", "key": "bigint", "unsure": "boolean"}


class Found(NamedTuple):
    """The matches by keys, rows of ``matches``; and the keys that documents post: ``key``, ``document``."""

    matches: DataFrame
    postings: DataFrame


def find(stages: Stages, pages: DataFrame, settings: Settings, *, to_originals: bool = False) -> Found:
    """Match pages that share keys. ``pages`` are rows of ``reading.page_columns``; ``to_originals`` only matches them
    with those that are marked as originals in a column ``is_original``, which all post what they hold."""
    rows = stages.kept("keys", lambda: shared_keys(pages, to_originals))
    waiting, closed = rows.where("not settled"), rows.where("settled").select("key", "number", "salts")
    # With originals nothing hangs on any page: all take part at once.
    waves = 0 if to_originals else _waves(waiting.select("number").distinct().count())
    open, wave, late = waiting.where(f"number < {due_in(0, waves)}") if waves else waiting, 0, 0
    matched: list[DataFrame] = []
    tried: list[DataFrame] = []
    kept: list[DataFrame] = []
    for round in count(0):
        one = _Round(stages, settings, round, shown_in(late), to_originals)
        looked = one.looked(open, closed)
        pairs = one.pairs(looked, tried)
        matched.append(one.matched(pairs, pages))
        tried.append(pairs)
        state = one.settled(open, closed, looked, matched, tried)
        kept.append(state.where("lower is not null").select("number", "lower"))
        told = state.where("lower is null")
        open = told.where("not settled").select(*waiting.columns)
        closed = closed.unionByName(told.where("settled").select("key", "number", "salts"))
        left, late = open.select("number").distinct().count(), late + 1
        if wave < waves and left <= _LEFT:
            above, wave, late = due_in(wave, waves), wave + 1, 0
            open = open.unionByName(waiting.where(f"number between {above} and {due_in(wave, waves) - 1}"))
        elif not left:
            break
    return Found(
        stages.kept("matches_by_key", lambda: _kept(matched, kept)),
        stages.kept("postings", lambda: postings_of(pages, rows, closed, to_originals)),
    )


def _waves(documents: int) -> int:
    """How many times the first wave, which one task can settle, is doubled."""
    return max(0, documents - 1).bit_length() - (THROUGH - 1).bit_length() if documents > THROUGH else 0


class _Round:
    """One round, and the stages that it is kept in."""

    def __init__(self, stages: Stages, settings: Settings, round: int, most: int, to_originals: bool) -> None:
        self._stages, self._settings, self._round = stages, settings, round
        self._most, self._to_originals = most, to_originals

    def looked(self, open: DataFrame, closed: DataFrame) -> DataFrame:
        """What the holders of keys see of each other."""
        most, first = self._most, self._to_originals

        def work(held: Held) -> Iterator[Laid]:
            told = look(held, most, settled_first=first)
            yield dict(zip(("number", "lower", "weight"), told.pairs, strict=True))
            yield dict(zip(("number", "key", "unsure"), told.silent, strict=True))
            yield {"number": told.hasty}

        return self._kept("looked", lambda: at_keys(open, closed, work, _LOOKED))

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
        self, open: DataFrame, closed: DataFrame, looked: DataFrame, matched: list[DataFrame], tried: list[DataFrame]
    ) -> DataFrame:  # fmt: skip
        """What became of documents: their keys with what is known of them now, and whom they match once settled."""
        from pyspark.sql import functions as f

        def make() -> DataFrame:
            numbers = open.select("number").distinct()
            documents = numbers.count()
            through = documents <= THROUGH and not self._to_originals
            tasks = 1 if through else tasks_for(documents, SETTLED_EACH)
            part = part_of("number", tasks)
            met = _met(matched, both_ends=self._to_originals).join(numbers, "number")
            wanted = met.select(part, f.col("lower").alias("number")).distinct()
            posters = closed.select("key", "number", f.lit(False).alias("open")).unionByName(
                open.where("posts").select("key", "number", f.lit(True).alias("open"))
            )
            frames = {
                "own": open.select(part, "number", "key", "place", "posts", "salts"),
                "met": met.select(part, "number", "lower", "passages", "is_b"),
                "others": posters.join(wanted, "number").select(PART, "number", "key", "open"),
            }
            if through:
                frames["closed"] = lowest_of(closed, open).select(f.lit(0).alias(PART), "number", "key")
                every = reduce(lambda one, two: one.unionByName(two), tried).join(numbers, "number")
                frames["tried"] = every.select(f.lit(0).alias(PART), "number", "lower")
                return gathered(frames, tasks, settle_all, STATE)
            frames["notes"] = looked.where("lower is null").select(part, "number", "key", "unsure")
            return gathered(frames, tasks, settle_once, STATE)

        return self._kept("settled", make)

    def _kept(self, name: str, make: Callable[[], DataFrame]) -> DataFrame:
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


def _kept(matched: list[DataFrame], kept: list[DataFrame]) -> DataFrame:
    """The rows of the matches that hold, now that it is known what is posted."""
    from pyspark.sql import functions as f

    rows = reduce(lambda one, two: one.unionByName(two), matched)
    held = reduce(lambda one, two: one.unionByName(two), kept)
    pairs = held.select(f.least("number", "lower").alias("a"), f.greatest("number", "lower").alias("b"))
    return rows.join(pairs, ["a", "b"], "left_semi")
