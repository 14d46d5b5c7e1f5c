"""Steps from pairs to links as tasks, for machines that share no file: those of ``relating``, ``resolving`` and
``teasing``. Each is given a part of a store, in which is all that its answer hangs on, and answers with rows of tables.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, TypeAlias

from dedup.facts import Pair, ends
from dedup.index.knowing import known_facts
from dedup.index.pairing import Pages
from dedup.index.parts import Parts
from dedup.index.resolving import batches, component
from dedup.index.sharing import marked_plates, own_plates, proposed_by, relations
from dedup.index.teasing import Ties, ties_of, told_of, tops_of
from dedup.measure import relation_between
from dedup.store import MatchRow, Store, Tie

Row: TypeAlias = tuple[Any, ...]
# A part of a store, and what of it is asked, as rows; answered with rows.
Task: TypeAlias = Callable[[Store, Sequence[Row]], Iterable[Row]]
# The same, answered with rows of several tables, each beside the name of its own.
Tables: TypeAlias = Callable[[Store, Sequence[Row]], Iterable[tuple[str, Row]]]

# Pairs that are matched together: what is read of their texts is held meanwhile, about 25 kB each.
_MATCHED_TOGETHER = 1000


def matched_by_key(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
    """The rows of ``matches`` of those pairs ``(a, b)`` that match."""
    for pages, found in _matched(store, asked):
        close = pages.are_close(found)
        yield from _rows(store, (MatchRow(*pair, "key", kept, pair in close) for pair, kept in found.items()))


def matched_by_hub(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
    """The same of pairs that others brought together, with what the match makes of the two."""
    for _, found in _matched(store, asked):
        facts = known_facts(store, ends(found))
        yield from _rows(store, (
            MatchRow(a, b, "story", kept, relation=relation_between(facts[a], facts[b], kept.brief()))
            for (a, b), kept in found.items()
        ))  # fmt: skip


def own_boilerplate(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
    """``(document, own)`` of those documents ``(number,)`` whose own matches tell of boilerplate."""
    for number, spans in own_plates(Parts(store), [number for (number,) in asked]):
        yield number, json.dumps(spans)


def all_boilerplate(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
    """``(document, marked)`` of those documents ``(number,)`` that have boilerplate, by what they meet, too."""
    for number, spans in marked_plates(Parts(store), [number for (number,) in asked]):
        yield number, json.dumps(spans)


def related(store: Store, asked: Sequence[Row]) -> Iterable[Row]:
    """``(a, b, relation)`` of the pairs that are asked, all of which match by keys."""
    ties = [Tie(a, b, "key", 0, None) for a, b in sorted(asked)]
    return relations(Parts(store), ties)


def proposed(store: Store, asked: Sequence[Row]) -> Iterable[Row]:
    """The pairs ``(a, b)`` that documents ``(number,)`` bring together, known or not."""
    return sorted(proposed_by(Parts(store), [number for (number,) in asked]))


def tallied(store: Store, asked: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Rows of ``tallies``, and of ``matches`` that were found, each beside the name of its table; ``asked`` are
    documents ``(number,)``, whole scenes."""
    parts, found = Parts(store), set[Pair]()
    for numbers in _scenes(store, asked):
        told = parts.tallied(numbers)
        store.put_matches(told.matches)
        store.replace_tallies(numbers, told.tallies)
        found |= {(row.a, row.b) for row in told.matches}
    yield from _given(store, "tallies")
    yield from (("matches", row) for row in store.give_matches(list(store.columns("matches")), found))


def linked(store: Store, asked: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Rows of ``links``, ``stories`` and ``stands``, and of ``matches`` that were found or are wanted no more (which
    have no passages), each beside the name of its table; ``asked`` are documents ``(number,)``, whole scenes."""
    parts, found, dropped = Parts(store), set[Pair](), set[Pair]()
    for numbers in _scenes(store, asked):
        outcome = parts.outcome(numbers)
        store.put_matches(outcome.matches)
        store.replace_results(numbers, outcome.links, outcome.stories)
        store.replace_stands(numbers, outcome.stands)
        found |= {(row.a, row.b) for row in outcome.matches}
        dropped |= set(outcome.dropped)
    for table in ("links", "stories", "stands"):
        yield from _given(store, table)
    columns = list(store.columns("matches"))
    yield from (("matches", row) for row in store.give_matches(columns, found))
    yield from (("dropped", pair) for pair in sorted(dropped))


def topped(store: Store, asked: Sequence[Row]) -> Iterator[Row]:
    """Of pages ``(number,)`` the stories of which each may show a teaser: page, the top of the story, whether the page
    met that by keys, and whether it is known what the two are to each other."""
    ties = ties_of(store, [number for (number,) in asked])
    for page, tops in sorted(tops_of(store, ties).items()):
        for top in sorted(tops):
            yield page, top, top in ties.shows[page], (min(page, top), max(page, top)) in ties.known


def teasing(store: Store, asked: Sequence[Row]) -> Iterator[tuple[str, Row]]:
    """Rows of ``links`` that are teasers, and of ``matches`` found for them, each beside the name of its table;
    ``asked`` is what ``topped`` gives, all that it gives of a page."""
    tops, shows = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    known = {(min(page, top), max(page, top)) for page, top, _, is_known in asked if is_known}
    for page, top, is_shown, _ in asked:
        tops[page].add(top)
        shows[page].update({top} if is_shown else ())
    told = told_of(Parts(store), tops, Ties(shows, {}, known))
    store.put_matches(told.rows)
    store.replace_teasers(sorted(tops), told.links)
    yield from _given(store, "links")
    pairs = ((row.a, row.b) for row in told.rows)
    yield from (("matches", row) for row in store.give_matches(list(store.columns("matches")), pairs))


def _matched(store: Store, asked: Sequence[Row]) -> Iterator[tuple[Pages, dict[Pair, Any]]]:
    pairs = sorted((b, a) for a, b in asked)
    for at in range(0, len(pairs), _MATCHED_TOGETHER):
        pages = Pages(store)
        yield pages, pages.match_all([(a, b) for b, a in pairs[at : at + _MATCHED_TOGETHER]])


def _rows(store: Store, rows: Iterable[MatchRow]) -> Iterable[Row]:
    """Rows of ``matches`` as the table has them."""
    told = list(rows)
    store.put_matches(told)
    return store.give_matches(list(store.columns("matches")), ((row.a, row.b) for row in told))


def _given(store: Store, table: str) -> Iterator[tuple[str, Row]]:
    return ((table, row) for row in store.give(table, list(store.columns(table))))


def _scenes(store: Store, asked: Sequence[Row]) -> Iterator[list[int]]:
    return batches(*component(store, [number for (number,) in asked]))
