"""Chains of equal runs read as passages; the gaps between them letter by letter, as edits."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TypeAlias

from dedup.model import Edit, EditKind, Match, Passage, Span, Tokens
from dedup.seeds import Run

# Equal runs in the order of both texts, none touching the next.
Chain: TypeAlias = list[Run]

# Longer gaps are not searched for glued words: a name and the word it sticks to are a handful of words.
GAP_WORDS = 16
# "Unhappy" for "happy" and "US" for "USA" are other words, not glued names. A single word must gain this many letters,
GAINED_LETTERS = 3
# and where no capital marks the seam ("news.comlaunch"), the rest must be long enough not to be an ending by chance.
KEPT_LETTERS = 4


_TURNED: dict[EditKind, EditKind] = {"inserted": "dropped", "dropped": "inserted"}


def as_match(x: Tokens, y: Tokens, chains: list[Chain]) -> Match:
    """Chains of word places as a match of characters, with the gaps read letter by letter."""
    passages: list[Passage] = []
    edits: list[Edit] = []
    total_x = total_y = longest = 0
    for chain in chains:
        words_x, words_y, unbroken = _read(x, y, chain, edits)
        total_x, total_y, longest = total_x + words_x, total_y + words_y, max(longest, unbroken)
        (i, j, _), (last_i, last_j, n) = chain[0], chain[-1]
        at_x, at_y = Span(i, last_i + n), Span(j, last_j + n)
        passages.append(Passage(x.chars(at_x), y.chars(at_y), min(words_x, words_y), at_x, at_y))
    matched = min(total_x, total_y)
    return Match(tuple(passages), total_x / len(x), total_y / len(y), matched, longest, tuple(edits))


def _read(x: Tokens, y: Tokens, chain: Chain, edits: list[Edit]) -> tuple[int, int, int]:
    """Add the edits of a chain's gaps to ``edits``; give its equal words in x and y and the longest unbroken run."""
    i, j, n = chain[0]
    words_x = words_y = run_x = run_y = longest = n
    end_i, end_j = i + n, j + n
    for i, j, n in chain[1:]:
        gap = _heal(x, y, Span(end_i, i), Span(end_j, j))
        edits.append(gap.edit)
        words_x, words_y = words_x + gap.x_words + n, words_y + gap.y_words + n
        if gap.edit.kind == "respaced":
            run_x, run_y = run_x + gap.x_words + n, run_y + gap.y_words + n
        else:
            run_x = run_y = n
        longest = max(longest, min(run_x, run_y))
        end_i, end_j = i + n, j + n
    return words_x, words_y, longest


def mirrored(match: Match) -> Match:
    """The same match with the two texts in each other's place."""
    passages = sorted((Passage(p.b, p.a, p.words, p.b_tokens, p.a_tokens) for p in match.passages), key=lambda p: p.a)
    turned = (Edit(_TURNED.get(e.kind, e.kind), e.b, e.a, e.b_text, e.a_text) for e in match.edits)
    edits = sorted(turned, key=lambda edit: (edit.a, edit.b))
    return Match(
        tuple(passages), match.coverage_b, match.coverage_a, match.matched_words, match.longest_run, tuple(edits)
    )


@dataclass(frozen=True, slots=True)
class _Healed:
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

    def raw(self, letter: int) -> str:
        return self.text[self.starts[letter]]


def _heal(x: Tokens, y: Tokens, gap_x: Span, gap_y: Span) -> _Healed:
    """Say what happened between two equal runs, where ``gap_x`` and ``gap_y`` are the token positions between them.

    Equal letters under other spaces are ``respaced``; letters added at a word's edge are ``inserted`` (``dropped``
    where ``x`` has them), and the word they stick to counts as equal. Letters are compared case-folded in NFKC.
    All else is ``inserted``, ``dropped`` or ``replaced`` with no equal words. At least one gap is not empty.
    """
    if len(gap_x) and len(gap_y) and len(gap_x) + len(gap_y) <= GAP_WORDS and _may_heal(x, y, gap_x, gap_y):
        healed = _healed(x, y, gap_x, gap_y)
        if healed is not None:
            return healed
    kind: EditKind = "replaced" if len(gap_x) and len(gap_y) else "dropped" if len(gap_x) else "inserted"
    return _Healed(_edit(kind, x, y, x.chars(gap_x), y.chars(gap_y)))


def _may_heal(x: Tokens, y: Tokens, gap_x: Span, gap_y: Span) -> bool:
    """Whether the first or the last letters are the same: else neither spaces nor glued letters are the difference.

    Letters outside ASCII may be the same however they are written. Nine gaps of ten end here.
    """
    x_at, y_at = x.chars(gap_x), y.chars(gap_y)
    first = x.text[x_at.start], y.text[y_at.start]
    last = x.text[x_at.end - 1], y.text[y_at.end - 1]
    return any(a.lower() == b.lower() or not a.isascii() or not b.isascii() for a, b in (first, last))


def _healed(x: Tokens, y: Tokens, gap_x: Span, gap_y: Span) -> _Healed | None:
    left, right = _letters(x, gap_x), _letters(y, gap_y)
    if left.folded == right.folded:
        return _Healed(_edit("respaced", x, y, x.chars(gap_x), y.chars(gap_y)), len(gap_x), len(gap_y))
    if len(left.folded) < len(right.folded):
        glued = _glued(left, right)
        if glued is not None:
            return _Healed(_edit("inserted", x, y, glued[0], glued[1]), len(gap_x), _kept_words(right, glued[1]))
    elif len(left.folded) > len(right.folded):
        glued = _glued(right, left)
        if glued is not None:
            return _Healed(_edit("dropped", x, y, glued[1], glued[0]), _kept_words(left, glued[1]), len(gap_y))
    return None


def _edit(kind: EditKind, x: Tokens, y: Tokens, at_x: Span, at_y: Span) -> Edit:
    return Edit(kind, at_x, at_y, x.text[at_x.start : at_x.end], y.text[at_y.start : at_y.end])


def _glued(short: _Letters, long: _Letters) -> tuple[Span, Span] | None:
    """The place in ``short`` where ``long`` has more letters, and those letters; ``None`` where it is not that simple.

    The place must be a word's edge in ``short``, so that every word of it is whole: "color" is not in "colour".
    """
    gained = len(long.folded) - len(short.folded)
    for seam in (0, *short.seams):
        around = long.folded.startswith(short.folded[:seam]) and long.folded.endswith(short.folded[seam:])
        if around and _set_in(long, seam, seam + gained):
            place = short.ends[seam - 1] if seam else short.starts[0]
            return Span(place, place), Span(long.starts[seam], long.ends[seam + gained - 1])
    return None


def _set_in(long: _Letters, start: int, end: int) -> bool:
    """Whether the letters ``[start, end)`` are words or a name glued to one, not another form of the same word."""
    edges = {0, *long.seams}
    if start in edges and end in edges:
        return True
    if end - start < GAINED_LETTERS or _inside_number(long.folded, start) or _inside_number(long.folded, end):
        return False
    if end in edges:
        capital = long.raw(start).isupper() and not long.raw(start - 1).isupper()
    else:
        word = max(start, *(edge for edge in edges if edge < end))
        capital = long.raw(word).isupper() and long.raw(end).islower()
    kept = len(long.folded) - (end - start)
    return capital or (kept >= KEPT_LETTERS and any(start < seam < end for seam in long.seams))


def _inside_number(folded: str, at: int) -> bool:
    return 0 < at < len(folded) and folded[at - 1].isdigit() and folded[at].isdigit()


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
        if plain.isascii() and not unicodedata.combining(tokens.text[stop : stop + 1] or " "):
            folded.append(plain.lower())
            starts += range(at, stop)
            ends += range(at + 1, stop + 1)
            at = stop
        while at < stop:
            end = _cluster_end(tokens.text, at)
            letters = unicodedata.normalize("NFKC", tokens.text[at:end]).casefold()
            folded.append(letters)
            starts += [at] * len(letters)
            ends += [end] * len(letters)
            at = end
        seams.append(len(starts))
    return _Letters("".join(folded), starts, ends, seams, tokens.text)


def _cluster_end(text: str, at: int) -> int:
    """Where the letter at ``at`` ends, with the marks that combine with it, even those that ended its word."""
    end = at + 1
    while end < len(text) and unicodedata.combining(text[end]):
        end += 1
    return end
