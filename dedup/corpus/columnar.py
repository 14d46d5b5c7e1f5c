"""Parquet and Arrow, as data sets are kept: only the columns that tell something are read, a few rows at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import closing
from types import ModuleType
from typing import Any

from dedup.corpus.cleaning import Refused
from dedup.corpus.files import Place, Source
from dedup.corpus.names import known_for
from dedup.corpus.records import Found, documents, require_columns, wanted
from dedup.model import CorpusError, Document, Reject

# Rows that are made Python's at once: 320 MB of the longest texts allowed. Of made pages of 2.7 kB, 100,000 in one row
# group take 114 MB, 10,000 take 108 MB; by 128 rows 118 and 108, and 141 and 113 where what is free is not given back.
BATCH_ROWS = 64
# Of each column that is read; without, all of it in a row group stands in memory, which is often the whole file.
BUFFER_BYTES = 1 << 18
ARROW_MAGIC = b"ARROW1"
# Files beside the tables of a data set on disk that say what is in them.
ABOUT_DATA = frozenset(("dataset_info.json", "state.json", "dataset_dict.json"))


def read_parquet(source: Source) -> Iterator[Document | Reject]:
    """The rows of a Parquet file. Raises ``CorpusError`` without pyarrow, for a file that is cut off or none, and for
    one without a column for texts."""
    arrow = _pyarrow(source)
    try:
        import pyarrow.parquet

        file = pyarrow.parquet.ParquetFile(str(source.path), buffer_size=BUFFER_BYTES, pre_buffer=False)
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise CorpusError(
            source.name, "is not Parquet, or is cut off: the end of such a file tells its rows"
        ) from error
    with closing(file):
        columns = _wanted(arrow, file.schema_arrow, source)
        batches = file.iter_batches(BATCH_ROWS, columns=columns, use_threads=False)
        yield from documents(_records(arrow, batches, source), source)


def read_arrow(source: Source) -> Iterator[Document | Reject]:
    """The rows of an Arrow file or stream, Feather and the data of data sets among them. Raises ``CorpusError`` as
    ``read_parquet`` does."""
    arrow = _pyarrow(source)
    with _file(arrow, source) as mapped:
        try:
            opened = (arrow.ipc.open_file if _is_file(source) else arrow.ipc.open_stream)(mapped)
        except (arrow.ArrowException, OSError, ValueError) as error:
            raise CorpusError(source.name, "is not Arrow, or is cut off") from error
        columns = {path.partition(".")[0] for path in _wanted(arrow, opened.schema, source)}
        yield from documents(_records(arrow, _slices(opened, columns), source), source)


def is_about_data(source: Source) -> bool:
    """Whether a file of a folder says what is in a data set beside it, and so holds no records."""
    path = source.path
    return path.name in ABOUT_DATA and (
        path.name == "dataset_dict.json" or any(beside.suffix == ".arrow" for beside in path.parent.iterdir())
    )


def _pyarrow(source: Source) -> ModuleType:
    try:
        import pyarrow
        import pyarrow.ipc
    except ImportError as error:
        problem = "reading Parquet and Arrow needs pyarrow: pip install 'newswire-dedup[parquet]'"
        raise CorpusError(source.name, problem) from error
    module: ModuleType = pyarrow
    return module


def _file(arrow: Any, source: Source) -> Any:
    try:
        return arrow.memory_map(str(source.path))
    except (arrow.ArrowException, OSError, ValueError) as error:
        raise CorpusError(source.name, "is not Arrow, or is cut off") from error


def _is_file(source: Source) -> bool:
    with source.path.open("rb") as file:
        return file.read(len(ARROW_MAGIC)) == ARROW_MAGIC


def _wanted(arrow: Any, schema: Any, source: Source) -> list[str]:
    columns = list(_leaves(arrow, schema))
    require_columns(columns, source)
    return wanted(columns, known_for(source.options.fields))


def _leaves(arrow: Any, fields: Iterable[Any], prefix: str = "") -> Iterator[str]:
    """The columns by their dotted names; lists are one."""
    for field in fields:
        if arrow.types.is_struct(field.type):
            yield from _leaves(arrow, field.type, f"{prefix}{field.name}.")
        else:
            yield prefix + field.name


def _slices(opened: Any, columns: set[str]) -> Iterator[Any]:
    """The batches of an Arrow file, checked: what is wrong in them would be read from memory that is not theirs."""
    count = getattr(opened, "num_record_batches", None)
    batches = opened if count is None else (opened.get_batch(number) for number in range(count))
    for batch in batches:
        batch.validate(full=True)
        chosen = batch.select([name for name in batch.schema.names if name in columns])
        for start in range(0, chosen.num_rows, BATCH_ROWS):
            yield chosen.slice(start, BATCH_ROWS)


def _records(arrow: Any, batches: Iterator[Any], source: Source) -> Iterator[Found]:
    number = 0
    while True:
        try:
            batch = next(batches, None)
            if batch is None:
                break
            columns = [values_of(column) for column in batch.columns]
            arrow.default_memory_pool().release_unused()
        except (arrow.ArrowException, OSError, ValueError, OverflowError):
            place = Place(source.name, number + 1, number + 1)
            yield place, Refused("is damaged from here on: the rows before were read")
            return
        names = batch.schema.names
        for values in zip(*columns, strict=True):
            number += 1
            yield Place(source.name, number, number), dict(zip(names, values, strict=True))
    if not number:
        yield Place(source.name), Refused("holds no row")


def values_of(column: Any) -> list[object]:
    """The values of a column of Arrow. Times are text, to the second: Python's end with the year 9999, and know no
    parts of microseconds."""
    import pyarrow as arrow

    kind = column.type
    if arrow.types.is_timestamp(kind):
        column = column.cast(arrow.timestamp("s", tz="UTC" if kind.tz else None), safe=False)
    if arrow.types.is_timestamp(kind) or arrow.types.is_date(kind):
        column = column.cast(arrow.string())
    try:
        # What some programs write for a text.
        if arrow.types.is_binary(kind) or arrow.types.is_large_binary(kind):
            column = column.cast(arrow.large_string())
    except arrow.ArrowInvalid:
        pass
    values: list[object] = column.to_pylist()
    return values
