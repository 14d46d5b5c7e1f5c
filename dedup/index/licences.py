"""Licences: whose stories an outlet may publish, as the list of partners says, and what a new list touches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dedup.credits import agency_of_outlet
from dedup.index.houses import house_of
from dedup.index.preparing import storable_text
from dedup.model import Partner
from dedup.sources import Source, letters
from dedup.store import Store

# What outlets, by their names as bare letters, publish by licence: ids of agencies, and names as bare letters.
Licences: TypeAlias = Mapping[str, frozenset[str]]


def licences_of(store: Store) -> Licences:
    """What the list of partners in a store says."""
    return licences_in(store.partners())


def licences_in(partners: Iterable[Partner]) -> Licences:
    """What a list of partners says."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    for one in partners:
        found[letters(one.outlet)] |= _called(one.source)
    return {outlet: frozenset(sources) for outlet, sources in found.items() if outlet}


def partner_of(house: Source, licences: Licences) -> tuple[str, ...]:
    """Whose stories a publisher has by licence, under whichever of its names it is listed."""
    return tuple(sorted({source for name in house.names for source in licences.get(name, ())})) if licences else ()


def change_partners(store: Store, partners: Iterable[Partner]) -> None:
    """Put a list in the place of the one before, and note whose links must be told anew: the documents that have
    matches, of outlets that have a licence more or less."""
    listed = [Partner(storable_text(one.outlet), storable_text(one.source)) for one in partners]
    with store.transaction():
        before, after = licences_of(store), licences_in(listed)
        store.put_partners(listed)
        if before != after:
            changed = [told for told in store.publisher_names() if _differ(house_of(*told), before, after)]
            store.add_pending(number for told in changed for number in store.matched_of(*told))


def _differ(house: Source, before: Licences, after: Licences) -> bool:
    return partner_of(house, before) != partner_of(house, after)


def _called(source: str) -> set[str]:
    """What a source is known by: its bare letters, the id that it may be, and the id of the agency that it names."""
    return {letters(source), source.casefold(), agency_of_outlet(source) or ""} - {""}
