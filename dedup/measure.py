"""How much two documents share of what counts: their bodies, without what stands in many unrelated stories.

Works on a *scene*: some documents and the matches between them. All masks are bool arrays over a document's tokens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.evidence import Source, same_house
from dedup.model import Match

Mask: TypeAlias = NDArray[np.bool_]
Pair: TypeAlias = tuple[int, int]
Relation = Literal["version", "copy", "passage", "shows_teaser", "is_teased", "nothing"]

# Passages that stand in this many *other* unrelated stories are boilerplate. Two stories may share a quote; on the
# 679 outlet pages what recurs in four is notices, captions and menus.
UNRELATED_STORIES = 3
# A pair belongs to one story, for telling stories apart, when half of the shorter body is shared.
SAME_STORY = 0.5
# A copy has this part of one of the two bodies; below it a pair shares a passage (DESIGN, section 6: partial).
COPY = 0.3
# One outlet's own stories share background and formulas; its versions share half (ap1989: the hourly market reports
# share less, write-throughs more).
VERSION = 0.5
# Two reports of one event tell it in the same words here and there: passages thinner than this count only if they are
# long. Of outlets2018's pairs with a third in common, 0.75 drops half of the wrong ones (307 to 158) and 6 % of the
# right ones, all of them among the labels' "partial".
DENSE, LONG = 0.75, 150
# A report that keeps another's sentences but not its figures is the next one of a series (markets, weather, scores),
# not a copy: with this many figures, less than this part of those that a copy would have kept. Of ap1989's pairs that
# share half, 51 of 65 hourly market reports keep less than 0.6, and 2 of 91 others do.
FIGURES, FIGURES_KEPT = 6, 0.6
# Words of body that must be shared for anything to be said.
LEAST_WORDS = 12
# Shared words of which less than this part lies in the body stand in furniture.
IN_BODY = 0.5

_FIGURE, _DIGIT = re.compile(r"[^\W_]*[0-9][^\W_]*"), re.compile("[0-9]")


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """A document without its text: who published it, masks of its tokens (body, numbers), its signature."""

    number: int
    id: str
    title: str | None
    source: Source
    body: Mask
    body_words: int
    numbers: Mask
    signature: NDArray[np.uint32]

    @property
    def prior(self) -> tuple[bool, int, str, str]:
        """Sorts likelier originals first: an agency's page, the longer body, the earlier date, then the id."""
        return not self.source.is_agency, -self.body_words, self.source.published or "9", self.id


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A match as one of its documents, ``me``, sees it.

    ``mine`` and ``theirs`` are the parts of each counted body that are shared, ``words`` the counted words shared (the
    lesser of both sides), ``counted`` which of my tokens those are; ``my_body`` and ``their_body`` say which part of
    what is shared lies in each body. ``match`` is as stored, and ``flipped`` where I am its ``b``.
    """

    me: int
    other: int
    mine: float
    theirs: float
    words: int
    counted: Mask
    my_body: float
    their_body: float
    relation: Relation
    match: Match
    flipped: bool


def views_of(facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> dict[int, list[View]]:
    """The matches of the scene that mean something, as both their documents see them, in the order of the pairs."""
    plate = boilerplate(facts, matches)
    views: dict[int, list[View]] = {number: [] for number in facts}
    for a, b in sorted(matches):
        match = matches[a, b]
        if is_background(facts[a], facts[b], match.matched_words):
            continue
        for me, other in ((a, b), (b, a)):
            view = _view(facts[me], facts[other], plate, match, flipped=me == b)
            if view.relation != "nothing":
                views[me].append(view)
    return views


def is_background(a: Facts, b: Facts, matched_words: int) -> bool:
    """Whether two documents of one house share too little, whatever part of it counts, to be versions."""
    return matched_words < VERSION * min(a.body_words, b.body_words) and same_house(a.source, b.source)


def boilerplate(facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> dict[int, Mask]:
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
    facts: Mapping[int, Facts], matches: Mapping[Pair, Match], story: Mapping[int, int]
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


def _rough_stories(facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> dict[int, int]:
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
        head[max(one, two)] = min(one, two)
    return {number: find(number) for number in head}


def _carry(marked: Mask, source: Pair, target: Mask, place: Pair) -> None:
    """Mark in ``target[place]`` what is marked in ``marked[source]``, stretched to fit."""
    part = marked[source[0] : source[1]]
    if part.any():
        at = (np.arange(place[1] - place[0]) * len(part)) // (place[1] - place[0])
        target[place[0] : place[1]] |= part[at]


def _view(me: Facts, other: Facts, plate: Mapping[int, Mask], match: Match, *, flipped: bool) -> View:
    """One house may reword its own, and repeats its own notices: there every passage counts."""
    own = same_house(me.source, other.source)
    mine = _side(me, me.body if own else me.body & ~plate[me.number], match, flipped, 0 if own else DENSE)
    theirs = _side(
        other, other.body if own else other.body & ~plate[other.number], match, not flipped, 0 if own else DENSE
    )
    words = min(mine.words, theirs.words)
    relation = _relation(own, mine, theirs, words)
    if relation in ("copy", "version", "passage"):
        first = (mine.part, other.number) >= (theirs.part, me.number)  # of equal parts the lesser number, for both
        fact, side = (me, mine) if first else (other, theirs)
        relation = relation if _keeps_figures(fact, side.spanned, match) else "nothing"
    return View(
        me.number, other.number, mine.part, theirs.part, words, mine.counted, mine.in_body, theirs.in_body,
        relation, match, flipped,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class _Side:
    words: int
    part: float
    counted: Mask
    in_body: float
    spanned: Mask


def _side(fact: Facts, counts: Mask, match: Match, is_b: bool, dense: float) -> _Side:
    """What a match takes of one document: words equal (not merely spanned) among the tokens that count."""
    spanned, counted, words = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool), 0.0
    for p in match.passages:
        span = p.b_tokens if is_b else p.a_tokens
        spanned[span.start : span.end] = True
        density = min(1.0, p.words / len(span))
        if density >= dense or len(span) >= LONG:
            counted[span.start : span.end] = counts[span.start : span.end]
            words += int(counts[span.start : span.end].sum()) * density
    part = min(1.0, words / max(1, int(counts.sum())))
    in_body = int((spanned & fact.body).sum()) / max(1, int(spanned.sum()))
    return _Side(round(words), part, counted, in_body, spanned)


def _relation(own: bool, mine: _Side, theirs: _Side, words: int) -> Relation:
    """What a match makes of two documents, before their figures are looked at."""
    if (mine.in_body < IN_BODY) != (theirs.in_body < IN_BODY):
        return "nothing" if own else "shows_teaser" if mine.in_body < IN_BODY else "is_teased"
    if words < LEAST_WORDS:
        return "nothing"
    part = max(mine.part, theirs.part)
    if own:
        return "version" if part >= VERSION else "nothing"
    return "copy" if part >= COPY else "passage"


def _keeps_figures(fact: Facts, spanned: Mask, match: Match) -> bool:
    """Whether the figures of a body were taken over as its words were; boilerplate counts here, it has figures, too."""
    figures = int((fact.numbers & fact.body).sum())
    if figures < FIGURES:
        return True
    part = int((spanned & fact.body).sum()) / max(1, fact.body_words)
    # A figure is changed where another stands for it; what one side has beside (dates of a page, say) tells nothing.
    changed = sum(min(_figures(e.a_text), _figures(e.b_text)) for e in match.edits)
    kept = int((fact.numbers & fact.body & spanned).sum()) - changed
    return kept >= FIGURES_KEPT * part * figures


def _figures(text: str) -> int:
    """How many words with a digit a text has; most edits have no digit, and are then not searched for words."""
    return len(_FIGURE.findall(text)) if _DIGIT.search(text) else 0
