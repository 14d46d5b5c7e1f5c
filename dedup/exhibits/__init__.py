"""What there is to see of a store: for each page one frozen value, ready to be drawn or told as JSON.

A value holds everything that its page shows, as plain data; nothing here knows of HTML, addresses or requests.
"""

from __future__ import annotations

from dedup.exhibits.about import About, about
from dedup.exhibits.case import Case, outlet_case, pair_case, story_case
from dedup.exhibits.comparison import Comparison, comparison
from dedup.exhibits.front import Front, front
from dedup.exhibits.network import Network, network
from dedup.exhibits.outlets import Outlets, OutletTold, outlet, outlets
from dedup.exhibits.pair_links import PairLinks, pair_links
from dedup.exhibits.story import Chosen, Told, story, who

__all__ = (
    "About",
    "Case",
    "Chosen",
    "Comparison",
    "Front",
    "Network",
    "OutletTold",
    "Outlets",
    "PairLinks",
    "Told",
    "about",
    "comparison",
    "front",
    "network",
    "outlet",
    "outlet_case",
    "outlets",
    "pair_case",
    "pair_links",
    "story",
    "story_case",
    "who",
)
