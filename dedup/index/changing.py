"""What copies did to their sources, where the texts are at hand: for links, for two pages, and for lists of links."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Protocol, TypeAlias

from dedup.align import align
from dedup.changes import Found, Page, counted, find_changes, told
from dedup.facts import Pair, pair_of
from dedup.index.crediting import Signs, read_signs, signs_of
from dedup.index.houses import house_of
from dedup.index.pairing import Pages
from dedup.index.preparing import tokenise
from dedup.model import Change, ChangeKind, Changes, Document, Link, Match, Places
from dedup.sources import letters, same_house
from dedup.store import Store, number_of
from dedup.text import body_spans, lay

# Sentences of credits that a copy took out which are among a link's reasons: a page may carry a dozen notices.
_CREDITS_TOLD = 3

Stretches: TypeAlias = Sequence[tuple[int, int]]


class Placed(Protocol):
    """What is read here of a match that is kept, from the document of the lower number to the other."""

    def places(self) -> Places:
        """Where it has its passages and edits."""


@dataclass(frozen=True, slots=True)
class Compared:
    """What two documents share, and what the one did to the other, its source.

    ``match`` goes from source to copy. ``turned`` says that the second document is the source, ``is_copy`` that a
    stored link says which it is; else it is the first that was named.
    """

    match: Match
    summary: Changes
    changes: tuple[Change, ...]
    turned: bool = False
    is_copy: bool = False


@dataclass(frozen=True, slots=True)
class Changed:
    """A link in which something of one kind differs, and each of these changes."""

    link: Link
    changes: tuple[Change, ...]


def compare_documents(a: Document, b: Document, store: Store | None = None) -> Compared | None:
    """What two documents share, and what the copy did; ``None`` where they share no passage.

    The link that the store tells of the two, if there is one, says which is the source; else it is the first.
    """
    link = link_between(store, a.id, b.id) if store is not None else None
    turned = link is not None and link.copy == a.id
    source, copy = (b, a) if turned else (a, b)
    match = align(tokenise(source.text), tokenise(copy.text))
    if match is None:
        return None
    elsewhere = _beside(store, link).elsewhere(link) if store is not None and link is not None else ()
    one, two = _pages([source, copy])
    whole = link is None or link.runs_story
    found = _find((source, copy), (one, two), Places.of(match), whole, elsewhere)
    decided = link is not None and link.direction == "decided"
    return Compared(match, counted(found), tuple(told(found, source.text, copy.text)), turned, decided)


def with_changes(
    links: Sequence[Link], pages: Pages, matches: Mapping[Pair, Placed], bodies: Container[int] = (),
    teased: Mapping[int, Stretches] | None = None,
) -> list[Link]:  # fmt: skip
    """Links with what was changed, and with the credits that were taken out among the reasons where all is decided.

    ``links`` are all of their copies but teasers, which ``teased`` has, as what documents show of others; ``matches``
    are those of the links, ``bodies`` the documents without furniture.
    """
    changed = _Links(links, pages, matches, bodies, teased or {})
    return [_with(link, changed) for link in links]


def changed_links(store: Store, kind: ChangeKind) -> Iterator[Changed]:
    """The stored links in which something of a kind differs, those with most of it first, then by copy and original."""
    links = [link for link in store.links() if link.changes and getattr(link.changes, kind)]
    links.sort(key=lambda link: (-getattr(link.changes, kind), link.copy, link.original or ""))
    for link in links:
        changed = _beside(store, link)
        found = [one for one in changed.found(link) or () if one.kind == kind]
        if found:
            yield Changed(link, tuple(told(found, *changed.texts(link))))


def link_between(store: Store, a: str, b: str) -> Link | None:
    """The link that says most of two documents, by their ids."""
    links = [link for link in store.links_of(a) if {link.copy, link.original} == {a, b}]
    links.sort(key=lambda link: (link.direction != "decided", not link.runs_story, link.story))
    return links[0] if links and a != b else None


def _beside(store: Store, link: Link) -> _Links:
    """A link with all others of its copy."""
    links = [other for other in store.links_of(link.copy) if other.copy == link.copy]
    pairs = {pair_of(number_of(other.copy), number_of(other.original)) for other in links if other.original}
    return _Links(links, Pages(store), store.kept(sorted(pairs)))


class _Links:
    """Some links with their matches and their documents."""

    def __init__(
        self, links: Sequence[Link], pages: Pages, matches: Mapping[Pair, Placed], bodies: Container[int] = (),
        teased: Mapping[int, Stretches] | None = None,
    ) -> None:  # fmt: skip
        with_source = [(link, link.original) for link in links if link.original is not None]
        self._numbers = {id: number_of(id) for link, original in with_source for id in (link.copy, original)}
        self._signs = partial(signs_of, known=pages.signs)
        self._places = {
            (link.copy, original): self._placed(link.copy, original, matches) for link, original in with_source
        }
        read = {id for link, original in with_source if self._may_differ(link) for id in (link.copy, original)}
        self._documents = pages.documents(sorted(self._numbers[id] for id in read))
        furnished = [document for number, document in self._documents.items() if number not in bodies]
        made = dict(zip((document.id for document in furnished), _pages(furnished), strict=True))
        self._pages = {n: made.get(d.id) or Page(d.text, None, d.title or "") for n, d in self._documents.items()}
        self._stories: defaultdict[str, list[tuple[str, tuple[int, int]]]] = defaultdict(list)
        for link, original in with_source:
            if places := self._places[link.copy, original]:
                self._stories[link.copy] += [(link.story, (at, upto)) for _, _, at, upto in places.passages]
        for number, spans in (teased or {}).items():
            if number in self._documents:
                self._stories[self._documents[number].id] += [("", span) for span in spans]

    def _may_differ(self, link: Link) -> bool:
        """Whether there is anything to look for: of what another story has of a page only what stands inside passages
        is told, and most teasers are word for word. Of 11,725 links of 10,000 made pages, 8,466 are passed by so, and
        half of the texts with them."""
        places = self._places.get((link.copy, link.original or ""))
        return places is not None and (link.runs_story or any(edit[0] != "respaced" for edit in places.edits))

    def found(self, link: Link) -> list[Found] | None:
        """The changes of a link; ``None`` where there is nothing to compare with."""
        places = self._places.get((link.copy, link.original or ""))
        if places is None:
            return None
        if not self._may_differ(link):
            return []
        source, copy = self._numbers[link.original or ""], self._numbers[link.copy]
        documents, pages = (self._documents[source], self._documents[copy]), (self._pages[source], self._pages[copy])
        elsewhere = self.elsewhere(link) if link.runs_story else ()
        return _find(documents, pages, places, link.runs_story, elsewhere, self._signs)

    def elsewhere(self, link: Link) -> Stretches:
        """What of the link's copy is from other stories."""
        return sorted({span for story, span in self._stories[link.copy] if story != link.story})

    def texts(self, link: Link) -> tuple[str, str]:
        """The texts of a link with an original, the source's first."""
        source, copy = (self._documents[self._numbers[id]] for id in (link.original or "", link.copy))
        return source.text, copy.text

    def _placed(self, copy: str, original: str, matches: Mapping[Pair, Placed]) -> Places | None:
        """The match of a link, from source to copy."""
        number, source = self._numbers[copy], self._numbers[original]
        match = matches.get(pair_of(number, source))
        places = match.places() if match is not None else None
        return places.turned() if places and number < source else places


def _with(link: Link, changed: _Links) -> Link:
    found = changed.found(link)
    if found is None:
        return link
    lost = [one for one in found if one.kind == "credits"] if link.direction == "decided" else []
    sentences = [change.sentence for change in told(lost[:_CREDITS_TOLD], *changed.texts(link))] if lost else []
    return _changed(link, counted(found), sentences)


def _changed(link: Link, changes: Changes, sentences: Iterable[str]) -> Link:
    """A link with what its copy did; ``dataclasses.replace`` takes four times as long."""
    return Link(
        link.copy, link.original, link.kind, link.coverage, link.share, link.matched_words, link.resemblance,
        link.confidence, (*link.reasons, *sentences), link.story, link.agency, link.direction, link.root, changes,
        link.evidence,
    )  # fmt: skip


def _find(
    documents: tuple[Document, Document], pages: tuple[Page, Page], places: Places,
    whole: bool = True, elsewhere: Stretches = (), signs: Callable[[Document], Signs] = read_signs,
) -> list[Found]:  # fmt: skip
    """The changes from a source to a copy."""
    ours, theirs = (house_of(document.outlet, document.site_name) for document in documents)
    if same_house(ours, theirs):  # which neither credits nor promotes itself to itself
        return find_changes(*pages, places, whole=whole, elsewhere=elsewhere)
    # An agency's stories name it as they are ("told Reuters").
    names = () if theirs.is_agency else theirs.names
    if not whole:
        return find_changes(*pages, places, names=names, whole=False)
    was, now = (signs(document).credits for document in documents)
    said = [one for one in was if letters(one.name) not in theirs.names and one.agency != (theirs.agency or "")]
    return find_changes(*pages, places, (said, now), names=names, elsewhere=elsewhere)


def _pages(documents: Sequence[Document]) -> list[Page]:
    """Documents as their changes are looked for, read in one go."""
    laid = lay([document.text for document in documents])
    bodies: list[list[tuple[int, int]]] = [[] for _ in documents]
    starts, ends = (places.tolist() for places in body_spans(laid))
    bounds, at = laid.bounds.tolist(), 0
    for start, end in zip(starts, ends, strict=True):
        while start >= bounds[at + 1]:
            at += 1
        bodies[at].append((start - bounds[at], end - bounds[at]))
    return [Page(document.text, body, document.title or "") for document, body in zip(documents, bodies, strict=True)]
