"""Tools on integer arrays that several rooms use; they know no text, no key and no document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise, starmap
from typing import Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]
Part = TypeVar("Part")
Done = TypeVar("Done")


class Each(Protocol):
    """``map`` over parts of arrays, be it in several threads: numpy lets go of Python's lock while it works."""

    def __call__(self, work: Callable[[Part], Done], parts: Iterable[Part], /) -> Iterable[Done]: ...


def once(values: Ints) -> Ints:
    """Values sorted, each once. On a million of them ``np.unique`` takes ten times as long, by hashing (numpy 2.4)."""
    values = np.sort(values)
    return values[edges(values)]


def edges(values: Ints | NDArray[np.uint64]) -> Flags:
    """Which values are others than the one before."""
    flags = np.ones(len(values), dtype=bool)
    flags[1:] = values[1:] != values[:-1]
    return flags


def maybe_more_than_once(values: Ints) -> Ints:
    """The places, in order, of the values that stand in another place, too, and some others; told by some bits of each
    value, in a third of the time that sorting them takes.

    One to two cells for a value: 300,000 take 2 ms and 13 with four million cells, which leave half as many others.
    The lowest bit is left out: of keys it tells what they are of.
    """
    cells = values >> 1 & (1 << len(values).bit_length()) - 1
    return np.flatnonzero(np.bincount(cells)[cells] > 1)


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


def parts_of_runs(groups: Ints, size: int) -> Iterator[slice]:
    """Slices of about so many places that part no run of equal groups, of which there is one at least."""
    first = np.flatnonzero(edges(groups))
    cuts = first[np.searchsorted(first, np.arange(0, len(groups), size), side="right") - 1]
    return starmap(slice, pairwise([*once(cuts).tolist(), len(groups)]))


def but_few(chosen: Flags, groups: Ints, few: int) -> Flags:
    """The chosen without the first few of each run of equal groups."""
    before: Ints = np.cumsum(chosen) - chosen
    first = np.flatnonzero(edges(groups))
    start: Ints = np.repeat(before[first], np.diff(first, append=len(groups)))
    left: Flags = chosen & (before - start >= few)
    return left
