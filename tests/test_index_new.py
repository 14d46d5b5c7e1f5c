"""What is new is indexed, once: viral stories stay cheap and whole, and neither notices nor round-ups merge stories."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import made
import pytest

from dedup.index import Index
from dedup.index.proposing import LEADERS
from dedup.model import DEFAULT_KINDS, Document, Link, Story

MIRRORS = 60
# What is known of an original, from the most telling to nothing but that others put their names into its prose.
ORIGINALS: dict[str, dict[str, str | None]] = {
    "an agency's": {"outlet": "reuters.com", "site_name": "Reuters"},
    "dated": {"published": "2024-05-06T08:00+00:00"},
    "nothing but names": {},
}


def results(path: Path, documents: Sequence[Document]) -> tuple[list[Story], list[Link]]:
    with Index(path, workers=1) as index:
        index.add(documents)
        return index.stories(), list(index.links(DEFAULT_KINDS))


def aligned(path: Path, step: str) -> int:
    """The number of pairs that a step brought together."""
    return sum(row[2] == step for row in made.dump(path, ["matches"])["matches"])


# A story copied many times.


@pytest.mark.parametrize("seed", range(2))
def test_mirrors_add_next_to_no_postings(tmp_path: Path, seed: int) -> None:
    pages = made.mirrors_of(seed, MIRRORS)
    alone = len(made.indexed(tmp_path / "one.db", pages[:1])["postings"])
    all_of_them = len(made.indexed(tmp_path / "all.db", pages)["postings"])
    assert alone <= all_of_them <= alone + 6 * MIRRORS


@pytest.mark.parametrize("seed", range(2))
def test_each_mirror_is_aligned_with_few_others(tmp_path: Path, seed: int) -> None:
    pages = made.mirrors_of(seed, MIRRORS)
    with Index(tmp_path / "s.db", workers=1) as index:
        for at in range(0, len(pages), 10):
            index.add(pages[at : at + 10])
    assert aligned(tmp_path / "s.db", "key") <= 4 * MIRRORS
    assert aligned(tmp_path / "s.db", "story") <= 1.5 * LEADERS * MIRRORS


@pytest.mark.parametrize("known", ORIGINALS.values(), ids=ORIGINALS.keys())
@pytest.mark.parametrize("seed", range(2))
def test_all_mirrors_stand_in_one_story_under_its_original(
    tmp_path: Path, seed: int, known: dict[str, str | None]
) -> None:
    pages = made.mirrors_of(seed, MIRRORS, **known)
    stories, links = results(tmp_path / "s.db", pages)
    assert [(s.id, s.original, s.copies, s.outlets) for s in stories] == [
        (pages[0].id, pages[0].id, MIRRORS, MIRRORS + 1)
    ]
    assert {(link.copy, link.original, link.kind) for link in links} == {(p.id, pages[0].id, "full") for p in pages[1:]}
    assert all("put into the prose" in link.reasons[0] for link in links)


def test_postings_grow_with_new_text_only(tmp_path: Path) -> None:
    """A copy that adds two paragraphs costs about what the two cost alone."""
    random = Random("grow")
    text, more = made.story(random, 8), made.story(random, 2)
    base = [made.page("wire/a", text)]
    grown = [*base, made.page("copier/a", (*text, *more))]
    alone, plain, whole = (
        len(made.indexed(tmp_path / name, pages)["postings"])
        for name, pages in (("more", [made.page("more/a", more)]), ("base", base), ("grown", grown))
    )
    assert plain < whole <= plain + alone + 8


# A passage that many unrelated pages show.


@pytest.mark.parametrize("pages", [5, 8, 20])
@pytest.mark.parametrize("notice", range(len(made.NOTICES)))
def test_a_notice_on_unrelated_pages_makes_no_link(tmp_path: Path, notice: int, pages: int) -> None:
    random = Random(f"notice {notice} {pages}")
    shown = [made.page(f"site{n}/a", (*made.story(random), made.NOTICES[notice])) for n in range(pages)]
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(shown)
        assert pages - 1 <= int(index.info()["matches"]) < 2 * pages
        assert list(index.links(None)) == []
        assert index.stories() == []


def test_a_notice_does_not_join_the_stories_whose_copies_show_it(tmp_path: Path) -> None:
    random = Random("joined")
    told = [made.story(random) for _ in range(6)]
    pages = [made.page(f"wire/{n}", text) for n, text in enumerate(told)]
    pages += [
        made.page(f"site/{n}", (*made.named(random, text, "Site"), made.NOTICES[0])) for n, text in enumerate(told)
    ]
    stories, links = results(tmp_path / "s.db", pages)
    assert {(s.original, s.copies) for s in stories} == {(f"wire/{n}", 1) for n in range(6)}
    assert {(link.copy, link.original) for link in links} == {(f"site/{n}", f"wire/{n}") for n in range(6)}


# A page that holds several stories.


@pytest.mark.parametrize("known", ORIGINALS.values(), ids=ORIGINALS.keys())
@pytest.mark.parametrize("seed", range(2))
def test_a_round_up_does_not_merge_the_stories_it_holds(
    tmp_path: Path, seed: int, known: dict[str, str | None]
) -> None:
    random = Random(seed)
    told = [made.story(random, 4) for _ in range(5)]
    pages = [made.page(f"wire/{seed}-{n}", text, **known) for n, text in enumerate(told)]
    copies = [
        made.page(f"copier{n}/{seed}-{m}", made.named(random, text, f"Copier{n}"))
        for m, text in enumerate(told)
        for n in range(3)
    ]
    digest = made.page(f"digest/{seed}", made.named(random, tuple(p for text in told for p in text), "Digest"))
    stories, links = results(tmp_path / "s.db", [*pages, *copies, digest])
    assert {story.id for story in stories} >= {page.id for page in pages}
    for n, page in enumerate(pages):
        copiers = {link.copy for link in links if link.story == page.id}
        assert copiers - {digest.id} == {f"copier{m}/{seed}-{n}" for m in range(3)}


# Copies of a story that is not here.


def credited(random: Random, text: made.Paragraphs, name: str) -> made.Paragraphs:
    named = made.named(random, text[1:], name)
    return f"MARSHTON, Wyo. (AP) — {text[0]}", *named


def test_copies_of_an_absent_original_name_its_agency(tmp_path: Path) -> None:
    random = Random("absent")
    text = made.story(random)
    pages = [made.page(f"paper{n}/a", credited(random, text, f"Paper{n}")) for n in range(4)]
    stories, links = results(tmp_path / "s.db", pages)
    assert [(s.original, s.copies, s.outlets) for s in stories] == [(None, 4, 4)]
    assert stories[0].stand_in in {page.id for page in pages}
    assert "Associated Press" in str(stories[0].agency)
    assert {(link.copy, link.original, link.agency) for link in links} == {
        (p.id, None, stories[0].agency) for p in pages
    }


def test_when_the_original_arrives_it_takes_its_place(tmp_path: Path) -> None:
    random = Random("arrives")
    text = made.story(random)
    pages = [made.page(f"paper{n}/a", credited(random, text, f"Paper{n}")) for n in range(4)]
    wire = made.page("ap/a", credited(random, text, ""), outlet="apnews.com", site_name="AP News")
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(pages)
        index.add([wire])
        assert [(s.id, s.original, s.copies) for s in index.stories()] == [(wire.id, wire.id, 4)]
        assert {(link.copy, link.original) for link in index.links()} == {(p.id, wire.id) for p in pages}
        index.remove([wire.id])
        assert [(s.original, s.copies) for s in index.stories()] == [(None, 4)]
