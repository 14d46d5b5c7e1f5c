"""What hangs on what: the rows that documents, and what these met, need to be told beside each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dedup.spark.frames import PART, columns_of, part_of

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


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


def ends_of(matches: DataFrame) -> DataFrame:
    """Each document of matches with each other that it matches: ``number``, ``other``."""
    pairs = matches.select("a", "b")
    return pairs.toDF("number", "other").unionByName(pairs.toDF("other", "number"))


def at_either_end(matches: DataFrame, numbers: DataFrame) -> DataFrame:
    """The matches that have one of the documents at either end, each once."""
    at_a = matches.join(numbers.withColumnRenamed("number", "a"), "a", "left_semi")
    at_b = matches.join(numbers.withColumnRenamed("number", "b"), "b", "left_semi")
    return at_a.unionByName(at_b.join(numbers.withColumnRenamed("number", "a"), "a", "left_anti"))


def touching(
    matches: DataFrame, numbers: DataFrame, count: int | None, parts: DataFrame | None = None
) -> DataFrame:  # fmt: skip
    """The matches of documents, with the part that each of these is told in: by its number, or as ``parts`` say."""
    columns = matches.columns
    if count is not None:
        parts = numbers.select(part_of("number", count), "number")
    if parts is None:
        raise ValueError("neither a count of parts nor parts")
    told = [matches.join(parts.withColumnRenamed("number", end), end).select(PART, *columns) for end in ("a", "b")]
    return told[0].unionByName(told[1])


def wanted_by(near: DataFrame) -> DataFrame:
    """The documents of matches, ``(part, number)``, each once a part."""
    return near.select(PART, "a").toDF(PART, "number").union(near.select(PART, "b")).distinct()


def rows_for(frame: DataFrame, wanted: DataFrame) -> DataFrame:
    """The rows of documents, by ``document``, for each part that wants them."""
    return frame.join(wanted.withColumnRenamed("number", "document"), "document")


def without(matches: DataFrame, pairs: DataFrame) -> DataFrame:
    """The matches but for those of some pairs ``(a, b)``."""
    return matches.join(pairs, ["a", "b"], "left_anti")
