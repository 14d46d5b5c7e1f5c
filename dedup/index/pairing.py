"""Pairs of pages: what is known of each, loaded when it is needed, and which of them match."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.align import align_all, in_order
from dedup.arrays import Each, Flags, Ints, but_few, once, parts_of_runs
from dedup.boilerplate import is_close
from dedup.facts import Pair, ends
from dedup.index.crediting import Signs
from dedup.index.houses import house_of
from dedup.index.licences import Licences, licences_of
from dedup.index.preparing import Prepared
from dedup.index.rereading import Texts
from dedup.model import Document, Tokens
from dedup.runs import Run, Seeded, lying_apart, met_beside, shared_runs
from dedup.sketch import PASSED_OVER
from dedup.sources import Source, same_house
from dedup.store import Kept, Store

TextPair: TypeAlias = tuple[Tokens, Tokens]
# Starts to align pairs of texts; what it returns waits for them.
Aligner: TypeAlias = Callable[[Sequence[TextPair]], Callable[[], list[Kept | None]]]

# Two phrases that many stories use make a candidate; a dozen shingles in common make it worth a look. Of 8,000 Reuters
# stories' candidates 85 % of those that share nothing fall here, and no match of 20 words unbroken (which has 16);
# a text of 20 words has 16 in all, so for a short one a third is enough. A story may stand on a page ten times as long:
# what counts is the shorter body.
SHARED_SHINGLES, SHARED_PART = 12, 1 / 3
# Texts that share less than this part of the shorter one's shingles are neither copies nor versions, however reworded
# (a copy with a third of its words replaced keeps 0.7^5 = 17 %): their unbroken runs are all there is to say.
ALIGNED_PART = 0.12
# One house's own pages are versions where they share half of a body, else background. Where they share less than this
# part of the shorter one's shingles, and in one order less than this part of the smaller body's words, they do not: of
# 2,826 such pairs of Reuters stories and of ap1989, 78 are versions and have .44 or more, which 518 pairs have.
SURE_PART, IN_ORDER = 0.2, 0.44
# A match is kept with this many words, or with half of the shorter text: less is never reported.
MATCHED_WORDS, MATCHED_PART = 20, 0.5
# Pairs after which those that are to be aligned are handed over, so that others need not wait for all.
_LOOKED_TOGETHER = 8192
# Stored documents of which all that was read is held, about 25 kB each with a bitmap of 8.
READ_KEPT = 20_000


def align_each(pairs: Sequence[TextPair]) -> list[Kept | None]:
    """Align pairs of texts."""
    return [Kept.of(match) if match else None for match in align_all(pairs)]


def align_here(pairs: Sequence[TextPair]) -> Callable[[], list[Kept | None]]:
    """Align pairs of texts in this process, when the answer is waited for."""
    return lambda: align_each(pairs)


class Pages:
    """What is known of documents by number: of those given, and of those of the store as they are needed."""

    def __init__(self, store: Store, aligner: Aligner = align_here, each: Each = map) -> None:
        """``each`` is ``map``, or does the same in several threads."""
        self._store, self._aligner, self._each = store, aligner, each
        self.licences: Licences = licences_of(store)
        # What texts say of whom they come from, as far as they were read.
        self.signs: dict[str, Signs] = {}
        self._given: dict[int, Document] = {}
        self._publishers: dict[int, tuple[Source, int]] = {}
        self._texts = Texts(store, each)

    def give(self, page: Prepared) -> None:
        """Hold a document as it is prepared, whether the store has it or not."""
        number, document = page.record.number, page.record.document
        self._given[number] = document
        self._publishers[number] = house_of(document.outlet, document.site_name), page.record.body_words
        self._texts.give(page)

    def drop(self, numbers: Collection[int]) -> None:
        """Forget documents."""
        for number in numbers:
            self._given.pop(number, None)
            self._publishers.pop(number, None)
        self._texts.drop(numbers)

    def trim(self) -> None:
        """Forget what was read of stored documents where that is much: it is read again if it is asked for."""
        self._texts.trim(READ_KEPT)

    def documents(self, numbers: Iterable[int]) -> dict[int, Document]:
        """Whole documents: those given, and those of the store."""
        given = {number: self._given[number] for number in numbers if number in self._given}
        return {**self._store.documents(sorted(set(numbers) - given.keys())), **given}

    def keyed(self, numbers: Sequence[int]) -> list[tuple[Ints, Ints]]:
        """The keys of each document and their places, as ``prepare`` makes them."""
        return self._texts.keyed(numbers)

    def match_all(self, pairs: Sequence[Pair] | Ints) -> dict[Pair, Kept]:
        """What the documents of each pair share, where it is worth keeping: the one place that decides what a match is.

        ``pairs`` is a list or an array of shape ``(n, 2)``.
        """
        return self.match_some(pairs, None)[0]

    def match_some(self, pairs: Sequence[Pair] | Ints, few: int | None) -> tuple[dict[Pair, Kept], Flags]:
        """``match_all``, but of the pairs with one second document that have to be aligned only the first ``few``.

        ``pairs`` are in the order of the second. Returns flags, too: which of them were left out.
        """
        if not len(pairs):
            return {}, np.zeros(0, dtype=bool)
        numbers, table = np.unique(np.array(pairs, dtype=np.int64).reshape(-1, 2), return_inverse=True)
        known, table = numbers.tolist(), table.reshape(-1, 2)
        self._texts.load(known)
        sizes = np.array([len(self._texts.ids[number]) for number in known], dtype=np.int64)
        shorter = sizes[table].min(axis=1)
        self._know_publishers(known)
        bodies = np.array([self._publishers[number][1] for number in known], dtype=np.int64)
        least = np.minimum(MATCHED_WORDS, MATCHED_PART * shorter)
        coming, left, weak = [], np.zeros(len(table), dtype=bool), np.zeros(len(table), dtype=bool)
        for part in parts_of_runs(table[:, 1], _LOOKED_TOGETHER):
            shared = self._texts.bitmaps.in_common(numbers[table[part]])
            shingles = bodies[table[part]].min(axis=1) - self._store.settings.shingle_words + 1
            likely = shared >= np.minimum(SHARED_SHINGLES, SHARED_PART * shingles)
            strong = likely & (shared >= ALIGNED_PART * shingles)
            unsure = strong & (shared < SURE_PART * shingles)
            strong[unsure] = self._may_be_versions(numbers[table[part][unsure]])
            if few is not None:
                left[part] = but_few(strong, table[part, 1], few)
            weak[part], now = likely & ~strong, strong & ~left[part]
            coming.append(self._matched(numbers[table[part][now]], least[part][now]))
        told = self._unbroken(numbers[table[weak]], least[weak])
        for wait in reversed(coming):
            told |= wait()
        return told, left

    def are_close(self, matches: Mapping[Pair, Kept]) -> set[Pair]:
        """The pairs that share so much that they are one story, for telling stories apart (``boilerplate``)."""
        self._know_publishers(sorted(ends(matches)))
        bodies = {number: self._publishers[number][1] for number in ends(matches)}
        return {(a, b) for (a, b), match in matches.items() if is_close(bodies[a], bodies[b], match.matched_words)}

    def _may_be_versions(self, pairs: Ints) -> list[bool]:
        """Whether pages of each pair are of two houses, or share so much that they may be one house's versions."""
        told = []
        for a, b in pairs.tolist():
            (one, a_body), (two, b_body) = self._publishers[a], self._publishers[b]
            least = IN_ORDER * min(a_body, b_body)
            told.append(not same_house(one, two) or in_order(self._texts.ids[a], self._texts.ids[b]) >= least)
        return told

    def _matched(self, pairs: Ints, least: NDArray[np.float64]) -> Callable[[], dict[Pair, Kept]]:
        """Start to match pairs, of which only those are aligned that share more than unbroken runs.

        Of 24,713 pairs of 10,000 made pages, most of them a page and the cut-off lead of a story on another, 8,757 do.
        In 1,000 mirrors of ap1989 293 of 14,991 matches are others than if all were aligned, most by a stray word.
        """
        told, alone = self._alone(pairs, least)
        wait = self._aligned(pairs[~alone], least[~alone])
        return lambda: told | wait()

    def _aligned(self, pairs: Ints, least: NDArray[np.float64]) -> Callable[[], dict[Pair, Kept]]:
        """Start to align pairs; what is returned waits for the matches."""
        known = list(zip(*pairs.T.tolist(), strict=True))
        coming = self._aligner([(self._texts.tokens[a], self._texts.tokens[b]) for a, b in known])

        def wait() -> dict[Pair, Kept]:
            told = zip(known, coming(), least.tolist(), strict=True)
            return {pair: match for pair, match, words in told if match is not None and match.matched_words >= words}

        return wait

    def _alone(self, pairs: Ints, least: NDArray[np.float64]) -> tuple[dict[Pair, Kept], Flags]:
        """The matches of pairs that share unbroken runs and nothing else; and which pairs those are."""
        texts, table = self._laid(pairs)
        runs = shared_runs(texts, table, least, self._each)
        alone = lying_apart(texts, table, runs)
        asked = np.flatnonzero(alone)
        row, place = self._met(pairs[asked])
        alone[met_beside(runs, asked[row], place, self._store.settings.shingle_words)] = False
        told = np.flatnonzero(alone)
        return self._kept(pairs[told], [runs[at] for at in told.tolist()]), alone

    def _met(self, pairs: Ints) -> tuple[Ints, Ints]:
        """Where a shingle of the first of each pair begins that the second may have, too: the pair and the word.

        Shingles pass over outlets' names, as the sketch does: one that does so lies in no run.
        """
        words = [np.flatnonzero(self._texts.ids[number] != PASSED_OVER) for number in pairs[:, 0].tolist()]
        row, place = self._texts.bitmaps.places(
            pairs, [len(kept) - self._store.settings.shingle_words + 1 for kept in words]
        )
        bounds = np.searchsorted(row, np.arange(len(pairs) + 1)).tolist()
        for kept, start, end in zip(words, bounds, bounds[1:], strict=False):
            place[start:end] = kept[place[start:end]]
        return row, place

    def _unbroken(self, pairs: Ints, least: NDArray[np.float64]) -> dict[Pair, Kept]:
        """The matches of pairs as far as unbroken runs go."""
        return self._kept(pairs, shared_runs(*self._laid(pairs), least, self._each))

    def _laid(self, pairs: Ints) -> tuple[list[Seeded], Ints]:
        """The texts of pairs, and the pairs as places among them."""
        used = once(pairs.ravel())
        return self._texts.seeded(used.tolist()), np.searchsorted(used, pairs)

    def _kept(self, pairs: Ints, runs: Sequence[list[Run]]) -> dict[Pair, Kept]:
        """The matches of the pairs that have runs."""
        told = [((a, b), run) for (a, b), run in zip(pairs.tolist(), runs, strict=True) if run]
        return {(a, b): Kept.of_runs(self._texts.tokens[a], self._texts.tokens[b], run) for (a, b), run in told}

    def _know_publishers(self, numbers: Iterable[int]) -> None:
        """Learn who published stored documents, and how many words their bodies have."""
        known = self._store.publishers(number for number in numbers if number not in self._publishers)
        for number, (outlet, site_name, body_words) in known.items():
            self._publishers[number] = house_of(outlet, site_name), body_words
