"""Teasers: a page shows the cut-off lead of a story that it does not have. Told of each page from what it shows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from dedup.facts import Facts, Shared, count, region_of
from dedup.measure import Shares
from dedup.model import Link, Span, Stand
from dedup.scene import EXCERPT_WORDS
from dedup.telling import resemblance

# How sure a teaser is: none of those that were told of 2,112 made mirrors of AP stories was a copy of the story.
_CONFIDENCE = 0.9
_REASON = "it stands outside the page's own story, cut off, among other teasers or notices"


class Shown(NamedTuple):
    """A story that a page teases: its facts, where it stands, and what the two share; ``mine`` are the page's spans."""

    story: Facts
    stand: Stand
    match: Shared
    mine: tuple[Span, ...]
    theirs: float

    @classmethod
    def of(cls, page: Facts, story: Facts, stand: Stand | None, match: Shared, shares: Shares) -> Shown:
        """What a page shows of a story; ``shares`` is as the document of lesser number sees it."""
        first = page.number < story.number
        mine = tuple(p.a_tokens if first else p.b_tokens for p in match.passages)
        return cls(story, stand or Stand(story.number), match, mine, (shares.b if first else shares.a).part)


def teaser_links(page: Facts, shown: Iterable[Shown]) -> list[Link]:
    """The links of a page to the stories that it teases, longest first; what is shown already is not told again."""
    links, told = [], np.zeros(len(page.body), dtype=bool)
    for one in sorted(shown, key=lambda one: (-one.match.matched_words, one.story.id)):
        spanned = region_of(len(page.body), one.mine)
        if min(count(spanned & ~told), one.match.matched_words) >= EXCERPT_WORDS:
            told |= spanned
            links.append(_link(page, one))
    return links


def _link(page: Facts, shown: Shown) -> Link:
    story, stand, words = shown.story, shown.stand, shown.match.matched_words
    own = story.source.outlet if story.source.is_agency else None
    return Link(
        page.id, story.id, "teaser", shown.theirs, min(1.0, words / max(1, page.body_words)), words,
        resemblance(page, story), _CONFIDENCE, (_REASON,), story.id, stand.agency or own, "decided",
        None if stand.rootless else story.id,
    )  # fmt: skip
