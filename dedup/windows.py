"""Keys of passages: the least shingle of every window, so that what two texts share gives them a key in common.

Winnowing (Schleimer, Wilkerson and Aiken 2003). The beginning of a text is read through narrower windows, too: a page
that is cut to its first sentences, with names put into them, has no 20 words in a row.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import edges, laid_flat
from dedup.model import Settings

U64: TypeAlias = NDArray[np.uint64]
Keys: TypeAlias = NDArray[np.int64]

# ``Settings.lead_words`` and ``lead_shingles``: of 214 made mirrors that keep 10 to 30 % of an AP story, and of 215 of
# Reuters, .958 and .958 named the right original first without narrower windows; .977 and .972 with 8 shingles among
# the first 80 words, 6 among the first 80 or 60; .972 and .967 with 8 among the first 150, as what a page posts is then
# spread over more others. 17,538 Reuters stories took 15.6 s of CPU, 15.2, and 16.4 with 150 (medians of four runs).


def passage_keys(
    hashes: U64, bounds: NDArray[np.int64], settings: Settings
) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Each window's minimum as a key, its place in its text, and its text; a text shorter than a window is one window.

    ``hashes`` are the shingles of texts laid flat, those of text ``i`` from ``bounds[i]`` on. Keys may recur. Any
    ``window_shingles`` shingles in a row that two texts share give them a key in common; no texts, no keys.
    """
    counts, window = np.diff(bounds), settings.window_shingles
    minima, narrower = _sliding_minima(hashes, window)
    at = np.flatnonzero(_are_new(minima, bounds))
    owners = np.repeat(np.arange(len(counts)), np.diff(np.searchsorted(at, bounds)))
    inside = at + window <= bounds[owners + 1]
    at, owners = at[inside], owners[inside]
    lead, lead_owners = _lead_places(hashes, bounds, settings)
    short = np.flatnonzero(counts < window)
    alone = [bounds[i] + int(np.argmin(hashes[bounds[i] : bounds[i + 1]])) for i in short]
    at = np.concatenate([_first_places(at, minima[at], narrower), lead, np.array(alone, dtype=np.int64)])
    owners = np.concatenate([owners, lead_owners, short])
    # In the order of their places, as the first place of a key is kept.
    order = np.argsort(at, kind="stable")
    at, owners = at[order], owners[order]
    return tag(mix(hashes[at]), 0), at - bounds[owners], owners


def _lead_places(
    hashes: U64, bounds: NDArray[np.int64], settings: Settings
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the minima of the narrower windows of each text's beginning stand, and their texts."""
    window = settings.lead_shingles
    sizes = np.minimum(np.diff(bounds), settings.lead_words)
    of, places = laid_flat(bounds[:-1], sizes)
    minima, narrower = _sliding_minima(hashes[places], window)
    new = _are_new(minima, np.cumsum(sizes) - sizes)
    at = np.flatnonzero(new & (of[: len(minima)] == of[len(of) - len(minima) :]))
    at = _first_places(at, minima[at], narrower)
    return places[at], of[at]


def _are_new(minima: U64, firsts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which windows have not the minimum of the one before in their text, which most have: 430 become 60."""
    new = edges(minima)
    new[firsts[firsts < len(minima)]] = True
    return new


def _sliding_minima(hashes: U64, window: int) -> tuple[U64, list[tuple[U64, int]]]:
    """The minimum of each window, shape ``(max(0, n - window + 1),)``, by doubling the width.

    Beside it the minima of the narrower windows on the way, each with how far apart two of them make a wider one.
    """
    narrower, width = [], 1
    while width < window:
        step = min(width, window - width)
        narrower.append((hashes, step))
        hashes = np.minimum(hashes[:-step], hashes[step:])
        width += step
    return hashes, narrower


def _first_places(at: NDArray[np.int64], minima: U64, narrower: list[tuple[U64, int]]) -> NDArray[np.int64]:
    """Where the minimum of each window from ``at`` on first stands: in its left half, or else in the right."""
    for half, step in reversed(narrower):
        at = at + step * (half[at] != minima)
    return at


def tag(keys: U64, bit: int) -> Keys:
    """Keys whose lowest bit tells what they were made of: 1 for the whole body, 0 for a window."""
    return ((keys & ~np.uint64(1)) | np.uint64(bit)).view(np.int64)


def mix(h: U64) -> U64:
    """MurmurHash3's 64-bit finaliser (Appleby)."""
    h = h ^ (h >> np.uint64(33))
    h *= np.uint64(0xFF51AFD7ED558CCD)
    h ^= h >> np.uint64(33)
    h *= np.uint64(0xC4CEB9FE1A85EC53)
    h ^= h >> np.uint64(33)
    return h
