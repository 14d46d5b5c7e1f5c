"""Answering "who else published this?", for a stored page and for one that only asks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from dedup.facts import Pair, ends, pair_of
from dedup.index.changing import with_changes
from dedup.index.crowds import heard
from dedup.index.holders import enough_shared
from dedup.index.judging import judged_with
from dedup.index.knowing import facts_of, known_facts, learned_of
from dedup.index.licences import Licences, licences_of
from dedup.index.pairing import Pages
from dedup.index.parts import Parts
from dedup.index.preparing import Prepared
from dedup.index.publishing import publishers
from dedup.index.resolving import component
from dedup.index.scenes import Given, linking, tallying, tell_all
from dedup.index.sharing import Asking, proposed_by
from dedup.index.teasing import teasers_with
from dedup.measure import STORY, TEASERS
from dedup.model import Answer, Document, Link, Story
from dedup.rulings import related
from dedup.sketch import is_body_key
from dedup.store import Brief, Kept, Store, number_of

# A page that only asks is resolved with the whole scene it would belong to, as if it had been added; in one larger than
# this only with the documents it shares text with and those their stories stand on.
WHOLE_SCENE = 300


def who_stored(store: Store, number: int) -> Answer:
    """The answer for a document of the store, from its links alone."""
    document = store.documents([number])[number]
    links = store.links_of(document.id)
    story = _main_story(document.id, links)
    told = {_pair(link): link for link in links}
    if story is not None:
        told |= {_pair(link): link for link in store.links_of_story(story)}
    summary = store.story(story) if story else None
    return _answer(document, story, told.values(), summary, _documents(store, told.values()), licences_of(store))


def who_story(store: Store, story: str) -> Answer | None:
    """The answer for a story, as its stand-in would have it; ``None`` where there is none of this id."""
    summary = store.story(story)
    if summary is None:
        return None
    number = number_of(summary.stand_in)
    told = {_pair(link): link for link in store.links_of_story(story)}
    asked = store.documents([number])[number]
    return _answer(asked, story, told.values(), summary, _documents(store, told.values()), licences_of(store))


def who_asks(store: Store, page: Prepared) -> Answer:
    """The answer for a page that is not in the store, which is left as it is."""
    asking = page.record.number
    pages = Pages(store)
    pages.give(page)
    judged = judged_with(store, page.record.document.id)
    found = _found(store, page, pages, related(judged))
    if not found:
        return _answer(page.record.document, None, (), None, {}, {})
    told = Asking.of(store, facts_of(page.record), found)
    tied = told.met(*STORY) | (ends(related(judged)) - {asking})
    few = [number for number in tied if len(store.ties_of([number])) <= WHOLE_SCENE]
    near = proposed_by(Parts(store), few, told) - found.keys()
    proposed = pages.match_all(sorted(pair for pair in near if asking in pair))
    tied |= ends(proposed) - {asking}
    numbers, _ = component(store, tied)
    whole = len(numbers) <= WHOLE_SCENE
    if not whole:
        numbers = _near(store, tied)
    numbers.discard(asking)
    facts = known_facts(store, numbers)
    facts[asking] = told.facts
    stored = store.matches_within(numbers)
    stored |= {pair: ("key", match) for pair, match in found.items() if facts.keys() >= set(pair)}
    stored |= {pair: ("key", kept.brief()) for pair, kept in proposed.items()}
    judged = {
        pair: one for pair, one in (store.judgements_among(numbers) | judged).items() if facts.keys() >= set(pair)
    }
    scene = Given(facts, stored, judged, frozenset(), {asking} if told.met(*TEASERS) else frozenset())
    [tallied] = tell_all([tallying(scene, pages)], pages)
    [resolved] = tell_all([linking(scene, pages, tallied.tallies, learned_of(store), tallied.begun)], pages)
    resolution = resolved.resolution
    story = _main_story(page.record.document.id, resolution.links)
    matches: dict[Pair, Brief | Kept] = {pair: match for pair, (_, match) in stored.items()}
    matches |= {**tallied.found, **resolved.found}
    links = with_changes(_telling_of(story, page, resolution.links), pages, matches)
    told_of = {_pair(link): link for link in [*teasers_with(store, pages, told), *links]}
    if story is not None and not whole:
        told_of = {_pair(link): link for link in store.links_of_story(story)} | told_of
    summary = next((s for s in resolution.stories if s.id == story), None)
    documents = _documents(store, told_of.values()) | {page.record.document.id: page.record.document}
    return _answer(page.record.document, story, told_of.values(), summary, documents, pages.licences)


def _telling_of(story: str | None, page: Prepared, links: Iterable[Link]) -> list[Link]:
    """The links of all copies that the answer speaks of."""
    asked = page.record.document.id
    copies = {link.copy for link in links if link.story == story or asked in (link.copy, link.original)}
    return [link for link in links if link.copy in copies]


def _found(store: Store, page: Prepared, pages: Pages, judged: Iterable[Pair]) -> dict[Pair, Brief]:
    """The page's matches with all documents that post enough of its keys, or that it was judged with."""
    keys, posters = store.postings_of(page.keys)
    asking = page.record.number
    told = heard(keys, posters, asking)
    candidates = set(enough_shared(posters[told], is_body_key(keys[told])).tolist())
    # A page that asks with another text than it is stored with: what it has shown so far is posted by it alone.
    candidates |= ends((*store.pairs_of([asking]), *judged))
    candidates.discard(asking)
    found = pages.match_all([pair_of(asking, n) for n in sorted(candidates)])
    return {pair: kept.brief() for pair, kept in found.items()}


def _near(store: Store, numbers: set[int]) -> set[int]:
    ids = {document.id for document in store.documents(sorted(numbers)).values()}
    links = [link for id in sorted(ids) for link in store.links_of(id) if link.copy in ids]
    return numbers | {number_of(id) for link in links for id in (link.story, link.original) if id}


def _main_story(id: str, links: Iterable[Link]) -> str | None:
    """The story that most of the page is from; else the one it is the original of."""
    mine = [link for link in links if link.runs_story and id in (link.copy, link.original)]
    copied = [link for link in mine if link.copy == id or link.direction == "unknown"]
    if copied:
        return max(copied, key=lambda link: (link.share, link.coverage, link.story)).story
    return mine[0].story if mine else None


def _answer(
    asked: Document, story: str | None, told: Iterable[Link], summary: Story | None, documents: Mapping[str, Document],
    licences: Licences,
) -> Answer:  # fmt: skip
    links = sorted(told, key=_pair)
    of_story = [link for link in links if link.story == story and link.runs_story]
    others = tuple(link for link in links if asked.id in (link.copy, link.original) and link not in of_story)
    if story is None or summary is None:
        return Answer(asked.id, False, None, None, None, None, None, (), (), others)
    mine = _telling(asked.id, of_story)
    return Answer(
        asked=asked.id,
        found=True,
        story=summary,
        original=summary.original,
        agency=summary.agency,
        direction="decided" if summary.original else "absent" if summary.agency else "unknown",
        confidence=mine.confidence if mine else None,
        reasons=_reasons(asked.id, mine),
        publishers=tuple(publishers(summary, of_story, documents, licences)),
        others=others,
        source=mine.original if mine and mine.copy == asked.id and mine.direction == "decided" else None,
    )


def _telling(asked: str, links: Sequence[Link]) -> Link | None:
    """The link that says most about the asked page: its own as a copy, else the surest of its copies."""
    mine = [link for link in links if link.copy == asked] or [link for link in links if link.original == asked]
    return max(mine, key=lambda link: (link.confidence, link.share), default=None)


def _reasons(asked: str, link: Link | None) -> tuple[str, ...]:
    if link is None or link.copy == asked or link.direction == "unknown":
        return link.reasons if link else ()
    return tuple(f"{link.copy}: {reason}" for reason in link.reasons)


def _documents(store: Store, links: Iterable[Link]) -> dict[str, Document]:
    ids = {id for link in links for id in (link.copy, link.original, link.story) if id}
    return {document.id: document for document in store.documents(sorted(map(number_of, ids))).values()}


def _pair(link: Link) -> tuple[str, str]:
    return link.copy, link.original or ""
