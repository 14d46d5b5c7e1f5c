"""Records become documents, whatever file they stand in; a field that was named must be there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

from dedup.corpus.cleaning import Refused
from dedup.corpus.fields import paths_of, to_document
from dedup.corpus.files import Place, Source
from dedup.corpus.names import MEANINGS, WRAPPERS, Known, known_for, shown, squeeze
from dedup.model import CorpusError, Document, Reject

# A record, or why it could not be read.
Found: TypeAlias = tuple[Place, object]
# Records held back until each field that was named was met; no more, for each may be as long as a line.
HELD = 20


def documents(records: Iterable[Found], source: Source) -> Iterator[Document | Reject]:
    """The documents of records, and what is refused of them; no records give none.

    Raises ``CorpusError`` where no record has a field that was named.
    """
    fields = source.options.fields
    known = known_for(fields)
    for place, record in _with_fields(records, source) if fields else records:
        if source.watch is not None and isinstance(record, dict):
            source.watch(record)
        try:
            if isinstance(record, Refused):
                raise record
            yield to_document(record, place, source.now, known)
        except Refused as refusal:
            yield place.reject(refusal)


def _with_fields(records: Iterable[Found], source: Source) -> Iterator[Found]:
    """The records, once each field that was named was met among the first; else it is missed at the end."""
    missing = {squeeze(name): name for name in source.options.fields.values()}
    seen: dict[str, str] = {}
    held: list[Found] = []
    for found in records:
        if missing:
            seen |= paths_of(found[1]) if isinstance(found[1], dict) else {}
            missing = {key: name for key, name in missing.items() if key not in seen}
            held.append(found)
            if missing and len(held) < HELD:
                continue
        else:
            yield found
            continue
        yield from held
        held.clear()
    if missing and seen:
        raise _no_field(source.name, missing.values(), seen.values())
    yield from held


def require_columns(columns: Iterable[str], source: Source) -> None:
    """Raises ``CorpusError`` where a table has no column for texts, or none that was named; ``a.b`` is b inside a."""
    columns = list(columns)
    fields = source.options.fields
    there = {squeeze(name) for column in columns for name in _names(column)}
    if missing := [name for name in fields.values() if squeeze(name) not in there]:
        raise _no_field(source.name, missing, columns)
    if not has_text(columns, known_for(fields)):
        lists = ": it lists stories by their addresses, as Media Cloud does; fetch the pages and read those"
        advice = lists if there & {"url", "link"} and there & {"title", "headline"} else _NAME_IT
        raise CorpusError(source.name, f"no column holds a text: its columns are {shown(columns)}{advice}")


_NAME_IT = "; if one does, name it (--map text=COLUMN)"


def has_text(columns: Iterable[str], known: Known) -> bool:
    """Whether one of the columns is one that texts go by."""
    return known.has_text(name for column in columns for name in _names(column))


def wanted(columns: Iterable[str], known: Known) -> list[str]:
    """The columns that a document may be made from."""
    return [column for column in columns if any(squeeze(name) in known.all for name in _names(column))]


def require_meanings(fields: Mapping[str, str], name: str) -> None:
    """Raises ``CorpusError`` for fields that were named for what documents do not have."""
    for meaning in fields:
        if meaning not in MEANINGS:
            problem = f"no field can be named for {meaning!r}: name one for {', '.join(MEANINGS)}"
            raise CorpusError(name, problem)


def _names(column: str) -> Iterator[str]:
    """What a column is called: in a wrapper, also without it."""
    yield column
    outer, _, inner = column.partition(".")
    if inner and squeeze(outer) in WRAPPERS:
        yield inner


def _no_field(name: str, missing: Iterable[str], there: Iterable[str]) -> CorpusError:
    return CorpusError(name, f"no record has a field {' or '.join(missing)}: its fields are {shown(there)}")
