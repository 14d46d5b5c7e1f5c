"""What scrapers, crawls and agencies write: one record of each, and the document that it must be."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from dedup.corpus import read_corpus
from dedup.model import CorpusError, Document

NOW = datetime(2026, 3, 1, tzinfo=UTC)
BODY = "The ferry left Vardby at noon on Monday with nobody on board, the harbour master said."
URL = "https://www.vardbydaily.com/2024/05/06/ferry-leaves"


class Case(NamedTuple):
    """A record, and what the document must have; ``id`` and ``url`` are the address unless told."""

    record: dict[str, Any]
    outlet: str | None = "vardbydaily.com"
    site_name: str | None = None
    title: str | None = "Ferry leaves empty"
    published: str | None = None
    crawled: str | None = None
    byline: str | None = None
    language: str | None = None
    id: str | None = URL
    url: str | None = URL
    canonical: str | None = None
    dateline: str | None = None


CASES = {
    "news-please": Case(
        {
            "authors": ["Ann Alder", "Bo Birch"], "date_download": "2024-05-07 08:00:00", "date_modify": None,
            "date_publish": "2024-05-06 13:40:43", "description": "No one sailed.",
            "filename": "https%3A%2F%2Fwww.vardbydaily.com%2F2024%2F05%2F06%2Fferry-leaves.json",
            "image_url": "https://www.vardbydaily.com/f.jpg", "language": "en", "localpath": None, "maintext": BODY,
            "source_domain": "www.vardbydaily.com", "text": None, "title": "Ferry leaves empty", "title_page": None,
            "title_rss": None, "url": URL,
        },
        published="2024-05-06T13:40:43", crawled="2024-05-07T08:00:00", byline="Ann Alder, Bo Birch", language="en",
    ),
    "newspaper4k": Case(
        {
            "url": URL, "read_more_link": "", "language": "en", "title": "Ferry leaves empty",
            "top_image": "https://www.vardbydaily.com/f.jpg", "meta_img": "", "images": [], "movies": [],
            "keywords": [], "keyword_scores": {}, "meta_keywords": ["ferry"], "tags": [], "authors": ["Ann Alder"],
            "publish_date": "2024-05-06T13:40:43+00:00", "summary": "", "meta_description": "", "meta_lang": "en",
            "meta_favicon": "", "meta_site_name": "Vardby Daily", "canonical_link": "https://wire.example.org/ferry",
            "text": BODY,
        },
        site_name="Vardby Daily", published="2024-05-06T13:40:43+00:00", byline="Ann Alder", language="en",
        canonical="https://wire.example.org/ferry",
    ),
    "a Scrapy item": Case(
        {"url": URL, "headline": "Ferry leaves empty", "author": "Ann Alder", "body": [BODY], "date": "May 6, 2024"},
        published="2024-05-06", byline="Ann Alder",
    ),
    "NELA-GT": Case(
        {
            "id": "vardbydaily--2024-05-06--Ferry leaves empty", "date": "2024-05-06", "source": "vardbydaily",
            "title": "Ferry leaves empty", "content": BODY, "author": "Ann Alder", "url": URL,
            "published": "Mon, 06 May 2024 13:40:43 +0000", "published_utc": 1715002843, "collection_utc": 1715006443,
        },
        id="vardbydaily--2024-05-06--Ferry leaves empty", site_name="vardbydaily", byline="Ann Alder",
        published="2024-05-06T13:40:43+00:00", crawled="2024-05-06T14:40:43+00:00",
    ),
    "Webz.io": Case(
        {
            "thread": {
                "uuid": "5f3a", "url": URL, "site_full": "www.vardbydaily.com", "site": "vardbydaily.com",
                "site_section": "https://www.vardbydaily.com/news", "title": "A thread", "country": "NO",
                "published": "2024-05-06T15:40:00.000+02:00", "main_image": "", "social": {"facebook": {"likes": 3}},
            },
            "uuid": "5f3a", "url": URL, "ord_in_thread": 0, "author": "Ann Alder", "parent_url": None,
            "published": "2024-05-06T15:40:00.000+02:00", "title": "Ferry leaves empty", "text": BODY,
            "language": "english", "sentiment": None, "entities": {"persons": [], "organizations": []},
            "syndication": {"syndicated": True, "syndicate_id": "9c", "first_syndicated": False},
            "crawled": "2024-05-06T16:00:01.000+02:00",
        },
        id="5f3a", published="2024-05-06T13:40:00+00:00", crawled="2024-05-06T14:00:01+00:00", byline="Ann Alder",
        language="english",
    ),
    "Event Registry": Case(
        {
            "uri": "8123456789", "lang": "eng", "isDuplicate": False, "date": "2024-05-06", "time": "13:40:43",
            "dateTime": "2024-05-06T13:52:00Z", "dateTimePub": "2024-05-06T13:40:43Z", "dataType": "news", "sim": 0,
            "url": URL, "title": "Ferry leaves empty", "body": BODY, "relevance": 1, "eventUri": None, "sentiment": 0.1,
            "source": {"uri": "vardbydaily.com", "dataType": "news", "title": "Vardby Daily"},
            "authors": [{"uri": "ann_alder@vardbydaily.com", "name": "Ann Alder", "type": "author", "isAgency": False}],
        },
        id="8123456789", site_name="Vardby Daily", published="2024-05-06T13:40:43+00:00",
        crawled="2024-05-06T13:52:00+00:00", byline="Ann Alder", language="eng",
    ),
    "FineWeb": Case(
        {
            "text": BODY, "id": "<urn:uuid:0d8a>", "dump": "CC-MAIN-2024-22", "url": URL,
            "date": "2024-05-18T05:48:54Z", "file_path": "s3://crawl/x.warc.gz", "language": "en",
            "language_score": 0.97, "token_count": 19,
        },
        id="<urn:uuid:0d8a>", title=None, crawled="2024-05-18T05:48:54+00:00", language="en",
    ),
    "C4": Case(
        {"text": BODY, "timestamp": "2024-05-18T05:48:54Z", "url": URL}, title=None, crawled="2024-05-18T05:48:54+00:00"
    ),
    "RealNews": Case(
        {
            "url": URL, "url_used": URL, "title": "Ferry leaves empty", "text": BODY, "summary": "No one sailed.",
            "authors": ["Ann Alder"], "publish_date": "05-16-2024", "domain": "vardbydaily.com",
            "warc_date": "2024-05-18T05:48:54Z", "status": "success", "split": "train",
        },
        published="2024-05-16", crawled="2024-05-18T05:48:54+00:00", byline="Ann Alder",
    ),
    "Dolma": Case(
        {
            "id": "c0ffee", "text": BODY, "source": "common-crawl", "added": "2024-06-01T00:00:00.000Z",
            "created": "2024-05-06T13:40:43.000Z", "metadata": {"url": URL, "length": 86},
        },
        id="c0ffee", title=None, published="2024-05-06T13:40:43+00:00", crawled="2024-06-01T00:00:00+00:00",
    ),
    "Dolma without an address": Case(
        {"id": "c0ffee", "text": BODY, "source": "books", "added": "2024-06-01", "created": "2024-05-06"},
        id="c0ffee", url=None, outlet=None, title=None, published="2024-05-06", crawled="2024-06-01",
    ),
    "passim": Case(
        {"id": "vd-1904-05-06-p1", "series": "Vardby Daily", "date": "1904-05-06", "text": BODY},
        id="vd-1904-05-06-p1", url=None, outlet="Vardby Daily", title=None,
        published="1904-05-06",
    ),
    "vblagoje/cc_news": Case(
        {
            "title": "Ferry leaves empty", "text": BODY, "domain": "www.vardbydaily.com", "date": "2017-05-06 13:40:43",
            "description": "No one sailed.", "url": URL, "image_url": "https://www.vardbydaily.com/f.jpg",
        },
        published="2017-05-06T13:40:43",
    ),
    # The mirror that was extracted kept the true page's address as its canonical one.
    "trafilatura": Case(
        {
            "title": "Ferry leaves empty", "author": "Ann Alder", "hostname": "wire.example.org", "date": "2024-05-06",
            "fingerprint": "a1b2c3", "id": None, "license": None, "comments": "", "raw_text": BODY, "text": BODY,
            "language": None, "image": None, "pagetype": "article", "filedate": "2024-05-07",
            "source": "https://wire.example.org/ferry", "source-hostname": "Vardby Daily", "excerpt": "",
            "categories": "", "tags": "",
        },
        id=None, url=None, outlet="Vardby Daily", site_name="Vardby Daily", published="2024-05-06",
        crawled="2024-05-07", byline="Ann Alder", canonical="https://wire.example.org/ferry",
    ),
    "trafilatura, with the address it was read from": Case(
        {
            "fingerprint": "a1b2c3", "text": BODY, "filedate": "2024-05-07", "source": "https://wire.example.org/ferry",
            "hostname": "wire.example.org", "url": URL,
        },
        title=None, crawled="2024-05-07", canonical="https://wire.example.org/ferry",
    ),
    "ninjs 1": Case(
        {
            "uri": "http://nyb.example.org/2024/05/06/ferry", "type": "text", "mimetype": "text/html", "version": "2",
            "versioncreated": "2024-05-06T14:10:00Z", "firstcreated": "2024-05-06T13:40:43Z", "language": "en",
            "headline": "Ferry leaves empty", "byline": "By Ann Alder", "located": "Vardby", "urgency": 3,
            "body_text": BODY, "body_html": f"<p>{BODY}</p>", "copyrightholder": "NYB", "usageterms": "Editorial use",
            "subject": [{"code": "medtop:20000001", "name": "shipping"}], "altids": {"nyb": "7"},
        },
        id="http://nyb.example.org/2024/05/06/ferry", url="http://nyb.example.org/2024/05/06/ferry",
        outlet="example.org", site_name="NYB", published="2024-05-06T13:40:43+00:00", byline="By Ann Alder",
        language="en", dateline="Vardby",
    ),
    "ninjs 2": Case(
        {
            "uri": "urn:newsml:nyb.example.org:20240506:ferry", "standard": {"name": "ninjs", "version": "2.0"},
            "type": "text", "versioncreated": "2024-05-06T14:10:00Z", "language": "en", "by": "Ann Alder",
            "headlines": [{"role": "short", "value": "Ferry"}, {"role": "main", "value": "Ferry leaves empty"}],
            "bodies": [
                {"role": "summary", "contenttype": "text/plain", "value": "No one sailed."},
                {"role": "main", "contenttype": "text/html", "value": f"<p>{BODY}</p><p></p>"},
            ],
            "located": "Vardby", "copyrightholder": "NYB",
        },
        id="urn:newsml:nyb.example.org:20240506:ferry", url=None, outlet="NYB", site_name="NYB",
        published="2024-05-06T14:10:00+00:00", byline="Ann Alder", language="en", dateline="Vardby",
    ),
    "ninjs 3": Case(
        {
            "uri": "urn:newsml:nyb.example.org:20240506:ferry", "versionCreated": "2024-05-06T14:10:00Z",
            "firstCreated": "2024-05-06T13:40:43Z", "by": "Ann Alder", "headlines": [{"value": "Ferry leaves empty"}],
            "bodies": [{"contentType": "text/plain", "value": BODY}], "copyrightHolder": "NYB",
        },
        id="urn:newsml:nyb.example.org:20240506:ferry", url=None, outlet="NYB", site_name="NYB",
        published="2024-05-06T13:40:43+00:00", byline="Ann Alder",
    ),
    "source is a name": Case(
        {"text": BODY, "source": "Vardby Daily", "link": URL}, title=None, site_name="Vardby Daily"
    ),
    "source is an address": Case({"text": BODY, "source": URL}, title=None),
    "source is an object": Case(
        {"text": BODY, "url": URL, "source": {"name": "Vardby Daily", "id": None}}, title=None, site_name="Vardby Daily"
    ),
}  # fmt: skip


def read(path: Path) -> list[Document]:
    return list(read_corpus(path, lambda reject: pytest.fail(str(reject)), now=NOW))


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_record_is_the_document_it_tells(case: Case, tmp_path: Path) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(json.dumps(case.record) + "\n")
    (document,) = read(path)
    expected = {**case._asdict(), "id": case.id or f"{path.as_posix()}#1", "text": BODY}
    del expected["record"]
    assert {name: getattr(document, name) for name in expected} == expected


@pytest.mark.parametrize("name", ["NELA-GT", "a Scrapy item", "news-please"])
def test_an_array_of_records_is_read_as_lines_are(name: str, tmp_path: Path) -> None:
    """As NELA-GT keeps a file a source, and Scrapy writes JSON."""
    records = [{**CASES[name].record, "url": f"{URL}/{n}", "id": n} for n in (1, 2)]
    lines = [json.dumps(record) for record in records]
    (tmp_path / "array.json").write_text("[\n" + ",\n".join(lines) + "\n]")
    (tmp_path / "lines.json").write_text("\n".join(lines))
    found = [[(d.id, d.text, d.url) for d in read(tmp_path / file)] for file in ("array.json", "lines.json")]
    assert found[0] == found[1] == [(str(n), BODY, f"{URL}/{n}") for n in (1, 2)]


def test_the_table_of_a_database_is_read_as_lines_are(tmp_path: Path) -> None:
    record = CASES["NELA-GT"].record
    with closing(sqlite3.connect(tmp_path / "nela-gt.db")) as db, db:
        db.execute(f"create table newsdata ({', '.join(record)})")
        db.execute(f"insert into newsdata values ({', '.join('?' * len(record))})", list(record.values()))
    (tmp_path / "x.jsonl").write_text(json.dumps(record))
    (kept,), (line,) = read(tmp_path / "nela-gt.db"), read(tmp_path / "x.jsonl")
    assert (kept.id, kept.published, kept.crawled, kept.outlet) == (line.id, line.published, line.crawled, line.outlet)


def test_a_table_is_read_as_lines_are(tmp_path: Path) -> None:
    record = {name: value for name, value in CASES["vblagoje/cc_news"].record.items() if isinstance(value, str)}
    rows = io.StringIO()
    writer = csv.DictWriter(rows, list(record))
    writer.writeheader()
    writer.writerow(record)
    (tmp_path / "x.csv").write_text(rows.getvalue())
    (document,) = read(tmp_path / "x.csv")
    assert (document.id, document.text, document.published) == (URL, BODY, "2017-05-06T13:40:43")


def test_a_list_of_stories_says_what_to_do(tmp_path: Path) -> None:
    """As Media Cloud exports it."""
    (tmp_path / "mc.csv").write_text(
        "id,indexed_date,language,media_name,media_url,publish_date,title,url\n"
        f"5f,2024-05-06 13:52:00,en,vardbydaily.com,vardbydaily.com,2024-05-06,Ferry leaves empty,{URL}\n"
    )
    with pytest.raises(
        CorpusError, match=r"no column holds a text: .*as Media Cloud does; fetch the pages and read those"
    ):
        read(tmp_path / "mc.csv")
