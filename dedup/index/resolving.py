"""Resolving: from matches to links and stories, for every document that a change can have touched.

Works on whole components of the match graph, so that the outcome depends on what is in the store and on nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias, TypeVar

from dedup.attribute import Resolution, resolve
from dedup.boilerplate import joined
from dedup.facts import Facts, Pair
from dedup.index.changing import with_changes
from dedup.index.houses import house_of
from dedup.index.knowing import WithCredits, facts_of, glued_phrases, learn, learned_of, with_learned
from dedup.index.pairing import Pages
from dedup.index.proposing import proposals
from dedup.learning import Learned, tallies
from dedup.measure import is_background
from dedup.model import Link, Story, Tally
from dedup.rulings import Judgements, related, unrelated
from dedup.sources import same_house
from dedup.store import Brief, Kept, MatchRow, Store

# Rounds of looking for the matches that would confirm a story (a copy of a copy with the original): 2 were enough for
# every page of outlets2018 and ap1989, the third is for safety.
_ROUNDS = 3
# Documents resolved in one transaction; a component is never divided.
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Outcome:
    """What resolving changes, gathered to be written at once."""

    dropped: list[Pair]
    matches: list[MatchRow]
    links: list[Link]
    stories: list[Story]
    tallies: list[Tally]


class Resolved(NamedTuple):
    """What became of a scene, the stored pairs not by keys that it used, and the matches that were found for it."""

    resolution: Resolution
    tallies: list[Tally]
    used: set[Pair]
    found: dict[Pair, Kept]


class Knowledge(NamedTuple):
    """What is known of outlets by name, the phrases that stand glued in documents' prose, and whom texts credit."""

    outlets: Mapping[str, Learned]
    phrases: Mapping[int, AbstractSet[str]]
    credits: WithCredits


Told = TypeVar("Told")
# A scene that is being resolved.
Resolving: TypeAlias = Generator[set[Pair], Mapping[Pair, Kept], Resolved]
# Works out parts of a store's documents, wherever; outcomes in the order of the parts.
Spread: TypeAlias = Callable[[Sequence[Sequence[int]]], Iterable[Outcome]]


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def resolve_pending(store: Store, spread: Spread | None = None, on_linked: Callable[[int], None] = _nobody) -> None:
    """Work out again the links and stories of all pending documents and whatever hangs together with them.

    ``spread`` says who works out the parts: by default this process, one after the other.
    ``on_linked`` is told how many documents were worked out since it was last told.
    """
    while pending := store.pending():
        _resolve(store, pending, spread, on_linked)
        with store.transaction():
            store.drop_pending(pending)
            store.add_pending(learn(store))
        on_linked = _nobody  # what outlets were learned to do makes some documents come again


def _resolve(store: Store, pending: list[int], spread: Spread | None, on_linked: Callable[[int], None]) -> None:
    parts = list(batches(*component(store, pending)))
    outcomes = spread(parts) if spread else (outcome_of(store, part) for part in parts)
    for part, outcome in zip(parts, outcomes, strict=True):
        with store.transaction():
            store.drop_matches(outcome.dropped)
            store.put_matches(outcome.matches)
            store.replace_results(part, outcome.links, outcome.stories)
            store.replace_tallies(part, outcome.tallies)
        on_linked(len(part))


def component(store: Store, numbers: Iterable[int]) -> tuple[set[int], set[Pair]]:
    """All documents that hang together with some, by stored matches or by what persons judged, and those pairs."""
    known, pairs = set(numbers), set[Pair]()
    frontier = known
    while frontier:
        wave = sorted(frontier)
        found = {*store.pairs_of(wave), *related(store.judgements_among(wave))}
        pairs |= found
        frontier = {number for pair in found for number in pair} - known
        known |= frontier
    return known, pairs


def resolve_scenes(scenes: Iterable[Resolving], pages: Pages) -> list[Resolved]:
    """Resolve scenes side by side, so that what all of them want is matched in one go."""
    told: dict[int, Resolved] = {}
    waiting = {at: (scene, next(scene)) for at, scene in enumerate(scenes)}
    while waiting:
        found = pages.match_all(sorted({pair for _, wanted in waiting.values() for pair in wanted}))
        for at, (scene, wanted) in list(waiting.items()):
            try:
                waiting[at] = scene, scene.send({pair: found[pair] for pair in sorted(wanted) if pair in found})
            except StopIteration as end:
                told[at] = end.value
                del waiting[at]
    return [told[at] for at in sorted(told)]


def scene_of(
    facts: Mapping[int, Facts],
    stored: Mapping[Pair, tuple[str, Brief]],
    judgements: Judgements,
    left_out: AbstractSet[Pair],
    known: Knowledge,
) -> Resolving:
    """Resolve a scene from its stored matches, asking for what is proposed, judged and wanted beyond them.

    Of the stored matches those by keys are the scene's; others count when they are asked for again, as they would be
    had they not been stored. ``left_out`` are pairs whose match bears on nothing here. Yields pairs to match, is sent
    those that do. What is told first, before anything is known of outlets and without what that made wanted, is what
    outlets are learned from.
    """
    left_out, told = left_out | unrelated(judgements), None
    by_key = {pair: match for pair, (step, match) in stored.items() if step == "key"}
    matches, tried, found = dict(by_key), set(by_key), dict[Pair, Kept]()
    facts = known.credits(facts, {*by_key, *related(judgements)})
    wanted = (proposals(facts, by_key) | related(judgements)) - by_key.keys() - left_out
    for _ in range(_ROUNDS):
        tried |= wanted
        matches |= {pair: stored[pair][1] for pair in sorted(wanted & stored.keys())}
        new = yield wanted - stored.keys()
        matches |= {pair: kept.brief() for pair, kept in new.items()}
        found |= new
        facts = known.credits(facts, matches.keys() & wanted)
        resolution = resolve(facts, matches, judgements)
        if told is None:
            told = tallies({fact.id: n for n, fact in facts.items()}, resolution.links, known.phrases)
            if (knowing := with_learned(facts, told, known.outlets)) is not facts:
                facts, resolution = knowing, resolve(knowing, matches, judgements)
        wanted = set(resolution.wanted) - tried - left_out
        if not wanted:
            break
    return Resolved(resolution, told or [], matches.keys() - by_key.keys() - found.keys(), found)


def prepared_scene(
    facts: Mapping[int, Facts],
    stored: Mapping[Pair, tuple[str, Brief]],
    judgements: Judgements,
    pages: Pages,
    learned: Mapping[str, Learned],
    left_out: AbstractSet[Pair] = frozenset(),
) -> Resolving:
    """A scene of stored documents, with whom they credit and what is known of their outlets."""
    by_key = {pair: match for pair, (step, match) in stored.items() if step == "key"}
    known = Knowledge(learned, glued_phrases(facts, by_key, pages), WithCredits(pages))
    return scene_of(facts, stored, judgements, left_out, known)


def outcome_of(store: Store, numbers: Sequence[int]) -> Outcome:
    """What resolving documents changes, which are whole components; the store is only read."""
    return outcome_by(store, numbers, store.judgements_among(numbers))


def outcome_by(store: Store, numbers: Sequence[int], judgements: Judgements) -> Outcome:
    """``outcome_of``, as if these judgements were all that persons ever said of the documents."""
    words, judged = store.matched_words(numbers), related(judgements)
    left_out = _background(store, words, judged)
    matches = store.matches_within(_ends(words.keys() - left_out), left_out)
    ends = sorted(_ends(matches) | _ends(judged))
    facts = {n: facts_of(record) for n, record in store.records(ends, text=False).items()}
    members = _groups(sorted(facts), {*matches, *judged})
    head_of = {number: head for head, group in members.items() for number in group}
    stored, said = _by_head(matches, head_of), _by_head(judgements, head_of)
    pages, learned, heads = Pages(store), learned_of(store), sorted(members)
    scenes = (
        prepared_scene({n: facts[n] for n in members[head]}, stored[head], said[head], pages, learned, left_out)
        for head in heads
    )
    outcome = Outcome([], [], [], [], [])
    for head, resolved in zip(heads, resolve_scenes(scenes, pages), strict=True):
        _gather(stored[head], resolved, outcome)
    known = {pair: match for pair, (_, match) in matches.items()} | {
        (row.a, row.b): row.kept for row in outcome.matches
    }
    bodies = {n for n, fact in facts.items() if fact.body_words == len(fact.body)}
    return replace(outcome, links=with_changes(outcome.links, pages, known, bodies))


def _background(store: Store, told: Mapping[Pair, tuple[str, int]], judged: AbstractSet[Pair]) -> set[Pair]:
    """The pairs by keys that bear on no link: what the pages of one house share, where no other house is about, and
    nobody judged otherwise."""
    known, alone = store.publishers(_ends(told) | _ends(judged)), set[int]()
    houses = {number: house_of(outlet, site_name) for number, (outlet, site_name, _) in known.items()}
    for group in _groups(known, {*told, *judged}).values():
        if all(same_house(houses[group[0]], houses[number]) for number in group):
            alone.update(group)
    little = {
        (a, b)
        for (a, b), (step, words) in told.items()
        if step == "key" and a in alone and is_background(known[a][2], known[b][2], words)
    }
    return {(a, b) for a, b in little if same_house(houses[a], houses[b])} - judged


def _by_head(told: Mapping[Pair, Told], head_of: Mapping[int, int]) -> defaultdict[int, dict[Pair, Told]]:
    """What is told of pairs, by the component that both their documents are in; without those that are in no one."""
    found: defaultdict[int, dict[Pair, Told]] = defaultdict(dict)
    for (a, b), one in told.items():
        if a in head_of and head_of[a] == head_of.get(b):
            found[head_of[a]][a, b] = one
    return found


def _ends(pairs: Iterable[Pair]) -> set[int]:
    return {number for pair in pairs for number in pair}


def _groups(numbers: Iterable[int], pairs: Iterable[Pair]) -> dict[int, list[int]]:
    """The documents that hang together, by the least of their numbers."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for number, head in joined(numbers, pairs).items():
        members[head].append(number)
    return members


def _gather(stored: Mapping[Pair, tuple[str, Brief]], resolved: Resolved, outcome: Outcome) -> None:
    outcome.dropped.extend(pair for pair, (step, _) in stored.items() if step == "story" and pair not in resolved.used)
    outcome.matches.extend(MatchRow(*pair, "story", kept) for pair, kept in resolved.found.items())
    outcome.links.extend(resolved.resolution.links)
    outcome.stories.extend(resolved.resolution.stories)
    outcome.tallies.extend(resolved.tallies)


def batches(numbers: set[int], pairs: set[Pair]) -> Iterator[list[int]]:
    """Whole components, gathered to about ``_TOGETHER`` documents."""
    members = _groups(sorted(numbers), pairs)
    batch: list[int] = []
    for head in sorted(members):
        batch += members[head]
        if len(batch) >= _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
