"""The words of some stories: others to put in a word's place, and prose that is nobody's."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import log2
from random import Random

# A word without the marks around it.
CORE = re.compile(r"[^\W_](?:.*[^\W_])?")


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
    cores = Counter(core[0] for text in texts[:: step or 1] for chunk in text.split() if (core := CORE.search(chunk)))
    counts = {word: count for word, count in sorted(cores.items()) if word.isalpha()}
    classes = defaultdict(list)
    for word, count in counts.items():
        classes[_class_of(word, count)].append(word)
    plain = [word for word, count in counts.items() if word.islower() for _ in range(count)]
    if not plain:
        raise ValueError("the stories hold no plain word")
    return Vocabulary({key: tuple(words) for key, words in classes.items()}, counts, tuple(plain))


def _class_of(word: str, count: int) -> tuple[int, int, int]:
    return word[0].isupper() + word.isupper(), min(len(word), 12), int(log2(count))
