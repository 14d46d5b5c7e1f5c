"""Time lines: every page with a date has its place, in order; the ticks are round dates on the line."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.dating import read_date
from dedup.views import Dating, Timeline, line_of, timeline
from dedup.views.timeline import MOST_TICKS, STEPS, TALLEST

MOMENTS = st.datetimes(min_value=datetime(1600, 1, 1), max_value=datetime(9999, 12, 31)).map(
    lambda at: at.replace(microsecond=0).isoformat()
)
STORED = st.one_of(st.none(), st.just("no date"), MOMENTS, MOMENTS.map(lambda date: date[:10]))


def _of(*dates: str | None) -> Timeline | None:
    return timeline([Dating(date, "copy", "a page") for date in dates])


def _line(*dates: str | None) -> Timeline:
    line = _of(*dates)
    assert line is not None
    return line


@given(st.lists(STORED, max_size=40))
def test_every_page_has_a_place_or_is_counted(dates: list[str | None]) -> None:
    line = _of(*dates)
    known = [told.start for date in dates if (told := read_date(date))]
    if len(set(known)) < 2:
        assert line is None
        return
    assert line is not None
    assert (sum(line.columns), line.undated) == (len(known), len(dates) - len(known))
    assert (read_date(line.first), read_date(line.last)) != (None, None)
    assert (line.columns[0] > 0, line.columns[-1] > 0) == (True, True)


@given(st.lists(MOMENTS, min_size=2, max_size=12, unique=True))
def test_later_pages_stand_further_on_and_no_two_in_one_place(dates: list[str]) -> None:
    line = _line(*dates)
    places = [one.place for one in sorted(line.moments, key=lambda one: one.date)]
    assert places == sorted(places)
    assert len({(one.place, one.level) for one in line.moments}) == len(dates)


@given(st.lists(MOMENTS, min_size=2, max_size=5, unique=True))
def test_ticks_are_few_and_in_order_and_on_the_line(dates: list[str]) -> None:
    ticks = _line(*dates).ticks
    assert len(ticks) <= MOST_TICKS
    assert [tick.place for tick in ticks] == sorted({tick.place for tick in ticks})
    assert all(0 <= tick.place <= 1 for tick in ticks)


@given(st.lists(STORED, max_size=12), st.randoms(use_true_random=False))
def test_the_order_in_which_pages_come_does_not_count(dates: list[str | None], random: object) -> None:
    shuffled = list(dates)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert _of(*shuffled) == _of(*dates)


@pytest.mark.parametrize(
    ("first", "last", "labels"),
    [
        ("2024-04-05T18:30", "2024-04-06T06:00", ["21:00", "2024-04-06", "03:00", "06:00"]),
        ("2024-04-05", "2024-04-07", ["2024-04-05", "12:00", "2024-04-06", "12:00", "2024-04-07"]),
        ("2024-04-05", "2024-04-09", ["2024-04-05", "2024-04-06", "2024-04-07", "2024-04-08", "2024-04-09"]),
        ("2024-04-05", "2024-12-09", ["2024-07", "2024-10"]),
        ("2014-04-05", "2024-12-09", ["2016", "2018", "2020", "2022", "2024"]),
        ("2024-04-05T18:30", "2024-04-05T18:50", []),
    ],
)
def test_the_unit_of_the_ticks_suits_the_length(first: str, last: str, labels: list[str]) -> None:
    assert [tick.label for tick in _line(first, last).ticks] == labels


def test_zones_are_told_apart() -> None:
    assert _of("2024-01-01T02:00:00+02:00", "2024-01-01T00:00:00+00:00") is None


def test_one_date_is_no_line() -> None:
    assert [_of(), _of(None), _of("2024-01-01", None), _of("2024-01-01", "2024-01-01")] == [None] * 4


def test_what_is_too_tall_becomes_columns_and_keeps_its_original() -> None:
    pages = [Dating("2024-01-01", "copy", f"page {n}") for n in range(TALLEST)] + [Dating("2024-01-09", "copy", "late")]
    line = timeline(pages)
    assert line is not None
    assert len(line.moments) == TALLEST + 1
    line = timeline([*pages, Dating("2024-01-01", "original", "the first")])
    assert line is not None
    assert [(one.name, one.level) for one in line.moments] == [("the first", 0)]
    assert (line.tallest, line.columns[0], line.columns[STEPS - 1]) == (TALLEST + 1, TALLEST + 1, 1)


@pytest.mark.parametrize(
    ("dates", "line"),
    [
        ([], ""),
        (["2024-01-01"], ""),
        (["2024-01-01", None, "2024-01-01"], ""),
        (["2024-01-01", None, "2024-01-04"], "█··█ 3 days"),
        (["2024-01-01", "2024-01-01", "2024-01-04"], "█··▅ 3 days"),
        (["2024-01-01T10:00", "2024-01-01T10:20"], "█··█ 20 min"),
        (["2014-01-01", "2024-01-01"], "█··█ 10 years"),
    ],
)
def test_a_line_of_letters(dates: list[str | None], line: str) -> None:
    assert line_of(dates, 4) == line


def test_a_column_is_as_tall_as_its_part_of_the_tallest() -> None:
    start = datetime(2024, 1, 1)
    dates = [(start + timedelta(days=day)).isoformat() for day in (0, 1, 1, 2, 2, 2, 2)]
    assert line_of(dates, 3).split()[0] == "▃▅█"
