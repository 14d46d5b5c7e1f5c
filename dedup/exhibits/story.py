"""A story, and the answer to "who else published this?": its original with reasons, and everyone who published it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from dedup.index import Index
from dedup.index.graphs import lag_hours
from dedup.index.showing import Particulars
from dedup.model import Answer, DedupError, Document, Kind, Publisher, Story
from dedup.views import Dating, Timeline, timeline

# Rows that are shown at once; the rest is counted, and found by the filters.
ROWS_SHOWN = 300
# What completes a date of which the year or the month is told.
_WHOLE = "2024-01-01"


@dataclass(frozen=True, slots=True)
class Run:
    """A page that ran the story: how it stands to its source, the words of the longest run it has of it in one piece,
    what its outlet put of its own name into the prose, and by how many hours it came after the first page."""

    publisher: Publisher
    longest_run: int | None
    injected: tuple[str, ...]
    lag_hours: float | None


@dataclass(frozen=True, slots=True)
class Other:
    """A passage shared with a page of another story: an excerpt or a teaser, and what the other page is called."""

    id: str
    title: str | None
    outlet: str | None
    kind: Kind
    matched_words: int
    is_copy: bool


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which pages of a story are asked for; empty for no condition. Dates are ISO 8601, of any precision."""

    kind: str = ""
    outlet: str = ""
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of a page or a story. ``asked`` is the page that was asked about, ``stored`` whether it is in the
    store; ``story`` is ``None`` where nobody else published it, and then there are no ``runs``.

    ``reasons`` are those of ``shown_by``, the page whose link says most, where that is not the page that was
    asked about.
    ``pages`` counts the pages of the story, ``chosen_pages`` those that fulfil ``chosen``, of which ``runs`` has the
    first 300; ``versions`` are those that are the outlet's own other versions. ``timeline`` has the chosen pages.
    """

    asked: str
    title: str | None
    stored: bool
    story: Story | None
    original: Publisher | None
    agency: str | None
    direction: str | None
    confidence: float | None
    reasons: tuple[str, ...]
    shown_by: str | None
    source: str | None
    chosen: Chosen
    pages: int
    chosen_pages: int
    runs: tuple[Run, ...]
    versions: int
    timeline: Timeline | None
    others: tuple[Other, ...]


def story(index: Index, id: str, chosen: Chosen | None = None) -> Told:
    """All that ran a story. Raises ``UnknownDocument`` for no story's id, ``DedupError`` for what is no condition."""
    answer = index.who_story(id)
    return _told(index, answer, answer.story.title if answer.story else None, chosen or Chosen(), stored=True)


def who(index: Index, page: Document | str, chosen: Chosen | None = None) -> Told:
    """Who else published a page: a document, or the id or URL of a stored one. Raises as ``Index.who`` does."""
    title = (index.get(page) if isinstance(page, str) else page).title
    answer = index.who(page)
    return _told(index, answer, title, chosen or Chosen(), stored=isinstance(page, str), page=page)


def _told(
    index: Index, answer: Answer, title: str | None, chosen: Chosen, *, stored: bool, page: Document | str | None = None
) -> Told:
    _require(chosen)
    particulars = index.particulars(answer)
    if isinstance(page, Document):
        particulars |= _of_asked(index, answer, page)
    first = _first(answer.publishers)
    shown_by = _shown_by(answer)
    wanted = [row for row in answer.publishers if _is_chosen(row, chosen)]
    return Told(
        asked=answer.asked,
        title=title,
        stored=stored,
        story=answer.story,
        original=next((row for row in answer.publishers if row.role == "original"), None),
        agency=answer.agency,
        direction=answer.direction,
        confidence=answer.confidence,
        reasons=tuple(reason.removeprefix(f"{shown_by}: ") for reason in answer.reasons),
        shown_by=shown_by,
        source=answer.source,
        chosen=chosen,
        pages=len(answer.publishers),
        chosen_pages=len(wanted),
        runs=tuple(_run(row, particulars, first) for row in wanted[:ROWS_SHOWN]),
        versions=sum(row.kind == "version" for row in answer.publishers),
        timeline=timeline(_dating(row) for row in wanted),
        others=tuple(_others(index, answer)),
    )


def _dating(row: Publisher) -> Dating:
    """A page as the time line has it: at the day on which it was first seen where it gives no date itself."""
    name = row.outlet or row.id
    if row.role == "original":
        return Dating(row.published or row.first_seen, "original", name)
    if row.published is None:
        return Dating(row.first_seen, "seen", name)
    return Dating(row.published, "copy" if row.kind in ("full", "partial") else "other", name)


def _shown_by(answer: Answer) -> str | None:
    """The page that all reasons begin with, as those of an original do."""
    ids = (row.id for row in answer.publishers if answer.reasons)
    return next((id for id in ids if all(reason.startswith(f"{id}: ") for reason in answer.reasons)), None)


def _run(row: Publisher, particulars: Mapping[str, Particulars], first: str | None) -> Run:
    told = particulars.get(row.id, Particulars(None))
    hours = lag_hours(first, row.published)
    return Run(row, told.longest_run, told.injected, None if hours is None else round(hours, 2))


def _of_asked(index: Index, answer: Answer, page: Document) -> dict[str, Particulars]:
    """The particulars of a page that only asks, which no table has."""
    mine = next((row for row in answer.publishers if row.id == page.id), None)
    if mine is None or mine.original is None:
        return {}
    compared = index.compare_pages(mine.original, page)
    if compared is None:
        return {}
    put = tuple(" ".join(one.now.split()) for one in compared.changes if one.kind == "promotion" and one.now)
    return {page.id: Particulars(compared.match.longest_run, put)}


def _others(index: Index, answer: Answer) -> Iterable[Other]:
    ends = [(link.original if link.copy == answer.asked else link.copy, link) for link in answer.others]
    known = index.headings([id for id, _ in ends if id])
    for id, link in ends:
        if id is not None:
            title, outlet, _ = known.get(id, (None, None, None))
            yield Other(id, title, outlet, link.kind, link.matched_words, link.copy == answer.asked)


def _first(rows: Iterable[Publisher]) -> str | None:
    """When the original was published, or else the first page that says when."""
    dated = [(row.role != "original", row.published) for row in rows if row.published]
    return min(dated)[1] if dated else None


def _is_chosen(row: Publisher, chosen: Chosen) -> bool:
    date = row.published or row.first_seen or ""
    return (
        (not chosen.kind or row.kind == chosen.kind or row.role == chosen.kind)
        and (not chosen.outlet or chosen.outlet.casefold() in (row.outlet or "").casefold())
        and (not chosen.since or (bool(date) and date >= chosen.since[: len(date)]))
        and (not chosen.until or (bool(date) and date[: len(chosen.until)] <= chosen.until))
    )


def _require(chosen: Chosen) -> None:
    kinds = (*get_args(Kind), "original", "undecided")
    if chosen.kind and chosen.kind not in kinds:
        raise DedupError(f"no kind {chosen.kind!r}: there are {', '.join(kinds)}")
    for name in ("since", "until"):
        date = getattr(chosen, name)
        try:
            datetime.fromisoformat(date + _WHOLE[len(date) :])
        except ValueError as error:
            raise DedupError(f"{name} {date!r} is no date: write it as in 2024, 2024-05 or 2024-05-06") from error
