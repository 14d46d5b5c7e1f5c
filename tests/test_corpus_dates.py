"""Dates: read strictly, written with the precision given, never guessed."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus.dates import parse_date

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)

READ = {
    "a day": ("2024-05-06", "2024-05-06"),
    "minutes": ("2024-05-06T13:40", "2024-05-06T13:40"),
    "seconds": ("2024-05-06 13:40:43", "2024-05-06T13:40:43"),
    "fraction dropped": ("2024-05-06T13:40:43.987654Z", "2024-05-06T13:40:43+00:00"),
    "offset to UTC": ("2024-05-06T23:40:43-04:00", "2024-05-07T03:40:43+00:00"),
    "offset without colon": ("2024-05-06T13:40:43+0530", "2024-05-06T08:10:43+00:00"),
    "basic form": ("20240506T134043Z", "2024-05-06T13:40:43+00:00"),
    "slashes, year first": ("2024/05/06 13:40", "2024-05-06T13:40"),
    "hour without minutes is a day": ("2024-05-06T13", "2024-05-06"),
    "RFC 2822": ("Thu, 20 Aug 2009 12:46:05 -0400", "2009-08-20T16:46:05+00:00"),
    "RFC 2822 with GMT": ("Thu, 20 Aug 2009 12:46:05 GMT", "2009-08-20T12:46:05+00:00"),
    "EDT": ("Thu Aug 20, 2009 12:46pm EDT", "2009-08-20T16:46+00:00"),
    "PST past midnight": ("Thu Dec 31, 2009 11:30 pm PST", "2010-01-01T07:30+00:00"),
    "noon": ("May 6, 2024 12:05 AM UTC", "2024-05-06T00:05+00:00"),
    "a zone nobody told us": ("May 6, 2024 1:40 p.m. XYZT", "2024-05-06T13:40"),
    "with at": ("Monday, May 6th, 2024 at 1:40 p.m.", "2024-05-06T13:40"),
    "day before month": ("6 May 2024", "2024-05-06"),
    "browser's own form": ("Mon May 06 2024 13:40:43 GMT+0200 (CEST)", "2024-05-06T11:40:43+00:00"),
    "twitter's form": ("Mon May 06 13:40:43 +0000 2024", "2024-05-06T13:40:43+00:00"),
    "only one order is possible": ("25/12/2024", "2024-12-25"),
    "stamp of a crawl": ("20240506134043", "2024-05-06T13:40:43+00:00"),
    "stamp as a number": (20240506134043, "2024-05-06T13:40:43+00:00"),
    "eight digits": (20240506, "2024-05-06"),
    "epoch": (1714998043, "2024-05-06T12:20:43+00:00"),
    "epoch with a fraction": (1714998043.75, "2024-05-06T12:20:43+00:00"),
    "epoch in milliseconds": ("1714998043000", "2024-05-06T12:20:43+00:00"),
    "old news is real": ("1989-01-01T23:58:00", "1989-01-01T23:58:00"),
    "tomorrow somewhere": ("2026-03-02T23:00:00+00:00", "2026-03-02T23:00:00+00:00"),
}

UNKNOWN = {
    "nothing": None,
    "blank": "  ",
    "a truth": True,
    "a list": ["2024-05-06"],
    "ambiguous": "02/03/2024",
    "a month": "May 2024",
    "a month in digits": "2024-05",
    "a year": "2024",
    "a time": "10:00",
    "a weekday": "Tuesday",
    "no year": "May 6, 1:40 pm",
    "two-digit year": "20/08/09",
    "relative": "2 hours ago",
    "no such day": "2024-02-30",
    "no such hour": "2024-05-06T25:00",
    "thirteen pm": "May 6, 2024 13:40 pm",
    "no such zone": "2024-05-06T13:40+19:00",
    "before 1900": "1899-12-31",
    "before 1900 in UTC": "1900-01-01T00:30:00+05:00",
    "in three days": "2026-03-04T12:00:01+00:00",
    "year 9999": "9999-12-31T23:59:59-12:00",
    "epoch before 1990": 600_000_000,
    "epoch after now": 1_999_999_999,
    "infinite": float("inf"),
    "enormous": 10**400,
    "prose": "published on a fine day in 2024 by the editors",
    "endless": "2024-05-06" + " " * 100_000 + "x",
}


@pytest.mark.parametrize(("given_value", "written"), READ.values(), ids=READ.keys())
def test_a_date_is_written_with_its_own_precision(given_value: object, written: str) -> None:
    assert parse_date(given_value, NOW) == written


@pytest.mark.parametrize("value", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_what_is_no_sure_date_is_unknown(value: object) -> None:
    assert parse_date(value, NOW) is None


MOMENTS = st.datetimes(min_value=datetime(1900, 1, 2), max_value=datetime(2026, 2, 27))
ZONES = st.none() | st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(MOMENTS, ZONES, st.sampled_from(["seconds", "minutes", "microseconds"]))
def test_an_iso_time_comes_back_as_the_same_moment(moment: datetime, zone: timezone | None, timespec: str) -> None:
    written = parse_date(moment.replace(tzinfo=zone).isoformat(timespec=timespec), NOW)
    kept = moment.replace(tzinfo=zone, microsecond=0, **({"second": 0} if timespec == "minutes" else {}))
    assert written is not None
    assert datetime.fromisoformat(written) == kept
    assert (datetime.fromisoformat(written).tzinfo is None) == (zone is None)
    assert parse_date(written, NOW) == written


@given(st.text(max_size=40) | st.from_regex(r"[0-9 :/.,+-]{1,30}(am|EST|May|Z)?[0-9 ]{0,6}", fullmatch=True))
def test_any_text_is_a_date_in_range_or_unknown(text: str) -> None:
    written = parse_date(text, NOW)
    if written is not None:
        assert 1900 <= datetime.fromisoformat(written).year <= 2026
        assert parse_date(written, NOW) == written
