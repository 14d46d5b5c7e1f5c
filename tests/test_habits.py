"""Each habit of mirrors alone does what it says and nothing else, and counts which of a story's tokens still stand."""

from __future__ import annotations

import re
from random import Random

import made
import pytest
from habits import cut, damaged, dropped, moved, named, respaced, reworded
from hypothesis import given, settings
from hypothesis import strategies as st
from mirrored import STORIES, in_common, in_order, letters, paragraphs, tokens
from texts import kept_tokens, read_text, write_text
from vocabulary import read_vocabulary

SEEDS = st.integers(0, 10_000)
VOCABULARY = read_vocabulary([story.text for story in STORIES])


@given(SEEDS, st.integers(0, 10))
@settings(max_examples=25)
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
@settings(max_examples=25)
def test_this_share_of_the_spaces_is_lost(seed: int, share: float) -> None:
    story = STORIES[1].text
    text = write_text(respaced(read_text(story), share, Random(seed)))
    assert letters(text) == letters(story)
    between = len(re.findall(r"(?<=[^\W_]) (?=[^\W_])", story))
    assert story.count(" ") - text.count(" ") == round(share * between)


def test_where_no_space_is_left_no_name_goes_in() -> None:
    glued = respaced(read_text("The old boats"), 1, Random(1))
    assert write_text(glued) == "Theoldboats"
    assert named(glued, "Phaninc Exchange", 1, Random(1)) == glued


@given(SEEDS, st.floats(0, 0.5))
@settings(max_examples=25)
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
@settings(max_examples=30)
def test_the_first_part_is_kept_within_a_sentence(seed: int, keep: float, mid_sentence: bool) -> None:
    story = "\n\n".join(made.story(Random(seed), 5))
    text = write_text(cut(read_text(story), keep, mid_sentence))
    kept, wanted = len(text.split()), keep * len(story.split())
    assert story.startswith(text.removesuffix("..."))
    ends = [at for at, word in enumerate(story.split(), 1) if word.endswith(".")]
    assert abs(kept - wanted) <= (1 if mid_sentence else min(abs(end - wanted) for end in ends) + 1)
    assert text.endswith("...") == mid_sentence


@given(SEEDS, st.floats(0, 1))
@settings(max_examples=25)
def test_this_share_of_the_paragraphs_is_dropped(seed: int, share: float) -> None:
    story = made.story(Random(seed), 7)
    left = paragraphs(write_text(dropped(read_text("\n".join(story)), share, Random(seed))))
    assert left == [paragraph for paragraph in story if paragraph in left]
    assert len(left) == max(1, 7 - round(share * 7))


@given(SEEDS, st.integers(0, 6))
@settings(max_examples=25)
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
