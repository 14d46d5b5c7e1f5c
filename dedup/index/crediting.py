"""What texts say of whom they come from, each read once: to learn of outlets, to tell who copied and what was lost."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from dedup.bylines import signatures
from dedup.credits import Credit, every_credit
from dedup.evidence import NAME_LETTERS
from dedup.mentions import mentions
from dedup.model import Document
from dedup.sources import Mention
from dedup.text.names import is_glued

# Texts remembered: those of a part of the store, which is told twice (``resolving``). Reading one takes a fifth
# of a millisecond.
_TEXTS = 20_000


class Signs(NamedTuple):
    """Every credit of a text, the names that sign it, those it tells as its source, and whether its outlet's name
    stands glued to a word."""

    credits: tuple[Credit, ...]
    signed: tuple[str, ...]
    mentions: tuple[Mention, ...]
    glues_name: bool


def signs_of(document: Document) -> Signs:
    """What a document's text and fields say of whom it comes from."""
    name = document.site_name or document.outlet
    return _signs(document.text, document.byline, document.dateline, name)


@lru_cache(maxsize=_TEXTS)
def _signs(text: str, byline: str | None, dateline: str | None, name: str | None) -> Signs:
    glues = is_glued(text, name, NAME_LETTERS)
    return Signs(every_credit(text, byline, dateline), signatures(text), mentions(text), glues)
