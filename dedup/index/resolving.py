"""Resolving: from matches to links and stories, for every document that a change can have touched.

Works on whole components of the match graph, so that the outcome depends on what is in the store and on nothing else.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np

from dedup.attribute import Resolution, resolve
from dedup.boilerplate import joined
from dedup.credits import Credit
from dedup.evidence import Source, same_house
from dedup.facts import Facts, Mask, Pair, Shared, count
from dedup.index.changing import with_changes
from dedup.index.houses import house_of
from dedup.index.pairing import Pages
from dedup.measure import COPY, is_background
from dedup.model import DEFAULT_KINDS, Link, Span, Story
from dedup.store import Brief, Kept, MatchRow, Record, Store

# A page that met others through one hub is aligned with this many of the likeliest originals among them: with all of
# them in a small story, and with few in one that was copied ten thousand times.
LEADERS = 8
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


class Resolved(NamedTuple):
    """What became of a scene, the stored pairs not by keys that it used, and the matches that were found for it."""

    resolution: Resolution
    used: set[Pair]
    found: dict[Pair, Kept]


# A scene that is being resolved.
Resolving: TypeAlias = Generator[set[Pair], Mapping[Pair, Kept], Resolved]
# Works out parts of a store's documents, wherever; outcomes in the order of the parts.
Spread: TypeAlias = Callable[[Sequence[Sequence[int]]], Iterable[Outcome]]


def resolve_pending(
    store: Store, spread: Spread | None = None, on_linked: Callable[[int], None] = lambda _: None
) -> None:
    """Work out again the links and stories of all pending documents and whatever hangs together with them.

    ``spread`` says who works out the parts: by default this process, one after the other.
    ``on_linked`` is told how many documents were worked out since it was last told.
    """
    pending = store.pending()
    if not pending:
        return
    parts = list(_batches(*component(store, pending)))
    outcomes = spread(parts) if spread else (outcome_of(store, part) for part in parts)
    for part, outcome in zip(parts, outcomes, strict=True):
        with store.transaction():
            store.drop_matches(outcome.dropped)
            store.put_matches(outcome.matches)
            store.replace_results(part, outcome.links, outcome.stories)
        on_linked(len(part))
    with store.transaction():
        store.drop_pending(pending)
        store.count_outlets(DEFAULT_KINDS)


def component(store: Store, numbers: Iterable[int]) -> tuple[set[int], set[Pair]]:
    """All documents that hang together with some, by stored matches, and those matches' pairs."""
    known, pairs = set(numbers), set[Pair]()
    frontier = known
    while frontier:
        found = set(store.pairs_of(sorted(frontier)))
        pairs |= found
        frontier = {number for pair in found for number in pair} - known
        known |= frontier
    return known, pairs


def facts_of(record: Record) -> Facts:
    """What attribution needs to know of a stored document."""
    document, body = record.document, _region(record.words, record.body)
    house = house_of(document.outlet, document.site_name)
    source = Source(
        names=house.names,
        outlet=house.outlet,
        agency=house.agency,
        is_agency=house.is_agency,
        url=document.url,
        canonical=document.canonical,
        published=document.published,
        crawled=document.crawled,
    )
    return Facts(
        record.number, document.id, document.title, source, body, record.body_words, record.numbers, record.signature
    )


def with_credits(facts: Mapping[int, Facts], pairs: Iterable[Pair], pages: Pages) -> dict[int, Facts]:
    """The facts, with whom the texts credit where that can matter: where two houses share something."""
    foreign = {n for a, b in pairs if not same_house(facts[a].source, facts[b].source) for n in (a, b)}
    documents = pages.documents(foreign)
    return {n: _credited(fact, pages.credits(documents[n])) if n in foreign else fact for n, fact in facts.items()}


def _credited(fact: Facts, found: Iterable[Credit]) -> Facts:
    credits = tuple(dict.fromkeys((credit.agency, credit.name) for credit in found))
    return replace(fact, source=replace(fact.source, credits=credits))


def proposals(facts: Mapping[int, Facts], by_key: Mapping[Pair, Shared]) -> set[Pair]:
    """Pairs that met the same stretch of a third document: each page with the likeliest originals among the others.

    A page meets by its keys only the documents that posted them, which need not be the original.
    """
    if len(by_key) < 2:
        return set()
    proposed: set[Pair] = set()
    for hub, regions in _regions(facts, by_key).items():
        leaders = sorted(regions, key=lambda number: facts[number].prior)
        for number, region in regions.items():
            proposed.update(_with_leaders(number, region, leaders, regions, facts))
        proposed.discard((hub, hub))
    return proposed - by_key.keys()


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
    left_out: AbstractSet[Pair] = frozenset(),
) -> Resolving:
    """Resolve a scene from its stored matches, asking for what is proposed and wanted beyond them.

    ``left_out`` are pairs whose match bears on nothing here. Yields pairs to match, is sent those that do.
    """
    by_key = {pair: match for pair, (step, match) in stored.items() if step == "key"}
    matches, tried, found = dict(by_key), set(by_key), dict[Pair, Kept]()
    wanted = proposals(facts, by_key) - left_out
    for _ in range(_ROUNDS):
        tried |= wanted
        matches |= {pair: stored[pair][1] for pair in sorted(wanted & stored.keys())}
        new = yield wanted - stored.keys()
        matches |= {pair: kept.brief() for pair, kept in new.items()}
        found |= new
        resolution = resolve(facts, matches)
        wanted = set(resolution.wanted) - tried - left_out
        if not wanted:
            break
    return Resolved(resolution, matches.keys() - by_key.keys() - found.keys(), found)


def outcome_of(store: Store, numbers: Sequence[int]) -> Outcome:
    """What resolving documents changes, which are whole components; the store is only read."""
    words = store.matched_words(numbers)
    left_out = _background(store, words)
    matches = store.matches_within(_ends(words.keys() - left_out), left_out)
    facts = {n: facts_of(record) for n, record in store.records(sorted(_ends(matches)), text=False).items()}
    members = _groups(sorted(facts), matches)
    head_of = {number: head for head, group in members.items() for number in group}
    stored: defaultdict[int, dict[Pair, tuple[str, Brief]]] = defaultdict(dict)
    for pair, match in matches.items():
        stored[head_of[pair[0]]][pair] = match
    pages, heads = Pages(store), sorted(members)
    scenes = (
        scene_of(with_credits({n: facts[n] for n in members[head]}, stored[head], pages), stored[head], left_out)
        for head in heads
    )
    outcome = Outcome([], [], [], [])
    for head, resolved in zip(heads, resolve_scenes(scenes, pages), strict=True):
        _gather(stored[head], resolved, outcome)
    known = {pair: match for pair, (_, match) in matches.items()} | {
        (row.a, row.b): row.kept for row in outcome.matches
    }
    bodies = {n for n, fact in facts.items() if fact.body_words == len(fact.body)}
    return replace(outcome, links=with_changes(outcome.links, pages, known, bodies))


def _background(store: Store, told: Mapping[Pair, tuple[str, int]]) -> set[Pair]:
    """The pairs by keys that bear on no link: what the pages of one house share, where no other house is about."""
    known, alone = store.publishers(_ends(told)), set[int]()
    houses = {number: house_of(outlet, site_name) for number, (outlet, site_name, _) in known.items()}
    for group in _groups(known, told).values():
        if all(same_house(houses[group[0]], houses[number]) for number in group):
            alone.update(group)
    little = {
        (a, b)
        for (a, b), (step, words) in told.items()
        if step == "key" and a in alone and is_background(known[a][2], known[b][2], words)
    }
    return {(a, b) for a, b in little if same_house(houses[a], houses[b])}


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


def _regions(facts: Mapping[int, Facts], by_key: Mapping[Pair, Shared]) -> dict[int, dict[int, Mask]]:
    """For each document that matches several others: which of its tokens each of them shares."""
    met = Counter(number for pair in by_key for number in pair)
    regions: dict[int, dict[int, Mask]] = {number: {} for number, times in met.items() if times > 1}
    for (a, b), match in by_key.items():
        if a in regions:
            regions[a][b] = _region(len(facts[a].body), (p.a_tokens for p in match.passages))
        if b in regions:
            regions[b][a] = _region(len(facts[b].body), (p.b_tokens for p in match.passages))
    return regions


def _region(size: int, spans: Iterable[Span]) -> Mask:
    region = np.zeros(size, dtype=bool)
    for span in spans:
        region[span.start : span.end] = True
    return region


def _with_leaders(
    number: int, region: Mask, leaders: list[int], regions: Mapping[int, Mask], facts: Mapping[int, Facts]
) -> Iterator[Pair]:
    """Pairs with the first leaders that share half of this page's stretch, if it is a real part of either body."""
    words, met = count(region), 0
    for leader in leaders:
        if leader == number or words < COPY * min(facts[number].body_words, facts[leader].body_words):
            continue
        if 2 * count(region & regions[leader]) >= words:
            yield min(number, leader), max(number, leader)
            met += 1
            if met == LEADERS:
                return


def _batches(numbers: set[int], pairs: set[Pair]) -> Iterator[list[int]]:
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
