"""Tools on integer arrays that several rooms use; they know no text, no key and no document."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


def once(values: Ints) -> Ints:
    """Values sorted, each once. On a million of them ``np.unique`` takes ten times as long, by hashing (numpy 2.4)."""
    values = np.sort(values)
    first = np.ones(len(values), dtype=bool)
    first[1:] = values[1:] != values[:-1]
    return values[first]


def more_than_once(values: Ints) -> Ints:
    """The places, in order, of the values that stand in another place, too; int64."""
    order = np.argsort(values)
    ordered = values[order]
    again = np.zeros(len(values) + 1, dtype=bool)
    again[1:-1] = ordered[1:] == ordered[:-1]
    return np.sort(order[again[:-1] | again[1:]])


def among(values: Ints, known: Ints) -> Flags:
    """Which of the values are among the known, which are sorted."""
    if not len(known):
        return np.zeros(len(values), dtype=bool)
    flags: Flags = known[np.minimum(np.searchsorted(known, values), len(known) - 1)] == values
    return flags


def laid_flat(first: Ints, sizes: Ints) -> tuple[Ints, Ints]:
    """Ranges laid flat: which range, and each of its members, for ``sizes[i]`` members from ``first[i]`` on."""
    pick = np.repeat(np.arange(len(sizes)), sizes)
    return pick, np.arange(len(pick)) - (np.cumsum(sizes) - sizes - first)[pick]
