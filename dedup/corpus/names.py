"""The names that scrapers use for what a record tells, and which of a record's own names tell what.

Names are compared without case, ``_``, ``-``, ``.``, ``:`` and spaces, so that ``source.name``, ``source_name`` and a
``name`` inside a ``source`` are one. Of several fields that mean the same, the first that is not empty is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from dedup.corpus.cleaning import clean_line, words


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
    robots: tuple[str, ...]
    id: tuple[str, ...]


NAMES = Names(
    # news-please fills both `text` and `maintext`: the latter is the article.
    text=words("""
        maintext text body content article_text article_body plain_text cleaned_text raw_content text_content full_text
        document raw_text content_text contents article story body_text body_xhtml body_html bodies
    """),
    title=words("title headline article_title title_page title_rss og_title headlines name"),
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
        publication_date publishing_date date_time_pub first_published web_publication_date first_created
        created created_at version_created content_created
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
        source.title source copyright_holder
    """),
    byline=words("byline authors author author.name creator by"),
    language=words("language lang meta_lang in_language locale"),
    dateline=words("dateline located"),
    robots=words("robots meta_robots robots_meta"),
    # `fingerprint` and `digest` are no ids: they are made from the text, so that two copies would replace each other.
    id=words("id doc_id uuid stories_id article_id _id _id.$oid uri docno"),
)
WRAPPERS = frozenset(("metadata", "meta", "article", "fields"))
SHOWN_FIELDS = 12

# What somebody may name a field for (``{"text": "content"}``), and what then stays empty where that field is.
MEANINGS: dict[str, tuple[str, ...]] = {
    "id": (),
    "text": (),
    "title": (),
    "url": ("url_if_http",),
    "outlet": (),
    "site_name": (),
    "published": (),
    "crawled": (),
    "byline": (),
    "language": (),
    "dateline": (),
    "robots": (),
    "canonical": (),
    "based_on": ("based_on_if_elsewhere",),
}


class Known:
    """The names to look for: of all scrapers, or where a field was named for a meaning, that one alone for it."""

    __slots__ = ("all", "keys", "named", "names")

    def __init__(self, fields: Mapping[str, str]) -> None:
        told = {slot_of(meaning): (name,) for meaning, name in fields.items()}
        empty = dict.fromkeys((slot for meaning in fields for slot in MEANINGS[meaning]), ())
        self.names = NAMES._replace(**told, **empty)
        self.keys = Names(*(tuple(map(squeeze, names)) for names in self.names))
        self.all = frozenset(chain.from_iterable(self.keys)) | HINTS
        self.named = frozenset(fields)

    def has_text(self, names: Iterable[str]) -> bool:
        """Whether one of the names is one that texts go by."""
        return any(squeeze(name) in self.keys.text for name in names)


def slot_of(meaning: str) -> str:
    """Where the names for a meaning stand; an outlet is told by its site."""
    return "site" if meaning == "outlet" else meaning


def known_for(fields: Mapping[str, str]) -> Known:
    """The names to look for where somebody named fields. The meanings must be ``MEANINGS``."""
    return _known(tuple(sorted(fields.items()))) if fields else KNOWN


@lru_cache(maxsize=16)
def _known(fields: tuple[tuple[str, str], ...]) -> Known:
    return Known(dict(fields))


# The records of a file have mostly the same fields: to look each possible name up in each took half the time.
@lru_cache(maxsize=256)
def told_by(keys: tuple[str, ...], known: Known) -> Names:
    """Which of a record's squeezed keys tell what."""
    told = Names(*(tuple(key for key in slot if key in keys) for slot in known.keys))
    for shape, moved in SHAPES:
        if shape(frozenset(keys)):
            told = moved(told, known.named)
    return told


def shown(names: Iterable[str]) -> str:
    """Field names for a message; a long list says how many more there are."""
    names = [clean_line(name) or "(blank)" for name in names]
    more = f" and {len(names) - SHOWN_FIELDS} more" if len(names) > SHOWN_FIELDS else ""
    return (", ".join(name[:40] for name in names[:SHOWN_FIELDS]) + more) or "none"


@lru_cache(maxsize=4096)
def squeeze(name: str) -> str:
    """A name as names are compared."""
    return name.lower().translate(_SQUEEZED)


_SQUEEZED = str.maketrans(dict.fromkeys("_-. :", None))

# ---------------------------------------------------------------------------------------------------------------
# Producers whose names mean something else than they do elsewhere, told by the fields that only theirs have together.

# Fields that tell nothing themselves.
HINTS = frozenset(words("dump fingerprint"))


def _is_dolma(keys: frozenset[str]) -> bool:
    return {"added", "source"} <= keys


def _is_fineweb(keys: frozenset[str]) -> bool:
    return {"dump", "date", "text"} <= keys


def _is_c4(keys: frozenset[str]) -> bool:
    return keys == {"text", "timestamp", "url"}


def _is_trafilatura(keys: frozenset[str]) -> bool:
    return {"fingerprint", "filedate"} <= keys


def _without_source(told: Names, named: frozenset[str]) -> Names:
    """``source`` is the data set that the page is in."""
    return told if "site_name" in named else told._replace(site_name=_less(told.site_name, "source"))


def _date_of_crawl(told: Names, named: frozenset[str]) -> Names:
    """The one date is when the page was fetched: taken for the page's own, it would make old crawls originals."""
    moved = tuple(key for key in told.published if key in ("date", "timestamp"))
    if "published" not in named:
        told = told._replace(published=_less(told.published, *moved))
    return told if "crawled" in named else told._replace(crawled=(*told.crawled, *moved))


def _source_claimed(told: Names, named: frozenset[str]) -> Names:
    """``source`` is the address that the page calls the true one, and ``hostname`` its host: on a mirror, another's."""
    if "url" not in named:
        told = told._replace(url_if_http=_less(told.url_if_http, "source"))
    if "outlet" not in named:
        told = told._replace(site=_less(told.site, "hostname"))
    if "site_name" not in named:
        told = told._replace(site_name=_less(told.site_name, "source"))
    return told if "canonical" in named else told._replace(canonical=(*told.canonical, "source"))


def _less(keys: tuple[str, ...], *gone: str) -> tuple[str, ...]:
    return tuple(key for key in keys if key not in gone)


SHAPES = (
    (_is_dolma, _without_source),
    (_is_fineweb, _date_of_crawl),
    (_is_c4, _date_of_crawl),
    (_is_trafilatura, _source_claimed),
)
KNOWN = Known({})
