"""A match as evidence reads it: from one of its documents to the other, and the names that the other put in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, TypeAlias

from dedup.model import EditKind, Span
from dedup.sources import letters

# Letters of a name worth looking for, and letters that may stand beside it in what was put in.
NAME_LETTERS, BESIDE_NAME = 4, 25

Names: TypeAlias = tuple[str, ...]

_TURNED: Mapping[EditKind, EditKind] = {
    "inserted": "dropped",
    "dropped": "inserted",
    "replaced": "replaced",
    "respaced": "respaced",
}


class Change(Protocol):
    """What evidence reads of an ``Edit``."""

    @property
    def kind(self) -> EditKind: ...
    @property
    def a_text(self) -> str: ...
    @property
    def b_text(self) -> str: ...
    @property
    def a(self) -> Span: ...
    @property
    def b(self) -> Span: ...


class Turned(NamedTuple):
    """A change read from b to a."""

    kind: EditKind
    a_text: str
    b_text: str
    read: Change

    @property
    def a(self) -> Span:
        """The characters of the first text."""
        return self.read.b

    @property
    def b(self) -> Span:
        """The characters of the second text."""
        return self.read.a


@dataclass(frozen=True, slots=True)
class Seen:
    """A match seen from the copy: ``edits`` go from source to copy.

    ``of_source`` is the part of the source's body that is shared; ``copy_is_cut`` says that the copy's body is a part
    of the source's story and nothing else, ``of_copy`` is the part of the copy's body that is shared.
    """

    edits: Sequence[Change]
    of_source: float
    copy_is_cut: bool
    of_copy: float = 1.0
    # What was asked of it, as two pieces ask the same.
    _added: dict[tuple[Names, Names], list[Change]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def added(self, names: Names, instead_of: Names) -> list[Change]:
        """The changes that put in one of some names and little else, but not where one of others stood."""
        told = self._added.get((names, instead_of))
        if told is None:
            told = self._added[names, instead_of] = list(_adding(self.edits, names, instead_of))
        return told


# The match of two documents of one house, where nobody looks at it.
UNSEEN = Seen((), 0.0, False)


def turned(edits: Iterable[Change]) -> tuple[Turned, ...]:
    """A match's edits read from b to a."""
    return tuple([Turned(_TURNED[edit.kind], edit.b_text, edit.a_text, edit) for edit in edits])


def _adding(edits: Iterable[Change], names: Iterable[str], instead_of: Iterable[str]) -> Iterator[Change]:
    """The changes by which a name and little else was put in: an outlet's own paragraph may speak of it, too."""
    names, others = ([name for name in some if len(name) >= NAME_LETTERS] for some in (names, instead_of))
    shortest = min(map(len, names), default=0)
    for edit in edits if names else ():
        now = edit.b_text
        if edit.kind not in ("inserted", "replaced") or (len(now) < shortest and now.isascii()):
            continue
        added = letters(now)
        put_in = [name for name in names if name in added and len(added) <= len(name) + BESIDE_NAME]
        was = letters(edit.a_text) if put_in else ""
        if not all(name in was for name in put_in) and not any(name in was for name in others):
            yield edit
