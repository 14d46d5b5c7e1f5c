"""What outlets are learned to do, from the links that were told without that knowledge.

An outlet that copies in nearly all of its decided pages is a mirror, and a phrase that recurs glued into its pages and
into nobody else's is its name. Each document is counted once, however often it was copied.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from dedup.model import DEFAULT_KINDS, Link, Tally
from dedup.sources import letters

# Habits are rounded to this, in log-odds, so that one page more does not tell hundreds of links anew.
STEP = 0.5
# Nor do thousands of pages tell more than some fifty: log(55).
MOST = 4.0
# Documents of one outlet that show a phrase, and nobody else's: then it is the outlet's name.
RECURRING = 3
# Letters of such a phrase; shorter ones are endings of words.
PHRASE_LETTERS = 6


class Learned(NamedTuple):
    """What is known of an outlet: ``habit`` in log-odds, above 0 where it copies; ``names`` as bare letters."""

    habit: float = 0.0
    names: tuple[str, ...] = ()


def tallies(numbers: Mapping[str, int], links: Iterable[Link], phrases: Mapping[int, Iterable[str]]) -> list[Tally]:
    """The tallies of documents (numbers by id) from their links and the phrases glued into them; none for those without
    either. Versions are of one house and tell nothing."""
    links = [link for link in links if link.kind not in ("version", "teaser")]
    ran = [link for link in links if link.kind in DEFAULT_KINDS]
    copies = {numbers[link.copy] for link in ran if link.direction == "decided"}
    copied = {numbers[link.original] for link in ran if link.direction == "decided" and link.original}
    ends = (id for link in links if link.direction == "unknown" for id in (link.copy, link.original) if id)
    undecided = {numbers[id] for id in ends}
    told = sorted(copies | copied | undecided | phrases.keys())
    return [Tally(n, n in copies, n in copied, n in undecided, tuple(sorted(phrases.get(n, ())))) for n in told]


def habit(copies: int, copied: int) -> float:
    """The log-odds that an outlet is the copy, from how many of its documents are copies and how many were copied, each
    counted one more (Laplace), in steps of ``STEP`` up to ``MOST``; 0 for nothing known."""
    odds = math.log((copies + 1) / (copied + 1))
    return max(-MOST, min(MOST, STEP * round(odds / STEP)))


def own_phrases(shown: Iterable[tuple[str, str, int]]) -> dict[str, tuple[str, ...]]:
    """The phrases (outlet, phrase, documents) that recur in one outlet's documents and in nobody else's, by outlet."""
    by_phrase: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
    for outlet, phrase, documents in shown:
        by_phrase[phrase].append((outlet, documents))
    own: defaultdict[str, list[str]] = defaultdict(list)
    for phrase, [(outlet, documents), *others] in sorted(by_phrase.items()):
        if not others and documents >= RECURRING:
            own[outlet].append(phrase)
    return {outlet: tuple(names) for outlet, names in own.items()}


def glued_phrase(text: str, start: int, end: int) -> str | None:
    """The bare letters of a phrase that a text has alone, if it is written as a name and glued to the word behind."""
    phrase = text[start:end]
    named = phrase[:1].isalpha() and phrase[:1].upper() == phrase[:1] and phrase[-1:].isalnum()
    if not named or not text[end : end + 1].isalnum() or text[max(0, start - 1) : start].isalnum():
        return None
    bare = letters(phrase)
    return bare if len(bare) >= PHRASE_LETTERS else None
