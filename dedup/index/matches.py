"""Matches by keys as a batch is worked in: what each document at hand matches now, and which pairs that is news of."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from dedup.facts import Pair, ends
from dedup.store import Kept


class Matches:
    """The matches of documents with those of lower number, by the document, then by the lower one; ``put`` are the
    pairs that the store has not, with their matches."""

    def __init__(self) -> None:
        self._lower: dict[int, dict[int, Kept]] = {}
        self._stored: set[Pair] = set()
        self._drop: set[Pair] = set()
        self.put: dict[Pair, Kept] = {}

    def drop(self, lower: int, upper: int) -> None:
        """Two stored documents, one of which is taken out, match no more."""
        self._drop.add((lower, upper))

    def know(self, number: int, stored: Mapping[int, Kept]) -> dict[int, Kept]:
        """Take over the stored matches of a document; returns those of them that hold."""
        self._lower[number] = {lower: match for lower, match in stored.items() if (lower, number) not in self._drop}
        self._stored.update((lower, number) for lower in self._lower[number])
        return self._lower[number]

    def keep(self, number: int, matches: Mapping[int, Kept]) -> tuple[AbstractSet[int], AbstractSet[int]]:
        """Put matches in the place of those that a document has; returns with whom it has one now, and no longer."""
        before = self._lower.get(number, {})
        self._lower[number] = dict(matches)
        for lower in before.keys() - matches.keys():
            self.put.pop((lower, number), None)
            self._drop.update({(lower, number)} & self._stored)
        for lower in matches.keys() - before.keys():
            if (lower, number) in self._stored:
                self._drop.discard((lower, number))
            else:
                self.put[lower, number] = matches[lower]
        return matches.keys() - before.keys(), before.keys() - matches.keys()

    @property
    def parted(self) -> AbstractSet[Pair]:
        """The stored pairs that match no more."""
        return self._drop - self.put.keys()

    def met(self, but: AbstractSet[int] = frozenset()) -> set[int]:
        """The documents that match others than before; in pairs with none of some, where these are named."""
        return ends(pair for pair in (*self.put, *self._drop) if but.isdisjoint(pair))
