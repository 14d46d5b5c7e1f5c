"""Who comes from whom: each document's sources, the stars of those that nobody can tell apart, absent originals."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property, reduce

import numpy as np

from dedup.boilerplate import SAME_STORY
from dedup.circles import break_circles
from dedup.cover import cover
from dedup.facts import Facts, Pair, Shared, count, foreign_credit
from dedup.inheritance import SIBLING_PART, has_more, is_beyond, overlaps
from dedup.measure import COPY, View
from dedup.pairs import WHOLE, Memory, Pairs
from dedup.rulings import Judgements

# A second source must add this many words that the first does not explain: a sentence. Then it is an excerpt.
EXCERPT_WORDS = 20


class Scene(Pairs):
    """Documents and their matches, with what is worked out of them: each step fills what the next one reads.

    ``sources`` are the documents that each was taken from, the main one first; ``stars`` lead from a document without
    a known source to those that stand for it, the nearest first; ``beside`` from one with sources to middles of stars
    whose story it has, too; ``orphans`` had a source that may be a copy as they are; ``absent`` names the credit of
    each story whose original is not here.
    """

    def __init__(
        self,
        facts: Mapping[int, Facts],
        matches: Mapping[Pair, Shared],
        judgements: Judgements,
        memory: Memory | None = None,
    ) -> None:
        super().__init__(facts, matches, judgements, memory)
        self.sources: dict[int, list[View]] = {}
        self.stars: dict[int, list[View]] = {}
        self.beside: dict[int, list[View]] = {}
        self.orphans: set[int] = set()
        self.tops: dict[int, int] = {}
        self.absent: dict[int, tuple[str | None, str]] = {}
        self._copied: dict[int, tuple[set[int], dict[int, View]]] = {}
        self._choose_sources()
        crediting = any(map(self._credits_another, self.facts))
        if crediting:
            self._leave_copies_of_absent()
        self._form_stars()
        if crediting:
            self._find_absent()

    # sources

    def _choose_sources(self) -> None:
        """Divide each document's body among the documents that it was taken from."""
        for number in self.facts:
            self.sources[number] = self._divided(number)
        break_circles(self.sources, self.facts, self.rulings)

    def _divided(self, number: int) -> list[View]:
        pool = [v for v in self.views[number] if v.relation in ("copy", "version") and self.is_copy(v)]
        if len(pool) < 2:
            return pool
        chosen = self.rulings.sources(pool)
        pool = [view for view in pool if view not in chosen]
        claimed = reduce(np.logical_or, (v.counted for v in chosen), np.zeros(len(self.facts[number].body), dtype=bool))
        while pool:
            gains = {view.other: count(view.counted & ~claimed) for view in pool}
            if chosen and max(gains.values()) < EXCERPT_WORDS:
                break  # as what is claimed only grows: of thousands of mirrors of one story the first explains all
            best = max(pool, key=lambda view: (gains[view.other], view.my_words, self.facts[view.other].id))
            view = self._nearest_original([v for v in pool if not has_more(best, v, ~claimed)])
            pool.remove(view)
            if not chosen or gains[view.other] >= max(EXCERPT_WORDS, count(view.counted) / 2):
                chosen.append(view)
                claimed |= view.counted
        return chosen

    def _nearest_original(self, views: list[View]) -> View:
        """Of equally good sources the one that copies fewest others, then no round-up, then what explains most."""
        if len(views) == 1:
            return views[0]
        numbers = {view.other for view in views}

        def likelier(view: View) -> tuple[object, ...]:
            copies = self._times_copy(view.other, numbers)
            return copies, self.is_round_up(view.other), -view.my_words, self.facts[view.other].prior

        return min(views, key=likelier)

    def _times_copy(self, number: int, others: AbstractSet[int]) -> int:
        """Of how many of some others a document is a copy."""
        if number not in self._copied:
            views = self.views[number]
            whole = [view for view in views if view.relation in ("copy", "version")]
            rest = {view.other: view for view in views if view.relation not in ("copy", "version")}
            self._copied[number] = {view.other for view in whole if self.is_copy(view)}, rest
        copied, rest = self._copied[number]
        return len(copied & others) + sum(self.is_copy(rest[other]) for other in rest.keys() & others)

    # stars of those whose source nobody can tell

    def _leave_copies_of_absent(self) -> None:
        """Where a page or its source credits somebody whose own page is not here, it is not known to be taken from that
        source, but where it names it: both may be taken from whom one of them credits."""
        named = {n: [v for v in views if self.verdict(v).names_source] for n, views in self.sources.items()}
        for number, views in named.items():
            orphaned = not views and self._credits_another(number)
            kept = [
                view
                for view in self.sources[number]
                if view in views
                or any(overlaps(self.view(view.other, number).counted, above.counted) for above in named[view.other])
                or not (orphaned or self._credits_another(view.other))
            ]
            if self.sources[number] and not kept:
                self.orphans.add(number)
            self.sources[number] = kept

    def _prior(self, number: int) -> tuple[bool, bool, int, str, str]:
        return self.facts[number].prior

    def _credits_another(self, number: int) -> bool:
        return foreign_credit(self.facts[number]) is not None

    def _form_stars(self) -> None:
        """Gather documents that no known source explains around those that share the story with most of the others.

        A document belongs to every star whose middle it shares a story with: the middles are no copies of each other.
        """
        heads = {number for number in self.facts if not self.sources[number]}
        loose = {n for n, views in self.sources.items() if all(view.mine < SAME_STORY for view in views)}
        near = {n: {v.other: v for v in self.views[n] if v.other in loose and self.is_undecided_copy(v)} for n in loose}
        middles, left = heads & loose, loose - heads
        if any(near.values()):
            middles, left = cover(middles, near, lambda number, left: self._as_middle(number, near[number], left))
        self._join_lone(middles, near)
        for number in sorted(loose - middles - left):
            views = [view for other, view in near[number].items() if other in middles]
            views.sort(key=lambda view: (-view.words, self.facts[view.other].prior))
            if views:
                self.stars[number] = self._worth_telling(views)
        self._join_round_ups(middles, near)

    def _join_lone(self, middles: set[int], near: Mapping[int, Mapping[int, View]]) -> None:
        """What credits the same absent agency as another middle, and has what a copy has of it, is no story alone."""
        lone = [number for number in middles if not near[number] and self._credits_another(number)]
        for number in sorted(lone, key=self._prior, reverse=True):
            views = [view for view in self._with_same_credit(number) if view.other in middles]
            if views:
                self.stars[number] = [max(views, key=lambda view: (view.words, self.facts[view.other].id))]
                middles.remove(number)

    def _join_round_ups(self, middles: AbstractSet[int], near: Mapping[int, Mapping[int, View]]) -> None:
        """A page that has the story of a middle beside what it was taken from."""
        for number in sorted(middles):
            same = self._with_same_credit(number) if not near[number] else []
            for view in [v for v in self.views[number] if v.other not in near and self.is_undecided_copy(v)] + same:
                back, sources = self.view(view.other, number), self.sources[view.other]
                if sources and back not in self.standing(view.other) and is_beyond(back, sources):
                    self.beside.setdefault(view.other, []).append(back)

    def standing(self, number: int) -> list[View]:
        """All that stand for a source that nobody knows."""
        return self.stars.get(number, []) + self.beside.get(number, [])

    def _with_same_credit(self, number: int) -> list[View]:
        credit = foreign_credit(self.facts[number])
        return [
            view
            for view in (self.views[number] if credit is not None else ())
            if view.relation == "copy" and view.words >= EXCERPT_WORDS
            if credit == foreign_credit(self.facts[view.other])
        ]

    def _as_middle(self, number: int, near: Mapping[int, View], left: AbstractSet[int]) -> tuple[object, ...]:
        """Sorts likelier middles of stars first: no round-up, the most words shared with those left, half as
        many in a page with a mirror's marks, a credit."""
        shared = sum(view.words for other, view in near.items() if other in left)
        marked = self.facts[number].is_marked
        return (
            self.is_round_up(number),
            -shared / (2 if marked else 1),
            not self._credits_another(number),
            self._prior(number),
        )

    def _worth_telling(self, stars: list[View]) -> list[View]:
        """The first, and those of others that are a real part of me, or whole stories that I have beside the first."""
        claimed = stars[0].counted
        return stars[:1] + [
            view
            for view in stars[1:]
            if view.mine >= COPY or (view.theirs >= WHOLE and 2 * count(view.counted & ~claimed) >= view.words)
        ]

    def is_undecided_copy(self, view: View) -> bool:
        """Where nobody can say who copied, sharing much is all there is: half of one body (less may be a quote), and of
        a very short one nearly all. Two mirrors, of which one credits somebody, have from there whatever they share."""
        part, enough = max(view.mine, view.theirs), view.words >= 2 * EXCERPT_WORDS
        much = part >= (SAME_STORY if enough else WHOLE) and view.relation in ("copy", "version")
        mirrored = enough and view.relation in ("copy", "passage") and self._are_mirrors(view.me, view.other)
        return (
            (much or mirrored)
            and not self.rulings.decides(view)
            and (self.verdict(view).copy is None or not self.orphans.isdisjoint((view.me, view.other)))
        )

    def _are_mirrors(self, one: int, two: int) -> bool:
        marked = all(self.facts[number].source.glues_name for number in (one, two))
        return marked and (self._credits_another(one) or self._credits_another(two))

    def siblings(self, number: int) -> list[View]:
        """Other copies in its story, of greater id, with a sentence in common that no source of either has: who had it
        first, nobody can tell."""
        views = [
            v for v in self.views[number] if v.relation == "copy" and self.facts[v.other].id > self.facts[number].id
        ]
        both = [v for v in views if self.sources[number] and self.sources[v.other] and self.is_undecided_copy(v)]
        pairs = ((v, self.view(v.other, number)) for v in both if self.top(v.other) == self.top(number))
        return [pair[0] for pair in pairs if all(is_beyond(v, self.sources[v.me], SIBLING_PART) for v in pair)]

    def _find_absent(self) -> None:
        """Name whom each story that several outlets ran is credited to, where that one's own page is not here."""
        around: defaultdict[int, set[int]] = defaultdict(set)
        for number in self.facts:
            for top in {self.top(number), *(view.other for view in self.standing(number))} - {number}:
                around[top].add(number)
        for top, members in sorted(around.items()):
            undecided = (n for n in members if any(view.other == top for view in self.standing(n)))
            credits = [foreign_credit(self.facts[n]) for n in (top, *sorted(undecided, key=self._prior))]
            several = len({_house(self.facts[n]) for n in (top, *members)}) > 1
            known = Counter(credit for credit in credits if credit is not None)
            if several and known:  # the one most of them name; of equals the likeliest original's
                self.absent[top] = max(known, key=known.__getitem__)

    def up(self, number: int) -> int | None:
        """The document that this one was taken from, or that stands for it in its first star."""
        above = [*self.sources[number][:1], *self.stars.get(number, [])[:1]]
        return max(above, key=lambda view: (self.rulings.is_copy(view), view.words)).other if above else None

    def top(self, number: int) -> int:
        """The document at the end of the way up; itself where there is no way."""
        if number not in self.tops:
            self.tops[number] = [number, *self._way_up(number, {number})][-1]
        return self.tops[number]

    def line(self, view: View) -> Iterator[int]:
        """The documents above one that I was taken from, the nearest first."""
        return self._way_up(view.other, {view.me, view.other})

    def _way_up(self, number: int, seen: set[int]) -> Iterator[int]:
        at = number
        while (above := self.up(at)) is not None and above not in seen:
            seen.add(above)
            at = above
            yield at

    def behind(self, number: int) -> list[View]:
        """What a document was taken from, or what stands for it."""
        return self.sources[number] + self.standing(number)

    @cached_property
    def middles(self) -> AbstractSet[int]:
        """The documents that stand for sources nobody knows."""
        return {view.other for number in self.facts for view in self.standing(number)}


def _house(fact: Facts) -> str:
    return fact.source.agency or (fact.source.outlet or fact.id).casefold()
