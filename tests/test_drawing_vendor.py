"""The libraries of the browser: each as it was packed, each with its licence, and in what is installed."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest
from vendor import LIBRARIES, TOLD, VENDORED, sum_of

ROOT = Path(__file__).parents[1]
ENTRIES: list[dict[str, str]] = json.loads((VENDORED / TOLD).read_text(encoding="utf-8"))


def test_each_library_is_told() -> None:
    assert [(one["npm"], one["version"]) for one in ENTRIES] == [(one.name, one.version) for one in LIBRARIES]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["npm"])
def test_a_file_is_as_it_was_packed(entry: dict[str, str]) -> None:
    assert sum_of(VENDORED / entry["file"]) == entry["sha256"]
    assert sum_of(VENDORED / entry["licence_file"]) == entry["licence_sha256"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["npm"])
def test_its_licence_allows_it(entry: dict[str, str]) -> None:
    assert entry["licence"] == "MIT"
    text = (VENDORED / entry["licence_file"]).read_text(encoding="utf-8")
    assert "Permission is hereby granted, free of charge" in text


def test_no_other_file_stands_there() -> None:
    told = {entry[name] for entry in ENTRIES for name in ("file", "licence_file")}
    assert {path.name for path in VENDORED.iterdir()} == told | {TOLD}


def test_git_keeps_all_of_them() -> None:
    """A wheel holds all files of the package that git does not ignore."""
    if shutil.which("git") is None:
        pytest.skip("there is no git here")
    listing = subprocess.run(["git", "ls-files", VENDORED], cwd=ROOT, capture_output=True, text=True, check=False)
    if listing.returncode:
        pytest.skip("not a checkout that git can list")
    assert {line.rsplit("/", 1)[1] for line in listing.stdout.splitlines()} == {
        path.name for path in VENDORED.iterdir()
    }
    ignored = subprocess.run(
        ["git", "check-ignore", "--no-index", *VENDORED.iterdir()],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ignored.stdout == ""
