"""Makes pages that copy real stories as mirrors do, and the truth about each of them, from any file of stories.

    python benchmarks/mirrors.py STORIES --count 2000 --seed 1 [--names 0] [--lost-spaces .05] ... -o FOLDER

Writes ``pages.jsonl.gz``, all that is to be indexed, and ``truth.csv``, which page was taken from which. Each habit has
a dial (see ``Recipe``): those given take the place of what the default mix draws, and with ``--plain`` all others are
off. The same stories, seed and dials give the same bytes, and a dial leaves alone what the others draw.

Copied are only stories of 60 tokens or more that are near no other (``nearness.near_texts``), so that a copy has one
source; teased, too, are only stories that are near no other. Names, bylines, dates and own prose are invented.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

import furniture
from habits import cut
from licensed import adaptation, retaken
from nearness import near_texts
from pages import Desk, Order, Truth, mirror, stream
from press import DIRECTION, OFF, Issue, Press, published
from recipes import CHOICES, PLAIN, RANGES, Mix, Recipe, default_mix, direction_mix
from texts import count_tokens, read_text, write_text
from vocabulary import read_vocabulary

from dedup.corpus import read_corpus
from dedup.model import Document

__all__ = ("CHOICES", "PLAIN", "RANGES", "Made", "Mix", "Recipe", "Truth", "default_mix", "make", "write")

LEAST_WORDS, FLASH_WORDS, MOST_OF_A_FLASH = 60, 60, 80
PAGES_OF_AN_OUTLET = 12
COLUMNS = ("copy", "original", "kind", "direction", "coverage", "story", "habit", "words", "agency")


@dataclass(frozen=True, slots=True)
class Made:
    """All that is to be indexed (stories and flashes, adaptations, mirrors), and a row for each page and original."""

    documents: tuple[Document, ...]
    truth: tuple[Truth, ...]


def make(
    stories: Sequence[Document],
    count: int,
    seed: int,
    mix: Mix = default_mix,
    copies_of_one: tuple[int, int] = (1, 3),
    press: Press = OFF,
) -> Made:
    """Make ``count`` mirrors (one more where an absent story would have one alone) of stories with different ids.

    Each story drawn is copied by so many outlets; a round-up's other stories are drawn anew. A twentieth of the stories
    are to be flashes of 80 tokens or less; where fewer are, some others are cut to about their first 60 words.
    ``press`` tells who published the stories.
    Raises ``ValueError`` where there are too few stories that can be copied, or no other to tease.
    """
    near = near_texts([story.text for story in stories])
    wires = [story for story, others in zip(stories, near, strict=True) if not others and count_tokens(story.text)]
    issue = published(press, seed, wires)
    drawn, flashes = _drawn(issue.stories, seed)
    orders = list(_orders(drawn, count, seed, mix, copies_of_one, issue))
    gone = {order.story.id for order in orders if order.recipe.absent}
    free = [flashes.get(story.id, story) for story in issue.stories if story.id not in gone]
    desk = _desk(seed, free, stories, issue)
    shown = issue.pages | flashes
    present = [shown.get(story.id, story) for story in stories if story.id not in gone]
    versions = list(_versions(desk, orders, count, issue))
    copied = {row.story: page for page, row in versions}
    mirrors = [mirror(desk, order, copied) for order in orders]
    documents = (*present, *copied.values(), *(page for page, _ in mirrors))
    return Made(documents, (*(row for _, row in versions), *(row for _, rows in mirrors for row in rows)))


def _drawn(alone: Sequence[Document], seed: int) -> tuple[list[Document], dict[str, Document]]:
    """The stories to be copied in the order they are drawn, and by id those that are cut to be flashes."""
    sizes = {story.id: count_tokens(story.text) for story in alone}
    drawn = [story for story in alone if sizes[story.id] >= LEAST_WORDS]
    stream(seed, "draw").shuffle(drawn)
    lacking = max(1, len(alone) // 20) - sum(size <= MOST_OF_A_FLASH for size in sizes.values())
    flashes = {story.id: _flash(story) for story in drawn[len(drawn) - max(0, lacking) :]}
    return [story for story in drawn if story.id not in flashes], flashes


def _desk(seed: int, free: Sequence[Document], stories: Sequence[Document], issue: Issue) -> Desk:
    sizes = [count_tokens(story.text) for story in free]
    short = [story for story, size in zip(free, sizes, strict=True) if size <= MOST_OF_A_FLASH]
    long = [story for story, size in zip(free, sizes, strict=True) if size >= LEAST_WORDS]
    return Desk(seed, free, short, long, read_vocabulary([story.text for story in stories]), issue.walls)


def _versions(desk: Desk, orders: Sequence[Order], count: int, issue: Issue) -> Iterator[tuple[Document, Truth]]:
    """The versions of stories that are copied, or that there are whether or not they are; of a story one at most."""
    papers = furniture.outlets(stream(desk.seed, "papers"), 2 + count // PAGES_OF_AN_OUTLET, furniture.PAPERS)
    papers += issue.houses[: len(papers)]
    here = {order.story.id: order.story for order in orders if not order.recipe.absent and issue.has_version(order)}
    for number, story in enumerate(here.values()):
        edition = issue.editions[story.id]
        if edition.retaken:
            page, row = retaken(desk, story, edition.wire)
        else:
            page, row = adaptation(desk, story, number, papers, credited=not edition.unsigned)
        yield issue.seen(page), row


def _flash(story: Document) -> Document:
    """The story cut to about its first 60 words, to stand in its place."""
    text = read_text(story.text)
    return replace(story, id=f"{story.id}-flash", text=write_text(cut(text, FLASH_WORDS / sum(map(len, text)))))


def _orders(
    drawn: Sequence[Document], count: int, seed: int, mix: Mix, copies_of_one: tuple[int, int], issue: Issue
) -> Iterator[Order]:
    shared = 1 if issue.press.once else PAGES_OF_AN_OUTLET
    farms = furniture.outlets(stream(seed, "farms"), copies_of_one[1] + 1 + count // shared, furniture.FARMS)
    number = 0
    for story in drawn:
        if number >= count:
            return
        random = stream(seed, "copies", story.id)
        copies = min(random.randint(*copies_of_one), count - number)
        recipes = [mix if isinstance(mix, Recipe) else mix(random) for _ in range(max(2, copies))]
        absent = recipes[0].absent
        versioned = not absent and issue.may_have_version(story.id)
        taken = recipes if absent else recipes[:copies]
        outlets = farms[number : number + len(taken)] if issue.press.once else random.sample(farms, len(taken))
        for recipe, outlet in zip(taken, outlets, strict=True):
            yield Order(number, story, replace(recipe, absent=absent, adapted=recipe.adapted and versioned), outlet)
            number += 1
    if number < count:
        raise ValueError(f"{len(drawn)} stories that can be copied are enough for {number} mirrors, not {count}")


# ---------------------------------------------------------------------------------------------------------------
# The command line.


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Make pages that copy stories as mirrors do, and the truth about them."
    )
    parser.add_argument("stories", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--count", type=int, default=2000, help="how many mirrors")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies-of-one", type=int, nargs=2, default=(1, 3), metavar=("LEAST", "MOST"))
    parser.add_argument("--plain", action="store_true", help="what is not given is off, not drawn from the default mix")
    parser.add_argument("--direction", action="store_true", help="the mix on which it can be told who is the original")
    for dial in fields(Recipe):
        option = f"--{dial.name.replace('_', '-')}"
        if isinstance(dial.default, bool):
            parser.add_argument(option, default=None, action=argparse.BooleanOptionalAction)
        elif isinstance(dial.default, str):
            parser.add_argument(option, choices=CHOICES[dial.name], metavar="|".join(CHOICES[dial.name][1:]))
        else:
            parser.add_argument(option, type=type(dial.default), metavar="{:g}..{:g}".format(*RANGES[dial.name]))
    asked = parser.parse_args()
    given = {dial.name: value for dial in fields(Recipe) if (value := getattr(asked, dial.name)) is not None}
    mix = direction_mix if asked.direction else default_mix
    made = make(
        list(read_corpus(asked.stories)),
        asked.count,
        asked.seed,
        (lambda random: replace(PLAIN if asked.plain else mix(random), **given)),
        tuple(asked.copies_of_one),
        DIRECTION if asked.direction else OFF,
    )
    write(made, asked.out)
    print(f"{len(made.documents)} documents, {len(made.truth)} rows of truth in {asked.out}")


def write(made: Made, folder: Path) -> None:
    """Write ``pages.jsonl.gz`` and ``truth.csv`` into a folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "pages.jsonl.gz", "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as pages:
        pages.writelines(map(page_line, made.documents))
    with open(folder / "truth.csv", "w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows(map(truth_cells, made.truth))


def page_line(page: Document) -> bytes:
    """A page as a line of JSON, without what is unknown of it."""
    told = {name: value for name, value in asdict(page).items() if value is not None and name != "origin"}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def truth_cells(row: Truth) -> list[object]:
    """A row of truth as it is written, in the order of ``COLUMNS``."""
    return [_shown(getattr(row, name)) for name in COLUMNS]


def _shown(value: object) -> object:
    return f"{value:.4f}" if isinstance(value, float) else value


if __name__ == "__main__":
    main()
