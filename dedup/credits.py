"""Who a text says it comes from: datelines, bylines, credit lines and notices that name a wire agency.

Precision before recall: a wrong credit turns an answer round, a missed one leaves it to other evidence. So prose
that mentions an agency, photo captions and an outlet's "... contributed to this report" are not credits. Only the
head and the tail of a text are looked at, which also bounds the time on any text.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

from dedup.model import Span

How = Literal["dateline", "byline", "credit", "notice"]

# Scraped pages have menus and captions on top: in 679 pages of US outlets the dateline began at character 400 to
# 1,250 in one of five, never later than line 14.
HEAD_CHARS = 400
DATELINE_CHARS = 1500
DATELINE_LINES = 16
TAIL_CHARS = 800
PLACE_WORDS = 6
BYLINE_CHARS = 160
PROSE_CHARS = 120
RIVAL_CHARS = 160


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit. ``agency`` is an id of the list, or ``None`` for a name the list lacks; then ``name`` is as written.

    ``span`` covers the characters of the text that show it, and is empty at 0 where a field outside the text does.
    """

    agency: str | None
    name: str
    how: How
    span: Span


def find_credits(text: str, byline: str | None = None, dateline: str | None = None) -> tuple[Credit, ...]:
    """The agencies that ``text`` and its fields credit: datelines first, then bylines, credits, notices.

    Each agency stands once, with its first credit; no credit gives an empty tuple. It does not promise to find every
    credit, and a credit is no proof: outlets leave an agency's dateline on stories they rewrote.
    """
    lines = tuple(_head_lines(text))
    found = [*_datelines(lines), *_marks(text, "dateline"), *_dateline_field(dateline)]
    found += [*_bylines(lines), *_byline_field(byline)]
    found += [*_source_lines(text), *_marks(text, "credit"), *_marks(text, "notice"), *_copyrights(text)]
    first: dict[str, Credit] = {}
    for credit in found:
        first.setdefault(credit.agency or credit.name, credit)
    return tuple(first.values())


def agency_of_outlet(outlet: str | None) -> str | None:
    """The id of the agency whose domain (or a subdomain of it) or name ``outlet`` is; ``None`` otherwise."""
    if not outlet:
        return None
    known, labels = _agencies(), outlet.strip().casefold().split(".")
    domains = (".".join(labels[start:]) for start in range(len(labels)))
    by_domain = next((known.domains[domain] for domain in domains if domain in known.domains), None)
    return by_domain or known.named(outlet)


def agency_name(agency: str) -> str:
    """The name to show for an agency's id. Raises ``KeyError`` for an id that is not in the list."""
    return _agencies().shown[agency]


# Datelines: PLACE[, Region][, Month day] (TOKEN) and a dash.

_PARENTHESIS = re.compile(r"\(([^()]{1,42})\)(?:\s{0,3}(--?|[—–―−_:]))?")
_SMALL_WORDS = frozenset(
    "of de la al el du da do dos des del le les di der den am an auf sur upon and on in the und y et e".split()
)
_MONTHS = frozenset(
    "january february march april may june july august september october november december jan feb mar apr jun jul "
    "aug sep sept oct nov dec janvier février mars avril mai juin juillet août septembre octobre novembre décembre "
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre ene abr ago dic "
    "janeiro fevereiro março maio junho julho setembro outubro novembro dezembro gennaio febbraio aprile maggio "
    "giugno luglio settembre ottobre dicembre gen mag giu lug ott januar februar märz juni juli oktober dezember "
    "января февраля марта апреля мая июня июля августа сентября октября ноября декабря янв фев мар апр июн июл авг "
    "сен окт ноя дек".split()
)


@dataclass(frozen=True, slots=True)
class _Place:
    """The words before a parenthesis that look like a place: where they begin, and whether nothing else is there."""

    start: int
    words: tuple[str, ...]
    whole: bool

    @property
    def dated_or_parted(self) -> bool:
        return any(word.endswith(",") or word[0] == "[" or word[0].isdigit() for word in self.words)

    @property
    def capitals(self) -> bool:
        """Is the city in capitals, as agencies of the English language write it?"""
        city = self.words[0].strip(".,'’") if self.words else ""
        return len(city) > 1 and city.isupper()


def _datelines(lines: Iterable[tuple[int, str]]) -> Iterator[Credit]:
    for start, line in lines:
        for match in _PARENTHESIS.finditer(line[:200]):
            place = _place(line[: match.start()])
            if place is None or not _is_dateline(place, match, start, line):
                continue
            span = Span(start + place.start, start + match.end())
            yield from _dateline_credits(match[1], span, strict=not place.words)
            if match[2] in ("—", "–", "-", "--") and place.whole and place.capitals:
                yield from _unlisted(match[1], span)


def _is_dateline(place: _Place, match: re.Match[str], start: int, line: str) -> bool:
    """Has the line the shape of a dateline up to here? Without a dash a caption looks the same: "Ann Poe (AP)"."""
    if not place.words:
        return match[2] is not None and match[2] != ":" and match.start() == 0
    if not place.whole:
        return place.capitals and match[2] in ("—", "–", "-", "--") and start + match.start() < HEAD_CHARS
    if match[2] is None:
        return place.capitals and match.end() == len(line.rstrip())
    return match[2] != ":" or place.capitals or place.dated_or_parted


def _place(prefix: str) -> _Place | None:
    """The place that ends at the end of ``prefix``; ``None`` where the words there are not like a place."""
    words = list(re.finditer(r"\S+", prefix))
    kept = len(words)
    while kept and _is_place_word(words[kept - 1][0]) and len(words) - kept < PLACE_WORDS + 4:
        kept -= 1
    run = words[kept:]
    whole = kept == 0
    if not whole:  # "By ANN POE HALVERTON (AP) -" on one line: the place begins with the first word in capitals
        while run and not (len(run[0][0].strip(".,'’")) > 2 and run[0][0].strip(".,'’").isupper()):
            run = run[1:]
    names = [word[0] for word in run if not _is_date_word(word[0])]
    if len(names) > PLACE_WORDS or (words and (not names or not names[0].strip("[]'’\"")[:1].isalpha())):
        return None
    return _Place(run[0].start() if run else 0, tuple(word[0] for word in run), whole)


def _is_place_word(word: str) -> bool:
    bare = word.strip(".,'’\"[]/*")
    if _is_date_word(word) or bare in _SMALL_WORDS or word in ("-", "–", "—"):
        return True
    return bool(bare) and bare[0].isalpha() and not bare[0].islower() and not set(word) & set(':;?!|"')


def _is_date_word(word: str) -> bool:
    bare = word.strip(".,").casefold()
    return bare in _MONTHS or (bare.isdigit() and len(bare) <= 4)


def _dateline_credits(written: str, span: Span, strict: bool) -> list[Credit]:
    """Credits of ``AP`` or ``AP/Reuters``; none unless every part is a known token. ``strict``: no ambiguous ones."""
    known = _agencies()
    parts = [written.strip()]
    if parts[0] not in known.tokens:
        parts = [part.strip() for part in re.split(r"[/,&–]| and ", written)]
    if any(part not in known.tokens or (strict and part in known.ambiguous) for part in parts):
        return []
    return [known.credit(known.tokens[part], "dateline", span) for part in parts]


def _unlisted(written: str, span: Span) -> Iterator[Credit]:
    """A credit to an agency that the list lacks: one to four capitalised words that are nothing else we know."""
    known, words = _agencies(), written.split()
    if set(re.split(r"[/,&–]| and ", written)) & known.tokens.keys() or not 1 <= len(words) <= 4:
        return
    named = all(re.fullmatch(r"[^\W\d_][\w.&'’/-]*", word) and word[0].isupper() for word in words)
    ticker = len(words) == 1 and (written.isupper() or "." in written[:-1]) and len(written) <= 6
    party = re.match(r"[RDIL]-", written)
    other = known.is_other(written) or all(known.is_other(word) for word in words)
    if named and not (ticker or party or other) and len(written) > 2 and "Photo" not in written:
        yield Credit(None, " ".join(words), "dateline", span)


def _dateline_field(dateline: str | None) -> Iterator[Credit]:
    """A field needs no dash, and may be the token alone."""
    field = (dateline or "").strip()[:200]
    match = _PARENTHESIS.search(field)
    if match is None:
        bare = field in _agencies().tokens and field not in _agencies().ambiguous
        yield from _dateline_credits(field, Span(0, 0), strict=True) if bare else ()
        return
    place = _place(field[: match.start()])
    if place is not None and place.whole:
        yield from _dateline_credits(match[1], Span(0, 0), strict=not place.words)
        if place.capitals:
            yield from _unlisted(match[1], Span(0, 0))


# Bylines: a whole line, or the field.

_SEPARATOR = re.compile(r"[|•·;—–^,]|\s-{1,2}\s")
_SIGNED = re.compile(r"(?:^|[\s,])by\s", re.IGNORECASE)
_WHEN = re.compile(
    r"\b(?:Posted|Published|Updated|Last|(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|(?:Jan|Feb|March|April|June|July|Aug"
    r"|Sept|Oct|Nov|Dec)[a-z]*\.? \d|\d)|^on$"
)
_PHOTO = re.compile(r"\b(?:photo|photograph|image|images|getty|shutterstock|credit|video|media|file|epa)\b", re.IGNORECASE)
_ROLES = frozenset("writer writers staff reporter reporters correspondent correspondents editor editors analyst critic".split())
_BETWEEN_NAMES = frozenset("and & y et und with by de la van von der den bin al el di da du dos".split())


def _bylines(lines: Iterable[tuple[int, str]]) -> Iterator[Credit]:
    prose = False
    for start, line in lines:
        if len(line) <= BYLINE_CHARS and not _PHOTO.search(line):
            signed = _SIGNED.search(line) is not None
            if signed or not (prose or start > HEAD_CHARS):
                for agency in _line_agencies(line, signed):
                    yield _agencies().credit(agency, "byline", Span(start, start + len(line)))
        # below the first prose a name alone is a photo's: "Ann Poe, Associated Press" under a caption
        prose = prose or len(line) > PROSE_CHARS


def _line_agencies(line: str, signed: bool) -> list[str]:
    """The agencies of a line that is nothing but names, agencies and a date; empty where anything else stands there."""
    agencies: list[str] = []
    people = False
    acronyms = False
    for segment in _segments(line):
        found, rest = _agency_at_end(segment)
        if not _is_people(rest):
            return []
        people = people or bool(rest)
        acronyms = acronyms or (found is not None and " " not in segment.removesuffix(" ".join(rest)).strip())
        agencies += [found] if found else []
    # "Ann Poe, AP" without "By" is how photos are credited
    return [] if people and acronyms and not signed else agencies


def _segments(line: str) -> Iterator[str]:
    for part in _SEPARATOR.split(line):
        when = _WHEN.search(part)
        signed = _SIGNED.search(part)
        kept = part[signed.end() :] if signed else part[: when.start()] if when else part
        if kept.strip():
            yield " ".join(kept.split())


def _agency_at_end(segment: str) -> tuple[str | None, list[str]]:
    """The agency that a segment ends with, a role after it allowed ("AP Business Writer"), and the words before it."""
    words = segment.split()
    ends = [len(words)]
    if words and words[-1].casefold() in _ROLES:
        ends += range(len(words) - 1, max(0, len(words) - 5), -1)
    for end in ends:
        for start in range(max(0, end - 6), end):
            agency = _agencies().named(" ".join(words[start:end]))
            # one word after other words is a surname or a mention ("Ann Bloomberg"), unless a role follows it
            if agency and (start == 0 or end - start > 1 or end < len(words)):
                return agency, words[:start]
    return None, words


def _is_people(words: list[str]) -> bool:
    return len(words) <= 8 and all(
        word in _BETWEEN_NAMES or (word[0].isupper() and not set(word) & set("/:()0123456789@")) for word in words
    )


def _byline_field(byline: str | None) -> Iterator[Credit]:
    """In a field the other words need not be names: editors' notes stand there too."""
    field = (byline or "")[-BYLINE_CHARS:]
    for segment in _segments(field):
        agency, _ = _agency_at_end(segment)
        agency = agency or _agency_at_start(segment)
        if agency:
            yield _agencies().credit(agency, "byline", Span(0, 0))


def _agency_at_start(text: str) -> str | None:
    """The agency whose name of two or more words ``text`` begins with."""
    words = text.split()[:6]
    names = (" ".join(words[:count]) for count in range(len(words), 1, -1))
    return next((agency for agency in map(_agencies().named, names) if agency), None)


# Credit lines and notices: the tail.

_SOURCE_LINE = re.compile(r"(?m)^[ \t]{0,8}(?:Source|Quelle|Fuente|Fonte|Bron|Kilde|Källa)s?[ \t]?:[ \t]?([^\n]{2,60})$")
_SIGNATURE = re.compile(r"\n[ \t]{0,8}[-–—]{1,2}[ \t]?([^\n]{2,40}?)[ \t]*\s{0,8}\Z")
_COPYRIGHT = re.compile(
    r"(?:Copyright|©|\([cC]\))\s{0,2}(?:©|\([cC]\))?\s{0,2}(\d{4},?)?\s{1,2}(?:by\s)?(?=(\S[^\n]{1,60}))"
)


def _source_lines(text: str) -> Iterator[Credit]:
    """``Source: Reuters`` and a last line ``-- Reuters``."""
    known, begin = _agencies(), max(0, len(text) - TAIL_CHARS)
    for match in (*_SOURCE_LINE.finditer(text, begin), *_SIGNATURE.finditer(text, max(0, len(text) - 60))):
        agencies = [known.named(part.strip(" .")) for part in re.split(r"[/,&]| and ", match[1])]
        if None not in agencies:
            yield from (known.credit(agency, "credit", Span(*match.span(1))) for agency in agencies if agency)


def _marks(text: str, how: How) -> list[Credit]:
    """What only one agency writes: its notices and signs, from the list."""
    zones = {"dateline": ((0, DATELINE_CHARS),), "credit": ((len(text) - TAIL_CHARS, len(text)),)}
    both = ((0, HEAD_CHARS), (max(HEAD_CHARS, len(text) - TAIL_CHARS), len(text)))
    hits = {
        (match.start(), agency): Span(*match.span())
        for begin, end in zones.get(how, both)
        for agency, mark in _agencies().marks[how]
        for match in (mark.search(text, max(0, begin), end),)
        if match and not (how == "notice" and _has_rival(text, match.start(), agency))
    }
    return [_agencies().credit(agency, how, span) for (_, agency), span in sorted(hits.items())]


def _has_rival(text: str, notice: int, agency: str) -> bool:
    """Does a copyright of someone else stand just before the notice? Outlets have taken over the agencies' wording."""
    owners = [match[2] for match in _COPYRIGHT.finditer(text, max(0, notice - RIVAL_CHARS), notice)]
    return bool(owners) and _agency_at_start_of_owner(owners[-1]) != agency


def _copyrights(text: str) -> Iterator[Credit]:
    """``Copyright 2024 The Associated Press``; without a year it is how photos are marked."""
    for match in _COPYRIGHT.finditer(text, max(0, len(text) - TAIL_CHARS)):
        line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
        agency = _agency_at_start_of_owner(match[2])
        if agency and match[1] and not _PHOTO.search(line[-RIVAL_CHARS:]):
            yield _agencies().credit(agency, "notice", Span(*match.span()))
