"""Matches and facts to links and stories: who copied whom, how much, and which documents ran one story.

Stories are stars, never chains: a document belongs to a story only by a confirmed match with the story's original, or
with the document that stands in for an absent one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from dedup.evidence import Seen, Verdict, decide, letters, turned
from dedup.measure import COPY, SAME_STORY, Facts, Mask, Pair, View, views_of
from dedup.model import Kind, Link, Match, Story

# DESIGN, section 6.
FULL, PARTIAL = 0.8, 0.3
# A second source must add this many words that the first does not explain: a sentence. Then it is an excerpt.
EXCERPT_WORDS = 20
# Sources that explain as much as the best but for this are equally good; the one nearest the original is taken.
EQUAL_WORDS, EQUAL_PART = 6, 0.03
# A copy that is nothing but a part of its source: nearly all of its body, and not nearly all of the source's.
CUT_SHARE, CUT_COVERAGE = 0.9, 0.85
# How sure a credit to an agency is of itself; ranked between the agency's own page and an own name (evidence.py).
_CREDITED, _UNCREDITED = 0.95, 0.75


@dataclass(frozen=True, slots=True)
class Resolution:
    """Links and stories of a scene, and the pairs whose match would be needed to be sure (``wanted``)."""

    links: tuple[Link, ...]
    stories: tuple[Story, ...]
    wanted: frozenset[Pair]


def resolve(facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> Resolution:
    """Work out the links and stories of documents and the matches between them; the order of neither matters.

    Documents without a match give nothing. Complete where the scene is: a document's links depend on all that it
    matches, directly or through others.
    """
    scene = _Scene(facts, matches)
    scene.choose_sources()
    scene.form_stars()
    scene.find_absent()
    told: dict[tuple[str, str | None, str], Link] = {}
    for link in (*scene.main_links(), *scene.passing_links()):
        told.setdefault((link.copy, link.original, link.story), link)
    links = tuple(told.values())
    return Resolution(links, tuple(_stories(scene, links)), frozenset(scene.wanted - matches.keys()))


class _Scene:
    """The work of one ``resolve``: each step fills what the next one reads."""

    def __init__(self, facts: Mapping[int, Facts], matches: Mapping[Pair, Match]) -> None:
        self.facts = facts
        self.views = views_of(facts, matches)
        self.between = {(view.me, view.other): view for views in self.views.values() for view in views}
        self.matched = matches.keys()
        self.verdicts: dict[Pair, Verdict] = {}
        self.sources: dict[int, list[View]] = {}
        self.star: dict[int, int] = {}
        self.absent: dict[int, tuple[str | None, str]] = {}
        self.wanted: set[Pair] = set()

    # sources

    def choose_sources(self) -> None:
        """Divide each document's body among the documents that it was taken from."""
        for number in self.facts:
            self.sources[number] = self._divided(number)
        self._break_circles()

    def _divided(self, number: int) -> list[View]:
        pool = [v for v in self.views[number] if v.relation in ("copy", "version") and self._is_copy(v)]
        claimed = np.zeros(len(self.facts[number].body), dtype=bool)
        chosen: list[View] = []
        while pool:
            gains = {view.other: int((view.counted & ~claimed).sum()) for view in pool}
            view = self._nearest_original([v for v in pool if gains[v.other] >= _nearly(max(gains.values()))])
            pool.remove(view)
            if not chosen or gains[view.other] >= max(EXCERPT_WORDS, COPY * self.facts[view.other].body_words):
                chosen.append(view)
                claimed |= view.counted
        return chosen

    def _nearest_original(self, views: list[View]) -> View:
        """Of equally good sources the one that copies fewest of the others, then the one most of which is here."""
        numbers = {view.other for view in views}

        def copies(number: int) -> int:
            return sum(v.other in numbers and self._is_copy(v) for v in self.views[number])

        return min(views, key=lambda view: (copies(view.other), -round(view.theirs, 1), self.facts[view.other].prior))

    def _break_circles(self) -> None:
        """Where verdicts run in a circle, the likeliest original of it keeps none: one of them must be wrong."""
        circle = {number: self._circle(number) for number in self.facts if self.sources[number]}
        while any(circle.values()):
            broken = {min(members, key=lambda n: self.facts[n].prior) for members in circle.values() if members}
            for number in broken:
                self.sources[number] = []
            circle = {number: self._circle(number) for number, members in circle.items() if members}

    def _circle(self, number: int) -> frozenset[int]:
        """The documents on the ways through sources that lead from this one back to it; none where none does."""
        above = self._above(number)
        return frozenset(n for n in above if number in self._above(n)) if number in above else frozenset()

    def _above(self, number: int) -> set[int]:
        """All documents that this one was taken from, directly or through others."""
        above: set[int] = set()
        frontier = [number]
        while frontier:
            new = {view.other for n in frontier for view in self.sources[n]} - above
            above |= new
            frontier = list(new)
        return above

    # stars of those whose source nobody can tell

    def form_stars(self) -> None:
        """Gather documents without a known source around the likeliest original among them."""
        heads = [number for number in self.facts if not self.sources[number]]
        heads.sort(key=lambda number: self.facts[number].prior)
        open_heads = set(heads)
        for number in heads:
            if number not in open_heads:
                continue
            open_heads.discard(number)
            for view in self.views[number]:
                if view.other in open_heads and self._is_undecided_copy(view):
                    self.star[view.other] = number
                    open_heads.discard(view.other)

    def _is_undecided_copy(self, view: View) -> bool:
        """Where nobody can say who copied, sharing much is all there is: half of one body (less may be a quote)."""
        much = view.relation in ("copy", "version") and max(view.mine, view.theirs) >= SAME_STORY
        return much and self._verdict(view).copy is None

    def find_absent(self) -> None:
        """Name the agency of each story that several outlets ran and credit, and whose own page is not here."""
        around: defaultdict[int, list[int]] = defaultdict(list)
        for number in self.facts:
            if (top := self.top(number)) != number:
                around[top].append(number)
        for top, members in sorted(around.items()):
            several = len({_house(self.facts[n]) for n in (top, *members)}) > 1
            if several and (credit := _foreign_credit(self.facts[top])) is not None:
                self.absent[top] = credit

    def up(self, number: int) -> int | None:
        """The document that this one was taken from, or that stands for it in its star."""
        return self.sources[number][0].other if self.sources[number] else self.star.get(number)

    def top(self, number: int) -> int:
        seen = {number}
        while (above := self.up(number)) is not None and above not in seen:
            seen.add(above)
            number = above
        return number

    # links

    def main_links(self) -> Iterable[Link]:
        """Links of documents to their sources, to the one that stands for them, and to absent originals."""
        for number in self.facts:
            for view in self.sources[number]:
                yield self._source_link(view)
            if number in self.star:
                yield self._star_link(self._view(number, self.star[number]))
            if number in self.absent:
                yield self._absent_link(number, None)

    def _source_link(self, view: View) -> Link:
        story, verdict = self._story(view), self._verdict(view)
        top = self.top(view.other)
        if top in self.absent and view.relation == "copy" and not verdict.names_source and story == top:
            return self._absent_link(view.me, self._view(view.me, top))
        return self._link(view, story)

    def _star_link(self, view: View) -> Link:
        if view.other in self.absent and view.relation == "copy":
            return self._absent_link(view.me, view)
        return self._link(view, view.other)

    def _story(self, view: View) -> int:
        """The farthest document up the line that this one is confirmed to share the story with."""
        story, at, seen = view.other, view.other, {view.me, view.other}
        while (above := self.up(at)) is not None and above not in seen:
            seen.add(above)
            at = above
            pair = (min(view.me, at), max(view.me, at))
            self.wanted.add(pair)
            if (shared := self.between.get((view.me, at))) and shared.relation in ("copy", "version"):
                story = at
        return story

    def passing_links(self) -> Iterable[Link]:
        """Excerpts and teasers: passages that no main source explains, from documents that are not copies of others."""
        left = {number: self._unexplained(number) for number in self.facts}
        for number in sorted(self.facts):
            self._want_sources_behind(number)
            passing = [v for v in self.views[number] if self._is_passing(v)]
            passing.sort(key=lambda v: (self.up(v.other) is not None, -v.match.matched_words, self.facts[v.other].id))
            shown = np.zeros(len(self.facts[number].body), dtype=bool)
            for view in passing:
                spanned = _spanned(view)
                if min(int((spanned & ~shown).sum()), view.match.matched_words) < EXCERPT_WORDS:
                    continue
                if view.relation == "shows_teaser":
                    shown |= spanned
                    yield self._teaser(view)
                elif self._is_excerpt(view, left):
                    shown |= spanned
                    yield replace(self._link(view, self.top(view.other)), kind="excerpt")

    def _want_sources_behind(self, number: int) -> None:
        """Where I share a passage with a copy, look for it in what the copy took it from."""
        for view in self.views[number]:
            telling = view.relation in ("passage", "shows_teaser") or self._is_undecided_copy(view)
            if not telling or self.up(view.other) is None:
                continue
            shared = _spanned(self._view(view.other, number))
            above = list(self.sources[view.other])
            if view.other in self.star:
                above.append(self._view(view.other, self.star[view.other]))
            for source in above:
                if source.other != number and int((shared & _spanned(source)).sum()) >= EXCERPT_WORDS:
                    self.wanted.add((min(number, source.other), max(number, source.other)))

    def _is_passing(self, view: View) -> bool:
        """A teaser is of a story, not of one of its copies; a passage may be all that is sure of an undecided pair."""
        if view.relation == "copy":
            return self._verdict(view).copy is None and not self._is_undecided_copy(view)
        return view.relation == "passage" or (view.relation == "shows_teaser" and self.up(view.other) is None)

    def _is_excerpt(self, view: View, left: Mapping[int, Mask]) -> bool:
        """Whether I quote the other: by the verdict, or, where there is none, told once, from the lesser id."""
        verdict, me, other = self._verdict(view), self.facts[view.me], self.facts[view.other]
        mine_first = verdict.copy is None and me.id < other.id
        if not (mine_first or self._is_copy(view)) or self.top(view.me) == self.top(view.other):
            return False
        back = self._view(view.other, view.me)
        both = (int((v.counted & left[v.me]).sum()) for v in (view, back))
        return min(both) >= EXCERPT_WORDS

    def _unexplained(self, number: int) -> Mask:
        """My tokens that no source of mine explains."""
        explained = np.zeros(len(self.facts[number].body), dtype=bool)
        for view in self.sources[number]:
            explained |= view.counted
        if number in self.star:
            explained |= self._view(number, self.star[number]).counted
        return ~explained

    def _teaser(self, view: View) -> Link:
        words = view.match.matched_words
        return self._make(
            view, self.facts[view.me].id, self.facts[view.other].id, "teaser", view.theirs,
            words / max(1, self.facts[view.me].body_words), words, self.top(view.other), 0.9,
            ("it stands outside the page's own story, cut off, among other teasers or notices",),
        )  # fmt: skip

    def _link(self, view: View, story: int) -> Link:
        verdict = self._verdict(view)
        me, other = self.facts[view.me], self.facts[view.other]
        decided = self._is_copy(view)
        if not decided and other.id < me.id:
            view = self._view(view.other, view.me)
            me, other = other, me
        kind: Kind = "version" if view.relation == "version" else _kind(view.theirs)
        return self._make(
            view, me.id, other.id, kind, view.theirs, view.mine, view.words, story, verdict.confidence,
            verdict.reasons, decided=decided,
        )  # fmt: skip

    def _absent_link(self, number: int, view: View | None) -> Link:
        """A copy of an original that is not here; measured against the document that stands in for it."""
        top = number if view is None else view.other
        agency, credited = self.absent[top], _foreign_credit(self.facts[number])
        reasons = [
            f"it credits {credited[1]}, whose own page is not in the corpus"
            if credited == agency
            else f"it shares the story with pages that credit {agency[1]}, whose own page is not in the corpus"
        ]
        if view is not None and self._is_copy(view):
            reasons += self._verdict(view).reasons
        body_words = self.facts[number].body_words
        return Link(
            copy=self.facts[number].id,
            original=None,
            kind=_kind(view.theirs) if view else "full",
            coverage=view.theirs if view else 1.0,
            share=view.mine if view else 1.0,
            matched_words=view.words if view else body_words,
            resemblance=_resemblance(self.facts[number], self.facts[top]),
            confidence=_CREDITED if credited == agency else _UNCREDITED,
            reasons=tuple(reasons),
            story=self.facts[top].id,
            agency=agency[1],
        )

    def _make(
        self, view: View, copy: str, original: str, kind: Kind, coverage: float, share: float, words: int, story: int,
        confidence: float, reasons: tuple[str, ...], *, decided: bool = True,
    ) -> Link:  # fmt: skip
        me, other = self.facts[view.me], self.facts[view.other]
        return Link(
            copy, original, kind, coverage, min(1.0, share), words, _resemblance(me, other), confidence, reasons,
            self.facts[story].id, self._agency(view, story), "decided" if decided else "unknown",
        )  # fmt: skip

    def _agency(self, view: View, story: int) -> str | None:
        """The agency behind a story: the absent one, else the one that the source or the story's original is."""
        if story in self.absent:
            return self.absent[story][1]
        return next((self.facts[n].source.outlet for n in (view.other, story) if self.facts[n].source.is_agency), None)

    # pairs

    def _verdict(self, view: View) -> Verdict:
        a, b = min(view.me, view.other), max(view.me, view.other)
        if (a, b) not in self.verdicts:
            self.verdicts[a, b] = self._decide(self._view(a, b), self._view(b, a))
        return self.verdicts[a, b]

    def _decide(self, of_a: View, of_b: View) -> Verdict:
        a, b = self.facts[of_a.me], self.facts[of_b.me]
        from_a = Seen(of_a.match.edits, of_a.mine, of_b.mine, self._is_cut(of_b))
        from_b = Seen(turned(of_a.match), of_b.mine, of_a.mine, self._is_cut(of_a))
        return decide(a.source, b.source, from_a, from_b, (a.id, b.id))

    def _is_cut(self, view: View) -> bool:
        """Whether I am nothing but a part of the other; not if the other is put together from several stories."""
        if view.mine < CUT_SHARE or view.theirs > CUT_COVERAGE:
            return False
        parts = [v for v in self.views[view.other] if v.relation == "copy" and v.theirs >= CUT_SHARE]
        mine = next(v for v in parts if v.other == view.me) if any(v.other == view.me for v in parts) else None
        return mine is None or all(_overlaps(v.counted, mine.counted) or self._are_matched(v, mine) for v in parts)

    def _are_matched(self, one: View, two: View) -> bool:
        return (min(one.other, two.other), max(one.other, two.other)) in self.matched

    def _is_copy(self, view: View) -> bool:
        """Whether, of the two, I am the copy."""
        copy = self._verdict(view).copy
        return copy is not None and (copy == "a") == (view.me < view.other)

    def _view(self, me: int, other: int) -> View:
        return self.between[me, other]


def _stories(scene: _Scene, links: Iterable[Link]) -> Iterable[Story]:
    """The stories that links speak of, but for those of passing links alone."""
    numbers = {fact.id: number for number, fact in scene.facts.items()}
    of_story: defaultdict[str, list[Link]] = defaultdict(list)
    for link in links:
        if link.kind in ("full", "partial", "version"):
            of_story[link.story].append(link)
    for story, told in sorted(of_story.items()):
        top = numbers[story]
        members = {numbers[id] for link in told for id in (link.copy, link.original or link.copy)} | {top}
        absent, undecided = scene.absent.get(top), any(s == top for s in scene.star.values())
        outlets = {scene.facts[n].source.outlet for n in members} - {None}
        dates = sorted(d for n in members if (d := scene.facts[n].source.published))
        yield Story(
            id=story,
            original=None if absent or undecided else story,
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


def _kind(coverage: float) -> Kind:
    if coverage >= FULL:
        return "full"
    return "partial" if coverage >= PARTIAL else "excerpt"


def _nearly(gain: int) -> float:
    return gain - max(EQUAL_WORDS, EQUAL_PART * gain)


def _spanned(view: View) -> Mask:
    """My tokens inside the passages, body or not."""
    mask = np.zeros(len(view.counted), dtype=bool)
    for p in view.match.passages:
        span = p.b_tokens if view.flipped else p.a_tokens
        mask[span.start : span.end] = True
    return mask


def _overlaps(one: Mask, two: Mask) -> bool:
    return int((one & two).sum()) > 0.2 * min(int(one.sum()), int(two.sum()))


def _house(fact: Facts) -> str:
    return fact.source.agency or (fact.source.outlet or fact.id).casefold()


def _foreign_credit(fact: Facts) -> tuple[str | None, str] | None:
    """The first credit that is not to the document's own outlet."""
    for agency, name in fact.source.credits:
        if letters(name) not in fact.source.names and (agency is None or agency != fact.source.agency):
            return agency, name
    return None


def _resemblance(one: Facts, two: Facts) -> float:
    return float(np.mean(one.signature == two.signature))
