"""Rulings: what persons judged of pairs of a scene, and what therefore holds there whatever the evidence says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from dedup.facts import Facts, Pair, Shared, region_of
from dedup.judgements import copy_by, sentence
from dedup.measure import View, share, views_between
from dedup.model import Judgement
from dedup.verdict import Verdict, judge, leave_open

Judgements: TypeAlias = Mapping[Pair, Judgement]


def related(judgements: Judgements) -> set[Pair]:
    """The pairs that were judged to have to do with each other: they are compared, whether keys brought them together
    or not."""
    return judgements.keys() - unrelated(judgements)


def unrelated(judgements: Judgements) -> set[Pair]:
    """The pairs that were judged to have nothing to do with each other."""
    return {pair for pair, judgement in judgements.items() if judgement.verdict == "unrelated"}


class Rulings:
    """The judgements on pairs of documents that are both in a scene."""

    def __init__(self, facts: Mapping[int, Facts], judgements: Judgements) -> None:
        self._facts = facts
        self._said = {pair: one for pair, one in judgements.items() if facts.keys() >= set(pair)}
        self._copies = {
            pair: next(number for number in pair if facts[number].id == copy)
            for pair, one in self._said.items()
            if (copy := copy_by(one)) is not None
        }

    def heeded(self, matches: Mapping[Pair, Shared]) -> Mapping[Pair, Shared]:
        """The matches without those of pairs that were judged to have nothing to do with each other."""
        left_out = unrelated(self._said)
        return {pair: match for pair, match in matches.items() if pair not in left_out} if left_out else matches

    def views(self, views: Mapping[int, list[View]], matches: Mapping[Pair, Shared]) -> dict[int, list[View]]:
        """The views of a scene, with those of judged copies among them that share too little, or in the wrong place, to
        be taken for copies by any measure."""
        told = {number: list(own) for number, own in views.items()}
        for pair in sorted(self._copies.keys() & matches.keys()):
            if not any(v.other == pair[1] and v.relation in ("copy", "version") for v in told[pair[0]]):
                for view in self._views(pair, matches[pair]):
                    others = [v for v in told[view.me] if v.other != view.other]
                    told[view.me] = sorted([*others, view], key=lambda v: v.other)
        return told

    def verdict(self, pair: Pair, weigh: Callable[[], Verdict]) -> Verdict:
        """The verdict on a pair: the judgement's, and nothing is weighed; where it was that nobody can know, what is
        weighed stands behind it. ``weigh`` gives the verdict where nobody judged."""
        judgement = self._said.get(pair)
        if judgement is None:
            return weigh()
        if pair in self._copies:
            return judge("a" if self._copies[pair] == pair[0] else "b", sentence(judgement))
        return leave_open(weigh(), sentence(judgement))

    def decides(self, view: View) -> bool:
        """Whether a person judged which of the two is the copy."""
        return _pair(view) in self._copies

    def is_copy(self, view: View) -> bool:
        """Whether a person judged that, of the two, I am the copy."""
        return self._copies.get(_pair(view)) == view.me

    def sources(self, views: Iterable[View]) -> list[View]:
        """The views of what I was judged to be a copy of, that which explains most first."""
        judged = [view for view in views if self.is_copy(view)]
        return sorted(judged, key=lambda view: (-view.my_words, self._facts[view.other].prior))

    def judged_at(self, view: View) -> tuple[str, str, str]:
        """Sorts views of judged pairs by when they were judged, then by their ids."""
        return self._said[_pair(view)].judged_at, self._facts[view.me].id, self._facts[view.other].id

    def _views(self, pair: Pair, match: Shared) -> tuple[View, ...]:
        """What was judged to be copied counts wherever it stands, in furniture or in a notice that many have."""
        a, b = (self._facts[number] for number in pair)
        a_counts = a.body | region_of(len(a.body), (passage.a_tokens for passage in match.passages))
        b_counts = b.body | region_of(len(b.body), (passage.b_tokens for passage in match.passages))
        return views_between(a, b, share(a, b, a_counts, b_counts, match, judged=True), match)


def _pair(view: View) -> Pair:
    return min(view.me, view.other), max(view.me, view.other)
