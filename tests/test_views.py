"""Answers and comparisons as lines for people: clean whatever was scraped, aligned, and readable without colour."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index import compare
from dedup.model import Answer, Document, Edit, EditKind, Match, Publisher, Span, Story
from dedup.views import LEAST_WIDTH, answer_lines, changes, clean, comparison_lines, percent, publisher_row

FERRY = "The ferry left the old harbour at noon with nobody on board, and the harbour master went home to his dinner."
BAKER = "A baker in Sallow sold ninety loaves before the bells rang, which nobody in the town could remember happening."
STORM = "By evening the wind had turned to the north, and the boats that were still out came in one after another."

CLEAN = {
    "colour": ("\x1b[31mred\x1b[0m", "[31mred [0m"),
    "a window's title": ("\x1b]0;owned\x07 x", "]0;owned x"),
    "one-byte escape": ("a\x9b2Jb", "a 2Jb"),
    "line breaks": ("one\r\ntwo\n\nthree\u2028four", "one two three four"),
    "a bell and backspaces": ("ab\x07\x08\x08c", "ab c"),
    "direction turned round": ("abc\u202edef\u202c", "abcdef"),
    "direction isolated": ("a\u2066b\u2069c", "abc"),
    "invisible": ("zero\u200bwidth\ufeff", "zerowidth"),
    "lone surrogate": ("a\ud800b", "ab"),
    "plain": ("  Plain  words — “as they are” ", "Plain words — “as they are”"),
    "nothing": ("\x00\n", ""),
}


@pytest.mark.parametrize(("text", "shown"), CLEAN.values(), ids=CLEAN)
def test_scraped_text_is_cleaned_for_the_terminal(text: str, shown: str) -> None:
    assert clean(text) == shown


HOSTILE = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ud800-\udfff]")


@settings(deadline=None, max_examples=300)
@given(st.text(st.characters(exclude_categories=())))
def test_no_text_leaves_anything_that_moves_a_cursor(text: str) -> None:
    assert not HOSTILE.search(clean(text))
    assert clean(clean(text)) == clean(text)


EVIL = "Ann\x1b[2J\u202e\nPoe"
STORY = Story("a", "a", "a", EVIL, None, 1, 2, None)
ROW = Publisher("a", EVIL, EVIL, None, "2024-05-06T13:40:43+00:00", "original", None, None, None, None)
ANSWER = Answer("b", True, STORY, "a", None, "decided", 0.953, (EVIL,), (ROW,))

ANSWERS = {
    "decided": (ANSWER, "Original: Ann [2J Poe, a (95% sure)"),
    "an outlet unknown": (replace(ANSWER, publishers=(replace(ROW, outlet=None),)), "Original: a (95% sure)"),
    "absent": (replace(ANSWER, direction="absent", original=None, agency=EVIL), "Original: Ann [2J Poe, not in the"),
    "unknown": (replace(ANSWER, direction="unknown", original=None), "Original: unknown"),
}


@pytest.mark.parametrize(("answer", "line"), ANSWERS.values(), ids=ANSWERS)
def test_an_answer_names_the_story_its_original_and_why(answer: Answer, line: str) -> None:
    lines = list(answer_lines(answer))
    assert lines[0] == "Ann [2J Poe"
    assert lines[2].startswith(line)
    assert lines[3] == "  - Ann [2J Poe"
    assert not HOSTILE.search("".join(lines))


def test_an_answer_without_a_story_is_one_sentence() -> None:
    answer = Answer(EVIL, False, None, None, None, None, None, (), ())
    assert list(answer_lines(answer)) == ["Nobody else is known to have published Ann [2J Poe."]


def test_a_publisher_is_a_row_of_clean_cells_with_percent() -> None:
    row = publisher_row(replace(ROW, id=EVIL, role="copy", kind="full", coverage=0.979, share=1.0))
    assert row == {
        "role": "copy", "outlet": "Ann [2J Poe", "published": "2024-05-06 13:40", "kind": "full", "coverage": "98%",
        "share": "100%", "page": "Ann [2J Poe",
    }  # fmt: skip
    assert set(publisher_row(replace(ROW, outlet=None, published=None)).values()) == {"original", "-", "a"}


def test_percent_is_only_shown_and_never_kept() -> None:
    assert [percent(score) for score in (None, 0.0, 0.004, 0.5, 1.0)] == ["-", "0%", "0%", "50%", "100%"]
    assert "%" not in str(asdict(ANSWER))


# comparisons


def page(text: str, title: str = "A ferry leaves") -> Document:
    return Document(title.split()[0].lower(), text, title=title, outlet="halverton.example")


def shown(a: str, b: str, width: int = 100) -> list[str]:
    match = compare(a, b)
    assert match is not None
    return list(comparison_lines(page(a), page(b, "Mirror"), match, width))


def columns(lines: list[str], width: int = 100) -> tuple[str, str]:
    """What stands left and right of the bar, each as one line."""
    middle = (width - 3) // 2
    rows = [line for line in lines if line[middle : middle + 2] == " |"]
    return " ".join(" ".join(row[:middle] for row in rows).split()), " ".join(
        " ".join(r[middle + 2 :] for r in rows).split()
    )


def changed(old: str, new: str, text: str = FERRY) -> str:
    assert old in text
    return text.replace(old, new, 1)


MARKS = {
    "inserted": (changed("nobody on", "nobody at all on"), "nobody on board", "nobody [+at all+] on board"),
    "dropped": (changed("the old harbour", "the harbour"), "the [-old-] harbour at", "the harbour at"),
    "replaced": (changed("noon", "dusk"), "at {noon} with", "at {dusk} with"),
    "respaced": (changed("harbour master", "harbourmaster"), "the ~harbour master went", "the ~harbourmaster went"),
    "glued": (changed("with nobody", "with Quorum Hubnobody"), "with nobody on", "with [+Quorum Hub+]nobody on"),
}


@pytest.mark.parametrize(("copy", "left", "right"), MARKS.values(), ids=MARKS)
def test_differences_are_marked_in_plain_characters(copy: str, left: str, right: str) -> None:
    one, two = columns(shown(f"{FERRY}\n{BAKER}", f"{copy}\n{BAKER}"))
    assert left in one
    assert right in two


def unmarked(column: str) -> str:
    return re.sub(r"[~{}]|\[[+-]|[+-]\]", "", column)


@pytest.mark.parametrize("width", [60, 61, 80, 100, 133])
def test_columns_fit_the_width_and_hold_every_word(width: int) -> None:
    a = f"{FERRY}\n{BAKER}"
    b = f"{changed('noon', 'dusk')}\n{changed('ninety loaves', 'loaves', BAKER)}"
    lines = shown(a, b, width)
    start = next(at for at, line in enumerate(lines) if line.startswith("Passage"))
    assert max(map(len, lines[start:])) <= width
    left, right = columns(lines[start:], width)
    assert unmarked(left) + "." == " ".join(a.split())
    assert unmarked(right) + "." == " ".join(b.split())


WORDS = [f"w{chr(97 + i)}{chr(97 + j)}" for i in range(8) for j in range(8)]
CHANGES = st.dictionaries(st.integers(0, 63), st.sampled_from([[], ["zzz"], ["zzz", "Yyy"], ["xxx\n\n"]]), max_size=6)


@settings(deadline=None, max_examples=100)
@given(CHANGES, st.booleans(), st.integers(60, 140))
def test_columns_hold_every_word_of_the_passages(made: dict[int, list[str]], moved: bool, width: int) -> None:
    copy = [word for at, was in enumerate(WORDS) for word in made.get(at, [was])]
    a, b = " ".join(WORDS), " ".join(copy[-30:] + copy[:-30] if moved else copy)
    match = compare(a, b)
    assert match is not None
    lines = [line for line in comparison_lines(page(a), page(b), match, width) if not line.startswith("Passage")]
    left, right = columns(lines, width)
    assert unmarked(left).split() == " ".join(a[p.a.start : p.a.end] for p in match.passages).split()
    assert unmarked(right).split() == " ".join(b[p.b.start : p.b.end] for p in match.passages).split()


def test_wide_letters_take_two_columns_each() -> None:
    chinese = "市议会星期二投票决定让旧灯塔在整个冬天继续开放港务长随后回家吃晚饭没有人记得这样的事情曾经发生过"
    lines = shown(f"{chinese}。{chinese}", f"{chinese}。{chinese}", 80)
    wide = [sum(1 + (east_asian_width(letter) in "WF") for letter in line) for line in lines if " |" in line]
    assert max(wide) <= 80


def test_a_width_too_small_to_read_is_widened() -> None:
    assert shown(FERRY, FERRY, 10) == shown(FERRY, FERRY, LEAST_WIDTH)


def test_paragraphs_begin_on_the_same_row() -> None:
    a = "\n\n".join([FERRY, BAKER, STORM])
    b = "\n".join([changed("nobody on board", "a cat, two goats, a piano and nobody at all on board"), BAKER, STORM])
    lines = shown(a, b)
    for opening in ("A baker in Sallow", "By evening the wind"):
        row = next(line for line in lines if line.startswith(opening))
        assert row.split(" | ")[1].startswith(opening)


def test_the_head_counts_words_and_parts_of_both() -> None:
    lines = shown(FERRY, f"{FERRY}\n{BAKER}")
    assert lines[0] == "A  A ferry leaves  (halverton.example)"
    assert lines[1] == "B  Mirror  (halverton.example)"
    assert lines[2] == "21 words shared in 1 passage: 100% of A, 52% of B; longest run without a change 21 words"
    assert lines[4] == "No change in what is shared."


def test_hostile_pages_are_clean_when_compared() -> None:
    lines = shown(f"{FERRY} \x1b[2J{BAKER}", f"{FERRY} \u202e\x9b1m{BAKER}")
    assert not HOSTILE.search("".join(lines))


def edit(kind: EditKind, was: str, now: str, at: int = 0) -> Edit:
    return Edit(kind, Span(at, at + len(was)), Span(at, at + len(now)), was, now)


WEIGHTS = {
    "number": ("six men", "7 men", "number"),
    "number before a name": ("in Sallow", "in Penn on May 7", "number"),
    "quote": ("he left", "he “left”", "quote"),
    "name": ("said the mayor", "said Ann Poe", "name"),
    "name alone": ("", "Daily Quorum", "name"),
    "words": ("quite", "rather", "words"),
}


@pytest.mark.parametrize(("was", "now", "weight"), WEIGHTS.values(), ids=WEIGHTS)
def test_a_change_is_weighed_by_what_it_touches(was: str, now: str, weight: str) -> None:
    assert [found for found, _ in changes([edit("replaced", was, now)])] == [weight]


def test_names_numbers_and_quotes_come_first_each_in_the_order_of_the_text() -> None:
    edits = [
        edit("replaced", "quite", "rather", 0), edit("inserted", "", "“so”", 10), edit("replaced", "6", "7", 20),
        edit("dropped", "said Ann Poe", "", 30), edit("respaced", "a b", "ab", 40), edit("replaced", "1", "2", 5),
    ]  # fmt: skip
    told = [(weight, found.a.start) for weight, found in changes(edits)]
    assert told == [("name", 30), ("number", 5), ("number", 20), ("quote", 10), ("words", 0)]


def test_the_changes_are_listed_before_the_passages() -> None:
    match = compare(f"{FERRY} {BAKER}", f"{FERRY} {changed('ninety', '90', BAKER)}")
    assert match is not None
    edits = (*match.edits, edit("respaced", "a b", "ab", 1))
    lines = list(comparison_lines(page(FERRY), page(FERRY), replace(match, edits=edits, passages=()), 80))
    assert lines[4:] == ["1 change of words, 1 change of spaces alone", "  number  replaced  {ninety} -> {90}"]


def test_a_match_without_passages_is_only_a_head() -> None:
    assert len(list(comparison_lines(page(""), page(""), Match((), 0.0, 0.0, 0, 0), 80))) == 5
