"""Two pages side by side: what one did to the other, then every passage that they share."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, zip_longest

from dedup.model import Change, ChangeKind, Changes, Document, Edit, Link, Match, Passage
from dedup.views.lines import clean, counted, percent

LEAST_WIDTH = 60
# Changes of one kind that are listed; a copy that is cut to its first lines lacks some dozens of paragraphs.
LISTED = 20
# Of a link in a list of links.
EXAMPLES, EXAMPLE_WIDTH = 5, 100
_HEADINGS: Mapping[ChangeKind, str] = {
    "credits": "Credits and notices",
    "names": "Names",
    "numbers": "Numbers and dates",
    "quotations": "Quotations",
    "promotion": "Promotion",
    "words": "Other words",
}


@dataclass(frozen=True, slots=True)
class Told:
    """What is told of two pages: a summary, every change in the order of the kinds, and what to call the two.

    ``is_copy`` says that the second is known to be a copy of the first.
    """

    summary: Changes
    changes: Sequence[Change]
    called: tuple[str, str] = ("A", "B")
    is_copy: bool = False


def comparison_lines(source: Document, copy: Document, match: Match, told: Told, width: int) -> Iterator[str]:
    """What a page did to its source (credits first, then names, numbers and so on), then each passage side by side.

    In the columns ``[-dropped-]`` stands in the first text only, ``[+inserted+]`` in the second only, ``{replaced}``
    differs, and ``~`` marks where only spaces differ.
    """
    width, (a, b) = max(LEAST_WIDTH, width), told.called
    yield f"{a}  {clean(source.title or source.id)}  ({clean(source.outlet or source.id)})"
    yield f"{b}  {clean(copy.title or copy.id)}  ({clean(copy.outlet or copy.id)})"
    shared = f"{match.matched_words} words shared in {counted(len(match.passages), 'passage')}"
    parts = f"{percent(match.coverage_a)} of {a}, {percent(match.coverage_b)} of {b}"
    yield f"{shared}: {parts}; longest run without a change {match.longest_run} words"
    yield ""
    yield _summary_line(told, sum(edit.kind == "respaced" for edit in match.edits))
    yield from change_lines(told.changes, width)
    for number, passage in enumerate(match.passages, 1):
        yield ""
        yield f"Passage {number}, {passage.words} words"
        yield from _side_by_side(source.text, copy.text, passage, match.edits, width)


def change_lines(changes: Iterable[Change], width: int) -> Iterator[str]:
    """Changes by kind, each cut to the width; the first of each kind."""
    for kind, group in groupby(changes, lambda change: change.kind):
        yield f"{_HEADINGS[kind]}:"
        own = list(group)
        yield from (_cut(f"  {change_line(change)}", width) for change in own[:LISTED])
        if len(own) > LISTED:
            yield f"  ... and {len(own) - LISTED} more"


def change_line(change: Change) -> str:
    """A change in a line: what became of a credit in a sentence, other words marked as in the columns."""
    was, now = clean(change.was), clean(change.now)
    if change.kind == "credits":
        return clean(change.sentence)
    if change.action == "inserted":
        return f"inserted  [+{now}+]"
    return f"dropped   [-{was}-]" if change.action == "dropped" else f"replaced  {{{was}}} -> {{{now}}}"


def changed_lines(link: Link, outlets: tuple[str | None, str | None], changes: Sequence[Change]) -> Iterator[str]:
    """A link in which something of one kind differs, and the first of what does; outlets of copy and original."""
    copy, original = (
        f"{clean(id or '-')} ({clean(outlet or '-')})"
        for id, outlet in zip((link.copy, link.original), outlets, strict=True)
    )
    pages = (
        f"{copy} from {original}" if link.direction == "decided" else f"{copy} and {original}, either may be the copy"
    )
    yield f"{pages}: {counted(len(changes), 'change')}"
    yield from (_cut(f"  {was_and_now(change)}", EXAMPLE_WIDTH) for change in changes[:EXAMPLES])
    if len(changes) > EXAMPLES:
        yield f"  ... and {len(changes) - EXAMPLES} more"


def was_and_now(change: Change) -> str:
    """What was there and what is there now; a credit's fate in a sentence."""
    was, now = clean(change.was), clean(change.now)
    if change.kind == "credits":
        return clean(change.sentence)
    return f"{was} → {now}" if was and now else f"added: {now}" if now else f"removed: {was}"


def _summary_line(told: Told, spaces: int) -> str:
    (a, b), done = told.called, told.summary
    words = f"{counted(done.inserted, 'word')} inserted, {done.dropped} dropped, {done.replaced} replaced"
    alone = f"; {counted(spaces, 'change')} of spaces alone" if spaces else ""
    if not told.changes:
        return f"No change of words{alone}."
    return f"{f'{b}, a copy of {a}' if told.is_copy else f'From {a} to {b}'}: {words}{alone}"


def _cut(line: str, width: int) -> str:
    """A line of so many columns at most; its closing mark stays."""
    if _columns(line) <= width:
        return line
    mark = re.search(r"(?:[-+]\]|[}”](?: was removed)?)?\Z", line)
    end = f"…{mark[0] if mark else ''}"
    return _pieces_of(line, width - _columns(end))[0] + end


@dataclass(frozen=True, slots=True)
class _Piece:
    left: str
    right: str
    marked: bool = False


def _side_by_side(a: str, b: str, passage: Passage, edits: tuple[Edit, ...], width: int) -> Iterator[str]:
    column = (width - 3) // 2
    for piece in _paragraphs(_pieces(a, b, passage, edits)):
        left, right = (_wrapped(clean(side), column) for side in (piece.left, piece.right))
        for one, two in zip_longest(left, right, fillvalue=""):
            yield f"{one}{' ' * (column - _columns(one))} | {two}".rstrip()
        yield f"{'':<{column}} |"


def _pieces(a: str, b: str, passage: Passage, edits: tuple[Edit, ...]) -> Iterator[_Piece]:
    """A passage cut where the texts differ, with the differences marked."""
    at_a, at_b = passage.a.start, passage.b.start
    for edit in edits:
        if passage.a.start <= edit.a.start and edit.a.end <= passage.a.end and edit.b.start >= at_b:
            yield _Piece(a[at_a : edit.a.start], b[at_b : edit.b.start])
            yield _marked(edit)
            at_a, at_b = edit.a.end, edit.b.end
    yield _Piece(a[at_a : passage.a.end], b[at_b : passage.b.end])


def _marked(edit: Edit) -> _Piece:
    marks = {"inserted": "[+{}+]", "dropped": "[-{}-]", "replaced": "{{{}}}", "respaced": "~{}"}
    mark = marks[edit.kind]
    return _Piece(
        mark.format(edit.a_text) if edit.a_text else "", mark.format(edit.b_text) if edit.b_text else "", True
    )


def _paragraphs(pieces: Iterable[_Piece]) -> Iterator[_Piece]:
    """Pieces joined again, and parted at the line breaks of the first text, at the same word of both."""
    left, right = "", ""
    for piece in pieces:
        rest_left, rest_right = piece.left, piece.right
        while not piece.marked and "\n" in rest_left:
            head, rest_left = rest_left.split("\n", 1)
            cut = _after_words(rest_right, len(head.split()))
            left, right = left + head, right + rest_right[:cut]
            rest_right = rest_right[cut:]
            if left.strip() or right.strip():
                yield _Piece(left, right)
            left, right = "", ""
        left, right = left + rest_left, right + rest_right
    if left.strip() or right.strip():
        yield _Piece(left, right)


def _after_words(text: str, words: int) -> int:
    """Where the first so many words end."""
    ends = [found.end() for found in re.finditer(r"\S+", text)]
    return ends[min(words, len(ends)) - 1] if ends and words else 0


def _wrapped(text: str, width: int) -> list[str]:
    """Lines of at most ``width`` columns, broken at spaces where there are any."""
    lines, line = [], ""
    for word in re.findall(r"\S+", text):
        if line and _columns(line) + 1 + _columns(word) <= width:
            line += f" {word}"
            continue
        lines.append(line)
        *whole, line = _pieces_of(word, width)
        lines += whole
    return [line for line in (*lines, line) if line]


def _pieces_of(word: str, width: int) -> list[str]:
    """A word cut where it is longer than a line; scripts without spaces come as one long word."""
    pieces = [""]
    for char in word:
        if _columns(pieces[-1]) + _columns(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _columns(text: str) -> int:
    """Columns that a terminal gives a text: two for wide letters, none for marks."""
    if text.isascii():
        return len(text)
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
