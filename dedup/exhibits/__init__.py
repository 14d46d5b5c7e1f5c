"""What there is to see of a store: for each page one frozen value, ready to be drawn or told as JSON.

A value holds everything that its page shows, as plain data; nothing here knows of HTML, addresses or requests.
"""

from __future__ import annotations

from dedup.exhibits.about import About, about
from dedup.exhibits.comparison import Comparison, comparison
from dedup.exhibits.front import Front, front
from dedup.exhibits.outlets import Outlets, OutletTold, outlet, outlets
from dedup.exhibits.story import Chosen, Told, story, who

__all__ = (
    "About",
    "Chosen",
    "Comparison",
    "Front",
    "OutletTold",
    "Outlets",
    "Told",
    "about",
    "comparison",
    "front",
    "outlet",
    "outlets",
    "story",
    "who",
)
