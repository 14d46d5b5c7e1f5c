"""A place for a store, and an empty one open for writing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dedup.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store(path, writing=True) as opened:
        yield opened
