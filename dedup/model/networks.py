"""The network of outlets: who took how much from whom, and when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NetworkOutlet:
    """An outlet, or an agency of which only copies are here (``in_corpus`` is false, and it has no documents).

    ``copies`` counts its documents that are copies, ``copied`` the copies of its documents, of its own outlet among
    them, in the whole store.
    """

    name: str
    documents: int
    copies: int
    copied: int
    is_agency: bool
    in_corpus: bool


@dataclass(frozen=True, slots=True)
class Exchange:
    """What one outlet took from another in a month (empty for copies without a date) of one agency's stories
    (``None``: of none's): copies, those of whole stories, and by how many hours each came later, where that is known.
    """

    copier: str
    source: str
    month: str
    agency: str | None
    copies: int
    full: int
    lag_hours: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class PairLink:
    """One copy that an outlet has of another's page; ``original`` is ``None`` where that is absent, and the outlet is
    then an agency. Dates are those published, else crawled; ``lag_hours`` is between those published."""

    copy: str
    original: str | None
    copy_title: str | None
    original_title: str | None
    copy_date: str | None
    original_date: str | None
    kind: str
    coverage: float
    share: float
    matched_words: int
    story: str
    agency: str | None
    lag_hours: float | None
