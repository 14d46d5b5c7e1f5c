"""Finding: which documents share text, worked out in the order of their numbers whatever the order of arrival.

Each document is matched with the documents of *lower number* that post its keys, and then posts those of its keys
that lie in no passage it shares with one of them: what is new is indexed, once, however often it was copied. A number
is a hash of an id, so this order has nothing to do with when a page arrived. What a document posts hangs on those
before it alone, so there is one outcome, whatever the order of visits: a batch is worked in by visiting its own
documents and those of higher number whose answer it can change, until nothing changes any more. A new document comes
before a story's hub with probability one in the number of its copies, so the visits it causes are few (measured in
benchmarks/viral.py).

Documents are visited in waves. Until a document of the wave is settled it counts as posting all that it still may, so
that the pairs of many can be looked at together; each is settled by those before it, from the lowest on. The same
goes for what is crowded (``crowds``): a key that seems to be, as long as copies of one story wait, may turn out not to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet

import numpy as np

from dedup.arrays import Flags, Ints, among, once
from dedup.facts import Pair
from dedup.index.crowds import keyed_crowds
from dedup.index.holders import Holders, enough_shared
from dedup.index.looks import Looks
from dedup.index.matches import Matches
from dedup.index.meetings import meetings, pass_shown
from dedup.index.pairing import Pages
from dedup.index.preparing import Prepared
from dedup.index.uppers import Uppers
from dedup.sketch import is_body_key
from dedup.store import Kept, MatchRow, Store

# Of its candidates a document is first matched with this many of lowest number, then with so many times more, and so
# on: the lowest is the likeliest to post what all the others share, and then those need not be looked at. It bounds
# what a story with thousands of copies costs; 17,538 Reuters stories take as long with 8 and 4, or 32 and 16.
FIRST_LOOKS, MORE_LOOKS = 256, 16
# Of those that have to be aligned, which costs a hundred times as much as other looks, so many at a time: 2 saves 8 %
# of those stories' alignments, 8 makes 5 % more.
FEW_ALIGNED = 4
# Documents that one wave visits, so that it can be told how far it is (8,000 or all take the same time), and rows of
# shared keys that it looks at, about 50 bytes each, which bounds memory where thousands copied one story.
WAVE, WAVE_ROWS = 2_000, 4_000_000


class Finding:
    """One batch worked into the store's postings and matches, inside the caller's transaction: ``leave``, ``come``,
    ``write``, once each."""

    def __init__(self, store: Store, pages: Pages) -> None:
        self._store, self._pages = store, pages
        self._gone: set[int] = set()
        self._holders = Holders(store.postings_of)
        self._met: defaultdict[int, dict[int, Kept]] = defaultdict(dict)
        self._uppers = Uppers(store.uppers)
        self._new: set[int] = set()
        self._queue: set[int] = set()
        self._looks = Looks(self._holders)
        self.matches = Matches()

    def leave(self, gone: Iterable[int]) -> None:
        """Take the postings of documents out, once, before anything comes and before their other rows are deleted.

        Those that hang on them are visited when the others come: they may have to post what those posted.
        """
        leaving = sorted(gone)
        if not leaving:
            return
        keyed = self._pages.keyed(leaving)
        posted, numbers = self._store.postings_of(np.concatenate([keys for keys, _ in keyed]))
        theirs = among(numbers, np.array(leaving, dtype=np.int64))
        self._store.drop_postings(posted[theirs], numbers[theirs])
        self._gone = set(leaving)
        crossing = self._uppers.crossing(keyed_crowds(posted, numbers, ~theirs))
        self._looks.move(crossing)
        self._push(crossing)
        for a, b in self._store.pairs_of(leaving, "key"):
            self.matches.drop(a, b)
            self._uppers.part(a, b)
            self._push([b])
        self._pages.drop(leaving)

    def come(self, new: Sequence[Prepared], on_settled: Callable[[int], None] = lambda _: None) -> None:
        """Work new documents in, none of which the store has; ``write`` keeps what changed.

        ``on_settled`` is told how many more of them are settled.
        """
        self._new = {page.record.number for page in new}
        self._add(new)
        unseen = set(self._new)
        while self._queue:
            for settled in self._visit(self._next_wave()):
                on_settled(len(unseen & settled))
                unseen -= settled
            self._pages.trim()

    def write_alone(self) -> None:
        """Write, while it is still being found who matches whom, the keys that only one document has."""
        self._store.add_postings(*self._holders.post_alone())

    def write(self) -> None:
        """Write postings and matches; the documents themselves must be in the store by now."""
        added, dropped = self._holders.changes()
        self._store.drop_postings(*dropped)
        self._store.add_postings(*added)
        self._store.drop_matches(self.matches.parted)
        put = self.matches.put
        close = self._pages.are_close(put)
        self._store.put_matches(MatchRow(a, b, "key", match, (a, b) in close) for (a, b), match in put.items())

    # what comes

    def _add(self, new: Sequence[Prepared]) -> None:
        for page in new:
            self._pages.give(page)
        self._looks.move(self._new)
        self._uppers.new(self._new)
        numbers = [page.record.number for page in new]
        self._holders.take(numbers, [page.keys for page in new], [page.places for page in new])
        self._push(self._new)

    def _take(self, numbers: Iterable[int]) -> None:
        """Take stored documents in hand that are to be visited."""
        wanted = sorted(number for number in numbers if not self._holders.has(number))
        if not wanted:
            return
        keyed = self._pages.keyed(wanted)
        self._holders.take(wanted, [keys for keys, _ in keyed], [places for _, places in keyed])
        known: list[Pair] = []
        for number, stored in self._store.lower_matches(wanted).items():
            held = self.matches.know(number, stored)
            self._met[number].update(held)
            known += ((lower, number) for lower in held if lower in self._holders)
        lower, upper = (self._holders.positions(pair[end] for pair in known) for end in (0, 1))
        self._looks.note(upper, lower)

    def _next_wave(self) -> list[int]:
        """The documents of lowest number that are to be visited, as many as can be looked at together.

        Stored ones are taken in hand, all at once, when no others are left.
        """
        queue = sorted(filter(self._holders.has, self._queue))[:WAVE]
        if not queue:
            self._take(self._queue)
            queue = sorted(self._queue)[:WAVE]
        work = np.cumsum(self._holders.work(self._holders.flags(queue))[self._holders.positions(queue)])
        wave = queue[: max(1, int(np.searchsorted(work, WAVE_ROWS)))]
        self._queue.difference_update(wave)
        return wave

    def _push(self, numbers: Iterable[int]) -> None:
        self._queue.update(number for number in numbers if number not in self._gone or number in self._new)

    # one wave

    def _visit(self, wave: Sequence[int]) -> Iterator[set[int]]:
        """Match documents with those before them, and post what they do not show; then push those it concerns.

        Yields those that were settled, some at a time.
        """
        holders, rows = self._holders, self._rows_of(wave)
        posted = holders.posts[rows].copy()
        holders.posts[rows] = True
        settled: dict[int, dict[int, Kept]] = {}
        waiting, looks = list(wave), FIRST_LOOKS
        while waiting:
            untried = self._look(waiting, looks)
            before, waiting = waiting, self._settle(waiting, untried, settled)
            looks *= MORE_LOOKS
            yield set(before) - set(waiting)
        for number, matches in settled.items():
            self._keep(number, matches)
        self._push_after(wave, rows, posted)

    def _look(self, waiting: Sequence[int], looks: int) -> set[int]:
        """Match each with its lowest candidates that it was not yet matched with; returns those that have more."""
        holders = self._holders
        upper, lower = holders.candidates(holders.flags(waiting))
        due = self._looks.are_due(upper, lower)
        upper, lower = upper[due], lower[due]
        first = np.searchsorted(upper, upper)
        now = np.arange(len(upper)) - first < looks
        left = self._match(lower[now], upper[now], FEW_ALIGNED)
        return set(holders.numbers[np.concatenate([upper[~now], upper[now][left]])].tolist())

    def _match(self, lower: Ints, upper: Ints, few: int | None = None) -> Flags:
        """Match pairs of positions, and note that they need not be matched again, but for those left out."""
        numbers = self._holders.numbers
        matches, left = self._pages.match_some(np.stack([numbers[lower], numbers[upper]], axis=1), few)
        for (below, above), match in matches.items():
            self._met[above][below] = match
        self._looks.note(upper[~left], lower[~left])
        return left

    def _settle(
        self, waiting: Sequence[int], untried: Collection[int], settled: dict[int, dict[int, Kept]]
    ) -> list[int]:
        """Settle those whose candidates were all tried and are settled, from the lowest on; returns the others.

        Of those others, too, it is told what they will surely not post.
        """
        left: list[int] = []
        met = meetings(self._holders, {number: self._met[number] for number in waiting})
        crowds = self._holders.crowds(self._holders.flags(waiting))
        unsettled = set[int]()
        for number in waiting:
            position = self._holders.position(number)
            known, posters = crowds.look(position)
            sure = known and number not in untried and self._were_tried(position, posters, crowds.silent)
            lowers = pass_shown(self._holders, met[number], crowds.silent, unsettled) if number in met else []
            if sure and unsettled.isdisjoint(lowers):
                settled[number] = {lower: self._met[number][lower] for lower in lowers}
            else:
                unsettled.add(number)
                left.append(number)
            crowds.pass_by(position, self._holders.posts, number in settled)
        return left

    def _were_tried(self, upper: int, lowers: Collection[int], silent: Flags) -> bool:
        """Whether a document was matched with those of the others (positions) that share enough, or need not be.

        Rows that are ``silent`` do not count.
        """
        if not lowers:
            return True
        lower = np.array(sorted(lowers), dtype=np.int64)
        lower = lower[self._looks.are_due(np.full(len(lower), upper), lower)]
        pair, rows, lower_rows = self._holders.meetings(np.full(len(lower), upper), lower)
        active = self._holders.posted(lower_rows) & ~silent[rows]
        return not len(enough_shared(pair[active], is_body_key(self._holders.keys[rows[active]])))

    def _keep(self, number: int, matches: dict[int, Kept]) -> None:
        joined, parted = self.matches.keep(number, matches)
        for lower in parted:
            self._uppers.part(lower, number)
        for lower in joined:
            self._uppers.join(lower, number)

    # whom it concerns

    def _push_after(self, wave: Collection[int], rows: Ints, posted: Flags) -> None:
        """Visit again those that hang on what documents of the wave posted before, or may hang on what is new.

        All of the wave were settled by each other as they are now, but for stored ones that had been matched before:
        when one of those posts more, or a key is crowded for one no longer, the others have not looked.
        """
        holders, wave = self._holders, set(wave)
        if holders.numbers.size == len(self._new) and self._are_visited_after(min(wave), wave):
            return  # all that are known are new, and those it concerns will be visited anyway
        now = holders.posts[rows]
        changed = holders.numbers[once(holders.owner[rows[now != posted]])].tolist()
        self._push(self._uppers.of(changed) - wave)
        crossing = self._uppers.crossing(holders.crowd_changes(rows, posted))
        unlooked = {number for number in crossing if number not in wave or number not in self._looks.moved}
        self._looks.move(unlooked)
        self._push(unlooked)
        more = holders.numbers[once(holders.owner[rows[now & ~posted]])].tolist()
        self._looks.move(more)
        mine = self._rows_of(more)
        holding = self._uppers.holding(holders, mine[holders.posts[mine]])
        pairs = [(n, holder) for n, holder in holding if holder not in wave or not {n, holder} & self._new]
        upper, lower = holders.meet([holder for _, holder in pairs]), holders.positions(n for n, _ in pairs)
        due = self._looks.are_due(upper, lower)
        self._match(lower[due], upper[due])
        self._push(h for n, h in pairs if n in self._met[h] or self._uppers.has(n, h))

    def _are_visited_after(self, number: int, wave: AbstractSet[int]) -> bool:
        """Whether all new documents from a number on are in the wave, or will be visited after it."""
        return all(new < number for new in self._new - self._queue - wave)

    def _rows_of(self, numbers: Iterable[int]) -> Ints:
        rows = (self._holders.rows(number) for number in numbers)
        return np.concatenate([np.zeros(0, dtype=np.int64), *(np.arange(part.start, part.stop) for part in rows)])
