"""Extraction of article bodies: how right, how fast, and what failed, with the measure of the benchmark of the pages.

    python benchmarks/extraction.py ../shared/data/html_pages [--extractor trafilatura resiliparse]

The measure is that of scrapinghub/article-extraction-benchmark: bags of four-word shingles, precision and recall of
each page, their means over all pages, and F1 of the means. Bars: F1 >= 0.955 (trafilatura), no page fails, none takes
over 20 s.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import sys
import time
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import NamedTuple

from dedup.corpus import Options, read_corpus
from dedup.corpus.articles import article_of, load
from dedup.corpus.files import Extractor, Place
from dedup.corpus.waiting import Page
from dedup.model import Reject

SHINGLE_WORDS = 4
LEAST_F1 = 0.955
MOST_SECONDS = 20.0


class Score(NamedTuple):
    """How much of what was found is right, and how much of what is right was found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean; 0 where both are 0."""
        return 2 * self.precision * self.recall / (self.precision + self.recall) if sum(self) else 0.0


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--extractor", nargs="+", choices=["trafilatura", "resiliparse"], default=["trafilatura"])
    asked = parser.parse_args()
    told = json.loads((asked.folder / "bodies.json").read_text(encoding="utf-8"))
    bodies = {name: page["articleBody"] for name, page in told.items()}
    held = [_measure(asked.folder / "html", bodies, extractor) for extractor in asked.extractor]
    sys.exit(0 if all(held) else 1)


def _measure(folder: Path, bodies: Mapping[str, str], extractor: Extractor) -> bool:
    rejects: list[Reject] = []
    began = time.perf_counter()
    found = {
        _name(document.origin or ""): document.text
        for document in read_corpus(folder, rejects.append, options=Options(extractor=extractor))
    }
    seconds = time.perf_counter() - began
    scores = [score(body, found.get(name, "")) for name, body in bodies.items()]
    all_pages = Score(mean(each.precision for each in scores), mean(each.recall for each in scores))
    alone = _seconds_alone(folder, extractor)
    print(f"{extractor}: F1 {all_pages.f1:.3f}, precision {all_pages.precision:.3f}, recall {all_pages.recall:.3f},"
          f" {len(bodies)} pages, failed {len(rejects)};"
          f" {mean(alone):.3f} s a page, worst {max(alone):.2f} s; all in {seconds:.1f} s", flush=True)  # fmt: skip
    for reject in rejects:
        print(f"  {reject}")
    right = all_pages.f1 >= LEAST_F1 or extractor != "trafilatura"
    return right and not rejects and max(alone) <= MOST_SECONDS


def _seconds_alone(folder: Path, extractor: Extractor) -> list[float]:
    """What each page takes of a processor, without the start of a process."""
    load(extractor)
    seconds = []
    for path in sorted(folder.glob("*.html*")):
        markup = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        page = Page(markup, Place(path.name), datetime.now(UTC))
        began = time.process_time()
        article_of(page, extractor)
        seconds.append(time.process_time() - began)
    return seconds or [0.0]


def _name(origin: str) -> str:
    return Path(origin).name.partition(".")[0]


# ---------------------------------------------------------------------------------------------------------------
# The measure.


def score(right: str, found: str) -> Score:
    """Precision and recall of one page; both are 1 where nothing is right and nothing was found."""
    wanted, had = shingles(right), shingles(found)
    both = sum((wanted & had).values())
    if not both:
        same = not wanted and not had
        return Score(float(same), float(same))
    return Score(both / sum(had.values()), both / sum(wanted.values()))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Each run of four words with how often it stands there; of a shorter text all words together."""
    words = re.findall(r"\w+", text)
    if not words:
        return Counter()
    return Counter(tuple(words[at : at + SHINGLE_WORDS]) for at in range(max(1, len(words) - SHINGLE_WORDS + 1)))


if __name__ == "__main__":
    main()
