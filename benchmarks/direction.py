"""Whether links say rightly who is the original, where half of the dates are false and half of the credits gone.

    python benchmarks/direction.py DATA/ap1989/stories.jsonl.gz [--count 2000] [--seed 1] [--dates-only] [--wrong FILE]

Makes mirrors by ``recipes.direction_mix`` of stories that agencies and papers published (``press.DIRECTION``), indexes
all of it, and judges every link between a page and one that it was made from, directly or through an adaptation. With
``--dates-only`` nothing but dates can tell, and half of them are false: there "unknown" is the right answer.
``--wrong`` writes the links that are wrong or unknown, with reasons and evidence, to be read.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from furniture import listed_agency
from mirrors import Made, Truth, make
from press import DATES_ONLY, DIRECTION
from recipes import dates_mix, direction_mix
from rightness import indexed

from dedup.corpus import read_corpus
from dedup.model import Link

Told = Literal["right", "wrong", "unknown"]
VERSIONS = ("adaptation", "retaken")


@dataclass(frozen=True, slots=True)
class Judged:
    """A link between a page and one that it was truly made from: what it says of who copied."""

    group: str
    told: Told
    link: Link


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """The truth about made pages: of each copy its rows, teasers left out; and which originals are papers'."""

    rows: Mapping[str, Sequence[Truth]]
    papers: frozenset[str]

    def sources(self, id: str) -> set[str]:
        """The very pages that a page was made from."""
        return {row.original for row in self.rows.get(id, ()) if row.original}

    def ancestors(self, id: str) -> set[str]:
        """All pages that a page was made from, directly or through others."""
        return self.sources(id).union(*map(self.sources, self.sources(id)))

    def stories(self, id: str) -> set[str]:
        """The stories that a page ran, whether or not the corpus holds them."""
        return {row.story for row in self.rows.get(id, ())}

    def is_mirror(self, id: str) -> bool:
        """Whether a page copies, and is nobody's version."""
        return id in self.rows and self.rows[id][0].habit not in VERSIONS

    def group(self, row: Truth) -> str:
        """What a page is that has this row: a version, or a mirror of one, of an agency's or of a paper's story."""
        if row.habit in VERSIONS:
            return row.habit
        if row.original and row.original in self.rows:
            return f"mirror of {self.rows[row.original][0].habit}"
        return "mirror of paper" if row.original in self.papers else "mirror of agency"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path)
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dates-only", action="store_true")
    parser.add_argument("--wrong", type=Path)
    asked = parser.parse_args()
    mix, press = (dates_mix, DATES_ONLY) if asked.dates_only else (direction_mix, DIRECTION)
    made = make(list(read_corpus(asked.stories)), asked.count, asked.seed, mix, press=press)
    with indexed(made) as index:
        links = [link for link in index.links(None) if link.kind != "teaser"]
    known = read_truth(made)
    print("\n".join(report(known, links, asked.dates_only)))
    if asked.wrong:
        asked.wrong.write_text("\n\n".join(mistakes(known, links)) + "\n", encoding="utf-8")


def report(known: Known, links: Sequence[Link], dates_only: bool = False) -> Iterator[str]:
    """The lines of all measures, or of directions alone."""
    yield from directions_shown(list(judge(known, links)))
    yield siblings_shown(siblings(known, links))
    if not dates_only:
        yield from sources_shown(known, links)
        yield absent_shown(known, links)
        roots, of = mirror_roots(known, links)
        yield f"{'a mirror as root':24} {part(len(roots), of):>24}"


def read_truth(made: Made) -> Known:
    """The truth about made pages."""
    rows: defaultdict[str, list[Truth]] = defaultdict(list)
    for row in made.truth:
        if row.kind != "teaser":
            rows[row.copy].append(row)
    papers = {page.id for page in made.documents if page.id not in rows and not listed_agency(page)}
    return Known(dict(rows), frozenset(papers))


def judge(known: Known, links: Iterable[Link]) -> Iterator[Judged]:
    """The links between a page and one of its ancestors, whichever of the two they call the copy."""
    for link in links:
        for copy, source in ((link.copy, link.original), (link.original, link.copy)):
            for row in known.rows.get(copy or "", ()):
                if source and row.original and source in (row.original, *known.sources(row.original)):
                    right: Told = "right" if copy == link.copy else "wrong"
                    yield Judged(known.group(row), "unknown" if link.direction == "unknown" else right, link)


def siblings(known: Known, links: Iterable[Link]) -> list[Link]:
    """The links between two pages that ran one story, neither made from the other."""
    return [
        link
        for link in links
        if link.original
        and known.stories(link.copy) & known.stories(link.original)
        and link.original not in known.ancestors(link.copy)
        and link.copy not in known.ancestors(link.original)
    ]


def nearest(known: Known, links: Iterable[Link]) -> dict[str, Link | None]:
    """Of each page with a source in the corpus the link as a copy that explains most of it; ``None``: it has none."""
    best: dict[str, Link | None] = {copy: None for copy in known.rows if known.rows[copy][0].original}
    for link in links:
        if link.copy in best and link.direction == "decided":
            before = best[link.copy]
            best[link.copy] = link if before is None or link.share > before.share else before
    return best


def mirror_roots(known: Known, links: Iterable[Link]) -> tuple[list[Link], int]:
    """The links whose story begins with a mirror, though what that was made from is in the corpus; and of how many."""
    sources = set[str]().union(*map(known.sources, known.rows))
    made = sources | known.rows.keys()
    links = [link for link in links if link.kind != "excerpt" and link.original in made]
    roots = [link for link in links if link.root and known.is_mirror(link.root) and known.sources(link.root)]
    return roots, len(links)


# ---------------------------------------------------------------------------------------------------------------
# What is printed.


def directions_shown(judged: Sequence[Judged]) -> Iterator[str]:
    """The directions of all links judged, and of each group."""
    yield f"{'':24} {'direction, where told':>24} {'unknown':>24}"
    groups = sorted({link.group for link in judged})
    for name in ("all", *groups):
        told = [link.told for link in judged if name in ("all", link.group)]
        answered = len(told) - told.count("unknown")
        yield f"{name:24} {part(told.count('right'), answered):>24} {part(told.count('unknown'), len(told)):>24}"


def siblings_shown(links: Sequence[Link]) -> str:
    """How many links between pages of which neither copied the other name an original all the same."""
    decided = sum(link.direction == "decided" for link in links)
    return f"{'neither copied, yet told':24} {part(decided, len(links)):>24}"


def sources_shown(known: Known, links: Sequence[Link]) -> Iterator[str]:
    """How many pages are linked to the very page that they were made from, in all and by group."""
    yield f"{'immediate source':24} {'right':>24} {'no decided link':>24}"
    best = nearest(known, links)
    groups = {copy: known.group(known.rows[copy][0]) for copy in best}
    for name in ("all", *sorted(set(groups.values()))):
        told = [(copy, link) for copy, link in best.items() if name in ("all", groups[copy])]
        right = sum(link is not None and link.original in known.sources(copy) for copy, link in told)
        none = sum(link is None for _, link in told)
        yield f"{name:24} {part(right, len(told)):>24} {part(none, len(told)):>24}"


def absent_shown(known: Known, links: Iterable[Link]) -> str:
    """Of absent stories that a page credits to their agency: how many of their mirrors are told of it."""
    gone = [row for rows in known.rows.values() for row in rows if row.original is None and row.agency]
    credited = {row.story for row in gone if row.direction == "decided"}
    told = {(link.copy, link.agency) for link in links if link.original is None}
    wanted = [(row.copy, row.agency) for row in gone if row.story in credited]
    return f"{'absent, its agency told':24} {part(sum(row in told for row in wanted), len(wanted)):>24}"


def part(count: int, of: int) -> str:
    """A share with its counts."""
    return f"{count / of:.4f} ({count} of {of})" if of else "- (0 of 0)"


def mistakes(known: Known, links: Sequence[Link]) -> Iterator[str]:
    """Everything that is wrong or unknown, with the reasons that were told."""
    for one in judge(known, links):
        if one.told != "right":
            yield _told(f"{one.told.upper()} {one.group}", one.link, known)
    for link in mirror_roots(known, links)[0]:
        yield _told(f"ROOT {link.root}", link, known)


def _told(wrong: str, link: Link, known: Known) -> str:
    rows = [*known.rows.get(link.copy, ()), *known.rows.get(link.original or "", ())]
    habits = [f"{row.copy} from {row.original} ({row.habit})" for row in rows]
    head = f"{wrong}: {link.copy} -> {link.original}, {link.kind}, {link.confidence:.3f}, story {link.story}"
    lines = [
        head,
        *(f"true: {habit}" for habit in habits),
        *link.reasons,
        f"evidence: {getattr(link, 'evidence', '-')}",
    ]
    return "\n  ".join(lines)


if __name__ == "__main__":
    main()
