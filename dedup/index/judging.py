"""Judging: what persons say of documents is kept, and whatever hangs together with these is told anew at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from dedup.facts import Pair
from dedup.index.preparing import storable_text
from dedup.judgements import checked, documents_of, latest
from dedup.model import Judgement
from dedup.store import Store, number_of


def keep(store: Store, judgement: Judgement) -> Judgement:
    """Keep a judgement, in the place of what was said of the two before, whenever that was; links are still to be
    resolved. Returns it as it is kept."""
    kept = checked(_storable(judgement))
    _put(store, [kept])
    return kept


def keep_later(store: Store, judgements: Iterable[Judgement]) -> int:
    """Keep those judgements that are later than what the store has of the same two documents, in one transaction; links
    are still to be resolved. Returns how many those are. Raises ``DedupError`` before anything is changed."""
    given = latest(checked(_storable(judgement)) for judgement in judgements)
    held = {documents_of(one): one for one in store.judgements()}
    later = [one for one in given if _is_later(one, held.get(documents_of(one)))]
    _put(store, later)
    return len(later)


def forget(store: Store, one: str, two: str) -> bool:
    """Take back what was said of two documents; links are still to be resolved. Returns whether anything was."""
    judgement = judgement_on(store, one, two)
    if judgement is None:
        return False
    with store.transaction():
        store.drop_judgement(*documents_of(judgement))
        _let_resolve(store, documents_of(judgement))
    return True


def judgement_on(store: Store, one: str, two: str) -> Judgement | None:
    """What was said of two documents, by their ids, whichever was named first."""
    pair = tuple(sorted(map(storable_text, (one, two))))
    return next((said for said in store.judgements_of(pair) if documents_of(said) == pair), None)


def judged_with(store: Store, id: str) -> dict[Pair, Judgement]:
    """What was said of a document, whether the store holds it or not, and of those that it holds, by their numbers."""
    said = store.judgements_of([id])
    held = store.digests({name for one in said for name in documents_of(one)}).keys() | {id}
    pairs = ((documents_of(one), one) for one in said if held.issuperset(documents_of(one)))
    return {_numbers(documents): one for documents, one in pairs}


def _put(store: Store, judgements: Sequence[Judgement]) -> None:
    with store.transaction():
        store.put_judgements(judgements)
        _let_resolve(store, (id for one in judgements for id in documents_of(one)))


def _let_resolve(store: Store, ids: Iterable[str]) -> None:
    """Note that the links of documents must be told anew: those that are held, others when they come."""
    store.add_pending(map(number_of, store.digests(set(ids))))


def _is_later(one: Judgement, held: Judgement | None) -> bool:
    return held is None or (one != held and one.judged_at >= held.judged_at)


def _storable(judgement: Judgement) -> Judgement:
    note = storable_text(judgement.note) if judgement.note else None
    copy, original = map(storable_text, (judgement.copy, judgement.original))
    return replace(judgement, copy=copy, original=original, note=note)


def _numbers(ids: Iterable[str]) -> Pair:
    one, two = sorted(map(number_of, ids))
    return one, two
