"""Documents and their texts: what is read, how it is fingerprinted, and what two texts share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from dedup.model.notebook import table

if TYPE_CHECKING:  # numpy takes a tenth of a second to import, and the command line starts without it
    import numpy as np
    from numpy.typing import NDArray

Ids: TypeAlias = "NDArray[np.uint32]"
Offsets: TypeAlias = "NDArray[np.int32]"

EditKind = Literal["inserted", "dropped", "replaced", "respaced"]
DatePrecision = Literal["day", "minute", "second"]


@dataclass(frozen=True, slots=True)
class Settings:
    """What fingerprints are made with; stored with the index and compared when it is opened.

    The figures behind the defaults stand in ``sketch.py`` and ``windows.py``, which use them.
    """

    shingle_words: int = 5
    permutations: int = 128
    seed: int = 1
    scheme: str = "affine32"
    bands: int = 16
    band_rows: int = 8
    window_shingles: int = 16
    lead_words: int = 80
    lead_shingles: int = 8
    normaliser: int = 3

    def __post_init__(self) -> None:
        if min(value for value in asdict(self).values() if isinstance(value, int)) < 1:
            raise ValueError(f"settings must be positive: {self}")
        if self.bands * self.band_rows > self.permutations:
            raise ValueError(f"{self.bands} bands of {self.band_rows} rows need more permutations: {self}")

    @property
    def promised_words(self) -> int:
        """The shortest unbroken shared run, in words, that is sure to share a key."""
        return self.window_shingles + self.shingle_words - 1

    def as_dict(self) -> dict[str, str]:
        """The settings by name, as text: how they are stored."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)``; empty spans mark a place. Raises ``ValueError`` when reversed."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"not a span: [{self.start}, {self.end})")

    def __len__(self) -> int:
        return self.end - self.start

    def overlap(self, other: Span) -> int:
        """The length that both cover; 0 when they are apart."""
        return max(0, min(self.end, other.end) - max(self.start, other.start))


@dataclass(frozen=True, slots=True)
class Document:
    """One published page: its text and what is known about it.

    ``published`` and ``crawled`` are ISO 8601 with the precision that was given: ``2024-05-06``,
    ``2024-05-06T13:40`` or ``2024-05-06T13:40:43``, with ``+00:00`` when the zone was known (then in UTC).
    ``outlet`` is a registered domain or a name; ``site_name`` is the name the page gives itself.
    ``canonical`` is the address the page says is the true one, ``based_on`` the address it says it was taken from:
    evidence, never identity. ``robots`` is ``noindex`` where it asks search engines not to list it.
    ``origin`` is where it was read, ``path`` or ``path:line``.
    """

    id: str
    text: str
    url: str | None = None
    title: str | None = None
    outlet: str | None = None
    site_name: str | None = None
    published: str | None = None
    crawled: str | None = None
    byline: str | None = None
    dateline: str | None = None
    language: str | None = None
    canonical: str | None = None
    based_on: str | None = None
    robots: str | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was refused: where it stood and why."""

    path: str
    line: int | None
    problem: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.problem}" if self.line is not None else f"{self.path}: {self.problem}"


@dataclass(frozen=True, slots=True)
class FileRead:
    """A file that was read to its end: its size and time of change before it was, how it was read, and how many
    documents it gave."""

    name: str
    bytes: int
    modified_ns: int
    how: str
    documents: int


@dataclass(frozen=True, slots=True)
class Tokens:
    """A text and its tokens: ``ids`` uint32 (equal words, equal ids), ``starts`` and ``ends`` int32 characters.

    All three have shape ``(n,)``; ``text[starts[i]:ends[i]]`` is token ``i`` as it was written.
    """

    text: str
    ids: Ids
    starts: Offsets
    ends: Offsets

    def __len__(self) -> int:
        return len(self.ids)

    def chars(self, tokens: Span) -> Span:
        """The characters from the first to the last token of ``tokens``; an empty span where it is empty."""
        if len(tokens):
            return Span(int(self.starts[tokens.start]), int(self.ends[tokens.end - 1]))
        place = int(self.starts[tokens.start]) if tokens.start < len(self) else len(self.text)
        return Span(place, place)


@dataclass(frozen=True, slots=True)
class Edit:
    """One difference inside a passage, from ``a`` to ``b``: characters of each text, and the words there.

    ``inserted`` stands in ``b`` only, ``dropped`` in ``a`` only, ``replaced`` differs; ``respaced`` has the same
    letters with other spaces. A name glued to a word gives an ``inserted`` edit whose span ends inside the word.
    """

    kind: EditKind
    a: Span
    b: Span
    a_text: str
    b_text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch that two texts share: characters ``a`` and ``b``, and how many words of it are equal.

    ``a_tokens`` and ``b_tokens`` are the same stretch in token positions.
    """

    a: Span
    b: Span
    words: int
    a_tokens: Span
    b_tokens: Span


@dataclass(frozen=True, slots=True)
class Match:
    """Two texts and what they share; symmetric but for which is called ``a``.

    ``coverage_a`` is the part of a's words found in b, ``coverage_b`` the part of b's words found in a, both of
    all words, furniture included. ``longest_run`` counts words without any difference. ``edits`` are the
    differences inside passages, in the order of ``a``.
    """

    passages: tuple[Passage, ...]
    coverage_a: float
    coverage_b: float
    matched_words: int
    longest_run: int
    edits: tuple[Edit, ...] = ()

    def _repr_html_(self) -> str:
        """The match as a notebook shows it: how much is shared, and where."""
        caption = (
            f"{self.coverage_a:.0%} of the first text and {self.coverage_b:.0%} of the second are shared: "
            f"{self.matched_words:,} words, at most {self.longest_run:,} in one piece; {len(self.edits):,} differences"
        )
        rows = [(one.words, f"{one.a.start} to {one.a.end}", f"{one.b.start} to {one.b.end}") for one in self.passages]
        return table(caption, ("words", "characters of the first", "characters of the second"), rows)


class Places(NamedTuple):
    """Where a match has its passages and edits, in bare characters, which take a tenth of the time of a ``Match``.

    Passages are ``(start, end)`` of the first text, then of the second; edits have their kind before these four.
    """

    passages: Sequence[tuple[int, int, int, int]]
    edits: Sequence[tuple[EditKind, int, int, int, int]]

    @classmethod
    def of(cls, match: Match) -> Places:
        """The places of a match."""
        return cls(
            [(p.a.start, p.a.end, p.b.start, p.b.end) for p in match.passages],
            [(e.kind, e.a.start, e.a.end, e.b.start, e.b.end) for e in match.edits],
        )

    def turned(self) -> Places:
        """The same, with the two texts in each other's place."""
        return Places(
            [(c, d, a, b) for a, b, c, d in self.passages],
            [(_TURNED.get(kind, kind), c, d, a, b) for kind, a, b, c, d in self.edits],
        )


_TURNED: Mapping[EditKind, EditKind] = {"inserted": "dropped", "dropped": "inserted"}
