"""What is told of documents: links with their reasons, stories, answers, and what a person said."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal

from dedup.model.notebook import table
from dedup.model.texts import Reject, Span

Kind = Literal["full", "partial", "excerpt", "teaser", "version"]
# What adding does to documents, one step after the other.
Step = Literal["compared", "linked"]

KINDS: tuple[Kind, ...] = ("full", "partial", "version", "excerpt", "teaser")
DEFAULT_KINDS: tuple[Kind, ...] = ("full", "partial", "version")
# What a copy did to its source, besides words inserted, dropped and replaced.
ChangeKind = Literal["names", "numbers", "quotations", "credits", "promotion", "words"]
ChangeAction = Literal["inserted", "dropped", "replaced"]
# What shows who a text is from, as people call it.
CreditForm = Literal["credit line", "notice", "dateline", "byline"]

# In the order in which changes are told.
CHANGE_KINDS: tuple[ChangeKind, ...] = ("credits", "names", "numbers", "quotations", "promotion", "words")
# What a person says of two pages: the first is a copy of the second, or its original, or neither, or nobody can know.
Judged = Literal["copy", "original", "unrelated", "unknown"]


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence of who copied: its name, weight, a sentence for people, and the characters that show it.

    ``weight`` is in log-odds: above 0 it speaks for the link's copy having been taken from its original, below 0 for
    the other way round. ``copy_spans`` and ``original_spans`` are places in the two texts; none where a field shows it.
    """

    name: str
    weight: float
    sentence: str
    copy_spans: tuple[Span, ...] = ()
    original_spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Changes:
    """What a copy did to its source: words by what was done to them, and how many changes there are of each kind.

    ``inserted`` and ``dropped`` count words that only the copy or only the source has, ``replaced`` words of the source
    for which others stand. ``names`` and ``quotations`` count changes that touch one, ``numbers`` numbers and dates for
    which others stand, ``credits`` credits and notices of the source that the copy lacks, ``promotion`` additions that
    promote the copy's own outlet.
    """

    inserted: int = 0
    dropped: int = 0
    replaced: int = 0
    names: int = 0
    numbers: int = 0
    quotations: int = 0
    credits: int = 0
    promotion: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a copy did to its source: what was there, what is there now, and where in the two texts.

    ``was`` is empty for what was inserted, ``now`` for what was dropped, and their spans then mark a place. A number is
    told whole, as in "3.64 million" for "3.641 million". ``form`` is that of a credit.
    """

    kind: ChangeKind
    action: ChangeAction
    was: str
    now: str
    source: Span
    copy: Span
    form: CreditForm | None = None

    @property
    def sentence(self) -> str:
        """The change for people: "the credit line “(Reporting by Ann Poe)” was removed"."""
        was, now = (" ".join(text.split()) for text in (self.was, self.now))
        thing, verb = self.form or _THINGS[self.kind], "were" if self.kind == "words" else "was"
        if self.action == "replaced":
            return f"the {thing} “{was}” {verb} replaced by “{now}”"
        return f"the {thing} “{was or now}” {verb} {'removed' if self.action == 'dropped' else 'added'}"


_THINGS: Mapping[ChangeKind, str] = {
    "names": "name",
    "numbers": "number",
    "quotations": "quotation",
    "credits": "credit line",
    "promotion": "promotion",
    "words": "words",
}


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a person said of two documents, by their ids: what ``copy`` is to ``original``, when (ISO 8601), and why."""

    copy: str
    original: str
    verdict: Judged
    judged_at: str
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A copy and where it came from, as it is exported.

    ``original`` is the immediate source, ``root`` the original of its story; each is ``None`` where the corpus does not
    hold it. ``coverage`` is the part of the original's words found in the copy, ``share`` the part of the copy's words
    that come from it. ``confidence`` is that of the direction; with ``direction`` "unknown" the two ids stand in the
    order of their ids. ``reasons`` are the sentences of ``evidence``, and what else led there. ``changes`` is ``None``
    where there is no source to compare with.
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
    root: str | None = None
    changes: Changes | None = None
    evidence: tuple[Reason, ...] = ()

    @property
    def runs_story(self) -> bool:
        """Whether the copy ran the story: is a copy or version of it, or a part of it that is half of the copy."""
        return self.kind in DEFAULT_KINDS or (self.kind == "excerpt" and self.share >= 0.5)

    def as_dict(self) -> dict[str, object]:
        """The exported keys; ``direction`` only where it is unknown. The evidence is told in the reasons."""
        row: dict[str, object] = {name: getattr(self, name) for name in self.__slots__ if name not in _TOLD_APART}
        row["reasons"] = list(self.reasons)
        row["changes"] = asdict(self.changes) if self.changes else None
        return row if self.direction == "decided" else {**row, "direction": self.direction}


_TOLD_APART = ("direction", "evidence")


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

    def _repr_html_(self) -> str:
        """The story as a notebook shows it."""
        original = self.original or (f"{self.agency}, absent" if self.agency else "unknown")
        row = (original, self.first_published, self.copies, self.outlets)
        return table(self.title or self.id, ("original", "first published", "copies", "outlets"), [row])


@dataclass(frozen=True, slots=True)
class OutletPair:
    """How often one outlet copied another. ``median_lag_hours`` is ``None`` without two usable dates."""

    copier: str
    source: str
    copies: int
    full: int
    median_lag_hours: float | None


@dataclass(frozen=True, slots=True)
class OutletHabit:
    """What an outlet does: its documents, how many are copies of other houses' pages and how many have copies there, as
    far as the pages' own evidence decides it (``decided_copies``, ``decided_copied``), and what was learned of that:
    ``habit`` in log-odds, above 0 where it copies, and ``names`` that it glues into its prose, as bare letters.
    """

    outlet: str
    documents: int
    decided_copies: int
    decided_copied: int
    habit: float
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tally:
    """What one document's links were (its number), told without any knowledge of outlets: whether it is a copy of
    another house's page or has copies there, whether a direction is undecided, and phrases glued into its prose alone.
    """

    document: int
    copies: bool
    copied: bool
    undecided: bool
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Publisher:
    """A row of an answer: one page that ran the story, and how it stands to the original.

    Of a copy also: ``original``, the page that it was taken from, ``source``, its outlet or an agency, else its id,
    ``credits``, whom of these it credits, and ``licensed``, whether the list of partners has it publish their stories;
    of any page ``first_seen``, the day it was crawled. ``depth`` is how many pages of the answer it is away from the
    one that its line of copies begins with.
    """

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
    original: str | None = None
    source: str | None = None
    credits: str | None = None
    first_seen: str | None = None
    licensed: bool = False
    depth: int = 0
    changes: Changes | None = None


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
