"""A store's links against labels: names of documents looked up, then judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from dedup.evaluation import evaluate
from dedup.index.parts import outcome_by
from dedup.index.preparing import rejected
from dedup.index.resolving import batches, component
from dedup.judgements import documents_of, label_of
from dedup.model import Link, Reject
from dedup.store import Store, number_of
from dedup.truth import Evaluation, Label


def evaluate_store(store: Store, labels: Iterable[Label]) -> Evaluation:
    """Compare all links of a store with labels; one that names a document the store does not hold is rejected."""
    known, rejects = _known(store, labels)
    return _evaluated(store, known, rejects, list(store.links()))


def evaluate_judged(store: Store, labels: Iterable[Label]) -> Evaluation:
    """``evaluate_store``, with what persons judged before what labels say, and the links that evidence alone tells."""
    known, rejects = _known(store, labels)
    judged, unknown = _known(store, map(label_of, store.judgements()))
    told = {_ends(label): label for label in judged}
    both = judged + [label for label in known if _ends(label) not in told or _agree(label, told[_ends(label)])]
    return _evaluated(store, both, [*rejects, *unknown], _links_by_evidence(store))


def _links_by_evidence(store: Store) -> list[Link]:
    """The links of a store as they would be had nobody judged anything. Nothing is written."""
    judged = {number_of(id) for one in store.judgements() for id in documents_of(one)} & set(store.numbers())
    numbers, pairs = component(store, judged)
    ids = {document.id for document in store.documents(sorted(numbers)).values()}
    links = [link for link in store.links() if link.copy not in ids or link.kind == "teaser"]
    return links + [link for part in batches(numbers, pairs) for link in outcome_by(store, part, {}).links]


def _ends(label: Label) -> frozenset[str | None]:
    return frozenset((label.copy, label.original))


def _agree(label: Label, judged: Label) -> bool:
    """Whether a label says nothing else than a judgement does: then it may say more."""
    same_copy = label.copy == judged.copy or not label.directed
    return same_copy and label.directed == judged.directed and label.is_copy == judged.is_copy


def _known(store: Store, labels: Iterable[Label]) -> tuple[list[Label], list[Reject]]:
    """Labels with the ids of the documents that they name, and those that name one which the store does not hold."""
    told = list(labels)
    ids = _ids(store, {name for label in told for name in (label.copy, label.original) if name is not None})
    known, rejects = [], []
    for label in told:
        missing = [name for name in (label.copy, label.original) if name is not None and name not in ids]
        if missing:
            rejects.append(_unknown(label, missing[0], store.path))
        else:
            original = ids[label.original] if label.original is not None else None
            known.append(replace(label, copy=ids[label.copy], original=original))
    return known, rejects


def _evaluated(store: Store, known: Sequence[Label], rejects: Iterable[Reject], links: Sequence[Link]) -> Evaluation:
    named = {id for label in known for id in (label.copy, label.original) if id is not None}
    named |= {id for link in links for id in (link.copy, link.original) if id is not None}
    return replace(evaluate(known, links, _words(store, named)), rejects=tuple(rejects))


def _ids(store: Store, names: Iterable[str]) -> Mapping[str, str]:
    """The id of each document that is named by its id, its URL, or the end of its path if that is the end of no other
    one's: a truth file need not stand where the pages were read from."""
    numbers = {name: store.find_number(name) for name in names}
    documents = store.documents(sorted({number for number in numbers.values() if number is not None}))
    ids = {name: documents[number].id for name, number in numbers.items() if number is not None}
    ends = store.ids_ending(numbers.keys() - ids.keys())
    return ids | {name: found[0] for name, found in ends.items() if len(found) == 1}


def _unknown(label: Label, name: str, path: str) -> Reject:
    problem = f"names {name!r}, which no document of {path} is called, or several are"
    return rejected(label.origin or "label", problem)


def _words(store: Store, ids: Iterable[str]) -> dict[str, int]:
    """How many words the body of each document has."""
    numbers = {id: number_of(id) for id in ids}
    known = store.publishers(sorted(numbers.values()))
    return {id: known[number][2] for id, number in numbers.items() if number in known}
