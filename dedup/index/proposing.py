"""Proposing: pairs that no keys brought together, and that are worth a look once their story is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from dedup.facts import Facts, Mask, Pair, Shared, count, region_of
from dedup.measure import COPY

# A page that met others through one hub is aligned with this many of the likeliest originals among them: with all of
# them in a small story, and with few in one that was copied ten thousand times.
LEADERS = 8


def proposals(facts: Mapping[int, Facts], by_key: Mapping[Pair, Shared]) -> set[Pair]:
    """Pairs that met the same stretch of a third document: each page with the likeliest originals among the others.

    A page meets by its keys only the documents that posted them, which need not be the original.
    """
    if len(by_key) < 2:
        return set()
    proposed: set[Pair] = set()
    for hub, regions in _regions(facts, by_key).items():
        leaders = sorted(regions, key=lambda number: facts[number].prior)
        for number, region in regions.items():
            proposed.update(_with_leaders(number, region, leaders, regions, facts))
        proposed.discard((hub, hub))
    return proposed - by_key.keys()


def _regions(facts: Mapping[int, Facts], by_key: Mapping[Pair, Shared]) -> dict[int, dict[int, Mask]]:
    """For each document that matches several others: which of its tokens each of them shares."""
    met = Counter(number for pair in by_key for number in pair)
    regions: dict[int, dict[int, Mask]] = {number: {} for number, times in met.items() if times > 1}
    for (a, b), match in by_key.items():
        if a in regions:
            regions[a][b] = region_of(len(facts[a].body), (p.a_tokens for p in match.passages))
        if b in regions:
            regions[b][a] = region_of(len(facts[b].body), (p.b_tokens for p in match.passages))
    return regions


def _with_leaders(
    number: int, region: Mask, leaders: list[int], regions: Mapping[int, Mask], facts: Mapping[int, Facts]
) -> Iterator[Pair]:
    """Pairs with the first leaders that share half of this page's stretch, if it is a real part of either body."""
    words, met = count(region), 0
    for leader in leaders:
        if leader == number or words < COPY * min(facts[number].body_words, facts[leader].body_words):
            continue
        if 2 * count(region & regions[leader]) >= words:
            yield min(number, leader), max(number, leader)
            met += 1
            if met == LEADERS:
                return
