"""text-dedup's MinHash on pages, and its clusters as pairs; run by ``peers.py`` where text-dedup is installed.

    python benchmarks/peer_text_dedup.py PAGES.jsonl OUT.db

Its command line as documented, with its faster hash, and the shingles, permutations and threshold of the plain script.
It tells clusters alone: each page is written with the first page of its cluster. It keeps no text that it finds twice.
"""

import pickle
import subprocess
import sys
from pathlib import Path

from clusters import write_clusters


def main(pages: str, out: str) -> None:
    folder = Path(out).parent
    options = {
        "path": "json", "data_files": pages, "split": "train", "cache_dir": folder / "cache", "column": "text",
        "output": folder / "kept", "hash_func": "xxh3", "ngram": 5, "num_perm": 128, "threshold": 0.5,
    }  # fmt: skip
    told = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    subprocess.run([sys.executable, "-m", "text_dedup.minhash", *told, "--debug"], check=True)
    with open(folder / "kept" / "uf.pkl", "rb") as file:
        united = pickle.load(file)
    write_clusters(out, pages, {page: united.find(page) for page in list(united.parent)})


if __name__ == "__main__":
    main(*sys.argv[1:3])
