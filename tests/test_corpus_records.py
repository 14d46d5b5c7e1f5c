"""Records: the names that scrapers use, and what a text keeps."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused, clean_line, clean_text, is_markup, strip_markup
from dedup.corpus.fields import to_document
from dedup.corpus.files import Place
from dedup.corpus.names import NAMES
from dedup.model import Document

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PLACE = Place("feed.jsonl", 7, 3)
BODY = "The ferry left at noon with nobody on board."


def read(**record: Any) -> Document:
    return to_document(record, PLACE, NOW)


PRODUCERS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "ours": (
        {"id": "01234", "url": "https://www.daily.com/a", "outlet": "daily.com", "title": "Ferry", "text": BODY},
        {"id": "01234", "url": "https://www.daily.com/a", "outlet": "daily.com", "site_name": None, "title": "Ferry"},
    ),
    "news-please": (
        {
            "authors": ["Ann Alder", "Bo Birch"],
            "date_publish": "2024-05-06 13:40:43",
            "date_download": "2024-05-07 08:00:00",
            "maintext": BODY,
            "text": "Menu " + BODY,
            "source_domain": "www.daily.com",
            "url": "https://www.daily.com/a",
            "language": "en",
        },
        {
            "id": "https://www.daily.com/a",
            "text": BODY,
            "byline": "Ann Alder, Bo Birch",
            "published": "2024-05-06T13:40:43",
            "crawled": "2024-05-07T08:00:00",
            "outlet": "daily.com",
            "language": "en",
        },
    ),
    "NewsAPI": (
        {
            "source": {"id": "daily", "name": "The Daily"},
            "author": "Ann Alder",
            "url": "https://daily.com/a",
            "publishedAt": "2024-05-06T13:40:43Z",
            "content": BODY + "… [+1234 chars]",
        },
        {
            "text": BODY,
            "outlet": "daily.com",
            "site_name": "The Daily",
            "byline": "Ann Alder",
            "published": "2024-05-06T13:40:43+00:00",
        },
    ),
    "Webz": (
        {
            "uuid": "77",
            "url": "https://a.daily.com/a",
            "text": BODY,
            "thread": {"site": "daily.com", "site_full": "a.daily.com"},
        },
        {"id": "77", "outlet": "daily.com"},
    ),
    "Dolma": (
        {"id": "x1", "text": BODY, "source": "crawl-7", "metadata": {"url": "https://daily.com/a", "title": "Ferry"}},
        {"id": "x1", "url": "https://daily.com/a", "title": "Ferry", "outlet": "daily.com"},
    ),
    "EventRegistry": (
        {"uri": "88", "url": "https://daily.com/a", "body": BODY, "lang": "eng", "source": {"uri": "daily.com"}},
        {"id": "88", "outlet": "daily.com", "language": "eng"},
    ),
    "newspaper4k": (
        {
            "text": BODY,
            "canonical_link": "https://wire.com/a",
            "url": "https://mirror.com/a",
            "meta_site_name": "Mirror Daily",
        },
        {"canonical": "https://wire.com/a", "outlet": "mirror.com", "site_name": "Mirror Daily"},
    ),
    "JSON-LD": (
        {
            "headline": "Ferry",
            "articleBody": BODY,
            "datePublished": "2024-05-06",
            "author": [{"@type": "Person", "name": "Ann Alder"}],
            "publisher": {"name": "The Daily"},
        },
        {
            "title": "Ferry",
            "published": "2024-05-06",
            "byline": "Ann Alder",
            "outlet": "The Daily",
            "site_name": "The Daily",
        },
    ),
    "NELA": (
        {"id": "n1", "source": "thedaily", "content": BODY, "author": "Ann Alder", "published_utc": 1714998043},
        {"outlet": "thedaily", "site_name": "thedaily", "published": "2024-05-06T12:20:43+00:00"},
    ),
    "source is an address": (
        {"source": "https://www.daily.com/a", "text": BODY},
        {"id": "https://www.daily.com/a", "url": "https://www.daily.com/a", "outlet": "daily.com", "site_name": None},
    ),
    "name and domain": (
        {"outlet": "The Daily", "domain": "www.daily.com", "text": BODY},
        {"outlet": "daily.com", "site_name": "The Daily"},
    ),
    "outlet named by the record": (
        {"outlet": "AP", "url": "https://daily.com/a", "text": BODY},
        {"outlet": "AP", "site_name": None},
    ),
    "part of a site": ({"outlet": "daily.com/news", "text": BODY}, {"outlet": "daily.com/news"}),
    "case and punctuation": (
        {"Article-Text": BODY, "PUB.DATE": "2024-05-06", "Web URL": "https://daily.com/a"},
        {"text": BODY, "published": "2024-05-06", "url": "https://daily.com/a"},
    ),
    "first that is not empty": ({"maintext": " ", "text": None, "body": BODY, "title": ""}, {"title": None}),
    "first date that is one": (
        {"text": BODY, "published": "recently", "date": "2024-05-06"},
        {"published": "2024-05-06"},
    ),
    "list of paragraphs": ({"text": ["One.", "Two."]}, {"text": "One.\n\nTwo."}),
    "number as id": ({"_id": 42, "text": BODY}, {"id": "42"}),
    "id of a document database": ({"_id": {"$oid": "5f"}, "text": BODY}, {"id": "5f"}),
    "no id, no address": ({"text": BODY}, {"id": "feed.jsonl#3", "origin": "feed.jsonl:7", "outlet": None}),
    "digest of the text is no id": ({"digest": "sha1:X", "fingerprint": "ab", "text": BODY}, {"id": "feed.jsonl#3"}),
    "canonical is never identity": (
        {"canonical_url": "https://wire.com/a", "text": BODY},
        {"id": "feed.jsonl#3", "url": None, "outlet": None, "canonical": "https://wire.com/a"},
    ),
    "script address": ({"url": "javascript:alert(1)", "text": BODY}, {"url": None, "id": "feed.jsonl#3"}),
    "address without scheme": (
        {"url": "daily.com:80/a", "text": BODY},
        {"url": "daily.com:80/a", "outlet": "daily.com"},
    ),
    "controls in a title": ({"title": " A\x1b[31m\tred\n title\x00 ", "text": BODY}, {"title": "A[31m red title"}),
    "lone surrogate": ({"title": "x\ud800", "text": "y\udfff z"}, {"title": "x\ufffd", "text": "y\ufffd z"}),
    "line ends and NUL": ({"text": " a\r\nb\rc\x00d\u2028e "}, {"text": " a\nb\ncd\u2028e "}),
    "dateline": ({"text": BODY, "dateline": "OSLO (XP)"}, {"dateline": "OSLO (XP)"}),
    "byline before authors": ({"text": BODY, "authors": ["Ann"], "byline": "By Ann, XP"}, {"byline": "By Ann, XP"}),
}


@pytest.mark.parametrize(("record", "expected"), PRODUCERS.values(), ids=PRODUCERS.keys())
def test_a_producers_names_are_understood(record: dict[str, Any], expected: dict[str, Any]) -> None:
    document = to_document(record, PLACE, NOW)
    assert {name: getattr(document, name) for name in expected} == expected


SOME = st.dictionaries(
    st.sampled_from((*NAMES.title, *NAMES.language, "Thread", "nr")), st.sampled_from(["", " ", "A", "B"])
)


@given(SOME)
def test_of_fields_that_mean_the_same_the_first_that_is_not_empty_is_taken(record: dict[str, str]) -> None:
    told = read(text=BODY, **record)
    for found, names in ((told.title, NAMES.title), (told.language, NAMES.language)):
        assert found == next((record[name] for name in names if record.get(name, "").strip()), None)


# Without "&": references like "&ap;" are read as what they stand for.
ODD = st.sampled_from("ab \t\r\n\x00\x1b\x85\xa0\u2028é\ud83d\ude00\ufffd")
HOSTILE = st.text(ODD | st.characters(exclude_characters="&"), max_size=12)


@given(HOSTILE)
def test_a_line_keeps_its_words_and_loses_the_rest(value: str) -> None:
    sound = "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in value)
    shown = "".join(char for char in " ".join(sound.split()) if not (ord(char) < 32 or 127 <= ord(char) < 160))
    assert clean_line(value) == (shown.strip() or None)


@given(HOSTILE)
def test_a_text_keeps_all_but_what_cannot_be_stored(value: str) -> None:
    sound = "".join("\ufffd" if 0xD800 <= ord(char) <= 0xDFFF else char for char in value)
    kept = sound.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if kept.split():
        assert clean_text(value) == kept
    else:
        with pytest.raises(Refused, match="no text"):
            clean_text(value)


REFUSED: dict[str, tuple[object, str]] = {
    "a list": ([1], "is a list, not an object"),
    "a text": ("x", "is a text, not an object"),
    "null": (None, "is null, not an object"),
    "no text": ({"headline": "x", "nr": 1}, "no text: its fields are headline, nr"),
    "empty object": ({}, "no text: its fields are none"),
    "many fields": ({f"f{i}": i for i in range(20)}, "f11 and 8 more"),
    "blank text": ({"text": " \n\x00 "}, "no text"),
    "text is a number": ({"text": 5}, "text is a number, not a text"),
    "text is a list of numbers": ({"text": [1, 2]}, "text is a list, not a text"),
    "too long": ({"text": "é" * (MAX_TEXT_BYTES // 2 + 1)}, "text of 5,000,002 bytes is longer than the 5,000,000"),
}


@pytest.mark.parametrize(("record", "problem"), REFUSED.values(), ids=REFUSED.keys())
def test_a_record_without_a_text_is_refused_with_the_reason(record: object, problem: str) -> None:
    with pytest.raises(Refused) as refusal:
        to_document(record, PLACE, NOW)
    assert problem in str(refusal.value)


def test_the_longest_text_allowed_is_read() -> None:
    assert len(read(text="x" * MAX_TEXT_BYTES).text) == MAX_TEXT_BYTES


def test_the_notice_of_a_cut_is_only_taken_from_the_end() -> None:
    text = "He wrote [+12 chars] here and [+x chars]"
    assert read(content=text).text == text


MARKUP = {
    "paragraphs": ("<p>One &amp; two.</p><p>Three <b>four</b>.</p>", "One & two.\n\nThree four."),
    "breaks": ("<div>One<br/>two</div><p>x</p>", "One\n\ntwo\n\nx"),
    "script and style": ("<p>a</p><script>if (a<b) {x('</p>')}</script><style>p{}</style><p>b</p>", "a\n\nb"),
    "comment": ("<p>a</p><!-- <p>hidden</p> --><p>b</p>", "a\n\nb"),
    "unclosed comment": ("<p>a</p><b>x</b><!-- rest", "a\n\nx"),
    "sign in prose": ("<p>1 < 2 and 3 > 2</p><p>b</p>", "1 < 2 and 3 > 2\n\nb"),
    "endless reference": ("<p>a&#" + "9" * 5000 + ";</p><p>b</p>", "a\ufffd\n\nb"),
}


@pytest.mark.parametrize(("markup", "text"), MARKUP.values(), ids=MARKUP.keys())
def test_markup_in_a_text_is_stripped(markup: str, text: str) -> None:
    assert is_markup(markup)
    assert read(content=markup).text == text


@pytest.mark.parametrize("text", ["a < b and b > c", "one <b>bold</b> word", "</AP> and </XP> tags", "</"])
def test_a_text_with_stray_signs_stays_as_it_is(text: str) -> None:
    assert read(text=text).text == text


@pytest.mark.parametrize("bit", ["<", "<a ", "<!--", "</p>", "<script>", "&#", "&", "<a href='", " ", "\n ", "</a"])
def test_hostile_markup_takes_linear_time(bit: str) -> None:
    """A megabyte of it would take hours if any pattern were quadratic."""
    text = bit * (1_000_000 // len(bit))
    assert len(strip_markup(text)) <= len(text)
    is_markup(text)


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ("Tom &amp; Co &#8212; &quot;so&quot; &mdash; it&#39;s", 'Tom & Co — "so" — it\'s'),
        ("AT&T; R&D &nosuch; &amp", "AT&T; R&D &nosuch; &amp"),
        ("&lt;b&gt; &amp;lt;", "<b> &lt;"),
        ("&#0;&#xD800;&#13;x", "\ufffd\ufffd\nx"),
    ],
)
def test_what_is_left_of_html_in_plain_text_is_read(told: str, kept: str) -> None:
    assert clean_text(told) == kept
