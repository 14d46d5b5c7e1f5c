"""Who published the stories and how their own pages were scraped: what no mirror decides.

The stories come from agencies. ``Press`` gives a share of them to invented papers, and bends what an original's own
page tells as ``recipes.ASSUMED`` says. Mirrors copy what was published (``Edition.story``), whatever became of the page
that is indexed (``Edition.page``).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from random import Random

import furniture
import habits
from furniture import Outlet
from pages import SOME_DAY, Order, page_address, shifted, stream
from recipes import ASSUMED, SEEN
from texts import count_tokens, read_text, sentence_ends, write_text

from dedup.credits import find_credits
from dedup.model import Document

# Only a story this long is cut by a paywall: more of it is left than any teaser shows.
WALLED_WORDS = 250
# Stories that a paper publishes, of those that publish several.
STORIES_OF_A_PAPER = 8
# Later than any mirror is seen.
LATE_HOURS = 720 + 720 + 24
GLUED = (0.01, 0.05)
# Who wrote and edited, wherever it stands.
_SIGNED = re.compile(
    r"\s*\([^()]{0,40}\b(?:report(?:ing|ed)|editing|edited|writing|written|compiled) by [^()]*\)", re.I
)


@dataclass(frozen=True, slots=True)
class Press:
    """How originals are published and scraped; all of it off unless told. Shares are 0 to 1.

    ``papers``: the share of stories that an invented paper published, without an agency's dateline and credit, signed
    by an invented person; of these ``several`` are by papers that publish many, and that make adaptations, too,
    ``signed`` carry the paper's own credit line, and ``named`` name the paper in their prose. ``addressed``: each story
    has an address, and half of the pages name it as the true one. ``crawled``: the share of originals and adaptations
    that tell when they were first seen. ``adapted``: the share of stories of which there is a licensed version, whether
    or not it is copied, and no others have one; 0: those have one that a recipe asks for. ``once``: no mirror's outlet
    has a second page.

    Lies: ``glued``, ``walled`` and ``late`` are shares of originals, whose page was scraped with spaces lost, or is cut
    by a paywall to its first half, or was first seen later than its mirrors; ``retaken`` the share of papers' stories
    that their agency took from them, with a credit; ``unsigned`` the share of adaptations that credit nobody.
    """

    papers: float = 0.0
    several: float = 0.0
    signed: float = 0.0
    named: float = 0.0
    addressed: bool = False
    crawled: float = 0.0
    adapted: float = 0.0
    once: bool = False
    glued: float = 0.0
    walled: float = 0.0
    late: float = 0.0
    retaken: float = 0.0
    unsigned: float = 0.0

    def __post_init__(self) -> None:
        for dial in fields(self):
            if not 0 <= getattr(self, dial.name) <= 1:
                raise ValueError(f"{dial.name} is {getattr(self, dial.name)}, not 0 to 1")


OFF = Press()
# Who is the original is to be told by other things than that it is an agency.
DIRECTION = Press(
    papers=0.6, several=0.5, signed=0.3, named=0.5, addressed=True, crawled=0.7, adapted=0.2, glued=ASSUMED["glued"],
    walled=ASSUMED["walled"], late=ASSUMED["late"], retaken=ASSUMED["retaken"], unsigned=ASSUMED["unsigned"],
)  # fmt: skip
# Nothing but dates can tell: no agency, and each outlet has one page.
DATES_ONLY = Press(papers=1.0, once=True)


@dataclass(frozen=True, slots=True)
class Edition:
    """A story as it was published, its page as it was scraped, and the agency's own, which is another's at times.

    ``wall``: after how many characters of the story its page ends, where it shows a part alone. ``retaken``: the agency
    has a page of its own, taken from the paper. ``versioned``: there is a version, ``unsigned``: that credits nobody.
    """

    story: Document
    page: Document
    wire: Document
    wall: int | None = None
    retaken: bool = False
    unsigned: bool = False
    versioned: bool = False


@dataclass(frozen=True, slots=True)
class Issue:
    """All stories as they were published, by id, and the papers that publish several."""

    press: Press
    seed: int
    editions: dict[str, Edition]
    houses: list[Outlet]

    @property
    def stories(self) -> list[Document]:
        """What was published, in the order the stories came."""
        return [edition.story for edition in self.editions.values()]

    @property
    def pages(self) -> dict[str, Document]:
        """The stories' own pages by id."""
        return {id: edition.page for id, edition in self.editions.items()}

    @property
    def walls(self) -> dict[str, int]:
        """After how many characters the pages of stories end that show a part alone."""
        return {id: edition.wall for id, edition in self.editions.items() if edition.wall}

    def may_have_version(self, id: str) -> bool:
        """Whether a recipe may ask for a version of the story."""
        return not self.press.adapted or self.editions[id].versioned

    def has_version(self, order: Order) -> bool:
        """Whether there is a version of the story that is ordered: where the recipe asks for it, or in any case."""
        return order.recipe.adapted or self.editions[order.story.id].versioned

    def seen(self, page: Document) -> Document:
        """A version's page with when it was first seen."""
        return _seen(self.press, page, stream(self.seed, "seen", page.id))


def published(press: Press, seed: int, wires: Sequence[Document]) -> Issue:
    """The stories as somebody published them, and their pages; both the agency's own where all is off.

    Where all are papers', those that must stay with their agency are left out.
    """
    count = round(len(wires) * press.papers * press.several / STORIES_OF_A_PAPER)
    houses = furniture.outlets(stream(seed, "houses"), count, furniture.PAPERS)
    editions = {wire.id: _edition(press, seed, wire, houses) for wire in wires}
    if press.papers == 1:
        editions = {id: edition for id, edition in editions.items() if edition.story.outlet != edition.wire.outlet}
    return Issue(press, seed, editions, houses)


def _edition(press: Press, seed: int, wire: Document, houses: Sequence[Outlet]) -> Edition:
    random, story = stream(seed, "press", wire.id), wire
    retaken, unsigned, adapted = (random.random() < share for share in (press.retaken, press.unsigned, press.adapted))
    is_paper = random.random() < press.papers
    if is_paper:
        story = _paper_story(press, wire, _paper(press, houses, random), random)
        is_paper = not find_credits(story.text)  # what is still signed by an agency, in some other way, stays with it
    if not is_paper:
        story = wire
    if not is_paper and press.addressed and wire.url is None:
        story = replace(story, url=f"https://{furniture.domain_of(story)}/article/{_slug(story.id)}")
    retaken = retaken and is_paper
    page, wall = _scraped(press, story, stream(seed, "scraped", wire.id))
    return Edition(story, page, wire, wall, retaken, unsigned, adapted or retaken)


def _seen(press: Press, page: Document, random: Random, hours: int | None = None) -> Document:
    """A page with when it was first seen, and the address that it calls its own: each told by some alone."""
    told, own = (random.random() < share for share in (press.crawled, 0.5 * press.addressed))
    hours = random.choice(SEEN) if hours is None else hours
    crawled = shifted(page.published or SOME_DAY, hours) if told else page.crawled
    return replace(page, crawled=crawled, canonical=page.url if own else page.canonical)


def _scraped(press: Press, story: Document, random: Random) -> tuple[Document, int | None]:
    """What became of the page, and where it is cut; each lie draws whether or not another is told.

    Words that lost their spaces still stand there, as they do in mirrors.
    """
    late, walled, glued = (random.random() < share for share in (press.late, press.walled, press.glued))
    page = _seen(press, story, random, LATE_HOURS + random.randint(0, 240) if late else None)
    if walled and count_tokens(page.text) >= WALLED_WORDS:
        wall = _wall(page.text)
        return replace(page, text=page.text[:wall] + "\n\nSubscribe to read on."), wall
    if glued:
        text = habits.respaced(read_text(page.text), random.choice(GLUED), random)
        return replace(page, text=write_text(text)), None
    return page, None


def _wall(text: str) -> int:
    """Where a text is cut: after the sentence that ends nearest its middle."""
    words = list(re.finditer(r"\S+", text))
    return min(words[end - 1].end() for end in sentence_ends(read_text(text)) if end >= len(words) // 2)


def _paper(press: Press, houses: Sequence[Outlet], random: Random) -> Outlet:
    """One of the papers that publish several stories, or one with this story alone."""
    alone = furniture.outlets(random, 1, furniture.PAPERS)[0]
    return random.choice(houses) if random.random() < press.several and houses else alone


def _paper_story(press: Press, wire: Document, paper: Outlet, random: Random) -> Document:
    """The agency's story as if the paper had written it."""
    named, signed = (random.random() < share for share in (press.named, press.signed))
    text = _told_to(f"the {paper.name}" if named else "the paper", wire, named, random)
    title, byline = furniture.headline_of(wire), furniture.person(random)
    line = random.choice(("By {byline}, {name}\n\n{text}", "{text}\n\nCopyright {year} {name}.", "{text}\n\n© {name}"))
    if signed:
        text = line.format(byline=byline, name=paper.name, text=text, year=(wire.published or SOME_DAY)[:4])
    return replace(
        wire,
        text=text,
        url=page_address(paper, title, _slug(wire.id)),
        outlet=paper.domain,
        site_name=paper.name,
        byline=byline,
        dateline=None,
    )


def _told_to(whom: str, wire: Document, named: bool, random: Random) -> str:
    """The story's text with this in place of the agency's name, or else told to once or twice, where it has to be."""
    text = _SIGNED.sub("", write_text(furniture.uncredited(_SIGNED.sub("", wire.text))))
    agency = re.compile(rf"\b([Tt]he )?{re.escape(furniture.source_name(wire))}\b")
    text, times = agency.subn(lambda told: _first_capital(whom) if told[1] == "The " else whom, text)
    if times or not named:
        return text
    said = [match.span() for match in re.finditer(r"(?<=[a-z] )said(?=\.)", text)]
    for start, end in sorted(random.sample(said, min(len(said), random.randint(1, 2))), reverse=True):
        text = f"{text[:start]}told {whom}{text[end:]}"
    return text if said else f"{text} {_first_capital(whom)} was the first to tell of it."


def _first_capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _slug(id: str) -> str:
    return re.sub(r"[^A-Za-z0-9]+", "-", id)
