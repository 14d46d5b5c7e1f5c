"""Pairs of a scene: what each document shares with each other, and which of the two is the copy."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from dedup.boilerplate import SAME_STORY
from dedup.facts import Facts, Pair, Shared
from dedup.inheritance import Beside
from dedup.measure import Measured, View, views_of
from dedup.memory import Remembered
from dedup.rulings import Judgements, Rulings
from dedup.seen import UNSEEN, Seen, turned
from dedup.sources import Source
from dedup.verdict import Verdict, decide

# Nearly all of a story.
WHOLE = 0.8
# A copy that is nothing but a part of its source: nearly all of its body, and not nearly all of the source's.
CUT_SHARE, CUT_COVERAGE = 0.9, 0.85


class Memory:
    """What was measured and weighed of a scene's pairs, for when it is told again with more matches."""

    def __init__(self) -> None:
        self.measured = Measured()
        self.weighed = Remembered[Verdict]()


class Pairs:
    """Documents, their matches as each of the two sees them, and a verdict on each when it is asked for."""

    def __init__(
        self,
        facts: Mapping[int, Facts],
        matches: Mapping[Pair, Shared],
        judgements: Judgements,
        memory: Memory | None = None,
    ) -> None:
        self.facts = facts
        self.rulings = Rulings(facts, judgements)
        self._memory = memory or Memory()
        matches = self.rulings.heeded(matches)
        self.views = self.rulings.views(views_of(facts, matches, self._memory.measured), matches)
        self.between = {(view.me, view.other): view for views in self.views.values() for view in views}
        self.matched = matches.keys()
        self.verdicts: dict[Pair, Verdict] = {}
        self.round_ups: dict[int, bool] = {}
        self._parts: dict[int, tuple[Beside, dict[int, int]]] = {}

    def view(self, me: int, other: int) -> View:
        """What one document shares with another; raises ``KeyError`` where that is nothing."""
        return self.between[me, other]

    def verdict(self, view: View) -> Verdict:
        """Who copied; ``a`` is the document of lesser number."""
        pair = (view.me, view.other) if view.me < view.other else (view.other, view.me)
        if pair not in self.verdicts:
            weigh = partial(self._decide, self.view(*pair), self.view(*reversed(pair)))
            self.verdicts[pair] = self.rulings.verdict(pair, weigh)
        return self.verdicts[pair]

    def is_copy(self, view: View) -> bool:
        """Whether, of the two, I am the copy."""
        return self.verdict(view).copy == ("a" if view.me < view.other else "b")

    def is_round_up(self, number: int) -> bool:
        """Whether a page holds several whole stories that share nothing with each other."""
        if number not in self.round_ups:
            views = self.views[number]
            whole = [v for v in views if v.relation == "copy" and v.theirs >= WHOLE and v.mine < SAME_STORY]
            beside = Beside(whole)
            self.round_ups[number] = any(
                not self.are_matched(one, other) for at, one in enumerate(whole) for other in beside.apart(at)
            )
        return self.round_ups[number]

    def are_matched(self, one: View, two: View) -> bool:
        """Whether the others of two views share anything."""
        return (min(one.other, two.other), max(one.other, two.other)) in self.matched

    def _decide(self, of_a: View, of_b: View) -> Verdict:
        a, b = self.facts[of_a.me].source, self.facts[of_b.me].source
        if of_a.relation == "version":
            return decide(a, b, UNSEEN, UNSEEN)
        is_cut = self._is_cut(of_a), self._is_cut(of_b)
        given = a, b, of_a, of_b, *is_cut
        return self._memory.weighed((of_a.me, of_b.me), given, partial(_weigh, a, b, of_a, of_b, is_cut))

    def _is_cut(self, view: View) -> bool:
        """Whether I am nothing but a part of the other; not if the other is put together from several stories."""
        if view.mine < CUT_SHARE or view.theirs > CUT_COVERAGE:
            return False
        if view.other not in self._parts:
            parts = [v for v in self.views[view.other] if v.relation == "copy" and v.theirs >= CUT_SHARE]
            self._parts[view.other] = Beside(parts), {part.other: at for at, part in enumerate(parts)}
        beside, places = self._parts[view.other]
        at = places.get(view.me)
        return at is None or all(self.are_matched(part, beside.views[at]) for part in beside.apart(at))


def _weigh(a: Source, b: Source, of_a: View, of_b: View, is_cut: tuple[bool, bool]) -> Verdict:
    edits = of_a.match.edits
    from_a = Seen(edits, of_a.mine, is_cut[1], of_b.mine)
    return decide(a, b, from_a, Seen(turned(edits), of_b.mine, is_cut[0], of_a.mine))
