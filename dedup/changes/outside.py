"""What no passage covers: of the source what was dropped, of the copy what was inserted, a paragraph at a time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import NamedTuple

from dedup.changes.edited import MOVED_WORDS
from dedup.changes.pages import Found, Names, Page
from dedup.changes.promotion import invites, may_promote, promotes
from dedup.changes.words import QUOTED_WORDS, joined
from dedup.model import ChangeKind, Places

# Words beside a quotation that only say whose it is ("he said on Friday") are told with it.
_BESIDE_QUOTATION = 4
# Of furniture only sentences and invitations promote: "Daily Quorum|Ferry leaves" over a page is its sign.
_ENDS = (".", "!", "?", "…", "。", "！", "？", '."', ".”")
_SENTENCE = re.compile(r"[^\n.!?。！？]+(?:[.!?。！？]+[\"”’')\]]*|\n|$)")
_PARAGRAPH = re.compile(r"[^\n]+")
_HAS_WORD = re.compile(r"[^\W_]")
_TRIM = " \t\r\n\f\v\u00a0"
_TRIM_BEFORE = _TRIM + ",.;:!?”’»)]}…"
_SENTENCE_WORDS = 5
_FAR = 1 << 62

Stretch = tuple[int, int]
# A stretch of one text with its kind, and how many words it has.
_Part = tuple[ChangeKind, int, int, int]


class _Piece(NamedTuple):
    """A stretch of a text with its words, a space between and around them."""

    start: int
    end: int
    words: bytes
    size: int


def uncovered(text: str, covered: Iterable[Stretch]) -> list[Stretch]:
    """What is left of a text without some stretches, in order; only what holds a word."""
    left, at = [], 0
    for start, end in sorted(covered):
        if start > at and _HAS_WORD.search(text, at, start):
            left.append((at, start))
        at = max(at, end)
    if _HAS_WORD.search(text, at):
        left.append((at, len(text)))
    return left


def outside(
    source: Page, copy: Page, places: Places, lost: Sequence[Found], names: Names, elsewhere: Sequence[Stretch]
) -> Iterator[Found]:
    """Of what no passage covers the words that the copy dropped and inserted, without those that were moved or are
    told otherwise (``lost`` credits, stories ``elsewhere`` on the page), and what promotes its outlet anywhere."""
    left = uncovered(source.text, [(a, b) for a, b, _, _ in places.passages])
    right = uncovered(copy.text, [*((c, d) for _, _, c, d in places.passages), *elsewhere])
    if not left and not right:
        return
    gone = list(_paragraphs(source, _cut(_common(left, source.body), [(one.start, one.end) for one in lost])))
    told = [(one.at, one.upto) for one in lost if one.upto > one.at]
    come = list(_paragraphs(copy, _cut(_common(right, copy.body), told)))
    ends = sorted((b, d) for _, b, _, d in places.passages)
    for piece in _unmoved(gone, come, copy):
        place = _place(ends, piece.start)
        for kind, a, b, count in _told_apart(source, copy, piece):
            yield Found(kind, "dropped", a, b, place, place, count)
    ends = sorted((d, b) for b, d in ends)
    added = (one for piece in _unmoved(come, gone, source) for one in _added(copy, names, piece))
    beside = _cut(right, copy.body) if names is not None else []
    promoting = (one for start, end in beside for one in _promotions(source, copy, names or (), start, end))
    for kind, at, upto, words in chain(added, promoting):
        place = _place(ends, at)
        yield Found(kind, "inserted", place, place, at, upto, words)


def _unmoved(own: Sequence[_Piece], others: Sequence[_Piece], other: Page) -> Iterator[_Piece]:
    """Pieces of one text without those that the other has: as a piece that nothing covers, or somewhere that something
    does. In a longer piece, which is told, they are told, too."""
    same, longer = {piece.words for piece in others}, b"|".join(piece.words for piece in others)
    for piece in own:
        many = piece.size >= MOVED_WORDS
        if piece.words not in same and not (many and piece.words not in longer and other.still_has(piece.words)):
            yield piece


def _place(ends: Sequence[Stretch], at: int) -> int:
    """Where something that only one text has would stand in the other: behind the passage that is before it."""
    before = bisect_right(ends, (at, _FAR))
    return ends[before - 1][1] if before else 0


def _added(copy: Page, names: Names, piece: _Piece) -> Iterator[_Part]:
    """A paragraph that was added; what promotes in it is told sentence by sentence."""
    start, end = piece.start, piece.end
    if names is None or not may_promote(copy.text[start:end], names):
        yield "words", start, end, piece.size
        return
    for sentence in _SENTENCE.finditer(copy.text, start, end):
        words = len(copy.words(*sentence.span()))
        kind: ChangeKind = "promotion" if promotes(sentence[0], names) else "words"
        if words:
            yield kind, *_trimmed(copy.text, *sentence.span()), words


def _promotions(source: Page, copy: Page, names: Sequence[str], start: int, end: int) -> Iterator[_Part]:
    """The sentences of furniture that promote; its other words are nobody's."""
    if not may_promote(copy.text[start:end], names):
        return
    for line in _PARAGRAPH.finditer(copy.text, start, end):
        words, text = copy.words(*line.span()), line[0].strip()
        if len(words) < _SENTENCE_WORDS or text == copy.title:
            continue
        ended = text.endswith(_ENDS) and "|" not in text
        if (ended or invites(text)) and promotes(text, names) and not source.still_has(joined(words)):
            yield "promotion", *_trimmed(copy.text, *line.span()), len(words)


def _told_apart(source: Page, copy: Page, piece: _Piece) -> list[_Part]:
    """A paragraph that was dropped, with the quotations in it apart, each with who said it."""
    start, end = piece.start, piece.end
    spans = _within(source.quotations, start, end)
    if not spans:
        return [("words", start, end, piece.size)]
    quoted = [span for span in spans if _is_lost(source, span, copy)]
    pieces: list[tuple[ChangeKind, int, int]] = []
    for a, b in [*quoted, (end, end)]:
        at = pieces[-1][2] if pieces else start
        if len(source.words(at, a)) > _BESIDE_QUOTATION or (a == b and not pieces):
            pieces.append(("words", *_trimmed(source.text, at, a)))
        elif pieces and (a == b or pieces[-1][0] == "quotations"):
            pieces[-1] = (pieces[-1][0], pieces[-1][1], b)
            continue
        if b > a:
            pieces.append(("quotations", a if pieces else start, b))
    told = ((kind, *_trimmed(source.text, a, b)) for kind, a, b in pieces if _HAS_WORD.search(source.text, a, b))
    return [(kind, a, b, len(source.words(a, b))) for kind, a, b in told]


def _is_lost(source: Page, quotation: Stretch, copy: Page) -> bool:
    words = source.words(*quotation)
    return len(words) >= QUOTED_WORDS and not copy.still_has(joined(words))


def _within(spans: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    first, last = bisect_right(spans, (start, _FAR)), bisect_left(spans, (end, 0))
    near = spans[max(0, first - 1) : last]
    return [(max(a, start), min(b, end)) for a, b in near if start < b]


def _paragraphs(page: Page, stretches: Iterable[Stretch]) -> Iterator[_Piece]:
    """Stretches parted at line breaks, without outer spaces; only what holds a word."""
    for start, end in stretches:
        for line in _PARAGRAPH.finditer(page.text, start, end):
            whole = line.span()
            if words := page.words(*whole):
                yield _Piece(*_trimmed(page.text, *whole), joined(words), len(words))


def _trimmed(text: str, start: int, end: int) -> Stretch:
    whole = text[start:end]
    return end - len(whole.lstrip(_TRIM_BEFORE)), start + len(whole.rstrip(_TRIM))


def _common(one: Sequence[Stretch], two: Sequence[Stretch]) -> list[Stretch]:
    """What two ordered lists of stretches both cover."""
    found, at = [], 0
    for start, end in one:
        while at and two[at - 1][1] > start:
            at -= 1
        while at < len(two) and two[at][0] < end:
            if two[at][1] > start:
                found.append((max(start, two[at][0]), min(end, two[at][1])))
            at += 1
    return found


def _cut(stretches: Sequence[Stretch], out: Sequence[Stretch]) -> list[Stretch]:
    """Stretches without what others cover; both in order."""
    if not out:
        return list(stretches)
    fenced = [0, *(place for span in sorted(out) for place in span), _FAR]
    return _common(stretches, list(zip(fenced[::2], fenced[1::2], strict=True)))
