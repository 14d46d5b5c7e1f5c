"""Invented stories, and pages that copy them, made from a seed: the same seed gives the same pages everywhere."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from random import Random
from typing import TypeAlias

import pytest

from dedup.index import Index, crowds, holders, rounds
from dedup.model import Document

Paragraphs: TypeAlias = tuple[str, ...]
Dump: TypeAlias = dict[str, list[tuple[object, ...]]]

# What is the same whatever the order of arrival, and all else that a store holds.
RESULTS = ("postings", "matches", "boilerplate", "stands", "links", "stories", "outlets", "tallies")
TABLES = (*RESULTS, "documents", "sketches", "pending", "settings")

_WORD_STEMS = """
    ash bar bell birch bolt brick broom cage carp chalk clay cloud coal cork crab crow dale dust elm fern flint fog
    frost gate glen goat grain gull hare harp hawk heath hedge hill horn jug kelp kite lamb lark leaf lime loft mare
    marsh mill mint moss moth mule nest oak oat otter owl peat pier pine plum pond quay quilt rake reed ridge rope
    rust rye sail salt sand seal shed silt slate snow spade stag storm straw swan thorn toad trout vale vine wasp
    wharf wheat wick willow wool wren yard yew
"""
_TAILS = ("", "er", "ing", "ed", "s", "ward", "man", "ford", "ton", "ly", "en")
WORDS = tuple(stem + tail for stem in _WORD_STEMS.split() for tail in _TAILS)

NOTICES = (
    "All of this may be read aloud in kitchens but must not be carved in stone without a letter from the editor who "
    "keeps the goat, nor sold in markets or shown on barges.",
    "Our readers are asked to send their corrections on blue paper to the second window of the old customs house "
    "before noon, where a patient clerk will stamp each of them twice.",
    "This page is kept warm by the friends of the lending library and their nine lamps; whoever finds a mistake in it "
    "may keep the mistake, and whoever finds two is given a spoon.",
)


def sentence(random: Random, words: int | None = None) -> str:
    told = [random.choice(WORDS) for _ in range(words or random.randint(9, 16))]
    return f"{told[0].capitalize()} {' '.join(told[1:])}."


def paragraph(random: Random) -> str:
    return " ".join(sentence(random) for _ in range(random.randint(2, 3)))


def story(random: Random, paragraphs: int = 6) -> Paragraphs:
    return tuple(paragraph(random) for _ in range(paragraphs))


def page(id: str, text: Sequence[str], **facts: str | None) -> Document:
    """A page of these paragraphs, published by the outlet that its id begins with."""
    site = id.split("/")[0]
    known = {"outlet": f"{site}.example", "site_name": site.capitalize(), "url": f"https://{site}.example/{id}"}
    return Document(id=id, text="\n\n".join(text), title=f"Page {id}", **{**known, **facts})


def flash(random: Random, id: str) -> Document:
    """A page of one short sentence."""
    return page(id, [sentence(random, random.randint(6, 12))])


# What mirrors do to a story.


def named(random: Random, text: Paragraphs, name: str) -> Paragraphs:
    """The site's own name put before a word in the middle of a paragraph, and glued to it."""
    at = max(range(len(text)), key=lambda at: (len(text[at].split()) > 5, random.random()))
    words = text[at].split(" ")
    place = random.randrange(2, len(words) - 2) if len(words) > 5 else 0
    words[place] = name + words[place]
    return (*text[:at], " ".join(words), *text[at + 1 :])


def cut(random: Random, text: Paragraphs) -> Paragraphs:
    return text[: max(1, round(len(text) * random.choice((0.34, 0.5, 0.7))))]


def dropped(random: Random, text: Paragraphs) -> Paragraphs:
    gone = random.randrange(len(text))
    return tuple(p for at, p in enumerate(text) if at != gone) or text


def moved(random: Random, text: Paragraphs) -> Paragraphs:
    order = list(text)
    order.insert(random.randrange(len(order)), order.pop(random.randrange(len(order))))
    return tuple(order)


def reworded(random: Random, text: Paragraphs) -> Paragraphs:
    """Every seventh word or so another one."""
    return tuple(
        " ".join(random.choice(WORDS) if random.random() < 0.14 else word for word in p.rstrip(".").split(" ")) + "."
        for p in text
    )


def unspaced(random: Random, text: Paragraphs) -> Paragraphs:
    """A space lost in one paragraph, where there was a link."""
    at = random.randrange(len(text))
    before, _, after = text[at].partition(" ")
    return (*text[:at], before + after, *text[at + 1 :])


def teasers(random: Random, others: Sequence[Paragraphs]) -> Paragraphs:
    leads = [" ".join(other[0].split()[: random.randint(14, 30)]) + "..." for other in others]
    return ("Recommend", *leads)


CHANGES = (cut, dropped, moved, reworded, unspaced)


def mirror(random: Random, text: Paragraphs, name: str, others: Sequence[Paragraphs] = ()) -> Paragraphs:
    """A copy with the site's name in it, one or two changes, perhaps a notice, and teasers of other stories."""
    for change in random.sample(CHANGES, random.randint(0, 2)):
        text = change(random, text)
    text = named(random, text, name)
    if random.random() < 0.5:
        text = (*text, random.choice(NOTICES))
    return (*text, *teasers(random, others)) if others else text


# Whole corpora.


def corpus(seed: int, stories: int = 4, copies: int = 3) -> list[Document]:
    """Stories with mirrors, a copy of a copy, a round-up, notices on unrelated pages, overlapping pages and flashes."""
    random = Random(seed)
    told = [story(random, random.randint(3, 7)) for _ in range(stories)]
    pages = [page(f"wire/{seed}-{n}", text, published=_day(random)) for n, text in enumerate(told)]
    for n, text in enumerate(told):
        others = [other for other in told if other is not text]
        pages += _mirrors(random, f"{seed}-{n}", text, others, copies)
    pages.append(page(f"digest/{seed}", [p for text in told for p in text[:2]]))
    pages += [page(f"local{n}/{seed}", (*story(random, 2), *NOTICES[: 1 + n % 3])) for n in range(4)]
    pages += chained(random, f"chain/{seed}", 4)
    quick = flash(random, f"flash/{seed}")
    pages += [quick, page(f"echo/{seed}", [quick.text]), flash(random, f"blink/{seed}")]
    random.shuffle(pages)
    return pages


def chained(random: Random, id: str, pages: int) -> list[Document]:
    """Pages of which each shares two paragraphs with the next, and the last nothing with the first."""
    text = story(random, pages + 2)
    return [page(f"{id}-{n}", text[n : n + 3], outlet=f"chain{n}.example") for n in range(pages)]


def mirrors_of(seed: int, count: int, **facts: str | None) -> list[Document]:
    """One story with these facts, and so many whole copies of it, each with its own outlet's name in it."""
    random = Random(seed)
    text = story(random, 8)
    copies = (page(f"copier{n}/{seed}", named(random, text, f"Copier{n}")) for n in range(count))
    return [page(f"wire/{seed}", text, **facts), *copies]


def _mirrors(random: Random, id: str, text: Paragraphs, others: list[Paragraphs], copies: int) -> Iterable[Document]:
    latest = text
    for n in range(copies):
        source = latest if random.random() < 0.4 else text
        latest = mirror(random, source, f"Site{n}", random.sample(others, min(2, len(others))) if n % 2 else ())
        yield page(f"site{n}/{id}", latest, published=_day(random))


def _day(random: Random) -> str | None:
    return f"2024-05-{random.randint(1, 28):02d}T{random.randint(0, 23):02d}:15" if random.random() < 0.7 else None


# How a store is made.


def crowded_by(patch: pytest.MonkeyPatch, crowd: int) -> None:
    """Let a key be crowded with more posters than these."""
    for room in (crowds, holders, rounds):
        patch.setattr(room, "CROWD", crowd)


# What a store holds.


def dump(path: Path, tables: Iterable[str] = RESULTS) -> Dump:
    """Every row of the tables, sorted."""
    with closing(sqlite3.connect(path)) as db:
        return {table: sorted(db.execute(f"select * from {table}"), key=repr) for table in tables}


def change(path: Path, *statements: str) -> None:
    """Run SQL on a store behind its back."""
    with closing(sqlite3.connect(path)) as db:
        for statement in statements:
            db.execute(statement)
        db.commit()


def indexed(path: Path, documents: Iterable[Document]) -> Dump:
    """What a new store at this path holds after these documents were added at once."""
    with Index(path, workers=1) as index:
        index.add(documents)
    return dump(path)
