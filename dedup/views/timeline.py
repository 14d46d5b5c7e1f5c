"""When the pages of a story came out, along a line. Pure: dates in, places out, for a screen and for a terminal."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple

from dedup.dating import read_date
from dedup.views.lines import lag

# Places at which a page may stand: at 360 px a dot fits beside the next.
STEPS = 60
# More pages than this at one place are told by a column: dots would be taller than the line is worth.
TALLEST = 12
# Labels that stand beside each other at 360 px.
MOST_TICKS = 5
BLOCKS = "▁▂▃▄▅▆▇█"

_UNITS = (
    *(("hour", size) for size in (1, 3, 6, 12)),
    *(("day", size) for size in (1, 2, 4, 7, 14)),
    *(("month", size) for size in (1, 3, 6)),
    *(("year", size) for size in (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000)),
)

# How a page stands: it was there first, copied, was only seen on a day, or is a version, or undecided.
Sort = Literal["original", "copy", "seen", "other"]


class Dating(NamedTuple):
    """A page to be laid along the line: a stored date or ``None``, how the page stands, and what it is called."""

    date: str | None
    sort: Sort
    name: str


@dataclass(frozen=True, slots=True)
class Moment:
    """A page on the line: its place from 0 to 1, and how many pages stand below it there."""

    place: float
    level: int
    date: str
    sort: Sort
    name: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A date written below the line, at its place from 0 to 1."""

    place: float
    label: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Pages in the order of their dates. ``first`` and ``last`` are dates as they are stored.

    ``columns`` counts the pages of each of 60 places. Where one has more than 12, ``moments`` are only the originals,
    else all pages; ``undated`` counts those without a date. A date without a time stands at its midnight, one without
    a zone where it would in UTC.
    """

    first: str
    last: str
    ticks: tuple[Tick, ...]
    columns: tuple[int, ...]
    moments: tuple[Moment, ...]
    undated: int

    @property
    def tallest(self) -> int:
        """The pages of the fullest place."""
        return max(self.columns)


def timeline(pages: Iterable[Dating]) -> Timeline | None:
    """The line of these pages; ``None`` where fewer than two have a date, or all have the same."""
    every = list(pages)
    dated = sorted((start, page.date or "", page.sort, page.name) for page in every for start in _start(page.date))
    if len(dated) < 2 or dated[0][0] == dated[-1][0]:
        return None
    first, last = dated[0][0], dated[-1][0]
    columns, moments = [0] * STEPS, []
    for start, date, sort, name in sorted(dated, key=lambda one: (one[2] != "original", one)):
        step = _step(_place(start, first, last), STEPS)
        moments.append(Moment(_rounded(step / (STEPS - 1)), columns[step], date, sort, name))
        columns[step] += 1
    if max(columns) > TALLEST:
        moments = [one for one in moments if one.sort == "original"]
    ticks = tuple(Tick(_rounded(_place(at, first, last)), label) for at, label in _ticks(first, last))
    return Timeline(dated[0][1], dated[-1][1], ticks, tuple(columns), tuple(moments), len(every) - len(dated))


def line_of(dates: Iterable[str | None], width: int = 12) -> str:
    """Dates as a line of so many letters, each as tall as many stand there, and the days that it covers; empty where
    fewer than two can be told apart."""
    starts = sorted(start for date in dates for start in _start(date))
    if len(starts) < 2 or starts[0] == starts[-1]:
        return ""
    counts = Counter(_step(_place(start, starts[0], starts[-1]), width) for start in starts)
    most = max(counts.values())
    letters = (BLOCKS[_step(counts[n] / most, len(BLOCKS))] if counts[n] else "·" for n in range(width))
    return f"{''.join(letters)} {lag((starts[-1] - starts[0]) / timedelta(hours=1))}"


def _start(date: str | None) -> Iterator[datetime]:
    told = read_date(date)
    if told is not None:
        yield told.start


def _place(at: datetime, first: datetime, last: datetime) -> float:
    return (at - first) / (last - first)


def _rounded(place: float) -> float:
    return round(place, 4)


def _step(place: float, steps: int) -> int:
    return min(steps - 1, int(place * steps))


def _ticks(first: datetime, last: datetime) -> Sequence[tuple[datetime, str]]:
    """Round dates of the finest unit of which not too many lie on the line; none where none does."""
    for unit, size in _UNITS:
        found = list(_within(_rounds(unit, size, first), last))
        if found and len(found) <= MOST_TICKS:
            return found
    return []


def _within(rounds: Iterator[tuple[datetime, str]], last: datetime) -> Iterator[tuple[datetime, str]]:
    """The first of them up to one more than may be told."""
    for _, (at, label) in zip(range(MOST_TICKS + 1), rounds, strict=False):
        if at > last:
            return
        yield at, label


def _rounds(unit: str, size: int, first: datetime) -> Iterator[tuple[datetime, str]]:
    """Round dates from the first on, without end but that of the calendar."""
    if unit in ("hour", "day"):
        each = timedelta(hours=size) if unit == "hour" else timedelta(days=size)
        at = first.replace(hour=0, minute=0, second=0)
        while at <= datetime.max - each:
            if at >= first:
                yield at, f"{at:%H:%M}" if at.hour else f"{at:%Y-%m-%d}".zfill(10)
            at += each
        return
    months = size if unit == "month" else 12 * size
    at_month = first.year * 12 // months * months
    while at_month // 12 <= datetime.max.year:
        at = datetime(max(1, at_month // 12), at_month % 12 + 1, 1)
        if at >= first:
            yield at, f"{at.year:04}-{at.month:02}" if unit == "month" else f"{at.year:04}"
        at_month += months
