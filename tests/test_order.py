"""What is found depends on what is in the store and on nothing else: not on order, batches, removals or updates.

The oracle is a fresh index to which the final documents were added all at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import made
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tangles import CORPORA, Maker, crowding, displaced, halved

from dedup.corpus import read_corpus
from dedup.index import Index, crowds, finding, pairing
from dedup.model import Document

OUTLETS = Path(__file__).parents[2] / "shared" / "data" / "outlets2018" / "pages.jsonl.gz"
BATCHES = (1, 3, 7, 1000)
CROWDS = (crowds.CROWD, 2, 1)


corpora = pytest.mark.parametrize("make", CORPORA.values(), ids=CORPORA.keys())


def added(folder: Path, calls: Sequence[Sequence[Document]], batch: int = 1000) -> made.Dump:
    """What a store holds after these calls of ``add``."""
    path = folder / "other.db"
    with pytest.MonkeyPatch.context() as patch, Index(path, workers=1) as index:
        patch.setattr("dedup.index.adding.BATCH", batch)
        for documents in calls:
            index.add(documents)
    return made.dump(path)


def assert_same(one: made.Dump, other: made.Dump) -> None:
    for table in made.RESULTS:
        assert sorted(set(one[table]) ^ set(other[table]), key=repr) == [], table
    assert one == other


@corpora
@pytest.mark.parametrize(
    ("first", "more", "few", "rows", "crowd"),
    [(1, 1, 1, 1, 99), (1, 2, 1, 60, 1), (2, 1, 2, 10**6, 2), (99, 2, 99, 10**6, 99)],
)
def test_it_does_not_matter_how_many_are_looked_at_together(
    tmp_path: Path, make: Maker, first: int, more: int, few: int, rows: int, crowd: int
) -> None:
    """However few candidates, alignments and documents a visit takes in, or however many more than need be."""
    pages = make(3)
    with pytest.MonkeyPatch.context() as patch:
        made.crowded_by(patch, crowd)
        want = made.indexed(tmp_path / "s.db", pages)
        for name, value in (("FIRST_LOOKS", first), ("MORE_LOOKS", more), ("FEW_ALIGNED", few), ("WAVE_ROWS", rows)):
            patch.setattr(finding, name, value)
        assert_same(want, added(tmp_path, [pages[::2], pages[1::2]]))


@corpora
def test_it_does_not_matter_how_much_is_held_of_what_was_read(tmp_path: Path, make: Maker) -> None:
    pages = make(3)
    want = made.indexed(tmp_path / "s.db", pages)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pairing, "READ_KEPT", 0)
        assert_same(want, added(tmp_path, [pages[::2], pages[1::2], pages[:3]]))


@pytest.mark.skipif(not OUTLETS.exists(), reason="the labelled pages are not here")
@pytest.mark.parametrize("seed", [1, 5])
def test_real_pages_come_to_the_same_in_parts(tmp_path: Path, seed: int) -> None:
    pages = list(read_corpus(OUTLETS))
    Random(seed).shuffle(pages)
    gone, half = pages[:100], len(pages) // 2
    path = tmp_path / "s.db"
    added(tmp_path, [pages[:half], pages[half:]])
    with Index(tmp_path / "other.db", workers=1) as index:
        index.remove([page.id for page in gone])
    assert_same(made.indexed(path, pages[100:]), made.dump(tmp_path / "other.db"))


@pytest.fixture(params=CROWDS)
def crowd(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are crowded as they are, or with so few posters that those of a few pages are."""
    made.crowded_by(monkeypatch, request.param)


@corpora
def test_neither_order_nor_batches_matter(tmp_path: Path, make: Maker) -> None:
    pages = make(3)
    want = made.indexed(tmp_path / "s.db", pages)
    for batch in BATCHES:
        (tmp_path / str(batch)).mkdir()
        shuffled = Random(batch).sample(pages, len(pages))
        assert_same(want, added(tmp_path / str(batch), [shuffled], batch))


@corpora
def test_it_does_not_matter_when_links_are_worked_out(tmp_path: Path, make: Maker) -> None:
    """One call a page: links and stories are worked out after each, and must be mended by the next."""
    pages = make(10)
    shuffled = Random(10).sample(pages, len(pages))
    assert_same(made.indexed(tmp_path / "s.db", pages), added(tmp_path, [[page] for page in shuffled]))


@corpora
def test_backwards_and_in_halves_is_the_same(tmp_path: Path, make: Maker) -> None:
    pages = make(20)
    want = made.indexed(tmp_path / "s.db", pages)
    assert_same(want, added(tmp_path, [pages[len(pages) // 2 :], pages[::-1]], 7))


@corpora
def test_removing_and_adding_again_leaves_no_trace(tmp_path: Path, make: Maker) -> None:
    pages = make(30)
    random, path = Random(30), tmp_path / "s.db"
    want = made.indexed(path, pages)
    for size in (2, len(pages) // 2, len(pages)):
        gone = random.sample(pages, size)
        with Index(path, workers=1) as index:
            index.remove([page.id for page in gone])
            index.add(gone)
        assert_same(want, made.dump(path))


@pytest.mark.usefixtures("crowd")
@corpora
def test_removed_pages_might_never_have_been_there(tmp_path: Path, make: Maker) -> None:
    pages = make(40)
    gone = Random(40).sample(pages, len(pages) // 3)
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(pages)
        index.remove([page.id for page in gone])
    left = [page for page in pages if page not in gone]
    assert_same(made.indexed(tmp_path / "fresh.db", left), made.dump(tmp_path / "s.db"))


@corpora
def test_removing_one_by_one_ends_with_nothing(tmp_path: Path, make: Maker) -> None:
    pages = make(50)
    path = tmp_path / "s.db"
    made.indexed(path, pages)
    with Index(path, workers=1) as index:
        for page in Random(50).sample(pages, len(pages)):
            index.remove([page.id])
    assert made.dump(path) == {table: [] for table in made.RESULTS}


@corpora
def test_pages_that_change_their_texts_about_end_as_if_they_never_had(tmp_path: Path, make: Maker) -> None:
    """Every page first shows the text of another one."""
    pages = make(60)
    random = Random(60)
    first = [made.page(page.id, [random.choice(pages).text]) for page in pages]
    second = random.sample(pages, len(pages))
    assert_same(made.indexed(tmp_path / "s.db", pages), added(tmp_path, [first, second], random.choice(BATCHES)))


@pytest.mark.parametrize("make", [displaced, halved], ids=["displaced", "halved"])
@pytest.mark.parametrize("seed", range(2))
def test_of_few_pages_every_order_is_the_same(tmp_path: Path, make: Maker, seed: int) -> None:
    pages = make(seed)
    want = made.indexed(tmp_path / "s.db", pages)
    for n, order in enumerate(permutations(pages)):
        (tmp_path / str(n)).mkdir()
        assert_same(want, added(tmp_path / str(n), [[page] for page in order]))


@pytest.mark.parametrize("make", [displaced, halved], ids=["displaced", "halved"])
@pytest.mark.parametrize("seed", range(8))
def test_of_few_pages_any_can_be_removed_and_come_back(tmp_path: Path, make: Maker, seed: int) -> None:
    pages, path = make(seed), tmp_path / "s.db"
    want = made.indexed(path, pages)
    for n, page in enumerate(pages):
        with Index(path, workers=1) as index:
            index.remove([page.id])
            assert_same(made.indexed(tmp_path / f"{n}.db", [p for p in pages if p is not page]), made.dump(path))
            index.add([page])
        assert_same(want, made.dump(path))


STEPS = st.lists(
    st.tuples(st.sampled_from(["add", "remove", "change"]), st.lists(st.integers(0, 19), min_size=1, max_size=6)),
    min_size=1,
    max_size=8,
)


@given(st.sampled_from(list(CORPORA)), st.integers(100, 120), STEPS, st.sampled_from(BATCHES), st.sampled_from(CROWDS))
@example("stories", 107, [("add", [2]), ("change", [4, 0, 0, 0, 3]), ("change", [0] * 5)], 1, 100)  # an excerpt's habit
@settings(max_examples=25)
def test_any_history_ends_where_its_last_state_does(
    kind: str, seed: int, steps: list[tuple[str, list[int]]], batch: int, crowd: int
) -> None:
    pages = CORPORA[kind](seed)
    state: dict[str, Document] = {}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setattr("dedup.index.adding.BATCH", batch)
        made.crowded_by(patch, crowd)
        with Index(folder / "s.db", workers=1) as index:
            for step, places in steps:
                chosen = [pages[at % len(pages)] for at in places]
                take(index, state, step, chosen, pages)
            assert index.check() == []
        assert_same(made.indexed(folder / "fresh.db", list(state.values())), made.dump(folder / "s.db"))


# Among the first few, and these, each part of what is done about crowds is needed by one at least.
@pytest.mark.parametrize("seed", [*range(60), 73, 100, 220, 753, 2546])
def test_crowds_may_come_and_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    random = Random(seed)
    made.crowded_by(monkeypatch, random.choice([1, 2, 3]))
    pages = crowding(seed)
    state: dict[str, Document] = {}
    with Index(tmp_path / "s.db", workers=1) as index:
        for _ in range(5):
            step = random.choice(["add", "add", "remove", "change"])
            take(index, state, step, random.sample(pages, random.randint(1, 8)), pages)
    assert_same(made.indexed(tmp_path / "fresh.db", list(state.values())), made.dump(tmp_path / "s.db"))


def take(
    index: Index, state: dict[str, Document], step: str, chosen: Sequence[Document], pages: Sequence[Document]
) -> None:
    """One step of a history: in the index, and in a plain dictionary."""
    if step == "remove":
        gone = sorted({page.id for page in chosen} & state.keys())
        index.remove(gone)
        for id in gone:
            del state[id]
        return
    if step == "change":
        chosen = [made.page(page.id, [pages[-1 - at].text]) for at, page in enumerate(chosen)]
    index.add(chosen)
    state.update((page.id, page) for page in chosen)


def housed(seed: int) -> list[Document]:
    """A chain of pages from three houses, some of which credit an agency: pages of one house meet others through it."""
    random = Random(seed)
    heads = ("", "BONN (Reuters) - ", "First published by the Lantry Herald.\n\n")
    outlets = ("reuters.com", "quillon.example", "Lantry Herald")
    return [
        replace(page, text=random.choice(heads) + page.text, outlet=random.choice(outlets), site_name=None)
        for page in made.chained(random, f"chain/{seed}", 12)
    ]


@pytest.mark.parametrize("seed", [11, 26, 42, 47])
def test_working_links_out_again_changes_nothing(tmp_path: Path, seed: int) -> None:
    """Whom a text credits counts in a match that was found for a story as it does once that match is stored."""
    path = tmp_path / "s.db"
    want = made.indexed(path, housed(seed))
    made.change(path, "insert into pending (document) select number from documents")
    with Index(path, workers=1) as index:
        index.resolve()
    assert_same(want, made.dump(path))
