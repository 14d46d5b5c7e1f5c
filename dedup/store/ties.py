"""Ties: what was told of pairs and of documents on the way to links, kept so that only what changed is told again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeAlias

from dedup.model import Stand
from dedup.store.file import StoreFile
from dedup.store.rows import Brief

# The passages of a match, each from where to where in words of the first text, then of the second.
Stretches: TypeAlias = list[tuple[int, int, int, int]]


class Plates(NamedTuple):
    """The boilerplate of a document, as spans of tokens: what its own matches tell, and with what others' tell."""

    own: tuple[tuple[int, int], ...] = ()
    marked: tuple[tuple[int, int], ...] = ()


class Tie(NamedTuple):
    """What is told of a stored match without its passages; ``relation`` is as ``a`` sees it, if it was told."""

    a: int
    b: int
    step: str
    matched_words: int
    relation: str | None


NO_PLATES = Plates()

# The relation of a match that was asked for because of a teaser: what it makes of its documents is told each time.
ASKED = "asked"


class TieTables(StoreFile):
    """The queries about relations, boilerplate and stands."""

    def ties_of(self, numbers: Iterable[int]) -> list[Tie]:
        """The stored matches with an end among ``numbers``, in order, each once."""
        wanted, ties = list(numbers), set[Tie]()
        for end in ("a", "b"):
            ties.update(map(Tie._make, self._where_in(f"{_TIES} where {end} in", wanted)))
        return sorted(ties)

    def ties_within(self, numbers: Iterable[int]) -> list[Tie]:
        """The stored matches with both ends among ``numbers``, in order."""
        wanted = set(numbers)
        found = map(Tie._make, self._where_in(f"{_TIES} where a in", sorted(wanted)))
        return sorted(tie for tie in found if tie.b in wanted)

    def briefs(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Brief]:
        """The stored matches of those pairs that have one."""
        wanted = set(pairs)
        rows = self._where_in(f"{_BRIEFS} where a in", sorted({a for a, _ in wanted}))
        return {(a, b): Brief.of(*kept) for a, b, *kept in rows if (a, b) in wanted}

    def stretches_of(self, numbers: Iterable[int]) -> dict[tuple[int, int], Stretches]:
        """What each match by keys with an end among ``numbers`` takes of both texts, in the order of the pairs."""
        wanted, found = list(numbers), dict[tuple[int, int], str]()
        for end in ("a", "b"):
            for a, b, passages in self._where_in(f"{_STRETCHES} where step = 'key' and {end} in", wanted):
                found[a, b] = passages
        return {pair: _stretches(found[pair]) for pair in sorted(found)}

    def stretches(self, pairs: Iterable[tuple[int, int]]) -> dict[tuple[int, int], Stretches]:
        """What the stored matches of those pairs that have one take of both texts."""
        wanted = set(pairs)
        rows = self._where_in(f"{_STRETCHES} where a in", sorted({a for a, _ in wanted}))
        return {(a, b): _stretches(passages) for a, b, passages in rows if (a, b) in wanted}

    def words_of(self, numbers: Iterable[int]) -> dict[int, int]:
        """How many words each document has."""
        return dict(self._where_in("select number, words from documents where number in", list(numbers)))

    def related_pairs(self, numbers: Iterable[int], relations: Sequence[str]) -> list[tuple[int, int]]:
        """The pairs with an end among ``numbers`` that are told to be one of these, in order, each once."""
        told = ", ".join(f"'{relation}'" for relation in relations)
        return self._pairs_where(f"relation in ({told})", numbers)

    def pairs_apart(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """The pairs with an end among ``numbers`` that share nothing of their own stories, as far as that is told."""
        return self._pairs_where("relation in ('nothing', '?nothing')", numbers)

    def close_pairs(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """The pairs by keys with an end among ``numbers`` that share half of the shorter body."""
        return self._pairs_where("step = 'key' and close", numbers)

    def story_pairs(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """The pairs with an end among ``numbers`` that their story alone brought together."""
        return self._pairs_where("step = 'story' and relation is null", numbers)

    def _pairs_where(self, condition: str, numbers: Iterable[int]) -> list[tuple[int, int]]:
        wanted, pairs = list(numbers), set[tuple[int, int]]()
        for end in ("a", "b"):
            pairs.update(self._where_in(f"select a, b from matches where {condition} and {end} in", wanted))
        return sorted(pairs)

    def untold_ties(self, numbers: Iterable[int]) -> list[Tie]:
        """The ties with an end among ``numbers``, the first or else the second, of which no relation is told."""
        wanted = set(numbers)
        query = f"{_TIES} where ((step = 'key' and relation is null) or relation like '?%') and"
        found = set(map(Tie._make, self._where_in(f"{query} a in", sorted(wanted))))
        found.update(map(Tie._make, self._where_in(f"{query} b in", sorted(wanted))))
        return sorted(found)

    def forget_relations(self, numbers: Iterable[int]) -> None:
        """Note that what the matches of documents make of them is to be told again: "?" stands before what it was."""
        known = f"relation is not null and relation <> '{ASKED}'"
        for end in ("a", "b"):
            query = f"update matches set relation = '?' || ltrim(relation, '?') where {known} and {end} = ?"
            self._many(query, ((number,) for number in numbers))

    def has_proposed(self) -> bool:
        """Whether there is any match that others proposed."""
        return bool(self._rows(f"select 1 from matches where {_PROPOSED} limit 1"))

    def proposed_ties(self, numbers: Iterable[int]) -> list[Tie]:
        """The matches that others proposed, with the first document among ``numbers``."""
        found = self._where_in(f"{_TIES} where {_PROPOSED} and a in", sorted(numbers))
        return sorted(map(Tie._make, found))

    def teased_by(self, numbers: Iterable[int]) -> dict[int, set[int]]:
        """The documents of which those show teasers, by keys; those that show none are left out."""
        wanted, found = sorted(numbers), dict[int, set[int]]()
        for end, other, relation in (("a", "b", "shows_teaser"), ("b", "a", "is_teased")):
            query = f"select {end}, {other} from matches where step = 'key' and relation = '{relation}' and {end} in"
            for page, story in self._where_in(query, wanted):
                found.setdefault(page, set()).add(story)
        return found

    def teasing(self, numbers: Iterable[int]) -> list[tuple[int, int]]:
        """The documents that show teasers of those, by keys, each with the one that it shows."""
        wanted, found = sorted(numbers), set[tuple[int, int]]()
        for end, other, relation in (("b", "a", "shows_teaser"), ("a", "b", "is_teased")):
            query = f"select {other}, {end} from matches where step = 'key' and relation = '{relation}' and {end} in"
            found.update(self._where_in(query, wanted))
        return sorted(found)

    def put_relations(self, told: Iterable[tuple[int, int, str]]) -> None:
        """Keep what stored matches, ``(a, b)``, make of their documents."""
        rows = ((relation, a, b) for a, b, relation in sorted(told))
        self._many("update matches set relation = ? where a = ? and b = ?", rows)

    # of documents

    def stories_of(self, numbers: Iterable[int]) -> dict[int, int]:
        """The rough story that each document was last told to be of, by its lowest number: itself where none was."""
        wanted = list(numbers)
        found = self._where_in("select document, story from boilerplate where document in", wanted)
        return {number: number for number in wanted} | dict(found)

    def put_stories(self, stories: Iterable[tuple[int, int]]) -> None:
        """Keep the rough stories of documents."""
        rest = "on conflict do update set story = excluded.story"
        self._insert("insert into boilerplate", ("document", "story"), sorted(stories), rest)

    def plates(self, numbers: Iterable[int]) -> dict[int, Plates]:
        """The boilerplate of those of the documents that have any."""
        query = "select document, own, marked from boilerplate where (own <> '[]' or marked <> '[]') and document in"
        found = self._where_in(query, list(numbers))
        return {number: Plates(_spans(own), _spans(marked)) for number, own, marked in found}

    def put_plates(self, column: str, plates: Iterable[tuple[int, Sequence[tuple[int, int]]]]) -> None:
        """Keep what boilerplate documents have; ``column`` is ``own`` or ``marked``."""
        rows = [(number, number, json.dumps(spans)) for number, spans in sorted(plates)]
        rest = f"on conflict do update set {column} = excluded.{column}"
        self._insert("insert into boilerplate", ("document", "story", column), rows, rest)

    def drop_bare(self) -> None:
        """Forget the rows of boilerplate that say nothing: what is kept does not hang on what once was."""
        self.db.execute("delete from boilerplate where story = document and own = '[]' and marked = '[]'")

    def stands(self, numbers: Iterable[int]) -> dict[int, Stand]:
        """Where those of the documents stand that are not simply the top of their own story."""
        found = self._where_in(f"select {_STAND} from stands where document in", list(numbers))
        return {row[0]: Stand(row[0], tuple(json.loads(row[1])), bool(row[2]), row[3]) for row in found}

    def replace_stands(self, numbers: Iterable[int], stands: Iterable[Stand]) -> None:
        """Put these in the place of all that was told of where documents stand."""
        self._many("delete from stands where document = ?", ((number,) for number in numbers))
        rows = sorted((one.document, json.dumps(one.above), one.rootless, one.agency) for one in stands)
        self._insert("insert into stands", _STAND.split(", "), rows)


_STAND = "document, above, rootless, agency"


def _stretches(passages: str) -> Stretches:
    return [tuple(passage[5:9]) for passage in json.loads(passages)]


_STRETCHES = "select a, b, passages from matches"
_BRIEFS = "select a, b, matched_words, passages, edits from matches"
_PROPOSED = f"step = 'story' and relation is not null and relation <> '{ASKED}'"
_TIES = "select a, b, step, matched_words, relation from matches"


def _spans(told: str) -> tuple[tuple[int, int], ...]:
    return tuple((start, end) for start, end in json.loads(told))
