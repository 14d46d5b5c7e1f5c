"""Files of HTML: pages that a browser, SingleFile or ``wget -r`` saved, and the addresses they had."""

from __future__ import annotations

import re
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

from dedup.corpus.articles import missing
from dedup.corpus.cleaning import MAX_TEXT_BYTES, Refused
from dedup.corpus.files import Extractor, Place, Source, whole
from dedup.corpus.outlets import is_known_host
from dedup.corpus.waiting import Page
from dedup.model import CorpusError, Reject

SNIFFED_BYTES = 1024
MAX_PATH_CHARS = 2000


def read_html(source: Source) -> Iterator[Page | Reject]:
    """The one page of a file, for extraction. Raises ``CorpusError`` when the extractor is not installed.

    Below the folder that was asked for, ``example.com/news/a.html`` is the page of http://example.com/news/a.html,
    as ``wget -r`` writes it; an address that a browser wrote into the page comes first only elsewhere.
    """
    require(source.options.extractor, source.name)
    place = Place(source.name)
    try:
        markup = whole(source, MAX_TEXT_BYTES, "one page is never that long")
        yield Page(markup, place, source.now, address_below(source.below))
    except Refused as refusal:
        yield place.reject(refusal)


def require(extractor: Extractor, name: str) -> None:
    """Raises ``CorpusError`` when an extractor is not installed; does not load it."""
    if find_spec(extractor) is None:
        raise CorpusError(name, missing(extractor))


def address_below(below: str | None) -> str | None:
    """The address of a page that ``wget -r`` saved; ``None`` unless the first folder is a host name.

    The scheme is not told by a path: it is ``http``. ``index.html`` is what wget calls an address that ends in ``/``.
    """
    host, slash, path = (below or "").partition("/")
    if not slash or len(path) > MAX_PATH_CHARS or not is_known_host(host):
        return None
    if path == "index.html" or path.endswith("/index.html"):
        path = path.removesuffix("index.html")
    return f"http://{host}/{quote(path, safe='/?&=%:@!$()*+,;~')}"


def is_saved_page(path: Path, below: str) -> bool:
    """Whether a file of no known suffix is a page in a tree that ``wget -r`` wrote: by its place and first bytes."""
    if address_below(below) is None:
        return False
    try:
        with path.open("rb") as file:
            return is_html("", file.read(SNIFFED_BYTES))
    except OSError:
        return False


def is_html(type: str, start: bytes) -> bool:
    """Whether a page is HTML: by the type that its server names, else by its first bytes."""
    if type.strip():
        return "html" in type.lower()
    return _HTML.match(start[:SNIFFED_BYTES]) is not None


_HTML = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:<!--[^<>]*-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE
)
