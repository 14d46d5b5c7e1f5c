"""Killed at any moment, an index loses nothing that was committed, and the same command again finishes the rest."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from random import Random
from tempfile import mkdtemp
from typing import NamedTuple

import made
import pytest

from dedup.cli import run
from dedup.index import Index

BATCH = 5
KILLS = 10
PARENT = Path(__file__).parents[1]

# The command line, which kills itself (as ``kill -9`` does) before its n-th call to SQLite; 0 for never.
DRIVER = """
import os, signal, sqlite3, sys
import datasketch, dedup.index, dedup.cli

dedup.index.adding.BATCH = int(sys.argv[1])
deadly, calls, commit = int(sys.argv[2]), 0, 0

def watch(frame, event, called):
    global calls, commit
    if event == "c_call" and isinstance(getattr(called, "__self__", None), sqlite3.Connection):
        calls += 1
        commit = calls if called.__name__ == "commit" else commit
        if calls == deadly:
            os.kill(os.getpid(), signal.SIGKILL)

sys.setprofile(watch)
code = dedup.cli.run(sys.argv[3:])
sys.setprofile(None)
print(calls, commit)
sys.exit(code)
"""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")


class Run(NamedTuple):
    """What a run leaves, how many calls to SQLite it makes, and which of them is its last commit."""

    dump: made.Dump
    calls: int
    commit: int


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of made pages, with the driver beside it."""
    folder = tmp_path_factory.mktemp("kill") / "pages"
    folder.mkdir()
    (folder.parent / "driver.py").write_text(DRIVER, encoding="utf-8")
    for seed in (1, 2):
        lines = (json.dumps(asdict(page)) for page in made.corpus(seed, 2, 3))
        (folder / f"{seed}.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def undisturbed(pages: Path) -> Run:
    """A run to its end."""
    printed = finish([start(pages, pages.parent / "whole.db", 0)])[0]
    calls, commit = map(int, printed.split())
    return Run(made.dump(pages.parent / "whole.db", made.TABLES), calls, commit)


def start(pages: Path, path: Path, deadly: int) -> subprocess.Popen[str]:
    command = [sys.executable, str(pages.parent / "driver.py"), str(BATCH), str(deadly), *told(pages, path)]
    environment = {**os.environ, "PYTHONPATH": str(PARENT)}
    return subprocess.Popen(command, env=environment, text=True, stdout=subprocess.PIPE)


def told(pages: Path, path: Path) -> list[str]:
    return ["index", str(pages), "--db", str(path), "--workers", "1", "--quiet"]


def finish(running: Sequence[subprocess.Popen[str]]) -> list[str]:
    return [process.communicate()[0] for process in running]


def killed(pages: Path, moments: Iterable[int]) -> list[Path]:
    """Stores of runs that were killed before these calls to SQLite."""
    folder = Path(mkdtemp(dir=pages.parent))  # the next test may kill at the same moment
    paths = {folder / f"killed-{moment}.db": moment for moment in moments}
    running = [start(pages, path, moment) for path, moment in paths.items()]
    finish(running)
    assert [process.returncode for process in running] == [-signal.SIGKILL] * len(running)
    return list(paths)


def assert_finishes(pages: Path, path: Path, want: made.Dump) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedup.index.adding.BATCH", BATCH)
        assert run(told(pages, path)) == 0
    found = made.dump(path, made.TABLES)
    assert {table: found[table] == want[table] for table in made.TABLES} == dict.fromkeys(made.TABLES, True), path
    assert run(["check", "--db", str(path)]) == 0


def test_a_run_that_is_killed_is_finished_by_the_next(pages: Path, undisturbed: Run) -> None:
    want, calls, _ = undisturbed
    width = calls // KILLS
    moments = [Random(n).randrange(max(1, n * width), (n + 1) * width) for n in range(KILLS)]
    for path in killed(pages, moments):
        assert_finishes(pages, path, want)


def test_a_run_killed_at_its_end_is_finished_by_the_next(pages: Path, undisturbed: Run) -> None:
    """Before, in and after its last transaction: what is only left to be counted must be counted, too."""
    want, _, commit = undisturbed
    for path in killed(pages, [commit - 4, commit - 1, commit, commit + 1]):
        assert_finishes(pages, path, want)


def test_what_was_committed_can_be_read_after_a_kill(pages: Path, undisturbed: Run) -> None:
    want, calls, _ = undisturbed
    for path in killed(pages, [calls // 3 + 1, calls // 2 + 1]):
        with Index(path, read_only=True) as index:
            held = index.info()
            problems = index.check()
        assert 0 < int(held["documents"]) <= len(want["documents"])
        assert int(held["documents"]) % BATCH == 0 or held["documents"] == len(want["documents"])
        assert all("wait for their links" in problem for problem in problems)


def test_a_run_killed_again_and_again_is_finished_at_last(pages: Path, undisturbed: Run) -> None:
    want, calls, _ = undisturbed
    path = pages.parent / "often.db"
    random = Random("often")
    for _ in range(3):
        finish([start(pages, path, random.randrange(20, calls // 2))])
    assert_finishes(pages, path, want)
