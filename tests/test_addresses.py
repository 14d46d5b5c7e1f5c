"""Addresses that pages claim: their hosts, whose site they are at, and when that is another site."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.addresses import host, is_other_site, same_page, same_site

HOSTS = {
    "plain": ("https://daily.com/a", "daily.com"),
    "www, capitals, port": ("HTTPS://WWW.Daily.COM:8080/a", "daily.com"),
    "subdomain": ("http://news.daily.co.uk/", "news.daily.co.uk"),
    "no scheme": ("daily.com/a?b=http://wire.com", "daily.com"),
    "no scheme, a port": ("daily.com:80/a", "daily.com"),
    "scheme of the page": ("//daily.com/a", "daily.com"),
    "a final dot": ("https://daily.com./a", "daily.com"),
    "spaces around": (" https://daily.com ", "daily.com"),
    "a user's name is no host": ("https://wire.com@daily.com/a", "daily.com"),
    "other letters": ("https://tägliche.de/a", "xn--tgliche-5wa.de"),
    "numbers": ("http://192.0.2.7:8000/x", "192.0.2.7"),
    "IPv6": ("http://[2001:db8::1]/x", "2001:db8::1"),
    "www alone": ("https://www.com/", "www.com"),
    "two slashes in a path": ("a.de//b.fr/c", "a.de"),
    "a path": ("/2024/a.html", ""),
    "a name": ("The Daily", ""),
    "an agency": ("AP", ""),
    "a number with a dot": ("3.14", ""),
    "mail": ("mailto:ann@daily.com", ""),
    "a script": ("javascript:alert('daily.com')", ""),
    "another scheme": ("ftp://daily.com/a", ""),
    "broken": ("http://[daily.com/a", ""),
    "a host with spaces": ("http://the daily.com/", ""),
    "nothing": ("", ""),
    "a scheme alone": ("http://", ""),
    "endless": ("https://daily.com/" + "a" * 3000, ""),
    "an endless host": ("https://" + "é" * 254 + ".com", ""),
}


@pytest.mark.parametrize(("address", "name"), HOSTS.values(), ids=HOSTS)
def test_the_host_of_an_address(address: str, name: str) -> None:
    assert host(address) == name


SITES = {
    "its domain": ("https://daily.com/a", "daily.com", True),
    "below its domain": ("https://m.news.daily.com/a", "daily.com", True),
    "a host alone": ("www.daily.com", "daily.com", True),
    "part of a site": ("https://daily.com/news/a", "daily.com/news", True),
    "its name": ("https://www.lantryherald.com/a", "The Lantry Herald", True),
    "its name under a national suffix": ("https://lantryherald.co.uk/a", "Lantry Herald", True),
    "another domain with the same end": ("https://mydaily.com/a", "daily.com", False),
    "its domain below another": ("https://daily.com.mirror.net/a", "daily.com", False),
    "its domain in the path": ("https://mirror.net/daily.com", "daily.com", False),
    "a blog's neighbour": ("https://bob.blogspot.com/a", "anna.blogspot.com", False),
    "a name too short to tell": ("https://ap.example/a", "AP", False),
    "a part of its name": ("https://herald.com/a", "The Lantry Herald", False),
    "no outlet": ("https://daily.com/a", None, False),
    "no address": ("The Daily", "The Daily", False),
}


@pytest.mark.parametrize(("address", "outlet", "same"), SITES.values(), ids=SITES)
def test_an_address_belongs_to_an_outlet(address: str, outlet: str | None, same: bool) -> None:
    assert same_site(address, outlet) == same


OWN = "https://www.daily.com/2024/ferry"
# What a page at OWN claims, its outlet, and whether that is another site.
CLAIMS = {
    "itself": (OWN, "daily.com", False),
    "another scheme": ("http://www.daily.com/2024/ferry", "daily.com", False),
    "without www": ("https://daily.com/2024/ferry", None, False),
    "a query": (OWN + "?utm_source=x#top", None, False),
    "for telephones": ("https://m.daily.com/2024/ferry", None, False),
    "amp": ("https://amp.daily.com/2024/ferry", None, False),
    "another page of its own": ("https://daily.com/2023/boat", "daily.com", False),
    "a country's edition": ("https://www.daily.de/2024/ferry", "daily.com", False),
    "an edition of two parts": ("https://www.daily.com.br/2024/ferry/", "daily.com", False),
    "a state's site": ("https://www.daily.sc.gov.br/2024/ferry", "daily.com", False),
    "its own name": ("https://daily-tide.net/", "The Daily Tide", False),
    "another site": ("https://wire.com/2024/ferry", "daily.com", True),
    "another site, outlet unknown": ("https://wire.com/2024/ferry", None, True),
    "another site, outlet named": ("https://wire.com/2024/ferry", "The Daily", True),
    "a namesake with another page": ("https://www.daily.ie/2024/other", "daily.com", True),
    "a clone under a new top level": ("https://www.daily.ltd/2024/ferry", "daily.com", True),
    "a site that bears its name below": ("https://daily.wire.com/2024/ferry", "daily.com", True),
    "no address": ("see the wire", "daily.com", False),
    "a script": ("javascript:alert(1)", "daily.com", False),
}


@pytest.mark.parametrize(("address", "outlet", "other"), CLAIMS.values(), ids=CLAIMS)
def test_a_claimed_address_is_another_sites(address: str, outlet: str | None, other: bool) -> None:
    assert is_other_site(address, OWN, outlet) == other


def test_of_a_page_of_which_nothing_is_known_every_address_is_anothers() -> None:
    assert is_other_site("https://wire.com/a", None, None)
    assert is_other_site("https://wire.com/a", None, "The Daily")
    assert not is_other_site("https://wire.com/a", None, "wire.com")
    assert is_other_site("https://bob.blogspot.com/a", "https://anna.blogspot.com/a", None)


HOST = st.from_regex(r"(www\.|m\.)?[a-z]{4,8}(\.co)?\.(com|de|uk|ltd)", fullmatch=True)
PATH = st.from_regex(r"(/[a-z0-9]{1,5}){0,3}/?", fullmatch=True)
ANYTHING = st.text(max_size=40) | st.from_regex(r"[a-zA-Z.ßé0-9:/@?#\[\]-]{1,40}", fullmatch=True)


@given(HOST, PATH, st.sampled_from(["http://", "https://", "//", ""]), st.sampled_from(["", "?a=1", "#b"]))
def test_a_pages_own_address_is_never_elsewhere(name: str, path: str, scheme: str, end: str) -> None:
    own = f"https://{name}{path}"
    assert same_page(f"{scheme}{name}{path}{end}", own)
    assert not is_other_site(f"{scheme}{name}{path}{end}", own, None)
    assert not is_other_site(own, None, name)


@given(ANYTHING, ANYTHING, ANYTHING)
def test_no_text_is_too_odd(address: str, own: str, outlet: str) -> None:
    name = host(address)
    assert name == host(name)
    assert not is_other_site(address, address, outlet)
    assert name or not (same_site(address, outlet) or is_other_site(address, own, outlet))


@pytest.mark.parametrize("bit", ["a.", "http://", "//", "a:", "[", "@", "é."])
def test_hostile_addresses_take_linear_time(bit: str) -> None:
    started = perf_counter()
    for size in (253, 1_999, 1_000_000):
        is_other_site(bit * (size // len(bit)), bit * 900, bit * 100)
    assert perf_counter() - started < 2
