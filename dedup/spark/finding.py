"""Which documents share text: the rounds of ``index.rounds``, each a join on keys, a matching of pairs, and a look at
documents. No task holds a key that many documents hold alone: its rows are divided, and only the lowest are shown to
all of them."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import reduce
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from dedup.arrays import Ints
from dedup.index.holders import SHARED_KEYS
from dedup.index.rounds import Held, Own, Settled, due_in, look, settle, settle_through, shown_in, spans_met
from dedup.index.tasks import Row, Task, matched_by_key
from dedup.model import Settings
from dedup.spark.frames import (
    PART,
    Given,
    Laid,
    answered,
    arrays,
    at_stores,
    batch_of,
    columns_of,
    gathered,
    part_of,
    rows_of,
    sliced,
    tasks_for,
)  # fmt: skip
from dedup.spark.keys import at_keys, lowest_of, postings_of, shared_keys
from dedup.spark.near import texts_of
from dedup.spark.stages import Stages
from dedup.store import Kept

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import DataFrame

# Pairs that are matched by one task, and documents that are settled by one.
PAIRS_EACH, SETTLED_EACH = 4_000, 10_000
# Documents that one task settles as far as it goes, in as many rounds as it takes, where there are no more: those that
# come last hang on each other in chains, and few need others matched.
THROUGH = 32_768
# A wave is joined by the next when no more are left: what hangs on those few has to wait for them.
_LEFT = 1_000

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
                return gathered(frames, tasks, _settle_through, _STATE)
            frames["notes"] = looked.where("lower is null").select(part, "number", "key", "unsure")
            return gathered(frames, tasks, _settle, _STATE)

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


def _settle(given: Given) -> Iterator[pa.RecordBatch]:
    own, salts = _own(given)
    others, waiting = _others(given)
    yield from _settled(own, salts, settle(own, others, _matches(given), waiting))


def _settle_through(given: Given) -> Iterator[pa.RecordBatch]:
    own, salts = _own(given)
    others, _ = _others(given)
    tried = {(lower, number) for number, lower in _each(given, "tried")}
    keys, numbers = _table(given, "closed", ("key", "number"))
    outside = {number: told for number, told in others.items() if number not in own}
    yield from _settled(own, salts, settle_through(own, (keys, numbers), outside, _matches(given), tried))


def _matches(given: Given) -> dict[int, dict[int, Kept]]:
    met: defaultdict[int, dict[int, Kept]] = defaultdict(dict)
    for number, lower, passages, is_b in _each(given, "met"):
        met[number][lower] = spans_met(json.loads(passages), is_b=is_b)
    return met


def _settled(
    own: Mapping[int, Own], salts: Mapping[int, Ints], told: Mapping[int, Settled]
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    if told:
        yield from sliced(batch_of(_state(own, salts, told), _STATE))
    lowers = [(number, lower) for number, one in told.items() for lower in one.lowers]
    yield from answered(((number, *5 * (None,), lower) for number, lower in lowers), _STATE)


def _state(own: Mapping[int, Own], salts: Mapping[int, Ints], told: Mapping[int, Settled]) -> Laid:
    """The rows of keys of documents as they are now: of those that are settled only what they post."""
    sizes = [len(own[number].keys) for number in told]
    columns = {
        "number": np.repeat(np.fromiter(told, dtype=np.int64), sizes),
        "key": np.concatenate([own[number].keys for number in told]),
        "place": np.concatenate([own[number].places for number in told]),
        "posts": np.concatenate([one.posts for one in told.values()]),
        "salts": np.concatenate([salts[number] for number in told]),
        "settled": np.repeat([one.is_settled for one in told.values()], sizes),
    }
    left = columns["posts"] | ~columns["settled"]
    return {name: column[left] for name, column in columns.items()}


def _own(given: Given) -> tuple[dict[int, Own], dict[int, Ints]]:
    """The documents that are to be settled, and among how many tasks the rows of each of their keys are divided."""
    silent, unready = defaultdict[int, list[int]](list), set[int]()
    for number, key, unsure in _each(given, "notes"):
        if key is not None:
            silent[number].append(key)
        unready.update({number} if key is None or unsure else ())
    numbers, keys, places, posts, salts = _table(given, "own", ("number", "key", "place", "posts", "salts"))
    known, first = np.unique(numbers, return_index=True)
    own, rows = {}, {}
    for number, start, end in zip(known.tolist(), first.tolist(), [*first[1:].tolist(), len(numbers)], strict=True):
        part = slice(start, end)
        quiet = np.array(sorted(silent.get(number, ())), dtype=np.int64)
        own[number] = Own(keys[part], places[part], posts[part].astype(bool), quiet, number not in unready)
        rows[number] = salts[part]
    return own, rows


def _others(given: Given) -> tuple[dict[int, Ints], set[int]]:
    """What others may post, by document, and which of these are not settled."""
    numbers, keys, is_open = _table(given, "others", ("number", "key", "open"))
    known, first = np.unique(numbers, return_index=True)
    told = dict(zip(known.tolist(), np.split(keys, first[1:]), strict=True)) if len(known) else {}
    return told, set(np.unique(numbers[is_open.astype(bool)]).tolist())


def _table(given: Given, name: str, columns: Sequence[str]) -> list[Any]:
    """The columns of a frame's rows, by the first of them, then the second."""
    parts = [arrays(batch, columns) for batch in given.get(name, ())]
    nothing = np.zeros(0, dtype=np.int64)
    told = [np.concatenate([part[column] for part in parts]) if parts else nothing for column in columns]
    order = np.lexsort((told[1], told[0]))
    return [column[order] for column in told]


def _each(given: Given, name: str) -> Iterator[Row]:
    return (row for batch in given.get(name, ()) for row in rows_of(batch))


# what is kept in the end


def _kept(matched: list[DataFrame], kept: list[DataFrame]) -> DataFrame:
    """The rows of the matches that hold, now that it is known what is posted."""
    from pyspark.sql import functions as f

    rows = reduce(lambda one, two: one.unionByName(two), matched)
    held = reduce(lambda one, two: one.unionByName(two), kept)
    pairs = held.select(f.least("number", "lower").alias("a"), f.greatest("number", "lower").alias("b"))
    return rows.join(pairs, ["a", "b"], "left_semi")
