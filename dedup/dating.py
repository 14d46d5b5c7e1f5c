"""Dates as they are stored: how exact one is, whether one is surely later than another, and whether to believe it.

A date is a stretch of time as long as its precision. One is later than another only where the two stretches cannot
touch, whatever is not known of them: so no order is ever read out of a date that was not told.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal

from dedup.model import DatePrecision

# No place lies further from UTC than this, so that a time without a zone is off by no more.
ZONE_DOUBT = timedelta(hours=14)
# A crawler's clock and a page's may stand in different days.
AFTER_CRAWL = timedelta(days=1)
# Printed newspapers begin here; printed archives are welcome.
FIRST_YEAR = 1600

_LENGTH: dict[DatePrecision, timedelta] = {
    "day": timedelta(days=1),
    "minute": timedelta(minutes=1),
    "second": timedelta(seconds=1),
}
_STORED = re.compile(
    r"\d{4}-\d\d-\d\d(?P<clock>[T ]\d\d:\d\d(?P<second>:\d\d(?:\.\d{1,6})?)?(?P<zone>Z|[+-]\d\d:\d\d)?)?", re.ASCII
)
# What programs write that have no date: the first day of Unix, Windows, spreadsheets, the Mac, DOS, and the century.
_UNIX = datetime(1970, 1, 1)
_DEFAULT_DAYS = frozenset(
    datetime(*day)
    for day in ((1601, 1, 1), (1899, 12, 30), (1900, 1, 1), (1904, 1, 1), (1970, 1, 1), (1980, 1, 1), (2000, 1, 1))
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A date: the ``start`` of its stretch of time, without a zone (in UTC where it was known), and its precision.

    ``zone`` says whether the zone is known; it is ``None`` where one was told that may be any.
    """

    start: datetime
    precision: DatePrecision
    zone: bool | None

    @property
    def end(self) -> datetime:
        """Where its stretch of time ends."""
        return self.start + _LENGTH[self.precision]


@lru_cache(maxsize=4096)
def read_date(date: str | None) -> Dated | None:
    """A date as it is stored; ``None`` where there is none or it cannot be read.

    Midnight sharp is what programs write for a day without a time: it is only the day, and its zone may be any.
    """
    shape = _STORED.fullmatch(date) if date else None
    if date is None or shape is None:
        return None
    try:
        moment = datetime.fromisoformat(date).replace(microsecond=0)
        told = Dated(*_in_utc(moment))
        _ = told.end
    except (ValueError, OverflowError):
        return None
    if shape["clock"] and shape["second"] is None and told.precision == "second":
        return Dated(told.start, "minute", told.zone)
    return told


def precision(date: str | None) -> DatePrecision | None:
    """How exact a stored date is; ``None`` where there is none."""
    told = read_date(date)
    return told.precision if told else None


def later(one: str | None, other: str | None) -> bool:
    """Whether ``one`` surely is later than ``other``; not where nobody can tell.

    It must be later beyond the precision of both: by a day where one is only a day, and by 14 hours more where only
    one of them has a zone. Two without a zone are compared as they stand.
    """
    a, b = read_date(one), read_date(other)
    # most are told by where they begin
    return a is not None and b is not None and a.start > b.start and a.start - b.end >= _doubt(a, b)


@lru_cache(maxsize=4096)
def plausible(published: str | None, crawled: str | None) -> bool:
    """Whether the date that a page claims can be true: not absurd, no program's default, not after it was crawled."""
    told, seen = read_date(published), read_date(crawled)
    if told is None or told.start.year < FIRST_YEAR or _is_default(told):
        return False
    return seen is None or told.start - seen.end <= AFTER_CRAWL + _doubt(told, seen)


def _in_utc(moment: datetime) -> tuple[datetime, Literal["day", "second"], bool | None]:
    if moment.time() == datetime.min.time():
        return moment.replace(tzinfo=None), "day", None if moment.tzinfo else False
    if moment.tzinfo is None:
        return moment, "second", False
    return moment.astimezone(UTC).replace(tzinfo=None), "second", True


def _doubt(one: Dated, other: Dated) -> timedelta:
    return ZONE_DOUBT if one.zone != other.zone else timedelta()


def _is_default(told: Dated) -> bool:
    """The first moment of Unix is shown in every zone, so that any whole or half hour around it is one."""
    if told.precision == "day":
        return told.start in _DEFAULT_DAYS
    sharp = told.start.minute % 30 == 0 and told.start.second == 0
    return sharp and abs(told.start - _UNIX) <= ZONE_DOUBT
