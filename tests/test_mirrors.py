"""Made mirrors: each dial does what it says and nothing else, and the truth about a copy is what a slow look finds."""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from dataclasses import fields, replace
from pathlib import Path
from random import Random
from typing import Any

import habits
import made
import mirrors
import pytest
from habits import cut, damaged, dropped, kept_tokens, moved, named, read_text, respaced, reworded, write_text
from hypothesis import given, settings
from hypothesis import strategies as st
from mirrors import PLAIN, Made, Recipe, Truth, make

from dedup.corpus import read_corpus
from dedup.index import tokenise
from dedup.model import Document

SEEDS = st.integers(0, 10_000)


def wire(count: int = 30, seed: int = 1, paragraphs: int = 6) -> list[Document]:
    """Invented stories, of which every tenth is a flash."""
    random = Random(seed)
    return [
        made.page(
            f"wire/{n}",
            made.story(random, paragraphs) if n % 10 else [made.sentence(random, 15) for _ in range(5)],
            published=f"2024-05-{1 + n % 28:02d}T12:00:00",
            dateline="PORT ELLERY (Northgate Wire)",
            byline="By Jo Quill Northgate Wire Writer",
        )
        for n in range(count)
    ]


STORIES = wire()
BY_ID = {story.id: story for story in STORIES}
VOCABULARY = habits.read_vocabulary([story.text for story in STORIES])


def dialled(count: int = 12, seed: int = 3, **dials: Any) -> Made:
    return make(STORIES, count, seed, replace(PLAIN, **dials), (1, 2))


def pages(result: Made) -> dict[str, Document]:
    return {page.id: page for page in result.documents}


def copies(result: Made) -> list[tuple[Truth, Document, Document]]:
    """Each row that is no teaser, with the copy and what it was made from."""
    all_pages = {**BY_ID, **pages(result)}
    rows = [row for row in result.truth if row.kind != "teaser"]
    return [(row, all_pages[row.copy], all_pages[row.original or row.story]) for row in rows]


def tokens(text: str) -> list[int]:
    ids: list[int] = tokenise(text).ids.tolist()
    return ids


def in_order(a: list[int], b: list[int]) -> int:
    """The longest common subsequence, by the book."""
    best = [0] * (len(b) + 1)
    for x in a:
        last = 0
        for at, y in enumerate(b, 1):
            last, best[at] = best[at], last + 1 if x == y else max(best[at], best[at - 1])
    return best[-1]


def in_common(a: list[int], b: list[int]) -> int:
    return sum((Counter(a) & Counter(b)).values())


def letters(text: str) -> str:
    return "".join(text.split())


def paragraphs(text: str) -> list[str]:
    return text.split("\n\n")


# ---------------------------------------------------------------------------------------------------------------
# Each habit alone.


def test_a_plain_mirror_is_the_story_word_for_word() -> None:
    for row, page, story in copies(dialled(credited=False)):
        assert page.text == story.text
        assert (row.kind, row.coverage, row.share, row.direction) == ("full", 1.0, 1.0, "decided")
        assert row.words == len(tokens(story.text))


@given(SEEDS, st.integers(0, 10))
@settings(max_examples=25, deadline=None)
def test_so_many_names_are_glued_in_and_nothing_else_changes(seed: int, count: int) -> None:
    story = STORIES[1].text
    text = write_text(named(read_text(story), "Phaninc Exchange", count, Random(seed)))
    assert len(re.findall(r"(?<=[a-z] )Phaninc Exchange(?=[a-z])", text)) == count
    assert text.replace("Phaninc Exchange", "") == story


def test_a_name_stands_after_an_article_where_there_is_one() -> None:
    text = read_text("Men who like the launch of old boats, and who read a book about them, like the boats too.")
    assert write_text(named(text, "Phaninc Exchange", 3, Random(2))) == (
        "Men who like the Phaninc Exchangelaunch of old boats, and who read a Phaninc Exchangebook about them, like "
        "the Phaninc Exchangeboats too."
    )


@given(SEEDS, st.floats(0, 0.2))
@settings(max_examples=25, deadline=None)
def test_this_share_of_the_spaces_is_lost(seed: int, share: float) -> None:
    story = STORIES[1].text
    text = write_text(respaced(read_text(story), share, Random(seed)))
    assert letters(text) == letters(story)
    between = len(re.findall(r"(?<=[^\W_]) (?=[^\W_])", story))
    assert story.count(" ") - text.count(" ") == round(share * between)


@given(SEEDS, st.floats(0, 0.5))
@settings(max_examples=25, deadline=None)
def test_this_share_of_the_words_is_another(seed: int, share: float) -> None:
    story = STORIES[1].text
    text = reworded(read_text(story), share, VOCABULARY, Random(seed))
    before, after = story.split(), write_text(text).split()
    changed = sum(a != b for a, b in zip(before, after, strict=True))
    assert changed / len(before) == pytest.approx(share, abs=0.01)
    assert kept_tokens(text) == len(before) - changed


def test_names_and_numbers_are_reworded_in_kind() -> None:
    text = read_text("Ash, 1,234 South-Korean 5-year-old bells.")
    changed = reworded(text, 1, VOCABULARY, Random(1))
    ash, number, south, age, bells = write_text(changed).split()
    assert ash != "Ash," and ash.endswith(",") and ash[0].isupper()  # noqa: PT018
    assert re.fullmatch(r"\d,\d{3}", number)
    assert not in_common(tokens(number), tokens("1,234"))
    assert re.fullmatch(r"[a-z]\w*\.", bells) and bells != "bells."  # noqa: PT018
    assert age.endswith("-year-old") and not age.startswith("5")  # noqa: PT018
    assert south not in ("South-Korean", "South", "Korean")
    assert kept_tokens(changed) == 2


@given(SEEDS, st.sampled_from([0.15, 0.3, 0.6, 0.9]), st.booleans())
@settings(max_examples=30, deadline=None)
def test_the_first_part_is_kept_within_a_sentence(seed: int, keep: float, mid_sentence: bool) -> None:
    story = "\n\n".join(made.story(Random(seed), 5))
    text = write_text(cut(read_text(story), keep, mid_sentence))
    kept, wanted = len(text.split()), keep * len(story.split())
    assert story.startswith(text.removesuffix("..."))
    ends = [at for at, word in enumerate(story.split(), 1) if word.endswith(".")]
    assert abs(kept - wanted) <= (1 if mid_sentence else min(abs(end - wanted) for end in ends) + 1)
    assert text.endswith("...") == mid_sentence


@given(SEEDS, st.floats(0, 1))
@settings(max_examples=25, deadline=None)
def test_this_share_of_the_paragraphs_is_dropped(seed: int, share: float) -> None:
    story = made.story(Random(seed), 7)
    left = paragraphs(write_text(dropped(read_text("\n".join(story)), share, Random(seed))))
    assert left == [paragraph for paragraph in story if paragraph in left]
    assert len(left) == max(1, 7 - round(share * 7))


@given(SEEDS, st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_so_many_paragraphs_are_moved(seed: int, count: int) -> None:
    story = made.story(Random(seed), 7)
    order = [
        story.index(p) for p in paragraphs(write_text(moved(read_text("\n".join(story)), count / 7, Random(seed))))
    ]
    assert sorted(order) == list(range(7))
    assert in_order(order, list(range(7))) >= 7 - count
    assert count != 1 or in_order(order, list(range(7))) == 6


def test_a_paragraph_that_moves_moves() -> None:
    text = read_text("One.\nTwo.\nThree.")
    assert all(moved(text, 0.3, Random(seed)) != text for seed in range(20))


def test_marks_are_written_as_entities_or_misread_and_what_stands_is_counted() -> None:
    text = "Bell & Barge isn't “old”, he said."
    seen = {write_text(damaged(read_text(text), 1, Random(seed))) for seed in range(20)}
    assert seen == {
        "Bell &amp; Barge isn&#39;t &ldquo;old&rdquo;, he said.",
        "Bell &amp;amp; Barge isnâ€™t â€œoldâ€\ufffd, he said.",
    }
    for seed in range(20):
        changed = damaged(read_text(text), 1, Random(seed))
        assert kept_tokens(changed) == in_common(tokens(text), tokens(write_text(changed)))


def test_blocks_of_many_sentences_become_paragraphs_and_short_lines_stay() -> None:
    block = " ".join(f"Sentence {n} is by Mr. Brick of the U.S. Navy, who said 4.5 things." for n in range(8))
    text = read_text(f"One line. Two.\nAnother line.\n\n{block}")
    assert [len(re.findall("Sentence", p)) for p in paragraphs(write_text(text))] == [0, 0, 2, 3, 3]
    assert kept_tokens(text) == len(tokens(f"One line. Two.\nAnother line.\n\n{block}"))


@pytest.mark.parametrize("text", ["", " \n ", "one"])
def test_texts_of_next_to_nothing_are_read(text: str) -> None:
    assert write_text(read_text(text)) == text.strip()


# ---------------------------------------------------------------------------------------------------------------
# The page around the story.


@pytest.mark.parametrize("count", [0, 1, 20])
def test_so_many_teasers_of_other_stories_follow(count: int) -> None:
    result = dialled(4, teasers=count)
    for page in result.documents[-4:]:
        _, _, below = page.text.partition("\n\nRecommend\n\n")
        rows = [row for row in result.truth if row.copy == page.id]
        teasers = [row for row in rows if row.kind == "teaser"]
        assert len(teasers) == count == len(paragraphs(below)) // 2
        assert len({row.original for row in rows}) == count + 1
        for row, lead in zip(teasers, paragraphs(below)[1::2], strict=True):
            original = pages(result)[row.original or ""]
            assert row.coverage == row.words / len(tokens(original.text))
            assert len(lead.split()) <= 60
            assert letters(original.text).startswith(letters(lead.rstrip(".…")))


def test_some_teasers_are_of_flashes_and_a_corpus_without_any_gets_some() -> None:
    long = [story for story in STORIES if len(tokens(story.text)) > 80]
    result = make(long, 6, 1, replace(PLAIN, teasers=8))
    flashes = [page for page in result.documents if page.id.endswith("-flash")]
    assert flashes
    for flash in flashes:
        story = BY_ID[flash.id.removesuffix("-flash")]
        assert story.text.startswith(flash.text)
        assert story.id not in pages(result)
        assert 45 <= len(tokens(flash.text)) <= 80
    assert {row.original for row in result.truth if row.kind == "teaser"} & {flash.id for flash in flashes}
    assert not any(page.id.endswith("-flash") for page in dialled(teasers=8).documents)


def test_the_lines_above_and_below_the_story() -> None:
    told = dialled(3, title_line=True, metadata_line=True, tags=True, false_byline=True, hours=-24, new_headline=True)
    for row, page, story in copies(told):
        title, metadata, *_ = paragraphs(page.text)
        assert title == f"{page.site_name}|{page.title}"
        assert page.title != story.title
        assert re.fullmatch(rf"2024-\d\d-\d\d 12:00:00source:{page.byline}category:\w+", metadata)
        assert "In:" in page.text and re.search(r"\n\nMore:\w+\Z", page.text)  # noqa: PT018
        assert page.byline != story.byline
        assert (page.published or "") < (story.published or "")
        assert row.coverage == 1.0


@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_page_can_be_mostly_prose_of_its_own(share: float) -> None:
    result = dialled(own_prose=share, credited=False)
    runs = {run for story in STORIES for run in zip(*(tokens(story.text)[k:] for k in range(6)), strict=False)}
    for row, page, story in copies(result):
        assert row.share == pytest.approx(1 - share, abs=0.002)
        assert row.coverage == 1.0
        own = page.text.replace(story.text, "")
        assert not runs & set(zip(*(tokens(own)[k:] for k in range(6)), strict=False))


def test_a_credit_stays_or_goes() -> None:
    stories = [
        replace(s, dateline=None, text=f"OLD QUAY (Reuters) - {s.text}\n\n(Reporting by A. Reed; Editing by B. Oak)")
        for s in STORIES
    ]
    for credited in (True, False):
        result = make(stories, 3, 1, replace(PLAIN, credited=credited))
        for page in result.documents[-3:]:
            assert ("(Reuters)" in page.text, "Editing by" in page.text) == (credited, credited)
    assert all(page.text.startswith("PORT ELLERY (Northgate Wire) — ") for page in dialled(3).documents[-3:])


# ---------------------------------------------------------------------------------------------------------------
# What is copied.


def test_a_round_up_has_a_row_for_each_story() -> None:
    result = dialled(6, parts=4, keep=0.5, names=4)
    for page in result.documents[-6:]:
        rows = [row for row in result.truth if row.copy == page.id]
        assert len({row.original for row in rows}) == 4
        assert sum(row.words for row in rows) <= len(tokens(page.text))
        assert page.text.count(page.site_name or "") == 4
        for row in rows:
            assert row.coverage == pytest.approx(0.5, abs=0.12)
            assert row.kind == "partial"
            assert in_order(tokens(BY_ID[row.original or ""].text), tokens(page.text)) >= row.words - 4


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
        assert re.search("Northgate Wire|contributed|Copyright", pages(result)[source.copy].text)


def test_absent_originals_are_absent_and_have_several_mirrors() -> None:
    for credited in (True, False):
        result = dialled(13, absent=True, teasers=3, credited=credited)
        rows = [row for row in result.truth if row.original is None]
        assert {row.kind for row in rows} == {"full"}
        assert {row.direction for row in rows} == {"decided" if credited else "unknown"}
        for story, count in Counter(row.story for row in rows).items():
            assert story not in pages(result)
            assert count >= 2
            assert len({pages(result)[row.copy].outlet for row in rows if row.story == story}) == count
        assert len(rows) in (13, 14)
        assert {row.original for row in result.truth if row.original} <= pages(result).keys()


def test_stories_that_share_a_seventh_of_their_runs_are_not_copied() -> None:
    twin = replace(STORIES[1], id="wire/twin", text=STORIES[1].text + " " + made.sentence(Random(5)))
    near = habits.near_texts([story.text for story in (*STORIES, twin)])
    assert near[1] == {len(STORIES)}
    assert near[len(STORIES)] == {1}
    assert not any(near[2 : len(STORIES)])
    result = make([*STORIES, twin], 25, 1, replace(PLAIN, teasers=10))
    assert not {twin.id, STORIES[1].id} & {row.original for row in result.truth}


def test_no_text_is_near_nothing() -> None:
    assert habits.near_texts([]) == []
    assert habits.near_texts(["", "one two", "one two"]) == [set(), set(), set()]


# ---------------------------------------------------------------------------------------------------------------
# All together.


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
    assert len(pages(result)) == len(result.documents)
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
    assert list(rows[0]) == ["copy", "original", "kind", "direction", "coverage", "habit", "words"]


def test_the_command_line_takes_every_dial(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirrors.write(Made(tuple(STORIES), ()), tmp_path / "in")
    command = f"mirrors {tmp_path}/in/pages.jsonl.gz --count 5 --plain --names 2 --no-credited -o {tmp_path}/out"
    monkeypatch.setattr("sys.argv", command.split())
    mirrors.main()
    with gzip.open(tmp_path / "out" / "pages.jsonl.gz", "rt", encoding="utf-8") as lines:
        assert len(list(lines)) == len(STORIES) + 5
    with open(tmp_path / "out" / "truth.csv", encoding="utf-8", newline="") as table:
        assert [row["habit"] for row in csv.DictReader(table)] == ["names=2 uncredited"] * 5


@pytest.mark.parametrize(("name", "value"), [("names", 11), ("lost_spaces", 0.3), ("keep", 0), ("hours", 721)])
def test_a_dial_out_of_range_is_an_error(name: str, value: Any) -> None:
    with pytest.raises(ValueError, match=name):
        replace(PLAIN, **{name: value})


def test_every_number_has_a_range() -> None:
    assert set(mirrors.RANGES) == {dial.name for dial in fields(Recipe) if not isinstance(dial.default, bool)}


def test_too_few_stories_are_an_error() -> None:
    with pytest.raises(ValueError, match="not 500"):
        make(STORIES, 500, 1)
    with pytest.raises(ValueError, match="to tease, not 20"):
        make(STORIES[:10], 1, 1, replace(PLAIN, teasers=20))
