"""Pairs of pages: their tokens, loaded when they are needed, and whether two of them match."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dedup.align import align
from dedup.index.preparing import tokenise
from dedup.model import Match, Tokens
from dedup.sketch import U64, shingle_hashes
from dedup.store import Store

# Two phrases that many stories use make a candidate; ten shingles in common make it worth an alignment. Of 8,000
# Reuters stories' candidates 85 % of those that share nothing fall here, and no match of 20 words unbroken (which has
# 16); a text of 20 words has 16 in all, so for a short one a third is enough.
SHARED_SHINGLES, SHARED_PART = 10, 1 / 3
# A match is kept with this many words, or with half of the shorter text: less is never reported.
MATCHED_WORDS, MATCHED_PART = 20, 0.5


class Pages:
    """The tokens of documents by number: those given, and those of the store as they are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._tokens: dict[int, Tokens] = {}
        self._shingles: dict[int, U64] = {}

    def give(self, number: int, tokens: Tokens) -> None:
        """Hold the tokens of a document, stored or not."""
        self._tokens[number] = tokens
        self._shingles.pop(number, None)

    def drop(self, number: int) -> None:
        self._tokens.pop(number, None)
        self._shingles.pop(number, None)

    def load(self, numbers: Iterable[int]) -> None:
        """Load stored documents at once rather than one by one."""
        unknown = sorted({number for number in numbers if number not in self._tokens})
        for number, document in self._store.documents(unknown).items():
            self._tokens[number] = tokenise(document.text)

    def tokens(self, number: int) -> Tokens:
        if number not in self._tokens:
            self.load([number])
        return self._tokens[number]

    def match(self, a: int, b: int) -> Match | None:
        """What two documents share, if it is worth keeping: the one place that decides what a match is."""
        one, two = self.tokens(a), self.tokens(b)
        shared = len(np.intersect1d(self._shingles_of(a), self._shingles_of(b), assume_unique=True))
        if shared < min(SHARED_SHINGLES, SHARED_PART * min(len(self._shingles_of(a)), len(self._shingles_of(b)))):
            return None
        found = align(one, two)
        if found is None or found.matched_words < min(MATCHED_WORDS, MATCHED_PART * min(len(one), len(two))):
            return None
        return found

    def _shingles_of(self, number: int) -> U64:
        if number not in self._shingles:
            self._shingles[number] = np.unique(shingle_hashes(self.tokens(number).ids, self._store.settings))
        return self._shingles[number]
