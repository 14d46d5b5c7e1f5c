"""A scraper's record becomes a document: the names that scrapers use are understood without configuration.

Names are compared without case, ``_``, ``-``, ``.``, ``:`` and spaces, so that ``source.name``, ``source_name`` and a
``name`` inside a ``source`` are one. Of several fields that mean the same, the first that is not empty is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from functools import lru_cache

from dedup.corpus.cleaning import Refused, clean_line, clean_text, is_markup, strip_markup, words
from dedup.corpus.dates import parse_date
from dedup.corpus.files import Place
from dedup.corpus.outlets import is_site, outlet_of, outlet_of_url
from dedup.model import Document

# news-please fills both `text` and `maintext`: the latter is the article.
TEXT = words("""
    maintext text body content article_text article_body plain_text cleaned_text raw_content text_content full_text
    document raw_text content_text contents article story
""")
TITLE = words("title headline article_title title_page title_rss og_title name")
URL = words("url link article_url page_url web_url original_url request_url warc_target_uri")
# These hold an address on some records, and something else on others.
URL_IF_HTTP = words("source uri loc permalink guid")
CANONICAL = words("canonical_url canonical_link canonical og_url")
PUBLISHED = words("""
    date_publish published_date publish_date pub_date date_published published_at published_utc published
    publication_date publishing_date date_time_pub first_published web_publication_date created created_at timestamp
    date
""")
CRAWLED = words("""
    date_download crawl_date warc_date fetched_at collection_utc crawled crawled_at indexed_date date_time
    download_date filedate scraped_at added retrieved_at
""")
SITE = words("""
    outlet source_domain url_domain domain hostname thread.site site_full thread.site_full site media_url
    publisher_domain source.domain source.uri series
""")
SITE_NAME = words("""
    site_name sitename meta_site_name og_site_name source_hostname media_name publisher publisher.name source.name
    source.title source
""")
BYLINE = words("byline authors author author.name creator by")
LANGUAGE = words("language lang meta_lang in_language locale")
DATELINE = words("dateline")
# `fingerprint` and `digest` are no ids: they are made from the text, so that two copies would replace each other.
ID = words("id doc_id uuid stories_id article_id _id _id.$oid uri docno")
WRAPPERS = frozenset(("metadata", "meta", "article", "fields"))
DEPTH = 3
SHOWN_FIELDS = 12


def to_document(record: object, place: Place, now: datetime) -> Document:
    """The document that a record describes. Raises ``Refused``: no object, no text, or a text that is too long."""
    if not isinstance(record, dict):
        raise Refused(f"is {_kind(record)}, not an object with a text")
    fields = _flatten(record)
    text = _text(fields, record)
    url = _url(fields)
    outlet, site_name = _outlet(fields, url)
    return Document(
        id=_first_line(fields, ID) or url or place.id,
        text=text,
        url=url,
        title=_first_line(fields, TITLE),
        outlet=outlet,
        site_name=site_name,
        published=_first_date(fields, PUBLISHED, now),
        crawled=_first_date(fields, CRAWLED, now),
        byline=_byline(fields),
        dateline=_first_line(fields, DATELINE),
        language=_first_line(fields, LANGUAGE),
        canonical=_first_line(fields, CANONICAL),
        origin=place.origin,
    )


def has_text_field(names: Iterable[str]) -> bool:
    """Whether one of the names is one that texts go by."""
    known = {_squeeze(name) for name in TEXT}
    return any(_squeeze(name) in known for name in names)


def shown(names: Iterable[str]) -> str:
    """Field names for a message; a long list says how many more there are."""
    names = [clean_line(name) or "(blank)" for name in names]
    more = f" and {len(names) - SHOWN_FIELDS} more" if len(names) > SHOWN_FIELDS else ""
    return (", ".join(name[:40] for name in names[:SHOWN_FIELDS]) + more) or "none"


def _text(fields: Mapping[str, object], record: Mapping[str, object]) -> str:
    wrong = None
    for name, value in _present(fields, TEXT):
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str):
            return clean_text(_without_notice(strip_markup(value) if is_markup(value) else value))
        wrong = wrong or f"{name} is {_kind(value)}, not a text"
    raise Refused(wrong or f"no text: its fields are {shown(record)}")


def _without_notice(text: str) -> str:
    """Without the ``… [+1234 chars]`` that news interfaces put where they cut a text off."""
    end = text.rstrip()
    place = end.rfind("[+", -30)
    if place < 0 or not end.endswith(" chars]") or not end[place + 2 : -len(" chars]")].isdigit():
        return text
    return end[:place].rstrip().removesuffix("…").removesuffix("...").rstrip()


def _url(fields: Mapping[str, object]) -> str | None:
    for _, value in _present(fields, URL):
        url = clean_line(value)
        if url and (_is_http(url) or not _has_scheme(url)):
            return url
    candidates = (clean_line(value) for _, value in _present(fields, URL_IF_HTTP))
    return next((url for url in candidates if url and _is_http(url)), None)


def _outlet(fields: Mapping[str, object], url: str | None) -> tuple[str | None, str | None]:
    """Outlet and site name: a domain before a name, the record's own word before its address."""
    given = [line for _, value in _present(fields, SITE) if (line := clean_line(value))]
    named = [line for _, value in _present(fields, SITE_NAME) if (line := clean_line(value)) and line != url]
    names = [line for line in (*named, *given) if not is_site(line)]
    site_name = names[0] if names else None
    domain = next((line for line in (*given, *named) if is_site(line)), None)
    if domain is not None:
        return outlet_of(domain), site_name
    own = next(iter(given), None)
    outlet = own or (outlet_of_url(url) if url else None) or site_name
    return outlet, (site_name if named or outlet != site_name else None)


def _byline(fields: Mapping[str, object]) -> str | None:
    for _, value in _present(fields, BYLINE):
        people = value if isinstance(value, list) else [value]
        names = [clean_line(person.get("name") if isinstance(person, dict) else person) for person in people]
        if any(names):
            return ", ".join(name for name in names if name)
    return None


def _first_line(fields: Mapping[str, object], names: Iterable[str]) -> str | None:
    lines = (clean_line(value[0] if isinstance(value, list) else value) for _, value in _present(fields, names))
    return next((line for line in lines if line), None)


def _first_date(fields: Mapping[str, object], names: Iterable[str], now: datetime) -> str | None:
    dates = (parse_date(value, now) for _, value in _present(fields, names))
    return next((date for date in dates if date), None)


# ---------------------------------------------------------------------------------------------------------------
# Tools.


def _flatten(record: Mapping[str, object], prefix: str = "", depth: int = DEPTH) -> dict[str, object]:
    """The fields that hold something, by squeezed dotted name; what stands in a wrapper comes last, as the record's."""
    flat: dict[str, object] = {}
    wrapped: list[Mapping[str, object]] = []
    for name, value in record.items():
        key = prefix + _squeeze(name)
        if isinstance(value, dict) and depth:
            for inner_key, inner in _flatten(value, key, depth - 1).items():
                flat.setdefault(inner_key, inner)
            if key in WRAPPERS:
                wrapped.append(value)
        elif not _is_empty(value):
            flat.setdefault(key, value)
    for inner_record in wrapped:
        for inner_key, inner in _flatten(inner_record, "", depth - 1).items():
            flat.setdefault(inner_key, inner)
    return flat


@lru_cache(maxsize=4096)
def _squeeze(name: str) -> str:
    return name.lower().translate(_SQUEEZED)


_SQUEEZED = str.maketrans(dict.fromkeys("_-. :", None))


def _present(fields: Mapping[str, object], names: Iterable[str]) -> Iterator[tuple[str, object]]:
    for name, key in _squeezed(tuple(names)):
        value = fields.get(key)
        if value is not None:
            yield name, value


@lru_cache(maxsize=64)
def _squeezed(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((name, _squeeze(name)) for name in names)


def _is_empty(value: object) -> bool:
    return value is None or value == [] or value == {} or (isinstance(value, str) and not value.strip())


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
