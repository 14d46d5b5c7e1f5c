"""Pairs of pages: their tokens, loaded when they are needed, and whether two of them match."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from dedup.align import align
from dedup.index.preparing import tokenise
from dedup.model import Document, Match, Tokens
from dedup.runs import Singles, shared_runs, singles
from dedup.sketch import shingle_hashes
from dedup.store import Store

# Two phrases that many stories use make a candidate; a dozen shingles in common make it worth a look. Of 8,000 Reuters
# stories' candidates 85 % of those that share nothing fall here, and no match of 20 words unbroken (which has 16);
# a text of 20 words has 16 in all, so for a short one a third is enough.
SHARED_SHINGLES, SHARED_PART = 12, 1 / 3
# Texts that share less than this part of the shorter one's shingles are neither copies nor versions, however reworded
# (a copy with a third of its words replaced keeps 0.7^5 = 17 %): their unbroken runs are all there is to say.
ALIGNED_PART = 0.12
# A match is kept with this many words, or with half of the shorter text: less is never reported.
MATCHED_WORDS, MATCHED_PART = 20, 0.5
# Bits of a text's bitmap of shingles: 450 words against 450 agree in 3 by chance.
_BITS = 1 << 16


class Pages:
    """The tokens of documents by number: those given, and those of the store as they are needed."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._given: dict[int, Document] = {}
        self._tokens: dict[int, Tokens] = {}
        self._singles: dict[int, Singles] = {}
        self._bitmaps: dict[int, int] = {}

    def give(self, number: int, tokens: Tokens) -> None:
        """Hold the tokens of a document, stored or not."""
        self.drop(number)
        self._tokens[number] = tokens

    def drop(self, number: int) -> None:
        for held in (self._tokens, self._singles, self._bitmaps):
            held.pop(number, None)

    def load(self, numbers: Iterable[int]) -> None:
        """Load stored documents at once rather than one by one."""
        unknown = sorted({number for number in numbers if number not in self._tokens})
        for number, document in self._store.documents(unknown).items():
            self._tokens[number] = tokenise(document.text)

    def documents(self, numbers: Iterable[int]) -> dict[int, Document]:
        """Whole documents: those given with ``know``, and those of the store."""
        return {**self._store.documents(sorted(set(numbers) - self._given.keys())), **self._given}

    def know(self, number: int, document: Document) -> None:
        """Hold a document that is not in the store."""
        self._given[number] = document

    def tokens(self, number: int) -> Tokens:
        if number not in self._tokens:
            self.load([number])
        return self._tokens[number]

    def match(self, a: int, b: int) -> Match | None:
        """What two documents share, if it is worth keeping: the one place that decides what a match is."""
        one, two = self.tokens(a), self.tokens(b)
        shorter = min(len(one), len(two)) - self._store.settings.shingle_words + 1
        shared = (self._bitmap(a) & self._bitmap(b)).bit_count()
        least = min(SHARED_SHINGLES, SHARED_PART * shorter)
        if shared < least:
            return None
        if shared >= ALIGNED_PART * shorter:
            found = align(one, two)
        else:
            found = shared_runs(one, two, self._singles_of(a), self._singles_of(b), least)
        if found is None or found.matched_words < min(MATCHED_WORDS, MATCHED_PART * min(len(one), len(two))):
            return None
        return found

    def _singles_of(self, number: int) -> Singles:
        if number not in self._singles:
            self._singles[number] = singles(shingle_hashes(self.tokens(number).ids, self._store.settings))
        return self._singles[number]

    def _bitmap(self, number: int) -> int:
        """A text's shingles as the bits of one number: what two have in common bounds their common shingles."""
        if number not in self._bitmaps:
            bits = np.zeros(_BITS, dtype=bool)
            hashes = shingle_hashes(self.tokens(number).ids, self._store.settings)
            bits[(hashes & np.uint64(_BITS - 1)).view(np.int64)] = True
            self._bitmaps[number] = int.from_bytes(np.packbits(bits).tobytes(), "big")
        return self._bitmaps[number]
