"""All credits of documents, each text read once: to say who copied, and again to say what was taken out."""

from __future__ import annotations

from dedup.credits import Credit, every_credit
from dedup.model import Document


class Crediting:
    """Tells the credits of documents, and remembers them by id."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[Credit, ...]] = {}

    def __call__(self, document: Document) -> tuple[Credit, ...]:
        """Every credit of a document, none for most."""
        if document.id not in self._found:
            self._found[document.id] = every_credit(document.text, document.byline, document.dateline)
        return self._found[document.id]
