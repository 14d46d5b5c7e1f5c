"""What a copy did to its source: kinds of changes, what is none, credits taken out, promotion. All is invented."""

from __future__ import annotations

import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup.changes import Page, counted, find_changes, told
from dedup.changes.numbers import differ, widened
from dedup.changes.promotion import invites, may_promote, promotes
from dedup.changes.words import is_german, names_in, quotations, words_of
from dedup.credits import every_credit
from dedup.index import compare, tokenise
from dedup.model import Change, Changes, Places

FERRY = "The ferry left the old harbour at noon with nobody on board, and the harbour master went home to his dinner."
BAKER = (
    "A baker in Sallow sold 1,200 loaves before the bells rang on July 13, which nobody there could remember at all."
)
STORM = "By evening the wind had turned to the north, and the boats that were still out came in one after another."
MAYOR = "The mayor told Ann Poe that “the harbour will stay open all winter” and that six men had been hired for it."
STORY = "\n".join((FERRY, BAKER, STORM, MAYOR))
QUORUM = ("dailyquorum",)


def changes(
    source: str, copy: str, *, names: Sequence[str] | None = None, whole: bool = True, credited: bool = False
) -> list[Change]:
    match = compare(source, copy)
    assert match is not None
    credits = (every_credit(source), every_credit(copy)) if credited else ((), ())
    found = find_changes(Page(source), Page(copy), Places.of(match), credits, names=names, whole=whole)
    return list(told(found, source, copy))


def replaced(old: str, new: str) -> str:
    assert old in STORY
    return STORY.replace(old, new, 1)


def brief(change: Change) -> tuple[str, str, str, str]:
    return change.kind, change.action, change.was, change.now


# numbers and dates

DIFFERENT = {
    "a digit": ("64", "641"),
    "an amount": ("$250", "$205"),
    "a decimal": ("3.641 million", "3.64 million"),
    "a size": ("25 million", "25 billion"),
    "a size taken away": ("25 million", "25"),
    "a word": ("six", "sixty"),
    "a word for other digits": ("five", "7"),
    "tens": ("twenty-five", "26"),
    "an ordinal": ("fourth", "fifth"),
    "a date and a day": ("July 13", "Friday"),
    "a day": ("Sunday", "Monday"),
    "a month in July": ("July 13", "June 13"),
    "a month that is a verb": ("May 13", "June 13"),
    "a day in another language": ("mardi", "jeudi"),
    "a time": ("4:03", "4:33"),
    "digits of another script": ("१२", "१३"),
    "too many digits for an amount": ("9" * 400, "8" * 400),
}
SAME = {
    "thousands": ("1,200", "1200"),
    "thousands, as they are written elsewhere": ("1,200", "1.200"),
    "thousands with a space": ("1\u202f200", "1200"),
    "Indian thousands": ("1,00,000", "100,000"),
    "a decimal comma": ("1,234.56", "1.234,56"),
    "zeros behind": ("4.50", "4.5"),
    "percent": ("10 percent", "10 %"),
    "a word": ("five", "5"),
    "tens": ("twenty-five", "25"),
    "a million": ("a million", "1 million"),
    "a size in digits": ("4.5 million", "4,500,000"),
    "full hours": ("4:00", "4"),
    "an ordinal": ("third", "3rd"),
    "a month cut short": ("Sept. 5", "September 5"),
    "one language and another": ("13 juillet", "July 13"),
    "digits of another script": ("१२", "12"),
    "a letter for a digit": ("l987", "1987"),
    "a name that is a month": ("May", "She"),
    "a word that is seldom a number": ("one", "two"),
    "a number and none": ("six", "some"),
    "a date said again": ("Friday, July 13", "Friday"),
    "order": ("5 and 6", "6 and 5"),
    "nothing": ("", ""),
}


@pytest.mark.parametrize(("was", "now"), DIFFERENT.values(), ids=DIFFERENT)
def test_numbers_that_differ(was: str, now: str) -> None:
    assert differ(was, now)
    assert differ(now, was)


@pytest.mark.parametrize(("was", "now"), SAME.values(), ids=SAME)
def test_numbers_that_do_not(was: str, now: str) -> None:
    assert not differ(was, now)
    assert not differ(now, was)


WIDENED = {
    "decimals and what they count": ("sold 3.[641] million cars", "sold 3.[64] million cars", "3.641 million"),
    "a currency": ("for $[250] a day", "for $[205] a day", "$250"),
    "a month": ("on July [13] he", "on July [14] he", "July 13"),
    "thousands": ("up 1,[182] and", "up 1,[187] and", "1,182"),
    "left out before thousands": ("up [1],200 men", "up []200 men", "1,200"),
    "another month": ("on July [13] he", "on June [14] he", "13"),
    "not the year": ("on July [13], 2018", "on July []2018", "13"),
    "no number": ("the [old] harbour", "the [new] harbour", "old"),
}


@pytest.mark.parametrize(("was", "now", "told"), WIDENED.values(), ids=WIDENED)
def test_a_number_is_told_whole(was: str, now: str, told: str) -> None:
    place = (was.index("["), was.index("]") - 1, now.index("["), now.index("]") - 1)
    a, b = (text.replace("[", "").replace("]", "") for text in (was, now))
    start, end, *_ = widened(a, b, place)
    assert a[start:end] == told


# kinds

KINDS = {
    "number": (replaced("1,200", "1,300"), ("numbers", "replaced", "1,200", "1,300")),
    "number by a word": (replaced("six", "7"), ("numbers", "replaced", "six", "7")),
    "date": (replaced("July 13", "Friday"), ("numbers", "replaced", "July 13", "Friday")),
    "name": (replaced("Ann Poe", "Ann Low"), ("names", "replaced", "Poe", "Low")),
    "name by a description": (replaced("in Sallow", "nearby"), ("names", "replaced", "in Sallow", "nearby")),
    "name put in": (replaced("old harbour", "old Halverton harbour"), ("names", "inserted", "", "Halverton")),
    "quotation": (replaced("all winter", "until spring"), ("quotations", "replaced", "all winter", "until spring")),
    "out of a quotation": (replaced(" all winter", ""), ("quotations", "dropped", "all winter", "")),
    "word": (replaced("went home", "ran home"), ("words", "replaced", "went", "ran")),
    "word left out": (replaced("the old harbour", "the harbour"), ("words", "dropped", "old", "")),
    "word put in": (replaced("could remember", "could ever remember"), ("words", "inserted", "", "ever")),
    "number left out": (replaced("sold 1,200 loaves", "sold loaves"), ("words", "dropped", "1,200", "")),
    "name by a pronoun": (replaced("Ann Poe", "her"), ("words", "replaced", "Ann Poe", "her")),
    "paragraph left out": (STORY.replace(STORM, ""), ("words", "dropped", STORM[:-1], "")),
    "paragraph put in": (f"{STORY}\n{STORM.replace('the', 'some')}", None),
}


@pytest.mark.parametrize(("copy", "change"), KINDS.values(), ids=KINDS)
def test_a_change_is_of_the_kind_that_it_touches(copy: str, change: tuple[str, ...] | None) -> None:
    found = changes(STORY, copy)
    assert len(found) == 1
    assert change is None or brief(found[0]) == change
    assert STORY[found[0].source.start : found[0].source.end] == found[0].was
    assert copy[found[0].copy.start : found[0].copy.end] == found[0].now


NONE = {
    "nothing": STORY,
    "quote marks": STORY.replace("“", "``").replace("”", "''"),
    "straight ones": STORY.replace("“", '"').replace("”", '"'),
    "a space lost": replaced("harbour master", "harbourmaster"),
    "a space won": replaced("nobody on", "no body on"),
    "capitals": STORY.upper(),
    "thousands": replaced("1,200", "1200"),
    "a paragraph moved": "\n".join((STORM, FERRY, BAKER, MAYOR)),
    "a short paragraph moved": f"{STORY}\nThen it rained.",
    "line breaks": STORY.replace("\n", " "),
    "punctuation": STORY.replace(",", ";"),
}


@pytest.mark.parametrize("copy", NONE.values(), ids=NONE)
def test_what_changes_no_word_is_no_change(copy: str) -> None:
    source = f"Then it rained.\n{STORY}" if "rained" in copy else STORY
    assert changes(source, copy) == []


def test_a_number_in_a_sentence_told_anew_is_none_that_differs() -> None:
    source = replaced("with nobody on board", "with an infant and two other people on board")
    copy = replaced("with nobody on board", "with three people on board")
    assert {change.kind for change in changes(source, copy)} == {"words"}
    beside = replaced("left the old harbour at noon with nobody", "sank, and 59 people")
    again = beside.replace("sank, and 59", "was towed to the port in the north, leaving 67")
    assert [brief(change)[0] for change in changes(beside, again)] == ["numbers"]


@pytest.mark.parametrize("stamp", ["Updated 7:29 p.m., July 13", "Published at 7 today, read by 45 readers"])
def test_the_numbers_of_a_page_itself_do_not_differ(stamp: str) -> None:
    pages = [f"{FERRY} {text} {BAKER} {STORM}" for text in (stamp, stamp.replace("7", "9").replace("45", "64"))]
    assert "numbers" not in {change.kind for change in changes(*pages)}


def test_a_quotation_that_the_copy_lacks_is_told_with_who_said_it() -> None:
    said = "“We have been ready since the first of them came,” Poe said."
    (change,) = changes(f"{STORY}\n{said}", STORY)
    assert brief(change) == ("quotations", "dropped", said, "")
    found = changes(STORY, "\n".join((FERRY, BAKER, STORM)))
    assert [change.kind for change in found] == ["quotations", "words", "words"]
    assert found[0].was.startswith("“the harbour will stay open all winter”")


def test_a_quotation_that_stands_elsewhere_in_the_copy_is_not_lacking() -> None:
    copy = "\n".join((FERRY, BAKER, STORM, "In short: “the harbour will stay open all winter”."))
    assert "quotations" not in {change.kind for change in changes(STORY, copy)}


def test_of_a_story_that_is_quoted_only_the_passages_are_compared() -> None:
    copy = f"{FERRY.replace('noon', 'dusk')} {BAKER}\n{'Others say otherwise, and said so at length. ' * 4}"
    assert [brief(change) for change in changes(STORY, copy, whole=False)] == [("words", "replaced", "noon", "dusk")]
    assert len(changes(STORY, copy)) > 1


def test_furniture_is_nobodys_words() -> None:
    menu = "Home\nWeather\nSign in\n"
    copy = f"{menu}{FERRY}\nTwitter 45\n{BAKER}\n{STORM}\n{MAYOR}\nMore news"
    body = [(copy.index(line), copy.index(line) + len(line)) for line in (FERRY, BAKER, STORM, MAYOR)]
    match = compare(STORY, copy)
    assert match is not None
    assert find_changes(Page(STORY), Page(copy, body), Places.of(match)) == []
    assert find_changes(Page(copy, body), Page(STORY), Places.of(match).turned()) == []
    assert counted(find_changes(Page(STORY), Page(copy), Places.of(match))).inserted == 8


def test_what_is_from_other_stories_was_not_put_in() -> None:
    other = "Divers found a mail ship below the reef, and four thousand letters that nobody had read for a century."
    copy = f"{STORY}\n{other}"
    match = compare(STORY, copy)
    assert match is not None
    elsewhere = [(copy.index(other), len(copy))]
    assert find_changes(Page(STORY), Page(copy), Places.of(match), elsewhere=elsewhere) == []


def test_changes_come_by_kind_and_then_as_they_stand() -> None:
    copy = replaced("July 13", "Friday").replace("Ann Poe", "Ann Low").replace("at noon", "at dusk")
    copy = copy.replace("1,200", "1,300")
    assert [brief(change)[::2] for change in changes(STORY, copy)] == [
        ("names", "Poe"), ("numbers", "1,200"), ("numbers", "July 13"), ("words", "noon"),
    ]  # fmt: skip


# words

WORDS = [f"w{chr(97 + i)}{chr(97 + j)}" for i in range(8) for j in range(12)]
EDITS = st.dictionaries(
    st.integers(0, len(WORDS) - 1), st.sampled_from([[], ["zzz"], ["zzz", "Yyy"], ["q1", "q2", "q3"]]), max_size=9
)


@settings(max_examples=150)
@given(EDITS)
def test_words_add_up(made: dict[int, list[str]]) -> None:
    source = " ".join(WORDS)
    copy = " ".join(word for at, was in enumerate(WORDS) for word in made.get(at, [was]))
    match = compare(source, copy)
    assert match is not None
    found = find_changes(Page(source), Page(copy), Places.of(match))
    summary = counted(found)
    kept = len(tokenise(source)) - summary.dropped - summary.replaced
    come = sum(len(words_of(copy[one.at : one.upto])) for one in found)
    # A word or two at the ends of a passage are kept, and not matched.
    assert match.matched_words <= kept == len(tokenise(copy)) - come
    assert summary == Changes() or made


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_a_text_and_itself_have_no_change(text: str) -> None:
    places = Places([(0, len(text), 0, len(text))], [])
    assert find_changes(Page(text), Page(text), places, names=QUORUM) == []


@pytest.mark.parametrize("text", ["It’s a one-off.", "Сегодня в городе", "वह घर गया", "市议会投票", "ตลาดเช้า", "", "…"])
def test_words_are_counted_as_everywhere(text: str) -> None:
    assert len(words_of(text)) == len(tokenise(text))


# names and quotations

NAMED = {
    "inside a sentence": ("said Ann Poe on", {"ann", "poe"}),
    "an opening word": ("He left. Nobody saw", set[str]()),
    "behind a title": ("said Mr. Poe on", {"poe"}),
    "a day": ("said on Friday and", set[str]()),
    "a title alone": ("said Senator and President", set[str]()),
    "an acronym": ("said the NTSB on", {"ntsb"}),
    "opening a quotation": ("and said, “We agree", set[str]()),
    "a possessive": ("said Poe’s men", {"poe"}),
    "a mark that was mangled": ("said Poeâ€™s men", {"poe"}),
    "I": ("then I said I'm here", set[str]()),
    "a headline": ("The Old Harbour Stays Open All Winter Long", set[str]()),
    "no capitals": ("他说王先生", set[str]()),
}


@pytest.mark.parametrize(("text", "found"), NAMED.values(), ids=NAMED)
def test_names_are_words_with_capitals_inside_sentences(text: str, found: set[str]) -> None:
    assert names_in(text, 0, len(text)) == found


def test_in_german_no_word_is_known_for_a_name() -> None:
    source = (
        "Der Hafen und die Stadt sind mit dem Schiff nicht zu sehen, und der Bäcker von nebenan ist auf dem Markt. " * 2
    )
    assert is_german(source)
    assert not is_german(STORY)
    assert {change.kind for change in changes(source, source.replace("Markt", "Platz", 1))} == {"words"}


QUOTED = {
    "curly": ("He said “we go home” and left.", ["“we go home”"]),
    "straight": ('He said "we go" and "stay".', ['"we go"', '"stay"']),
    "of wires": ("He said ``we don't go'' and left.", ["``we don't go''"]),
    "French": ("Il dit « on rentre » et part.", ["« on rentre »"]),
    "German": ("Er sagte „wir gehen“ und ging.", ["„wir gehen“"]),
    "Chinese": ("他说「我们回家」。", ["「我们回家」"]),
    "open to the end of the paragraph": ("“We go.\n“And we stay.”", ["“We go.", "“And we stay.”"]),
    "an apostrophe": ("It's the dogs' day.", []),
}


@pytest.mark.parametrize(("text", "found"), QUOTED.values(), ids=QUOTED)
def test_quotations_stand_between_quote_marks(text: str, found: list[str]) -> None:
    assert [text[start:end] for start, end in quotations(text)] == found


# credits

REPORTING = "(Reporting by Ann Poe; Editing by Bob Low)"
LOST = {
    "credit line": (f"{STORY}\n{REPORTING}", "credit line", REPORTING),
    "credit line alone": (f"{STORY}\n(Reporting by Ann Poe)", "credit line", "(Reporting by Ann Poe)"),
    "source line": (f"{STORY}\nSource: Reuters", "credit line", "Source: Reuters"),
    "dateline": (f"HALVERTON (AP) — {STORY}", "dateline", "HALVERTON (AP) —"),
    "byline": (f"By ANN POE, Associated Press\n{STORY}", "byline", "By ANN POE, Associated Press"),
    "notice": (
        f"{STORY}\nCopyright 2024 The Associated Press. All rights reserved.",
        "notice",
        "Copyright 2024 The Associated Press. All rights reserved.",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("source", "form", "line"), LOST.values(), ids=LOST)
def test_a_credit_that_was_taken_out_is_told_in_words(source: str, form: str, line: str) -> None:
    (change,) = changes(source, STORY, credited=True)
    assert brief(change) == ("credits", "dropped", line, "")
    assert change.sentence == f"the {form} “{line}” was removed"
    assert changes(source, source, credited=True) == []


def test_credits_of_one_agency_are_each_told() -> None:
    source = f"HALVERTON (Reuters) - {STORY}\n(Reporting by Ann Poe; Editing by Bob Low)"
    assert [change.form for change in changes(source, STORY, credited=True)] == ["dateline", "credit line"]
    half = source.replace("HALVERTON (Reuters) - ", "")
    assert [change.form for change in changes(source, half, credited=True)] == ["dateline"]


def test_a_credit_in_other_words_to_the_same_agency_is_kept() -> None:
    source, copy = f"HALVERTON (AP) — {STORY}", f"HALVERTON, Ohio (AP) -- {STORY}"
    assert "credits" not in {change.kind for change in changes(source, copy, credited=True)}


def test_the_dateline_of_a_teaser_is_another_storys() -> None:
    source, teaser = f"HALVERTON (AP) — {STORY}", "PENN (AP) — Divers mapping a reef have come upon a"
    copy = f"{teaser}\n{STORY}"
    match = compare(source, copy)
    assert match is not None
    credits = every_credit(source), every_credit(copy)
    for body, elsewhere in (([(len(teaser), len(copy))], []), (None, [(0, len(teaser))])):
        found = find_changes(Page(source), Page(copy, body), Places.of(match), credits, elsewhere=elsewhere)
        assert "credits" in [one.kind for one in found]


def test_a_credit_replaced_by_anothers_is_told_so() -> None:
    (change,) = changes(f"{STORY}\nSource: Reuters", f"{STORY}\nSource: AFP", credited=True)
    assert change.sentence == "the credit line “Source: Reuters” was replaced by “Source: AFP”"


def test_the_words_of_a_credit_are_counted_once() -> None:
    source, copy = f"HALVERTON (AP) — Yes: {STORY}", f"Well: {STORY}"
    match = compare(source, copy)
    assert match is not None
    found = find_changes(Page(source), Page(copy), Places.of(match), (every_credit(source), every_credit(copy)))
    assert counted(found).dropped + counted(found).replaced == len(tokenise("HALVERTON AP Yes"))


# promotion

PROMOTING = {
    "own name put in": (replaced("left the old", "left The Daily Quorum the old"), "The Daily Quorum"),
    "own name glued": (replaced("with nobody", "with Daily Quorumnobody"), "Daily Quorum"),
    "invitation": (f"{STORY}\nSign up for our daily newsletter today.", "Sign up for our daily newsletter today."),
    "other language": (f"{STORY}\nAbonnez-vous à notre lettre du matin.", "Abonnez-vous à notre lettre du matin."),
    "other script": (f"{STORY}\n欢迎扫码关注我们的公众号。", "欢迎扫码关注我们的公众号。"),
}


@pytest.mark.parametrize(("copy", "now"), PROMOTING.values(), ids=PROMOTING)
def test_what_promotes_the_copys_outlet_is_promotion(copy: str, now: str) -> None:
    (change,) = changes(STORY, copy, names=QUORUM)
    assert brief(change) == ("promotion", "inserted", "", now)
    assert changes(STORY, copy)[0].kind != "promotion"


MODEST = {
    "a menu": "Subscribe",
    "a menu of two": "Sign up",
    "prose": "He went to the market to read more about it.",
    "a copyright": "© 2024 The Daily Quorum. All rights reserved.",
    "a byline": "By Ann Poe, Daily Quorum",
    "small letters": "the daily quorum of the council was met",
    "another outlet": "The Evening Quorum reported that too.",
}


@pytest.mark.parametrize("line", MODEST.values(), ids=MODEST)
def test_other_lines_do_not_promote(line: str) -> None:
    assert not promotes(line, QUORUM)


@pytest.mark.parametrize("line", [case[0].rpartition("\n")[2] for case in PROMOTING.values() if "\n" in case[0]])
def test_the_quick_look_passes_over_no_promotion(line: str) -> None:
    assert may_promote(line, QUORUM) or not (invites(line) or promotes(line, QUORUM))


def test_furniture_promotes_in_sentences() -> None:
    copy = (
        f"Daily Quorum|A ferry leaves the old harbour\n{STORY}\nFollow us on all networks, and read the Daily Quorum."
    )
    match = compare(STORY, copy)
    assert match is not None
    body = [(copy.index(FERRY), copy.index(MAYOR) + len(MAYOR))]
    found = find_changes(Page(STORY), Page(copy, body), Places.of(match), names=QUORUM)
    assert [(one.kind, copy[one.at : one.upto][:9]) for one in found] == [("promotion", "Follow us")]


# hostile texts

HOSTILE = {
    "quote marks": "“ " * 150_000,
    "open quotes": "`` ' " * 60_000,
    "digits": "1," * 150_000,
    "digits and dots": "1 . " * 75_000,
    "numbers": "twenty five million " * 15_000,
    "capitals": "Ann " * 75_000,
    "dots": ". " * 150_000,
    "lines": "We go home now.\n" * 19_000,
    "a word": "a" * 300_000,
    "names": "Daily Quorum " * 23_000,
    "a name and spaces": "Daily " * 50_000,
    "invitations": "download the our app " * 15_000,
    "credits": "(Reporting by Ann Poe" * 14_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_texts_cost_bounded_time(text: str) -> None:
    started = time.perf_counter()
    copy, places = f"{text}{STORY}", Places([(0, len(STORY), len(text), len(text) + len(STORY))], [])
    for one, two, where in ((STORY, copy, places), (copy, STORY, places.turned())):
        found = find_changes(Page(one), Page(two), where, (every_credit(one), every_credit(two)), names=QUORUM)
        counted(found)
    assert time.perf_counter() - started < 15


def test_many_edits_in_a_hostile_line_cost_bounded_time() -> None:
    text = "“Ann 1,2 " * 30_000
    edits = [("replaced", at, at + 4, at, at + 3) for at in range(1, len(text) - 9, 9)]
    started = time.perf_counter()
    find_changes(Page(text), Page(text), Places([(0, len(text), 0, len(text))], edits), names=QUORUM)  # type: ignore[arg-type]
    assert time.perf_counter() - started < 15
