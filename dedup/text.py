"""Text to words with their places, and to body and furniture. Knows no hashing and no SQL.

A word is a run of letters and digits, folded (NFKC, case-folded); scripts written without spaces give a word a
character. Folding never moves a word: ``starts`` and ``ends`` are characters of the text as it stands.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from itertools import compress
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.model import Offsets, Span

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
_END_MARKS = ".?!…。！？"
_CLOSERS = "\"'”’»)]"
_ELLIPSIS = re.compile(r"(?:\.\s?\.\s?\.|…)[\s\"'”’»)\]]*$")
_HEADING = re.compile(
    r"(?:(?:you (?:may|might)(?: also)? (?:like|be interested in)|read (?:also|more|next)|see also|also read"
    r"|recommend(?:ed)?(?: (?:for you|reading|stories|articles))?|related(?: (?:stories|articles|news|posts|content))?"
    r"|(?:more|top|latest|popular|trending|other|recent)(?: \w+)?(?: (?:stories|news|articles|posts|headlines))"
    r"|(?:most )?(?:popular|read|viewed|shared)|trending(?: now)?|more from [\w .'-]{1,40}|more on this"
    r"|don't miss|what to read next|around the web|sponsored(?: content)?|promoted stories"
    r"|mehr zum thema|lesen sie auch|à lire aussi|lea también|leggi anche|leia também))\s*[:.…]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Words:
    """The folded words of a text: ``folded[at[i]:upto[i]]`` is word ``i``, ``text[starts[i]:ends[i]]`` its place.

    All four arrays are int32 of shape ``(n,)``; a text without a word gives empty ones.
    """

    folded: bytes
    at: Offsets
    upto: Offsets
    starts: Offsets
    ends: Offsets


def split_words(text: str) -> Words:
    """Find the words of a text in the order they stand; empty text, no words."""
    if text.isascii() or not any(map(_is_inside_words, set(text))):
        return _split_ascii(text)
    return _split_any(text)


def number_mask(folded: bytes, at: Offsets, upto: Offsets) -> NDArray[np.bool_]:
    """Which of the folded words hold a digit: bool, shape ``(n,)``."""
    digits = np.frombuffer(folded, dtype=np.uint8) - ord("0") < 10
    counts = np.zeros(len(digits) + 1, dtype=np.int32)
    np.cumsum(digits, out=counts[1:])
    return np.asarray(counts[upto] > counts[at])


def body_spans(text: str) -> tuple[Span, ...]:
    """Tell body from furniture: the characters of the story's own lines, in order, neighbours joined.

    Decides by shape alone (length and end mark of a line, its neighbours, headings such as "Recommended"), so it
    errs on single lines; a text without prose is all body, an empty text has none.
    """
    spans = _lines(text)
    lines = [_Line.of(text[span.start : span.end]) for span in spans]
    flags = _body_lines(lines)
    if sum(line.words for line in compress(lines, flags)) < LEAST_BODY * sum(line.words for line in lines):
        return tuple(_joined(spans, text))
    return tuple(_joined(list(compress(spans, flags)), text))


class _Line(NamedTuple):
    """A line as far as its shape goes: its words, whether it ends as a sentence does, whether it is a heading."""

    words: int
    is_ended: bool
    is_heading: bool

    @classmethod
    def of(cls, line: str) -> _Line:
        return cls(len(line.split()), _is_ended(line), _HEADING.fullmatch(line) is not None)

    @property
    def is_prose(self) -> bool:
        return self.words >= UNENDED_PROSE_WORDS or (self.words >= PROSE_WORDS and self.is_ended)


def _body_lines(lines: list[_Line]) -> list[bool]:
    prose = [line.is_prose for line in lines]
    for at in _short_lines_inside(lines, prose):
        prose[at] = True
    for at, line in enumerate(lines):
        if line.is_heading:
            _blank_until_body_resumes(prose, at)
    return prose


def _is_ended(line: str) -> bool:
    """An end mark, but no ellipsis: a teaser ends in one."""
    return line.rstrip().rstrip(_CLOSERS)[-1:] in tuple(_END_MARKS) and not _ELLIPSIS.search(line)


def _short_lines_inside(lines: list[_Line], prose: list[bool]) -> list[int]:
    """Short lines that belong: ended ones beside prose ("Yes," he said.), and lone ones between two lines of prose."""
    inside = []
    for at in range(len(lines)):
        before, after = at > 0 and prose[at - 1], at + 1 < len(lines) and prose[at + 1]
        if not prose[at] and ((before and after) or ((before or after) and lines[at].is_ended)):
            inside.append(at)
    return inside


def _blank_until_body_resumes(prose: list[bool], heading: int) -> None:
    prose[heading] = False
    at = heading + 1
    while at < len(prose) and not (at + RESUMING_LINES <= len(prose) and all(prose[at : at + RESUMING_LINES])):
        prose[at] = False
        at += 1


def _lines(text: str) -> list[Span]:
    """The characters of each line that holds more than spaces, without its outer spaces."""
    return [Span(found.start(), found.end()) for found in re.finditer(r"\S(?:[^\n\r\u2028\u2029]*\S)?", text)]


def _joined(lines: list[Span], text: str) -> list[Span]:
    joined: list[Span] = []
    for line in lines:
        if joined and not text[joined[-1].end : line.start].strip():
            line = Span(joined.pop().start, line.end)
        joined.append(line)
    return joined


# Every byte that is no ASCII letter or digit becomes a space; capitals become small.
_FOLD = bytes(ord(chr(b).lower()) if chr(b).isalnum() and b < 128 else 32 for b in range(256))


def _split_ascii(text: str) -> Words:
    """Words of a text whose words are all ASCII: a byte a character, so that places need no map."""
    folded = text.encode("ascii", "replace").translate(_FOLD)
    inside = np.zeros(len(folded) + 2, dtype=np.int8)
    inside[1:-1] = np.frombuffer(folded, dtype=np.uint8) != 32
    change = np.flatnonzero(np.diff(inside)).astype(np.int32)
    return Words(folded, change[::2], change[1::2], change[::2], change[1::2])


def _split_any(text: str) -> Words:
    """Words of any text, folded one by one."""
    found = list(_word().finditer(text))
    folded = [_fold(match.group()) for match in found]
    upto = np.cumsum([len(word) + 1 for word in folded], dtype=np.int32) - 1
    at = upto - np.fromiter(map(len, folded), dtype=np.int32, count=len(folded))
    starts = np.fromiter((match.start() for match in found), dtype=np.int32, count=len(found))
    ends = np.fromiter((match.end() for match in found), dtype=np.int32, count=len(found))
    return Words(b" ".join(folded), at.astype(np.int32), upto.astype(np.int32), starts, ends)


def _fold(word: str) -> bytes:
    if word.isascii():
        return word.lower().encode()
    seen = "".join(c for c in word if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    return "".join(c for c in folded if unicodedata.category(c) not in ("Cf", "Zs")).encode("utf-8", "replace")


@cache
def _joiners() -> str:
    """Marks and invisible characters that stand inside words, as a character class. Made on first need (30 ms)."""
    codes = (c for c in range(0x80, 0x20000) if unicodedata.category(chr(c)) in ("Mn", "Mc", "Me", "Cf"))
    return "".join(re.escape(chr(c)) for c in codes)


@cache
def _is_inside_words(char: str) -> bool:
    """Whether a character is a letter, digit, mark or joiner outside ASCII: then words cannot be split by bytes."""
    return char > "\x7f" and (char.isalnum() or unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf"))


@cache
def _word() -> re.Pattern[str]:
    """A letter or digit of a spaceless script with its marks, or a run of others."""
    one = rf"(?=\w)[{_SPACELESS}]"
    return re.compile(rf"(?:{one}|[^\W_{_SPACELESS}](?:[^\W_{_SPACELESS}]|[{_joiners()}])*)[{_joiners()}]*")
