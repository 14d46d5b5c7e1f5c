"""What was changed, for links of a store and for two pages: all pages are made."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random

import made
import pytest

from dedup.index import Compared, Index, compare_pages
from dedup.model import Changes, Document, Link

RANDOM = Random(7)
GOAT, LAMP, REED = (made.story(RANDOM, 5) for _ in range(3))
DATELINE = "HALVERTON (Northgate Wire) — "
CREDIT = "(Reporting by Ann Poe; Editing by Bob Low)"
WIRE = made.page(
    "northgate/goat",
    (DATELINE + GOAT[0], *GOAT[1:], CREDIT),
    outlet="Northgate Wire",
    site_name=None,
    published="2024-05-01",
    crawled="2024-05-01",
)
OTHER = made.page(
    "northgate/lamp", LAMP, outlet="Northgate Wire", site_name=None, published="2024-05-01", crawled="2024-05-01"
)
HEATH = made.page("heath/goat", made.named(Random(1), GOAT, "Heath"), published="2024-05-02", crawled="2024-05-03")
INDEXED = (WIRE, OTHER, made.page("wren/reed", REED))


def links(tmp_path: Path, *pages: Document, workers: int = 1) -> dict[tuple[str, str | None], Link]:
    with Index(tmp_path / f"{len(pages)}-{workers}.db", workers=workers) as index:
        index.add((*INDEXED, *pages))
        return {(link.copy, link.original): link for link in index.links(None)}


def link(tmp_path: Path, page: Document, source: Document = WIRE) -> Link:
    return links(tmp_path, page)[page.id, source.id]


def with_text(paragraphs: Iterable[str], id: str = "heath/goat") -> Document:
    return made.page(id, list(paragraphs), published="2024-05-02", crawled="2024-05-03")


def test_a_link_has_what_its_copy_did_and_says_which_credits_are_gone(tmp_path: Path) -> None:
    told = link(tmp_path, HEATH)
    assert told.changes == Changes(inserted=1, dropped=11, credits=2, promotion=1)
    assert told.reasons[-2:] == (
        f"the dateline “{DATELINE.strip()}” was removed",
        f"the credit line “{CREDIT}” was removed",
    )


def test_a_copy_that_keeps_all_has_no_change(tmp_path: Path) -> None:
    told = link(tmp_path, with_text(WIRE.text.split("\n\n")))
    assert told.changes == Changes()
    assert not any("removed" in reason for reason in told.reasons)


def test_a_house_neither_credits_nor_promotes_itself_to_itself(tmp_path: Path) -> None:
    later = made.page("northgate/later", (*GOAT, "Read more at Northgate Wire every day of the week."),
                      outlet="Northgate Wire", site_name=None, published="2024-05-02")  # fmt: skip
    told = link(tmp_path, later)
    assert told.kind == "version"
    assert told.changes is not None
    assert (told.changes.credits, told.changes.promotion, told.changes.inserted) == (0, 0, 10)


def test_other_stories_on_a_page_were_not_put_in(tmp_path: Path) -> None:
    digest = made.page("digest/all", (*GOAT, *LAMP), published="2024-05-02", crawled="2024-05-03")
    told = links(tmp_path, digest)
    assert {told[digest.id, source.id].changes for source in (WIRE, OTHER)} == {
        Changes(dropped=11, credits=2), Changes(),
    }  # fmt: skip
    own = [made.paragraph(Random(3)) for _ in range(2)]
    more = links(
        tmp_path, digest, made.page("digest/more", (*GOAT, *own, *LAMP), published="2024-05-02", crawled="2024-05-03")
    )
    assert {more["digest/more", source.id].changes for source in (WIRE, OTHER)} == {
        Changes(inserted=len(" ".join(own).split()), dropped=11, credits=2),
        Changes(inserted=len(" ".join(own).split())),
    }


def test_of_a_teaser_only_the_passage_is_compared(tmp_path: Path) -> None:
    lead = " ".join(LAMP[0].split()[:25])
    page = with_text((*GOAT, "Recommend", f"{lead}..."))
    told = links(tmp_path, page)
    assert told[page.id, OTHER.id].kind == "teaser"
    assert told[page.id, OTHER.id].changes == Changes()
    assert told[page.id, WIRE.id].changes == Changes(dropped=11, credits=2)


def test_where_the_original_is_absent_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    text = made.story(Random(9), 5)
    pages = [made.page(f"{site}/owl", (f"PENN (Castellan News) — {text[0]}", *text[1:])) for site in ("heath", "wren")]
    told = links(tmp_path, *pages)
    assert {one.changes for (_, original), one in told.items() if original is None} == {None}
    assert None in {original for _, original in told}


def test_a_page_that_only_asks_is_told_the_same(tmp_path: Path) -> None:
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add((*INDEXED, HEATH))
        stored = index.who(HEATH.id)
    with Index(tmp_path / "e.db", workers=1) as index:
        index.add(INDEXED)
        asked = index.who(HEATH)
    assert asked.publishers == stored.publishers
    assert asked.publishers[1].changes == Changes(inserted=1, dropped=11, credits=2, promotion=1)


def test_two_pages_are_compared_as_their_link_is(tmp_path: Path) -> None:
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add((*INDEXED, HEATH))
        told = next(link for link in index.links() if link.copy == HEATH.id)
        shared = [index.compare_pages(*pages) for pages in ((WIRE.id, HEATH.id), (HEATH.id, WIRE.id))]
        unlinked = index.compare_pages(WIRE.id, OTHER.id)
    assert unlinked is None
    assert [one and (one.turned, one.is_copy, one.summary) for one in shared] == [
        (False, True, told.changes), (True, True, told.changes),
    ]  # fmt: skip
    alone = compare_pages(HEATH, WIRE)
    assert isinstance(alone, Compared)
    assert (alone.turned, alone.is_copy, alone.summary.inserted, alone.summary.credits) == (False, False, 3, 0)


def test_links_are_found_by_what_differs_most_first(tmp_path: Path) -> None:
    numbers = ["Of 1,200 men 64 came on Friday, and the other men went home to the harbour that very evening."]
    source = made.page(
        "northgate/men",
        (*REED[:2], *numbers),
        outlet="Northgate Wire",
        site_name=None,
        published="2024-05-01",
        crawled="2024-05-01",
    )
    copies = [
        made.page(f"heath{n}/men", (*REED[:2], numbers[0].replace(*change).replace("64", "64" if n else "46")))
        for n, change in enumerate((("1,200", "1,300"), ("Friday", "July 13"), ("1,200", "1200")))
    ]
    with Index(tmp_path / "d.db", workers=1) as index:
        index.add((source, *copies))
        found = list(index.changed("numbers"))
    told = {one.link.copy: [(c.was, c.now) for c in one.changes] for one in found if one.link.original == source.id}
    assert list(told.items()) == [
        ("heath0/men", [("1,200", "1,300"), ("64", "46")]), ("heath1/men", [("Friday", "July 13")]),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_the_number_of_workers_changes_no_link(tmp_path: Path, seed: int) -> None:
    pages = [page for n in range(4) for page in made.corpus(10 * seed + n)]
    told = []
    for workers in (1, 2):
        with Index(tmp_path / f"{workers}.db", workers=workers) as index:
            index.add(pages)
            told.append(list(index.links(None)))
    assert told[0] == told[1]
    assert any(one.changes != Changes() for one in told[0] if one.changes)
