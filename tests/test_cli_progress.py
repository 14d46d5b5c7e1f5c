"""The bar: what it says at each moment, on a real terminal and nowhere else."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from pathlib import Path
from time import monotonic

import pytest

from dedup.cli.progress import Progress
from dedup.model import Document, FileRead

PAGES = [Document(str(number), "word " * 20) for number in range(4)]


def progress(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int | None) -> Progress:
    """A bar on a terminal for one file of so many bytes, or for standard input."""
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    if size is None:
        return Progress(["-"], quiet=False)
    (tmp_path / "pages.jsonl").write_bytes(b"x" * size)
    return Progress([str(tmp_path / "pages.jsonl")], quiet=False)


@pytest.mark.parametrize(
    ("size", "read", "compared", "linked", "seconds", "line"),
    [
        (400, 0, 0, 0, 5, "0 pages read, 0 compared, 0 linked"),
        (400, 1, 0, 0, 0.5, "[###                           ]  10%  1 pages read, 0 compared, 0 linked"),
        (400, 2, 0, 0, 8, "[######                        ]  20%  2 pages read, 0 compared, 0 linked; 0/s, 0:32 left"),
        (400, 4, 4, 0, 2, "[########################      ]  80%  4 pages read, 4 compared, 0 linked; 2/s, 0:00 left"),
        (400, 4, 4, 9, 2, "[##############################] 100%  4 pages read, 4 compared, 4 linked; 2/s, 0:00 left"),
        (100, 4, 0, 0, 7200, "[############                  ]  40%  4 pages read, 0 compared, 0 linked; 0/s, 3:00:00 left"),  # noqa: E501
        (None, 3, 2, 0, 5, "3 pages read, 2 compared, 0 linked"),
    ],
)  # fmt: skip
def test_the_line_says_how_far_it_is_and_what_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, read: int, compared: int, linked: int, seconds: float,
    line: str,
) -> None:  # fmt: skip
    bar = progress(tmp_path, monkeypatch, size)
    reading = bar.watch(PAGES)
    for _ in range(read):
        next(reading)
    bar.count("compared", compared)
    bar.count("linked", linked)
    assert bar.line(seconds) == line


def test_the_end_of_standard_input_puts_the_end_in_sight(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bar = progress(tmp_path, monkeypatch, None)
    list(bar.watch(PAGES))
    assert "40%" in bar.line(2)


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("quiet", [False, True])
def test_a_terminal_shows_a_bar_while_input_is_waited_for(tmp_path: Path, quiet: bool) -> None:
    near, far = os.openpty()
    command = [sys.executable, "-m", "dedup", "index", "--db", str(tmp_path / "d.db"), "-", *["-q"] * quiet]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=far, stderr=far) as run:
        os.close(far)
        if run.stdin is None:
            raise ValueError("no pipe")
        for number in range(3):
            run.stdin.write(json.dumps({"id": number, "text": f"story {number} " * 20}).encode() + b"\n")
        run.stdin.flush()
        shown = "" if quiet else _until(near, "3 pages read, 0 compared, 0 linked")
        run.stdin.close()
        shown += _until(near, "seconds\r\n" if not quiet else None)
    os.close(near)
    assert run.returncode == 0
    assert not quiet or shown == ""
    assert quiet or shown.rpartition("\r\x1b[K")[2].startswith("3 new, 0 updated")


def _until(terminal: int, wanted: str | None, most_seconds: float = 30) -> str:
    """What a terminal shows until something stands there, or until its end."""
    shown, started = "", monotonic()
    while (wanted is None or wanted not in shown) and monotonic() - started < most_seconds:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                shown += os.read(terminal, 1 << 16).decode()
            except OSError:  # Linux tells so that nobody writes to it any more
                break
    assert wanted is None or wanted in shown
    return shown


def test_a_file_that_is_passed_over_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "more.jsonl.gz").write_bytes(b"x" * 1000)
    (tmp_path / "pages.jsonl").write_bytes(b"x" * 400)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    bar = Progress([str(tmp_path)], quiet=False)
    next(bar.watch(PAGES))
    assert "  1%" in bar.line(5)
    bar.pass_over(FileRead(str(tmp_path / "more.jsonl.gz"), 1000, 0, "", 9))
    assert " 10%" in bar.line(5)
