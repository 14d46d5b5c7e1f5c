"""Finding against its definition, worked out page by page in the order of numbers, with sets and loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import made
import pytest
from tangles import CORPORA, Maker

from dedup.facts import Pair
from dedup.index.holders import SHARED_KEYS
from dedup.index.pairing import Pages
from dedup.index.preparing import Prepared, prepare
from dedup.model import Document
from dedup.store import Kept, Store

CROWDS = (0, 1, 2, 3, 100)


@pytest.mark.parametrize("make", CORPORA.values(), ids=CORPORA.keys())
@pytest.mark.parametrize("crowd", CROWDS)
def test_each_page_posts_what_none_before_it_shows_and_matches_those_that_share_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: Maker, crowd: int
) -> None:
    made.crowded_by(monkeypatch, crowd)
    pages = make(5)
    found = made.indexed(tmp_path / "s.db", pages)
    with Store(tmp_path / "s.db") as store:
        postings, matched = by_definition(store, pages, crowd)
    assert postings == {(row[0], row[1]) for row in found["postings"]}
    assert matched == {(row[0], row[1]) for row in found["matches"] if row[2] == "key"}


def by_definition(store: Store, documents: Sequence[Document], crowd: int) -> tuple[set[tuple[int, int]], set[Pair]]:
    """The postings and the pairs that match by keys."""
    posted: dict[int, set[int]] = {}
    matched: set[Pair] = set()
    for page in sorted(prepared(store, documents), key=lambda page: page.record.number):
        number, keys = page.record.number, dict(zip(page.keys.tolist(), page.places.tolist(), strict=True))
        posters = Counter(key for those in posted.values() for key in those)
        told = {key for key in keys if posters[key] <= crowd}
        near = [lower for lower, those in posted.items() if sum(map(weight, told & those)) >= SHARED_KEYS]
        matches = {lower: match for lower in near if (match := match_of(store, lower, number)) is not None}
        shown = {
            key for lower, match in matches.items() for key in keys.keys() & posted[lower] if shows(match, keys[key])
        }
        posted[number] = keys.keys() - shown
        matched |= {(lower, number) for lower in matches}
    return {(key, number) for number, those in posted.items() for key in those}, matched


def prepared(store: Store, documents: Sequence[Document]) -> list[Prepared]:
    return [page for page in prepare(documents, store.settings) if isinstance(page, Prepared)]


def match_of(store: Store, lower: int, upper: int) -> Kept | None:
    return Pages(store).match_all([(lower, upper)]).get((lower, upper))


def weight(key: int) -> int:
    """What a shared key counts for a candidate; body keys are odd."""
    return SHARED_KEYS if key % 2 else 1


def shows(match: Kept, place: int) -> bool:
    """Whether a place of the second text is in a passage; that of a body key always is."""
    return place < 0 or any(start <= place < end for start, end in match.b_spans)
