"""What a run gave, taken into a store: no engine is needed for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from dedup.index.loading import LOADED, Rows, Tables, load
from dedup.model import DedupError, Reject, Settings, StoreError
from dedup.spark.tables import ABOUT
from dedup.store import Store

if TYPE_CHECKING:
    import pyarrow as pa

# Rows that are read together.
_TOGETHER = 10_000
_SKETCH = ("signature", "body", "numbers")


def import_run(out: str, path: str) -> dict[str, int | str]:
    """Make a store of what a run left in the folder ``out``, of any file system that pyarrow knows; returns its counts.

    The store is new, and there whole or not at all. Raises ``DedupError`` where there is no whole run, and
    ``StoreError`` for a file that is there already.
    """
    if os.path.lexists(path):
        raise StoreError(f"{path}: is there already; import into a new file")
    folder = _Folder(out)
    begun = f"{path}.part"
    for left in (begun, f"{begun}-wal", f"{begun}-shm"):
        if os.path.lexists(left):
            os.unlink(left)
    with Store(begun, folder.settings, writing=True) as store:
        load(store, Tables({table: folder.rows(table) for table in LOADED}, folder.postings(), folder.rejects()))
        counts: dict[str, int | str] = {**store.counts()}
    os.replace(begun, path)
    return counts


class _Folder:
    """The tables that a run left."""

    def __init__(self, out: str) -> None:
        try:
            from pyarrow import fs
        except ImportError as error:
            raise DedupError("reading Parquet needs pyarrow: pip install 'newswire-dedup[parquet]'") from error
        self._files: Any = fs.LocalFileSystem()
        self._path = out
        if "://" in out:
            self._files, self._path = fs.FileSystem.from_uri(out)
        try:
            with self._files.open_input_stream(f"{self._path}/{ABOUT}") as stream:
                told = json.loads(stream.read())["settings"]
        except (OSError, ValueError, KeyError) as error:
            raise DedupError(f"{out}: holds no run of 'dedup spark-index' that came to its end") from error
        known: dict[str, Any] = {name: value if name == "scheme" else int(value) for name, value in told.items()}
        self.settings = Settings(**known)

    def rows(self, table: str) -> Iterator[Rows]:
        """The rows of a table of the store."""
        for batch in self._batches("documents" if table == "sketches" else table):
            names = batch.schema.names
            if table == "sketches":
                batch = batch.select(["number", *_SKETCH])
                names = ["document", *_SKETCH]
            elif table == "documents":
                names = [name for name in names if name not in _SKETCH]
                batch = batch.select(names)
            yield Rows(tuple(names), zip(*(column.to_pylist() for column in batch.columns), strict=True))

    def postings(self) -> Iterator[tuple[Any, Any]]:
        """Keys, and the documents that post them."""
        for batch in self._batches("postings", 100 * _TOGETHER):
            yield batch.column("key").to_numpy(), batch.column("document").to_numpy()

    def rejects(self) -> Iterator[Reject]:
        """What was refused."""
        for batch in self._batches("rejects"):
            yield from (Reject(row["path"], row["line"], row["problem"]) for row in batch.to_pylist())

    def _batches(self, table: str, rows: int = _TOGETHER) -> Iterator[pa.RecordBatch]:
        """The batches of a table's files, in the order of their names."""
        import pyarrow.dataset

        told = pyarrow.dataset.dataset(f"{self._path}/{table}", filesystem=self._files, format="parquet")
        for fragment in sorted(told.get_fragments(), key=lambda one: one.path):
            yield from fragment.to_batches(batch_size=rows)
