"""The evidence packet: one file that holds all it shows, to be mailed, printed and checked."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict

from dedup import exhibits
from dedup.drawing import render
from dedup.exhibits import Case
from dedup.index import Index
from dedup.model import UnknownDocument

__all__ = ("case_of", "report")


def report(index: Index, names: Sequence[str], made_on: str, *, outlet: bool = False) -> str:
    """The case of what is named, as one page of HTML that asks for nothing; the same store, names and day give the
    same bytes. Raises as ``case_of`` does, and ``DedupError`` where Jinja is not installed."""
    with index.snapshot():
        case = case_of(index, names, made_on, outlet=outlet)
    return render("case.html", page=case, data=json.dumps(_without_texts(case), ensure_ascii=False, indent=1))


def case_of(index: Index, names: Sequence[str], made_on: str, *, outlet: bool = False) -> Case:
    """The case of two pages, or of one name: a story's id, else the story of a page (by id or URL), else an outlet;
    with ``outlet`` only that. ``made_on`` is a day, ISO 8601.

    Raises ``UnknownDocument`` for what is nothing of these, and for a page that is in no story.
    """
    if len(names) == 2:
        one, two = names
        return exhibits.pair_case(index, one, two, made_on)
    (name,) = names
    if outlet:
        return exhibits.outlet_case(index, name, made_on)
    with suppress(UnknownDocument):
        return exhibits.story_case(index, name, made_on)
    with suppress(UnknownDocument):
        return _case_of_page(index, index.get(name).id, made_on)
    try:
        return exhibits.outlet_case(index, name, made_on)
    except UnknownDocument as error:
        raise UnknownDocument(f"{name}: is no story, page with a story, or outlet of this store") from error


def _case_of_page(index: Index, id: str, made_on: str) -> Case:
    story = index.who(id).story
    if story is None:
        raise UnknownDocument(f"{id}: nobody else is known to have published this page, so that there is no case")
    return exhibits.story_case(index, story.id, made_on)


def _without_texts(case: Case) -> dict[str, object]:
    """A case for programs: all but the texts, which stand in the page."""
    told = asdict(case)
    return told | {"comparisons": [{**one, "rows": len(one["rows"])} for one in told["comparisons"]]}
