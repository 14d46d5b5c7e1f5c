"""What is known of documents and of their matches once texts are out of sight. Masks are bool arrays over tokens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.model import Span
from dedup.seen import Change
from dedup.sources import MIRROR, Source, letters, same_house

Mask: TypeAlias = NDArray[np.bool_]
Pair: TypeAlias = tuple[int, int]
# Some tokens of a text as the bits of a number: two such are compared in a tenth of the time of two masks.
Bits: TypeAlias = int


class Stretch(Protocol):
    """What a scene reads of a ``Passage``: its words that are equal, and its place in tokens of both texts."""

    @property
    def words(self) -> int: ...
    @property
    def a_tokens(self) -> Span: ...
    @property
    def b_tokens(self) -> Span: ...


class Shared(Protocol):
    """What a scene reads of a ``Match``."""

    @property
    def matched_words(self) -> int: ...
    @property
    def passages(self) -> Sequence[Stretch]: ...
    @property
    def edits(self) -> Sequence[Change]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """A document without its text: who published it, masks of its tokens (body, numbers), its signature.

    ``plate`` are the tokens that stand in many unrelated stories, as far as that is known; ``None`` for none.
    """

    number: int
    id: str
    title: str | None
    source: Source
    body: Mask
    body_words: int
    numbers: Mask
    signature: NDArray[np.uint32]
    plate: Mask | None = None

    @property
    def plain(self) -> Mask:
        """The tokens that count between houses, as far as that is known: the body without what is boilerplate."""
        return self.body if self.plate is None else self.body & ~self.plate

    @property
    def is_marked(self) -> bool:
        """Whether the page shows what mirrors do, or its outlet is known to copy."""
        return self.source.glues_name or self.source.habit >= MIRROR

    @property
    def prior(self) -> tuple[bool, bool, int, str, str]:
        """Sorts likelier originals first: an agency's page, none that shows a mirror's marks, the longer body, the
        earlier date, then the id."""
        return not self.source.is_agency, self.is_marked, -self.body_words, self.source.published or "9", self.id


def count(mask: Mask) -> int:
    """How many tokens a mask marks."""
    return int(np.count_nonzero(mask))


def region_of(size: int, spans: Iterable[Span]) -> Mask:
    """The tokens that spans cover, of so many."""
    region = np.zeros(size, dtype=bool)
    for span in spans:
        region[span.start : span.end] = True
    return region


def bits_of(stretches: Iterable[Pair]) -> Bits:
    """The tokens that stretches, ``(start, end)``, cover."""
    bits = 0
    for start, end in stretches:
        bits |= (1 << end) - (1 << start)
    return bits


def is_same(one: Bits, two: Bits) -> bool:
    """Whether two parts of a text are one: half of the lesser is in both."""
    return 2 * (one & two).bit_count() >= min(one.bit_count(), two.bit_count())


def pair_of(one: int, two: int) -> Pair:
    """Two documents as their pair, the lesser number first."""
    return (one, two) if one < two else (two, one)


def ends(pairs: Iterable[Pair]) -> set[int]:
    """The documents of pairs."""
    return {number for pair in pairs for number in pair}


def foreign_pairs(facts: Mapping[int, Facts], pairs: Iterable[Pair]) -> list[Pair]:
    """Those of the pairs whose documents are of two houses."""
    return [(a, b) for a, b in pairs if not same_house(facts[a].source, facts[b].source)]


def foreign_credit(fact: Facts) -> tuple[str | None, str] | None:
    """The first credit that is not to the document's own outlet."""
    for agency, name in fact.source.credits:
        if letters(name) not in fact.source.names and (agency is None or agency != fact.source.agency):
            return agency, name
    return None
