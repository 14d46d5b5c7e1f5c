"""What a copy did to its source: words inserted, dropped, replaced, told by what they are to a reader.

Told are the edits inside passages, and of either text what no passage covers: of the source its own story and its
credits, of the copy its own story and what promotes its outlet. Furniture is otherwise nobody's words. Precision before
recall, as a difference that is none costs more than one that goes untold: what still stands somewhere in the other text
was moved, not dropped, and quote marks, spaces and the way a number is written are no change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dedup.changes.credited import lost_credits
from dedup.changes.edited import edited
from dedup.changes.outside import outside
from dedup.changes.pages import Found, Names, Page
from dedup.credits import Credit
from dedup.model import CHANGE_KINDS, Change, Changes, Places, Span

__all__ = ["Found", "Page", "counted", "find_changes", "told"]


def find_changes(
    source: Page,
    copy: Page,
    places: Places,
    credits: tuple[Iterable[Credit], Iterable[Credit]] = ((), ()),
    *,
    names: Names = None,
    whole: bool = True,
    elsewhere: Sequence[tuple[int, int]] = (),
) -> list[Found]:
    """What the copy changed, in no order.

    ``places`` go from source to copy; ``credits`` are those of both, ``names`` those of the outlet of the copy.
    With ``whole`` false only what stands inside the passages is told: what else a page has is no part of a story that
    it quotes or teases. ``elsewhere`` are stretches of the copy that are other stories'. No difference, no change.
    """
    lost = lost_credits(source, copy, *credits, elsewhere) if whole else []
    found = [*lost, *edited(source, copy, places, [(one.start, one.end) for one in lost], names)]
    return [*found, *outside(source, copy, places, lost, names, elsewhere)] if whole else found


def counted(found: Iterable[Found]) -> Changes:
    """The summary of some changes: words by what was done to them, changes by kind."""
    if not (found := list(found)):
        return _UNCHANGED
    words = {"inserted": 0, "dropped": 0, "replaced": 0}
    kinds = dict.fromkeys(CHANGE_KINDS, 0)
    for one in found:
        words[one.action] += one.words
        kinds[one.kind] += 1
    del kinds["words"]
    return Changes(**words, **kinds)


_UNCHANGED = Changes()


def told(found: Iterable[Found], source: str, copy: str) -> Iterator[Change]:
    """Changes with what was there, and what is there now: credits first, then names, numbers and so on, each in the
    order of the source."""
    for one in sorted(found, key=_order):
        was, now = source[one.start : one.end], copy[one.at : one.upto]
        places = Span(one.start, one.end), Span(one.at, one.upto)
        yield Change(one.kind, one.action, was, now, *places, one.form)


def _order(found: Found) -> tuple[int, int, int]:
    return CHANGE_KINDS.index(found.kind), found.start, found.at
