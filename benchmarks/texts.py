"""A text as its paragraphs, each of its words, each of which knows how many of a story's tokens stand in it.

So the truth about a copy is counted while it is made, and never measured by what is to be measured.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TypeAlias

import numpy as np

from dedup.text import lay, split_words


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it is written, with its marks; ``kept`` of the story's tokens stand in it; ``glued``: no space before.

    A token that is glued to its neighbour stands; one that was replaced, or damaged, does not.
    """

    text: str
    kept: int = 0
    glued: bool = False


Paragraph: TypeAlias = tuple[Word, ...]
Text: TypeAlias = tuple[Paragraph, ...]


def read_text(text: str) -> Text:
    """The paragraphs of a text, each a line of it; a block of many sentences becomes several of two or three."""
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    tokens = np.searchsorted(split_words(lay([text])).starts, [start for start, _ in spans] + [len(text)])
    lines: list[list[Word]] = []
    for (start, end), kept, before in zip(spans, np.diff(tokens), [(0, 0), *spans], strict=False):
        if not lines or "\n" in text[before[1] : start]:
            lines.append([])
        lines[-1].append(Word(text[start:end], int(kept)))
    return tuple(paragraph for line in lines for paragraph in _blocks(line))


def write_text(text: Text) -> str:
    """The text with a blank line between paragraphs."""
    return "\n\n".join("".join(word.text if word.glued else f" {word.text}" for word in p)[1:] for p in text)


def own_text(*paragraphs: str) -> Text:
    """Paragraphs that are none of the story's."""
    return tuple(tuple(map(Word, paragraph.split())) for paragraph in paragraphs)


def count_tokens(text: str) -> int:
    """How many tokens a text has."""
    return len(split_words(lay([text])).starts)


def kept_tokens(text: Text) -> int:
    """How many of the story's tokens stand in a text."""
    return sum(word.kept for paragraph in text for word in paragraph)


def in_common(before: str, after: str) -> int:
    """How many tokens two words share."""
    return sum((_tokens(before) & _tokens(after)).values())


def sentence_ends(text: Text) -> list[int]:
    """After how many of its words each sentence of a text ends."""
    before = accumulate(map(len, text), initial=0)
    return [start + end for start, paragraph in zip(before, text, strict=False) for end in _ends(paragraph)]


# A paragraph of more sentences is a block of several, which have lost their breaks (reuters: whole stories).
MOST_SENTENCES = 4
_CLOSERS = "\"')]”’"
_ABBREVIATION = re.compile(
    r"[\"'`(]*(?:[A-Z]|Mr|Mrs|Ms|Dr|Rev|Gen|Lt|Col|Sgt|Sen|Rep|Gov|St|Jr|Sr|Inc|Corp|Co|Cos|Ltd|No|vs|Jan|Feb|Mar|Apr"
    r"|Aug|Sept|Oct|Nov|Dec|(?:[A-Za-z]\.)+[A-Za-z])\."
)


def _blocks(line: list[Word]) -> Iterator[Paragraph]:
    """The line, or where it is a block of many sentences two and three of them in turn."""
    ends = [0, *_ends(line)]
    at, size = 0, 2 if len(ends) > MOST_SENTENCES + 1 else len(ends)
    while left := len(ends) - 1 - at:
        size = size if left - size != 1 else 5 - size  # none is left alone
        yield tuple(line[ends[at] : ends[at + min(size, left)]])
        at, size = at + min(size, left), 5 - size


def _ends(line: Sequence[Word]) -> list[int]:
    """After how many words each sentence of a paragraph ends; the last one always does at its end."""
    return [at for at, (word, after) in enumerate(pairwise(line), 1) if _is_end(word.text, after.text)] + [len(line)]


def _is_end(word: str, after: str) -> bool:
    bare = word.rstrip(_CLOSERS)
    if not bare or bare[-1] not in ".!?" or _ABBREVIATION.fullmatch(bare):
        return False
    first = re.search(r"\w", after)
    return first is None or not first[0].islower()


def _tokens(text: str) -> Counter[bytes]:
    words = split_words(lay([text]))
    places = zip(words.at.tolist(), words.upto.tolist(), strict=True)
    return Counter(words.folded[at:upto] for at, upto in places)
