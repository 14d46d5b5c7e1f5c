"""How right the links of made mirrors are: the default mix, then each habit swept on its own.

    python benchmarks/rightness.py DATA/ap1989/stories.jsonl.gz [--count 2000] [--sweep names ...] [--seed 1]

Makes mirrors of stories (``mirrors``), indexes all of it and compares the links with what was made. ``kept >= 30 %``
and ``kept 15 %`` are mirrors of a story of 150 words or more by how much of it stands in them; ``no false`` is the
share of mirrors without a link full or partial to a page that ran none of their stories.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from mirrors import PLAIN, Made, Mix, Recipe, default_mix, make, write

from dedup.corpus import read_corpus
from dedup.index import Index
from dedup.model import Document
from dedup.truth import Evaluation, Label

LONG_WORDS, KEPT, CUT = 150, 0.3, (0.1, 0.3)
# What each dial is swept over, all others at rest.
SWEEPS: dict[str, Sequence[Recipe]] = {
    "names": [replace(PLAIN, names=n) for n in (0, 2, 5, 10)],
    "lost_spaces": [replace(PLAIN, lost_spaces=part) for part in (0.01, 0.05, 0.1, 0.2)],
    "keep": [replace(PLAIN, keep=part) for part in (1.0, 0.6, 0.3, 0.15)],
    "dropped": [replace(PLAIN, dropped=part) for part in (0.1, 0.2, 0.4)],
    "moved": [replace(PLAIN, moved=part) for part in (0.1, 0.2, 0.4)],
    "reworded": [replace(PLAIN, reworded=part) for part in (0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5)],
    "teasers": [replace(PLAIN, teasers=n) for n in (5, 10, 20)],
    "parts": [replace(PLAIN, parts=n) for n in (2, 3, 5)],
    "own_prose": [replace(PLAIN, own_prose=part) for part in (0.5, 0.9)],
    "adapted": [replace(PLAIN, names=3, lost_spaces=0.01, adapted=True)],
    "absent": [replace(PLAIN, names=3, absent=True)],
    "hours": [replace(PLAIN, hours=hours) for hours in (-720, -24, 24, 720)],
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sweep", nargs="*", choices=[*SWEEPS], default=None, metavar="HABIT")
    asked = parser.parse_args()
    stories = list(read_corpus(asked.stories))
    print(f"{'':24} mirrors  recall  top-1  no false  teasers taken  direction  unknown  coverage error")
    if asked.sweep is None:
        made = make(stories, asked.count, asked.seed, default_mix)
        for name, measured in bars(made).items():
            print(f"{name:24} {measured}")
    for habit in SWEEPS if asked.sweep == [] else asked.sweep or ():
        for recipe in SWEEPS[habit]:
            print(f"{habit + ' ' + format(getattr(recipe, habit), 'g'):24} {sweep(stories, asked, recipe)}")


def bars(made: Made) -> dict[str, str]:
    """The measures of all mirrors, and of long stories' mirrors by how much they keep."""
    told = [row for row in made.truth if row.kind != "teaser" and row.coverage]
    long = [row for row in told if row.words / row.coverage >= LONG_WORDS]
    much = {row.copy for row in long if row.coverage >= KEPT}
    little = {row.copy for row in long if CUT[0] <= row.coverage < CUT[1]} - much
    with indexed(made) as index:
        every = index.evaluate(labels(made, None))
        groups = {"kept >= 30 %": much, "kept 10 to 30 %": little}
        parts = {name: line(index.evaluate(labels(made, copies)), every, copies) for name, copies in groups.items()}
        return {"all": line(every, every), **parts}


def sweep(stories: Sequence[Document], asked: argparse.Namespace, mix: Mix) -> str:
    """The measures of mirrors made alike."""
    made = make(stories, asked.count, asked.seed, mix)
    with indexed(made) as index:
        every = index.evaluate(labels(made, None))
        return line(every, every)


@contextmanager
def indexed(made: Made) -> Iterator[Index]:
    """All pages in a store of their own, read as anybody's."""
    with tempfile.TemporaryDirectory() as place, Index(Path(place) / "made.db") as index:
        write(made, Path(place))
        index.add(read_corpus(Path(place) / "pages.jsonl.gz"))
        yield index


def labels(made: Made, copies: Iterable[str] | None) -> list[Label]:
    """The truth about some pages, or about all."""
    wanted = None if copies is None else set(copies)
    return [
        Label(row.copy, row.original, row.kind, row.direction == "decided", row.coverage, row.story)
        for row in made.truth
        if wanted is None or row.copy in wanted
    ]


def line(told: Evaluation, every: Evaluation, copies: Collection[str] | None = None) -> str:
    """One row of the table, of some copies or of all. What is no copy is told by ``every``: that two pages show one
    story may be known by the labels of another group."""

    def shown(name: str, form: str = ".4f") -> str:
        value = told.measures[name].value if name in told.measures else None
        return "-" if value is None else format(value, form)

    of = told.measures["top-1"].of
    false = {mistake.copy for mistake in every.mistakes if mistake.wrong in ("no copy", "a teaser")}
    if copies is not None:
        false &= set(copies)
    return (
        f"{of:7}  {shown('recall')}  {shown('top-1')}  {1 - len(false) / max(1, of):8.4f}"
        f"  {shown('teaser confusion'):>13}  {shown('direction accuracy'):>9}"
        f"  {shown('direction abstention'):>7}  {shown('coverage error'):>14}"
    )


if __name__ == "__main__":
    main()
