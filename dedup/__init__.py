"""Finds who copied a news story from whom: the same verbs as the command line.

>>> from dedup import Index, read_corpus
>>> with Index("news.db") as index:  # doctest: +SKIP
...     index.add(read_corpus("pages/"))
...     index.who("https://example.com/story").publishers
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dedup.corpus import page_from_text, read_corpus, read_page
    from dedup.index import Index, compare
    from dedup.model import Added, Answer, DedupError, Document, Link, Match, Passage, Settings, Span, Story

__all__ = [
    "Added", "Answer", "DedupError", "Document", "Index", "Link", "Match", "Passage", "Settings", "Span", "Story",
    "compare", "page_from_text", "read_corpus", "read_page",
]  # fmt: skip

_ROOMS = {"corpus": ("page_from_text", "read_corpus", "read_page"), "index": ("Index", "compare")}


def __getattr__(name: str) -> object:
    """Load a room when one of its names is first used, so that the command line starts at once."""
    if name not in __all__:
        raise AttributeError(f"module 'dedup' has no attribute {name!r}")
    room = next((room for room, names in _ROOMS.items() if name in names), "model")
    return getattr(import_module(f"dedup.{room}"), name)
