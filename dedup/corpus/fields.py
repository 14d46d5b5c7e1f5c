"""A scraper's record becomes a document: the names that scrapers use are understood without configuration.

Names are compared without case, ``_``, ``-``, ``.``, ``:`` and spaces, so that ``source.name``, ``source_name`` and a
``name`` inside a ``source`` are one. Of several fields that mean the same, the first that is not empty is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from dedup.corpus.claims import addresses_in, based_on
from dedup.corpus.cleaning import Refused, clean_line, clean_text, is_markup, strip_markup, words
from dedup.corpus.dates import parse_date
from dedup.corpus.files import Place
from dedup.corpus.outlets import is_site, outlet_of, outlet_of_url
from dedup.corpus.urls import page_id
from dedup.model import Document


class Names(NamedTuple):
    """Names of fields by what they tell, of each the one to believe first."""

    text: tuple[str, ...]
    title: tuple[str, ...]
    url: tuple[str, ...]
    url_if_http: tuple[str, ...]
    canonical: tuple[str, ...]
    based_on: tuple[str, ...]
    based_on_if_elsewhere: tuple[str, ...]
    published: tuple[str, ...]
    crawled: tuple[str, ...]
    site: tuple[str, ...]
    site_name: tuple[str, ...]
    byline: tuple[str, ...]
    language: tuple[str, ...]
    dateline: tuple[str, ...]
    id: tuple[str, ...]


NAMES = Names(
    # news-please fills both `text` and `maintext`: the latter is the article.
    text=words("""
        maintext text body content article_text article_body plain_text cleaned_text raw_content text_content full_text
        document raw_text content_text contents article story
    """),
    title=words("title headline article_title title_page title_rss og_title name"),
    url=words("url link article_url page_url web_url original_url request_url warc_target_uri"),
    # These hold an address on some records, and something else on others.
    url_if_http=words("source uri loc permalink guid"),
    canonical=words("canonical_url canonical_link canonical og_url"),
    based_on=words("""
        based_on is_based_on is_based_on.id is_based_on.@id is_based_on.url syndication_source original_source
        original_source.url syndicated_from republished_from
    """),
    # On most records these are the page's own.
    based_on_if_elsewhere=words("""
        source_url main_entity_of_page main_entity_of_page.@id main_entity_of_page.url source_organization.url
    """),
    published=words("""
        date_publish published_date publish_date pub_date date_published published_at published_utc published
        publication_date publishing_date date_time_pub first_published web_publication_date created created_at
        timestamp date
    """),
    crawled=words("""
        date_download crawl_date warc_date fetched_at collection_utc crawled crawled_at indexed_date date_time
        download_date filedate scraped_at added retrieved_at
    """),
    site=words("""
        outlet source_domain url_domain domain hostname thread.site site_full thread.site_full site media_url
        publisher_domain source.domain source.uri series
    """),
    site_name=words("""
        site_name sitename meta_site_name og_site_name source_hostname media_name publisher publisher.name source.name
        source.title source
    """),
    byline=words("byline authors author author.name creator by"),
    language=words("language lang meta_lang in_language locale"),
    dateline=words("dateline"),
    # `fingerprint` and `digest` are no ids: they are made from the text, so that two copies would replace each other.
    id=words("id doc_id uuid stories_id article_id _id _id.$oid uri docno"),
)
WRAPPERS = frozenset(("metadata", "meta", "article", "fields"))
DEPTH = 3
SHOWN_FIELDS = 12


def to_document(record: object, place: Place, now: datetime) -> Document:
    """The document that a record describes. Raises ``Refused``: no object, no text, or a text that is too long."""
    if not isinstance(record, dict):
        raise Refused(f"is {_kind(record)}, not an object with a text")
    fields = _flatten(record)
    told = _told(tuple(fields))
    text = _text(fields, told, record)
    url = _url(fields, told)
    outlet, site_name = _outlet(fields, told, url)
    canonical = _first_line(fields, told.canonical)
    return Document(
        id=_first_line(fields, told.id) or (page_id(url) if url else place.id),
        text=text,
        url=url,
        title=_first_line(fields, told.title),
        outlet=outlet,
        site_name=site_name,
        published=_first_date(fields, told.published, now),
        crawled=_first_date(fields, told.crawled, now),
        byline=_byline(fields, told.byline),
        dateline=_first_line(fields, told.dateline),
        language=_first_line(fields, told.language),
        canonical=canonical,
        based_on=_based_on(fields, told, url, outlet or (outlet_of_url(canonical) if canonical else None)),
        origin=place.origin,
    )


def has_text_field(names: Iterable[str]) -> bool:
    """Whether one of the names is one that texts go by."""
    return any(_squeeze(name) in _KEYS.text for name in names)


def shown(names: Iterable[str]) -> str:
    """Field names for a message; a long list says how many more there are."""
    names = [clean_line(name) or "(blank)" for name in names]
    more = f" and {len(names) - SHOWN_FIELDS} more" if len(names) > SHOWN_FIELDS else ""
    return (", ".join(name[:40] for name in names[:SHOWN_FIELDS]) + more) or "none"


def _text(fields: Mapping[str, object], told: Names, record: Mapping[str, object]) -> str:
    wrong = None
    for key in told.text:
        value = fields[key]
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str):
            return clean_text(_without_notice(strip_markup(value) if is_markup(value) else value))
        wrong = wrong or f"{NAMES.text[_KEYS.text.index(key)]} is {_kind(value)}, not a text"
    raise Refused(wrong or f"no text: its fields are {shown(record)}")


def _without_notice(text: str) -> str:
    """Without the ``… [+1234 chars]`` that news interfaces put where they cut a text off."""
    end = text.rstrip()
    place = end.rfind("[+", -30)
    if place < 0 or not end.endswith(" chars]") or not end[place + 2 : -len(" chars]")].isdigit():
        return text
    return end[:place].rstrip().removesuffix("…").removesuffix("...").rstrip()


def _url(fields: Mapping[str, object], told: Names) -> str | None:
    for key in told.url:
        url = clean_line(fields[key])
        if url and (_is_http(url) or not _has_scheme(url)):
            return url
    candidates = (clean_line(fields[key]) for key in told.url_if_http)
    return next((url for url in candidates if url and _is_http(url)), None)


def _based_on(fields: Mapping[str, object], told: Names, url: str | None, outlet: str | None) -> str | None:
    strong, weak = ([fields[key] for key in keys] for keys in (told.based_on, told.based_on_if_elsewhere))
    if not strong and not weak:
        return None
    return based_on(addresses_in(strong), addresses_in(weak), url, outlet)


def _outlet(fields: Mapping[str, object], told: Names, url: str | None) -> tuple[str | None, str | None]:
    """Outlet and site name: a domain before a name, the record's own word before its address."""
    given = [line for key in told.site if (line := clean_line(fields[key]))]
    named = [line for key in told.site_name if (line := clean_line(fields[key])) and line != url]
    site_name = next((line for line in (*named, *given) if not is_site(line)), None)
    domain = next((line for line in (*given, *named) if is_site(line)), None)
    if domain is not None:
        return outlet_of(domain), site_name
    own = next(iter(given), None)
    outlet = own or (outlet_of_url(url) if url else None) or site_name
    return outlet, (site_name if named or outlet != site_name else None)


def _byline(fields: Mapping[str, object], keys: Iterable[str]) -> str | None:
    for key in keys:
        value = fields[key]
        people = value if isinstance(value, list) else [value]
        names = [clean_line(person.get("name") if isinstance(person, dict) else person) for person in people]
        if any(names):
            return ", ".join(name for name in names if name)
    return None


def _first_line(fields: Mapping[str, object], keys: Iterable[str]) -> str | None:
    for key in keys:
        value = fields[key]
        if line := clean_line(value[0] if isinstance(value, list) else value):
            return line
    return None


def _first_date(fields: Mapping[str, object], keys: Iterable[str], now: datetime) -> str | None:
    for key in keys:
        if date := parse_date(fields[key], now):
            return date
    return None


# ---------------------------------------------------------------------------------------------------------------
# Tools.


def _flatten(record: Mapping[str, object], prefix: str = "", depth: int = DEPTH) -> dict[str, object]:
    """The known fields that hold something, by squeezed dotted name; those in a wrapper come last, as the record's."""
    flat: dict[str, object] = {}
    wrapped: list[Mapping[str, object]] = []
    for name, value in record.items():
        key = prefix + _squeeze(name)
        if isinstance(value, dict) and depth:
            for inner_key, inner in _flatten(value, key, depth - 1).items():
                flat.setdefault(inner_key, inner)
            if key in WRAPPERS:
                wrapped.append(value)
        elif key in _KNOWN and not _is_empty(value):
            flat.setdefault(key, value)
    for inner_record in wrapped:
        for inner_key, inner in _flatten(inner_record, "", depth - 1).items():
            flat.setdefault(inner_key, inner)
    return flat


@lru_cache(maxsize=4096)
def _squeeze(name: str) -> str:
    return name.lower().translate(_SQUEEZED)


_SQUEEZED = str.maketrans(dict.fromkeys("_-. :", None))
_KEYS = Names(*(tuple(map(_squeeze, names)) for names in NAMES))
_KNOWN = frozenset(chain.from_iterable(_KEYS))


# The records of a file have mostly the same fields: to look each possible name up in each took half the time.
@lru_cache(maxsize=256)
def _told(keys: tuple[str, ...]) -> Names:
    """Which of a record's keys tell what."""
    return Names(*(tuple(key for key in known if key in keys) for known in _KEYS))


def _is_empty(value: object) -> bool:
    if isinstance(value, str):
        return not value or value.isspace()
    return value is None or value == [] or value == {}


def _is_http(url: str) -> bool:
    return url[:8].lower().startswith(("http://", "https://"))


def _has_scheme(url: str) -> bool:
    """``javascript:alert(1)`` has one; ``example.com:80/x`` has none."""
    word, colon, _ = url.partition(":")
    return bool(colon) and word.replace("+", "").replace("-", "").isalnum()


def _kind(value: object) -> str:
    if isinstance(value, bool):
        return "true or false"
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object"}
    return kinds.get(type(value), "null")
