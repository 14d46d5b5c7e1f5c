"""Case files: they tell what the store tells, stand alone, and are the same bytes each time."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from xml.etree import ElementTree

import pytest

pytest.importorskip("jinja2", reason="case files need the extra 'web'")

from dedup import exhibits
from dedup.cli import run
from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Document, UnknownDocument
from dedup.report import case_of, report

lxml = pytest.importorskip("lxml.html", reason="case files are read again with lxml")

SAMPLE = Path(__file__).parents[1] / "sample_corpus" / "pages"
DAY = "2024-08-01"
EVIL = "</script><script>evil = 1</script>\"'><img src=x onerror=alert(1)>"
CASES = {
    "a story": ["mp-2003"],
    "a page of it": ["herald"],
    "an outlet": ["Daily Quorum"],
    "a pair": ["mp-2003", "herald"],
    "a pair that shares nothing": ["mp-2003", "ngw-1001"],
    "an absent original": ["absent"],
    "nobody knows": ["plain"],
    "scripts in everything": ["evil-1"],
}


@pytest.fixture(scope="module")
def db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("report") / "sample.db"
    wire = next(page for page in read_corpus(SAMPLE / "wire_northgate.jsonl") if page.id == "ngw-1002")
    evil = [
        Document(f"evil-{n}", f"{EVIL} {wire.text}", f"javascript:{EVIL}", EVIL, f"Evil {n} {EVIL}", byline=EVIL)
        for n in (1, 2)
    ]
    with Index(path, workers=1) as made:
        made.add([*read_corpus(SAMPLE), *evil])
    return path


@pytest.fixture(scope="module")
def index(db: Path) -> Iterator[Index]:
    with Index(db, read_only=True) as opened:
        yield opened


def named(index: Index, case: str) -> list[str]:
    """The names of a case, those of the sample's that hang on where it lies looked up."""
    ids = {Path(link.copy).stem: link.copy for link in index.links(None)}
    absent = next(story.id for story in index.stories() if story.original is None and story.agency)
    known = {"herald": ids["herald-recount"], "absent": absent, "plain": ids.get("plain-b") or ids["plain-a"]}
    return [known.get(name, name) for name in CASES[case]]


def data_of(html: str) -> dict[str, object]:
    (found,) = re.findall(r'<script type="application/json" id="case">(.*?)</script>', html, re.DOTALL)
    data = json.loads(found)
    assert isinstance(data, dict)
    return data


@pytest.mark.parametrize("case", CASES)
def test_a_case_file_stands_alone(index: Index, case: str) -> None:
    html = report(index, named(index, case), DAY)
    page = lxml.document_fromstring(html)
    assert {one.tag for one in page.iter() if isinstance(one.tag, str)} & {
        "img",
        "link",
        "iframe",
        "form",
        "object",
    } == set()
    assert [one.get("type") for one in page.iter("script")] == ["application/json"]
    for one in page.iter():
        assert [name for name in one.attrib if name.startswith("on") or name in ("style", "src", "srcset")] == []
    links = [link.get("href") for link in page.iter("a")]
    ids = {one.get("id") for one in page.iter()}
    assert [link for link in links if not link.startswith(("http://", "https://")) and link[1:] not in ids] == []
    assert all(link.get("rel") == "noopener noreferrer nofollow" for link in page.iter("a") if link.get("target"))


@pytest.mark.parametrize("case", CASES)
def test_a_case_file_is_the_same_each_time(index: Index, case: str) -> None:
    names = named(index, case)
    assert report(index, names, DAY) == report(index, names, DAY)


@pytest.mark.parametrize("case", CASES)
def test_hashes_and_texts_are_those_of_the_store(index: Index, case: str) -> None:
    names = named(index, case)
    told = case_of(index, names, DAY)
    for paper in told.papers:
        assert paper.sha256 == sha256(index.get(paper.id).text.encode()).hexdigest()
    for one in told.comparisons:
        for side, parts in (("left", one.source), ("right", one.copy)):
            text = "".join(part.text for row in one.rows for part in getattr(row, side))
            assert text == index.get(parts.id).text
    html = report(index, names, DAY)
    assert all(paper.sha256 in html for paper in told.papers)
    assert data_of(html)["made_on"] == DAY


def test_a_story_has_each_copy_beside_its_source(index: Index) -> None:
    told = case_of(index, ["mp-2003"], DAY)
    assert told.told is not None
    pairs = [(run.publisher.original, run.publisher.id) for run in told.told.runs if run.publisher.original]
    assert [(one.source.id, one.copy.id) for one in told.comparisons] == pairs
    assert (told.kind, told.pairs) == ("story", 2)


def test_one_page_of_a_story_tells_the_story(index: Index) -> None:
    assert case_of(index, named(index, "a page of it"), DAY) == case_of(index, ["mp-2003"], DAY)


def test_an_outlet_has_its_newest_copies(index: Index) -> None:
    told = case_of(index, ["Daily Quorum"], DAY)
    assert told.outlet == exhibits.outlet(index, "Daily Quorum")
    assert told.pairs == sum(copy.original is not None for copy in told.outlet.newest) > 0


def test_what_is_left_out_is_counted(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dedup.exhibits.case.PAIRS_SHOWN", 1)
    told = case_of(index, ["mp-2003"], DAY)
    assert (len(told.comparisons), told.pairs) == (1, 2)
    assert "1 more copy is not shown here beside the source" in report(index, ["mp-2003"], DAY)


@pytest.mark.parametrize("names", [["no such"], ["mp-2003", "no such"], ["misc-3001"]])
def test_what_is_no_case_is_refused(index: Index, names: list[str]) -> None:
    with pytest.raises(UnknownDocument):
        case_of(index, names, DAY)


def test_an_outlet_is_only_that_where_it_is_asked_for(index: Index) -> None:
    with pytest.raises(UnknownDocument):
        case_of(index, ["mp-2003"], DAY, outlet=True)
    assert case_of(index, ["Daily Quorum"], DAY, outlet=True) == case_of(index, ["Daily Quorum"], DAY)


def test_the_drawing_is_well_formed(index: Index) -> None:
    (drawing,) = re.findall(r"<svg role.*</svg>", report(index, ["mp-2003"], DAY), re.DOTALL)
    assert ElementTree.fromstring(drawing).get("role") == "img"


# The command line.


def test_a_file_that_is_there_is_not_written_over(db: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "case.html"
    command = ["report", "mp-2003", "-o", str(out), "--db", str(db), "--date", DAY]
    assert run(command) == 0
    written = out.read_bytes()
    out.write_text("mine")
    assert run(command) == 2
    assert "is there already" in capsys.readouterr().err
    assert out.read_text() == "mine"
    assert run([*command, "--force"]) == 0
    assert out.read_bytes() == written
    assert [path.name for path in tmp_path.iterdir()] == ["case.html"]


@pytest.mark.parametrize(
    "wrong", [["no such"], ["mp-2003", "ngw-1001", "--outlet"], ["mp-2003", "--date", "today"], ["mp-2003", "a", "b"]]
)
def test_what_is_wrong_is_said_in_a_sentence_and_nothing_written(db: Path, tmp_path: Path, wrong: list[str]) -> None:
    assert run(["report", *wrong, "-o", str(tmp_path / "case.html"), "--db", str(db)]) == 2
    assert list(tmp_path.iterdir()) == []
