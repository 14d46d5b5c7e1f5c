"""A made corpus: the same for the same plan, of the size asked for, of stories that share nothing by chance."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import chain, pairwise
from pathlib import Path
from random import Random

import corpora
import pytest
from corpora import MOST_COPIES, Part, Plan, Pool, make_parts, shared_runs
from mirrored import STORIES
from mirrors import Truth
from running import read_truth
from scale import known, tenths, write

from dedup.corpus import read_corpus

POOL = Pool.of(story.text for story in STORIES)
WIRE = replace(STORIES[0], outlet="wire.example")


def parts(pages: int, viral: tuple[int, int] = (0, 0), seed: int = 1) -> list[Part]:
    return list(make_parts(Plan(POOL, WIRE, pages, seed, viral), processes=1))


def test_the_same_plan_gives_the_same_pages_whoever_makes_them() -> None:
    assert parts(90) == parts(90) == list(make_parts(Plan(POOL, WIRE, 90), processes=2))
    assert parts(90) != parts(90, seed=2)


def test_so_many_pages_with_ids_of_their_own_are_made_part_by_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "PART", 40)
    made = parts(130)
    ids = [page.id for part in made for page in part.documents]
    assert len(made) == 4
    assert len(ids) == len(set(ids)) == 130
    rows = [row for part in made for row in part.truth if row.kind != "teaser"]
    assert len(rows) == pytest.approx(0.3 * 130, abs=4)
    assert max(Counter(row.original for row in rows).values()) <= MOST_COPIES


def test_what_a_page_copies_and_teases_stands_in_its_part(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "PART", 40)
    for part in parts(130):
        ids = {page.id for page in part.documents}
        assert {id for row in part.truth for id in (row.copy, row.original)} <= ids


def test_viral_stories_have_their_mirrors_among_the_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpora, "PART", 40)
    made = parts(130, viral=(2, 25))
    pages = {page.id: page for part in made for page in part.documents}
    copied = Counter(row.original for part in made for row in part.truth if row.kind != "teaser")
    loud = [original for original, count in copied.most_common(2) if count == 25 and original in pages]
    assert len(pages) == 130
    assert len(loud) == 2
    outlets = [pages[row.copy].outlet for part in made for row in part.truth if row.original == loud[0]]
    assert len(set(outlets)) == len(outlets)


@pytest.mark.parametrize("viral", [(2, 40), (corpora.PART, 1)])
def test_too_many_mirrors_for_the_pages_are_refused(viral: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="too many for 100 pages"):
        Plan(POOL, WIRE, 100, 1, viral)


def test_a_walk_takes_few_words_from_one_place() -> None:
    words = [f"w{n}" if n % 5 else "the" for n in range(4000)]
    walked = Pool.of([" ".join(words)]).walk(300, Random(1))
    assert len(walked) >= 300
    numbers = [int(word[1:]) if word != "the" else -1 for word in walked]
    runs = [b - a in (1, 2) for a, b in pairwise(numbers)]
    assert all(not all(runs[at : at + corpora.MOST_TAKEN]) for at in range(len(runs) - corpora.MOST_TAKEN))
    assert set(walked) <= set(words)


def test_a_pool_needs_common_words() -> None:
    with pytest.raises(ValueError, match="no common word"):
        Pool.of(["", "Five Words"])


def test_shared_runs_are_those_of_more_than_one_text() -> None:
    assert shared_runs(["a b c d", "x a b c", "a b c d"], 3) == 2
    assert shared_runs(["a b a b a b", "b"], 2) == 0
    assert shared_runs([], 3) == 0


def test_what_is_written_is_the_pages_the_rest_and_the_truth_about_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(corpora, "PART", 40)
    monkeypatch.setattr("scale.MORE", 12)
    made = parts(130)
    write(made, len(made), tmp_path)
    now, coming = ([*read_corpus(tmp_path / f"{name}.jsonl")] for name in ("pages", "more"))
    assert (len(now), len(coming)) == (118, 12)
    assert {page.id for page in (*now, *coming)} == {page.id for part in made for page in part.documents}
    truth, ids = read_truth(tmp_path / "truth.csv"), {page.id for page in now}
    assert set(chain.from_iterable(truth.copies)) <= ids
    assert truth.story.keys() <= ids


def test_a_mirror_of_a_page_that_is_lacking_has_no_original() -> None:
    row = Truth("copy", "story", "full", "decided", 1, 1, "story", "", 100)
    assert [*known([row], {"other"})] == [row]
    assert [*known([row], {"story"})] == [replace(row, original=None)]
    assert [*known([row], {"copy"})] == []


def test_tenths_are_told_from_looks_now_and_then() -> None:
    seen = [(1.0, 0), (2.0, 100), (3.0, 100), (5.0, 200)]
    told = tenths(seen, 200)
    assert [upto for upto, _, _ in told] == [20 * tenth for tenth in range(1, 11)]
    assert [second for _, second, _ in told[4:]] == pytest.approx([2.0, 2.6, 3.2, 3.8, 4.4, 5.0])
    assert told[-1][2] == pytest.approx(20 / 0.6)
