"""Documents and matches made of figures alone, for what is measured without texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from dedup.facts import Facts
from dedup.model import Edit, Match, Passage, Span
from dedup.sources import Source

WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)


def facts(number: int, words: int, *, body: tuple[int, int] | None = None, numbers: Iterable[int] = (),
          source: Source | None = None) -> Facts:  # fmt: skip
    """A document of so many words, all of them body unless a range is given; each has its own outlet."""
    start, end = body or (0, words)
    is_body, is_number = np.zeros(words, dtype=bool), np.zeros(words, dtype=bool)
    is_body[start:end] = True
    is_number[list(numbers)] = True
    outlet = source or Source(outlet=f"paper{number}.example")
    return Facts(number, f"page-{number}", None, outlet, is_body, end - start, is_number, np.zeros(8, np.uint32))


def passage(a: int, b: int, words: int, *, equal: int | None = None, b_words: int | None = None) -> Passage:
    """``words`` words from word ``a`` of one text and from word ``b`` of the other, of which ``equal`` are equal."""
    one, two = Span(a, a + words), Span(b, b + (b_words or words))
    return Passage(one, two, words if equal is None else equal, one, two)


def match(*passages: Passage, edits: tuple[Edit, ...] = ()) -> Match:
    words = sum(p.words for p in passages)
    return Match(passages, 0.5, 0.5, words, max((p.words for p in passages), default=0), edits)


def replaced(was: str, now: str) -> Edit:
    return Edit("replaced", Span(0, len(was)), Span(0, len(now)), was, now)


def scene(*documents: Facts) -> dict[int, Facts]:
    return {document.number: document for document in documents}


def places(mask: Any) -> list[int]:
    return [int(place) for place in np.flatnonzero(mask)]
