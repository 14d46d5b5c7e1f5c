"""What texts say of whom they come from, each read once: to learn of outlets, to tell who copied and what was lost."""

from __future__ import annotations

from typing import NamedTuple

from dedup.bylines import signatures
from dedup.credits import Credit, every_credit
from dedup.mentions import mentions
from dedup.model import Document
from dedup.seen import NAME_LETTERS
from dedup.sources import Mention
from dedup.text.names import is_glued


class Signs(NamedTuple):
    """Every credit of a text, the names that sign it, those it tells as its source, and whether its outlet's name
    stands glued to a word."""

    credits: tuple[Credit, ...]
    signed: tuple[str, ...]
    mentions: tuple[Mention, ...]
    glues_name: bool


def read_signs(document: Document) -> Signs:
    """What a document's text and fields say of whom it comes from."""
    name = document.site_name or document.outlet
    credits = every_credit(document.text, document.byline, document.dateline)
    glues = is_glued(document.text, name, NAME_LETTERS)
    return Signs(credits, signatures(document.text), mentions(document.text), glues)


def signs_of(document: Document, known: dict[str, Signs]) -> Signs:
    """``read_signs``, of those documents alone whose ids are not ``known`` yet; what is read is added to these."""
    if document.id not in known:
        known[document.id] = read_signs(document)
    return known[document.id]
