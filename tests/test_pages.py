"""A mirror's page: what stands around the story, and that the truth tells what stands on it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from mirrored import BY_ID, STORIES, by_id, copies, dialled, in_order, letters, paragraphs, tokens
from mirrors import PLAIN, make


def test_a_plain_mirror_is_the_story_word_for_word() -> None:
    for row, page, story in copies(dialled(credited=False)):
        assert page.text == story.text
        assert (row.kind, row.coverage, row.share, row.direction) == ("full", 1.0, 1.0, "decided")
        assert row.words == len(tokens(story.text))


@pytest.mark.parametrize("count", [0, 1, 20])
def test_so_many_teasers_of_other_stories_follow(count: int) -> None:
    result = dialled(4, teasers=count)
    for page in result.documents[-4:]:
        _, _, below = page.text.partition("\n\nRecommend\n\n")
        rows = [row for row in result.truth if row.copy == page.id]
        teasers = [row for row in rows if row.kind == "teaser"]
        assert len(teasers) == count == len(paragraphs(below)) // 2
        assert len({row.original for row in rows}) == count + 1
        for row, lead in zip(teasers, paragraphs(below)[1::2], strict=True):
            original = by_id(result)[row.original or ""]
            assert row.coverage == row.words / len(tokens(original.text))
            assert len(lead.split()) <= 60
            assert letters(original.text).startswith(letters(lead.rstrip(".…")))


def test_some_teasers_are_of_flashes_and_a_corpus_without_any_gets_some() -> None:
    long = [story for story in STORIES if len(tokens(story.text)) > 80]
    result = make(long, 6, 1, replace(PLAIN, teasers=8))
    flashes = [page for page in result.documents if page.id.endswith("-flash")]
    assert flashes
    for flash in flashes:
        story = BY_ID[flash.id.removesuffix("-flash")]
        assert story.text.startswith(flash.text)
        assert story.id not in by_id(result)
        assert 45 <= len(tokens(flash.text)) <= 80
    assert {row.original for row in result.truth if row.kind == "teaser"} & {flash.id for flash in flashes}
    assert not any(page.id.endswith("-flash") for page in dialled(teasers=8).documents)


def test_the_lines_above_and_below_the_story() -> None:
    told = dialled(3, title_line=True, metadata_line=True, tags=True, false_byline=True, hours=-24, new_headline=True)
    for row, page, story in copies(told):
        title, metadata, *_ = paragraphs(page.text)
        assert title == f"{page.site_name}|{page.title}"
        assert page.title != story.title
        assert re.fullmatch(rf"2024-\d\d-\d\d 12:00:00source:{page.byline}category:\w+", metadata)
        assert "In:" in page.text and re.search(r"\n\nMore:\w+\Z", page.text)  # noqa: PT018
        assert page.byline != story.byline
        assert (page.published or "") < (story.published or "")
        assert row.coverage == 1.0


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_page_can_be_mostly_prose_of_its_own(share: float) -> None:
    result = dialled(own_prose=share, credited=False)
    runs = {run for story in STORIES for run in zip(*(tokens(story.text)[k:] for k in range(6)), strict=False)}
    for row, page, story in copies(result):
        assert row.share == pytest.approx(1 - share, abs=0.002)
        assert row.coverage == 1.0
        own = page.text.replace(story.text, "")
        assert not runs & set(zip(*(tokens(own)[k:] for k in range(6)), strict=False))


def test_a_credit_stays_or_goes() -> None:
    stories = [
        replace(s, dateline=None, text=f"OLD QUAY (Reuters) - {s.text}\n\n(Reporting by A. Reed; Editing by B. Oak)")
        for s in STORIES
    ]
    for credited in (True, False):
        result = make(stories, 3, 1, replace(PLAIN, credited=credited))
        for page in result.documents[-3:]:
            assert ("(Reuters)" in page.text, "Editing by" in page.text) == (credited, credited)
    assert all(page.text.startswith("PORT ELLERY (Northgate Wire) — ") for page in dialled(3).documents[-3:])


def test_a_round_up_has_a_row_for_each_story() -> None:
    result = dialled(6, parts=4, keep=0.5, names=4)
    for page in result.documents[-6:]:
        rows = [row for row in result.truth if row.copy == page.id]
        assert len({row.original for row in rows}) == 4
        assert sum(row.words for row in rows) <= len(tokens(page.text))
        assert page.text.count(page.site_name or "") == 4
        for row in rows:
            assert row.coverage == pytest.approx(0.5, abs=0.12)
            assert row.kind == "partial"
            assert in_order(tokens(BY_ID[row.original or ""].text), tokens(page.text)) >= row.words - 4
