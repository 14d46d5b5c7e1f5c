"""Dates: how exact, which of two is surely later, and which are not to be believed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.dating import later, plausible, precision
from dedup.model import DatePrecision

PRECISIONS: dict[str, tuple[str | None, DatePrecision | None]] = {
    "day": ("2024-05-06", "day"),
    "minute": ("2024-05-06T13:40", "minute"),
    "second": ("2024-05-06T13:40:43", "second"),
    "with a zone": ("2024-05-06T13:40:43+00:00", "second"),
    "minute with a zone": ("2024-05-06T13:40+00:00", "minute"),
    "on the hour": ("2024-05-06T13:00:00", "second"),
    "midnight to the second": ("2024-05-06T00:00:00", "day"),
    "midnight to the minute": ("2024-05-06T00:00", "day"),
    "midnight in a zone": ("2024-05-06T00:00:00+00:00", "day"),
    "a minute past midnight": ("2024-05-06T00:01", "minute"),
    "a zone of its own": ("2024-05-06T13:40:43-05:00", "second"),
    "Z": ("2024-05-06T13:40:43Z", "second"),
    "parts of a second": ("2024-05-06T13:40:43.123", "second"),
    "no date": ("recently", None),
    "no such day": ("2024-02-30", None),
    "a month": ("2024-05", None),
    "the end of time": ("9999-12-31", None),
    "before all zones": ("0001-01-01T01:00:00+05:00", None),
    "other digits": ("２０２４-05-06", None),
    "empty": ("", None),
    "none": (None, None),
}


@pytest.mark.parametrize(("date", "exact"), PRECISIONS.values(), ids=PRECISIONS)
def test_a_date_is_as_exact_as_it_was_told(date: str | None, exact: DatePrecision | None) -> None:
    assert precision(date) == exact


# Two dates, and whether the first is surely later.
LATER: dict[str, tuple[str | None, str | None, bool]] = {
    "days": ("2024-05-08", "2024-05-06", True),
    "the same day": ("2024-05-06", "2024-05-06", False),
    "earlier": ("2024-05-05", "2024-05-06", False),
    "seconds": ("2024-05-06T13:40:43", "2024-05-06T13:40:42", True),
    "minutes": ("2024-05-06T13:41", "2024-05-06T13:40", True),
    "a minute and a second of it": ("2024-05-06T13:40:59", "2024-05-06T13:40", False),
    "a second of the next minute": ("2024-05-06T13:41:00", "2024-05-06T13:40", True),
    "a minute of that day": ("2024-05-06T13:40", "2024-05-06", False),
    "a minute of the next day": ("2024-05-07T00:10", "2024-05-06", True),
    "the day after a minute": ("2024-05-07", "2024-05-06T23:59", True),
    "midnight is the day only": ("2024-05-06T13:40", "2024-05-06T00:00:00", False),
    "zones": ("2024-05-06T13:40+00:00", "2024-05-06T12:40+00:00", True),
    "zones not yet in UTC": ("2024-05-06T13:40-05:00", "2024-05-06T13:40+00:00", True),
    "one zone, half a day": ("2024-05-06T20:00:00", "2024-05-06T08:00:00+00:00", False),
    "one zone, 15 hours": ("2024-05-06T23:00:00", "2024-05-06T08:00:00+00:00", True),
    "one zone, the other way": ("2024-05-06T23:00:00+00:00", "2024-05-06T08:00:00", True),
    "one zone, a day beside": ("2024-05-07T06:00+00:00", "2024-05-06", False),
    "one zone, a day surely past": ("2024-05-07T14:00+00:00", "2024-05-06", True),
    "midnight in a zone may be anybody's": ("2024-05-06T00:00:00+00:00", "2024-05-05", False),
    "midnights in zones": ("2024-05-06T00:00:00+00:00", "2024-05-05T00:00:00+00:00", True),
    "the first unknown": (None, "2024-05-06", False),
    "the second unreadable": ("2024-05-06", "recently", False),
}


@pytest.mark.parametrize(("one", "other", "is_later"), LATER.values(), ids=LATER)
def test_one_date_is_surely_later(one: str | None, other: str | None, is_later: bool) -> None:
    assert later(one, other) is is_later


PLAUSIBLE: dict[str, tuple[str | None, str | None, bool]] = {
    "a day": ("2024-05-06", None, True),
    "before the crawl": ("2024-05-06", "2024-05-07T08:00:00+00:00", True),
    "within a day after the crawl": ("2024-05-08", "2024-05-07", True),
    "days after the crawl": ("2024-05-10", "2024-05-07", False),
    "30 hours after the crawl": ("2024-05-08T14:00+00:00", "2024-05-07T08:00+00:00", False),
    "30 hours after it, zone unknown": ("2024-05-08T14:00", "2024-05-07T08:00+00:00", True),
    "crawled who knows when": ("2024-05-06", "recently", True),
    "a printed archive": ("1989-02-14", None, True),
    "an old newspaper": ("1704-04-24", None, True),
    "the year one": ("0001-01-01", None, False),
    "before newspapers": ("1512-03-01", None, False),
    "the first day of Unix": ("1970-01-01", "2024-05-06", False),
    "its first second": ("1970-01-01T00:00:00+00:00", None, False),
    "its first second, further west": ("1969-12-31T19:00:00", None, False),
    "its first second in India": ("1970-01-01T05:30:00", None, False),
    "a story of that day": ("1970-01-01T09:12", None, True),
    "the day before": ("1969-12-31", None, True),
    "the century": ("2000-01-01", None, False),
    "midnight of the century": ("2000-01-01T00:00:00", None, False),
    "a story of that new year": ("2000-01-01T06:15", None, True),
    "the next day": ("2000-01-02", None, True),
    "spreadsheets": ("1900-01-01", None, False),
    "unreadable": ("recently", None, False),
    "unknown": (None, "2024-05-06", False),
}


@pytest.mark.parametrize(("published", "crawled", "believed"), PLAUSIBLE.values(), ids=PLAUSIBLE)
def test_a_date_is_plausible(published: str | None, crawled: str | None, believed: bool) -> None:
    assert plausible(published, crawled) == believed


MOMENTS = st.datetimes(datetime(1989, 1, 1), datetime(2030, 1, 1))
SHAPES = st.sampled_from(["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M+00:00"])
NEAR = st.timedeltas(timedelta(hours=-60), timedelta(hours=60))
DATES = st.builds(lambda moment, shape: moment.strftime(shape), MOMENTS, SHAPES)


@st.composite
def near_dates(draw: st.DrawFn, count: int) -> list[str]:
    """Dates within some days of each other, each in a shape of its own."""
    first = draw(MOMENTS)
    return [(first + draw(NEAR)).strftime(draw(SHAPES)) for _ in range(count)]


@given(near_dates(2))
def test_two_dates_are_never_both_later(dates: list[str]) -> None:
    one, other = dates
    assert not later(one, one)
    assert not (later(one, other) and later(other, one))


@given(near_dates(3))
def test_what_is_later_than_a_later_one_is_not_earlier(dates: list[str]) -> None:
    a, b, c = dates
    if later(a, b) and later(b, c):
        assert not later(c, a)


@example(datetime(2024, 5, 6), timedelta(hours=-4), 0, -12, "%Y-%m-%dT%H:%M+00:00", "%Y-%m-%d")
@given(MOMENTS, NEAR, st.integers(-12, 14), st.integers(-12, 14), SHAPES, SHAPES)
def test_what_is_told_as_later_was_later_in_any_zone(
    one: datetime, apart: timedelta, here: int, there: int, shape: str, shape_there: str
) -> None:
    """Whoever writes in local time of an unknown zone: no order is told that was not so, against one in UTC."""
    if ("+" in shape) == ("+" in shape_there):
        here = there = 0
    told = [
        (moment + timedelta(hours=0 if "+" in form else zone)).strftime(form)
        for moment, form, zone in ((one, shape, here), (one + apart, shape_there, there))
    ]
    if later(told[0], told[1]):
        assert apart < timedelta()


@given(DATES)
def test_what_was_published_before_it_was_crawled_is_plausible(date: str) -> None:
    if date[5:10] != "01-01":
        assert plausible(date, None)
        assert plausible(date, datetime(2031, 1, 1, tzinfo=UTC).isoformat())


@given(st.text(max_size=30))
def test_no_text_is_too_odd(text: str) -> None:
    assert not later(text, "2024-05-06") or precision(text)
    assert not plausible(text, None) or precision(text)
