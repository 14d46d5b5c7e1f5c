"""Weighing evidence: which of two documents is the copy, how sure that is, and why; "unknown" is an answer.

A logistic model without a constant: what speaks for one order of two documents, less what speaks for the other, is the
log-odds of the first. It promises what it was fitted on (``WEIGHTS``): pages made as mirrors make them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple

from dedup.evidence import (
    Evidence,
    Piece,
    asks_not_listed,
    byline_replaced,
    credits_source,
    cut_short,
    dated_later,
    first_seen,
    house_name,
    licensed,
    lost_spaces,
    name_glued,
    names_address,
    outlet_copies,
    own_name,
    source_credits_itself,
    source_is_agency,
)
from dedup.model import Reason
from dedup.seen import Seen
from dedup.sources import MIRROR, Source, same_house

# What a piece of strength 1 weighs, in log-odds, as fitted to the links of 6,000 mirrors made of AP and Reuters stories
# (``python benchmarks/fitting.py DATA/ap1989/stories.jsonl.gz DATA/reuters/stories.jsonl.gz --seeds 1 2``), rounded. No
# made page has a licence that a list tells of: it is put between a byline and an agency's own page. Nor does
# any ask not to be listed, as 2 of 181 news pages do: it is put with what weighs least, and decides nothing alone.
WEIGHTS: Mapping[Piece, float] = {
    credits_source: 4.6,
    name_glued: 4.6,
    byline_replaced: 3.4,
    licensed: 3.0,
    source_is_agency: 1.8,
    names_address: 1.6,
    lost_spaces: 1.5,
    own_name: 1.1,
    source_credits_itself: 1.1,
    first_seen: 0.9,
    cut_short: 0.8,
    dated_later: 0.5,
    asks_not_listed: 0.5,
}
# Of one house's own versions only the dates tell: a later one adds, drops and mends as it likes.
VERSION_WEIGHTS: Mapping[Piece, float] = {dated_later: 3.0, first_seen: 0.6}
# What is known of outlets from other pages is asked where the pages' own evidence leaves a pair undecided.
OUTLET_WEIGHTS: Mapping[Piece, float] = {outlet_copies: 1.0}
# A verdict needs this much more for one side: six in seven are then right. That is an agency's own page against none,
# and more than a later crawl and a later date together: dates lie.
DECIDED = 1.8
# Evidence this strong on both sides is a conflict, unless one is twice as strong: two pieces that are each believed to
# be right 29 times in 30 contradict each other. Set by hand.
STRONG = 3.5
# Nobody is ever quite sure.
SUREST = 0.99
# What a person's word weighs, who may err, too; no evidence is as sure.
JUDGED = 7.0


class Weighed(NamedTuple):
    """A piece that spoke, and what it weighs."""

    name: str
    weight: float
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which of ``a`` and ``b`` is the copy and how sure, with all that speaks for either; ``None``: nobody can tell.

    ``for_a`` speaks for a as the copy, ``for_b`` for b; the weightiest first. ``names_source``: something says from
    whom, too. ``judged`` is what a person said of the two, which comes before all that speaks for either.
    """

    copy: Literal["a", "b"] | None
    confidence: float
    for_a: tuple[Weighed, ...]
    for_b: tuple[Weighed, ...]
    names_source: bool
    judged: str | None = None

    def reasons(self, called: tuple[str, str]) -> tuple[str, ...]:
        """Sentences for people: of what decided, or, where nothing did, of both sides, by what the two are called."""
        judged = (self.judged,) if self.judged else ()
        if self.copy is not None:
            return judged + tuple(
                weighed.evidence.sentence for weighed in (self.for_a if self.copy == "a" else self.for_b)
            )
        if not self.for_a and not self.for_b:
            return (*judged, "nothing tells which came first")
        sides = zip(called, (self.for_a, self.for_b), strict=True)
        return judged + tuple(
            f"for {name} as the copy: {told.evidence.sentence}" for name, side in sides for told in side
        )

    def evidence(self, copy: Literal["a", "b"]) -> tuple[Reason, ...]:
        """All that was weighed, by what it says of one of the two as the copy of the other."""
        mine, others = (self.for_a, self.for_b) if copy == "a" else (self.for_b, self.for_a)
        judged = (Reason("judgement", self._judged_for(copy), self.judged),) if self.judged else ()
        return (*judged, *(_reason(told, 1) for told in mine), *(_reason(told, -1) for told in others))

    def _judged_for(self, copy: Literal["a", "b"]) -> float:
        """What a person's word weighs for one of the two as the copy: nothing where it was that nobody can know."""
        return 0.0 if self.copy is None else JUDGED if self.copy == copy else -JUDGED


def decide(a: Source, b: Source, from_a: Seen, from_b: Seen) -> Verdict:
    """Weigh "b copied a" (``from_a``) against "a copied b" (``from_b``).

    Where both sides have strong evidence, or neither has enough, nobody is named. What is known of the outlets counts
    only where the pages' own evidence does not decide, and never against what it leans to, dates aside. Evidence that
    one is a copy, but not of whom, leads to no page of an outlet that is itself known to copy.
    """
    weights = VERSION_WEIGHTS if same_house(a, b) else WEIGHTS
    for_a, for_b = gather(a, b, from_b, weights), gather(b, a, from_a, weights)
    verdict = weigh(for_a, for_b)
    if weights is VERSION_WEIGHTS:
        return verdict
    if verdict.copy is not None:
        return verdict if verdict.names_source else _unless_source_copies(verdict, a, b)
    more_a, more_b = gather(a, b, from_b, OUTLET_WEIGHTS), gather(b, a, from_a, OUTLET_WEIGHTS)
    contrary = for_b if more_a else for_a
    if not (more_a or more_b) or any(told.name not in _TIMES for told in contrary):
        return verdict
    return weigh([*for_a, *more_a], [*for_b, *more_b])


def _unless_source_copies(verdict: Verdict, a: Source, b: Source) -> Verdict:
    source = b if verdict.copy == "a" else a
    if source.habit < MIRROR:
        return verdict
    sentence = f"{house_name(source)} is known to copy, so that it may have it from elsewhere, too"
    doubt = Weighed("source_copies", source.habit, Evidence(source.habit, sentence))
    more_a, more_b = ((), (doubt,)) if source is b else ((doubt,), ())
    return Verdict(None, 0.5, _sorted((*verdict.for_a, *more_a)), _sorted((*verdict.for_b, *more_b)), False)


_TIMES = (dated_later.__name__, first_seen.__name__)


def judge(copy: Literal["a", "b"], said: str) -> Verdict:
    """The verdict of a person, which is not weighed against anything."""
    return Verdict(copy, round(1 / (1 + math.exp(-JUDGED)), 3), (), (), True, said)


def leave_open(verdict: Verdict, said: str) -> Verdict:
    """A verdict where a person said that nobody can know: nobody is named, and all that speaks for either is kept."""
    return replace(verdict, copy=None, confidence=0.5, names_source=False, judged=said)


def weigh(for_a: Sequence[Weighed], for_b: Sequence[Weighed]) -> Verdict:
    """The verdict on what speaks for either side; nobody is named where nothing does."""
    score_a, score_b = (sum(told.weight for told in side) for side in (for_a, for_b))
    margin, told_a, told_b = abs(score_b - score_a), _sorted(for_a), _sorted(for_b)
    if min(score_a, score_b) >= STRONG and margin < min(score_a, score_b):
        return Verdict(None, 0.5, told_a, told_b, False)
    if margin < DECIDED:
        return Verdict(None, _probability(margin), told_a, told_b, False)
    chosen = told_b if score_b > score_a else told_a
    named = any(told.evidence.names_source for told in chosen)
    return Verdict("b" if score_b > score_a else "a", _probability(margin), told_a, told_b, named)


def gather(copy: Source, source: Source, seen: Seen, weights: Mapping[Piece, float] = WEIGHTS) -> list[Weighed]:
    """All the evidence that ``copy`` was taken from ``source``; empty where there is none."""
    found = []
    for piece, weight in weights.items():
        told = piece(copy, source, seen)
        if told is not None:
            found.append(Weighed(piece.__name__, weight * told.strength, told))
    return found


def _sorted(side: Sequence[Weighed]) -> tuple[Weighed, ...]:
    return tuple(sorted(side, key=lambda told: -told.weight))


def _probability(margin: float) -> float:
    return min(SUREST, round(1 / (1 + math.exp(-margin)), 3))


def _reason(told: Weighed, sign: int) -> Reason:
    copy, original = told.evidence.copy_spans, told.evidence.source_spans
    spans = (copy, original) if sign > 0 else (original, copy)
    return Reason(told.name, round(sign * told.weight, 3), told.evidence.sentence, *spans)
