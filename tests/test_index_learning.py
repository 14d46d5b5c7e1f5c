"""Outlets learned by the index: what they do on pages that tell decides pages that do not, in any order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from random import Random

import made
import pytest
from tangles import tangle

from dedup.index import Index, parts, resolving
from dedup.model import Document, Link

SITE = "Copier Farm"


def story(seed: int) -> tuple[str, ...]:
    return made.story(Random(seed), 6)


def told_pair(seed: int) -> list[Document]:
    """A page of the farm's that shows whose it is, and the paper's story."""
    text = story(seed)
    copy = made.page(f"farm/{seed}", made.named(Random(seed), text, SITE), site_name=SITE)
    return [made.page(f"paper/{seed}", text), copy]


def silent_pair(seed: int) -> list[Document]:
    """The same story on both, word for word: nothing tells."""
    return [made.page(f"paper/{seed}", story(seed)), made.page(f"farm/{seed}", story(seed), site_name=SITE)]


def links(path: Path, *parts: list[Document]) -> dict[str, Link]:
    with Index(path, workers=1) as index:
        for part in parts:
            index.add(part)
        return {link.copy: link for link in index.links(None)}


def test_what_an_outlet_does_elsewhere_decides_where_nothing_else_does(tmp_path: Path) -> None:
    silent = silent_pair(1)
    assert links(tmp_path / "alone.db", silent)["farm/1"].direction == "unknown"
    known = [page for seed in range(10, 18) for page in told_pair(seed)]
    link = links(tmp_path / "known.db", [*silent, *known])["farm/1"]
    assert (link.direction, link.original) == ("decided", "paper/1")
    assert link.evidence[0].name == "outlet_copies"
    assert "farm.example is known to copy" in link.reasons[0]


def test_what_is_learned_later_is_told_of_pages_that_came_before(tmp_path: Path) -> None:
    silent, known = silent_pair(1), [page for seed in range(10, 18) for page in told_pair(seed)]
    at_once = links(tmp_path / "once.db", [*silent, *known])
    assert links(tmp_path / "later.db", silent, known) == at_once
    with Index(tmp_path / "later.db", workers=1) as index:
        index.remove([page.id for page in known])
        (link,) = index.links(None)
    assert link == links(tmp_path / "alone.db", silent)[link.copy]


def test_habits_are_listed_with_their_counts(tmp_path: Path) -> None:
    known = [page for seed in range(10, 18) for page in told_pair(seed)]
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add([*known, *silent_pair(1)])
        told = {row.outlet: (row.decided_copies, row.decided_copied, row.habit) for row in index.habits()}
    assert told == {"farm.example": (8, 0, 2.0), "paper.example": (0, 8, -2.0)}


def test_a_phrase_glued_into_an_outlets_pages_alone_is_its_name(tmp_path: Path) -> None:
    """The farm's pages do not tell what the site is called."""
    known = [replace(page, site_name=None) for seed in range(10, 14) for page in told_pair(seed)]
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add(known)
        (farm,) = (row for row in index.habits() if row.outlet == "farm.example")
        told = list(index.links(None))
    assert farm.names == ("copierfarm",)
    assert {(link.direction, link.original) for link in told} == {
        ("decided", f"paper/{seed}") for seed in range(10, 14)
    }
    assert all("Copier Farm" in link.reasons[0] for link in told)


def test_answers_stand_below_what_they_were_taken_from(tmp_path: Path) -> None:
    text = story(1)
    paper = made.page("paper/1", (*text[:5], *made.story(Random(9), 2)), site_name="Paper", byline="By Ann Poe")
    paper = replace(paper, text=f"{paper.text}\n\nThis story was first published by the Northgate Wire.")
    wire = made.page("wire/1", text, outlet="Northgate Wire", site_name=None)
    farm = made.page("farm/1", made.named(Random(1), tuple(paper.text.split("\n\n")), SITE), site_name=SITE)
    with Index(tmp_path / "s.db", workers=1) as index:
        index.add([wire, paper, farm])
        rows = [(row.id, row.depth, row.original) for row in index.who("wire/1").publishers]
        roots = {link.copy: (link.original, link.root) for link in index.links()}
    assert rows == [("wire/1", 0, None), ("paper/1", 1, "wire/1"), ("farm/1", 2, "paper/1")]
    assert roots == {"paper/1": ("wire/1", "wire/1"), "farm/1": ("paper/1", "wire/1")}


def test_parts_that_are_not_kept_from_tallying_to_linking_are_told_as_those_that_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = [page for seed in range(10, 18) for page in told_pair(seed)]
    tangled = [page for seed in range(3) for page in tangle(seed)]
    known = links(tmp_path / "kept.db", [*silent_pair(1), *told, *tangled])
    monkeypatch.setattr(parts, "KEPT", 0)
    assert links(tmp_path / "anew.db", [*silent_pair(1), *told, *tangled]) == known
    assert any(link.evidence and link.evidence[0].name == "outlet_copies" for link in known.values())


def copied(seed: int, source: str, copy: str) -> list[Document]:
    """A story, and a copy that shows whose it is; no two copies of an outlet call it by one name."""
    text, name = story(seed), f"Site {made.WORDS[seed * 7].capitalize()} {made.WORDS[seed * 5].capitalize()}"
    mirror = made.page(f"{copy}/{seed}", made.named(Random(seed), text, name), site_name=name)
    return [made.page(f"{source}/{seed}", text), mirror]


def balanced() -> tuple[list[Document], list[Document]]:
    """Pages of two outlets, each of which copied the other as often: those of the one half, and of the other."""
    first = [page for seed in range(10, 18) for page in copied(seed, "paper", "farm")]
    return first, [page for seed in range(20, 28) for page in copied(seed, "farm", "paper")]


def others(pages: list[Document]) -> list[Document]:
    """The same pages with unrelated texts."""
    return [made.page(page.id, story(1000 + at)) for at, page in enumerate(pages)]


def test_what_pages_told_is_unlearned_when_they_become_others(tmp_path: Path) -> None:
    (first, second), silent = balanced(), silent_pair(1)
    known = links(tmp_path / "changed.db", [*first, *second, *silent], others(second))
    assert known == links(tmp_path / "fresh.db", [*first, *others(second), *silent])
    assert known["farm/1"].evidence[0].name == "outlet_copies"


def test_a_run_that_was_killed_before_it_learned_learns_when_it_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (first, second), path = balanced(), tmp_path / "killed.db"
    assert links(path, [*first, *second, *silent_pair(1)])["farm/1"].direction == "unknown"

    def killed(_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(resolving, "learn", killed)
        with pytest.raises(KeyboardInterrupt):
            links(path, others([page for page in second if page.id.startswith("paper")]))
    with Index(path, workers=1) as index:
        index.resolve()
        (link,) = (link for link in index.links(None) if link.copy == "farm/1")
    assert link.evidence[0].name == "outlet_copies"


def test_of_two_versions_that_another_house_teases_the_marked_one_is_no_original(tmp_path: Path) -> None:
    random = Random(5)
    text, other = made.story(random, 4), made.story(random, 6)
    teaser = ("Recommend", " ".join(text[0].split()[:26]) + "...")
    marked = made.page("house/a", made.named(random, text, SITE), outlet="house.example", site_name=SITE)
    plain = made.page("house/b", text, outlet="house.example", site_name="House")
    told = links(tmp_path / "teased.db", [marked, plain, made.page("mirror/t", (*other, *teaser))])
    assert told["mirror/t"].original == told["mirror/t"].story == "house/b"
