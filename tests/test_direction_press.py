"""Who published the stories, and how their own pages lie: each dial of the press alone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import mirrors
import pytest
from mirrored import BY_ID, STORIES, by_id, in_order, letters, tokens, wire
from mirrors import PLAIN, Made, make
from press import DIRECTION, OFF, Press, published
from recipes import Recipe, direction_mix

from dedup.credits import find_credits
from dedup.model import Document

MANY = [
    replace(story, text=story.text.replace("\n\n", " It was said.\n\n", n % 2)) for n, story in enumerate(wire(300))
]


def pressed(press: Press, recipe: Recipe = PLAIN, count: int = 14) -> Made:
    return make(STORIES, count, 3, recipe, (1, 2), press)


def stories_of(result: Made) -> list[Document]:
    return [page for page in result.documents if page.id in BY_ID]


def sources(result: Made) -> list[tuple[Any, Document, Document]]:
    pages = by_id(result)
    return [(row, pages[row.copy], pages[row.original]) for row in result.truth if row.original]


def test_nothing_is_changed_where_all_is_off() -> None:
    assert list(published(OFF, 1, STORIES).pages.values()) == STORIES


def test_some_stories_are_papers_own() -> None:
    issue = published(Press(papers=0.6), 1, MANY)
    papers = [edition for edition in issue.editions.values() if edition.story.outlet != edition.wire.outlet]
    assert len(papers) / len(MANY) == pytest.approx(0.6, abs=0.08)
    for edition in papers:
        story = edition.page
        assert story.id == edition.wire.id and story.published == edition.wire.published  # noqa: PT018
        assert (story.dateline, find_credits(story.text, story.byline, story.dateline)) == (None, ())
        assert story.url and story.outlet and f"://{story.outlet}/" in story.url  # noqa: PT018
        assert letters(story.site_name or "").lower() + ".example" == story.outlet
        assert story.byline and "Quill" not in story.byline  # noqa: PT018
        assert "Northgate" not in story.text
    assert len({edition.story.outlet for edition in papers}) == len(papers)


def test_what_an_agency_signs_in_some_other_way_stays_with_it() -> None:
    signed = [replace(story, text=f"{story.text}\n\nSource: Reuters") for story in STORIES]
    assert list(published(Press(papers=0.9), 1, signed).pages.values()) == signed
    assert published(Press(papers=1.0), 1, signed).stories == []


def test_who_wrote_and_edited_for_the_agency_goes() -> None:
    ends = ("\n(Additional reporting by A. Reed ; Editing by B. Oak ) ((reed@wire.example))", "\n(Editing by B. Oak)")
    signed = [replace(s, text=f"OLD QUAY (Reuters) - {s.text}{ends[n % 2]}") for n, s in enumerate(STORIES)]
    stories = published(Press(papers=1.0), 1, signed).stories
    assert len(stories) == len(STORIES)
    for story in stories:
        assert not re.search("OLD QUAY|Reuters|Reed ;|B. Oak", story.text)


def test_some_papers_publish_several_stories_and_adapt_others() -> None:
    issue = published(Press(papers=1.0, several=0.5), 1, MANY)
    times = Counter(story.outlet for story in issue.stories)
    assert sum(count for count in times.values() if count > 1) / len(MANY) == pytest.approx(0.5, abs=0.08)
    result = make(MANY, 60, 3, replace(PLAIN, adapted=True), press=Press(papers=0.5, several=1.0))
    adapters = {by_id(result)[row.copy].outlet for row in result.truth if row.habit == "adaptation"}
    publishers = {page.outlet for page in result.documents if page.id in {story.id for story in MANY}}
    assert adapters & publishers
    assert adapters - publishers
    assert all(page.outlet != source.outlet for row, page, source in sources(result))


@pytest.mark.parametrize(("named", "told"), [(0.0, "the paper"), (1.0, "the {}")])
def test_a_paper_is_told_what_the_agency_was_told(named: float, told: str) -> None:
    stories = [replace(s, text=f"{s.text} One told Reuters of it.", dateline="OLD QUAY (Reuters)") for s in STORIES]
    for story in published(Press(papers=1.0, named=named), 1, stories).stories:
        assert f"One told {told.format(story.site_name)} of it." in story.text
    for story in published(Press(papers=1.0, named=named), 1, STORIES).stories:
        assert story.text.count(story.site_name or "") == named
    for edition in published(Press(papers=1.0, named=named), 1, MANY).editions.values():
        said = " It was said." in edition.wire.text
        assert (f"It was told the {edition.story.site_name}." in edition.story.text) == (said and named == 1)


def test_a_paper_signs_its_story() -> None:
    stories = published(Press(papers=1.0, signed=1.0), 1, MANY).stories
    ends = {story.text.split("\n")[-1].replace(story.site_name or "", "NAME") for story in stories}
    assert {"Copyright 2024 NAME.", "© NAME"} <= ends
    assert any(story.text.startswith(f"By {story.byline}, {story.site_name}\n\n") for story in stories)
    assert not any((s.site_name or "") in s.text for s in published(Press(papers=1.0), 1, MANY).stories)


def test_stories_get_addresses_and_half_of_them_say_so() -> None:
    listed = [replace(story, url=None, outlet="AP", dateline="OLD QUAY (AP)") for story in STORIES]
    pages = list(published(Press(addressed=True), 1, listed).pages.values())
    assert pages[3].url == "https://apnews.com/article/wire-3"
    assert {page.canonical for page in pages} == {None, *(page.url for page in pages if page.canonical)}
    assert 6 < sum(page.canonical is None for page in pages) < 24
    unlisted = published(Press(addressed=True), 1, [replace(story, url=None) for story in STORIES])
    assert unlisted.pages["wire/3"].url == "https://northgatewire.example/article/wire-3"
    assert published(Press(addressed=True), 1, STORIES).pages["wire/3"].url == STORIES[3].url


def test_some_originals_tell_when_they_were_first_seen() -> None:
    for share in (0.0, 0.5, 1.0):
        seen = [page for page in published(Press(crawled=share), 1, MANY).pages.values() if page.crawled]
        assert len(seen) / len(MANY) == pytest.approx(share, abs=0.08)
        assert all((page.crawled or "") > (page.published or "") for page in seen)
    result = pressed(Press(crawled=1.0), replace(PLAIN, adapted=True))
    assert all(page.crawled for row, _, page in sources(result) if row.habit == "adaptation")
    assert all(page.crawled for row, page, _ in sources(result) if row.habit == "adaptation")


def test_a_late_original_is_seen_after_its_mirrors() -> None:
    result = pressed(Press(crawled=1.0, late=1.0), replace(PLAIN, after=720, crawled=720))
    assert all((source.crawled or "") > (page.crawled or "") for _, page, source in sources(result))


def test_a_page_scraped_with_spaces_lost_is_copied_as_it_was() -> None:
    result = pressed(Press(glued=1.0), replace(PLAIN, credited=False))
    for row, page, source in sources(result):
        assert page.text == BY_ID[source.id].text != source.text
        assert letters(page.text) == letters(source.text)
        assert (row.coverage, row.share) == (1.0, 1.0)


def test_a_page_behind_a_paywall_shows_its_first_half() -> None:
    stories = [replace(story, text=f"{story.text}\n\n{STORIES[n - 1].text}") for n, story in enumerate(STORIES)]
    walled = published(Press(walled=1.0), 1, stories)
    assert len(walled.walls) > 10
    assert published(Press(walled=1.0), 1, STORIES[::10]).walls == {}
    for id, wall in walled.walls.items():
        story, page = walled.editions[id].story, walled.editions[id].page
        assert page.text == story.text[:wall] + "\n\nSubscribe to read on."
        assert 0.45 < wall / len(story.text) < 0.65
        assert story.text[wall - 1] == "."


@pytest.mark.parametrize("credited", [True, False])
def test_what_stands_behind_a_paywall_is_not_counted(credited: bool) -> None:
    stories = [replace(s, text=f"{s.text}\n\n{s.text[::-1].lower()}") for s in STORIES]
    result = make(stories, 10, 3, replace(PLAIN, credited=credited), press=Press(walled=1.0))
    for row, page, source in sources(result):
        shown = source.text.removesuffix("\n\nSubscribe to read on.")
        assert shown != source.text
        assert letters(shown) in letters(page.text) and len(page.text) > 1.5 * len(shown)  # noqa: PT018
        assert row.coverage == 1.0
        assert row.words == len(tokens(shown))
        assert row.share == row.words / len(tokens(page.text))


def test_an_agency_takes_a_papers_story_and_says_so() -> None:
    result = pressed(Press(papers=1.0, retaken=1.0), replace(PLAIN, adapted=True))
    rows = {row.copy: row for row in result.truth}
    retaken = [row for row in result.truth if row.habit == "retaken"]
    assert retaken
    for row, page, source in sources(result):
        if row.habit == "retaken":
            assert page.outlet == "wire.example" != source.outlet
            assert page.text.startswith("PORT ELLERY (Northgate Wire) — ")
            assert (source.site_name or "") in page.text.split("\n")[-1]
            assert (page.published or "") > (source.published or "")
            assert in_order(tokens(source.text), tokens(page.text)) >= row.words > 0.7 * len(tokens(source.text))
        else:
            assert rows[source.id].habit == "retaken"
    assert not [row for row in pressed(Press(retaken=1.0)).truth if row.habit == "retaken"]


@pytest.mark.parametrize("unsigned", [0.0, 1.0])
def test_an_adaptation_may_credit_nobody(unsigned: float) -> None:
    result = pressed(Press(unsigned=unsigned), replace(PLAIN, adapted=True))
    adapted = [page for row, page, _ in sources(result) if row.habit == "adaptation"]
    assert adapted
    assert {"Northgate" in page.text for page in adapted} == {unsigned == 0}


def test_only_some_stories_have_a_version_whether_or_not_it_is_copied() -> None:
    for recipe in (PLAIN, replace(PLAIN, adapted=True)):
        result = make(MANY, 200, 3, recipe, press=Press(adapted=0.3))
        versions = {row.copy: row.story for row in result.truth if row.habit == "adaptation"}
        mirrored = {row.story for row in result.truth if row.original in versions}
        assert len(versions) / len({row.story for row in result.truth}) == pytest.approx(0.3, abs=0.12)
        assert mirrored == (set(versions.values()) if recipe.adapted else set())
    absent = make(MANY, 60, 3, replace(PLAIN, absent=True, adapted=True), press=Press(adapted=1.0))
    assert {row.original for row in absent.truth} == {None}


def test_an_outlet_may_be_used_once_alone() -> None:
    result = make(MANY, 100, 3, PLAIN, press=Press(papers=1.0, once=True))
    assert max(Counter(page.outlet for page in result.documents).values()) == 1


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_a_share_out_of_range_is_an_error(share: float) -> None:
    with pytest.raises(ValueError, match="late"):
        Press(late=share)


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        mirrors.write(make(STORIES, 20, seed, direction_mix, press=DIRECTION), tmp_path / name)
    for file in ("pages.jsonl.gz", "truth.csv"):
        a, b, c = ((tmp_path / name / file).read_bytes() for name in "abc")
        assert a == b != c


def test_the_words_counted_stand_on_both_pages() -> None:
    for seed in range(3):
        press = replace(DIRECTION, glued=0)
        for row, page, source in sources(
            make(STORIES, 30, seed, replace(PLAIN, keep=0.6, source_name="own"), press=press)
        ):
            assert in_order(tokens(source.text), tokens(page.text)) >= row.words
