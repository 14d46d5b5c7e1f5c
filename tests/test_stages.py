"""Stages are timed where indexing calls them, each without what it calls of others, and nothing stays wrapped."""

from __future__ import annotations

from pathlib import Path
from time import sleep

import pytest
from mirrored import dialled
from stages import STAGES, STEPS, Clock, bound, on

from dedup.index import Index


def test_a_stage_has_its_own_time_without_that_of_what_it_calls() -> None:
    clock = Clock()
    inner = clock.timed(lambda: sleep(0.1), "inner", "")

    def outer() -> None:
        sleep(0.05)
        inner()

    clock.timed(outer, "outer", "")()
    assert clock.spent["inner"] == pytest.approx(0.1, abs=0.04)
    assert clock.spent["outer"] == pytest.approx(0.05, abs=0.04)


def test_a_stage_that_fails_gives_the_clock_back() -> None:
    clock = Clock()

    def fail() -> None:
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011
        clock.timed(fail, "inner", "")()
    assert clock.turn("end") == "all else"


def test_every_stage_of_indexing_is_timed_and_bounded(tmp_path: Path) -> None:
    kept = [getattr(room, name) for _, room, name in STEPS]
    clock, made = Clock(), dialled(names=3)
    with Index(tmp_path / "timed.db", workers=1) as index, on(clock):
        index.add(clock.each(made.documents))
        clock.turn("all else")
    assert [getattr(room, name) for _, room, name in STEPS] == kept
    assert clock.counted["pages"] == len(made.documents)
    assert set(STAGES) <= clock.spent.keys()
    bounds = bound(clock, tmp_path / "timed.db", tmp_path / "bare.db")
    assert set(bounds) == {*STAGES} - {"all else"}
    assert all(
        seconds > 0 for stage, (seconds, _) in bounds.items() if stage != "changes"
    )  # no original is stored here
