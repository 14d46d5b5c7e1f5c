"""How the records of a path are understood: which of their fields is taken for what, shown before anything is kept."""

from __future__ import annotations

import os
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime

from dedup.corpus.fields import mapping_of, paths_of
from dedup.corpus.files import Options
from dedup.corpus.names import MEANINGS, known_for
from dedup.corpus.reading import items_of, moment
from dedup.model import Document, Reject

# Records looked at: the first alone may lack what most have.
SAMPLED = 100
# What NELA-GT puts for words that it leaves out: seven in a row of every hundred.
_MASK = re.compile(r"(?:@ ?){5,}")


@dataclass(frozen=True, slots=True)
class Sample:
    """What the first records are taken for, and the first documents and rejects.

    ``looked`` has nothing where pages are no records.
    """

    looked: Looked
    documents: tuple[Document, ...]
    rejects: tuple[Reject, ...]


def sample(
    path: str | os.PathLike[str], options: Options | None = None, count: int = 3, *, now: datetime | None = None
) -> Sample:
    """How the first records of a path are understood, and its first ``count`` documents.

    Raises ``CorpusError`` as ``read_corpus`` does, but only for what it comes to read.
    """
    options, moment_ = options or Options(), moment(now)
    looked = Looked(options, moment_)
    documents: list[Document] = []
    rejects: list[Reject] = []
    with closing(items_of(path, moment_, options, looked.note)) as items:
        for number, item in enumerate(items, start=1):
            if isinstance(item, Reject):
                rejects.append(item)
            elif isinstance(item, Document) and len(documents) < count:
                documents.append(item)
            # Pages that are no records take long to read, and tell nothing here.
            enough = len(documents) >= count and looked.records < number
            if enough or number >= max(SAMPLED, count):
                break
    return Sample(looked, tuple(documents), tuple(rejects[:count]))


class Looked:
    """What records that were looked at are taken for; ``read_corpus`` shows each of them to ``note``."""

    def __init__(self, options: Options, now: datetime | None = None) -> None:
        self.known, self.now = dict(options.fields), moment(now)
        self.records = self.masked = 0
        self.names: dict[str, None] = {}
        self.sources: dict[str, Counter[str]] = {}

    def note(self, record: Mapping[str, object]) -> None:
        """Look at a record, if it is among the first ``SAMPLED``."""
        if self.records >= SAMPLED:
            return
        self.records += 1
        self.names |= dict.fromkeys(paths_of(record).values())
        mapping = mapping_of(record, self.now, known_for(self.known))
        for ours, name in mapping.items():
            self.sources.setdefault(ours, Counter())[name] += 1
        text = record.get(mapping.get("text", ""))
        self.masked += isinstance(text, str) and _MASK.search(text) is not None

    def in_words(self) -> str:
        """``text from content, url from link; passed over: tags``; empty where there were no records."""
        told = ", ".join(f"{ours} from {' or '.join(names)}" for ours, names in self.taken().items())
        over = f"passed over: {', '.join(self.passed_over())}" if self.passed_over() else ""
        return "; ".join(part for part in (told, over, *self.notes()) if part)

    def taken(self) -> dict[str, tuple[str, ...]]:
        """For each of ours the records' own names that it was taken from, the most frequent first."""
        found = {ours: self.sources[ours] for ours in MEANINGS if ours in self.sources}
        return {ours: tuple(name for name, _ in names.most_common()) for ours, names in found.items()}

    def passed_over(self) -> tuple[str, ...]:
        """The names that nothing was taken from."""
        taken = {name for names in self.sources.values() for name in names}
        return tuple(name for name in self.names if name not in taken)

    def notes(self) -> tuple[str, ...]:
        """What is odd about the records, a sentence each."""
        if not self.masked:
            return ()
        return (f"{self.masked} of {self.records} texts have rows of @ for words left out, as NELA-GT has: copies are"
                " found by the words between them",)  # fmt: skip
