"""Meetings: the keys that two matching documents both have, and which of them their match shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dedup.arrays import Flags, Ints
from dedup.index.holders import SHARED_KEYS, Holders
from dedup.sketch import is_body_key
from dedup.store import Kept


@dataclass(frozen=True, slots=True, eq=False)
class Meeting:
    """The keys that a document and one of lower number both have: rows of either (-1 outside), what each counts towards
    a candidate, and whether their match shows it."""

    rows: Ints
    lower_rows: Ints
    weights: Ints
    shown: Flags


def meetings(holders: Holders, met: Mapping[int, Mapping[int, Kept]]) -> dict[int, list[tuple[int, Meeting]]]:
    """What each document at hand has in common with those of lower number that it may match, lowest first.

    ``met`` has the matches by the document, then by the lower one; one that holds none of its keys here is left out.
    """
    pairs = [(lower, upper) for upper, lowers in met.items() for lower in sorted(lowers) if lower in holders]
    told: dict[int, list[tuple[int, Meeting]]] = {number: [] for number in met}
    if not pairs:
        return told
    table = np.array([(holders.position(lower), holders.position(upper)) for lower, upper in pairs])
    pair, rows, lower_rows = holders.meetings(table[:, 1], table[:, 0])
    shown = _shown(pair, holders.places[rows], [met[upper][lower] for lower, upper in pairs])
    weights = 1 + is_body_key(holders.keys[rows]) * (SHARED_KEYS - 1)
    bounds = np.searchsorted(pair, np.arange(len(pairs) + 1)).tolist()
    for at, (lower, upper) in enumerate(pairs):
        part = slice(bounds[at], bounds[at + 1])
        told[upper].append((lower, Meeting(rows[part], lower_rows[part], weights[part], shown[part])))
    return told


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
