"""Addresses of pages as ids: what surely names one page becomes one, and no more than that.

``www.``, ``m.``, AMP pages, ``http`` beside ``https`` and a slash at the end stay as they are: on some sites these are
other pages, and where they are not, they are versions of one outlet, which are told as such.
"""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit

from dedup.addresses import MAX_HOST_CHARS
from dedup.corpus.cleaning import words

MAX_URL_CHARS = 2000

# What senders hang on to addresses to count who comes; it names no page on any site. After the lists of Media Cloud's
# metadata library and of the documentation of the services that set them.
_COUNTING = frozenset(
    words(
        """
        _ga _gl _hsenc _hsmi _openstat at_campaign at_medium cmp cmpid dclid fbclid gbraid gclid gclsrc igshid
        mc_cid mc_eid mkt_tok msclkid ns_campaign ns_mchannel ns_source smid twclid wbraid wprss xtor yclid
        """
    )
)
_COUNTING_START = "utm_"
_PORTS = {"http": 80, "https": 443}
# Most addresses are as they should be: to tell that takes a microsecond, to take them apart ten.
_PLAIN = re.compile(r"https?://[a-z0-9][a-z0-9.-]*[a-z0-9]/(?:[A-Za-z0-9_~-][A-Za-z0-9._~-]*/?)*")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def page_id(url: str) -> str:
    """The id of the page at an address: scheme and host in small ASCII letters, without a default port, fragment (but
    ``#!``), dot segments and what only counts visitors, its query in order. What is no address of the web stays.
    """
    if len(url) > MAX_URL_CHARS or _PLAIN.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return url
    host = _host(parts.hostname or "")
    if parts.scheme not in _PORTS or not host:
        return url
    at = host if port in (None, _PORTS[parts.scheme]) else f"{host}:{port}"
    query = f"?{told}" if (told := _query(parts.query)) else ""
    fragment = f"#{parts.fragment}" if parts.fragment.startswith("!") else ""
    return f"{parts.scheme}://{at}{_path(parts.path)}{query}{fragment}"


def _host(host: str) -> str:
    """In ASCII; "" for what is none."""
    host = host.rstrip(".")
    if ":" in host:
        return f"[{host}]"
    if host.isascii() or len(host) > MAX_HOST_CHARS:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return ""


def _path(path: str) -> str:
    """Without dot segments (RFC 3986, 5.2.4), escapes in one form; an address inside, as archives have, stays whole."""
    kept: list[str] = []
    for part in _ESCAPE.sub(_unescaped, path).split("/")[1:]:
        if part == "..":
            del kept[-1:]
        elif part != ".":
            kept.append(part)
    closed = path.endswith(("/.", "/..")) and kept[-1:] != [""]
    return "/" + "/".join(kept) + ("/" if closed and kept else "")


def _unescaped(escape: re.Match[str]) -> str:
    char = chr(int(escape[1], 16))
    return char if char in _UNRESERVED else escape[0].upper()


def _query(query: str) -> str:
    """In order of its names, without what only counts visitors; as it is where it is no list of names and values."""
    if not query:
        return ""
    try:
        told = parse_qsl(query, keep_blank_values=True, strict_parsing=True, max_num_fields=100)
    except ValueError:
        return query
    kept = [(name, value) for name, value in told if not _counts(name.lower())]
    return urlencode(sorted(kept, key=lambda pair: pair[0]))


def _counts(name: str) -> bool:
    return name in _COUNTING or name.startswith(_COUNTING_START)
