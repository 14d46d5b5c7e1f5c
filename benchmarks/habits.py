"""What mirrors do to the words of a story, each habit on its own: none looks at what another did."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from random import Random
from typing import TypeAlias

from texts import Paragraph, Text, Word, in_common, sentence_ends
from vocabulary import CORE, Vocabulary

# A word's paragraph, and how many of its words stand before it.
Place: TypeAlias = tuple[int, int]


def cut(text: Text, keep: float, mid_sentence: bool = False) -> Text:
    """The first part, ``keep`` of the words: up to the sentence end nearest by, or right there, with an ellipsis."""
    wanted = max(1, round(keep * sum(map(len, text))))
    if keep >= 1:
        return text
    if not mid_sentence:
        ends = sentence_ends(text)
        after = bisect_left(ends, wanted)
        wanted = min(ends[max(0, after - 1) : after + 1], key=lambda end: abs(end - wanted))
    shown: list[Paragraph] = []
    for paragraph in text:
        if wanted > 0:
            shown.append(paragraph[:wanted])
        wanted -= len(paragraph)
    if mid_sentence:
        shown[-1] = (*shown[-1][:-1], broken_off(shown[-1][-1], "..."))
    return tuple(shown)


def lead(text: Text, words: int, random: Random) -> Text:
    """The first words of a text on one line, 30 to 60 unless told; broken off before its end, some inside a word."""
    flat = [word for paragraph in text for word in paragraph]
    *shown, last = flat[: max(1, min(words or random.randint(30, 60), len(flat) - 1))]
    end = random.choice(("", "...", "…", "cut"))
    if end != "cut":
        last = broken_off(last, end)
    elif len(last.text) > 3:
        last = Word(last.text[: len(last.text) // 2])
    return ((*shown, last),)


def broken_off(word: Word, end: str) -> Word:
    """A word with this in place of the marks after it."""
    return replace(word, text=word.text.rstrip(".,;:!?-") + end)


def dropped(text: Text, share: float, random: Random) -> Text:
    """Without this share of its paragraphs, the nearest whole number of them; one always stays."""
    gone = _paragraphs(text, share, random)
    return tuple(paragraph for at, paragraph in enumerate(text) if at not in gone)


def moved(text: Text, share: float, random: Random) -> Text:
    """This share of its paragraphs, one after the other, taken out and put in elsewhere."""
    order = list(range(len(text)))
    for paragraph in _paragraphs(text, share, random):
        at = order.index(paragraph)
        order.pop(at)
        order.insert(random.choice([place for place in range(len(text)) if place != at]), paragraph)
    return tuple(text[at] for at in order)


def reworded(text: Text, share: float, vocabulary: Vocabulary, random: Random) -> Text:
    """This share of the story's words replaced by others of the vocabulary, names and numbers among them."""
    words = {place: word for place, word in _words(text) if word.kept}
    drawn = random.sample(list(words), round(share * len(words)))
    return _with(text, {place: [_replaced(words[place], vocabulary, random)] for place in drawn})


def damaged(text: Text, share: float, random: Random) -> Text:
    """This share of the words with quotes, dashes or ampersands written as entities, or read in a wrong charset."""
    words = {place: word for place, word in _words(text) if _MARK.search(word.text)}
    table = random.choice((_ENTITIES, _MISREAD))
    drawn = random.sample(list(words), round(share * len(words)))
    return _with(text, {place: [_written(words[place], table)] for place in drawn})


def named(text: Text, name: str, count: int, random: Random) -> Text:
    """The name put so often into sentences, mostly after an article, and glued to the next word.

    ``name`` is of two words: only names hold a space. A text with fewer places gets fewer.
    """
    rank = {
        place: random.random() * (1 if before.text.lower() in _ARTICLES else 50) for place, before, _ in _spaces(text)
    }
    drawn = sorted(rank, key=rank.__getitem__)[:count]
    return _with(text, {(p, w): [Word(name), replace(text[p][w], glued=True)] for p, w in drawn})


def respaced(text: Text, share: float, random: Random) -> Text:
    """This share of the spaces between two letters or digits lost, mostly after names: there the links were.

    Spaces beside the outlet's own name are neither lost nor counted.
    """
    rank = {
        place: random.random() * (1 if before.text[0].isupper() else 30)
        for place, before, word in _spaces(text)
        if " " not in before.text + word.text
    }
    drawn = sorted(rank, key=rank.__getitem__)[: round(share * len(rank))]
    return _with(text, {(p, w): [replace(text[p][w], glued=True)] for p, w in drawn})


def renamed(text: Text, name: str, other: str) -> Text:
    """Another name in place of this one wherever the prose tells it; for an empty one it is left out, with its article,
    and "told the Daily Name" becomes "said". Lines too short for prose are left: credits."""
    return tuple(
        _renamed(paragraph, name.split(), other.split()) if len(paragraph) >= SHORTEST_PROSE else paragraph
        for paragraph in text
    )


# A line of fewer words may be a credit: "Copyright 1989 The Associated Press."
SHORTEST_PROSE = 9
_ARTICLES = frozenset(
    ("a", "an", "the", "this", "that", "its", "their", "his", "her", "our", "some", "any", "each", "no")
)
_MARK = re.compile(r"``|''|[&'\"“”‘’–—]")
_ENTITIES = {
    "``": "&quot;", "''": "&quot;", "&": "&amp;", "'": "&#39;", '"': "&quot;", "“": "&ldquo;", "”": "&rdquo;",
    "‘": "&lsquo;", "’": "&rsquo;", "–": "&ndash;", "—": "&mdash;",
}  # fmt: skip
_CURLED = {"``": "“", "''": "”", "'": "’", '"': "”"}
# The bytes of UTF-8 read as windows-1252; the one that this charset lacks is lost.
_MISREAD = {mark: _CURLED.get(mark, mark).encode().decode("cp1252", "replace") for mark in _ENTITIES}
_MISREAD["&"] = "&amp;amp;"


def _paragraphs(text: Text, share: float, random: Random) -> list[int]:
    """This share of the paragraphs drawn, in random order; one at least is left."""
    return random.sample(range(len(text)), min(round(share * len(text)), max(0, len(text) - 1)))


def _words(text: Text) -> Iterator[tuple[Place, Word]]:
    return (((p, w), word) for p, paragraph in enumerate(text) for w, word in enumerate(paragraph))


def _spaces(text: Text) -> Iterator[tuple[Place, Word, Word]]:
    """The places of words with a space before them that parts two letters or digits, and both words."""
    for p, paragraph in enumerate(text):
        for w, (before, word) in enumerate(pairwise(paragraph), 1):
            if before.text[-1].isalnum() and word.text[0].isalnum() and not word.glued:
                yield (p, w), before, word


def _with(text: Text, put: dict[Place, list[Word]]) -> Text:
    """The text with these words in the places of others."""
    return tuple(
        tuple(new for w, word in enumerate(paragraph) for new in put.get((p, w), [word]))
        for p, paragraph in enumerate(text)
    )


def _replaced(word: Word, vocabulary: Vocabulary, random: Random) -> Word:
    """Another word between the same marks; of a word with digits only these are changed, each of them."""
    core = CORE.search(word.text)
    if core is None:
        return word
    other = re.sub("[0-9]", lambda digit: str((int(digit[0]) + random.randint(1, 9)) % 10), core[0])
    kept = min(word.kept, in_common(core[0], other))
    if other == core[0]:
        other, kept = vocabulary.other(core[0], random), 0
    return replace(word, text=word.text[: core.start()] + other + word.text[core.end() :], kept=kept)


def _renamed(paragraph: Paragraph, name: list[str], other: list[str]) -> Paragraph:
    words = list(paragraph)
    for at in range(len(words) - len(name), -1, -1):
        place = slice(at, at + len(name))
        *before, last = [word.text for word in words[place]] or [""]  # what was left out made the paragraph shorter
        bare, end = _parted(last)
        if [*before, bare] == name:
            _rename(words, place, other, end)
    return tuple(words)


def _rename(words: list[Word], place: slice, other: list[str], end: str) -> None:
    """The words of this place replaced or left out; the marks at their ``end`` stay."""
    start, put = place.start, list(other)
    if not put:
        start -= start > 0 and words[start - 1].text.lower() == "the"
        end = end.removeprefix("'s").removeprefix("’s")
        if start and words[start - 1].text == "told":
            start, put = start - 1, ["said"]
    last = words[place.stop - 1]
    kept = min(last.kept, in_common(last.text, put[-1] + end)) if put else 0
    words[start : place.stop] = [*map(Word, put[:-1]), Word(put[-1] + end, kept)] if put else []
    if end and start and not put:
        words[start - 1] = broken_off(words[start - 1], end)


def _parted(word: str) -> tuple[str, str]:
    """A word without the marks at its end, and those."""
    bare = word.rstrip(".,;:!?'\"”’)")
    bare = bare.removesuffix("'s").removesuffix("’s")
    return bare, word[len(bare) :]


def _written(word: Word, table: dict[str, str]) -> Word:
    """A word with its marks written as the table says."""
    text = _MARK.sub(lambda mark: table[mark[0]], word.text)
    return replace(word, text=text, kept=min(word.kept, in_common(word.text, text)))
