"""The index: the order of the steps, and nothing else. Adding is finding, then keeping; asking is finding alone."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from types import TracebackType

from dedup.align import align
from dedup.index.adding import AfterBatch, OnProgress, add, exchange, file_of, try_add
from dedup.index.answering import who_asks, who_stored
from dedup.index.changing import Changed, Compared, changed_links, compare_documents
from dedup.index.checking import check_store
from dedup.index.evaluating import evaluate_judged, evaluate_store
from dedup.index.explaining import Step, explain_pair
from dedup.index.exporting import Exports
from dedup.index.graphs import outlet_pairs
from dedup.index.judging import forget, judgement_on, keep, keep_later
from dedup.index.knowing import learn
from dedup.index.licences import change_partners
from dedup.index.networks import Networks
from dedup.index.preparing import prepare, storable, storable_text, tokenise
from dedup.index.resolving import resolve_pending
from dedup.index.showing import Shows
from dedup.model import (
    DEFAULT_KINDS,
    Added,
    Answer,
    ChangeKind,
    Document,
    FileRead,
    Judged,
    Judgement,
    Kind,
    Link,
    Match,
    OutletHabit,
    OutletPair,
    Partner,
    Reject,
    Settings,
    Story,
    UnknownDocument,
)
from dedup.store import Store
from dedup.truth import Evaluation, Label

__all__ = ["Changed", "Compared", "Index", "Step", "compare", "compare_pages", "explain_pair", "tokenise"]


class Index(Exports, Networks, Shows):
    """A store of pages and the links between them; a context manager.

    Opens or creates the file at ``path``; ``read_only`` never changes it. ``workers`` is the number of processes, this
    one among them (by default one a core); it never changes an answer. Raises ``StoreError`` and its kin.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        settings: Settings | None = None,
        *,
        read_only: bool = False,
        workers: int | None = None,
    ) -> None:
        self._store = Store(path, settings or Settings(), writing=not read_only)
        self._workers = max(1, workers if workers is not None else os.cpu_count() or 1)

    def __enter__(self) -> Index:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        self._store.close()

    @property
    def settings(self) -> Settings:
        """What the fingerprints of this store were made with."""
        return self._store.settings

    # changing

    def add(
        self,
        documents: Iterable[Document],
        on_progress: OnProgress | None = None,
        after_batch: AfterBatch | None = None,
    ) -> Added:
        """Add documents, or put them in the place of those with the same ids; then work out links and stories.

        A document too short to be recognised is rejected and named in the result; nothing is added for no documents.
        Each batch (``adding.BATCH``) is one transaction: what was added stays if the run is killed, and the next call
        finishes the rest. ``on_progress`` is told a step and how many documents went through it since it was last told.
        ``after_batch`` is told what was kept so far; where it says so, the rest and the links wait for the next call.
        """
        return add(self._store, documents, self._workers, on_progress, after_batch)

    def try_add(self, documents: Iterable[Document]) -> Added:
        """What ``add`` would do with documents; nothing is changed. Those that only stand twice count as updated."""
        return try_add(self._store, documents)

    def note_read(self, paths: Iterable[str], files: Iterable[FileRead], rejects: Iterable[Reject]) -> None:
        """Note files that were read to their end and whose documents were added, and what was refused of ``paths`` in
        the place of all that was before. A file whose documents another one replaced is always to be read again."""
        with self._store.transaction():
            self._store.put_files_read(files)
            self._store.replace_rejects(paths, rejects)

    def resolve(self) -> None:
        """Bring links and stories up to date with the documents; does nothing where they are."""
        resolve_pending(self._store)

    def remove(self, ids: Sequence[str]) -> None:
        """Take documents out with all that hung on them. Raises ``UnknownDocument`` before anything is changed."""
        numbers = [self._number(id) for id in ids]
        with self._store.transaction():
            self._store.forget_files(file_of(origin) for origin in self._store.origins(numbers).values())
            exchange(self._store, (), numbers)
            self._store.add_pending(learn(self._store))
            self._store.count_copies(DEFAULT_KINDS)
        self.resolve()

    def judge(self, copy: str, original: str, verdict: Judged, note: str | None = None, *, judged_at: str) -> Judgement:
        """Keep what a person said at ``judged_at`` (ISO 8601 with its zone) of two stored documents, named by id or
        URL: what the first is to the second. It counts more than all evidence; links are told anew at once.

        It takes the place of what was said of the two before, and outlives them. Where the two share no passage that
        counts, it is kept and no link is told. Raises ``UnknownDocument``, and ``DedupError`` for what is no judgement.
        """
        said = Judgement(self.get(copy).id, self.get(original).id, verdict, judged_at, note)
        kept = keep(self._store, said)
        self.resolve()
        return kept

    def unjudge(self, one: str, two: str) -> bool:
        """Take back what was said of two documents, named by id (or URL, if stored); returns whether anything was."""
        gone = forget(self._store, self._id(one), self._id(two))
        self.resolve()
        return gone

    def import_judgements(self, judgements: Iterable[Judgement]) -> int:
        """Keep judgements by the ids that they name, in the store or not: those of documents that are yet to come count
        when these come. Of two on the same documents the later counts. All are kept at once, or none.

        Returns how many are new or later than what was kept. Raises ``DedupError`` for what is no judgement.
        """
        kept = keep_later(self._store, judgements)
        self.resolve()
        return kept

    def set_partners(self, partners: Iterable[Partner]) -> None:
        """Put a list of licensed partners in the place of the one before; links that hang on it are told anew."""
        change_partners(self._store, partners)
        self.resolve()

    # asking

    def files_read(self) -> dict[str, FileRead]:
        """The files of which all documents are here, by name, each as it was when it was read."""
        return self._store.files_read()

    def rejects(self) -> list[Reject]:
        """The records that were refused when their file was read last, by file and line."""
        return self._store.rejects()

    def judgements(self) -> list[Judgement]:
        """All that persons said of documents, by the ids that they named first."""
        return self._store.judgements()

    def judgement(self, one: str, two: str) -> Judgement | None:
        """What was judged of two documents, by their ids, whichever was named first."""
        return judgement_on(self._store, one, two)

    def partners(self) -> list[Partner]:
        """Who publishes whose stories by licence, by outlet."""
        return self._store.partners()

    def who(self, page: Document | str) -> Answer:
        """Who else published this: a document, or the id or URL of a stored one. Nothing is added.

        Raises ``UnknownDocument`` for an id or URL that the store does not hold. A document too short to be
        recognised is found nowhere.
        """
        if isinstance(page, str):
            return who_stored(self._store, self._number(page))
        made = prepare([storable(page)], self.settings)[0]
        if isinstance(made, Reject):
            return Answer(page.id, False, None, None, None, None, None, (str(made.problem),), ())
        return who_asks(self._store, made)

    def compare(self, a: str, b: str) -> Match | None:
        """The passages that two stored documents share; ``None`` where they share none."""
        one, two = (self.get(id) for id in (a, b))
        return compare(one.text, two.text)

    def compare_pages(self, a: Document | str, b: Document | str) -> Compared | None:
        """What two pages (documents, or ids or URLs of stored ones) share, and what the copy changed; ``None`` where
        they share no passage. A stored link says which is the copy; where there is none it is the second."""
        one, two = (self.get(page) if isinstance(page, str) else page for page in (a, b))
        return compare_documents(one, two, self._store)

    def changed(self, kind: ChangeKind) -> Iterator[Changed]:
        """The links in which a name, a number or whatever the kind says differs, and how; those with most first."""
        return changed_links(self._store, kind)

    def explain(self, a: Document | str, b: Document | str) -> list[Step]:
        """How far two documents came on the way to a link: what is shared, what was left out, and which rule decided.

        Each is a document, or the id or URL of a stored one; with two stored ones also what was told of them.
        """
        stored = isinstance(a, str) and isinstance(b, str)
        one, two = (self.get(page) if isinstance(page, str) else page for page in (a, b))
        return explain_pair(one, two, self.settings, self._store if stored else None)

    def matched(self, a: str, b: str) -> Match | None:
        """The match of two stored documents that the store keeps; ``None`` where they never met or share nothing."""
        one, two = self._number(a), self._number(b)
        return self._store.get_match(one, two)

    def get(self, id: str) -> Document:
        """The stored document with this id or URL; raises ``UnknownDocument``."""
        number = self._number(id)
        return self._store.documents([number])[number]

    def stories(self, limit: int | None = None) -> list[Story]:
        """Stories, those with most copies first; ``limit`` of ``None`` for all."""
        return self._store.stories(limit)

    def links(self, kinds: Sequence[Kind] | None = DEFAULT_KINDS) -> Iterator[Link]:
        """Links of the kinds (``None`` for all), by copy, then original."""
        return self._store.links(kinds)

    def outlets(self) -> list[OutletPair]:
        """Who copies whom, how much and how fast; most copies first."""
        return outlet_pairs(self._store.outlet_links(DEFAULT_KINDS))

    def habits(self) -> list[OutletHabit]:
        """What each outlet was learned to do, those that copy most first."""
        return self._store.habits()

    def info(self) -> dict[str, int | str]:
        """Counts of the main tables, and the settings."""
        return {**self._store.counts(), **{f"settings.{k}": v for k, v in self.settings.as_dict().items()}}

    def evaluate(self, labels: Iterable[Label] = (), *, judgements: bool = False) -> Evaluation:
        """Compare the links with what somebody who knows says of documents: how many are right, and every mistake.

        With ``judgements`` all that persons judged is truth, too, and before what labels say of the same documents; and
        the links are those that the evidence alone would tell, since else each judgement would be held against itself.

        A document may be named by its id, its URL or the end of its path. A label that names one which is not in the
        store is rejected, and named in the result. No labels give measures of ``None``.
        """
        return evaluate_judged(self._store, labels) if judgements else evaluate_store(self._store, labels)

    def check(self, sample: int = 200) -> list[str]:
        """What is wrong with the store, as sentences; none where all is well.

        SQLite's own checks, then signatures, keys and matches of about ``sample`` documents made anew and compared.
        """
        return check_store(self._store, sample)

    def _id(self, name: str) -> str:
        """The id of the stored document with this id or URL, else the name itself."""
        number = self._store.find_number(storable_text(name))
        return name if number is None else self._store.documents([number])[number].id

    def _number(self, id_or_url: str) -> int:
        id_or_url = storable_text(id_or_url)
        number = self._store.find_number(id_or_url)
        if number is None:
            raise UnknownDocument(f"{id_or_url}: no document with this id or URL is in {self._store.path}")
        return number


def compare(text_a: str, text_b: str) -> Match | None:
    """The passages that two texts share, and what was changed in them; ``None`` where they share none."""
    return align(tokenise(text_a), tokenise(text_b))


def compare_pages(a: Document, b: Document) -> Compared | None:
    """What two pages share, and what the second changed in the first; ``None`` where they share no passage."""
    return compare_documents(a, b)
