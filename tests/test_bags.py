"""Shuffled copies: what is found of them, and what is no shuffled copy."""

from __future__ import annotations

import random
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup import bags
from dedup.align import align, align_all
from dedup.model import Match, Tokens
from dedup.seeds import Laid


def text_of(ids: list[int]) -> Tokens:
    words = [f"w{number}" for number in ids]
    ends = np.cumsum([len(word) + 1 for word in words], dtype=np.int32) - 1
    starts = ends - np.array([len(word) for word in words], dtype=np.int32)
    return Tokens(" ".join(words), np.array(ids, dtype=np.uint32), starts, ends)


def run(start: int, words: int) -> list[int]:
    return list(range(start, start + words))


def shuffled(words: list[int], block: int, seed: int = 1) -> list[int]:
    """The same words, in blocks of so many in another order, the first eleven where they were."""
    blocks = [words[at : at + block] for at in range(11, len(words), block)]
    random.Random(seed).shuffle(blocks)
    return words[:11] + [word for part in blocks for word in part]


def found(a: list[int], b: list[int]) -> Match:
    match = align(text_of(a), text_of(b))
    assert match is not None
    return match


@pytest.mark.parametrize("block", [1, 2, 3, 5])
def test_shuffled_sentence_is_one_passage_of_all_its_words(block: int) -> None:
    words = run(1000, 40)
    a = run(1, 200) + words + run(300, 200)
    b = run(5000, 90) + shuffled(words, block) + run(6000, 90)
    [passage] = found(a, b).passages
    assert passage.words >= 38
    assert passage.a_tokens.start >= 200
    assert passage.a_tokens.end <= 240
    assert passage.words <= min(len(passage.a_tokens), len(passage.b_tokens))


def test_some_words_may_be_replaced() -> None:
    words = run(1000, 65)
    other = [word if at % 6 or at < 11 else word + 5000 for at, word in enumerate(shuffled(words, 3))]
    [passage] = found([*run(1, 99), *words, *run(200, 99)], [*run(3000, 99), *other, *run(4000, 99)]).passages
    assert 50 <= passage.words <= 56


def test_clauses_that_changed_places_are_one_passage() -> None:
    one, other = run(1000, 15), run(1100, 15)
    a, b = [*run(1, 99), *one, *other, *run(200, 99)], [*run(3000, 99), *other, *one, *run(4000, 99)]
    [passage] = found(a, b).passages
    assert passage.words == len(passage.a_tokens) == len(passage.b_tokens) == 30


def test_scraps_alone_make_a_passage() -> None:
    """Nothing in it is a passage by itself: no more than seven words keep their order."""
    words = run(1000, 70)
    blocks = [words[at : at + 7] for at in range(0, 70, 7)]
    moved = [word for at in (1, 0, 3, 2, 5, 4, 7, 6, 9, 8) for word in blocks[at]]
    [passage] = found([*run(1, 99), *words, *run(200, 99)], [*run(3000, 99), *moved, *run(4000, 99)]).passages
    assert passage.words == len(passage.a_tokens) == len(passage.b_tokens) == 70


def test_few_scraps_make_none() -> None:
    one, other = run(1000, 7), run(1100, 7)
    a, b = [*run(1, 99), *one, *other, *run(200, 99)], [*run(3000, 99), *other, *one, *run(4000, 99)]
    assert align(text_of(a), text_of(b)) is None


def test_words_are_counted_as_often_as_both_have_them() -> None:
    words = [number if at % 5 or at < 11 else 7 for at, number in enumerate(run(1000, 66))]
    other = [number if number != 7 or at % 2 else 8 for at, number in enumerate(shuffled(words, 2))]
    a, b = run(100, 99) + words, run(3000, 99) + other
    [passage] = found(a, b).passages
    x, y = (a[passage.a_tokens.start : passage.a_tokens.end], b[passage.b_tokens.start : passage.b_tokens.end])
    assert passage.words == (Counter(x) & Counter(y)).total()
    assert 1 < (Counter(x) & Counter(y))[7] < min(x.count(7), y.count(7)) + 1


def test_all_that_is_not_in_order_is_an_edit() -> None:
    words = run(1000, 65)
    a, b = text_of(run(1, 99) + words), text_of(run(3000, 99) + shuffled(words, 4))
    match = align(a, b)
    assert match is not None
    [passage] = match.passages
    edges = [(passage.a.start, passage.b.start), *((e.a.end, e.b.end) for e in match.edits)]
    starts = [*((e.a.start, e.b.start) for e in match.edits), (passage.a.end, passage.b.end)]
    for (end_a, end_b), (start_a, start_b) in zip(edges, starts, strict=True):
        assert a.text[end_a:start_a].split() == b.text[end_b:start_b].split()
    assert all(edit.a_text or edit.b_text for edit in match.edits)
    assert match.longest_run >= 11


APART = {
    # name: a, b, words of the passages in a
    "two quotes in texts of one subject, in order": (
        [*run(1000, 11), *run(1, 40), *run(1100, 11)],
        [*run(1000, 11), *run(2000, 40), *run(1100, 11)],
        [11, 11],
    ),
    "two quotes in another order": (
        [*run(1000, 11), *run(1, 40), *run(1100, 11)],
        [*run(1100, 11), *run(2000, 40), *run(1000, 11)],
        [11, 11],
    ),
    "a quote, and half of the words around it": (
        [*run(1, 40), *run(1000, 11), *run(50, 40)],
        [*(n if n % 2 else n + 5000 for n in reversed(run(1, 40))), *run(1000, 11), *run(3000, 40)],
        [11],
    ),
    "sentences of twenty words and more": (
        [*run(1000, 25), *run(1100, 25), *run(1200, 25)],
        [*run(1200, 25), *run(1000, 25), *run(1100, 25)],
        [50, 25],
    ),
    "a sentence edited in its order": (
        [*run(1, 50), *run(1000, 12), 1, *run(1013, 12), 2, *run(1026, 12), *run(100, 50)],
        [*run(200, 50), *run(1000, 12), 3, *run(1013, 12), 4, *run(1026, 12), *run(300, 50)],
        [38],
    ),
    "a few words beside it in another order": (
        [*run(1, 50), *run(1000, 12), 1, *run(1013, 12), 2, *run(1026, 12), *run(2000, 9), *run(100, 50)],
        [*run(200, 50), *run(1000, 12), 3, *run(1013, 12), 4, *run(1026, 12), *run(2000, 9)[::-1], *run(300, 50)],
        [39],
    ),
}


@pytest.mark.parametrize(("a", "b", "words"), APART.values(), ids=APART.keys())
def test_what_is_no_shuffled_copy_stays_as_it_was(
    a: list[int], b: list[int], words: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    match = found(a, b)
    assert [len(passage.a_tokens) for passage in match.passages] == words
    monkeypatch.setattr(bags, "INSIDE", 2.0)
    assert found(a, b) == match


@st.composite
def tangled(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Texts of shared stretches whose words were shuffled in blocks, some replaced, with noise between."""
    a, b = [], []
    stretches = [run(100 * at, draw(st.integers(5, 70))) for at in range(1, draw(st.integers(1, 3)) + 1)]
    for words in stretches:
        a += draw(st.lists(st.integers(0, 9), max_size=30)) + words
    for words in draw(st.permutations(stretches)):
        other = shuffled(words, draw(st.integers(1, 9)), draw(st.integers(0, 99)))
        b += draw(st.lists(st.integers(0, 9), max_size=30))
        b += [word if draw(st.integers(0, 5)) else 0 for word in other]
    return a, b


@given(tangled())
def test_shuffled_passages_keep_all_promises(pair: tuple[list[int], list[int]]) -> None:
    a, b = text_of(pair[0]), text_of(pair[1])
    match, mirror = align(a, b), align(b, a)
    assert (match is None) == (mirror is None)
    if match is None or mirror is None:
        return
    assert {(p.a_tokens, p.b_tokens, p.words) for p in match.passages} == {
        (p.b_tokens, p.a_tokens, p.words) for p in mirror.passages
    }
    for side in ("a_tokens", "b_tokens"):
        spans = sorted(getattr(passage, side) for passage in match.passages)
        assert all(before.end <= after.start for before, after in pairwise(spans))
    for p in match.passages:
        both = Counter(pair[0][p.a_tokens.start : p.a_tokens.end]) & Counter(pair[1][p.b_tokens.start : p.b_tokens.end])
        assert p.words <= both.total()
    assert 0 < match.longest_run <= match.matched_words <= min(len(a), len(b))


@given(st.lists(tangled(), max_size=5))
def test_together_they_match_as_each_does_alone(pairs: list[tuple[list[int], list[int]]]) -> None:
    texts = [(text_of(a), text_of(b)) for a, b in pairs]
    assert align_all(texts) == [align(a, b) for a, b in texts]


def test_texts_beside_it_are_no_neighbours() -> None:
    words = run(1000, 40)
    texts = [
        (text_of(run(1, lead) + words + run(500, 200)), text_of(run(5000, lead) + shuffled(words, 2) + run(7000, 90)))
        for lead in (5, 90, 400)
    ]
    assert align_all(texts) == [align(a, b) for a, b in texts]
    assert align_all(texts[::-1]) == align_all(texts)[::-1]


WORDS = st.lists(st.integers(0, 6), max_size=12)


@given(st.lists(st.tuples(WORDS, WORDS), min_size=1, max_size=5))
def test_common_words_are_those_of_the_bags(texts: list[tuple[list[int], list[int]]]) -> None:
    x, y = (Laid([np.array(pair[at], dtype=np.uint32) for pair in texts]) for at in (0, 1))
    boxes = np.stack([np.array(side) for side in (x.starts, x.ends, y.starts, y.ends)], axis=1)
    assert bags.common(x, y, boxes).tolist() == [(Counter(a) & Counter(b)).total() for a, b in texts]
