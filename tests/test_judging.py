"""Judging in a store: links change at once, the word outlives documents, and nothing hangs on order or processes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import permutations
from pathlib import Path
from random import Random
from typing import Any

import made
import pytest
from tangles import CORPORA, Maker
from test_kill import DRIVER, PARENT

from dedup import judgements
from dedup.index import Index
from dedup.model import DedupError, Document, Judged, Judgement, Link, UnknownDocument
from dedup.store import number_of
from dedup.truth import Label

NOON, LATER = "2026-11-22T12:00:00+00:00", "2026-11-23T12:00:00+00:00"
AGENCY = "The Associated Press"
RANDOM = Random("judging")
GOAT, MOTH = made.story(RANDOM, 8), made.story(RANDOM)
WIRE = made.page("wire/goat", GOAT, crawled="2024-05-01")
MIRROR = made.page("quillon/goat", made.named(RANDOM, GOAT, "Quillon"), crawled="2024-05-03")
CUT = made.page("marrow/goat", made.named(RANDOM, GOAT[:3], "Marrow"))
LONE = made.page("lone/moth", MOTH)
PAGES = (WIRE, MIRROR, CUT, LONE)
EVIDENCE = {("quillon/goat", "wire/goat"), ("marrow/goat", "wire/goat")}
TURNED = Judgement("wire/goat", "quillon/goat", "copy", NOON, "I was there")
SAID = "a person judged on 2026-11-22 that it is a copy of the other: I was there"


def pairs(index: Index) -> set[tuple[str, str | None]]:
    return {(link.copy, link.original) for link in index.links(None)}


def between(index: Index, one: str, two: str) -> list[Link]:
    return [link for link in index.links(None) if {link.copy, link.original} == {one, two}]


def judge(index: Index, judgement: Judgement) -> Judgement:
    said = judgement
    return index.judge(said.copy, said.original, said.verdict, said.note, judged_at=said.judged_at)


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with Index(path, workers=1) as opened:
        opened.add(PAGES)
        yield opened


# What is told.


def test_links_change_at_once_and_the_word_is_the_first_reason(index: Index) -> None:
    assert pairs(index) == EVIDENCE
    assert judge(index, TURNED) == TURNED
    (link,) = between(index, "wire/goat", "quillon/goat")
    assert (link.copy, link.kind, link.confidence, link.reasons) == ("wire/goat", "full", 0.999, (SAID,))
    answer = index.who("wire/goat")
    assert (answer.original, answer.source, answer.reasons) == ("quillon/goat", "quillon/goat", (SAID,))
    assert index.info()["judgements"] == 1
    assert index.info()["pending"] == 0


VERDICTS: dict[str, tuple[str, str, Judged, set[tuple[str, str | None]]]] = {
    "the first is the copy": ("wire/goat", "quillon/goat", "copy", {("wire/goat", "quillon/goat")}),
    "the first is the original": ("quillon/goat", "wire/goat", "original", {("wire/goat", "quillon/goat")}),
    "unrelated": ("wire/goat", "quillon/goat", "unrelated", set()),
    "unknown": ("wire/goat", "quillon/goat", "unknown", {("quillon/goat", "wire/goat")}),
}


@pytest.mark.parametrize(("one", "two", "verdict", "told"), VERDICTS.values(), ids=VERDICTS)
def test_each_verdict_says_what_the_first_is_to_the_second(
    index: Index, one: str, two: str, verdict: Judged, told: set[tuple[str, str | None]]
) -> None:
    index.judge(one, two, verdict, judged_at=NOON)
    links = between(index, "wire/goat", "quillon/goat")
    assert {(link.copy, link.original) for link in links} == told
    assert [link.direction for link in links] == ["unknown" if verdict == "unknown" else "decided"] * len(told)
    assert all(link.reasons[0].startswith("a person judged on 2026-11-22 that ") for link in links)


def test_pages_are_named_by_url_and_kept_by_id(index: Index) -> None:
    kept = index.judge(str(WIRE.url), str(MIRROR.url), "copy", judged_at="2026-11-22T13:00:00+01:00")
    assert index.judgements() == [kept] == [Judgement("wire/goat", "quillon/goat", "copy", NOON)]


def test_a_later_call_takes_the_place_of_the_earlier_whichever_is_named_first(index: Index) -> None:
    judge(index, replace(TURNED, judged_at=LATER))
    other = Judgement("quillon/goat", "wire/goat", "unrelated", NOON)
    judge(index, other)
    assert index.judgements() == [other]


def test_what_is_taken_back_is_as_if_it_had_not_been_said(path: Path, index: Index) -> None:
    before = made.dump(path)
    judge(index, TURNED)
    assert made.dump(path) != before
    assert index.unjudge(str(MIRROR.url), "wire/goat")
    assert made.dump(path) == before
    assert (index.judgements(), index.unjudge("wire/goat", "quillon/goat")) == ([], False)
    assert not index.unjudge("wire/goat", "wire/goat")


REFUSED: dict[str, tuple[str, str, str, str, type[DedupError], str]] = {
    "a page that is not there": ("moon", "wire/goat", "copy", NOON, UnknownDocument, "moon: no document with"),
    "another": ("wire/goat", "moon", "copy", NOON, UnknownDocument, "moon: no document with"),
    "one page": ("wire/goat", str(WIRE.url), "copy", NOON, DedupError, "wire/goat: is one page"),
    "no verdict": ("wire/goat", "lone/moth", "maybe", NOON, DedupError, "the verdict 'maybe' is none"),
    "no zone": ("wire/goat", "lone/moth", "copy", "2026-11-22", DedupError, "the time '2026-11-22' is none"),
}


@pytest.mark.parametrize(("one", "two", "verdict", "time", "error", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_judgement_changes_nothing(
    path: Path, index: Index, one: str, two: str, verdict: Any, time: str, error: type[DedupError], told: str
) -> None:
    before = made.dump(path, (*made.TABLES, "judgements"))
    with pytest.raises(error, match=told):
        index.judge(one, two, verdict, judged_at=time)
    assert made.dump(path, (*made.TABLES, "judgements")) == before


def test_pages_that_share_nothing_get_no_link_and_the_word_is_kept(index: Index) -> None:
    index.judge("lone/moth", "wire/goat", "copy", judged_at=NOON)
    assert pairs(index) == EVIDENCE
    assert index.matched("lone/moth", "wire/goat") is None
    assert len(index.judgements()) == 1
    assert index.check() == []


# Pairs that no keys bring together.


def thinly_copied() -> tuple[Document, Document]:
    """Two pages of which one has every sixth word of the other replaced: too few shingles in a row for a common key."""
    random = Random(16)
    words = made.sentence(random, 100).rstrip(".").split(" ")
    other = [random.choice(made.WORDS) if n % 6 == 5 else word for n, word in enumerate(words)]
    return made.page("mill/lamp", [" ".join(words)]), made.page("pond/lamp", [" ".join(other)])


def test_a_pair_that_keys_never_brought_together_is_matched(path: Path) -> None:
    with Index(path, workers=1) as index:
        index.add(thinly_copied())
        assert (index.matched("mill/lamp", "pond/lamp"), pairs(index)) == (None, set())
        index.judge("mill/lamp", "pond/lamp", "original", judged_at=NOON)
        (link,) = index.links()
        assert (link.copy, link.original, link.kind) == ("pond/lamp", "mill/lamp", "full")
        assert index.check() == []
        index.judge("mill/lamp", "pond/lamp", "unrelated", judged_at=NOON)
        assert (index.matched("mill/lamp", "pond/lamp"), pairs(index)) == (None, set())


def test_what_is_judged_again_is_as_it_was(path: Path) -> None:
    """The match of the pair is stored by then: whom a page credits must have been looked for without it, too."""
    mill, pond = thinly_copied()
    with Index(path, workers=1) as index:
        index.add([mill, replace(pond, byline=AGENCY)])
        for _ in range(2):
            index.judge("mill/lamp", "pond/lamp", "copy", judged_at=NOON)
            told = [(link.copy, link.original, link.agency) for link in index.links()]
            assert told == [("mill/lamp", "pond/lamp", AGENCY), ("pond/lamp", None, AGENCY)]


def test_pages_of_one_house_are_versions_though_they_share_little(path: Path) -> None:
    with Index(path, workers=1) as index:
        index.add([WIRE, made.page("wire/moth", (*GOAT[:2], *MOTH))])
        assert (index.matched("wire/goat", "wire/moth") is None, pairs(index)) == (False, set())
        index.judge("wire/moth", "wire/goat", "copy", judged_at=NOON)
        (link,) = index.links()
        assert (link.copy, link.original, link.kind) == ("wire/moth", "wire/goat", "version")


def test_a_pair_judged_unrelated_is_in_no_link(path: Path) -> None:
    pages = made.mirrors_of(7, 5)
    with Index(path, workers=1) as index:
        index.add(pages)
        ids = {number_of(page.id): page.id for page in pages}
        a, b, *_ = next(row for row in made.dump(path, ["matches"])["matches"] if row[2] == "story")
        one, two = (ids[int(str(number))] for number in (a, b))
        index.judge(one, two, "unrelated", judged_at=NOON)
        assert between(index, one, two) == []


def test_a_page_that_only_asks_is_told_what_was_judged_of_its_id(path: Path) -> None:
    mill, pond = thinly_copied()
    with Index(path, workers=1) as index:
        index.add([mill])
        assert not index.who(pond).found
        index.import_judgements([Judgement(pond.id, mill.id, "copy", NOON)])
        answer = index.who(pond)
        assert (answer.original, answer.reasons[0][:15]) == ("mill/lamp", "a person judged")
        assert not index.who(replace(pond, id="reed/lamp")).found


# What survives, and what does not matter.

JUDGEMENTS = (
    TURNED,
    Judgement("marrow/goat", "wire/goat", "unrelated", NOON),
    Judgement("pond/lamp", "mill/lamp", "copy", NOON),
    Judgement("lone/moth", "mill/lamp", "copy", NOON),
    Judgement("lone/moth", "quillon/goat", "unknown", NOON),
)
ALL = (*PAGES, *thinly_copied())


def judged(path: Path) -> made.Dump:
    """A new store of all pages, and all judgements after them."""
    with Index(path, workers=1) as index:
        index.add(ALL)
        index.import_judgements(JUDGEMENTS)
    return made.dump(path)


def assert_same(path: Path, want: made.Dump) -> None:
    found = made.dump(path)
    for table in made.RESULTS:
        assert sorted(set(found[table]) ^ set(want[table]), key=repr) == [], table


def test_the_word_survives_changed_text_and_removal(tmp_path: Path) -> None:
    want = judged(tmp_path / "want.db")
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(ALL)
        index.import_judgements(JUDGEMENTS)
        index.add([replace(WIRE, text=LONE.text), replace(ALL[-1], text=LONE.text)])
        index.add(ALL)
        assert_same(tmp_path / "s.db", want)
        for page in ALL:
            index.remove([page.id])
            assert len(index.judgements()) == len(JUDGEMENTS)
            index.add([page])
            assert_same(tmp_path / "s.db", want)
        index.remove([page.id for page in ALL])
        index.add(ALL)
    assert_same(tmp_path / "s.db", want)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_it_does_not_matter_what_comes_first(tmp_path: Path, order: tuple[int, ...]) -> None:
    """The judgements, half of the pages, the other half: a word on what is not there yet counts when that comes."""
    want = judged(tmp_path / "want.db")
    with Index(tmp_path / "s.db", workers=1) as index:
        for step in order:
            if step == 2:
                index.import_judgements(JUDGEMENTS)
            else:
                index.add(ALL[step::2])
    assert_same(tmp_path / "s.db", want)


@pytest.mark.parametrize("make", CORPORA.values(), ids=CORPORA.keys())
def test_in_a_tangle_of_pages_and_judgements_no_order_matters(tmp_path: Path, make: Maker) -> None:
    random, pages = Random("tangle"), make(4)
    said = [random_judgement(random, pages, second) for second in range(12)]
    others = [random_judgement(random, pages, second) for second in range(4)]
    with Index(tmp_path / "want.db", workers=1) as index:
        index.add(pages)
        index.import_judgements(said)
        kept = index.judgements()
    with Index(tmp_path / "s.db", workers=1) as index:
        index.import_judgements([*said[::2], *others])
        index.add(pages[::2])
        for one in others:
            index.unjudge(one.copy, one.original)
        index.add(pages[1::2])
        index.remove([page.id for page in pages[:5]])
        index.import_judgements(said)
        index.add(pages[:5])
        assert index.judgements() == kept
        assert index.check() == []
    assert_same(tmp_path / "s.db", made.dump(tmp_path / "want.db"))


def random_judgement(random: Random, pages: Sequence[Document], second: int) -> Judgement:
    one, two = random.sample([page.id for page in pages], 2)
    return Judgement(one, two, random.choice(judgements.VERDICTS), f"2026-11-22T12:00:{second:02d}+00:00")


def test_it_does_not_matter_how_judgements_come(tmp_path: Path) -> None:
    want = judged(tmp_path / "want.db")
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(ALL)
        for judgement in reversed(JUDGEMENTS):
            judge(index, replace(judgement, verdict="unknown", note=None))
            judge(index, judgement)
    assert_same(tmp_path / "s.db", want)


def test_the_number_of_processes_does_not_matter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    used: list[int] = []

    def start(processes: int, **how: Any) -> ProcessPoolExecutor:
        used.append(processes)
        return ProcessPoolExecutor(processes, **how)

    for name, value in (
        ("adding.WORTH_WORKERS", 2), ("adding.PREPARED_TOGETHER", 4), ("resolving._TOGETHER", 3),
        ("workers.ProcessPoolExecutor", start),
    ):  # fmt: skip
        monkeypatch.setattr(f"dedup.index.{name}", value)
    pages = [*ALL, *made.corpus(4, 2, 2)]
    dumps = []
    for workers in (1, 2):
        with Index(tmp_path / f"{workers}.db", workers=workers) as index:
            index.import_judgements(JUDGEMENTS)
            index.add(pages)
        dumps.append(made.dump(tmp_path / f"{workers}.db", made.TABLES))
    assert used == [1]
    assert dumps[0] == dumps[1]
    assert any("a person judged" in str(row) for row in dumps[1]["links"])


def test_a_circle_of_judgements_ends(path: Path) -> None:
    pages = made.mirrors_of(7, 3)
    ids = [page.id for page in pages]
    with Index(path, workers=1) as index:
        index.add(pages)
        circle = [Judgement(a, b, "copy", NOON) for a, b in zip(ids, [*ids[1:], ids[0]], strict=True)]
        index.import_judgements(circle)
        told = {pair for pair in pairs(index) if pair in {(one.copy, one.original) for one in circle}}
        assert len(told) == 3
        assert index.check() == []


# Out and in.


def test_what_is_exported_can_be_imported_elsewhere(tmp_path: Path) -> None:
    want = judged(tmp_path / "want.db")
    with Index(tmp_path / "want.db", read_only=True) as index:
        told = index.judgements()
    assert sorted(told, key=repr) == sorted(JUDGEMENTS, key=repr)
    with Index(tmp_path / "s.db", workers=1) as index:
        assert index.import_judgements(told) == len(JUDGEMENTS)
        assert index.import_judgements(told) == 0
        index.add(ALL)
        assert index.judgements() == told
    assert_same(tmp_path / "s.db", want)


LATEST = {
    "an earlier one": ("2026-11-21T12:00:00+00:00", False),
    "a later one": (LATER, True),
    "a later one of another zone": ("2026-11-22T11:30:00-01:00", True),
}


@pytest.mark.parametrize(("time", "counts"), LATEST.values(), ids=LATEST)
def test_of_what_is_kept_and_what_is_imported_the_later_counts(index: Index, time: str, counts: bool) -> None:
    judge(index, TURNED)
    assert index.import_judgements([Judgement("quillon/goat", "wire/goat", "unrelated", time)]) == counts
    assert [one.verdict for one in index.judgements()] == ["unrelated" if counts else "copy"]
    assert bool(between(index, "wire/goat", "quillon/goat")) != counts


def test_all_are_imported_or_none(index: Index) -> None:
    with pytest.raises(DedupError, match="the verdict 'maybe' is none"):
        index.import_judgements([TURNED, replace(TURNED, copy="marrow/goat", verdict="maybe")])  # type: ignore[arg-type]
    assert (index.judgements(), pairs(index)) == ([], EVIDENCE)


@pytest.mark.skipif(os.name == "nt", reason="there is no SIGKILL")
def test_a_judgement_that_is_killed_is_kept_whole_or_not_at_all(tmp_path: Path) -> None:
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(PAGES)
    (tmp_path / "driver.py").write_text(DRIVER, encoding="utf-8")
    before, want = made.dump(tmp_path / "s.db"), tmp_path / "want.db"
    shutil.copy(tmp_path / "s.db", want)
    calls = int(str(run(tmp_path, want, 0).stdout).split()[0])
    after = made.dump(want)
    kept = []
    for part in range(1, 8):
        path = tmp_path / f"{part}.db"
        shutil.copy(tmp_path / "s.db", path)
        assert run(tmp_path, path, part * calls // 8).returncode == -signal.SIGKILL
        with Index(path, workers=1) as index:
            index.resolve()
            kept.append(len(index.judgements()))
        assert made.dump(path) == (after if kept[-1] else before)
    assert set(kept) == {0, 1}


def run(folder: Path, path: Path, deadly: int) -> subprocess.CompletedProcess[str]:
    """Judge with the command line, killed before this call to SQLite."""
    said = ["judge", "wire/goat", "quillon/goat", "--verdict", "copy", "--note", "why", "--db", str(path), "--quiet"]
    command = [sys.executable, str(folder / "driver.py"), "5", str(deadly), *said]
    environment = {**os.environ, "PYTHONPATH": str(PARENT)}
    return subprocess.run(command, env=environment, text=True, capture_output=True, check=False, timeout=60)


# As truth.


def test_judgements_are_truth_and_the_links_those_of_evidence_alone(path: Path, index: Index) -> None:
    judge(index, TURNED)
    index.judge("marrow/goat", "wire/goat", "copy", judged_at=NOON)
    index.judge("lone/moth", "wire/goat", "unrelated", judged_at=NOON)
    before = made.dump(path, made.TABLES)
    told = index.evaluate(judgements=True)
    assert (told.measures["recall"].right, told.measures["recall"].of) == (2, 2)
    assert (told.measures["direction accuracy"].right, told.measures["direction accuracy"].of) == (1, 2)
    assert [(one.wrong, one.copy, one.original) for one in told.mistakes if one.wrong == "the other way"] == [
        ("the other way", "wire/goat", "quillon/goat")
    ]
    assert made.dump(path, made.TABLES) == before


def test_a_judgement_says_nothing_of_what_else_a_page_is(index: Index) -> None:
    index.judge("marrow/goat", "lone/moth", "unrelated", judged_at=NOON)
    told = index.evaluate(judgements=True)
    assert (told.mistakes, told.measures["precision"].of) == ((), 0)


def test_labels_count_beside_judgements_and_give_way_where_they_say_otherwise(index: Index) -> None:
    index.judge("quillon/goat", "wire/goat", "copy", judged_at=NOON)
    labels = [Label("wire/goat", "quillon/goat", "full"), Label("marrow/goat", "wire/goat", "partial")]
    told = index.evaluate(labels, judgements=True)
    assert (told.measures["recall"].of, told.measures["direction accuracy"].right) == (2, 2)
    agreeing = index.evaluate([Label("quillon/goat", "wire/goat", "full")], judgements=True)
    assert {group.name for group in agreeing.groups if group.by == "kind"} == {"full"}


def test_judgements_on_pages_that_are_not_there_are_named(index: Index) -> None:
    index.import_judgements([Judgement("moon", "wire/goat", "copy", NOON)])
    (reject,) = index.evaluate(judgements=True).rejects
    assert (reject.path, reject.problem[:12]) == ("a judgement", "names 'moon'")
    assert index.evaluate().rejects == ()


# Explained.


def test_the_word_is_the_first_step_of_an_explanation(index: Index) -> None:
    judge(index, TURNED)
    step = index.explain("quillon/goat", "wire/goat")[0]
    assert (step.name, step.passed) == ("judgement", True)
    assert step.told == "a person judged on 2026-11-22 that wire/goat is a copy of quillon/goat: I was there"
    index.judge("lone/moth", "wire/goat", "unrelated", judged_at=NOON)
    assert not index.explain("wire/goat", "lone/moth")[0].passed
    assert index.explain("marrow/goat", "wire/goat")[0].name == "keys"
