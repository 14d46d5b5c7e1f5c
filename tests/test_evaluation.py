"""Links against labels: small cases counted by hand, and random ones against an independent library."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sklearn.metrics import precision_recall_fscore_support

from dedup.evaluation import evaluate
from dedup.model import Kind, Link
from dedup.truth import Evaluation, Label

WORDS = {"wire": 300, "wire2": 100, "farm": 310, "mill": 320, "barn": 50}


def link(copy: str, original: str | None, kind: Kind = "full", **known: Any) -> Link:
    told = {"coverage": 0.9, "share": 0.8, "story": original or copy, **known}
    return Link(copy=copy, original=original, kind=kind, matched_words=100, resemblance=0.5, confidence=0.9,
                reasons=("it says so",), **told)  # fmt: skip


def judged(labels: list[Label], *links: Link) -> Evaluation:
    return evaluate(labels, links, WORDS)


def ratios(told: Evaluation, *names: str) -> list[tuple[int, int]]:
    return [(told.measures[name].right, told.measures[name].of) for name in names]


def wrong(told: Evaluation) -> list[tuple[str, str, str | None]]:
    return [(mistake.wrong, mistake.copy, mistake.original) for mistake in told.mistakes]


COPIES = [Label("farm", "wire", "full"), Label("mill", "wire", "full"), Label("barn", "wire2", "full")]


def test_what_is_right_is_right() -> None:
    told = judged(COPIES, link("farm", "wire"), link("mill", "wire"), link("barn", "wire2"))
    names = ("precision", "recall", "top-1", "direction accuracy")
    assert ratios(told, *names) == [(3, 3)] * 4
    assert ratios(told, "direction abstention", "teaser confusion") == [(0, 3), (0, 0)]
    assert told.measures["adjusted rand index"].value == 1
    assert wrong(told) == []


def test_a_copy_without_a_link_is_missed() -> None:
    told = judged(COPIES, link("farm", "wire"), link("mill", "wire", "excerpt"))
    assert ratios(told, "precision", "recall", "top-1") == [(1, 1), (1, 3), (2, 3)]
    assert wrong(told) == [("missed", "barn", "wire2"), ("missed", "mill", "wire")]


def test_a_link_that_no_label_tells_is_wrong_only_of_a_copy_that_was_labelled() -> None:
    told = judged(COPIES[:1], link("farm", "wire"), link("farm", "wire2", share=0.1), link("mill", "wire2"))
    assert ratios(told, "precision", "recall", "top-1") == [(1, 2), (1, 1), (1, 1)]
    assert wrong(told) == [("no copy", "farm", "wire2")]


def test_the_first_link_is_the_one_that_tells_most_of_the_page() -> None:
    told = judged(COPIES[:1], link("farm", "wire", share=0.3), link("farm", "wire2", share=0.6))
    assert ratios(told, "recall", "top-1") == [(1, 1), (0, 1)]
    assert ("another original", "farm", "wire") in wrong(told)


def test_a_teaser_told_as_a_copy_is_confused() -> None:
    labels = [Label("farm", "wire", "full"), Label("farm", "wire2", "teaser"), Label("mill", "wire2", "teaser")]
    told = judged(
        labels, link("farm", "wire"), link("farm", "wire2", "partial", share=0.1), link("mill", "wire2", "teaser")
    )
    assert ratios(told, "precision", "recall", "teaser confusion") == [(1, 2), (1, 1), (1, 2)]
    assert wrong(told) == [("a teaser", "farm", "wire2")]


def test_a_quote_told_as_a_copy_is_a_link_all_the_same() -> None:
    told = judged([Label("farm", "wire", "excerpt")], link("farm", "wire", "partial"))
    assert ratios(told, "precision", "recall", "top-1") == [(1, 1), (0, 0), (1, 1)]


def test_who_copied_may_be_told_the_other_way_or_not_at_all() -> None:
    told = judged(COPIES, link("wire", "farm"), link("mill", "wire", direction="unknown"), link("barn", "wire2"))
    assert ratios(told, "precision", "recall", "top-1") == [(3, 3), (3, 3), (2, 3)]
    assert ratios(told, "direction accuracy", "direction abstention") == [(1, 2), (1, 3)]
    assert wrong(told) == [("the other way", "farm", "wire")]


def test_an_absent_original_is_one_that_is_told_absent() -> None:
    labels = [
        Label("farm", None, "full", story="x"),
        Label("mill", None, "full", story="x"),
        Label("barn", None, "full"),
    ]
    told = judged(labels, link("farm", None), link("mill", None, story="farm"), link("barn", "wire2"))
    assert ratios(told, "precision", "recall", "top-1") == [(2, 3), (2, 3), (2, 3)]
    assert told.measures["b-cubed recall"].of == 2


def test_an_original_told_absent_is_still_linked_through_the_page_that_stands_for_it() -> None:
    told = judged([Label("farm", "wire", "full")], link("farm", None, story="wire"), link("wire", None))
    assert ratios(told, "precision", "recall") == [(1, 1), (1, 1)]


def test_pairs_without_a_direction_may_be_in_one_story() -> None:
    labels = [Label("farm", "mill", directed=False), Label("farm", "barn", "unrelated", directed=False)]
    told = judged(labels, link("farm", "wire"), link("mill", "wire"), link("barn", "farm"))
    assert ratios(told, "precision", "recall", "top-1") == [(0, 3), (1, 1), (0, 0)]
    assert wrong(told) == [("no copy", "barn", "farm"), ("no copy", "farm", "wire"), ("no copy", "mill", "wire")]


def test_a_page_of_several_stories_is_in_the_agreement_of_none() -> None:
    labels = [Label("farm", "wire", "full"), Label("farm", "wire2", "full"), Label("mill", "wire", "full")]
    told = judged(labels, link("farm", "wire2"), link("farm", "wire", share=0.1), link("mill", "wire"))
    assert told.measures["b-cubed recall"].of == 3
    assert told.measures["b-cubed recall"].value == 1


def test_coverage_is_compared_where_it_is_known() -> None:
    labels = [Label("farm", "wire", coverage=0.8), Label("mill", "wire", coverage=0.9), Label("barn", "wire2")]
    told = judged(labels, link("farm", "wire"), link("mill", "wire"), link("barn", "wire2"))
    assert told.measures["coverage error"].value == pytest.approx(0.05)
    assert "coverage error" not in judged(COPIES).measures


def test_groups_are_of_a_kind_and_of_originals_of_a_length() -> None:
    told = judged(COPIES, link("farm", "wire"), link("barn", "wire2", "partial"))
    found = {(g.by, g.name): {n: (m.right, m.of) for n, m in g.measures.items() if m.of} for g in told.groups}
    assert found["words", "150-399"]["recall"] == (1, 2)
    assert found["words", "60-149"]["recall"] == (1, 1)
    assert found["kind", "full"]["recall"] == (2, 3)
    assert found["kind", "partial"] == {"precision": (1, 1)}


def test_no_labels_have_no_measure() -> None:
    assert {one.value for one in judged([], link("farm", "wire")).measures.values()} == {None}


IDS = st.sampled_from(["a", "b", "c", "d", "e"])
PAIRS = st.sets(st.tuples(IDS, IDS).filter(lambda pair: pair[0] < pair[1]), max_size=8)


@settings(max_examples=40)
@given(PAIRS, PAIRS)
def test_precision_and_recall_of_pairs_are_those_of_another_library(true: set[Any], told: set[Any]) -> None:
    """Originals are named so that they are never copies; then every pair is a thing of its own."""
    labels = [Label(f"copy {a}", f"original {b}") for a, b in sorted(true)]
    links = [link(f"copy {a}", f"original {b}") for a, b in sorted(told)]
    judged_pairs = sorted(true | {pair for pair in told if pair[0] in {a for a, _ in true}})
    found = evaluate(labels, links, {}).measures
    if not true:
        assert found["recall"].value is None
        return
    theirs = precision_recall_fscore_support(
        [pair in true for pair in judged_pairs],
        [pair in told for pair in judged_pairs],
        average="binary",
        zero_division=0,
    )
    ours = [found[name].value or 0 for name in ("precision", "recall", "f1")]
    assert ours == pytest.approx(theirs[:3])


@settings(max_examples=40)
@given(PAIRS, PAIRS, st.randoms(use_true_random=False))
@example({("a", "b"), ("a", "d"), ("b", "c"), ("b", "d")}, {("a", "c")}, Random(2))
@example({("a", "b"), ("a", "d"), ("b", "c"), ("b", "d")}, {("a", "c")}, Random(3))
def test_the_order_of_labels_and_links_does_not_matter(true: set[Any], told: set[Any], random: Any) -> None:
    labels, links = [Label(a, b) for a, b in sorted(true)], [link(a, b) for a, b in sorted(told)]
    whole = evaluate(labels, links, {})
    random.shuffle(labels)
    random.shuffle(links)
    again = evaluate(labels, links, {})
    assert [mistake.copy for mistake in again.mistakes if mistake.wrong == "missed"] == [
        mistake.copy for mistake in whole.mistakes if mistake.wrong == "missed"
    ]
    assert {n: m.right for n, m in again.measures.items()} == {n: m.right for n, m in whole.measures.items()}
