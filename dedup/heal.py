"""Chains of equal runs read as passages; the gaps between them letter by letter, as edits."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple
from unicodedata import category, combining, normalize

from dedup.model import Edit, EditKind, Match, Passage, Span, Tokens
from dedup.seeds import Chain, Run

# Longer gaps are not searched for glued words: a name and the word it sticks to are a handful of words.
GAP_WORDS = 16
# "Unhappy" for "happy" and "US" for "USA" are other words, not glued names. A single word must gain this many letters,
GAINED_LETTERS = 3
# and where no capital marks the seam ("news.comlaunch"), the rest must be long enough not to be an ending by chance.
KEPT_LETTERS = 4
# The stroke that stretches an Arabic word is a letter by its category, and none to a reader.
_TATWEEL = "\u0640"


def as_match(x: Tokens, y: Tokens, chains: list[Chain]) -> Match:
    """Chains of word places as a match of characters, with the gaps read letter by letter.

    A chain that begins with a run of no words is a shuffled passage: its equal words are counted in any order.
    """
    passages: list[Passage] = []
    edits: list[Edit] = []
    total_x = total_y = longest = 0
    for chain in chains:
        first = len(edits)
        words_x, words_y, unbroken = _read(x, y, chain, edits)
        if _is_shuffled(chain):
            words_x = words_y = max(words_x, words_y, _bag(x, y, chain))
            edits[first:] = [edit for edit in edits[first:] if edit.a_text or edit.b_text]
        total_x, total_y, longest = total_x + words_x, total_y + words_y, max(longest, unbroken)
        (i, j, _), (last_i, last_j, n) = chain[0], chain[-1]
        at_x, at_y = Span(i, last_i + n), Span(j, last_j + n)
        passages.append(Passage(x.chars(at_x), y.chars(at_y), min(words_x, words_y), at_x, at_y))
    matched = min(total_x, total_y)
    return Match(tuple(passages), total_x / len(x), total_y / len(y), matched, longest, tuple(edits))


class _Gap(NamedTuple):
    """What stands between two equal runs: words ``[i, to_i)`` of x and ``[j, to_j)`` of y, and their characters."""

    i: int
    to_i: int
    j: int
    to_j: int
    x_start: int
    x_end: int
    y_start: int
    y_end: int


def _gap(x: Tokens, y: Tokens, before: Run, behind: Run) -> _Gap:
    """The gap between two runs; one by one, as most matches have a few, for which array operations take longer."""
    i, j, (to_i, to_j, n) = before[0] + before[2], before[1] + before[2], behind
    return _Gap(i, to_i, j, to_j, *_chars(x, i, to_i, not n), *_chars(y, j, to_j, not n))


def _chars(tokens: Tokens, start: int, end: int, closing: bool) -> tuple[int, int]:
    """``Tokens.chars``, but an empty span that closes its passage stands behind the word before it, not outside."""
    if end > start:
        return tokens.starts.item(start), tokens.ends.item(end - 1)
    place = tokens.ends.item(start - 1) if closing else tokens.starts.item(start)
    return place, place


def _read(x: Tokens, y: Tokens, chain: Chain, edits: list[Edit]) -> tuple[int, int, int]:
    """Add the edits of a chain's gaps to ``edits``; give its equal words in x and y and the longest unbroken run."""
    words_x = words_y = run_x = run_y = longest = chain[0][2]
    for before, behind in pairwise(chain):
        healed, n = _heal(x, y, _gap(x, y, before, behind)), behind[2]
        edits.append(healed.edit)
        words_x, words_y = words_x + healed.x_words + n, words_y + healed.y_words + n
        if healed.edit.kind == "respaced":
            run_x, run_y = run_x + healed.x_words + n, run_y + healed.y_words + n
        else:
            run_x = run_y = n
        longest = max(longest, min(run_x, run_y))
    return words_x, words_y, longest


def _is_shuffled(chain: Chain) -> bool:
    return not chain[0][2]


def _bag(x: Tokens, y: Tokens, chain: Chain) -> int:
    """How many words both sides have, each counted as often as in the side that has it less often."""
    (i, j, _), (k, m, n) = chain[0], chain[-1]
    return (Counter(x.ids[i : k + n].tolist()) & Counter(y.ids[j : m + n].tolist())).total()


@dataclass(frozen=True, slots=True)
class _Healed:
    """The edit of one gap, and how many words of it are equal after all on either side."""

    edit: Edit
    x_words: int = 0
    y_words: int = 0


class _Letters(NamedTuple):
    """Folded letters of the words ``[starts[i], ends[i])`` of a text; ``seams`` are word ends, in letters.

    ``places`` are the characters of each letter; of plain words every letter is one, and there are none.
    """

    folded: str
    seams: list[int]
    text: str
    starts: list[int]
    ends: list[int]
    places: list[tuple[int, int]] | None = None

    def place(self, letter: int) -> tuple[int, int]:
        """The characters of a letter."""
        if self.places is not None:
            return self.places[letter]
        word = bisect_right(self.seams, letter)
        start = self.ends[word] - self.seams[word] + letter
        return start, start + 1

    def raw(self, letter: int) -> str:
        return self.text[self.place(letter)[0]]


def _heal(x: Tokens, y: Tokens, gap: _Gap) -> _Healed:
    """Say what happened between two equal runs.

    Equal letters under other spaces are ``respaced``; letters added at a word's edge are ``inserted`` (``dropped``
    where ``x`` has them), and the word they stick to counts as equal. Letters are compared case-folded in NFKC.
    All else is ``inserted``, ``dropped`` or ``replaced`` with no equal words. At least one gap is not empty.
    """
    words_x, words_y = gap.to_i - gap.i, gap.to_j - gap.j
    if words_x and words_y and words_x + words_y <= GAP_WORDS and _may_heal(x.text, y.text, gap):
        healed = _healed(x, y, gap)
        if healed is not None:
            return healed
    return _Healed(_whole(x, y, gap, "replaced" if words_x and words_y else "dropped" if words_x else "inserted"))


def _may_heal(x: str, y: str, gap: _Gap) -> bool:
    """Whether the first or the last letters are the same: else neither spaces nor glued letters are the difference.

    Letters outside ASCII may be the same however they are written. Nine gaps of ten end here.
    """
    return _may_equal(x[gap.x_start], y[gap.y_start]) or _may_equal(x[gap.x_end - 1], y[gap.y_end - 1])


def _may_equal(a: str, b: str) -> bool:
    return a.lower() == b.lower() or not a.isascii() or not b.isascii()


def _healed(x: Tokens, y: Tokens, gap: _Gap) -> _Healed | None:
    left, right = _letters(x, gap.i, gap.to_i), _letters(y, gap.j, gap.to_j)
    if left.folded == right.folded:
        return _Healed(_whole(x, y, gap, "respaced"), gap.to_i - gap.i, gap.to_j - gap.j)
    if len(left.folded) < len(right.folded):
        glued = _glued(left, right)
        if glued is not None:
            return _Healed(_edit("inserted", x, y, glued[0], glued[1]), gap.to_i - gap.i, _kept_words(right, glued[1]))
    elif len(left.folded) > len(right.folded):
        glued = _glued(right, left)
        if glued is not None:
            return _Healed(_edit("dropped", x, y, glued[1], glued[0]), _kept_words(left, glued[1]), gap.to_j - gap.j)
    return None


def _whole(x: Tokens, y: Tokens, gap: _Gap, kind: EditKind) -> Edit:
    return _edit(kind, x, y, Span(gap.x_start, gap.x_end), Span(gap.y_start, gap.y_end))


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
            place = short.place(seam - 1)[1] if seam else short.place(0)[0]
            return Span(place, place), Span(long.place(seam)[0], long.place(seam + gained - 1)[1])
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
    words: Iterable[tuple[int, int]] = zip(long.starts, long.ends, strict=True)
    if long.places is not None:
        firsts = [0, *long.seams[:-1]]
        words = ((long.place(f)[0], long.place(last - 1)[1]) for f, last in zip(firsts, long.seams, strict=True))
    return sum(start < gained.start or end > gained.end for start, end in words)


def _letters(tokens: Tokens, first: int, end: int) -> _Letters:
    """The letters of the words ``[first, end)``."""
    text, starts, ends = tokens.text, tokens.starts[first:end].tolist(), tokens.ends[first:end].tolist()
    if text[starts[0] : ends[-1] + 1].isascii():
        folded = "".join([text[at:stop] for at, stop in zip(starts, ends, strict=True)]).lower()
        seams = list(accumulate([stop - at for at, stop in zip(starts, ends, strict=True)]))
        return _Letters(folded, seams, text, starts, ends)
    letters: list[str] = []
    places: list[tuple[int, int]] = []
    seams = []
    for at, stop in zip(starts, ends, strict=True):
        for cluster in _clusters(text, at, stop):
            letters.append(_plain(text[slice(*cluster)]))
            places += [cluster] * len(letters[-1])
        seams.append(len(places))
    return _Letters("".join(letters), seams, text, starts, ends, places)


def _plain(cluster: str) -> str:
    """A letter with its marks, folded; nothing for what cannot be seen, so that ``respaced`` is told around it."""
    return "".join(c for c in normalize("NFKC", cluster).casefold() if c != _TATWEEL and category(c) != "Cf")


def _clusters(text: str, at: int, stop: int) -> Iterator[tuple[int, int]]:
    """The letters of a word, each with the marks that combine with it, even those that ended the word."""
    while at < stop:
        behind = at + 1
        while behind < len(text) and combining(text[behind]):
            behind += 1
        yield at, behind
        at = behind
