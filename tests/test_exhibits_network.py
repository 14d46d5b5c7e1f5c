"""The network against a slow oracle that reads every link, and what is said of questions that cannot be answered."""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pytest

from dedup.exhibits.network import ORDERS, network
from dedup.exhibits.pair_links import LINKS_SHOWN, pair_links
from dedup.index import Index
from dedup.model import DEFAULT_KINDS, DedupError, Document, Link, Settings, UnknownDocument
from dedup.store import Store, number_of

OUTLETS = ("a.example", "b.example", "c/<script>alert(1)</script>", "d 'quoted' \"name\"", "apnews.com", None)
AGENCIES = ("The Associated Press", "Reuters", None)
DATES = (
    "2024-04-30T23:59:00+00:00", "2024-05-01", "2024-05-01T10:00:30+00:00", "2024-05-02T09:15", "2024-06-11T08:00",
    "2024-06-30T23:30:00+00:00", None,
)  # fmt: skip
KINDS = ("full", "full", "partial", "version", "excerpt", "teaser")


def fill(path: Path, seed: int, pages: int = 60, links: int = 150) -> None:
    """A store of pages and links by chance, of which some are of one outlet, undecided, undated or without a source."""
    chance = Random(seed)
    ids = [f"page-{number}" for number in range(pages)]
    with Store(path, Settings(), writing=True) as store, store.transaction():
        rows = [
            (number_of(id), id, chance.choice(OUTLETS), chance.choice(DATES), chance.choice((None, "2024-07-01")))
            for id in ids
        ]
        store.db.conn.executemany(
            "insert into documents (number, id, outlet, published, crawled, words, body_words, digest, text)"
            " values (?, ?, ?, ?, ?, 9, 9, x'', 'text')",
            rows,
        )
        store.db.conn.executemany(
            "insert into links (copy, original, kind, coverage, share, matched_words, resemblance, confidence, reasons,"
            " story, agency, direction) values (?, ?, ?, 0.5, 0.5, 40, 0.5, 0.5, '[]', 'story', ?, ?)",
            [_link(chance, ids) for _ in range(links)],
        )
        store.count_outlets()
        store.count_copies(DEFAULT_KINDS)


def _link(chance: Random, ids: list[str]) -> tuple[object, ...]:
    copy, original = chance.sample(ids, 2)
    way = chance.choice(("decided", "decided", "decided", "unknown"))
    return copy, chance.choice((original, original, None)), chance.choice(KINDS), chance.choice(AGENCIES), way


@pytest.fixture(params=range(6))
def index(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Index]:
    fill(tmp_path / "made.db", request.param)
    with Index(tmp_path / "made.db", read_only=True) as opened:
        yield opened


def taken(index: Index) -> Iterator[tuple[Link, Document, str, Document | None]]:
    """Every link that counts: with its copy, who it was taken from, and the original where that is here."""
    for link in index.links():
        copy, original = index.get(link.copy), index.get(link.original) if link.original else None
        source = original.outlet if original else link.agency
        if link.direction == "decided" and copy.outlet and source and copy.outlet != source:
            yield link, copy, source, original


def hours(copy: Document, original: Document | None) -> float | None:
    dates = [page.published for page in (copy, original) if page and page.published and "T" in page.published]
    if len(dates) < 2 or len({"+" in date for date in dates}) > 1:
        return None
    later, earlier = map(datetime.fromisoformat, dates)
    return (later - earlier).total_seconds() / 3600


def oracle(
    index: Index, agency: str | None = None, since: str = "", until: str = "9"
) -> dict[tuple[str, str], tuple[int, int, float | None]]:
    copies, full = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    lags = defaultdict[tuple[str, str], list[float]](list)
    for link, copy, source, original in taken(index):
        day = (copy.published or copy.crawled or "")[:10]
        if (agency and link.agency != agency) or ((since or until != "9") and not (day and since <= day <= until)):
            continue
        pair = copy.outlet or "", source
        copies[pair] += 1
        full[pair] += link.kind == "full"
        if (lag := hours(copy, original)) is not None:
            lags[pair].append(lag)
    return {pair: (copies[pair], full[pair], round(median(lags[pair]), 2) if lags[pair] else None) for pair in copies}


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"agency": "Reuters"},
        {"since": "2024-05-01"},
        {"until": "2024-05-01"},
        {"since": "2024-05-02", "until": "2024-06-30", "agency": "The Associated Press"},
    ],
    ids=str,
)
def test_pairs_are_those_of_all_links(index: Index, asked: dict[str, str]) -> None:
    shown = network(index, asked)
    told = {(edge.copier, edge.source): (edge.copies, edge.full, edge.median_lag_hours) for edge in shown.edges}
    assert told == oracle(index, **asked)
    assert shown.pairs == len(told)


def test_parts_of_a_pair_are_its_months_and_agencies(index: Index) -> None:
    parts = Counter[tuple[str, str, str, str | None]]()
    for link, copy, source, _ in taken(index):
        parts[copy.outlet or "", source, (copy.published or copy.crawled or "")[:7], link.agency] += 1
    shown = network(index, {})
    told = {(e.copier, e.source, p.month, p.agency): p.copies for e in shown.edges for p in e.parts}
    assert told == dict(parts)
    assert shown.months == tuple(sorted({month for _, _, month, _ in parts if month}))


def test_outlets_and_absent_agencies_are_counted(index: Index) -> None:
    decided = [link for link in index.links() if link.direction == "decided"]
    pages = {id: index.get(id).outlet for link in index.links() for id in (link.copy, link.original) if id}
    copies = Counter(pages[id] for id in {link.copy for link in decided})
    copied = Counter(pages[link.original] if link.original else link.agency for link in decided)
    here = {name for name in pages.values() if name}
    shown = network(index, {})
    told = {node.name: (node.copies, node.copied) for node in shown.nodes}
    names = {name for name in copies.keys() | copied.keys() if name}
    assert told == {name: (copies[name] if name in here else 0, copied[name]) for name in names}
    assert {node.name for node in shown.nodes if not node.in_corpus} == names - here
    assert {node.name for node in shown.nodes if node.is_agency} == names & {*AGENCIES, "apnews.com"}


def test_the_busiest_come_first_and_only_their_pairs(index: Index) -> None:
    whole, part = network(index, {}), network(index, {"top": "3"})
    counts = [node.copies + node.copied for node in whole.nodes]
    assert counts == sorted(counts, reverse=True)
    assert [node.name for node in part.nodes] == [node.name for node in whole.nodes][:3]
    assert part.outlets == whole.outlets == len(whole.nodes)
    names = {node.name for node in part.nodes}
    ends = [(edge.copier, edge.source) for edge in whole.edges if {edge.copier, edge.source} <= names]
    assert [(edge.copier, edge.source) for edge in part.edges] == ends


def test_of_too_many_pairs_those_of_most_copies_are_told(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = network(index, {})
    monkeypatch.setattr(sys.modules["dedup.exhibits.network"], "EDGES_TOLD", 2)
    part = network(index, {"order": "source"})
    assert part.pairs == whole.pairs > 2
    assert {(edge.copier, edge.source) for edge in part.edges} == {(e.copier, e.source) for e in whole.edges[:2]}


def test_an_outlet_is_told_with_the_agencies_whose_stories_it_ran(index: Index) -> None:
    ran = defaultdict[str, set[str]](set)
    for link, copy, _, _ in taken(index):
        ran[copy.outlet or ""] |= {link.agency} - {None}  # type: ignore[arg-type]
    for node in network(index, {}).nodes:
        assert node.agencies == tuple(sorted(ran[node.name]))


def test_a_threshold_leaves_out_lesser_pairs(index: Index) -> None:
    whole = network(index, {})
    most = whole.edges[0].copies
    assert [edge for edge in whole.edges if edge.copies >= most] == list(network(index, {"least": str(most)}).edges)


@pytest.mark.parametrize("order", ORDERS)
def test_pairs_are_told_in_the_order_asked_for(index: Index, order: str) -> None:
    edges = network(index, {"order": order}).edges
    keys: dict[str, list[Any]] = {
        "copies": [-edge.copies for edge in edges],
        "full": [-edge.full for edge in edges],
        "lag": [float("inf") if edge.median_lag_hours is None else edge.median_lag_hours for edge in edges],
        "copier": [edge.copier for edge in edges],
        "source": [edge.source for edge in edges],
    }
    assert keys[order] == sorted(keys[order])


def test_links_of_a_pair_are_those_counted(index: Index) -> None:
    for (copier, source), (copies, full, lag) in oracle(index).items():
        shown = pair_links(index, copier, source)
        assert (shown.copies, shown.full, shown.median_lag_hours) == (copies, full, lag)
        dates = [link.copy_date or "" for link in shown.links]
        assert dates == sorted(dates, reverse=True)
        wanted = {
            (link.copy, link.original) for link, copy, of, _ in taken(index) if (copy.outlet, of) == (copier, source)
        }
        assert {(link.copy, link.original) for link in shown.links} == wanted


def test_links_of_a_pair_are_not_endless(tmp_path: Path) -> None:
    fill(tmp_path / "made.db", 1, links=20_000)
    with Index(tmp_path / "made.db", read_only=True) as index:
        edge = network(index, {}).edges[0]
        shown = pair_links(index, edge.copier, edge.source)
        assert shown.copies == edge.copies > LINKS_SHOWN == len(shown.links)


def test_two_that_took_nothing_have_no_page(index: Index) -> None:
    with pytest.raises(UnknownDocument, match=r"no page of 'a\.example' is known to be a copy"):
        pair_links(index, "a.example", "nobody' or 1=1 --")


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"top": "0"}, "'top' cannot be '0'; it is a whole number from 1 to 2000"),
        ({"top": "2001"}, "from 1 to 2000"),
        ({"top": "٣"}, "from 1 to 2000"),
        ({"least": "-1"}, "'least' cannot be '-1'; it is a whole number of 1 or more"),
        ({"least": "9" * 5000}, "of 1 or more"),
        ({"since": "yesterday"}, "'since' cannot be 'yesterday'; it is a day as in 2024-05-06"),
        ({"until": "20240506"}, "'until' cannot be '20240506'"),
        ({"until": "2024-02-30"}, "'until' cannot be '2024-02-30'"),
        ({"since": "2024-05-02", "until": "2024-05-01"}, "is later than 'until'"),
        ({"order": "copies; drop table links"}, "it is one of copies, full, lag, copier, source"),
        ({"agency": "<script>"}, "no agency '<script>' had its stories copied here"),
    ],
    ids=str,
)
def test_a_question_that_cannot_be_answered_is_named(index: Index, asked: dict[str, str], said: str) -> None:
    with pytest.raises(DedupError) as told:
        network(index, asked)
    assert said in str(told.value)
    assert len(str(told.value)) < 200


def test_empty_fields_of_a_form_are_not_asked(index: Index) -> None:
    empty = dict.fromkeys(("top", "least", "agency", "since", "until", "order"), "")
    assert network(index, empty) == network(index, {})


def test_a_store_without_copies_has_an_empty_network(tmp_path: Path) -> None:
    with Store(tmp_path / "made.db", Settings(), writing=True):
        pass
    with Index(tmp_path / "made.db", read_only=True) as index:
        shown = network(index, {})
    assert (shown.outlets, shown.nodes, shown.edges, shown.months) == (0, (), (), ())


def test_agencies_are_told_from_an_index_alone(index: Index) -> None:
    connection = index._store.db.conn
    asked: list[str] = []
    connection.set_trace_callback(asked.append)
    index.network_agencies()
    connection.set_trace_callback(None)
    steps = connection.execute(f"explain {asked[-1]}").fetchall()
    # the cursor of the table, which is moved only when a column of the row is read: none is
    (table,) = {step[4] for step in steps if step[1] == "DeferredSeek"}
    assert [step for step in steps if step[1] == "Column" and step[2] == table] == []
