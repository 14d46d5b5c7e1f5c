"""Meetings: the keys that two matching documents both have, and which of them their match shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import accumulate, pairwise

import numpy as np

from dedup.arrays import Flags, Ints
from dedup.index.holders import SHARED_KEYS, Holders
from dedup.sketch import is_body_key
from dedup.store import Kept


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """The keys that a document and those of lower number that it may match, ``lowers``, both have.

    For each: ``pair``, the place in ``lowers``; the rows of either (-1 for one outside); ``weights``, what it counts
    towards a candidate; and whether their match shows it.
    """

    lowers: list[int]
    pair: Ints
    rows: Ints
    lower_rows: Ints
    weights: Ints
    shown: Flags

    def enough(self, keys: Flags) -> Flags:
        """With which of ``lowers`` so many of the keys are shared that they make a candidate."""
        flags: Flags = np.bincount(self.pair, self.weights * keys, len(self.lowers)) >= SHARED_KEYS
        return flags


def meetings(holders: Holders, met: Mapping[int, Mapping[int, Kept]]) -> dict[int, Meeting]:
    """What each document at hand has in common with those of lower number that it may match, lowest first.

    ``met`` has the matches by the document, then by the lower one. Documents that met nobody are left out.
    """
    lowers = {upper: sorted(lower for lower in kept if lower in holders) for upper, kept in met.items() if kept}
    pairs = [(lower, upper) for upper, known in lowers.items() for lower in known]
    if not pairs:
        return {}
    table = np.array([(holders.position(lower), holders.position(upper)) for lower, upper in pairs])
    pair, rows, lower_rows = holders.meetings(table[:, 1], table[:, 0])
    shown = _shown(pair, holders.places[rows], [met[upper][lower] for lower, upper in pairs])
    weights = 1 + is_body_key(holders.keys[rows]) * (SHARED_KEYS - 1)
    firsts = list(accumulate(map(len, lowers.values()), initial=0))
    bounds = np.searchsorted(pair, firsts).tolist()
    return {
        upper: Meeting(
            known, pair[start:end] - first, rows[start:end], lower_rows[start:end], weights[start:end], shown[start:end]
        )
        for (upper, known), first, (start, end) in zip(lowers.items(), firsts[:-1], pairwise(bounds), strict=True)
    }


def pass_shown(holders: Holders, meeting: Meeting, silent: Flags, unsettled: AbstractSet[int]) -> list[int]:
    """The documents with which one shares enough; what its matches with the settled ones show it does not post.

    Rows that are ``silent`` do not count.
    """
    posted = holders.posted(meeting.lower_rows)
    enough = meeting.enough(posted & ~silent[meeting.rows])
    lowers = [lower for lower, shares in zip(meeting.lowers, enough.tolist(), strict=True) if shares]
    if not unsettled.isdisjoint(lowers):
        enough &= [lower not in unsettled for lower in meeting.lowers]
    holders.posts[meeting.rows[posted & meeting.shown & enough[meeting.pair]]] = False
    return lowers


def _shown(pair: Ints, places: Ints, matches: Sequence[Kept]) -> Flags:
    """Whether each place, in the second text of its pair's match, lies in a passage; body keys (-1) always do."""
    spans = [(at, start, end) for at, match in enumerate(matches) for start, end in match.b_spans]
    table = np.array(spans, dtype=np.int64).reshape(-1, 3)
    starts = table[:, 0] << 32 | table[:, 1]
    order = np.argsort(starts)
    table, starts = table[order], starts[order]
    near = np.searchsorted(starts, pair << 32 | np.maximum(places, 0), side="right") - 1
    inside = (near >= 0) & (table[near, 0] == pair) & (places < table[near, 2]) if len(table) else near >= 0
    return inside | (places < 0)
