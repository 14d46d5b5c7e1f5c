"""The sample corpus against its answer sheet: every link and direction of it, and not one besides."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from typing import NamedTuple

import pytest

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Link, Reject

ROOT = Path(__file__).parents[1]
CORPUS = ROOT / "sample_corpus"
# Teasers of fewer words than any search promises to find: they may be told or not (sample_corpus/README.md).
SHORT_TEASER_WORDS = 20


class Truth(NamedTuple):
    copy: str
    original: str | None
    kind: str
    direction: str


def answers() -> list[Truth]:
    with (CORPUS / "truth.csv").open(newline="", encoding="utf-8") as file:
        return [Truth(r["copy"], r["original"] or None, r["kind"], r["direction"]) for r in csv.DictReader(file)]


def bare(id: str | None) -> str | None:
    """The id as the answer sheet writes it: a file's name without its folder."""
    return Path(id).name if id else None


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> list[Link]:
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        rejects: list[Reject] = []
        with Index(tmp_path_factory.mktemp("store") / "sample.db") as index:
            added = index.add(read_corpus("sample_corpus/pages", rejects.append))
            assert (added.new, added.rejected, rejects) == (45, 0, [])
            return list(index.links(None))


def of(told: list[Link], truth: Truth) -> Link:
    (link,) = (x for x in told if (bare(x.copy), bare(x.original)) == (truth.copy, truth.original))
    return link


def test_the_answer_sheet_is_not_empty() -> None:
    assert len(answers()) == 29


@pytest.mark.parametrize(
    "truth", answers(), ids=lambda truth: f"{truth.copy} {truth.kind} {truth.original or 'absent'}"
)
def test_every_link_of_the_answer_sheet_is_found_with_its_kind_and_direction(told: list[Link], truth: Truth) -> None:
    link = of(told, truth)
    assert link.kind == truth.kind
    assert link.direction == truth.direction
    assert link.reasons


def test_no_link_is_told_that_the_answer_sheet_lacks(told: list[Link]) -> None:
    expected = {(truth.copy, truth.original) for truth in answers()}
    besides = [link for link in told if (bare(link.copy), bare(link.original)) not in expected]
    assert [x for x in besides if x.kind != "teaser" or x.matched_words >= SHORT_TEASER_WORDS] == []
    assert len(told) == len({(link.copy, link.original) for link in told})


def test_absent_originals_are_named_by_their_agency(told: list[Link]) -> None:
    absent = {bare(link.copy): link.agency for link in told if link.original is None}
    assert absent == dict.fromkeys(("absent-01.txt", "absent-02.html"), "Castellan News Agency")
    assert len({link.story for link in told if link.original is None}) == 1


CHAINS = {"mirror-10.txt": "mp-2003", "herald-recount.html": "mp-2003", "mirror-01.txt": "ngw-1001"}


@pytest.mark.parametrize(("copy", "root"), CHAINS.items(), ids=CHAINS)
def test_a_copy_of_an_adaptation_belongs_to_the_root_story(told: list[Link], copy: str, root: str) -> None:
    assert [link.story for link in told if bare(link.copy) == copy and link.kind in ("full", "partial")] == [root]


REASONS = {
    "own name": ("mirror-01.txt", "its own name, “Daily Quorum”, was put into the prose 4 times"),
    "lost spaces": ("mirror-12.txt", "lost, as in"),
    "canonical": ("mirror-13.html", "its page says that the true address is at northgatewire.example"),
    "credit": ("herald-recount.html", "it credits Meridian Press, which published the other"),
    "later version": ("ngw-1004", "it is dated later"),
    "silence": ("plain-a.txt", "nothing tells which came first"),
}


@pytest.mark.parametrize(("copy", "reason"), REASONS.values(), ids=REASONS)
def test_the_evidence_that_was_put_in_is_among_the_reasons(told: list[Link], copy: str, reason: str) -> None:
    reasons = [reason for link in told if bare(link.copy) == copy and link.kind != "teaser" for reason in link.reasons]
    assert any(reason in said for said in reasons)


def test_the_readme_of_the_corpus_names_every_file() -> None:
    readme = (CORPUS / "README.md").read_text(encoding="utf-8")
    files = sorted(path.name for path in (CORPUS / "pages").iterdir())
    assert set(re.findall(r"`([\w-]+\.(?:txt|html|jsonl))`", readme)) == set(files)
    assert len(files) == 29


def test_the_answer_sheet_names_only_what_is_there() -> None:
    ids = {bare(document.id) for document in read_corpus(CORPUS / "pages")}
    assert {name for truth in answers() for name in (truth.copy, truth.original) if name} <= ids
