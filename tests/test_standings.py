"""How copies stand to their sources: what is said, in how many columns, and that nobody is accused."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.model import Answer, Publisher
from dedup.standings import NAME_CHARS, STANDINGS, WIDTH, standing, standing_lines

ROOT = Path(__file__).parents[1]
COPY = Publisher(
    "a", "Daily Quorum", None, None, None, "copy", "full", 0.971, 0.9, 0.95,
    source="Northgate Wire", first_seen="2024-03-08",
)  # fmt: skip

SAID: dict[str, tuple[dict[str, object], str]] = {
    "nothing but a copy": (
        {},
        "republishes 97% of Northgate Wire's story, no credit found, first seen 2024-03-08, licence unknown",
    ),
    "a credit": (
        {"credits": "Northgate Wire"},
        "republishes 97% of Northgate Wire's story, credits it, first seen 2024-03-08, licence unknown",
    ),
    "a credit of somebody else": (
        {"credits": "The Associated Press", "first_seen": None},
        "republishes 97% of Northgate Wire's story, credits The Associated Press, licence unknown",
    ),
    "a licence": (
        {"licensed": True, "first_seen": None},
        "republishes 97% of Northgate Wire's story, no credit found, licensed (partners list)",
    ),
    "a version": ({"kind": "version"}, "has another version of Northgate Wire's story, first seen 2024-03-08"),
    "a source unknown": (
        {"source": None, "first_seen": None},
        "republishes 97% of the story, no credit found, licence unknown",
    ),
    "hostile": (
        {"source": "\x1b[2J\u202eWire\n", "first_seen": None},
        "republishes 97% of [2JWire's story, no credit found, licence unknown",
    ),
}


@pytest.mark.parametrize(("facts", "said"), SAID.values(), ids=SAID)
def test_how_a_copy_stands_to_its_source(facts: dict[str, object], said: str) -> None:
    assert standing(replace(COPY, **facts)) == said  # type: ignore[arg-type]


def answer(*rows: Publisher) -> Answer:
    return Answer("a", True, None, None, None, "decided", 0.9, (), rows)


def test_only_copies_are_told_and_the_page_where_the_outlet_is_unknown() -> None:
    original, undecided = replace(COPY, role="original"), replace(COPY, role="undecided")
    told = list(standing_lines(answer(original, replace(COPY, id="page-7", outlet=None, first_seen=None), undecided)))
    assert told == ["page-7 republishes 97% of Northgate Wire's story, no credit found, licence unknown"]


def test_of_many_copies_the_first_are_told() -> None:
    short = replace(COPY, first_seen=None)
    assert len(list(standing_lines(answer(*[short] * STANDINGS)))) == STANDINGS
    assert list(standing_lines(answer(*[short] * (STANDINGS + 3))))[-1] == "... and 3 more"


@given(st.text(), st.text(), st.text())
def test_lines_stay_readable_whatever_names_there_are(outlet: str, source: str, credits: str) -> None:
    lines = list(standing_lines(answer(replace(COPY, outlet=outlet, source=source, credits=credits))))
    assert max(map(len, lines)) <= WIDTH
    assert len(lines) <= 3
    assert not re.search("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e]", "".join(lines))


def test_a_long_name_is_cut() -> None:
    assert standing(replace(COPY, source="x" * 99)).split("'s")[0].endswith("x" * (NAME_CHARS - 1) + "…")


# Words that no answer may use: what the pages show is that one has another's text, not by what right.
ACCUSING = re.compile(r"\b(?:st(?:ole|eal)|plagiar|thie[fv]|pirat)\w*", re.IGNORECASE)


@pytest.mark.parametrize("word", ["stolen", "stole", "steals", "Plagiarism", "plagiarised", "thief", "pirated"])
def test_accusing_words_are_known(word: str) -> None:
    assert ACCUSING.search(f"it was {word} here")
    assert not ACCUSING.search("a stoic epistle on aspiration")


def test_nobody_is_accused() -> None:
    files = [
        ROOT / "README.md",
        *(path for room in ("dedup", "benchmarks") for path in sorted((ROOT / room).rglob("*.*"))),
    ]
    texts = {path: path.read_text("utf-8") for path in files if path.suffix in (".py", ".md", ".json")}
    assert len(texts) > 50
    assert {path: found[0] for path, text in texts.items() if (found := ACCUSING.search(text))} == {}
