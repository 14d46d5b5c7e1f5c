"""Parquet and Arrow: columns that tell something, rows by their numbers, and files that are cut or something else."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dedup.corpus import Options, columnar, read_corpus
from dedup.model import CorpusError, Document, Reject

pa = pytest.importorskip("pyarrow")
pq = pytest.importorskip("pyarrow.parquet")

NOW = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
BODY = "The ferry left at noon with nobody on board."
ROWS = [{"id": f"r{n}", "text": f"{BODY} {n}", "url": f"https://daily.com/{n}", "size": n} for n in range(1, 301)]


def parquet(path: Path, table: Any) -> None:
    pq.write_table(table, path, row_group_size=100)


def arrow_file(path: Path, table: Any) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


def arrow_stream(path: Path, table: Any) -> None:
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=100)


def feather(path: Path, table: Any) -> None:
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema, options=options) as writer:
        writer.write_table(table)


Write = Callable[[Path, Any], None]
WRITERS: dict[str, tuple[str, Write]] = {
    "Parquet": ("x.parquet", parquet),
    "Arrow": ("x.arrow", arrow_file),
    "stream": ("x.arrow", arrow_stream),
    "Feather": ("x.feather", feather),
}
WRITER = pytest.mark.parametrize(("name", "write"), WRITERS.values(), ids=WRITERS)


def read(path: Path, **fields: str) -> tuple[list[Document], list[Reject]]:
    rejects: list[Reject] = []
    return list(read_corpus(path, rejects.append, now=NOW, options=Options(fields=fields))), rejects


@WRITER
def test_rows_are_read_in_order_with_their_numbers(name: str, write: Write, tmp_path: Path) -> None:
    write(tmp_path / name, pa.Table.from_pylist([{**row, "id": None} for row in ROWS]))
    documents, rejects = read(tmp_path / name)
    assert [d.text for d in documents] == [row["text"] for row in ROWS]
    assert documents[200].origin == f"{(tmp_path / name).as_posix()}:201"
    assert documents[0].id == "https://daily.com/1"
    assert not rejects


@WRITER
def test_only_known_columns_are_made_pythons(
    name: str, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path / name, pa.Table.from_pylist(ROWS))
    types = []
    values = columnar.values_of

    def noted(column: Any) -> list[object]:
        types.append(column.type)
        return values(column)

    monkeypatch.setattr(columnar, "values_of", noted)
    read(tmp_path / name)
    assert set(types) == {pa.string()}


@WRITER
def test_a_file_that_is_cut_is_one_sentence(name: str, write: Write, tmp_path: Path) -> None:
    path = tmp_path / name
    write(path, pa.Table.from_pylist(ROWS))
    data = path.read_bytes()
    for size in (len(data) - 9, len(data) // 2, 9):
        path.write_bytes(data[:size])
        if write is arrow_stream and size > 99:
            documents, rejects = read(path)
            assert len(documents) in (100, 200, 300)
            assert all("damaged from here on" in reject.problem for reject in rejects)
        else:
            with pytest.raises(CorpusError, match="cut off"):
                read(path)


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow", "x.feather"])
@pytest.mark.parametrize("data", [b"", b"text", b"PK\x03\x04", b"\x1f\x8b\x08", bytes(99)])
def test_what_is_none_is_one_sentence(name: str, data: bytes, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(data)
    with pytest.raises(CorpusError, match=r": is not (Parquet|Arrow), or is cut off"):
        read(tmp_path / name)


@WRITER
def test_a_damaged_batch_never_breaks_the_run(name: str, write: Write, tmp_path: Path) -> None:
    path = tmp_path / name
    write(path, pa.Table.from_pylist(ROWS))
    whole = path.read_bytes()
    for place in range(0, len(whole), max(1, len(whole) // 40)):
        path.write_bytes(whole[:place] + b"\xff\xff" + whole[place + 2 :])
        try:
            documents, rejects = read(path)
        except CorpusError:
            continue
        assert documents or rejects


MOMENT = dt.datetime(2024, 5, 6, 13, 40, 43, 5)
COLUMNS: dict[str, tuple[Any, dict[str, Any]]] = {
    "a time": (pa.array([MOMENT], pa.timestamp("us")), {"published": "2024-05-06T13:40:43"}),
    "a time in UTC": (pa.array([MOMENT], pa.timestamp("ns", "UTC")), {"published": "2024-05-06T13:40:43+00:00"}),
    "nanoseconds": (pa.array([1714998043000000001], pa.timestamp("ns")), {"published": "2024-05-06T12:20:43"}),
    "a time too far": (pa.array([2**58], pa.timestamp("ms")), {"published": None}),
    "a day": (pa.array([MOMENT.date()], pa.date32()), {"published": "2024-05-06"}),
    "an epoch": (pa.array([1714998043], pa.int64()), {"published": "2024-05-06T12:20:43+00:00"}),
    "null": (pa.nulls(1), {"published": None}),
}  # fmt: skip


@pytest.mark.parametrize(("column", "expected"), COLUMNS.values(), ids=COLUMNS)
@WRITER
def test_times_are_read(name: str, write: Write, column: Any, expected: dict[str, Any], tmp_path: Path) -> None:
    write(tmp_path / name, pa.table({"text": [BODY], "published": column}))
    documents, rejects = read(tmp_path / name)
    assert [(d.text, d.published) for d in documents] == [(BODY, expected["published"])]
    assert not rejects


TEXTS: dict[str, tuple[Any, list[str], list[str]]] = {
    "large": (pa.array([BODY], pa.large_string()), [BODY], []),
    "encoded": (pa.array([BODY]).dictionary_encode(), [BODY], []),
    "bytes that are one": (pa.array([BODY.encode()], pa.binary()), [BODY], []),
    "bytes that are none": (pa.array([b"\xff"], pa.binary()), [], ["text is bytes, not a text"]),
    "paragraphs": (pa.array([["One.", "Two."]]), ["One.\n\nTwo."], []),
    "numbers": (pa.array([5]), [], ["text is a number, not a text"]),
    "nested lists": (pa.array([[["One."]]]), [], ["text is a list, not a text"]),
    "null": (pa.array([None], pa.string()), [], ["no text: its fields are text"]),
}


@pytest.mark.parametrize(("column", "texts", "problems"), TEXTS.values(), ids=TEXTS)
@WRITER
def test_a_text_is_read_or_refused_with_the_reason(
    name: str, write: Write, column: Any, texts: list[str], problems: list[str], tmp_path: Path
) -> None:
    write(tmp_path / name, pa.table({"text": column}))
    documents, rejects = read(tmp_path / name)
    assert [d.text for d in documents] == texts
    assert [(r.line, r.problem) for r in rejects] == [(1, problem) for problem in problems]


@WRITER
def test_what_is_inside_a_column_is_read(name: str, write: Write, tmp_path: Path) -> None:
    about = {"url": "https://daily.com/a", "title": "Ferry", "length": 9}
    write(tmp_path / name, pa.Table.from_pylist([{"text": BODY, "source": "crawl-7", "added": "x", "metadata": about}]))
    (document,), _ = read(tmp_path / name)
    assert (document.id, document.title, document.outlet) == ("https://daily.com/a", "Ferry", "daily.com")


@WRITER
def test_a_table_without_a_text_names_its_columns(name: str, write: Write, tmp_path: Path) -> None:
    write(tmp_path / name, pa.table({"n": [1], "text": [{"a": 1}]}))
    with pytest.raises(CorpusError, match=r"no column holds a text: its columns are n, text\.a; if one does, name it"):
        read(tmp_path / name)


@WRITER
def test_a_table_without_a_row_is_reported(name: str, write: Write, tmp_path: Path) -> None:
    write(tmp_path / name, pa.table({"text": pa.array([], pa.string())}))
    assert [r.problem for r in read(tmp_path / name)[1]] == ["holds no row"]


@WRITER
def test_a_named_column_is_read(name: str, write: Write, tmp_path: Path) -> None:
    write(tmp_path / name, pa.table({"text": ["Not this."], "page": [{"words": BODY}]}))
    (document,), _ = read(tmp_path / name, text="page.words")
    assert document.text == BODY
    with pytest.raises(CorpusError, match=r"no record has a field words: its fields are text, page\.words"):
        read(tmp_path / name, text="words")


def test_a_data_set_on_disk_is_its_tables_alone(tmp_path: Path) -> None:
    """As ``save_to_disk`` lays it out."""
    (tmp_path / "dataset_dict.json").write_text(json.dumps({"splits": ["train", "test"]}))
    for split, part in (("train", ROWS[:3]), ("test", ROWS[3:5])):
        (tmp_path / split).mkdir()
        arrow_stream(tmp_path / split / "data-00000-of-00001.arrow", pa.Table.from_pylist(part))
        (tmp_path / split / "dataset_info.json").write_text(json.dumps({"description": "News.", "features": {}}))
        (tmp_path / split / "state.json").write_text(
            json.dumps(
                {"_data_files": [{"filename": "data-00000-of-00001.arrow"}], "_fingerprint": "5f", "_split": split}
            )
        )
    documents, rejects = read(tmp_path)
    assert [d.id for d in documents] == ["r4", "r5", "r1", "r2", "r3"]
    assert not rejects


def test_a_state_that_is_beside_no_table_is_a_record(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text(json.dumps({"text": BODY}))
    assert len(read(tmp_path)[0]) == 1


def test_a_table_of_any_suffix_is_told_by_its_first_bytes(tmp_path: Path) -> None:
    parquet(tmp_path / "part-0", pa.Table.from_pylist(ROWS[:2]))
    arrow_file(tmp_path / "part-1", pa.Table.from_pylist(ROWS[:2]))
    assert [len(read(tmp_path / name)[0]) for name in ("part-0", "part-1")] == [2, 2]


@pytest.mark.parametrize("name", ["x.parquet", "x.arrow"])
def test_without_pyarrow_the_extra_is_named(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    parquet(tmp_path / name, pa.Table.from_pylist(ROWS[:1]))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(CorpusError, match=r"needs pyarrow: pip install 'newswire-dedup\[parquet\]'"):
        read(tmp_path / name)
