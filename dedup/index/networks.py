"""The network of outlets, as far as it is asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from dedup.index.houses import house_of
from dedup.model.networks import Exchange, NetworkOutlet, PairLink
from dedup.store import Store


class Networks:
    """What is asked of the network of outlets; ``Index`` has it as its own."""

    _store: Store

    def network_agencies(self) -> dict[str, int]:
        """The agencies whose stories were copied, by name, each with the copies of originals that are not here."""
        return dict(self._store.link_agencies())

    def network_outlets(self, agencies: Mapping[str, int]) -> list[NetworkOutlet]:
        """Every outlet and absent agency that copies or is copied, the busiest first: by its copies and the copies of
        its documents, then by name. ``agencies`` are those of ``network_agencies``."""
        absent = {name: copies for name, copies in agencies.items() if copies}
        trading = self._store.trading_outlets(list(absent))
        here = [_outlet(*row, absent.pop(row[0], 0)) for row in trading]
        gone = [NetworkOutlet(name, 0, 0, copied, True, False) for name, copied in absent.items()]
        return sorted([*here, *gone], key=lambda one: (-one.copies - one.copied, one.name))

    def exchanges(
        self, names: Sequence[str], agency: str | None = None, since: str | None = None, until: str | None = None
    ) -> Iterator[Exchange]:
        """What each of these outlets and absent agencies took from another of them, by copier, source, month and
        agency; of one agency's stories, and of copies of these days alone (``2024-05-06``, both within)."""
        for row in self._store.exchanges(names, agency, since, until):
            lags = tuple(int(one) / 3600 for one in row[6].split(",")) if row[6] else ()
            yield Exchange(*row[:6], lags)

    def links_between(self, copier: str, source: str) -> list[PairLink]:
        """The copies that an outlet has of another's pages, or of an agency's where these are absent: newest first."""
        return [PairLink(*row) for row in self._store.links_between(copier, source)]


def _outlet(name: str, documents: int, copies: int, copied: int, absent: int) -> NetworkOutlet:
    return NetworkOutlet(name, documents, copies, copied + absent, house_of(name, None).is_agency, True)
