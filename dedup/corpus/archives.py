"""WARC, ARC and WET: what crawlers keep. The address that was crawled is who a page is, whatever the page says.

Records that hold no page (requests, notes, revisits, pictures, errors) are passed over and counted: the log says how
many of each kind (level INFO), and a file without any page is reported with them.
"""

from __future__ import annotations

import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import NamedTuple

from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused, clean_line
from dedup.corpus.dates import parse_date
from dedup.corpus.files import ELSE_WINDOWS_1252, Place, Source
from dedup.corpus.framing import Record, records
from dedup.corpus.outlets import outlet_of_url
from dedup.corpus.pages import page_of
from dedup.corpus.urls import page_id
from dedup.corpus.waiting import Page
from dedup.corpus.webpages import is_html, require
from dedup.model import CorpusError, Document, Reject

# An address longer than that is an attack.
MAX_URL_CHARS = 8_000


def read_archive(source: Source) -> Iterator[Document | Page | Reject]:
    """The pages and texts of a WARC, ARC or WET file, in their order; a file that is cut off is read up to the cut.

    Raises ``CorpusError`` for a file that starts with no record, and where pages need an extractor that is not there.
    """
    passed: Counter[str] = Counter()
    given = 0
    with source.open() as stream:
        for number, record in enumerate(records(stream), start=1):
            if number == 1 and not record.headers:
                raise CorpusError(source.name, "is no web archive: it does not start with a record")
            item = _item(source, Place(source.name, None, number), record)
            if isinstance(item, str):
                passed[item] += 1
            else:
                given += 1
                yield item
        if stream.problem:
            yield Place(source.name).reject(stream.problem)
    told = ", ".join(f"{count:,} {kind}" for kind, count in sorted(passed.items()))
    if passed and not given:
        yield Place(source.name).reject(f"holds no page; its records: {told}")
    elif passed:
        logging.getLogger(__name__).info("%s: passed over %s", source.name, told)


def _item(source: Source, place: Place, record: Record) -> Document | Page | Reject | str:
    """What a record gives, or the kind by which it is passed over."""
    kind = record.headers.get("warc-type", "unnamed")
    url = _url(record)
    spot = f"at byte {record.offset:,}" + (f", {url}" if url else "")
    try:
        if record.problem is not None:
            raise Refused(record.problem)
        crawled = parse_date(record.headers.get("warc-date"), source.now)
        if kind == "conversion":
            return _text(record, place, url, crawled, source.now)
        if kind not in ("response", "resource"):
            return kind
        found = _response(record) if _is_http(record) else _Response({}, record.block, record.headers)
        if isinstance(found, str):
            return found
        if not is_html(found.type, found.body):
            return "not HTML"
        require(source.options.extractor, source.name)
        return Page(_decoded(found), place, source.now, url, crawled, found.charset, spot)
    except Refused as refusal:
        return place.reject(f"{refusal} ({spot})")


def _text(record: Record, place: Place, url: str | None, crawled: str | None, now: datetime) -> Document:
    page = page_of(record.block.decode("utf-8", ELSE_WINDOWS_1252), place, now)
    languages = record.headers.get("warc-identified-content-language", "")
    page = replace(page, crawled=crawled, language=clean_line(languages.partition(",")[0]))
    return replace(page, id=page_id(url), url=url, outlet=outlet_of_url(url) or page.outlet) if url else page


def _url(record: Record) -> str | None:
    url = clean_line(record.headers.get("warc-target-uri", "").strip("<>"))
    return url if url and len(url) <= MAX_URL_CHARS and url[:8].lower().startswith(("http://", "https://")) else None


# ---------------------------------------------------------------------------------------------------------------
# What a server sent.


class _Response(NamedTuple):
    """Its headers by names in small letters, its body, and where else it says what that is."""

    headers: Mapping[str, str]
    body: bytes
    record: Mapping[str, str]

    @property
    def type(self) -> str:
        return (self.headers or self.record).get("content-type", "")

    @property
    def charset(self) -> str | None:
        match = re.search(r"charset\s?=\s?[\"']?([A-Za-z0-9_.:-]{2,40})", self.type, re.IGNORECASE)
        return match[1] if match else None


def _is_http(record: Record) -> bool:
    return record.headers.get("warc-type") == "response" or "http" in record.headers.get("content-type", "")


def _response(record: Record) -> _Response | str:
    """The response of a server, or of what kind it is where it is no page."""
    end = _END_OF_HEADERS.search(record.block)
    lines = (record.block[: end.start()] if end else b"").decode("latin-1").splitlines()
    status = _STATUS.match(lines[0]) if lines else None
    if end is None or status is None:
        raise Refused("holds no response of a server")
    if status[1] != "200":
        return f"status {status[1]}"
    fields = (line.partition(":") for line in lines[1:])
    headers: dict[str, str] = {}
    for name, _, value in fields:
        headers.setdefault(name.strip().lower(), value.strip())
    return _Response(headers, record.block[end.end() :], record.headers)


_END_OF_HEADERS = re.compile(rb"\r?\n\r?\n")
_STATUS = re.compile(r"HTTP/\d(?:\.\d)? (\d{3})")


def _decoded(response: _Response) -> bytes:
    """The body without chunks and packing; crawlers that unpack it often leave the headers, so both are looked at.

    Raises ``Refused`` where nothing can be read, or above 5,000,000 bytes; of a body that is cut, what is there.
    """
    body = response.body
    if "chunked" in response.headers.get("transfer-encoding", "").lower():
        body = _without_chunks(body)
    for coding in reversed(response.headers.get("content-encoding", "").lower().split(",")):
        body = _unpacked(body, coding.strip())
    if len(body) > MAX_TEXT_BYTES:
        raise Refused(f"holds more than the {MAX_TEXT_BYTES:,} bytes allowed")
    return body


def _without_chunks(body: bytes) -> bytes:
    """The chunks of a body joined; a body that does not start with one is none of chunks."""
    parts, at = list[bytes](), 0
    while (size := _CHUNK.match(body, at)) and (length := int(size[1], 16)):
        parts.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return b"".join(parts) or body


_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]{0,200})?\r?\n")


def _unpacked(body: bytes, coding: str) -> bytes:
    if coding in ("gzip", "x-gzip") and body.startswith(b"\x1f\x8b"):
        return _inflated(body, zlib.MAX_WBITS | 16)
    if coding == "deflate":
        # Servers send either form, and call both so.
        return _inflated(body, zlib.MAX_WBITS) or _inflated(body, -zlib.MAX_WBITS) or body
    if coding == "br" and not is_html("", body):
        return _from_brotli(body)
    if coding not in ("", "identity", "br", "gzip", "x-gzip", "none", "utf-8"):
        raise Refused(f"is packed as {coding[:20]!r}, which is not read")
    return body


def _inflated(body: bytes, bits: int) -> bytes:
    """What can be unpacked, one byte over the limit at most."""
    inflater, parts, size = zlib.decompressobj(bits), list[bytes](), 0
    for at in range(0, len(body), _STEP_BYTES):
        try:
            parts.append(inflater.decompress(body[at : at + _STEP_BYTES], MAX_TEXT_BYTES + 1 - size))
        except zlib.error:
            break
        size += len(parts[-1])
        if size > MAX_TEXT_BYTES:
            break
    return b"".join(parts)


# What was unpacked before a fault is kept step by step.
_STEP_BYTES = 4096


def _from_brotli(body: bytes) -> bytes:
    try:
        from fastwarc.stream_io import BrotliReader
    except ImportError as error:
        raise Refused("is packed with brotli, which needs fastwarc: pip install 'newswire-dedup[warc]'") from error
    try:
        data: bytes = BrotliReader(BytesIO(body)).read(MAX_TEXT_BYTES + 1)
    except (OSError, ValueError) as error:
        raise Refused("is packed with brotli that is damaged") from error
    return data
