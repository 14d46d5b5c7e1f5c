"""Made mirrors: what they copy, that seed and dials rule it, and that the truth is what a slow look finds."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import mirrors
import pytest
from mirrored import STORIES, by_id, copies, dialled, in_common, in_order, tokens
from mirrors import CHOICES, PLAIN, Made, Recipe, make

from dedup.corpus import read_corpus


def test_adaptations_are_chains_of_two_links() -> None:
    result = dialled(adapted=True)
    rows = {row.copy: row for row in result.truth}
    mirrored = [row for row in result.truth if row.habit != "adaptation"]
    assert len(mirrored) == 12
    for row in mirrored:
        source = rows[row.original or ""]
        assert source.habit == "adaptation"
        assert source.original == source.story == row.story
        assert row.coverage == 1.0
        assert source.coverage < 0.9
        assert re.search("Northgate Wire|contributed|Copyright", by_id(result)[source.copy].text)


def test_absent_originals_are_absent_and_have_several_mirrors() -> None:
    for credited in (True, False):
        result = dialled(13, absent=True, teasers=3, credited=credited)
        rows = [row for row in result.truth if row.original is None]
        assert {row.kind for row in rows} == {"full"}
        assert {row.direction for row in rows} == {"decided" if credited else "unknown"}
        for story, count in Counter(row.story for row in rows).items():
            assert story not in by_id(result)
            assert count >= 2
            assert len({by_id(result)[row.copy].outlet for row in rows if row.story == story}) == count
        assert len(rows) in (13, 14)
        assert {row.original for row in result.truth if row.original} <= by_id(result).keys()


def test_the_same_seed_gives_the_same_bytes_and_another_does_not(tmp_path: Path) -> None:
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        mirrors.write(make(STORIES, 20, seed), tmp_path / name)
    told = {name: [(tmp_path / name / file).read_bytes() for file in ("pages.jsonl.gz", "truth.csv")] for name in "abc"}
    assert told["a"] == told["b"]
    assert told["a"][0][4:8] == bytes(4)  # no clock in the file's head
    assert told["a"][0] != told["c"][0]
    assert told["a"][1] != told["c"][1]


def test_a_dial_leaves_what_the_others_draw() -> None:
    few, many = dialled(names=1, reworded=0.1, teasers=2), dialled(names=1, reworded=0.1, teasers=2, title_line=True)
    assert [page.outlet for page in few.documents] == [page.outlet for page in many.documents]
    for page, titled in zip(few.documents[-12:], many.documents[-12:], strict=True):
        assert titled.text == f"{titled.site_name}|{titled.title}\n\n{page.text}"


@pytest.mark.parametrize("seed", range(4))
def test_what_the_default_mix_makes_is_what_a_slow_look_finds(seed: int) -> None:
    result = make(STORIES, 30, seed)
    assert len(by_id(result)) == len(result.documents)
    assert len({(row.copy, row.original or row.story) for row in result.truth}) == len(result.truth)
    for row, page, original in copies(result):
        assert row.coverage == row.words / len(tokens(original.text))
        assert row.share == row.words / len(tokens(page.text))
        assert row.kind == ("full" if row.coverage >= 0.8 else "partial" if row.coverage >= 0.3 else "excerpt")
        if "lost_spaces" not in row.habit and "names" not in row.habit:
            assert in_common(tokens(original.text), tokens(page.text)) >= row.words
        if row.habit in ("adaptation", "uncredited") or re.fullmatch(r"(reworded=\S+|keep=\S+| )*", row.habit):
            found = in_order(tokens(original.text), tokens(page.text))
            assert row.words <= found <= row.words + 0.02 * len(tokens(original.text)) + 2


@pytest.mark.parametrize("dials", [{}, {"reworded": 0.3}, {"keep": 0.3}, {"dropped": 0.3, "reworded": 0.05}])
def test_coverage_is_what_the_longest_common_subsequence_finds(dials: dict[str, Any]) -> None:
    for row, page, original in copies(dialled(6, **dials)):
        found = in_order(tokens(original.text), tokens(page.text))
        assert row.words <= found <= row.words + 0.02 * len(tokens(original.text))


def test_moved_paragraphs_all_stand_there() -> None:
    for row, page, original in copies(dialled(6, moved=0.5)):
        assert in_common(tokens(original.text), tokens(page.text)) == row.words == len(tokens(original.text))
        assert in_order(tokens(original.text), tokens(page.text)) < row.words


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    result = make(STORIES, 20, 5)
    mirrors.write(result, tmp_path / "out")
    read = list(read_corpus(tmp_path / "out" / "pages.jsonl.gz"))
    assert [replace(page, origin=None) for page in read] == [replace(page, origin=None) for page in result.documents]
    with open(tmp_path / "out" / "truth.csv", encoding="utf-8", newline="") as table:
        rows = list(csv.DictReader(table))
    assert [(row["copy"], row["original"] or None) for row in rows] == [(r.copy, r.original) for r in result.truth]
    assert list(rows[0]) == ["copy", "original", "kind", "direction", "coverage", "story", "habit", "words", "agency"]


def test_the_command_line_takes_every_dial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirrors.write(Made(tuple(STORIES), ()), tmp_path / "in")
    command = f"mirrors {tmp_path}/in/pages.jsonl.gz --count 5 --plain --names 2 --no-credited -o {tmp_path}/out"
    monkeypatch.setattr("sys.argv", command.split())
    mirrors.main()
    with gzip.open(tmp_path / "out" / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert len(list(lines)) == len(STORIES) + 5
    with open(tmp_path / "out" / "truth.csv", encoding="utf-8", newline="") as table:
        assert [row["habit"] for row in csv.DictReader(table)] == ["names=2 uncredited"] * 5


@pytest.mark.parametrize(
    ("name", "value"), [("names", 11), ("lost_spaces", 0.3), ("keep", 0), ("hours", 721), ("canonical", "here")]
)
def test_a_dial_out_of_range_is_an_error(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        replace(PLAIN, **{name: value})


def test_a_label_tells_the_dials_that_are_not_plain() -> None:
    assert PLAIN.label == ""
    dials = replace(PLAIN, names=2, keep=0.5, mid_sentence=True, parts=3, credited=False, tags=True, hours=-24)
    assert dials.label == "names=2 keep=0.5 mid_sentence parts=3 tags hours=-24 uncredited"
    assert replace(PLAIN, after=3, canonical="own").label == "after=3 canonical=own"


def test_every_number_has_a_range() -> None:
    assert set(mirrors.RANGES) == {dial.name for dial in fields(Recipe) if not isinstance(dial.default, bool | str)}
    assert set(CHOICES) == {dial.name for dial in fields(Recipe) if isinstance(dial.default, str)}


def test_too_few_stories_are_an_error() -> None:
    with pytest.raises(ValueError, match="not 500"):
        make(STORIES, 500, 1)
    with pytest.raises(ValueError, match="to tease, not 20"):
        make(STORIES[:10], 1, 1, replace(PLAIN, teasers=20))


def test_a_story_without_words_is_neither_copied_nor_teased() -> None:
    made = make([*STORIES, replace(STORIES[0], id="empty", text="")], 20, 3, replace(PLAIN, teasers=20))
    assert "empty" not in {row.original for row in made.truth}
