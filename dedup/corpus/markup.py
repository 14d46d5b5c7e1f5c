"""XML: feeds that hold whole stories, and what trafilatura writes. What a file is, its root element tells.

A DOCTYPE is refused unread: entities are how few bytes become many, or other files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from dedup.corpus.cleaning import Refused, clean_line, clean_text, is_markup, strip_markup, words
from dedup.corpus.dates import parse_date
from dedup.corpus.files import Place, Source, whole
from dedup.corpus.outlets import outlet_of, outlet_of_url
from dedup.corpus.urls import page_id
from dedup.model import CorpusError, Document, Reject

MAX_XML_BYTES = 50_000_000
# No feed and no article is nested deeper; what is takes the parser long to let go.
MAX_DEPTH = 500


def read_xml(source: Source) -> Iterator[Document | Reject]:
    """The stories of an RSS or Atom feed, or the article of a file in trafilatura's XML or in TEI.

    An item of a feed without a body is a reject. Raises ``CorpusError`` for XML that is broken or is none of these.
    """
    try:
        data = whole(source, MAX_XML_BYTES, "split it")
        root = _parsed(data)
    except Refused as refusal:
        yield Place(source.name).reject(refusal)
        return
    except (ParseError, ValueError, LookupError) as error:
        raise CorpusError(source.name, f"is not well-formed XML: {error}") from error
    read = _ROOTS.get(root.tag.lower())
    if read is None:
        name = clean_line(root.tag[:40])
        raise CorpusError(
            source.name, f"is XML of an unknown kind (<{name}>): feeds, trafilatura's XML and TEI are read"
        )
    yield from read(root, source)


def _parsed(data: bytes) -> Element:
    """The root of a text of XML, names without their spaces. Raises ``Refused`` for a DOCTYPE and for deep nests."""
    parser = XMLParser(target=_Bounded())
    parser.feed(data)
    root: Element = parser.close()
    return root


class _Bounded:
    """Builds a tree; stops where it meets what is refused."""

    def __init__(self) -> None:
        self._tree = TreeBuilder()
        self._depth = 0

    def doctype(self, name: str, public: str | None, system: str | None) -> None:  # noqa: ARG002
        raise Refused("has a DOCTYPE: remove it, entities are not read")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Refused(f"is nested more than {MAX_DEPTH} deep")
        self._tree.start(_bare(tag), {_bare(name): value for name, value in attributes.items()})

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._tree.end(_bare(tag))

    def data(self, text: str) -> None:
        self._tree.data(text)

    def close(self) -> Element:
        return self._tree.close()


# Prefixes differ, and so do the spaces that producers put; what remains of two elements that only these tell apart.
_SPACES: Mapping[str, str] = {
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dc:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes:",
}


def _bare(tag: str) -> str:
    space, closed, name = tag.removeprefix("{").rpartition("}")
    return _SPACES.get(space, "") + name if closed else tag


# ---------------------------------------------------------------------------------------------------------------
# Feeds.


def _read_feed(root: Element, source: Source) -> Iterator[Document | Reject]:
    channel = root.find("channel")
    about = root if channel is None else channel
    site = _line(about, ("title",))
    language = _line(about, ("language", "dc:language")) or clean_line(root.get("lang"))
    items = [element for element in root.iter() if element.tag in ("item", "entry")]
    for number, item in enumerate(items, start=1):
        place = Place(source.name, None, number)
        try:
            yield _story(item, site, language, place, source.now)
        except Refused as refusal:
            yield place.reject(refusal)


def _story(item: Element, site: str | None, language: str | None, place: Place, now: datetime) -> Document:
    body = next((text for name in ("content:encoded", "content") if (text := _inside(item, name))), None)
    if body is None:
        has = "only a summary" if _inside(item, "description") or _inside(item, "summary") else "no text"
        raise Refused(f"holds {has}: the feed does not give whole stories")
    url, id = _link(item), _line(item, ("guid", "id"))
    if url is None and id and id.startswith(("http://", "https://")):
        url = id
    return Document(
        id=page_id(url) if url else id or place.id,
        text=clean_text(strip_markup(body) if is_markup(body) else body),
        url=url,
        title=_line(item, ("title",)),
        outlet=outlet_of_url(url) if url else (outlet_of(site) if site else None),
        site_name=site,
        published=_date(item, ("pubDate", "published", "dc:date", "date", "issued", "updated"), now),
        byline=_line(item, ("dc:creator", "author/name", "author")),
        language=clean_line(item.get("lang")) or language,
        origin=place.origin,
    )


def _link(item: Element) -> str | None:
    """The address of a story: the text of an RSS link, or where Atom's own link leads."""
    for link in item.findall("link"):
        if link.get("rel", "alternate") == "alternate":
            url = clean_line(link.get("href") or link.text)
            if url and url[:8].lower().startswith(("http://", "https://")):
                return url
    return None


def _inside(item: Element, name: str) -> str | None:
    """All text of an element; that of Atom's XHTML with a line for each block."""
    element = item.find(name)
    if element is None:
        return None
    return (_lines(element) if len(element) else element.text or "").strip() or None


# ---------------------------------------------------------------------------------------------------------------
# What trafilatura writes.


def _read_article(root: Element, source: Source) -> Iterator[Document | Reject]:
    main = root.find("main")
    place = Place(source.name)
    try:
        if main is None:
            raise Refused("holds no <main>: it is no article of trafilatura")
        told = {name: clean_line(value) for name, value in root.attrib.items()}
        yield _article(_lines(main), told, place, source.now)
    except Refused as refusal:
        yield place.reject(refusal)


def _read_tei(root: Element, source: Source) -> Iterator[Document | Reject]:
    place = Place(source.name)
    body, header = root.find("text/body"), root.find("teiHeader")
    try:
        if body is None or header is None:
            raise Refused("is TEI without a header or a body")
        comments = [division for division in body.iter("div") if division.get("type") == "comments"]
        for division in comments:
            division.clear()
        told = {
            "title": _line(header, (".//titleStmt/title", ".//title")),
            "author": _line(header, (".//biblFull//author", ".//author")),
            "date": _line(header, (".//publicationStmt/date", ".//date")),
            "sitename": _line(header, (".//biblFull//publisher", ".//publisher")),
            "source": next((clean_line(ptr.get("target")) for ptr in header.iter("ptr") if ptr.get("target")), None),
        }
        yield _article(_lines(body), told, place, source.now)
    except Refused as refusal:
        yield place.reject(refusal)


def _article(text: str, told: Mapping[str, str | None], place: Place, now: datetime) -> Document:
    """An article and what is told of it. The address is what the page claims, which on a mirror is not its own."""
    claimed, site = told.get("source") or told.get("url"), told.get("sitename")
    return Document(
        id=place.id,
        text=clean_text(text),
        title=told.get("title"),
        outlet=outlet_of(site) if site else None,
        site_name=site,
        published=parse_date(told.get("date"), now),
        byline=told.get("author"),
        language=told.get("language"),
        canonical=claimed if claimed and claimed.startswith(("http://", "https://")) else None,
        origin=place.origin,
    )


# ---------------------------------------------------------------------------------------------------------------
# Tools.

_BLOCKS = frozenset(words("p div head h1 h2 h3 h4 h5 h6 li item list ul ol quote blockquote table row tr lb br ab fw"))


def _lines(element: Element) -> str:
    """The text of an element, its blocks parted by empty lines."""
    parts: list[str] = []
    _gather(element, parts)
    lines = (" ".join(line.split()) for line in "".join(parts).split("\x00"))
    return "\n\n".join(line for line in lines if line)


def _gather(element: Element, parts: list[str]) -> None:
    edge = "\x00" if element.tag in _BLOCKS else ""
    parts += (edge, element.text or "")
    for inner in element:
        _gather(inner, parts)
        parts.append(inner.tail or "")
    parts.append(edge)


def _line(element: Element, names: tuple[str, ...]) -> str | None:
    found = (inner for name in names if (inner := element.find(name)) is not None)
    return next((line for inner in found if (line := clean_line("".join(inner.itertext())))), None)


def _date(element: Element, names: tuple[str, ...], now: datetime) -> str | None:
    return next((date for name in names if (date := parse_date(_line(element, (name,)), now))), None)


_ROOTS: Mapping[str, Callable[[Element, Source], Iterator[Document | Reject]]] = {
    "rss": _read_feed,
    "rdf": _read_feed,
    "feed": _read_feed,
    "doc": _read_article,
    "tei": _read_tei,
}
