"""What documents share, told part by part from what the store holds, which is only read: their boilerplate, what each
match makes of the two, and pairs worth a look beyond those that keys brought together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import partial
from typing import NamedTuple, TypeAlias

import numpy as np

from dedup.boilerplate import UNRELATED_STORIES, carry, own_plate
from dedup.facts import Bits, Facts, Mask, Pair, bits_of, ends, is_same, pair_of
from dedup.index.knowing import known_facts, mask_of
from dedup.index.pairing import Pages
from dedup.index.parts import Parts, abroad
from dedup.index.proposing import any_overlap, may_propose, proposals
from dedup.measure import Relation, mirrored, relation_between
from dedup.store import ASKED, NO_PLATES, Brief, MatchRow, Store, Stretches, Tie

Spans: TypeAlias = tuple[tuple[int, int], ...]


class Proposed(NamedTuple):
    """What hubs propose: the pairs, and the matches of those that were not looked at before."""

    pairs: set[Pair]
    rows: list[MatchRow]


def own_plates(parts: Parts, numbers: Sequence[int]) -> list[tuple[int, Spans]]:
    """The boilerplate that documents' own matches tell, of those of which it is another than is stored; nothing of a
    page with which no other house shares anything."""
    store, others = parts.store, met_by(parts.store, numbers)
    stories = store.stories_of({*others, *(other for met in others.values() for other in met)})
    foreign = {n: {stories[other] for other in met} - {stories[n]} for n, met in others.items()}
    many = {n for n, met in foreign.items() if len(met) >= UNRELATED_STORIES}
    many &= abroad(store, {(n, other) for n in many for other in others[n]})
    words, shared = store.words_of(many), _by_document(store.stretches_of(many))
    before = store.plates(numbers)
    told = {
        n: spans_of(own_plate(words[n], stories[n], ((stories[other], spans) for other, spans in shared[n])))
        for n in many
    }
    return [(n, told.get(n, ())) for n in numbers if told.get(n, ()) != before.get(n, NO_PLATES).own]


def marked_plates(parts: Parts, numbers: Sequence[int]) -> list[tuple[int, Spans]]:
    """All boilerplate of documents, with what those that they meet tell of it, where it is another than is stored."""
    store, others = parts.store, met_by(parts.store, numbers)
    plates = store.plates({*numbers, *(other for met in others.values() for other in met)})
    telling = {n for n, known in plates.items() if known.own}
    meeting = {n for n, met in others.items() if not telling.isdisjoint(met)}
    words = store.words_of(telling | set(numbers))
    own = {n: mask_of(words[n], plates[n].own) for n in telling}
    marked = {n: own[n].copy() if n in own else np.zeros(words[n], dtype=bool) for n in numbers}
    for (a, b), stretches in store.stretches_of(meeting).items():
        for a_start, a_end, b_start, b_end in stretches:
            if a in own and b in marked:
                carry(own[a], (a_start, a_end), marked[b], (b_start, b_end))
            if b in own and a in marked:
                carry(own[b], (b_start, b_end), marked[a], (a_start, a_end))
    told = {n: spans_of(marked[n]) for n in numbers}
    return [(n, told[n]) for n in numbers if told[n] != plates.get(n, NO_PLATES).marked]


def relations(parts: Parts, ties: Sequence[Tie]) -> list[tuple[int, int, str]]:
    """What stored matches make of their documents, as the first sees it, where it is something else than is stored."""
    facts = parts.facts(ends((tie.a, tie.b) for tie in ties))
    briefs = parts.store.briefs([(tie.a, tie.b) for tie in ties])
    told = ((tie, relation_between(facts[tie.a], facts[tie.b], briefs[tie.a, tie.b])) for tie in ties)
    return [(tie.a, tie.b, relation) for tie, relation in told if relation != tie.relation]


def proposed(parts: Parts, hubs: Sequence[int]) -> Proposed:
    """The pairs that documents bring together, each of which they meet by keys, and the matches of new ones."""
    pairs = proposed_by(parts, hubs)
    known = {(tie.a, tie.b): tie for tie in parts.store.ties_within(ends(pairs))}
    pairs = {pair for pair in pairs if pair not in known or known[pair].step != "key"}
    unknown = sorted(pair for pair in pairs if pair not in known or known[pair].relation in (None, ASKED))
    found = Pages(parts.store).match_all(unknown)
    facts = parts.facts(ends(found))
    rows = [
        MatchRow(a, b, "story", kept, relation=relation_between(facts[a], facts[b], kept.brief()))
        for (a, b), kept in sorted(found.items())
    ]
    return Proposed(pairs, rows)


def proposed_by(parts: Parts, hubs: Iterable[int], asking: Asking | None = None) -> set[Pair]:
    """The pairs that documents bring together, be they known or not; ``asking`` is a page that is not in the store."""
    seen = _seen(parts.store, hubs)
    facts, stretches = dict[int, Facts](), dict[Pair, Stretches]()
    if asking is not None:
        facts, stretches = {asking.facts.number: asking.facts}, asking.stretches()
        _see(seen, {asking.facts.number, *seen}, asking.ties())
    seen = {hub: told for hub, told in seen.items() if may_propose(told)}
    shared = _by_document({**parts.store.stretches_of(seen), **stretches})
    regions = {hub: {other: bits_of(spans) for other, spans in shared[hub]} for hub in seen}
    seen = {hub: told for hub, told in seen.items() if any_overlap(regions[hub], told)}
    facts |= parts.facts({number for told in seen.values() for number in told} - facts.keys())
    return {pair for hub, told in seen.items() for pair in proposals(facts, regions[hub], told)}


class Asking(NamedTuple):
    """A page that is not in the store: its facts with its boilerplate, its matches by keys, and what these make of the
    documents, as the one of lesser number sees it."""

    facts: Facts
    matches: Mapping[Pair, Brief]
    relations: Mapping[Pair, Relation]

    @classmethod
    def of(cls, store: Store, facts: Facts, matches: Mapping[Pair, Brief]) -> Asking:
        """A page with what is known of it from its matches."""
        others = known_facts(store, ends(matches) - {facts.number})
        facts = replace(facts, plate=_plate(store, facts, matches, others))
        known = {**others, facts.number: facts}
        return cls(facts, matches, {(a, b): relation_between(known[a], known[b], m) for (a, b), m in matches.items()})

    def ties(self) -> list[Tie]:
        """Its matches as ties."""
        return [Tie(*pair, "key", match.matched_words, self.relations[pair]) for pair, match in self.matches.items()]

    def stretches(self) -> dict[Pair, Stretches]:
        """What its matches take of both texts."""
        return {pair: stretches_of(match) for pair, match in self.matches.items()}

    def met(self, *relations: str) -> set[int]:
        """The documents that are one of these to it."""
        return {
            a if b == self.facts.number else b
            for (a, b), told in self.relations.items()
            if (told if a == self.facts.number else mirrored(told)) in relations
        }


def beside(store: Store, shown: Iterable[tuple[int, int]]) -> set[int]:
    """The pages that share with a page, outside both's own stories, what it shows of a story; ``shown`` are such pages,
    each with a story of which it shows a teaser."""
    stories: defaultdict[int, set[int]] = defaultdict(set)
    for page, story in shown:
        stories[page].add(story)
    near = {pair: stories.keys() & set(pair) for pair in store.pairs_apart(stories)}
    told = store.stretches({*near, *(pair_of(page, story) for page, own in stories.items() for story in own)})
    parts = {page: [taken(told, page, story) for story in own] for page, own in stories.items()}
    return {
        other
        for pair, hubs in near.items()
        for hub in hubs
        for other in set(pair) - {hub}
        if any(map(partial(is_same, taken(told, hub, other)), parts[hub]))
    }


def taken(told: Mapping[Pair, Stretches], document: int, other: int) -> Bits:
    """What of a document its match with another takes."""
    stretches = told[pair_of(document, other)]
    return bits_of((each[:2] if document < other else each[2:]) for each in stretches)


def stretches_of(match: Brief) -> Stretches:
    """What a match takes of both texts, in words."""
    return [(p.a_tokens.start, p.a_tokens.end, p.b_tokens.start, p.b_tokens.end) for p in match.passages]


def _plate(store: Store, facts: Facts, matches: Mapping[Pair, Brief], others: Mapping[int, Facts]) -> Mask:
    """The boilerplate of a page that is not in the store: in many stories, or told so of what it met."""
    stretches = {pair: stretches_of(match) for pair, match in matches.items()}
    stories, plates = store.stories_of(others), store.plates(others)
    shared = [(stories[other], spans) for other, spans in _by_document(stretches)[facts.number]]
    marked = own_plate(len(facts.body), facts.number, shared)
    for (a, b), told in stretches.items():
        other = a if b == facts.number else b
        if other in plates:
            own = mask_of(len(others[other].body), plates[other].own)
            for ends_of in told:
                theirs, mine = (ends_of[:2], ends_of[2:]) if other == a else (ends_of[2:], ends_of[:2])
                carry(own, theirs, marked, mine)
    return marked


def spans_of(mask: Mask) -> Spans:
    """The runs of tokens that a mask marks."""
    edges = np.flatnonzero(np.diff(mask.astype(np.int8), prepend=0, append=0))
    return tuple(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _seen(store: Store, hubs: Iterable[int]) -> dict[int, dict[int, str]]:
    """For each of the documents: those that it meets by keys, and what these make of it."""
    wanted = set(hubs)
    seen: dict[int, dict[int, str]] = {}
    _see(seen, wanted, (tie for tie in store.ties_of(wanted) if tie.step == "key"))
    return seen


def _see(seen: dict[int, dict[int, str]], hubs: AbstractSet[int], ties: Iterable[Tie]) -> None:
    for tie in ties:
        if tie.relation and tie.a in hubs:
            seen.setdefault(tie.a, {})[tie.b] = mirrored(tie.relation)
        if tie.relation and tie.b in hubs:
            seen.setdefault(tie.b, {})[tie.a] = tie.relation


def met_by(store: Store, numbers: Iterable[int]) -> dict[int, set[int]]:
    """The documents that each meets by keys."""
    met: dict[int, set[int]] = {number: set() for number in numbers}
    for a, b in store.pairs_of(met, "key"):
        for one, two in ((a, b), (b, a)):
            if one in met:
                met[one].add(two)
    return met


def _by_document(stretches: Mapping[Pair, Stretches]) -> defaultdict[int, list[tuple[int, list[Pair]]]]:
    """For each document what it shares with each other, in its own words."""
    shared: defaultdict[int, list[tuple[int, list[Pair]]]] = defaultdict(list)
    for (a, b), told in stretches.items():
        shared[a].append((b, [each[:2] for each in told]))
        shared[b].append((a, [each[2:] for each in told]))
    return shared
