"""Telling: a scene in links, each with its kind, coverage, confidence and reasons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from dedup.facts import Facts, Mask, count, foreign_credit
from dedup.measure import View
from dedup.model import Kind, Link, Reason
from dedup.scene import EXCERPT_WORDS, Scene
from dedup.verdict import Verdict

# DESIGN, section 6.
FULL, PARTIAL = 0.8, 0.3
# How sure a credit to an agency is of itself; ranked between the agency's own page and an own name (evidence.py).
_CREDITED, _UNCREDITED = 0.95, 0.75


class Telling:
    """A scene told in links."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._unexplained: dict[int, Mask] = {}

    def links(self) -> tuple[Link, ...]:
        """All links; of two between the same documents in one story the first, that to a main source, counts."""
        told: dict[tuple[str, str | None, str], Link] = {}
        for link in (*self._main_links(), *self._passing_links()):
            told.setdefault((link.copy, link.original, link.story), link)
        return tuple(told.values())

    def _main_links(self) -> Iterable[Link]:
        """Links of documents to their sources, to the one that stands for them, and to absent originals."""
        for number in self.scene.facts:
            for view in self.scene.sources[number]:
                yield self._source_link(view)
            for view in self.scene.siblings(number):
                yield self._link(view, self.scene.top(number))
            for view in self.scene.standing(number):
                yield self._star_link(view)
            if number in self.scene.absent:
                yield self._absent_link(number, None)

    def _source_link(self, view: View) -> Link:
        story, verdict = self._story(view), self.scene.verdict(view)
        top = self.scene.top(view.other)
        if top in self.scene.absent and view.relation == "copy" and not verdict.names_source and story == top:
            return self._absent_link(view.me, self.scene.view(view.me, top))
        return self._link(view, story)

    def _star_link(self, view: View) -> Link:
        if view.other in self.scene.absent and view.relation == "copy":
            return self._absent_link(view.me, view)
        return self._link(view, view.other)

    def _story(self, view: View) -> int:
        """The farthest document up the line that this one is confirmed to share the story with."""
        story = view.other
        for above in self.scene.line(view):
            if (shared := self.scene.between.get((view.me, above))) and shared.relation in ("copy", "version"):
                story = above
        return story

    def _passing_links(self) -> Iterable[Link]:
        """Excerpts: passages that no main source explains, from documents that are not copies of others."""
        for number in sorted(self.scene.facts):
            passing = [v for v in self.scene.views[number] if self._is_passing(v)]
            if not passing:
                continue
            passing.sort(key=self._passing_order)
            shown = np.zeros(len(self.scene.facts[number].body), dtype=bool)
            for view in passing:
                spanned = view.spanned
                if min(count(spanned & ~shown), view.match.matched_words) < EXCERPT_WORDS:
                    continue
                if self._is_excerpt(view):
                    shown |= spanned
                    yield replace(self._link(view, self.scene.top(view.other)), kind="excerpt")

    def _passing_order(self, view: View) -> tuple[bool, int, str]:
        """Those that are copies of nothing first, then the longest."""
        return self.scene.up(view.other) is not None, -view.match.matched_words, self.scene.facts[view.other].id

    def _is_passing(self, view: View) -> bool:
        """A passage may be all that is sure of an undecided pair."""
        if view.relation == "copy":
            return self.scene.verdict(view).copy is None and not self.scene.is_undecided_copy(view)
        return view.relation == "passage"

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
        for view in self.scene.behind(number):
            explained |= view.counted
        return explained

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
        return self._make(
            view, me.id, other.id, kind, view.theirs, view.mine, view.words, story, verdict.confidence, reasons,
            evidence, decided,
        )  # fmt: skip

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
            resemblance=resemblance(self.scene.facts[number], self.scene.facts[top]),
            confidence=_CREDITED if credited == agency else _UNCREDITED,
            reasons=tuple(reasons),
            story=self.scene.facts[top].id,
            agency=agency[1],
        )

    def _make(
        self, view: View, copy: str, original: str, kind: Kind, coverage: float, share: float, words: int, story: int,
        confidence: float, reasons: tuple[str, ...], evidence: tuple[Reason, ...] = (), decided: bool = True,
    ) -> Link:  # fmt: skip
        me, other = self.scene.facts[view.me], self.scene.facts[view.other]
        return Link(
            copy, original, kind, coverage, min(1.0, share), words, resemblance(me, other), confidence, reasons,
            self.scene.facts[story].id, self._agency(view, story), "decided" if decided else "unknown",
            self._root(story), evidence=evidence,
        )  # fmt: skip

    def _root(self, story: int) -> str | None:
        """The original of a story: nobody's where it is not here, or where nobody can tell who it is."""
        return None if story in self.scene.absent or story in self.scene.middles else self.scene.facts[story].id

    def _agency(self, view: View, story: int) -> str | None:
        """The agency behind a story: the absent one, else the one that the source or the story's original is."""
        if story in self.scene.absent:
            return self.scene.absent[story][1]
        for number in (view.other, story):
            source = self.scene.facts[number].source
            if source.is_agency:
                return source.outlet
        return None


def _kind(coverage: float) -> Kind:
    if coverage >= FULL:
        return "full"
    return "partial" if coverage >= PARTIAL else "excerpt"


def resemblance(one: Facts, two: Facts) -> float:
    """How much of two documents' bodies is the same, by their signatures."""
    return count(one.signature == two.signature) / len(one.signature)
