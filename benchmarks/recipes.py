"""How a mirror is made: a dial for each habit, and the default mix of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from random import Random
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Recipe:
    """How one mirror is made; raises ``ValueError`` for a dial out of its range.

    ``names`` 0 to 10, how often the outlet's own name is put into sentences. ``lost_spaces`` 0 to 0.2, the share of
    spaces between two letters or digits. ``keep`` above 0 to 1, how much of the story is shown, by words: up to the
    nearest end of a sentence, or ``mid_sentence`` with an ellipsis. ``dropped`` and ``moved`` 0 to 1, shares of its
    paragraphs. ``reworded`` 0 to 0.5, the share of words replaced, names and numbers among them. ``damaged`` 0 to 1,
    the share of words with quotes, dashes, apostrophes or ampersands written as entities or misread. ``parts`` 1 to 5,
    stories on the page: from 2, a round-up. ``own_prose`` 0 to 0.95, the share of the page's prose that is no story's.

    ``credited``: the agency's dateline and closing credit stay, else they go. ``adapted``: an outlet's licensed version
    is copied, and indexed too. ``absent``: the story is not indexed, and has two mirrors at least.

    ``teasers`` 0 to 20, leads of other stories, each ``teaser_words`` long, 0 to 100; 0 for 30 to 60, drawn for each.
    ``title_line`` and ``metadata_line`` stand above the story, ``tags`` and the category below it. ``new_headline`` and
    ``false_byline`` tell what the story did not, ``hours`` -720 to 720 how much later than the story the page is dated.

    ``after`` 0 to 720, in how many hours the story was truly taken, whatever the page claims; an honest date (``hours``
    above 0) is then never earlier than that. ``crawled`` 0 to 720, how many hours later the page was first seen; 0: no
    page says when. ``canonical``: the page names as its true address "own", its "source"'s, or one that leads
    "nowhere". ``byline``: "kept" from the story, a site "desk", "none"; empty: as ``false_byline`` says.
    ``source_name``: where the story names the outlet it comes from, the mirror's "own" name stands, or it is "dropped".
    """

    names: int = 3
    lost_spaces: float = 0.01
    keep: float = 1.0
    mid_sentence: bool = False
    dropped: float = 0.0
    moved: float = 0.0
    reworded: float = 0.0
    damaged: float = 0.0
    parts: int = 1
    own_prose: float = 0.0
    credited: bool = True
    adapted: bool = False
    absent: bool = False
    teasers: int = 5
    teaser_words: int = 0
    title_line: bool = True
    metadata_line: bool = True
    tags: bool = True
    new_headline: bool = False
    false_byline: bool = True
    hours: int = 24
    after: int = 0
    crawled: int = 0
    canonical: str = ""
    byline: str = ""
    source_name: str = ""

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}, not {least} to {most}")
        for name, values in CHOICES.items():
            if getattr(self, name) not in values:
                raise ValueError(f"{name} is {getattr(self, name)!r}, none of {values}")

    @property
    def label(self) -> str:
        """The dials that differ from those of ``PLAIN``, a word-for-word copy with nothing around it."""
        told = {dial.name: getattr(self, dial.name) for dial in fields(self) if dial.name != "credited"}
        dials = [
            name if value is True else f"{name}={value}" if isinstance(value, str) else f"{name}={value:g}"
            for name, value in told.items()
            if value != getattr(PLAIN, name)
        ]
        return " ".join(dials + ["uncredited"] * (not self.credited))


RANGES: dict[str, tuple[float, float]] = {
    "names": (0, 10), "lost_spaces": (0, 0.2), "keep": (0.01, 1), "dropped": (0, 1), "moved": (0, 1),
    "reworded": (0, 0.5), "damaged": (0, 1), "parts": (1, 5), "own_prose": (0, 0.95), "teasers": (0, 20),
    "teaser_words": (0, 100), "hours": (-720, 720), "after": (0, 720), "crawled": (0, 720),
}  # fmt: skip
CHOICES: dict[str, tuple[str, ...]] = {
    "canonical": ("", "own", "source", "nowhere"),
    "byline": ("", "kept", "desk", "none"),
    "source_name": ("", "own", "dropped"),
}
PLAIN = Recipe(names=0, lost_spaces=0, teasers=0, title_line=False, metadata_line=False, tags=False,
               false_byline=False, hours=0)  # fmt: skip
# How often evidence lies, each rate assumed, none measured: a story's page was scraped with spaces lost, or cut by a
# paywall to its first half, or first seen later than its mirrors; a mirror's page names a true address that leads
# nowhere; an agency took a paper's story and credits it; a paper's adaptation does not say that an agency wrote it.
ASSUMED = {"glued": 0.03, "walled": 0.04, "late": 0.1, "nowhere": 0.05, "retaken": 0.02, "unsigned": 0.1}
Mix: TypeAlias = Recipe | Callable[[Random], Recipe]


def default_mix(random: Random) -> Recipe:
    """What real mirrors do: mostly whole stories with a few names put in and spaces lost; the rest now and then."""

    def now_and_then(chance: float, *values: float) -> float:
        return random.choice(values) if random.random() < chance else 0.0

    parts = int(now_and_then(0.06, 2, 3, 4, 5)) or 1
    keep = now_and_then(0.5, 0.5) if parts > 1 else now_and_then(0.25, 0.6, 0.6, 0.3, 0.3, 0.15)
    return Recipe(
        names=random.choice((0, 1, 1, 2, 2, 3, 3, 4, 6, 10)),
        lost_spaces=random.choice((0.0, 0.002, 0.005, 0.005, 0.01, 0.02, 0.05)),
        keep=keep or 1.0,
        mid_sentence=random.random() < 0.4 and keep > 0,
        dropped=now_and_then(0.15, 0.1, 0.2, 0.4),
        moved=now_and_then(0.1, 0.1, 0.2, 0.4),
        reworded=now_and_then(0.2, 0.02, 0.05, 0.1),
        damaged=now_and_then(0.08, 0.3, 1.0),
        parts=parts,
        own_prose=now_and_then(0.06, 0.5, 0.9) if parts == 1 else 0.0,
        credited=random.random() < 0.7,
        adapted=random.random() < 0.08,
        absent=random.random() < 0.05,
        teasers=random.randint(0, 10),
        teaser_words=int(now_and_then(0.25, 17)),  # as in the seed: 100 characters
        title_line=random.random() < 0.6,
        metadata_line=random.random() < 0.6,
        tags=random.random() < 0.6,
        new_headline=random.random() < 0.4,
        false_byline=random.random() < 0.7,
        hours=random.choice((-1, 1)) * random.choice((1, 3, 8, 24, 48, 120, 720)),
    )


# In how many hours a story is copied, and how many later a page is first seen.
AFTER, SEEN = (1, 3, 8, 24, 48, 120, 720), (1, 6, 24, 72, 240)


def direction_mix(random: Random) -> Recipe:
    """The default mix where who is the original is not told by what mirrors mostly do: half of the dates are false,
    half of the credits gone, half of the mirrors copy an adaptation where there is one, a tenth have no original."""

    def one_of(values: dict[str, float]) -> str:
        return random.choices([*values], [*values.values()])[0]

    recipe, after = default_mix(random), random.choice(AFTER)
    return replace(
        recipe,
        credited=random.random() < 0.5,
        adapted=random.random() < 0.5,
        absent=random.random() < 0.1,
        hours=after if random.random() < 0.5 else -random.choice(AFTER),
        after=after,
        crawled=random.choice(SEEN) if random.random() < 0.7 else 0,
        canonical=one_of({"": 0.6, "own": 0.25, "source": 0.1, "nowhere": ASSUMED["nowhere"]}),
        byline=one_of({"": 0.5, "kept": 0.1, "desk": 0.25, "none": 0.15}),
        source_name=one_of({"": 0.4, "own": 0.3, "dropped": 0.3}),
    )


def dates_mix(random: Random) -> Recipe:
    """Copies word for word with nothing around them, of which half are dated earlier than the story."""
    return replace(PLAIN, hours=random.choice((-1, 1)) * random.choice(AFTER))
