"""How links are judged against what was made: directions, immediate sources, absent originals, roots."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import direction
import mirrors
import pytest
from direction import Known, absent_shown, judge, mirror_roots, mistakes, nearest, read_truth, report, siblings
from made import page
from mirrored import STORIES, wire
from mirrors import Made, Truth
from press import DATES_ONLY
from recipes import dates_mix

from dedup.model import Link

WIRE, PAPER = (
    replace(page(f"{name}/1", ["Text."]), outlet=outlet) for name, outlet in (("ap", "AP"), ("velmar", None))
)
TRUTH = {
    "adapted": "wire/1 ap/1 adaptation",
    "retaken": "wire/2 velmar/1 retaken",
    "of adapted": "wire/1 adapted names=3",
    "of wire": "wire/1 ap/1 names=3",
    "of paper": "wire/2 velmar/1 names=3",
    "of retaken": "wire/2 retaken names=3",
    "of absent": "wire/3 - names=3",
}


def known() -> Known:
    rows = []
    for copy, told in TRUTH.items():
        story, original, habit = told.split()
        gone = original == "-"
        rows.append(
            Truth(copy, None if gone else original, "full", "decided", 1, 1, story, habit, 100, "AP" if gone else None)
        )
    teaser = replace(rows[3], kind="teaser", original="velmar/1", story="wire/2")
    return read_truth(Made((WIRE, PAPER), (*rows, teaser)))


def link(copy: str, original: str | None, share: float = 0.9, **told: object) -> Link:
    made = Link(copy, original, "full", 0.9, share, 100, 0.9, 0.9, ("it has reasons",), original or copy)
    return replace(made, **{"root": original, **told})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("copy", "original", "direction", "told", "group"),
    [
        ("of wire", "ap/1", "decided", "right", "mirror of agency"),
        ("of paper", "velmar/1", "decided", "right", "mirror of paper"),
        ("velmar/1", "of paper", "decided", "wrong", "mirror of paper"),
        ("velmar/1", "of paper", "unknown", "unknown", "mirror of paper"),
        ("of paper", "velmar/1", "unknown", "unknown", "mirror of paper"),
        ("of adapted", "adapted", "decided", "right", "mirror of adaptation"),
        ("of adapted", "ap/1", "decided", "right", "mirror of adaptation"),
        ("ap/1", "of adapted", "decided", "wrong", "mirror of adaptation"),
        ("adapted", "ap/1", "decided", "right", "adaptation"),
        ("retaken", "velmar/1", "decided", "right", "retaken"),
        ("velmar/1", "retaken", "decided", "wrong", "retaken"),
        ("of retaken", "velmar/1", "decided", "right", "mirror of retaken"),
        ("of wire", "velmar/1", "decided", None, None),  # teased alone
        ("of wire", "of adapted", "decided", None, None),
        ("of wire", "adapted", "decided", None, None),
        ("of absent", None, "decided", None, None),
        ("of wire", "elsewhere", "decided", None, None),
    ],
)
def test_a_direction_is_judged(
    copy: str, original: str | None, direction: str, told: str | None, group: str | None
) -> None:
    judged = list(judge(known(), [link(copy, original, direction=direction)]))
    assert [(one.told, one.group) for one in judged] == ([(told, group)] if told else [])


@pytest.mark.parametrize(
    ("copy", "original", "sibling"),
    [
        ("of wire", "of adapted", True),
        ("of wire", "adapted", True),
        ("of adapted", "adapted", False),
        ("adapted", "of adapted", False),
        ("of wire", "of paper", False),
        ("of absent", None, False),
    ],
)
def test_mirrors_of_one_story_are_siblings(copy: str, original: str | None, sibling: bool) -> None:
    told = link(copy, original)
    assert siblings(known(), [told]) == [told] * sibling


def test_the_nearest_source_explains_most_of_a_page() -> None:
    best = link("of adapted", "adapted", 0.8)
    links = [link("of adapted", "ap/1", 0.7), best, link("of adapted", "ap/1", 0.75)]
    links += [link("of adapted", "velmar/1", 0.95, direction="unknown"), link("elsewhere", "ap/1", 0.99)]
    found = nearest(known(), links)
    assert found.pop("of adapted") is best
    assert found == dict.fromkeys(TRUTH.keys() - {"of adapted", "of absent"})


@pytest.mark.parametrize(
    ("story", "kind", "original", "found"),
    [
        ("of wire", "full", "of wire", 1),
        ("of wire", "version", "ap/1", 1),
        ("of wire", "excerpt", "of wire", 0),
        ("of wire", "full", None, 0),
        ("of absent", "full", "of absent", 0),
        ("adapted", "full", "adapted", 0),
        ("ap/1", "full", "ap/1", 0),
    ],
)
def test_a_root_is_no_mirror(story: str, kind: str, original: str | None, found: int) -> None:
    roots, of = mirror_roots(known(), [link("of adapted", original, kind=kind, root=story)])
    assert (len(roots), of) == (found, kind != "excerpt" and original is not None)


def test_links_between_pages_that_were_not_made_are_left_out() -> None:
    assert mirror_roots(known(), [link("elsewhere", "nowhere")]) == ([], 0)


@pytest.mark.parametrize(
    ("agency", "original", "shown"),
    [("AP", None, "(1 of 1)"), ("Reuters", None, "(0 of 1)"), ("AP", "ap/1", "(0 of 1)")],
)
def test_of_absent_originals_the_agency_is_told(agency: str, original: str | None, shown: str) -> None:
    assert absent_shown(known(), [link("of absent", original, agency=agency)]).endswith(shown)


def test_absent_originals_that_nobody_credits_are_not_asked_for() -> None:
    truth = known()
    silent = [replace(row, direction="unknown") for row in truth.rows["of absent"]]
    unsaid = replace(truth, rows={**truth.rows, "of absent": silent})
    assert absent_shown(unsaid, []).endswith("(0 of 0)")
    other = {"beside it": [replace(silent[0], copy="beside it", direction="decided")]}
    assert absent_shown(replace(unsaid, rows={**unsaid.rows, **other}), []).endswith("(0 of 2)")


def test_what_is_printed() -> None:
    links = [link("of wire", "ap/1"), link("of wire", "velmar/1", direction="unknown"), link("velmar/1", "of paper")]
    lines = ["  ".join(line.split()) for line in report(known(), [*links, link("of adapted", "of wire")])]
    assert "all  0.5000  (1  of  2)  0.0000  (0  of  2)" in lines
    assert "mirror  of  paper  0.0000  (0  of  1)  0.0000  (0  of  1)" in lines
    assert "neither  copied,  yet  told  1.0000  (1  of  1)" in lines
    assert "all  0.1667  (1  of  6)  0.6667  (4  of  6)" in lines
    assert "a  mirror  as  root  0.5000  (2  of  4)" in lines
    assert len(list(report(known(), links, dates_only=True))) == 5


def test_what_is_wrong_is_told_with_its_reasons() -> None:
    told = list(mistakes(known(), [link("velmar/1", "of paper"), link("of wire", "ap/1")]))
    assert [line.split(":")[0] for line in told] == ["WRONG mirror of paper", "ROOT of paper"]
    assert "it has reasons" in told[0]
    assert "true: of paper from velmar/1 (names=3)" in told[0]


@pytest.mark.parametrize("dates_only", [False, True])
def test_the_command_line(
    dates_only: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mirrors.write(Made(tuple(wire(60)), ()), tmp_path)
    command = f"direction {tmp_path}/pages.jsonl.gz --count 30 --wrong {tmp_path}/wrong" + " --dates-only" * dates_only
    monkeypatch.setattr("sys.argv", command.split())
    direction.main()
    shown = capsys.readouterr().out
    assert "mirror of paper" in shown
    assert ("immediate source" in shown) != dates_only
    assert (tmp_path / "wrong").exists()


def test_where_dates_alone_can_tell_the_copies_are_word_for_word() -> None:
    made = mirrors.make(STORIES, 20, 1, dates_mix, press=DATES_ONLY)
    pages = {page.id: page for page in made.documents}
    earlier = 0
    for row in made.truth:
        copy, source = pages[row.copy], pages[row.original or ""]
        told = [replace(p, id="", url="", outlet="", site_name="", published="") for p in (copy, source)]
        assert told[0] == told[1]
        assert copy.published != source.published
        earlier += (copy.published or "") < (source.published or "")
    assert 4 < earlier < 16
