"""Where documents stand in the stories they are in."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a document (its number) stands.

    ``above`` are the documents at the end of its ways up; none where nothing is above it. ``rootless`` says that nobody
    knows the original of the story that it is the top of, ``agency`` names the one whose own page is not here.
    """

    document: int
    above: tuple[int, ...] = ()
    rootless: bool = False
    agency: str | None = None
