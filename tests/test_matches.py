"""What a batch changes in matches, against two plain sets of pairs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dedup.index.matches import Matches
from dedup.store import Kept

MATCH = Kept(20, 0.5, 0.5, 20, "[]", "[]", ())
LOWERS = st.sets(st.integers(0, 4))


@given(st.dictionaries(st.integers(5, 8), LOWERS), LOWERS, st.lists(st.tuples(st.integers(5, 8), LOWERS), max_size=8))
def test_what_changed_is_how_the_pairs_differ_from_those_of_the_store(
    stored: dict[int, set[int]], gone: set[int], kept: list[tuple[int, set[int]]]
) -> None:
    before = {(lower, upper) for upper, lowers in stored.items() for lower in lowers}
    now = {(lower, upper) for lower, upper in before if lower not in gone}
    matches = Matches()
    for lower, upper in before - now:
        matches.drop(lower, upper)
    for upper in range(5, 9):
        held = matches.know(upper, dict.fromkeys(stored.get(upper, ()), MATCH))
        assert held.keys() == {lower for lower, other in now if other == upper}
    for upper, lowers in kept:
        had = {lower for lower, other in now if other == upper}
        assert matches.keep(upper, dict.fromkeys(lowers, MATCH)) == (lowers - had, had - lowers)
        now = {pair for pair in now if pair[1] != upper} | {(lower, upper) for lower in lowers}
    assert matches.parted == before - now
    taken_out = {(lower, upper) for lower, upper in before if lower in gone}
    assert matches.put.keys() == now - (before - taken_out)
    changed = matches.put.keys() | matches.parted
    assert matches.met() == {number for pair in changed for number in pair}
    assert matches.met(but={5}) == {number for pair in changed if 5 not in pair for number in pair}
