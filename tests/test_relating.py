"""Relating: what is kept of pairs and documents on the way to links, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from random import Random

import made
import pytest

from dedup.facts import ends
from dedup.index import Index, relating, resolving
from dedup.index.knowing import known_facts
from dedup.measure import relation_between
from dedup.model import KINDS
from dedup.store import Store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "s.db"


def teased(random: Random) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A story, and the teaser of it that other pages show."""
    story = made.story(random, 8)
    return story, ("Recommend", " ".join(" ".join(story).split()[:40]) + "...")


def original_of(path: Path, copy: str) -> set[tuple[str | None, str]]:
    with Index(path, read_only=True) as index:
        return {(link.original, link.kind) for link in index.links(KINDS) if link.copy == copy}


def test_what_is_kept_of_a_match_is_what_its_documents_tell(path: Path) -> None:
    made.indexed(path, made.corpus(3))
    with Store(path) as store:
        ties = [tie for tie in store.ties_of(store.numbers()) if tie.step == "key"]
        facts, briefs = known_facts(store, store.numbers()), store.briefs([(tie.a, tie.b) for tie in ties])
        told = {(t.a, t.b): relation_between(facts[t.a], facts[t.b], briefs[t.a, t.b]) for t in ties}
        assert {(tie.a, tie.b): tie.relation for tie in ties} == told
        assert len(set(told.values())) > 3  # else the corpus is too plain for this


def test_a_teaser_is_of_the_story_though_the_page_met_others_that_show_it(path: Path) -> None:
    for seed in range(6):  # numbers, and so who posts the teaser's keys, are as their ids have it
        random, folder = Random(seed), path.parent / f"{seed}.db"
        story, teaser = teased(random)
        pages = [made.page(f"farm{n}/{seed}", [*made.story(random, 6), *teaser]) for n in range(3)]
        made.indexed(folder, [made.page(f"wire/{seed}", story), *pages])
        for page in pages:
            assert original_of(folder, page.id) == {(f"wire/{seed}", "teaser")}


def test_a_teaser_is_of_the_story_not_of_its_copies_whichever_comes_first(path: Path) -> None:
    for seed in range(6):
        random = Random(seed)
        story, teaser = teased(random)
        site = "The Quorum Ledger"
        mirror = made.page(f"mill/{seed}", made.named(random, story, site), outlet="mill.example", site_name=site)
        page = made.page(f"farm/{seed}", [*made.story(random, 6), *teaser])
        with Index(path.parent / f"{seed}.db", workers=1) as index:
            for one in (mirror, page, made.page(f"wire/{seed}", story)):
                index.add([one])
        assert original_of(path.parent / f"{seed}.db", page.id) == {(f"wire/{seed}", "teaser")}


STEPS = ("_stories", "_own_plates", "_marked_plates", "_relations", "_proposals")
LATER = ("_tally", "_link", "tell_teasers")


class Killed(Exception):
    pass


@pytest.mark.parametrize("step", [*STEPS, *LATER])
@pytest.mark.parametrize("done", [False, True], ids=["before", "behind"])
def test_a_run_that_is_killed_between_steps_ends_where_another_does(path: Path, step: str, done: bool) -> None:
    """The first half is resolved; the run that resolves the second is killed at a step, and the next one ends it."""
    pages = made.corpus(4)
    want = made.indexed(path.parent / "whole.db", pages)
    shuffled = Random(4).sample(pages, len(pages))
    made.indexed(path, shuffled[: len(pages) // 2])
    room = relating if step in STEPS else resolving
    with pytest.MonkeyPatch.context() as patch, Index(path, workers=1) as index:
        patch.setattr(room, step, killed(getattr(room, step), done))
        with pytest.raises(Killed):
            index.add(shuffled[len(pages) // 2 :])
    with Index(path, workers=1) as index:
        index.resolve()
    assert made.dump(path) == want


def killed(step: Callable[..., None], done: bool) -> Callable[..., None]:
    def kill(*given: object) -> None:
        if done:
            step(*given)
        raise Killed

    return kill


def test_what_was_proposed_goes_with_what_proposed_it(path: Path) -> None:
    pages = made.mirrors_of(7, 5)
    with Index(path, workers=1) as index:
        index.add(pages)
        with Store(path) as store:
            proposed = store.proposed_ties(store.numbers())
        assert proposed
        numbers = ends((tie.a, tie.b) for tie in proposed)
        with Store(path) as store:
            ids = {document.id for document in store.documents(numbers).values()}
        others = [page for page in pages if page.id not in ids]
        index.remove([page.id for page in others])
    assert made.dump(path) == made.indexed(path.parent / "fresh.db", [page for page in pages if page.id in ids])
