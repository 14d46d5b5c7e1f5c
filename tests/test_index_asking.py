"""Asking the index: who published a page, what two pages share, stories, outlets and graphs; nothing is added by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import made
import pytest

from dedup.index import Index, compare
from dedup.model import KINDS, Answer, Document, GraphEdge, OutletPair, Settings, SettingsMismatch, StoreError

RANDOM = Random("asking")
GOAT, MOTH = (made.story(RANDOM) for _ in range(2))
WIRE = made.page("wire/goat", GOAT, published="2024-05-06T08:00+00:00")
MIRROR = made.page("quillon/goat", made.named(RANDOM, GOAT, "Quillon"), published="2024-05-06T10:30+00:00")
CUT = made.page("marrow/goat", made.named(RANDOM, GOAT[:3], "Marrow"), published="2024-05-06")
LONE = made.page("lone/moth", MOTH)
PAGES = (WIRE, MIRROR, CUT, LONE)


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with Index(path, workers=1) as opened:
        opened.add(PAGES)
        yield opened


def roles(answer: Answer) -> list[tuple[str, str, str | None]]:
    return [(row.id, row.role, row.kind) for row in answer.publishers]


def essence(answer: Answer) -> tuple[object, ...]:
    """What must not depend on whether the page was added; passages beside the story may be met elsewhere first."""
    story = answer.story.id if answer.story else None
    own = [role for role in roles(answer) if role[0] == answer.asked]
    return answer.found, answer.original, answer.agency, answer.direction, story, own


EVERYONE = [("wire/goat", "original", None), ("quillon/goat", "copy", "full"), ("marrow/goat", "copy", "partial")]


# Who.


@pytest.mark.parametrize("page", [WIRE, MIRROR, CUT], ids=["the original", "a mirror", "a cut copy"])
def test_a_stored_page_is_told_with_everyone_who_ran_its_story(index: Index, page: Document) -> None:
    answer = index.who(page.id)
    assert (answer.asked, answer.found, answer.original, answer.direction) == (page.id, True, "wire/goat", "decided")
    assert answer.story is not None
    assert (answer.story.id, answer.story.copies) == ("wire/goat", 2)
    assert roles(answer) == EVERYONE
    assert any("put into the prose" in reason for reason in answer.reasons)


def test_a_stored_page_is_found_by_its_url(index: Index) -> None:
    assert index.who(str(MIRROR.url)) == index.who(MIRROR.id)


def test_a_stored_page_that_shares_nothing_is_found_nowhere(index: Index) -> None:
    answer = index.who(LONE.id)
    assert (answer.found, answer.story, answer.original, answer.publishers) == (False, None, None, ())


STRANGERS = {
    "a mirror": made.page("heath/goat", made.named(RANDOM, GOAT, "Heath")),
    "a moved copy": made.page("heath/goat", made.moved(RANDOM, GOAT)),
    "bare text": Document("pasted", "\n\n".join(GOAT)),
    "an excerpt": made.page("heath/goat", (GOAT[2], *made.story(RANDOM, 9))),
    "nothing of ours": made.page("heath/goat", made.story(RANDOM)),
    "too short": Document("heath", "A goat."),
    "nothing at all": Document("heath", ""),
    "a stored page": MIRROR,
    "a stored page with another text": replace(MIRROR, text=LONE.text),
    "a stored page cut short": replace(MIRROR, text="\n\n".join(GOAT[:2])),
    "a stored page grown long": replace(WIRE, text=f"{LONE.text}\n\n{WIRE.text}"),
}


@pytest.mark.parametrize("page", STRANGERS.values(), ids=STRANGERS.keys())
def test_what_is_asked_about_is_not_added(index: Index, path: Path, page: Document) -> None:
    before = made.dump(path, made.TABLES)
    index.who(page)
    assert made.dump(path, made.TABLES) == before


@pytest.mark.parametrize("page", STRANGERS.values(), ids=STRANGERS.keys())
def test_the_answer_is_the_same_as_if_the_page_had_been_added(index: Index, page: Document) -> None:
    asked = index.who(page)
    if index.add([page]).rejected:
        assert not asked.found
    else:
        assert essence(asked) == essence(index.who(page.id))


@pytest.mark.parametrize("seed", range(2))
def test_for_nearly_every_page_of_a_corpus_asking_agrees_with_adding(tmp_path: Path, seed: int) -> None:
    """Two pages that share a quarter of a third one's story may meet only when both are stored."""
    pages, differing = made.corpus(seed, stories=3), []
    with Index(tmp_path / "c.db", workers=1) as index:
        index.add(pages)
        for page in pages:
            added = index.who(page.id)
            index.remove([page.id])
            if essence(index.who(page)) != essence(added):
                differing.append(page.id)
            index.add([page])
    assert len(differing) <= 1, differing


def test_a_page_that_matches_nothing_is_found_nowhere(index: Index) -> None:
    answer = index.who(STRANGERS["nothing of ours"])
    assert answer == Answer("heath/goat", False, None, None, None, None, None, (), ())


def test_a_page_too_short_is_found_nowhere_and_told_why(index: Index) -> None:
    answer = index.who(STRANGERS["too short"])
    assert not answer.found
    assert "too short" in answer.reasons[0]


def test_an_excerpt_is_told_apart_from_those_who_ran_the_story(index: Index) -> None:
    answer = index.who(STRANGERS["an excerpt"])
    assert not answer.found
    assert [(link.kind, link.original or link.copy) for link in answer.others] == [("excerpt", "wire/goat")]


# Comparing.


def test_stored_pages_are_compared_as_their_texts_are(index: Index) -> None:
    match = index.compare(WIRE.id, MIRROR.id)
    assert match == compare(WIRE.text, MIRROR.text)
    assert match is not None
    assert [(edit.kind, edit.b_text) for edit in match.edits] == [("inserted", "Quillon")]
    assert match.coverage_a == pytest.approx(1, abs=0.01)


def test_a_passage_is_a_stretch_of_both_texts(index: Index) -> None:
    match = index.compare(WIRE.id, CUT.id)
    assert match is not None
    for passage in match.passages:
        a, b = WIRE.text[passage.a.start : passage.a.end], CUT.text[passage.b.start : passage.b.end]
        assert a == b.replace("Marrow", "")


@pytest.mark.parametrize(("a", "b"), [(WIRE, LONE), (LONE, CUT)], ids=["long and long", "long and cut"])
def test_pages_that_share_nothing_have_no_match(index: Index, a: Document, b: Document) -> None:
    assert index.compare(a.id, b.id) is None
    assert index.matched(a.id, b.id) is None


@pytest.mark.parametrize(("a", "b"), [("", ""), ("", GOAT[0]), ("A goat.", "A goat."), ("…", "!")])
def test_texts_without_a_shared_passage_have_no_match(a: str, b: str) -> None:
    assert compare(a, b) is None or a == b == "A goat."


# Stories, outlets, graphs.


def test_stories_come_by_number_of_copies(index: Index) -> None:
    more = made.page("heath/moth", made.named(RANDOM, MOTH, "Heath"))
    index.add([more])
    assert [(s.id, s.copies, s.outlets) for s in index.stories()] == [("wire/goat", 2, 3), ("lone/moth", 1, 2)]
    assert [s.id for s in index.stories(limit=1)] == ["wire/goat"]
    assert index.stories(limit=0) == []
    assert index.stories()[0].first_published == "2024-05-06"


def test_outlets_tell_who_copies_whom_and_how_fast(index: Index) -> None:
    assert index.outlets() == [
        OutletPair("marrow.example", "wire.example", 1, 0, None),
        OutletPair("quillon.example", "wire.example", 1, 1, 2.5),
    ]


def ends(edges: Iterable[GraphEdge]) -> list[tuple[str, str, bool]]:
    return [(edge.source, edge.target, edge.directed) for edge in edges]


def test_the_graph_runs_from_copy_to_original(index: Index) -> None:
    graph = index.graph()
    assert ends(graph.edges) == [("marrow/goat", "wire/goat", True), ("quillon/goat", "wire/goat", True)]
    assert [(n.id, n.attributes["role"]) for n in graph.nodes] == [
        ("marrow/goat", "copy"),
        ("quillon/goat", "copy"),
        ("wire/goat", "original"),
    ]
    assert ends(index.graph(flow=True).edges) == [(b, a, d) for a, b, d in ends(graph.edges)]


def test_the_graph_of_outlets_counts_stories(index: Index) -> None:
    graph = index.graph("outlets")
    assert [(e.source, e.target, e.weight) for e in graph.edges] == [
        ("marrow.example", "wire.example", 1.0),
        ("quillon.example", "wire.example", 1.0),
    ]
    assert [n.attributes["copied"] for n in graph.nodes] == [0, 0, 2]


@pytest.mark.parametrize("level", ["documents", "outlets"])
@pytest.mark.parametrize("kinds", [None, *([kind] for kind in KINDS)], ids=str)
def test_the_ends_of_every_edge_are_nodes(tmp_path: Path, level: str, kinds: None) -> None:
    with Index(tmp_path / "c.db", workers=1) as index:
        index.add(made.corpus(5))
        graph = index.graph(level, kinds)
    assert {end for edge in graph.edges for end in (edge.source, edge.target)} <= {node.id for node in graph.nodes}
    assert [n.id for n in graph.nodes] == sorted({n.id for n in graph.nodes})


# Opening.


def test_other_settings_are_refused(index: Index, path: Path) -> None:
    index.close()
    with pytest.raises(SettingsMismatch, match="window_shingles is 16 there and 8 here"):
        Index(path, Settings(window_shingles=8))


def test_a_reader_answers_while_a_writer_has_the_store_open(index: Index, path: Path) -> None:
    with Index(path, read_only=True) as reader:
        assert reader.who(MIRROR.id) == index.who(MIRROR.id)
        assert reader.who(STRANGERS["a mirror"]).found
        with pytest.raises(StoreError):
            reader.add([STRANGERS["a mirror"]])
    assert index.info()["documents"] == 4
