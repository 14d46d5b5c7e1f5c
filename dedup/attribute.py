"""Matches and facts to links and stories: who copied whom, how much, and which documents ran one story.

Stories are stars, never chains: a document belongs to a story only by a confirmed match with the story's original, or
with the document that stands in for an absent one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dedup.facts import Facts, Mask, Pair, Shared, count, foreign_credit
from dedup.measure import View
from dedup.model import Kind, Link, Reason, Story
from dedup.rulings import Judgements
from dedup.scene import EXCERPT_WORDS, Scene
from dedup.verdict import Verdict

# DESIGN, section 6.
FULL, PARTIAL = 0.8, 0.3
# How sure a credit to an agency is of itself; ranked between the agency's own page and an own name (evidence.py).
_CREDITED, _UNCREDITED = 0.95, 0.75


@dataclass(frozen=True, slots=True)
class Resolution:
    """Links and stories of a scene, and the pairs whose match would be needed to be sure (``wanted``)."""

    links: tuple[Link, ...]
    stories: tuple[Story, ...]
    wanted: frozenset[Pair]


def resolve(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared], judgements: Judgements) -> Resolution:
    """Work out the links and stories of documents and the matches between them; the order of neither matters.

    What persons judged of pairs of them holds whatever the evidence says.

    Documents without a match give nothing. Complete where the scene is: a document's links depend on all that it
    matches, directly or through others.
    """
    scene = Scene(facts, matches, judgements)
    telling = _Telling(scene)
    told: dict[tuple[str, str | None, str], Link] = {}
    for link in (*telling.main_links(), *telling.passing_links()):
        told.setdefault((link.copy, link.original, link.story), link)
    links = tuple(told.values())
    return Resolution(links, tuple(_stories(scene, links)), frozenset(telling.wanted - matches.keys()))


class _Telling:
    """A scene told in links; ``wanted`` gathers the pairs that were looked for and had no match."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.wanted: set[Pair] = set()
        self.middles = middles(scene)
        self._unexplained: dict[int, Mask] = {}

    def main_links(self) -> Iterable[Link]:
        """Links of documents to their sources, to the one that stands for them, and to absent originals."""
        for number in self.scene.facts:
            for view in self.scene.sources[number]:
                yield self._source_link(view)
            for view in self.scene.siblings(number):
                yield self._link(view, self.scene.top(number))
            for view in self.scene.standing(number):
                yield self._star_link(view)
            self._want_other_stars(number)
            if number in self.scene.absent:
                yield self._absent_link(number, None)

    def _source_link(self, view: View) -> Link:
        story, verdict = self._story(view), self.scene.verdict(view)
        top = self.scene.top(view.other)
        if top in self.scene.absent and view.relation == "copy" and not verdict.names_source and story == top:
            return self._absent_link(view.me, self.scene.view(view.me, top))
        return self._link(view, story)

    def _want_other_stars(self, number: int) -> None:
        """Where I share a story with a document of another star, look for it in what stands in the middle of that."""
        for view in self.scene.views[number] if number in self.scene.stars else ():
            if self.scene.is_undecided_copy(view):
                for other in self.scene.stars.get(view.other, ()):
                    self._want(number, other.other)

    def _star_link(self, view: View) -> Link:
        if view.other in self.scene.absent and view.relation == "copy":
            return self._absent_link(view.me, view)
        return self._link(view, view.other)

    def _story(self, view: View) -> int:
        """The farthest document up the line that this one is confirmed to share the story with."""
        story, at, seen = view.other, view.other, {view.me, view.other}
        while (above := self.scene.up(at)) is not None and above not in seen:
            seen.add(above)
            at = above
            pair = (min(view.me, at), max(view.me, at))
            self.wanted.add(pair)
            if (shared := self.scene.between.get((view.me, at))) and shared.relation in ("copy", "version"):
                story = at
        return story

    def passing_links(self) -> Iterable[Link]:
        """Excerpts and teasers: passages that no main source explains, from documents that are not copies of others."""
        for number in sorted(self.scene.facts):
            self._want_sources_behind(number)
            passing = [v for v in self.scene.views[number] if self._is_passing(v)]
            passing.sort(key=self._passing_order)
            shown = np.zeros(len(self.scene.facts[number].body), dtype=bool)
            for view in passing:
                spanned = view.spanned
                if min(count(spanned & ~shown), view.match.matched_words) < EXCERPT_WORDS:
                    continue
                if view.relation == "shows_teaser":
                    shown |= spanned
                    yield self._teaser(view)
                elif self._is_excerpt(view):
                    shown |= spanned
                    yield replace(self._link(view, self.scene.top(view.other)), kind="excerpt")

    def _passing_order(self, view: View) -> tuple[bool, int, str]:
        """Those that are copies of nothing first, then the longest."""
        return self.scene.up(view.other) is not None, -view.match.matched_words, self.scene.facts[view.other].id

    def _want_sources_behind(self, number: int) -> None:
        """Where I share something with a document, look for it in what stands behind that one, and behind me."""
        for view in self.scene.views[number]:
            if view.relation in ("copy", "version"):
                here, there = self.scene.top(number), self.scene.top(view.other)
                self._want(here, there)
                self._want(number, there)
            elif view.relation in ("passage", "shows_teaser"):
                shared = self.scene.view(view.other, number).spanned
                for source in self._behind(view.other):
                    if count(shared & source.spanned) >= EXCERPT_WORDS:
                        self._want(number, source.other)

    def _behind(self, number: int) -> list[View]:
        """What a document was taken from, or what stands for it."""
        return self.scene.sources[number] + self.scene.standing(number)

    def _want(self, one: int, two: int) -> None:
        if one != two:
            self.wanted.add((min(one, two), max(one, two)))

    def _is_passing(self, view: View) -> bool:
        """A teaser is of a story, not of one of its copies; a passage may be all that is sure of an undecided pair."""
        if view.relation == "copy":
            return self.scene.verdict(view).copy is None and not self.scene.is_undecided_copy(view)
        return view.relation == "passage" or (view.relation == "shows_teaser" and self.scene.up(view.other) is None)

    def _is_excerpt(self, view: View) -> bool:
        """Whether I quote the other: by the verdict, or, where there is none, told once, from the lesser id."""
        verdict, me, other = self.scene.verdict(view), self.scene.facts[view.me], self.scene.facts[view.other]
        mine_first = verdict.copy is None and me.id < other.id
        if not (mine_first or self.scene.is_copy(view)) or self.scene.top(view.me) == self.scene.top(view.other):
            return False
        back = self.scene.view(view.other, view.me)
        both = (count(v.counted & self._left(v.me)) for v in (view, back))
        return min(both) >= EXCERPT_WORDS

    def _left(self, number: int) -> Mask:
        """My tokens that no source of mine explains."""
        if number not in self._unexplained:
            self._unexplained[number] = ~self._explained(number)
        return self._unexplained[number]

    def _explained(self, number: int) -> Mask:
        explained = np.zeros(len(self.scene.facts[number].body), dtype=bool)
        for view in self._behind(number):
            explained |= view.counted
        return explained

    def _teaser(self, view: View) -> Link:
        words = view.match.matched_words
        return self._make(
            view, self.scene.facts[view.me].id, self.scene.facts[view.other].id, "teaser", view.theirs,
            words / max(1, self.scene.facts[view.me].body_words), words, self.scene.top(view.other), 0.9,
            ("it stands outside the page's own story, cut off, among other teasers or notices",),
        )  # fmt: skip

    def _link(self, view: View, story: int) -> Link:
        verdict = self.scene.verdict(view)
        me, other = self.scene.facts[view.me], self.scene.facts[view.other]
        decided = self.scene.is_copy(view)
        if not decided and other.id < me.id:
            view = self.scene.view(view.other, view.me)
            me, other = other, me
        # Where nobody knows who copied, it is the kind of copy that the likelier original would have.
        likelier = view if decided or other.prior < me.prior else self.scene.view(view.other, view.me)
        kind: Kind = "version" if view.relation == "version" else _kind(likelier.theirs)
        reasons, evidence = self._told(view, verdict)
        link = self._make(
            view, me.id, other.id, kind, view.theirs, view.mine, view.words, story, verdict.confidence, reasons,
        )  # fmt: skip
        return replace(link, direction="decided" if decided else "unknown", evidence=evidence)

    def _told(self, view: View, verdict: Verdict) -> tuple[tuple[str, ...], tuple[Reason, ...]]:
        """Sentences and evidence for me as the copy."""
        numbers = sorted((view.me, view.other))
        called = (self.scene.facts[numbers[0]].id, self.scene.facts[numbers[1]].id)
        return verdict.reasons(called), verdict.evidence("a" if view.me < view.other else "b")

    def _absent_link(self, number: int, view: View | None) -> Link:
        """A copy of an original that is not here; measured against the document that stands in for it."""
        top = number if view is None else view.other
        agency, credited = self.scene.absent[top], foreign_credit(self.scene.facts[number])
        reasons = [
            f"it credits {credited[1]}, whose own page is not in the corpus"
            if credited == agency
            else f"it shares the story with pages that credit {agency[1]}, whose own page is not in the corpus"
        ]
        if view is not None and self.scene.is_copy(view):
            reasons += self._told(view, self.scene.verdict(view))[0]
        body_words = self.scene.facts[number].body_words
        return Link(
            copy=self.scene.facts[number].id,
            original=None,
            kind=_kind(view.theirs) if view else "full",
            coverage=view.theirs if view else 1.0,
            share=view.mine if view else 1.0,
            matched_words=view.words if view else body_words,
            resemblance=_resemblance(self.scene.facts[number], self.scene.facts[top]),
            confidence=_CREDITED if credited == agency else _UNCREDITED,
            reasons=tuple(reasons),
            story=self.scene.facts[top].id,
            agency=agency[1],
        )

    def _make(
        self, view: View, copy: str, original: str, kind: Kind, coverage: float, share: float, words: int, story: int,
        confidence: float, reasons: tuple[str, ...],
    ) -> Link:  # fmt: skip
        me, other = self.scene.facts[view.me], self.scene.facts[view.other]
        return Link(
            copy, original, kind, coverage, min(1.0, share), words, _resemblance(me, other), confidence, reasons,
            self.scene.facts[story].id, self._agency(view, story), root=self._root(story),
        )  # fmt: skip

    def _root(self, story: int) -> str | None:
        """The original of a story: nobody's where it is not here, or where nobody can tell who it is."""
        return None if story in self.scene.absent or story in self.middles else self.scene.facts[story].id

    def _agency(self, view: View, story: int) -> str | None:
        """The agency behind a story: the absent one, else the one that the source or the story's original is."""
        if story in self.scene.absent:
            return self.scene.absent[story][1]
        return next(
            (self.scene.facts[n].source.outlet for n in (view.other, story) if self.scene.facts[n].source.is_agency),
            None,
        )


def _stories(scene: Scene, links: Iterable[Link]) -> Iterable[Story]:
    """The stories that links speak of, but for those of passing links alone."""
    numbers = {fact.id: number for number, fact in scene.facts.items()}
    in_middle = middles(scene)
    of_story: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.kind in ("full", "partial", "version"):
            of_story[link.story].append(link)
    for story, told in sorted(of_story.items()):
        top = numbers[story]
        members = {numbers[id] for link in told for id in (link.copy, link.original or link.copy)} | {top}
        absent = scene.absent.get(top)
        outlets = {scene.facts[n].source.outlet for n in members} - {None}
        dates = sorted(d for n in members if (d := scene.facts[n].source.published))
        yield Story(
            id=story,
            original=None if absent or top in in_middle else story,
            stand_in=story,
            title=scene.facts[top].title,
            agency=absent[1]
            if absent
            else scene.facts[top].source.outlet
            if scene.facts[top].source.is_agency
            else None,
            copies=len(members) - (0 if absent else 1),
            outlets=len(outlets),
            first_published=dates[0] if dates else None,
        )


def middles(scene: Scene) -> set[int]:
    """The documents that stand for sources nobody knows."""
    return {view.other for number in scene.facts for view in scene.standing(number)}


def _kind(coverage: float) -> Kind:
    if coverage >= FULL:
        return "full"
    return "partial" if coverage >= PARTIAL else "excerpt"


def _resemblance(one: Facts, two: Facts) -> float:
    return count(one.signature == two.signature) / len(one.signature)
