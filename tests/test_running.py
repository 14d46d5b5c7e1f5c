"""Processes are run with what their children take, and pairs are held against the truth."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from clusters import paired, write_clusters
from peers import Outcome, table
from running import Ran, Score, Truth, bytes_in, joined, read_truth, run, score

TRUTH = Truth({"m1": "s1", "m2": "s1", "m3": "s2", "short": "s2"}, (("m1", "s1"), ("m2", "s1"), ("m3", "s2")))
needs_linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc tells how much memory processes hold")


@pytest.mark.parametrize(
    ("pairs", "precision", "recall"),
    [
        ([("m1", "s1"), ("m2", "s1"), ("m3", "s2")], 1, 1),
        ([("s1", "m1"), ("m1", "s1"), ("m2", "m1")], 1, 2 / 3),
        ([("m1", "s1"), ("m3", "s1")], 1 / 2, 1 / 3),
        ([("short", "s2"), ("short", "m3")], 1, 1 / 3),
        ([("s1", "s1")], 0, 0),
        ([], 0, 0),
    ],
)
def test_pairs_are_right_where_both_pages_show_one_story(
    pairs: list[tuple[str, str]], precision: float, recall: float
) -> None:
    told = score(TRUTH, pairs)
    assert told.precision == precision
    assert told.recall == pytest.approx(recall)


def test_a_cluster_of_strangers_finds_all_and_is_seldom_right() -> None:
    told = score(TRUTH, [(page, "m1") for page in ("s1", "s2", "m2", "m3", "x1", "x2")])
    assert told.recall == 1
    assert told.precision == pytest.approx(2 / 6)


def test_pages_hang_together_by_pairs() -> None:
    heads = joined([("a", "b"), ("c", "b"), ("d", "e")])
    assert heads["a"] == heads["b"] == heads["c"] != heads["d"] == heads["e"]


def test_teasers_tell_no_story_and_excerpts_are_not_missed(tmp_path: Path) -> None:
    rows = ["copy,original,kind,story", "m,s,full,s", "m,t,teaser,t", "e,s,excerpt,s", "n,,partial,gone"]
    (tmp_path / "truth.csv").write_text("\n".join(rows), encoding="utf-8")
    truth = read_truth(tmp_path / "truth.csv")
    assert truth.story == {"m": "s", "e": "s", "n": "gone"}
    assert truth.copies == (("m", "s"),)


def test_clusters_are_told_by_their_first_pages(tmp_path: Path) -> None:
    ids = {0: "a", 1: "b", 2: "c", 5: "f"}
    assert paired(ids, {2: 7, 0: 7, 5: 7, 1: 3}) == [("c", "a"), ("f", "a")]
    pages = tmp_path / "pages.jsonl"
    pages.write_text("".join(f'{{"id": "{id}"}}\n' for id in "abc"), encoding="utf-8")
    write_clusters(str(tmp_path / "out.db"), str(pages), {1: 4, 2: 4})
    assert bytes_in(tmp_path) > bytes_in(pages) > 0


def test_the_table_compares_with_the_first() -> None:
    def outcomes(seconds: float) -> list[Outcome]:
        return [Outcome(Ran(seconds * times, 1.0, 10.0), 5.0, Score(7, 1.0, 0.5)) for times in (1, 2, 9)]

    lines = table({"ours": outcomes(1), "peer": outcomes(4)}, 100)
    assert lines[1].split()[:4] == ["ours", "2.0", "50", "1.00"]
    assert lines[2].split()[:4] == ["peer", "8.0", "12", "0.25"]


@needs_linux
def test_a_process_is_measured_with_its_children() -> None:
    held = "import time; held = b'x' * 50_000_000; time.sleep(.5)"
    both = f"import subprocess, sys; held = b'x' * 50_000_000; subprocess.run([sys.executable, '-c', {held!r}])"
    assert run([sys.executable, "-c", both]).megabytes > 100
    worked = run([sys.executable, "-c", "import time\nwhile time.process_time() < .3: pass"])
    assert worked.seconds > 0.3
    assert worked.processor > 0.2


@needs_linux
def test_what_a_process_writes_on_its_terminal_is_told() -> None:
    told: list[str] = []
    run([sys.executable, "-c", "import sys; print(sys.stderr.isatty(), file=sys.stderr)"], lambda _, t: told.append(t))
    assert "True" in told[-1]


@needs_linux
def test_a_process_that_fails_ends_the_run_with_what_it_wrote() -> None:
    fails = [sys.executable, "-c", "import sys; sys.exit('it is broken')"]
    with pytest.raises(SystemExit, match="it is broken"):
        run(fails)
    run(fails, ended=(0, 1))
