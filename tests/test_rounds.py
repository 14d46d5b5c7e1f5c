"""Finding in rounds, against the definition that finding one after the other is held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import made
import numpy as np
import pytest
from tangles import CORPORA, Maker
from test_finding import by_definition, match_of, prepared

from dedup.arrays import Ints
from dedup.facts import Pair
from dedup.index.holders import SHARED_KEYS
from dedup.index.rounds import Held, Looked, Own, due_in, look, lowest, settle, settle_through, shown_in
from dedup.model import Document
from dedup.store import Kept, Store

Row = tuple[int, int, bool, bool]


@pytest.mark.parametrize("make", CORPORA.values(), ids=CORPORA.keys())
@pytest.mark.parametrize("crowd", [0, 1, 2, 3, 100])
@pytest.mark.parametrize("ways", [1, 3])
@pytest.mark.parametrize("through", [False, True])
def test_rounds_find_what_is_found_one_after_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Maker, crowd: int, ways: int, through: bool
) -> None:
    made.crowded_by(monkeypatch, crowd)
    pages = make(5)
    made.indexed(tmp_path / "s.db", pages)
    with Store(tmp_path / "s.db") as store:
        assert by_rounds(store, pages, ways, through) == by_definition(store, pages, crowd)


def by_rounds(
    store: Store, documents: Sequence[Document], ways: int, through: bool
) -> tuple[set[tuple[int, int]], set[Pair]]:
    """The postings and the pairs that match by keys; each key's rows are divided among so many tasks, and documents
    settled in one round, or ``through`` as many as need no others matched."""
    keyed = {page.record.number: (page.keys, page.places) for page in prepared(store, documents)}
    posts = {number: np.ones(len(keys), dtype=bool) for number, (keys, _) in keyed.items()}
    open, matched = set(keyed), set[Pair]()
    tried: dict[Pair, Kept | None] = {}
    for round in range(100):
        due = {number for number in open if number < due_in(min(round, 3), 3)}
        here = {number: keyed[number] for number in keyed if number < due_in(min(round, 3), 3)}
        looked = list(looks(here, posts, due, ways, shown_in(round)))
        silent, unready = quiet(looked)
        for lower, upper in candidates(looked):
            if (lower, upper) not in tried:
                tried[lower, upper] = match_of(store, lower, upper)
        met = defaultdict[int, dict[int, Kept]](dict)
        for (lower, upper), match in tried.items():
            if match is not None and upper in due:
                met[upper][lower] = match
        own = {n: Own(*keyed[n], posts[n], np.array(sorted(silent[n]), dtype=np.int64), n not in unready) for n in due}
        others = {n: keyed[n][0][posts[n]] for met_by in met.values() for n in met_by}
        if through:
            done = [n for n in here if n not in open]
            closed = [np.concatenate([np.zeros(0, dtype=np.int64), *parts]) for parts in (
                [keyed[n][0][posts[n]] for n in done], [np.full(posts[n].sum(), n) for n in done],
            )]  # fmt: skip
            outside = {n: keys for n, keys in others.items() if n not in own}
            told = settle_through(own, (closed[0], closed[1]), outside, met, tried.keys())
        else:
            told = settle(own, others, met, frozenset(open))
        for number, one in told.items():
            posts[number] = one.posts
            if one.is_settled:
                open.discard(number)
                matched |= {(lower, number) for lower in one.lowers}
        if not open:
            break
    assert not open
    return {(key, n) for n, (keys, _) in keyed.items() for key in keys[posts[n]].tolist()}, matched


def looks(
    keyed: Mapping[int, tuple[Ints, Ints]], posts: Mapping[int, Ints], open: Iterable[int], ways: int, most: int
) -> Iterable[Looked]:
    waiting = set(open)
    rows = [
        (key, number, bool(post), number not in waiting)
        for number, (keys, _) in keyed.items()
        for key, post in zip(keys.tolist(), posts[number].tolist(), strict=True)
    ]
    dealt = [[row for row in rows if row[1] % ways == way] for way in range(ways)]
    few = held([row for part in dealt for row in zip(*(c.tolist() for c in lowest(held(part))[:4]), strict=True)])
    shown = lowest(few)._replace(shown=np.ones(len(lowest(few).keys), dtype=bool))
    for part in dealt:
        both = zip(held(part), shown, strict=True)
        yield look(Held(*(np.concatenate(pair) for pair in both)), most)


def held(rows: Sequence[Row]) -> Held:
    keys, numbers, posting, settled = zip(*rows, strict=True) if rows else ((), (), (), ())
    return Held(
        np.array(keys, dtype=np.int64), np.array(numbers, dtype=np.int64), np.array(posting, dtype=bool),
        np.array(settled, dtype=bool), np.zeros(len(rows), dtype=bool),
    )  # fmt: skip


def candidates(looked: Iterable[Looked]) -> list[Pair]:
    weights = defaultdict[Pair, int](int)
    for one in looked:
        for upper, lower, weight in zip(*(column.tolist() for column in one.pairs), strict=True):
            weights[lower, upper] += weight
    return sorted(pair for pair, weight in weights.items() if weight >= SHARED_KEYS)


def quiet(looked: Iterable[Looked]) -> tuple[defaultdict[int, set[int]], set[int]]:
    silent, unready = defaultdict[int, set[int]](set), set[int]()
    for one in looked:
        for number, key, unsure in zip(*(column.tolist() for column in one.silent), strict=True):
            silent[number].add(key)
            unready |= {number} if unsure else set()
        unready.update(one.hasty.tolist())
    return silent, unready


def test_nothing_is_settled_of_nothing() -> None:
    assert settle({}, {}, {}, frozenset()) == {}
    nothing = look(held([]), 2)
    assert [len(column) for column in (*nothing.pairs, *nothing.silent, nothing.hasty)] == [0] * 7
