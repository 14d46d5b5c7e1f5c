"""Addresses as pages claim them: whose site one is at, and whether that is another site than the page's own.

Without the list of public suffixes: outlets are registered domains already, and where one is only a name, an address
counts as another site's if nothing speaks against it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import SplitResult, urlsplit

# No host is longer (RFC 1035), and no address in use is.
MAX_HOST_CHARS, MAX_ADDRESS_CHARS = 253, 2000
# Names shorter than this say nothing: "The AP" is not the owner of ap.example.
LEAST_NAME = 4

# A name with a top level, four numbers, or the groups of IPv6. No dots inside a part: that takes exponential time.
_HOST = re.compile(r"(?:[a-z0-9_-]{1,63}\.)+[a-z][a-z0-9-]{1,62}|\d{1,3}(?:\.\d{1,3}){3}|[0-9a-f.]*:[0-9a-f:.]+")
# Parts of a host that name a way of showing a site, not a site.
_SHOWN_AS = frozenset(("www", "m", "mobile", "amp", "edition"))
# What stands before a country's letters in public suffixes.
_SECOND_LEVELS = frozenset(("ac", "co", "com", "edu", "gob", "gouv", "gov", "ne", "net", "or", "org"))
# Below these stand states and provinces: ``city.sc.gov.br``.
_STATES = frozenset(("edu", "gob", "gouv", "gov"))
# Publishers send readers from these to their country's edition; a copy under ``.live`` or ``.ltd`` is no edition.
_WORLDWIDE = frozenset(("com", "net", "org"))


@lru_cache(maxsize=4096)
def host(address: str) -> str:
    """The host of an address, with a scheme or without, in lower-case ASCII without ``www.``; "" where it has none."""
    name = _split(address).hostname or ""
    if not name.isascii():
        try:
            name = name.encode("idna").decode("ascii") if len(name) <= MAX_HOST_CHARS else ""
        except UnicodeError:
            name = ""
    name = name.rstrip(".")
    name = name.removeprefix("www.") if name.count(".") > 1 else name
    return name if len(name) <= MAX_HOST_CHARS and _HOST.fullmatch(name) else ""


def same_site(address: str, outlet: str | None) -> bool:
    """Whether an address or a host belongs to an outlet: is at its domain or below it, or bears its name."""
    at = host(address)
    if not at or not outlet:
        return False
    if domain := host(outlet):
        return _below(at, domain)
    name = _letters(outlet)
    return len(name) >= LEAST_NAME and name == _letters(_brand(at))


def same_page(one: str, other: str) -> bool:
    """Whether two addresses have one host and path, whatever their scheme, query, fragment and last slash."""
    return bool(host(one)) and host(one) == host(other) and _path(one) == _path(other)


def is_other_site(address: str, own_url: str | None, own_outlet: str | None) -> bool:
    """Whether an address that a page claims belongs to another site than the page's own.

    Its own are its outlet's and its host's, and its own address in another country's edition
    (``daily.com/a``, ``daily.de/a``). With nothing known of the page every address is another's.
    """
    if not host(address) or same_site(address, own_outlet):
        return False
    own = own_url or own_outlet or ""
    if not host(own):
        return True
    return not (_siblings(address, own, own_outlet) or _is_edition(address, own))


def _siblings(address: str, own: str, own_outlet: str | None) -> bool:
    """Whether one host is the other or below it; the ways of showing a site are no part of either."""
    one, other = _bare(host(address)), _bare(host(own))
    if own_outlet and host(own_outlet):
        # An outlet's domain is known: what is above it, as a blog's platform is, is another site.
        return one == other
    return _below(one, other) or _below(other, one)


def _is_edition(address: str, own: str) -> bool:
    one, other = host(address), host(own)
    tops = (name.rpartition(".")[2] for name in (one, other))
    if not all(len(top) == 2 or top in _WORLDWIDE for top in tops):
        return False
    # With one suffix they are two sites below one domain, such as two blogs.
    elsewhere = _after(one) != _after(other)
    return elsewhere and _brand(one) == _brand(other) and _path(address) == _path(own)


def _below(one: str, other: str) -> bool:
    return one == other or one.endswith(f".{other}")


def _bare(name: str) -> str:
    first, _, rest = name.partition(".")
    return rest if first in _SHOWN_AS and "." in rest else name


def _brand(name: str) -> str:
    """The part of a host that people know it by: ``daily`` of ``news.daily.co.uk``."""
    labels = name.split(".")[:-1] or [name]
    below_state = False
    while len(labels) > 1 and (labels[-1] in _SECOND_LEVELS or (below_state and len(labels[-1]) == 2)):
        below_state = labels.pop() in _STATES
    return labels[-1]


def _after(name: str) -> str:
    """What follows the brand: ``.co.uk``."""
    return name.rpartition(_brand(name))[2]


def _letters(name: str) -> str:
    bare = "".join(char for char in name.casefold() if char.isalnum())
    return bare.removeprefix("the") if len(bare) > len("the") + 3 else bare


def _path(address: str) -> str:
    return _split(address).path.rstrip("/")


def _split(address: str) -> SplitResult:
    """The parts of an address; of what cannot be one, parts that are empty."""
    address = address.strip()
    if len(address) > MAX_ADDRESS_CHARS or not (schemed := _SCHEMED.match(address)):
        return _NOTHING
    try:
        parts = urlsplit(address if schemed[1] else f"//{address}")
        return parts if parts.hostname else _NOTHING
    except ValueError:
        return _NOTHING


_NOTHING = urlsplit("")
# With a scheme, or a host alone; ``mailto:ann@daily.com`` is neither.
_SCHEMED = re.compile(r"((?:https?:)?//)|[^\s/:@?#]+(?:[/?#]|:\d|$)", re.IGNORECASE)
