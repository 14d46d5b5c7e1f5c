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
from nearness import near_texts
from pages import Desk, Order, Truth, adaptation, mirror, stream
from recipes import PLAIN, RANGES, Mix, Recipe, default_mix
from texts import count_tokens, read_text, write_text
from vocabulary import read_vocabulary

from dedup.corpus import read_corpus
from dedup.model import Document

__all__ = ("PLAIN", "RANGES", "Made", "Mix", "Recipe", "Truth", "default_mix", "make", "write")

LEAST_WORDS, FLASH_WORDS, MOST_OF_A_FLASH = 60, 60, 80
PAGES_OF_AN_OUTLET = 12
COLUMNS = ("copy", "original", "kind", "direction", "coverage", "story", "habit", "words")


@dataclass(frozen=True, slots=True)
class Made:
    """All that is to be indexed (stories and flashes, adaptations, mirrors), and a row for each page and original."""

    documents: tuple[Document, ...]
    truth: tuple[Truth, ...]


def make(
    stories: Sequence[Document], count: int, seed: int, mix: Mix = default_mix, copies_of_one: tuple[int, int] = (1, 3)
) -> Made:
    """Make ``count`` mirrors (one more where an absent story would have one alone) of stories with different ids.

    Each story drawn is copied by so many outlets; a round-up's other stories are drawn anew. A twentieth of the stories
    are to be flashes of 80 tokens or less; where fewer are, some others are cut to about their first 60 words.
    Raises ``ValueError`` where there are too few stories that can be copied, or no other to tease.
    """
    sizes = {story.id: count_tokens(story.text) for story in stories}
    near = near_texts([story.text for story in stories])
    alone = [story for story, others in zip(stories, near, strict=True) if not others and sizes[story.id]]
    drawn = [story for story in alone if sizes[story.id] >= LEAST_WORDS]
    stream(seed, "draw").shuffle(drawn)
    lacking = max(1, len(alone) // 20) - sum(sizes[story.id] <= MOST_OF_A_FLASH for story in alone)
    flashes = {story.id: _flash(story) for story in drawn[len(drawn) - max(0, lacking) :]}
    orders = list(_orders([story for story in drawn if story.id not in flashes], count, seed, mix, copies_of_one))
    gone = {order.story.id for order in orders if order.recipe.absent}
    present = [flashes.get(story.id, story) for story in stories if story.id not in gone]
    free = {story.id for story in (*alone, *flashes.values())}
    desk = _desk(seed, [story for story in present if story.id in free], stories)
    papers = furniture.outlets(stream(seed, "papers"), 2 + count // PAGES_OF_AN_OUTLET, furniture.PAPERS)
    adapted = {order.story.id: order.story for order in orders if order.recipe.adapted}
    versions = [adaptation(desk, story, number, papers) for number, story in enumerate(adapted.values())]
    copied = {row.story: page for page, row in versions}
    mirrors = [mirror(desk, order, copied) for order in orders]
    documents = (*present, *copied.values(), *(page for page, _ in mirrors))
    return Made(documents, (*(row for _, row in versions), *(row for _, rows in mirrors for row in rows)))


def _desk(seed: int, free: Sequence[Document], stories: Sequence[Document]) -> Desk:
    sizes = [count_tokens(story.text) for story in free]
    short = [story for story, size in zip(free, sizes, strict=True) if size <= MOST_OF_A_FLASH]
    long = [story for story, size in zip(free, sizes, strict=True) if size >= LEAST_WORDS]
    return Desk(seed, free, short, long, read_vocabulary([story.text for story in stories]))


def _flash(story: Document) -> Document:
    """The story cut to about its first 60 words, to stand in its place."""
    text = read_text(story.text)
    return replace(story, id=f"{story.id}-flash", text=write_text(cut(text, FLASH_WORDS / sum(map(len, text)))))


def _orders(
    drawn: Sequence[Document], count: int, seed: int, mix: Mix, copies_of_one: tuple[int, int]
) -> Iterator[Order]:
    farms = furniture.outlets(
        stream(seed, "farms"), copies_of_one[1] + 1 + count // PAGES_OF_AN_OUTLET, furniture.FARMS
    )
    number = 0
    for story in drawn:
        if number >= count:
            return
        random = stream(seed, "copies", story.id)
        copies = min(random.randint(*copies_of_one), count - number)
        recipes = [mix if isinstance(mix, Recipe) else mix(random) for _ in range(max(2, copies))]
        if absent := recipes[0].absent:
            recipes = [replace(recipe, adapted=False) for recipe in recipes]
        taken = recipes if absent else recipes[:copies]
        for recipe, outlet in zip(taken, random.sample(farms, len(taken)), strict=True):
            yield Order(number, story, replace(recipe, absent=absent), outlet)
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
    for dial in fields(Recipe):
        option = f"--{dial.name.replace('_', '-')}"
        if isinstance(dial.default, bool):
            parser.add_argument(option, default=None, action=argparse.BooleanOptionalAction)
        else:
            parser.add_argument(option, type=type(dial.default), metavar="{:g}..{:g}".format(*RANGES[dial.name]))
    asked = parser.parse_args()
    given = {dial.name: value for dial in fields(Recipe) if (value := getattr(asked, dial.name)) is not None}
    made = make(
        list(read_corpus(asked.stories)),
        asked.count,
        asked.seed,
        (lambda random: replace(PLAIN if asked.plain else default_mix(random), **given)),
        tuple(asked.copies_of_one),
    )
    write(made, asked.out)
    print(f"{len(made.documents)} documents, {len(made.truth)} rows of truth in {asked.out}")


def write(made: Made, folder: Path) -> None:
    """Write ``pages.jsonl.gz`` and ``truth.csv`` into a folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "pages.jsonl.gz", "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as pages:
        for page in made.documents:
            told = {name: value for name, value in asdict(page).items() if value is not None and name != "origin"}
            pages.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    with open(folder / "truth.csv", "w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows([_shown(getattr(row, name)) for name in COLUMNS] for row in made.truth)


def _shown(value: object) -> object:
    return f"{value:.4f}" if isinstance(value, float) else value


if __name__ == "__main__":
    main()
