"""Bylines: a whole line on top of a text, or the field."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from dedup.credits.lines import FIELDS, HEAD_CHARS, LINE_CHARS, Line
from dedup.credits.listed import PLAIN, SIGNED, Credit, Sureness, known
from dedup.model import Span

_SEPARATOR = re.compile(r"[|•·;—–^,]|\s-{1,2}\s")
_FIELD_SEPARATOR = re.compile(r"[|•·;—–^,()（）\[\]、，]|\s[-/]{1,2}\s|\s(?:avec|with|mit|con|com|med|met|cu)\s")
_SIGNED = re.compile(
    r"^from\s|(?:^|[\s,])(?=[abdopvа])(?:by|par|por|von|door|oleh|autor:|автор:|od|af|av|di)\s", re.IGNORECASE
)
# What it starts with is looked at first, for speed.
_WHEN = re.compile(
    r"(?=[A-Z\d]|on$)"
    r"(?:\b(?:Posted|Published|Updated|Last|[A-Z][a-z]{2,5}day|(?:[JFMASOND][a-z]{2,8}\.? )?\d)|^on$)"
)
# A byline has the day below it, the mark of a photo has none.
_DATED = re.compile(
    r"(?:Published|Updated|Posted)\b"
    r"|[A-Z][a-z]{2,8}\.? \d{1,2}, (?:19|20)\d\d\b|\d{1,2} [A-Z][a-z]{2,8}\.? (?:19|20)\d\d\b"
)
_PERSON_WORD = re.compile(r"(?:and|y|et|und|by|de|la|van|von|der|den|bin|al|el|di|da|du|&|[^\W\d_a-z][^/:()\d@]*)")
_LOST_SPACE = re.compile(r"[A-Z](?<=[a-z]{2}.)(?=[a-z])")


def bylines(lines: Iterable[Line]) -> Iterator[Credit]:
    """The agencies of the lines that are bylines."""
    lines, top = list(lines), True
    below = [*(line for _, line in lines[1:]), ""]
    for (start, line), next_line in zip(lines, below, strict=False):
        top = top and len(line) <= LINE_CHARS and start <= HEAD_CHARS
        found = _line_agencies(line, next_line, top) if len(line) <= LINE_CHARS else []
        if found and not known().is_photo(line):
            yield from (known().credit(agency, "byline", Span(start, start + len(line))) for agency in found)


def byline_field(field: str) -> tuple[Credit, ...]:
    """In a field the other words need not be names: editors' notes stand there too."""
    return _signed_field(field.strip(" \t\n/()[]")[-LINE_CHARS:])


@lru_cache(maxsize=FIELDS)
def _signed_field(field: str) -> tuple[Credit, ...]:
    signed, told = _SIGNED.match(field), known().told.match(field)
    alone = field[signed.end() :].strip() if signed else field
    if alone in known().words["unsigned"]:
        return ()
    found = known().all_named(told[1] if told else alone, SIGNED)
    found = found or [agency for words in _segments(field, _FIELD_SEPARATOR) for agency in _segment_agencies(words)]
    return tuple(known().credit(agency, "byline", Span(0, 0)) for agency in found)


def _segment_agencies(words: list[str]) -> list[str]:
    at_end = _agency_at_end(words, SIGNED)[0] or _agency_at_start(words, least=2 if words[0].isascii() else 1)
    return [at_end] if at_end else known().all_named(" ".join(words))


def _line_agencies(line: str, below: str, top: bool) -> list[str]:
    """The agencies of a line that is nothing but names, agencies and a date; empty where anything else stands there.

    A photo's line looks like that too, without "By": two of people, an abbreviation, and prose above tell it.
    """
    segments = []
    for words in _segments(line, _SEPARATOR):
        segment = _agency_at_end(words)
        if not all(map(_PERSON_WORD.fullmatch, segment[2])):
            return []
        segments.append(segment)
    agencies = [agency for agency, _, _ in segments if agency]
    people = any(rest for _, _, rest in segments)
    short = any(agency and words < 2 for agency, words, _ in segments)
    like_photo = agencies and people + short + (not top) > 1
    return [] if like_photo and not _DATED.match(below) and not _SIGNED.search(line) else agencies


def _segments(line: str, separator: re.Pattern[str]) -> Iterator[list[str]]:
    if _LOST_SPACE.search(line):
        line = _LOST_SPACE.sub(r" \g<0>", line)
    for part in separator.split(line):
        if signed := _SIGNED.search(part):
            kept = part[signed.end() :]
        else:
            kept = part[: when.start()] if (when := _WHEN.search(part)) else part
        if kept.strip():
            yield kept.split()


def _agency_at_end(words: list[str], sure: Sureness = PLAIN) -> tuple[str | None, int, list[str]]:
    """The agency that words end with (a role may follow: "AP Business Writer"), its words, and those before it."""
    role = words[-1].casefold() in known().words["roles"]
    for end in range(len(words), max(0, len(words) - 5) if role else len(words) - 1, -1):
        if not known().may_end(words[:end]):
            continue
        for start in range(max(0, end - 6), end):
            # one word after others is a surname ("Ann Bloomberg"), unless a role or a joint says otherwise
            count = end - start - (words[start].casefold() == "the")
            alone = start == 0 or count > 1 or end < len(words) or words[start - 1] in ("and", "&")
            if alone and (agency := known().exactly(" ".join(words[start:end]), sure if start == 0 else PLAIN)):
                return agency, count, words[:start]
    return None, 0, words


def _agency_at_start(words: list[str], least: int) -> str | None:
    words = [word.rstrip(".,") for word in words[:6]]
    names = (" ".join(words[:count]) for count in range(len(words), least - 1, -1))
    return next((agency for agency in map(known().named, names) if agency), None)
