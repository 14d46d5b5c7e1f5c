"""Credits and notices of a source that a copy took out, or for which it put another's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from dedup.changes.pages import Found, Page
from dedup.changes.words import joined
from dedup.credits import Credit, How
from dedup.model import ChangeAction, CreditForm

_FORMS: Mapping[How, CreditForm] = {
    "dateline": "dateline",
    "byline": "byline",
    "credit": "credit line",
    "notice": "notice",
}
# A line no longer than this is all credit where it begins with one; what else begins so is prose.
_LINE_CHARS = 300
_SENTENCE_END = re.compile(r"[.)](?=\s|$)|\n|$")
_BEFORE = " \t\u00a0-–—_*•|(["


def lost_credits(
    source: Page, copy: Page, ours: Iterable[Credit], theirs: Iterable[Credit], elsewhere: Sequence[tuple[int, int]]
) -> list[Found]:
    """The credits of the source (``ours``) that the copy has neither in its words nor, to the same agency, in that form
    (``theirs``); the first of another agency in that form, which the source lacks, stands for it."""
    ours, theirs = list(ours), [credit for credit in theirs if not _is_teaser(copy, credit, elsewhere)]
    kept = {(credit.how, _name(credit)) for credit in theirs}
    known = {_name(credit) for credit in ours}
    found: list[Found] = []
    for credit in sorted(ours, key=lambda credit: credit.span):
        start, end = _whole(source.text, credit)
        if end == start or (credit.how, _name(credit)) in kept or (found and start < found[-1].end):
            continue
        words = source.words(start, end)
        if words and not copy.still_has(joined(words)):
            others = (c for c in theirs if c.how == credit.how and len(c.span) and _name(c) not in known)
            other = next((_whole(copy.text, c) for c in others), (0, 0))
            action: ChangeAction = "replaced" if other[1] else "dropped"
            found.append(Found("credits", action, start, end, *other, len(words), _FORMS[credit.how]))
    return found


def _is_teaser(copy: Page, credit: Credit, elsewhere: Sequence[tuple[int, int]]) -> bool:
    """Whether a dateline is that of another story, which the page teases or tells beside this one."""
    start, end = credit.span.start, credit.span.end
    told = any(first < end and start < last for first, last in elsewhere)
    return credit.how == "dateline" and end > start and (told or not copy.is_own(start, end))


def _name(credit: Credit) -> str:
    return credit.agency or credit.name


def _whole(text: str, credit: Credit) -> tuple[int, int]:
    """A credit with the rest of what says it: its line, or the sentence that it begins; nothing in a field."""
    start, end = credit.span.start, credit.span.end
    if start == end or credit.how == "dateline":
        return start, end
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", end)
    last = last if last >= 0 else len(text)
    if last - first <= _LINE_CHARS and (credit.how == "byline" or not _prose(text[first:start])):
        return first + len(text[first:last]) - len(text[first:last].lstrip()), first + len(text[first:last].rstrip())
    if text[start] == "(":
        return start, end
    stop = _SENTENCE_END.search(text, end, end + _LINE_CHARS)
    return start, stop.end() if stop and stop[0].strip() else stop.start() if stop else end


def _prose(before: str) -> bool:
    """Whether what stands before a credit on its line is more than "Source: "."""
    return len(before.strip(_BEFORE).split()) > 1
