"""The script that a user would write in an afternoon with the same four packages; what ours is measured against.

    python benchmarks/plain_script.py STORIES.jsonl.gz OUT.db [datasketch|rensa]

Five-word shingles, ``MinHash.update_batch``, ``MinHashLSH(threshold=0.5, num_perm=128)``, ``fuzz.ratio`` of at least 70
to confirm, and the links into SQLite. With ``rensa`` its MinHash and LSH in datasketch's place; it divides the 128
permutations into 32 bands of 4, where datasketch takes 25 of 5: it wants bands of one size.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from rapidfuzz import fuzz
from sqlite_utils import Database


def main(stories: str, out: str, package: str = "datasketch") -> None:
    sketched, lsh = _rensa() if package == "rensa" else _datasketch()
    links, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    for story in _stories(stories):
        words = story["text"].lower().split()
        minhash = sketched([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])
        for other in lsh.query(minhash):
            score = fuzz.ratio(story["text"], rows[other]["text"])
            if score >= 70:
                links.append({"copy": story["id"], "original": rows[other]["id"], "score": score})
        lsh.insert(len(rows), minhash)
        rows.append(story)
    db = Database(out)
    db["documents"].insert_all(rows, pk="id", replace=True)  # type: ignore[union-attr]
    db["links"].insert_all(links)  # type: ignore[union-attr]
    print(f"{len(rows)} stories, {len(links)} links")


def _datasketch() -> tuple[Callable[[list[bytes]], Any], Any]:
    from datasketch import MinHash, MinHashLSH

    def sketched(shingles: list[bytes]) -> MinHash:
        minhash = MinHash(num_perm=128)
        minhash.update_batch(shingles)
        return minhash

    return sketched, MinHashLSH(threshold=0.5, num_perm=128)


def _rensa() -> tuple[Callable[[list[bytes]], Any], Any]:
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]

    def sketched(shingles: list[bytes]) -> Any:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update(shingles)
        return minhash

    return sketched, RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)


def _stories(path: str) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.endswith(".gz") else open
    with opened(path, "rt", encoding="utf-8") as lines:
        seen = set()
        for story in map(json.loads, lines):
            if story["id"] not in seen:
                seen.add(story["id"])
                yield story


if __name__ == "__main__":
    main(*sys.argv[1:4])
