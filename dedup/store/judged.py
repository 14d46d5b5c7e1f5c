"""What persons said: the one table that is made from no document, and outlives all that it speaks of."""

from __future__ import annotations

from collections.abc import Iterable

from dedup.model import Judgement
from dedup.store.file import StoreFile

JUDGEMENT_COLUMNS = Judgement.__slots__
_SELECTED = ", ".join(f"j.{name}" for name in JUDGEMENT_COLUMNS)


class JudgedFile(StoreFile):
    """A file of ours, as far as it keeps judgements: by the ids of documents, whether it holds these or not."""

    def judgements(self) -> list[Judgement]:
        """Every judgement, by what it names first, then by the other."""
        rows = self._rows(f"select {_SELECTED} from judgements j order by j.copy, j.original")
        return [Judgement(*row) for row in rows]

    def judgements_of(self, ids: Iterable[str]) -> list[Judgement]:
        """The judgements that name any of the ids, each once, in the order of ``judgements``."""
        wanted, found = sorted(set(ids)), set[Judgement]()
        for end in ("copy", "original"):
            rows = self._where_in(f"select {_SELECTED} from judgements j where j.{end} in", wanted)
            found.update(Judgement(*row) for row in rows)
        return sorted(found, key=lambda one: (one.copy, one.original))

    def judgements_among(self, numbers: Iterable[int]) -> dict[tuple[int, int], Judgement]:
        """The judgements on two documents of the store of which one at least is among ``numbers``, by the pair."""
        wanted, found = list(numbers), dict[tuple[int, int], Judgement]()
        for end in ("c", "o"):
            # From the few judgements to the many documents, whatever SQLite reckons.
            query = (
                f"select c.number, o.number, {_SELECTED} from judgements j cross join documents c on c.id = j.copy"
                f" cross join documents o on o.id = j.original where {end}.number in"
            )
            for one, two, *row in self._where_in(query, wanted):
                found[min(one, two), max(one, two)] = Judgement(*row)
        return dict(sorted(found.items()))

    def put_judgements(self, judgements: Iterable[Judgement]) -> None:
        """Keep judgements, each in the place of what was said of the same two documents, whichever was named first."""
        rows = ([getattr(one, name) for name in JUDGEMENT_COLUMNS] for one in judgements)
        self._insert("insert or replace into judgements", JUDGEMENT_COLUMNS, rows)

    def drop_judgement(self, one: str, two: str) -> None:
        """Forget what was said of two documents, whichever was named first."""
        query = "delete from judgements where min(copy, original) = ? and max(copy, original) = ?"
        self._many(query, [(min(one, two), max(one, two))])
