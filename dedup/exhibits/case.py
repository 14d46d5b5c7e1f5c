"""A case: what is known of a story, of two pages or of an outlet, and all that somebody else needs to check it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from dedup.exhibits.about import versions
from dedup.exhibits.comparison import Comparison, comparison
from dedup.exhibits.outlets import OutletTold, outlet
from dedup.exhibits.story import Told, story
from dedup.index import Index
from dedup.model import Document

# Pairs whose texts are shown whole, side by side; the others are counted, and have a case of their own.
PAIRS_SHOWN = 20

CaseKind = Literal["story", "pair", "outlet"]


@dataclass(frozen=True, slots=True)
class Paper:
    """A page of a case. Dates are ISO 8601; ``words`` are divided by spaces; ``sha256`` is that of the text as it is
    stored, in UTF-8, and ``origin`` the file that it was read from."""

    id: str
    outlet: str | None
    title: str | None
    url: str | None
    published: str | None
    first_seen: str | None
    byline: str | None
    language: str | None
    origin: str | None
    words: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Case:
    """What is told of a story, a pair of pages or an outlet (``kind``), by what (``versions``), when, and from what.

    ``names`` are what was asked for: a story's id, two pages' ids, or an outlet's name. ``papers`` are the pages that
    are spoken of, ``comparisons`` the copies beside their sources; ``pairs`` counts all of these, of which the first
    20 are there. ``told`` is only of a story, ``outlet`` only of an outlet.
    """

    kind: CaseKind
    names: tuple[str, ...]
    made_on: str
    versions: Mapping[str, str]
    settings: Mapping[str, str]
    counts: Mapping[str, int]
    told: Told | None
    outlet: OutletTold | None
    papers: tuple[Paper, ...]
    comparisons: tuple[Comparison, ...]
    pairs: int


def story_case(index: Index, id: str, made_on: str) -> Case:
    """The case of a story, by its id. Raises ``UnknownDocument``."""
    told = story(index, id)
    rows = [run.publisher for run in told.runs]
    pairs = [(row.original, row.id) for row in rows if row.original]
    if not pairs and told.story:  # nobody can tell who copied: all beside the one that they were compared with
        pairs = [(told.story.stand_in, row.id) for row in rows if row.id != told.story.stand_in]
    return _case(index, "story", (id,), made_on, pairs, [row.id for row in rows], told=told)


def pair_case(index: Index, one: str, two: str, made_on: str) -> Case:
    """The case of two stored pages, by id or URL. Raises ``UnknownDocument``."""
    ids = (index.get(one).id, index.get(two).id)
    return _case(index, "pair", ids, made_on, [ids], ids)


def outlet_case(index: Index, name: str, made_on: str) -> Case:
    """The case of an outlet: its newest copies. Raises ``UnknownDocument`` for one that has no pages."""
    told = outlet(index, name)
    pairs = [(copy.original, copy.id) for copy in told.newest if copy.original]
    copies = [id for copy in told.newest for id in (copy.id, copy.original) if id]
    return _case(index, "outlet", (name,), made_on, pairs, copies, outlet=told)


def _case(
    index: Index, kind: CaseKind, names: tuple[str, ...], made_on: str, pairs: Sequence[tuple[str, str]],
    ids: Iterable[str], *, told: Told | None = None, outlet: OutletTold | None = None,
) -> Case:  # fmt: skip
    return Case(
        kind=kind,
        names=names,
        made_on=made_on,
        versions=versions(),
        settings=index.settings.as_dict(),
        counts={name: count for name, count in index.info().items() if isinstance(count, int)},
        told=told,
        outlet=outlet,
        papers=tuple(_paper(index.get(id)) for id in dict.fromkeys(ids)),
        comparisons=tuple(comparison(index, *pair) for pair in pairs[:PAIRS_SHOWN]),
        pairs=len(pairs),
    )


def _paper(page: Document) -> Paper:
    return Paper(
        id=page.id,
        outlet=page.outlet,
        title=page.title,
        url=page.url,
        published=page.published,
        first_seen=page.crawled,
        byline=page.byline,
        language=page.language,
        origin=page.origin,
        words=len(page.text.split()),
        sha256=sha256(page.text.encode("utf-8", "surrogatepass")).hexdigest(),
    )
