"""What there is to see of a store: for each page one frozen value, ready to be drawn or told as JSON.

A value holds everything that its page shows, as plain data; nothing here knows of HTML, addresses or requests.
"""

from __future__ import annotations

from dedup.exhibits.about import About, about
from dedup.exhibits.front import Front, front
from dedup.exhibits.outlets import Outlets, OutletTold, outlet, outlets
from dedup.exhibits.story import Chosen, Told, story, who

__all__ = (
    "About",
    "Chosen",
    "Front",
    "OutletTold",
    "Outlets",
    "Told",
    "about",
    "front",
    "outlet",
    "outlets",
    "story",
    "who",
)
