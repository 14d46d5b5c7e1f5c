"""Quick looks that spare the costly ones: each passes over nothing, by the costly one on made texts."""

from __future__ import annotations

import re
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dedup.changes import Page, counted, find_changes
from dedup.changes.numbers import differ, numbers, widened
from dedup.changes.promotion import carries
from dedup.changes.words import is_german, joined, names_in, quotations, words_of
from dedup.model import Changes, Places

QUOTATION = re.compile(
    r"“[^”“\n]*(?:”|$)|„[^“”\n]*(?:[“”]|$)|«[^»\n]*(?:»|$)|「[^」\n]*(?:」|$)|『[^』\n]*(?:』|$)|\"[^\"\n]*(?:\"|$)"
    r"|``(?:[^'\n]|'(?!'))*(?:''|$)",
    re.MULTILINE,
)


def texts(alphabet: str) -> st.SearchStrategy[str]:
    return st.text(alphabet, max_size=30)


@given(texts("a \n“”„«»「」『』\"`'") | texts("a \n\"'") | texts("a\n`'"))
def test_texts_with_one_kind_of_quote_mark_are_read_as_others(text: str) -> None:
    assert quotations(text) == [found.span() for found in QUOTATION.finditer(text)]


@given(texts("abA ,.\n“é"), st.lists(st.sampled_from(["a", "b", "ab", "ba", "é", "aab"]), min_size=1, max_size=4))
def test_words_stand_in_a_page_where_they_stand_in_a_row(text: str, words: list[str]) -> None:
    asked = joined([word.encode() for word in words])
    assert Page(text).still_has(asked) == (asked in joined(words_of(text)))


@given(texts("aé\u00ad\u200b\u0301\u0e31ก中ʰ ."))
def test_what_cannot_be_seen_parts_no_word(text: str) -> None:
    whole = unicodedata.normalize("NFKC", text)
    if any(c > "\u02ff" for c in whole):
        whole = "".join(c for c in whole if unicodedata.category(c) not in ("Mn", "Mc", "Me", "Cf"))
    assert words_of(text) == words_of(whole)


def carried(text: str, name: str) -> bool:
    """Whether a name stands somewhere, by a pattern of its letters."""
    pattern = r"(?<![^\W_])" + r"(?:(?=[\x00-\x7f])[\W_]){0,2}".join(map(re.escape, name))
    return any(not text[found.start()].islower() for found in re.finditer(pattern, text, re.IGNORECASE))


@given(texts("aAbBé -—_") | texts("aAbB   "), st.sampled_from(["ababb", "ababé", "ébabb", "babbba", "9abbb", "abab"]))
@example("A--babb", "ababb")
@example("A---babb", "ababb")
@example("A—babb", "ababb")
@example("A  babb", "ababb")
@example("A   babb", "ababb")
@example("aABABB", "ababb")
@example("9 abbb", "9abbb")
@example("A b a b b", "ababb")
@example("A b a b b b", "ababbb")
def test_a_name_is_carried_where_a_pattern_finds_it(text: str, name: str) -> None:
    assert carries(text, [name]) == (len(name) > 4 and carried(text, name))


@given(texts("12a ,.:$%"), texts("12a ,.:$%"), st.data())
def test_what_begins_and_ends_with_no_digit_is_in_no_number(a: str, b: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(*[st.integers(0, len(a))] * 2)))
    at = data.draw(st.integers(0, len(b)))
    if start < end and not (a[start].isdigit() or a[end - 1].isdigit()):
        assert widened(a, b, (start, end, at, at)) == (start, end, at, at)
        assert widened(b, a, (at, at, start, end)) == (at, at, start, end)


@pytest.mark.parametrize(
    ("long", "short", "part", "at"),
    [
        ("the 1,200 goats", "the 200 goats", (4, 5), 4),
        ("all 12.5 goats", "all 12 goats", (7, 8), 6),
        ("all 12.5 or", "all 12", (7, 11), 6),
        ("or 1,200", "200", (0, 4), 0),
    ],
)
def test_a_part_of_a_number_that_comes_or_goes_is_a_number_that_differs(
    long: str, short: str, part: tuple[int, int], at: int
) -> None:
    gone = find_changes(Page(long), Page(short), Places([(0, len(long), 0, len(short))], [("dropped", *part, at, at)]))
    come = find_changes(Page(short), Page(long), Places([(0, len(short), 0, len(long))], [("inserted", at, at, *part)]))
    assert [(one.kind, one.action) for one in (*gone, *come)] == [("numbers", "replaced")] * 2


NUMBERS = st.lists(
    st.sampled_from(["1", "2", "1.5", "one", "first", "two", "dozen", "million", "Monday", "May", "4:00", "goats"]),
    max_size=4,
)


@given(NUMBERS, NUMBERS)
def test_numbers_differ_where_each_text_has_one_of_its_own(was: list[str], now: list[str]) -> None:
    one, two = numbers(" ".join(was)), numbers(" ".join(now))
    gone, come = one.sure - two.sure - two.weak, two.sure - one.sure - one.weak
    assert differ(" ".join(was), " ".join(now)) == bool(gone and come)


@pytest.mark.parametrize(
    "before", ["said ", "in 1990 ", "said\n", "said. ", "said - ", "said: ", 'said "', " ", "said (", "Mr. "]
)
def test_a_name_behind_a_word_opens_no_sentence(before: str) -> None:
    text = f"The man {before}Heath and others of the town"
    opens = before in ("said\n", "said. ", "said - ", "said: ", 'said "')
    assert names_in(text, 8 + len(before), 13 + len(before)) == (frozenset() if opens else {"heath"})


def test_a_text_without_any_word_of_german_is_not_in_german() -> None:
    assert not is_german("")
    assert not is_german("goats of the town")
    assert is_german("die Ziegen der Stadt")


def test_no_change_is_a_summary_of_nothing() -> None:
    assert counted(iter(())) == Changes()
