"""Who may publish whose stories by licence, as somebody who knows has written it down."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Partner:
    """An outlet that publishes stories of a source by licence; the source is an agency, by id or name, or an outlet."""

    outlet: str
    source: str
