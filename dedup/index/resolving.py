"""Resolving: from matches to links and stories, for every document that a change can have touched.

First what documents share is told (``relating``), which divides them into scenes: those that are tied to one story,
directly or through others. A scene is told whole, so that the outcome depends on what is in the store and on nothing
else: first without any knowledge of outlets, and outlets are learned from that; then its links are. Teasers, which tie
no stories, come last (``teasing``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from dedup.facts import Pair, ends
from dedup.index.knowing import learn
from dedup.index.parts import Asked, Made, Parts, Spread, groups, tied
from dedup.index.relating import relate
from dedup.index.sharing import beside
from dedup.index.teasing import tell_teasers
from dedup.measure import STORY
from dedup.model import DEFAULT_KINDS
from dedup.rulings import related
from dedup.store import LINKS, TEASERS, Store

# Documents resolved in one transaction; a scene is never divided.
_TOGETHER = 500


def _nobody(_: int) -> None:
    """Progress that nobody watches."""


def resolve_pending(store: Store, spread: Spread | None = None, on_linked: Callable[[int], None] = _nobody) -> None:
    """Work out again the links and stories of all pending documents and whatever hangs together with them.

    ``spread`` says who works out the parts: by default this process, one after the other.
    ``on_linked`` is told how many documents were worked out since it was last told.
    """
    if not store.pending():
        return
    each: Spread = spread or _here(store)
    relate(store, each)
    parts = _tally(store, store.pending(LINKS), each)
    with store.transaction():
        store.add_pending(learn(store))  # others whose links hang on what was learned
    _link(store, [*parts, *_others(store, parts)], each, on_linked)
    tell_teasers(store, store.pending(TEASERS), each)
    with store.transaction():
        store.drop_pending(store.pending())
        store.count_copies(DEFAULT_KINDS)


def _here(store: Store) -> Spread:
    here = Parts(store)

    def spread(work: Callable[[Parts, Sequence[Asked]], Made], parts: Sequence[Sequence[Asked]]) -> Iterable[Made]:
        return (work(here, part) for part in parts)

    return spread


def _tally(store: Store, pending: Sequence[int], spread: Spread) -> list[list[int]]:
    """Tell all that hangs together with pending documents without any knowledge of outlets, and keep what to learn.

    Returns the parts that it was told in: the same are linked then, from where telling them left off.
    """
    parts = list(batches(*component(store, pending)))
    for part, tallied in zip(parts, spread(Parts.tallied, parts), strict=True):
        with store.transaction():
            store.put_matches(tallied.matches)
            store.replace_tallies(part, tallied.tallies)
    return parts


def _others(store: Store, parts: Iterable[Sequence[int]]) -> Iterator[list[int]]:
    """Parts of what hangs together with pending documents, but for scenes that are in parts already."""
    told = {number for part in parts for number in part}
    return batches(*component(store, set(store.pending(LINKS)) - told))


def _link(store: Store, parts: Sequence[Sequence[int]], spread: Spread, on_linked: Callable[[int], None]) -> None:
    for part, outcome in zip(parts, spread(Parts.outcome, parts), strict=True):
        before, now = store.stands(part), {stand.document: stand for stand in outcome.stands}
        changed = {number for number in before.keys() | now.keys() if before.get(number) != now.get(number)}
        with store.transaction():
            store.drop_matches(outcome.dropped)
            store.put_matches(outcome.matches)
            store.replace_results(part, outcome.links, outcome.stories)
            store.replace_stands(part, outcome.stands)
            store.add_pending(_showing(store, changed), TEASERS)
        on_linked(len(part))


def _showing(store: Store, stories: Iterable[int]) -> set[int]:
    """The pages that show teasers of stories, as far as that is told, and those that share these with them."""
    teased = store.teasing(stories)
    return ends(teased) | beside(store, teased)


def component(store: Store, numbers: Iterable[int]) -> tuple[set[int], set[Pair]]:
    """All documents that some are tied to in a story or by what persons judged, directly or through others, and those
    pairs."""
    return tied(numbers, lambda wave: {*store.related_pairs(wave, STORY), *related(store.judgements_among(wave))})


def batches(numbers: set[int], pairs: set[Pair]) -> Iterator[list[int]]:
    """Whole scenes, gathered to about ``_TOGETHER`` documents."""
    members = groups(sorted(numbers), pairs)
    batch: list[int] = []
    for head in sorted(members):
        batch += members[head]
        if len(batch) >= _TOGETHER:
            yield batch
            batch = []
    if batch:
        yield batch
