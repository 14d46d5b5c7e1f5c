"""Whom the pages of a file credit: shares over all of them, or a draw of pages with their credits to read.

python benchmarks/credits.py DATA/ap1989/stories.jsonl.gz --agency ap
python benchmarks/credits.py DATA/outlets2018/pages.jsonl.gz --draw 50 --seed 1
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from pathlib import Path
from random import Random

from dedup.corpus import read_corpus
from dedup.credits import Credit, find_credits
from dedup.model import Document

AROUND = 60
SHOWN_HEAD = 700
SHOWN_TAIL = 400


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path)
    parser.add_argument("--agency", help="the id whose share is asked for; pages that credit others are listed")
    parser.add_argument("--draw", type=int, default=0, help="show so many pages instead")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    pages = list(read_corpus(asked.file))
    if asked.draw:
        for page in Random(asked.seed).sample(pages, min(asked.draw, len(pages))):
            show(page, credits_of(page))
    else:
        shares(pages, asked.agency)


def credits_of(page: Document) -> tuple[Credit, ...]:
    return find_credits(page.text, page.byline, page.dateline)


def called(credit: Credit) -> str:
    return credit.agency or f"?{credit.name}"


def shares(pages: list[Document], agency: str | None) -> None:
    """Pages, those with a credit, those with one to the agency, and whom else they credit."""
    credits_of(pages[0])
    begin = time.perf_counter()
    found = [(page, credits_of(page)) for page in pages]
    spent = (time.perf_counter() - begin) / len(pages)
    credited = [(page, credits) for page, credits in found if credits]
    print(f"{len(pages)} pages, {len(credited) / len(pages):.2%} of them with a credit, {spent * 1e6:.0f} us each")
    if agency is None:
        names = Counter(called(credit) for _, credits in credited for credit in credits)
        print(", ".join(f"{name} {count}" for name, count in names.most_common()))
        return
    others = [(page, credits) for page, credits in credited if agency not in map(called, credits)]
    fields = sum(bool(page.byline or page.dateline) for page, _ in found)
    own = len(credited) - len(others)
    of_credited = own / max(1, len(credited))
    print(f"{own} credit {agency}: {own / len(pages):.2%} of all, {of_credited:.2%} of those with a credit")
    print(f"{fields} have a byline or a dateline beside the text")
    for page, credits in others:
        show_credits(page, credits)


def show(page: Document, credits: tuple[Credit, ...]) -> None:
    """A page's fields, head and tail, and its credits."""
    print(f"{'=' * 20} {page.id} {page.outlet or ''} byline={page.byline!r} dateline={page.dateline!r}")
    print(page.text[:SHOWN_HEAD])
    if len(page.text) > SHOWN_HEAD:
        print("[...]", page.text[max(SHOWN_HEAD, len(page.text) - SHOWN_TAIL) :])
    show_credits(page, credits)


def show_credits(page: Document, credits: tuple[Credit, ...]) -> None:
    print(f"--- {page.id}: {len(credits)} credits")
    for credit in credits:
        begin, end = credit.span.start, credit.span.end
        around = page.text[max(0, begin - AROUND) : begin], page.text[begin:end], page.text[end : end + AROUND]
        print(f"    {called(credit)} {credit.how} [{begin}:{end}] {around[0]!r} >>{around[1]!r}<< {around[2]!r}")


if __name__ == "__main__":
    main()
