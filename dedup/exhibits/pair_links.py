"""The links between two outlets: each copy that one has of the other's pages."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median

from dedup.index import Index
from dedup.model import UnknownDocument
from dedup.model.networks import PairLink

LINKS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class PairLinks:
    """How much ``copier`` took from ``source``, in all and of whole stories, the median hours that copies came later
    (``None`` without dates that can be compared), and the newest of them.

    ``in_corpus`` is whether any page of the source is here; else it is an agency that copies credit.
    """

    copier: str
    source: str
    copies: int
    full: int
    median_lag_hours: float | None
    in_corpus: bool
    links: tuple[PairLink, ...]


def pair_links(index: Index, copier: str, source: str) -> PairLinks:
    """What one outlet took from another; raises ``UnknownDocument`` where that is nothing."""
    links = index.links_between(copier, source)
    if not links:
        raise UnknownDocument(f"no page of {copier!r} is known to be a copy of one of {source!r}")
    lags = [link.lag_hours for link in links if link.lag_hours is not None]
    lag = round(median(lags), 2) if lags else None
    full, here = sum(link.kind == "full" for link in links), any(link.original is not None for link in links)
    return PairLinks(copier, source, len(links), full, lag, here, tuple(links[:LINKS_SHOWN]))
