"""What a run on Spark costs, stage by stage: time, tasks, the longest against the median, bytes shuffled and kept.

    python benchmarks/spark.py PAGES -o OUT [--memory 4g] [--partitions 16] [--log FOLDER]

Runs ``dedup spark-index`` in two local tasks and reads the engine's own log of events. A step of ours is several stages
of the engine's: ``longest`` is told of that in which all tasks together took most time, as it takes two tasks at least
to compare. ``shuffled`` is what tasks wrote for others, ``spilled`` what did not fit in memory, ``kept`` the Parquet.
The same command again goes on where a run was ended; the steps before are then told of the log they are in.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple


class Task(NamedTuple):
    """A task of the engine's: the step of ours it is for, its stage, seconds, and bytes shuffled and spilled."""

    step: str
    stage: int
    seconds: float
    shuffled: int
    spilled: int
    ended: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("pages")
    parser.add_argument("-o", "--out", type=Path, required=True)
    parser.add_argument("--memory", default="4g")
    parser.add_argument("--partitions", default="16")
    parser.add_argument("--log", type=Path)
    given = parser.parse_args()
    log = (given.log or given.out.with_name(f"{given.out.name}.log")).absolute()
    log.mkdir(parents=True, exist_ok=True)
    settings = {
        "spark.driver.memory": given.memory, "spark.sql.shuffle.partitions": given.partitions,
        "spark.eventLog.enabled": "true", "spark.eventLog.dir": log.as_uri(), "spark.eventLog.compress": "false",
        "spark.ui.enabled": "false", "spark.eventLog.rolling.enabled": "false",
    }  # fmt: skip
    conf = [part for name, value in settings.items() for part in ("--conf", f"{name}={value}")]
    command = [sys.executable, "-m", "dedup", "spark-index", given.pages, "-o", given.out, "--master", "local[2]"]
    code = subprocess.run([*command, *conf], check=False).returncode
    show(sorted(tasks_in(log), key=lambda task: task.ended), given.out)
    sys.exit(code)


def tasks_in(log: Path) -> Iterator[Task]:
    """The tasks of all runs in a folder of logs that came to their end."""
    for file in sorted(path for path in log.iterdir() if path.is_file() and not path.name.startswith(".")):
        steps: dict[int, str] = {}
        with file.open(encoding="utf-8") as lines:
            for event in map(json.loads, lines):
                if event["Event"] == "SparkListenerJobStart":
                    step = event["Properties"].get("spark.job.description", "")
                    steps |= dict.fromkeys(event["Stage IDs"], step)
                elif event["Event"] == "SparkListenerTaskEnd" and event.get("Task Metrics"):
                    yield _task(event, steps)


def _task(event: dict[str, Any], steps: dict[int, str]) -> Task:
    told, metrics = event["Task Info"], event["Task Metrics"]
    seconds = (told["Finish Time"] - told["Launch Time"]) / 1000
    shuffled = metrics["Shuffle Write Metrics"]["Shuffle Bytes Written"]
    stage = event["Stage ID"]
    return Task(
        steps.get(stage, ""), stage, seconds, shuffled, metrics["Disk Bytes Spilled"], told["Finish Time"] / 1000
    )


def show(tasks: list[Task], out: Path) -> None:
    """A line a step, in the order they ended."""
    by_step: defaultdict[str, list[Task]] = defaultdict(list)
    for task in tasks:
        by_step[task.step].append(task)
    names = {"seconds": 9, "tasks": 7, "longest": 9, "median": 8, "ratio": 7, "shuffled": 10, "spilled": 9, "kept": 8}
    print(f"{'step':24}{''.join(f'{name:>{width}}' for name, width in names.items())}  MB")
    for step, told in by_step.items():
        stages: defaultdict[int, list[float]] = defaultdict(list)
        for task in told:
            stages[task.stage].append(task.seconds)
        heavy = max(stages.values(), key=lambda seconds: (len(seconds) > 1, sum(seconds)))
        figures = max(heavy), median(heavy), max(heavy) / max(median(heavy), 0.001)
        busy = sum(task.seconds for task in told) / 2
        megabytes = (sum(task.shuffled for task in told), sum(task.spilled for task in told), kept(out, step))
        sizes = "".join(f"{size / 1e6:>{width}.1f}" for size, width in zip(megabytes, (10, 9, 8), strict=True))
        print(f"{step:24}{busy:>9.1f}{len(told):>7}{figures[0]:>9.1f}{figures[1]:>8.1f}{figures[2]:>7.1f}{sizes}")


def kept(out: Path, step: str) -> int:
    """The bytes of what a step left."""
    folders = [folder for folder in (out / "stages" / step, out / step) if folder.is_dir()]
    return sum(file.stat().st_size for folder in folders[:1] for file in folder.glob("*.parquet"))


if __name__ == "__main__":
    main()
