"""Scenes: documents that hang together, told from their matches, with what more of these they ask for."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import NamedTuple, TypeAlias, TypeVar

from dedup.attribute import Resolution, resolve
from dedup.facts import Facts, Pair
from dedup.index.knowing import WithCredits, glued_phrases, with_learned
from dedup.index.pairing import Pages
from dedup.learning import Learned, tallies
from dedup.model import Tally
from dedup.pairs import Memory
from dedup.rulings import Judgements, related, unrelated
from dedup.store import Brief, Kept

# Rounds of looking for the matches that would confirm a story (a copy of a copy with the original): 2 were enough for
# every page of outlets2018 and ap1989, the third is for safety.
_ROUNDS = 3

Stored: TypeAlias = Mapping[Pair, tuple[str, Brief]]
End = TypeVar("End")
# A scene that is being told: asks for pairs, is sent those that match.
Telling: TypeAlias = Generator[set[Pair], Mapping[Pair, Kept], End]


class Given(NamedTuple):
    """A scene as it is given: facts, stored matches, what persons judged, and the pairs whose match bears on nothing
    here; ``abroad`` are the documents that show a teaser of another house's page, or the other way round.

    Of the stored matches those by keys are the scene's; others count when they are asked for again, as they would be
    had they not been stored.
    """

    facts: Mapping[int, Facts]
    stored: Stored
    judgements: Judgements
    left_out: AbstractSet[Pair]
    abroad: AbstractSet[int] = frozenset()

    def by_key(self) -> dict[Pair, Brief]:
        """The matches that keys brought together, or documents that both met by keys."""
        return {pair: match for pair, (step, match) in self.stored.items() if step == "key"}

    def judged(self, by_key: Mapping[Pair, Brief]) -> set[Pair]:
        """The pairs that are worth a look beyond those, as persons judged that they have to do with each other."""
        return related(self.judgements) - by_key.keys() - self.left_out - unrelated(self.judgements)

    def held(self, pairs: AbstractSet[Pair]) -> dict[Pair, Brief]:
        """Those of the pairs whose match is stored."""
        return {pair: self.stored[pair][1] for pair in sorted(pairs & self.stored.keys())}


class Begun(NamedTuple):
    """A scene with the credits of its documents and the matches that were proposed: where telling it begins.

    ``by_key`` are the matches that keys brought together, ``tried`` the pairs that were looked at, ``found`` the
    matches that the store has not. ``memory`` is that of the telling before, ``credited`` reads more credits.
    """

    facts: Mapping[int, Facts]
    by_key: Mapping[Pair, Brief]
    matches: Mapping[Pair, Brief]
    tried: AbstractSet[Pair]
    found: Mapping[Pair, Kept]
    credited: WithCredits
    memory: Memory


class Resolved(NamedTuple):
    """What became of a scene, the stored pairs not by keys that it used, and the matches that were found for it."""

    resolution: Resolution
    used: set[Pair]
    found: dict[Pair, Kept]


class Tallied(NamedTuple):
    """What a scene's documents were told to be, the matches that were found for it, and where telling it goes on."""

    tallies: list[Tally]
    found: Mapping[Pair, Kept]
    begun: Begun


def tell_all(scenes: Iterable[Telling[End]], pages: Pages) -> list[End]:
    """Tell scenes side by side, so that what all of them want is matched in one go."""
    told: dict[int, End] = {}
    asking: dict[int, tuple[Telling[End], Mapping[Pair, Kept] | None]] = {
        at: (scene, None) for at, scene in enumerate(scenes)
    }
    while asking:
        waiting: dict[int, tuple[Telling[End], set[Pair]]] = {}
        for at, (scene, answer) in asking.items():
            try:
                waiting[at] = scene, next(scene) if answer is None else scene.send(answer)
            except StopIteration as end:
                told[at] = end.value
        found = pages.match_all(sorted({pair for _, wanted in waiting.values() for pair in wanted}))
        asking = {
            at: (scene, {pair: found[pair] for pair in sorted(wanted) if pair in found})
            for at, (scene, wanted) in waiting.items()
        }
    return [told[at] for at in sorted(told)]


def tallying(scene: Given, pages: Pages) -> Telling[Tallied]:
    """Tell a scene without any knowledge of outlets: what these are learned from."""
    begun = yield from _begin(scene, pages)
    links = resolve(begun.facts, begun.matches, scene.judgements, begun.memory).links
    numbers = {fact.id: number for number, fact in begun.facts.items()}
    told = tallies(numbers, links, glued_phrases(begun.facts, begun.by_key, pages))
    return Tallied(told, begun.found, begun._replace(found={}))


def linking(
    scene: Given, pages: Pages, told: Iterable[Tally], learned: Mapping[str, Learned], begun: Begun | None = None
) -> Telling[Resolved]:
    """Resolve a scene with what is known of outlets, asking for what is proposed, judged and wanted beyond its matches.

    ``told`` are the tallies of its documents; ``begun`` is where tallying them left off, if that is at hand.
    """
    begun = begun or (yield from _begin(scene, pages))
    facts, matches = with_learned(begun.facts, told, learned), dict(begun.matches)
    found, tried, left_out = dict(begun.found), set(begun.tried), scene.left_out | unrelated(scene.judgements)
    for rounds in range(_ROUNDS):
        resolution = resolve(facts, matches, scene.judgements, begun.memory)
        wanted = {*resolution.wanted} - tried - left_out
        if not wanted or rounds == _ROUNDS - 1:
            break
        tried |= wanted
        new = yield wanted - scene.stored.keys()
        more = {**scene.held(wanted), **_briefs(new)}
        if not more:  # it would be told the same
            break
        found |= new
        matches |= more
        facts = begun.credited(facts, more)
    return Resolved(resolution, matches.keys() - begun.by_key.keys() - found.keys(), found)


def _begin(scene: Given, pages: Pages) -> Telling[Begun]:
    by_key, credited = scene.by_key(), WithCredits(pages, scene.abroad)
    facts = credited(scene.facts, by_key, related(scene.judgements))
    wanted = scene.judged(by_key)
    found = yield wanted - scene.stored.keys()
    more = {**scene.held(wanted), **_briefs(found)}
    facts, matches = credited(facts, more), {**by_key, **more}
    return Begun(facts, by_key, matches, by_key.keys() | wanted, dict(found), credited, Memory())


def _briefs(found: Mapping[Pair, Kept]) -> dict[Pair, Brief]:
    return {pair: kept.brief() for pair, kept in found.items()}
