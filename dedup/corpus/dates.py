"""Dates as pages claim them: read strictly, written with the precision that was given, never guessed.

dateutil by itself fills what is missing from today and reads ``02/03/2024`` the American way, so it comes last and
is asked twice with different defaults: where the two answers differ, the date was not all there.
"""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple

from dateutil import parser as dateutil_parser

from dedup.model import DatePrecision

AHEAD = timedelta(hours=48)
EARLIEST_YEAR = 1900
EARLIEST_EPOCH = datetime(1990, 1, 1, tzinfo=UTC)
LONGEST = 100


def parse_date(value: object, now: datetime) -> str | None:
    """The ISO 8601 form of a date; ``None`` where it is missing, incomplete, ambiguous or out of range.

    ``value`` is a text or a number (an epoch or a stamp such as 20240506134043). Dates before 1900 and more than
    48 hours after ``now`` (which has a zone) are unknown.
    """
    text = _as_text(value)
    if text is None:
        return None
    try:
        found = _read(text, now)
        return _write(found, now) if found else None
    except (ValueError, OverflowError):
        return None


class _Found(NamedTuple):
    moment: datetime
    precision: DatePrecision


def _read(text: str, now: datetime) -> _Found | None:
    """The first reading that fits: digits alone, then the year first, then a month's name, then dateutil."""
    digits = _DIGITS.fullmatch(text)
    if digits:
        return _from_digits(digits[1], now)
    for pattern in _PATTERNS:
        match = pattern.fullmatch(text)
        if match:
            return _from_parts(match.groupdict())
    return _from_dateutil(text)


def _write(found: _Found, now: datetime) -> str | None:
    moment = found.moment
    if not EARLIEST_YEAR <= moment.year <= now.year + 1:
        return None
    latest = now + AHEAD
    if moment.tzinfo is None:
        latest = latest.replace(tzinfo=None)
    else:
        moment = moment.astimezone(UTC)
    if moment > latest or moment.year < EARLIEST_YEAR:
        return None
    if found.precision == "day":
        return moment.date().isoformat()
    return moment.isoformat(timespec="minutes" if found.precision == "minute" else "seconds")


def _as_text(value: object) -> str | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and abs(value) < 1e15 else None
    if isinstance(value, int):
        return str(value) if abs(value) < 10**15 else None
    if isinstance(value, str) and len(value) <= LONGEST:
        return " ".join(value.split()) or None
    return None


# ---------------------------------------------------------------------------------------------------------------
# Digits alone. The ranges keep the forms apart: no day since 1990 is also an epoch since 1990.

_DIGITS = re.compile(r"(\d{8,14})(?:\.\d*)?")


def _from_digits(digits: str, now: datetime) -> _Found | None:
    if len(digits) == 8:
        return _Found(_stamp(digits), "day")
    if len(digits) == 14:
        return _Found(_stamp(digits).replace(tzinfo=UTC), "second")
    seconds = int(digits) / (1000 if len(digits) >= 12 else 1)
    moment = datetime.fromtimestamp(int(seconds), UTC)
    return _Found(moment, "second") if EARLIEST_EPOCH <= moment <= now + AHEAD else None


def _stamp(digits: str) -> datetime:
    year, month, day = int(digits[:4]), int(digits[4:6]), int(digits[6:8])
    hour, minute, second = (int(digits[place : place + 2] or 0) for place in (8, 10, 12))
    return datetime(year, month, day, hour, minute, second)


# ---------------------------------------------------------------------------------------------------------------
# Year first, or with a month's name: what news pages write, and what RFC 2822 and ISO 8601 ask for.

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = dict.fromkeys(("Z", "UTC", "GMT"), 0) | dict(
    zip(("EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"), (-5, -4, -6, -5, -7, -6, -8, -7), strict=True)
)

_MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    r"|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
_WEEKDAY = r"(?:(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? )?"
_DAY = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_ZONE = r"(?P<zone>(?:gmt|utc)?[+-]\d{2}(?::?\d{2})?|[a-z]{1,5})?(?: \([^()]*\))?"
_TIME = (
    r"(?P<hour>\d{1,2})(?:[:.](?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d{1,9})?)?)?"
    r" ?(?P<half>[ap]\.?m\b\.?)? ?" + _ZONE
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE | re.ASCII)
    for pattern in (
        rf"(?P<year>\d{{4}})([-/.])(?P<month>\d{{1,2}})\2(?P<day>\d{{1,2}})(?:(?:T|,? (?:at )?){_TIME})?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})T(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?" + _ZONE,
        rf"{_WEEKDAY}{_MONTH} {_DAY},? (?P<year>\d{{4}})(?:,? (?:at )?{_TIME})?",
        rf"{_WEEKDAY}{_DAY}[ -]{_MONTH},?[ -](?P<year>\d{{4}})(?:,? (?:at )?{_TIME})?",
    )
)


def _from_parts(parts: dict[str, str | None]) -> _Found | None:
    """Raises ``ValueError`` where the parts are no date or no time of day."""
    month = parts["month"] or ""
    number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
    year, day = int(parts["year"] or ""), int(parts["day"] or "")
    hour, minute, second, half = parts.get("hour"), parts.get("minute"), parts.get("second"), parts.get("half")
    if hour is None or (minute is None and half is None):
        return _Found(datetime(year, number, day), "day")
    clock = _hour(int(hour), half), int(minute or 0), int(second or 0)
    moment = datetime(year, number, day, *clock, tzinfo=_zone(parts.get("zone")))
    return _Found(moment, "minute" if second is None else "second")


def _hour(hour: int, half: str | None) -> int:
    if half is None:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"no hour of a half day: {hour}")
    return hour % 12 + (12 if half[0] in "pP" else 0)


@lru_cache(maxsize=256)
def _zone(word: str | None) -> tzinfo | None:
    """``None`` for a word that is no known zone: the time then stands as local time of an unknown place."""
    if not word:
        return None
    if word.upper() in _ZONES:
        return timezone(timedelta(hours=_ZONES[word.upper()]))
    offset = re.fullmatch(r"(?:gmt|utc)?([+-])(\d{2}):?(\d{2})?", word, re.IGNORECASE | re.ASCII)
    if not offset:
        return None
    minutes = int(offset[2]) * 60 + int(offset[3] or 0)
    if minutes > 14 * 60:
        raise ValueError(f"no zone lies {word} from UTC")
    return timezone(timedelta(minutes=minutes if offset[1] == "+" else -minutes))


# ---------------------------------------------------------------------------------------------------------------
# Anything else. The two defaults share neither year, month, day nor weekday.

_DEFAULTS = (datetime(2004, 3, 5), datetime(2009, 11, 25))


def _from_dateutil(text: str) -> _Found | None:
    """What dateutil reads both ways, day first and month first; without a four-digit year nothing is sure."""
    if not re.search(r"(?<!\d)(?:19|20)\d{2}(?!\d)", text):
        return None
    try:
        one, other = (
            dateutil_parser.parse(text, default=default, dayfirst=dayfirst, tzinfos=_tzinfos)
            for default, dayfirst in zip(_DEFAULTS, (False, True), strict=True)
        )
    # Its tokeniser fails in many ways on text that is no date.
    except (ValueError, OverflowError, TypeError, ArithmeticError, LookupError, AttributeError):
        return None
    precision = _precision(text)
    if one != other or one.tzinfo != other.tzinfo or (precision == "day" and one.time() != datetime.min.time()):
        return None
    return _Found(one.replace(microsecond=0), precision)


def _precision(text: str) -> DatePrecision:
    if re.search(r"\d:\d{2}:\d{2}", text):
        return "second"
    return "minute" if re.search(r"\d:\d{2}|\d ?[ap]\.?m\b", text, re.IGNORECASE) else "day"


def _tzinfos(name: str | None, offset: int | None) -> tzinfo | None:
    if offset is not None:
        return timezone(timedelta(seconds=offset))
    return _zone(name)
