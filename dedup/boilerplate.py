"""What stands in many unrelated stories: notices, captions, menus. It proves nothing.

Works on a *scene*: some documents and the matches between them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import numpy as np

from dedup.facts import Facts, Mask, Pair, Shared

# Passages that stand in this many *other* unrelated stories are boilerplate. Two stories may share a quote; on the
# 679 outlet pages what recurs in four is notices, captions and menus.
UNRELATED_STORIES = 3
# A pair belongs to one story, for telling stories apart, when half of the shorter body is shared.
SAME_STORY = 0.5


def boilerplate(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, Mask]:
    """The tokens of each document that stand in ``UNRELATED_STORIES`` stories other than its own: proof of nothing.

    A document that meets such a passage through a match has it marked too, although its own matches are few.
    """
    story = _rough_stories(facts, matches)
    own = {number: np.zeros(len(fact.body), dtype=bool) for number, fact in facts.items()}
    for number, foreign in _foreign(facts, matches, story).items():
        seen_in = sum((mask.astype(np.int32) for mask in foreign.values()), np.zeros(len(own[number]), np.int32))
        own[number] = seen_in >= UNRELATED_STORIES
    marked = {number: mask.copy() for number, mask in own.items()}
    telling = {number for number, mask in own.items() if mask.any()}
    for (a, b), match in matches.items():
        for p in match.passages if a in telling or b in telling else ():
            _carry(own[a], (p.a_tokens.start, p.a_tokens.end), marked[b], (p.b_tokens.start, p.b_tokens.end))
            _carry(own[b], (p.b_tokens.start, p.b_tokens.end), marked[a], (p.a_tokens.start, p.a_tokens.end))
    return marked


def _foreign(
    facts: Mapping[int, Facts], matches: Mapping[Pair, Shared], story: Mapping[int, int]
) -> dict[int, dict[int, Mask]]:
    """For each document, what each unrelated story shares with it."""
    foreign: defaultdict[int, dict[int, Mask]] = defaultdict(dict)
    for (a, b), match in matches.items():
        if story[a] == story[b]:
            continue
        for p in match.passages:
            _mark(foreign[a], story[b], len(facts[a].body), p.a_tokens.start, p.a_tokens.end)
            _mark(foreign[b], story[a], len(facts[b].body), p.b_tokens.start, p.b_tokens.end)
    return foreign


def _mark(masks: dict[int, Mask], story: int, size: int, start: int, end: int) -> None:
    masks.setdefault(story, np.zeros(size, dtype=bool))[start:end] = True


def _rough_stories(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, int]:
    """Documents that share half of the shorter body, however linked, are one story here. Only used to tell stories
    apart: it may join too much, which makes less boilerplate, never more."""
    close = (
        (a, b)
        for (a, b), match in matches.items()
        if match.matched_words >= SAME_STORY * min(facts[a].body_words, facts[b].body_words)
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


def _carry(marked: Mask, source: Pair, target: Mask, place: Pair) -> None:
    """Mark in ``target[place]`` what is marked in ``marked[source]``, stretched to fit."""
    part = marked[source[0] : source[1]]
    if part.any():
        at = (np.arange(place[1] - place[0]) * len(part)) // (place[1] - place[0])
        target[place[0] : place[1]] |= part[at]
