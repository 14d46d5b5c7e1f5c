"""An outlet's own name in its prose, glued to the word behind it: the mark that mirrors leave in what they copy."""

from __future__ import annotations

import re
from typing import NamedTuple

from dedup.text.letters import ALONE, ENDLESS, stand_in

# Shorter names are in too many words: "The Sun" is in "The Sunday".
NAME_LETTERS = 8


class Glued(NamedTuple):
    """A name in a text, ``text[start:end]``, and in the midst of a word at its end."""

    start: int
    end: int


def glued_names(text: str, name: str | None, least: int = NAME_LETTERS) -> list[Glued]:
    """Where a name stands glued to the word behind it, as in "The Phaninc Exchangelaunch", in the order of the text.

    Names are looked for as they are written, and never inside a word. Nothing is found of no name, nor of one with less
    than the ``least`` letters.
    """
    found: list[Glued] = []
    if name is None or sum(map(str.isalnum, name)) < least:
        return found
    start = text.find(name)
    while start >= 0:
        end = start + len(name)
        if text[end : end + 1].isalnum() and not text[max(0, start - 1) : start].isalnum():
            found.append(Glued(start, end))
        start = text.find(name, end)
    return found


def is_glued(text: str, name: str | None, least: int) -> bool:
    """Whether a name stands glued to the word behind it; in scripts without spaces, whether another letter follows."""
    if name and not name[-1].isascii() and stand_in(name[-1]) in (ALONE, ENDLESS):
        return len(name) >= least and re.search(re.escape(name) + r"\w", text) is not None
    return bool(glued_names(text, name, least))
