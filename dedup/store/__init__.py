"""The one SQLite file: transactions and every query. Owns sqlite-utils; knows what no key and no score means.

Rows are written in the order of their keys, so that the same content gives the same tables.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from dedup.model import Document, Link, Match, Story
from dedup.store import rows as row_of
from dedup.store.apart import PART_TABLES, PartTables, rows_of_record
from dedup.store.connection import told
from dedup.store.exports import ExportTables
from dedup.store.judged import JudgedFile
from dedup.store.networks import NetworkTables
from dedup.store.outlets import OutletTables
from dedup.store.postings import PostingTables
from dedup.store.rows import (
    DOCUMENT_COLUMNS,
    LINK_COLUMNS,
    MATCH_COLUMNS,
    PUT_MATCH_COLUMNS,
    SKETCH_COLUMNS,
    Brief,
    Kept,
    MatchRow,
    Record,
    link,
    number_of,
)
from dedup.store.shown import ShownTables
from dedup.store.sources import SourceTables
from dedup.store.ties import ASKED, NO_PLATES, Plates, Stretches, Tie, TieTables

__all__ = [
    "ASKED", "LINKS", "MEETS", "NO_PLATES", "PART_TABLES", "PLATES", "TEASERS", "Brief", "Kept", "MatchRow", "Plates",
    "Record", "Store", "Stretches", "Tie", "link", "number_of", "rows_of_record",
]  # fmt: skip

# What of a document is still to be told: its scene's links; its boilerplate; its teasers; what it shares with others.
LINKS, PLATES, TEASERS, MEETS = 1, 2, 4, 8
ALL = LINKS | PLATES | TEASERS | MEETS

_IN_ORDER = "order by copy, coalesce(original, ''), story"


class Store(
    ExportTables, JudgedFile, NetworkTables, OutletTables, PartTables, PostingTables, ShownTables, SourceTables,
    TieTables,
):  # fmt: skip
    """An open store, with every query. ``writing`` takes the writer's lock for as long as it is open.

    Raises ``StoreError`` for a file that is not ours or cannot be opened, ``SettingsMismatch`` for one made with
    other settings, ``StoreBusy`` where another process is writing.
    """

    # documents

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """The digest of each of the ids that the store holds."""
        found = self._where_in("select id, digest from documents where id in", list(ids))
        return {id: digest.hex() for id, digest in found}

    def put_records(self, records: Iterable[Record]) -> None:
        """Add documents with their sketches; none of them may be in the store."""
        rows = sorted(records, key=lambda record: record.number)
        columns = ("number", *DOCUMENT_COLUMNS, "words", "body_words", "digest")
        self._insert("insert into documents", columns, map(row_of.document_row, rows))
        self._insert("insert into sketches", SKETCH_COLUMNS, map(row_of.sketch_row, rows))

    def drop_documents(self, numbers: Iterable[int]) -> None:
        """Take documents out with their sketches, matches and links; postings are the caller's to drop."""
        self._many("delete from documents where number = ?", ((number,) for number in numbers))

    def documents(self, numbers: Iterable[int]) -> dict[int, Document]:
        """The documents of the numbers that the store holds."""
        query = f"select number, {', '.join(DOCUMENT_COLUMNS)} from documents where number in"
        return {row[0]: Document(*row[1:]) for row in self._where_in(query, list(numbers))}

    def find_number(self, id_or_url: str) -> int | None:
        """The number of the document with this id, else of the first with this URL; ``None`` if there is neither."""
        for named in ("id = ?", "url = ? and url <> id"):
            found = self._rows(f"select number from documents where {named} order by id limit 1", (id_or_url,))
            if found:
                return int(found[0][0])
        return None

    def ids_ending(self, names: Iterable[str]) -> dict[str, list[str]]:
        """The ids of documents whose path ends with each name, whole folders and file names; none for most."""
        lasts: dict[str, list[str]] = {}
        for name in names:
            lasts.setdefault(name.rpartition("/")[2], []).append(name)
        found: dict[str, list[str]] = {}
        for (id,) in self.db.execute("select id from documents order by id") if lasts else ():
            for name in lasts.get(id.rpartition("/")[2], ()):
                if id.endswith(f"/{name}"):
                    found.setdefault(name, []).append(id)
        return found

    def records(self, numbers: Iterable[int], *, text: bool = True) -> dict[int, Record]:
        """Documents with their sketches; ``text=False`` leaves the text empty, for work on facts alone."""
        columns = [f"d.{name}" if name != "text" or text else "''" for name in DOCUMENT_COLUMNS]
        query = (
            f"select d.number, {', '.join(columns)}, d.words, d.body_words, d.digest,"
            " s.signature, s.body, s.numbers"
            " from documents d join sketches s on s.document = d.number where d.number in"
        )
        return {row[0]: row_of.record(row) for row in self._where_in(query, list(numbers))}

    def publishers(self, numbers: Iterable[int]) -> dict[int, tuple[str | None, str | None, int]]:
        """Outlet, name of the site and words of body of each document: all that tells background from versions."""
        query = "select number, outlet, site_name, body_words from documents where number in"
        return {number: (outlet, site, words) for number, outlet, site, words in self._where_in(query, list(numbers))}

    def signatures(self, numbers: Iterable[int]) -> dict[int, NDArray[np.uint32]]:
        """The signature of each document."""
        found = self._where_in("select document, signature from sketches where document in", list(numbers))
        return {number: row_of.uint32s(signature) for number, signature in found}

    def numbers(self) -> list[int]:
        """Every document's number, in order."""
        return [row[0] for row in self._rows("select number from documents order by number")]

    # matches

    def pairs_of(self, numbers: Iterable[int], step: str | None = None) -> list[tuple[int, int]]:
        """The stored pairs with an end among ``numbers``, in order, each once."""
        return self._pairs_where(f"step = '{step}'" if step else "true", numbers)

    def matches_within(
        self, numbers: Iterable[int], but: Container[tuple[int, int]] = ()
    ) -> dict[tuple[int, int], tuple[str, Brief]]:
        """Step and match of each stored pair with both ends among ``numbers`` but those, in the order of the pairs.

        What was proposed counts as brought together by keys; what was asked for because of a teaser is left out.
        """
        wanted = set(numbers)
        step = "case when relation is null then step else 'key' end"
        query = f"select a, b, {step}, matched_words, passages, edits from matches where"
        query += f" relation is not '{ASKED}' and a in"
        rows = self._where_in(query, sorted(wanted), "order by a, b")
        within = (row for row in rows if row[1] in wanted and row[:2] not in but)
        return {(a, b): (step, Brief.of(*kept)) for a, b, step, *kept in within}

    def matches_of(self, numbers: Iterable[int]) -> list[MatchRow]:
        """The stored matches with an end among ``numbers``, in the order of the pairs."""
        wanted, rows = list(numbers), {}
        for end in ("a", "b"):
            for row in self._where_in(f"select {MATCH_COLUMNS} from matches where {end} in", wanted):
                rows[row[0], row[1]] = row
        return [row_of.kept_row(rows[pair]) for pair in sorted(rows)]

    def uppers(self, numbers: Iterable[int]) -> dict[int, set[int]]:
        """The documents of higher number that each of some matches by keys; those that match none are left out."""
        found: defaultdict[int, set[int]] = defaultdict(set)
        for a, b in self._where_in("select a, b from matches where step = 'key' and a in", list(numbers)):
            found[a].add(b)
        return found

    def lower_matches(self, numbers: Iterable[int]) -> dict[int, dict[int, Kept]]:
        """The matches by keys of each document with those of lower number."""
        wanted = list(numbers)
        found: dict[int, dict[int, Kept]] = {number: {} for number in wanted}
        for row in self._where_in(f"select {MATCH_COLUMNS} from matches where step = 'key' and b in", wanted):
            found[row[1]][row[0]] = row_of.kept_row(row).kept
        return found

    def get_match(self, a: int, b: int) -> Match | None:
        rows = self._rows(f"select {MATCH_COLUMNS} from matches where a = ? and b = ?", (min(a, b), max(a, b)))
        return row_of.kept_row(rows[0]).kept.match() if rows else None

    def kept(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Kept]:
        """The stored matches of those pairs that have one."""
        query = f"select {MATCH_COLUMNS} from matches where a = ? and b = ?"
        found = ((pair, self._rows(query, pair)) for pair in pairs)
        return {pair: row_of.kept_row(rows[0]).kept for pair, rows in found if rows}

    def put_matches(self, rows: Iterable[MatchRow]) -> None:
        """Add matches, or put them in the place of those of the same pair."""
        ordered = sorted(rows, key=lambda row: (row.a, row.b))
        self._insert("insert or replace into matches", PUT_MATCH_COLUMNS, map(row_of.match_row, ordered))

    def drop_matches(self, pairs: Iterable[tuple[int, int]]) -> None:
        self._many("delete from matches where a = ? and b = ?", sorted(pairs))

    # what is still to resolve

    def add_pending(self, numbers: Iterable[int], wants: int = ALL) -> None:
        """Note what of documents is still to be told, beside what was noted of them."""
        rest = "on conflict do update set wants = wants | excluded.wants"
        self._insert("insert into pending", ("document", "wants"), ((n, wants) for n in sorted(numbers)), rest)

    def pending(self, wants: int = ALL) -> list[int]:
        """The documents of which any of that is still to be told, in order."""
        return [
            row[0] for row in self._rows("select document from pending where wants & ? order by document", (wants,))
        ]

    def drop_pending(self, numbers: Iterable[int]) -> None:
        self._many("delete from pending where document = ?", ((n,) for n in sorted(numbers)))

    # results

    def replace_results(self, numbers: Sequence[int], links: Iterable[Link], stories: Iterable[Story]) -> None:
        """Put these links and stories in the place of all that documents had as copies, but for teasers, or as
        stand-ins."""
        for table, column in (("links", "kind <> 'teaser' and copy"), ("stories", "stand_in")):
            ids = "select id from documents where number = ?"
            self._many(f"delete from {table} where {column} = ({ids})", ((number,) for number in numbers))
        self._put_links(links)
        rows = ([getattr(story, name) for name in Story.__slots__] for story in sorted(stories, key=lambda s: s.id))
        self._insert("insert into stories", Story.__slots__, rows)

    def replace_teasers(self, numbers: Iterable[int], links: Iterable[Link]) -> None:
        """Put these in the place of the teasers that documents had."""
        mine = "(select id from documents where number = ?)"
        self._many(f"delete from links where kind = 'teaser' and copy = {mine}", ((number,) for number in numbers))
        self._put_links(links)

    def _put_links(self, links: Iterable[Link]) -> None:
        told = sorted(map(row_of.link_row, links), key=lambda row: (row[0], row[1] or ""))
        self._insert("insert into links", LINK_COLUMNS.split(", "), told)

    def links(self, kinds: Sequence[str] | None = None) -> Iterator[Link]:
        """Every link of the kinds (all where ``None``), by copy, then original."""
        only = f" where kind in ({', '.join('?' * len(kinds))})" if kinds is not None else ""
        query = f"select {LINK_COLUMNS} from links{only} {_IN_ORDER}"
        return map(row_of.link, self.db.execute(query, tuple(kinds or ())))

    def links_of(self, id: str) -> list[Link]:
        """The links in which a document stands on either side."""
        query = f"select {LINK_COLUMNS} from links where copy = ? or original = ? {_IN_ORDER}"
        return [row_of.link(row) for row in self._rows(query, (id, id))]

    def links_of_story(self, story: str) -> list[Link]:
        """The links of a story, which mostly is named for their original: only the others are in an index of it."""
        named, others = "original = ? and story = ?", "story = ? and story is not original"
        query = f"select {LINK_COLUMNS} from links where ({named}) or ({others}) {_IN_ORDER}"
        return [row_of.link(row) for row in self._rows(query, (story, story, story))]

    def stories(self, limit: int | None = None) -> list[Story]:
        """Stories by number of copies, most first, then by id."""
        query = f"select {', '.join(Story.__slots__)} from stories order by copies desc, id limit ?"
        return [Story(*row) for row in self._rows(query, (-1 if limit is None else limit,))]

    def story(self, id: str) -> Story | None:
        rows = self._rows(f"select {', '.join(Story.__slots__)} from stories where id = ?", (id,))
        return Story(*rows[0]) if rows else None

    def counts(self) -> dict[str, int]:
        """How many rows each of the main tables has."""
        tables = ("documents", "outlets", "stories", "links", "matches", "postings", "judgements", "pending")
        counted = {table: int(self._rows(f"select count(*) from {table}")[0][0]) for table in tables}
        return {**counted, "postings": self.count_postings()}

    def integrity(self) -> list[str]:
        """What is wrong with the file: by SQLite's own check, foreign keys that lead nowhere, and packed postings that
        are not as they were written."""
        with told(self.path):
            damage = [str(row[0]) for row in self.db.execute("pragma integrity_check") if row[0] != "ok"]
            broken = list(self.db.execute("pragma foreign_key_check"))
        lost = [f"{row[0]}: row {row[1]} refers to a missing row of {row[2]}" for row in broken]
        return damage + lost + ([] if damage else self.damaged_postings())
