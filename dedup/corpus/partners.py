"""Lists of licensed partners: which outlet publishes whose stories by licence, in CSV, TSV or JSON Lines."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator

from dedup.corpus.cleaning import Refused, clean_line, words
from dedup.corpus.outlets import outlet_of
from dedup.corpus.rows import Row, read_rows, text_of
from dedup.model import CorpusError, Partner, Reject

OUTLET = words("outlet partner licensee")
SOURCE = words("source agency licensor")
LONGEST = 253


def read_partners(path: str | os.PathLike[str], on_reject: Callable[[Reject], None]) -> Iterator[Partner]:
    """The rows of a file of ``outlet, source``, both as outlets are written; a header alone gives none.

    A row that cannot be read goes to ``on_reject``. Raises ``CorpusError`` for a file that is not there, cannot be
    read, or lacks these columns.
    """
    for place, row in read_rows(path, _check):
        try:
            yield _partner(row)
        except Refused as refusal:
            on_reject(place.reject(refusal))


def _check(columns: Iterable[str], name: str) -> None:
    told = set(columns)
    if told.isdisjoint(OUTLET) or told.isdisjoint(SOURCE):
        raise CorpusError(name, "holds no partners: its columns must be outlet, source")


def _partner(row: Row) -> Partner:
    if isinstance(row, Refused):
        raise row
    outlet, source = _outlet(row, OUTLET), _outlet(row, SOURCE)
    if outlet.casefold() == source.casefold():
        raise Refused(f"names {outlet} as its own partner")
    return Partner(outlet, source)


def _outlet(row: Row, names: Iterable[str]) -> str:
    """The first of the columns that holds something, as an outlet."""
    told = (text_of(row, name) for name in names if not isinstance(row, Refused))
    line = next((line for text in told if text and (line := clean_line(text))), None)
    if line is None:
        raise Refused(f"has no {next(iter(names))}")
    if len(line) > LONGEST:
        raise Refused(f"has a name of {len(line)} characters, more than the {LONGEST} allowed")
    return outlet_of(line)
