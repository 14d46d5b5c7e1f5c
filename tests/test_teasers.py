"""Teasers of a page: which of the stories that it may show are told, and what their links say."""

from __future__ import annotations

import numpy as np
import pytest
from matched import WIRE, facts, match, passage

from dedup.facts import Facts
from dedup.measure import shares_between
from dedup.model import Link, Stand
from dedup.scene import EXCERPT_WORDS
from dedup.teasers import Shown, teaser_links

PAGE = facts(1, 300, body=(0, 200))


def shown(story: Facts, at: int, words: int, stand: Stand | None = None, page: Facts = PAGE) -> Shown:
    """The lead of a story, so many words of it, at a place of the page."""
    first = page.number < story.number
    told = match(passage(at, 0, words) if first else passage(0, at, words))
    shares = shares_between(*((page, story) if first else (story, page)), told)
    assert shares is not None
    assert shares.relation == ("shows_teaser" if first else "is_teased")
    return Shown.of(page, story, stand, told, shares)


def told(*teasers: Shown) -> list[Link]:
    return teaser_links(PAGE, teasers)


def test_a_page_that_shows_nothing_has_no_teasers() -> None:
    assert told() == []


def test_a_teaser_is_of_the_story_whose_lead_is_shown() -> None:
    (link,) = told(shown(facts(2, 160), 210, 40))
    assert (link.copy, link.original, link.story, link.root) == ("page-1", "page-2", "page-2", "page-2")
    assert (link.kind, link.direction, link.matched_words, link.agency) == ("teaser", "decided", 40, None)
    assert (link.coverage, link.share) == (40 / 160, 40 / 200)


def test_it_does_not_matter_which_of_the_two_has_the_lesser_number() -> None:
    page = facts(3, 300, body=(0, 200))
    (link,) = teaser_links(page, [shown(facts(2, 160), 210, 40, page=page)])
    assert (link.copy, link.original, link.coverage) == ("page-3", "page-2", 40 / 160)


@pytest.mark.parametrize(("words", "links"), [(EXCERPT_WORDS - 1, 0), (EXCERPT_WORDS, 1)])
def test_a_few_words_are_no_teaser(words: int, links: int) -> None:
    assert len(told(shown(facts(2, 160), 210, words))) == links


def test_what_is_shown_once_is_told_once_of_the_story_that_has_most_of_it() -> None:
    more, less, other = shown(facts(2, 160), 210, 40), shown(facts(3, 160), 215, 30), shown(facts(4, 160), 260, 30)
    for order in ([more, less, other], [other, less, more]):
        assert [link.original for link in told(*order)] == ["page-2", "page-4"]


def test_of_equals_the_lesser_id_is_told() -> None:
    assert [link.original for link in told(shown(facts(3, 160), 210, 40), shown(facts(2, 160), 210, 40))] == ["page-2"]


def test_a_story_whose_original_nobody_knows_has_no_root() -> None:
    (link,) = told(shown(facts(2, 160), 210, 40, Stand(2, rootless=True, agency="Northgate")))
    assert (link.original, link.story, link.root, link.agency) == ("page-2", "page-2", None, "Northgate")


def test_a_story_of_an_agency_names_it() -> None:
    (link,) = told(shown(facts(2, 160, source=WIRE), 210, 40))
    assert link.agency == WIRE.outlet


def test_the_resemblance_is_that_of_the_signatures() -> None:
    (link,) = told(shown(facts(2, 160), 210, 40))
    assert link.resemblance == float(np.mean(PAGE.signature == PAGE.signature))
