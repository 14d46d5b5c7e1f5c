"""The ground: the values that every room passes on, the settings, and the errors.

Spans are half-open and zero-based. Scores are floats in [0, 1]. Nothing here knows how a value is made.

Errors::

    DedupError
      CorpusError          input that cannot be read (path, line)
      StoreError           a database that cannot be used
        SettingsMismatch   made with other fingerprint settings
        StoreBusy          another process is writing
      UnknownDocument      an id or URL that is not in the store
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:  # numpy takes a tenth of a second to import, and the command line starts without it
    import numpy as np
    from numpy.typing import NDArray

Ids: TypeAlias = "NDArray[np.uint32]"
Offsets: TypeAlias = "NDArray[np.int32]"

Kind = Literal["full", "partial", "excerpt", "teaser", "version"]
EditKind = Literal["inserted", "dropped", "replaced", "respaced"]
DatePrecision = Literal["day", "minute", "second"]
# What adding does to documents, one step after the other.
Step = Literal["compared", "linked"]

KINDS: tuple[Kind, ...] = ("full", "partial", "version", "excerpt", "teaser")
DEFAULT_KINDS: tuple[Kind, ...] = ("full", "partial", "version")


class DedupError(Exception):
    """Above all errors of ours; its text is one sentence for the person who asked."""


class CorpusError(DedupError):
    """Input that cannot be read: where, and what is wrong with it."""

    def __init__(self, path: str, problem: str, line: int | None = None) -> None:
        self.path, self.problem, self.line = path, problem, line
        super().__init__(f"{path}:{line}: {problem}" if line is not None else f"{path}: {problem}")


class StoreError(DedupError):
    """A database that cannot be opened, read or written."""


class SettingsMismatch(StoreError):
    """A store made with other fingerprint settings; the text names each one that differs."""


class StoreBusy(StoreError):
    """Another process holds the store for writing."""


class UnknownDocument(DedupError):
    """An id or URL that the store does not hold."""


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
    ``canonical`` is the address the page says is the true one: evidence, never identity.
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


@dataclass(frozen=True, slots=True)
class Link:
    """A copy and where it came from, as it is exported.

    ``original`` is ``None`` where the corpus does not hold it. ``coverage`` is the part of the original's words
    found in the copy, ``share`` the part of the copy's words that come from it. ``confidence`` is that of the
    direction; with ``direction`` "unknown" the two ids stand in the order of their ids.
    """

    copy: str
    original: str | None
    kind: Kind
    coverage: float
    share: float
    matched_words: int
    resemblance: float
    confidence: float
    reasons: tuple[str, ...]
    story: str
    agency: str | None = None
    direction: Literal["decided", "unknown"] = "decided"

    @property
    def runs_story(self) -> bool:
        """Whether the copy ran the story: is a copy or version of it, or a part of it that is half of the copy."""
        return self.kind in DEFAULT_KINDS or (self.kind == "excerpt" and self.share >= 0.5)

    def as_dict(self) -> dict[str, object]:
        """The exported keys; ``direction`` only where it is unknown."""
        row: dict[str, object] = {name: getattr(self, name) for name in self.__slots__}
        row["reasons"] = list(self.reasons)
        if self.direction == "decided":
            del row["direction"]
        return row


@dataclass(frozen=True, slots=True)
class Story:
    """An original and its copies. ``original`` is ``None`` where the corpus does not hold it.

    ``stand_in`` is the document that the others were compared with: the original, or the fullest copy of an
    absent one. ``copies`` counts documents linked as full, partial or version; ``outlets`` those that ran it.
    """

    id: str
    original: str | None
    stand_in: str
    title: str | None
    agency: str | None
    copies: int
    outlets: int
    first_published: str | None


@dataclass(frozen=True, slots=True)
class OutletPair:
    """How often one outlet copied another. ``median_lag_hours`` is ``None`` without two usable dates."""

    copier: str
    source: str
    copies: int
    full: int
    median_lag_hours: float | None


@dataclass(frozen=True, slots=True)
class Publisher:
    """A row of an answer: one page that ran the story, and how it stands to the original."""

    id: str
    outlet: str | None
    title: str | None
    url: str | None
    published: str | None
    role: Literal["original", "copy", "undecided"]
    kind: Kind | None
    coverage: float | None
    share: float | None
    confidence: float | None
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What is known of a page: the story, its original with reasons, and everyone who published it.

    ``found`` is false where nothing in the store shares a story with it; then ``publishers`` is empty.
    ``source`` is the page that this one was taken from, which need not be the story's original.
    ``others`` are passages shared with pages of other stories: excerpts and teasers.
    """

    asked: str
    found: bool
    story: Story | None
    original: str | None
    agency: str | None
    direction: Literal["decided", "unknown", "absent"] | None
    confidence: float | None
    reasons: tuple[str, ...]
    publishers: tuple[Publisher, ...]
    others: tuple[Link, ...] = ()
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Added:
    """What one call of ``Index.add`` did: counts of documents, and the records that were refused."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: int = 0
    rejects: tuple[Reject, ...] = ()


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A node of the exported graph: a document or an outlet; ``attributes`` values are str, int, float or None."""

    id: str
    label: str
    attributes: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class GraphEdge:
    """An edge copy -> original; ``directed`` is false where nobody can say who copied."""

    source: str
    target: str
    weight: float
    directed: bool = True
    attributes: Mapping[str, str | int | float | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes sorted by id, edges sorted by (source, target); an edge's ends are among the nodes."""

    nodes: tuple[GraphNode, ...]
    edges: tuple[GraphEdge, ...]
