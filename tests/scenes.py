"""Small scenes of pages, each with what it shares with the others: what is told of them is tested."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dedup.attribute import Resolution, resolve
from dedup.facts import Facts, Pair
from dedup.model import DEFAULT_KINDS, Edit, Judged, Judgement, Link, Match, Passage, Span
from dedup.sources import Source

WIRE = Source(names=("northgatewire",), outlet="northgate.example", agency="northgate", is_agency=True)
TO_WIRE = (("northgate", "Northgate Wire"),)
TO_ABSENT = ((None, "Castellan Agency"),)
SIGNATURE = np.zeros(8, np.uint32)
Place = tuple[int, int, int]
WHOLE: Place = (0, 0, 200)


def names_itself(outlet: str) -> Edit:
    return Edit("inserted", Span(0, 0), Span(0, len(outlet)), "", outlet)


@dataclass
class Scene:
    """Pages by name, numbered as they come; the numbers of a pair are put in order, its passages and edits too."""

    facts: dict[int, Facts] = field(default_factory=dict)
    matches: dict[Pair, Match] = field(default_factory=dict)
    judgements: dict[Pair, Judgement] = field(default_factory=dict)

    def page(self, name: str, words: int = 200, *, body: int | None = None, source: Source | None = None,
             **known: Any) -> None:  # fmt: skip
        """A page of its own outlet, called like it, unless told otherwise; words from ``body`` on are furniture."""
        own = source or Source(names=(name,), outlet=name, **known)
        number, is_body = len(self.facts), np.arange(words) < (body or words)
        none = np.zeros(words, dtype=bool)
        self.facts[number] = Facts(number, name, f"About {name}", own, is_body, body or words, none, SIGNATURE)

    def share(self, source: str, copy: str, *places: Place, edits: tuple[Edit, ...] = ()) -> None:
        """Words of ``source``, words of ``copy``, and how many; edits go from source to copy."""
        numbers = {fact.id: number for number, fact in self.facts.items()}
        a, b = numbers[source], numbers[copy]
        spans = [(Span(p, p + size), Span(q, q + size)) for p, q, size in places or (WHOLE,)]
        if a > b:
            a, b, spans = b, a, [(two, one) for one, two in spans]
            edits = tuple(Edit("dropped", e.b, e.a, e.b_text, e.a_text) for e in edits)
        passages = tuple(Passage(one, two, len(one), one, two) for one, two in spans)
        words = sum(p.words for p in passages)
        self.matches[a, b] = Match(passages, 0.5, 0.5, words, words, edits)

    def copy(self, source: str, copy: str, *places: Place) -> None:
        """As ``share``, and the copy has its own name put into the prose three times, which is enough to tell."""
        self.share(source, copy, *places, edits=(names_itself(copy),) * 3)

    def judge(
        self, copy: str, original: str, verdict: Judged = "copy", note: str | None = None, *, day: int = 1
    ) -> None:
        """A person says this on that day of May."""
        a, b = sorted(number for number, fact in self.facts.items() if fact.id in (copy, original))
        self.judgements[a, b] = Judgement(copy, original, verdict, f"2026-05-{day:02d}T10:00:00+00:00", note)

    def resolve(self) -> Resolution:
        return resolve(self.facts, self.matches, self.judgements)

    def link(self, copy: str) -> Link:
        (link,) = (link for link in self.resolve().links if link.copy == copy)
        return link

    def told(self) -> set[tuple[str, str | None, str]]:
        return {(link.copy, link.original, link.kind) for link in self.resolve().links}


def pages(*names: str) -> Scene:
    """A scene of pages of 200 words, each of its own outlet; the one called "wire" is a wire's."""
    made = Scene()
    for name in names:
        made.page(name, source=WIRE if name == "wire" else None)
    return made


def assert_no_circle(made: Scene) -> None:
    decided = [link for link in made.resolve().links if link.direction == "decided" and link.kind in DEFAULT_KINDS]
    waiting = {link.copy: {other.original for other in decided if other.copy == link.copy} for link in decided}
    while free := [page for page, sources in waiting.items() if not sources & waiting.keys()]:
        for page in free:
            del waiting[page]
    assert not waiting
