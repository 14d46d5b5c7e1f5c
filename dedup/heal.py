"""The letters of a gap between two equal runs: what was respaced, glued on, dropped or replaced."""

from __future__ import annotations

import os
import unicodedata
from dataclasses import dataclass
from typing import Literal

from dedup.model import Edit, EditKind, Span, Tokens

# Longer gaps are not searched for glued words: a name and the word it sticks to are a handful of words.
GAP_WORDS = 16
# "Unhappy" for "happy" and "US" for "USA" are other words, not glued names. A single word must gain this many letters,
GAINED_LETTERS = 3
# and where no capital marks the seam ("news.comlaunch"), the rest must be long enough not to be an ending by chance.
KEPT_LETTERS = 4


@dataclass(frozen=True, slots=True)
class Healed:
    """The edit of one gap, and how many words of it are equal after all on either side."""

    edit: Edit
    x_words: int = 0
    y_words: int = 0


@dataclass(frozen=True, slots=True)
class _Letters:
    """Folded letters of some words; letter ``k`` stands at ``text[starts[k]:ends[k]]``; ``seams`` are word ends."""

    folded: str
    starts: list[int]
    ends: list[int]
    seams: list[int]
    text: str


def heal(x: Tokens, y: Tokens, gap_x: Span, gap_y: Span) -> Healed:
    """Say what happened between two equal runs, where ``gap_x`` and ``gap_y`` are the token positions between them.

    Equal letters under other spaces are ``respaced``; letters added at a word's edge are ``inserted`` (``dropped``
    where ``x`` has them), and the word they stick to counts as equal. Letters are compared case-folded in NFKC.
    All else is ``inserted``, ``dropped`` or ``replaced`` with no equal words. At least one gap is not empty.
    """
    if len(gap_x) and len(gap_y) and len(gap_x) + len(gap_y) <= GAP_WORDS:
        healed = _healed(x, y, gap_x, gap_y)
        if healed is not None:
            return healed
    kind: EditKind = "replaced" if len(gap_x) and len(gap_y) else "dropped" if len(gap_x) else "inserted"
    return Healed(_edit(kind, x, y, x.chars(gap_x), y.chars(gap_y)))


def _healed(x: Tokens, y: Tokens, gap_x: Span, gap_y: Span) -> Healed | None:
    left, right = _letters(x, gap_x), _letters(y, gap_y)
    if left.folded == right.folded:
        return Healed(_edit("respaced", x, y, x.chars(gap_x), y.chars(gap_y)), len(gap_x), len(gap_y))
    if len(left.folded) < len(right.folded):
        glued = _glued(left, right)
        if glued is not None:
            return Healed(_edit("inserted", x, y, glued[0], glued[1]), len(gap_x), _kept_words(right, glued[1]))
    elif len(left.folded) > len(right.folded):
        glued = _glued(right, left)
        if glued is not None:
            return Healed(_edit("dropped", x, y, glued[1], glued[0]), _kept_words(left, glued[1]), len(gap_y))
    return None


def _edit(kind: EditKind, x: Tokens, y: Tokens, at_x: Span, at_y: Span) -> Edit:
    return Edit(kind, at_x, at_y, x.text[at_x.start : at_x.end], y.text[at_y.start : at_y.end])


def _glued(short: _Letters, long: _Letters) -> tuple[Span, Span] | None:
    """The place in ``short`` where ``long`` has more letters, and those letters; ``None`` where it is not that simple.

    The place must be a word's edge in ``short``, so that every word of it is whole: "color" is not in "colour".
    """
    before = len(os.path.commonprefix((short.folded, long.folded)))
    after = len(os.path.commonprefix((short.folded[::-1], long.folded[::-1])))
    gained = len(long.folded) - len(short.folded)
    for seam in (0, *short.seams):
        if seam <= before and len(short.folded) - seam <= after and _name_like(long, seam, seam + gained):
            place = short.ends[seam - 1] if seam else short.starts[0]
            return Span(place, place), Span(long.starts[seam], long.ends[seam + gained - 1])
    return None


def _name_like(long: _Letters, start: int, end: int) -> bool:
    """Whether the letters ``[start, end)`` look like something set in, not like another form of the same word."""
    inner = sum(start < seam < end for seam in long.seams)
    whole = (start == 0 or start in long.seams) and end in long.seams
    if whole:
        return True
    side: Literal["front", "back"] = "front" if end not in long.seams else "back"
    if side == "front":
        word = max((seam for seam in (0, *long.seams) if seam < end), default=0)
        capital = long.text[long.starts[max(word, start)]].isupper() and long.text[long.starts[end]].islower()
    else:
        capital = long.text[long.starts[start]].isupper() and not long.text[long.starts[start - 1]].isupper()
    digits = long.folded[end - 1 : end + 1].isdigit() or (start > 0 and long.folded[start - 1 : start + 1].isdigit())
    if digits or end - start < GAINED_LETTERS:
        return False
    return capital or (inner > 0 and len(long.folded) - (end - start) >= KEPT_LETTERS)


def _kept_words(long: _Letters, gained: Span) -> int:
    """How many words of ``long`` have a letter outside ``gained``."""
    firsts = [0, *long.seams[:-1]]
    return sum(
        long.starts[first] < gained.start or long.ends[last - 1] > gained.end
        for first, last in zip(firsts, long.seams, strict=True)
    )


def _letters(tokens: Tokens, gap: Span) -> _Letters:
    """The letters of the words of ``gap``, each with its place in the raw text."""
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    seams: list[int] = []
    for word in range(gap.start, gap.end):
        at, stop = int(tokens.starts[word]), int(tokens.ends[word])
        plain = tokens.text[at:stop]
        if plain.isascii():
            folded.append(plain.lower())
            starts += range(at, stop)
            ends += range(at + 1, stop + 1)
            at = stop
        while at < stop:
            end = _cluster_end(tokens.text, at, stop)
            letters = unicodedata.normalize("NFKC", tokens.text[at:end]).casefold()
            folded.append(letters)
            starts += [at] * len(letters)
            ends += [end] * len(letters)
            at = end
        seams.append(len(starts))
    return _Letters("".join(folded), starts, ends, seams, tokens.text)


def _cluster_end(text: str, at: int, stop: int) -> int:
    """Where the letter at ``at`` ends, with the marks that combine with it."""
    end = at + 1
    while end < stop and unicodedata.combining(text[end]):
        end += 1
    return end
