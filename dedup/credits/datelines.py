"""Datelines: PLACE[, Region][, Month day] and the agency, in brackets, between slashes or bare, and a dash."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from dedup.credits.lines import FIELDS, HEAD_CHARS, LINE_CHARS, Line
from dedup.credits.listed import PLAIN, SHAPED, SIGNED, Credit, Sureness, known
from dedup.model import Span

PLACE_WORDS = 6
BARE_CHARS = 90
BARE_PARTS = 8
# Words remembered: places, months, agencies and first words are often the same.
WORDS = 4096
# "Ann Poe | AFP | Getty Images" is the mark of a photo.
PHOTO_CHARS = 20

_DASH, _COLON, _STOP, _NOTHING = "-", ":", ".", ""

# What opens it stands first, in one class, for speed.
_BRACKETED = re.compile(
    r"[(（［\[【/](?:(?<!/)([^()（）［］\[\]【】\n]{1,42})[)）］\]】]|(?<=/)(?:(?<!\w/)|(?=\s))([^/()\n]{2,42})/)"
    r"(?:[\s.,]{0,3}(--?|[—–―−_])|\s{0,3}([:：])|([.。।]))?"
)
_PLACE_WORD = re.compile(r"--?|[—–]|(?!By$)['’\[(]?[^\W\d_a-z][^:;?!|\"]*")
_DATE_WORD = re.compile(
    r"\d{1,4}(?:st|nd|rd|th|er|º)?|\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d{1,2}[^\W\d]{1,3}(?:\d.)?"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """What stands before the agency: where it starts, its names, and whether it is dated and alone on the line."""

    start: int
    names: tuple[str, ...]
    dated: bool
    whole: bool

    @property
    def capital(self) -> bool:
        """Is it set off by capitals? A script that has none shows it by its shortness."""
        return bool(self.names) and (self.names[0].isupper() or (_caseless(self.names[0]) and len(self.names) < 3))

    @property
    def towns(self) -> tuple[str, ...]:
        """The names without small words."""
        return tuple(name for name in self.names if name not in known().words["small"])


def datelines(lines: Iterable[Line]) -> Iterator[Credit]:
    """The agencies of the datelines of lines."""
    for start, line in lines:
        plain = line.isascii()
        if not plain or "(" in line or "/" in line or "[" in line:
            for match in _BRACKETED.finditer(line, 0, LINE_CHARS):
                yield from _bracketed(start, line, match)
        if start < HEAD_CHARS and not _PROSE.match(line, 0, BARE_CHARS):
            yield from _bare(start, line)
        if not plain and _WIDE.search(line, 0, 30):
            yield from _unparted(start, line)


def dateline_field(field: str) -> tuple[Credit, ...]:
    """A field needs no dash, and may be the token alone."""
    read = _dateline if len(field) <= LINE_CHARS else _dateline.__wrapped__  # what is long is not remembered
    return read(field.strip())


@lru_cache(maxsize=FIELDS)
def _dateline(field: str) -> tuple[Credit, ...]:
    line = f"{field} —" if re.search(r"[(/（【\[]", field) else f"({field}) —"
    return tuple(replace(credit, span=Span(0, 0)) for credit in datelines([(0, line)]))


def _bracketed(start: int, line: str, match: re.Match[str]) -> Iterator[Credit]:
    place = _place(line[: match.start()])
    written = match[1] or match[2]
    span = Span(start + place.start, start + match.end())
    delimiter = _DASH if match[3] else _COLON if match[4] else _STOP if match[5] else _NOTHING
    rest = line[match.end() : match.end() + 4].strip()
    if _is_dateline(place, delimiter, rest, near=span.end < HEAD_CHARS):
        yield from _listed(written, span, _sureness(place, delimiter, rest, written))
        if place.whole and place.names and delimiter == _DASH and place.names[0].isupper() and match[1]:
            yield from _unlisted(written, span)


def _is_dateline(place: _Place, delimiter: str, rest: str, near: bool) -> bool:
    """Has the line the shape of a dateline up to here? Without a dash a caption looks the same: "Ann Poe (AP)"."""
    if not (place.names and place.whole):
        return delimiter == _DASH and (place.whole or (near and bool(place.names)))
    if delimiter == _DASH:
        return place.capital or place.dated or not rest[:1].islower()
    parted = any(name.endswith((",", "]")) or name[0] == "[" for name in place.names)
    if delimiter == _COLON:
        return place.capital or place.dated or parted or len(place.towns) == 1
    if not rest:
        return place.capital
    opens = not rest[0].islower() and rest[0] not in "()/|,;"
    return opens and (place.capital or place.dated or len(place.towns) == 1)


def _sureness(place: _Place, delimiter: str, rest: str, written: str) -> Sureness:
    if not (place.whole and place.names and (delimiter or rest)):
        return PLAIN
    if place.capital or place.dated:
        return SHAPED
    # "Bonn (KNA) Words", but not "Harrisburg (PA) - Words", which is a state
    short = len(place.towns) == 1 or (delimiter == _DASH and len(place.towns) == 2)
    return SIGNED if short and not rest[:1].islower() and len(written) > 2 else PLAIN


@lru_cache(maxsize=WORDS)
def _place(prefix: str) -> _Place:
    """The words like a place that ``prefix`` ends with."""
    words = prefix.split()
    kept = len(words)
    while kept and (_is_place_word(words[kept - 1]) or _is_date_word(words[kept - 1])):
        kept -= 1
    first = kept
    while kept and first < len(words) and not _is_name(words[first]):  # on one line: "By Ann Poe HALVERTON (AP) -"
        first += 1
    dates = list(map(_is_date_word, words[first:]))
    names = tuple(word for word, date in zip(words[first:], dates, strict=True) if not date)
    if not names or len(names[0].strip(".,")) < 2 or len(names) > PLACE_WORDS or _has_photo(names):
        return _Place(len(prefix), (), False, not words)
    return _Place(len(prefix) - len(prefix.split(None, first)[first]), names, any(dates), not kept)


@lru_cache(maxsize=WORDS)
def _is_place_word(word: str) -> bool:
    if word in known().words["small"]:
        return True
    return bool(_PLACE_WORD.fullmatch(word)) and not word.lstrip("'’[(")[:1].islower()


def _is_name(word: str) -> bool:
    return word.isupper() or _caseless(word[0])


def _caseless(word: str) -> bool:
    return word[0].isalpha() and word[0].lower() == word[0].upper()


@lru_cache(maxsize=WORDS)
def _is_date_word(word: str) -> bool:
    bare = word.strip(".,;").casefold()
    return bare in known().words["months"] or bool(_DATE_WORD.fullmatch(bare))


def _has_photo(words: Iterable[str]) -> bool:
    return known().is_photo(" ".join(words))


def _listed(written: str, span: Span, sure: Sureness) -> list[Credit]:
    return [known().credit(agency, "dateline", span) for agency in _all_named(written.strip(), sure)]


@lru_cache(maxsize=WORDS)
def _all_named(written: str, sure: Sureness) -> tuple[str, ...]:
    return tuple(known().all_named(written, sure))


def _unlisted(written: str, span: Span) -> Iterator[Credit]:
    """A credit to an agency that the list lacks: one to four capitalised words that are nothing else we know."""
    words, others = written.split(), known().words["not_agencies"]
    named = all(re.fullmatch(r"[^\W\d_][\w.&'’-]*", word) and word[0].isupper() for word in words)
    ticker_or_party = len(words) == 1 and (written.isupper() or written[1:2] in ("-", "."))
    other = written.casefold() in others or {word.strip(".").casefold() for word in words} <= others
    if named and len(words) <= 4 and len(written) > 2 and not (other or ticker_or_party):
        listed = any(part in known().tokens for part in written.split("/")) or known().all_named(written, SHAPED)
        if not listed and not _has_photo(words):
            yield Credit(None, " ".join(words), "dateline", span)


# Without brackets: "ACCRA, May 3, GNA -", "BERLIN dpa |".

_PROSE = re.compile(r"(?:[^\s,.:|/–—−।،-]+\s+){4}[^\s,.:|/–—−।،-]")  # five words and no mark
_END = re.compile(r"(?:[,.:|/](?=\s|$)|--?(?=\s|$)|[–—−।،])\s{0,3}|$")


def _bare(start: int, line: str) -> Iterator[Credit]:
    """The place, a date, and the agency, each ended by a mark. What is no place or date ends the search."""
    begin, dated, piped = 0, False, False
    for number, mark in enumerate(_END.finditer(line[:BARE_CHARS])):
        words = line[begin : mark.start()].split()
        if number > BARE_PARTS or not 0 < len(words) < 5:
            return
        dash = mark[0].strip() in ("-", "--", "–", "—", "−", "|")
        if agencies := _bare_agencies(words, number, dash and not piped, dated):
            if not known().is_photo(line[: mark.end() + PHOTO_CHARS]):
                span = Span(start, start + mark.end())
                yield from (known().credit(agency, "dateline", span) for agency in agencies)
            return
        dates = [_is_date_word(word) for word in words]
        if not all(date or _is_place_word(word) for date, word in zip(dates, words, strict=True)):
            return
        dated, piped, begin = dated or any(dates), "|" in mark[0], mark.end()


def _bare_agencies(words: list[str], number: int, dash: bool, dated: bool) -> list[str]:
    """The agencies that a part is, or that end the first part after a place in capitals. Without a date an ambiguous
    part may be a state: "PITTSBURGH, PA -"."""
    if number:
        return known().all_named(" ".join(words), SHAPED if dated else PLAIN) if dated or dash else []
    capitals = dash and len(words) > 1 and " ".join(words[:-1]).isupper()
    return known().all_named(words[-1], SHAPED) if capitals else []


# Scripts that do not part words: "【Londonkyodo】", "(Seoul=Yonhap)", "XinhuaBeijing3/1dian".

_WIDE = re.compile(r"[぀-ヿ㐀-鿿가-힯ｦ-ﾟ]")
_TOP_BRACKETS = re.compile(r"[【［\[(（]([^【】［］\[\]()（）\n]{2,30})[】］\])）]")
_TELEGRAM = re.compile(
    r"[【［\[(（\s]{0,2}[据據]?([^\s，。,、；：()（）]{2,30}?)\s?"
    r"(?:(?:\d{1,2}月)?\d{1,2}日\S{0,6}?(?:电|電|讯|訊|消息|[】］]|\s?[-—–])|(?:电|電)(?=[\s（(]))"
)


def _unparted(start: int, line: str) -> Iterator[Credit]:
    bracket, telegram = _TOP_BRACKETS.match(line), _TELEGRAM.match(line)
    if bracket and not known().is_photo(bracket[1]):
        span = Span(start, start + bracket.end())
        for part in re.split(r"[=＝・·/]", bracket[1]):
            last = (part.split() or [""])[-1]
            if agency := known().exactly(part, SHAPED) or known().exactly(last, SHAPED) or known().named_at_end(last):
                yield known().credit(agency, "dateline", span)
    if telegram and (agency := known().named_at_start(telegram[1])):
        yield known().credit(agency, "dateline", Span(start, start + telegram.end()))
