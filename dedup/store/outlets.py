"""Outlets: their counts, who copied whom, and what was learned of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence

from dedup.model import OutletHabit, Partner, Tally
from dedup.store.file import StoreFile


class OutletTables(StoreFile):
    """The queries about outlets."""

    def count_outlets(self) -> None:
        """Count each outlet's documents again, and forget what was learned of it."""
        self.db.execute(
            "update outlets set documents = 0, habit = 0, names = '[]', decided_copies = 0, decided_copied = 0"
        )
        self.db.execute(
            """insert into outlets (name, documents, copies, copied)
            select outlet, count(*), 0, 0 from documents where outlet is not null group by outlet
            on conflict do update set documents = excluded.documents"""
        )
        self.db.execute("delete from outlets where documents = 0")

    def count_copies(self, kinds: Sequence[str]) -> None:
        """Count again how many of each outlet's documents are copies, and how many links copy one of them."""
        self.db.execute("update outlets set copies = 0, copied = 0")
        marks = ", ".join("?" * len(kinds))
        for counted, end, what in (("copies", "copy", "distinct l.copy"), ("copied", "original", "*")):
            rows = self._rows(
                f"""select count({what}), d.outlet from links l join documents d on d.id = l.{end}
                where l.direction = 'decided' and l.kind in ({marks}) and d.outlet is not null group by d.outlet""",
                tuple(kinds),
            )
            self._many(f"update outlets set {counted} = ? where name = ?", rows)

    def outlets(self) -> list[dict[str, object]]:
        """The table of outlets, those with most copies first."""
        return [dict(row) for row in self.db["outlets"].rows_where(order_by="copies desc, copied desc, name")]

    def outlet_links(self, kinds: Sequence[str]) -> Iterator[tuple[str, str, str, str | None, str | None]]:
        """Copier, source, kind and both dates of each decided link of the kinds between two outlets, in order."""
        query = f"""select c.outlet, o.outlet, l.kind, c.published, o.published
            from links l join documents c on c.id = l.copy join documents o on o.id = l.original
            where l.direction = 'decided' and l.kind in ({", ".join("?" * len(kinds))}) and c.outlet <> o.outlet
            order by c.outlet, o.outlet, l.copy, l.original"""
        return iter(self._rows(query, tuple(kinds)))

    # partners

    def partners(self) -> list[Partner]:
        """Who publishes whose stories by licence, by outlet, then source."""
        return [Partner(*row) for row in self._rows("select outlet, source from partners order by outlet, source")]

    def put_partners(self, partners: Iterable[Partner]) -> None:
        """Put a list of partners in the place of the one before."""
        self.db.execute("delete from partners")
        rows = sorted({(one.outlet, one.source) for one in partners})
        self._insert("insert into partners", ("outlet", "source"), rows)

    def publisher_names(self) -> list[tuple[str | None, str | None]]:
        """Outlet and name of the site of every publisher of a document, each once."""
        rows = self._rows("select distinct outlet, site_name from documents order by outlet, site_name")
        return [(outlet, site_name) for outlet, site_name in rows]

    def matched_of(self, outlet: str | None, site_name: str | None) -> list[int]:
        """The documents of a publisher that match others."""
        query = """select number from documents where outlet is ? and site_name is ? and
            (exists (select 1 from matches where a = number) or exists (select 1 from matches where b = number))"""
        return [row[0] for row in self._rows(query, (outlet, site_name))]

    def habits(self) -> list[OutletHabit]:
        """What each outlet of which something was decided does, those that copy most first."""
        query = """select name, documents, decided_copies, decided_copied, habit, names from outlets
            where decided_copies or decided_copied or names <> '[]' order by habit desc, decided_copies desc, name"""
        rows = self._rows(query)
        return [OutletHabit(row[0], row[1], row[2], row[3], row[4], tuple(json.loads(row[5]))) for row in rows]

    # what was learned

    def replace_tallies(self, numbers: Iterable[int], rows: Iterable[Tally]) -> None:
        """Put these tallies in the place of all that documents had."""
        self._many("delete from tallies where document = ?", ((number,) for number in numbers))
        values = ((row.document, row.copies, row.copied, row.undecided, json.dumps(row.phrases)) for row in rows)
        self._insert("insert into tallies", ("document", "copies", "copied", "undecided", "phrases"), values)

    def tallies_of(self, numbers: Iterable[int]) -> list[Tally]:
        """The tallies of documents that have one."""
        query = "select document, copies, copied, undecided, phrases from tallies where document in"
        return [
            Tally(row[0], bool(row[1]), bool(row[2]), bool(row[3]), tuple(json.loads(row[4])))
            for row in self._where_in(query, list(numbers))
        ]

    def tallied(self) -> list[tuple[str, int, int]]:
        """Of each outlet with a tally: its documents that are copies, and those that were copied."""
        query = """select d.outlet, sum(t.copies), sum(t.copied)
            from tallies t join documents d on d.number = t.document
            where d.outlet is not null group by d.outlet order by d.outlet"""
        return [(outlet, copies, copied) for outlet, copies, copied in self._rows(query)]

    def phrases(self) -> list[tuple[str, str, int]]:
        """The phrases glued into documents' prose: outlet, phrase, and how many of its documents show it."""
        query = """select d.outlet, p.value, count(*) from tallies t, json_each(t.phrases) p
            join documents d on d.number = t.document where d.outlet is not null group by 1, 2 order by 1, 2"""
        return [(outlet, phrase, documents) for outlet, phrase, documents in self._rows(query)]

    def learned(self) -> dict[str, tuple[float, tuple[str, ...]]]:
        """The habit and the names of each outlet of which there is anything to know."""
        query = "select name, habit, names from outlets where habit <> 0 or names <> '[]'"
        return {name: (habit, tuple(json.loads(names))) for name, habit, names in self._rows(query)}

    def put_learned(
        self, learned: Mapping[str, tuple[float, Sequence[str]]], tallied: Iterable[tuple[str, int, int]]
    ) -> None:
        """Keep what was learned of outlets, with the counts it was learned from."""
        rows = ((habit, json.dumps(list(names)), name) for name, (habit, names) in sorted(learned.items()))
        self._many("update outlets set habit = ?, names = ? where name = ?", rows)
        counted = ((copies, copied, name) for name, copies, copied in tallied)
        self._many("update outlets set decided_copies = ?, decided_copied = ? where name = ?", counted)

    def hanging_on(self, outlets: Iterable[str], mirrors: Iterable[str]) -> list[int]:
        """The documents whose links hang on what is known of these outlets: undecided ones, those with phrases, and of
        ``mirrors`` those that were copied."""
        told = "select t.document from documents d join tallies t on t.document = d.number where"
        hanging = self._where_in(f"{told} (t.undecided or t.phrases <> '[]') and d.outlet in", sorted(outlets))
        copied = self._where_in(f"{told} t.copied and d.outlet in", sorted(mirrors))
        return sorted({row[0] for row in (*hanging, *copied)})
