"""A corpus of any size: made stories, mirrors of some of them and the truth, part by part, so that memory is bounded.

A story is cut up from given ones: it follows one of them for a few words up to a word that is among the most common,
goes on behind another place where that word stands, and so on. So its words, their pairs and short stock phrases are as
frequent as they were, and the whole is nobody's. Two stories that share 20 words in a row came to the same place and
then drew the same one of 18,000 places or more (those of a common word in the Reuters stories) twice: of the 700,000
stories of a million pages less than one pair is expected to. ``shared_runs`` counts what they share.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing import get_context
from random import Random

import furniture
from furniture import Outlet
from pages import SOME_DAY, Desk, Order, Truth, mirror, stream
from recipes import Recipe, default_mix
from vocabulary import Vocabulary

from dedup.model import Document

# Words that a story takes from one place, and how many of the most common words it may leave at.
LEAST_TAKEN, MOST_TAKEN, JOINTS = 4, 8, 40
# Mean words of a story: pages are then about 2.7 kB long, teasers and all.
STORY_WORDS = 380
# Pages that are made together: a mirror copies and teases stories of its own part.
PART = 2000
MIRRORS, PAGES_OF_A_FARM, PAGES_OF_A_PAPER, MOST_COPIES = 0.3, 12, 200, 3
# Words of a story that are at hand to be teased.
LEAD_WORDS = 80


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """The words of given stories, one after the other; where each joint stands; how stories open, and their sizes."""

    words: Sequence[str]
    joints: Mapping[str, Sequence[int]]
    openings: Sequence[Sequence[str]]
    sizes: Sequence[int]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Pool:
        """The pool of some texts. Raises ``ValueError`` where no word of them is common."""
        words: list[str] = []
        known: dict[str, str] = {}
        openings, sizes = [], []
        for text in texts:
            own = [known.setdefault(word, word) for word in text.split()]
            words += own
            sizes.append(len(own))
            openings.append(own[: own.index("-") + 1] if "-" in own[:10] else [])
        counts = Counter(words)
        common = [word for word, _ in counts.most_common() if word.isalpha() and word.islower()][:JOINTS]
        places: dict[str, list[int]] = {word: [] for word in common}
        for place, word in enumerate(words[:-MOST_TAKEN]):
            if word in places:
                places[word].append(place)
        joints = {word: at for word, at in places.items() if at}
        if not joints:
            raise ValueError("the stories hold no common word")
        scale = STORY_WORDS * len(sizes) / sum(sizes)
        return cls(words, joints, openings, [max(60, round(size * scale)) for size in sizes])

    def walk(self, count: int, random: Random) -> list[str]:
        """About so many words, cut up."""
        told: list[str] = []
        names = [*self.joints]
        joint = random.choice(names)
        while len(told) < count:
            place = random.choice(self.joints[joint]) + 1
            piece = self.words[place : place + MOST_TAKEN]
            left = (size for size in range(LEAST_TAKEN, MOST_TAKEN) if piece[size - 1] in self.joints)
            told += piece[: next(left, MOST_TAKEN)]
            joint = told[-1] if told[-1] in self.joints else random.choice(names)
        return told

    def text(self, random: Random, *, wired: bool) -> str:
        """A story of paragraphs of two to four sentences; ``wired``: it opens as one of the given stories does."""
        at = random.randrange(len(self.sizes))
        lines: list[list[str]] = [[]]
        sentences = random.randint(2, 4)
        for word in [*(self.openings[at] if wired else ()), *self.walk(self.sizes[at], random)]:
            lines[-1].append(word)
            sentences -= word[-1] == "." and len(word) > 3
            if not sentences:
                lines.append([])
                sentences = random.randint(2, 4)
        return "\n\n".join(" ".join(line) for line in lines if line).rstrip(".,;:-") + "."


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What is to be made: so many pages with a seed; of ``viral`` stories so many mirrors each, among these pages.

    ``wire`` says who publishes every other story; the rest are papers' own.
    """

    pool: Pool
    wire: Document
    pages: int
    seed: int = 1
    viral: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        stories, copies = self.viral
        if stories > PART // 4 or stories * (copies + 1) > self.pages / 2:
            raise ValueError(f"{stories} stories with {copies} mirrors each are too many for {self.pages} pages")

    @property
    def parts(self) -> int:
        """How many parts there are."""
        return -(-self.pages // PART)


@dataclass(frozen=True, slots=True)
class Part:
    """Pages in random order, and the truth about those that are mirrors."""

    documents: Sequence[Document]
    truth: Sequence[Truth]


def make_parts(plan: Plan, processes: int = 2) -> Iterator[Part]:
    """All parts in their order, made by so many processes; the same for the same plan."""
    if processes == 1:
        _begin(plan)
        yield from map(_make, range(plan.parts))
        return
    with get_context("fork").Pool(processes, _begin, (plan,)) as pool:
        yield from pool.imap(_make, range(plan.parts))


def plain_mix(random: Random) -> Recipe:
    """Mirrors of one story each, cut or whole: names, lost spaces, title lines, tags and teasers as by default."""
    recipe = replace(default_mix(random), dropped=0.0, moved=0.0, reworded=0.0, damaged=0.0, own_prose=0.0)
    return replace(recipe, parts=1, adapted=False, absent=False)


def shared_runs(texts: Iterable[str], length: int = 20) -> int:
    """How many runs of so many words, as they are parted by spaces, stand in more than one of the texts."""
    seen: dict[int, int] = {}
    shared = set()
    for at, text in enumerate(texts):
        words = [*map(hash, text.split())]
        for start in range(len(words) - length + 1):
            run = hash(tuple(words[start : start + length]))
            if seen.setdefault(run, at) != at:
                shared.add(run)
    return len(shared)


class _Maker:
    """Makes any part of a plan, whatever others were made."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        mirrors = round(MIRRORS * plan.pages) + plan.viral[0] * plan.viral[1]
        count = plan.viral[1] + MOST_COPIES + 1 + mirrors // PAGES_OF_A_FARM
        self._farms = furniture.outlets(stream(plan.seed, "farms"), count, furniture.FARMS)
        papers = 2 + plan.pages // PAGES_OF_A_PAPER
        self._papers = furniture.outlets(stream(plan.seed, "papers"), papers, furniture.PAPERS)
        self._viral = [self._story(-1 - number) for number in range(plan.viral[0])]

    def part(self, number: int) -> Part:
        """The part of this number; the stories that go viral stand in the first."""
        plan, random = self._plan, stream(self._plan.seed, "part", number)
        first = number * plan.pages // plan.parts
        size = (number + 1) * plan.pages // plan.parts - first
        loud = self._viral if number == 0 else []
        orders = [
            (self._viral[at // plan.viral[1]], at) for at in range(number, plan.viral[0] * plan.viral[1], plan.parts)
        ]
        ordinary = size - len(orders) - len(loud)
        copied = round(MIRRORS * ordinary)
        stories = [self._story(first + at) for at in range(ordinary - copied)]
        wanted = [story for story in stories for _ in range(random.randint(1, MOST_COPIES))]
        farms = random.sample(range(len(self._farms)), len(self._farms))
        orders += [(story, farms[at % len(farms)]) for at, story in enumerate(wanted[:copied])]
        leads = [replace(story, text=" ".join(story.text.split(None, LEAD_WORDS)[:LEAD_WORDS])) for story in stories]
        desk = Desk(plan.seed, leads, (), stories, Vocabulary({}, {}, ()))
        made = [
            mirror(desk, Order(first + at, story, plain_mix(random), self._farms[farm % len(self._farms)]), {})
            for at, (story, farm) in enumerate(orders)
        ]
        documents = [*loud, *stories, *(page for page, _ in made)]
        random.shuffle(documents)
        return Part(documents, [row for _, rows in made for row in rows])

    def _story(self, number: int) -> Document:
        """The story of this number, every other one the wire's."""
        plan, random = self._plan, stream(self._plan.seed, "story", number)
        outlet = random.choice(self._papers) if number % 2 else Outlet("", plan.wire.outlet or "wire.example")
        day = datetime.fromisoformat(SOME_DAY) + timedelta(minutes=number)
        return Document(
            id=f"{outlet.domain}/story-{number}",
            text=plan.pool.text(random, wired=not number % 2),
            url=f"https://{outlet.domain}/story-{number}.html",
            title=" ".join(plan.pool.walk(7, random)).capitalize(),
            outlet=outlet.domain,
            site_name=outlet.name or plan.wire.site_name,
            published=day.isoformat(),
            byline=f"By {furniture.person(random)}",
        )


_makers: list[_Maker] = []


def _begin(plan: Plan) -> None:
    _makers[:] = [_Maker(plan)]


def _make(number: int) -> Part:
    return _makers[0].part(number)
