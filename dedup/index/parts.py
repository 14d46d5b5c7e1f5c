"""Parts of a store's documents, whole scenes each: told from what the store holds, which is only read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol, TypeVar

from dedup.boilerplate import joined
from dedup.facts import Facts, Pair, ends, pair_of
from dedup.index.changing import with_changes
from dedup.index.houses import house_of
from dedup.index.knowing import known_facts, learned_of
from dedup.index.pairing import Pages
from dedup.index.scenes import Begun, Given, Tallied, linking, tallying, tell_all
from dedup.measure import STORY, TEASERS, is_background
from dedup.model import Link, Stand, Story, Tally
from dedup.rulings import Judgements, related
from dedup.sources import Source, same_house
from dedup.store import ASKED, Brief, MatchRow, Store, Tie

# Documents whose scenes a process keeps from tallying to linking. Reuters stories with 2,500 made mirrors
# (``recipes.direction_mix``), whose teasers tie 12,000 pages together, take 38 s of CPU so, 44 with none kept, and
# 1,122 MB instead of 1,057.
KEPT = 20_000
# Documents whose facts a process keeps, about 3 kB each.
FACTS_KEPT = 20_000

Told = TypeVar("Told")
Asked = TypeVar("Asked")
Made = TypeVar("Made")


class Outcome(NamedTuple):
    """What resolving a part changes, to be written at once."""

    dropped: list[Pair]
    matches: list[MatchRow]
    links: list[Link]
    stories: list[Story]
    stands: list[Stand]


class TalliedPart(NamedTuple):
    """What a part's documents were told to be without knowledge of outlets, and the matches found on the way."""

    tallies: list[Tally]
    matches: list[MatchRow]


class _Part(NamedTuple):
    """The scenes of a part, the facts of all its documents, and their stored matches; what tallying ``begun``."""

    scenes: list[Given]
    facts: Mapping[int, Facts]
    matches: Mapping[Pair, tuple[str, Brief]]
    pages: Pages
    begun: Sequence[Begun | None]

    def with_tallied(self, told: Sequence[Tallied]) -> _Part:
        """The part as it is once what was found is stored."""
        found = [{pair: ("story", one.begun.matches[pair]) for pair in one.found} for one in told]
        scenes = [scene._replace(stored={**scene.stored, **new}) for scene, new in zip(self.scenes, found, strict=True)]
        matches = {**self.matches, **{pair: match for new in found for pair, match in new.items()}}
        return self._replace(scenes=scenes, matches=matches, begun=[one.begun for one in told])


class Parts:
    """A store's documents as one process tells them, part by part; all parts are tallied before any is linked.

    Parts that were tallied are kept as far as there is room, and linked from there: nothing may change what the store
    has of them in between but to take in what was found.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._facts: dict[int, Facts] = {}
        self._kept: dict[tuple[int, ...], _Part] = {}

    def facts(self, numbers: Iterable[int]) -> dict[int, Facts]:
        """The facts of documents, in order, of which those of the latest are kept; their boilerplate may not change."""
        wanted = sorted(set(numbers))
        unknown = [number for number in wanted if number not in self._facts]
        if len(self._facts) + len(unknown) > FACTS_KEPT:
            self._facts.clear()
            unknown = wanted
        self._facts |= known_facts(self.store, unknown)
        return {number: self._facts[number] for number in wanted}

    def tallied(self, numbers: Sequence[int]) -> TalliedPart:
        """What the documents, which are whole scenes, are told to be without knowledge of outlets; nothing is
        learned from those of one house alone."""
        judgements, ties = self.store.judgements_among(numbers), self.store.ties_within(numbers)
        if not abroad(self.store, _told(ties) | related(judgements) | _teasers(self.store, numbers)):
            return TalliedPart([], [])
        part = self._loaded(ties, judgements)
        told = tell_all((tallying(scene, part.pages) for scene in part.scenes), part.pages)
        found = {pair: kept for one in told for pair, kept in one.found.items()}
        if sum(map(len, self._kept)) + len(numbers) <= KEPT:
            self._kept[tuple(numbers)] = part.with_tallied(told)
        rows = [MatchRow(*pair, "story", kept) for pair, kept in found.items()]
        return TalliedPart([tally for one in told for tally in one.tallies], rows)

    def outcome(self, numbers: Sequence[int]) -> Outcome:
        """What resolving documents changes, which are whole scenes and have their tallies."""
        return _outcome(self.store, numbers, self._part(tuple(numbers)))

    def _part(self, numbers: tuple[int, ...]) -> _Part:
        if numbers in self._kept:
            return self._kept.pop(numbers)
        return self._loaded(self.store.ties_within(numbers), self.store.judgements_among(numbers))

    def _loaded(self, ties: Sequence[Tie], judgements: Judgements) -> _Part:
        judged = related(judgements)
        tied_pairs = {(tie.a, tie.b) for tie in ties if tie.relation in STORY} | judged
        members = groups(sorted(ends(tied_pairs)), tied_pairs)
        left_out = _background(self.store, ties, members.values(), judged)
        facts = self.facts(number for group in members.values() for number in group)
        head_of = {number: head for head, group in members.items() for number in group}
        matches = self.store.matches_within(sorted(facts), left_out)
        teasing = abroad(self.store, _teasers(self.store, facts))
        stored, said, pages = _by_head(matches, head_of), _by_head(judgements, head_of), Pages(self.store)
        scenes = [
            Given({n: facts[n] for n in members[head]}, stored[head], said[head], left_out, teasing)
            for head in sorted(members)
        ]
        return _Part(scenes, facts, matches, pages, [None] * len(scenes))


def tied(numbers: Iterable[int], pairs_of: Callable[[Sequence[int]], Iterable[Pair]]) -> tuple[set[int], set[Pair]]:
    """All documents that hang together with some by pairs, directly or through others, and those pairs; ``pairs_of``
    gives those of some documents."""
    known, pairs = set(numbers), set[Pair]()
    frontier = known
    while frontier:
        found = set(pairs_of(sorted(frontier)))
        pairs |= found
        frontier = ends(found) - known
        known |= frontier
    return known, pairs


class Spread(Protocol):
    """Works out parts of what is asked of a store, wherever; what is made of them comes in the order of the parts."""

    def __call__(
        self, work: Callable[[Parts, Sequence[Asked]], Made], parts: Sequence[Sequence[Asked]]
    ) -> Iterable[Made]: ...


def outcome_by(store: Store, numbers: Sequence[int], judgements: Judgements) -> Outcome:
    """``Parts.outcome``, as if these judgements were all that persons ever said of the documents."""
    return _outcome(store, numbers, Parts(store)._loaded(store.ties_within(numbers), judgements))


def _outcome(store: Store, numbers: Sequence[int], part: _Part) -> Outcome:
    dropped, rows, links, stories, stands = _resolved(store, numbers, part)
    part = part._replace(scenes=[], begun=[])  # which hold far more than what is told of them
    known = {pair: match for pair, (_, match) in part.matches.items()} | {(row.a, row.b): row.kept for row in rows}
    bodies = {n for n, fact in part.facts.items() if fact.body_words == len(fact.body)}
    told = with_changes(links, part.pages, known, bodies, _teased(store, part.facts))
    return Outcome(dropped, rows, told, stories, stands)


def _teased(store: Store, numbers: Iterable[int]) -> dict[int, list[tuple[int, int]]]:
    """Where documents show teasers, in characters: of stories of their own or of others that they met by keys."""
    shows = store.teased_by(numbers)
    briefs = store.briefs({pair_of(page, story) for page, told in shows.items() for story in told})
    found: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for (a, b), match in briefs.items():
        for a_start, a_end, b_start, b_end in match.places().passages:
            if b in shows.get(a, ()):
                found[a].append((a_start, a_end))
            if a in shows.get(b, ()):
                found[b].append((b_start, b_end))
    return found


def _resolved(store: Store, numbers: Sequence[int], part: _Part) -> Outcome:
    """The outcome without what was changed."""
    learned = learned_of(store)
    tallies = {tally.document: tally for tally in store.tallies_of(sorted(part.facts))}
    telling = (
        linking(scene, part.pages, [tallies[n] for n in sorted(scene.facts.keys() & tallies.keys())], learned, begun)
        for scene, begun in zip(part.scenes, part.begun, strict=True)
    )
    told = tell_all(telling, part.pages)
    held = {pair for one in told for pair in (*one.used, *one.found)}
    # What was matched for two scenes, too, which were one before.
    dropped = [pair for pair in store.story_pairs(numbers) if pair not in held]
    rows = [MatchRow(*pair, "story", kept) for one in told for pair, kept in one.found.items()]
    links = [link for one in told for link in one.resolution.links]
    stories = [story for one in told for story in one.resolution.stories]
    return Outcome(dropped, rows, links, stories, [stand for one in told for stand in one.resolution.stands])


def _told(ties: Iterable[Tie]) -> set[Pair]:
    return {(tie.a, tie.b) for tie in ties if tie.relation != ASKED}


def _teasers(store: Store, numbers: Iterable[int]) -> set[Pair]:
    """The pairs with one of the documents of which one page shows a teaser of the other."""
    return set(store.related_pairs(numbers, TEASERS))


def abroad(store: Store, pairs: AbstractSet[Pair]) -> set[int]:
    """The documents of those pairs that are of two houses."""
    houses = _houses(store.publishers(ends(pairs)))
    return ends((a, b) for a, b in pairs if not same_house(houses[a], houses[b]))


def _background(
    store: Store, ties: Iterable[Tie], scenes: Iterable[Sequence[int]], judged: AbstractSet[Pair]
) -> set[Pair]:
    """The pairs by keys that bear on no link: what the pages of one house share, where no other house is about, and
    nobody judged otherwise."""
    groups = list(scenes)
    known, alone = store.publishers(number for group in groups for number in group), set[int]()
    houses = _houses(known)
    for group in groups:
        if all(same_house(houses[group[0]], houses[number]) for number in group):
            alone.update(group)
    little = {
        (tie.a, tie.b)
        for tie in ties
        if tie.step == "key" and tie.a in alone and tie.b in alone
        if is_background(known[tie.a][2], known[tie.b][2], tie.matched_words)
    }
    return {(a, b) for a, b in little if same_house(houses[a], houses[b])} - judged


def _houses(known: Mapping[int, tuple[str | None, str | None, int]]) -> dict[int, Source]:
    return {number: house_of(outlet, site_name) for number, (outlet, site_name, _) in known.items()}


def _by_head(told: Mapping[Pair, Told], head_of: Mapping[int, int]) -> defaultdict[int, dict[Pair, Told]]:
    """What is told of pairs, by the scene that both their documents are in; without those that are in no one."""
    found: defaultdict[int, dict[Pair, Told]] = defaultdict(dict)
    for (a, b), one in told.items():
        if a in head_of and head_of[a] == head_of.get(b):
            found[head_of[a]][a, b] = one
    return found


def groups(numbers: Iterable[int], pairs: Iterable[Pair]) -> dict[int, list[int]]:
    """The documents that hang together, by the least of their numbers."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number, head in joined(numbers, pairs).items():
        members[head].append(number)
    return members
