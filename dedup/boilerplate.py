"""What stands in many unrelated stories: notices, captions, menus. It proves nothing.

Told of a document from its own matches and from those of the documents that it meets, so that a new page changes only
what is near it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from dedup.facts import Facts, Mask, Pair, Shared
from dedup.model import Span

# Passages that stand in this many *other* unrelated stories are boilerplate. Two stories may share a quote; on the
# 679 outlet pages what recurs in four is notices, captions and menus.
UNRELATED_STORIES = 3
# A pair belongs to one story, for telling stories apart, when half of the shorter body is shared.
SAME_STORY = 0.5


def is_close(a_words: int, b_words: int, matched_words: int) -> bool:
    """Whether bodies of so many words share so much that they are one story, for telling stories apart."""
    return matched_words >= SAME_STORY * min(a_words, b_words)


def own_plate(size: int, story: int, shared: Iterable[tuple[int, Iterable[Pair]]]) -> Mask:
    """The tokens of a document of so many that stand in ``UNRELATED_STORIES`` stories other than its own, which is
    ``story``; ``shared`` has, for each match, the other's story and what is shared."""
    foreign: defaultdict[int, Mask] = defaultdict(lambda: np.zeros(size, dtype=bool))
    for other, spans in shared:
        for start, end in spans if other != story else ():
            foreign[other][start:end] = True
    if len(foreign) < UNRELATED_STORIES:
        return np.zeros(size, dtype=bool)
    return sum((mask.astype(np.int32) for mask in foreign.values()), np.zeros(size, np.int32)) >= UNRELATED_STORIES


def carry(marked: Mask, source: Pair, target: Mask, place: Pair) -> None:
    """Mark in ``target[place]`` what is marked in ``marked[source]``, stretched to fit: a document that meets such a
    passage has it marked, too, although its own matches are few."""
    part = marked[source[0] : source[1]]
    if part.any():
        at = (np.arange(place[1] - place[0]) * len(part)) // (place[1] - place[0])
        target[place[0] : place[1]] |= part[at]


def boilerplate(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, Mask]:
    """The tokens of each document that are boilerplate as far as some documents and the matches between them tell."""
    story = _rough_stories(facts, matches)
    shared: defaultdict[int, list[tuple[int, Iterable[Pair]]]] = defaultdict(list)
    for (a, b), match in matches.items():
        if story[a] != story[b]:
            shared[a].append((story[b], [_ends(p.a_tokens) for p in match.passages]))
            shared[b].append((story[a], [_ends(p.b_tokens) for p in match.passages]))
    own = {number: own_plate(len(fact.body), story[number], shared[number]) for number, fact in facts.items()}
    marked = {number: mask.copy() for number, mask in own.items()}
    telling = {number for number, mask in own.items() if mask.any()}
    for (a, b), match in matches.items():
        for p in match.passages if a in telling or b in telling else ():
            carry(own[a], _ends(p.a_tokens), marked[b], _ends(p.b_tokens))
            carry(own[b], _ends(p.b_tokens), marked[a], _ends(p.a_tokens))
    return marked


def _ends(span: Span) -> Pair:
    return span.start, span.end


def _rough_stories(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, int]:
    """Documents that share half of the shorter body, however linked, are one story here. Only used to tell stories
    apart: it may join too much, which makes less boilerplate, never more."""
    close = (
        (a, b)
        for (a, b), match in matches.items()
        if is_close(facts[a].body_words, facts[b].body_words, match.matched_words)
    )
    return joined(facts, close)


def joined(numbers: Iterable[int], pairs: Iterable[Pair]) -> dict[int, int]:
    """The least number that each number is joined to by the pairs, directly or through others (union-find)."""
    head = {number: number for number in numbers}

    def find(number: int) -> int:
        while head[number] != number:
            head[number] = number = head[head[number]]
        return number

    for a, b in pairs:
        one, two = find(a), find(b)
        if one < two:
            head[two] = one
        elif two < one:
            head[one] = two
    return {number: find(number) for number in head}
