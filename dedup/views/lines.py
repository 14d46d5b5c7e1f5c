"""Words and figures as they are shown to people."""

from __future__ import annotations

import unicodedata


def clean(text: str) -> str:
    """One line without control characters, escapes or direction marks: scraped text must not drive a terminal."""
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) not in ("Cf", "Cs"))
    return " ".join("".join(kept).split())


def percent(score: float | None) -> str:
    """A score for people; ``-`` where there is none."""
    return "-" if score is None else f"{100 * score:.0f}%"


def counted(number: int, thing: str) -> str:
    """How many of a thing, in words."""
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"


def lag(hours: float | None) -> str:
    """A time between two dates, in the unit that suits it; ``-`` where there is none."""
    if hours is None:
        return "-"
    size = abs(hours)
    if size < 1:
        return f"{hours * 60:.0f} min"
    if size < 48:
        return f"{hours:.0f} h"
    days = hours / 24
    return f"{days:.0f} days" if abs(days) < 730 else f"{days / 365.25:.0f} years"
