"""A web page that waits for extraction: what a reader gives where only a process that can be killed may look inside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from dedup.corpus.files import Place
from dedup.model import Reject

# What a process says that is ready for pages, how it ends where it finds no memory for one, and what it may have: news
# pages take 0.1 GB, and 5 MB of bare paragraphs 1.1 GB within their first four seconds.
READY = b"ready"
OUT_OF_MEMORY = 75
MAX_MEMORY_BYTES = 4_000_000_000


@dataclass(frozen=True, slots=True)
class Page:
    """A page's bytes, where they stand and what is known of them beside.

    ``url`` is the address it was read from and ``crawled`` when, ``charset`` what its server said of its bytes;
    ``now`` is the time to judge dates by. ``spot`` says more of where it stands than ``place`` can, in messages.
    """

    markup: bytes
    place: Place
    now: datetime
    url: str | None = None
    crawled: str | None = None
    charset: str | None = None
    spot: str | None = None

    def reject(self, problem: object) -> Reject:
        """Why it is set aside."""
        return self.place.reject(f"{problem} ({self.spot})" if self.spot else problem)

    def packed(self, seconds: float) -> bytes:
        """As bytes for another process: a line that tells how many bytes of the page follow it, and its time."""
        told = {
            "seconds": seconds,
            "bytes": len(self.markup), "place": self.place, "now": self.now.isoformat(), "url": self.url,
            "crawled": self.crawled, "charset": self.charset, "spot": self.spot,
        }  # fmt: skip
        return json.dumps(told).encode() + b"\n" + self.markup

    @classmethod
    def unpacked(cls, line: bytes, markup: bytes) -> Page:
        """What ``packed`` packed."""
        told = json.loads(line)
        place, now = Place(*told["place"]), datetime.fromisoformat(told["now"])
        return cls(markup, place, now, told["url"], told["crawled"], told["charset"], told["spot"])
