"""What no passage covers: of the source what was dropped, of the copy what was inserted, a paragraph at a time."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from dedup.changes.edited import MOVED_WORDS
from dedup.changes.pages import Found, Names, Page
from dedup.changes.promotion import may_promote, promotes
from dedup.changes.words import QUOTED_WORDS, words_of
from dedup.model import ChangeKind, Places

# Words beside a quotation that only say whose it is ("he said on Friday") are told with it.
_BESIDE_QUOTATION = 4
# Of furniture only sentences promote: "The Daily Quorum" over a page is its sign.
_SENTENCE = re.compile(r"[^\n.!?。！？]+(?:[.!?。！？]+[\"”’')\]]*|\n|$)")
_PARAGRAPH = re.compile(r"[^\n]+")
_HAS_WORD = re.compile(r"[^\W_]")
_TRIM = " \t\r\n\f\v\u00a0"
_TRIM_BEFORE = _TRIM + ",.;:!?”’»)]}…"
_SENTENCE_WORDS = 5
_FAR = 1 << 62

Stretch = tuple[int, int]


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


def dropped(
    source: Page, copy: Page, places: Places, gone: Sequence[Stretch], told: Sequence[Stretch]
) -> Iterator[Found]:
    """Of what is gone the words of the source's own story, but for those that stand elsewhere in the copy, or are told
    otherwise."""
    ends = sorted((b, d) for _, b, _, d in places.passages)
    for start, end in _paragraphs(source.text, _cut(_common(gone, source.body), told)):
        if not _is_moved(source.words(start, end), copy):
            place = _place(ends, start)
            for kind, a, b in _told_apart(source, copy, start, end):
                yield Found(kind, "dropped", a, b, place, place, len(source.words(a, b)))


def inserted(
    source: Page, copy: Page, places: Places, come: Sequence[Stretch], told: Sequence[Stretch], names: Names
) -> Iterator[Found]:
    """Of what has come the words of the copy's own story, and what promotes its outlet anywhere."""
    ends = sorted((d, b) for _, b, _, d in places.passages)
    for one in _inserted(source, copy, come, told, names):
        place = _place(ends, one.at)
        yield one._replace(start=place, end=place)


def _place(ends: Sequence[Stretch], at: int) -> int:
    """Where something that only one text has would stand in the other: behind the passage that is before it."""
    before = bisect_right(ends, (at, _FAR))
    return ends[before - 1][1] if before else 0


def _inserted(
    source: Page, copy: Page, come: Sequence[Stretch], told: Sequence[Stretch], names: Names
) -> Iterator[Found]:
    own = _paragraphs(copy.text, _cut(_common(come, copy.body), told))
    for start, end in own:
        if not _is_moved(copy.words(start, end), source):
            yield from _added(copy, names, start, end)
    if names is not None:
        for start, end in _cut(come, copy.body):
            yield from _promotions(source, copy, names, start, end)


def _added(copy: Page, names: Names, start: int, end: int) -> Iterator[Found]:
    """A paragraph that was added; what promotes in it is told sentence by sentence."""
    if names is None or not may_promote(copy.text[start:end], names):
        yield Found("words", "inserted", 0, 0, start, end, len(copy.words(start, end)))
        return
    for sentence in _SENTENCE.finditer(copy.text, start, end):
        words = len(copy.words(*sentence.span()))
        kind: ChangeKind = "promotion" if promotes(sentence[0], names) else "words"
        if words:
            yield Found(kind, "inserted", 0, 0, *_trimmed(copy.text, *sentence.span()), words)


def _promotions(source: Page, copy: Page, names: Sequence[str], start: int, end: int) -> Iterator[Found]:
    """The sentences of furniture that promote; its other words are nobody's."""
    if not may_promote(copy.text[start:end], names):
        return
    for line in _PARAGRAPH.finditer(copy.text, start, end):
        words, text = copy.words(*line.span()), line[0].strip()
        promoting = len(words) >= _SENTENCE_WORDS and promotes(text, names) and text != copy.title
        if promoting and not source.still_has(words):
            yield Found("promotion", "inserted", 0, 0, *_trimmed(copy.text, *line.span()), len(words))


def _is_moved(words: Sequence[bytes], other: Page) -> bool:
    return len(words) >= MOVED_WORDS and other.still_has(words)


def _told_apart(source: Page, copy: Page, start: int, end: int) -> list[tuple[ChangeKind, int, int]]:
    """A paragraph that was dropped, with the quotations in it apart, each with who said it."""
    spans = _within(source.quotations, start, end)
    if not spans:
        return [("words", start, end)]
    quoted = [span for span in spans if _is_lost(source.text[slice(*span)], copy)]
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
    return [(kind, *_trimmed(source.text, a, b)) for kind, a, b in pieces if _HAS_WORD.search(source.text, a, b)]


def _is_lost(quotation: str, copy: Page) -> bool:
    words = words_of(quotation)
    return len(words) >= QUOTED_WORDS and not copy.still_has(words)


def _within(spans: Sequence[Stretch], start: int, end: int) -> list[Stretch]:
    first, last = bisect_right(spans, (start, _FAR)), bisect_left(spans, (end, 0))
    near = spans[max(0, first - 1) : last]
    return [(max(a, start), min(b, end)) for a, b in near if start < b]


def _paragraphs(text: str, stretches: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches parted at line breaks, without outer spaces; only what holds a word."""
    for start, end in stretches:
        for line in _PARAGRAPH.finditer(text, start, end):
            if _HAS_WORD.search(line[0]):
                yield _trimmed(text, *line.span())


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
