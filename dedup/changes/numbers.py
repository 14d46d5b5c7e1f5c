"""Numbers and dates: whether those of two texts differ, however they are written.

Precision before recall: an editor who sees a difference that is none stops believing. So 1,200 is 1.200 and 1200, five
is 5, 4:00 is 4, and 10 % is 10 percent; "one" and "first" never make a difference, as they are seldom numbers, and
"May" is a month only beside a number.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, TypeAlias

# Longer runs of digits are no amounts, and are compared as they stand.
_MOST_DIGITS = 18
# How far a number, and what belongs to it, may go on beside an edit.
_REACH = 24
_SPACES_AND_MARKS = ".,:’'\u00a0\u202f"
_PART = re.compile(rf"(?:\b[lI])?\d[\d{_SPACES_AND_MARKS}]*|[^\W\d_]+")
# The rest of a number, read away from it: what is joined to it, or where the edit has nothing, the number itself.
_MORE = re.compile(rf"(?:[{_SPACES_AND_MARKS}]\d+)+")
_MORE_OR_ALL = re.compile(rf"\d*(?:[{_SPACES_AND_MARKS}]\d+)*")
_UNIT_BEFORE = re.compile(r"(?:[$€£¥]|\b[^\W\d_]{3,9}\.? )\Z")
_UNIT_BEHIND = re.compile(r"\s?%|[ \u00a0-][^\W\d_]{3,9}\b")
_UNITS_LIST = "percent people years year days hours minutes miles points cents dollars euros"
_UNITS = frozenset(_UNITS_LIST.split())

_SIZES: Mapping[str, int] = {
    word: size
    for size, words in {
        12: "dozen",
        100: "hundred",
        1000: "thousand tausend duizend тыс тысяч",
        10**6: "million millions millionen mio mln millón millones milione milioni milhão milhões miljoen млн",
        10**9: "billion billions bn milliarde milliarden mrd milliard milliards miliardo miliardi miljard mld млрд",
        10**12: "trillion trillions",
    }.items()
    for word in words.split()
}
_WORDS: Mapping[str, int] = {
    word: number
    for first, names in (
        (0, "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"),
        (17, "seventeen eighteen nineteen"),
        (1, "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth"),
        (2, "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf"),
        (2, "deux trois quatre cinq six sept huit neuf dix onze douze"),
        (2, "dos tres cuatro cinco seis siete ocho nueve diez once doce"),
    )
    for number, word in enumerate(names.split(), first)
}
_TENS_NAMES = "twenty thirty forty fifty sixty seventy eighty ninety"
_TENS: Mapping[str, int] = {word: 10 * at for at, word in enumerate(_TENS_NAMES.split(), 2)}
# Seldom numbers, or words of another language: they may stand for a number, and never differ from one.
_WEAK = frozenset(["one", "first", "second", "third", "sept", "once", "elf"])
_MONTHS = (
    "january february march april may june july august september october november december",
    "jan feb mar apr may jun jul aug sept oct nov dec",
    "januar februar märz april mai juni juli august september oktober november dezember",
    "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "januari februari maart april mei juni juli augustus september oktober november december",
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
)
_DAYS = (
    "monday tuesday wednesday thursday friday saturday sunday",
    "montag dienstag mittwoch donnerstag freitag samstag sonntag",
    "lundi mardi mercredi jeudi vendredi samedi dimanche",
    "lunes martes miércoles jueves viernes sábado domingo",
    "lunedì martedì mercoledì giovedì venerdì sabato domenica",
    "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
    "понедельник вторник среда четверг пятница суббота воскресенье",
)
_DATES: Mapping[str, str] = {
    word: f"{what} {at}"
    for what, names in (("month", _MONTHS), ("day", _DAYS))
    for line in names
    for at, word in enumerate(line.split())
}
# Also other words, or names of people.
_DATES_BESIDE_NUMBERS = frozenset(["may", "mar", "march", "mars", "mai", "mei", "sept"])

_KNOWN = frozenset(word.encode() for word in (*_WORDS, *_TENS, *_DATES))

# Start and end in the one text, then in the other.
Place: TypeAlias = tuple[int, int, int, int]


class Found(NamedTuple):
    """The numbers and dates of a text, each in one form; ``weak`` are words that may be numbers."""

    sure: Counter[str]
    weak: Counter[str]


def numbers(text: str) -> Found:
    """The numbers and dates that a text has; both empty where it has none."""
    sure, weak = Counter[str](), Counter[str]()
    for number, is_sure in _read([part[0] for part in _PART.finditer(text)]):
        (sure if is_sure else weak)[number] += 1
    return Found(sure, weak)


def differ(was: str, now: str) -> bool:
    """Whether for a number or date of the one text another stands in the other; not where one of them has none."""
    one = numbers(was)
    two = numbers(now) if one.sure else one
    if not one.sure or not two.sure:
        return False
    gone, come = one.sure - two.sure - two.weak, two.sure - one.sure - one.weak
    return bool(gone and come)


def may_differ(was: Sequence[bytes], now: Sequence[bytes]) -> bool:
    """Whether two sides of an edit, by their words, may differ in a number: a quick look that passes over none. An
    empty side may be a part of one."""
    return (not was or _has_number(was)) and (not now or _has_number(now))


def _has_number(words: Sequence[bytes]) -> bool:
    # Not all letters of ASCII: a digit, or a word in UTF-8, which may have other digits.
    return not _KNOWN.isdisjoint(words) or not b"".join(words).isalpha()


def is_date(word: str) -> bool:
    """Whether a word is the name of a month or a day."""
    return word.casefold() in _DATES


def widened(a: str, b: str, place: Place) -> Place:
    """An edit with the rest of the numbers that it touches, in both texts: "$3.[641] million", "July [13]".

    An empty side takes part where the other goes on, so that "1" left out of "1,200" is 1,200 and 200.
    """
    a_at, a_end, b_at, b_end = place
    sides = [(text, at, end) for text, at, end in ((a, a_at, a_end), (b, b_at, b_end)) if end > at]
    if any(text[at].isdigit() and _MORE.match(_before(text, at)) for text, at, _ in sides):
        a_at, b_at = a_at - _length(_before(a, a_at)), b_at - _length(_before(b, b_at))
    if any(text[end - 1].isdigit() and _MORE.match(_behind(text, end)) for text, _, end in sides):
        a_end, b_end = a_end + _length(_behind(a, a_end)), b_end + _length(_behind(b, b_end))
    if a_at == a_end or b_at == b_end:
        return a_at, a_end, b_at, b_end
    before = _same_unit(_unit_before(a, a_at), _unit_before(b, b_at))
    behind = _same_unit(_unit_behind(a, a_end), _unit_behind(b, b_end))
    return a_at - before, a_end + behind, b_at - before, b_end + behind


def _before(text: str, at: int) -> str:
    """What stands before a place, read backwards."""
    return text[max(0, at - _REACH) : at][::-1]


def _behind(text: str, at: int) -> str:
    return text[at : at + _REACH]


def _length(beside: str) -> int:
    found = _MORE_OR_ALL.match(beside)
    return len(found[0]) if found else 0


def _same_unit(one: str, two: str) -> int:
    return len(one) if one == two else 0


def _unit_before(text: str, at: int) -> str:
    """A currency or a month right before a number; empty where there is none."""
    found = _UNIT_BEFORE.search(text, max(0, at - _REACH), at) if text[at].isdigit() else None
    return found[0] if found and (len(found[0]) == 1 or is_date(found[0].rstrip(" ."))) else ""


def _unit_behind(text: str, end: int) -> str:
    """What a number counts, right behind it; empty where that is unknown."""
    found = _UNIT_BEHIND.match(text, end, end + _REACH) if text[end - 1].isdigit() else None
    word = found[0].strip(" \u00a0-").casefold() if found else ""
    return found[0] if found and (word == "%" or word in _SIZES or word in _UNITS) else ""


def _read(parts: list[str]) -> Iterator[tuple[str, bool]]:
    """The numbers and dates among words, and whether each is sure to be one."""
    at = 0
    while at < len(parts):
        word = parts[at].casefold()
        number, used = _value(parts, at)
        if word in _DATES and (word not in _DATES_BESIDE_NUMBERS or _beside_number(parts, at)):
            yield _DATES[word], True
            used = 1
        elif number:
            yield number, used > 1 or word not in _WEAK
        at += used


def _beside_number(parts: list[str], at: int) -> bool:
    return any(part[0].isdigit() for part in (*parts[max(0, at - 1) : at], *parts[at + 1 : at + 2]))


def _value(parts: list[str], at: int) -> tuple[str, int]:
    """The number that begins at a word, in one form, and how many words it takes; empty and one where there is none."""
    word, used = parts[at].casefold(), 1
    behind = parts[at + 1].casefold() if at + 1 < len(parts) else ""
    amount: Decimal | str | None
    if word[-1].isdecimal() or word[0].isdecimal():
        amount = _amount(f"1{word[1:]}" if word[0] in "li" else word, sized=behind in _SIZES)
    elif word in _TENS and 0 < _WORDS.get(behind, 0) < 10:
        amount, used = Decimal(_TENS[word] + _WORDS[behind]), 2
    else:
        known = _TENS.get(word) or _WORDS.get(word) or (1 if word in ("a", "an") and behind in _SIZES else None)
        amount = Decimal(known) if known is not None else None
    if amount is None or isinstance(amount, str):
        return amount or "", 1
    while at + used < len(parts) and (size := _SIZES.get(parts[at + used].casefold())):
        amount, used = amount * size, used + 1
    return f"{amount.normalize():f}", used


def _amount(written: str, *, sized: bool) -> Decimal | str:
    """A number in digits: an amount, or as it stands where it is a time or too long. 1,200 is 1.200, but 1.200 million
    (``sized``) is not."""
    plain = written.rstrip(_SPACES_AND_MARKS)
    if ":" in plain or len(plain) > _MOST_DIGITS:
        return plain.lstrip("0").removesuffix(":00")
    if not plain.isascii():
        plain = "".join(str(unicodedata.decimal(c)) if c.isdecimal() else c for c in plain)
    plain = re.sub("[’'\u00a0\u202f]", "", plain)
    found = re.fullmatch(r"(.*)([.,])(\d*)", plain)
    if found is None:
        return Decimal(plain)
    head, mark, last = found.groups()
    whole = re.sub("[.,]", "", head)
    grouped = mark in head or (whole == head and len(last) == 3 and head != "0" and not sized)
    return Decimal(whole + last if grouped else f"{whole}.{last}")
