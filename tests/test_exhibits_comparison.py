"""Two texts side by side: nothing lost, the heaviest order, what moved, and what every mark says."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random

import made
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup import exhibits
from dedup.corpus import read_corpus
from dedup.exhibits.comparison import headline
from dedup.exhibits.paragraphs import (
    Part,
    Row,
    heaviest_chain,
    paragraphs,
    rows_in_order,
    rows_of,
    runs_of,
    shared_chars,
)
from dedup.index import Index, compare
from dedup.model import Span, UnknownDocument

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
SIZES = st.lists(st.integers(1, 9), min_size=1, max_size=6)
PAIRS = st.dictionaries(st.tuples(st.integers(0, 6), st.integers(0, 6)), st.integers(1, 50).map(float), max_size=9)


def text_of(parts: Sequence[Part]) -> str:
    return "".join(part.text for part in parts)


def texts(rows: Sequence[Row]) -> tuple[str, str]:
    return "".join(text_of(row.left) for row in rows), "".join(text_of(row.right) for row in rows)


# What it is made of.


@given(st.text(alphabet="ab \n\t\r\u2028"))
def test_paragraphs_are_all_of_a_text(text: str) -> None:
    spans = paragraphs(text)
    assert "".join(text[at:to] for at, to in spans) == text
    assert all(at < to for at, to in spans)


@given(PAIRS)
def test_the_chain_is_the_heaviest_of_all_that_stand_in_order(weights: dict[tuple[int, int], float]) -> None:
    chain = heaviest_chain(weights)
    assert _is_in_order(chain)
    best = max(
        sum(weights[pair] for pair in some)
        for size in range(len(weights) + 1)
        for some in itertools.combinations(sorted(weights), size)
        if _is_in_order(some)
    )
    assert sum(weights[pair] for pair in chain) == best


def _is_in_order(chain: Sequence[tuple[int, int]]) -> bool:
    return all(one[0] <= two[0] and one[1] <= two[1] and one != two for one, two in itertools.pairwise(chain))


@given(st.integers(0, 8), st.integers(0, 8), PAIRS)
def test_rows_have_every_paragraph_once_and_in_order(
    left: int, right: int, weights: dict[tuple[int, int], float]
) -> None:
    chain = heaviest_chain({pair: w for pair, w in weights.items() if pair[0] < left and pair[1] < right})
    rows = rows_in_order(left, right, chain)
    assert [n for ours, _ in rows for n in ours] == list(range(left))
    assert [n for _, theirs in rows for n in theirs] == list(range(right))
    for i, j in chain:
        assert any(i in ours and j in theirs for ours, theirs in rows)


@given(SIZES, SIZES, st.data())
def test_shared_characters_of_equal_runs(left: list[int], right: list[int], data: st.DataObject) -> None:
    """Where both sides of a run are of one length, each character counts for the two paragraphs it stands in."""
    ours, theirs = spans_of(left), spans_of(right)
    size = data.draw(st.integers(1, min(ours[-1][1], theirs[-1][1])))
    a, b = data.draw(st.integers(0, ours[-1][1] - size)), data.draw(st.integers(0, theirs[-1][1] - size))
    want: dict[tuple[int, int], float] = {}
    for n in range(size):
        pair = (holder(ours, a + n), holder(theirs, b + n))
        want[pair] = want.get(pair, 0) + 1
    assert shared_chars(ours, theirs, [(a, a + size, b, b + size)]) == pytest.approx(want)


def spans_of(sizes: Sequence[int]) -> list[tuple[int, int]]:
    ends = list(itertools.accumulate(sizes))
    return list(zip([0, *ends], ends, strict=False))


def holder(spans: Sequence[tuple[int, int]], at: int) -> int:
    return next(n for n, (start, end) in enumerate(spans) if start <= at < end)


# Made pages.


@example(303, ["add", "drop", "add", "add"])  # one sentence begins as another goes on
@given(st.integers(0, 1000), st.lists(st.sampled_from(["move", "drop", "add", "change", "name", "glue"]), max_size=5))
def test_both_texts_are_whole_and_marks_say_what_is_true(seed: int, done: list[str]) -> None:
    source, copy = _pair(Random(seed), done)
    match = compare(source, copy)
    assert match is not None
    rows = rows_of(source, copy, match)
    assert texts(rows) == (source, copy)
    for row in rows:
        assert {part.mark for part in row.left} <= {"", "same", "dropped", "replaced", "respaced"}
        assert {part.mark for part in row.right} <= {"", "same", "inserted", "replaced", "respaced"}
    told = {part.difference for row in rows for part in (*row.left, *row.right)} - {None}
    assert told == {n for n, edit in enumerate(match.edits) if edit.kind != "respaced"}
    for a, a_end, b, b_end in runs_of(match):
        assert re.sub(r"\W", "", source[a:a_end]).casefold() == re.sub(r"\W", "", copy[b:b_end]).casefold()


def _pair(random: Random, done: Sequence[str]) -> tuple[str, str]:
    ours = list(made.story(random, 8))
    theirs = list(ours)
    for what in done:
        at = random.randrange(len(theirs))
        words = theirs[at].split()
        place = random.randrange(4, len(words) - 4)
        if what == "move":
            theirs.append(theirs.pop(at))
        elif what == "drop" and len(theirs) > 5:
            theirs.pop(at)
        elif what == "add":
            theirs.insert(at, made.sentence(random, 12))
        elif what == "change":
            words[place] = "Elsewhere"
            theirs[at] = " ".join(words)
        elif what == "name":
            theirs[at] = " ".join([*words[:place], "The Quorum", *words[place:]])
        elif what == "glue":
            theirs[at] = " ".join([*words[: place - 1], words[place - 1] + words[place], *words[place + 1 :]])
    return "\n\n".join(ours), "\n".join(theirs)


def test_a_paragraph_that_moved_leads_to_where_it_went_and_back() -> None:
    ours = made.story(Random(5), 6)
    theirs = [*ours[:1], *ours[2:5], ours[1], ours[5]]
    source, copy = "\n\n".join(ours), "\n\n".join(theirs)
    rows = rows_of(source, copy, compare(source, copy))
    [gone] = [n for n, row in enumerate(rows) if row.moved_to is not None]
    [come] = [n for n, row in enumerate(rows) if row.moved_from is not None]
    assert text_of(rows[gone].left).strip() == text_of(rows[come].right).strip() == ours[1]
    assert (rows[gone].moved_to, rows[come].moved_from) == (come, gone)
    assert [(text_of(row.left).strip(), text_of(row.right).strip()) for row in rows if row.left and row.right] == [
        (one, one) for one in (ours[0], *ours[2:])
    ]


def test_a_paragraph_that_was_split_stands_beside_both_parts() -> None:
    ours = made.story(Random(6), 3)
    first, second = ours[1].split(". ", 1)
    source, copy = "\n\n".join(ours), "\n\n".join([ours[0], f"{first}.", second, ours[2]])
    rows = rows_of(source, copy, compare(source, copy))
    assert [len(paragraphs(text_of(row.right))) for row in rows] == [1, 2, 1]


def test_names_stand_out_and_keep_their_difference() -> None:
    ours = "\n\n".join(made.story(Random(7), 3))
    words = ours.split(" ")
    copy = " ".join([*words[:10], "Quorum", *words[10:]])
    at = len(" ".join(words[:10])) + 1
    rows = rows_of(ours, copy, compare(ours, copy), [Span(at, at + 6)])
    [named] = [part for row in rows for part in row.right if part.mark == "named"]
    assert (named.text.strip(), named.difference) == ("Quorum", 0)


def test_texts_that_share_nothing_are_one_row() -> None:
    rows = rows_of("one\n\ntwo", "", None)
    assert texts(rows) == ("one\n\ntwo", "")
    assert len(rows) == 1


HEADLINES = {
    "the same": ("Ship slips off", "Ship slips off", [("Ship slips off", "same")], [("Ship slips off", "same")]),
    "another case": ("Ship Slips", "SHIP slips", [("Ship Slips", "same")], [("SHIP slips", "same")]),
    "a word replaced": (
        "Ship slips off", "Ship floats off",
        [("Ship", "same"), ("slips", "replaced"), ("off", "same")],
        [("Ship", "same"), ("floats", "replaced"), ("off", "same")],
    ),
    "a word added": ("Ship off", "Ship is off", [("Ship", "same"), ("off", "same")],
                     [("Ship", "same"), ("is", "inserted"), ("off", "same")]),
    "none": ("", "Ship", [], [("Ship", "inserted")]),
}  # fmt: skip


@pytest.mark.parametrize(("was", "now", "left", "right"), HEADLINES.values(), ids=HEADLINES)
def test_headlines(was: str, now: str, left: list[tuple[str, str]], right: list[tuple[str, str]]) -> None:
    ours, theirs = headline(was, now)
    assert [(part.text, part.mark) for part in ours] == left
    assert [(part.text, part.mark) for part in theirs] == right


# The sample corpus.


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    path = tmp_path_factory.mktemp("comparison") / "sample.db"
    with Index(path, workers=1) as made_index:
        made_index.add(read_corpus(SAMPLE))
        yield made_index


def test_every_link_can_be_seen(index: Index) -> None:
    for link in index.links(None):
        if link.original is None:
            continue
        for a, b in ((link.copy, link.original), (link.original, link.copy)):
            told = exhibits.comparison(index, a, b)
            source, copy = (index.get(id).text for id in (told.source.id, told.copy.id))
            assert texts(told.rows) == (source, copy)
            assert told.verdict is not None
            assert told.is_copy == (link.direction == "decided")
            if told.is_copy:
                assert (told.copy.id, told.source.id) == (link.copy, link.original)
            for change in told.changes:
                row = told.rows[change.row]
                assert change.now in text_of(row.right) or change.was in text_of(row.left)


def test_the_mirror_s_name_is_marked_four_times(index: Index) -> None:
    copy = next(link.copy for link in index.links() if link.copy.endswith("mirror-01.txt"))
    told = exhibits.comparison(index, "ngw-1001", copy)
    named = [part.text.strip() for row in told.rows for part in row.right if part.mark == "named"]
    assert named == ["Daily Quorum"] * 4


def test_pages_that_share_nothing_are_shown_and_unknown_ones_refused(index: Index) -> None:
    told = exhibits.comparison(index, "ngw-1001", "mp-2003")
    assert (told.matched_words, told.differences, told.verdict, len(told.rows)) == (0, 0, None, 1)
    with pytest.raises(UnknownDocument):
        exhibits.comparison(index, "ngw-1001", "nothing")
