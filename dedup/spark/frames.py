"""Frames of rows to tasks and back: what a task needs is brought together in one partition, and done there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, reduce
from itertools import accumulate, islice
from typing import TYPE_CHECKING, Any, TypeAlias

from dedup.index.tasks import Row, Tables, Task
from dedup.model import Settings
from dedup.store import PART_TABLES, Store

if TYPE_CHECKING:
    import pyarrow as pa
    from pyspark.sql import Column, DataFrame

# Rows of what a task answers, with texts and of numbers alone, that are handed over together.
_ANSWERED_TOGETHER, _NUMBERS_TOGETHER = 2_000, 100_000
# What SQLite calls the types of columns, in the words of the engine.
TYPES = {"integer": "bigint", "real": "double", "text": "string", "blob": "binary"}
# The column that says which task a row is for.
PART = "part"

# Columns of numbers, laid out as arrays of one length; those that are left out are null.
Laid: TypeAlias = Mapping[str, Any]
# What a task is given: of each frame the batches of its rows.
Given: TypeAlias = Mapping[str, list["pa.RecordBatch"]]


@cache
def columns_of(table: str) -> Mapping[str, str]:
    """The columns of a table of the store, and their types in the engine."""
    with Store(":memory:", Settings(), writing=True) as store:
        return {name: TYPES[kind] for name, kind in store.columns(table).items()}


def schema_of(columns: Mapping[str, str]) -> str:
    """Columns and types, as the engine reads them."""
    return ", ".join(f"`{name}` {kind}" for name, kind in columns.items())


def tasks_for(rows: int, each: int) -> int:
    """How many tasks so many rows are for."""
    return max(1, -(-rows // each))


def part_of(number: str | Column, count: int) -> Column:
    """The task, of so many, for a document: numbers are hashes, so each has as much to do."""
    from pyspark.sql import functions as f

    return f.pmod(f.col(number) if isinstance(number, str) else number, f.lit(count)).cast("int").alias(PART)


def gathered(
    frames: Mapping[str, DataFrame],
    count: int,
    work: Callable[[Given], Iterable[pa.RecordBatch]],
    columns: Mapping[str, str],
) -> DataFrame:
    """Do ``work`` in so many tasks, each with those rows of all frames whose ``part`` is its number; it gives batches
    of the columns."""
    from pyspark.sql import functions as f

    packed = [
        frame.select(PART, f.struct(*(name for name in frame.columns if name != PART)).alias(name))
        for name, frame in frames.items()
    ]
    whole = reduce(lambda one, two: one.unionByName(two, allowMissingColumns=True), packed)
    names = list(frames)

    def run(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        given: defaultdict[str, list[pa.RecordBatch]] = defaultdict(list)
        for batch in batches:
            for name in names:
                if (rows := rows_in(batch, name)) is not None:
                    given[name].append(rows)
        if given:
            yield from work(given)

    return whole.repartitionById(count, f.col(PART)).mapInArrow(run, schema_of(columns))


def at_stores(
    frames: Mapping[str, DataFrame], asked: DataFrame, count: int, task: Task, columns: Mapping[str, str],
    settings: Settings,
) -> DataFrame:  # fmt: skip
    """Do a task of ``index.tasks`` with parts of a store: ``frames`` are named as its tables and have columns of them;
    ``asked`` are the rows that it is asked."""

    def work(given: Given) -> Iterator[pa.RecordBatch]:
        with Store(":memory:", settings, writing=True) as store:
            store.be_a_part()
            for table in PART_TABLES:
                for batch in given.get(table, ()):
                    store.take(table, batch.schema.names, rows_of(batch))
            asked = [row for batch in given.get("asked", ()) for row in rows_of(batch)]
            yield from answered(task(store, asked), columns)

    return gathered({**frames, "asked": asked}, count, work, columns)


def rows_of_tables(task: Tables, tables: Sequence[str]) -> tuple[dict[str, str], Task]:
    """A task that gives rows of several tables, as one that gives rows of one; and its columns: ``table``, and those of
    all tables, each behind the table's name."""
    every = {table: _columns_in(table) for table in tables}
    columns = {"table": "string"}
    columns |= {f"{table}_{name}": kind for table, known in every.items() for name, kind in known.items()}
    first = dict(zip(every, accumulate(map(len, every.values()), initial=1), strict=False))
    width = len(columns)

    def several(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
        for table, row in task(store, asked):
            told: list[Any] = [None] * width
            told[0] = table
            told[first[table] : first[table] + len(row)] = row
            yield tuple(told)

    return columns, several


def tables_of(frame: DataFrame, table: str) -> DataFrame:
    """The rows of one of the tables that ``rows_of_tables`` laid beside each other."""
    from pyspark.sql import functions as f

    names = [f.col(f"{table}_{name}").alias(name) for name in _columns_in(table)]
    return frame.where(f.col("table") == table).select(*names)


def _columns_in(table: str) -> Mapping[str, str]:
    return {"a": "bigint", "b": "bigint"} if table == "dropped" else columns_of(table)


def rows_in(batch: pa.RecordBatch, name: str) -> pa.RecordBatch | None:
    """The rows of a frame among those of all, if there are any."""
    import pyarrow as pa

    column = batch.column(batch.schema.names.index(name)).drop_null()
    return pa.RecordBatch.from_struct_array(column) if len(column) else None


def rows_of(batch: pa.RecordBatch) -> Iterator[Row]:
    """The rows of a batch."""
    return zip(*(column.to_pylist() for column in batch.columns), strict=True)


def arrays(batch: pa.RecordBatch, names: Iterable[str]) -> dict[str, Any]:
    """Columns of a batch, none of which has nulls, as arrays."""
    at = batch.schema.names
    return {name: batch.column(at.index(name)).to_numpy(zero_copy_only=False) for name in names}


def batch_of(laid: Laid, columns: Mapping[str, str]) -> pa.RecordBatch:
    """A batch of what is laid out, with these columns."""
    import pyarrow as pa

    kinds = _kinds()
    rows = len(next(iter(laid.values())))
    told = [
        pa.array(laid[name], kinds[kind]) if name in laid else pa.nulls(rows, kinds[kind])
        for name, kind in columns.items()
    ]
    return pa.RecordBatch.from_arrays(told, list(columns))


def sliced(batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
    """A batch of numbers in parts: each is held whole by the engine, too."""
    for start in range(0, batch.num_rows, _NUMBERS_TOGETHER):
        yield batch.slice(start, _NUMBERS_TOGETHER)


def answered(rows: Iterable[Sequence[Any]], columns: Mapping[str, str]) -> Iterator[pa.RecordBatch]:
    """Batches of rows with these columns."""
    import pyarrow as pa

    kinds, source = _kinds(), iter(rows)
    while some := list(islice(source, _ANSWERED_TOGETHER)):
        values = zip(*some, strict=True)
        told = [pa.array(value, kinds[kind]) for value, kind in zip(values, columns.values(), strict=True)]
        yield pa.RecordBatch.from_arrays(told, list(columns))


def _kinds() -> dict[str, pa.DataType]:
    """The types of columns in the words of Arrow, by the engine's."""
    import pyarrow as pa

    return {"bigint": pa.int64(), "double": pa.float64(), "string": pa.string(), "binary": pa.binary(),
            "boolean": pa.bool_(), "array<bigint>": pa.list_(pa.int64()),
            "array<int>": pa.list_(pa.int32())}  # fmt: skip
