"""Memory: what was worked out of a scene, to be told again when the scene is told with a few matches more."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from operator import is_
from typing import Generic, TypeVar

import numpy as np

from dedup.facts import Mask

Answer = TypeVar("Answer")


class Remembered(Generic[Answer]):
    """Answers by key, each with the objects that it was worked out from: told again for the very same objects (not for
    equal ones), worked out anew for any others. Nothing that is given may be changed afterwards."""

    def __init__(self) -> None:
        self._held: dict[Hashable, tuple[tuple[object, ...], Answer]] = {}

    def __call__(self, key: Hashable, given: tuple[object, ...], work: Callable[[], Answer]) -> Answer:
        """What ``work`` answers, which hangs on nothing but what is given; of each key the last is remembered."""
        held = self._held.get(key)
        if held is not None and all(map(is_, held[0], given)):
            return held[1]
        answer = work()
        self._held[key] = given, answer
        return answer


class Masks:
    """Masks by document, so that one that is drawn again as it was is the very same object."""

    def __init__(self) -> None:
        self._held: dict[int, Mask] = {}

    def same(self, number: int, mask: Mask) -> Mask:
        """The mask that is held of a document if it is equal, else this one, which is then held."""
        held = self._held.get(number)
        if held is not None and np.array_equal(held, mask):
            return held
        self._held[number] = mask
        return mask
