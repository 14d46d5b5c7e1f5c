"""Versions that others publish by right: a paper's adaptation of a story, an agency's page of what a paper wrote."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

import furniture
import habits
from furniture import Facts, Outlet
from pages import Desk, Truth, later, new_page, row, stream
from texts import own_text, write_text

from dedup.model import Document

_FIRST_BY = ("This story was first published by the {}.", "The {} was the first to report this.", "Source: {}")


def adaptation(
    desk: Desk, story: Document, number: int, papers: Sequence[Outlet], *, credited: bool = True
) -> tuple[Document, Truth]:
    """A paper's licensed version: a credit, a lead of its own, two paragraphs less, one more, a few words edited."""
    random = stream(desk.seed, "adaptation", story.id)
    text = desk.read(story, credited)
    text = furniture.credited(story, text) if credited else text
    text = habits.dropped(text, min(1, 2 / len(text)), random)
    text = habits.reworded(text, 0.02, desk.vocabulary, random)
    lead, added = (" ".join(desk.vocabulary.prose(random.randint(15, 40), random)) for _ in range(2))
    at = random.randint((len(text) + 1) // 2, len(text))
    text = (*own_text(lead), *text[:at], *own_text(added), *text[at:])
    before, after = random.choice((("By {}", ""), ("", "{} contributed to this report."), ("", "Copyright {}.")))
    before, after = (line.format(furniture.agency_of(story)) * credited for line in (before, after))
    text = (*own_text(*[before] * bool(before)), *text, *own_text(*[after] * bool(after)))
    facts = Facts(furniture.new_headline(story, random), furniture.person(random), later(story, random.randint(1, 12)))
    others = [paper for paper in papers if paper.domain != story.outlet]
    page = new_page(random.choice(others), number, write_text(text), facts)
    return page, row(desk, page, story, text, "adaptation")


def retaken(desk: Desk, story: Document, wire: Document) -> tuple[Document, Truth]:
    """The page of an agency that took a paper's story, under its own dateline, and says so at the end."""
    random = stream(desk.seed, "retaken", wire.id)
    text = desk.read(story, credited=False)
    text = habits.dropped(text, min(1, 1 / len(text)), random)
    text = furniture.credited(furniture.with_dateline(wire), text)
    text = (*text, *own_text(random.choice(_FIRST_BY).format(story.site_name)))
    address = wire.url or f"https://{furniture.domain_of(wire)}/article/{re.sub('[^A-Za-z0-9]+', '-', wire.id)}"
    page = replace(
        wire,
        id=f"{wire.id}-retaken",
        text=write_text(text),
        url=address,
        published=later(story, random.randint(1, 12)),
        byline=None,
    )
    return page, row(desk, page, story, text, "retaken")
