"""Relating: what documents share is told again where it may be something else than before: boilerplate, what each match
makes of its documents, and further pairs that are worth a look.

Each step is told of documents that are pending, by what is stored; in the transaction that keeps what changed all that
hangs on it becomes pending, too, so that nothing is forgotten if the run is killed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from itertools import islice
from typing import TypeAlias, TypeVar

from dedup.boilerplate import joined
from dedup.facts import Pair, ends
from dedup.index.parts import Parts, Spread, abroad, tied
from dedup.index.sharing import beside, marked_plates, met_by, own_plates, proposed, proposed_by, relations
from dedup.measure import APART, STORY
from dedup.measure import TEASERS as TEASED
from dedup.store import LINKS, MEETS, PLATES, TEASERS, Store

# Documents, and matches, that one process is asked about at a time.
_TOGETHER = 500

Asked = TypeVar("Asked")
# Two documents, and what they are told to be to each other.
Told: TypeAlias = tuple[int, int, str]


def relate(store: Store, spread: Spread) -> None:
    """Tell of all pending documents what they share, and note what else is to be told again."""
    _stories(store)
    _own_plates(store, spread)
    _marked_plates(store, spread)
    _relations(store, spread)
    _proposals(store, spread)


def common_of(store: Store, pairs: Iterable[Pair]) -> set[int]:
    """The documents that both documents of a pair meet by keys."""
    wanted = list(pairs)
    near = met_by(store, ends(wanted))
    return {number for a, b in wanted for number in near.get(a, set()) & near.get(b, set())}


def _stories(store: Store) -> None:
    """Tell which pending documents and those around them are of one story, roughly: only to tell stories apart."""
    numbers, pairs = tied(store.pending(MEETS), store.close_pairs)
    before, now = store.stories_of(sorted(numbers)), joined(numbers, pairs)
    changed = [(number, story) for number, story in now.items() if before[number] != story]
    with store.transaction():
        store.put_stories(changed)
        store.add_pending(_neighbours(store, _moved(before, now)), PLATES)


def _moved(before: Mapping[int, int], now: Mapping[int, int]) -> set[int]:
    """The documents of the lesser parts of stories that were put together or taken apart: whoever met these met, in
    the whole, another number of stories."""
    moved: set[int] = set()
    for one, two in ((before, now), (now, before)):
        parts: defaultdict[int, defaultdict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for number in sorted(now):
            parts[two[number]][one[number]].append(number)
        for pieces in parts.values():
            largest = max(pieces.values(), key=len)
            moved.update(number for piece in pieces.values() if piece is not largest for number in piece)
    return moved


def _own_plates(store: Store, spread: Spread) -> None:
    parts = list(_parts(store.pending(PLATES), _TOGETHER))
    for changed in spread(own_plates, parts):
        if changed:
            with store.transaction():
                store.put_plates("own", changed)
                store.add_pending(_neighbours(store, (number for number, _ in changed)), PLATES)


def _marked_plates(store: Store, spread: Spread) -> None:
    parts = list(_parts(store.pending(PLATES), _TOGETHER))
    for changed in spread(marked_plates, parts):
        if changed:
            numbers = [number for number, _ in changed]
            with store.transaction():
                store.put_plates("marked", changed)
                store.forget_relations(numbers)
                store.add_pending(numbers)
    with store.transaction():
        store.drop_bare()


def _relations(store: Store, spread: Spread) -> None:
    for some in _parts(store.pending(MEETS), 40 * _TOGETHER):
        parts = list(_parts(store.untold_ties(some), _TOGETHER))
        for part, told in zip(parts, spread(relations, parts), strict=True):
            before = {(tie.a, tie.b): tie.relation for tie in part}
            changed = [(a, b, relation) for a, b, relation in told if before[a, b] != f"?{relation}"]
            again = ends((a, b) for a, b, _ in changed if before[a, b] is not None)
            bound = _bound(store, changed)
            teasing = _teasing(store, changed, again) | ends((a, b) for a, b, relation in told if relation in TEASED)
            with store.transaction():
                store.put_relations(told)
                store.add_pending(again)
                store.add_pending(bound, LINKS)
                store.add_pending(teasing, TEASERS)


def _bound(store: Store, told: Sequence[Told]) -> set[int]:
    """The documents whose links hang on what is told of pairs: those of one story, and those that a page of another
    house shows a teaser of, or they of it, which none did before."""
    teasing = {(a, b) for a, b, relation in told if relation in TEASED}
    known = abroad(store, set(store.related_pairs(ends(teasing), TEASED)))
    return ends((a, b) for a, b, relation in told if relation in STORY) | (abroad(store, teasing) - known)


def _teasing(store: Store, told: Sequence[Told], again: AbstractSet[int]) -> set[int]:
    """The documents whose teasers hang on what is told of pairs, those told ``again`` among them."""
    shown = [(b, a) if relation == "is_teased" else (a, b) for a, b, relation in told if relation in TEASED]
    apart = [(a, b) for a, b, relation in told if relation in APART]
    return ends([*shown, *apart, *store.pairs_apart(again)]) | beside(store, shown)


def _proposals(store: Store, spread: Spread) -> None:
    hubs = store.pending(MEETS)
    parts, pairs, had_some = list(_parts(hubs, _TOGETHER)), set[Pair](), store.has_proposed()
    for found in spread(proposed, parts):
        pairs |= found.pairs if had_some else set()
        with store.transaction():
            store.put_matches(found.rows)
            store.add_pending(ends((row.a, row.b) for row in found.rows))
    stale = _stale(store, hubs, pairs) if had_some else set()
    with store.transaction():
        store.drop_matches(stale)
        store.add_pending(ends(stale))


def _stale(store: Store, hubs: Sequence[int], pairs: set[Pair]) -> set[Pair]:
    """The pairs that these documents may have proposed, and nobody does any more."""
    near = met_by(store, hubs)
    around = near.keys() | {number for met in near.values() for number in met}
    held = {(tie.a, tie.b) for tie in store.proposed_ties(around)} - pairs
    others = common_of(store, held) - near.keys()
    return held - proposed_by(Parts(store), others) if others else held


def _neighbours(store: Store, numbers: Iterable[int]) -> set[int]:
    return {other for met in met_by(store, numbers).values() for other in met}


def _parts(values: Iterable[Asked], size: int) -> Iterator[list[Asked]]:
    source = iter(values)
    return iter(partial(lambda: list(islice(source, size))), [])
