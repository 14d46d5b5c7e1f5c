"""A real mirror and the story in it, found among real wire stories of other days."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from dedup.corpus import read_corpus, read_page
from dedup.index import Index, compare
from dedup.model import Answer, Publisher

DATA = Path(__file__).parents[2] / "shared" / "data"
MIRROR, ORIGINAL, STORIES = (
    DATA / "seed" / "mirror.txt",
    DATA / "seed" / "original.txt",
    DATA / "ap1989" / "stories.jsonl.gz",
)
OUTLET = "Phaninc Exchange"

pytestmark = pytest.mark.skipif(
    not all(path.exists() for path in (MIRROR, ORIGINAL, STORIES)), reason="the data to measure on is not here"
)


@pytest.fixture(scope="module", params=[300, None], ids=["among 300", "among all"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    with Index(tmp_path_factory.mktemp("store") / "seed.db") as opened:
        opened.add([*islice(read_corpus(STORIES), request.param), read_page(ORIGINAL)])
        yield opened


def copies(answer: Answer) -> list[Publisher]:
    return [row for row in answer.publishers if row.role == "copy"]


def test_the_mirror_is_asked_about_and_its_original_named(index: Index) -> None:
    answer = index.who(read_page(MIRROR))
    assert answer.found
    assert answer.direction == "decided"
    assert answer.original == ORIGINAL.as_posix()
    (copy,) = copies(answer)
    assert (copy.id, copy.kind) == (MIRROR.as_posix(), "full")
    assert copy.coverage is not None
    assert copy.coverage >= 0.97
    assert any(OUTLET in reason for reason in answer.reasons)


def test_the_leads_of_other_stories_below_it_link_to_nothing(index: Index) -> None:
    answer = index.who(read_page(MIRROR))
    assert answer.others == ()
    assert len(answer.publishers) == 2


def test_asking_adds_nothing(index: Index) -> None:
    before = index.info()
    index.who(read_page(MIRROR))
    assert index.info() == before


def test_the_original_alone_was_published_by_nobody_else(index: Index) -> None:
    assert not index.who(ORIGINAL.as_posix()).found


def test_the_two_differ_by_the_name_that_was_put_in_and_by_nothing_else() -> None:
    one, two = read_page(ORIGINAL), read_page(MIRROR)
    match = compare(one.text, two.text)
    assert match is not None
    (edit,) = match.edits
    assert (edit.kind, edit.a_text, edit.b_text.split()) == ("inserted", "", OUTLET.split())
    (passage,) = match.passages
    assert match.coverage_a >= 0.97
    assert "Recommend" not in two.text[: passage.b.end]
    assert "launch" in two.text[edit.b.end : edit.b.end + len("launch")]
