"""Which page shows which exhibit. A page is a value and a template; its address never says more than names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from dedup import exhibits
from dedup.index import Index

# The parts of the address behind the page's name, and what stands behind the question mark.
Parts: TypeAlias = Sequence[str]
Query: TypeAlias = Mapping[str, str]
Show: TypeAlias = Callable[[Index, Parts, Query], object]


@dataclass(frozen=True, slots=True)
class Page:
    """How a page is made: its template, how many parts its address has, and what gives its exhibit."""

    template: str
    parts: int
    show: Show


def _chosen(query: Query) -> exhibits.Chosen:
    return exhibits.Chosen(*(query.get(name, "").strip() for name in ("kind", "outlet", "since", "until")))


PAGES: Mapping[str, Page] = {
    "": Page("front.html", 0, lambda index, _, __: exhibits.front(index)),
    "who": Page("story.html", 1, lambda index, parts, query: exhibits.who(index, parts[0], _chosen(query))),
    "story": Page("story.html", 1, lambda index, parts, query: exhibits.story(index, parts[0], _chosen(query))),
    "compare": Page("compare.html", 2, lambda index, parts, _: exhibits.comparison(index, *parts)),
    "outlets": Page(
        "outlets.html",
        0,
        lambda index, _, query: exhibits.outlets(index, query.get("order", "copies"), query.get("like", "").strip()),
    ),
    "outlet": Page("outlet.html", 1, lambda index, parts, _: exhibits.outlet(index, parts[0])),
    "about": Page("about.html", 0, lambda index, _, __: exhibits.about(index)),
    "network": Page("network.html", 0, lambda index, _, query: exhibits.network(index, query)),
    "links": Page("pair_links.html", 2, lambda index, parts, _: exhibits.pair_links(index, *parts)),
}
