"""From matches by keys to links: each step is a task of ``index.tasks``, given the rows of all that it hangs on."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from dedup.boilerplate import UNRELATED_STORIES
from dedup.index import tasks
from dedup.index.knowing import learned_from
from dedup.measure import TEASERS
from dedup.model import Settings
from dedup.spark.components import components
from dedup.spark.finding import match
from dedup.spark.frames import PART, at_stores, columns_of, part_of, rows_of_tables, schema_of, tables_of, tasks_for
from dedup.spark.near import at_either_end, ends_of, rows_for, texts_of, touching, wanted_by, without
from dedup.spark.scenes import dealt
from dedup.spark.stages import Stages

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

# Documents of one task, of which all is held in memory that its answers hang on: without their texts, and with them.
TOLD_EACH, READ_EACH = 20_000, 5_000


class Told(NamedTuple):
    """Rows of the store's tables of these names."""

    matches: DataFrame
    boilerplate: DataFrame
    tallies: DataFrame
    outlets: DataFrame
    links: DataFrame
    stories: DataFrame
    stands: DataFrame


def tell(stages: Stages, pages: DataFrame, matches: DataFrame, settings: Settings) -> Told:
    """What matches by keys come to."""
    telling = _Telling(stages, pages, settings)
    plates = telling.boilerplate(matches)
    related = telling.related(matches, plates)
    related = related.unionByName(telling.proposed(related, plates))
    scenes = stages.kept("scenes", lambda: dealt(stages, related, READ_EACH))
    tallied = stages.kept("tallied", lambda: telling.tallied(related, plates, scenes))
    tallies, found = tables_of(tallied, "tallies"), tables_of(tallied, "matches")
    outlets = stages.kept("learned", lambda: telling.learned(tallies))
    linked = stages.kept("linked", lambda: telling.linked(related, plates, scenes, tallies, found, outlets))
    stands = tables_of(linked, "stands")
    held = without(related.unionByName(found), tables_of(linked, "dropped"))
    held = held.unionByName(tables_of(linked, "matches"))
    tops = stages.kept("tops", lambda: telling.tops(related, stands))
    teased = stages.kept("teased", lambda: telling.teased(held, plates, stands, tops))
    return Told(
        matches=held.unionByName(tables_of(teased, "matches")),
        boilerplate=plates,
        tallies=tallies,
        outlets=outlets,
        links=tables_of(linked, "links").unionByName(tables_of(teased, "links")),
        stories=tables_of(linked, "stories"),
        stands=stands,
    )


class _Telling:
    """The steps over some pages."""

    def __init__(self, stages: Stages, pages: DataFrame, settings: Settings) -> None:
        self._stages, self._pages, self._settings = stages, pages, settings

    def boilerplate(self, matches: DataFrame) -> DataFrame:
        """Rows of ``boilerplate``: rough stories, and what of pages stands in many of them."""
        from pyspark.sql import functions as f

        close = matches.where("close = 1").select("a", "b")
        stories = components(self._stages, "rough_stories", close).toDF("document", "story")
        own = self._stages.kept("boilerplate_own", lambda: self._own_boilerplate(matches, stories))
        every = self._stages.kept("boilerplate_all", lambda: self._all_boilerplate(matches, own))
        told = stories.join(own, "document", "full").join(every, "document", "full")
        told = told.select(
            "document", f.coalesce("story", "document").alias("story"),
            f.coalesce("own", f.lit("[]")).alias("own"), f.coalesce("marked", f.lit("[]")).alias("marked"),
        )  # fmt: skip
        return self._stages.kept(
            "boilerplate", lambda: told.where("story <> document or own <> '[]' or marked <> '[]'")
        )

    def _own_boilerplate(self, matches: DataFrame, stories: DataFrame) -> DataFrame:
        from pyspark.sql import functions as f

        # Fewer neighbours cannot be of so many stories.
        many = ends_of(matches).groupBy("number").count().where(f.col("count") >= UNRELATED_STORIES).select("number")
        count = tasks_for(many.count(), TOLD_EACH)
        near = touching(matches.withColumn("edits", f.lit("[]")), many, count)
        wanted = wanted_by(near)
        frames = {
            "documents": self._publishers(wanted), "matches": near, "boilerplate": rows_for(stories, wanted),
        }  # fmt: skip
        asked = many.select(part_of("number", count), "number")
        return self._at_stores(frames, asked, count, tasks.own_boilerplate, {"document": "bigint", "own": "string"})

    def _all_boilerplate(self, matches: DataFrame, own: DataFrame) -> DataFrame:
        from pyspark.sql import functions as f

        telling = own.select(f.col("document").alias("number"))
        showing = at_either_end(matches.withColumn("edits", f.lit("[]")), telling)
        numbers = ends_of(showing).select("number").distinct()
        count = tasks_for(numbers.count(), TOLD_EACH)
        near = touching(showing, numbers, count)
        wanted = wanted_by(near)
        plates = own.withColumn("story", f.col("document"))
        frames = {
            "documents": self._publishers(wanted), "matches": near, "boilerplate": rows_for(plates, wanted),
        }  # fmt: skip
        asked = numbers.select(part_of("number", count), "number")
        return self._at_stores(frames, asked, count, tasks.all_boilerplate, {"document": "bigint", "marked": "string"})

    def related(self, matches: DataFrame, plates: DataFrame) -> DataFrame:
        """The matches with what each makes of its documents."""

        def make() -> DataFrame:
            count = tasks_for(matches.count(), TOLD_EACH)
            near = matches.select(part_of("a", count), *matches.columns)
            wanted = wanted_by(near)
            frames = {"matches": near, "boilerplate": rows_for(plates, wanted)}
            frames |= texts_of(wanted, self._pages, text=False)
            told = {"a": "bigint", "b": "bigint", "relation": "string"}
            asked = near.select(PART, "a", "b")
            return self._at_stores(frames, asked, count, tasks.related, told)

        relations = self._stages.kept("relations", make)
        return matches.drop("relation").join(relations, ["a", "b"])

    def proposed(self, matches: DataFrame, plates: DataFrame) -> DataFrame:
        """The matches of pairs that met the same of a third page, and not each other."""
        from pyspark.sql import functions as f

        def pairs() -> DataFrame:
            hubs = ends_of(matches).groupBy("number").count().where("count > 1").select("number")
            count = tasks_for(hubs.count(), READ_EACH)
            near = touching(matches, hubs, count)
            wanted = wanted_by(near)
            frames = {"matches": near, "boilerplate": rows_for(plates, wanted)}
            frames |= texts_of(wanted, self._pages, text=False)
            asked = hubs.select(part_of("number", count), "number")
            told = self._at_stores(frames, asked, count, tasks.proposed, {"a": "bigint", "b": "bigint"})
            return told.distinct().join(matches.select("a", "b"), ["a", "b"], "left_anti")

        proposals = self._stages.kept("proposals", pairs)
        known = plates.select("document", "story", "own", "marked")
        found = self._stages.kept(
            "proposed", lambda: match(proposals, self._pages, tasks.matched_by_hub, self._settings, boilerplate=known)
        )
        return found.select(*(f.col(name) for name in matches.columns))

    def tallied(self, matches: DataFrame, plates: DataFrame, scenes: DataFrame) -> DataFrame:
        """Rows of ``tallies`` and ``matches``: what scenes are told to be without any knowledge of outlets."""
        frames, asked, count = self._scenes(matches, plates, scenes)
        return self._at_tables(frames, asked, count, tasks.tallied, ("tallies", "matches"))

    def learned(self, tallies: DataFrame) -> DataFrame:
        """Rows of ``outlets``, of those of which there is anything to know."""
        from pyspark.sql import functions as f

        outlets = self._pages.where("outlet is not null").select(f.col("number").alias("document"), "outlet")
        told = tallies.join(outlets, "document")
        counts = told.groupBy("outlet").agg(f.sum("copies"), f.sum("copied")).collect()
        phrases = told.select("outlet", f.explode(f.from_json("phrases", "array<string>")).alias("phrase"))
        shown = phrases.groupBy("outlet", "phrase").count().collect()
        tallied = sorted(map(tuple, counts))
        known = learned_from(tallied, sorted(map(tuple, shown)))
        nothing: tuple[float, tuple[str, ...]] = (0.0, ())
        learned = ((outlet, copies, copied, *known.get(outlet, nothing)) for outlet, copies, copied in tallied)
        rows = [(outlet, 0, 0, 0, *told, json.dumps(names)) for outlet, *told, names in learned]
        columns = ("name", "documents", "copies", "copied", "decided_copies", "decided_copied", "habit", "names")
        kinds = columns_of("outlets")
        return self._stages.spark.createDataFrame(rows, schema_of({name: kinds[name] for name in columns}))

    def linked(
        self, matches: DataFrame, plates: DataFrame, scenes: DataFrame, tallies: DataFrame, found: DataFrame,
        outlets: DataFrame,
    ) -> DataFrame:  # fmt: skip
        """Rows of ``links``, ``stories``, ``stands`` and ``matches``, and of those to be ``dropped``."""
        from pyspark.sql import functions as f

        frames, asked, count = self._scenes(matches.unionByName(found), plates, scenes)
        parts = scenes.select(f.col("number").alias("document"), PART)
        named = frames["documents"].select(PART, f.col("outlet").alias("name")).distinct()
        frames |= {"tallies": tallies.join(parts, "document"), "outlets": outlets.join(named, "name")}
        return self._at_tables(frames, asked, count, tasks.linked, ("links", "stories", "stands", "matches", "dropped"))

    def tops(self, matches: DataFrame, stands: DataFrame) -> DataFrame:
        """What ``tasks.topped`` says of all pages that show teasers, or what others show of them."""
        from pyspark.sql import functions as f

        matches = matches.withColumn("edits", f.lit("[]"))
        shown = matches.where(f.col("step") == "key").where(f.col("relation").isin(*TEASERS))
        pages = f.when(f.col("relation") == "shows_teaser", f.col("a")).otherwise(f.col("b"))
        shown = shown.withColumn("page", pages)
        hubs = shown.select(f.col("page").alias("number")).distinct()
        apart = matches.where("step = 'key' and relation = 'nothing'")
        beside = ends_of(apart).join(hubs.withColumnRenamed("number", "other"), "other").select("number", "other")
        numbers = hubs.union(beside.select("number")).distinct()
        count = tasks_for(numbers.count(), TOLD_EACH)
        near = touching(matches, numbers, count)
        hubs_near = beside.select(part_of("number", count), f.col("other").alias("page")).distinct()
        theirs = shown.join(hubs_near, "page").select(*near.columns)
        every = near.unionByName(theirs)
        frames = {"matches": every, "stands": rows_for(stands, wanted_by(every))}
        told = {"page": "bigint", "top": "bigint", "is_shown": "boolean", "is_known": "boolean"}
        asked = numbers.select(part_of("number", count), "number")
        return self._at_stores(frames, asked, count, tasks.topped, told)

    def teased(self, matches: DataFrame, plates: DataFrame, stands: DataFrame, tops: DataFrame) -> DataFrame:
        """Rows of ``links`` that are teasers, and of ``matches`` that were found for them."""
        from pyspark.sql import functions as f

        count = tasks_for(tops.count(), READ_EACH)
        asked = tops.select(part_of("page", count), *tops.columns)
        ends = asked.select(PART, f.col("page").alias("number")).union(asked.select(PART, "top")).distinct()
        pairs = asked.select(PART, f.least("page", "top").alias("a"), f.greatest("page", "top").alias("b")).distinct()
        near = matches.join(pairs, ["a", "b"]).select(PART, *matches.columns)
        frames = {"matches": near, "boilerplate": rows_for(plates, ends), "stands": rows_for(stands, ends)}
        frames |= texts_of(ends, self._pages)
        return self._at_tables(frames, asked, count, tasks.teasing, ("links", "matches"))

    # tools

    def _scenes(
        self, matches: DataFrame, plates: DataFrame, scenes: DataFrame
    ) -> tuple[dict[str, DataFrame], DataFrame, int]:
        """Frames of whole scenes, what is asked of them, and the number of tasks."""
        from pyspark.sql import functions as f

        last = scenes.agg(f.max(PART)).first()
        count = 1 + (last[0] or 0 if last is not None else 0)
        asked = scenes.select(PART, "number")
        heads = scenes.select("number", "head", PART)
        one, two = heads.toDF("a", "a_head", PART), heads.toDF("b", "b_head", "b_part")
        within = matches.join(one, "a").join(two, "b").where("a_head = b_head").select(PART, *matches.columns)
        teasers = matches.where(f.col("relation").isin(*TEASERS))
        near = touching(teasers, scenes.select("number"), None, asked)
        outside = wanted_by(near).join(asked, [PART, "number"], "left_anti")
        frames = texts_of(asked, self._pages)
        frames["documents"] = frames["documents"].unionByName(self._publishers(outside), allowMissingColumns=True)
        frames |= {"matches": within.unionByName(near), "boilerplate": rows_for(plates, asked)}
        return frames, asked, count

    def _publishers(self, wanted: DataFrame) -> DataFrame:
        """What is known of documents ``(part, number)`` but their texts: enough to tell houses apart."""
        from pyspark.sql import functions as f

        columns = ("id", "outlet", "site_name", "words", "body_words", "digest")
        return self._pages.join(wanted, "number").select(PART, "number", *columns, f.lit("").alias("text"))

    def _at_stores(
        self, frames: dict[str, DataFrame], asked: DataFrame, count: int, task: tasks.Task, columns: dict[str, str]
    ) -> DataFrame:
        return at_stores(frames, asked, count, task, columns, self._settings)

    def _at_tables(
        self, frames: dict[str, DataFrame], asked: DataFrame, count: int, task: tasks.Tables, tables: tuple[str, ...]
    ) -> DataFrame:
        columns, several = rows_of_tables(task, tables)
        return at_stores(frames, asked, count, several, columns, self._settings)
