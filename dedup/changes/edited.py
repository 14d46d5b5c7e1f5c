"""Edits inside passages: what each is to a reader."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from dedup.changes.numbers import differ, may_differ, widened
from dedup.changes.pages import Found, Names, Page
from dedup.changes.promotion import carries, promotes
from dedup.changes.words import is_pronoun, joined, names_in
from dedup.model import ChangeAction, ChangeKind, EditKind, Places

# In a longer edit, which is a sentence told anew, names and two numbers need not be about one thing. But where both
# sides begin or end with a number, what stands beside it is the same. Read on the outlet pages and ap1989: with 5 words
# for numbers, 4 of 44 differences were none ("an infant and two other" for "three"); with 3, none of 35.
FEW_WORDS, NUMBER_WORDS = 5, 3
# An outlet's own name in a longer addition may be news about it.
_PROMOTING_WORDS = 20
# Shorter ends are other forms of a name.
_GLUED_LETTERS = 4
# Words that stand in the other text as well, this many at least, were moved.
MOVED_WORDS = 4
# A line break, or the end of a sentence.
_ANEW = re.compile(r"\n|[^\W\d_]{5}[.!?][\s\"”']")
_STAMP_CHARS = 80
_UPDATED = re.compile(r"\b(?:Published|Posted|Updated?|UPDATED|Modified)\b[^\n]*\Z")
_SHARED = re.compile(r"\s?(?:re-?tweets?|comments?|shares|likes|views|reads|readers)\b", re.IGNORECASE)

_Edit = tuple[EditKind, int, int, int, int]
_Words = Sequence[bytes]
_Place = tuple[int, int, int, int]


def edited(source: Page, copy: Page, places: Places, lost: Sequence[tuple[int, int]], names: Names) -> Iterator[Found]:
    """The changes inside passages, without furniture, and without the credits that are lost (told apart)."""
    edits = [edit for edit in places.edits if edit[0] != "respaced"]
    if lost:
        edits = [part for edit in edits for part in _without(lost, edit)]
    for kind, start, end, at, upto in edits:
        if not source.is_own(start, end):
            end, kind = start, "inserted"
        if not copy.is_own(at, upto):
            upto, kind = at, "dropped"
        was, now = source.words(start, end), copy.words(at, upto)
        if was and now:
            yield _found(source, copy, names, kind, (start, end, at, upto), was, now)
        elif (was or now) and not _is_moved(source, copy, was, now):
            kind = "dropped" if was else "inserted"
            yield _found(source, copy, names, kind, (start, end, at, upto), was, now)


def _without(lost: Sequence[tuple[int, int]], edit: _Edit) -> list[_Edit]:
    """An edit without what of it is told otherwise."""
    kind, start, end, at, upto = edit
    left = []
    for first, last in [*sorted(span for span in lost if span[0] < end and start < span[1]), (end, end)]:
        if first > start:
            left.append((start, first))
        start = max(start, last)
    if not left:
        return [("inserted", edit[1], edit[1], at, upto)]
    return [*(("dropped", a, b, at, at) for a, b in left[:-1]), (kind, *left[-1], at, upto)]


def _is_moved(source: Page, copy: Page, was: _Words, now: _Words) -> bool:
    """Whether what only one side has here stands elsewhere in the other."""
    if not now:
        return len(was) >= MOVED_WORDS and copy.still_has(joined(was))
    return not was and len(now) >= MOVED_WORDS and source.still_has(joined(now))


def _found(source: Page, copy: Page, names: Names, kind: EditKind, place: _Place, was: _Words, now: _Words) -> Found:
    """A change that is one: one side has words."""
    action: ChangeAction = "dropped" if kind == "dropped" else "inserted" if kind == "inserted" else "replaced"
    words = len(was) or len(now)
    if ((was and now) or _touches_number(source.text, copy.text, place)) and may_differ(was, now):
        whole = widened(source.text, copy.text, place)
        if _numbers_differ(source.text, copy.text, place, whole, max(len(was), len(now))):
            return Found("numbers", "replaced", *whole, words)
    return Found(_kind(source, copy, names, place, was, now), action, *place, words)


def _touches_number(source: str, copy: str, place: _Place) -> bool:
    """Whether an edit begins or ends with a digit: else, where one side has nothing, it is in no number."""
    start, end, at, upto = place
    if end > start and (source[start].isdigit() or source[end - 1].isdigit()):
        return True
    return upto > at and (copy[at].isdigit() or copy[upto - 1].isdigit())


def _numbers_differ(source: str, copy: str, place: _Place, whole: _Place, words: int) -> bool:
    start, end, at, upto = whole
    was, now = source[start:end], copy[at:upto]
    if not was or not now or _ANEW.search(was) or _ANEW.search(now):
        return False
    if words > NUMBER_WORDS:
        was, now = _beside_equal(source, copy, place, whole)
    return differ(was, now) and not _is_stamp(source, start, end) and not _is_stamp(copy, at, upto)


def _beside_equal(source: str, copy: str, place: _Place, whole: _Place) -> tuple[str, str]:
    """The numbers that both sides of a longer edit end with, else those that both begin with; else nothing."""
    old, new = source[place[0] : place[1]], copy[place[2] : place[3]]
    if not old or not new:
        return "", ""
    if old[-1].isdigit() and new[-1].isdigit():
        starts = place[1] - len(old.split()[-1]), place[3] - len(new.split()[-1])
        return source[starts[0] : whole[1]], copy[starts[1] : whole[3]]
    if old[0].isdigit() and new[0].isdigit():
        ends = place[0] + len(old.split()[0]), place[2] + len(new.split()[0])
        return source[whole[0] : ends[0]], copy[whole[2] : ends[1]]
    return "", ""


def _is_stamp(text: str, start: int, end: int) -> bool:
    """Whether a number is a page's own: when it was updated, or how often it was shared."""
    return bool(_UPDATED.search(text, max(0, start - _STAMP_CHARS), start) or _SHARED.match(text, end))


def _kind(source: Page, copy: Page, names: Names, place: _Place, was: _Words, now: _Words) -> ChangeKind:
    start, end, at, upto = place
    old, new = source.text[start:end], copy.text[at:upto]
    if now and names is not None and _is_promotion(old, new, names, len(was), len(now)):
        return "promotion"
    if (was and source.is_quoted(start, end)) or (now and copy.is_quoted(at, upto)):
        return "quotations"
    if len(was) > FEW_WORDS or len(now) > FEW_WORDS or (old == old.lower() and new == new.lower()):
        return "words"
    one, two = names_in(source.text, start, end), names_in(copy.text, at, upto)
    if one == two or is_pronoun(was) or is_pronoun(now) or _ANEW.search(old) or _ANEW.search(new):
        return "words"
    return "names" if not _are_glued(one ^ two) and not source.is_german else "words"


def _are_glued(names: frozenset[str]) -> bool:
    """Whether two names are one to which a word is glued: a space is lost, and the word may be another."""
    one, two = sorted(names)[:2] if len(names) == 2 else ("", "")
    return bool(one) and two.startswith(one) and len(two) - len(one) >= _GLUED_LETTERS


def _is_promotion(was: str, now: str, names: Sequence[str], words: int, come: int) -> bool:
    """Whether an outlet's own name was put in where there was none, or an invitation."""
    short = max(words, come) <= (FEW_WORDS if words else _PROMOTING_WORDS)
    return promotes(now, names if short else ()) and not carries(was, names)
