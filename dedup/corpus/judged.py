"""Files of judgements: what persons said of pairs of documents, as they are exported, in CSV or JSON Lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping

from dedup.corpus.cleaning import Refused, without_surrogates
from dedup.corpus.rows import Row, has, needed, read_rows, text_of
from dedup.judgements import VERDICTS, checked
from dedup.model import CorpusError, DedupError, Judged, Judgement, Reject

COLUMNS = ("copy", "original", "verdict")


def read_judgements(path: str | os.PathLike[str], on_reject: Callable[[Reject], None], now: str) -> Iterator[Judgement]:
    """The judgements of a CSV or JSON Lines file of ``copy, original, verdict[, judged_at][, note]``; one that does not
    say when it was made was made ``now``, an ISO 8601 time with its zone.

    A row that cannot be read goes to ``on_reject``; no rows are no judgements. Raises ``CorpusError`` for a file that
    is not there, cannot be read, or lacks these columns.
    """
    for place, row in read_rows(path, _check):
        try:
            yield _judgement(row, now)
        except (Refused, DedupError) as refusal:
            on_reject(place.reject(refusal))


def _check(columns: Iterable[str], name: str) -> None:
    if (told := list(columns)) and not has(told, COLUMNS):
        raise CorpusError(name, f"holds no judgements: its columns must be {', '.join(COLUMNS)}[, judged_at][, note]")


def _judgement(row: Row, now: str) -> Judgement:
    if isinstance(row, Refused):
        raise row
    note = text_of(row, "note")
    return checked(
        Judgement(
            copy=without_surrogates(needed(row, "copy")),
            original=without_surrogates(needed(row, "original")),
            verdict=_verdict(row),
            judged_at=text_of(row, "judged_at") or now,
            note=without_surrogates(note) if note else None,
        )
    )


def _verdict(row: Mapping[str, object]) -> Judged:
    told = needed(row, "verdict").casefold()
    for verdict in VERDICTS:
        if told == verdict:
            return verdict
    raise Refused(f"has the verdict {told!r}; it must be one of {', '.join(VERDICTS)}")
