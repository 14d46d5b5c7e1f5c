"""How well passages agree with the PAN 2013 text alignment corpus, by kind of obfuscation.

    python benchmarks/pan13.py DATA_DIR

``DATA_DIR`` holds ``documents.jsonl.gz`` (id, text) and ``pairs.jsonl.gz`` (susp, src, type, spans of characters).
Measures are those of PAN (Potthast et al. 2010): macro-averaged character precision and recall over both documents,
granularity (how many detections a detected case is split into), and plagdet = F1 / log2(1 + granularity). ``any`` is
the share of pairs with a passage: on unrelated pairs the share of false alarms. ``µs`` is the mean time of
one ``align``, tokens made before. It printed::

                                 pairs  precision  recall  granularity  plagdet    any     µs
    01-unrelated                  1000      0.000   0.000        1.000    0.000   0.3%    503
    02-no-obfuscation             1000      0.977   0.997        1.000    0.987  100.0%   1135
    03-random-obfuscation         1000      0.982   0.798        1.019    0.869  91.9%   1876
    04-translation-obfuscation    1000      0.983   0.703        1.008    0.815  81.3%   1881
    05-summary-obfuscation        1185      0.996   0.105        1.722    0.131  13.8%    991
"""

from __future__ import annotations

import gzip
import json
import math
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import Any, TypeAlias

from dedup.align import align
from dedup.index import tokenise
from dedup.model import Span

# A stretch of the suspicious document and the stretch of the source that it goes with.
Case: TypeAlias = tuple[Span, Span]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one pair should have given, what it gave, and in how many seconds."""

    cases: list[Case]
    detections: list[Case]
    seconds: float


def main() -> None:
    if len(sys.argv) != 2:
        sys.exit("usage: python benchmarks/pan13.py DATA_DIR")
    folder = Path(sys.argv[1])
    kinds: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for pair in read(folder / "pairs.jsonl.gz"):
        kinds[pair["type"]].append(pair)
    with ProcessPoolExecutor() as pool:
        results = pool.map(partial(run, folder), (kinds[kind] for kind in sorted(kinds)))
        print(f"{'':28} pairs  precision  recall  granularity  plagdet    any     µs")
        for kind, outcomes in zip(sorted(kinds), results, strict=True):
            print(line("01-unrelated" if kind.startswith("01") else kind, outcomes))


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as rows:
        yield from map(json.loads, rows)


def run(folder: Path, pairs: list[dict[str, Any]]) -> list[Outcome]:
    wanted = {pair[side] for pair in pairs for side in ("susp", "src")}
    texts = {row["id"]: tokenise(row["text"]) for row in read(folder / "documents.jsonl.gz") if row["id"] in wanted}
    outcomes = []
    for pair in pairs:
        began = time.perf_counter()
        match = align(texts[pair["susp"]], texts[pair["src"]])
        seconds = time.perf_counter() - began
        detections = [(passage.a, passage.b) for passage in match.passages] if match else []
        outcomes.append(Outcome([case_of(span) for span in pair["spans"]], detections, seconds))
    return outcomes


def case_of(span: dict[str, int]) -> Case:
    susp, src = span["susp_offset"], span["src_offset"]
    return Span(susp, susp + span["susp_length"]), Span(src, src + span["src_length"])


def line(kind: str, outcomes: list[Outcome]) -> str:
    """One row of the table."""
    recalls, precisions, pieces = [], [], []
    for outcome in outcomes:
        found = [found_part(case, outcome.detections) for case in outcome.cases]
        recalls += [part for part, _ in found]
        pieces += [count for _, count in found if count]
        precisions += [found_part(detection, outcome.cases)[0] for detection in outcome.detections]
    recall, precision = mean(recalls), mean(precisions)
    granularity = mean(pieces) or 1.0
    score = plagdet(precision, recall, granularity)
    alarms = mean([float(bool(outcome.detections)) for outcome in outcomes])
    micros = mean([outcome.seconds for outcome in outcomes]) * 1e6
    measures = f"{precision:9.3f}  {recall:6.3f}  {granularity:11.3f}  {score:7.3f}"
    return f"{kind:28} {len(outcomes):5}  {measures}  {alarms:5.1%}  {micros:5.0f}"


def found_part(case: Case, others: Sequence[Case]) -> tuple[float, int]:
    """The part of a case's characters, on both sides, that those who touch it on both sides cover; and their number."""
    touching = [other for other in others if case[0].overlap(other[0]) and case[1].overlap(other[1])]
    covered = sum(len(covered_places(case[side], [other[side] for other in touching])) for side in (0, 1))
    return covered / (len(case[0]) + len(case[1])), len(touching)


def covered_places(span: Span, others: list[Span]) -> set[int]:
    return {at for other in others for at in range(max(span.start, other.start), min(span.end, other.end))}


def plagdet(precision: float, recall: float, granularity: float) -> float:
    if not precision + recall:
        return 0.0
    return 2 * precision * recall / (precision + recall) / math.log2(1 + granularity)


def mean(values: Sequence[float]) -> float:
    """The mean, 0 of nothing."""
    return fmean(values) if values else 0.0


if __name__ == "__main__":
    main()
