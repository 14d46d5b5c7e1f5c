"""What is exported of a store: graphs, links, what curators keep, mask and divide, what outlets took."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import date
from itertools import groupby
from operator import itemgetter

from dedup.index.graphs import document_graph, outlet_graph
from dedup.model import DEFAULT_KINDS, DedupError, Graph, Kind, Link, LinkFilter, Masked, OutletPeriod, Period
from dedup.store import Store, link, number_of

# The parts of a corpus that is divided.
PARTS = ("train", "valid", "test")


class Exports:
    """The exports of a store; ``Index`` has them as its own."""

    _store: Store

    def snapshot(self) -> AbstractContextManager[None]:
        """Within it all that is read is as it was at the beginning, and large exports are sorted on disk."""
        return self._store.snapshot()

    def graph(
        self, level: str = "documents", kinds: Sequence[Kind] | None = DEFAULT_KINDS, *, flow: bool = False
    ) -> Graph:
        """The match graph of documents or of outlets; edges run copy -> original, with ``flow`` the other way."""
        read = self.read_graph(LinkFilter(tuple(kinds) if kinds is not None else None), level, flow=flow)
        return replace(read, nodes=tuple(read.nodes), edges=tuple(read.edges))

    def read_graph(
        self, only: LinkFilter, level: str = "documents", *, flow: bool = False, dated: bool = False
    ) -> Graph:
        """The same of the links asked for; that of documents is read from the open store whenever it is gone through.

        ``dated`` gives edges of documents the dates of their copies.
        """
        if level == "outlets":
            return outlet_graph(self._store, only, flow=flow)
        return document_graph(self._store, only, flow=flow, dated=dated)

    def links_of(self, only: LinkFilter) -> Iterator[Link]:
        """The links asked for, by copy, then original."""
        return map(link, self._store.chosen_links(only))

    def periods(self, only: LinkFilter, period: Period) -> Iterator[OutletPeriod]:
        """What each outlet took from each other in each period, by copier, source and period."""
        for row in self._store.outlet_periods(only, period):
            yield _by_week(row) if period == "week" and row.period else row

    def kept(self, only: LinkFilter) -> Iterator[str]:
        """One document a story: the original, or the stand-in of an absent one; and each that is in no story. By id."""
        return self._store.kept_ids(only)

    def masks(self, only: LinkFilter) -> Iterator[tuple[str, list[Masked]]]:
        """The characters of each document that come from elsewhere, sorted; documents without any are left out.

        Of two of which nobody can say who copied, those of the one that does not stand for their story. Passages of one
        source that overlap are joined, those of several sources are not.
        """
        return _masks(self._store, only)

    def parts(self, shares: Sequence[float], seed: int) -> Iterator[tuple[str, str]]:
        """Each document's id and the name of its part (``PARTS``), by id; what any link ties is in one part.

        The same documents, links and seed give the same parts anywhere. Shares are met on average, by groups.
        """
        heads = _heads(self._store)
        for id in self._store.all_ids():
            number = number_of(id)
            yield id, _part(_head(heads, number), shares, seed)

    def require(self, only: LinkFilter) -> None:
        """Raises ``DedupError`` for an outlet, agency or story that the store does not know."""
        asked = [("outlet", name) for name in only.outlets] + [("agency", only.agency), ("story", only.story)]
        for column, name in asked:
            if name is not None and not self._store.knows(column, name):
                raise DedupError(f"no {column} {name!r} is in {self._store.path}; {_SEE[column]}")


_SEE = {
    "outlet": "'dedup outlets' lists who copies whom",
    "agency": "'dedup stories' shows those whose stories were copied",
    "story": "'dedup stories -f csv' lists their ids",
}


def _by_week(row: OutletPeriod) -> OutletPeriod:
    """A week by its ISO number, as in 2024-W19, instead of by its Monday."""
    year, week, _ = date.fromisoformat(row.period).isocalendar()
    return OutletPeriod(row.copier, row.source, f"{year}-W{week:02}", row.copies, row.full, row.words)


def _masks(store: Store, only: LinkFilter) -> Iterator[tuple[str, list[Masked]]]:
    for id, sources in groupby(store.sources_in(only), key=itemgetter(0)):
        spans = [
            Masked(start, end, kind, source)
            for _, other, source, kind in sources
            for start, end in _joined(store.passages_in(id, other))
        ]
        if spans:
            yield id, sorted(spans, key=lambda span: (span.start, span.end, span.kind, span.original or ""))


def _joined(spans: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans in order, those that touch as one."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(end, joined[-1][1])
        elif start < end:
            joined.append((start, end))
    return joined


def _heads(store: Store) -> dict[int, int]:
    """A number above each number that is tied to another; the lowest of all that hang together is the last of them."""
    above: dict[int, int] = {}
    for ids in store.ties():
        copy, *others = map(number_of, ids)
        for other in others:
            one, two = _head(above, copy), _head(above, other)
            if one != two:
                above[max(one, two)] = min(one, two)
    return above


def _head(above: dict[int, int], number: int) -> int:
    """The last number above this one; those on the way are put right below it."""
    head = number
    while head in above:
        head = above[head]
    while number in above and above[number] != head:
        above[number], number = head, above[number]
    return head


def _part(head: int, shares: Sequence[float], seed: int) -> str:
    """A part of 64 bits of a stable hash: Python's own differs from process to process."""
    digest = hashlib.blake2b(f"{seed}:{head}".encode("ascii"), digest_size=8).digest()
    place, name = int.from_bytes(digest, "big") / 2**64, PARTS[0]
    for name, share in zip(PARTS, shares, strict=True):
        place -= share
        if place < 0:
            return name
    return next(part for part, share in reversed(list(zip(PARTS, shares, strict=True))) if share)
