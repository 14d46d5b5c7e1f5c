"""Answers and comparisons as lines for people: clean whatever was scraped, aligned, and readable without colour."""

from __future__ import annotations

import re
from dataclasses import asdict, replace
from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.index import compare, compare_pages
from dedup.model import Answer, Change, Changes, Document, Link, Match, Publisher, Span, Story
from dedup.views import (
    LEAST_WIDTH,
    Told,
    answer_lines,
    changed_lines,
    clean,
    comparison_lines,
    percent,
    publisher_row,
    was_and_now,
)

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


@settings(max_examples=300)
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

NOTHING = Told(Changes(), ())


def page(text: str, title: str = "A ferry leaves") -> Document:
    return Document(title.split()[0].lower(), text, title=title, outlet="halverton.example")


def shown(a: str, b: str, width: int = 100) -> list[str]:
    one, two = page(a), page(b, "Mirror")
    shared = compare_pages(one, two)
    assert shared is not None
    return list(comparison_lines(one, two, shared.match, Told(shared.summary, shared.changes), width))


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


@settings(max_examples=100)
@given(CHANGES, st.booleans(), st.integers(60, 140))
def test_columns_hold_every_word_of_the_passages(made: dict[int, list[str]], moved: bool, width: int) -> None:
    copy = [word for at, was in enumerate(WORDS) for word in made.get(at, [was])]
    a, b = " ".join(WORDS), " ".join(copy[-30:] + copy[:-30] if moved else copy)
    match = compare(a, b)
    assert match is not None
    lines = [
        line for line in comparison_lines(page(a), page(b), match, NOTHING, width) if not line.startswith("Passage")
    ]
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
    assert lines[4] == "From A to B: 19 words inserted, 0 dropped, 0 replaced"
    assert lines[5:7] == ["Other words:", f"  inserted  [+{BAKER[:83]}…+]"]
    assert shown(FERRY, FERRY)[4] == "No change of words."


def test_hostile_pages_are_clean_when_compared() -> None:
    lines = shown(f"{FERRY} \x1b[2J{BAKER}", f"{FERRY} \u202e\x9b1m{BAKER}")
    assert not HOSTILE.search("".join(lines))


def change(kind: str, action: str, was: str, now: str, form: str | None = None) -> Change:
    return Change(kind, action, was, now, Span(0, len(was)), Span(0, len(now)), form)  # type: ignore[arg-type]


CREDIT = change("credits", "dropped", "(Reporting by\nAnn Poe)", "", "credit line")
TOLD = (
    CREDIT, change("names", "replaced", "Poe", "Low"), change("numbers", "replaced", "1,200", "1,300"),
    change("promotion", "inserted", "", EVIL), change("words", "dropped", "old", ""),
)  # fmt: skip


def test_changes_stand_under_their_kinds_before_the_passages() -> None:
    match = Match((), 0.5, 0.25, 20, 9)
    told = Told(Changes(inserted=1, dropped=5, replaced=2), TOLD, ("B", "A"), is_copy=True)
    assert list(comparison_lines(page(FERRY), page(BAKER, "Mirror"), match, told, 80)) == [
        "B  A ferry leaves  (halverton.example)",
        "A  Mirror  (halverton.example)",
        "20 words shared in 0 passages: 50% of B, 25% of A; longest run without a change 9 words",
        "",
        "A, a copy of B: 1 word inserted, 5 dropped, 2 replaced",
        "Credits and notices:",
        "  the credit line “(Reporting by Ann Poe)” was removed",
        "Names:",
        "  replaced  {Poe} -> {Low}",
        "Numbers and dates:",
        "  replaced  {1,200} -> {1,300}",
        "Promotion:",
        "  inserted  [+Ann [2J Poe+]",
        "Other words:",
        "  dropped   [-old-]",
    ]


def test_a_long_list_is_cut_and_says_so() -> None:
    told = Told(Changes(), [change("words", "dropped", "old", "")] * 23)
    lines = list(comparison_lines(page(FERRY), page(FERRY), Match((), 0.0, 0.0, 0, 0), told, 80))
    assert lines[-2:] == ["  dropped   [-old-]", "  ... and 3 more"]
    assert len(lines) == 4 + 2 + 20 + 1


@pytest.mark.parametrize("width", [60, 61, 100])
@pytest.mark.parametrize("text", [FERRY * 3, "市议会星期二投票决定" * 20, "x" * 300], ids=["words", "wide", "one word"])
def test_a_change_takes_one_line_of_the_width(text: str, width: int) -> None:
    told = Told(Changes(), (change("credits", "dropped", text, "", "notice"), change("words", "inserted", "", text)))
    lines = list(comparison_lines(page(FERRY), page(FERRY), Match((), 0.0, 0.0, 0, 0), told, width))
    wide = [sum(1 + (east_asian_width(letter) in "WF") for letter in line) for line in (lines[6], lines[8])]
    # an ellipsis and a curly quote are of ambiguous width, and narrow here
    assert max(wide) <= width + 1
    assert lines[6].endswith("…” was removed")
    assert lines[8].endswith("…+]")


def test_a_link_is_listed_with_the_first_of_what_differs() -> None:
    link = Link("b", "a", "full", 1.0, 1.0, 9, 1.0, 1.0, (), "a")
    numbers = [change("numbers", "replaced", str(n), str(n + 1)) for n in range(7)]
    assert list(changed_lines(link, ("x.example", None), numbers)) == [
        "b (x.example) from a (-): 7 changes",
        *(f"  {n} → {n + 1}" for n in range(5)),
        "  ... and 2 more",
    ]
    unknown = next(changed_lines(replace(link, direction="unknown"), (None, None), numbers[:1]))
    assert unknown == "b (-) and a (-), either may be the copy: 1 change"


def test_what_was_and_what_is_in_a_line() -> None:
    assert [was_and_now(one) for one in TOLD] == [
        "the credit line “(Reporting by Ann Poe)” was removed", "Poe → Low", "1,200 → 1,300", "added: Ann [2J Poe",
        "removed: old",
    ]  # fmt: skip


def test_a_match_without_passages_is_only_a_head() -> None:
    assert len(list(comparison_lines(page(""), page(""), Match((), 0.0, 0.0, 0, 0), NOTHING, 80))) == 5


@pytest.mark.parametrize(("depth", "shown"), [(0, "Quorum"), (1, "└ Quorum"), (2, "└── Quorum"), (3, "└──── Quorum")])
def test_a_publisher_stands_below_the_page_it_was_taken_from(depth: int, shown: str) -> None:
    row = Publisher("a", "Quorum", None, None, None, "copy", "full", 1.0, 1.0, 0.9, depth=depth)
    assert publisher_row(row)["outlet"] == shown
