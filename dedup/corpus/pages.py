"""Plain text pages: a title line, perhaps ``Site|Headline``, perhaps a line of date, source and category, the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime

from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused, clean_line, clean_text
from dedup.corpus.dates import parse_date
from dedup.corpus.files import ELSE_WINDOWS_1252, Place, Source, bom_encoding, whole
from dedup.corpus.outlets import outlet_of
from dedup.model import CorpusError, Document, Reject

MAX_TITLE_CHARS = 200
MAX_SITE_CHARS = 60
# A title is followed by a blank line as a paragraph is; one this long that ends in a full stop is a paragraph.
MAX_SENTENCE_TITLE_CHARS = 120
METADATA_WITHIN_LINES = 6
# Texts hold next to none; half of the bytes of UTF-16 without a mark are NUL.
MAX_CONTROL_SHARE = 0.1


def read_text(source: Source) -> Iterator[Document | Reject]:
    """The one page of a text file."""
    place = Place(source.name)
    try:
        yield page_of(_decode(whole(source, MAX_TEXT_BYTES, "one page is never that long")), place, source.now)
    except Refused as refusal:
        yield place.reject(refusal)


def read_unknown(source: Source) -> Iterator[Document | Reject]:
    """The page of a file with a suffix that says nothing; ``CorpusError`` unless it is UTF-8 without NUL."""
    place = Place(source.name)
    try:
        data = whole(source, MAX_TEXT_BYTES, "one page is never that long")
        if b"\x00" in data:
            raise CorpusError(source.name, "is not a text, and its suffix is none that is known")
        yield page_of(data.decode("utf-8-sig"), place, source.now)
    except UnicodeDecodeError as error:
        problem = f"is not UTF-8 at byte {error.start + 1}, and its suffix is none that is known"
        raise CorpusError(source.name, problem) from error
    except Refused as refusal:
        yield place.reject(refusal)


def page_of(text: str, place: Place, now: datetime) -> Document:
    """The page that a text is. Raises ``Refused`` when it holds no text, or nothing but a title."""
    text = clean_text(text)
    title, body = _split_title(text)
    if not body.strip():
        raise Refused("no text below the title")
    site, headline = _split_site(title) if title else (None, None)
    published, byline = _metadata(body, now)
    return Document(
        id=place.id,
        text=body,
        title=headline,
        outlet=outlet_of(site) if site else None,
        site_name=site,
        published=published,
        byline=byline,
        origin=place.origin,
    )


def _decode(data: bytes) -> str:
    """The text of a page: by its byte order mark, else UTF-8, its bad bytes windows-1252. ``Refused`` if binary."""
    encoding = bom_encoding(data) or "utf-8"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        if encoding != "utf-8":
            raise Refused(f"starts as {encoding.upper()} but is not") from error
        if b"\x00" in data:
            raise Refused("is not a text: neither UTF-8 nor free of NUL") from error
        text = data.decode("utf-8", ELSE_WINDOWS_1252)
    if len(_CONTROLS.findall(text)) > MAX_CONTROL_SHARE * len(text):
        raise Refused("is not a text: it is full of control characters")
    return text


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")

# ---------------------------------------------------------------------------------------------------------------
# The title.

_DATELINE = re.compile(r"\([A-Z][^()\n]{0,40}\)\s?[-–—]")
# Commas and full stops of any script; questions and cries are headlines, too.
_ENDS_AS_PROSE = re.compile(r"[.,;:。，、；：．｡､،؛۔।॥։።፣၊။។]['\"’”»“)\]」』）\u200e\u200f]{0,3}$")
# Letters that fill two columns tell twice as much: a Chinese paragraph is no longer than an English title.
_WIDE = re.compile("[\u2e80-\u9fff\uac00-\ud7a3\uf900-\ufaff\uff01-\uff60\U00020000-\U0003ffff]")
# What parts site and headline: before ``|`` alone stands a site; wide ones have their spaces in them.
_PIPE = re.compile(r" \| |\||｜")


def _split_title(text: str) -> tuple[str | None, str]:
    """The title line and what stands below it; no title where the first line reads as prose."""
    start = len(text) - len(text.lstrip())
    line, line_feed, rest = text[start:].partition("\n")
    if not line_feed or not _is_title(line.strip(), rest):
        return None, text
    return line.strip(), _without_blank_lines(rest)


def _is_title(line: str, rest: str) -> bool:
    following = rest.partition("\n")[0]
    if _columns(line) > MAX_TITLE_CHARS or _DATELINE.search(line):
        return False
    if not _ENDS_AS_PROSE.search(line):
        return bool(rest.strip()) or "\n" in rest
    return bool(rest.strip()) and not following.strip() and _columns(line) <= MAX_SENTENCE_TITLE_CHARS


def _columns(line: str) -> int:
    return len(line) + (0 if line.isascii() else len(_WIDE.findall(line)))


def _without_blank_lines(text: str) -> str:
    """Without the blank lines it starts with; the indent of its first line stays."""
    start = len(text) - len(text.lstrip())
    return text[text.rfind("\n", 0, start) + 1 :]


def _split_site(title: str) -> tuple[str | None, str | None]:
    """Site and headline of ``Site|Headline``; ``A longer headline | Site`` stays whole, being the other way round."""
    pipe = _PIPE.search(title)
    site, headline = (title[: pipe.start()].strip(), title[pipe.end() :].strip()) if pipe else ("", "")
    spaced = pipe is not None and pipe[0] != "|"
    if not site or not headline or len(site) > MAX_SITE_CHARS or (spaced and len(site) > len(headline)):
        return None, clean_line(title)
    return clean_line(site), clean_line(headline)


# ---------------------------------------------------------------------------------------------------------------
# The line of date, source and category, whose fields are glued together on many mirrors.

_DATED = re.compile(r"(\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?)?)(Z|[+-]\d{2}:?\d{2})?\s?(.*)")
_LABEL = re.compile(r"(source|author|category|by)\s?:", re.IGNORECASE)


def _metadata(body: str, now: datetime) -> tuple[str | None, str | None]:
    """Date and byline of a metadata line among the first lines; it stays in the text."""
    for line in body.split("\n", METADATA_WITHIN_LINES)[:METADATA_WITHIN_LINES]:
        match = _DATED.fullmatch(line.strip()) if len(line) <= MAX_TITLE_CHARS else None
        if match and (not match[3] or _LABEL.match(match[3])):
            return parse_date(match[1] + (match[2] or ""), now), _named(match[3])
    return None, None


def _named(fields: str) -> str | None:
    """The author, else the source, of ``source:A. Writercategory:Home``."""
    parts = _LABEL.split(fields)
    values = {label.lower(): clean_line(value) for label, value in zip(parts[1::2], parts[2::2], strict=True)}
    return values.get("author") or values.get("by") or values.get("source")
