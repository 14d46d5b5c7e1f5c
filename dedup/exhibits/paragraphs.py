"""Two texts as paragraphs side by side: which stand next to each other, and what became of each stretch of them.

The pairing is the heaviest chain of pairs in the order of both texts, by the characters that two paragraphs share
through passages; what it leaves out though it is shared was moved.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, NamedTuple, TypeAlias

import numpy as np

from dedup.model import Edit, Match, Span

# What a stretch of a text is: in no passage, shared, only in the source, only in the copy, another in each, the same
# but for its spaces, or a name that the copy's outlet put in.
Mark = Literal["", "same", "dropped", "inserted", "replaced", "respaced", "named"]
MARKS: tuple[Mark, ...] = ("", "same", "dropped", "inserted", "replaced", "respaced", "named")
_MARK_OF: dict[str, Mark] = {name: name for name in MARKS}
# A part of a paragraph that is also elsewhere counts as moved from this many of its characters on: less is a phrase.
MOVED_CHARS = 60

Ends: TypeAlias = tuple[int, int]
# The two ends of a stretch that two texts share word by word.
Run: TypeAlias = tuple[int, int, int, int]
_LINE = re.compile(r"^(?=[^\n]*\S)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a text as it is written, what it is, and the number of the difference that it belongs to."""

    text: str
    mark: Mark
    difference: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """Paragraphs of the source beside those of the copy; either may be none.

    ``moved_to`` is the row in which the copy has what stands here on the left, ``moved_from`` that in which the source
    has what stands here on the right; ``None`` where it was not moved.
    """

    left: tuple[Part, ...]
    right: tuple[Part, ...]
    moved_to: int | None = None
    moved_from: int | None = None


class _Painted(NamedTuple):
    """A text with the bounds of its stretches, and the mark and the difference (or -1) of each."""

    text: str
    bounds: list[int]
    marks: list[tuple[Mark, int]]


def rows_of(source: str, copy: str, match: Match | None, named: Sequence[Span] = ()) -> tuple[Row, ...]:
    """Both texts, whole and in their order, as rows. ``named`` are places in the copy of names that were put in.

    Without a match there is one row with all of both.
    """
    if match is None:
        return (Row((Part(source, ""),), (Part(copy, ""),)),)
    left, right = paragraphs(source), paragraphs(copy)
    weights = shared_chars(left, right, list(runs_of(match)))
    groups = rows_in_order(len(left), len(right), heaviest_chain(weights))
    names: list[tuple[Span, Mark, int]] = [(span, "named", -1) for span in named]
    ours = _painted(source, [passage.a for passage in match.passages], _edited(match.edits, "a"))
    theirs = _painted(copy, [passage.b for passage in match.passages], [*_edited(match.edits, "b"), *names])
    moved = _moved(weights, groups)
    return tuple(
        Row(_cut(ours, left, rows[0]), _cut(theirs, right, rows[1]), *moved[n]) for n, rows in enumerate(groups)
    )


def paragraphs(text: str) -> list[Ends]:
    """The lines of a text that say anything, each with the empty ones that follow it, so that together they are all of
    it; none for an empty text."""
    starts = [match.start() for match in _LINE.finditer(text)]
    bounds = [0, *starts[1:], len(text)] if text else [0]
    return list(pairwise(bounds))


def runs_of(match: Match) -> Iterator[Run]:
    """The stretches between the edits of each passage, which are the same in both texts but for letters and spaces."""
    edits = sorted(match.edits, key=lambda edit: (edit.b.start, edit.a.start))
    for passage in match.passages:
        a, b = passage.a.start, passage.b.start
        for edit in edits:
            if _within(edit.a, passage.a) and _within(edit.b, passage.b):
                if edit.a.start > a and edit.b.start > b:
                    yield a, edit.a.start, b, edit.b.start
                a, b = edit.a.end, edit.b.end
        if a < passage.a.end and b < passage.b.end:
            yield a, passage.a.end, b, passage.b.end


def shared_chars(left: Sequence[Ends], right: Sequence[Ends], runs: Sequence[Run]) -> dict[Ends, float]:
    """How many characters each two paragraphs share, of those that share any; a run's two sides are laid over each
    other in proportion, since their spaces may differ."""
    weights: defaultdict[Ends, float] = defaultdict(float)
    for a, a_end, b, b_end in runs:
        scale = (b_end - b) / (a_end - a)
        for i in _touched(left, a, a_end):
            start, end = max(a, left[i][0]), min(a_end, left[i][1])
            one, two = b + (start - a) * scale, b + (end - a) * scale
            for j in _touched(right, one, two):
                weights[i, j] += max(0.0, min(two, right[j][1]) - max(one, right[j][0]))
    return {pair: weight for pair, weight in weights.items() if weight >= 1}


def heaviest_chain(weights: dict[Ends, float]) -> list[Ends]:
    """The pairs of most weight together that stand in the order of both texts; one paragraph may be in several."""
    pairs = sorted(weights)
    best: list[tuple[float, int]] = []  # of chains that end here: weight and the pair before
    for n, (i, j) in enumerate(pairs):
        before = max(((best[m][0], m) for m in range(n) if pairs[m][0] <= i and pairs[m][1] <= j), default=(0.0, -1))
        best.append((before[0] + weights[i, j], before[1]))
    chain, at = [], max(range(len(best)), key=lambda n: best[n][0], default=-1)
    while at >= 0:
        chain.append(pairs[at])
        at = best[at][1]
    return chain[::-1]


def rows_in_order(left: int, right: int, chain: Sequence[Ends]) -> list[tuple[range, range]]:
    """The rows of so many paragraphs on each side: those that the chain joins beside each other, the others alone in
    between, the source's first."""
    rows: list[tuple[range, range]] = []
    a = b = 0
    for i, j, i_end, j_end in _joined(chain):
        rows += _alone(a, i, b, j)
        rows.append((range(i, i_end), range(j, j_end)))
        a, b = i_end, j_end
    return rows + _alone(a, left, b, right)


def _joined(chain: Sequence[Ends]) -> list[Run]:
    """Pairs that have a paragraph in common as one group: first and end on both sides."""
    groups: list[list[int]] = []
    for i, j in chain:
        if groups and (i < groups[-1][2] or j < groups[-1][3]):
            groups[-1][2:] = [max(groups[-1][2], i + 1), max(groups[-1][3], j + 1)]
        else:
            groups.append([i, j, i + 1, j + 1])
    return [(i, j, i_end, j_end) for i, j, i_end, j_end in groups]


def _alone(a: int, a_end: int, b: int, b_end: int) -> list[tuple[range, range]]:
    ours = [(range(a, a_end), range(0))] if a < a_end else []
    return ours + ([(range(0), range(b, b_end))] if b < b_end else [])


def _moved(weights: dict[Ends, float], groups: Sequence[tuple[range, range]]) -> list[tuple[int | None, int | None]]:
    """Of each row, where what it has is found on the other side, if that is another row."""
    row_of = [{n: at for at, sides in enumerate(groups) for n in sides[side]} for side in (0, 1)]
    moved: list[list[int | None]] = [[None, None] for _ in groups]
    for (i, j), weight in sorted(weights.items(), key=lambda item: item[1]):
        here, there = row_of[0][i], row_of[1][j]
        if here != there and weight >= MOVED_CHARS:
            moved[here][0], moved[there][1] = there, here
    return [(to, since) for to, since in moved]


def _touched(spans: Sequence[Ends], start: float, end: float) -> Iterator[int]:
    """The spans, which follow each other without a gap, that a stretch touches."""
    low, high = 0, len(spans)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if spans[middle][1] <= start else (low, middle)
    while low < len(spans) and spans[low][0] < end:
        yield low
        low += 1


def _within(inner: Span, outer: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _edited(edits: Sequence[Edit], side: Literal["a", "b"]) -> list[tuple[Span, Mark, int]]:
    return [(edit.a if side == "a" else edit.b, _MARK_OF[edit.kind], n) for n, edit in enumerate(edits)]


def _painted(text: str, passages: Sequence[Span], edits: Sequence[tuple[Span, Mark, int]]) -> _Painted:
    """All of a text in stretches of one mark and one difference each."""
    marks, differences = np.zeros(len(text), np.int8), np.full(len(text), -1, np.int32)
    for span in passages:
        marks[span.start : span.end] = MARKS.index("same")
    for span, mark, number in edits:
        marks[span.start : span.end] = MARKS.index(mark)
        if number >= 0 and mark != "respaced":
            differences[span.start : span.end] = number
    changes = (np.flatnonzero(np.diff(marks) | np.diff(differences)) + 1).tolist()
    bounds = [0, *changes, len(text)] if text else [0]
    return _Painted(text, bounds, [(MARKS[marks[at]], int(differences[at])) for at in bounds[:-1]])


def _cut(painted: _Painted, spans: Sequence[Ends], rows: range) -> tuple[Part, ...]:
    """The parts of some paragraphs that follow each other."""
    if not rows:
        return ()
    start, end = spans[rows[0]][0], spans[rows[-1]][1]
    first, last = bisect_right(painted.bounds, start) - 1, bisect_left(painted.bounds, end)
    return tuple(
        Part(painted.text[max(start, painted.bounds[n]) : min(end, painted.bounds[n + 1])], mark, None if d < 0 else d)
        for n, (mark, d) in enumerate(painted.marks[first:last], first)
    )
