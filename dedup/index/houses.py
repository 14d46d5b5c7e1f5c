"""Houses: what is known of a publisher, whatever it published."""

from __future__ import annotations

from functools import lru_cache

from dedup.credits import agency_kind, agency_of_outlet
from dedup.sources import Source, letters

# Publishers that are remembered: to look one up in the list of agencies takes as long as all else about a document.
_HOUSES = 4096


@lru_cache(maxsize=_HOUSES)
def house_of(outlet: str | None, site_name: str | None) -> Source:
    """A publisher by its outlet and the name of its site, either of which may be unknown."""
    agency = agency_of_outlet(outlet) or agency_of_outlet(site_name)
    is_agency = agency is not None and agency_kind(agency) == "agency"
    return Source(_names(outlet, site_name), outlet, agency, is_agency)


def _names(*called: str | None) -> tuple[str, ...]:
    """An outlet's names as bare letters: as written, and a domain without its suffix."""
    names = {letters(name) for name in called if name}
    names |= {letters(name.split("/")[0].rsplit(".", 1)[0].split(".")[0]) for name in called if name and "." in name}
    return tuple(sorted(name for name in names if name))
