"""A place for a store, and an empty one open for writing. No test is timed: a busy machine fails none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from dedup.store import Store

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, writing=True) as opened:
        yield opened
