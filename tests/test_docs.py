"""The README cannot lie: its commands are run and their output compared, and it names every command."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import reference

from dedup.cli import dedup

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def _steps() -> list[tuple[str, str]]:
    """Each ``$ command`` of the tour with what stands below it."""
    steps: list[tuple[str, str]] = []
    for line in "".join(_blocks("console")).splitlines(keepends=True):
        if line.startswith("$ "):
            steps.append((line[2:].strip(), ""))
        else:
            steps[-1] = (steps[-1][0], steps[-1][1] + line)
    return steps


def _without_clock(text: str) -> str:
    """What does not change with the time of day, nor with the day on which somebody judges."""
    return re.sub(r"judged on \S+", "judged on DAY", re.sub(r"\d+\.\d seconds", "N seconds", text)).strip()


def _run(command: str, folder: Path) -> str:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
    environment.pop("DEDUP_DB", None)
    words = [sys.executable, "-m", *shlex.split(command)]
    done = subprocess.run(words, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120)
    return done.stdout + done.stderr


def test_the_tour_prints_what_it_says(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura", reason="the sample corpus holds HTML pages")
    (tmp_path / "sample_corpus").symlink_to(ROOT / "sample_corpus")
    steps = _steps()
    assert len(steps) >= 10
    for command, told in steps:
        assert _without_clock(_run(command, tmp_path)) == _without_clock(told), command


def test_every_command_stands_in_the_readme() -> None:
    missing = [name for name in dedup.commands if f"dedup {name}" not in README]
    assert missing == []


def test_ci_and_makefile_run_the_two_commands() -> None:
    demo, test = (block.strip() for block in _blocks("sh"))
    assert test in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8").replace("$(VENV)", ".venv")
    assert f"\t{demo}\n" in makefile
    assert f"\t{test}\n" in makefile


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("trafilatura", reason="the sample corpus holds HTML pages")
    (tmp_path / "sample_corpus").symlink_to(ROOT / "sample_corpus")
    monkeypatch.chdir(tmp_path)
    (example,) = _blocks("python")
    values: dict[str, object] = {"text_a": "one two three four five six", "text_b": "other words"}
    exec(compile(example, "README.md", "exec"), values)
    assert values["match"] is None


def test_the_reference_is_what_the_commands_say() -> None:
    assert reference.told(README) == reference.reference(), "python tests/reference.py writes it anew"
