"""What there is to see of a story, of a page that asks, and of outlets: against what the index says link by link."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest

from dedup import exhibits
from dedup.corpus import page_from_text, read_corpus
from dedup.exhibits import Chosen
from dedup.index import Index
from dedup.model import DEFAULT_KINDS, DedupError, Document, Link, UnknownDocument

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
MIRROR = SAMPLE / "mirror-01.txt"


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    path = tmp_path_factory.mktemp("exhibits") / "sample.db"
    with Index(path, workers=1) as made:
        made.add(document for document in read_corpus(SAMPLE) if Path(document.origin or "").name != "mirror-12.txt")
    with Index(path, read_only=True) as opened:
        yield opened


def story_of(index: Index, title: str) -> str:
    return next(story.id for story in index.stories() if title in (story.title or ""))


# Stories.


def test_every_story_shows_the_pages_of_its_links(index: Index) -> None:
    for story in index.stories():
        told = exhibits.story(index, story.id)
        links = [link for link in index.links(None) if link.story == story.id and link.runs_story]
        ids = {id for link in links for id in (link.copy, link.original) if id} | ({story.original} - {None})
        assert {run.publisher.id for run in told.runs} == ids
        assert (told.pages, told.chosen_pages) == (len(ids), len(ids))
        assert told.story == story
        assert told.versions == sum(link.kind == "version" for link in links)
        assert (told.original.id if told.original else None) == story.original


def test_the_time_line_has_the_chosen_pages_of_a_story(index: Index) -> None:
    lines = 0
    for story in index.stories():
        told = exhibits.story(index, story.id)
        dates = [run.publisher.published or run.publisher.first_seen for run in told.runs]
        if told.timeline is None:
            assert len(set(dates) - {None}) < 2
            continue
        lines += 1
        assert sum(told.timeline.columns) + told.timeline.undated == told.pages
        assert [one.date for one in told.timeline.moments if one.sort == "original"] == [
            run.publisher.published for run in told.runs if run.publisher.role == "original"
        ]
        copies = exhibits.story(index, story.id, Chosen(kind="full"))
        assert copies.timeline is None or sum(copies.timeline.columns) <= copies.chosen_pages
    assert lines > 10


def test_dates_of_stories_are_those_of_their_pages(index: Index) -> None:
    stories = index.stories()
    for id, dates in index.dates_of_stories(stories).items():
        told = [run.publisher.published or run.publisher.first_seen for run in exhibits.story(index, id).runs]
        assert sorted(map(str, dates)) == sorted(map(str, told)), id
    assert index.dates_of_stories([]) == {}


def test_the_longest_run_is_that_of_the_match_with_the_source(index: Index) -> None:
    told = exhibits.story(index, story_of(index, "Grain ship"))
    runs = {run.publisher.id: run.longest_run for run in told.runs}
    assert len(runs) == 3
    for run in told.runs:
        source = run.publisher.original
        match = index.matched(run.publisher.id, source) if source else None
        assert run.longest_run == (match.longest_run if match else None)


def test_names_that_were_put_in_are_told_as_they_stand_in_the_copy(index: Index) -> None:
    told = exhibits.story(index, story_of(index, "Grain ship"))
    named = {run.publisher.outlet: Counter(run.injected) for run in told.runs}
    assert named["Daily Quorum"] == {"Daily Quorum": 4}
    assert named["Northgate Wire"] == {}


def test_an_absent_original_is_named(index: Index) -> None:
    told = exhibits.story(index, next(story.id for story in index.stories() if story.original is None and story.agency))
    assert (told.original, told.direction, told.agency) == (None, "absent", "Castellan News Agency")


def test_reasons_are_told_without_the_page_that_shows_them(index: Index) -> None:
    told = exhibits.story(index, story_of(index, "Grain ship"))
    answer = index.who_story(told.asked if told.story is None else told.story.id)
    assert told.shown_by is not None
    assert [f"{told.shown_by}: {reason}" for reason in told.reasons] == list(answer.reasons)


CHOSEN = {
    "all": (Chosen(), 3),
    "kind": (Chosen(kind="partial"), 1),
    "role": (Chosen(kind="original"), 1),
    "outlet": (Chosen(outlet="qUoRum"), 1),
    "since a year": (Chosen(since="2024"), 3),
    "since a day": (Chosen(since="2024-03-11"), 1),
    "until a day": (Chosen(until="2024-03-10"), 2),
    "until a month": (Chosen(until="2024-03"), 3),
    "both": (Chosen(since="2024-03-09", until="2024-03-10T10:00"), 1),
    "nothing": (Chosen(outlet="'; drop table links; --"), 0),
}


@pytest.mark.parametrize(("chosen", "pages"), CHOSEN.values(), ids=CHOSEN)
def test_filters(index: Index, chosen: Chosen, pages: int) -> None:
    told = exhibits.story(index, story_of(index, "Grain ship"), chosen)
    assert (told.chosen_pages, len(told.runs), told.pages) == (pages, pages, 3)


@pytest.mark.parametrize("chosen", [Chosen(kind="stolen"), Chosen(since="yesterday"), Chosen(until="2024-13")])
def test_what_is_no_filter_is_refused(index: Index, chosen: Chosen) -> None:
    with pytest.raises(DedupError, match=r"no kind|no date"):
        exhibits.story(index, story_of(index, "Grain ship"), chosen)


def test_no_story_and_no_page_are_refused(index: Index) -> None:
    for show in (exhibits.story, exhibits.who, exhibits.outlet):
        with pytest.raises(UnknownDocument, match="nothing-here"):
            show(index, "nothing-here")


# Who else published a page.


def test_a_pasted_page_is_found_with_its_run_and_its_names(index: Index) -> None:
    told = exhibits.who(index, page_from_text(MIRROR.read_text(encoding="utf-8")))
    stored = exhibits.who(index, next(run.publisher.id for run in told.runs if run.publisher.id.endswith(MIRROR.name)))
    mine = next(run for run in told.runs if run.publisher.id == told.asked)
    same = next(run for run in stored.runs if run.publisher.id == stored.asked)
    assert (told.stored, stored.stored) == (False, True)
    assert mine.longest_run == same.longest_run
    assert Counter(mine.injected) == {"Daily Quorum": 4}
    assert told.pages == stored.pages + 1


def test_a_page_that_nobody_else_published(index: Index) -> None:
    told = exhibits.who(
        index, Document("mine", "Nobody has ever written this line of words about the green kettle. " * 3)
    )
    assert (told.story, told.runs, told.pages) == (None, (), 0)
    short = exhibits.who(index, Document("mine", "Too short."))
    assert short.story is None
    assert short.reasons


def test_passages_of_other_stories_are_told_with_their_pages(index: Index) -> None:
    links = [link for link in index.links(["teaser"]) if link.original is not None]
    copy = links[0].copy
    told = exhibits.who(index, copy)
    want = {link.original for link in links if link.copy == copy}
    assert {other.id for other in told.others if other.is_copy and other.kind == "teaser"} == want
    assert all(other.title for other in told.others)


# Outlets.


def decided(index: Index) -> list[tuple[Link, Document, Document | None]]:
    links = (link for link in index.links(DEFAULT_KINDS) if link.direction == "decided")
    return [(link, index.get(link.copy), index.get(link.original) if link.original else None) for link in links]


def test_each_outlet_tells_whom_it_copies_and_who_copies_it(index: Index) -> None:
    links = decided(index)
    for counts in exhibits.outlets(index).outlets:
        name, told = counts.name, exhibits.outlet(index, counts.name)
        sources = Counter(
            original.outlet if original else link.agency for link, copy, original in links if copy.outlet == name
        )
        copiers = Counter(copy.outlet for _, copy, original in links if original and original.outlet == name)
        for known in (sources, copiers):
            del known[name]
            del known[None]
        assert {pair.source: pair.copies for pair in told.sources} == dict(sources)
        assert {pair.copier: pair.copies for pair in told.copiers} == dict(copiers)
        assert (told.all_sources, told.all_copiers) == (len(sources), len(copiers))
        assert len(told.newest) == sum(sources.values())
        dates = [copy.date for copy in told.newest if copy.date]
        assert dates == sorted(dates, reverse=True)


def test_an_outlet_tells_the_names_it_puts_in_and_other_bylines(index: Index) -> None:
    told = exhibits.outlet(index, "Daily Quorum")
    assert dict(told.injected).keys() == {"Daily Quorum"}
    for counts in exhibits.outlets(index).outlets:
        for copy in exhibits.outlet(index, counts.name).bylines:
            link = next(link for link in index.links() if (link.copy, link.original) == (copy.id, copy.original))
            assert copy.sentence in [reason.sentence for reason in link.evidence if reason.name == "byline_replaced"]


@pytest.mark.parametrize("order", ["copies", "copied", "documents", "name"])
def test_outlets_in_order(index: Index, order: str) -> None:
    rows = exhibits.outlets(index, order).outlets
    told = [getattr(row, order) for row in rows]
    assert told == sorted(told, reverse=order != "name")
    assert len(rows) == exhibits.outlets(index).total


def test_outlets_by_a_part_of_their_name(index: Index) -> None:
    assert [row.name for row in exhibits.outlets(index, like="QUOR").outlets] == ["Daily Quorum"]
    assert exhibits.outlets(index, like="%").outlets == ()
    with pytest.raises(DedupError, match="no order"):
        exhibits.outlets(index, "name; drop table outlets")


# The rest.


def test_the_front_page_has_the_largest_and_the_latest(index: Index) -> None:
    told = exhibits.front(index)
    stories = index.stories()
    assert list(told.largest) == stories[: len(told.largest)]
    dated = sorted((story.first_published for story in stories if story.first_published), reverse=True)
    assert [story.first_published for story in told.latest] == dated[: len(told.latest)]


def test_every_exhibit_is_json(index: Index) -> None:
    story = exhibits.story(index, index.stories()[0].id)
    assert json.loads(json.dumps(asdict(story)))["story"]["id"] == index.stories()[0].id
    for one in (asdict(exhibits.front(index)), asdict(exhibits.about(index)), asdict(exhibits.outlets(index))):
        assert json.loads(json.dumps(one))
    assert json.loads(json.dumps(asdict(exhibits.outlet(index, "Daily Quorum"))))
