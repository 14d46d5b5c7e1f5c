"""A match read from one of its documents: turned round, and the names that were put in."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st
from told_sources import edit

from dedup.model import Edit
from dedup.seen import BESIDE_NAME, NAME_LETTERS, Change, Seen, turned
from dedup.sources import letters

TEXTS = st.sampled_from([
    "", "six", "The Quorum", "Daily Quorum", "the Daily Quorum said", "Lantry Herald", "QUORUM", "quo", "Sun",
    "At Quorum we have long said that nobody can tell", "— Quorum —", "Herald and Quorum",
])  # fmt: skip
EDITS = st.builds(edit, st.sampled_from(["inserted", "dropped", "replaced", "respaced"]), TEXTS, TEXTS)
NAMES = st.lists(st.sampled_from(["dailyquorum", "quorum", "lantryherald", "herald", "sun", ""]), max_size=3).map(tuple)


@settings(max_examples=100)
@given(st.lists(EDITS, max_size=4).map(tuple))
def test_edits_turned_twice_are_as_they_were(edits: tuple[Edit, ...]) -> None:
    once = turned(edits)
    again = [(e.kind, e.a_text, e.b_text, e.a, e.b) for e in turned(once)]
    assert again == [(e.kind, e.a_text, e.b_text, e.a, e.b) for e in edits]
    assert [(e.a_text, e.b_text) for e in once] == [(e.b_text, e.a_text) for e in edits]
    assert all((e.kind == "inserted") == (f.kind == "dropped") for e, f in zip(edits, once, strict=True))


def puts_in(change: Change, names: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Name by name, whether a change put one in."""
    now, was = letters(change.b_text), letters(change.a_text)
    if change.kind not in ("inserted", "replaced") or any(len(o) >= NAME_LETTERS and o in was for o in others):
        return False
    long = [name for name in names if len(name) >= NAME_LETTERS]
    return any(name in now and name not in was and len(now) - len(name) <= BESIDE_NAME for name in long)


@settings(max_examples=400)
@given(st.lists(EDITS, max_size=5).map(tuple), NAMES, NAMES)
@example((edit("replaced", "the Quorum", "the Daily Quorum"),), ("dailyquorum", "quorum"), ())
@example((edit("inserted", "", "Daily Quorum"),), (), ())
def test_the_names_put_in_are_found(edits: tuple[Edit, ...], names: tuple[str, ...], others: tuple[str, ...]) -> None:
    seen = Seen(edits, 1.0, False)
    for asked in ((names, others), (others, names), (names, others)):
        assert seen.added(*asked) == [edit for edit in edits if puts_in(edit, *asked)]
