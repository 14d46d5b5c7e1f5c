"""How sure a measure is: intervals from drawing whole stories again, since pairs of one story are not independent.

The bootstrap of Efron (1979), of clusters: stories are drawn with replacement, each with all that was counted in it.
Agreement of clusters: B-cubed (Bagga and Baldwin 1998; Amigó et al. 2009) and the adjusted Rand index (Hubert and
Arabie 1985).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from dedup.truth import Measured

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

# Times that stories are drawn again: with 1,000 the ends of an interval of 2,000 made mirrors' recall move by less
# than 0.0005 from seed to seed.
TIMES = 1000
SEED = 1
INSIDE = 0.95
NOTHING = Measured(None, None, None, 0, 0)


def ratio(right: Floats, of: Floats) -> Measured:
    """The sum of ``right`` over the sum of ``of``; both have a value a story, shape ``(stories,)``.

    Stories of which nothing is counted are not drawn.
    """
    total = float(of.sum())
    if not total:
        return NOTHING
    counted = of > 0
    right, of = right[counted], of[counted]
    drawn = np.array([_over(float(right @ times), float(of @ times)) for times in _draws(len(of))])
    return _measured(float(right.sum() / total), drawn, round(float(right.sum())), round(total))


def harmonic(first: tuple[Floats, Floats], second: tuple[Floats, Floats]) -> Measured:
    """The harmonic mean of two ratios (F1 of precision and recall), each as its ``right`` and ``of`` by story."""
    if not first[1].sum() or not second[1].sum():
        return NOTHING
    counted = (first[1] > 0) | (second[1] > 0)
    first, second = ((right[counted], of[counted]) for right, of in (first, second))

    def mean(times: Floats) -> float:
        return _harmonic(*(_over(float(right @ times), float(of @ times)) for right, of in (first, second)))

    drawn = np.array([mean(times) for times in _draws(len(first[1]))])
    return _measured(mean(np.ones(len(first[1]))), drawn)


def median(values: Floats, story: Ints, stories: int) -> Measured:
    """The median of values, each of one of so many stories."""
    if not len(values):
        return NOTHING
    order = np.argsort(values, kind="stable")
    values, story = values[order], story[order]
    drawn = np.array([_weighted_median(values, times[story]) for times in _draws(stories)])
    return _measured(float(np.median(values)), drawn, 0, len(values))


def clusters(truth: Ints, told: Ints) -> dict[str, Measured]:
    """How well told clusters agree with the true ones, a number for each of a document's two, shape ``(n,)``.

    For the intervals each document keeps its own precision and recall, and each story its pairs; a told pair of two
    stories counts half for either.
    """
    (true, one), sizes = _cells(truth, told)
    in_true, in_told = _summed(true, sizes), _summed(one, sizes)

    def by_story(cells: Floats) -> Floats:
        return _summed(true, cells)

    precise, recalled = by_story(sizes**2 / in_told[one]), by_story(sizes**2 / in_true[true])
    both, true_pairs = by_story(sizes * (sizes - 1) / 2), in_true * (in_true - 1) / 2
    told_pairs = by_story(sizes * (in_told[one] - 1) / 2)

    def rand(times: Floats) -> float:
        documents = float(in_true @ times)
        shared, true_all, told_all = (float(pairs @ times) for pairs in (both, true_pairs, told_pairs))
        return _adjusted_rand(shared, true_all, told_all, documents * (documents - 1) / 2)

    measured = {
        "b-cubed precision": ratio(precise, in_true),
        "b-cubed recall": ratio(recalled, in_true),
        "b-cubed f1": harmonic((precise, in_true), (recalled, in_true)),
    }
    counted = {name: replace(one, right=0, of=len(truth)) for name, one in measured.items()}
    drawn = np.array([rand(times) for times in _draws(len(in_true))]) if len(truth) else np.zeros(0)
    found = _measured(rand(np.ones(len(in_true))), drawn, 0, len(truth)) if len(truth) else NOTHING
    return {**counted, "adjusted rand index": found}


def _summed(groups: Ints, values: Floats) -> Floats:
    return np.bincount(groups, weights=values).astype(np.float64)


def _cells(truth: Ints, told: Ints) -> tuple[tuple[Ints, Ints], Floats]:
    """The pairs of a true and a told cluster that have documents, and how many each has."""
    pairs = np.stack([np.unique(side, return_inverse=True)[1].ravel() for side in (truth, told)])
    cells, sizes = np.unique(pairs, axis=1, return_counts=True)
    return (cells[0], cells[1]), sizes.astype(np.float64)


def _adjusted_rand(both: float, true: float, told: float, pairs: float) -> float:
    expected = true * told / pairs if pairs else 0.0
    most = (true + told) / 2
    return 1.0 if most == expected else (both - expected) / (most - expected)


def _draws(stories: int) -> Iterator[Floats]:
    """How often each story is drawn, shape ``(stories,)``, ``TIMES`` times; the same at every call."""
    random = np.random.default_rng(SEED)
    for _ in range(TIMES):
        yield np.bincount(random.integers(0, stories, stories), minlength=stories).astype(np.float64)


def _over(right: float, of: float) -> float:
    return float(right / of) if of else float("nan")


def _harmonic(one: float, two: float) -> float:
    return 2 * one * two / (one + two) if one + two else 0.0


def _weighted_median(values: Floats, weights: Floats) -> float:
    """The median of sorted values, each standing so many times."""
    upto = np.cumsum(weights)
    if not upto[-1]:
        return float("nan")
    low, high = np.searchsorted(upto, [(upto[-1] - 1) // 2 + 1, upto[-1] // 2 + 1])
    return float((values[low] + values[high]) / 2)


def _measured(value: float, drawn: Floats, right: int = 0, of: int = 0) -> Measured:
    """A draw that held nothing to count says nothing."""
    low, high = np.nanquantile(drawn, [(1 - INSIDE) / 2, (1 + INSIDE) / 2]).tolist()
    return Measured(value, low, high, right, of)
