"""What a page says of where its story comes from: the true address, the one it was taken from, whom to credit.

Claims are evidence and never identity. They are read with precision before recall: of 181 news pages (2019) none has
``isBasedOn``, ``syndication-source``, ``sourceOrganization`` or ``creditText``; the 13 ``copyrightHolder`` name the
publisher itself or the owner of a picture, so that one is not read. Nothing here is ever run.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, NamedTuple
from urllib.parse import urljoin

from dedup.addresses import MAX_ADDRESS_CHARS, host, is_other_site
from dedup.corpus.cleaning import clean_line, words
from dedup.corpus.outlets import is_site, outlet_of_url

# The largest of 181 pages has 9 blocks of data, of 27,000 characters together.
MAX_BLOCKS, MAX_BLOCK_CHARS = 50, 500_000
MAX_ITEMS = 100
MAX_NAME_CHARS = 100
MAX_ROBOTS_CHARS = 1000

# What an article's data is called; ``ClaimReview`` and the like speak of somebody else's.
_ARTICLE_ENDS = ("Article", "BlogPosting", "Report")
# What is in the data of a page by its own right, not as one of the pages it points to.
_WHOLE = ("@graph", "mainEntity")
_BASES = ("isBasedOn", "isBasedOnUrl")
_ROBOTS = ("robots", "googlebot", "googlebot-news")
_BASE_NAMES = ("syndication-source", "original-source")


class Claims(NamedTuple):
    """The address the page calls the true one and the one it was taken from; who may have signed; whom it credits;
    whether it asks not to be listed."""

    canonical: str | None = None
    based_on: str | None = None
    signed: tuple[str, ...] = ()
    credit: str | None = None
    robots: str | None = None


def claims_of(tree: Any, url: str | None) -> Claims:
    """What a parsed page claims; ``url`` is where it was read, if that is known."""
    said = _said(tree)
    canonical = _canonical(said, url)
    article = next(_articles(said.data), {})
    told = [content for name in _ROBOTS for content in said.metas.get(name, ())]
    taken = _based_on(said, article, url, canonical)
    return Claims(canonical, taken, _signed(said, article), _credit(article), robots_of(told))


def robots_of(told: Iterable[str]) -> str | None:
    """``noindex`` where the directives for search engines ask not to list the page, and ``None`` where they do not.

    Of 181 news pages 75 have such directives, of which 2 ask for that: a publisher may ask it of those who print its
    stories. The others tell nothing of who copied.
    """
    asked = {word.strip().lower() for line in told for word in line[:MAX_ROBOTS_CHARS].split(",")}
    return "noindex" if asked & {"noindex", "none"} else None


def based_on(strong: Iterable[str], weak: Iterable[str], url: str | None, outlet: str | None) -> str | None:
    """The first address of another site than the page's own, which is that of ``url`` and ``outlet``.

    ``weak`` ones say no more than whose page it is, so they count only where something is known of the page itself.
    """
    hinted = weak if url or outlet else ()
    return next((address for address in (*strong, *hinted) if is_other_site(address, url, outlet)), None)


def addresses_in(value: object, depth: int = 2) -> Iterator[str]:
    """The addresses that a field holds: a text, an object with ``url`` or ``@id``, or a list of them."""
    if isinstance(value, str):
        line = clean_line(value) if len(value) <= MAX_ADDRESS_CHARS else None
        if line and is_site(line) and host(line):
            yield line
    elif isinstance(value, Mapping):
        found = (address for name in ("url", "@id") for address in addresses_in(value.get(name), 0))
        yield from islice(found, 1)  # both name one thing
    elif isinstance(value, list) and depth:
        for item in value[:MAX_ITEMS]:
            yield from addresses_in(item, depth - 1)


# ---------------------------------------------------------------------------------------------------------------
# The parts of a page that claim something.


class _Said(NamedTuple):
    links: dict[str, list[str]]
    metas: dict[str, list[str]]
    data: list[object]


def _said(tree: Any) -> _Said:
    said = _Said({}, {}, [])
    for element in tree.iter("link", "meta", "script"):
        get: Callable[[str], str | None] = element.get
        if element.tag == "link":
            _note(said.links, (get("rel") or "").split(), get("href"))
        elif element.tag == "meta":
            _note(said.metas, [get("property") or get("name") or ""], get("content"))
        elif "ld+json" in (get("type") or "").lower() and len(said.data) < MAX_BLOCKS:
            said.data.append(_json(element.text or ""))
    return said


def _note(noted: dict[str, list[str]], names: list[str], value: str | None) -> None:
    for name in names[:MAX_ITEMS]:
        if value and name.lower() in _NOTED:
            noted.setdefault(name.lower(), []).append(value)


_NOTED = frozenset((*words("canonical og:url author"), *_BASE_NAMES, *_ROBOTS))


def _json(text: str) -> object:
    """A block of data; ``None`` for one that is broken, or too long to be a page's own."""
    if len(text) > MAX_BLOCK_CHARS:
        return None
    bare = text.strip().removeprefix("<!--").removesuffix("-->").strip().rstrip(";")
    try:
        return _DECODER.decode(bare)
    except (ValueError, RecursionError):
        return None


# Of 7 broken blocks 2 only have line breaks inside texts.
_DECODER = json.JSONDecoder(strict=False)


def _articles(data: Iterable[object], depth: int = 3) -> Iterator[Mapping[str, object]]:
    """The articles that a page's data is about, not those that these point to."""
    for value in data:
        if isinstance(value, list) and depth:
            yield from _articles(value[:MAX_ITEMS], depth - 1)
        elif isinstance(value, dict):
            if _is_article(value.get("@type")):
                yield value
            if depth:
                yield from _articles((value.get(name) for name in _WHOLE), depth - 1)


def _is_article(kind: object) -> bool:
    kinds = kind if isinstance(kind, list) else [kind]
    return any(isinstance(name, str) and name.endswith(_ARTICLE_ENDS) for name in kinds[:MAX_ITEMS])


# ---------------------------------------------------------------------------------------------------------------
# What they say.


def _canonical(said: _Said, url: str | None) -> str | None:
    """``rel=canonical``, else ``og:url``; one without a host is read from where the page is.

    trafilatura has it the other way round: of 181 pages the only two that name another site's lose it so.
    """
    graph = said.metas.get("og:url", [])
    for address in (*said.links.get("canonical", ()), *graph):
        for whole in addresses_in(_absolute(address, url or next(iter(graph), None))):
            return whole
    return None


def _absolute(address: str, base: str | None) -> str | None:
    line = clean_line(address)
    if not line or len(line) > MAX_ADDRESS_CHARS:
        return None
    if line.startswith("//"):
        return f"https:{line}"
    if "://" in line[:9]:
        return line
    try:
        return urljoin(base, line) if base else None
    except ValueError:
        return None


def _based_on(said: _Said, article: Mapping[str, object], url: str | None, canonical: str | None) -> str | None:
    named = [address for name in _BASE_NAMES for noted in (said.metas, said.links) for address in noted.get(name, ())]
    strong = (*(address for name in _BASES for address in addresses_in(article.get(name))), *addresses_in(named))
    organisation = () if _is_publisher(article) else addresses_in(article.get("sourceOrganization"))
    weak = (*addresses_in(article.get("mainEntityOfPage")), *organisation)
    # Where nobody knows the page's address, what it calls its own is no other.
    own = url or canonical
    return based_on(strong, weak if url else (), own, outlet_of_url(own) if own else None)


def _is_publisher(article: Mapping[str, object]) -> bool:
    names = {_name(article.get(field)) for field in ("sourceOrganization", "publisher")}
    return len(names) == 1


def _signed(said: _Said, article: Mapping[str, object]) -> tuple[str, ...]:
    """Who signs, as it is written: what ``author`` names and is no address of a profile."""
    named: list[object] = [*said.metas.get("author", ()), article.get("author")]
    names = (_name(value) for value in named[:MAX_ITEMS])
    return tuple(name for name in names if name and "://" not in name)


def _credit(article: Mapping[str, object]) -> str | None:
    """Whom the article's data credits, unless that is its publisher."""
    told = [_name(article.get(field)) for field in ("creditText", "sourceOrganization")]
    publisher = _name(article.get("publisher")) or ""
    others = (name for name in told if name and not is_site(name))
    return next((name for name in others if name.casefold() != publisher.casefold()), None)


def _name(value: object) -> str | None:
    if isinstance(value, list):
        value = next(iter(value), None)
    name = clean_line(value.get("name") if isinstance(value, Mapping) else value)
    return name if name and len(name) <= MAX_NAME_CHARS else None
