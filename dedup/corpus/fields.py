"""A scraper's record becomes a document: the names that scrapers use are understood without configuration."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime

from dedup.corpus.claims import addresses_in, based_on, robots_of
from dedup.corpus.cleaning import Refused, clean_line, clean_text, is_markup, strip_markup
from dedup.corpus.dates import parse_date
from dedup.corpus.files import Place
from dedup.corpus.names import KNOWN, WRAPPERS, Known, Names, shown, squeeze, told_by
from dedup.corpus.outlets import is_site, outlet_of, outlet_of_url
from dedup.corpus.urls import page_id
from dedup.model import Document

DEPTH = 3
# Where IPTC ninjs puts a text or a headline: objects, each with a ``value`` and the ``role`` it plays.
VALUED = frozenset(("bodies", "headlines"))


def to_document(record: object, place: Place, now: datetime, known: Known = KNOWN) -> Document:
    """The document that a record describes. Raises ``Refused``: no object, no text, or a text that is too long."""
    if not isinstance(record, dict):
        raise Refused(f"is {_kind(record)}, not an object with a text")
    fields = _flatten(record, known.all)
    told = told_by(tuple(fields), known)
    text = _text(fields, told, record, known)
    url = _url(fields, told)
    outlet, site_name = _outlet(fields, told, url, known)
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
        robots=_robots(fields, told.robots),
        origin=place.origin,
    )


def mapping_of(record: Mapping[str, object], now: datetime, known: Known = KNOWN) -> dict[str, str]:
    """The record's own name of the field that each of ours is taken from; what is taken from none is left out."""
    fields = _flatten(record, known.all)
    told, paths = told_by(tuple(fields), known), paths_of(record)
    url = _url(fields, told)
    outlet, site_name = _outlet(fields, told, url, known)
    sites, urls = (*told.site, *told.site_name), (*told.url, *told.url_if_http)
    taken = {
        "id": _key(told.id, lambda key: _first_line(fields, (key,))),
        "text": _key(told.text, lambda key: isinstance(_main(fields[key]), str | list)),
        "title": _key(told.title, lambda key: _first_line(fields, (key,))),
        "url": _key(urls, lambda key: url and clean_line(fields[key]) == url),
        "outlet": _key(sites, lambda key: outlet and outlet_of(clean_line(fields[key]) or "") == outlet),
        "site_name": _key(
            (*told.site_name, *told.site), lambda key: site_name and clean_line(fields[key]) == site_name
        ),
        "published": _key(told.published, lambda key: parse_date(fields[key], now)),
        "crawled": _key(told.crawled, lambda key: parse_date(fields[key], now)),
        "byline": _key(told.byline, lambda key: _byline(fields, (key,))),
        "language": _key(told.language, lambda key: _first_line(fields, (key,))),
        "dateline": _key(told.dateline, lambda key: _first_line(fields, (key,))),
        "canonical": _key(told.canonical, lambda key: _first_line(fields, (key,))),
        "based_on": _key(told.based_on, lambda key: next(addresses_in(fields[key]), None)),
        "robots": _key(told.robots, lambda key: isinstance(fields[key], str | list)),
    }
    if outlet and taken["outlet"] is None and "outlet" not in known.named:
        taken["outlet"] = taken["url"]
    return {ours: paths[key] for ours, key in taken.items() if key is not None}


def _key(keys: Iterable[str], takes: Callable[[str], object]) -> str | None:
    """The first key that something is taken from."""
    return next((key for key in keys if takes(key)), None)


def paths_of(record: Mapping[str, object]) -> dict[str, str]:
    """A record's own dotted names by how they are compared; those in a wrapper also without it."""
    paths = dict(_paths(record))
    for name, value in record.items():
        if squeeze(name) in WRAPPERS and isinstance(value, dict):
            for key, path in _paths(value, depth=DEPTH - 1):
                paths.setdefault(key, f"{name}.{path}")
    return paths


def _paths(
    record: Mapping[str, object], key: str = "", path: str = "", depth: int = DEPTH
) -> Iterator[tuple[str, str]]:
    for name, value in record.items():
        if isinstance(value, dict) and depth:
            yield from _paths(value, key + squeeze(name), f"{path}{name}.", depth - 1)
        else:
            yield key + squeeze(name), path + name


def _text(fields: Mapping[str, object], told: Names, record: Mapping[str, object], known: Known) -> str:
    wrong = None
    for key in told.text:
        value = _main(fields[key]) if key in VALUED else fields[key]
        if isinstance(value, list) and all(isinstance(part, str) for part in value):
            value = "\n\n".join(value)
        if isinstance(value, str):
            return clean_text(_without_notice(strip_markup(value) if is_markup(value) else value))
        wrong = wrong or f"{known.names.text[known.keys.text.index(key)]} is {_kind(value)}, not a text"
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


def _robots(fields: Mapping[str, object], keys: Iterable[str]) -> str | None:
    """Directives as one text, or as a list of them."""
    told = (value if isinstance(value, list) else [value] for value in (fields[key] for key in keys))
    return robots_of(line for lines in told for line in lines if isinstance(line, str))


def _based_on(fields: Mapping[str, object], told: Names, url: str | None, outlet: str | None) -> str | None:
    strong, weak = ([fields[key] for key in keys] for keys in (told.based_on, told.based_on_if_elsewhere))
    if not strong and not weak:
        return None
    return based_on(addresses_in(strong), addresses_in(weak), url, outlet)


def _outlet(fields: Mapping[str, object], told: Names, url: str | None, known: Known) -> tuple[str | None, str | None]:
    """Outlet and site name: a domain before a name, the record's own word before its address."""
    given = [line for key in told.site if (line := clean_line(fields[key]))]
    named = [line for key in told.site_name if (line := clean_line(fields[key])) and line != url]
    site_name = next((line for line in (*named, *given) if not is_site(line)), None)
    if "outlet" in known.named:
        return (outlet_of(given[0]) if given else None), site_name
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
        value = _main(fields[key]) if key in VALUED else fields[key]
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


def _main(value: object) -> object:
    """Of objects that hold a ``value`` each, that of the main one, else of the first."""
    items = [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
    main = [item for item in items if item.get("role") == "main"]
    return next((item["value"] for item in (*main, *items) if item.get("value")), value)


def _flatten(
    record: Mapping[str, object], known: frozenset[str], prefix: str = "", depth: int = DEPTH
) -> dict[str, object]:
    """The known fields that hold something, by squeezed dotted name; those in a wrapper come last, as the record's."""
    flat: dict[str, object] = {}
    wrapped: list[Mapping[str, object]] = []
    for name, value in record.items():
        key = prefix + squeeze(name)
        if isinstance(value, dict) and depth:
            for inner_key, inner in _flatten(value, known, key, depth - 1).items():
                flat.setdefault(inner_key, inner)
            if key in WRAPPERS:
                wrapped.append(value)
        elif key in known and not _is_empty(value):
            flat.setdefault(key, value)
    for inner_record in wrapped:
        for inner_key, inner in _flatten(inner_record, known, "", depth - 1).items():
            flat.setdefault(inner_key, inner)
    return flat


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
    kinds = {str: "a text", int: "a number", float: "a number", list: "a list", dict: "an object", bytes: "bytes"}
    return kinds.get(type(value), "null")
