"""Text to words with their places, and to body and furniture. Knows no hashing and no SQL.

A word is a run of letters and digits, folded to one form (``letters``); scripts written without spaces give a word a
letter, with its marks. Folding never moves a word: ``starts`` and ``ends`` are characters of the text as it stands.

Many texts are read in one go, laid end to end, with a byte for every character: array operations over all of them
find words and lines, and only words beyond ASCII are looked at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dedup.text.headings import HEADING, MOST_CHARS
from dedup.text.letters import ALONE, BLANK, ENDLESS, JOINER, LETTER, fold, stand_in

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Bytes = NDArray[np.uint8]

# A line of prose has this many words and an end mark. Measured on the 181 labelled HTML pages and the 679 outlet
# pages by reading: captions, bylines and menus are shorter or have no end mark; shorter prose (quotes, one-word
# paragraphs) is taken in by its neighbours.
PROSE_WORDS = 8
# Without an end mark only a line as long as this is prose: teasers are cut off well before it (at 100 characters in
# the pages seen, 40 words at most).
UNENDED_PROSE_WORDS = 45
# And where the script has no end marks (Thai, Lao): of ten headlines of Thai news eight have 31 words at most and two
# have 43 and 45, of seven paragraphs the shortest has 37.
ENDLESS_PROSE_WORDS = 35
# Letters of a spaceless script that count as a word of prose. An English word takes 1.6 in Chinese and 2.7 in Japanese
# (sums over 135 and 148 pages of one manual in these languages, without what they leave in Latin letters).
SPACELESS_LETTERS = 2
# After a heading such as "Recommended", body starts again only with this many lines of prose in a row.
RESUMING_LINES = 3
# Pages that are all tables and lists have no prose; then everything is body, but for what follows such a heading: a
# story cut to its first sentences may have ten teasers below it.
LEAST_BODY = 0.3

_ELLIPSIS = re.compile(r"\.\s?\.\s?\.\Z")
_ELLIPSIS_REACH = 4  # characters before its last full stop
# Behind a full stop there may be a mark of the direction of Arabic and Hebrew, and a space before a French quote.
_CLOSERS = b"\"')] " + bytes([JOINER])
_ASCII = tuple(map(chr, range(128)))
_SPACES = "".join(filter(str.isspace, _ASCII))
# Every byte that stands for no letter or digit becomes a space; capitals become small.
_FOLD = "".join(c.lower() if c.isalnum() else " " for c in _ASCII).encode() + bytes([LETTER, JOINER, ALONE, ALONE]) * 32
_BREAK, _SPACE, _SEEN, _SEEN_ALONE = range(4)
_LOOK = bytes(_BREAK if c in "\n\r" else _SPACE if c in _SPACES else _SEEN for c in _ASCII) + bytes(
    _SEEN_ALONE if byte in (ALONE, ENDLESS) else _SEEN for byte in range(128, 256)
)


def _is_one_of(chars: bytes) -> Flags:
    """A table of all bytes."""
    return np.array([byte in chars for byte in range(256)])


_IS_CLOSER, _IS_END_MARK, _IS_INSIDE_ELLIPSIS = map(_is_one_of, (_CLOSERS, b".?!", b"." + _SPACES.encode()))


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """Texts laid end to end: text ``i`` is ``text[bounds[i]:bounds[i + 1] - 1]``, with a line break after it.

    ``plain`` has a byte for each character: itself, or where it is beyond ASCII a stand-in that plays its part.
    ``bounds`` is int64, shape ``(n + 1,)``; no texts, no characters.
    """

    text: str
    plain: bytes
    bounds: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """The folded words of texts: ``folded[at[i]:upto[i]]`` is word ``i``, ``text[starts[i]:ends[i]]`` its place.

    All four arrays are int64 of shape ``(n,)``, ascending; texts without a word give empty ones.
    """

    folded: bytes
    at: Ints
    upto: Ints
    starts: Ints
    ends: Ints


def lay(texts: Sequence[str]) -> Laid:
    """Lay texts end to end, to be read in one go."""
    whole = "\n".join([*texts, ""])
    bounds = np.cumsum([0, *(len(text) + 1 for text in texts)], dtype=np.int64)
    return Laid(whole, _plain(whole), bounds)


def split_words(laid: Laid) -> Words:
    """Find the words of texts in the order they stand; empty texts, no words."""
    plain = laid.plain.translate(_FOLD)
    if plain.isascii():
        starts, ends = _runs(np.frombuffer(plain, dtype=np.uint8) != BLANK)
        return Words(plain, starts, ends, starts, ends)
    seen, starts, ends = _words_beyond(np.frombuffer(plain, dtype=np.uint8))
    mixed = np.zeros(len(starts), dtype=bool)
    mixed[np.searchsorted(ends, np.flatnonzero(seen >= LETTER), side="right")] = True
    folded = _fold_mixed(laid.text, seen.tobytes(), starts[mixed].tolist(), ends[mixed].tolist())
    # A word is never folded to nothing, so those found in what is folded are the same, in the same order.
    at, upto = _runs(np.frombuffer(folded, dtype=np.uint8) != BLANK)
    return Words(folded, at, upto, starts, ends)


def number_mask(folded: bytes, at: Ints, upto: Ints) -> Flags:
    """Which of the folded words, in the order they stand, hold a digit: bool, shape ``(n,)``."""
    mask = np.zeros(len(at), dtype=bool)
    digits = np.flatnonzero(np.frombuffer(folded, dtype=np.uint8) - ord("0") < 10)
    mask[np.searchsorted(upto, digits, side="right")] = True
    return mask


def body_spans(laid: Laid) -> tuple[Ints, Ints]:
    """Tell body from furniture: the characters of the stories' own lines, in order, neighbours joined; starts and ends.

    Decides by shape alone (length and end mark of a line, its neighbours, headings such as "Recommended"), so it
    errs on single lines; a text without prose is all body, an empty text has none. Where a script has no end marks
    (Thai, Lao) a short paragraph is told only between long ones, and the longest headlines are body.
    """
    lines = _lines(laid)
    body, before_headings = _body_lines(laid, lines)
    for rest, least in ((before_headings, LEAST_BODY), (np.ones_like(body), 0.0)):
        of_body, of_rest = (np.bincount(lines.texts, lines.words * flags) for flags in (body, rest))
        body |= rest & (of_body <= least * of_rest)[lines.texts]
    before, after = _beside(body, lines.texts)
    return lines.starts[body & ~before], lines.ends[body & ~after]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The lines that hold more than spaces, without their outer spaces; how many words they have, and which text."""

    starts: Ints
    ends: Ints
    words: Ints
    texts: Ints


def _lines(laid: Laid) -> _Lines:
    look = np.frombuffer(laid.plain.translate(_LOOK), dtype=np.uint8)
    at, upto = _runs(look >= _SEEN)
    breaks = np.flatnonzero(look == _BREAK)
    last = np.searchsorted(at, breaks)
    runs = np.diff(last, prepend=0)
    words = runs
    if not laid.plain.isascii():
        alone = np.diff(np.searchsorted(np.flatnonzero(look == _SEEN_ALONE), breaks), prepend=0)
        words = runs + alone // SPACELESS_LETTERS
    last, runs, words = last[runs > 0], runs[runs > 0], words[runs > 0]
    starts = at[last - runs]
    return _Lines(starts, upto[last - 1], words, np.searchsorted(laid.bounds, starts, side="right") - 1)


def _body_lines(laid: Laid, lines: _Lines) -> tuple[Flags, Flags]:
    """Which lines are prose of the stories' own, and which do not belong to a heading of other stories."""
    last = _last_signs(laid, lines)
    ended = _are_ended(laid, lines, last)
    prose = (lines.words >= UNENDED_PROSE_WORDS) | ((lines.words >= PROSE_WORDS) & ended)
    if not laid.plain.isascii():
        prose |= (lines.words >= ENDLESS_PROSE_WORDS) & (np.frombuffer(laid.plain, dtype=np.uint8)[last] == ENDLESS)
    resuming, own = prose & ended, np.ones_like(prose)
    # Short lines that belong: ended ones beside prose ("Yes," he said.), and lone ones between two lines of prose.
    before, after = _beside(prose, lines.texts)
    prose |= (before & after) | ((before | after) & ended)
    short = np.flatnonzero(lines.ends - lines.starts <= MOST_CHARS)
    places = (array[short].tolist() for array in (lines.starts, lines.ends))
    for at, start, end in zip(short.tolist(), *places, strict=True):
        if HEADING.fullmatch(laid.text, start, end):
            upto = int(np.searchsorted(lines.texts, lines.texts[at], side="right"))
            own[at : at + _until_body_resumes(resuming[at:upto])] = False
    return prose & own, own


def _last_signs(laid: Laid, lines: _Lines) -> Ints:
    """Where each line ends but for quotes, brackets and what cannot be seen; before the line where it is all that."""
    plain = np.frombuffer(laid.plain, dtype=np.uint8)
    last = lines.ends - 1
    for at in np.flatnonzero(_IS_CLOSER[plain[last]]):
        line = laid.plain[lines.starts[at] : lines.ends[at]]
        last[at] -= len(line) - len(line.rstrip(_CLOSERS))
    return last


def _are_ended(laid: Laid, lines: _Lines, last: Ints) -> Flags:
    """Which lines end in an end mark, but in no ellipsis: a teaser ends in one."""
    plain = np.frombuffer(laid.plain, dtype=np.uint8)
    # Before a line that is all closers there is a space or a line break; before the first line the text's last break.
    ended = _IS_END_MARK[plain[last]]
    for at in np.flatnonzero(ended & (plain[last] == ord(".")) & _IS_INSIDE_ELLIPSIS[plain[last - 1]]):
        ended[at] = not _ELLIPSIS.search(laid.text, max(lines.starts[at], last[at] - _ELLIPSIS_REACH), last[at] + 1)
    return ended


def _beside(flags: Flags, texts: Ints) -> tuple[Flags, Flags]:
    """For each line the flag of the line before it, and of that after it, in the same text."""
    before, after = np.zeros_like(flags), np.zeros_like(flags)
    same = texts[1:] == texts[:-1]
    before[1:] = flags[:-1] & same
    after[:-1] = flags[1:] & same
    return before, after


def _until_body_resumes(resuming: Flags) -> int:
    """How many lines from a heading on, the first of these, are no body: until enough whole sentences stand in a row.

    Between two teasers a headline looks like a short line of the story, and a long teaser like a paragraph: neither
    has an end mark.
    """
    at = 1
    while at < len(resuming) and not (
        at + RESUMING_LINES <= len(resuming) and resuming[at : at + RESUMING_LINES].all()
    ):
        at += 1
    return at


def _plain(text: str) -> bytes:
    if text.isascii():
        return text.encode()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    plain = codes.astype(np.uint8)
    beyond = np.flatnonzero(codes > 127)
    chars, which = np.unique(codes[beyond], return_inverse=True)
    plain[beyond] = np.array([*map(stand_in, map(chr, chars.tolist()))], dtype=np.uint8)[which]
    return plain.tobytes()


def _runs(flags: Flags) -> tuple[Ints, Ints]:
    """Where each run of true flags begins and ends."""
    fenced = np.zeros(len(flags) + 2, dtype=bool)
    fenced[1:-1] = flags
    change = np.flatnonzero(fenced[1:] != fenced[:-1])
    return change[::2], change[1::2]


def _words_beyond(plain: Bytes) -> tuple[Bytes, Ints, Ints]:
    """The words of text beyond ASCII: ``plain`` without joiners that join nothing; starts and ends.

    Runs without joiners and letters that stand alone, which most are, are words as they stand.
    """
    starts, ends = _runs(plain != BLANK)
    knots = np.zeros(len(starts), dtype=bool)
    knots[np.searchsorted(ends, np.flatnonzero((plain == JOINER) | (plain == ALONE)), side="right")] = True
    if not knots.any():
        return plain, starts, ends
    # The characters of those runs, each run after the blank before it; before the first text that is the last break.
    sizes = ends[knots] - starts[knots] + 1
    at = np.arange(sizes.sum()) + np.repeat(ends[knots] - np.cumsum(sizes), sizes)
    inside, firsts, lasts = _untied(plain[at])
    plain = plain.copy()
    plain[at[~inside]] = BLANK
    # Two ascending runs, which a stable sort only merges.
    starts = np.sort(np.concatenate([starts[~knots], at[firsts]]), kind="stable")
    return plain, starts, np.sort(np.concatenate([ends[~knots], at[lasts] + 1]), kind="stable")


def _untied(plain: Bytes) -> tuple[Flags, Ints, Ints]:
    """Which characters of runs are in words, and where each word has its first and its last one."""
    joins = plain == JOINER
    # What each character hangs on: itself, or for a joiner what stands before it and its like.
    base = plain[np.maximum.accumulate(np.where(joins, 0, np.arange(len(plain))))]
    inside = base != BLANK
    first = inside & ~joins
    first[1:] &= (base[1:] == ALONE) | (base[:-1] == ALONE) | ~inside[:-1]
    last = inside.copy()
    last[:-1] &= first[1:] | ~inside[1:]
    return inside, np.flatnonzero(first), np.flatnonzero(last)


def _fold_mixed(text: str, plain: bytes, starts: list[int], ends: list[int]) -> bytes:
    """``plain`` with the words from ``starts`` to ``ends`` folded, and spaces around them."""
    parts: list[bytes] = []
    for done, start, end in zip([0, *ends], starts, ends, strict=False):
        parts += plain[done:start], fold(text[start:end])
    return b" ".join([*parts, plain[ends[-1] if ends else 0 :]])
