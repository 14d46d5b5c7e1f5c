"""What people are shown of a story beside its links: how long the copies' runs are, and the names put into them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from dedup.index.answering import who_story
from dedup.index.changing import link_between
from dedup.index.graphs import median_lag_hours, outlet_pairs
from dedup.model import Answer, Link, OutletPair, Story, UnknownDocument
from dedup.store import Store, number_of

# Evidence whose places in the copy are its outlet's own name.
_NAMED = "own_name"


@dataclass(frozen=True, slots=True)
class Particulars:
    """Of a copy: the words of the longest run that it shares with its source in one piece, ``None`` where the source is
    absent; and what its outlet put of its own name into the prose, each as it is written there."""

    longest_run: int | None
    injected: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OutletCounts:
    """An outlet's documents, how many of them are copies, and how many links copy one of them."""

    name: str
    documents: int
    copies: int
    copied: int


@dataclass(frozen=True, slots=True)
class Dealings:
    """From whom an outlet copies (agencies whose pages are absent among them), who copies it, most copies first, and
    the median time by which its copies came later, as far as dates tell."""

    sources: list[OutletPair]
    copiers: list[OutletPair]
    lag_hours: float | None


class Shows:
    """What pages for people ask; ``Index`` has it as its own."""

    _store: Store

    def who_story(self, story: str) -> Answer:
        """The answer for a story, as its stand-in would have it. Raises ``UnknownDocument`` for no story's id."""
        answer = who_story(self._store, story)
        if answer is None:
            raise UnknownDocument(f"{story}: no story with this id is in {self._store.path}")
        return answer

    def particulars(self, answer: Answer) -> dict[str, Particulars]:
        """The particulars of an answer's stored pages but its original, by id."""
        return particulars_of(self._store, answer)

    def link_between(self, one: str, two: str) -> Link | None:
        """The link that says most of two stored documents, by their ids; ``None`` where none is told."""
        return link_between(self._store, one, two)

    def latest_stories(self, limit: int) -> list[Story]:
        """The stories that were first published last, of those that say when."""
        return self._store.latest_stories(limit)

    def dates_of_stories(self, stories: Iterable[Story]) -> dict[str, list[str | None]]:
        """When the pages of stories were published, or else first seen, by the story's id; ``None`` of a page that does
        not say."""
        dates: dict[str, list[str | None]] = {story.id: [] for story in stories}
        for story, date in self._store.dates_of_stories(list(dates)):
            dates[story].append(date)
        return dates

    def busiest_outlets(self, order: str, like: str, limit: int) -> list[OutletCounts]:
        """Outlets whose name holds ``like``, the first by ``documents``, ``copies``, ``copied`` or ``name``."""
        return [OutletCounts(*row) for row in self._store.busiest_outlets(order, like, limit)]

    def outlet_counts(self, name: str) -> OutletCounts:
        """What an outlet's documents are. Raises ``UnknownDocument`` for one that has none."""
        counts = self._store.outlet(name)
        if counts is None:
            raise UnknownDocument(f"{name}: no document of this outlet is in {self._store.path}")
        return OutletCounts(name, *counts)

    def dealings(self, outlet: str) -> Dealings:
        """From whom an outlet copies, and who copies it."""
        taken = list(self._store.taken_by(outlet))
        return Dealings(outlet_pairs(taken), outlet_pairs(self._store.taken_from(outlet)), median_lag_hours(taken))

    def newest_copies(self, outlet: str, limit: int, evidence: str = "") -> list[Link]:
        """An outlet's copies of others' pages, newest first; with a piece of evidence's name, those that have it."""
        return self._store.newest_copies(outlet, limit, evidence)

    def injected(self, links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
        """What of its own name each copy's outlet put into its prose, by the copy's id."""
        return injected_names(self._store, links)

    def headings(self, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None, str | None]]:
        """Title, outlet and date (published, else crawled) of documents, by id."""
        return self._store.headings(ids)


def particulars_of(store: Store, answer: Answer) -> dict[str, Particulars]:
    """The particulars of an answer's stored copies, by id."""
    links = store.links_of_story(answer.story.id) if answer.story else []
    return _particulars(store, links, {row.id: row.original for row in answer.publishers if row.role != "original"})


def injected_names(store: Store, links: Iterable[Link]) -> dict[str, tuple[str, ...]]:
    """What of its own name each copy's outlet put into its prose, as it is written there."""
    places = {
        link.copy: [(span.start, span.end) for span in spans]
        for link in links
        for spans in [[span for reason in link.evidence if reason.name == _NAMED for span in reason.copy_spans]]
        if spans
    }
    documents = store.documents(sorted(map(number_of, places)))
    texts = {document.id: document.text for document in documents.values()}
    return {id: tuple(" ".join(texts[id][at:to].split()) for at, to in spans) for id, spans in places.items()}


def _particulars(store: Store, links: Sequence[Link], sources: Mapping[str, str | None]) -> dict[str, Particulars]:
    named = injected_names(store, (link for link in links if link.original == sources.get(link.copy)))
    pairs = [(link.copy, link.original) for link in links if link.original and link.copy in sources]
    runs = store.longest_runs(pairs)
    longest: dict[str, int] = {}
    for (copy, original), run in runs.items():
        if sources[copy] in (None, original):
            longest[copy] = max(run, longest.get(copy, 0))
    return {id: Particulars(longest.get(id), named.get(id, ())) for id in sources}
