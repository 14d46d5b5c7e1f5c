"""Errors: each one's text is one sentence for the person who asked."""

from __future__ import annotations


class DedupError(Exception):
    """Above all errors of ours; its text is one sentence for the person who asked."""


class CorpusError(DedupError):
    """Input that cannot be read: where, and what is wrong with it."""

    def __init__(self, path: str, problem: str, line: int | None = None) -> None:
        self.path, self.problem, self.line = path, problem, line
        super().__init__(f"{path}:{line}: {problem}" if line is not None else f"{path}: {problem}")


class StoreError(DedupError):
    """A database that cannot be opened, read or written."""


class SettingsMismatch(StoreError):
    """A store made with other fingerprint settings; the text names each one that differs."""


class StoreBusy(StoreError):
    """Another process holds the store for writing."""


class UnknownDocument(DedupError):
    """An id or URL that the store does not hold."""
