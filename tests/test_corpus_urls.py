"""Addresses as ids: one page, one id; another page, another."""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus import read_corpus
from dedup.corpus.urls import page_id

PAGES = {
    "as it should be": ("https://daily.example/news/a-1.html", "https://daily.example/news/a-1.html"),
    "capitals in scheme and host": ("HTTPS://Daily.Example/News", "https://daily.example/News"),
    "default port": ("https://daily.example:443/a", "https://daily.example/a"),
    "another port": ("http://daily.example:8080/a", "http://daily.example:8080/a"),
    "no path": ("https://daily.example", "https://daily.example/"),
    "fragment": ("https://daily.example/a#comments", "https://daily.example/a"),
    "fragment that is a page": ("https://daily.example/#!/a", "https://daily.example/#!/a"),
    "counting": ("https://daily.example/a?utm_source=x&utm_medium=y&fbclid=1", "https://daily.example/a"),
    "counting in capitals": ("https://daily.example/a?CMP=share&UTM_Source=x", "https://daily.example/a"),
    "counting beside a page's own": ("https://daily.example/a?gclid=1&id=5", "https://daily.example/a?id=5"),
    "order of the query": ("https://daily.example/?p=5&cat=2", "https://daily.example/?cat=2&p=5"),
    "one name twice keeps its order": ("https://daily.example/?a=2&a=1", "https://daily.example/?a=2&a=1"),
    "a query that is no list": ("https://daily.example/?12345", "https://daily.example/?12345"),
    "an empty value": ("https://daily.example/?page=", "https://daily.example/?page="),
    "an empty query": ("https://daily.example/a?", "https://daily.example/a"),
    "dot segments": ("https://daily.example/x/../news/./a", "https://daily.example/news/a"),
    "dots at the end": ("https://daily.example/news/a/..", "https://daily.example/news/"),
    "dots beyond the root": ("https://daily.example/../../a", "https://daily.example/a"),
    "escapes of plain letters": ("https://daily.example/%61%2D1", "https://daily.example/a-1"),
    "escapes in small letters": ("https://daily.example/caf%c3%a9", "https://daily.example/caf%C3%A9"),
    "an escaped slash is none": ("https://daily.example/a%2fb", "https://daily.example/a%2Fb"),
    "accented host": ("https://tägliche.example/a", "https://xn--tgliche-5wa.example/a"),
    "host with a last dot": ("https://daily.example./a", "https://daily.example/a"),
    "name and password": ("https://ann:secret@daily.example/a", "https://daily.example/a"),
    "IPv6": ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
    "an archive's address": (
        "https://web.archive.example/web/2024/https://daily.example/a",
        "https://web.archive.example/web/2024/https://daily.example/a",
    ),
    "www stays": ("https://www.daily.example/a", "https://www.daily.example/a"),
    "http stays": ("http://daily.example/a", "http://daily.example/a"),
    "a slash at the end stays": ("https://daily.example/a/", "https://daily.example/a/"),
    "no scheme": ("daily.example/a?utm_source=x", "daily.example/a?utm_source=x"),
    "another scheme": ("mailto:ann@daily.example", "mailto:ann@daily.example"),
    "a name": ("ngw-1001", "ngw-1001"),
    "a broken host": ("http://[bad/a", "http://[bad/a"),
    "a broken port": ("http://daily.example:x/a", "http://daily.example:x/a"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("url", "id"), PAGES.values(), ids=PAGES.keys())
def test_an_address_becomes_an_id(url: str, id: str) -> None:
    assert page_id(url) == id
    assert page_id(id) == id


@given(st.text(max_size=40), st.text(alphabet="abc=&?#%./:@[]é 09Z", max_size=60))
def test_an_id_is_the_id_of_itself(start: str, rest: str) -> None:
    for url in (start, f"https://daily.example/{rest}", f"http://{rest}"):
        assert page_id(page_id(url)) == page_id(url)


@pytest.mark.parametrize("part", ["../", "a/", "%", "?", "&a", "a=1&", "//", "."], ids=repr)
def test_a_hostile_address_takes_no_time(part: str) -> None:
    started = process_time()
    page_id("https://daily.example/" + part * 100_000)
    page_id(("https://daily.example/" + part * 1000)[:2000])
    assert process_time() - started < 0.5


def test_two_addresses_of_one_page_are_one_document_and_the_url_is_kept(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    urls = ["https://daily.example/a?utm_source=x", "https://Daily.example/a#top"]
    file.write_text("".join(json.dumps({"url": url, "text": "A story."}) + "\n" for url in urls), encoding="utf-8")
    told = list(read_corpus(file))
    assert [document.id for document in told] == ["https://daily.example/a"] * 2
    assert [document.url for document in told] == urls


def test_an_id_that_is_told_stays_as_it_is(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text(json.dumps({"id": "https://Daily.example/a?utm_id=1", "text": "A story."}), encoding="utf-8")
    assert [document.id for document in read_corpus(file)] == ["https://Daily.example/a?utm_id=1"]
