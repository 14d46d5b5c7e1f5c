"""Circles: documents that lead back to themselves through their sources, which cannot be. One of them must be wrong."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

from dedup.facts import Facts
from dedup.measure import View
from dedup.rulings import Rulings


def break_circles(sources: dict[int, list[View]], facts: Mapping[int, Facts], rulings: Rulings) -> None:
    """Where verdicts run in a circle, the likeliest original of it keeps none but those that a person judged.

    Where persons judged all of a circle, what was judged first gives way.
    """
    circle = {number: _circle(sources, number) for number in facts if sources[number]}
    while any(circle.values()):
        for members in {members for members in circle.values() if members}:
            _break(sources, members, facts, rulings)
        circle = {number: _circle(sources, number) for number, members in circle.items() if members}


def _break(
    sources: dict[int, list[View]], members: AbstractSet[int], facts: Mapping[int, Facts], rulings: Rulings
) -> None:
    inside = [view for number in members for view in sources[number] if view.other in members]
    if weighed := {view.me for view in inside if not rulings.is_copy(view)}:
        loser = min(weighed, key=lambda number: facts[number].prior)
        sources[loser] = [view for view in sources[loser] if rulings.is_copy(view)]
    else:
        first = min(inside, key=rulings.judged_at)
        sources[first.me].remove(first)


def _circle(sources: Mapping[int, list[View]], number: int) -> frozenset[int]:
    """The documents on the ways through sources that lead from this one back to it; none where none does."""
    above = _above(sources, number)
    return frozenset(n for n in above if number in _above(sources, n)) if number in above else frozenset()


def _above(sources: Mapping[int, list[View]], number: int) -> set[int]:
    """All documents that this one was taken from, directly or through others."""
    above: set[int] = set()
    frontier = [number]
    while frontier:
        new = {view.other for n in frontier for view in sources[n]} - above
        above |= new
        frontier = list(new)
    return above
