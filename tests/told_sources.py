"""Publishers and changes that tests of evidence and verdicts speak of; all invented."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from dedup.model import Edit, EditKind, Span
from dedup.seen import Seen
from dedup.sources import Source


def edit(kind: EditKind, was: str, now: str) -> Edit:
    """A change at the start of both texts."""
    return Edit(kind, Span(0, len(was)), Span(0, len(now)), was, now)


def seen(*edits: Edit, cut: bool = False) -> Seen:
    """A match with these changes, of a copy that is whole, or cut."""
    return Seen(edits, 0.4 if cut else 1.0, cut)


FARM = Source(names=("dailyquorum", "quorum"), outlet="quorum.example", url="https://quorum.example/1")
PAPER = Source(names=("lantryherald",), outlet="lantry.example", url="https://lantry.example/n/1")
WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)
WIRE_URL, SHOUTED = "https://northgate.example/story/9", "HTTPS://www.Lantry.example:443/x"
WIRE_PAGE = replace(WIRE, url=WIRE_URL)
SYNDICATE = replace(WIRE, is_agency=False)
TO_WIRE = (("northgate", "Northgate Wire"),)
TO_HERALD = ((None, "The Lantry Herald"),)
TO_OTHER = (("meridian", "Meridian Press"),)
NAME, GLUED = edit("inserted", "", "Daily Quorum"), edit("respaced", "Ann Dale", "AnnDale")
DAY, NOON, NEXT_DAY = "2024-05-06", "2024-05-06T12:00", "2024-05-07"
NAME_PUT_IN = seen(NAME, NAME, NAME)
LONG_MENTION = "Daily Quorum has reported on the harbor since it was first dug out of the marsh"


def farm(**known: Any) -> Source:
    return replace(FARM, **known)


def paper(**known: Any) -> Source:
    return replace(PAPER, **known)


def wire(**known: Any) -> Source:
    return replace(WIRE, **known)
