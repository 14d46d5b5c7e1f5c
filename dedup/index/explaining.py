"""Explaining a pair: how far each step came, from shared keys to the rule that decided, linked or not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from dedup.align import align
from dedup.arrays import Ints
from dedup.facts import Facts, Mask, count
from dedup.index.crowds import CROWD
from dedup.index.holders import SHARED_KEYS, enough_shared
from dedup.index.judging import judgement_on
from dedup.index.knowing import facts_of, known_facts
from dedup.index.pairing import ALIGNED_PART, SHARED_PART, SHARED_SHINGLES
from dedup.index.preparing import Prepared, prepare, storable
from dedup.judgements import named
from dedup.measure import DENSE, Shares, Side, is_telling, share
from dedup.model import DedupError, Document, Link, Match, Reject, Settings
from dedup.sketch import is_body_key, shingle_hashes
from dedup.sources import same_house
from dedup.store import Store


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way from two texts to a link: what it found, and whether the pair came past it."""

    name: str
    passed: bool
    told: str


def explain_pair(a: Document, b: Document, settings: Settings, store: Store | None = None) -> list[Step]:
    """How far two documents come, step by step; with a store that holds them also what stands in other stories there,
    and what was told of them. Raises ``DedupError`` for one document and itself."""
    if a.id == b.id:
        raise DedupError(f"{a.id}: is one page, and two are compared; name another")
    made = prepare([storable(a), storable(b)], settings)
    short = [Step("words", False, f"{one.path}: {one.problem}") for one in made if isinstance(one, Reject)]
    return short or _explained([one for one in made if isinstance(one, Prepared)], settings, store)


def _explained(pages: list[Prepared], settings: Settings, store: Store | None) -> list[Step]:
    a, b = pages
    one, two = sorted(pages, key=_number)  # as the store keeps them
    match = align(one.tokens, two.tokens)
    steps = [*_judged(a, b, store), _keys(a, b, store), _shingles(a, b, settings), _passages(match)]
    if match is not None:
        steps += _shares(a, b, match, store)
    if store is not None:
        steps.append(_links(a, b, store))
    return steps


def _judged(a: Prepared, b: Prepared, store: Store | None) -> Iterator[Step]:
    """What a person said of the two, which counts more than all that follows."""
    ends = (a.record.document.id, b.record.document.id)
    if store is not None and (judgement := judgement_on(store, *ends)) is not None:
        yield Step("judgement", judgement.verdict != "unrelated", named(judgement))


def _keys(a: Prepared, b: Prepared, store: Store | None) -> Step:
    shared = np.intersect1d(a.keys, b.keys)
    bodies = count(is_body_key(shared))
    enough = len(enough_shared(np.zeros(len(shared), dtype=np.int64), is_body_key(shared))) > 0
    told = (
        f"{len(shared)} shared ({bodies} of the whole body) of {len(a.keys)} and {len(b.keys)}; "
        f"{SHARED_KEYS} of windows or 1 of the body make a candidate"
    )
    return Step("keys", enough, told + (_posters(store, shared, (a, b)) if store is not None else ""))


def _posters(store: Store, shared: Ints, pair: tuple[Prepared, Prepared]) -> str:
    """Who posts the shared keys: documents that show the same earlier, or too many to tell anything."""
    keys, posters = store.postings_of(shared)
    crowded = count(np.unique(keys, return_counts=True)[1] > CROWD) if len(keys) else 0
    numbers = {page.record.number for page in pair}
    own = sum(bool(np.any(posters == number)) for number in numbers)
    others = sorted(set(posters.tolist()) - numbers)
    told = f"; {'both' if own == 2 else 'one' if own else 'neither'} of the two posts some of them"
    if others and own < 2:
        first = store.documents(others[:1])[others[0]].id
        told += f"; {len(others)} others do, too, as {first}: they may meet through these"
    return told + (f"; {crowded} are posted by more than {CROWD} documents and count for nothing" if crowded else "")


def _shingles(a: Prepared, b: Prepared, settings: Settings) -> Step:
    one, two = (np.unique(shingle_hashes(page.ids, settings)) for page in (a, b))
    # As ``Pages.match_some`` has it: against the shorter body, not the page around it.
    words = min(page.record.body_words for page in (a, b))
    shared, shorter = len(np.intersect1d(one, two)), max(1, words - settings.shingle_words + 1)
    enough = shared >= min(SHARED_SHINGLES, SHARED_PART * shorter)
    how = "aligned word by word" if shared >= ALIGNED_PART * shorter else "told by unbroken runs alone"
    told = f"{shared} are shared, the shorter body has {shorter}"
    return Step("shingles", enough, f"{told}: {how}" if enough else f"{told}; {SHARED_SHINGLES} make it worth a look")


def _passages(match: Match | None) -> Step:
    if match is None:
        return Step("passages", False, "the texts share no passage")
    told = f"{match.matched_words} words in {len(match.passages)} passages, longest run {match.longest_run}"
    return Step("passages", True, f"{told}: {'; '.join(_passage_lines(match))}")


def _passage_lines(match: Match) -> Iterator[str]:
    for passage in match.passages:
        spans = sorted((len(passage.a_tokens), len(passage.b_tokens)))
        thin = "" if is_telling(passage) else f" (thin: below {DENSE:.0%} of either, not counted)"
        yield f"{passage.words} equal words in stretches of {spans[0]} and {spans[1]}{thin}"


def _number(page: Prepared) -> int:
    return page.record.number


def _shares(a: Prepared, b: Prepared, match: Match, store: Store | None) -> list[Step]:
    """``match`` is from the page of the lower number to the other."""
    one, two = sorted((a, b), key=_number)
    known = {page.record.number: facts_of(page.record) for page in (one, two)}
    counts = _counting(known, store)
    first, second = (known[page.record.number] for page in (one, two))
    shares = share(first, second, counts[first.number], counts[second.number], match)
    sides = {first.id: (first, shares.a), second.id: (second, shares.b)}
    return [
        Step("what counts", True, "; ".join(_counted(*sides[page.record.document.id], counts) for page in (a, b))),
        _rule(shares, same_house(first.source, second.source)),
    ]


def _counting(known: Mapping[int, Facts], store: Store | None) -> dict[int, Mask]:
    """Which tokens of the two count: in a house of their own all of the body, else without boilerplate."""
    one, two = known.values()
    bodies = {number: fact.body for number, fact in known.items()}
    if store is None or same_house(one.source, two.source):
        return bodies
    return bodies | {number: fact.plain for number, fact in known_facts(store, known).items()}


def _counted(fact: Facts, side: Side, counts: Mapping[int, Mask]) -> str:
    counting = count(counts[fact.number])
    plate = count(fact.body & ~counts[fact.number])
    furniture = len(fact.body) - count(fact.body)
    told = f"{fact.id}: {side.words} words are shared of {counting} that count, {side.part:.0%}"
    return f"{told} ({furniture} words are furniture, {plate} stand in many unrelated stories)"


def _rule(shares: Shares, own: bool) -> Step:
    house = "one house" if own else "two houses"
    return Step("rule", shares.relation != "nothing", f"{shares.relation} (of {house}): {shares.rule}")


def _links(a: Prepared, b: Prepared, store: Store) -> Step:
    """What was told of the two in the end, or of what each was linked to instead."""
    ids = [page.record.document.id for page in (a, b)]
    links = {id: [link for link in store.links_of(id) if link.copy == id or link.direction == "unknown"] for id in ids}
    direct = [link for link in links[ids[0]] + links[ids[1]] if {link.copy, link.original} == set(ids)]
    if direct:
        return Step("link", True, _link(direct[0]))
    told = [f"{id}: {'; '.join(map(_link, own)) or 'no link'}" for id, own in links.items()]
    stories = [{link.story for link in own} for own in links.values()]
    return Step("link", bool(stories[0] & stories[1]), "none between the two; " + "; ".join(told))


def _link(link: Link) -> str:
    original = link.original or f"{link.agency or 'an original'} that is not in the corpus"
    return f"{link.copy} is told as {link.kind} of {original}, {link.coverage:.0%}, in the story of {link.story}"
