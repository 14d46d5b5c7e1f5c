"""The script that a user would write in an afternoon with the same four packages; what ours is measured against.

    python benchmarks/plain_script.py STORIES.jsonl.gz OUT.db

Five-word shingles, ``MinHash.update_batch``, ``MinHashLSH(threshold=0.5, num_perm=128)``, ``fuzz.ratio`` of at least 70
to confirm, and the links into SQLite.
"""

import gzip
import json
import sys
from collections.abc import Iterator
from typing import Any

from datasketch import MinHash, MinHashLSH
from rapidfuzz import fuzz
from sqlite_utils import Database


def main(stories: str, out: str) -> None:
    lsh, texts = MinHashLSH(threshold=0.5, num_perm=128), dict[str, str]()
    links, rows = [], []
    for story in _stories(stories):
        minhash = MinHash(num_perm=128)
        words = story["text"].lower().split()
        minhash.update_batch([" ".join(words[i : i + 5]).encode() for i in range(max(1, len(words) - 4))])
        for other in lsh.query(minhash):
            score = fuzz.ratio(story["text"], texts[other])
            if score >= 70:
                links.append({"copy": story["id"], "original": other, "score": score})
        lsh.insert(story["id"], minhash)
        texts[story["id"]] = story["text"]
        rows.append(story)
    db = Database(out)
    db["documents"].insert_all(rows, pk="id", replace=True)  # type: ignore[union-attr]
    db["links"].insert_all(links)  # type: ignore[union-attr]
    print(f"{len(rows)} stories, {len(links)} links")


def _stories(path: str) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        seen = set()
        for story in map(json.loads, lines):
            if story["id"] not in seen:
                seen.add(story["id"])
                yield story


if __name__ == "__main__":
    main(*sys.argv[1:3])
