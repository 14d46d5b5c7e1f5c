"""Judgements: their one form and sentence, and that in a scene a person's word outranks whatever else is known."""

from __future__ import annotations

from dataclasses import replace

import pytest
from scenes import TO_ABSENT, WIRE, Scene, assert_no_circle, pages

import dedup.scene
from dedup.judgements import checked, copy_by, label_of, latest, named, sentence
from dedup.model import DedupError, Judged, Judgement
from dedup.truth import Label

SAID = Judgement("farm", "wire", "copy", "2026-11-22T23:30:00+00:00")


def told(judgement: Judgement, **changed: object) -> Judgement:
    return replace(judgement, **changed)  # type: ignore[arg-type]


# Form and sentence.

SENTENCES = {
    "a copy": (SAID, "it is a copy of the other", "farm is a copy of wire"),
    "an original": (told(SAID, verdict="original"), "it is a copy of the other", "wire is a copy of farm"),
    "unrelated": (
        told(SAID, verdict="unrelated"),
        "it and the other have nothing to do with each other",
        "farm and wire have nothing to do with each other",
    ),
    "unknown": (
        told(SAID, verdict="unknown"),
        "nobody can know which of it and the other was first",
        "nobody can know which of farm and wire was first",
    ),
    "with a note": (
        told(SAID, note="I asked\n both  editors"),
        "it is a copy of the other: I asked both editors",
        "farm is a copy of wire: I asked both editors",
    ),
}


@pytest.mark.parametrize(("judgement", "short", "whole"), SENTENCES.values(), ids=SENTENCES)
def test_what_was_said_is_told_in_a_sentence(judgement: Judgement, short: str, whole: str) -> None:
    assert sentence(judgement) == f"a person judged on 2026-11-22 that {short}"
    assert named(judgement) == f"a person judged on 2026-11-22 that {whole}"


TIMES = {
    "in UTC": ("2026-11-22T10:00:00+00:00", "2026-11-22T10:00:00+00:00"),
    "by its letter": ("2026-11-22T10:00:00Z", "2026-11-22T10:00:00+00:00"),
    "of another zone": ("2026-11-22T00:30:00+02:00", "2026-11-21T22:30:00+00:00"),
}


@pytest.mark.parametrize(("time", "kept"), TIMES.values(), ids=TIMES)
def test_times_are_kept_in_utc(time: str, kept: str) -> None:
    assert checked(told(SAID, judged_at=time)).judged_at == kept


def test_a_note_of_spaces_is_none() -> None:
    assert checked(told(SAID, note=" \n")).note is None
    assert checked(told(SAID, note=" why ")).note == "why"


NONE = {
    "one page": ({"original": "farm"}, "farm: is one page, and two are judged"),
    "no verdict": ({"verdict": "perhaps"}, "the verdict 'perhaps' is none; it must be one of copy, original, "),
    "no time": ({"judged_at": "yesterday"}, "the time 'yesterday' is none"),
    "no zone": ({"judged_at": "2026-11-22T10:00:00"}, "the time '2026-11-22T10:00:00' is none"),
    "before all time": ({"judged_at": "0001-01-01T00:00:00+14:00"}, "the time '0001-01-01T00:00:00\\+14:00' is none"),
}


@pytest.mark.parametrize(("changed", "problem"), NONE.values(), ids=NONE)
def test_what_is_no_judgement_is_refused(changed: dict[str, object], problem: str) -> None:
    with pytest.raises(DedupError, match=problem):
        checked(told(SAID, **changed))


def test_the_later_word_on_two_pages_counts_whichever_is_named_first() -> None:
    later = Judgement("wire", "farm", "unknown", "2026-11-23T00:00:00+00:00")
    same = told(SAID, verdict="unrelated")
    assert latest([SAID, later]) == latest([later, SAID]) == [later]
    assert latest([SAID, same]) == [same]
    assert latest([SAID, told(later, copy="mill")]) == [SAID, told(later, copy="mill")]


LABELS: dict[Judged, Label] = {
    "copy": Label("farm", "wire"),
    "original": Label("wire", "farm"),
    "unrelated": Label("farm", "wire", "unrelated", directed=False),
    "unknown": Label("farm", "wire", directed=False),
}


@pytest.mark.parametrize(("verdict", "label"), LABELS.items(), ids=LABELS)
def test_a_judgement_is_truth_of_the_two_alone(verdict: Judged, label: Label) -> None:
    said = told(SAID, verdict=verdict)
    assert label_of(said) == replace(label, origin="a judgement", alone=True)
    assert copy_by(said) == (label.copy if label.directed else None)


# In a scene.


def up(made: Scene, name: str) -> str | None:
    """What a page of a scene was taken from in the first place, or what stands for that."""
    number = next(number for number, fact in made.facts.items() if fact.id == name)
    above = dedup.scene.Scene(made.facts, made.matches, made.judgements).up(number)
    return made.facts[above].id if above is not None else None


def test_a_judged_copy_outranks_the_strongest_evidence() -> None:
    made = pages("wire", "farm")
    made.copy("wire", "farm")
    assert made.told() == {("farm", "wire", "full")}
    made.judge("wire", "farm", note="the wire took it over")
    link = made.link("wire")
    assert (link.original, link.kind, link.direction, link.confidence) == ("farm", "full", "decided", 0.999)
    assert link.reasons == ("a person judged on 2026-05-01 that it is a copy of the other: the wire took it over",)
    assert made.told() == {("wire", "farm", "full")}


@pytest.mark.parametrize(("copy", "original", "verdict"), [("one", "two", "copy"), ("two", "one", "original")])
def test_either_may_be_named_first(copy: str, original: str, verdict: Judged) -> None:
    made = pages("one", "two")
    made.share("one", "two")
    made.judge(copy, original, verdict)
    assert made.told() == {("one", "two", "full")}


def test_unrelated_pages_have_no_link_and_their_others_stay() -> None:
    made = pages("wire", "farm", "mill")
    made.copy("wire", "farm")
    made.copy("wire", "mill")
    made.judge("wire", "farm", "unrelated")
    assert made.told() == {("mill", "wire", "full")}


def test_what_nobody_can_know_is_undecided_with_the_evidence_of_both_sides() -> None:
    made = pages("wire", "farm")
    made.copy("wire", "farm")
    made.facts[0] = replace(made.facts[0], source=replace(WIRE, is_agency=False, crawled="2024-05-02"))
    made.facts[1] = replace(made.facts[1], source=replace(made.facts[1].source, crawled="2024-05-01"))
    made.judge("farm", "wire", "unknown")
    link = made.link("farm")
    assert (link.direction, link.original) == ("unknown", "wire")
    assert link.reasons == (
        "a person judged on 2026-05-01 that nobody can know which of it and the other was first",
        "for wire as the copy: it was first seen later (2024-05-02, the other 2024-05-01)",
        "for farm as the copy: its own name, “farm”, was put into the prose 3 times",
    )


def test_a_judged_source_is_the_main_one_though_another_explains_more() -> None:
    made = pages("wire", "farm", "mill")
    made.copy("wire", "mill")
    made.copy("farm", "mill", (0, 0, 100))
    assert made.link("mill").original == "wire"
    assert up(made, "mill") == "wire"
    made.judge("mill", "farm")
    assert up(made, "mill") == "farm"
    links = {link.original: link for link in made.resolve().links if link.copy == "mill"}
    assert links["farm"].reasons == ("a person judged on 2026-05-01 that it is a copy of the other",)


def test_a_judged_source_is_the_main_one_though_a_star_shares_more() -> None:
    made = pages("farm", "mill", "pond", "reed")
    made.share("farm", "mill", (0, 0, 40))
    for name in ("pond", "reed"):
        made.share(name, "mill", (40, 40, 120))
    made.share("pond", "reed")
    assert up(made, "mill") != "farm"
    made.judge("mill", "farm")
    assert up(made, "mill") == "farm"


def test_a_judged_source_stays_where_both_may_be_of_an_absent_one() -> None:
    made = Scene()
    for name in ("north", "south"):
        made.page(name, credits=TO_ABSENT)
    made.copy("north", "south")
    assert {link.original for link in made.resolve().links} == {None}
    made.judge("south", "north")
    assert ("south", "north", "full") in made.told()


def test_a_judged_copy_that_shares_too_little_is_a_copy_all_the_same() -> None:
    made = pages("wire", "farm")
    made.share("wire", "farm", (0, 0, 25))
    made.judge("farm", "wire")
    link = made.link("farm")
    assert (link.original, link.kind, link.matched_words, link.coverage) == ("wire", "excerpt", 25, 0.125)


@pytest.mark.parametrize("own", [False, True], ids=["of two houses", "of one house"])
def test_what_was_judged_to_be_copied_counts_wherever_it_stands(own: bool) -> None:
    made = Scene()
    for name in ("wire", "farm"):
        made.page(name, body=100, source=replace(WIRE, outlet="one.example") if own else None)
    made.share("wire", "farm", (120, 130, 40))
    made.judge("farm", "wire")
    link = made.link("farm")
    assert (link.original, link.kind, link.matched_words) == ("wire", "version" if own else "excerpt", 40)


def test_what_was_judged_to_be_copied_counts_however_thin() -> None:
    made = pages("wire", "farm")
    made.share("wire", "farm", (0, 0, 60))
    match = made.matches[0, 1]
    thin = tuple(replace(passage, words=30) for passage in match.passages)
    made.matches[0, 1] = replace(match, passages=thin, matched_words=30)
    assert made.resolve().links == ()
    made.judge("farm", "wire")
    assert (made.link("farm").kind, made.link("farm").matched_words) == ("excerpt", 30)


def test_two_judged_sources_both_stay() -> None:
    made = pages("wire", "farm", "mill")
    made.share("wire", "mill", (0, 0, 100))
    made.share("farm", "mill", (0, 10, 80))
    made.judge("mill", "wire")
    made.judge("mill", "farm")
    assert {(link.copy, link.original) for link in made.resolve().links} == {("mill", "wire"), ("mill", "farm")}


def in_a_circle(*names: str) -> Scene:
    """Pages of which each credits the next, and the last the first."""
    made = Scene()
    for name, source in zip(names, [*names[1:], names[0]], strict=True):
        made.page(name, credits=((None, source),))
    for name, source in zip(names, [*names[1:], names[0]], strict=True):
        made.share(source, name)
    return made


def test_evidence_that_would_close_a_circle_gives_way() -> None:
    """The likeliest original of it is a judged copy, and keeps its source."""
    made = in_a_circle("barn", "mill", "pond")
    made.judge("barn", "mill")
    assert_no_circle(made)
    told = {(link.copy, link.original) for link in made.resolve().links if link.original}
    assert told == {("barn", "mill"), ("pond", "barn")}


def test_a_judged_source_stays_where_another_closes_a_circle() -> None:
    made = in_a_circle("barn", "mill", "pond")
    made.page("root")
    made.share("root", "barn", (0, 100, 100))
    made.judge("barn", "root")
    assert_no_circle(made)
    told = {(link.copy, link.original) for link in made.resolve().links}
    assert told == {("barn", "root"), ("mill", "pond"), ("pond", "barn")}


def test_a_judged_source_that_is_left_alone_stands_for_nothing_undecided() -> None:
    """South lost its own source to an agency that is not here; what was judged to be its copy is sure all the same."""
    made = Scene()
    for name in ("north", "south"):
        made.page(name, credits=TO_ABSENT)
    made.page("mill", 500)
    made.copy("north", "south")
    made.share("south", "mill", (0, 0, 200))
    made.judge("mill", "south")
    assert up(made, "mill") == "south"
    assert up(made, "south") == "north"


def test_of_a_circle_of_judgements_what_was_said_first_gives_way() -> None:
    made = pages("one", "two", "three")
    for copy, original, day in (("one", "two", 2), ("two", "three", 1), ("three", "one", 3)):
        made.share(original, copy)
        made.judge(copy, original, day=day)
    assert_no_circle(made)
    told = {(link.copy, link.original) for link in made.resolve().links}
    assert told == {("one", "two"), ("three", "one")}


def test_a_judged_pair_without_a_match_has_no_link() -> None:
    made = pages("wire", "farm")
    made.judge("farm", "wire")
    assert made.resolve().links == ()


def test_a_judgement_on_a_page_that_is_not_in_the_scene_says_nothing() -> None:
    made = pages("wire", "farm", "mill")
    made.copy("wire", "farm")
    made.judge("wire", "mill")
    del made.facts[2]
    assert made.told() == {("farm", "wire", "full")}
