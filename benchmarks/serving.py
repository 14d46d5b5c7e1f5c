"""The local pages: how long the server takes for each, on a store that there is.

    python benchmarks/serving.py news.db [--rounds 30]

Each round asks once for every page, of stories, copies and outlets that are spread evenly over the store, those with
most copies first among them. Prints the median and the 95th percentile in milliseconds, as a client on the same
machine sees them, and the bytes of the largest answer.
"""

from __future__ import annotations

import argparse
import http.client
import statistics
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import islice
from urllib.parse import quote, urlencode, urlsplit

from dedup.index import Index

SPREAD = 20


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("store")
    parser.add_argument("--rounds", type=int, default=30)
    asked = parser.parse_args()
    pages, pasted = addresses(asked.store)
    server = subprocess.Popen(
        [sys.executable, "-m", "dedup", "serve", "--db", asked.store, "--port", "0"], stderr=subprocess.PIPE, text=True
    )
    try:
        place = urlsplit(next(word for word in str(server.stderr.readline()).split() if "://" in word))  # type: ignore[union-attr]
        client = http.client.HTTPConnection(str(place.hostname), int(place.port or 0))
        for name, of_page in pages.items():
            show(name, [ask(client, of_page[n % len(of_page)]) for n in range(asked.rounds)])
        show("who, pasted", [ask(client, "/who", pasted[n % len(pasted)]) for n in range(asked.rounds)])
    finally:
        server.terminate()
        server.wait()


def addresses(store: str) -> tuple[Mapping[str, Sequence[str]], Sequence[str]]:
    """The addresses to ask for, by page; and texts of copies, to be pasted."""
    with Index(store, read_only=True) as index:
        stories = index.stories()
        busy, spread = stories[:SPREAD], stories[:: max(1, len(stories) // SPREAD)][:SPREAD]
        outlets = [pair.copier for pair in index.outlets()]
        links = list(islice((link for link in index.links() if link.original), 0, None, max(1, len(stories) // SPREAD)))
        texts = [index.get(link.copy).text for link in links[:SPREAD]]
    return {
        "front": ["/"],
        "story": [address("story", story.id) for story in spread],
        "story, most copies": [address("story", story.id) for story in busy],
        "who": [address("who", link.copy) for link in links[:SPREAD]],
        "compare": [address("compare", str(link.original), link.copy) for link in links[:SPREAD]],
        "outlets": ["/outlets", "/outlets?order=copied"],
        "outlet": [address("outlet", name) for name in list(dict.fromkeys(outlets))[:SPREAD]],
        "network": ["/network", "/network?format=json"],
        "about": ["/about"],
    }, texts


def address(page: str, *parts: str) -> str:
    """The address of a page."""
    return "/".join(["", page, *(quote(part, safe="") for part in parts)])


def ask(client: http.client.HTTPConnection, path: str, text: str | None = None) -> tuple[float, int]:
    """Milliseconds and bytes of one answer. Raises ``RuntimeError`` where it is none."""
    start = time.perf_counter()
    if text is None:
        client.request("GET", path)
    else:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        client.request("POST", path, urlencode({"text": text}).encode(), form)
    answer = client.getresponse()
    size = len(answer.read())
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    return 1000 * (time.perf_counter() - start), size


def show(name: str, asked: Sequence[tuple[float, int]]) -> None:
    """A line of one page."""
    times = sorted(milliseconds for milliseconds, _ in asked)
    late = times[min(len(times) - 1, int(0.95 * len(times)))]
    told = f"{name}: median {statistics.median(times):.1f} ms, 95th percentile {late:.1f} ms"
    print(f"{told}; at most {max(size for _, size in asked):,} bytes", flush=True)


if __name__ == "__main__":
    main()
