"""Who comes from whom: sources, what was inherited, stars, absent originals."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

from scenes import TO_ABSENT, TO_WIRE, WIRE, Scene, assert_no_circle, pages

from dedup.model import Story


def test_copies_form_a_star_and_siblings_are_no_links() -> None:
    made = pages("wire", "farm", "mill", "barn")
    for page in ("farm", "mill", "barn"):
        made.copy("wire", page)
    for one, two in combinations(("farm", "mill", "barn"), 2):
        made.share(one, two)
    assert made.told() == {(page, "wire", "full") for page in ("farm", "mill", "barn")}
    (story,) = made.resolve().stories
    assert story == Story("wire", "wire", "wire", "About wire", "northgate.example", 3, 4, None)


def adapted() -> Scene:
    """The herald's adaptation of the wire's story, and a copy of that."""
    made = pages("wire")
    made.page("herald", credits=TO_WIRE)
    made.page("farm")
    made.share("wire", "herald", (0, 0, 120))
    made.copy("herald", "farm")
    return made


def test_the_copy_of_an_adaptation_points_at_the_adaptation_and_at_the_root_story() -> None:
    made = adapted()
    made.copy("wire", "farm", (0, 0, 120))
    told = {(link.copy, link.original, link.kind, link.story) for link in made.resolve().links}
    assert told == {("herald", "wire", "partial", "wire"), ("farm", "herald", "full", "wire")}
    assert made.resolve().wanted == frozenset()


def test_a_copy_of_a_copy_wants_to_be_matched_with_the_root() -> None:
    made = adapted()
    assert made.link("farm").story == "herald"
    assert made.resolve().wanted == {(0, 2)}


def test_a_round_up_has_several_sources_and_joins_none_of_their_stories() -> None:
    made = pages("wire", "courier", "herald")
    made.page("parcel", words=600)
    for at, source in enumerate(("wire", "courier", "herald")):
        made.copy(source, "parcel", (0, 200 * at, 200))
    assert made.told() == {("parcel", source, "full") for source in ("wire", "courier", "herald")}
    assert {story.id: story.copies for story in made.resolve().stories} == {"wire": 1, "courier": 1, "herald": 1}


def test_a_second_source_that_adds_nothing_is_no_source() -> None:
    made = pages("wire", "courier", "farm")
    made.copy("wire", "farm")
    made.copy("courier", "farm", (0, 100, 100))
    assert made.told() == {("farm", "wire", "full")}


def test_verdicts_in_a_circle_are_broken_at_the_likeliest_original() -> None:
    made = pages("annal", "bugle", "crier")
    for source, copy in (("annal", "bugle"), ("bugle", "crier"), ("crier", "annal")):
        made.copy(source, copy)
    assert made.told() == {("bugle", "annal", "full"), ("crier", "bugle", "full")}
    assert {link.story for link in made.resolve().links} == {"annal"}


def test_verdicts_in_a_circle_through_a_second_source_are_broken_too() -> None:
    made = Scene()
    for page, words in (("parcel", 400), ("bugle", 250), ("crier", 150), ("diary", 150)):
        made.page(page, words)
    made.copy("bugle", "parcel", (0, 0, 250))
    made.copy("crier", "parcel", (0, 250, 150))
    made.copy("diary", "crier", (0, 0, 150))
    made.copy("parcel", "diary", (250, 0, 150))
    assert_no_circle(made)


def test_a_headline_is_not_inherited_but_a_sentence_is() -> None:
    """The herald has more of the wire's story than the wire has here: a headline, or a sentence of its own."""
    for own, source in ((12, "wire"), (30, "herald")):
        made = pages("wire")
        made.page("herald", words=240, credits=TO_WIRE)
        made.page("farm", words=240)
        made.share("wire", "herald", (0, own, 200))
        made.copy("wire", "farm", (0, own, 200))
        made.copy("herald", "farm", (0, 0, 200 + own))
        assert made.link("farm").original == source


def test_words_here_and_there_are_inherited_where_nothing_else_is() -> None:
    assert changed_twice(20).link("farm").original == "paper"
    assert changed_twice(10).link("farm").original == "wire"


def changed_twice(words: int) -> Scene:
    """The paper changed so many words of the wire's story, here and there, and the farm has them all."""
    made = pages("wire", "paper", "farm")
    made.copy("wire", "paper")
    made.copy("paper", "farm")
    made.copy("wire", "farm")
    for pair in ((0, 1), (0, 2)):
        (passage,) = made.matches[pair].passages
        made.matches[pair] = replace(made.matches[pair], passages=(replace(passage, words=200 - words),))
    return made


def test_two_copies_with_a_sentence_that_their_source_has_not_are_told_together() -> None:
    made = pages("wire")
    for page in ("annal", "bugle"):
        made.page(page, words=230)
        made.copy("wire", page)
    made.share("annal", "bugle", (0, 0, 230))
    told = {(link.copy, link.original, link.direction) for link in made.resolve().links}
    assert told == {("annal", "wire", "decided"), ("bugle", "wire", "decided"), ("annal", "bugle", "unknown")}
    made.share("annal", "bugle", (0, 0, 214))
    assert {link.original for link in made.resolve().links} == {"wire"}


def test_two_round_ups_of_the_same_stories_are_not_told_together() -> None:
    made = Scene()
    for page, words in (("bugle", 150), ("crier", 150), ("annal", 300), ("diary", 300)):
        made.page(page, words)
    for round_up in ("annal", "diary"):
        made.copy("bugle", round_up, (0, 0, 150))
        made.copy("crier", round_up, (0, 150, 150))
    made.share("annal", "diary", (0, 0, 300))
    assert {link.original for link in made.resolve().links} == {"bugle", "crier"}


def test_a_longer_stretch_is_not_inherited_where_as_much_is_missing_elsewhere() -> None:
    made = pages("wire", "mill", "farm")
    made.copy("wire", "mill")
    made.copy("wire", "farm", (0, 0, 80), (101, 101, 99))
    made.copy("mill", "farm", (0, 0, 105), (120, 120, 80))
    assert {link.original for link in made.resolve().links if link.copy == "farm"} == {"wire"}


def with_another(crier_words: int, at: int) -> Scene:
    """The diary has the bugle's story, and 200 words of the crier's at a place that may be in it."""
    made = Scene()
    for page, words in (("bugle", 300), ("crier", crier_words), ("diary", 500)):
        made.page(page, words, glues_name=page == "diary")
    made.copy("bugle", "diary", (0, 0, 300))
    made.share("crier", "diary", (0, at, 200))
    return made


def test_what_a_source_explains_makes_no_other_story() -> None:
    made = with_another(260, at=0)
    assert {(link.copy, link.original) for link in made.resolve().links} == {("diary", "bugle")}


def test_the_middle_of_a_star_is_no_round_up() -> None:
    made = pages("annal", "bugle", "crier", "drum")
    made.page("parcel", words=600)
    for at, page in enumerate(("annal", "bugle", "crier")):
        made.share(page, "parcel", (0, 200 * at, 200))
    made.share("annal", "drum")
    assert {story.stand_in for story in made.resolve().stories} >= {"annal"}
    assert ("drum", "annal") in {(link.copy, link.original) for link in made.resolve().links} | {
        (link.original, link.copy) for link in made.resolve().links
    }


def test_a_page_is_in_every_story_whose_middle_it_shares() -> None:
    made = pages("annal", "bugle")
    made.page("parcel", words=400)
    made.share("annal", "parcel", (0, 0, 200))
    made.share("bugle", "parcel", (0, 200, 200))
    told = {frozenset((link.copy, link.original)) for link in made.resolve().links}
    assert told == {frozenset(("annal", "parcel")), frozenset(("bugle", "parcel"))}


def test_who_credits_an_absent_agency_was_not_taken_from_a_page_that_does_not() -> None:
    made = Scene()
    made.page("mill")
    made.page("herald", credits=TO_ABSENT)
    made.copy("mill", "herald")
    assert {(link.copy, link.original) for link in made.resolve().links} == {("herald", None), ("mill", None)}


def test_a_page_of_another_story_has_an_undecided_one_beside_it() -> None:
    made = with_another(200, at=300)
    told = {(link.copy, link.original, link.direction) for link in made.resolve().links}
    assert told == {("diary", "bugle", "decided"), ("crier", "diary", "unknown")}


def test_a_page_that_has_an_absent_story_beside_another_is_told_with_one_that_is_alone() -> None:
    made = Scene()
    made.page("wire", words=300, source=WIRE)
    made.page("annal", words=200, credits=TO_ABSENT)
    made.page("diary", words=380, credits=TO_ABSENT)
    made.copy("wire", "diary", (0, 0, 300))
    made.share("annal", "diary", (0, 300, 80))
    told = {(link.copy, link.original) for link in made.resolve().links}
    assert told == {("diary", "wire"), ("annal", None), ("diary", None)}


def test_a_sentence_that_the_source_of_one_has_is_not_told_of_both() -> None:
    made = Scene()
    made.page("wire", words=240, source=WIRE)
    for page in ("annal", "bugle"):
        made.page(page, words=240)
    made.copy("wire", "annal", (0, 0, 200))
    made.copy("wire", "bugle", (0, 0, 240))
    made.share("annal", "bugle", (0, 0, 240))
    assert {link.original for link in made.resolve().links} == {"wire"}
