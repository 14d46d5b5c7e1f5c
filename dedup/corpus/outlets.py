"""Who published: hosts and addresses become the registered domain that one publisher answers for."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache
from urllib.parse import urlsplit

from publicsuffixlist import PublicSuffixList

from dedup.corpus.cleaning import words

# Platforms where each subdomain is somebody else's, and which the public suffix list does not name (checked with
# publicsuffixlist 1.1.2.20261023). Blogspot, Wix, GitHub Pages and the like need no entry: the list knows them.
BLOG_HOSTS = frozenset(
    words(
        """
        beehiiv.com blog.com blog.hu blogs.com blogsome.com canalblog.com dreamwidth.org edublogs.org eklablog.com
        exblog.jp free.fr ghost.io hubpages.com jimdo.com jimdofree.com journoportfolio.com livedoor.blog
        livejournal.com medium.com over-blog.com posthaven.com seesaa.net sitey.me skyrock.com squarespace.com
        strikingly.com substack.com svbtle.com tistory.com tripod.com tumblr.com typepad.com ucoz.ru webnode.com
        weebly.com wordpress.com wpcomstaging.com wpengine.com write.as xanga.com
        """
    )
)

# No host is longer (RFC 1035), and encoding a longer one takes seconds.
MAX_HOST_CHARS = 253

_HOST = re.compile(
    r"(?:[^\s/:@.?#,]{1,63}\.)+(?P<top>[^\W\d_]{2,63}|xn--[a-z0-9-]{1,59})\.?(?::\d{1,5})?", re.IGNORECASE
)


def outlet_of(value: str) -> str:
    """The registered domain of a host or an address; a name, or a part of a site such as ``yahoo.com/news``, as given.

    Under a blogging platform each subdomain is its own outlet. Internationalised names are written in ASCII.
    """
    if "://" in value:
        return outlet_of_url(value) or value
    host, _, path = value.partition("/")
    if path or not looks_like_host(host):
        return value
    return registered_domain(host.partition(":")[0])


def outlet_of_url(url: str) -> str | None:
    """The registered domain of an address; ``None`` where it holds no host."""
    try:
        host = urlsplit(url if "//" in url[:10] else f"//{url}").hostname
    except ValueError:
        return None
    if not host or len(host) > MAX_HOST_CHARS or re.search(r"\s", host):
        return None
    return registered_domain(host) or None


def is_site(value: str) -> bool:
    """Whether a value is a host, an address or a part of a site rather than a name that people use."""
    return "://" in value or looks_like_host(value.partition("/")[0])


@lru_cache(maxsize=4096)
def looks_like_host(value: str) -> bool:
    """Whether a word could be a host; with capitals (``Dr.Who``) only if its top level is one that exists."""
    match = _HOST.fullmatch(value) if len(value) <= MAX_HOST_CHARS + len(":65535") else None
    if not match:
        return False
    return value == value.lower() or _known_suffixes().publicsuffix(match["top"].lower()) is not None


def is_known_host(value: str) -> bool:
    """Whether a word is a host below a top level that exists."""
    match = _HOST.fullmatch(value) if len(value) <= MAX_HOST_CHARS + len(":65535") else None
    return match is not None and _known_suffixes().publicsuffix(match["top"].lower()) is not None


@lru_cache(maxsize=4096)
def registered_domain(host: str) -> str:
    """The domain that was registered for a host: ``news.bbc.co.uk`` gives ``bbc.co.uk``; an IP address stays."""
    host = _in_ascii(host.lower()).lower().strip(".")
    if _is_ip(host):
        return host
    bare = host.removeprefix("www.")
    site = _suffixes().privatesuffix(bare) or _suffixes().privatesuffix(host) or host
    if site not in BLOG_HOSTS or bare == site:
        return site
    blog = bare.removesuffix(f".{site}").rpartition(".")[2]
    return site if blog == "www" else f"{blog}.{site}"


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _in_ascii(host: str) -> str:
    if host.isascii() or len(host) > MAX_HOST_CHARS:
        return host
    try:
        return host.encode("idna").decode("ascii")
    except UnicodeError:
        return host


# Reading the list takes 85 ms, so it is read when the first host comes.
@lru_cache(maxsize=1)
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


@lru_cache(maxsize=1)
def _known_suffixes() -> PublicSuffixList:
    return PublicSuffixList(accept_unknown=False)
