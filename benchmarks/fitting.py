"""Fits what each piece of evidence weighs, on made mirrors of which it is known who copied.

    python benchmarks/fitting.py DATA/ap1989/stories.jsonl.gz [DATA/reuters/stories.jsonl.gz] [--seeds 1 2]

Makes pages as ``direction`` does, indexes them, and takes the evidence of every link between pages of two houses one of
which was made from the other, directly or not. A logistic model without a constant is fitted to it (weights of 0 and
more, a ridge of ``RIDGE``): what speaks for one order less what speaks for the other is the log-odds that it is the
true one. The table that is printed stands in ``dedup/verdict.py``; the strengths do not hang on the weights that the
store was made with, but which links there are does, so that the fit is done again until it does not move.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from direction import Known, read_truth
from mirrors import Made, make
from numpy.typing import NDArray
from press import DIRECTION
from recipes import direction_mix
from rightness import indexed
from scipy.optimize import minimize

from dedup.corpus import read_corpus
from dedup.evidence import dated_later, outlet_copies
from dedup.model import Link
from dedup.verdict import OUTLET_WEIGHTS, WEIGHTS

Floats = NDArray[np.float64]
PIECES = {piece.__name__: weight for piece, weight in (*WEIGHTS.items(), *OUTLET_WEIGHTS.items())}
# Keeps the weight of what never lies in made pages finite.
RIDGE = 0.3
# Nothing is believed to lie less than once in a hundred times, however seldom it does in made pages: log(99).
MOST = 4.6
# Where nothing else tells, a made page is mostly a paper's licensed version, and those are dated truly; other pages
# that tell nothing are not. What is known of outlets decides alone (``verdict.DECIDED``) where seven pages speak for
# one.
LESS = {dated_later.__name__: 0.5, outlet_copies.__name__: 1.0}


class Example(NamedTuple):
    """The strengths of a link's evidence by piece, below 0 where it speaks against the link; and whether it is true."""

    strengths: Floats
    truth: bool
    link: Link


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("stories", type=Path, nargs="+")
    parser.add_argument("--count", type=int, default=1500)
    parser.add_argument("--seeds", type=int, nargs="+", default=(1, 2))
    asked = parser.parse_args()
    examples = [one for path in asked.stories for seed in asked.seeds for one in made_examples(path, asked.count, seed)]
    weights = fit(examples)
    print(f"{'piece':24} {'now':>6} {'fitted':>7} {'links':>6} {'right':>6}")
    for at, (name, now) in enumerate(PIECES.items()):
        told = [(one.strengths[at] > 0) == one.truth for one in examples if one.strengths[at]]
        print(f"{name:24} {now:6.1f} {weights[at]:7.2f} {len(told):6} {np.mean(told) if told else 0:6.3f}")


def made_links(stories: Path, count: int, seed: int) -> tuple[Made, Known, list[Link]]:
    """Mirrors made of the stories, the truth about them, and what is told of them."""
    made = make(list(read_corpus(stories)), count, seed, direction_mix, press=DIRECTION)
    with indexed(made) as index:
        return made, read_truth(made), list(index.links(None))


def made_examples(stories: Path, count: int, seed: int) -> Iterator[Example]:
    """The examples of mirrors made of the stories."""
    _, known, links = made_links(stories, count, seed)
    return examples_of(known, links)


def examples_of(known: Known, links: Iterable[Link]) -> Iterator[Example]:
    """The links between copies and what they were made from, in either order."""
    for link in links:
        if link.original is not None and link.kind not in ("teaser", "version"):
            truth = true_way(known, link.copy, link.original)
            if truth is not None:
                yield Example(strengths(link), truth, link)


def true_way(known: Known, copy: str, original: str) -> bool | None:
    """Whether the copy was made from the original, or the other way round; ``None`` for neither."""
    if original in known.ancestors(copy):
        return True
    return False if copy in known.ancestors(original) else None


def strengths(link: Link) -> Floats:
    """The strength of each piece, from what it weighed."""
    found = dict.fromkeys(PIECES, 0.0)
    for reason in link.evidence:
        if reason.name in found:
            found[reason.name] += reason.weight / PIECES[reason.name]
    return np.array([*found.values()])


def fit(examples: Sequence[Example]) -> Floats:
    """The weights that make the examples likeliest."""
    x, y = np.stack([one.strengths for one in examples]), np.array([one.truth for one in examples])

    def loss(weights: Floats) -> tuple[float, Floats]:
        z = x @ weights
        told = np.logaddexp(0, -z) * y + np.logaddexp(0, z) * (1 - y)
        slope = x.T @ (1 / (1 + np.exp(-z)) - y) + RIDGE * weights
        return float(told.sum() + RIDGE * (weights @ weights) / 2), slope

    bounds = [(0, LESS.get(name, MOST)) for name in PIECES]
    found = minimize(loss, np.zeros(len(PIECES)), jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Floats = found.x
    return weights


if __name__ == "__main__":
    main()
