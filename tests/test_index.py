"""The index: adding, replacing and removing leave what a fresh index of the final state would hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import astuple, fields, replace
from pathlib import Path
from random import Random
from time import sleep
from typing import Any

import made
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.index import Index
from dedup.index.preparing import storable
from dedup.model import Added, Document, Reject, UnknownDocument
from dedup.store import Store

RANDOM = Random("index")
GOAT, MOTH, OWL = (made.story(RANDOM) for _ in range(3))
WIRE = made.page("wire/goat", GOAT, published="2024-05-06T08:00+00:00")
MIRROR = made.page("quillon/goat", made.named(RANDOM, GOAT, "Quillon"), published="2024-05-06T10:30+00:00")
COPY = made.page("marrow/goat", made.named(RANDOM, GOAT[:3], "Marrow"))
LONE = made.page("lone/moth", MOTH)
PAGES = (WIRE, MIRROR, COPY, LONE)


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with Index(path, workers=1) as opened:
        opened.add(PAGES)
        yield opened


def fresh(tmp_path: Path, documents: list[Document]) -> made.Dump:
    """All tables of a new store of these documents."""
    made.indexed(tmp_path / "fresh.db", documents)
    return made.dump(tmp_path / "fresh.db", made.TABLES)


# Adding.


def test_what_was_committed_is_in_the_file_before_more_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the write-ahead log grows with each batch."""
    copied, begun = list[Path](), list[int]()
    checkpoint, transaction = Store.checkpoint, Store.transaction

    def slowly(store: Store) -> None:
        sleep(0.1)
        checkpoint(store)
        copied.append(Path(store.path))

    def noted(store: Store) -> AbstractContextManager[None]:
        begun.append(len(copied))
        return transaction(store)

    for name, value in (("BATCH", 3), ("PREPARED_TOGETHER", 3), ("WORTH_WORKERS", 2)):
        monkeypatch.setattr(f"dedup.index.adding.{name}", value)
    monkeypatch.setattr(Store, "checkpoint", slowly)
    monkeypatch.setattr(Store, "transaction", noted)
    with Index(tmp_path / "s.db", workers=2) as index:
        index.add(made.corpus(3)[:12])
    assert begun[:4] == [0, 1, 2, 3]


def test_adding_counts_what_is_new(path: Path) -> None:
    with Index(path) as index:
        assert index.add(PAGES) == Added(new=4)
        assert index.add([]) == Added()
        assert index.info()["documents"] == 4


def test_adding_again_changes_nothing(index: Index, path: Path) -> None:
    before = made.dump(path, made.TABLES)
    assert index.add(reversed(PAGES)) == Added(unchanged=4)
    assert made.dump(path, made.TABLES) == before


def test_where_a_page_was_read_does_not_make_it_another(index: Index, path: Path) -> None:
    before = made.dump(path, made.TABLES)
    assert index.add([replace(WIRE, origin="elsewhere.jsonl:3")]) == Added(unchanged=1)
    assert made.dump(path, made.TABLES) == before


CHANGES: dict[str, Callable[[Document], Document]] = {
    "another story": lambda page: made.page(page.id, OWL),
    "a copy of another page": lambda page: made.page(page.id, GOAT[1:] if page is LONE else MOTH),
    "a part of itself": lambda page: made.page(page.id, page.text.split("\n\n")[:2]),
    "another date": lambda page: replace(page, published="2024-05-01T07:00+00:00"),
    "another outlet": lambda page: replace(page, outlet="reuters.com"),
    "no outlet": lambda page: replace(page, outlet=None, site_name=None),
}


@pytest.mark.parametrize("at", range(len(PAGES)), ids=[page.id for page in PAGES])
@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_the_same_id_replaces_the_page_with_all_that_hung_on_it(
    index: Index, path: Path, tmp_path: Path, change: Callable[[Document], Document], at: int
) -> None:
    page = change(PAGES[at])
    assert index.add([page]) == Added(updated=1)
    assert index.get(page.id) == page
    assert made.dump(path, made.TABLES) == fresh(tmp_path, [*PAGES[:at], page, *PAGES[at + 1 :]])


def test_of_one_id_twice_in_a_batch_the_last_wins(index: Index, path: Path, tmp_path: Path) -> None:
    first, last = made.page(LONE.id, OWL), made.page(LONE.id, GOAT[2:5])
    assert index.add([first, last]).updated == 1
    assert made.dump(path, made.TABLES) == fresh(tmp_path, [*PAGES[:3], last])


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_a_page_that_changes_and_changes_back_is_as_it_was(
    index: Index, path: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr("dedup.index.adding.BATCH", batch)
    before = made.dump(path, made.TABLES)
    index.add([made.page(LONE.id, OWL), LONE])
    assert made.dump(path, made.TABLES) == before


@pytest.mark.parametrize("batch", [1, 2, 1000])
@pytest.mark.parametrize("first", [LONE, made.page(LONE.id, OWL)], ids=["as it is stored", "another text"])
def test_a_page_that_is_refused_replaces_nothing(
    index: Index, monkeypatch: pytest.MonkeyPatch, first: Document, batch: int
) -> None:
    monkeypatch.setattr("dedup.index.adding.BATCH", batch)
    added = index.add([first, made.page(LONE.id, ["Two words."])])
    assert added.rejected == 1
    assert index.get(LONE.id) == first


SHORT = {
    "from a line of a file": ("pages/a.jsonl:17", Reject("pages/a.jsonl", 17, "")),
    "from a file": ("pages/a.txt", Reject("pages/a.txt", None, "")),
    "from a file with a colon": ("c:/a.txt", Reject("c:/a.txt", None, "")),
    "from nowhere": (None, Reject("short", None, "")),
}


@pytest.mark.parametrize("text", ["", "\n \t", "!!! ---", "Only four words here."])
@pytest.mark.parametrize(("origin", "reject"), SHORT.values(), ids=SHORT.keys())
def test_a_page_too_short_to_be_known_is_refused_and_named(
    index: Index, path: Path, text: str, origin: str | None, reject: Reject
) -> None:
    before = made.dump(path, made.TABLES)
    added = index.add([Document("short", text, origin=origin)])
    assert (added.new, added.rejected) == (0, 1)
    assert [(r.path, r.line) for r in added.rejects] == [(reject.path, reject.line)]
    assert "too short" in str(added.rejects[0])
    assert made.dump(path, made.TABLES) == before


def test_five_words_are_enough(index: Index) -> None:
    assert index.add([Document("short", "Exactly five words stand here.")]) == Added(new=1)


@pytest.mark.parametrize("name", ["text", "title", "outlet", "id"])
def test_a_lone_surrogate_stops_nothing(index: Index, name: str) -> None:
    torn = replace(made.page("torn", OWL), **{name: f"torn \ud83d {' '.join(OWL)}"})
    assert index.add([torn]) == Added(new=1)
    assert index.add([torn]) == Added(unchanged=1)
    assert index.check() == []


TOLD = st.none() | st.text(st.sampled_from("a é\ud83d\ude00\udfff"), max_size=5)


@given(st.tuples(*[TOLD] * len(fields(Document))))
def test_a_storable_document_lost_its_lone_surrogates_and_nothing_else(told: tuple[str | None, ...]) -> None:
    document = Document(*told)  # type: ignore[arg-type]
    sound = tuple(
        value and "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in value) for value in told
    )
    assert astuple(storable(document)) == sound
    assert (storable(document) is document) == (told == sound)


# Removing.


@pytest.mark.parametrize(
    "gone", [(0,), (1,), (3,), (0, 1), (0, 2), (1, 2), (0, 1, 2), (0, 1, 2, 3), (2, 2), (3, 0, 3)], ids=str
)
def test_removed_pages_leave_no_trace(index: Index, path: Path, tmp_path: Path, gone: tuple[int, ...]) -> None:
    index.remove([PAGES[at].id for at in gone])
    assert made.dump(path, made.TABLES) == fresh(tmp_path, [p for at, p in enumerate(PAGES) if at not in gone])
    assert index.check() == []


def test_a_page_is_removed_by_its_url(index: Index) -> None:
    index.remove([str(LONE.url)])
    assert index.info()["documents"] == 3


def test_removing_nothing_changes_nothing(index: Index, path: Path) -> None:
    before = made.dump(path, made.TABLES)
    index.remove([])
    assert made.dump(path, made.TABLES) == before


# Unknown ids.

UNKNOWN: dict[str, Callable[[Index, str], object]] = {
    "remove": lambda index, id: index.remove([WIRE.id, id]),
    "who": lambda index, id: index.who(id),
    "get": lambda index, id: index.get(id),
    "compare": lambda index, id: index.compare(WIRE.id, id),
    "compare the other way": lambda index, id: index.compare(id, WIRE.id),
    "matched": lambda index, id: index.matched(WIRE.id, id),
}


@pytest.mark.parametrize("id", ["nobody", "", "quillon", "wire/goat ", "%", "nobody-\udcff"])
@pytest.mark.parametrize("ask", UNKNOWN.values(), ids=UNKNOWN.keys())
def test_an_unknown_id_is_told_and_changes_nothing(
    index: Index, path: Path, ask: Callable[[Index, str], object], id: str
) -> None:
    before = made.dump(path, made.TABLES)
    with pytest.raises(UnknownDocument) as told:
        ask(index, id)
    assert str(told.value).startswith(id.replace("\udcff", "\ufffd") + ": ")
    assert made.dump(path, made.TABLES) == before


# Processes.


def tiny(count: int) -> list[Document]:
    """Pages of two sentences or three; every seventh repeats the one before it."""
    random = Random("tiny")
    pages = [made.page(f"tiny{n % 9}/{n}", [made.paragraph(random)]) for n in range(count)]
    return [replace(p, text=pages[n - 1].text) if n % 7 == 1 else p for n, p in enumerate(pages)]


@pytest.fixture
def eager(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Other processes are used for few documents, in small parts, by turns with this one; gives how many were used."""
    used: list[int] = []

    def start(processes: int, **how: Any) -> ProcessPoolExecutor:
        used.append(processes)
        return ProcessPoolExecutor(processes, **how)

    for name, value in (
        ("adding.WORTH_WORKERS", 2), ("adding.PREPARED_TOGETHER", 20), ("workers._ALIGNED_TOGETHER", 3),
        ("resolving._TOGETHER", 10), ("workers.ProcessPoolExecutor", start),
    ):  # fmt: skip
        monkeypatch.setattr(f"dedup.index.{name}", value)
    return used


def test_the_number_of_processes_changes_nothing(tmp_path: Path, eager: list[int]) -> None:
    dumps = []
    for workers in (1, 2, 3):
        with Index(tmp_path / f"{workers}.db", workers=workers) as index:
            assert index.add(tiny(320)) == Added(new=320)
        dumps.append(made.dump(tmp_path / f"{workers}.db", made.TABLES))
    assert eager == [1, 2]
    assert dumps[0] == dumps[1] == dumps[2]
    assert len(dumps[0]["links"]) > 30


def test_a_page_that_changes_and_changes_back_is_as_it_was_whatever_the_number_of_processes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, eager: list[int]
) -> None:
    """The second process prepares a batch while the one before it is not written yet."""
    monkeypatch.setattr("dedup.index.adding.BATCH", 260)
    pages = tiny(519)
    other = made.page(pages[0].id, [made.sentence(Random("other"))])
    with Index(tmp_path / "s.db", workers=2) as index:
        index.add(pages[:1])
        index.add([other, *pages[1:], pages[0]])
        assert eager == [1]
        assert index.get(pages[0].id) == pages[0]
