"""A store's links against labels: names of documents looked up, then judged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from dedup.evaluation import evaluate
from dedup.index.preparing import rejected
from dedup.model import Reject
from dedup.store import Store, number_of
from dedup.truth import Evaluation, Label


def evaluate_store(store: Store, labels: Iterable[Label]) -> Evaluation:
    """Compare all links of a store with labels; one that names a document the store does not hold is rejected."""
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
    links = list(store.links())
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
