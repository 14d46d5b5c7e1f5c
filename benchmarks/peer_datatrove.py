"""datatrove's MinHash pipeline on pages, and its clusters as pairs; run by ``peers.py`` where datatrove is installed.

    python benchmarks/peer_datatrove.py PAGES.jsonl OUT.db [words]

Its four stages as in its example, with as many workers as there are cores, and the shingles and bands of the plain
script (25 of 5). Its own words are spaCy's; with ``words`` texts are parted at spaces, which is several times as fast.
It tells clusters alone: each page is written with the first page of its cluster. Its pages are read from one file a
core, which is written first, and taken away at the end.
"""

import os
import shutil
import struct
import sys
from pathlib import Path

from clusters import opened, write_clusters
from datatrove.executor import LocalPipelineExecutor  # type: ignore[import-not-found]
from datatrove.pipeline.dedup import (  # type: ignore[import-not-found]
    MinhashDedupBuckets,
    MinhashDedupCluster,
    MinhashDedupFilter,
    MinhashDedupSignature,
)
from datatrove.pipeline.dedup.minhash import MinhashConfig  # type: ignore[import-not-found]
from datatrove.pipeline.readers import JsonlReader  # type: ignore[import-not-found]
from datatrove.pipeline.writers.jsonl import JsonlWriter  # type: ignore[import-not-found]

BANDS = MinhashConfig(num_buckets=25, hashes_per_bucket=5)


class AtSpaces:
    """Parts texts into words at spaces, as the plain script does."""

    def word_tokenize(self, text: str) -> list[str]:
        """The words of a text."""
        return text.split()


def main(pages: str, out: str, words: str = "") -> None:
    folder, cores = Path(out).parent, os.cpu_count() or 1
    places = {name: str(folder / name) for name in ("pages", "signatures", "buckets", "removed", "kept", "logs")}
    at = _part(pages, folder / "pages", cores)
    signature = MinhashDedupSignature(output_folder=places["signatures"], config=BANDS)
    if words:
        signature.word_tokenizer = AtSpaces()
    stages = [
        ([JsonlReader(places["pages"]), signature], cores),
        ([MinhashDedupBuckets(places["signatures"], places["buckets"], config=BANDS)], BANDS.num_buckets),
        ([MinhashDedupCluster(places["buckets"], places["removed"], config=BANDS, save_cluster_id=True)], 1),
        ([JsonlReader(places["pages"]), MinhashDedupFilter(places["removed"]), JsonlWriter(places["kept"])], cores),
    ]
    for number, (steps, tasks) in enumerate(stages):
        logs = f"{places['logs']}/{number}"
        LocalPipelineExecutor(pipeline=steps, tasks=tasks, workers=min(tasks, cores), logging_dir=logs).run()
    cluster_of: dict[int, int] = {}
    for task, numbers in enumerate(at):
        file = folder / "removed" / f"{task:06d}.clusters"
        for page, cluster in struct.iter_unpack("<2I", file.read_bytes() if file.exists() else b""):
            cluster_of[numbers[page]] = cluster
    write_clusters(out, pages, cluster_of)
    shutil.rmtree(folder / "pages")


def _part(pages: str, folder: Path, count: int) -> list[list[int]]:
    """Deal the lines of a file out to so many files; which lines each has."""
    folder.mkdir()
    at: list[list[int]] = [[] for _ in range(count)]
    files = [open(folder / f"{number:05d}.jsonl", "wb") for number in range(count)]  # noqa: SIM115
    with opened(pages) as lines:
        for number, line in enumerate(lines):
            files[number % count].write(line)
            at[number % count].append(number)
    for file in files:
        file.close()
    return at


if __name__ == "__main__":
    main(*sys.argv[1:4])
