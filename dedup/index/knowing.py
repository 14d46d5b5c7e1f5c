"""What is known of stored documents before they are attributed: facts, whom they credit, what their outlets do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from functools import cache

import numpy as np

from dedup.credits import first_credits
from dedup.facts import Facts, Mask, Pair, Shared, ends, foreign_pairs, region_of
from dedup.index.crediting import Signs, signs_of
from dedup.index.houses import house_of
from dedup.index.licences import Licences, partner_of
from dedup.index.pairing import Pages
from dedup.index.preparing import tokenise
from dedup.learning import Learned, glued_phrase, habit, own_phrases
from dedup.model import Document, Offsets, Span, Tally
from dedup.reach import may_copy, reaches_of
from dedup.sources import MIRROR, Source
from dedup.store import NO_PLATES, Brief, Plates, Record, Store


def known_facts(store: Store, numbers: Iterable[int]) -> dict[int, Facts]:
    """The facts of stored documents with their boilerplate, in order."""
    wanted = sorted(set(numbers))
    plates = store.plates(wanted)
    return {n: facts_of(record, plates.get(n, NO_PLATES)) for n, record in store.records(wanted, text=False).items()}


def facts_of(record: Record, plates: Plates = NO_PLATES) -> Facts:
    """What attribution needs to know of a document."""
    document, body = record.document, region_of(record.words, record.body)
    house = house_of(document.outlet, document.site_name)
    source = Source(
        names=house.names,
        outlet=house.outlet,
        agency=house.agency,
        is_agency=house.is_agency,
        url=document.url,
        canonical=document.canonical,
        based_on=document.based_on,
        unlisted=document.robots is not None,
        byline=document.byline,
        published=document.published,
        crawled=document.crawled,
    )
    return Facts(
        record.number, document.id, document.title, source, body, record.body_words, record.numbers, record.signature,
        mask_of(record.words, plates.marked) if plates.marked else None,
    )  # fmt: skip


def mask_of(words: int, spans: Iterable[tuple[int, int]]) -> Mask:
    """The tokens that spans cover, of so many."""
    return region_of(words, (Span(*ends) for ends in spans))


class WithCredits:
    """Adds to facts whom the texts credit and whose stories they may have, where that can matter: for pages that share
    something with another house's and have some of their own body in common with any page, or that a person judged. A
    story that others tease alone, and the page with the teaser, are not read for it."""

    def __init__(self, pages: Pages, abroad: Iterable[int] = ()) -> None:
        """``abroad`` are documents that share something with another house's which is not in the matches."""
        self._pages = pages
        self._foreign, self._telling, self._read = set(abroad), set[int](), set[int]()
        self._waiting: dict[Pair, Shared] = {}  # matches of pages that share nothing with another house's so far

    def __call__(
        self, facts: Mapping[int, Facts], matches: Mapping[Pair, Shared], judged: Iterable[Pair] = ()
    ) -> Mapping[int, Facts]:
        """The facts, with the credits of documents for which these matches, or all before, ask for them; the very same
        where there is nothing to add."""
        self._foreign |= ends(foreign_pairs(facts, matches))
        self._waiting |= matches
        near = {pair: self._waiting[pair] for pair in self._waiting if not self._foreign.isdisjoint(pair)}
        self._telling |= _telling(facts, near)
        self._waiting = {pair: match for pair, match in self._waiting.items() if pair not in near}
        asked = (self._foreign & self._telling & facts.keys()) | ends(foreign_pairs(facts, judged))
        unread = asked - self._read
        if not unread:
            return facts
        self._read |= unread
        documents, licences = self._pages.documents(unread), self._pages.licences
        told = {n: _credited(facts[n], documents[n], self._pages.signs, licences) for n in unread}
        return {number: told.get(number, fact) for number, fact in facts.items()}


def _telling(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> set[int]:
    """The documents of those matches by which one may be a copy of the other, or quote it."""
    reaches = reaches_of(facts, matches)
    return ends(pair for pair, match in matches.items() if may_copy(reaches[pair[0]], reaches[pair[1]], match))


def _credited(fact: Facts, document: Document, known: dict[str, Signs], licences: Licences) -> Facts:
    signs = signs_of(document, known)
    found = first_credits(signs.credits, _story_of(fact, document.text))
    told = replace(
        fact.source,
        credits=tuple((credit.agency, credit.name) for credit in found),
        credit_spans=tuple(credit.span for credit in found),
        signed=signs.signed,
        mentions=signs.mentions,
        glues_name=fact.source.glues_name or signs.glues_name,
        partner_of=partner_of(house_of(document.outlet, document.site_name), licences),
    )
    return replace(fact, source=told)


def _story_of(fact: Facts, text: str) -> Callable[[int], bool] | None:
    """Whether a character stands in the body of a document, or above all of it; ``None`` where all of it is body."""
    if fact.body.all():
        return None

    def opens(place: int) -> bool:
        at = int(np.searchsorted(starts(), place))
        return bool(fact.body[at : at + 1].any()) or not fact.body[:at].any()

    @cache
    def starts() -> Offsets:
        return tokenise(text).starts

    return opens


def glued_phrases(facts: Mapping[int, Facts], matches: Mapping[Pair, Brief], pages: Pages) -> dict[int, set[str]]:
    """Phrases of each document that a page of another house has not in that place, glued to the word behind."""
    shown: defaultdict[int, set[str]] = defaultdict(set)
    foreign = [pair for pair in foreign_pairs(facts, matches) if matches[pair].edits]
    documents = pages.documents(ends(foreign))
    for a, b in sorted(foreign):
        for edit in matches[a, b].edits:
            number, place = (b, edit.b_ends) if edit.kind == "inserted" else (a, edit.a_ends)
            if edit.kind in ("inserted", "dropped") and (phrase := glued_phrase(documents[number].text, *place)):
                shown[number].add(phrase)
    return {number: phrases for number, phrases in shown.items() if number in facts}


def with_learned(
    facts: Mapping[int, Facts], told: Iterable[Tally], learned: Mapping[str, Learned]
) -> Mapping[int, Facts]:
    """The facts, with what is known of the outlets of just those documents whose links hang on it (``hanging_on``):
    where a direction is undecided, a page with copies is from an outlet that copies itself, or a phrase is an outlet's
    name. The very same where there are none."""
    knowing = {}
    for tally in told:
        fact = facts[tally.document]
        known = learned.get(fact.source.outlet or "", NOTHING_LEARNED)
        asked = tally.undecided or (tally.copied and known.habit >= MIRROR)
        names = tuple(name for name in known.names if name in tally.phrases)
        if names or (asked and known.habit):
            knowing[tally.document] = _with(fact, known.habit if asked else 0.0, names)
    return {**facts, **knowing} if knowing else facts


def _with(fact: Facts, habit: float, names: tuple[str, ...]) -> Facts:
    source = fact.source
    glues = source.glues_name or bool(names)
    return replace(fact, source=replace(source, habit=habit, names=(*source.names, *names), glues_name=glues))


NOTHING_LEARNED = Learned()


def learned_of(store: Store) -> dict[str, Learned]:
    """What the store knows of outlets."""
    return {outlet: Learned(*known) for outlet, known in store.learned().items()}


def learned_from(
    tallied: Iterable[tuple[str, int, int]], phrases: Iterable[tuple[str, str, int]]
) -> dict[str, tuple[float, tuple[str, ...]]]:
    """The habit and the names of each outlet of which there is anything to know: from how many of its documents are
    copies and were copied, and how many show each phrase."""
    names = own_phrases(phrases)
    habits = {outlet: habit(copies, copied) for outlet, copies, copied in tallied}
    return {outlet: (value, names.get(outlet, ())) for outlet, value in habits.items() if value or outlet in names}


def learn(store: Store) -> list[int]:
    """Count outlets again and learn from their documents' tallies, in the caller's transaction; the documents whose
    links hang on what is known otherwise than before."""
    before, tallied = store.learned(), store.tallied()
    store.count_outlets()
    learned = learned_from(tallied, store.phrases())
    store.put_learned(learned, tallied)
    changed: AbstractSet[str] = {
        outlet for outlet in before.keys() | learned.keys() if before.get(outlet) != learned.get(outlet)
    }
    mirrors = {name for name in changed for known in (before, learned) if known.get(name, NOTHING_LEARNED)[0] >= MIRROR}
    return store.hanging_on(changed, mirrors)
