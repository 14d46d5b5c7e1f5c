"""Truth files: what somebody who knows says of pairs of documents, as CSV or JSON Lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal

from dedup.corpus.cleaning import Refused, words
from dedup.corpus.files import Place
from dedup.corpus.rows import has, needed, read_rows, text_of
from dedup.model import KINDS, CorpusError, Kind, Reject
from dedup.truth import Label

# What people write for pairs that share a story, and for those that do not.
RELATED = frozenset(words("copy contained duplicate near-duplicate same match related positive true yes 1"))
UNRELATED = frozenset(words("unrelated different minor none nothing negative false no 0"))
DIRECTIONS = ("decided", "unknown")
# Where a pair's two documents and its label stand: with a direction, or without.
COPIES, PAIRS = ("copy", "original"), ("a", "b", "label")


def read_labels(path: str | os.PathLike[str], on_reject: Callable[[Reject], None]) -> Iterator[Label]:
    """The labels of a CSV or JSON Lines file, of ``copy, original[, kind][, direction][, coverage][, story]``, an empty
    original for one that the corpus does not hold, or of ``a, b, label``.

    A row that cannot be read goes to ``on_reject``. Raises ``CorpusError`` for a file that is not there, that has
    neither of those columns, or no row.
    """
    found = False
    for place, row in read_rows(path, _check):
        found = True
        try:
            yield _label(row, place)
        except Refused as refusal:
            on_reject(place.reject(refusal))
    if not found:
        raise CorpusError(Path(path).as_posix(), "holds no row")


def _check(columns: Iterable[str], name: str) -> None:
    if not has(columns, COPIES) and not has(columns, PAIRS):
        raise CorpusError(name, "names no pairs: its columns must be copy, original or a, b, label")


def _label(row: Mapping[str, object] | Refused, place: Place) -> Label:
    if isinstance(row, Refused):
        raise row
    if has(row, COPIES):
        return _of_copy(row, place)
    if has(row, PAIRS):
        return _of_pair(row, place)
    raise Refused("names no pair: it must have copy, original or a, b, label")


def _of_copy(row: Mapping[str, object], place: Place) -> Label:
    kind = text_of(row, "kind")
    direction = text_of(row, "direction") or "decided"
    if direction not in DIRECTIONS:
        raise Refused(f"has the direction {direction!r}; it must be {' or '.join(DIRECTIONS)}")
    return Label(
        copy=needed(row, "copy"),
        original=text_of(row, "original"),
        kind=_kind(kind) if kind else None,
        directed=direction == "decided",
        coverage=_part(row, "coverage"),
        story=text_of(row, "story"),
        origin=place.origin,
    )


def _of_pair(row: Mapping[str, object], place: Place) -> Label:
    label = needed(row, "label").casefold()
    kind = None if label in RELATED else _kind(label)
    return Label(needed(row, "a"), needed(row, "b"), kind, directed=False, origin=place.origin)


def _kind(told: str) -> Kind | Literal["unrelated"]:
    name = told.casefold()
    if name in UNRELATED:
        return "unrelated"
    for kind in KINDS:
        if name == kind:
            return kind
    known = [*KINDS, *sorted(RELATED), *sorted(UNRELATED)]
    raise Refused(f"has the label {told!r}; it must be one of {', '.join(known)}")


def _part(row: Mapping[str, object], name: str) -> float | None:
    told = text_of(row, name)
    if told is None:
        return None
    try:
        part = float(told)
    except ValueError:
        part = -1.0
    if not 0 <= part <= 1:
        raise Refused(f"has the {name} {told!r}; it must be a number from 0 to 1")
    return part
