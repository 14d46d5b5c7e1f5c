"""Own names glued into prose, and that what was cut up by them is found all the same."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from random import Random

import made
import numpy as np
import pytest

from dedup.index import Index
from dedup.index.preparing import Prepared, prepare, reread, tokenise
from dedup.model import Document, Reject, Settings
from dedup.sketch import PASSED_OVER, is_body_key
from dedup.text.names import glued_names

NAME = "Daily Quorum"
CASES = {
    "glued": ("the Daily Quorumlaunch on", NAME, ["launch"]),
    "glued to a capital": ("the Daily QuorumPresident said", NAME, ["President"]),
    "twice": ("Daily Quorumone and Daily Quorumtwo", NAME, ["one", "two"]),
    "set in as words": ("the Daily Quorum launch", NAME, []),
    "behind a word": ("theDaily Quorumlaunch", NAME, []),
    "before a mark": ("the Daily Quorum, which", NAME, []),
    "in other letters": ("the daily quorumlaunch", NAME, []),
    "with marks in it": ("the D.C. (Daily Q)launch", "D.C. (Daily Q)", ["launch"]),
    "too short": ("The Sunday", "The Sun", []),
    "no name": ("the Daily Quorumlaunch", None, []),
    "no text": ("", NAME, []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_name_is_glued_to_the_word_behind_it(case: str) -> None:
    text, name, rests = CASES[case]
    found = glued_names(text, name)
    assert [text[glued.end :].split()[0] for glued in found] == rests
    assert all(text[glued.start : glued.end] == name for glued in found)


WORDS = [
    f"{a}{b}{c}" for a in ("mar", "tol", "ven", "sil", "kor") for b in "aeio" for c in ("dor", "lin", "res", "tan")
]


def story(seed: int, words: int) -> list[str]:
    return Random(seed).choices(WORDS, k=words)


def page(id: str, words: Sequence[str], site_name: str | None = None) -> Document:
    return Document(id, " ".join(words) + ".", outlet=f"{id}.example", site_name=site_name)


def named(words: Sequence[str], name: str) -> list[str]:
    """The words with a name glued to every sixth."""
    return [f"{name}{word}" if at % 6 == 5 else word for at, word in enumerate(words)]


def prepared(document: Document) -> Prepared:
    (made,) = prepare([document], Settings())
    assert isinstance(made, Prepared)
    return made


def windows(made: Prepared) -> set[int]:
    """The keys of passages alone."""
    return set(made.keys[~is_body_key(made.keys)].tolist())


def test_keys_are_those_of_the_text_without_the_names_and_as_it_stands() -> None:
    words = story(1, 120)
    plain, cut_up = prepared(page("wire", words)), prepared(page("farm", named(words, NAME), NAME))
    raw = prepared(page("farm", named(words, NAME)))
    assert set(cut_up.keys.tolist()) == set(plain.keys.tolist()) | windows(raw)
    assert np.array_equal(cut_up.record.signature, plain.record.signature)
    assert len(cut_up.tokens) == len(cut_up.ids) == 140
    passed = np.flatnonzero(cut_up.ids == PASSED_OVER)
    places = zip(cut_up.tokens.starts[passed], cut_up.tokens.ends[passed], strict=True)
    assert [cut_up.tokens.text[start:end] for start, end in places] == ["Daily"] * 20
    assert (cut_up.tokens.ids != PASSED_OVER).all()


def test_a_page_of_little_but_its_name_keeps_its_words() -> None:
    made = prepared(page("farm", ["one", "two", f"{NAME}three", f"{NAME}four"], NAME))
    assert (made.ids != PASSED_OVER).all()


@pytest.mark.parametrize(
    ("site_name", "text"),
    [
        ("校民週報電子新聞", "校民週報電子新聞今日報導雪大。" * 3),
        (NAME, f"{NAME}今日報導雪大"),
        ("-- .. -- ..", "-- .. -- ..one two three four five six"),
        (NAME, "the Daily Quorums said it was one of the Daily Quorums"),
        (NAME, "one two three four five Daily Quorum"),
        ("Quorumdaily", "one two three four five Quorumdailysaid"),
    ],
    ids=["no spaces", "a word and letters that are words", "no letters", "another form", "at the end", "one word"],
)
def test_what_is_not_one_word_is_not_glued(site_name: str, text: str) -> None:
    made = prepared(Document("page", text, site_name=site_name))
    assert made.ids.tolist() == made.tokens.ids.tolist()


REST = {
    "vowel signs": "\u0938\u0930\u0915\u093e\u0930",
    "a mark behind its letter": "e\u0301cole",
    "a soft hyphen": "inter\u00adnational",
}


@pytest.mark.parametrize("rest", REST.values(), ids=REST)
def test_the_word_behind_a_name_is_read_whole(rest: str) -> None:
    words = "one two three four five six"
    plain, cut_up = (prepared(Document("page", f"{words} {name}{rest}", site_name=NAME)) for name in ("", NAME))
    kept = cut_up.ids[cut_up.ids != PASSED_OVER]
    assert kept.tolist() == plain.ids.tolist()


@pytest.mark.parametrize("count", [0, 1, 300])
def test_stored_documents_are_read_again_as_they_were_prepared(count: int) -> None:
    pages = [
        page(f"farm{at}", named(story(at, 1 + 7 * at % 90), NAME), NAME if at % 3 else None) for at in range(count)
    ]
    reread_ = list(reread(pages, Settings()))
    assert len(reread_) == count
    for document, (tokens, ids, bits), prepared_ in zip(pages, reread_, prepare(pages, Settings()), strict=True):
        plain = tokenise(document.text)
        for name in ("ids", "starts", "ends"):
            assert getattr(tokens, name).dtype == getattr(plain, name).dtype
            assert getattr(tokens, name).tolist() == getattr(plain, name).tolist()
        assert tokens.text == document.text
        assert isinstance(prepared_, Reject) or ids.tolist() == prepared_.ids.tolist()
        assert bits.tolist() == ([] if isinstance(prepared_, Reject) else prepared_.bits.tolist())


def test_texts_without_a_word_are_refused_whatever_their_name() -> None:
    (made,) = prepare([Document("page", "--------\u02b9\u02b9", site_name="--------")], Settings())
    assert not isinstance(made, Prepared)


def test_a_page_of_glued_names_alone_is_read_at_once() -> None:
    made = prepared(Document("page", "".join(f"{NAME}word{at} " for at in range(50_000)), site_name=NAME))
    assert np.count_nonzero(made.ids == PASSED_OVER) == 50_000


@pytest.mark.parametrize("order", [("wire", "farm"), ("farm", "wire")])
def test_a_copy_cut_up_by_names_is_found_whatever_comes_first(tmp_path: Path, order: tuple[str, str]) -> None:
    words = story(2, 60)
    both = {"wire": page("wire", words + story(3, 120)), "farm": page("farm", named(words, NAME), NAME)}
    with Index(tmp_path / "made.db") as index:
        for id in order:
            index.add([both[id]])
        (link,) = index.links()
        assert (link.copy, link.original, link.kind) == ("farm", "wire", "partial")
        assert "“Daily Quorum”, was put into the prose" in link.reasons[0]
        assert index.check() == []


def test_a_page_with_glued_names_has_the_keys_of_its_text_as_it_stands_given_or_stored(tmp_path: Path) -> None:
    page_, other = page("farm", named(story(4, 90), NAME), NAME), page("mill", story(5, 90))
    plain = prepared(Document("farm", page_.text))
    assert set(prepared(page_).keys.tolist()) >= windows(plain)
    with Index(tmp_path / "made.db") as index:
        index.add([page_, other])
        index.add([Document("again", page_.text, outlet="again.example")])
        assert {(link.copy, link.original) for link in index.links()} == {("again", "farm")}
        assert index.who(Document("asked", page_.text)).found
        assert index.check() == []


@pytest.mark.parametrize("seed", range(3))
def test_pages_with_glued_names_are_worked_in_and_out_in_any_order(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    pages = [page(f"wire{at}", story(at, 120)) for at in range(4)]
    for at in range(12):
        kept = story(at % 4, 120)[: random.choice((40, 80, 120))]
        pages.append(page(f"farm{at}", named(kept, NAME), NAME if at % 3 else None))
    whole = made.indexed(tmp_path / "whole.db", pages)
    random.shuffle(pages)
    with Index(tmp_path / "one.db", workers=1) as index:
        for one in pages:
            index.add([one])
        assert made.dump(tmp_path / "one.db") == whole
        assert index.check() == []
        for one in random.sample(pages, len(pages)):
            index.remove([one.id])
    assert made.dump(tmp_path / "one.db") == {table: [] for table in made.RESULTS}
