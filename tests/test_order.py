"""What is found depends on what is in the store and on nothing else: not on order, batches, removals or updates.

The oracle is a fresh index to which the final documents were added all at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import permutations
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeAlias

import made
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index import Index, finding
from dedup.model import Document
from dedup.store import number_of

BATCHES = (1, 3, 7, 1000)
Maker: TypeAlias = Callable[[int], list[Document]]


def tangle(seed: int, pages: int = 18, stock: int = 9) -> list[Document]:
    """Small pages put together from one stock of paragraphs, some changed a little: everything overlaps."""
    random = Random(seed)
    paragraphs = [*(made.paragraph(random) for _ in range(stock)), *made.NOTICES]
    told = []
    for n in range(pages):
        text = tuple(random.sample(paragraphs, random.randint(1, 4)))
        for change in random.sample(made.CHANGES, random.randint(0, 2)):
            text = change(random, text)
        name = f"site{n % 7}"
        told.append(made.page(f"{name}/{seed}-{n}", made.named(random, text, name) if n % 2 else text))
    return told


def generations(seed: int, pages: int = 14) -> list[Document]:
    """Copies of copies of copies: each page is a mirror of one of the pages before it."""
    random = Random(seed)
    texts = [made.story(random, 5)]
    for n in range(1, pages):
        texts.append(made.mirror(random, random.choice(texts), f"Site{n}"))
    return [made.page(f"site{n}/{seed}", text) for n, text in enumerate(texts)]


def noticed(seed: int, pages: int = 16) -> list[Document]:
    """Short unrelated pages, each with some of the same notices in some order."""
    random = Random(seed)
    return [
        made.page(f"site{n}/{seed}", (made.sentence(random), *random.sample(made.NOTICES, random.randint(1, 3))))
        for n in range(pages)
    ]


def flashes(seed: int, pages: int = 20) -> list[Document]:
    """Pages of a sentence or two from a few: many are the same, and most are shorter than a window."""
    random = Random(seed)
    told = [made.sentence(random, random.randint(5, 24)) for _ in range(8)]
    return [made.page(f"site{n % 6}/{seed}-{n}", random.sample(told, random.randint(1, 2))) for n in range(pages)]


def snippets(seed: int, pages: int = 20) -> list[Document]:
    """Pages of a few stretches of one long text, cut anywhere: many pairs share hardly more than one key."""
    random = Random(seed)
    words = [random.choice(made.WORDS) for _ in range(260)]
    cuts = [[random.randrange(240) for _ in range(random.randint(1, 3))] for _ in range(pages)]
    return [
        made.page(f"site{n}/{seed}", [" ".join(words[at : at + random.randint(14, 45)]) + "." for at in places])
        for n, places in enumerate(cuts)
    ]


def ranked(seed: int, texts: Sequence[made.Paragraphs]) -> list[Document]:
    """Pages whose numbers rise in the order of the texts."""
    ids = sorted((f"site{n}/{seed}" for n in range(len(texts))), key=number_of)
    return [made.page(id, text) for id, text in zip(ids, texts, strict=True)]


def lead(random: Random, text: str) -> str:
    """The first words of a text, so few that they may have but one key."""
    return " ".join(text.split()[: random.randint(20, 23)]) + "..."


def displaced(seed: int) -> list[Document]:
    """A notice, a page that shows it with the lead of a story, a copy of the story with it, the story.

    The first takes the notice from the second, which no longer meets the third; so the third must post the lead's
    key, and the fourth, which it covers, must no longer.
    """
    random = Random(seed)
    text, notice = made.story(random, 3), made.NOTICES[seed % 3]
    return ranked(seed, [(notice,), (notice, lead(random, text[0])), (*text, notice), text])


def halved(seed: int) -> list[Document]:
    """The end of a story, the whole of it, and its beginning with the first words of the end.

    When the first is taken out, the second posts the key of those words, and the third must no longer.
    """
    random = Random(seed)
    beginning, end = f"{made.paragraph(random)} {made.paragraph(random)}", made.paragraph(random)
    return ranked(seed, [(end,), (beginning, end), (beginning, lead(random, end))])


CORPORA: dict[str, Maker] = {
    "stories": lambda seed: made.corpus(seed, 3, 2),
    "two corpora": lambda seed: made.corpus(seed, 1, 2) + made.corpus(seed + 1, 1, 2),
    "a tangle": tangle,
    "a thick tangle": lambda seed: tangle(seed, 16, 4),
    "generations": generations,
    "notices": noticed,
    "flashes": flashes,
    "mirrors": lambda seed: made.mirrors_of(seed, 12),
    "snippets": snippets,
    "a chain": lambda seed: made.chained(Random(seed), f"chain/{seed}", 12),
}
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
    ("first", "more", "few", "rows"), [(1, 1, 1, 1), (1, 2, 1, 60), (2, 1, 2, 10**6), (99, 2, 99, 10**6)]
)
def test_it_does_not_matter_how_many_are_looked_at_together(
    tmp_path: Path, make: Maker, first: int, more: int, few: int, rows: int
) -> None:
    """However few candidates, alignments and documents a visit takes in, or however many more than need be."""
    pages = make(3)
    want = made.indexed(tmp_path / "s.db", pages)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (("FIRST_LOOKS", first), ("MORE_LOOKS", more), ("FEW_ALIGNED", few), ("WAVE_ROWS", rows)):
            patch.setattr(finding, name, value)
        assert_same(want, added(tmp_path, [pages[::2], pages[1::2]]))


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


@given(st.sampled_from(list(CORPORA)), st.integers(100, 120), STEPS, st.sampled_from(BATCHES))
@settings(deadline=None, max_examples=25)
def test_any_history_ends_where_its_last_state_does(
    kind: str, seed: int, steps: list[tuple[str, list[int]]], batch: int
) -> None:
    pages = CORPORA[kind](seed)
    state: dict[str, Document] = {}
    with TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        folder = Path(name)
        patch.setattr("dedup.index.adding.BATCH", batch)
        with Index(folder / "s.db", workers=1) as index:
            for step, places in steps:
                chosen = [pages[at % len(pages)] for at in places]
                take(index, state, step, chosen, pages)
            assert index.check() == []
        assert_same(made.indexed(folder / "fresh.db", list(state.values())), made.dump(folder / "s.db"))


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
