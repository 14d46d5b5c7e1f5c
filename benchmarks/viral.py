"""What it costs that one story is copied by very many, against as many pages that copy nothing.

    python benchmarks/viral.py [--pages 6000] [--mirrors 600] [--batch 2000]

Makes pages of random words, with a seed, of which so many are mirrors of one story (a name put in, the end cut off,
other words around it), indexes them in batches of random order, and prints, with and without the mirrors, the seconds,
the ratio of both, the visits to stored documents that came before the batch, the matches and the postings.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from time import perf_counter

from dedup.index import Index, adding
from dedup.index.finding import Finding
from dedup.model import Document

WORDS = 20_000
STORY_WORDS, AROUND_WORDS = 400, 60


class Counted(Finding):
    """Finding that counts its visits to documents that are not new."""

    visits = 0

    def _visit(self, wave: Sequence[int]) -> Iterator[set[int]]:
        Counted.visits += len(set(wave) - self._new)
        return super()._visit(wave)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--pages", type=int, default=6000)
    parser.add_argument("--mirrors", type=int, default=600)
    parser.add_argument("--batch", type=int, default=2000)
    asked = parser.parse_args()
    adding.BATCH = asked.batch
    setattr(adding, "Finding", Counted)  # noqa: B010  (a name that it does not export)
    plain = _measured("without", pages(asked.pages, 0))
    viral = _measured("with", pages(asked.pages, asked.mirrors))
    print(f"{asked.mirrors} mirrors of one story among {asked.pages} pages cost {viral / plain:.2f} times as much")


def pages(count: int, mirrors: int, seed: int = 1) -> list[Document]:
    """So many pages, of which so many show one story; the same for the same numbers."""
    random = Random(seed)
    story = _words(random, STORY_WORDS)
    made = [_page(n, _words(random, STORY_WORDS + AROUND_WORDS)) for n in range(count - mirrors)]
    made += [_page(count - 1 - n, _mirror(random, story)) for n in range(mirrors)]
    random.shuffle(made)
    return made


def _measured(name: str, documents: Sequence[Document]) -> float:
    Counted.visits = 0
    with tempfile.TemporaryDirectory() as place, Index(Path(place) / "dedup.db", workers=1) as index:
        started = perf_counter()
        index.add(documents)
        seconds = perf_counter() - started
        counts = index.info()
    print(f"{name:8} {seconds:6.1f} s, {Counted.visits} visits to stored pages,"
          f" {counts['matches']} matches, {counts['postings']} postings, {counts['links']} links")  # fmt: skip
    return seconds


def _mirror(random: Random, story: Sequence[str]) -> list[str]:
    shown = list(story[: random.randint(STORY_WORDS // 2, STORY_WORDS)])
    shown.insert(random.randrange(len(shown)), f"Name{random.randrange(WORDS)}")
    return [*_words(random, AROUND_WORDS // 2), *shown, *_words(random, AROUND_WORDS // 2)]


def _words(random: Random, count: int) -> list[str]:
    return [f"w{random.randrange(WORDS)}" for _ in range(count)]


def _page(number: int, words: Sequence[str]) -> Document:
    return Document(id=f"site{number}.example/page", text=" ".join(words) + ".", outlet=f"site{number}.example")


if __name__ == "__main__":
    main()
