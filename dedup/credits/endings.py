"""Credit lines, signs and notices at the end of a text, and the marks that one agency alone writes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dedup.credits.lines import HEAD_CHARS, LINE_CHARS, TAIL_CHARS, TOP_CHARS, tail_lines
from dedup.credits.listed import MARKED, SHAPED, SIGNED, Credit, How, Sureness, known
from dedup.model import Span

SIGN_CHARS = 60
# What may follow the sign of the story: initials, an address.
AFTER_SIGN_CHARS = 30

_WRAPPED = re.compile(
    r"[(（\[【<〈/]{1,2}\s?(?:©\s?)?([^()（）\[\]【】<>\n]{2,50}?)\s?[)）\]】>〉/]{1,2}\.?$"
    r"|[-–—―]{1,2}\s?([^-–—―\n]{2,40}?)\.?$"
)
_SIGN = re.compile(
    r"(?:[.!?。！？»”\"’)…।]|[^\s\d]。?)\s{0,2}"
    r"(?:[(（]\s?©?([^()（）\n]{2,40})[)）]|/\s?([^/()\n]{2,40})\s?/|(?<=[.!?»”\"’)।])\s{0,2}(?:-{1,2}|–|—)\s?([^-–—()\n]{2,30}))\.?$"
)
_COPYRIGHT = re.compile(
    r"(?i)(?:(?:Copyright|©|\(c\)|ⓒ|저작권자)[ :]{0,2}){1,3}((?:19|20)\d\d\s?,?)? {0,2}(?:by )?(?=([^\W_][^\n.]{1,60}))"
)
_COPYRIGHT_SIGNS = ("copyright", "©", "(c)", "ⓒ", "저작권자")
# One is in all that the pattern finds: the i of the word may be one that is not folded to an i.
_RIVAL_SIGNS = ("copyr", *_COPYRIGHT_SIGNS[1:])
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


def endings(text: str) -> Iterator[Credit]:
    """``Source: Reuters``, ``(Avec AFP)``, ``/TASS/``, a last line ``Reuters``, a last sentence with a sign."""
    lines = tail_lines(text)
    for number, (start, line) in enumerate(lines, 1):
        after = len(text) - start - len(line)
        found = _credit_line(line, last=number == len(lines))
        if not found and after <= AFTER_SIGN_CHARS:
            found = _sign(line)
        if found:
            names, begin, end = found
            yield from (known().credit(agency, "credit", Span(start + begin, start + end)) for agency in names)


Found = tuple[list[str], int, int]


def _credit_line(line: str, last: bool) -> Found | None:
    if len(line) > LINE_CHARS:
        return None
    if match := known().told.match(line):
        return _found(match, 1, SIGNED)
    if match := _WRAPPED.match(line):
        return _found(match, match.lastindex or 1, SHAPED if last and line[0] not in "-–—―" else SIGNED)
    if last and len(line) <= SIGN_CHARS and not known().is_photo(line) and line not in known().words["unsigned"]:
        names = known().all_named(line.strip("©/. "), SIGNED)
        return (names, 0, len(line)) if names else None
    return None


def _sign(line: str) -> Found | None:
    match = _SIGN.search(line, max(0, len(line) - SIGN_CHARS))
    if not match or known().is_photo(line[-LINE_CHARS:]):
        return None
    return _found(match, match.lastindex or 1, SIGNED)


def _found(match: re.Match[str], group: int, sure: Sureness) -> Found | None:
    written = match[group].strip(" .:*")
    names = [] if known().is_photo(written) else known().all_named(written, sure)
    return (names, *match.span(group)) if names else None


def marks(text: str) -> dict[How, list[Credit]]:
    """What one agency alone writes: its notices and signs, from the list, by what they are."""
    tail = max(0, len(text) - TAIL_CHARS)
    zones = (0, TOP_CHARS), (0, HEAD_CHARS), (tail, len(text))
    hits: dict[How, list[tuple[tuple[int, int], str]]] = {"dateline": [], "credit": [], "notice": []}
    for (begin, end), hows in zip(zones, MARKED, strict=True):
        for how, agency, mark in known().marks_in(text[begin:end], hows):
            if not (match := mark.search(text, begin, end)):
                continue
            if how == "credit" and known().is_photo(_line_before(text, match.start())):
                continue
            if not _has_rival(text, match.start(), agency) or known().calls(agency, match[0]):
                hits[how].append((match.span(), agency))
    return {how: [known().credit(id_, how, Span(*span)) for span, id_ in sorted(hits[how])] for how in hits}


def _has_rival(text: str, notice: int, agency: str) -> bool:
    """Does a copyright of someone else stand just before? Outlets have taken over the agencies' wording."""
    begin = max(0, notice - LINE_CHARS)
    before = text[begin:notice].casefold()
    if not any(sign in before for sign in _RIVAL_SIGNS):
        return False
    others = list(_COPYRIGHT.finditer(text, begin, notice))
    return bool(others) and _holder(others[-1][2]) != agency


def copyrights(text: str) -> Iterator[Credit]:
    """``© 2024 AFP``: with a year or a reservation of rights, for without it is how photos are marked."""
    tail = text[-TAIL_CHARS:].casefold()
    if not any(sign in tail for sign in _COPYRIGHT_SIGNS):
        return
    for match in _COPYRIGHT.finditer(text, max(0, len(text) - TAIL_CHARS)):
        agency = _holder(match[2])
        if agency and _reserves(text, match) and not known().is_photo(_line_before(text, match.start())):
            yield known().credit(agency, "notice", Span(match.start(), match.end(2)))


def _line_before(text: str, place: int) -> str:
    """What stands before a place on its line."""
    return text[max(0, place - LINE_CHARS) : place].rpartition("\n")[2]


def _holder(written: str) -> str | None:
    words = [word.rstrip(".,") for word in written.split()[:6]]
    names = (" ".join(words[:count]) for count in range(len(words), 0, -1))
    return next((agency for agency in map(known().named, names) if agency), None)


def _reserves(text: str, match: re.Match[str]) -> bool:
    if match[1] or _YEAR.search(match[2]):
        return True
    line = text[match.start() : match.end() + LINE_CHARS].partition("\n")[0].casefold()
    return any(words in line for words in known().words["rights"])
