"""Rereading: the words, bits, keys and seeds of documents by number: of those given, and of those of the store, which
are read and worked out again when they are needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from dedup.arrays import Each, Ints
from dedup.index.bitmaps import Bitmaps
from dedup.index.preparing import Prepared, reread
from dedup.model import Ids, Tokens
from dedup.runs import Seeded
from dedup.sketch import PASSED_OVER, is_body_key, keys_of, with_keys_as_it_stands
from dedup.store import Store

# Stored documents that are read and tokenised at a time: their rows are let go before more are read.
_READ_TOGETHER = 1000


class Texts:
    """What documents' texts are compared by. Of those that were loaded: ``tokens``; ``ids``, their words as they are
    sketched; and their ``bitmaps``."""

    def __init__(self, store: Store, each: Each = map) -> None:
        """``each`` is ``map``, or does the same in several threads."""
        self._store = store
        self.tokens: dict[int, Tokens] = {}
        self.ids: dict[int, Ids] = {}
        self.bitmaps = Bitmaps(each)
        self._read: set[int] = set()
        self._keys: dict[int, tuple[Ints, Ints]] = {}
        self._seeds: dict[int, Seeded] = {}

    def give(self, page: Prepared) -> None:
        """Hold a document as it is prepared, whether the store has it or not."""
        number = page.record.number
        self.drop([number])
        self.tokens[number], self.ids[number], self._keys[number] = page.tokens, page.ids, (page.keys, page.places)
        self.bitmaps.give(number, page.bits)

    def drop(self, numbers: Iterable[int]) -> None:
        """Forget documents."""
        known = (self.tokens, self.ids, self._keys, self._seeds)
        for number in numbers:
            self._read.discard(number)
            self.bitmaps.drop(number)
            for held in known:
                held.pop(number, None)

    def trim(self, most: int) -> None:
        """Forget what was read of stored documents where those are more: it is read again if it is asked for."""
        if len(self._read) > most:
            self.drop(list(self._read))
            self.bitmaps.clear()

    def load(self, numbers: Iterable[int]) -> None:
        """See that the words and bits of documents are there."""
        unknown = sorted({number for number in numbers if number not in self.ids})
        for at in range(0, len(unknown), _READ_TOGETHER):
            part = unknown[at : at + _READ_TOGETHER]
            stored = self._store.documents(part)
            told = reread([stored[number] for number in part], self._store.settings)
            for number, (tokens, ids, bits) in zip(part, told, strict=True):
                self.tokens[number], self.ids[number] = tokens, ids
                self.bitmaps.give(number, bits)
        self._read.update(unknown)

    def keyed(self, numbers: Sequence[int]) -> list[tuple[Ints, Ints]]:
        """The keys of each document and their places, as ``prepare`` makes them."""
        self.load(numbers)
        unknown = [number for number in dict.fromkeys(numbers) if number not in self._keys]
        for at in range(0, len(unknown), _READ_TOGETHER):
            self._key(unknown[at : at + _READ_TOGETHER])
        return [self._keys[number] for number in numbers]

    def seeded(self, numbers: Sequence[int]) -> list[Seeded]:
        """The words and passage keys of each document, by which runs that two share are found."""
        unknown = [number for number in numbers if number not in self._seeds]
        for number, (keys, places) in zip(unknown, self.keyed(unknown), strict=True):
            windows = ~is_body_key(keys)
            self._seeds[number] = Seeded(_told_apart(number, self.ids[number]), keys[windows], places[windows])
        return [self._seeds[number] for number in numbers]

    def _key(self, numbers: Sequence[int]) -> None:
        kept, settings = self._store.signatures(numbers), self._store.settings
        ids, signatures = [self.ids[number] for number in numbers], np.stack([kept[number] for number in numbers])
        lengths = np.array([len(part) for part in ids], dtype=np.int64)
        known = keys_of(np.concatenate(ids), lengths, signatures, settings)
        passed = np.array([row for row, part in enumerate(ids) if PASSED_OVER in part], dtype=np.int64)
        if len(passed):
            raw = [self.tokens[numbers[row]].ids for row in passed.tolist()]
            known = with_keys_as_it_stands(known, passed, raw, signatures[passed], settings)
        keys, places, bounds = known
        for row, number in enumerate(numbers):
            part = slice(bounds[row], bounds[row + 1])
            self._keys[number] = keys[part], places[part]


def _told_apart(number: int, ids: Ids) -> Ids:
    """Words in which those that are passed over, two outlets' names, are not the same."""
    passed = ids == PASSED_OVER
    return np.where(passed, np.uint32(number & 0x7FFFFFFF), ids) if passed.any() else ids
