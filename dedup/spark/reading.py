"""Input to pages: files of any file system, or rows of a frame, each document with its sketch and its keys."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from functools import reduce
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from dedup.corpus.apart import columns_wanted, kind_of, read_file, read_lines, read_rows
from dedup.index.preparing import Prepared, prepare, storable
from dedup.model import CorpusError, Document, Reject, Settings
from dedup.spark.frames import answered, columns_of, rows_of, schema_of
from dedup.spark.stages import Files
from dedup.store import rows_of_record

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame, SparkSession

# Documents that are prepared together: see ``index.preparing``.
_PREPARED_TOGETHER = 500
# What was read, each with the name of its file and its number there.
Read: TypeAlias = Iterable[tuple[tuple[str, int], Document | Reject]]
Reader: TypeAlias = Callable[[Iterator["pa.RecordBatch"]], Read]


class Input:
    """Files that a path or pattern names, by how they can be divided."""

    def __init__(self, spark: SparkSession, path: str) -> None:
        """Raises ``DedupError`` where there is nothing."""
        self._spark, self.path = spark, path
        self._whole, self.files = Files(spark).found(path)

    @property
    def identity(self) -> list[object]:
        """What tells this input from another: names, sizes and times of change."""
        return [self.path, *self.files]

    def pages(self, settings: Settings, now: datetime, fields: Mapping[str, str]) -> DataFrame:
        """What was read of all files, as ``pages_of`` has it."""
        kinds: dict[str, list[str]] = {}
        for name, _, _ in self.files:
            if kind := kind_of(name):
                kinds.setdefault(kind, []).append(name)
        if not kinds:
            raise CorpusError(self.path, "holds no file of a known format")
        called = Called.of(self._whole, self.path)
        readers = {"rows": _rows, "lines": _lines, "file": _whole_files}
        read = [readers[kind](self._spark, names, called, now, fields) for kind, names in sorted(kinds.items())]
        return reduce(lambda one, two: one.unionAll(two), (pages_of(frame, reader, settings) for frame, reader in read))


class Called:
    """What files are called in ids and messages: as the path that was asked for, whatever the engine calls them."""

    def __init__(self, whole: str, told: str) -> None:
        self._whole, self._told = _bare(whole), told

    @classmethod
    def of(cls, whole: str, told: str) -> Called:
        """By the whole path of what was asked for, and how it was asked for."""
        return cls(whole, told.rstrip("/"))

    def name(self, address: str) -> str:
        """The name of a file by its whole path or address."""
        bare = _bare(address)
        return self._told + bare.removeprefix(self._whole) if bare.startswith(self._whole) else bare


def _bare(address: str) -> str:
    """A path without the scheme of local files."""
    if not address.startswith("file:"):
        return address
    path = address.removeprefix("file:")
    return "/" + path.lstrip("/")


def pages_of(frame: DataFrame, reader: Reader, settings: Settings) -> DataFrame:
    """Documents with their sketches and keys, and what was refused: rows of ``page_columns``."""
    columns = page_columns()

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        return answered(_prepared(reader(batches), settings), columns)

    return frame.mapInArrow(run, schema_of(columns))


def page_columns() -> dict[str, str]:
    """Of a document: its row of ``documents`` and of ``sketches``, its keys and their places, and where it was read
    (``file``, ``at``). Of what was refused: ``path``, ``line`` and ``problem``; the rest is null."""
    sketch = {name: kind for name, kind in columns_of("sketches").items() if name != "document"}
    keyed = {"keys": "array<bigint>", "places": "array<int>", "file": "string", "at": "bigint"}
    return {**columns_of("documents"), **sketch, **keyed, "path": "string", "line": "bigint", "problem": "string"}


def _prepared(read: Read, settings: Settings) -> Iterator[tuple[Any, ...]]:
    columns = page_columns()
    source = iter(read)
    while some := list(islice(source, _PREPARED_TOGETHER)):
        places = [place for place, one in some if isinstance(one, Document)]
        made = prepare([storable(one) for _, one in some if isinstance(one, Document)], settings)
        for (file, at), one in zip(places, made, strict=True):
            yield _page(one, file, at, columns) if isinstance(one, Prepared) else _refused(one, columns)
        yield from (_refused(one, columns) for _, one in some if isinstance(one, Reject))


def _page(page: Prepared, file: str, at: int, columns: Mapping[str, str]) -> tuple[Any, ...]:
    known = rows_of_record(page.record)
    known |= {"keys": page.keys, "places": page.places.astype("int32"), "file": file, "at": at}
    return tuple(known.get(name) for name in columns)


def _refused(reject: Reject, columns: Mapping[str, str]) -> tuple[Any, ...]:
    known = {"path": reject.path, "line": reject.line, "problem": reject.problem}
    return tuple(known.get(name) for name in columns)


# what files hold


def _rows(
    spark: SparkSession, names: list[str], called: Called, now: datetime, fields: Mapping[str, str]
) -> tuple[DataFrame, Reader]:
    """Rows of Parquet, which the engine divides."""
    frame = spark.read.parquet(*names)
    columns = [f"`{name}`" for name in columns_wanted(_leaves(frame), fields)]
    frame = frame.select(*columns, "_metadata.file_path", "_metadata.row_index")

    def reader(batches: Iterator[pa.RecordBatch]) -> Read:
        return (((place.name, place.number or 0), read) for place, read in read_rows(placed(batches), now, fields))

    def placed(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[pa.RecordBatch, list[tuple[str, int]]]]:
        for batch in batches:
            files, rows = (batch.column(at).to_pylist() for at in (-2, -1))
            names = {file: called.name(unquote(file)) for file in set(files)}
            places = [(names[file], row + 1) for file, row in zip(files, rows, strict=True)]
            yield batch.select(batch.schema.names[:-2]), places

    return frame, reader


def frame_rows(frame: DataFrame, now: datetime, fields: Mapping[str, str]) -> tuple[DataFrame, Reader]:
    """Rows of any frame; each must have an id or an address."""
    columns = [f"`{name}`" for name in columns_wanted(_leaves(frame), fields)]

    def reader(batches: Iterator[pa.RecordBatch]) -> Read:
        read = read_rows(((batch, None) for batch in batches), now, fields)
        return ((("", 0), one) for _, one in read)

    return frame.select(*columns), reader


def _leaves(frame: DataFrame) -> list[str]:
    """The columns by their dotted names."""
    from pyspark.sql.types import StructType

    def below(fields: StructType, prefix: str) -> Iterator[str]:
        for field in fields:
            if isinstance(field.dataType, StructType):
                yield from below(field.dataType, f"{prefix}{field.name}.")
            else:
                yield prefix + field.name

    return list(below(frame.schema, ""))


def _lines(
    spark: SparkSession, names: list[str], called: Called, now: datetime, fields: Mapping[str, str]
) -> tuple[DataFrame, Reader]:
    """Lines of text, which the engine divides; they are counted first, so that each knows its number in its file."""
    from pyspark.sql import functions as f

    frame = spark.read.option("lineSep", "\n").text(names).select(
        f.col("value").cast("binary").alias("value"), *_where()
    )  # fmt: skip
    filled = f.col("value").cast("string").rlike(r"\S")
    counts = frame.groupBy("file_path", "file_block_start").agg(f.count("*"), f.sum(filled.cast("bigint"))).collect()
    before: dict[tuple[str, int], tuple[int, int]] = {}
    file, lines, records = "", 0, 0
    for path, start, many, some in sorted(map(tuple, counts)):
        file, lines, records = (path, lines, records) if path == file else (path, 0, 0)
        before[path, start] = lines, records
        lines, records = lines + many, records + some

    def reader(batches: Iterator[pa.RecordBatch]) -> Read:
        return (((place.name, place.number or 0), read) for place, read in read_lines(numbered(batches), now, fields))

    def numbered(batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[str, int, int, bytes]]:
        at, line, record, name = None, 0, 0, ""
        for value, path, start in (row for batch in batches for row in rows_of(batch)):
            if at != (path, start):
                at, name = (path, start), called.name(unquote(path))
                line, record = before[at]
            line += 1
            if value.strip():
                record += 1
                yield name, line, record, value

    return frame, reader


def _where() -> list[Column]:
    from pyspark.sql import functions as f

    return [f.col(f"_metadata.{name}").alias(name) for name in ("file_path", "file_block_start")]


def _whole_files(
    spark: SparkSession, names: list[str], called: Called, now: datetime, fields: Mapping[str, str]
) -> tuple[DataFrame, Reader]:
    """Files that cannot be divided, each read whole by one task."""
    frame = spark.read.format("binaryFile").load(names).select("path", "content")

    def reader(batches: Iterator[pa.RecordBatch]) -> Read:
        for path, content in (row for batch in batches for row in rows_of(batch)):
            name = called.name(path)
            with TemporaryDirectory() as folder:
                here = Path(folder) / Path(name).name
                here.write_bytes(content)
                for place, read in read_file(here, name, now, fields):
                    yield (place.name, place.number or 0), read

    return frame, reader
