"""The queries of exports. Each reads its rows in order from a cursor, so that a million take no more memory than one.

Tables are scanned whole and sorted: of 1,000,000 links, to look up each in a table of long rows took three times as
long (16 s against 7 for the nodes of a graph).
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

from dedup.model import Kind, LinkFilter, OutletPeriod, Period
from dedup.store import rows as row_of
from dedup.store.connection import told
from dedup.store.file import StoreFile

EDGE_COLUMNS = (
    "copy", "original", "kind", "coverage", "share", "matched_words", "resemblance", "confidence", "story", "root",
    "agency", "direction",
)  # fmt: skip
# What a document is in a graph, the last that is true of it.
UNKNOWN, ORIGINAL, COPY, ABSENT = range(4)

# The node of an original that the corpus does not hold.
_TARGET = "coalesce(l.original, 'absent:' || l.story)"
# Who a link was taken from: an outlet, or an agency whose page is absent.
_SOURCE = "case when l.original is null then l.agency else o.outlet end"
_PAGES = (
    "with page (id, outlet, date) as materialized"
    " (select id, outlet, coalesce(published, crawled) from documents not indexed)"
)
_PERIODS: dict[Period, str] = {
    "year": "substr(c.date, 1, 4)",
    "month": "substr(c.date, 1, 7)",
    "day": "substr(c.date, 1, 10)",
    "week": "date(substr(c.date, 1, 10), 'weekday 0', '-6 days')",  # its Monday
}


class ExportTables(StoreFile):
    """The queries of exports."""

    @contextlib.contextmanager
    def snapshot(self) -> Iterator[None]:
        """Within it all that is read is as it was at the beginning; sorting takes disk, not memory."""
        self.db.execute("pragma temp_store = file")
        self.db.execute("begin")
        try:
            yield
        finally:
            self.db.conn.rollback()

    def link_ends(self, only: LinkFilter) -> Iterator[tuple[str, int, str | None]]:
        """Each end of the links asked for, by id: what it is, and the agency of one that is absent."""
        chosen, values = _chosen(only, f"l.copy, {_TARGET} as target, l.original, l.direction, l.agency")
        query = f"""select id, max(role), min(agency) from (
            select copy as id, case direction when 'decided' then {COPY} else {UNKNOWN} end as role, null as agency
            from ({chosen}) union all
            select target, case when original is null then {ABSENT} when direction = 'decided' then {ORIGINAL}
            else {UNKNOWN} end, agency from ({chosen})) group by id"""
        return self._streamed(query, (*values, *values))

    def page_facts(self) -> Iterator[tuple[str | None, ...]]:
        """Id, title, outlet, address, both dates and language of every document, by id."""
        query = "select id, title, outlet, url, published, crawled, language from documents not indexed order by id"
        return self._streamed(query)

    def link_edges(self, only: LinkFilter, *, flow: bool, dated: bool) -> Iterator[tuple[Any, ...]]:
        """``EDGE_COLUMNS`` of the links asked for, what stands for an absent original, and the date of the copy if that
        is wanted; by copy, then original, with ``flow`` the other way round."""
        date = "c.date" if dated else "null"
        columns = ", ".join(f"l.{name}" for name in EDGE_COLUMNS)
        chosen, values = _chosen(only, f"{columns}, {_TARGET} as target, {date} as date", dated=dated)
        order = "target, copy" if flow else "copy, target"
        return self._streamed(f"{chosen} order by {order}, l.story", values)

    def chosen_links(self, only: LinkFilter) -> Iterator[tuple[Any, ...]]:
        """The links asked for as their table has them, by copy, then original."""
        columns = ", ".join(f"l.{name}" for name in row_of.LINK_COLUMNS.split(", "))
        chosen, values = _chosen(only, columns)
        return self._streamed(f"{chosen} order by l.copy, coalesce(l.original, ''), l.story", values)

    def outlet_links_of(self, only: LinkFilter) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        """Copier, source, kind and both dates of each decided link asked for between two outlets, in order."""
        where, values = _conditions(only)
        query = f"""select c.outlet, o.outlet, l.kind, c.published, o.published from links l
            join (select id, outlet, published, coalesce(published, crawled) as date from documents) c on c.id = l.copy
            join documents o on o.id = l.original
            where l.direction = 'decided' and c.outlet <> o.outlet and {where}
            order by c.outlet, o.outlet, l.copy, l.original"""
        return self._streamed(query, values)

    def outlet_periods(self, only: LinkFilter, period: Period) -> Iterator[OutletPeriod]:
        """What each outlet took from each other, or from an agency whose page is absent, in each period."""
        where, values = _conditions(only)
        query = f"""{_PAGES} select c.outlet, {_SOURCE} as source,
            coalesce({_PERIODS[period]}, '') as period, count(*), sum(l.kind = 'full'), sum(l.matched_words)
            from links l join page c on c.id = l.copy left join page o on o.id = l.original
            where l.direction = 'decided' and c.outlet <> source and {where}
            group by 1, 2, 3 order by 1, 2, 3"""
        return (OutletPeriod(*row) for row in self._streamed(query, values))

    def kept_ids(self, only: LinkFilter) -> Iterator[str]:
        """The stand-in of each story, and every document that no link asked for has as a copy or as an undecided end;
        by id."""
        where, values = _conditions(only)
        query = f"""select d.id from documents d where exists (select 1 from stories s where s.stand_in = d.id) or not (
            exists (select 1 from links l where l.copy = d.id and {where}) or exists
            (select 1 from links l where l.original = d.id and l.direction = 'unknown' and {where})) order by d.id"""
        return (row[0] for row in self._streamed(query, (*values, *values)))

    def ties(self) -> Iterator[tuple[str, ...]]:
        """The copy of each link of any kind, and what it is tied to: original, story, root and the story's stand-in."""
        query = """select l.copy, l.original, l.story, l.root, s.stand_in from links l
            left join stories s on s.id = l.story"""
        return (tuple(id for id in row if id is not None) for row in self._streamed(query))

    def sources_in(self, only: LinkFilter) -> Iterator[tuple[str, str, str | None, Kind]]:
        """A document with what stands in it of another, by id: the other, its id again where it is the source and not
        what stands in for an absent one, and the kind of the link.

        Of two of which nobody can say who copied, the one that does not stand for their story.
        """
        where, values = _conditions(only)
        turned = "l.direction = 'unknown' and l.original is not null and l.copy = s.stand_in"
        query = f"""select masked, coalesce(source, stand_in) as other, source, kind from (
                select case when {turned} then l.original else l.copy end as masked,
                    case when {turned} then l.copy else l.original end as source, s.stand_in, l.kind
                from links l left join stories s on s.id = l.story where {where})
            where other <> masked order by masked, other, kind"""
        return self._streamed(query, values)

    def passages_in(self, id: str, other: str) -> list[tuple[int, int]]:
        """The characters of a document's text that its match with another covers; none where they have no match."""
        one, two = row_of.number_of(id), row_of.number_of(other)
        query = "select passages from matches where a = ? and b = ?"
        found = self._rows(query, (min(one, two), max(one, two)))
        at = 0 if one < two else 2
        return [(passage[at], passage[at + 1]) for row in found for passage in json.loads(row[0])]

    def all_ids(self) -> Iterator[str]:
        """The id of every document, in order."""
        return (row[0] for row in self._streamed("select id from documents order by id"))

    def knows(self, column: str, name: str) -> bool:
        """Whether any link is of this ``agency`` or ``story``, or any document or agency is of this ``outlet``."""
        if column == "outlet":
            named = self._rows("select 1 from documents where outlet = ? collate nocase limit 1", (name,))
            return bool(named) or self.knows("agency", name)
        case = " collate nocase" if column == "agency" else ""
        return bool(self._rows(f"select 1 from links where {column} = ?{case} limit 1", (name,)))

    def _streamed(self, query: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        # no generator: one that is left half way would close its cursor after the file is closed
        with told(self.path):
            return iter(self.db.conn.execute(query, tuple(values)))


def _chosen(only: LinkFilter, columns: str, *, dated: bool = False) -> tuple[str, list[object]]:
    """A query of columns of the links asked for (``l``) and of the copy's page (``c``), and its values."""
    where, values = _conditions(only)
    if not (dated or only.since or only.until or only.outlets):
        return f"select {columns} from links l not indexed where {where}", values
    source = " left join page o on o.id = l.original" if only.outlets else ""
    return (
        f"{_PAGES} select {columns} from links l not indexed join page c on c.id = l.copy{source} where {where}",
        values,
    )


def _conditions(only: LinkFilter) -> tuple[str, list[object]]:
    """What a link ``l`` of page ``c``, taken from page ``o``, must fulfil."""
    told: list[tuple[str, Sequence[object]]] = [("true", ())]
    if only.kinds is not None:
        told.append((f"l.kind in ({', '.join('?' * len(only.kinds))})", only.kinds))
    if only.min_coverage:
        told.append(("l.coverage >= ?", [only.min_coverage]))
    date = "replace(c.date, '+00:00', '')"
    if only.since:
        told.append((f"{date} >= substr(?, 1, length({date}))", [only.since]))
    if only.until:
        told.append((f"substr({date}, 1, length(?)) <= ?", [only.until, only.until]))
    if only.outlets:
        marks = ", ".join("?" * len(only.outlets))
        either = " or ".join(f"lower({name}) in ({marks})" for name in ("c.outlet", _SOURCE))
        told.append((either, 2 * [_low(name) for name in only.outlets]))
    if only.agency:
        told.append(("l.agency = ? collate nocase", [only.agency]))
    if only.story:
        told.append(("l.story = ?", [only.story]))
    return " and ".join(f"({condition})" for condition, _ in told), [value for _, values in told for value in values]


def _low(name: str) -> str:
    """As SQLite's ``lower`` has it, which knows a-z alone."""
    return "".join(letter.lower() if letter.isascii() else letter for letter in name)
