"""How much two documents share of what counts: their bodies, without what stands in many unrelated stories.

Works on a *scene*: some documents and the matches between them. All masks are bool arrays over a document's tokens.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.evidence import Change, Source, same_house
from dedup.model import Span

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
# not a copy: with this many figures, less than this part of those that a copy would have kept, and more lost than this
# in a word. Of ap1989's pairs that share half, 52 of 65 hourly market reports keep less than 0.6, and 2 of 91 others
# do; those lose 0.046 a word or more. Of outlets2018's 27 sure copies that keep less (what surrounds a story has dates
# and numbers, too) all but one lose less than 0.03; of Reuters' 126 pairs, those of less are versions and fact boxes.
FIGURES, FIGURES_KEPT, FIGURES_LOST = 6, 0.6, 0.03
# Words of body that must be shared for anything to be said.
LEAST_WORDS = 12
# Shared words of which less than this part lies in the body stand in furniture.
IN_BODY = 0.5

# What the other document sees where one sees this.
_MIRRORED: Mapping[Relation, Relation] = {"shows_teaser": "is_teased", "is_teased": "shows_teaser"}
_FIGURE, _DIGIT = re.compile(r"[^\W_]*[0-9][^\W_]*"), re.compile("[0-9]")


class Stretch(Protocol):
    """What a scene reads of a ``Passage``: its words that are equal, and its place in tokens of both texts."""

    @property
    def words(self) -> int: ...
    @property
    def a_tokens(self) -> Span: ...
    @property
    def b_tokens(self) -> Span: ...


class Shared(Protocol):
    """What a scene reads of a ``Match``."""

    @property
    def matched_words(self) -> int: ...
    @property
    def passages(self) -> Sequence[Stretch]: ...
    @property
    def edits(self) -> Sequence[Change]: ...


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
    lesser of both sides), ``counted`` which of my tokens those are, ``spanned`` which stand inside the passages, body
    or not. ``match`` is as stored.
    """

    me: int
    other: int
    mine: float
    theirs: float
    words: int
    counted: Mask
    spanned: Mask
    relation: Relation
    match: Shared


def count(mask: Mask) -> int:
    """How many tokens a mask marks."""
    return int(np.count_nonzero(mask))


def views_of(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, list[View]]:
    """The matches of the scene that mean something, as both their documents see them, in the order of the pairs."""
    foreign = {(a, b) for a, b in matches if not same_house(facts[a].source, facts[b].source)}
    plain = _plain_bodies(facts, matches) if foreign else {}
    views: dict[int, list[View]] = {number: [] for number in facts}
    for pair in sorted(matches):
        a, b = facts[pair[0]], facts[pair[1]]
        if pair in foreign:
            both = _views(a, b, plain[a.number], plain[b.number], matches[pair], own=False)
        elif is_background(a.body_words, b.body_words, matches[pair].matched_words):
            continue
        else:
            both = _views(a, b, a.body, b.body, matches[pair], own=True)
        for view in both:
            views[view.me].append(view)
    return views


def _plain_bodies(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, Mask]:
    return {number: facts[number].body & ~plate for number, plate in boilerplate(facts, matches).items()}


def is_background(a_words: int, b_words: int, matched_words: int) -> bool:
    """Whether bodies of so many words, of one house, share too little to be versions, whatever part of it counts."""
    return matched_words < VERSION * min(a_words, b_words)


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


def _views(a: Facts, b: Facts, a_counts: Mask, b_counts: Mask, match: Shared, *, own: bool) -> tuple[View, ...]:
    """A match as both its documents see it; none where it means nothing.

    One house may reword its own, and repeats its own notices: there every passage counts.
    """
    of_a = _side(a, a_counts, [(p.a_tokens, p.words) for p in match.passages], 0 if own else DENSE)
    of_b = _side(b, b_counts, [(p.b_tokens, p.words) for p in match.passages], 0 if own else DENSE)
    words = min(of_a.words, of_b.words)
    relation = _relation(own, of_a, of_b, words)
    if relation in ("copy", "version", "passage"):
        fact, side = (a, of_a) if of_a.part >= of_b.part else (b, of_b)
        relation = relation if _keeps_figures(fact, side, match) else "nothing"
    if relation == "nothing":
        return ()
    return (
        _view(a, of_a, b, of_b, words, relation, match),
        _view(b, of_b, a, of_a, words, _MIRRORED.get(relation, relation), match),
    )


def _view(me: Facts, mine: _Side, other: Facts, theirs: _Side, words: int, relation: Relation, match: Shared) -> View:
    return View(me.number, other.number, mine.part, theirs.part, words, mine.counted, mine.spanned, relation, match)


class _Side(NamedTuple):
    """What a match takes of one document; ``body_words`` are how many words of the body are spanned."""

    words: int
    part: float
    counted: Mask
    spanned: Mask
    body_words: int
    in_body: float


def _side(fact: Facts, counts: Mask, passages: Iterable[tuple[Span, int]], dense: float) -> _Side:
    """Words equal (not merely spanned) among the tokens that count."""
    spanned, telling, words = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool), 0.0
    for span, equal in passages:
        spanned[span.start : span.end] = True
        density = min(1.0, equal / len(span))
        if density >= dense or len(span) >= LONG:
            telling[span.start : span.end] = True
            words += count(counts[span.start : span.end]) * density
    part = min(1.0, words / max(1, count(counts)))
    in_body = count(spanned & fact.body)
    return _Side(round(words), part, counts & telling, spanned, in_body, in_body / max(1, count(spanned)))


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


def _keeps_figures(fact: Facts, side: _Side, match: Shared) -> bool:
    """Whether the figures of a body were taken over as its words were; boilerplate counts here, it has figures, too."""
    figures = fact.numbers & fact.body
    had = count(figures)
    if had < FIGURES:
        return True
    part = side.body_words / max(1, fact.body_words)
    # A figure is changed where another stands for it; what one side has beside (dates of a page, say) tells nothing.
    changed = sum(min(_figures(e.a_text), _figures(e.b_text)) for e in match.edits if e.a_text and e.b_text)
    kept = count(figures & side.spanned) - changed
    return kept >= FIGURES_KEPT * part * had or part * had - kept < FIGURES_LOST * side.body_words


def _figures(text: str) -> int:
    """How many words with a digit a text has; most edits have no digit, and are then not searched for words."""
    return len(_FIGURE.findall(text)) if _DIGIT.search(text) else 0
