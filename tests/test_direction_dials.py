"""What mirrors tell of themselves, each dial alone: dates, addresses, bylines, and whose name stands in the story."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import asdict, replace
from random import Random
from typing import Any

import pytest
from habits import renamed
from mirrored import BY_ID, STORIES, by_id, copies, dialled, in_order, tokens
from mirrors import PLAIN, make
from pages import shifted
from recipes import direction_mix
from texts import kept_tokens, read_text, write_text

from dedup.model import Document

NAMED = [
    replace(story, text=story.text.replace(". ", ", one told the Northgate Wire. The Northgate Wire's bell rang. ", 1))
    for story in STORIES
]


def mirrors_of(result: Any) -> list[Document]:
    return [page for _, page, _ in copies(result)]


def test_the_default_mix_makes_what_it_always_made() -> None:
    told = [{name: value for name, value in asdict(page).items() if value} for page in make(STORIES, 40, 1).documents]
    written = "".join(json.dumps(page, sort_keys=True) for page in told)
    assert hashlib.sha256(written.encode()).hexdigest()[:16] == "f90f203a69b926c8"


def test_what_is_off_is_not_told() -> None:
    for result in (dialled(), make(STORIES, 30, 2)):
        assert all(page.crawled is None and page.canonical is None for page in result.documents)


@pytest.mark.parametrize("hours", [-720, 0, 3, 720])
@pytest.mark.parametrize("after", [1, 48])
def test_a_page_is_first_seen_after_it_was_taken_whatever_it_claims(hours: int, after: int) -> None:
    for _, page, story in copies(dialled(hours=hours, after=after, crawled=24)):
        assert page.crawled == shifted(story.published or "", after + 24)
        assert page.published == shifted(story.published or "", max(after, hours) if hours > 0 else hours)


def test_an_adaptation_is_taken_after_it_was_published() -> None:
    result = dialled(adapted=True, after=1, hours=1, crawled=6)
    rows = {row.copy: row for row in result.truth}
    for row in result.truth:
        if row.habit != "adaptation":
            page, source = by_id(result)[row.copy], by_id(result)[row.original or ""]
            assert rows[source.id].habit == "adaptation"
            assert page.published == shifted(source.published or "", 1)
            assert page.crawled == shifted(page.published or "", 6)


def test_a_round_up_is_taken_after_the_last_of_its_stories() -> None:
    result = dialled(parts=4, after=1, hours=1, crawled=6)
    for page in result.documents[-12:]:
        sources = [by_id(result)[row.original or ""] for row in result.truth if row.copy == page.id]
        last = max(source.published or "" for source in sources)
        assert page.published == shifted(last, 1)
        assert page.crawled == shifted(last, 7)


def test_the_address_that_a_page_calls_the_true_one() -> None:
    for _, page, _ in copies(dialled(canonical="own")):
        assert page.canonical == page.url
    for adapted in (False, True):
        for row, page, source in copies(dialled(canonical="source", adapted=adapted)):
            assert page.canonical == (source.url if row.habit != "adaptation" else None)


def test_an_address_that_leads_nowhere_is_no_page_of_anybody() -> None:
    result = dialled(canonical="nowhere")
    addresses = {page.url for page in result.documents}
    assert len({page.canonical for page in mirrors_of(result)}) > 2
    assert not addresses & {page.canonical for page in mirrors_of(result)}


@pytest.mark.parametrize("false_byline", [False, True])
def test_the_kinds_of_bylines(false_byline: bool) -> None:
    for kind in ("", "kept", "desk", "none"):
        for _, page, story in copies(dialled(byline=kind, false_byline=false_byline, credited=False)):
            desks = ("admin", "Staff", "Editor", page.site_name, f"{page.site_name} Desk")
            assert (page.byline is None) == (kind == "none" or (kind == "" and not false_byline))
            assert (page.byline == story.byline) == (kind == "kept")
            assert (page.byline in desks) == (kind == "desk")


@pytest.mark.parametrize(
    ("other", "before", "after", "lost"),
    [
        ("Phaninc Pulse", "told the Velmar Courier on", "told the Phaninc Pulse on", 2),
        ("Phaninc Pulse", "told the Velmar Courier. The", "told the Phaninc Pulse. The", 2),
        ("", "told the Velmar Courier on", "said on", 4),
        ("", "told the Velmar Courier. The", "said. The", 4),
        ("", "asked by the Velmar Courier, the", "asked by, the", 3),
        ("", "the Velmar Courier's men and", "men and", 3),
        ("Phaninc Pulse", "the Velmar Courier's men", "the Phaninc Pulse's men", 2),
        ("", "Velmar Courier, the Velmar Courier", "", 5),
        (
            "",
            "the Velmar Courierlaunch and the (Velmar Courier)",
            "the Velmar Courierlaunch and the (Velmar Courier)",
            0,
        ),
    ],
)
def test_the_name_of_the_source_is_replaced_or_left_out(other: str, before: str, after: str, lost: int) -> None:
    around = "{} one two three four five six seven"
    text = renamed(read_text(around.format(before)), "Velmar Courier", other)
    assert write_text(text) == around.format(after).strip()
    assert kept_tokens(text) == len(tokens(around.format(before))) - lost - ("'s" in before and not other)


def test_a_line_too_short_for_prose_keeps_its_name() -> None:
    text = read_text("Copyright 2024 Velmar Courier.")
    assert renamed(text, "Velmar Courier", "") == text


@pytest.mark.parametrize("kind", ["", "own", "dropped"])
def test_the_mirror_tells_who_was_told(kind: str) -> None:
    for row, page, story in copies(make(NAMED, 12, 3, replace(PLAIN, source_name=kind, credited=False))):
        assert ("told the Northgate Wire" in page.text, "Northgate Wire's" in page.text) == (not kind, not kind)
        assert (f"told the {page.site_name}" in page.text) == (kind == "own")
        assert ("one said" in page.text) == (kind == "dropped")
        original = next(other for other in NAMED if other.id == story.id)
        assert row.words == in_order(tokens(original.text), tokens(page.text))


def test_a_credit_is_no_prose_and_stays() -> None:
    for _, page, _ in copies(make(NAMED, 6, 3, replace(PLAIN, source_name="own"))):
        assert page.text.startswith("PORT ELLERY (Northgate Wire) — ")


def test_the_agency_of_what_is_absent_is_told() -> None:
    for absent in (True, False):
        rows = [row for row in dialled(absent=absent, teasers=1).truth if row.kind != "teaser"]
        assert {row.agency for row in rows} == {"Northgate Wire" if absent else None}
    listed = [replace(story, dateline=None, outlet="AP") for story in STORIES]
    result = make(listed, 6, 1, replace(PLAIN, absent=True, teasers=0))
    assert {row.agency for row in result.truth} == {"The Associated Press"}
    assert BY_ID.keys() - by_id(result).keys()


def test_the_shares_of_the_direction_mix() -> None:
    recipes = [direction_mix(Random(seed)) for seed in range(3000)]
    shares: dict[str, tuple[float, float]] = {
        "dated falsely": (sum(r.hours < 0 for r in recipes), 0.5),
        "credited": (sum(r.credited for r in recipes), 0.5),
        "absent": (sum(r.absent for r in recipes), 0.1),
        "seen": (sum(r.crawled > 0 for r in recipes), 0.7),
        "nowhere": (sum(r.canonical == "nowhere" for r in recipes), 0.05),
        "source": (sum(r.canonical == "source" for r in recipes), 0.1),
    }
    for name, (count, share) in shares.items():
        assert count / len(recipes) == pytest.approx(share, abs=0.03), name
    assert all(r.hours == r.after for r in recipes if r.hours > 0)
    assert len(Counter(r.byline for r in recipes)) == 4
