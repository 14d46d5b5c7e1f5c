"""Licensed partners: lists as people write them, what they change in links, and the same whatever came first."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import dump, story

from dedup.cli import run
from dedup.corpus import read_partners
from dedup.index import Index
from dedup.index.houses import house_of
from dedup.index.licences import change_partners, licences_in, partner_of
from dedup.model import CorpusError, Document, Partner, Reject
from dedup.sources import has_licence
from dedup.store import Store, number_of


def listed(tmp_path: Path, text: str, name: str = "partners.csv") -> tuple[list[Partner], list[str]]:
    (tmp_path / name).write_text(text, encoding="utf-8")
    rejects: list[Reject] = []
    found = list(read_partners(tmp_path / name, rejects.append))
    return found, [f"{Path(one.path).name}:{one.line}: {one.problem}" for one in rejects]


ROW = [Partner("daily.com", "Associated Press")]
LISTS: dict[str, tuple[str, list[Partner]]] = {
    "CSV": ("outlet,source\ndaily.com,Associated Press\n", ROW),
    "TSV": ("outlet\tsource\ndaily.com\tAssociated Press\n", ROW),
    "JSON Lines": ('{"outlet": "daily.com", "source": "Associated Press"}\n\n', ROW),
    "other names": ("Licensee,AGENCY\ndaily.com,Associated Press\n", ROW),
    "names of contracts": ("licensor,partner\nAssociated Press,daily.com\n", ROW),
    "more columns": ("since,outlet,source,note\n2019,daily.com,Associated Press,by mail\n", ROW),
    "addresses": ("outlet,source\nhttps://www.daily.com/news,Associated Press\n", ROW),
    "hosts": ("outlet,source\nWWW.Daily.com, Associated  Press \n", ROW),
    "a mark and a blank line": ("\ufeffoutlet,source\n\ndaily.com,Associated Press\n", ROW),
    "two outlets": ("outlet,source\nThe Daily,wire.com\n", [Partner("The Daily", "wire.com")]),
    "a header alone": ("outlet,source\n", []),
}


@pytest.mark.parametrize(("text", "partners"), LISTS.values(), ids=LISTS)
def test_a_list_is_read_as_people_write_it(text: str, partners: list[Partner], tmp_path: Path) -> None:
    assert listed(tmp_path, text) == (partners, [])


BAD_ROWS = {
    "no source": ("outlet,source\ndaily.com,\n", "partners.csv:2: has no source"),
    "no outlet": ("outlet,source\n ,wire.com\n", "partners.csv:2: has no outlet"),
    "a field too many": ("outlet,source\na,b,c\n", "partners.csv:2: has 3 fields where the header has 2"),
    "its own partner": ("outlet,source\nwww.Daily.com,daily.com\n", "partners.csv:2: names daily.com as its own"),
    "no JSON": ('{"outlet": "a"', "partners.csv:1: is not JSON: Expecting ',' delimiter at character 15"),
    "other names": ('{"a": 1, "b": 2}', "partners.csv:1: has no outlet"),
    "an essay": (f"outlet,source\n{'a' * 254},b\n", "partners.csv:2: has a name of 254 characters"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "problem"), BAD_ROWS.values(), ids=BAD_ROWS)
def test_a_bad_row_is_named_with_its_line(text: str, problem: str, tmp_path: Path) -> None:
    found, (told,) = listed(tmp_path, text)
    assert not found
    assert told.startswith(problem)


@pytest.mark.parametrize("text", ["", "name,agency\nx,y\n", "daily.com,Associated Press\n"])
def test_a_file_without_the_columns_is_no_list(text: str, tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="its columns must be outlet, source"):
        listed(tmp_path, text)


# ---------------------------------------------------------------------------------------------------------------
# Whom a list makes a partner of whom.

# Outlet and source as listed; the publisher of a copy and that of its source, each outlet and name of its site.
HELD: dict[str, tuple[str, str, tuple[str | None, str | None], tuple[str | None, str | None], bool]] = {
    "an agency by name": ("daily.com", "Associated Press", ("daily.com", None), ("apnews.com", None), True),
    "an agency by id": ("daily.com", "ap", ("daily.com", None), ("apnews.com", None), True),
    "an agency by an id with a mark": ("daily.com", "CNA_TW", ("daily.com", None), ("focustaiwan.tw", None), True),
    "an agency by domain": ("daily.com", "apnews.com", ("daily.com", None), ("AP", None), True),
    "an outlet by domain": ("daily.com", "wire.com", ("daily.com", None), ("wire.com", None), True),
    "an outlet by name": ("daily.com", "The Wire Post", ("daily.com", None), ("wirepost.com", "Wire Post"), True),
    "a partner by its site": ("The Daily Tide", "wire.com", ("tide.com", "Daily Tide"), ("wire.com", None), True),
    "a partner by its domain's name": ("Daily Tide", "wire.com", ("dailytide.com", None), ("wire.com", None), True),
    "another domain of one name": ("daily.de", "wire.com", ("daily.com", None), ("wire.com", None), False),
    "another source": ("daily.com", "Reuters", ("daily.com", None), ("apnews.com", None), False),
    "the other way": ("wire.com", "daily.com", ("daily.com", None), ("wire.com", None), False),
    "nobody": ("daily.com", "wire.com", (None, None), ("wire.com", None), False),
}  # fmt: skip


@pytest.mark.parametrize(("outlet", "source", "copy", "original", "held"), HELD.values(), ids=HELD)
def test_a_publisher_has_a_licence(
    outlet: str, source: str, copy: tuple[str | None, str | None], original: tuple[str | None, str | None], held: bool
) -> None:
    licences = licences_in([Partner(outlet, source)])
    assert has_licence(partner_of(house_of(*copy), licences), house_of(*original)) == held


# ---------------------------------------------------------------------------------------------------------------
# In a store.

STORY, OTHER = ("\n\n".join(story(Random(seed))) for seed in (7, 8))
DOCUMENTS = [
    Document("a", STORY, outlet="daily.com", published="2024-05-06"),
    Document("b", STORY, outlet="tide.com", site_name="The Tide", published="2024-05-06"),
    Document("c", OTHER, outlet="daily.com"),
    Document("d", STORY, outlet="other.com"),
]
PARTNERS = [Partner("daily.com", "The Tide")]


def direction(path: Path) -> list[tuple[Any, ...]]:
    with sqlite3.connect(path) as db:
        query = "select copy, original, direction from links where copy in ('a', 'b') and original in ('a', 'b')"
        return list(db.execute(query))


def made(path: Path, *steps: list[Document] | list[Partner], workers: int = 1) -> Path:
    with Index(path, workers=workers) as index:
        for step in steps:
            if all(isinstance(one, Partner) for one in step):
                index.set_partners(one for one in step if isinstance(one, Partner))
            else:
                index.add(one for one in step if isinstance(one, Document))
    return path


def test_a_licence_tells_who_has_whose_story(tmp_path: Path) -> None:
    assert direction(made(tmp_path / "plain.db", DOCUMENTS)) == [("a", "b", "unknown")]
    path = made(tmp_path / "told.db", DOCUMENTS, PARTNERS)
    assert direction(path) == [("a", "b", "decided")]
    with Index(path, read_only=True) as index:
        assert index.partners() == PARTNERS
        link = next(link for link in index.links() if link.copy == "a")
        assert any("by licence" in reason for reason in link.reasons)


ORDERS: dict[str, list[list[Document] | list[Partner]]] = {
    "the list first": [PARTNERS, DOCUMENTS],
    "the list last": [DOCUMENTS, PARTNERS],
    "the list in between": [DOCUMENTS[:1], PARTNERS, DOCUMENTS[1:]],
    "another list before": [[Partner("tide.com", "daily.com")], DOCUMENTS, PARTNERS],
    "the same list twice": [DOCUMENTS, PARTNERS, PARTNERS],
}


@pytest.mark.parametrize("steps", ORDERS.values(), ids=ORDERS)
def test_links_are_the_same_whatever_came_first(steps: list[list[Document] | list[Partner]], tmp_path: Path) -> None:
    assert dump(made(tmp_path / "a.db", *steps)) == dump(made(tmp_path / "b.db", DOCUMENTS, PARTNERS))


def test_an_empty_list_takes_it_all_back(tmp_path: Path) -> None:
    path = made(tmp_path / "a.db", DOCUMENTS, PARTNERS, [])
    assert dump(path) == dump(made(tmp_path / "b.db", DOCUMENTS))


def test_who_may_publish_is_known_to_a_page_that_only_asks(tmp_path: Path) -> None:
    with Index(made(tmp_path / "a.db", PARTNERS, DOCUMENTS[1:2])) as index:
        answer = index.who(DOCUMENTS[0])
        assert (answer.original, answer.direction) == ("b", "decided")


def test_a_new_list_touches_only_the_matched_documents_of_its_outlets(tmp_path: Path) -> None:
    made(tmp_path / "a.db", DOCUMENTS)
    with Store(tmp_path / "a.db", writing=True) as opened:
        change_partners(opened, PARTNERS)
        assert opened.pending() == [number_of("a")]
        opened.drop_pending(opened.pending())
        change_partners(opened, [*PARTNERS, Partner("nobody.com", "daily.com")])
        assert opened.pending() == []
        change_partners(opened, [Partner("The Tide", "daily.com")])
        assert opened.pending() == sorted((number_of("a"), number_of("b")))


NAMES = st.sampled_from(["daily.com", "The Tide", "other.com", "AP", "apnews.com", "x\ud800", "tide.com"])


@settings(max_examples=20)
@given(st.lists(st.builds(Partner, NAMES, NAMES), max_size=5))
def test_a_list_is_kept_sorted_and_each_row_once(partners: Iterable[Partner]) -> None:
    with Index(":memory:") as index:
        index.set_partners(partners)
        kept = index.partners()
        index.set_partners(kept)
        assert index.partners() == kept == sorted(set(kept))
        assert len(kept) == len(set(partners))


# ---------------------------------------------------------------------------------------------------------------
# At the command line.


@pytest.fixture
def pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rows = [{"id": d.id, "text": d.text, "outlet": d.outlet, "site_name": d.site_name} for d in DOCUMENTS]
    (tmp_path / "pages.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    (tmp_path / "partners.csv").write_text("outlet,source\ndaily.com,The Tide\nother.com\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_index_takes_a_list(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "--partners", "partners.csv", "pages.jsonl"]) == 0
    said = capsys.readouterr().err
    assert "rejected partners.csv:3: has 1 fields where the header has 2\n1 partners listed, 1 rejected.\n" in said
    assert run(["partners", "-f", "jsonl"]) == 0
    assert capsys.readouterr().out == '{"outlet": "daily.com", "source": "The Tide"}\n'
    assert direction(pages / "dedup.db") == [("a", "b", "decided")]


def test_a_list_can_be_put_in_the_place_of_another(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["index", "pages.jsonl", "-q"]) == 0
    assert run(["partners", "--import", "partners.csv", "-q"]) == 0
    assert direction(pages / "dedup.db") == [("a", "b", "decided")]
    assert run(["partners"]) == 0
    assert capsys.readouterr().out.split() == ["outlet", "source", "daily.com", "The", "Tide"]


@pytest.mark.parametrize("arguments", [["index", "pages.jsonl", "--partners"], ["partners", "--import"]])
@pytest.mark.parametrize("file", ["no-such.csv", "pages.csv"])
def test_a_list_that_cannot_be_read_ends_the_run_before_it_changes_anything(
    arguments: list[str], file: str, pages: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (pages / "pages.csv").write_text("id,text\na,b\n")
    made(pages / "dedup.db", DOCUMENTS[:2], PARTNERS)
    before = dump(pages / "dedup.db")
    assert run([*arguments, file]) == 2
    assert capsys.readouterr().err.startswith(f"Error: {file}: ")
    assert dump(pages / "dedup.db") == before


def test_partners_need_a_store(pages: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["partners", "--import", "partners.csv"]) == 2
    assert "there is no such store" in capsys.readouterr().err
    assert not (pages / "dedup.db").exists()


# ---------------------------------------------------------------------------------------------------------------
# In answers.

CREDITED = f"HALVERTON (AP) — {STORY}"
ANSWERED: dict[str, tuple[list[Document], list[Partner], tuple[str | None, str | None, str | None, bool]]] = {
    "licensed": (DOCUMENTS, PARTNERS, ("tide.com", None, None, True)),
    "licence unknown": (
        [DOCUMENTS[0], Document("b", STORY, outlet="apnews.com")], [], ("apnews.com", None, None, False)
    ),
    "a credit": (
        [Document("a", CREDITED, outlet="daily.com"), Document("b", CREDITED, outlet="apnews.com")],
        [],
        ("apnews.com", "apnews.com", None, False),
    ),
    "an absent agency": (
        [Document("a", CREDITED, outlet="daily.com"), Document("b", CREDITED, outlet="tide.com")],
        [],
        ("The Associated Press", "The Associated Press", None, False),
    ),
    "an absent agency, licensed": (
        [Document("a", CREDITED, outlet="daily.com"), Document("b", CREDITED, outlet="tide.com")],
        [Partner("daily.com", "AP")],
        ("The Associated Press", "The Associated Press", None, True),
    ),
    "an absent agency that others credit": (
        [DOCUMENTS[0], *(Document(id, CREDITED, outlet=f"{id}.com") for id in "bcd")],
        [],
        ("The Associated Press", None, None, False),
    ),
    "first seen": (
        [Document("a", STORY, outlet="daily.com", crawled="2024-05-07T08:00:00"), Document("b", STORY, outlet="AP")],
        [],
        ("AP", None, "2024-05-07", False),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("documents", "partners", "said"), ANSWERED.values(), ids=ANSWERED)
def test_an_answer_says_whose_story_a_copy_has_and_by_what_licence(
    documents: list[Document],
    partners: list[Partner],
    said: tuple[str | None, str | None, str | None, bool],
    tmp_path: Path,
) -> None:
    with Index(made(tmp_path / "a.db", documents, partners)) as index:
        for asked in ("a", documents[0]):
            row = next(row for row in index.who(asked).publishers if row.id == "a")
            assert (row.role, row.source, row.credits, row.first_seen, row.licensed) == ("copy", *said)
