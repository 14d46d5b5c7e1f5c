"""Two pages side by side: what is shared, what one did to the other, and how it was decided."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from dedup.exhibits.paragraphs import Mark, Part, Row, rows_of
from dedup.index import Compared, Index
from dedup.model import Change, ChangeAction, ChangeKind, Changes, Document, Judgement, Kind, Link, Reason, Span

# Evidence whose places in the copy are names that its outlet put in.
_NAMED = ("own_name", "name_glued")


@dataclass(frozen=True, slots=True)
class Side:
    """One of two pages. Dates are ISO 8601."""

    id: str
    outlet: str | None
    title: str | None
    url: str | None
    published: str | None
    crawled: str | None
    byline: str | None


@dataclass(frozen=True, slots=True)
class Noted:
    """A change above the texts: what was there and is there now, and the number of the row in which it stands."""

    kind: ChangeKind
    action: ChangeAction
    was: str
    now: str
    sentence: str
    row: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was told of the two: a kind of link, which parts of both it covers, and who copied with what reasons."""

    kind: Kind
    coverage: float
    share: float
    resemblance: float
    confidence: float
    decided: bool
    reasons: tuple[str, ...]
    evidence: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two pages, the source first. ``is_copy`` says that the second is known to be a copy of the first; ``turned`` that
    they were asked for the other way round.

    ``coverage`` is the part of the source's words found in the copy, ``share`` that of the copy's found in the source,
    ``matched_words`` and ``longest_run`` count words: all are 0 where they share no passage, and then there is one row.
    ``differences`` counts those inside passages, by whose numbers the parts of the rows go.
    """

    source: Side
    copy: Side
    is_copy: bool
    turned: bool
    coverage: float
    share: float
    matched_words: int
    longest_run: int
    summary: Changes | None
    changes: tuple[Noted, ...]
    headline: tuple[tuple[Part, ...], tuple[Part, ...]]
    rows: tuple[Row, ...]
    differences: int
    verdict: Verdict | None
    judgement: Judgement | None


def comparison(index: Index, a: str, b: str) -> Comparison:
    """Two stored pages, by id or URL, side by side. Raises ``UnknownDocument``."""
    compared = index.compare_pages(a, b)
    turned = compared is not None and compared.turned
    source, copy = (index.get(id) for id in ((b, a) if turned else (a, b)))
    link = index.link_between(source.id, copy.id)
    match = compared.match if compared else None
    rows = rows_of(source.text, copy.text, match, _named(compared, link))
    return Comparison(
        source=_side(source),
        copy=_side(copy),
        is_copy=compared is not None and compared.is_copy,
        turned=turned,
        coverage=match.coverage_a if match else 0.0,
        share=match.coverage_b if match else 0.0,
        matched_words=match.matched_words if match else 0,
        longest_run=match.longest_run if match else 0,
        summary=compared.summary if compared else None,
        changes=_noted(compared.changes, rows) if compared else (),
        headline=headline(source.title or "", copy.title or ""),
        rows=rows,
        differences=len(match.edits) if match else 0,
        verdict=_verdict(link) if link else None,
        judgement=index.judgement(source.id, copy.id),
    )


def headline(was: str, now: str) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Two headlines word by word: what both have, in whatever case, and what only one has."""
    ours, theirs = was.split(), now.split()
    found = SequenceMatcher(None, [word.casefold() for word in ours], [word.casefold() for word in theirs], False)
    left, right = list[Part](), list[Part]()
    for kind, a, a_end, b, b_end in found.get_opcodes():
        if a < a_end:
            left.append(Part(" ".join(ours[a:a_end]), _WORDS[kind]))
        if b < b_end:
            right.append(Part(" ".join(theirs[b:b_end]), _WORDS[kind]))
    return tuple(left), tuple(right)


_WORDS: dict[str, Mark] = {"equal": "same", "insert": "inserted", "delete": "dropped", "replace": "replaced"}


def _side(page: Document) -> Side:
    return Side(page.id, page.outlet, page.title, page.url, page.published, page.crawled, page.byline)


def _verdict(link: Link) -> Verdict:
    decided = link.direction == "decided"
    return Verdict(
        link.kind, link.coverage, link.share, link.resemblance, link.confidence, decided, link.reasons, link.evidence
    )


def _named(compared: Compared | None, link: Link | None) -> list[Span]:
    """Where the copy has a name that its outlet put in."""
    if compared is None:
        return []
    promoted = [change.copy for change in compared.changes if change.kind == "promotion" and change.now]
    evidence = link.evidence if link and link.direction == "decided" else ()
    return promoted + [span for reason in evidence if reason.name in _NAMED for span in reason.copy_spans]


def _noted(changes: Sequence[Change], rows: Sequence[Row]) -> tuple[Noted, ...]:
    """Changes but those of words, of which the texts are full, each with the row in which it is to be seen."""
    ends: dict[str, list[int]] = {"left": [0], "right": [0]}
    for row in rows:
        for side, parts in (("left", row.left), ("right", row.right)):
            ends[side].append(ends[side][-1] + sum(len(part.text) for part in parts))
    return tuple(
        Noted(one.kind, one.action, one.was, one.now, one.sentence, _row_of(one, ends))
        for one in changes
        if one.kind != "words"
    )


def _row_of(change: Change, ends: dict[str, list[int]]) -> int:
    side, at = ("left", change.source.start) if change.action == "dropped" else ("right", change.copy.start)
    return min(max(0, bisect_right(ends[side], at) - 1), len(ends[side]) - 2)
