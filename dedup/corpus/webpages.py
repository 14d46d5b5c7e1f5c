"""HTML pages: trafilatura finds the article; who the page is stays with the address it was read from.

trafilatura's own address for a page is the one the page claims, which on a mirror is the address of the page it was
taken from: so it is kept as evidence only.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from types import ModuleType
from typing import Any

from dedup.corpus.claims import Claims, claims_of
from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused, clean_line, clean_text
from dedup.corpus.dates import parse_date
from dedup.corpus.files import ELSE_WINDOWS_1252, Place, Source, bom_encoding, whole
from dedup.corpus.outlets import outlet_of, outlet_of_url, registered_domain
from dedup.corpus.urls import page_id
from dedup.model import CorpusError, Document, Reject

# Extraction is quadratic in the number of elements: 10,000 paragraphs take a second, 100,000 over a minute.
# The busiest of 181 news pages (2019) has 3,229 tags.
MAX_TAGS = 50_000
MAX_ATTRIBUTES = 50_000
HEAD_CHARS = 4096


def read_html(source: Source) -> Iterator[Document | Reject]:
    """The article of one HTML page. Raises ``CorpusError`` when trafilatura is not there."""
    trafilatura = _trafilatura(source.name)
    place = Place(source.name)
    try:
        markup = _decode(whole(source, MAX_TEXT_BYTES, "one page is never that long"))
        url = _crawl_url(markup[:HEAD_CHARS])
        found, claims = _extract(trafilatura, markup, url, source.now)
        yield _document(markup, found, claims, url, place, source.now)
    except Refused as refusal:
        yield place.reject(refusal)


def _trafilatura(name: str) -> ModuleType:
    try:
        import trafilatura
    except ImportError as error:
        why = "" if error.name == "trafilatura" else f" ({str(error).splitlines()[0]})"
        problem = f"reading HTML needs trafilatura{why}: pip install 'newswire-dedup[html]'"
        raise CorpusError(name, problem) from error
    module: ModuleType = trafilatura
    return module


def _extract(trafilatura: ModuleType, markup: str, url: str | None, now: datetime) -> tuple[Any, Claims]:
    """trafilatura's finding, ``None`` for none, and what the page claims.

    Raises ``Refused`` for pages that would take minutes, or break it.
    """
    if markup.count("<") > MAX_TAGS:
        raise Refused(f"holds more than the {MAX_TAGS:,} tags allowed")
    if max((tag.count("=") for tag in markup.split("<")), default=0) > MAX_ATTRIBUTES:
        raise Refused(f"holds a tag with more than the {MAX_ATTRIBUTES:,} attributes allowed")
    # Without the wide search: it takes any year in the text for the date of the page.
    dates = {
        "original_date": True,
        "extensive_search": False,
        "max_date": (now + timedelta(days=2)).strftime("%Y-%m-%d"),
    }
    try:
        tree = trafilatura.load_html(markup)
        claims = claims_of(tree, url) if tree is not None else Claims()
        found = trafilatura.bare_extraction(
            tree, favor_precision=True, include_comments=False, with_metadata=True, date_extraction_params=dates
        )
    # A parser of hostile pages fails in ways of its own; one page must not end a run.
    except Exception as error:
        raise Refused(f"the page cannot be parsed ({type(error).__name__})") from error
    return found, claims


def _document(markup: str, found: Any, claims: Claims, url: str | None, place: Place, now: datetime) -> Document:
    if found is None or not found.text:
        raise Refused("no text: no article was found on the page")
    site_name = _site_name(found)
    return Document(
        id=page_id(url) if url else place.id,
        text=clean_text(found.text),
        url=url,
        title=clean_line(found.title),
        outlet=(outlet_of_url(url) if url else None) or (outlet_of(site_name) if site_name else None),
        site_name=site_name,
        published=_published(markup, clean_line(found.date), now),
        byline=_byline(clean_line((found.author or "").replace("; ", ", ")), claims),
        language=_language(markup[:HEAD_CHARS]),
        canonical=claims.canonical,
        based_on=claims.based_on,
        origin=place.origin,
    )


def _site_name(found: Any) -> str | None:
    """The name the page gives itself; trafilatura puts the host of the claimed address where there is none."""
    name = clean_line(found.sitename)
    claimed = outlet_of_url(found.url) if found.url else None
    return None if name and claimed and registered_domain(name) == claimed else name


def _byline(found: str | None, claims: Claims) -> str | None:
    """Who signs, as the page writes it: trafilatura drops names of one word ("admin") and rewrites "daily.com"."""
    if found:
        return next((name for name in claims.signed if _bare(name) == _bare(found)), found)
    return next(iter(claims.signed), claims.credit)


def _bare(name: str) -> str:
    return "".join(char for char in name.casefold() if char.isalnum())


def _crawl_url(head: str) -> str | None:
    """The address a browser or SingleFile wrote into the page it saved."""
    match = re.search(r"saved from url=\(\d{4}\)(https?://[^\s>]{1,2000})", head) or re.search(
        r"SingleFile\s{1,4}url: (https?://[^\s>]{1,2000})", head
    )
    return clean_line(match[1]) if match else None


def _published(markup: str, day: str | None, now: datetime) -> str | None:
    """The time in the page's data if it agrees with the day that was found, else that day.

    The data of other pages may stand in this one, so a time alone is not believed.
    """
    known = parse_date(day, now)
    for match in _TIMES.finditer(markup):
        exact = parse_date(match[1] or match[2], now)
        if known and exact and abs(_day(exact) - _day(known)) <= timedelta(days=1):
            return exact
    return known


_TIMES = re.compile(
    r"\"datePublished\"\s?:\s?\"([^\"<>]{8,40})\""
    r"|<meta[^<>]{1,80}published_time[\"'][^<>]{0,80}content=[\"']([^\"'<>]{8,40})[\"']"
)


def _day(date: str) -> datetime:
    return datetime.fromisoformat(date[:10])


def _language(head: str) -> str | None:
    match = re.search(r"<html[^<>]{0,500}?\slang=[\"']?([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})?)", head)
    return match[1] if match else None


def _decode(data: bytes) -> str:
    """By the byte order mark, else what the first 2 KB declare if it holds, else UTF-8, its bad bytes windows-1252."""
    declared = re.search(rb"charset\s?=\s?[\"']?\s?([A-Za-z0-9_.:-]{2,40})", data[:2048])
    marked = bom_encoding(data)
    name = marked or (declared[1].decode("ascii").lower() if declared else "utf-8")
    if marked or _PAGE_ENCODINGS.match(name):
        try:
            return data.decode(_as_browsers_do(name))
        except (LookupError, UnicodeError):
            pass
    return data.decode("utf-8", ELSE_WINDOWS_1252)


# What a page may declare: UTF-16 that is read as ASCII is none, and Python has codecs of quadratic time (punycode).
_PAGE_ENCODINGS = re.compile(
    r"iso-?8859|latin|windows-|cp|koi8|shift|sjis|x-sjis|euc|iso-2022|gb|big5|mac|tis|(us-)?ascii"
)


# Encodings that pages declare, and the larger ones that every browser reads them in.
_LARGER = {
    "x-sjis": "cp932",
    "windows-874": "cp874",
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}


def _as_browsers_do(encoding: str) -> str:
    return _LARGER.get(encoding) or _LARGER.get(codecs.lookup(encoding).name, encoding)
