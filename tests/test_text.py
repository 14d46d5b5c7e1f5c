"""Words against a slow oracle over any text; body and furniture on small invented pages."""

from __future__ import annotations

import re
import unicodedata
from itertools import compress, groupby, pairwise
from operator import itemgetter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.model import Span
from dedup.text import Words, body_spans, lay, number_mask, split_words
from dedup.text.letters import fold

Word = tuple[str, int, int]  # folded, first character, end

SPACELESS = [
    ("Thai and Lao", 0x0E00, 0x0EFF),
    ("Burmese", 0x1000, 0x109F),
    ("Khmer", 0x1780, 0x17FF),
    ("Tai and Buginese", 0x1950, 0x1AAF),
    ("Balinese to Batak", 0x1B00, 0x1B7F),
    ("iteration mark to zero", 0x3005, 0x3007),
    ("numerals of Hangzhou", 0x3021, 0x3029),
    ("vertical iteration marks", 0x3031, 0x303C),
    ("kana and Bopomofo", 0x3040, 0x312F),
    ("Bopomofo, extension", 0x31A0, 0x31BF),
    ("kana, extension", 0x31F0, 0x31FF),
    ("Han, extension A", 0x3400, 0x4DBF),
    ("Han", 0x4E00, 0x9FFF),
    ("Yi", 0xA000, 0xA48C),
    ("Javanese and Burmese", 0xA980, 0xA9FF),
    ("Burmese and Tai", 0xAA60, 0xAADF),
    ("Han, compatibility", 0xF900, 0xFAFF),
    ("kana, supplements", 0x1AFF0, 0x1B16F),
    ("Han, the other planes", 0x20000, 0x3FFFF),
]
MIXED = (
    "aZ9_ .-'’\n\té\u0301\u00ad\u200b\u200dßİﬁKΩ½²ªʼñÅ本語カ\u3099・กข\u0e31฿።ሀﷺ한\u1112\u1161\u11ab😀\U00020000\ud800"
)
MIXED += "\u0e33๒ｶ\uff9e№™⑴ŀ\u0640\u064e\u064a٣\u200f㈱㍿"

any_char = st.characters(codec=None, exclude_categories=(), max_codepoint=0x3FFFF)
any_text = st.text(st.sampled_from(MIXED), max_size=25) | st.text(any_char, max_size=25)
ascii_text = st.text(st.characters(max_codepoint=127), max_size=40)
many = settings(max_examples=200)


def words(text: str) -> list[Word]:
    return words_of(split_words(lay([text])))


def words_of(found: Words) -> list[Word]:
    folded = [found.folded[a:b].decode() for a, b in zip(found.at, found.upto, strict=True)]
    return list(zip(folded, found.starts.tolist(), found.ends.tolist(), strict=True))


def body(text: str) -> list[Span]:
    return list(map(Span, *(places.tolist() for places in body_spans(lay([text])))))


def folded(text: str) -> list[str]:
    return [word for word, _, _ in words(text)]


def kind(char: str) -> str:
    """What the parts of a character are together: all joiners, all letters, else with a letter a word by itself."""
    kinds = {kind_of_part(part) for part in unicodedata.normalize("NFKD", char)}
    if char in "™℠" or kinds.isdisjoint({"letter", "alone", "joiner"}):
        return "sign"
    if kinds <= {"letter", "joiner"}:
        return "letter" if "letter" in kinds else "joiner"
    return "sign" if kinds.isdisjoint({"letter", "alone"}) else "alone"


def kind_of_part(char: str) -> str:
    if char == "\u0640" or (char > "\x7f" and unicodedata.category(char) in ("Mn", "Mc", "Me", "Cf")):
        return "joiner"
    if not char.isalnum() or "\u02b9" <= char <= "\u02bf":
        return "sign"
    spaceless = any(first <= ord(char) <= last for _, first, last in SPACELESS)
    return "alone" if spaceless and not char.isdecimal() else "letter"


def goes_on(char: str, word: str) -> bool:
    """Whether a character belongs to the word before it: a joiner always, a letter unless letters stand alone."""
    return kind(char) == "joiner" or kind(char) == kind(word[0]) == "letter"


def slow_words(text: str) -> list[Word]:
    spans: list[tuple[int, int]] = []
    for at, char in enumerate(text):
        if spans and spans[-1][1] == at and goes_on(char, text[spans[-1][0] : at]):
            spans[-1] = (spans[-1][0], at + 1)
        elif kind(char) in ("letter", "alone"):
            spans.append((at, at + 1))
    return [(fold(text[start:end]).decode(), start, end) for start, end in spans]


@given(any_text)
@many
def test_words_are_those_found_one_character_at_a_time(text: str) -> None:
    assert words(text) == slow_words(text)


@given(ascii_text)
@many
def test_ascii_words_are_those_found_one_character_at_a_time(text: str) -> None:
    assert words(text) == slow_words(text)


@given(ascii_text)
@many
def test_an_accent_further_down_changes_no_ascii_word(text: str) -> None:
    assert words(text + " é")[:-1] == words(text)


@given(any_text, any_text)
@many
def test_words_do_not_depend_on_the_rest_of_the_page(one: str, two: str) -> None:
    """A currency sign was a word or none, as there was an accent elsewhere on the page or not."""
    assert folded(f"{one} {two}") == folded(one) + folded(two)


@given(any_text)
@many
def test_composed_and_decomposed_text_has_the_same_words(text: str) -> None:
    assert folded(unicodedata.normalize("NFD", text)) == folded(unicodedata.normalize("NFC", text))


@given(st.text("aéZ9ßñ", min_size=2, max_size=8), st.sampled_from("\u00ad\u200b\u200c\u200d\u2060\ufeff"), st.data())
@many
def test_what_cannot_be_seen_inside_a_word_changes_nothing(word: str, hidden: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(word)))
    assert folded(word[:at] + hidden + word[at:]) == folded(word)


@given(any_text)
@many
def test_words_stand_in_order_and_arrays_are_int64(text: str) -> None:
    found = split_words(lay([text]))
    places = np.stack([found.starts, found.ends], axis=1).ravel().tolist()
    assert places == sorted(places)
    assert {array.dtype.name for array in (found.at, found.upto, found.starts, found.ends)} == {"int64"}
    assert all(start < end <= len(text) for start, end in zip(found.starts, found.ends, strict=True))


WORDS = {
    "empty text": ("", []),
    "no word": (" -- … !\n", []),
    "capitals and digits": ("In 2024 NATO met.", ["in", "2024", "nato", "met"]),
    "an underscore parts": ("byline_name", ["byline", "name"]),
    "a straight apostrophe": ("the mayor's don't", ["the", "mayor", "s", "don", "t"]),
    "a curly apostrophe": ("the mayor’s don’t", ["the", "mayor", "s", "don", "t"]),
    "hyphens and dashes": ("twenty-one — or so", ["twenty", "one", "or", "so"]),
    "a figure with a comma": ("$1,250.50", ["1", "250", "50"]),
    "accents stay": ("Señor Müller", ["señor", "müller"]),
    "sharp s": ("STRASSE Straße", ["strasse", "strasse"]),
    "a ligature": ("ﬁnal", ["final"]),
    "full width": ("ＡＰ ２０２４", ["ap", "2024"]),
    "a soft hyphen": ("minis\u00adter", ["minister"]),
    "a zero width space": ("minis\u200bter", ["minister"]),
    "Chinese, a word a character": ("渡船沉没", ["渡", "船", "沉", "没"]),
    "Thai, a word a character": ("กขค", ["ก", "ข", "ค"]),
    "Chinese beside Latin": ("AP通讯社2024", ["ap", "通", "讯", "社", "2024"]),
    "Korean has spaces": ("한국 정부", ["한국", "정부"]),
    "Arabic has spaces": ("قال رجل", ["قال", "رجل"]),
    "signs are no words": ("costs ฿500 or €10 at Tom・Jerry", ["costs", "500", "or", "10", "at", "tom", "jerry"]),
    "a ligature of several words": ("قال ﷺ", ["قال", "صلی" + "الله" + "علیه" + "وسلم"]),
    "emoji are no words": ("ferry 🚢 sank", ["ferry", "sank"]),
    "half a surrogate pair": ("ferry\ud83d sank", ["ferry", "sank"]),
}


@pytest.mark.parametrize("name", WORDS)
def test_words_of_a_named_case(name: str) -> None:
    text, expected = WORDS[name]
    assert folded(text) == expected
    assert folded(f"é {text}") == ["é", *expected]


SAME = {
    "case": ("İstanbul NATO", "i̇stanbul nato"),
    "accent, NFD": ("señor", "sen\u0303or"),
    "two marks, in either order": ("q\u0323\u0307", "q\u0307\u0323"),
    "kana, NFD": ("がぎぐ", "か\u3099き\u3099く\u3099"),
    "Burmese, NFD": ("\u1026", "\u1025\u102e"),
    "Hangul, NFD": ("한국", "\u1112\u1161\u11ab\u1100\u116e\u11a8"),
    "apostrophes": ("the mayor's", "the mayor’s"),
    "no-break space": ("the ferry", "the\u00a0ferry"),
    "Kelvin and Ohm": ("10 k ω", "10 \u212a \u2126"),
    "a hidden character before a mark": ("é", "e\u00ad\u0301"),
}


@pytest.mark.parametrize("name", SAME)
def test_written_otherwise_it_is_the_same_word(name: str) -> None:
    one, other = SAME[name]
    assert folded(one) == folded(other) != []


@given(st.lists(any_text, max_size=4))
@many
def test_texts_read_together_have_the_words_of_each(texts: list[str]) -> None:
    laid = lay(texts)
    begun = zip(texts, laid.bounds[:-1].tolist(), strict=True)
    apart = [(word, at + start, at + end) for text, at in begun for word, start, end in words(text)]
    assert words_of(split_words(laid)) == apart


def test_no_letter_is_folded_to_nothing() -> None:
    letters = [char for char in map(chr, range(0x110000)) if char.isalnum() and kind(char) in ("letter", "alone")]
    assert len(letters) > 130_000
    assert len(words(" ".join(letters))) == len(letters)


@given(any_text)
@many
def test_a_number_is_a_word_with_a_digit(text: str) -> None:
    found = split_words(lay([text]))
    mask = number_mask(found.folded, found.at, found.upto)
    assert mask.dtype == np.bool_
    assert mask.tolist() == [any(char in "0123456789" for char in word) for word, _, _ in words(text)]


LEAD = "The ferry left the old harbour before dawn with forty people aboard."
NEXT = "Nobody on the quay had seen the storm that came up from the south."
THIRD = "The captain had sailed this water for thirty years, his brother said."
LAST = "Divers will go down to the wreck again on Thursday, the harbour office said."
QUOTED = "The mayor said: “Nobody in the village will forget that cold morning.”"
TEASER = "The mayor of the village has opened a new bridge across the river and ..."
MENU = "Home\nWorld\nSport\nWeather"

# The lines of a page, and which of them are body.
PAGES: dict[str, tuple[list[str], list[int]]] = {
    "prose alone": ([LEAD, NEXT, THIRD], [0, 1, 2]),
    "a menu on top": ([*MENU.split("\n"), LEAD, NEXT, THIRD], [4, 5, 6]),
    "a title and a byline": (["Ferry sinks off the cape", "By Ada Quill", LEAD, NEXT], [2, 3]),
    "a block of cut leads": ([LEAD, NEXT, THIRD, LAST, "Recommend", TEASER, TEASER, TEASER], [0, 1, 2, 3]),
    "a block of whole leads": ([LEAD, NEXT, THIRD, "You may also like", NEXT, LAST], [0, 1, 2]),
    "the story goes on after a block": (
        [LEAD, NEXT, "Read more:", TEASER, "Bridge opens", THIRD, LAST, NEXT],
        [0, 1, 5, 6, 7],
    ),
    "a cut lead without a heading": ([LEAD, NEXT, THIRD, "", TEASER], [0, 1, 2]),
    "captions": (["A ferry at anchor in June. Photo", LEAD, NEXT, "Picture: Ada Quill", "Share"], [1, 2]),
    "a subheading inside": ([LEAD, NEXT, "A hard winter", THIRD, LAST], [0, 1, 2, 3, 4]),
    "two menu lines inside": ([LEAD, NEXT, "Share", "Print", THIRD, LAST], [0, 1, 4, 5]),
    "a short quotation at the end": ([LEAD, NEXT, "“We waited,” she said."], [0, 1, 2]),
    "a quotation closed after its end mark": ([QUOTED, "Share", "Print", "Mail"], [0]),
    "a long line without an end mark": ([MENU.split("\n")[0], " ".join(["word"] * 45), LEAD], [1, 2]),
    "blank lines between": (["", LEAD, "", "", NEXT, ""], [1, 4]),
    "all table": (["Rotterdam 14 9", "Lisbon 22 15", "Oslo 3 -4"], [0, 1, 2]),
    "hardly any prose": (["Rotterdam 14 9 north 3"] * 12 + [LEAD], list(range(13))),
    "one word": (["Ferry"], [0]),
    "empty": ([], []),
    "only spaces": (["  ", "\t", ""], []),
}


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\n\n", " \u2029\t"])
@pytest.mark.parametrize("name", PAGES)
def test_body_of_an_invented_page(name: str, newline: str) -> None:
    lines, expected = PAGES[name]
    text = newline.join(lines)
    kept = [line for span in body(text) for line in text[span.start : span.end].split(newline) if line.strip()]
    assert kept == [lines[at] for at in expected]


def test_neighbours_are_one_span_and_outer_spaces_are_left_out() -> None:
    text = f"  {LEAD}\n\n{NEXT}  \nShare\nPrint\nMail\n {THIRD}\n{LAST} "
    assert [text[span.start : span.end] for span in body(text)] == [f"{LEAD}\n\n{NEXT}", f"{THIRD}\n{LAST}"]


page_lines = st.sampled_from([LEAD, NEXT, THIRD, LAST, TEASER, "Home", "Recommended", "By Ada Quill", "", "  ", "Yes."])
pages = st.lists(page_lines, max_size=12).map("\n".join)


@given(any_text | pages)
@many
def test_body_spans_are_in_order_apart_and_inside_the_text(text: str) -> None:
    spans = body(text)
    assert all(len(span) for span in spans)
    assert all(text[one.end : two.start].strip() for one, two in pairwise(spans))
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    assert spans == sorted(spans)
    assert [text[s.start : s.end] for s in spans] == [text[s.start : s.end].strip() for s in spans]


@given(any_text | pages)
@many
def test_only_a_text_without_a_sign_has_no_body(text: str) -> None:
    assert bool(body(text)) == bool(text.strip())


@given(pages)
@many
def test_body_takes_lines_whole(text: str) -> None:
    lines = {line.strip() for line in text.split("\n")}
    for span in body(text):
        assert isinstance(span, Span)
        assert {line.strip() for line in text[span.start : span.end].split("\n")} <= lines


HEADINGS = [
    "Recommended",
    "相关阅读：",
    "ข่าวที่เกี่ยวข้อง",
    "More from Ada Quill:",
    "À lire aussi …",
    "more from " + "a " * 20 + ":",
    "don't miss",
]
ENDS = [
    ".",
    "?\u201d",
    "。",
    "...",
    ". . .'",
    ".\u200f“",
    "؟",
    "।",
    "。」",
    "\u0301",
    "..",
    ".. .",
    "…",
    '."\u201d)',
    '." )',
    "\"')",
    ":",
    " .",
    "\x85.",
]
shaped = st.builds(
    lambda word, times, end: " ".join([word] * times) + end,
    st.sampled_from(["word", "a\u00a0b", "\x1c", "é", "船", "船沉没", "ก\u0e31"]),
    st.sampled_from([0, 1, 2, 7, 8, 9, 34, 35, 44, 45, 46, 68, 70]),
    st.sampled_from(ENDS),
)
shaped_pages = st.builds(
    lambda lines, newline: newline.join(lines),
    st.lists(page_lines | shaped | st.sampled_from(HEADINGS), max_size=12),
    st.sampled_from(["\n", "\r\n", "\n \n", "\u2028"]),
)


def slow_body(text: str) -> list[Span]:
    """Body, a line at a time."""
    spans = [Span(*found.span()) for found in re.finditer(r"\S(?:[^\n\r\u2028\u2029]*\S)?", text)]
    lines = [text[span.start : span.end] for span in spans]
    ended = [is_ended(line) for line in lines]
    counts = [word_count(line) for line in lines]
    prose = [
        count >= (8 if end else 35 if is_endless(line) else 45)
        for line, count, end in zip(lines, counts, ended, strict=True)
    ]
    sides = zip([False, *prose[:-1]], [*prose[1:], False], strict=True) if prose else ()
    flags = [here or (all(by) or (any(by) and end)) for here, by, end in zip(prose, sides, ended, strict=True)]
    whole = [here and end for here, end in zip(prose, ended, strict=True)]
    own = [True] * len(flags)
    for at in (at for at, line in enumerate(lines) if line in HEADINGS):
        back = (to for to in range(at + 1, len(flags) - 2) if all(whole[to : to + 3]))
        upto = next(back, len(flags))
        own[at:upto] = [False] * (upto - at)
    flags = [here and mine for here, mine in zip(flags, own, strict=True)]
    if sum(compress(counts, flags)) <= 0.3 * sum(compress(counts, own)):
        flags = own
    if not sum(compress(counts, flags)):
        flags = [True] * len(flags)
    runs = (list(run) for flag, run in groupby(zip(spans, flags, strict=True), itemgetter(1)) if flag)
    return [Span(run[0][0].start, run[-1][0].end) for run in runs]


def word_count(line: str) -> int:
    """Words apart by spaces; two letters of a spaceless script are one more."""
    return len(line.split()) + sum(kind(char) == "alone" for char in line) // 2


def unclosed(line: str) -> str:
    """Without quotes, brackets and marks that cannot be seen at its end."""
    closers = "\"'”’»“‘«›‹」』｣】〉》）］〞)]"
    while line and (line[-1] in closers or kind(line[-1]) == "joiner" or (line[-1].isspace() and line[-1] > "\x1f")):
        line = line[:-1]
    return line


def is_endless(line: str) -> bool:
    """Whether it ends in Thai or Lao."""
    last = unclosed(line)[-1:]
    return "\u0e00" <= last <= "\u0eff" and kind(last) == "alone"


def is_ended(line: str) -> bool:
    """An end mark, but no ellipsis, closed or not."""
    line = unclosed(line)
    return line.endswith(END_MARKS) and not re.search(r"(?:\.\s?\.\s?\.)$", line)


END_MARKS = tuple(".?!。！？．｡؟۔।॥։።፧།။។៕‼⁇⁈⁉")


@given(any_text | shaped_pages)
@many
def test_body_is_that_found_one_line_at_a_time(text: str) -> None:
    assert body(text) == slow_body(text)


@given(st.lists(any_text | shaped_pages, max_size=5))
@many
def test_texts_read_together_have_the_body_of_each(texts: list[str]) -> None:
    laid = lay(texts)
    starts, ends = (places.tolist() for places in body_spans(laid))
    begun = zip(texts, laid.bounds[:-1].tolist(), strict=True)
    apart = [(at + span.start, at + span.end) for text, at in begun for span in body(text)]
    assert list(zip(starts, ends, strict=True)) == apart
