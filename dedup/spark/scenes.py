"""Scenes, dealt to tasks: documents that are tied to one story stay together, and tasks have as much to do."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from typing import TYPE_CHECKING

from dedup.measure import STORY, TEASERS
from dedup.spark.components import components
from dedup.spark.frames import PART, tasks_for
from dedup.spark.stages import Stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Scenes of more than this part of a task's documents are dealt out one by one; all others fall where chance will.
_LARGE = 1 / 50


def dealt(stages: Stages, matches: DataFrame, each: int) -> DataFrame:
    """The scenes of matches with their relations: ``number``, ``head`` (the least of the scene) and ``part``; those
    that only a teaser ties to others are scenes of one."""
    from pyspark.sql import functions as f

    tied = components(stages, "scene", matches.where(f.col("relation").isin(*STORY)).select("a", "b"))
    shown = matches.where(f.col("relation").isin(*TEASERS))
    alone = shown.select(f.col("a").alias("number")).union(shown.select("b")).distinct()
    alone = alone.join(tied, "number", "left_anti").withColumn("head", f.col("number"))
    scenes = tied.unionByName(alone)
    count = tasks_for(scenes.count(), each)
    sizes = scenes.groupBy("head").count()
    large = sizes.where(f.col("count") > max(1, int(_LARGE * each))).collect()
    parts = deal(((head, size) for head, size in large), count)
    told = stages.spark.createDataFrame(parts or [(-1, -1)], "head bigint, dealt int")
    by_chance = f.pmod(f.col("head"), f.lit(count)).cast("int")
    told = scenes.join(f.broadcast(told), "head", "left")
    return told.select("number", "head", f.coalesce("dealt", by_chance).alias(PART))


def deal(sizes: Iterable[tuple[int, int]], count: int) -> list[tuple[int, int]]:
    """The task, of so many, for each of some scenes and their sizes: the largest first, each to that with least to do
    so far, by number where several have (Graham 1969: at most 4/3 of the best there is)."""
    tasks = [(0, task) for task in range(count)]
    dealt = []
    for head, size in sorted(sizes, key=lambda one: (-one[1], one[0])):
        load, task = heapq.heappop(tasks)
        heapq.heappush(tasks, (load + size, task))
        dealt.append((head, task))
    return dealt
