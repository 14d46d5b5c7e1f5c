"""Text to words with their places, and to body and furniture. Knows no hashing and no SQL.

A word is a run of letters and digits, folded (NFKC, case-folded); scripts written without spaces give a word a
character. Folding never moves a word: ``starts`` and ``ends`` are characters of the text as it stands.

Many texts are read in one go, laid end to end, with a byte for every character: array operations over all of them
find words and lines, and only words beyond ASCII are looked at one by one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

# A line of prose has this many words and an end mark. Measured on the 181 labelled HTML pages and the 679 outlet
# pages by reading: captions, bylines and menus are shorter or have no end mark; shorter prose (quotes, one-word
# paragraphs) is taken in by its neighbours.
PROSE_WORDS = 8
# Without an end mark only a line as long as this is prose: teasers are cut off well before it (at 100 characters in
# the pages seen, 40 words at most).
UNENDED_PROSE_WORDS = 45
# After a heading such as "Recommended", body starts again only with this many lines of prose in a row.
RESUMING_LINES = 3
# Pages that are all tables and lists have no prose; then everything is body.
LEAST_BODY = 0.3

_SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
)
_JOINING = ("Mn", "Mc", "Me", "Cf")
_ELLIPSIS = re.compile(r"\.\s?\.\s?\.\Z")
_ELLIPSIS_REACH = 4  # characters before its last full stop
_HEADING = re.compile(
    r"(?:(?:you (?:may|might)(?: also)? (?:like|be interested in)|read (?:also|more|next)|see also|also read"
    r"|recommend(?:ed)?(?: (?:for you|reading|stories|articles))?|related(?: (?:stories|articles|news|posts|content))?"
    r"|(?:more|top|latest|popular|trending|other|recent)(?: \w+)?(?: (?:stories|news|articles|posts|headlines))"
    r"|(?:most )?(?:popular|read|viewed|shared)|trending(?: now)?|more from [\w .'-]{1,40}|more on this"
    r"|don't miss|what to read next|around the web|sponsored(?: content)?|promoted stories"
    r"|mehr zum thema|lesen sie auch|à lire aussi|lea también|leggi anche|leia também))\s*[:.…]*",
    re.IGNORECASE,
)
# "More from", 40 characters of names, and a colon that stands apart.
_MOST_WORDS_OF_A_HEADING = 23

# Beyond ASCII letters, digits, marks and joiners are this byte; all other characters have one of ASCII stand for them.
_LETTER = 0x80
_STAND_INS = {"\u2028": "\n", "\u2029": "\n", "”": '"', "’": '"', "»": '"', "。": "!", "！": "!", "？": "!"}
_CLOSERS = b"\"')]"
_ASCII = tuple(map(chr, range(128)))
_SPACES = "".join(filter(str.isspace, _ASCII))
# Every byte that stands for no letter or digit becomes a space; capitals become small.
_FOLD = "".join(c.lower() if c.isalnum() else " " for c in _ASCII).encode() + bytes([_LETTER]) + b" " * 127
_BREAK, _SPACE, _SEEN = range(3)
_LOOK = bytes(_BREAK if c in "\n\r" else _SPACE if c in _SPACES else _SEEN for c in _ASCII) + bytes([_SEEN]) * 128


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
    starts, ends = _runs(np.frombuffer(plain, dtype=np.uint8) != 32)
    beyond = np.flatnonzero(np.frombuffer(plain, dtype=np.uint8) == _LETTER)
    if not len(beyond):
        return Words(plain, starts, ends, starts, ends)
    mixed = np.zeros(len(starts), dtype=bool)
    mixed[np.searchsorted(ends, beyond, side="right")] = True
    folded, places = _fold_mixed(laid.text, plain, zip(starts[mixed].tolist(), ends[mixed].tolist(), strict=True))
    # A word is never folded to nothing, so those found in what is folded are the same, in the same order.
    at, upto = _runs(np.frombuffer(folded, dtype=np.uint8) != 32)
    # Two ascending runs, which a stable sort only merges.
    starts = np.sort(np.concatenate([starts[~mixed], places[0]]), kind="stable")
    ends = np.sort(np.concatenate([ends[~mixed], places[1]]), kind="stable")
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
    errs on single lines; a text without prose is all body, an empty text has none.
    """
    lines = _lines(laid)
    body = _body_lines(laid, lines)
    texts = len(laid.bounds) - 1
    of_body = np.bincount(lines.texts, lines.words * body, minlength=texts)
    body |= (of_body < LEAST_BODY * np.bincount(lines.texts, lines.words, minlength=texts))[lines.texts]
    before, after = _beside(body, lines.texts)
    return lines.starts[body & ~before], lines.ends[body & ~after]


@dataclass(frozen=True, slots=True, eq=False)
class _Lines:
    """The lines that hold more than spaces, without their outer spaces; ``words`` apart by spaces, and which text."""

    starts: Ints
    ends: Ints
    words: Ints
    texts: Ints


def _lines(laid: Laid) -> _Lines:
    look = np.frombuffer(laid.plain.translate(_LOOK), dtype=np.uint8)
    at, upto = _runs(look == _SEEN)
    last = np.searchsorted(at, np.flatnonzero(look == _BREAK))
    words = np.diff(last, prepend=0)
    last, words = last[words > 0], words[words > 0]
    starts = at[last - words]
    return _Lines(starts, upto[last - 1], words, np.searchsorted(laid.bounds, starts, side="right") - 1)


def _body_lines(laid: Laid, lines: _Lines) -> Flags:
    ended = _are_ended(laid, lines)
    prose = (lines.words >= UNENDED_PROSE_WORDS) | ((lines.words >= PROSE_WORDS) & ended)
    # Short lines that belong: ended ones beside prose ("Yes," he said.), and lone ones between two lines of prose.
    before, after = _beside(prose, lines.texts)
    prose |= (before & after) | ((before | after) & ended)
    short = np.flatnonzero(lines.words <= _MOST_WORDS_OF_A_HEADING)
    places = (array[short].tolist() for array in (lines.starts, lines.ends))
    for at, start, end in zip(short.tolist(), *places, strict=True):
        if _HEADING.fullmatch(laid.text, start, end):
            _blank_until_body_resumes(prose[: np.searchsorted(lines.texts, lines.texts[at], side="right")], at)
    return prose


def _are_ended(laid: Laid, lines: _Lines) -> Flags:
    """Which lines end in an end mark, closed or not, but in no ellipsis: a teaser ends in one."""
    plain = np.frombuffer(laid.plain, dtype=np.uint8)
    last = lines.ends - 1
    for at in np.flatnonzero(_IS_CLOSER[plain[last]]):
        line = laid.plain[lines.starts[at] : lines.ends[at]]
        last[at] -= len(line) - len(line.rstrip(_CLOSERS))
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


def _blank_until_body_resumes(prose: Flags, heading: int) -> None:
    prose[heading] = False
    at = heading + 1
    while at < len(prose) and not (at + RESUMING_LINES <= len(prose) and all(prose[at : at + RESUMING_LINES])):
        prose[at] = False
        at += 1


def _plain(text: str) -> bytes:
    if text.isascii():
        return text.encode()
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    plain = codes.astype(np.uint8)
    beyond = np.flatnonzero(codes > 127)
    chars, which = np.unique(codes[beyond], return_inverse=True)
    plain[beyond] = np.array([*map(_stand_in, map(chr, chars.tolist()))], dtype=np.uint8)[which]
    return plain.tobytes()


@cache
def _stand_in(char: str) -> int:
    """The byte for a character beyond ASCII."""
    if char.isalnum() or unicodedata.category(char) in _JOINING:
        return _LETTER
    return ord(_STAND_INS.get(char, " " if char.isspace() else "-"))


def _runs(flags: Flags) -> tuple[Ints, Ints]:
    """Where each run of true flags begins and ends."""
    fenced = np.zeros(len(flags) + 2, dtype=bool)
    fenced[1:-1] = flags
    change = np.flatnonzero(fenced[1:] != fenced[:-1])
    return change[::2], change[1::2]


def _fold_mixed(text: str, plain: bytes, runs: Iterable[tuple[int, int]]) -> tuple[bytes, Ints]:
    """Fold the words in runs of letters that are not all ASCII: all texts folded, and the words' starts and ends."""
    parts: list[bytes] = []
    places: list[tuple[int, int]] = []
    done = 0
    for start, end in runs:
        found = list(_word().finditer(text, start, end))
        parts += plain[done:start], b" ".join(_fold(match.group()) for match in found)
        places += [match.span() for match in found]
        done = end
    return b"".join([*parts, plain[done:]]), np.array(places, dtype=np.int64).reshape(-1, 2).T


@lru_cache(maxsize=1 << 14)
def _fold(word: str) -> bytes:
    if word.isascii():
        return word.lower().encode()
    seen = "".join(c for c in word if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Zs")).encode("utf-8", "replace")


@cache
def _joiners() -> str:
    """Marks and invisible characters that stand inside words, as a character class. Made on first need (30 ms).

    In ranges: beyond U+FFFF each member of a class is tried in turn, for every character that is none.
    """
    codes = [code for code in range(0x80, 0x20000) if unicodedata.category(chr(code)) in _JOINING]
    ranges = [[code for _, code in run] for _, run in groupby(enumerate(codes), lambda pair: pair[1] - pair[0])]
    return "".join(f"{chr(run[0])}-{chr(run[-1])}" for run in ranges)


@cache
def _word() -> re.Pattern[str]:
    """A letter or digit of a spaceless script with its marks, or a run of others."""
    one = rf"(?=\w)[{_SPACELESS}]"
    return re.compile(rf"(?:{one}|[^\W_{_SPACELESS}](?:[^\W_{_SPACELESS}]|[{_joiners()}])*)[{_joiners()}]*")
