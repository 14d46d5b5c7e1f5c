"""Stages: what was worked out is kept as Parquet, and taken from there where it was made of the same."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from hashlib import blake2b
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeAlias

from dedup.model import DedupError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

# To be raised with each change of what a stage makes of the same.
VERSION = 1

# Told what is being done.
OnStage: TypeAlias = Callable[[str], None]


class Stages:
    """The stages of a run, in a folder of any file system that the engine knows.

    ``made_of`` is all that they hang on: settings and options, and what identifies the input. A stage that is there and
    was made of something else is made again, and so is one that was not finished.
    """

    def __init__(self, spark: SparkSession, out: str, made_of: Mapping[str, object], on_stage: OnStage) -> None:
        self.spark, self.out, self._on_stage = spark, out.rstrip("/"), on_stage
        self._files = Files(spark)
        self.made_of(made_of)

    def made_of(self, facts: Mapping[str, object]) -> None:
        """Say what all further stages are made of."""
        told = json.dumps({"version": VERSION, **facts}, sort_keys=True)
        self._key = blake2b(told.encode(), digest_size=16).hexdigest()

    def kept(self, name: str, make: Callable[[], DataFrame], place: str = "stages/") -> DataFrame:
        """The rows of a stage, which is made unless it is there."""
        path, manifest = f"{self.out}/{place}{name}", f"{self.out}/stages/_made/{(place + name).replace('/', '.')}.txt"
        if self._files.read(manifest) != self._key:
            started = monotonic()
            self.spark.sparkContext.setJobDescription(name)
            self._files.drop(manifest)
            make().write.mode("overwrite").option("compression", "zstd").parquet(path)
            self._files.write(manifest, self._key)
            self._on_stage(f"{name}: {monotonic() - started:.1f} s")
        return self.spark.read.parquet(path)


class Files:
    """Small files, and lists of files, on whatever file system a path names."""

    def __init__(self, spark: SparkSession) -> None:
        jvm = spark._jvm
        if jvm is None:
            raise DedupError("this session is of Spark Connect, which cannot list files: use a classic session")
        self._jvm: Any = jvm
        self._hadoop: Any = spark.sparkContext._jsc.hadoopConfiguration()

    def read(self, path: str) -> str | None:
        """The text of a file; ``None`` where there is none."""
        there = self._path(path)
        system = there.getFileSystem(self._hadoop)
        if not system.exists(there):
            return None
        stream = system.open(there)
        try:
            return str(bytes(stream.readAllBytes()).decode())
        finally:
            stream.close()

    def write(self, path: str, text: str) -> None:
        """Put a file there, in the place of one that is."""
        there = self._path(path)
        stream = there.getFileSystem(self._hadoop).create(there, True)
        try:
            stream.write(bytearray(text.encode()))
        finally:
            stream.close()

    def drop(self, path: str) -> None:
        """Take a file or folder away, if it is there."""
        there = self._path(path)
        there.getFileSystem(self._hadoop).delete(there, True)

    def found(self, pattern: str) -> tuple[str, list[tuple[str, int, int]]]:
        """What a path or pattern names: the whole path, and name, bytes and time of change of all files in it, in
        order; hidden ones are left out. Raises ``DedupError`` where there is nothing."""
        there = self._path(pattern)
        system = there.getFileSystem(self._hadoop)
        roots = system.globStatus(there)
        if not roots:
            raise DedupError(f"{pattern}: there is no such file or folder")
        files = []
        for root in roots:
            walk = system.listFiles(root.getPath(), True)
            while walk.hasNext():
                one = walk.next()
                name = one.getPath().toString()
                files.append((name, int(one.getLen()), int(one.getModificationTime())))
        whole = str(system.makeQualified(there).toString())
        return whole, sorted(file for file in files if not _is_hidden(file[0].removeprefix(whole)))

    def _path(self, path: str) -> Any:
        return self._jvm.org.apache.hadoop.fs.Path(path)


def _is_hidden(name: str) -> bool:
    return any(part.startswith((".", "_")) for part in name.split("/") if part)
