"""The values: their invariants, what they refuse, and how they show themselves to others."""

from __future__ import annotations

import dataclasses
import json
import pickle
from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dedup import model
from dedup.model import (
    DEFAULT_KINDS,
    KINDS,
    CorpusError,
    DedupError,
    Document,
    Edit,
    Kind,
    Link,
    Match,
    Passage,
    Reject,
    Settings,
    SettingsMismatch,
    Span,
    StoreBusy,
    StoreError,
    Tokens,
    UnknownDocument,
)

VALUES: dict[str, Any] = {name: value for name, value in vars(model).items() if dataclasses.is_dataclass(value)}
EXPORTED = [field.name for field in dataclasses.fields(Link) if field.name not in ("direction", "evidence")]

LINK = Link(
    copy="https://mirror.example/ferry",
    original="https://gazette.example/ferry",
    kind="full",
    coverage=0.9,
    share=0.75,
    matched_words=300,
    resemblance=0.6,
    confidence=0.8,
    reasons=("the outlet's name stands inside the prose", "a space is lost"),
    story="https://gazette.example/ferry",
)


def spans() -> st.SearchStrategy[Span]:
    return st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda ends: Span(min(ends), max(ends)))


def tokens(text: str, places: list[tuple[int, int]]) -> Tokens:
    at = np.array(places, dtype=np.int32).reshape(-1, 2)
    return Tokens(text, np.arange(len(places), dtype=np.uint32), at[:, 0], at[:, 1])


FERRY = tokens("  The ferry, sank. ", [(2, 5), (6, 11), (13, 17)])


@pytest.mark.parametrize("name", VALUES)
def test_a_value_cannot_be_changed_and_holds_nothing_else(name: str) -> None:
    assert VALUES[name].__dataclass_params__.frozen
    assert {field.name for field in dataclasses.fields(VALUES[name])} == set(VALUES[name].__slots__)


@pytest.mark.parametrize(("start", "end"), [(3, 2), (-1, 2), (-2, -1), (1, 0)])
def test_a_reversed_or_negative_span_is_refused(start: int, end: int) -> None:
    with pytest.raises(ValueError, match=rf"not a span: \[{start}, {end}\)"):
        Span(start, end)


@given(spans(), spans())
@settings(max_examples=200)
def test_spans_measure_like_sets_of_places(one: Span, two: Span) -> None:
    first, second = set(range(one.start, one.end)), set(range(two.start, two.end))
    assert len(one) == len(first)
    assert one.overlap(two) == two.overlap(one) == len(first & second)


def test_an_empty_span_marks_a_place() -> None:
    assert len(Span(7, 7)) == 0
    assert not Span(7, 7)
    assert Span(7, 7) != Span(8, 8)


def test_spans_sort_by_start_then_end() -> None:
    assert sorted([Span(4, 5), Span(1, 9), Span(1, 2), Span(0, 0)]) == [Span(0, 0), Span(1, 2), Span(1, 9), Span(4, 5)]


NUMBERS = [field.name for field in dataclasses.fields(Settings) if isinstance(field.default, int)]


@pytest.mark.parametrize("value", [0, -1])
@pytest.mark.parametrize("name", NUMBERS)
def test_settings_are_positive(name: str, value: int) -> None:
    given_settings: dict[str, Any] = {name: value}
    with pytest.raises(ValueError, match=f"must be positive.*{name}={value}"):
        Settings(**given_settings)


@pytest.mark.parametrize(("bands", "rows", "permutations"), [(17, 8, 128), (16, 9, 128), (2, 3, 5), (1, 2, 1)])
def test_bands_need_as_many_permutations_as_they_have_rows(bands: int, rows: int, permutations: int) -> None:
    with pytest.raises(ValueError, match=f"{bands} bands of {rows} rows need more permutations"):
        Settings(bands=bands, band_rows=rows, permutations=permutations)
    assert Settings(bands=bands, band_rows=rows, permutations=bands * rows).bands == bands


def test_twenty_words_are_promised_by_default() -> None:
    assert Settings().promised_words == 20


@given(st.integers(1, 12), st.integers(1, 40))
@settings(max_examples=50)
def test_the_promise_is_a_whole_window_of_shingles(words: int, shingles: int) -> None:
    promised = Settings(shingle_words=words, window_shingles=shingles).promised_words
    assert len(range(promised - words + 1)) == shingles


def test_settings_are_told_as_text_each_by_its_name() -> None:
    told = Settings(seed=7).as_dict()
    assert list(told) == [field.name for field in dataclasses.fields(Settings)]
    assert (told["seed"], told["scheme"], told["permutations"]) == ("7", "affine32", "128")


@pytest.mark.parametrize("name", NUMBERS)
def test_settings_that_differ_are_told_differently(name: str) -> None:
    small = {"bands": 1, "band_rows": 1}
    given_settings: dict[str, Any] = {**small, name: 6}
    told, usual = Settings(**given_settings).as_dict(), Settings(bands=1, band_rows=1).as_dict()
    assert {key for key in told if told[key] != usual[key]} == {name}


def test_equal_settings_are_one_key() -> None:
    assert {Settings(): "kept"}[Settings()] == "kept"


def test_a_link_has_the_exported_columns() -> None:
    told = "copy, original, kind, coverage, share, matched_words, resemblance, confidence, reasons, story, agency"
    assert ", ".join(EXPORTED) == f"{told}, root, changes"


def test_a_decided_link_does_not_tell_its_direction() -> None:
    row = LINK.as_dict()
    assert list(row) == EXPORTED
    assert row["reasons"] == ["the outlet's name stands inside the prose", "a space is lost"]


def test_an_undecided_link_tells_that_its_direction_is_unknown() -> None:
    row = dataclasses.replace(LINK, direction="unknown").as_dict()
    assert list(row) == [*EXPORTED, "direction"]
    assert row["direction"] == "unknown"


def test_a_link_to_an_absent_original_keeps_every_key() -> None:
    row = dataclasses.replace(LINK, original=None, agency="AP").as_dict()
    assert (row["original"], row["agency"], list(row)) == (None, "AP", EXPORTED)


def test_a_link_is_json_as_it_stands() -> None:
    assert json.loads(json.dumps(LINK.as_dict())) == LINK.as_dict()


def test_telling_a_link_leaves_it_as_it_was() -> None:
    reasons = LINK.as_dict()["reasons"]
    assert isinstance(reasons, list)
    reasons.clear()
    assert len(LINK.reasons) == 2


def test_a_document_needs_only_an_id_and_a_text() -> None:
    page = Document("ferry", "The ferry sank.")
    unknown = set(Document.__slots__) - {"id", "text"}
    assert {name: getattr(page, name) for name in unknown} == dict.fromkeys(unknown)


def test_a_document_takes_no_other_facts() -> None:
    page = Document("ferry", "The ferry sank.")
    with pytest.raises(dataclasses.FrozenInstanceError):
        page.title = "Ferry sinks"  # type: ignore[misc]
    with pytest.raises((AttributeError, TypeError)):
        object.__setattr__(page, "mood", "grim")
    assert not hasattr(page, "__dict__")


CHARS = {
    "one token": (Span(1, 2), "ferry"),
    "from the first to the last": (Span(0, 3), "The ferry, sank"),
    "empty before a token": (Span(1, 1), ""),
}


@pytest.mark.parametrize("name", CHARS)
def test_token_positions_become_characters(name: str) -> None:
    of_tokens, expected = CHARS[name]
    chars = FERRY.chars(of_tokens)
    assert FERRY.text[chars.start : chars.end] == expected
    assert chars.start == FERRY.starts[of_tokens.start]


@pytest.mark.parametrize("text", ["", "...", "The ferry sank."])
def test_an_empty_stretch_after_the_last_token_is_the_end_of_the_text(text: str) -> None:
    words = tokens(text, [(0, 3)] if text.startswith("The") else [])
    assert words.chars(Span(len(words), len(words))) == Span(len(text), len(text))


def test_characters_are_plain_integers() -> None:
    chars = FERRY.chars(Span(0, 2))
    assert {type(chars.start), type(chars.end), type(FERRY.chars(Span(1, 1)).start)} == {int}


def test_an_unreadable_input_names_its_place() -> None:
    assert str(CorpusError("pages.jsonl", "not JSON", 12)) == "pages.jsonl:12: not JSON"
    assert str(CorpusError("pages.csv", "no text column")) == "pages.csv: no text column"


@pytest.mark.parametrize("line", [None, 0, 1, 99])
def test_a_refused_record_reads_like_the_error(line: int | None) -> None:
    assert str(Reject("pages.jsonl", line, "no text")) == str(CorpusError("pages.jsonl", "no text", line))


ERRORS: dict[type[DedupError], type[Exception]] = {
    DedupError: Exception,
    CorpusError: DedupError,
    StoreError: DedupError,
    SettingsMismatch: StoreError,
    StoreBusy: StoreError,
    UnknownDocument: DedupError,
}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_stands_under_its_parent(error: type[DedupError]) -> None:
    assert error.__bases__ == (ERRORS[error],)


def test_every_error_is_in_the_tree() -> None:
    found = {value for value in vars(model).values() if isinstance(value, type) and issubclass(value, Exception)}
    assert found == ERRORS.keys()


def test_the_kinds_are_those_of_the_type() -> None:
    assert sorted(KINDS) == sorted(get_args(Kind))
    assert set(KINDS) - set(DEFAULT_KINDS) == {"excerpt", "teaser"}


CARRIED = {
    "document": Document("ferry", "The ferry sank.", outlet="gazette.example"),
    "settings": Settings(seed=5),
    "link": LINK,
    "match": Match(
        (Passage(Span(0, 9), Span(4, 13), 2, Span(0, 2), Span(1, 3)),),
        0.5,
        0.25,
        2,
        2,
        (Edit("inserted", Span(3, 3), Span(7, 9), "", "it"),),
    ),
}


@pytest.mark.parametrize("name", CARRIED)
def test_a_value_survives_the_way_to_another_process(name: str) -> None:
    assert pickle.loads(pickle.dumps(CARRIED[name])) == CARRIED[name]
