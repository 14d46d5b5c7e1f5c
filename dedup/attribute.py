"""Matches and facts to links and stories: who copied whom, how much, and which documents ran one story.

Stories are stars, never chains: a document belongs to a story only by a confirmed match with the story's original, or
with the document that stands in for an absent one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import cached_property

from dedup.facts import Facts, Pair, Shared, count
from dedup.model import Link, Stand, Story
from dedup.pairs import Memory
from dedup.rulings import Judgements
from dedup.scene import EXCERPT_WORDS, Scene
from dedup.telling import Telling


class Resolution:
    """What became of a scene, of which links, stories and wanted pairs are worked out when they are asked for."""

    def __init__(self, scene: Scene, matched: AbstractSet[Pair]) -> None:
        self._scene, self._matched = scene, matched

    @cached_property
    def wanted(self) -> AbstractSet[Pair]:
        """The pairs whose match would be needed to be sure: those that were looked for and had none."""
        return {*_wanted(self._scene)} - self._matched

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links of all documents."""
        return Telling(self._scene).links()

    @cached_property
    def stands(self) -> tuple[Stand, ...]:
        """Where the documents stand that are not simply the top of their own story."""
        return tuple(_stands(self._scene))

    @cached_property
    def stories(self) -> tuple[Story, ...]:
        """The stories that the links speak of, by their ids."""
        return tuple(_stories(self._scene, self.links))


def resolve(
    facts: Mapping[int, Facts], matches: Mapping[Pair, Shared], judgements: Judgements, memory: Memory | None = None
) -> Resolution:
    """Work out the links and stories of documents and the matches between them; the order of neither matters.

    What persons judged of pairs of them holds whatever the evidence says. ``memory`` is that of the same documents told
    before, by the same judgements; it spares work and changes nothing.

    Documents without a match give nothing. Complete where the scene is: a document's links depend on all that it
    matches, directly or through others.
    """
    return Resolution(Scene(facts, matches, judgements, memory), matches.keys())


def _wanted(scene: Scene) -> Iterator[Pair]:
    """Pairs that the links of a scene hang on, whether they have a match or not."""
    for number in scene.facts:
        for one, two in _looked_for(scene, number):
            if one != two:
                yield min(one, two), max(one, two)


def _looked_for(scene: Scene, number: int) -> Iterator[Pair]:
    """For a document: what stands above its sources, in the middle of others' stars, and behind what it quotes."""
    for view in scene.sources[number]:
        yield from ((number, above) for above in scene.line(view))
    for view in scene.views[number]:
        if number in scene.stars and scene.is_undecided_copy(view):
            yield from ((number, middle.other) for middle in scene.stars.get(view.other, ()))
        if view.relation in ("copy", "version"):
            yield scene.top(number), scene.top(view.other)
            yield number, scene.top(view.other)
        elif view.relation == "passage":
            shared = scene.view(view.other, number).spanned
            behind = (source for source in scene.behind(view.other) if count(shared & source.spanned) >= EXCERPT_WORDS)
            yield from ((number, source.other) for source in behind)


def _stands(scene: Scene) -> Iterator[Stand]:
    for number in sorted(scene.facts):
        above = {scene.top(view.other) for view in scene.behind(number)} - {number} if scene.up(number) else set()
        rootless, absent = number in scene.middles or number in scene.absent, scene.absent.get(number)
        if above or rootless:
            yield Stand(number, tuple(sorted(above)), rootless, absent[1] if absent else None)


def _stories(scene: Scene, links: Iterable[Link]) -> Iterable[Story]:
    """The stories that links speak of, but for those of passing links alone."""
    numbers = {fact.id: number for number, fact in scene.facts.items()}
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
            original=None if absent or top in scene.middles else story,
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
