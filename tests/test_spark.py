"""The index on Spark, end to end in two local tasks: what it gives is, row for row, what the index gives here."""

from __future__ import annotations

import gzip
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

import made
import pytest

from dedup.cli import run
from dedup.index import Index
from dedup.model import CorpusError, DedupError, Document, Settings, StoreError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'newswire-dedup[spark]'")
spark_room = pytest.importorskip("dedup.spark")
# pyspark opens sockets and processes that it leaves to the end of the program.
pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::DeprecationWarning", "ignore::FutureWarning"
)

# As few tasks as there can be, and no code compiled for them: what they cost to start is most of what these tests cost.
QUICK = {
    "spark.sql.shuffle.partitions": "1", "spark.ui.enabled": "false", "spark.sql.adaptive.enabled": "false",
    "spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1",
    "spark.sql.codegen.wholeStage": "false", "spark.sql.codegen.factoryMode": "NO_CODEGEN",
}  # fmt: skip


@pytest.fixture(scope="module")
def spark() -> Iterator[SparkSession]:
    try:
        spark_room.session.__globals__["require_java"]()
    except DedupError as error:
        pytest.skip(str(error))
    session = spark_room.session("local[2]", QUICK)
    yield session
    session.stop()


class Ran:
    """A corpus in files of several formats, linked by the engine, and indexed here."""

    def __init__(self, folder: Path, session: SparkSession) -> None:
        self.pages, self.out, self.session = folder / "pages", folder / "out", session
        self.told: list[str] = []
        _write(self.pages)
        self.links = self.link()
        spark_room.import_run(str(self.out), str(folder / "spark.db"))
        assert run(["index", str(self.pages), "-q", "--db", str(folder / "here.db")]) == 0
        self.imported, self.here = folder / "spark.db", folder / "here.db"

    def link(self, **more: Any) -> Any:
        self.told.clear()
        return spark_room.link_files(self.session, str(self.pages), str(self.out), on_stage=self.told.append, **more)


@pytest.fixture(scope="module")
def ran(spark: SparkSession, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("spark"), spark)


def _write(folder: Path) -> None:
    """A corpus in JSON Lines, packed and not, Parquet, CSV and texts; one record is none, and one stands twice."""
    import pyarrow as pa
    import pyarrow.parquet

    folder.mkdir()
    pages = [*made.corpus(3, 5, 4), *made.mirrors_of(7, 12)]
    rows = [_row(page) for page in pages]
    lines = [json.dumps(row) for row in rows[:12]]
    lines[3:3] = ["", '{"text": "broken']
    # A record without an id or an address is called by its place.
    lines.append(json.dumps({"text": rows[2]["text"], "title": "A page that nobody named"}))
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    with gzip.open(folder / "b b.jsonl.gz", "wt", encoding="utf-8") as packed:
        packed.writelines(json.dumps(row) + "\n" for row in [*rows[12:18], {**rows[1], "text": rows[5]["text"]}])
    pa.parquet.write_table(pa.Table.from_pylist(rows[18:24]), folder / "c.parquet")
    (folder / "d.csv").write_text(_csv(rows[24:28]), encoding="utf-8")
    for at, page in enumerate(pages[28:]):
        (folder / f"e{at}.txt").write_text(f"{page.title}\n\n{page.text}\n", encoding="utf-8")
    (folder / "notes.unknown").write_text("not a page", encoding="utf-8")


def _row(page: Document) -> dict[str, str | None]:
    names = ("id", "url", "title", "outlet", "site_name", "published", "text")
    return {name: getattr(page, name) for name in names}


def _csv(rows: list[dict[str, str | None]]) -> str:
    quoted = (",".join('"' + (value or "").replace('"', '""') + '"' for value in row.values()) for row in rows)
    return "\n".join([",".join(rows[0]), *quoted]) + "\n"


def test_every_row_is_what_the_index_gives_here(ran: Ran) -> None:
    tables = tuple(table for table in made.TABLES if table != "pending")
    here, there = made.dump(ran.here, tables), made.dump(ran.imported, tables)
    for table in tables:
        assert sorted(map(repr, there[table])) == sorted(map(repr, here[table])), table
    assert len(here["links"]) > 20
    with Index(ran.imported) as one, Index(ran.here) as two:
        assert one.rejects() == two.rejects()
        assert len(one.rejects()) == 1
        assert one.check() == []


def test_what_is_imported_can_be_added_to(ran: Ran, tmp_path: Path) -> None:
    more = made.mirrors_of(11, 3)
    with (
        Index(shutil.copy(ran.imported, tmp_path / "a.db")) as one,
        Index(shutil.copy(ran.here, tmp_path / "b.db")) as two,
    ):
        assert one.add(more) == two.add(more)
        assert list(one.links(None)) == list(two.links(None))


def test_frames_have_what_the_store_has(ran: Ran) -> None:
    with Index(ran.here) as opened:
        links = list(opened.links(None))
    rows = ran.links.links.collect()
    assert sorted((row["copy"], row["original"] or "", row["kind"], row["coverage"]) for row in rows) == sorted(
        (link.copy, link.original or "", link.kind, link.coverage) for link in links
    )


def test_stages_are_made_once_and_again_where_they_were_not_finished(ran: Ran) -> None:
    before = {name: _rows(ran, name) for name in ("links", "stories", "matches")}
    ran.link()
    assert ran.told == []
    # As a kill leaves them: no manifest, or half of the files.
    for name in ("stages.relations", "links"):
        (ran.out / "stages" / "_made" / f"{name}.txt").unlink()
    shutil.rmtree(ran.out / "links")
    ran.link()
    assert [told.partition(":")[0] for told in ran.told] == ["relations", "links"]
    assert {name: _rows(ran, name) for name in before} == before


def _rows(ran: Ran, table: str) -> list[str]:
    return sorted(map(repr, ran.session.read.parquet(str(ran.out / table)).collect()))


def test_other_settings_never_reuse_stages(ran: Ran, tmp_path: Path) -> None:
    from dedup.spark.stages import Stages

    shutil.copytree(ran.out / "stages" / "_made", tmp_path / "stages" / "_made")
    told: list[str] = []
    frame = ran.session.range(3)
    for settings in (Settings(), Settings(shingle_words=4)):
        stages = Stages(ran.session, str(tmp_path), {"settings": settings.as_dict()}, told.append)
        for _ in range(2):
            stages.kept("read", lambda: frame)
    assert [one.partition(":")[0] for one in told] == ["read", "read"]


def test_pages_are_compared_with_originals_alone(spark: SparkSession, tmp_path: Path) -> None:
    random = Random(5)
    stories = [made.story(random) for _ in range(3)]
    wire = [made.page(f"wire/{at}", text) for at, text in enumerate(stories)]
    pages = [
        made.page(f"site{n}/{at}", made.mirror(random, text, f"Site{n}"))
        for at, text in enumerate(stories)
        for n in range(3)
    ]
    frames = [spark.createDataFrame([_row(page) for page in part], _SCHEMA) for part in (pages, wire)]
    links = spark_room.link(spark, *frames, out=str(tmp_path / "out")).links.collect()
    assert {(link["copy"], link["original"]) for link in links} == {
        (page.id, f"wire/{page.id.partition('/')[2]}") for page in pages
    }
    matches = spark.read.parquet(str(tmp_path / "out" / "stages" / "matches_by_key"))
    assert matches.count() == len(pages)
    # Frames are read again, and the rest is taken from where it is if the pages are the same.
    told: list[str] = []
    again = spark_room.link(spark, *frames, out=str(tmp_path / "out"), on_stage=told.append)
    assert [one.partition(":")[0] for one in told] == ["read"]
    assert again.links.count() == len(links)


_SCHEMA = "id string, url string, title string, outlet string, site_name string, published string, text string"


def test_a_key_of_many_documents_is_divided(
    spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As finding in rounds does it, with no more than a few rows of a key in a task."""
    from dedup.spark import finding, keys, reading
    from dedup.spark.stages import Stages

    monkeypatch.setattr(keys, "DIVIDED", 4)
    monkeypatch.setattr(keys, "KEYS_EACH", 300)
    monkeypatch.setattr(finding, "THROUGH", 8)
    monkeypatch.setattr(finding, "SETTLED_EACH", 8)
    monkeypatch.setattr(finding, "_LEFT", 4)
    documents = made.mirrors_of(9, 30)
    frame = spark.createDataFrame([_row(page) for page in documents], _SCHEMA)
    rows, reader = reading.frame_rows(frame, made_now(), {})
    pages = reading.pages_of(rows, reader, Settings()).cache()
    found = finding.find(Stages(spark, str(tmp_path / "out"), {}, print), pages, Settings())
    with Index(tmp_path / "here.db") as opened:
        opened.add(documents)
    here = made.dump(tmp_path / "here.db")
    assert {(row["a"], row["b"]) for row in found.matches.select("a", "b").collect()} == {
        (row[0], row[1]) for row in here["matches"] if row[2] == "key"
    }
    assert {tuple(row) for row in found.postings.collect()} == {(row[0], row[1]) for row in here["postings"]}


def made_now() -> Any:
    from datetime import UTC, datetime

    return datetime(2030, 1, 1, tzinfo=UTC)


# what is wrong is told


def test_what_is_not_there(spark: SparkSession, tmp_path: Path) -> None:
    with pytest.raises(DedupError, match="there is no such file or folder"):
        spark_room.link_files(spark, str(tmp_path / "none"), str(tmp_path / "out"))
    (tmp_path / "a.unknown").write_text("nothing", encoding="utf-8")
    with pytest.raises(CorpusError, match="holds no file of a known format"):
        spark_room.link_files(spark, str(tmp_path), str(tmp_path / "out"))


def test_rows_that_nobody_could_find_again_are_refused(spark: SparkSession) -> None:
    from dedup.spark import reading

    frame = spark.createDataFrame([{"text": " ".join(made.WORDS[:60])}], "text string")
    rows, reader = reading.frame_rows(frame, made_now(), {})
    refused = reading.pages_of(rows, reader, Settings()).collect()
    assert [row["problem"] for row in refused] == ["has neither an id nor an address: give each row one"]


def test_only_a_whole_run_is_imported_and_only_into_a_new_file(ran: Ran, tmp_path: Path) -> None:
    with pytest.raises(DedupError, match="holds no run"):
        spark_room.import_run(str(tmp_path), str(tmp_path / "a.db"))
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(StoreError, match="is there already"):
        spark_room.import_run(str(ran.out), str(ran.imported))


def test_a_java_that_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from dedup.spark.session import require_java

    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(DedupError, match="Spark needs Java, and there is none: install"):
        require_java()
    (tmp_path / "bin").mkdir()
    old = tmp_path / "bin" / "java"
    old.write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n", encoding="utf-8")
    old.chmod(0o755)
    with pytest.raises(DedupError, match="needs Java 17 or later"):
        require_java()


def test_scenes_are_dealt_evenly() -> None:
    from dedup.spark.scenes import deal

    dealt = deal([(1, 50), (2, 30), (3, 30), (4, 20), (5, 10)], 2)
    assert dealt == [(1, 0), (2, 1), (3, 1), (4, 0), (5, 1)]
    assert deal([], 3) == []


def test_the_command_line_tells_what_is_wrong(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spark-index", "pages", "-o", str(tmp_path / "out"), "--conf", "memory"]) == 2
    assert "--conf memory: say which setting is what" in capsys.readouterr().err
    assert run(["import", str(tmp_path), "--db", str(tmp_path / "a.db")]) == 2
    assert capsys.readouterr().err.startswith(f"Error: {tmp_path}: holds no run of 'dedup spark-index'")


def test_the_command_line_goes_on_where_it_was(ran: Ran, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["spark-index", str(ran.pages), "-o", str(ran.out)]) == 0
    assert capsys.readouterr().err.splitlines()[-1].endswith(f"1 rejected; in {ran.out}")
    assert run(["import", str(ran.out), "--db", str(tmp_path / "a.db")]) == 0
    assert capsys.readouterr().err.endswith(f"links; in {tmp_path / 'a.db'}\n")
    assert run(["info", "--db", str(tmp_path / "a.db")]) == 0
