"""The engine: that there is a Java for it, and a session that uses this Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from dedup.model import DedupError

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Spark 4 runs on it and on later ones.
_JAVA = 17
# No bar of its own between our lines.
_CALM = {"spark.ui.showConsoleProgress": "false"}


def session(master: str | None = None, conf: Mapping[str, str] | None = None) -> SparkSession:
    """The running session, or a new one at ``master`` (by default what ``spark-submit`` says, else all cores here) with
    Spark's settings ``conf``.

    Raises ``DedupError`` with what to install where pyspark or Java is missing.
    """
    try:
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise DedupError("Spark is not installed: pip install 'newswire-dedup[spark]'") from error
    require_java()
    # Workers are started as this program was: another Python has not what this one has installed.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("dedup")
    if master is not None:
        builder = builder.master(master)
    for name, value in {**_CALM, **(conf or {})}.items():
        builder = builder.config(name, value)
    with told():
        made: SparkSession = builder.getOrCreate()
    made.sparkContext.setLogLevel("ERROR")
    return made


@contextmanager
def told() -> Iterator[None]:
    """Turn the engine's errors into ours, with the first line of what it says."""
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        yield
    except (Py4JError, PySparkException) as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        raise DedupError(f"Spark failed: {lines[0] if lines else type(error).__name__}") from error


def require_java() -> None:
    """Raises ``DedupError`` where there is no Java, or one that is too old."""
    home = os.environ.get("JAVA_HOME")
    program = os.path.join(home, "bin", "java") if home else shutil.which("java")
    advice = f"install a Java runtime of version {_JAVA} or 21 (Debian: openjdk-17-jre-headless), or set JAVA_HOME"
    if program is None or not os.path.exists(program):
        raise DedupError(f"Spark needs Java, and there is none: {advice}")
    told = subprocess.run([program, "-version"], capture_output=True, text=True, check=False).stderr
    version = told.partition('"')[2].partition('"')[0].split(".")[0]
    if version.isdigit() and int(version) < _JAVA:
        raise DedupError(f"Spark needs Java {_JAVA} or later, and {program} is version {version}: {advice}")
