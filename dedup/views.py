"""Answers and comparisons as text for people. Pure: values in, lines out; no colour, so that nothing rests on it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from itertools import zip_longest
from typing import Literal

from dedup.model import Answer, Document, Edit, Match, Passage, Publisher
from dedup.truth import Evaluation, Label, Mistake, Wrong

LEAST_WIDTH = 60
MISTAKE_WIDTH = 160
Weight = Literal["name", "number", "quote", "words"]
_WRONG: Mapping[Wrong, str] = {
    "missed": "Missed",
    "no copy": "Told, and no copy",
    "a teaser": "A teaser told as a copy",
    "another original": "Told, and not the original",
    "the other way": "The other way",
}


def clean(text: str) -> str:
    """One line without control characters, escapes or direction marks: scraped text must not drive a terminal."""
    kept = (" " if unicodedata.category(c) == "Cc" else c for c in text if unicodedata.category(c) not in ("Cf", "Cs"))
    return " ".join("".join(kept).split())


def answer_lines(answer: Answer) -> Iterator[str]:
    """The story's headline, its original and why; the publishers follow as a table."""
    if answer.story is None:
        yield f"Nobody else is known to have published {clean(answer.asked)}."
        return
    yield clean(answer.story.title or answer.story.stand_in)
    yield ""
    yield _original_line(answer)
    if answer.source not in (None, answer.original):
        yield f"Taken from: {_outlet_of(answer, answer.source)}{clean(answer.source or '')}"
    for reason in answer.reasons:
        yield f"  - {clean(reason)}"
    yield ""


def publisher_row(row: Publisher) -> dict[str, object]:
    """A publisher as the table shows it, below the page it was taken from; percent only here."""
    outlet = clean(row.outlet or "-")
    return {
        "role": row.role,
        "outlet": f"{'  ' * (row.depth - 1)}└ {outlet}" if row.depth else outlet,
        "published": (row.published or "-").replace("T", " ")[:16],
        "kind": row.kind or "-",
        "coverage": percent(row.coverage),
        "share": percent(row.share),
        "page": clean(row.id),
    }


def percent(score: float | None) -> str:
    """A score for people; ``-`` where there is none."""
    return "-" if score is None else f"{100 * score:.0f}%"


def comparison_lines(a: Document, b: Document, match: Match, width: int) -> Iterator[str]:
    """What changed (names, numbers and quotes first), then each shared passage side by side.

    In the columns ``[-dropped-]`` stands in the first text only, ``[+inserted+]`` in the second only, ``{replaced}``
    differs, and ``~`` marks where only spaces differ.
    """
    width = max(LEAST_WIDTH, width)
    yield f"A  {clean(a.title or a.id)}  ({clean(a.outlet or a.id)})"
    yield f"B  {clean(b.title or b.id)}  ({clean(b.outlet or b.id)})"
    shared = f"{match.matched_words} words shared in {_count(len(match.passages), 'passage')}"
    parts = f"{percent(match.coverage_a)} of A, {percent(match.coverage_b)} of B"
    yield f"{shared}: {parts}; longest run without a change {match.longest_run} words"
    yield ""
    yield from _change_lines(match.edits)
    for number, passage in enumerate(match.passages, 1):
        yield ""
        yield f"Passage {number}, {passage.words} words"
        yield from _side_by_side(a.text, b.text, passage, match.edits, width)


def measure_rows(told: Evaluation) -> list[dict[str, object]]:
    """Every measure, of all that was judged and of each group, a row each."""
    groups = [("all", "", told.measures), *((group.by, group.name, group.measures) for group in told.groups)]
    return [
        {"by": by, "group": name, "measure": measure, **asdict(one)}
        for by, name, measures in groups
        for measure, one in measures.items()
    ]


def measure_table(told: Evaluation) -> list[dict[str, object]]:
    """The measures of all that was judged, for people: with the interval that holds them 95 times in 100."""
    return [
        {
            "measure": name,
            "value": _score(one.value),
            "low": _score(one.low),
            "high": _score(one.high),
            "of": one.of or "-",
        }
        for name, one in told.measures.items()
    ]


def group_rows(told: Evaluation, by: str) -> list[dict[str, object]]:
    """The groups of one sort, a row each, with their measures side by side and how many were judged."""
    return [
        {by: group.name, "judged": max(one.of for one in group.measures.values())}
        | {name: _score(one.value) for name, one in group.measures.items()}
        for group in told.groups
        if group.by == by
    ]


def mistake_lines(mistake: Mistake, copy: Document, original: Document | None, match: Match | None) -> Iterator[str]:
    """A mistake to be read: what is wrong, what was told and what is true, then what the two texts share."""
    yield "=" * MISTAKE_WIDTH
    yield f"{_WRONG[mistake.wrong]}: {clean(mistake.copy)} and {clean(mistake.original or 'an absent original')}"
    label, link = mistake.label, mistake.told
    yield f"true: {_true(label)}"
    if link is not None:
        told = f"{clean(link.copy)} from {clean(link.original or 'an absent original')}"
        parts = f"coverage {percent(link.coverage)}, share {percent(link.share)}, {link.matched_words} words"
        yield f"told: {link.kind}, {told}, {parts}, direction {link.direction}"
        yield from (f"  - {clean(reason)}" for reason in link.reasons)
    yield ""
    if original is None:
        yield f"A  {clean(copy.title or copy.id)}  ({clean(copy.outlet or copy.id)})"
    elif match is None:
        yield "They share no passage."
    else:
        yield from comparison_lines(original, copy, match, MISTAKE_WIDTH)
    yield ""


def changes(edits: Iterable[Edit]) -> list[tuple[Weight, Edit]]:
    """The edits that change words, those of names, numbers and quotes first."""
    order: tuple[Weight, ...] = ("name", "number", "quote", "words")
    weighed = [(_weight(edit), edit) for edit in edits if edit.kind != "respaced"]
    return sorted(weighed, key=lambda pair: (order.index(pair[0]), pair[1].a))


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _true(label: Label | None) -> str:
    if label is None:
        return "no label tells of them"
    kind = label.kind or "one story"
    return kind if label.coverage is None else f"{kind}, coverage {percent(label.coverage)}"


def _original_line(answer: Answer) -> str:
    # nobody is ever quite sure
    sure = f" ({percent(min(0.99, answer.confidence))} sure)" if answer.confidence is not None else ""
    if answer.direction == "absent":
        return f"Original: {clean(answer.agency or 'unknown')}, not in the corpus{sure}"
    if answer.original is None:
        return "Original: unknown"
    return f"Original: {_outlet_of(answer, answer.original)}{clean(answer.original)}{sure}"


def _outlet_of(answer: Answer, id: str | None) -> str:
    row = next((row for row in answer.publishers if row.id == id), None)
    return f"{clean(row.outlet)}, " if row is not None and row.outlet else ""


def _change_lines(edits: tuple[Edit, ...]) -> Iterator[str]:
    told = changes(edits)
    spaces = sum(edit.kind == "respaced" for edit in edits)
    if not told and not spaces:
        yield "No change in what is shared."
        return
    yield f"{_count(len(told), 'change')} of words, {_count(spaces, 'change')} of spaces alone"
    for weight, edit in told:
        yield f"  {weight:<7} {edit.kind:<9} {_change(edit)}"


def _change(edit: Edit) -> str:
    was, now = clean(edit.a_text), clean(edit.b_text)
    if edit.kind == "inserted":
        return f"[+{now}+]"
    return f"[-{was}-]" if edit.kind == "dropped" else f"{{{was}}} -> {{{now}}}"


def _weight(edit: Edit) -> Weight:
    both = f"{edit.a_text} {edit.b_text}"
    if re.search(r"\d", both):
        return "number"
    if re.search(r"[\"“”«»]", both):
        return "quote"
    # A capital that does not open the sentence; what opens one may be any word.
    return "name" if re.search(r"(?:^|\w\W{1,2})[A-Z][a-z]", both) else "words"


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


def _count(number: int, thing: str) -> str:
    return f"1 {thing}" if number == 1 else f"{number} {thing}s"
