"""A text as its changes are looked for: with its body, its outlet's names, and what is found out about it but once."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple, TypeAlias

from dedup.changes.words import is_german, joined, plain, quotations, within, words_of
from dedup.model import ChangeAction, ChangeKind, CreditForm

# The names of an outlet as bare letters; ``None`` where nothing can promote it, as among its own pages.
Names: TypeAlias = Sequence[str] | None
_FAR = 1 << 62
# Characters that are looked through for what was moved: a page of 3,000 is asked some dozen times, a hostile one of
# 300,000 ten thousand times, which takes half a minute.
_MOST_READ = 20_000_000


class Found(NamedTuple):
    """A change by its places: ``[start, end)`` of the source, ``[at, upto)`` of the copy, and how many words it counts.

    Words are those of the source where they were dropped or replaced, else those of the copy.
    """

    kind: ChangeKind
    action: ChangeAction
    start: int
    end: int
    at: int
    upto: int
    words: int
    form: CreditForm | None = None


class Page:
    """A text, and the characters of its own story in order (``None``: all)."""

    def __init__(self, text: str, body: Sequence[tuple[int, int]] | None = None, title: str = "") -> None:
        self.text = text
        self.body = [(0, len(text))] if body is None else body
        self._is_whole = body is None
        self.title = title.strip()
        self._read = 0

    def words(self, start: int, end: int) -> list[bytes]:
        """The words of a stretch in one form; quote marks and case make no difference."""
        return self._plain[start:end].split() if self._plain is not None else words_of(self.text[start:end])

    def still_has(self, words: bytes) -> bool:
        """Whether words, joined, stand anywhere here; never true once a page has cost too much."""
        self._read += len(self.text)
        if self._read > _MOST_READ:
            return False
        # What stands here does so without its spaces, too, which are sooner left out than the page is folded.
        if self._bare is not None and words.translate(None, b" ") not in self._bare:
            return False
        return words in self._folded

    @cached_property
    def _plain(self) -> bytes | None:
        return plain(self.text)

    @cached_property
    def _bare(self) -> bytes | None:
        return self._plain.translate(None, b" ") if self._plain is not None else None

    @cached_property
    def _folded(self) -> bytes:
        return joined(self.words(0, len(self.text)))

    @cached_property
    def quotations(self) -> list[tuple[int, int]]:
        """Where somebody's own words stand."""
        return quotations(self.text)

    @cached_property
    def is_german(self) -> bool:
        """Whether nouns have capitals here."""
        return is_german(self.text)

    def is_own(self, start: int, end: int) -> bool:
        """Whether a stretch, or the place that an empty one marks, belongs to the page's own story."""
        if self._is_whole:
            return True
        at = bisect_right(self.body, (start, _FAR)) - 1
        if at >= 0 and (start < self.body[at][1] or start == end == self.body[at][1]):
            return True
        return at + 1 < len(self.body) and self.body[at + 1][0] < end

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a stretch stands in one quotation."""
        return bool(self.quotations) and within(self.quotations, start, end)
