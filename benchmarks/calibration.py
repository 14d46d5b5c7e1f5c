"""Whether ``confidence`` means what it says: of links told with 0.9, are nine in ten right?

    python benchmarks/calibration.py DATA/reuters/stories.jsonl.gz [--seed 11] [--svg benchmarks/reliability.svg]

Makes pages as ``direction`` does, with a seed that ``fitting`` did not see, and so with outlets that it did not see,
and compares each link's confidence with how many of its kind are right: a link is right if the copy was made from the
original, directly or through others, or, where the original is said to be absent, if it is absent and of that agency. A
link between two mirrors of one story that names one of them the original is wrong. "All" are also the links whose
direction is unknown, by the side that the evidence leans to. Prints the expected calibration error, the mean distance
between confidence and share right over the bins, weighted by links; ``--svg`` draws the reliability diagram.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from direction import Known
from fitting import made_links, true_way
from mirrors import Made

from dedup.model import DEFAULT_KINDS, Link

EDGES = (0.0, 0.55, 0.65, 0.75, 0.85, 0.9, 0.95, 0.975, 1.0)


class Told(NamedTuple):
    """How sure a link is, whether it is right, and whether it names a copy at all."""

    confidence: float
    right: bool
    answered: bool


class Bin(NamedTuple):
    """Links of about one confidence: how many, their mean confidence, and the share that is right."""

    links: int
    confidence: float
    right: float


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--svg", type=Path)
    asked = parser.parse_args()
    told = [one for path in asked.stories for one in told_of(path, asked.count, asked.seed)]
    answered = [one for one in told if one.answered]
    for name, links in (("answered", answered), ("all", told)):
        print(f"{name}: {len(links)} links, {np.mean([one.right for one in links]):.4f} right, ECE {ece(links):.4f}")
        for of in bins(links):
            print(f"  {of.links:6} links told with {of.confidence:.3f}: {of.right:.3f} right")
    if asked.svg:
        asked.svg.write_text(diagram(bins(told)), encoding="utf-8")


def told_of(stories: Path, count: int, seed: int) -> Iterator[Told]:
    """What is told of mirrors made of the stories."""
    made, known, links = made_links(stories, count, seed)
    return judged(made, known, [link for link in links if link.kind in DEFAULT_KINDS and link.kind != "version"])


def judged(made: Made, known: Known, links: Iterable[Link]) -> Iterator[Told]:
    """The links whose truth is known, each with whether it is right."""
    gone = {(row.copy, row.agency) for row in made.truth if row.original is None}
    for link in links:
        if link.original is None:
            yield Told(link.confidence, (link.copy, link.agency) in gone, True)
            continue
        way = true_way(known, link.copy, link.original)
        if link.direction == "decided" and (way is not None or known.stories(link.copy) & known.stories(link.original)):
            yield Told(link.confidence, bool(way), True)
        elif way is not None:
            leans = sum(reason.weight for reason in link.evidence) >= 0
            yield Told(link.confidence, way == leans, False)


def bins(told: Sequence[Told]) -> list[Bin]:
    """The links by confidence, between ``EDGES``; empty bins are left out."""
    sure, right = np.array([one.confidence for one in told]), np.array([one.right for one in told], dtype=np.float64)
    at = np.searchsorted(EDGES, sure, side="left")
    members = [np.flatnonzero(at == number) for number in range(1, len(EDGES))]
    return [Bin(len(m), float(sure[m].mean()), float(right[m].mean())) for m in members if len(m)]


def ece(told: Sequence[Told]) -> float:
    """The expected calibration error; 0 for no links."""
    return sum(of.links * abs(of.confidence - of.right) for of in bins(told)) / max(1, len(told))


def diagram(shown: Sequence[Bin]) -> str:
    """Share right against confidence as SVG: a point for each bin, its area by its links, and the line of truth."""
    size, pad = 360, 48
    most = max((of.links for of in shown), default=1)

    def place(confidence: float, right: float) -> tuple[float, float]:
        return pad + size * (confidence - 0.5) / 0.5, pad + size * (1 - right)

    parts = [f'<rect x="{pad}" y="{pad}" width="{size}" height="{size}" fill="none" stroke="#999"/>']
    for tick in range(6):
        x, y = place(0.5 + tick / 10, tick / 5)
        parts.append(f'<text x="{x:.0f}" y="{pad + size + 18}" text-anchor="middle">{0.5 + tick / 10:.1f}</text>')
        parts.append(f'<text x="{pad - 8}" y="{y + 4:.0f}" text-anchor="end">{tick / 5:.1f}</text>')
    (x1, y1), (x2, y2) = place(0.5, 0.5), place(1, 1)
    parts.append(f'<line x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}" stroke="#999" stroke-dasharray="4"/>')
    for of in shown:
        x, y = place(max(0.5, of.confidence), of.right)
        radius = 3 + 12 * (of.links / most) ** 0.5
        parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#1b5e8c" fill-opacity="0.55"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{y + radius + 12:.1f}" text-anchor="middle" font-size="10">{of.links}</text>'
        )
    parts.append(f'<text x="{pad + size / 2}" y="{pad + size + 38}" text-anchor="middle">confidence</text>')
    parts.append(f'<text x="{pad}" y="{pad - 16}">share right (figures: links)</text>')
    whole = size + 2 * pad
    font = 'font-family="sans-serif" font-size="12"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {whole} {whole}" {font}>'
    return "\n".join([head, f'<rect width="{whole}" height="{whole}" fill="#fff"/>', *parts, "</svg>", ""])


if __name__ == "__main__":
    main()
