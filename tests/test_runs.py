"""Unbroken shared runs against a quadratic oracle, and named cases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import combinations, pairwise

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dedup import runs as under_test
from dedup.model import Match, Settings, Span, Tokens
from dedup.runs import AGAIN, NEAR, RUN_WORDS, Run, Seeded, lying_apart, met_beside, shared_runs
from dedup.sketch import shingle_hashes
from dedup.store import Kept

SHINGLE = Settings().shingle_words


def words(ids: Sequence[int]) -> Tokens:
    """A text of words one letter long, one space apart: word ``i`` is character ``2 * i``."""
    starts = np.arange(len(ids), dtype=np.int32) * 2
    return Tokens("x " * len(ids), np.array(ids, dtype=np.uint32), starts, starts + 1)


def seeded(text: Sequence[int], places: range | None = None) -> Seeded:
    """A text whose seeds are the shingles that stand once in it, or those of them at the places."""
    ids = np.array(text, dtype=np.uint32)
    hashes = shingle_hashes(ids, Settings()).view(np.int64).tolist()
    once = [(value, at) for at, value in enumerate(hashes) if hashes.count(value) == 1]
    seeds = np.array(sorted(seed for seed in once if places is None or seed[1] in places), dtype=np.int64)
    seeds = seeds.reshape(-1, 2)
    return Seeded(ids, seeds[:, 0].copy(), seeds[:, 1].copy())


def runs_of(texts: Sequence[Seeded], pairs: Sequence[tuple[int, int]], least: Sequence[float]) -> list[list[Run]]:
    table = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return shared_runs(texts, table, np.array(least, dtype=np.float64))


def found(a: Sequence[int], b: Sequence[int], least: float = 1) -> list[Run]:
    (runs,) = runs_of([seeded(a), seeded(b)], [(0, 1)], [least])
    return runs


def match_of(a: Sequence[int], b: Sequence[int]) -> Match | None:
    runs = found(a, b)
    return Kept.of_runs(words(a), words(b), runs).match() if runs else None


def once_in(ids: Sequence[int]) -> set[tuple[int, ...]]:
    """The shingles that stand once in a text."""
    counts = Counter(tuple(ids[i : i + SHINGLE]) for i in range(len(ids) - SHINGLE + 1))
    return {shingle for shingle, count in counts.items() if count == 1}


def pieces(a: Sequence[int], b: Sequence[int]) -> list[tuple[int, int]]:
    """Every place where ``RUN_WORDS`` words agree and one of their shingles stands once in both texts."""
    once = once_in(a) & once_in(b)
    return [
        (i, j)
        for i in range(len(a) - RUN_WORDS + 1)
        for j in range(len(b) - RUN_WORDS + 1)
        if a[i : i + RUN_WORDS] == b[j : j + RUN_WORDS]
        and any(tuple(a[i + k : i + k + SHINGLE]) in once for k in range(RUN_WORDS - SHINGLE + 1))
    ]


def whole_run(a: Sequence[int], b: Sequence[int], i: int, j: int) -> tuple[int, int]:
    """Where in a the run of equal words through places ``i`` and ``j`` begins and ends."""
    back = next((k for k in range(1, min(i, j) + 1) if a[i - k] != b[j - k]), min(i, j) + 1) - 1
    most = min(len(a) - i, len(b) - j)
    return i - back, i + next((k for k in range(most) if a[i + k] != b[j + k]), most)


def touches(start: int, spans: Sequence[range]) -> bool:
    """Whether any of the ``RUN_WORDS`` words from ``start`` lies in one of the ranges."""
    return any(place in span for span in spans for place in range(start, start + RUN_WORDS))


@st.composite
def pasted(draw: st.DrawFn, texts: int) -> list[list[int]]:
    """Texts pasted together from cuts of one stock, which is of few words or repeats none."""
    few = st.lists(st.integers(0, draw(st.sampled_from([3, 8]))), min_size=20, max_size=40)
    stock = draw(few | st.just(list(range(40))))
    places = st.integers(0, len(stock))
    cut = st.builds(lambda one, other: stock[min(one, other) : max(one, other)], places, places)
    text = st.lists(cut, max_size=4).map(lambda parts: [word for part in parts for word in part])
    return [draw(text) for _ in range(texts)]


def pairs_with_least(texts: int) -> st.SearchStrategy[list[tuple[int, int, int]]]:
    """Pairs of places among so many texts, each with the words it must share; any may come again."""
    pair = st.permutations(range(texts)).flatmap(lambda places: st.tuples(st.just(places[0]), st.just(places[1])))
    return st.lists(st.builds(lambda ab, least: (*ab, least), pair, st.integers(0, 30)), max_size=9)


TEXTS = pasted(2).map(lambda texts: (texts[0], texts[1]))
many = settings(max_examples=150)

PARAGRAPH, OTHER = list(range(100, 120)), list(range(200, 215))
CASES: dict[str, tuple[Sequence[int], Sequence[int], list[Run]]] = {
    "the same text": (PARAGRAPH, PARAGRAPH, [(0, 0, 20)]),
    "nothing shared": (PARAGRAPH, OTHER, []),
    "one text empty": (PARAGRAPH, [], []),
    "both texts empty": ([], [], []),
    "shorter than a shingle": ([1, 2, 3], [1, 2, 3], []),
    "eight words": ([1, *PARAGRAPH[:8], 2], [3, 4, *PARAGRAPH[:8]], [(1, 2, 8)]),
    "seven words are a phrase": ([1, *PARAGRAPH[:7], 2], [3, 4, *PARAGRAPH[:7]], []),
    "paragraphs swapped": ([*PARAGRAPH, *OTHER], [*OTHER, 1, *PARAGRAPH], [(0, 16, 20), (20, 0, 15)]),
    "one word differs": (PARAGRAPH, [*PARAGRAPH[:9], 1, *PARAGRAPH[10:]], [(0, 0, 9), (10, 10, 10)]),
    "one word put in": (PARAGRAPH, [*PARAGRAPH[:9], 1, *PARAGRAPH[9:]], [(0, 0, 9), (9, 10, 11)]),
    "at both ends": ([*OTHER, 1, *PARAGRAPH], [*OTHER, 2, 3, *PARAGRAPH], [(0, 0, 15), (16, 17, 20)]),
    "said twice, so never once": (PARAGRAPH, [*PARAGRAPH, 1, *PARAGRAPH], []),
    "the longer of two that overlap": (
        PARAGRAPH,
        [*PARAGRAPH[:12], 1, *PARAGRAPH[9:]],
        [(0, 0, 12), (12, 16, 8)],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_runs_of_a_named_case(name: str) -> None:
    a, b, expected = CASES[name]
    assert found(a, b) == expected


@pytest.mark.parametrize("chance", [1, 2, 4])
@pytest.mark.parametrize(("first", "second"), [(PARAGRAPH, OTHER), (OTHER, PARAGRAPH)], ids=["longer", "shorter"])
def test_chance_words_between_two_paragraphs_lose_neither(first: list[int], second: list[int], chance: int) -> None:
    """The words after the first paragraph happened to be the second one's first, and the shorter was thrown away."""
    a, b = [*first, *second], [*second, 1, *first, *second[:chance], 2]
    assert sum(run[2] for run in found(a, b)) == len(a)
    assert len(found(a, b)) == 2


def test_runs_of_one_length_that_overlap_are_taken_alike_from_both_sides() -> None:
    a, b = PARAGRAPH[:12], [*PARAGRAPH[4:12], 1, *PARAGRAPH[:8]]
    assert sorted((j, i, n) for i, j, n in found(b, a)) == found(a, b)


def test_a_match_counts_its_words() -> None:
    match = match_of([*PARAGRAPH, 1, *OTHER, 2, 3, 4], [*OTHER, 5, *PARAGRAPH, 6, 7, 8, 9])
    assert match is not None
    assert (match.matched_words, match.longest_run, match.edits) == (35, 20, ())
    assert (match.coverage_a, match.coverage_b) == (35 / 39, 35 / 40)


def test_a_passage_spans_its_words_in_characters() -> None:
    match = match_of([1, *PARAGRAPH[:8]], [2, 3, *PARAGRAPH[:8], 4])
    assert match is not None
    assert [(passage.a, passage.b) for passage in match.passages] == [(Span(2, 17), Span(4, 19))]


@given(TEXTS)
@many
def test_a_match_tells_its_runs(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    match, runs = match_of(a, b), found(a, b)
    assert (match is None) == (runs == [])
    if match is not None:
        assert [(p.a_tokens, p.b_tokens) for p in match.passages] == [
            (Span(i, i + n), Span(j, j + n)) for i, j, n in runs
        ]
        assert [p.words for p in match.passages] == [n for _, _, n in runs]


@given(TEXTS)
@many
def test_passages_are_equal_runs(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    for i, j, n in found(a, b):
        assert n >= RUN_WORDS
        assert len(a[i : i + n]) == n
        assert a[i : i + n] == b[j : j + n]


@given(TEXTS)
@example(([*range(8), *range(15), 0], [*range(15), *range(8), *range(8)]))
@many
def test_passages_stand_apart_and_in_the_order_of_the_first_text(texts: tuple[list[int], list[int]]) -> None:
    """A run that was cut in front for the first text was then compared with its old place in the second."""
    runs = found(*texts)
    assert runs == sorted(runs)
    for one, two in combinations(runs, 2):
        assert one[0] + one[2] <= two[0]
        assert one[1] + one[2] <= two[1] or two[1] + two[2] <= one[1]


@given(TEXTS)
@many
def test_a_passage_goes_on_until_the_words_differ_or_another_begins(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    runs = found(a, b)
    held_a = {place for i, _, n in runs for place in range(i, i + n)}
    held_b = {place for _, j, n in runs for place in range(j, j + n)}
    for i, j, n in runs:
        for x, y in ((i - 1, j - 1), (i + n, j + n)):
            inside = 0 <= x < len(a) and 0 <= y < len(b)
            assert not inside or a[x] != b[y] or x in held_a or y in held_b


@given(TEXTS)
@many
def test_no_run_is_left_wholly_outside(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    runs = found(a, b)
    taken_a, taken_b = [range(i, i + n) for i, _, n in runs], [range(j, j + n) for _, j, n in runs]
    assert [(i, j) for i, j in pieces(a, b) if not touches(i, taken_a) and not touches(j, taken_b)] == []


@given(TEXTS)
@many
def test_the_longest_run_is_there_whole(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    whole = [whole_run(a, b, i, j) for i, j in pieces(a, b)]
    assert max((n for _, _, n in found(a, b)), default=0) == max((end - start for start, end in whole), default=0)


@given(TEXTS)
@many
def test_no_run_is_found_where_no_shingle_stands_once_in_both(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    for i, j, _ in found(a, b):
        start, end = whole_run(a, b, i, j)
        inside = {tuple(a[k : k + SHINGLE]) for k in range(start, end - SHINGLE + 1)}
        assert inside & once_in(a) & once_in(b)


@given(TEXTS)
@many
def test_the_order_of_the_texts_does_not_matter(texts: tuple[list[int], list[int]]) -> None:
    a, b = texts
    assert sorted((j, i, n) for i, j, n in found(b, a)) == found(a, b)


# How many words a pair must share.

LEAST: dict[str, tuple[Sequence[int], Sequence[int], float, list[Run]]] = {
    "as many as there are": (PARAGRAPH, PARAGRAPH, 20, [(0, 0, 20)]),
    "one more": (PARAGRAPH, PARAGRAPH, 21, []),
    "half a word more": (PARAGRAPH, PARAGRAPH, 20.5, []),
    "none": (PARAGRAPH, OTHER, 0, []),
    "two runs together": ([*PARAGRAPH, *OTHER], [*OTHER, 1, *PARAGRAPH], 35, [(0, 16, 20), (20, 0, 15)]),
    "two runs together, one more": ([*PARAGRAPH, *OTHER], [*OTHER, 1, *PARAGRAPH], 36, []),
    "two runs that overlap": (PARAGRAPH, [*PARAGRAPH[:12], 1, *PARAGRAPH[4:16]], 12, [(0, 0, 12)]),
    "two runs that overlap, one more": (PARAGRAPH, [*PARAGRAPH[:12], 1, *PARAGRAPH[4:16]], 13, []),
}


@pytest.mark.parametrize("name", LEAST)
def test_a_named_case_of_the_words_that_a_pair_must_share(name: str) -> None:
    a, b, least, expected = LEAST[name]
    assert found(a, b, least) == expected


@given(TEXTS, st.integers(0, 80).map(lambda halves: halves / 2))
@many
def test_a_pair_that_shares_too_few_words_has_no_run(texts: tuple[list[int], list[int]], least: float) -> None:
    runs = found(*texts)
    assert found(*texts, least) == (runs if sum(run[2] for run in runs) >= least else [])


# Many pairs together.


@given(pasted(5), pairs_with_least(5))
@many
def test_many_pairs_have_the_runs_that_each_has_alone(
    texts: list[list[int]], pairs: list[tuple[int, int, int]]
) -> None:
    alone = [found(texts[a], texts[b], least) for a, b, least in pairs]
    every = [seeded(text) for text in texts]
    assert runs_of(every, [pair[:2] for pair in pairs], [pair[2] for pair in pairs]) == alone


@given(pasted(4), pairs_with_least(4), st.integers(1, 4))
@many
def test_more_pairs_than_are_looked_at_together_have_the_runs_that_each_has_alone(
    texts: list[list[int]], pairs: list[tuple[int, int, int]], together: int
) -> None:
    alone = [found(texts[a], texts[b], least) for a, b, least in pairs]
    every = [seeded(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "_TOGETHER", together)
        assert runs_of(every, [pair[:2] for pair in pairs], [pair[2] for pair in pairs]) == alone


def test_no_pairs_have_no_runs() -> None:
    assert runs_of([seeded(PARAGRAPH)], [], []) == runs_of([], [], []) == []


# Seeds.

NOWHERE = range(0)
SEEDED: dict[str, tuple[range | None, range | None, list[Run]]] = {
    "everywhere": (None, None, [(0, 16, 20), (20, 0, 15)]),
    "none in the first text": (NOWHERE, None, []),
    "none in the second text": (None, NOWHERE, []),
    "none in either": (NOWHERE, NOWHERE, []),
    "one in one run": (range(9, 10), None, [(0, 16, 20)]),
    "one in the other run, at its last shingle": (None, range(10, 11), [(20, 0, 15)]),
    "one alone, the same in both": (range(9, 10), range(25, 26), [(0, 16, 20)]),
    "in both texts, never the same": (range(3, 6), range(22, 25), []),
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_run_is_seen_where_it_passes_a_seed_of_both_texts(name: str) -> None:
    of_a, of_b, expected = SEEDED[name]
    a, b = seeded([*PARAGRAPH, *OTHER], of_a), seeded([*OTHER, 1, *PARAGRAPH], of_b)
    back = sorted((j, i, n) for i, j, n in expected)
    assert runs_of([a, b], [(0, 1), (1, 0)], [1, 1]) == [expected, back]


def test_texts_without_seeds_take_no_run_from_their_neighbours() -> None:
    texts = [seeded(PARAGRAPH, NOWHERE), seeded(PARAGRAPH), seeded([]), seeded([1, *PARAGRAPH]), seeded(OTHER, NOWHERE)]
    pairs = [(0, 1), (1, 0), (1, 2), (2, 1), (1, 3), (3, 1), (3, 4), (4, 3)]
    assert runs_of(texts, pairs, [1] * 8) == [[], [], [], [], [(0, 1, 20)], [(1, 0, 20)], [], []]


# Whether the runs are all that two texts share.


def other(count: int, of: int) -> list[int]:
    """Words that stand in no other text."""
    return [10_000 * of + at for at in range(count)]


def apart(a: Sequence[int], b: Sequence[int]) -> bool:
    texts = [seeded(a), seeded(b)]
    there, back = (
        bool(lying_apart(texts, np.array([pair]), runs_of(texts, [pair], [1]))[0]) for pair in ((0, 1), (1, 0))
    )
    assert there == back
    return there


def test_it_does_not_matter_which_text_is_the_first_where_one_repeats_itself() -> None:
    assert not apart([*range(26), *range(1, 36)], [*range(1, 36), *range(8)])


AB, AC = PARAGRAPH[:4], PARAGRAPH[4:]
APART: dict[str, tuple[Sequence[int], Sequence[int], bool]] = {
    "one run": ([*other(9, 1), *PARAGRAPH, *other(9, 2)], [*PARAGRAPH, *other(9, 3)], True),
    "the same text": (PARAGRAPH, PARAGRAPH, True),
    "nothing shared": (PARAGRAPH, OTHER, False),
    "a word put in": (PARAGRAPH, [*PARAGRAPH[:9], 1, *PARAGRAPH[9:]], False),
    "near each other": ([*PARAGRAPH, *other(NEAR, 1), *OTHER], [*PARAGRAPH, *other(NEAR, 2), *OTHER], False),
    "far in one text": ([*PARAGRAPH, *other(NEAR + 1, 1), *OTHER], [*PARAGRAPH, *OTHER], True),
    "near, but swapped": ([*PARAGRAPH, *OTHER], [*OTHER, 1, *PARAGRAPH], False),
    "far and swapped": ([*PARAGRAPH, *OTHER], [*OTHER, *other(2 * NEAR, 1), *PARAGRAPH], True),
    "a lost space near the beginning": ([1, *AB, 2, 3, *AC], [5, *AB, 4, *AC], False),
    "a lost space near the end": ([*AC, 2, 3, *AB, 1], [*AC, 4, *AB, 5], False),
    "a name near the end": ([*AC, *AB[:2], 6], [*AC, *other(AGAIN - 2, 1), *AB[:2]], False),
    "a longer name": ([*AC, *AB[:2], 6], [*AC, *other(AGAIN - 1, 1), *AB[:2]], True),
    "one word beside it": ([*AC, 2, 3, AB[0], 1], [*AC, 4, AB[0], 5], True),
    "two words, not in a row": ([*AC, 2, AB[0], 6, AB[1]], [*AC, 3, AB[0], 7, AB[1]], True),
}


@pytest.mark.parametrize("name", APART)
def test_a_named_case_of_runs_that_lie_apart(name: str) -> None:
    a, b, expected = APART[name]
    assert apart(a, b) == expected


@given(pasted(4), pairs_with_least(4))
@many
def test_runs_of_many_pairs_lie_apart_as_those_of_each_alone(
    texts: list[list[int]], pairs: list[tuple[int, int, int]]
) -> None:
    every, table = [seeded(text) for text in texts], np.array([pair[:2] for pair in pairs], dtype=np.int64)
    told = lying_apart(every, table.reshape(-1, 2), runs_of(every, [pair[:2] for pair in pairs], [1] * len(pairs)))
    assert told.tolist() == [apart(texts[a], texts[b]) for a, b, _ in pairs]


def beside(a: Sequence[int], b: Sequence[int], runs: list[Run]) -> bool:
    """Whether two shingles of a that begin beside each other stand in b, too, neither inside a run; by trying all."""
    known = {tuple(b[j : j + SHINGLE]) for j in range(len(b) - SHINGLE + 1)}
    outside = [
        tuple(a[i : i + SHINGLE]) in known and not any(k <= i and i + SHINGLE <= k + n for k, _, n in runs)
        for i in range(len(a) - SHINGLE + 1)
    ]
    return any(one and next_ for one, next_ in pairwise(outside))


@given(st.lists(TEXTS, max_size=4))
@example([([*PARAGRAPH, 1, *OTHER[:6]], [*PARAGRAPH, 2, *OTHER[:6]])])
@example([([*PARAGRAPH, 1, *OTHER[:5]], [*PARAGRAPH, 2, *OTHER[:5]])])
@many
def test_pairs_that_share_more_than_their_runs_are_those_of_a_plain_look(
    texts: list[tuple[list[int], list[int]]],
) -> None:
    texts = [pair for pair in texts if found(*pair)]
    runs = [found(*pair) for pair in texts]
    met = [
        (row, i)
        for row, (a, b) in enumerate(texts)
        for i in range(len(a) - SHINGLE + 1)
        if tuple(a[i : i + SHINGLE]) in {tuple(b[j : j + SHINGLE]) for j in range(len(b) - SHINGLE + 1)}
    ]
    pair, place = np.array(met, dtype=np.int64).reshape(-1, 2).T
    expected = [row for row, (a, b) in enumerate(texts) if beside(a, b, runs[row])]
    assert met_beside(runs, pair, place, SHINGLE).tolist() == expected


BESIDE: dict[str, tuple[list[tuple[int, int]], list[int]]] = {
    "two in a row": ([(0, 20), (0, 21)], [0]),
    "two that are not": ([(0, 20), (0, 22)], []),
    "one alone": ([(1, 20)], []),
    "of two pairs": ([(0, 20), (1, 21)], []),
    "inside a run": ([(0, 2), (0, 3), (0, 7)], []),
    "at its end": ([(0, 7), (0, 8), (0, 9)], [0]),
    "one alone at its end": ([(0, 7), (0, 8)], []),
    "before it": ([(0, 0), (0, 1), (0, 2)], [0]),
    "where only the other pair has a run": ([(0, 31), (0, 32), (1, 31), (1, 32)], [0]),
    "nowhere": ([], []),
}


@pytest.mark.parametrize("name", BESIDE)
def test_a_named_case_of_what_stands_beside_runs(name: str) -> None:
    met, expected = BESIDE[name]
    pair, place = np.array(met, dtype=np.int64).reshape(-1, 2).T
    assert met_beside([[(2, 0, 10)], [(2, 0, 10), (30, 40, 8)]], pair, place, SHINGLE).tolist() == expected
