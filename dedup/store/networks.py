"""The queries of the network: who took how much from whom, summed by SQLite; and the links between two outlets.

Ends of links are looked up in ``documents_told``, which holds all that is asked of them: of 110,000 documents and
30,000 links 50 ms, where the rows of the documents took 400.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from dedup.model import DEFAULT_KINDS
from dedup.store.file import StoreFile

# Decided links of the kinds that count as copies, with both pages; what is absent has an agency instead of a page.
_KINDS = ", ".join(f"'{kind}'" for kind in DEFAULT_KINDS)
_SOURCE = "case when l.original is null then l.agency else o.outlet end"
_COPIES = f"l.direction = 'decided' and l.kind in ({_KINDS}) and c.outlet <> {_SOURCE}"
_DATE = "coalesce(c.published, c.crawled)"
# Links are gone through once, and what stands at their ends is looked up by its id alone: left to itself, SQLite looks
# up each id with each of the outlets that are shown.
_ENDS = """links l not indexed cross join documents c indexed by documents_told on c.id = l.copy
    left join documents o indexed by documents_told on o.id = l.original"""
# Seconds between two dates that name at least the minute and agree about having a zone.
_LAG = """case when length(c.published) >= 16 and length(o.published) >= 16
    and (instr(c.published, '+') > 0) = (instr(o.published, '+') > 0)
    then strftime('%s', c.published) - strftime('%s', o.published) end"""


class NetworkTables(StoreFile):
    """The queries of the network."""

    def link_agencies(self) -> list[tuple[str, int]]:
        """The agencies of any link, by name, each with how many copies are here of originals that are not."""
        query = f"""select agency, sum(original is null and direction = 'decided' and kind in ({_KINDS}))
            from links indexed by links_agency where agency is not null group by agency order by agency"""
        return self._rows(query)

    def trading_outlets(self, also: Sequence[str]) -> list[tuple[str, int, int, int]]:
        """Name, documents, copies and times copied of the outlets that copy or are copied, and of those of ``also``."""
        query = """select name, documents, copies, copied from outlets
            where copies or copied or name in (select value from json_each(?))"""
        return self._rows(query, (json.dumps(list(also)),))

    def exchanges(
        self, names: Sequence[str], agency: str | None, since: str | None, until: str | None
    ) -> Iterator[tuple[str, str, str, str | None, int, int, str | None]]:
        """Copier, source, month, agency, copies, those of whole stories, and the seconds that each copy came after its
        source, joined by commas, where they are known; of copies between two of these outlets and absent agencies.

        In order. ``since`` and ``until`` are days, both within; the month is empty for copies without a date, which
        are within no days.
        """
        where, values = _asked(agency, since, until)
        query = f"""with shown (name) as materialized (select value from json_each(?))
            select c.outlet, {_SOURCE} as source, coalesce(substr({_DATE}, 1, 7), '') as month, l.agency,
            count(*), sum(l.kind = 'full'), group_concat({_LAG})
            from {_ENDS} where {_COPIES} and +c.outlet in shown and source in shown {where}
            group by 1, 2, 3, 4"""
        return iter(self._rows(query, (json.dumps(list(names)), *values)))

    def links_between(self, copier: str, source: str) -> list[tuple[Any, ...]]:
        """The copies that one outlet has of another's pages, or of an agency's where these are absent, newest first,
        those without a date last: ids, titles and dates of both, kind, coverage, share, words, story and agency."""
        query = f"""select l.copy, l.original, c.title, o.title, {_DATE} as date, coalesce(o.published, o.crawled),
            l.kind, l.coverage, l.share, l.matched_words, l.story, l.agency, ({_LAG}) / 3600.0
            from documents c join links l on l.copy = c.id left join documents o on o.id = l.original
            where {_COPIES} and c.outlet = ? and {_SOURCE} = ?
            order by date is null, date desc, l.copy, l.story"""
        return self._rows(query, (copier, source))


def _asked(agency: str | None, since: str | None, until: str | None) -> tuple[str, list[str]]:
    told = [("l.agency = ? collate nocase", agency), (f"substr({_DATE}, 1, 10) >= ?", since)]
    told.append((f"substr({_DATE}, 1, 10) <= ?", until))
    chosen = [(condition, value) for condition, value in told if value is not None]
    return "".join(f" and {condition}" for condition, _ in chosen), [value for _, value in chosen]
