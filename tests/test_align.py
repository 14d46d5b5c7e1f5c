"""Passages and edits: named cases, and slow obvious oracles for what alignment promises."""

from __future__ import annotations

import re
import time
import unicodedata
import zlib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import align as room
from dedup.align import align, align_all
from dedup.model import Edit, Match, Passage, Span, Tokens
from dedup.seeds import LARGE, MOST_PAIRS

BEFORE = "Seven tired gardeners carried a broken ladder across the wet meadow"
AFTER = "on Wednesday while nobody in the village could find another one for them"
MIRRORED = {"inserted": "dropped", "dropped": "inserted", "replaced": "replaced", "respaced": "respaced"}


def tokens(text: str) -> Tokens:
    places = [found.span() for found in re.finditer(r"\w+", text)]
    words = [unicodedata.normalize("NFKC", text[start:end]).casefold() for start, end in places]
    at = np.array(places, dtype=np.int32).reshape(-1, 2)
    return Tokens(text, np.array([zlib.crc32(word.encode()) for word in words], dtype=np.uint32), at[:, 0], at[:, 1])


def words_of(ids: Sequence[int]) -> Tokens:
    return tokens(" ".join(f"w{number}" for number in ids))


def paragraph(name: str, words: int = 30) -> str:
    return " ".join(f"{name}{number}" for number in range(words))


def found(a: str, b: str) -> Match:
    match = align(tokens(a), tokens(b))
    assert match is not None
    return match


def edits_of(a: str, b: str) -> list[tuple[str, str, str]]:
    return [(edit.kind, edit.a_text, edit.b_text) for edit in found(a, b).edits]


# The middle of two sentences, and the one edit between them.
HEALED = {
    "a name glued to the next word": ("The launch", "The Quill Beaconlaunch", ("inserted", "", "Quill Beacon")),
    "a name glued to the word before": ("the launch", "the launchQuill Beacon", ("inserted", "", "Quill Beacon")),
    "a name standing free": ("The launch", "The Quill Beacon launch", ("inserted", "", "Quill Beacon")),
    "one word glued": ("The launch", "The Quilllaunch", ("inserted", "", "Quill")),
    "a name without capitals": ("The launch", "The quill beaconlaunch", ("inserted", "", "quill beacon")),
    "a name between two lost spaces": ("made this choice", "madeQuillthis choice", ("inserted", "", "Quill")),
    "a name that was taken out": ("The Quill Beaconlaunch", "The launch", ("dropped", "Quill Beacon", "")),
    "a lost space": ("Ada Quillonmade it", "Ada Quillon made it", ("respaced", "Quillonmade", "Quillon made")),
    "a space too many": ("the mead ow gate", "the meadow gate", ("respaced", "mead ow", "meadow")),
    "a ligature and a lost space": ("the ﬁnal say", "the finalsay", ("respaced", "ﬁnal say", "finalsay")),
    "marks that combine": ("cafe\u0301 noir", "cafénoir", ("respaced", "cafe\u0301 noir", "cafénoir")),
    "a sharp s": ("die große Stadt", "die grosseStadt", ("respaced", "große Stadt", "grosseStadt")),
    "a glued name after a ligature": ("the ﬁnal", "the Quillﬁnal", ("inserted", "", "Quill")),
    "another spelling": ("the colour", "the color", ("replaced", "colour", "color")),
    "another form": ("they report", "they reported", ("replaced", "report", "reported")),
    "a longer word": ("they sent it", "they present it", ("replaced", "sent", "present")),
    "an abbreviation": ("the US said", "the USA said", ("replaced", "US", "USA")),
    "another number": ("about 500 of", "about 1500 of", ("replaced", "500", "1500")),
    "a longer number": ("about 50 of", "about 500000 of", ("replaced", "50", "500000")),
    "a number behind a name": ("in 1950 the", "in Quill 201950 the", ("replaced", "1950", "Quill 201950")),
    "a name inside a word": ("the colour", "the colQuillour", ("replaced", "colour", "colQuillour")),
    "another name": ("said Ada Quillon to", "said Bea Marrow to", ("replaced", "Ada Quillon", "Bea Marrow")),
    "words left out": ("a very old gate", "a gate", ("dropped", "very old", "")),
}


@pytest.mark.parametrize(("a", "b", "edit"), HEALED.values(), ids=HEALED.keys())
def test_gap_is_read_letter_by_letter(a: str, b: str, edit: tuple[str, str, str]) -> None:
    a, b = f"{BEFORE} {a} {AFTER}", f"{BEFORE} {b} {AFTER}"
    match = found(a, b)
    assert [(e.kind, e.a_text, e.b_text) for e in match.edits] == [edit]
    assert len(match.passages) == 1
    assert match.passages[0].a == Span(0, len(a))
    assert match.passages[0].b == Span(0, len(b))


EQUAL_WORDS = {
    # name: a, b, words equal of a, words equal of b, longest run
    "glued": ("The launch", "The Quill Beaconlaunch", 26, 26, 13),
    "respaced": ("Ada Quillonmade it", "Ada Quillon made it", 27, 28, 27),
    "replaced": ("the US said", "the USA said", 26, 26, 14),
}


@pytest.mark.parametrize(("a", "b", "of_a", "of_b", "longest"), EQUAL_WORDS.values(), ids=EQUAL_WORDS.keys())
def test_healed_words_count_as_matched(a: str, b: str, of_a: int, of_b: int, longest: int) -> None:
    left, right = tokens(f"{BEFORE} {a} {AFTER}"), tokens(f"{BEFORE} {b} {AFTER}")
    match = align(left, right)
    assert match is not None
    assert match.coverage_a == of_a / len(left)
    assert match.coverage_b == of_b / len(right)
    assert match.matched_words == match.passages[0].words == min(of_a, of_b)
    assert match.longest_run == longest


def test_empty_side_of_an_edit_marks_the_place() -> None:
    a, b = f"{BEFORE} the launch {AFTER}", f"{BEFORE} the Quill Beaconlaunch {AFTER}"
    [edit] = found(a, b).edits
    assert edit.a == Span(a.index("launch"), a.index("launch"))
    assert edit.b == Span(b.index("Quill"), b.index("launch"))


NOTHING = {
    "both empty": ("", ""),
    "one empty": ("", paragraph("p")),
    "no words": ("... !", "... !"),
    "nothing in common": (paragraph("p"), paragraph("q")),
    "stray words": (
        "the mayor of the town said that it was a good day for all of the people in the valley and on the hill",
        "it was the end of a long road and the driver in the red van said that all of the snow on it was for sale",
    ),
    "a shared phrase": (f"{paragraph('p')} {paragraph('s', 6)}", f"{paragraph('s', 6)} {paragraph('r')}"),
}


@pytest.mark.parametrize(("a", "b"), NOTHING.values(), ids=NOTHING.keys())
def test_no_match(a: str, b: str) -> None:
    assert align(tokens(a), tokens(b)) is None


def test_moved_paragraphs_are_passages_of_their_own() -> None:
    parts = [paragraph(name) for name in "pqrs"]
    match = found(". ".join(parts), ". ".join([parts[2], parts[0], parts[3], parts[1]]))
    assert match.coverage_a == match.coverage_b == 1.0
    assert len(match.passages) == 4


def test_moved_paragraph_with_edits_is_one_passage() -> None:
    moved = paragraph("p", 40).split()
    changed = [word if at % 9 else f"other{at}" for at, word in enumerate(moved)]
    match = found(f"{' '.join(moved)} {paragraph('q', 60)}", f"{paragraph('q', 60)} {' '.join(changed)}")
    assert [len(p.a_tokens) for p in match.passages] == [39, 60]
    assert [edit.kind for edit in match.edits] == ["replaced"] * 4


def test_small_cut_is_an_edit_and_a_long_one_parts_passages() -> None:
    first, cut, last = paragraph("p"), paragraph("q", 80), paragraph("r")
    short = " ".join(cut.split()[:10])
    assert edits_of(f"{first} {short} {last}", f"{first} {last}") == [("dropped", short, "")]
    match = found(f"{first} {cut} {last}", f"{first} {last}")
    assert len(match.passages) == 2
    assert match.edits == ()


def test_verbatim_run_is_found_among_stray_words() -> None:
    rows = np.arange(3000) * 7 % 17
    run = list(range(100, 120))
    a, b = [*rows[:2500], *run, *rows[2500:]], [*(16 - rows[:100]), *run, *(16 - rows[100:])]
    match = align(words_of(a), words_of(b))
    assert match is not None
    assert any(p.a_tokens.overlap(Span(2500, 2520)) == p.b_tokens.overlap(Span(100, 120)) == 20 for p in match.passages)


def test_run_of_common_words_is_sure() -> None:
    random = np.random.default_rng(1)
    run = [0, 0, 1, 1, 2, 2, 3, 3, 4, 4] * 2
    a, b = [*random.integers(0, 5, 2000), *run], [*run, *random.integers(0, 5, 2000)]
    match = align(words_of(a), words_of(b))
    assert match is not None
    assert any(p.a_tokens.overlap(Span(2000, 2020)) == p.b_tokens.overlap(Span(0, 20)) == 20 for p in match.passages)


def test_copy_without_five_equal_words_in_a_row_is_found() -> None:
    words = paragraph("p", 60).split()
    changed = " ".join(word if at % 5 else f"other{at}" for at, word in enumerate(words))
    match = found(f"{paragraph('q')} {' '.join(words)}", f"{changed} {paragraph('r')}")
    assert match.matched_words == 48
    assert len(match.passages) == 1


def test_cut_of_more_than_the_widest_gap_parts_passages() -> None:
    first, cut, last = paragraph("p"), paragraph("q", 35), paragraph("r")
    assert len(found(f"{first} {cut} {last}", f"{first} {last}").passages) == 2


def test_stretch_that_stands_twice_is_taken_once() -> None:
    before, twice, after = paragraph("p"), paragraph("q", 15), paragraph("r")
    for a, b in (
        (f"{before} {twice} {after}", f"{before} {twice} {paragraph('s', 99)} {twice} {after}"),
        (f"{before} {twice} {after}", f"{twice} {after} {paragraph('s', 99)} {before} {twice}"),
    ):
        match = found(a, b)
        assert match.coverage_a == 1.0
        assert match.matched_words == 75
        for side in (match.passages, found(b, a).passages):
            assert all(one.a_tokens.end <= other.a_tokens.start for one, other in pairwise(side))


SMALL = st.lists(st.integers(0, 4), max_size=60)


@st.composite
def two_texts(draw: st.DrawFn) -> tuple[list[int], list[int]]:
    """Two texts of shared stretches in any order, each somewhat changed, with noise between."""
    stretches = [
        list(range(100 * at, 100 * at + draw(st.integers(1, 45)))) for at in range(1, draw(st.integers(1, 4)) + 1)
    ]
    return draw(made_of(stretches)), draw(made_of(stretches))


@st.composite
def made_of(draw: st.DrawFn, stretches: list[list[int]]) -> list[int]:
    text: list[int] = []
    for stretch in draw(st.permutations(stretches)):
        text += draw(st.lists(st.integers(0, 4), max_size=40))
        changes = draw(st.dictionaries(st.integers(0, 44), st.integers(0, 9), max_size=3))
        text += [changes.get(at, word) for at, word in enumerate(stretch)]
    return text


PAIRS = st.one_of(st.tuples(SMALL, SMALL), two_texts())


def mirrored(match: Match) -> tuple[set[Passage], Counter[Edit], float, float, int, int]:
    passages = {Passage(p.b, p.a, p.words, p.b_tokens, p.a_tokens) for p in match.passages}
    edits = Counter(Edit(MIRRORED[e.kind], e.b, e.a, e.b_text, e.a_text) for e in match.edits)  # type: ignore[arg-type]
    return passages, edits, match.coverage_b, match.coverage_a, match.matched_words, match.longest_run


@given(PAIRS)
def test_turned_round_it_is_the_mirror(pair: tuple[list[int], list[int]]) -> None:
    a, b = words_of(pair[0]), words_of(pair[1])
    there, back = align(a, b), align(b, a)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        numbers = there.coverage_a, there.coverage_b, there.matched_words, there.longest_run
        assert mirrored(back) == (set(there.passages), Counter(there.edits), *numbers)


@given(st.lists(PAIRS, max_size=6), st.sampled_from([1, 150, 100_000]))
def test_together_they_match_as_each_does_alone(pairs: list[tuple[list[int], list[int]]], words: int) -> None:
    texts = [(words_of(a), words_of(b)) for a, b in pairs]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(room, "TOGETHER", words)
        assert align_all(texts) == [align(a, b) for a, b in texts]


def test_more_pairs_than_are_looked_at_together() -> None:
    shared = [list(range(1000 * at, 1000 * at + 8 + at % 40)) for at in range(2 * MOST_PAIRS + 3)]
    texts = [(words_of([1, 2, *run, 3]), words_of([4, *run, 1, 5])) for run in shared]
    assert align_all(texts) == [align(a, b) for a, b in texts]
    assert align_all([]) == []


@given(PAIRS)
def test_passages_are_apart_in_order_and_in_range(pair: tuple[list[int], list[int]]) -> None:
    a, b = words_of(pair[0]), words_of(pair[1])
    match = align(a, b)
    if match is None:
        return
    assert list(match.passages) == sorted(match.passages, key=lambda p: p.a)
    assert list(match.edits) == sorted(match.edits, key=lambda e: (e.a, e.b))
    for side in ("a_tokens", "b_tokens"):
        spans = sorted(getattr(passage, side) for passage in match.passages)
        assert all(before.end <= after.start for before, after in pairwise(spans))
    for passage in match.passages:
        assert passage.words > 0
        assert passage.a == a.chars(passage.a_tokens)
        assert passage.b == b.chars(passage.b_tokens)
    assert 0 < match.longest_run <= match.matched_words
    assert 0 < match.coverage_a <= 1
    assert 0 < match.coverage_b <= 1
    assert match.matched_words <= min(len(a), len(b))


def letters(text: str) -> str:
    return "".join(re.findall(r"\w", unicodedata.normalize("NFKC", text).casefold()))


def check_edits(a: str, b: str, match: Match) -> None:
    """Between its edits a passage has equal letters on both sides."""
    for passage in match.passages:
        inside = [e for e in match.edits if passage.a.start <= e.a.start and e.a.end <= passage.a.end]
        end_a, end_b = passage.a.start, passage.b.start
        for edit in inside:
            assert edit.a_text == a[edit.a.start : edit.a.end]
            assert edit.b_text == b[edit.b.start : edit.b.end]
            assert bool(edit.a_text) == (edit.kind != "inserted")
            assert bool(edit.b_text) == (edit.kind != "dropped")
            assert letters(a[end_a : edit.a.start]) == letters(b[end_b : edit.b.start])
            end_a, end_b = edit.a.end, edit.b.end
        assert letters(a[end_a : passage.a.end]) == letters(b[end_b : passage.b.end])


@given(PAIRS)
def test_between_edits_the_letters_are_equal(pair: tuple[list[int], list[int]]) -> None:
    a, b = words_of(pair[0]), words_of(pair[1])
    match = align(a, b)
    if match is not None:
        check_edits(a.text, b.text, match)


@given(st.lists(st.sampled_from(["Quill", "beacon ", " Straße", "ﬁ", "é", "7", ", ", "US"]), max_size=6), st.data())
def test_letters_are_equal_whatever_is_set_in(parts: list[str], data: st.DataObject) -> None:
    middle = "made the first launch of all"
    at = data.draw(st.integers(0, len(middle)))
    a, b = f"{BEFORE} {middle} {AFTER}", f"{BEFORE} {middle[:at]}{''.join(parts)}{middle[at:]} {AFTER}"
    match = found(a, b)
    check_edits(a, b, match)
    check_edits(b, a, found(b, a))


def sure_windows(x: Sequence[int], y: Sequence[int], words: int = 20) -> list[tuple[int, int]]:
    """Where runs of ``words`` words stand once in each text, without those that overlap one paired elsewhere."""
    in_x = [tuple(x[at : at + words]) for at in range(len(x) - words + 1)]
    in_y = [tuple(y[at : at + words]) for at in range(len(y) - words + 1)]
    once = [(in_x.index(w), in_y.index(w)) for w in in_x if in_x.count(w) == 1 and in_y.count(w) == 1]
    return [
        (i, j) for i, j in once if all(k - i == m - j or (abs(k - i) >= words and abs(m - j) >= words) for k, m in once)
    ]


@settings(max_examples=300)
@given(PAIRS)
def test_every_run_of_twenty_words_is_in_a_passage(pair: tuple[list[int], list[int]]) -> None:
    windows = sure_windows(*pair)
    if not windows:
        return
    match = align(words_of(pair[0]), words_of(pair[1]))
    assert match is not None
    in_a = {at for passage in match.passages for at in range(passage.a_tokens.start, passage.a_tokens.end)}
    in_b = {at for passage in match.passages for at in range(passage.b_tokens.start, passage.b_tokens.end)}
    for i, j in windows:
        assert in_a.issuperset(range(i, i + 20))
        assert in_b.issuperset(range(j, j + 20))


def numbered(ids: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> Tokens:
    starts = np.arange(len(ids), dtype=np.int32) * 2
    return Tokens("a " * len(ids), ids, starts, starts + 1)


def long_text(words: int = 200_000) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    return (np.random.default_rng(1).zipf(1.3, words) % 50_000).astype(np.uint32)


def edited(ids: np.ndarray[tuple[int], np.dtype[np.uint32]]) -> np.ndarray[tuple[int], np.dtype[np.uint32]]:
    copy = ids.copy()
    copy[::29] = np.arange(len(copy[::29])) + 1_000_000
    return copy


ONE_WORD = np.full(1_000_000, 7, dtype=np.uint32)
LONG = {
    # name: a, b, least coverage of a (None: no match)
    "edited": (long_text(), edited(long_text()), 0.95),
    "moved": (long_text(), np.roll(edited(long_text()), 70_000), 0.95),
    "unrelated": (long_text(), long_text() + 100_000, None),
    "one word": (ONE_WORD, ONE_WORD, 1.0),
    "one word, cut": (ONE_WORD, ONE_WORD[:900_000], 0.9),
    "one word, once another": (ONE_WORD, np.append(ONE_WORD[:600_000], 8).astype(np.uint32), 0.5),
    "repeated": (np.tile(long_text(7), 20_000), np.tile(long_text(9), 20_000), None),
}


@pytest.mark.parametrize(("a", "b", "least"), LONG.values(), ids=LONG.keys())
def test_long_texts_take_seconds_and_little_memory(
    a: np.ndarray[tuple[int], np.dtype[np.uint32]],
    b: np.ndarray[tuple[int], np.dtype[np.uint32]],
    least: float | None,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cells: list[int] = [0]
    paired = room._paired

    def counted(x: str, y: str) -> list[tuple[int, int, int]]:
        cells.append(len(x) * len(y))
        return paired(x, y)

    monkeypatch.setattr(room, "_paired", counted)
    left, right = numbered(a), numbered(b)
    began = time.process_time()
    match = align(left, right)
    assert time.process_time() - began < 20
    assert max(cells) <= LARGE
    assert (match.coverage_a if match else None) == (pytest.approx(1, abs=1 - least) if least is not None else None)
