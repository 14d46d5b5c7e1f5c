"""Proposing: pairs that no keys brought together, and that are worth a look once it is known what they met."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import combinations

from dedup.facts import Bits, Facts, Pair, is_same, pair_of
from dedup.measure import COPY, STORY

# A page that met others through one hub is aligned with this many of the likeliest originals among them: with all of
# them in a small story, and with few in one that was copied ten thousand times.
LEADERS = 8
# With more documents around a hub than this it is not looked at beforehand whether any two met the same of it.
MANY = 64


def proposals(facts: Mapping[int, Facts], regions: Mapping[int, Bits], relations: Mapping[int, str]) -> set[Pair]:
    """Pairs that met the same stretch of a third document, the hub: each page with the likeliest originals among the
    others. A page meets by its keys only the documents that posted them, which need not be the original.

    ``regions`` are the hub's tokens that each of them shares, ``relations`` what they make of the hub. What stands in
    no page's own story (both show a teaser, or a notice) is not worth a look.
    """
    met = [number for number in regions if relations[number] != "shows_teaser"]
    leaders = sorted(met, key=lambda number: facts[number].prior)
    found = (pair for number in met for pair in _with_leaders(number, leaders, facts, regions, relations))
    return set(found)


def may_propose(relations: Mapping[int, str]) -> bool:
    """Whether a document that others make this of can bring two of them together."""
    own = sum(_is_own(relation) for relation in relations.values())
    return own > 1 or (own > 0 and "nothing" in relations.values())


def any_overlap(regions: Mapping[int, Bits], relations: Mapping[int, str]) -> bool:
    """Whether any two documents met the same stretch of the hub, half of it of one of them; of many it is likely."""
    return len(regions) > MANY or any(
        _are_near(relations[one], relations[two]) and is_same(regions[one], regions[two])
        for one, two in combinations(regions, 2)
    )


def _with_leaders(
    number: int, leaders: list[int], facts: Mapping[int, Facts], regions: Mapping[int, Bits],
    relations: Mapping[int, str],
) -> Iterator[Pair]:  # fmt: skip
    """Pairs with the first leaders that share half of this page's stretch, if it is a real part of either body."""
    region, met = regions[number], 0
    words = region.bit_count()
    for leader in leaders:
        if leader == number or words < COPY * min(facts[number].body_words, facts[leader].body_words):
            continue
        if not _are_near(relations[number], relations[leader]):
            continue
        if 2 * (region & regions[leader]).bit_count() >= words:
            yield pair_of(number, leader)
            met += 1
            if met == LEADERS:
                return


def _are_near(one: str, two: str) -> bool:
    """Whether what both share with the hub stands in both pages' own stories; or, of a house's own pages, which share
    background, in that of one."""
    return (_is_own(one) and _is_own(two)) or ((one in STORY or two in STORY) and "nothing" in (one, two))


def _is_own(relation: str) -> bool:
    return relation in STORY or relation == "is_teased"
