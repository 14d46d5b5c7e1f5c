"""An outlet's own name in its prose, glued to the word behind it: the mark that mirrors leave in what they copy."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

# Shorter names are in too many words: "The Sun" is in "The Sunday". Fewer letters behind are another form of the name.
NAME_CHARS, REST_LETTERS = 8, 2


class Glued(NamedTuple):
    """A name in a text, ``text[start:end]``, and the rest of the word that it ends in."""

    start: int
    end: int
    rest: str


def glued_names(text: str, name: str | None) -> list[Glued]:
    """Where a name stands glued to the word behind it, as in "The Phaninc Exchangelaunch", in the order of the text.

    Names are looked for as they are written. Nothing is found of no name, nor of one with few letters.
    """
    if name is None or len(name) < NAME_CHARS or name not in text:
        return []
    return [Glued(found.start(), found.end(1), found[2]) for found in _glued(name).finditer(text)]


@lru_cache(maxsize=4096)
def _glued(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![^\W_])({re.escape(name)})([^\W_]{{{REST_LETTERS},}})")
