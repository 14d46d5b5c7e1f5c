"""Unbroken runs that two texts share, straight from their shingles: what an alignment costs ten times as much to say.

Part of the room of ``align``: for pairs that share so little that nothing between the runs can matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.model import Match, Passage, Span, Tokens

# A shorter run is a phrase. Eight words are what the labels of outlets2018 were made with.
RUN_WORDS = 8

Run: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Singles:
    """The shingles that stand once in a text: their hashes, sorted, and the word where each begins."""

    values: NDArray[np.uint64]
    at: NDArray[np.int64]


def singles(shingles: NDArray[np.uint64]) -> Singles:
    """Pick the shingles that stand once; ``shingles[i]`` begins at word ``i``."""
    values, first, counts = np.unique(shingles, return_index=True, return_counts=True)
    return Singles(values[counts == 1], first[counts == 1])


def shared_runs(a: Tokens, b: Tokens, singles_a: Singles, singles_b: Singles, least: float = 1) -> Match | None:
    """The unbroken runs of at least ``RUN_WORDS`` words that both texts hold, as a match without edits.

    A run is found by a shingle that stands once in each text; one that has none is not seen. ``None`` where there is
    no run, or where fewer than ``least`` such shingles are shared.
    """
    at_a, at_b = _common(singles_a, singles_b)
    if len(at_a) < least:
        return None
    taken = _apart(a, (run for run in _runs(a, b, at_a, at_b) if run[2] >= RUN_WORDS))
    if not taken:
        return None
    words = sum(run[2] for run in taken)
    passages = tuple(_passage(a, b, run) for run in taken)
    longest = max(run[2] for run in taken)
    return Match(passages, words / len(a), words / len(b), words, longest)


def _common(one: Singles, two: Singles) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the shingles begin that both texts have once."""
    if not len(two.values):
        return two.at, two.at
    near = np.minimum(np.searchsorted(two.values, one.values), len(two.values) - 1)
    both = two.values[near] == one.values
    return one.at[both], two.at[near[both]]


def _runs(a: Tokens, b: Tokens, at_a: NDArray[np.int64], at_b: NDArray[np.int64]) -> set[Run]:
    """Whole runs around the shingles that both have once: (word of a, word of b, words)."""
    order = np.argsort(at_a)
    at_a, at_b = at_a[order], at_b[order]
    first = np.ones(len(at_a), dtype=bool)
    first[1:] = (np.diff(at_a) != 1) | (np.diff(at_b) != 1)
    return {_whole(a, b, i, j) for i, j in zip(at_a[first].tolist(), at_b[first].tolist(), strict=True)}


def _whole(a: Tokens, b: Tokens, i: int, j: int) -> Run:
    """The run through equal words ``i`` and ``j``, as far as it goes both ways."""
    before, after = min(i, j), min(len(a) - i, len(b) - j)
    back = _agreeing(a.ids[i - before : i][::-1], b.ids[j - before : j][::-1])
    return i - back, j - back, back + _agreeing(a.ids[i : i + after], b.ids[j : j + after])


def _agreeing(one: NDArray[np.uint32], two: NDArray[np.uint32]) -> int:
    """How many words agree from the start."""
    differing = np.flatnonzero(one != two)
    return int(differing[0]) if len(differing) else len(one)


def _apart(a: Tokens, runs: Iterable[Run]) -> list[Run]:
    """The runs, longest first, each cut to what those before it leave free in both texts; in the order of the first.

    Equally long ones go by their words, which are the same whichever text is called the first.
    """
    taken: list[Run] = []
    for run in sorted(runs, key=lambda run: (-run[2], a.ids[run[0] : run[0] + run[2]].tobytes(), run)):
        for other in taken:
            run = _cut(run, run[0], other[0], other[2])
            run = _cut(run, run[1], other[1], other[2])
        if run[2] >= RUN_WORDS:
            taken.append(run)
    return sorted(taken)


def _cut(run: Run, at: int, other: int, words: int) -> Run:
    """What is left of a run, which stands at ``at`` in one text, beside another's words there."""
    before, after = other - at, at + run[2] - (other + words)
    if before >= run[2] or after >= run[2]:
        return run
    if before >= after:
        return run[0], run[1], max(0, before)
    return run[0] + run[2] - max(0, after), run[1] + run[2] - max(0, after), max(0, after)


def _passage(a: Tokens, b: Tokens, run: Run) -> Passage:
    of_a, of_b = Span(run[0], run[0] + run[2]), Span(run[1], run[1] + run[2])
    return Passage(a.chars(of_a), b.chars(of_b), run[2], of_a, of_b)
