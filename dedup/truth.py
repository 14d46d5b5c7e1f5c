"""Values of an evaluation: what somebody who knows says of documents, and how well links agree with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from dedup.model import DEFAULT_KINDS, Kind, Link, Reject

Wrong = Literal["missed", "no copy", "a teaser", "another original", "the other way"]


@dataclass(frozen=True, slots=True)
class Label:
    """What two documents are to each other, by somebody who knows.

    ``original`` is ``None`` where the corpus does not hold it. ``kind`` is ``None`` where all that is known is that
    they share the story, "unrelated" where they do not. With ``directed`` false nobody knows who copied. ``coverage``
    is the part of the original's words that truly stand in the copy, ``story`` any name of the story, where known.
    ``origin`` is where the label was read, ``path:line``. A label that stands ``alone`` says nothing of what else the
    copy may have been taken from.
    """

    copy: str
    original: str | None
    kind: Kind | Literal["unrelated"] | None = None
    directed: bool = True
    coverage: float | None = None
    story: str | None = None
    origin: str | None = None
    alone: bool = False

    @property
    def has_story(self) -> bool:
        """Whether the copy has the story or a part of it, rather than nothing or an announcement."""
        return self.kind not in ("teaser", "unrelated")

    @property
    def is_copy(self) -> bool:
        """Whether the copy ran the story, rather than quoted or announced it."""
        return self.kind is None or self.kind in DEFAULT_KINDS


@dataclass(frozen=True, slots=True)
class Measured:
    """A measure's value and the interval that holds it 95 times in 100; all ``None`` where there was nothing to count.

    ``right`` of ``of`` things counted; both are 0 for measures that are no plain ratio.
    """

    value: float | None
    low: float | None
    high: float | None
    right: int
    of: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """One thing that is wrong: what, of which documents, what was told (if anything) and what is true (if known)."""

    wrong: Wrong
    copy: str
    original: str | None
    told: Link | None
    label: Label | None


@dataclass(frozen=True, slots=True)
class Group:
    """Measures of a part of what was judged: links and labels of a kind, or of originals of so many words."""

    by: Literal["kind", "words"]
    name: str
    measures: Mapping[str, Measured]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How good links are: ``measures`` by name, the same by group, every mistake, and labels that were refused."""

    measures: Mapping[str, Measured]
    groups: tuple[Group, ...]
    mistakes: tuple[Mistake, ...]
    rejects: tuple[Reject, ...] = ()
