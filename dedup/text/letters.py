"""What a character is to a text, and words folded to one form: how a copy writes a word must not matter.

A character beyond ASCII is a letter, a joiner (a mark or what cannot be seen), a letter that is a word by itself, or a
sign, by the parts that Unicode's compatibility decomposition gives it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

# Beyond ASCII letters are this byte, what joins them the next, and letters that are words the third, or the fourth in
# scripts without end marks; all other characters have one of ASCII stand for them.
BLANK, LETTER, JOINER, ALONE, ENDLESS = 0x20, 0x80, 0x81, 0x82, 0x83
_STAND_INS = {
    **dict.fromkeys("\u2028\u2029", "\n"),
    **dict.fromkeys("”’»“‘«›‹」』｣】〉》）］〞", '"'),
    **dict.fromkeys("。！？．｡؟۔।॥։።፧།။។៕‼⁇⁈⁉", "!"),
}
# Scripts written without spaces: Thai and Lao, Burmese, Khmer, Tai, Javanese, Yi, kana, Han, and their extensions.
_SPACELESS = re.compile(
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u1aaf\u1b00-\u1b7f\u3005-\u3007\u3021-\u3029\u3031-\u303c"
    "\u3040-\u312f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua48c\ua980-\ua9ff\uaa60-\uaadf"
    "\uf900-\ufaff\U0001aff0-\U0001b16f\U00020000-\U0003ffff]"
)
_THAI_AND_LAO = re.compile("[\u0e00-\u0eff]")
_JOINING = ("Mn", "Mc", "Me", "Cf")
_TATWEEL = "\u0640"
# Letters by their category, but written for apostrophes; and letters set as a sign, which copies leave out.
_APOSTROPHES = "\u02b9-\u02bf"
_SIGNS = re.compile(f"[{_APOSTROPHES}™℠]")
# What is left out of words, as it is of many copies: tatweel, Hebrew points, Arabic vowel marks, selectors of glyphs;
# the stress of Cyrillic and the dot of a small İ, which no letter takes up; the ring that half of ำ is in NFKC.
_LEFT_OUT = re.compile(
    f"[{_TATWEEL}{_APOSTROPHES}\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff\u0301\u0307\u0e4d\u0ecd"
    "\u034f\u17b4\u17b5\u180b-\u180d\u180f\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
# Letters written one for the other: Russian, Greek (capitals bear no accents), Persian and Arabic, Romanian, Turkish,
# French, Yiddish; letters of Malayalam and Bengali that are also written as two.
_SAME = str.maketrans("ёάέήίόύώşţı\u064a\u0649\u0643", "еαεηιουωșți\u06cc\u06cc\u06a9") | str.maketrans(
    {"œ": "oe", "æ": "ae", "\u05f0": "\u05d5\u05d5", "\u05f1": "\u05d5\u05d9", "\u05f2": "\u05d9\u05d9"}
    | {"\u0d7a": "\u0d23\u0d4d", "\u0d7b": "\u0d28\u0d4d", "\u0d7c": "\u0d30\u0d4d", "\u0d7d": "\u0d32\u0d4d"}
    | {"\u0d7e": "\u0d33\u0d4d", "\u0d7f": "\u0d15\u0d4d", "\u09ce": "\u09a4\u09cd"}
)


@cache
def stand_in(char: str) -> int:
    """The byte for a character beyond ASCII, by what it is made of: № is two letters, ½ a word of its own."""
    parts = set() if _SIGNS.match(char) else {*map(_part, unicodedata.normalize("NFKD", char))}
    if parts == {JOINER}:
        return JOINER
    if LETTER in parts or ALONE in parts:
        spaced = parts <= {LETTER, JOINER}
        return LETTER if spaced else ENDLESS if _THAI_AND_LAO.match(char) else ALONE
    return ord(_STAND_INS.get(char, " " if char.isspace() else "-"))


def _part(char: str) -> int:
    if char == _TATWEEL or unicodedata.category(char) in _JOINING:
        return JOINER
    if not char.isalnum() or _SIGNS.match(char):
        return BLANK
    return ALONE if _SPACELESS.match(char) and not char.isdecimal() else LETTER


@lru_cache(maxsize=1 << 14)
def fold(word: str) -> bytes:
    """The one form of a word, in UTF-8: NFKC and case-folded, its digits those of ASCII, without what copies leave out.

    Words whose NFKC is the same have the same form. Accents stay, as do traditional and simplified letters what they
    are. Never empty for a word, and never with a space.
    """
    seen = "".join(c for c in word if unicodedata.category(c) != "Cf")
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", seen).casefold())
    plain = _LEFT_OUT.sub("", folded).translate(_SAME)
    return "".join(map(_folded, plain)).encode()


def _folded(char: str) -> str:
    """A digit of any script as that of ASCII; nothing for the spaces and signs of which ㈱ and ㍘ are made."""
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    return "" if unicodedata.category(char)[0] in "ZPC" or unicodedata.category(char) == "So" else char
