"""What pages claim: the true address, the one they were taken from, whom they credit; and hostile data in them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

from dedup.corpus import page_from_text, read_page
from dedup.corpus.claims import MAX_BLOCK_CHARS, MAX_BLOCKS, claims_of
from dedup.corpus.fields import to_document
from dedup.corpus.files import Place
from dedup.model import Document

trafilatura = pytest.importorskip("trafilatura", exc_type=ImportError)

NOW = datetime(2026, 3, 1, tzinfo=UTC)
OWN = "https://www.mirror.com/2024/ferry"
WIRE = "https://wire.com/story/7"
BODY = "The ferry left at noon with nobody on board, and it came back at one with the mayor."


def page(head: str) -> str:
    return f"<html><head><title>Ferry sails</title>{head}</head><body><p>{BODY}</p><p>{BODY}</p></body></html>"


def data(**fields: Any) -> str:
    return block({"@context": "https://schema.org", "@type": "NewsArticle", "headline": "Ferry sails", **fields})


def block(value: object) -> str:
    return script(json.dumps(value))


def script(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def link(address: str, rel: str = "canonical") -> str:
    return f'<link rel="{rel}" href="{address}">'


def meta(name: str, content: str, attribute: str = "name") -> str:
    return f'<meta {attribute}="{name}" content="{content}">'


def canonical(head: str, url: str | None = OWN) -> str | None:
    return claims_of(trafilatura.load_html(page(head)), url).canonical


def based_on(head: str, url: str | None = OWN) -> str | None:
    return claims_of(trafilatura.load_html(page(head)), url).based_on


OG = meta("og:url", OWN, "property")
CANONICAL: dict[str, tuple[str, str | None]] = {
    "canonical": (link(WIRE), WIRE),
    "og:url": (OG, OWN),
    "canonical before og:url": (OG + link(WIRE), WIRE),
    "og:url as a name": (meta("og:url", WIRE), WIRE),
    "capitals": (f'<LINK REL="Canonical" HREF="{WIRE}">', WIRE),
    "among others": (link(WIRE, "alternate canonical"), WIRE),
    "empty, then og:url": (link("") + OG, OWN),
    "no address, then og:url": (link("javascript:alert(1)") + OG, OWN),
    "a scheme alone": (link("http://"), None),
    "of the page's scheme": (link("//wire.com/a"), "https://wire.com/a"),
    "a path": (link("/2024/boat"), "https://www.mirror.com/2024/boat"),
    "only an edition in another language": (link(WIRE, "alternate"), None),
    "a base is no claim": ('<base href="https://wire.com/">', None),
    "none": ("", None),
    "endless": (link("https://wire.com/" + "a" * 3000), None),
}


@pytest.mark.parametrize(("head", "told"), CANONICAL.values(), ids=CANONICAL)
def test_the_address_a_page_calls_the_true_one(head: str, told: str | None) -> None:
    assert canonical(head) == told


def test_a_path_without_a_known_address_is_read_from_what_the_page_calls_its_own() -> None:
    assert canonical(link("/2024/boat") + OG, None) == "https://www.mirror.com/2024/boat"
    assert canonical(link("/2024/boat"), None) is None


FIRST = meta("original-source", "https://first.com/")
BASED_ON: dict[str, tuple[str, str | None]] = {
    "an address": (data(isBasedOn=WIRE), WIRE),
    "an object with url": (data(isBasedOn={"@type": "NewsArticle", "url": WIRE}), WIRE),
    "an object with @id": (data(isBasedOn={"@id": WIRE}), WIRE),
    "a list": (data(isBasedOn=[{"name": "The wire"}, {"@id": WIRE}]), WIRE),
    "the older name": (data(isBasedOnUrl=WIRE), WIRE),
    "a host alone": (data(isBasedOn="wire.com"), "wire.com"),
    "another site's before its own": (data(isBasedOn=[OWN + "-live", WIRE]), WIRE),
    "its own earlier story": (data(isBasedOn="https://mirror.com/2023/boat"), None),
    "a title": (data(isBasedOn="The Ferry Report, p. 3"), None),
    "a number": (data(isBasedOn=7), None),
    "in a graph": (block({"@graph": [{"@type": "WebPage"}, {"@type": "Article", "isBasedOn": WIRE}]}), WIRE),
    "of the page's main thing": (block({"mainEntity": {"@type": ["Thing", "NewsArticle"], "isBasedOn": WIRE}}), WIRE),
    "of a story it points to": (data(relatedLink={"@type": "NewsArticle", "isBasedOn": WIRE}), None),
    "of a picture": (block({"@type": "ImageObject", "isBasedOn": WIRE}), None),
    "of what is reviewed": (block({"itemReviewed": {"@type": "Article", "isBasedOn": WIRE}}), None),
    "syndication-source": (meta("syndication-source", WIRE), WIRE),
    "original-source": (meta("original-source", WIRE), WIRE),
    "a property": (meta("original-source", WIRE, "property"), WIRE),
    "a link": (link(WIRE, "syndication-source"), WIRE),
    "syndication before original": (FIRST + meta("syndication-source", WIRE), WIRE),
    "data before metas": (FIRST + data(isBasedOn=WIRE), WIRE),
    "itself": (meta("original-source", OWN), None),
    "itself without www": (meta("syndication-source", "http://mirror.com/2024/ferry?x=1"), None),
    "a name": (meta("original-source", "The Wire"), None),
    "the page's main entity elsewhere": (data(mainEntityOfPage=WIRE), WIRE),
    "the same as an object": (data(mainEntityOfPage={"@type": "WebPage", "@id": WIRE}), WIRE),
    "its own": (data(mainEntityOfPage={"@type": "WebPage", "@id": OWN}), None),
    "its own in another country": (data(mainEntityOfPage="https://www.mirror.de/2024/ferry"), None),
    "an organisation's site": (data(sourceOrganization={"name": "Wire", "url": "https://wire.com"}), "https://wire.com"),
    "the publisher's other site": (
        data(sourceOrganization={"name": "Mirror", "url": "https://wire.com"}, publisher={"name": "Mirror"}), None
    ),
    "an owner is no source": (data(copyrightHolder={"name": "Big Holding", "url": "https://holding.com"}), None),
    "none": ("", None),
}  # fmt: skip


@pytest.mark.parametrize(("head", "told"), BASED_ON.values(), ids=BASED_ON)
def test_the_address_a_page_says_it_was_taken_from(head: str, told: str | None) -> None:
    assert based_on(head) == told


def test_where_the_pages_address_is_unknown_it_is_what_the_page_calls_its_own() -> None:
    assert based_on(OG + meta("original-source", OWN), None) is None
    assert based_on(OG + meta("original-source", WIRE), None) == WIRE
    assert based_on(meta("original-source", WIRE), None) == WIRE
    assert based_on(OG + data(mainEntityOfPage=WIRE), None) is None


CREDITS: dict[str, tuple[str, str | None]] = {
    "a line of credit": (data(creditText="Castellan News Agency"), "Castellan News Agency"),
    "an organisation": (data(sourceOrganization={"name": "Castellan News Agency"}), "Castellan News Agency"),
    "a list": (data(sourceOrganization=[{"name": "Castellan News Agency"}]), "Castellan News Agency"),
    "the publisher": (data(creditText="MIRROR", publisher={"name": "Mirror"}), None),
    "an address": (data(creditText="https://wire.com"), None),
    "an essay": (data(creditText="word " * 60), None),
    "none": (data(), None),
}


@pytest.mark.parametrize(("head", "told"), CREDITS.values(), ids=CREDITS)
def test_whom_a_pages_data_credits(head: str, told: str | None) -> None:
    assert claims_of(trafilatura.load_html(page(head)), OWN).credit == told


def test_a_saved_page_has_what_it_claims(tmp_path: Path) -> None:
    head = link(WIRE) + data(isBasedOn="https://first.com/a", creditText="Castellan News Agency")
    (tmp_path / "a.html").write_text(f"<!-- saved from url=(0033){OWN} -->\n{page(head)}")
    document = read_page(tmp_path / "a.html", now=NOW)
    assert (document.url, document.canonical, document.based_on) == (OWN, WIRE, "https://first.com/a")
    assert document.byline == "Castellan News Agency"


BROKEN = {
    "cut off": '{"@type": "NewsArticle", "isBasedOn": "https://wire.com/a"',
    "not JSON": "window.data = {}",
    "empty": "",
    "a number of too many digits": '{"@type": "Article", "n": ' + "9" * 5000 + "}",
    "nested too deeply": "[" * 100_000,
    "too long": json.dumps({"@type": "Article", "isBasedOn": WIRE, "x": "a" * MAX_BLOCK_CHARS}),
    "not an object": '[1, null, [[[[[[[]]]]]]], "x"]',
    "odd types": '{"@type": [1, {"a": 2}], "@graph": {"@graph": {"@graph": {"@graph": {}}}}}',
    "odd values": '{"@type": "Article", "isBasedOn": [[[["https://x.com"]]], {"url": {"url": 1}}], "publisher": []}',
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN)
def test_broken_data_is_passed_over(text: str) -> None:
    assert claims_of(trafilatura.load_html(page(script(text))), OWN).based_on is None


MENDED = {
    "line breaks inside texts": '{"@type": "Article", "headline": "one\ntwo", "isBasedOn": "https://wire.com/story/7"}',
    "in a comment": '<!-- {"@type": "Article", "isBasedOn": "https://wire.com/story/7"} -->',
    "a final semicolon": '{"@type": "Article", "isBasedOn": "https://wire.com/story/7"};',
}


@pytest.mark.parametrize("text", MENDED.values(), ids=MENDED)
def test_data_as_it_is_often_written_is_read(text: str) -> None:
    assert based_on(script(text)) == WIRE


HOSTILE = {
    "blocks": script("{}") * 20_000,
    "articles": script("[" + ",".join(['{"@type": "Article"}'] * 20_000) + "]"),
    "graphs in graphs": script('{"@graph": [' * 400 + "]}" * 400),
    "bases": data(isBasedOn=["https://www.mirror.com/a"] * 15_000),
    "links": link("https://www.mirror.com/a") * 10_000,
    "a rel of many words": link(WIRE, "a " * 200_000),
}


@pytest.mark.parametrize("head", HOSTILE.values(), ids=HOSTILE)
def test_hostile_data_takes_bounded_time(head: str) -> None:
    tree = trafilatura.load_html(page(head))
    started = perf_counter()
    claims_of(tree, OWN)
    assert perf_counter() - started < 1


def test_only_so_many_blocks_are_read() -> None:
    assert based_on(script("{}") * MAX_BLOCKS + data(isBasedOn=WIRE)) is None
    assert based_on(script("{}") * (MAX_BLOCKS - 1) + data(isBasedOn=WIRE)) == WIRE


# ---------------------------------------------------------------------------------------------------------------
# Records.


def record(**fields: Any) -> Document:
    return to_document({"text": BODY, "url": OWN, **fields}, Place("feed.jsonl", 7, 3), NOW)


RECORDS: dict[str, tuple[dict[str, Any], str | None]] = {
    "isBasedOn": ({"isBasedOn": WIRE}, WIRE),
    "is_based_on": ({"is_based_on": WIRE}, WIRE),
    "an object": ({"isBasedOn": {"@type": "NewsArticle", "@id": WIRE}}, WIRE),
    "a list": ({"isBasedOn": [{"url": WIRE}]}, WIRE),
    "ours": ({"based_on": WIRE}, WIRE),
    "syndication-source": ({"syndication-source": WIRE}, WIRE),
    "ORIGINAL SOURCE": ({"ORIGINAL SOURCE": "wire.com/story/7"}, "wire.com/story/7"),
    "in the metadata": ({"metadata": {"original_source": WIRE}}, WIRE),
    "source_url of its own site": ({"source_url": "https://mirror.com"}, None),
    "source_url elsewhere": ({"source_url": "https://wire.com"}, "https://wire.com"),
    "the main entity elsewhere": ({"mainEntityOfPage": {"@id": WIRE}}, WIRE),
    "its own main entity": ({"mainEntityOfPage": OWN}, None),
    "sure before likely": ({"source_url": "https://first.com", "is_based_on": WIRE}, WIRE),
    "a name": ({"original_source": "The Wire"}, None),
    "a number": ({"original_source": 7}, None),
    "itself": ({"original_source": OWN}, None),
    "none": ({}, None),
}


@pytest.mark.parametrize(("fields", "told"), RECORDS.values(), ids=RECORDS)
def test_a_record_says_where_it_was_taken_from(fields: dict[str, Any], told: str | None) -> None:
    assert record(**fields).based_on == told


def test_what_only_hints_counts_for_nothing_where_nothing_is_known_of_the_page() -> None:
    assert record(url=None, source_url=WIRE).based_on is None
    assert record(url=None, original_source=WIRE).based_on == WIRE
    assert record(url=None, canonical=OWN, source_url=OWN).based_on is None
    assert record(url=None, outlet="Mirror", source_url=WIRE).based_on == WIRE


# ---------------------------------------------------------------------------------------------------------------
# Bylines that name nobody are evidence, and stay as they are.

NOBODYS = ["admin", "By admin", "Staff Writer", "Editorial Team", "Redaktion", "News Desk", "Mirror Tide", "mirror.com"]


@pytest.mark.parametrize("byline", NOBODYS)
def test_a_byline_that_names_nobody_is_kept(byline: str, tmp_path: Path) -> None:
    assert record(author=byline, site_name="Mirror Tide").byline == byline
    text = f"Mirror Tide|Ferry sails\n\n2025-05-06 13:40:43source:{byline}category:Sea\n\n{BODY}"
    assert page_from_text(text, now=NOW).byline == byline
    (tmp_path / "a.html").write_text(page(meta("author", byline)))
    assert read_page(tmp_path / "a.html", now=NOW).byline == byline


SIGNED: dict[str, tuple[str, str | None]] = {
    "data": (data(author={"@type": "Person", "name": "admin"}), "admin"),
    "a list": (data(author=[{"name": "admin"}]), "admin"),
    "a text": (data(author="newsdesk"), "newsdesk"),
    "a name that trafilatura rewrites": (meta("author", "admin") + data(author="mirror.com"), "mirror.com"),
    "an address of a profile": (meta("author", "https://social.com/ann") + data(author="newsdesk"), "newsdesk"),
    "before the credit": (data(author="newsdesk", creditText="Castellan News Agency"), "newsdesk"),
    "several": (data(author=[{"name": "Ann Alder"}, {"name": "Bo Birch"}]), "Ann Alder, Bo Birch"),
    "an essay": (meta("author", "word" * 60), None),
    "nobody": (data(author={"@type": "Person"}), None),
}


@pytest.mark.parametrize(("head", "byline"), SIGNED.values(), ids=SIGNED)
def test_a_page_is_signed_as_it_says(head: str, byline: str | None, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(page(head))
    assert read_page(tmp_path / "a.html", now=NOW).byline == byline


# ---------------------------------------------------------------------------------------------------------------
# What it asks of search engines.

ROBOTS = {
    "not to be listed": (meta("robots", "noindex"), "noindex"),
    "among others, in capitals": (meta("ROBOTS", "NOARCHIVE, NoIndex"), "noindex"),
    "none": (meta("robots", "none"), "noindex"),
    "of one engine": (meta("robots", "index, follow") + meta("googlebot-news", "noindex"), "noindex"),
    "to be listed": (meta("robots", "index, follow, max-snippet:-1"), None),
    "a word that only begins so": (meta("robots", "noindexed, nonesuch"), None),
    "of pictures": (meta("robots", "noimageindex"), None),
    "nothing": (meta("robots", ""), None),
    "no such line": ("", None),
}


@pytest.mark.parametrize(("head", "told"), ROBOTS.values(), ids=ROBOTS)
def test_robots(head: str, told: str | None) -> None:
    assert claims_of(trafilatura.load_html(page(head)), OWN).robots == told


@pytest.mark.parametrize(
    ("value", "told"),
    [("index, noindex", "noindex"), (["nofollow", "none"], "noindex"), ("index", None), (7, None), ([7, None], None)],
)
def test_robots_of_a_record(value: object, told: str | None) -> None:
    assert record(meta_robots=value).robots == told
