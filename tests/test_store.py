"""The store: its tables, the round trip of every value, and transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import made
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.model import Changes, Document, Edit, Link, Match, Passage, Reason, Span, Story
from dedup.store import Brief, Kept, MatchRow, Record, Store, Tie, number_of
from dedup.store.rows import DOCUMENT_COLUMNS

# DESIGN, section 6: these may gain columns, never lose one.
PROMISED = {
    "documents": {"number", *DOCUMENT_COLUMNS},
    "outlets": {"name"},
    "stories": {"id", "original", "title", "agency", "copies", "outlets", "first_published"},
    "links": set(Link.__slots__),
    "matches": {"a", "b", "passages", "coverage_a", "coverage_b", "matched_words", "longest_run"},
    "postings": {"key", "document"},
    "sketches": {"document", "signature"},
    "settings": {"name", "value"},
}
NUMBERS = {
    "an id": ("a", 2340832890917691671),
    "an empty id": ("", 8238016292129134938),
    "an address": ("https://quill.example/a?b=1#c", 6729130781597755529),
    "letters beyond ASCII": ("größe-✓", 5574421651066926671),
    "a lone surrogate": ("\ud800", 2379092608228951732),
}
HOSTILE = {
    "emoji": "A goat 🐐 and a family 👨‍👩‍👧 in one line",
    "quotes": "it's \"so\" `said` '; drop table documents; --",
    "newlines": "one\r\ntwo\n\n\tthree\u2028four\x0bfive",
    "marks that combine": "cafe\u0301 ﬁn\u00adal \u200f\u202eright to left",
    "a NUL in the middle": "before\x00after",
    "what looks like JSON": '[[1,2],{"a":null}]\\u0041\\',
    "beyond the basic plane": "𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𠜎",
    "nothing": "",
}
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
SIZES = st.integers(0, 10**6)
PARTS = st.floats(0, 1)


def record(id: str, text: str = "A goat.", words: int = 3, **facts: str | None) -> Record:
    return Record(
        number=number_of(id),
        document=Document(id, text, **facts),
        words=words,
        body_words=words,
        digest="0d",
        signature=np.arange(128, dtype=np.uint32) * np.uint32(33554467),
        body=(Span(0, words),) if words else (),
        numbers=np.arange(words) % 2 == 0,
    )


def put(store: Store, *records: Record) -> None:
    with store.transaction():
        store.put_records(records)


def ints(values: Iterable[int]) -> NDArray[np.int64]:
    return np.array(list(values), dtype=np.int64)


def post(store: Store, *rows: tuple[int, int]) -> None:
    """Post keys: each a key and a document."""
    with store.transaction():
        store.add_postings(ints(key for key, _ in rows), ints(document for _, document in rows))


def postings(store: Store, keys: Iterable[int]) -> list[tuple[int, int]]:
    found, documents = store.postings_of(ints(keys))
    assert found.dtype == documents.dtype == np.int64
    return list(zip(found.tolist(), documents.tolist(), strict=True))


def link(copy: str, original: str | None, **changed: object) -> Link:
    values: dict[str, object] = {
        "kind": "full", "coverage": 0.9, "share": 0.8, "matched_words": 40, "resemblance": 0.7, "confidence": 0.6,
        "reasons": ("it credits nobody",), "story": original or copy,
    }  # fmt: skip
    return Link(copy, original, **{**values, **changed})  # type: ignore[arg-type]


def assert_same_record(one: Record, two: Record) -> None:
    for name in Record.__slots__:
        a, b = getattr(one, name), getattr(two, name)
        if isinstance(a, np.ndarray):
            assert a.dtype == b.dtype, name
            assert a.tolist() == b.tolist(), name
        else:
            assert a == b, name


# Tables.


@pytest.mark.parametrize("table", PROMISED)
@pytest.mark.usefixtures("store")
def test_a_promised_table_has_its_columns(path: Path, table: str) -> None:
    with closing(sqlite3.connect(path)) as db:
        columns = {row[1] for row in db.execute(f"pragma table_info({table})")}
    assert columns >= PROMISED[table]


@pytest.mark.usefixtures("store")
def test_postings_have_no_row_ids_and_are_keyed_by_both_columns(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        table = next(row for row in db.execute("pragma table_list") if row[1] == "postings")
        keyed = [row[1] for row in db.execute("pragma table_info(postings)") if row[5]]
    assert table[4] == 1
    assert keyed == ["key", "document"]


# Round trips.


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_record_of_hostile_text_comes_back_as_it_was(store: Store, text: str) -> None:
    facts = {name: f"{name}: {text}" for name in DOCUMENT_COLUMNS if name not in ("id", "text")}
    kept = record(f"id: {text}", text, 19, **facts)
    put(store, kept)
    assert_same_record(store.records([kept.number])[kept.number], kept)
    assert store.documents([kept.number]) == {kept.number: kept.document}
    assert store.digests([kept.document.id, "another"]) == {kept.document.id: "0d"}


@pytest.mark.parametrize("words", [0, 1, 7, 8, 9, 1000])
def test_a_record_of_any_length_comes_back_as_it_was(store: Store, words: int) -> None:
    kept = record("a", words=words)
    put(store, kept)
    assert_same_record(store.records([kept.number])[kept.number], kept)


def test_a_record_asked_for_without_text_has_all_else(store: Store) -> None:
    kept = record("a", "A goat.", title="Goats")
    put(store, kept)
    found = store.records([kept.number], text=False)[kept.number]
    assert (found.document.text, found.document.title) == ("", "Goats")
    whole = replace(found, document=kept.document)
    assert_same_record(whole, kept)


def spans() -> st.SearchStrategy[Span]:
    return st.tuples(SIZES, SIZES).map(lambda ends: Span(*sorted(ends)))


def as_long(edit: Edit) -> Edit:
    """The edit with spans as long as its words, as texts have it."""
    a, b = edit.a.start, edit.b.start
    return replace(edit, a=Span(a, a + len(edit.a_text)), b=Span(b, b + len(edit.b_text)))


ANY_EDITS = st.builds(
    Edit, st.sampled_from(["inserted", "dropped", "replaced", "respaced"]), spans(), spans(), TEXTS, TEXTS
)
EDITS = ANY_EDITS | ANY_EDITS.map(as_long)
PASSAGES = st.builds(Passage, spans(), spans(), SIZES, spans(), spans())
MATCHES = st.builds(
    Match,
    st.lists(PASSAGES, max_size=4).map(tuple),
    PARTS,
    PARTS,
    SIZES,
    SIZES,
    st.lists(EDITS, max_size=4).map(tuple),
)
SENTENCES = st.sampled_from(["it credits nobody", "0", ""])
PLACES = st.lists(spans(), max_size=2).map(tuple)
REASONS = st.builds(Reason, TEXTS, st.floats(-9, 9), SENTENCES, PLACES, PLACES)
LINKS = st.builds(
    Link,
    st.just("a"),
    st.sampled_from([None, "b"]),
    st.sampled_from(["full", "partial", "excerpt", "teaser", "version"]),
    PARTS,
    PARTS,
    SIZES,
    PARTS,
    PARTS,
    st.lists(SENTENCES | TEXTS, max_size=3).map(tuple),
    TEXTS | st.just("b"),
    st.none() | TEXTS,
    st.sampled_from(["decided", "unknown"]),
    root=st.none() | TEXTS,
    changes=st.none() | st.builds(Changes, *[st.integers(0, 2)] * len(Changes.__slots__)),
    evidence=st.lists(REASONS, max_size=3).map(tuple),
)
STORIES = st.builds(
    Story, TEXTS, st.none() | TEXTS, st.just("a"), st.none() | TEXTS, st.none() | TEXTS, SIZES, SIZES, st.none() | TEXTS
)


def two_documents() -> Store:
    store = Store(":memory:", writing=True)
    put(store, record("a"), record("b"))
    return store


def assert_as_brief(brief: Brief, match: Match) -> None:
    assert brief.matched_words == match.matched_words
    assert brief.passages == tuple((p.words, p.a_tokens, p.b_tokens) for p in match.passages)
    told = [(e.kind, e.a_text, e.b_text, e.a, e.b) for e in brief.edits]
    assert told == [(e.kind, e.a_text, e.b_text, e.a, e.b) for e in match.edits]


@given(MATCHES, st.sampled_from(["key", "story"]))
@settings(max_examples=60)
def test_a_match_with_its_edits_comes_back_as_it_was(match: Match, step: str) -> None:
    a, b = sorted([number_of("a"), number_of("b")])
    row = MatchRow(a, b, step, Kept.of(match))  # type: ignore[arg-type]
    with two_documents() as store:
        store.put_matches([row])
        assert store.matches_of([a]) == store.matches_of([b]) == store.matches_of([a, b]) == [row]
        assert store.matches_within([a, b]) == {(a, b): (step, row.kept.brief())}
        assert_as_brief(row.kept.brief(), match)
        assert store.matches_within([a]) == store.matches_within([b]) == store.matches_within([a, b], {(a, b)}) == {}
        tie = Tie(a, b, step, match.matched_words, None)
        assert store.ties_of([a]) == store.ties_of([b]) == store.ties_within([a, b]) == [tie]
        assert store.ties_within([a]) == store.ties_within([b]) == []
        assert store.get_match(a, b) == store.get_match(b, a) == match
        assert store.lower_matches([a, b]) == {a: {}, b: {a: row.kept} if step == "key" else {}}


@given(LINKS, STORIES)
@settings(max_examples=60)
def test_a_link_and_a_story_come_back_as_they_were(link: Link, story: Story) -> None:
    with two_documents() as store:
        store.replace_results([number_of("a"), number_of("b")], [link], [story])
        assert list(store.links()) == store.links_of("a") == store.links_of_story(link.story) == [link]
        assert list(store.links([link.kind])) == [link]
        assert store.stories() == [story]
        assert store.story(story.id) == story


def test_results_replace_all_that_the_documents_had_before(store: Store) -> None:
    put(store, *map(record, "abc"))
    stories = [Story(id, id, id, None, None, 1, 2, None) for id in "abc"]
    store.replace_results([number_of(id) for id in "abc"], [link("b", "a"), link("c", "a")], stories)
    store.replace_results([number_of("b")], [link("b", "c")], [])
    assert list(store.links()) == [link("b", "c"), link("c", "a")]
    assert [story.id for story in store.stories()] == ["a", "c"]
    store.replace_results([number_of("b"), number_of("c")], [], [])
    assert list(store.links()) == []
    assert [story.id for story in store.stories()] == ["a"]


@pytest.mark.parametrize(("id", "number"), NUMBERS.values(), ids=NUMBERS.keys())
def test_a_number_is_made_from_the_id_alone(id: str, number: int) -> None:
    assert number_of(id) == number


@given(st.text(max_size=30))
def test_a_number_has_63_bits(id: str) -> None:
    assert 0 <= number_of(id) < 2**63


# Transactions.


def test_a_failed_transaction_leaves_nothing(store: Store, path: Path) -> None:
    put(store, record("a"))
    before = made.dump(path, made.TABLES)

    def fail() -> None:
        with store.transaction():
            store.put_records([record("b")])
            store.add_postings(ints([1]), ints([2]))
            store.add_pending([3])
            store.drop_documents([number_of("a")])
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert made.dump(path, made.TABLES) == before
    put(store, record("c"))
    assert store.numbers() == sorted([number_of("a"), number_of("c")])


def test_dropping_a_document_drops_its_sketch_matches_links_and_stories(store: Store, path: Path) -> None:
    a, b = sorted("ab", key=number_of)
    story = Story("a", "a", "a", None, None, 1, 2, None)
    put(store, *map(record, "abc"))
    shared = Match((), 1.0, 1.0, 3, 3)
    store.put_matches([MatchRow(number_of(a), number_of(b), "key", Kept.of(shared))])
    store.replace_results([number_of(id) for id in "abc"], [link("b", "a"), link("c", None)], [story])
    with store.transaction():
        store.drop_documents([number_of("a")])
    held = made.dump(path, made.TABLES)
    assert {row[1] for row in held["documents"]} == {"b", "c"}
    assert {row[0] for row in held["sketches"]} == {number_of("b"), number_of("c")}
    assert (held["matches"], held["stories"]) == ([], [])
    assert [row[0] for row in held["links"]] == ["c"]
    assert store.integrity() == []


# Sketches.


def test_signatures_are_those_of_the_records_asked_for(store: Store) -> None:
    kept = [record("a", words=0), record("b"), record("c", words=12)]
    kept[1] = replace(kept[1], signature=kept[1].signature[::-1])
    put(store, *kept, record("d"))
    found = store.signatures([number_of("no such"), *(one.number for one in kept)])
    assert found.keys() == {one.number for one in kept}
    for one in kept:
        assert found[one.number].dtype == np.uint32
        assert found[one.number].tolist() == one.signature.tolist()


# Matches by keys.

BY_KEYS = [("a", "b"), ("a", "c"), ("b", "d")]
BY_STORY = [("c", "d"), ("a", "d")]


def matched(store: Store) -> tuple[dict[str, int], dict[tuple[int, int], Match]]:
    """Put documents a to e in the order of their numbers, matched as above: their numbers, and each pair's match."""
    number = dict(zip("abcde", sorted(map(number_of, "abcde")), strict=True))
    put(store, *map(record, "abcde"))
    pairs = [(number[a], number[b]) for a, b in (*BY_KEYS, *BY_STORY)]
    match = {pair: Match((), 0.5, 1.0, words, 3) for words, pair in enumerate(pairs)}
    steps = ["key"] * len(BY_KEYS) + ["story"] * len(BY_STORY)
    store.put_matches(
        MatchRow(*pair, step, Kept.of(match[pair]))  # type: ignore[arg-type]
        for step, pair in zip(steps, pairs, strict=True)
    )
    return number, match


ASKED = {"all": "abcde", "none": "", "the lowest": "a", "in the middle": "bc", "without matches": "e"}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_lower_matches_are_those_by_keys_of_each_document_asked_for(store: Store, asked: str) -> None:
    number, match = matched(store)
    pairs = [(number[a], number[b]) for a, b in BY_KEYS]
    expected = {number[b]: {a: Kept.of(match[a, end]) for a, end in pairs if end == number[b]} for b in asked}
    assert store.lower_matches([number[id] for id in asked]) == expected


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED.keys())
def test_uppers_are_those_by_keys_of_each_document_that_has_any(store: Store, asked: str) -> None:
    number, _ = matched(store)
    expected = {number[a]: {number[b] for lower, b in BY_KEYS if lower == a} for a, _ in BY_KEYS if a in asked}
    assert store.uppers([number[id] for id in asked]) == expected


# Postings.

KEYS, DOCUMENTS = st.sampled_from([-(2**63), -3, -1, 0, 1, 2, 2**63 - 1]), st.sampled_from([0, 1, 7, 2**63 - 1])
POSTINGS = st.lists(st.tuples(KEYS, DOCUMENTS), unique=True, max_size=20)


@given(POSTINGS, POSTINGS, st.lists(KEYS, unique=True))
@settings(max_examples=100)
def test_postings_are_those_added_and_not_dropped(
    added: list[tuple[int, int]], dropped: list[tuple[int, int]], asked: list[int]
) -> None:
    with Store(":memory:", writing=True) as store:
        post(store, *added)
        store.drop_postings(ints(key for key, _ in dropped), ints(document for _, document in dropped))
        assert postings(store, asked) == sorted(row for row in set(added) - set(dropped) if row[0] in asked)


def test_a_store_without_postings_finds_none(store: Store) -> None:
    assert postings(store, [1, 2]) == postings(store, []) == []


def test_a_batch_larger_than_one_query_may_hold_is_found_whole(store: Store) -> None:
    rows = [(key, document) for key in range(-12000, 12000, 2) for document in (7, 8)]
    post(store, *reversed(rows))
    assert postings(store, range(11999, -12001, -1)) == rows
