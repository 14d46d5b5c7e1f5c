"""What the words of a text are to a reader: how many there are, which are names, and which are somebody's own words."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

from dedup.changes.numbers import is_date

# A quotation has this many words: shorter ones are titles and terms.
QUOTED_WORDS = 3
# Of the words of a German text about a fifth are these; of an English one "die", "am" and "in" are one in fifty.
_GERMAN_LIST = "der die das und ist nicht von mit für ein eine auf dem den im zu sich"
_GERMAN = frozenset(_GERMAN_LIST.split())
_GERMAN_PART, _GERMAN_CHARS = 0.08, 1000
# Where most words around a word have a capital it is in a headline or a menu, and they tell nothing.
_CAPITALS, _AROUND = 0.6, 80

# Letters of scripts written without spaces are words each, as they are everywhere here.
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD = re.compile(rf"[{_SPACELESS}]|[^\W_{_SPACELESS}]+")
_CASED = re.compile(r"[^\W\d_][^\W_]*(?:['’.-][^\W_]+)*")
# The first letters of the same.
_FIRST = re.compile(r"([^\W\d_])[^\W_]*(?:['’.-][^\W_]+)*")
# By the mark that opens them.
_QUOTATIONS: Mapping[str, str] = {
    "“": r"“[^”“\n]*(?:”|$)",
    "„": r"„[^“”\n]*(?:[“”]|$)",
    "«": r"«[^»\n]*(?:»|$)",
    "「": r"「[^」\n]*(?:」|$)",
    "『": r"『[^』\n]*(?:』|$)",
    '"': r"\"[^\"\n]*(?:\"|$)",
    "``": r"``[^'\n]*(?:'(?!')[^'\n]*)*(?:''|$)",
}
_QUOTATION = re.compile("|".join(_QUOTATIONS.values()), re.MULTILINE)
_OPENED_BY = {mark: re.compile(pattern, re.MULTILINE) for mark, pattern in _QUOTATIONS.items()}
_QUOTE_MARKS = "“”„«»「」『』\"`'‘’‹›"
_OPENING = re.compile(rf"(?:^|[.!?:;•|*\n\r…]|--?\s|[—–]\s)[\s{_QUOTE_MARKS}(\[]*\Z|[“„«「『\"`]\Z")
_SHORTENED = re.compile(
    r"\b(?:Mr|Mrs|Ms|Dr|Prof|Gov|Sen|Rep|Reps|Sens|Gen|Col|Lt|Maj|Sgt|Capt|Cpl|Adm|Rev|St|Jr|Sr|Pres|No|vs|[A-Z])\.\s?\Z"
)
_LOOKED_BACK = 12
# What a quote mark or a dash behind a name becomes where UTF-8 was read as something else: "Britainâ€™s".
_MANGLED = "âÂÃ".casefold()
_FAR = 1 << 62
# Titles, and what papers write in two ways.
_NO_NAMES_LIST = (
    "mr mrs ms dr prof gov governor sen senator sens rep representative reps gen general col lt sgt capt president"
    " u.s us american americans u.k uk british u.n un inc corp co ltd"
)
_NO_NAMES = frozenset(_NO_NAMES_LIST.split())
_PRONOUNS_LIST = "he she it they we you i his her hers its their theirs him them who whom which that this these those"
_PRONOUNS = frozenset(_PRONOUNS_LIST.encode().split())
_SMALL = bytes(ord(c.lower()) if c.isalnum() else ord(" ") for c in map(chr, range(128))) + bytes(128)
# The signs that most texts beyond ASCII have alone.
_SIGNS = re.compile("[“”‘’„«»—–−…•·\u00a0\u202f]")


def words_of(text: str) -> list[bytes]:
    """The words of a text in one form: runs of letters and digits, and each letter of a script without spaces."""
    signless = plain(text)
    if signless is not None:
        return signless.split()
    bare = _unmarked(unicodedata.normalize("NFKC", text)).casefold()
    return [word.encode("utf-8", "replace") for word in _WORD.findall(bare)]


def joined(words: Sequence[bytes]) -> bytes:
    """Words with a space between and around them, so that whole words are found in others."""
    return b" %b " % b" ".join(words)


def plain(text: str) -> bytes | None:
    """A text of ASCII, but for the signs that most have beyond it, with a space for each sign, and without capitals;
    each character is where it was. ``None`` for other texts."""
    if not text.isascii():
        text = _SIGNS.sub(" ", text)
    return text.encode().translate(_SMALL) if text.isascii() else None


def _unmarked(text: str) -> str:
    """Without marks and what cannot be seen, which would part a word."""
    chars = set(text)  # of a page of 3,000 characters some eighty
    if max(chars, default="") <= "\u02ff":
        return text
    unseen = [ord(c) for c in chars if unicodedata.category(c) in ("Mn", "Mc", "Me", "Cf")]
    return text.translate(dict.fromkeys(unseen)) if unseen else text


def quotations(text: str) -> list[tuple[int, int]]:
    """Where somebody's own words stand, with their quote marks, in the order of the text.

    One that is not closed ends with its paragraph, as it does where it goes on in the next. Single marks are none: they
    look like apostrophes.
    """
    marks = [mark for mark in _OPENED_BY if mark in text]
    # Most texts have one kind of mark, which alone is found in two thirds of the time (Reuters), or in half (ap1989).
    pattern = _OPENED_BY[marks[0]] if len(marks) == 1 else _QUOTATION
    return [found.span() for found in pattern.finditer(text)] if marks else []


def within(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether a place lies inside one of some ordered spans."""
    at = bisect_right(spans, (start, _FAR)) - 1
    return at >= 0 and spans[at][0] <= start and end <= spans[at][1]


def names_in(text: str, start: int, end: int) -> frozenset[str]:
    """The names in a stretch of a text: words with a capital that open no sentence, and are no day or month.

    None in scripts without capitals, nor where most words have one.
    """
    stretch = text[start:end]
    found = frozenset(_names(text, start, end)) if stretch != stretch.lower() else frozenset[str]()
    return found if found and not _is_headline(text[max(0, start - _AROUND) : end + _AROUND]) else frozenset()


def _names(text: str, start: int, end: int) -> Iterator[str]:
    for found in _CASED.finditer(text, start, end):
        word = found[0]
        cased = word[0].isupper() and len(word) > 1 and not _opens(text, found.start())
        if cased and not is_date(word) and not word.startswith(("I'", "I’")):
            name = word.casefold().removesuffix("'s").removesuffix("’s").rstrip(_MANGLED)
            if name not in _NO_NAMES:
                yield name


def _opens(text: str, at: int) -> bool:
    """Whether a word opens a sentence or a line, or may."""
    before = text[max(0, at - _LOOKED_BACK) : at]
    if before[-1:] == " " and before[-2:-1].isalnum():  # as most do: behind another word
        return False
    return bool(_OPENING.search(before)) and not _SHORTENED.search(before) if at else True


def is_german(text: str) -> bool:
    """Whether a text is in German, where every noun has a capital, by its first words."""
    words = text[:_GERMAN_CHARS].lower().split()
    return not _GERMAN.isdisjoint(words) and sum(map(_GERMAN.__contains__, words)) > _GERMAN_PART * len(words)


def _is_headline(text: str) -> bool:
    first = _FIRST.findall(text)
    return len(first) > 3 and sum(map(str.isupper, first)) > _CAPITALS * len(first)


def is_pronoun(words: Sequence[bytes]) -> bool:
    """Whether words are one that stands for a name."""
    return len(words) == 1 and words[0] in _PRONOUNS
