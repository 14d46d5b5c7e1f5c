"""Who a text says it comes from: datelines, bylines, credit lines and notices that name a wire agency.

Precision before recall: a wrong credit turns an answer round, a missed one leaves it to other evidence. So prose that
names an agency, captions and "... contributed to this report" are no credits. Only head and tail are looked at.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Any, Literal, get_args

from dedup.model import Span

How = Literal["dateline", "byline", "credit", "notice"]

HEAD_CHARS, TAIL_CHARS = 400, 800
# Scraped pages have menus and captions on top.
TOP_CHARS, TOP_LINES = 1500, 16
LINE_CHARS = 140
PLACE_WORDS = 6


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
    first: dict[str, Credit] = {}
    for credit in every_credit(text, byline, dateline):
        first.setdefault(credit.agency or credit.name, credit)
    return tuple(first.values())


def every_credit(text: str, byline: str | None = None, dateline: str | None = None) -> tuple[Credit, ...]:
    """As ``find_credits``, but an agency's further credits, too."""
    top = islice(re.finditer(r"\S[^\n]*", text[: TOP_CHARS + LINE_CHARS]), TOP_LINES)
    lines = [(line.start(), line[0].rstrip()) for line in top]
    found = [*_datelines(lines), *_marks(text, "dateline"), *_dateline_field(dateline or "")]
    found += [*_bylines(lines), *_byline_field(byline or "")]
    return (*found, *_source_lines(text), *_marks(text, "credit"), *_copyrights(text), *_marks(text, "notice"))


def agency_of_outlet(outlet: str | None) -> str | None:
    """The id of the agency whose domain (or a subdomain of it) or name ``outlet`` is; ``None`` otherwise."""
    known, host = _known(), f".{(outlet or '').strip().casefold()}"
    by_domain = (agency for domain, agency in known.domains.items() if host.endswith(f".{domain}"))
    return next(by_domain, None) or known.named((outlet or "").split())


def agency_kind(agency: str) -> str:
    """What the list calls an id: "agency", "syndicator", "pr" (press releases).

    Raises ``KeyError`` for an id that is not in the list.
    """
    return _known().kinds[agency]


# Datelines: PLACE[, Region][, Month day] (TOKEN) and a dash.

_DASHES = ("-", "--", "—", "–")
_PARENTHESIS = re.compile(r"\(([^()]{1,42})\)(?:\s{0,3}(--?|[—–―−_:]))?")
_PLACE_WORD = re.compile(
    r"(?:of|de|la|al|el|du|da|do|dos|des|del|le|les|di|der|den|am|an|auf|sur|upon|on|in|the|und|y|et|e|--?|[—–])"
    r"|(?!By$)['’\[]?[^\W\d_a-z][^:;?!|\"]*"
)
_JOINTS = re.compile(r"[/,&–]| and ")


def _datelines(lines: Iterable[tuple[int, str]]) -> Iterator[Credit]:
    for start, line in lines:
        for match in _PARENTHESIS.finditer(line[:LINE_CHARS]):
            place, whole = _place(line[: match.start()])
            span = Span(start + (place[0].start() if place else match.start()), start + match.end())
            words = [word[0] for word in place]
            if _is_dateline(words, whole, match, near=span.end < HEAD_CHARS):
                yield from _listed(match[1], span, sure=whole and bool(words and match[2]))
                if whole and words and match[2] in _DASHES and words[0].isupper():
                    yield from _unlisted(match[1], span)


def _is_dateline(place: list[str], whole: bool, match: re.Match[str], near: bool) -> bool:
    """Has the line the shape of a dateline up to here? Without a dash a caption looks the same: "Ann Poe (AP)"."""
    if not (place and whole):
        return match[2] in _DASHES and (whole or (near and bool(place)))
    if match[2] is None:
        return place[0].isupper() and match.end() == len(match.string.rstrip())
    parted = any(word.endswith(",") or word[0] == "[" or word[0].isdigit() for word in place)
    return match[2] != ":" or parted or place[0].isupper()


def _place(prefix: str) -> tuple[list[re.Match[str]], bool]:
    """The words like a place that ``prefix`` ends with, none where there is none, and whether nothing else is there."""
    words = list(re.finditer(r"\S+", prefix))
    kept = len(words)
    while kept and (_PLACE_WORD.fullmatch(words[kept - 1][0]) or _is_date_word(words[kept - 1][0])):
        kept -= 1
    place = words[kept:]
    while kept and place and not place[0][0].isupper():  # on one line: "By Ann Poe HALVERTON (AP) -"
        place = place[1:]
    names = [word[0] for word in place if not _is_date_word(word[0])]
    alike = names and len(names[0]) > 1 and len(names) <= PLACE_WORDS
    return (place, not kept) if alike else ([], not words)


def _is_date_word(word: str) -> bool:
    bare = word.strip(".,").casefold()
    return bare in _known().words["months"] or (bare.isdigit() and len(bare) <= 4)


def _listed(written: str, span: Span, sure: bool) -> list[Credit]:
    """Credits of ``AP`` or ``AP/Reuters``: all parts are tokens, and not ambiguous unless the shape is ``sure``."""
    known, parts = _known(), [written.strip()]
    if parts[0] not in known.tokens:
        parts = [part.strip() for part in _JOINTS.split(written)]
    if any(part not in known.tokens or (part in known.words["ambiguous"] and not sure) for part in parts):
        return []
    return [known.credit(known.tokens[part], "dateline", span) for part in parts]


def _unlisted(written: str, span: Span) -> Iterator[Credit]:
    """A credit to an agency that the list lacks: one to four capitalised words that are nothing else we know."""
    known, words, others = _known(), written.split(), _known().words["not_agencies"]
    listed = any(part.strip() in known.tokens for part in _JOINTS.split(written))
    named = all(re.fullmatch(r"[^\W\d_][\w.&'’-]*", word) and word[0].isupper() for word in words)
    ticker_or_party = len(words) == 1 and (written.isupper() or written[1:2] in ("-", "."))
    other = written.casefold() in others or {word.strip(".").casefold() for word in words} <= others
    other = other or listed or ticker_or_party or bool(_PHOTO.search(written))
    if named and not other and 1 <= len(words) <= 4 and len(written) > 2:
        yield Credit(None, " ".join(words), "dateline", span)


def _dateline_field(field: str) -> list[Credit]:
    """A field needs no dash, and may be the token alone."""
    line = f"{field.strip()} —" if "(" in field else f"({field.strip()}) —"
    return [replace(credit, span=Span(0, 0)) for credit in _datelines([(0, line)])]


# Bylines: a whole line, or the field.

_SEPARATOR = re.compile(r"[|•·;—–^,]|\s-{1,2}\s")
_SIGNED = re.compile(r"(?:^|[\s,])by\s", re.IGNORECASE)
_WHEN = re.compile(r"\b(?:Posted|Published|Updated|Last|[A-Z][a-z]{2,5}day|(?:[JFMASOND][a-z]{2,8}\.? )?\d)|^on$")
_PHOTO = re.compile(r"\b(?:photo(?:s|graph)?|images?|getty|shutterstock|credit|video|file|epa)\b", re.IGNORECASE)
_PERSON_WORD = re.compile(r"(?:and|y|et|und|by|de|la|van|von|der|den|bin|al|el|di|da|du|&|[^\W\d_a-z][^/:()\d@]*)")
_LOST_SPACE = re.compile(r"(?<=[a-z]{2})(?=[A-Z][a-z])")


def _bylines(lines: Iterable[tuple[int, str]]) -> Iterator[Credit]:
    top = True
    for start, line in lines:
        top = top and len(line) <= LINE_CHARS and start <= HEAD_CHARS
        if len(line) <= LINE_CHARS and not _PHOTO.search(line):
            for agency in _line_agencies(line, top):
                yield _known().credit(agency, "byline", Span(start, start + len(line)))


def _line_agencies(line: str, top: bool) -> list[str]:
    """The agencies of a line that is nothing but names, agencies and a date; empty where anything else stands there.

    A photo's line looks like that too, without "By": two of people, an abbreviation, and prose above tell it.
    """
    segments = [_agency_at_end(segment) for segment in _segments(line)]
    people = any(rest for _, _, rest in segments)
    short = any(agency and words < 2 for agency, words, _ in segments)
    photo = people + short + (not top) > 1 and not _SIGNED.search(line)
    if photo or not all(_PERSON_WORD.fullmatch(word) for _, _, rest in segments for word in rest):
        return []
    return [agency for agency, _, _ in segments if agency]


def _segments(line: str) -> Iterator[list[str]]:
    for part in _SEPARATOR.split(_LOST_SPACE.sub(" ", line)):
        when, signed = _WHEN.search(part), _SIGNED.search(part)
        kept = part[signed.end() :] if signed else part[: when.start()] if when else part
        if kept.strip():
            yield kept.split()


def _agency_at_end(words: list[str]) -> tuple[str | None, int, list[str]]:
    """The agency that words end with (a role may follow: "AP Business Writer"), its words, and those before it."""
    role = words[-1].casefold() in _known().words["roles"]
    for end in range(len(words), max(0, len(words) - 5) if role else len(words) - 1, -1):
        for start in range(max(0, end - 6), end):
            # one word after others is a surname ("Ann Bloomberg"), unless a role or a joint says otherwise
            count = end - start - (words[start].casefold() == "the")
            alone = start == 0 or count > 1 or end < len(words) or words[start - 1] in ("and", "&")
            if alone and (agency := _known().named(words[start:end])):
                return agency, count, words[:start]
    return None, 0, words


def _agency_at_start(words: list[str], least: int) -> str | None:
    words = [word.rstrip(".,") for word in words[:6]]
    names = (words[:count] for count in range(len(words), least - 1, -1))
    return next((agency for agency in map(_known().named, names) if agency), None)


def _byline_field(field: str) -> Iterator[Credit]:
    """In a field the other words need not be names: editors' notes stand there too."""
    for words in _segments(field[-LINE_CHARS:]):
        if agency := _agency_at_end(words)[0] or _agency_at_start(words, least=2):
            yield _known().credit(agency, "byline", Span(0, 0))


# Credit lines and notices: the tail.

_SOURCE = re.compile(
    r"(?m)^[ \t]{0,8}(?:(?:Source|Quelle|Fuente|Fonte|Bron|Kilde|Källa)s?[ \t]?:|[-–—]{1,2}(?=[^\n]{2,40}\s{0,8}\Z))"
    r"[ \t]?([^\n]{2,60})$"
)
_COPYRIGHT = re.compile(r"(?i)(?:(?:Copyright|©|\(c\)) {0,2}){1,2}(\d{4},?)? {1,2}(?:by )?(?=(\S[^\n.]{1,60}))")


def _source_lines(text: str) -> Iterator[Credit]:
    """``Source: Reuters`` and a last line ``-- Reuters``."""
    for match in _SOURCE.finditer(text, max(0, len(text) - TAIL_CHARS)):
        agencies = [_known().named(part.strip(" .").split()) for part in _JOINTS.split(match[1])]
        if None not in agencies:
            yield from (_known().credit(agency, "credit", Span(*match.span(1))) for agency in agencies if agency)


def _marks(text: str, how: How) -> list[Credit]:
    """What one agency alone writes: its notices and signs, from the list."""
    tail = (max(0, len(text) - TAIL_CHARS), len(text))
    zones = {"dateline": [(0, TOP_CHARS)], "credit": [tail], "notice": [(0, HEAD_CHARS), tail]}[how]
    hits = (
        (match.span(), agency)
        for agency, mark in _known().marks[how]
        for begin, end in zones
        if (match := mark.search(text, begin, end)) and not _has_rival(text, match.start(), agency)
    )
    return [_known().credit(agency, how, Span(*span)) for span, agency in sorted(hits)]


def _has_rival(text: str, notice: int, agency: str) -> bool:
    """Does a copyright of someone else stand just before? Outlets have taken over the agencies' wording."""
    marks = list(_COPYRIGHT.finditer(text, max(0, notice - LINE_CHARS), notice))
    return bool(marks) and _agency_at_start(marks[-1][2].split(), least=1) != agency


def _copyrights(text: str) -> Iterator[Credit]:
    # without a year it is how photos are marked
    for match in _COPYRIGHT.finditer(text, max(0, len(text) - TAIL_CHARS)):
        before = text[max(0, match.start() - LINE_CHARS) : match.start()]
        agency = _agency_at_start(match[2].split(), least=1)
        if agency and match[1] and not _PHOTO.search(before.rpartition("\n")[2]):
            yield _known().credit(agency, "notice", Span(match.start(), match.end(2)))


class _Known:  # the list, in the shapes in which it is asked
    def __init__(self, data: dict[str, Any]) -> None:
        listed, hows = data["agencies"], get_args(How)
        self.shown: dict[str, str] = {agency["id"]: agency["name"] for agency in listed}
        self.kinds: dict[str, str] = {agency["id"]: agency["kind"] for agency in listed}
        self.domains: dict[str, str] = {domain: agency["id"] for agency in listed for domain in agency["domains"]}
        self.tokens: dict[str, str] = {token: agency["id"] for agency in listed for token in agency["dateline_tokens"]}
        names = ((name, agency["id"]) for agency in listed for name in (agency["name"], *agency["credit"]))
        # a short one is known as a token only, in its own case: "By ANI", but not "By Ani"
        self.names: dict[str, str] = {_fold(name): id_ for name, id_ in names if len(name) > 4 or not name.isascii()}
        self.marks = {how: [(a["id"], re.compile(m)) for a in listed for m in a["extra"].get(how, ())] for how in hows}
        self.words = {kind: frozenset[str](words) for kind, words in data["words"].items()}

    def named(self, words: list[str]) -> str | None:
        """The agency with this name, in any case and spacing, or with this token, unless that is ambiguous."""
        written = " ".join(words)
        token = None if written in self.words["ambiguous"] else self.tokens.get(written)
        return self.names.get(_fold(written)) or token

    def credit(self, agency: str, how: How, span: Span) -> Credit:
        return Credit(agency, self.shown[agency], how, span)


def _fold(name: str) -> str:
    return name.casefold().removeprefix("the ").replace(" ", "")


@cache
def _known() -> _Known:
    return _Known(json.loads(files("dedup").joinpath("data/agencies.json").read_text(encoding="utf-8")))
