"""Teasing: the teasers of each page, told once it is known what stands above the stories that it shows.

A teaser is of a story, not of one of its copies: where the page met a copy, or another page with the same teaser, it is
compared with the story itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from dedup.facts import Facts, Pair, ends, is_same, pair_of
from dedup.index.changing import with_changes
from dedup.index.pairing import Pages
from dedup.index.parts import Parts, Spread
from dedup.index.sharing import Asking, stretches_of, taken
from dedup.measure import mirrored, shares_between
from dedup.model import Link
from dedup.rulings import unrelated
from dedup.store import ASKED, Brief, MatchRow, Store
from dedup.teasers import Shown, teaser_links

# Pages that one process is asked about at a time.
_TOGETHER = 500

# For each page the documents that it meets in some way.
Met: TypeAlias = Mapping[int, set[int]]


class Teased(NamedTuple):
    """What telling teasers changes, to be written at once; ``asked`` are all pairs that had to be compared for it."""

    asked: set[Pair]
    rows: list[MatchRow]
    links: list[Link]


class Ties(NamedTuple):
    """Of pages, by keys: the stories of which each shows a teaser, the pages with which it shares nothing of its own
    story, and all pairs of which it is known what they are."""

    shows: Met
    beside: Met
    known: set[Pair]


def tell_teasers(store: Store, numbers: Iterable[int], spread: Spread) -> None:
    """Tell the teasers of documents anew, and of those that were compared with them because of a teaser."""
    held = set(store.related_pairs(numbers, (ASKED,)))
    wanted = sorted({*numbers, *ends(held)})
    parts = [wanted[at : at + _TOGETHER] for at in range(0, len(wanted), _TOGETHER)]
    for part, told in zip(parts, spread(teased, parts), strict=True):
        held -= told.asked
        with store.transaction():
            store.put_matches(told.rows)
            store.replace_teasers(part, told.links)
    with store.transaction():
        store.drop_matches(held)  # neither end, of which both were told anew, asks for them any more


def teased(parts: Parts, numbers: Sequence[int]) -> Teased:
    """The teasers of documents, and the matches that were found on the way."""
    ties = ties_of(parts.store, numbers)
    return told_of(parts, tops_of(parts.store, ties), ties)


def told_of(parts: Parts, tops: Met, ties: Ties) -> Teased:
    """The teasers that pages show of the tops of stories, of which they may show one."""
    store, asked = parts.store, _pairs(tops) - ties.known
    held = store.briefs(asked)
    pages = Pages(store)
    found = pages.match_all(sorted(asked - held.keys()))
    rows = [MatchRow(*pair, "story", kept, relation=ASKED) for pair, kept in sorted(found.items())]
    shown = {page: told & tops[page] for page, told in ties.shows.items()}
    by_key = store.briefs(_pairs(shown))
    matches = {**by_key, **held, **{pair: kept.brief() for pair, kept in found.items()}}
    links = with_changes(_links(parts, tops, matches), pages, matches)
    return Teased(asked, rows, links)


def teasers_with(store: Store, pages: Pages, asking: Asking) -> list[Link]:
    """The teasers that a page which is not in the store, but held by ``pages``, shows, and those of it."""
    page = asking.facts.number
    ties = Ties({page: asking.met("shows_teaser")}, {page: asking.met("nothing")}, set(asking.matches))
    tops = tops_of(store, ties, asking.matches)
    found = pages.match_all(sorted(_pairs(tops) - ties.known))
    tops |= {other: {page} for other in asking.met("is_teased")}
    matches = {**asking.matches, **{pair: kept.brief() for pair, kept in found.items()}}
    links = _links(Parts(store), tops, {pair: matches[pair] for pair in _pairs(tops) & matches.keys()}, asking.facts)
    return with_changes(links, pages, matches)


def _links(parts: Parts, tops: Met, matches: Mapping[Pair, Brief], *asking: Facts) -> list[Link]:
    store, held = parts.store, {fact.number: fact for fact in asking}
    facts = parts.facts(ends(matches) - held.keys()) | held
    stands = store.stands(ends(matches))
    apart = unrelated(store.judgements_among(facts))
    links: list[Link] = []
    for page in sorted(tops):
        shown = []
        for story in sorted(tops[page]):
            pair = pair_of(page, story)
            if pair in matches and pair not in apart:
                shares = shares_between(facts[pair[0]], facts[pair[1]], matches[pair])
                if shares is not None and shares.relation == ("shows_teaser" if page < story else "is_teased"):
                    shown.append(Shown.of(facts[page], facts[story], stands.get(story), matches[pair], shares))
        links += teaser_links(facts[page], shown) if shown else ()
    return links


def tops_of(store: Store, ties: Ties, more: Mapping[Pair, Brief] | None = None) -> dict[int, set[int]]:
    """The stories, each the top of its own, that each page may show a teaser of; ``more`` are matches that are not in
    the store."""
    shown = {page: told | ties.shows[page] for page, told in _by_others(store, ties, more or {}).items()}
    stands = store.stands({story for told in shown.values() for story in told})
    return {
        page: {top for story in told for top in ((stands[story].above if story in stands else ()) or (story,))} - {page}
        for page, told in shown.items()
    }


def ties_of(store: Store, numbers: Iterable[int]) -> Ties:
    """How pages stand to what they met by keys, as far as that is told."""
    shows: dict[int, set[int]] = {number: set() for number in numbers}
    beside: dict[int, set[int]] = {number: set() for number in shows}
    known = set[Pair]()
    for tie in store.ties_of(shows):
        if tie.relation is None or tie.relation == ASKED:
            continue
        known.add((tie.a, tie.b))
        for page, other, relation in ((tie.a, tie.b, tie.relation), (tie.b, tie.a, mirrored(tie.relation))):
            if page in shows and tie.step == "key" and relation in ("shows_teaser", "nothing"):
                (shows if relation == "shows_teaser" else beside)[page].add(other)
    return Ties(shows, beside, known)


def _by_others(store: Store, ties: Ties, more: Mapping[Pair, Brief]) -> dict[int, set[int]]:
    """The stories whose teaser each page shares with another page that shows it: keys are posted once, so it may not
    have met the story."""
    teased_by = store.teased_by({hub for met in ties.beside.values() for hub in met})
    pairs = {pair_of(page, hub) for page, met in ties.beside.items() for hub in met & teased_by.keys()}
    pairs |= {pair_of(hub, story) for hub, told in teased_by.items() for story in told}
    told = {**store.stretches(pairs - more.keys()), **{pair: stretches_of(match) for pair, match in more.items()}}
    found: dict[int, set[int]] = {page: set() for page in ties.beside}
    for page, met in ties.beside.items():
        for hub in met & teased_by.keys():
            mine = taken(told, hub, page)
            found[page] |= {story for story in teased_by[hub] - {page} if is_same(mine, taken(told, hub, story))}
    return found


def _pairs(met: Met) -> set[Pair]:
    return {pair_of(page, other) for page, others in met.items() for other in others}
