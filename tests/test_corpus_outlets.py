"""Outlets: one publisher, one registered domain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.corpus.outlets import outlet_of, outlet_of_url, registered_domain

OUTLETS = {
    "plain": ("daily.com", "daily.com"),
    "www and capitals": ("WWW.Daily.COM", "daily.com"),
    "subdomain": ("edition.daily.com", "daily.com"),
    "two-part suffix": ("news.daily.co.uk", "daily.co.uk"),
    "address": ("https://m.daily.com/2024/05/06/story.html?id=5", "daily.com"),
    "port": ("daily.com:8080", "daily.com"),
    "root path": ("daily.com/", "daily.com"),
    "part of a site": ("daily.com/news", "daily.com/news"),
    "a blog by the list": ("anna.blogspot.com", "anna.blogspot.com"),
    "a blog the list misses": ("www.anna.wordpress.com", "anna.wordpress.com"),
    "a page deep in a blog": ("https://img.anna.substack.com/p/1", "anna.substack.com"),
    "www twice on a platform": ("www.www.wordpress.com", "wordpress.com"),
    "a domain called www": ("www.www.com", "www.com"),
    "dots of another script": ("https://news。daily。com/x", "daily.com"),
    "the platform itself": ("www.wordpress.com", "wordpress.com"),
    "accented": ("www.tägliche.de", "xn--tgliche-5wa.de"),
    "an address of numbers": ("http://192.0.2.7:8000/x", "192.0.2.7"),
    "an address of IPv6": ("http://[2001:db8::1]/x", "2001:db8::1"),
    "a reserved top level": ("www.daily.example", "daily.example"),
    "a name": ("The Daily Mirror Image", "The Daily Mirror Image"),
    "an agency": ("AP", "AP"),
    "a name with a site in it": ("Daily.com", "daily.com"),
    "initials are no host": ("Dr.Whodunnit", "Dr.Whodunnit"),
    "a name with a slash": ("AP/Reuters", "AP/Reuters"),
}


@pytest.mark.parametrize(("value", "outlet"), OUTLETS.values(), ids=OUTLETS.keys())
def test_an_outlet_is_a_registered_domain_or_the_name_as_given(value: str, outlet: str) -> None:
    assert outlet_of(value) == outlet
    assert outlet_of(outlet) == outlet


@pytest.mark.parametrize("url", ["http://[broken/x", "", "http://", "http://a b/x", "http://" + "é" * 254])
def test_an_address_without_a_host_has_no_outlet(url: str) -> None:
    assert outlet_of_url(url) is None


LABELS = st.from_regex(r"(www|com|co|uk|blogspot|wordpress|[a-z0-9ßéü-]{1,8})", fullmatch=True)


@given(st.lists(LABELS, min_size=1, max_size=5).map(".".join))
def test_the_domain_of_a_domain_is_itself(host: str) -> None:
    domain = registered_domain(host)
    assert domain
    assert registered_domain(domain) == domain


@given(st.text(max_size=60) | st.from_regex(r"[a-zA-Z.ßé0-9:/\[\]-]{1,40}", fullmatch=True))
def test_any_text_is_an_outlet(text: str) -> None:
    assert outlet_of(text) or not text.strip(".")
    assert outlet_of_url(text) != ""
