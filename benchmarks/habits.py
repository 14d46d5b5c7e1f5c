"""What mirrors do to the words of a story, each habit on its own, and which of the story's words then still stand.

A text is its paragraphs, a paragraph its words, and each word knows how many of the story's tokens stand in it. So the
truth about a copy is counted while it is made, and never measured by what is to be measured.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import log2
from random import Random
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.model import Document
from dedup.sketch import word_ids
from dedup.text import Ints, lay, split_words


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

# A paragraph of more sentences is a block of several, which have lost their breaks (reuters: whole stories).
MOST_SENTENCES = 4
# Texts that share this part of the shorter one's shingles are near: versions, reports of one event, market reports.
NEAR, SHINGLE = 0.15, 5
# Of ap1989's 2,228 stories 1,564 are near no other, of reuters' 17,538 10,992, and an index of either links none of
# these: its 130 and 2,400 links are all between others.
# What stands in more texts than this is a stock phrase, and makes nobody near.
STOCK = 50


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


# ---------------------------------------------------------------------------------------------------------------
# The habits.


def cut(text: Text, keep: float, mid_sentence: bool = False) -> Text:
    """The first part, ``keep`` of the words: up to the sentence end nearest by, or right there, with an ellipsis."""
    wanted = max(1, round(keep * sum(map(len, text))))
    if keep >= 1:
        return text
    if not mid_sentence:
        ends = _sentence_ends(text)
        after = bisect_left(ends, wanted)
        wanted = min(ends[max(0, after - 1) : after + 1], key=lambda end: abs(end - wanted))
    shown: list[Paragraph] = []
    for paragraph in text:
        if wanted > 0:
            shown.append(paragraph[:wanted])
        wanted -= len(paragraph)
    last = shown[-1][-1]
    if mid_sentence:
        shown[-1] = (*shown[-1][:-1], replace(last, text=last.text.rstrip(".,;:!?-") + "..."))
    return tuple(shown)


def dropped(text: Text, share: float, random: Random) -> Text:
    """Without this share of its paragraphs, the nearest whole number of them; one always stays."""
    gone = set(random.sample(range(len(text)), min(round(share * len(text)), max(0, len(text) - 1))))
    return tuple(paragraph for at, paragraph in enumerate(text) if at not in gone)


def moved(text: Text, share: float, random: Random) -> Text:
    """This share of its paragraphs, one after the other, taken out and put in elsewhere."""
    order = list(range(len(text)))
    for paragraph in random.sample(order, min(round(share * len(text)), max(0, len(text) - 1))):
        at = order.index(paragraph)
        order.pop(at)
        order.insert(random.choice([place for place in range(len(text)) if place != at]), paragraph)
    return tuple(text[at] for at in order)


def reworded(text: Text, share: float, vocabulary: Vocabulary, random: Random) -> Text:
    """This share of the story's words replaced by others of the vocabulary, names and numbers among them."""
    places = [(p, w) for p, paragraph in enumerate(text) for w, word in enumerate(paragraph) if word.kept]
    changed = [list(paragraph) for paragraph in text]
    for p, w in random.sample(places, round(share * len(places))):
        changed[p][w] = _replaced(changed[p][w], vocabulary, random)
    return tuple(map(tuple, changed))


def damaged(text: Text, share: float, random: Random) -> Text:
    """This share of the words with quotes, dashes or ampersands written as entities, or read in a wrong charset."""
    places = [(p, w) for p, paragraph in enumerate(text) for w, word in enumerate(paragraph) if _MARK.search(word.text)]
    changed = [list(paragraph) for paragraph in text]
    table = random.choice((_ENTITIES, _MISREAD))
    for p, w in random.sample(places, round(share * len(places))):
        word = changed[p][w]
        written = _MARK.sub(lambda mark: table[mark[0]], word.text)
        changed[p][w] = replace(word, text=written, kept=min(word.kept, _in_common(word.text, written)))
    return tuple(map(tuple, changed))


def named(text: Text, name: str, count: int, random: Random) -> Text:
    """The name put so often into sentences, mostly after an article, and glued to the next word.

    ``name`` is of two words: only names hold a space. A text with fewer places gets fewer.
    """
    places = {
        (p, w): random.random() * (1 if before.text.lower() in _ARTICLES else 50)
        for p, paragraph in enumerate(text)
        for w, (before, word) in enumerate(pairwise(paragraph), 1)
        if before.text[-1].isalnum() and word.text[0].isalnum() and not word.glued
    }
    changed = [list(paragraph) for paragraph in text]
    for p, w in sorted(sorted(places, key=places.__getitem__)[:count], reverse=True):
        changed[p][w : w + 1] = [Word(name), replace(changed[p][w], glued=True)]
    return tuple(map(tuple, changed))


def respaced(text: Text, share: float, random: Random) -> Text:
    """This share of the spaces between two letters or digits lost, mostly after names: there the links were.

    Spaces beside the outlet's own name are neither lost nor counted.
    """
    places = {
        (p, w): random.random() * (1 if before.text[0].isupper() else 30)
        for p, paragraph in enumerate(text)
        for w, (before, word) in enumerate(pairwise(paragraph), 1)
        if before.text[-1].isalnum() and word.text[0].isalnum() and not word.glued
        if " " not in before.text + word.text
    }
    changed = [list(paragraph) for paragraph in text]
    for p, w in sorted(places, key=places.__getitem__)[: round(share * len(places))]:
        changed[p][w] = replace(changed[p][w], glued=True)
    return tuple(map(tuple, changed))


# ---------------------------------------------------------------------------------------------------------------
# Other words.


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The words of some stories by class (capitals, length, how common), and plain ones as often as they came."""

    classes: dict[tuple[int, int, int], tuple[str, ...]]
    counts: dict[str, int]
    running: tuple[str, ...]

    def other(self, word: str, random: Random) -> str:
        """Another word of the same class, else of any: none that stands in ``word``, nor in which that stands."""
        same = self.classes.get(_class_of(word, self.counts.get(word, 1)), ())
        for _ in range(20):
            other = random.choice(same if len(same) > 1 else self.running)
            if other.lower() not in word.lower() and word.lower() not in other.lower():
                return other
        return "elsewhere" if word.lower() != "elsewhere" else "nowhere"

    def prose(self, words: int, random: Random) -> list[str]:
        """Paragraphs of this many words in all: sentences of words drawn one by one, so that no phrase is anyone's."""
        paragraphs: list[str] = []
        while words > 0:
            sentences = []
            for _ in range(random.randint(2, 3)):
                size = min(words, random.randint(8, 22))
                size = words if words - size < 8 else size
                words -= size
                sentences.append(" ".join(random.choice(self.running) for _ in range(size)).capitalize() + ".")
                if not words:
                    break
            paragraphs.append(" ".join(sentences))
        return paragraphs


def read_vocabulary(texts: Sequence[str]) -> Vocabulary:
    """The vocabulary of some texts, of 2,000 of them at most, at equal steps. ``ValueError`` where no word is plain."""
    step = -(-len(texts) // 2000)
    cores = Counter(core[0] for text in texts[:: step or 1] for chunk in text.split() if (core := _CORE.search(chunk)))
    counts = {word: count for word, count in sorted(cores.items()) if word.isalpha()}
    classes = defaultdict(list)
    for word, count in counts.items():
        classes[_class_of(word, count)].append(word)
    plain = [word for word, count in counts.items() if word.islower() for _ in range(count)]
    if not plain:
        raise ValueError("the stories hold no plain word")
    return Vocabulary({key: tuple(words) for key, words in classes.items()}, counts, tuple(plain))


def near_texts(texts: Sequence[str]) -> list[set[int]]:
    """For each text the others that are near: that share 0.15 of the shorter one's runs of five tokens, or more.

    Runs that stand in more than 50 texts are stock phrases and not counted.
    """
    laid = lay(texts)
    words = split_words(laid)
    ids = word_ids(words.folded, words.at, words.upto).astype(np.uint64)
    of = np.searchsorted(laid.bounds, words.starts, side="right") - 1
    runs = max(0, len(ids) - SHINGLE + 1)
    hashes = np.zeros(runs, dtype=np.uint64)
    for k in range(SHINGLE):
        hashes = hashes * np.uint64(0x9E3779B97F4A7C15) + ids[k : k + runs]
    whole = of[:runs] == of[SHINGLE - 1 :]
    hashes, of = hashes[whole], of[:runs][whole]
    order = np.lexsort((of, hashes))
    hashes, of = hashes[order], of[order]
    first = np.diff(hashes, prepend=~hashes[:1]).astype(bool) | np.diff(of, prepend=-1).astype(bool)
    hashes, of = hashes[first], of[first]
    sizes = np.bincount(of, minlength=len(texts))
    a, b, shared = _shared(hashes, of, len(texts))
    near: list[set[int]] = [set() for _ in texts]
    for one, other in np.stack([a, b])[:, shared >= NEAR * np.minimum(sizes[a], sizes[b])].T.tolist():
        near[one].add(other)
        near[other].add(one)
    return near


def _shared(hashes: NDArray[np.uint64], of: Ints, texts: int) -> tuple[Ints, Ints, Ints]:
    """The pairs of texts that share runs, and how many; ``hashes`` ascend, and ``of`` within each."""
    _, counts = np.unique(hashes, return_counts=True)
    few = np.repeat((counts >= 2) & (counts <= STOCK), counts)
    hashes, of = hashes[few], of[few]
    codes = [np.zeros(0, dtype=np.int64)]
    for gap in range(1, STOCK):
        same = hashes[gap:] == hashes[:-gap]
        codes.append(of[:-gap][same] * texts + of[gap:][same])
    pairs, shared = np.unique(np.concatenate(codes), return_counts=True)
    return pairs // max(1, texts), pairs % max(1, texts), shared


_ARTICLES = frozenset(
    ("a", "an", "the", "this", "that", "its", "their", "his", "her", "our", "some", "any", "each", "no")
)
_CLOSERS = "\"')]”’"
_ABBREVIATION = re.compile(
    r"[\"'`(]*(?:[A-Z]|Mr|Mrs|Ms|Dr|Rev|Gen|Lt|Col|Sgt|Sen|Rep|Gov|St|Jr|Sr|Inc|Corp|Co|Cos|Ltd|No|vs|Jan|Feb|Mar|Apr"
    r"|Aug|Sept|Oct|Nov|Dec|(?:[A-Za-z]\.)+[A-Za-z])\."
)
_CORE = re.compile(r"[^\W_](?:.*[^\W_])?")
_MARK = re.compile(r"``|''|[&'\"“”‘’–—]")
_ENTITIES = {
    "``": "&quot;", "''": "&quot;", "&": "&amp;", "'": "&#39;", '"': "&quot;", "“": "&ldquo;", "”": "&rdquo;",
    "‘": "&lsquo;", "’": "&rsquo;", "–": "&ndash;", "—": "&mdash;",
}  # fmt: skip
_CURLED = {"``": "“", "''": "”", "'": "’", '"': "”", "&": "&"}
# The bytes of UTF-8 read as windows-1252; the one that this charset lacks is lost.
_MISREAD = {
    mark: _CURLED.get(mark, mark).encode().decode("cp1252", "replace") if mark != "&" else "&amp;amp;"
    for mark in _ENTITIES
}


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


def _sentence_ends(text: Text) -> list[int]:
    ends, before = [], 0
    for paragraph in text:
        ends += [before + end for end in _ends(paragraph)]
        before += len(paragraph)
    return ends


def _replaced(word: Word, vocabulary: Vocabulary, random: Random) -> Word:
    """Another word between the same marks; of a word with digits only these are changed, each of them."""
    core = _CORE.search(word.text)
    if core is None:
        return word
    other = re.sub("[0-9]", lambda digit: str((int(digit[0]) + random.randint(1, 9)) % 10), core[0])
    kept = _in_common(core[0], other) if other != core[0] else 0
    if other == core[0]:
        other = vocabulary.other(core[0], random)
    return replace(word, text=word.text[: core.start()] + other + word.text[core.end() :], kept=min(kept, word.kept))


def _in_common(before: str, after: str) -> int:
    """How many tokens two words share."""
    return sum((_tokens(before) & _tokens(after)).values())


def _tokens(text: str) -> Counter[bytes]:
    words = split_words(lay([text]))
    places = zip(words.at.tolist(), words.upto.tolist(), strict=True)
    return Counter(words.folded[at:upto] for at, upto in places)


def _class_of(word: str, count: int) -> tuple[int, int, int]:
    return word[0].isupper() + word.isupper(), min(len(word), 12), int(log2(count))


# ---------------------------------------------------------------------------------------------------------------
# What stands around a story.


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented outlet: its name, of two words, and its domain."""

    name: str
    domain: str


FARMS = ("Exchange", "Markets", "Capital", "Finance", "Institute", "Wealth", "Trading", "Academy", "Insights", "Pulse")
PAPERS = ("Times", "Courier", "Herald", "Gazette", "Chronicle", "Observer")
CATEGORIES = ("My", "Markets", "Stocks", "Finance", "Invest", "News", "Scams", "Back", "Contact")
_AGENCIES = {"AP": "The Associated Press"}
_DATELINE = re.compile(r"^(?:[A-Z][^()\n]{0,60})?\(([A-Z][^()\n]{1,30})\)\s*[-–—_]+\s*", re.MULTILINE)
_CREDIT = re.compile(
    r"\s*\((?:Additional |Further )?(?:Reporting|Writing|Editing|Compiled) by [^()]*\)\s*\Z"
    r"|^(?:By (?:The )?[A-Z].{0,40}|Copyright .{0,40}\.|.{0,40} contributed to this report\.)\n\s*"
    r"|\n\s*(?:Copyright .{0,40}\.|.{0,40} contributed to this report\.)\s*\Z"
)


def outlets(random: Random, count: int, kinds: Sequence[str]) -> list[Outlet]:
    """So many outlets with names of their own, their first words made of syllables."""
    names: dict[str, str] = {}
    while len(names) < count:
        names.setdefault(_syllables(random, 3), random.choice(kinds))
    return [Outlet(f"{first} {kind}", f"{first}{kind}.example".lower()) for first, kind in names.items()]


def person(random: Random) -> str:
    """An invented name."""
    return f"{_syllables(random, 2)} {_syllables(random, 3)}"


def _syllables(random: Random, count: int) -> str:
    return "".join(random.choice("bdfghklmnprstvz") + random.choice("aeiou") + random.choice(["", *"nrlx"])
                   for _ in range(count)).capitalize()  # fmt: skip


def agency_of(story: Document) -> str:
    """The agency that a story's dateline names, else its outlet."""
    told = re.search(r"\(([A-Z][^()]{1,30})\)\s*\Z", story.dateline or "") or _DATELINE.match(story.text)
    name = told[1] if told else story.outlet or "The Wire"
    return _AGENCIES.get(name, name)


def credited(story: Document, text: Text) -> Text:
    """With the story's dateline before its first words, where it stood beside the text."""
    if not story.dateline or story.text.startswith(story.dateline):
        return text
    return ((*own_text(f"{story.dateline} —")[0], *text[0]), *text[1:])


def uncredited(text: str) -> Text:
    """A text without the agency's dateline and credit."""
    return read_text(_CREDIT.sub("", _DATELINE.sub("", text)) or text)


def credits_agency(text: Text, byline: str | None, story: Document) -> bool:
    """Whether a dateline or a credit line of what is shown of a story, or the byline, names an agency."""
    written = write_text(text)
    told = _DATELINE.search(written) or _CREDIT.search(written)
    return bool(told) or agency_of(story).removeprefix("The ") in (byline or "")


def headline_of(story: Document) -> str:
    """Its title, else its first words."""
    return story.title or " ".join(story.text.split()[:9])


def new_headline(story: Document, random: Random) -> str:
    """Its headline with something before it, cut short, or the other way round."""
    words = headline_of(story).split()
    half = max(3, len(words) // 2)
    before = random.choice(("Report: ", "Update: ", "What to know: ", "Explainer: "))
    return random.choice(
        (before + " ".join(words), " ".join(words[:half]), " ".join([*words[half:], "-", *words[:half]]))
    )


def round_up_headline(parts: int, random: Random) -> str:
    """A headline for so many stories."""
    return f"{random.choice(('Morning briefing', 'The day in brief', 'Evening digest'))}: {parts} stories to read now"


def tags(text: str, random: Random) -> list[str]:
    """One to five of a text's capitalised words, or a general one."""
    names = sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", text)))
    return random.sample(names, min(len(names), random.randint(1, 5))) or ["News"]


def lead(text: Text, words: int, random: Random) -> Text:
    """The first words of a text on one line, 30 to 60 unless told; broken off before its end, some inside a word."""
    flat = [word for paragraph in text for word in paragraph]
    shown = flat[: max(1, min(words or random.randint(30, 60), len(flat) - 1))]
    end = random.choice(("", "...", "…", "cut"))
    last = shown[-1].text
    if end != "cut":
        return ((*shown[:-1], replace(shown[-1], text=last.rstrip(".,;:!?-") + end)),)
    return ((*shown[:-1], Word(last[: len(last) // 2])) if len(last) > 3 else tuple(shown),)
