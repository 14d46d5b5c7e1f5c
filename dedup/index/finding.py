"""Finding: which documents share text, worked out in the order of their numbers whatever the order of arrival.

Each document is matched with the documents of *lower number* that post its keys, and then posts those of its keys
that lie in no passage it shares with one of them: what is new is indexed, once, however often it was copied. A number
is a hash of an id, so this order has nothing to do with when a page arrived. A batch is worked in by visiting, lowest
first, its own documents and those of higher number whose answer it can change; the outcome is the same, to the last
posting, as if everything had been added at once. A new document comes before a story's hub with probability one in
the number of its copies, so the visits it causes are few (measured in benchmarks/viral.py).
"""

from __future__ import annotations

import heapq
from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable

from dedup.index.pairing import Pages
from dedup.index.preparing import Prepared, keys_of
from dedup.model import Match
from dedup.sketch import is_body_key
from dedup.store import MatchRow, Store

# A pair is a candidate with this many shared passage keys, or one shared body key (DESIGN: windows of 16, two shared:
# recall 1.00 of copies and partial copies on 3,074 outlet pages, at half the pairs of one shared).
SHARED_KEYS = 2


class Finding:
    """One batch worked into the store's postings and matches; ``run`` once, inside the caller's transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._posters: dict[int, list[int]] = {}
        self._lower: dict[int, dict[int, Match]] = {}
        self._upper: defaultdict[int, set[int]] = defaultdict(set)
        self._upper_known: set[int] = set()
        self._pages = Pages(store)
        self._keys: dict[int, tuple[tuple[int, ...], tuple[int, ...]]] = {}
        self._gone: set[int] = set()
        self._moved: set[int] = set()
        self._queue: list[int] = []
        self._queued: set[int] = set()
        self._added: defaultdict[int, set[int]] = defaultdict(set)
        self._dropped: defaultdict[int, set[int]] = defaultdict(set)
        self._put: dict[tuple[int, int], Match] = {}
        self._drop: set[tuple[int, int]] = set()
        self._lost: defaultdict[int, set[int]] = defaultdict(set)

    def run(
        self, new: Iterable[Prepared], gone: Iterable[int] = (), on_page: Callable[[], None] = lambda: None
    ) -> set[int]:
        """Take ``gone`` out (before their rows are deleted) and work ``new`` in; ``write`` keeps what changed.

        ``on_page`` is called for each new page. Returns the documents whose matches changed and whose links must be
        worked out again.
        """
        new, gone = list(new), sorted(gone)
        fresh = {page.record.number for page in new}
        self._gone = set(gone) - fresh
        for number in gone:
            self._remove(number)
        self._add(new)
        while self._queue:
            number = heapq.heappop(self._queue)
            self._queued.discard(number)
            self._visit(number)
            if number in fresh:
                on_page()
        return {number for pair in (*self._put, *self._drop) for number in pair}

    def write(self) -> None:
        """Write postings and matches; the documents themselves must be in the store by now."""
        self._store.drop_postings(self._dropped)
        self._store.add_postings(self._added)
        self._store.drop_matches(self._drop - self._put.keys())
        self._store.put_matches(MatchRow(a, b, "key", match) for (a, b), match in self._put.items())

    def _add(self, new: list[Prepared]) -> None:
        for page in new:
            number = page.record.number
            self._pages.give(number, page.tokens)
            self._keys[number] = page.keys, page.places
            self._lower[number] = {}
            self._moved.add(number)
            self._upper_known.add(number)
            self._push(number)
        self._load_posters(key for page in new for key in page.keys)
        self._load_candidates(new)

    def _remove(self, number: int) -> None:
        keys, _ = self._page_keys(number)
        self._load_posters(keys)
        for key in keys:
            if number in self._posters.get(key, ()):
                self._unpost(key, number)
        self._know_upper([number])
        for upper in sorted(self._upper[number]):
            del self._lower_of(upper)[number]
            self._lose(number, upper)
            self._push(upper)
        for lower in self._lower_of(number):
            self._know_upper([lower])
            self._upper[lower].discard(number)
            self._lose(lower, number)
        self._pages.drop(number)
        for known in (self._keys, self._lower, self._upper):
            known.pop(number, None)

    def _visit(self, number: int) -> None:
        """Match one document with those before it, and post what they do not show."""
        keys, places = self._page_keys(number)
        self._load_posters(keys)
        before = self._lower_of(number)
        matches = {lower: match for lower in self._candidates(number, keys) if (match := self._match(lower, number))}
        for lower in before.keys() - matches.keys():
            self._know_upper([lower])
            self._upper[lower].discard(number)
            self._lose(lower, number)
        for lower in matches.keys() - before.keys():
            self._know_upper([lower])
            self._upper[lower].add(number)
            self._put[lower, number] = matches[lower]
        self._lower[number] = matches
        self._post(number, keys, {key for key, at in zip(keys, places, strict=True) if self._is_new(number, key, at)})

    def _lose(self, lower: int, upper: int) -> None:
        self._drop.add((lower, upper))
        self._lost[upper].add(lower)

    def _candidates(self, number: int, keys: Iterable[int]) -> list[int]:
        shared: defaultdict[int, int] = defaultdict(int)
        for key in keys:
            weight = SHARED_KEYS if is_body_key(key) else 1
            for poster in self._posters.get(key, ()):
                if poster >= number:
                    break
                shared[poster] += weight
        return sorted(poster for poster, count in shared.items() if count >= SHARED_KEYS)

    def _match(self, lower: int, number: int) -> Match | None:
        """Their match; a pair of which neither is new nor posts more than before is as it was found then."""
        known = self._lower_of(number).get(lower)
        if known is not None or not {number, lower} & self._moved:
            return known
        return self._pages.match(lower, number)

    def _is_new(self, number: int, key: int, place: int) -> bool:
        """Whether no document before it shows this key inside a passage that both share."""
        matches = self._lower[number]
        for poster in self._posters.get(key, ()):
            if poster >= number:
                break
            if poster in matches and (place < 0 or _shows(matches[poster], place)):
                return False
        return True

    def _post(self, number: int, keys: Iterable[int], wanted: set[int]) -> None:
        posted = {key for key in keys if number in self._posters[key]}
        for key in posted - wanted:
            self._unpost(key, number)
        if posted != wanted:
            self._know_upper([number])
            self._push_all(self._upper[number])
        for key in wanted - posted:
            insort(self._posters.setdefault(key, []), number)
            if key in self._dropped[number]:
                self._dropped[number].discard(key)
            else:
                self._added[number].add(key)
        if wanted - posted:
            self._moved.add(number)
            self._push_holders(number, wanted)

    def _unpost(self, key: int, number: int) -> None:
        self._posters[key].remove(number)
        if key in self._added[number]:
            self._added[number].discard(key)
        else:
            self._dropped[number].add(key)

    def _push_holders(self, number: int, keys: Iterable[int]) -> None:
        """Visit again those of higher number that may share enough of this one's posted keys, new and old."""
        shared: defaultdict[int, int] = defaultdict(int)
        for key in keys:
            others = [poster for poster in self._posters[key] if poster != number]
            if not others:
                continue
            weight = SHARED_KEYS if is_body_key(key) else 1
            self._know_upper(others)
            for holder in {*others, *(upper for other in others for upper in self._upper[other])}:
                shared[holder] += weight
        self._push_all(holder for holder, count in shared.items() if holder > number and count >= SHARED_KEYS)

    def _push_all(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            self._push(number)

    def _push(self, number: int) -> None:
        if number not in self._queued and number not in self._gone:
            self._queued.add(number)
            heapq.heappush(self._queue, number)

    # what the store knows, loaded when it is needed

    def _load_posters(self, keys: Iterable[int]) -> None:
        unknown = {key for key in keys if key not in self._posters}
        if unknown:
            held = self._store.posters(unknown)
            self._posters.update((key, held.get(key, [])) for key in unknown)

    def _load_candidates(self, new: list[Prepared]) -> None:
        """Load at once the stored documents that the new ones will most likely be aligned with, or visited after."""
        before, after = set[int](), set[int]()
        for page in new:
            shared: defaultdict[int, int] = defaultdict(int)
            for key in page.keys:
                for poster in self._posters[key]:
                    shared[poster] += SHARED_KEYS if is_body_key(key) else 1
            for poster, count in shared.items():
                if count >= SHARED_KEYS:
                    (before if poster < page.record.number else after).add(poster)
        self._pages.load(before | after)
        self._know_upper(before | after)
        self._load_keys(sorted(after - self._keys.keys()))

    def _load_keys(self, numbers: list[int]) -> None:
        found = keys_of([self._pages.tokens(number) for number in numbers], self._store.settings)
        self._keys.update(zip(numbers, found, strict=True))
        self._load_posters(key for keys, _ in found for key in keys)

    def _page_keys(self, number: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        if number not in self._keys:
            self._load_keys([number])
        return self._keys[number]

    def _lower_of(self, number: int) -> dict[int, Match]:
        if number not in self._lower:
            self._lower[number] = self._store.lower_matches(number)
            for lower in self._lost[number]:
                self._lower[number].pop(lower, None)
        return self._lower[number]

    def _know_upper(self, numbers: Iterable[int]) -> None:
        unknown = [number for number in numbers if number not in self._upper_known]
        if not unknown:
            return
        self._upper_known.update(unknown)
        for lower, upper in self._store.pairs_of(unknown, "key"):
            if lower in unknown and (lower, upper) not in self._drop:
                self._upper[lower].add(upper)


def _shows(match: Match, place: int) -> bool:
    return any(p.b_tokens.start <= place < p.b_tokens.end for p in match.passages)
