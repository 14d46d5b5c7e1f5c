"""The script that a user would write in an afternoon with the same four packages; what ours is measured against.

    python benchmarks/plain_script.py STORIES.jsonl.gz OUT.db [datasketch|rensa|gaoya]

Five-word shingles, ``MinHash.update_batch``, ``MinHashLSH(threshold=0.5, num_perm=128)``, ``fuzz.ratio`` of at least 70
to confirm, and the links into SQLite. With ``rensa`` its MinHash and LSH in datasketch's place; it divides the 128
permutations into 32 bands of 4, where datasketch takes 25 of 5: it wants bands of one size. With ``gaoya`` the same
bands; it cuts texts into words itself, and leaves out pairs whose signatures agree in less than half.
"""

import gzip
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeAlias

from rapidfuzz import fuzz
from sqlite_utils import Database

# The numbers of the texts before that a text may be a copy of; it is taken in, too.
Met: TypeAlias = Callable[[int, str], Iterable[int]]


def main(stories: str, out: str, package: str = "datasketch") -> None:
    met = PACKAGES[package]()
    links, rows = list[dict[str, Any]](), list[dict[str, Any]]()
    for story in _stories(stories):
        for other in met(len(rows), story["text"]):
            score = fuzz.ratio(story["text"], rows[other]["text"])
            if score >= 70:
                links.append({"copy": story["id"], "original": rows[other]["id"], "score": score})
        rows.append(story)
    db = Database(out)
    db["documents"].insert_all(rows, pk="id", replace=True)  # type: ignore[union-attr]
    db["links"].insert_all(links)  # type: ignore[union-attr]
    print(f"{len(rows)} stories, {len(links)} links")


def _datasketch() -> Met:
    from datasketch import MinHash, MinHashLSH

    lsh = MinHashLSH(threshold=0.5, num_perm=128)

    def met(number: int, text: str) -> Iterable[int]:
        minhash = MinHash(num_perm=128)
        minhash.update_batch([shingle.encode() for shingle in _shingles(text)])
        found: list[int] = lsh.query(minhash)
        lsh.insert(number, minhash)
        return found

    return met


def _rensa() -> Met:
    from rensa import RMinHash, RMinHashLSH  # type: ignore[import-not-found]

    lsh = RMinHashLSH(threshold=0.5, num_perm=128, num_bands=32)

    def met(number: int, text: str) -> Iterable[int]:
        minhash = RMinHash(num_perm=128, seed=42)
        minhash.update([shingle.encode() for shingle in _shingles(text)])
        found: list[int] = lsh.query(minhash)
        lsh.insert(number, minhash)
        return found

    return met


def _gaoya() -> Met:
    from gaoya.minhash import MinHashStringIndex  # type: ignore[import-not-found]

    index = MinHashStringIndex(
        hash_size=32, jaccard_threshold=0.5, num_bands=32, band_size=4, num_hashes=128, analyzer="word", lowercase=True,
        ngram_range=(5, 5),
    )  # fmt: skip

    def met(number: int, text: str) -> Iterable[int]:
        found: list[int] = index.query(text)
        index.insert_document(number, text)
        return found

    return met


PACKAGES: dict[str, Callable[[], Met]] = {"datasketch": _datasketch, "rensa": _rensa, "gaoya": _gaoya}


def _shingles(text: str) -> list[str]:
    words = text.lower().split()
    return [" ".join(words[i : i + 5]) for i in range(max(1, len(words) - 4))]


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
