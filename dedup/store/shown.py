"""What pages for people ask of the store: little at a time, by index, and no text that is not shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from dedup.model import Link, Story
from dedup.store import rows as row_of
from dedup.store.file import StoreFile

# Copier, source (an agency where its page is absent), kind and both dates, as ``outlet_pairs`` sums them up.
OutletLink = tuple[str, str, str, str | None, str | None]

_OF_A_STORY = "('full', 'partial', 'version')"
_DECIDED = "l.direction = 'decided' and l.kind in " + _OF_A_STORY
_SOURCE = "case when l.original is null then l.agency else o.outlet end"
_LINK = ", ".join(f"l.{name}" for name in row_of.LINK_COLUMNS.split(", "))


class ShownTables(StoreFile):
    """The queries of pages for people."""

    def latest_stories(self, limit: int) -> list[Story]:
        """The stories that were first published last, of those that say when."""
        query = f"""select {", ".join(Story.__slots__)} from stories where first_published is not null
            order by first_published desc, id limit ?"""
        return [Story(*row) for row in self._rows(query, (limit,))]

    def dates_of_stories(self, stories: Sequence[str]) -> Iterator[tuple[str, str | None]]:
        """Each page that ran one of these stories, as ``Link.runs_story`` has it: the story's id, and when the page was
        published or else first seen."""
        ran = f"(kind in {_OF_A_STORY} or kind = 'excerpt' and share >= .5)"
        ends = self._where_in(f"select story, copy, original from links where {ran} and story in", stories)
        pages = {(story, id) for story, *ids in ends for id in ids if id}
        pages |= set(self._where_in("select id, stand_in from stories where id in", stories))
        dates = {id: date for id, (_, _, date) in self.headings([id for _, id in pages]).items()}
        yield from ((story, dates[id]) for story, id in sorted(pages))

    def longest_runs(self, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
        """The words of the longest run that two documents, by their ids, share in one piece; of those with a match."""
        runs = {}
        for one, two in pairs:
            a, b = sorted((row_of.number_of(one), row_of.number_of(two)))
            for (run,) in self._rows("select longest_run from matches where a = ? and b = ?", (a, b)):
                runs[one, two] = run
        return runs

    def outlet(self, name: str) -> tuple[int, int, int] | None:
        """How many documents of an outlet there are, are copies, and were copied; ``None`` for one that is unknown."""
        rows = self._rows("select documents, copies, copied from outlets where name = ?", (name,))
        return rows[0] if rows else None

    def busiest_outlets(self, order: str, like: str, limit: int) -> list[tuple[str, int, int, int]]:
        """Name, documents, copies and times copied of outlets whose name holds ``like``, most first by one of these."""
        columns = {"documents": "documents desc", "copies": "copies desc", "copied": "copied desc", "name": "name"}
        query = f"""select name, documents, copies, copied from outlets where instr(lower(name), lower(?))
            order by {columns[order]}, copies desc, copied desc, name limit ?"""
        return self._rows(query, (like, limit))

    def taken_by(self, outlet: str) -> Iterator[OutletLink]:
        """What an outlet took from others, and from agencies whose pages are absent."""
        query = f"""select c.outlet, {_SOURCE} as source, l.kind, c.published, o.published
            from documents c join links l on l.copy = c.id left join documents o on o.id = l.original
            where c.outlet = ? and {_DECIDED} and source <> c.outlet"""
        return iter(self._rows(query, (outlet,)))

    def taken_from(self, outlet: str) -> Iterator[OutletLink]:
        """What others took from an outlet."""
        query = f"""select c.outlet, o.outlet, l.kind, c.published, o.published
            from documents o join links l on l.original = o.id join documents c on c.id = l.copy
            where o.outlet = ? and {_DECIDED} and c.outlet <> o.outlet"""
        return iter(self._rows(query, (outlet,)))

    def newest_copies(self, outlet: str, limit: int, evidence: str = "") -> list[Link]:
        """An outlet's copies of other outlets' pages, by their date, newest first; with a piece of evidence, those that
        have it."""
        query = f"""select {_LINK} from documents c join links l on l.copy = c.id
            left join documents o on o.id = l.original
            where c.outlet = ? and {_DECIDED} and {_SOURCE} is not c.outlet and instr(l.evidence, ?)
            order by coalesce(c.published, c.crawled) desc, l.copy, coalesce(l.original, '') limit ?"""
        named = f'["{evidence}",' if evidence else ""
        return [row_of.link(row) for row in self._rows(query, (outlet, named, limit))]

    def headings(self, ids: Sequence[str]) -> dict[str, tuple[str | None, str | None, str | None]]:
        """Title, outlet and date (published, else crawled) of documents, by id."""
        query = "select id, title, outlet, coalesce(published, crawled) from documents where id in"
        return {row[0]: (row[1], row[2], row[3]) for row in self._where_in(query, sorted(set(ids)))}
