"""What hangs together: connected components by the least number, in a logarithmic number of joins.

Alternating large-star and small-star (Kiveris, Lattanzi, Mirrokni, Rastogi, Vassilvitskii 2014): no task holds all the
neighbours of a document with many.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.spark.stages import Stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def components(stages: Stages, name: str, pairs: DataFrame) -> DataFrame:
    """The least number that each document of pairs ``(a, b)`` is joined to: ``number``, ``head``; itself among them."""
    edges = stages.kept(f"{name}/0", lambda: _downwards(pairs.toDF("upper", "lower")))
    round, before = 1, _sum(edges)
    while True:
        made = edges
        edges = stages.kept(f"{name}/{round}", lambda made=made: _small_star(_large_star(made)))  # type: ignore[misc]
        now = _sum(edges)
        if now == before:
            break
        round, before = round + 1, now
    heads = edges.selectExpr("lower as number", "lower as head").distinct()
    return edges.selectExpr("upper as number", "lower as head").unionByName(heads).distinct()


def _sum(edges: DataFrame) -> tuple[int, int]:
    """What changes with any edge: their count, and the sum of what hashes of them leave."""
    from pyspark.sql import functions as f

    told = edges.agg(f.count("*"), f.sum(f.pmod(f.xxhash64("upper", "lower"), f.lit(1 << 31)))).first()
    return (told[0], told[1] or 0) if told is not None else (0, 0)


def _downwards(edges: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    down = edges.select(f.greatest("upper", "lower").alias("upper"), f.least("upper", "lower").alias("lower"))
    return down.where("upper <> lower").distinct()


def _large_star(edges: DataFrame) -> DataFrame:
    """Every greater neighbour of a document is joined to the least of its neighbours and itself."""
    from pyspark.sql import functions as f

    both = edges.selectExpr("upper as node", "lower as other").unionByName(
        edges.selectExpr("lower as node", "upper as other")
    )
    least = both.groupBy("node").agg(f.min("other").alias("least"))
    least = least.select("node", f.least("least", "node").alias("least"))
    greater = both.where("other > node").join(least, "node")
    return _downwards(greater.selectExpr("other as upper", "least as lower"))


def _small_star(edges: DataFrame) -> DataFrame:
    """Every lesser neighbour of a document, and itself, is joined to the least of them."""
    from pyspark.sql import functions as f

    least = edges.groupBy("upper").agg(f.min("lower").alias("least"))
    lesser = edges.join(least, "upper").selectExpr("lower as upper", "least as lower")
    own = least.selectExpr("upper", "least as lower")
    return _downwards(lesser.unionByName(own))
