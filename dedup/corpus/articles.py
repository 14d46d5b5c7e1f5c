"""The article of an HTML page: an extractor finds its text; who the page is stays with where it was read from.

trafilatura's own address for a page is the one the page claims, which on a mirror is the address of the page it was
taken from: so it is kept as evidence only. All of this runs in a process that can be killed, ``extractor.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any, NamedTuple

from dedup.corpus.charsets import decode_page
from dedup.corpus.claims import Claims, claims_of
from dedup.corpus.cleaning import Refused, clean_line, clean_text
from dedup.corpus.dates import parse_date
from dedup.corpus.files import Extractor
from dedup.corpus.outlets import outlet_of, outlet_of_url, registered_domain
from dedup.corpus.urls import page_id
from dedup.corpus.waiting import Page
from dedup.model import Document

HEAD_CHARS = 4096


def load(extractor: Extractor) -> None:
    """Loads what an extractor needs. Raises ``Refused`` where it is not there, with the command that installs it."""
    try:
        import_module(_MODULES[extractor])
    except ImportError as error:
        raise Refused(missing(extractor, str(error).splitlines()[0])) from error


def missing(extractor: Extractor, why: str = "") -> str:
    """What to say where an extractor cannot be loaded."""
    extra = "warc" if extractor == "resiliparse" else "html"
    return f"reading HTML needs {extractor}{why and f' ({why})'}: pip install 'newswire-dedup[{extra}]'"


_MODULES: Mapping[Extractor, str] = {"trafilatura": "trafilatura", "resiliparse": "resiliparse.extract.html2text"}


def article_of(page: Page, extractor: Extractor) -> Document:
    """The article of a page. Raises ``Refused`` where there is none, or where the page breaks the parser."""
    markup = decode_page(page.markup, page.charset)
    url = page.url or _crawl_url(markup[:HEAD_CHARS])
    try:
        found, claims = _FIND[extractor](markup, url, page.now)
    except MemoryError:
        raise
    # A parser of hostile pages fails in ways of its own; one page must not end a run.
    except Exception as error:
        raise Refused(f"the page cannot be parsed ({type(error).__name__})") from error
    return _document(markup, found, claims, url, page)


def _document(markup: str, found: _Found, claims: Claims, url: str | None, page: Page) -> Document:
    if not found.text:
        raise Refused("no text: no article was found on the page")
    site_name = _site_name(found)
    return Document(
        id=page_id(url) if url else page.place.id,
        text=clean_text(found.text),
        url=url,
        title=clean_line(found.title),
        outlet=(outlet_of_url(url) if url else None) or (outlet_of(site_name) if site_name else None),
        site_name=site_name,
        published=_published(markup, clean_line(found.date), page.now),
        crawled=page.crawled,
        byline=_byline(clean_line((found.author or "").replace("; ", ", ")), claims),
        language=_language(markup[:HEAD_CHARS]),
        canonical=claims.canonical,
        based_on=claims.based_on,
        robots=claims.robots,
        origin=page.place.origin,
    )


def _site_name(found: _Found) -> str | None:
    """The name the page gives itself; trafilatura puts the host of the claimed address where there is none."""
    name = clean_line(found.site)
    claimed = outlet_of_url(found.claimed) if found.claimed else None
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


# ---------------------------------------------------------------------------------------------------------------
# The extractors. They are loaded where they are used: one takes a second.


class _Found(NamedTuple):
    """What an extractor found; ``claimed`` is the address the page calls its own."""

    text: str | None = None
    title: str | None = None
    site: str | None = None
    author: str | None = None
    date: str | None = None
    claimed: str | None = None


def _by_trafilatura(markup: str, url: str | None, now: datetime) -> tuple[_Found, Claims]:
    import trafilatura

    # Without the wide search: it takes any year in the text for the date of the page.
    dates = {
        "original_date": True,
        "extensive_search": False,
        "max_date": (now + timedelta(days=2)).strftime("%Y-%m-%d"),
    }
    tree = trafilatura.load_html(markup)
    if tree is None:
        return _Found(), Claims()
    claims = claims_of(tree, url)
    found: Any = trafilatura.bare_extraction(
        tree, favor_precision=True, include_comments=False, with_metadata=True, date_extraction_params=dates
    )
    if found is None:
        return _Found(), claims
    return _Found(found.text, found.title, found.sitename, found.author, found.date, found.url), claims


def _by_resiliparse(markup: str, url: str | None, _now: datetime) -> tuple[_Found, Claims]:
    """Text by resiliparse, in a seventh of the time; the rest as the page's own elements say it."""
    import trafilatura
    from resiliparse.extract.html2text import extract_plain_text

    tree = trafilatura.load_html(markup)
    if tree is None:
        return _Found(), Claims()
    metas = _metas(tree)
    title = metas.get("og:title") or next((element.text for element in tree.iter("title")), None)
    text = extract_plain_text(markup, main_content=True, alt_texts=False, links=False, list_bullets=False)
    date = next((metas[name] for name in _DATES if name in metas), None) or _dated(markup)
    return _Found(text, title, metas.get("og:site_name"), None, date and date[:10]), claims_of(tree, url)


_DATES = ("article:published_time", "datepublished", "date", "dc.date", "pubdate", "parsely-pub-date")
_METAS = frozenset(("og:title", "og:site_name", *_DATES))


def _metas(tree: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for element in tree.iter("meta"):
        name = (element.get("property") or element.get("name") or element.get("itemprop") or "").lower()
        if name in _METAS and element.get("content"):
            found.setdefault(name, element.get("content"))
    return found


def _dated(markup: str) -> str | None:
    match = _TIMES.search(markup)
    return (match[1] or match[2]) if match else None


_FIND: Mapping[Extractor, Callable[[str, str | None, datetime], tuple[_Found, Claims]]] = {
    "trafilatura": _by_trafilatura,
    "resiliparse": _by_resiliparse,
}
