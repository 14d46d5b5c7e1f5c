"""Rows of an answer: each page that ran a story, how it stands to the original, whom it credits, by what licence."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from dedup.credits import find_credits
from dedup.index.houses import house_of
from dedup.index.licences import Licences, partner_of
from dedup.model import Document, Link, Publisher, Story
from dedup.sources import has_licence, letters

Role = Literal["original", "copy", "undecided"]
ORDER: tuple[Role, ...] = ("original", "copy", "undecided")


def publishers(
    story: Story, links: Sequence[Link], documents: Mapping[str, Document], licences: Licences
) -> Iterable[Publisher]:
    """The pages of a story, each followed by its own copies: the original first, then copies of one that is not here,
    then undecided pages; copies of one page by how much of it they have."""
    rows: dict[str, Publisher] = {}
    if story.original is not None:
        rows[story.original] = _row(documents[story.original], "original")
    for link in links:
        if link.direction == "decided" and link.copy not in rows:
            rows[link.copy] = _copy(link, documents, licences)
    for link in links:
        for id in (link.copy, link.original):
            if id is not None and link.direction == "unknown":
                rows.setdefault(id, _row(documents[id], "undecided", link))
    return _in_lines(rows)


def _in_lines(rows: Mapping[str, Publisher]) -> list[Publisher]:
    below: defaultdict[str | None, list[Publisher]] = defaultdict(list)
    for row in sorted(rows.values(), key=lambda row: (ORDER.index(row.role), -(row.coverage or 0), row.id)):
        above = row.original if row.role == "copy" and row.original in rows else None
        below[above].append(row)
    told: dict[str, Publisher] = {}
    # What hangs on nothing is a circle that a person's word made; it begins anywhere.
    waiting = [(row, 0) for row in reversed([*below[None], *rows.values()])]
    while waiting:
        row, depth = waiting.pop()
        if row.id not in told:
            told[row.id] = replace(row, depth=depth)
            waiting += [(copy, depth + 1) for copy in reversed(below[row.id])]
    return list(told.values())


def _copy(link: Link, documents: Mapping[str, Document], licences: Licences) -> Publisher:
    copy, original = documents[link.copy], documents[link.original] if link.original is not None else None
    source = (original.outlet or original.id) if original else link.agency
    house = house_of(original.outlet, original.site_name) if original else house_of(link.agency, None)
    held = partner_of(house_of(copy.outlet, copy.site_name), licences)
    credits = source if _credits(link, copy) else None
    return _row(copy, "copy", link, source=source, credits=credits, licensed=has_licence(held, house))


def _credits(link: Link, copy: Document) -> bool:
    """Whether a copy names its source; only of absent ones the text is read again, which takes a millisecond."""
    if link.original is not None or link.agency is None:
        return any(reason.name == "credits_source" for reason in link.evidence)
    found = find_credits(copy.text, copy.byline, copy.dateline)
    return letters(link.agency) in {letters(credit.name) for credit in found}


def _row(
    document: Document, role: Role, link: Link | None = None, *,
    source: str | None = None, credits: str | None = None, licensed: bool = False,
) -> Publisher:  # fmt: skip
    return Publisher(
        id=document.id,
        outlet=document.outlet,
        title=document.title,
        url=document.url,
        published=document.published,
        role=role,
        kind=link.kind if link else None,
        coverage=link.coverage if link else None,
        share=link.share if link else None,
        confidence=link.confidence if link else None,
        reasons=link.reasons if link else (),
        changes=link.changes if link else None,
        original=link.original if link and role == "copy" else None,
        source=source,
        credits=credits,
        first_seen=document.crawled[:10] if document.crawled else None,
        licensed=licensed,
    )
