"""Corpora of small pages that overlap in every way, made from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

import made

from dedup.model import Document
from dedup.store import number_of

Maker: TypeAlias = Callable[[int], list[Document]]


def tangle(seed: int, pages: int = 18, stock: int = 9) -> list[Document]:
    """Small pages put together from one stock of paragraphs, some changed a little: everything overlaps."""
    random = Random(seed)
    paragraphs = [*(made.paragraph(random) for _ in range(stock)), *made.NOTICES]
    told = []
    for n in range(pages):
        text = tuple(random.sample(paragraphs, random.randint(1, 4)))
        for change in random.sample(made.CHANGES, random.randint(0, 2)):
            text = change(random, text)
        name = f"site{n % 7}"
        told.append(made.page(f"{name}/{seed}-{n}", made.named(random, text, name) if n % 2 else text))
    return told


def generations(seed: int, pages: int = 14) -> list[Document]:
    """Copies of copies of copies: each page is a mirror of one of the pages before it."""
    random = Random(seed)
    texts = [made.story(random, 5)]
    for n in range(1, pages):
        texts.append(made.mirror(random, random.choice(texts), f"Site{n}"))
    return [made.page(f"site{n}/{seed}", text) for n, text in enumerate(texts)]


def noticed(seed: int, pages: int = 16) -> list[Document]:
    """Short unrelated pages, each with some of the same notices in some order."""
    random = Random(seed)
    return [
        made.page(f"site{n}/{seed}", (made.sentence(random), *random.sample(made.NOTICES, random.randint(1, 3))))
        for n in range(pages)
    ]


def flashes(seed: int, pages: int = 20) -> list[Document]:
    """Pages of a sentence or two from a few: many are the same, and most are shorter than a window."""
    random = Random(seed)
    told = [made.sentence(random, random.randint(5, 24)) for _ in range(8)]
    return [made.page(f"site{n % 6}/{seed}-{n}", random.sample(told, random.randint(1, 2))) for n in range(pages)]


def snippets(seed: int, pages: int = 20) -> list[Document]:
    """Pages of a few stretches of one long text, cut anywhere: many pairs share hardly more than one key."""
    random = Random(seed)
    words = [random.choice(made.WORDS) for _ in range(260)]
    cuts = [[random.randrange(240) for _ in range(random.randint(1, 3))] for _ in range(pages)]
    return [
        made.page(f"site{n}/{seed}", [" ".join(words[at : at + random.randint(14, 45)]) + "." for at in places])
        for n, places in enumerate(cuts)
    ]


def crowding(seed: int, pages: int = 16) -> list[Document]:
    """Pages of short stretches of a short text, cut anywhere: most keys are posted by several, few pairs match."""
    random = Random(seed)
    words = [random.choice(made.WORDS) for _ in range(random.choice([40, 60, 90]))]
    told = []
    for n in range(pages):
        parts = []
        for _ in range(random.randint(1, 2)):
            size = random.randint(16, 30)
            at = random.randrange(len(words) - size + 1)
            parts.append(" ".join(words[at : at + size]) + ".")
        if random.random() < 0.5:
            parts.insert(random.randrange(len(parts) + 1), made.sentence(random))
        told.append(made.page(f"site{n}/{seed}", parts))
    return told


def ranked(seed: int, texts: Sequence[made.Paragraphs]) -> list[Document]:
    """Pages whose numbers rise in the order of the texts."""
    ids = sorted((f"site{n}/{seed}" for n in range(len(texts))), key=number_of)
    return [made.page(id, text) for id, text in zip(ids, texts, strict=True)]


def lead(random: Random, text: str) -> str:
    """The first words of a text, so few that they may have but one key."""
    return " ".join(text.split()[: random.randint(20, 23)]) + "..."


def displaced(seed: int) -> list[Document]:
    """A notice, a page that shows it with the lead of a story, a copy of the story with it, the story.

    The first takes the notice from the second, which no longer meets the third; so the third must post the lead's
    key, and the fourth, which it covers, must no longer.
    """
    random = Random(seed)
    text, notice = made.story(random, 3), made.NOTICES[seed % 3]
    return ranked(seed, [(notice,), (notice, lead(random, text[0])), (*text, notice), text])


def halved(seed: int) -> list[Document]:
    """The end of a story, the whole of it, and its beginning with the first words of the end.

    When the first is taken out, the second posts the key of those words, and the third must no longer.
    """
    random = Random(seed)
    beginning, end = f"{made.paragraph(random)} {made.paragraph(random)}", made.paragraph(random)
    return ranked(seed, [(end,), (beginning, end), (beginning, lead(random, end))])


CORPORA: dict[str, Maker] = {
    "stories": lambda seed: made.corpus(seed, 3, 2),
    "two corpora": lambda seed: made.corpus(seed, 1, 2) + made.corpus(seed + 1, 1, 2),
    "a tangle": tangle,
    "a thick tangle": lambda seed: tangle(seed, 16, 4),
    "generations": generations,
    "notices": noticed,
    "flashes": flashes,
    "mirrors": lambda seed: made.mirrors_of(seed, 12),
    "snippets": snippets,
    "crowds": crowding,
    "a chain": lambda seed: made.chained(Random(seed), f"chain/{seed}", 12),
}
