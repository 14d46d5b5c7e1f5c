"""Makes pages that copy real stories as mirrors do, and the truth about each of them, from any file of stories.

    python benchmarks/mirrors.py STORIES --count 2000 --seed 1 [--names 0] [--lost-spaces .05] ... -o FOLDER

Writes ``pages.jsonl.gz``, all that is to be indexed, and ``truth.csv``, which page was taken from which. Each habit has
a dial (see ``Recipe``): those given take the place of what the default mix draws, and with ``--plain`` all others are
off. The same stories, seed and dials give the same bytes, and a dial leaves alone what the others draw.

Copied are only stories of 60 tokens or more that are near no other (``habits.near_texts``), so that a copy has one
source; teased, too, are only stories that are near no other. Names, bylines, dates and own prose are invented.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Literal, TypeAlias

import habits
from habits import Text, Vocabulary, count_tokens, kept_tokens, own_text, read_text, write_text

from dedup.corpus import read_corpus
from dedup.model import Document, Kind

LEAST_WORDS, FLASH_WORDS, MOST_OF_A_FLASH = 60, 60, 80
# A story that tells no date is taken for one of this day.
SOME_DAY = "2024-05-06T12:00:00"
PAGES_OF_AN_OUTLET = 12


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

    def __post_init__(self) -> None:
        for name, (least, most) in RANGES.items():
            if not least <= getattr(self, name) <= most:
                raise ValueError(f"{name} is {getattr(self, name)}, not {least} to {most}")

    @property
    def label(self) -> str:
        """The dials that differ from a word-for-word copy with nothing around it."""
        told = {dial.name: getattr(self, dial.name) for dial in fields(self)}
        return " ".join(
            name if value is True else f"{name}={value:g}"
            for name, value in told.items()
            if name != "credited" and value != (1 if name in ("keep", "parts") else 0)
        ) + ("" if self.credited else " uncredited")


RANGES: dict[str, tuple[float, float]] = {
    "names": (0, 10), "lost_spaces": (0, 0.2), "keep": (0.01, 1), "dropped": (0, 1), "moved": (0, 1),
    "reworded": (0, 0.5), "damaged": (0, 1), "parts": (1, 5), "own_prose": (0, 0.95), "teasers": (0, 20),
    "teaser_words": (0, 100), "hours": (-720, 720),
}  # fmt: skip
PLAIN = Recipe(names=0, lost_spaces=0, teasers=0, title_line=False, metadata_line=False, tags=False,
               false_byline=False, hours=0)  # fmt: skip
Mix: TypeAlias = Recipe | Callable[[Random], Recipe]


@dataclass(frozen=True, slots=True)
class Truth:
    """What a page took from one original (``None``: not indexed); ``story`` is the wire's own, indexed or not.

    ``words`` of the original's tokens stand in the copy: that over the original's tokens is ``coverage``, over the
    page's ``share``. ``habit`` is the label of the page's recipe. The direction is unknown only where the original is
    absent and nothing on the page credits it.
    """

    copy: str
    original: str | None
    kind: Kind
    direction: Literal["decided", "unknown"]
    coverage: float
    share: float
    story: str
    habit: str
    words: int


@dataclass(frozen=True, slots=True)
class Made:
    """All that is to be indexed (stories and flashes, adaptations, mirrors), and a row for each page and original."""

    documents: tuple[Document, ...]
    truth: tuple[Truth, ...]


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


def make(
    stories: Sequence[Document], count: int, seed: int, mix: Mix = default_mix, copies_of_one: tuple[int, int] = (1, 3)
) -> Made:
    """Make ``count`` mirrors (one more where an absent story would have one alone) of stories with different ids.

    Each story drawn is copied by so many outlets; a round-up's other stories are drawn anew. A twentieth of the stories
    are to be flashes of 80 tokens or less; where fewer are, some others are cut to about their first 60 words.
    Raises ``ValueError`` where there are too few stories that can be copied, or no other to tease.
    """
    sizes = {story.id: count_tokens(story.text) for story in stories}
    near = habits.near_texts([story.text for story in stories])
    alone = [story for story, others in zip(stories, near, strict=True) if not others]
    drawn = [story for story in alone if sizes[story.id] >= LEAST_WORDS]
    _random(seed, "draw").shuffle(drawn)
    lacking = max(1, len(alone) // 20) - sum(sizes[story.id] <= MOST_OF_A_FLASH for story in alone)
    flashes = {story.id: _flash(story) for story in drawn[len(drawn) - max(0, lacking) :]}
    orders = list(_orders([story for story in drawn if story.id not in flashes], count, seed, mix, copies_of_one))
    gone = {order.story.id for order in orders if order.recipe.absent}
    present = [flashes.get(story.id, story) for story in stories if story.id not in gone]
    free = {story.id for story in (*alone, *flashes.values())}
    desk = _desk(seed, [story for story in present if story.id in free], stories)
    papers = habits.outlets(_random(seed, "papers"), 2 + count // PAGES_OF_AN_OUTLET, habits.PAPERS)
    adapted = {order.story.id: order.story for order in orders if order.recipe.adapted}
    adaptations = {id: _adaptation(desk, story, number, papers) for number, (id, story) in enumerate(adapted.items())}
    mirrors = [_mirror(desk, order, adaptations) for order in orders]
    rows = [*(row for _, row in adaptations.values()), *(row for _, rows in mirrors for row in rows)]
    documents = [*present, *(page for page, _ in adaptations.values()), *(page for page, _ in mirrors)]
    return Made(tuple(documents), tuple(rows))


# ---------------------------------------------------------------------------------------------------------------
# What is to be made.


@dataclass(frozen=True, slots=True)
class Order:
    """The mirror to be made: of which story, how, by whom."""

    number: int
    story: Document
    recipe: Recipe
    outlet: habits.Outlet


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages are made with: stories to tease, the short and the long among them, and other words."""

    seed: int
    free: Sequence[Document]
    short: Sequence[Document]
    long: Sequence[Document]
    vocabulary: Vocabulary


def _desk(seed: int, free: Sequence[Document], stories: Sequence[Document]) -> Desk:
    sizes = [count_tokens(story.text) for story in free]
    short = [story for story, size in zip(free, sizes, strict=True) if size <= MOST_OF_A_FLASH]
    long = [story for story, size in zip(free, sizes, strict=True) if size >= LEAST_WORDS]
    return Desk(seed, free, short, long, habits.read_vocabulary([story.text for story in stories]))


def _random(*stream: object) -> Random:
    """A stream of random numbers of its own for each purpose, so that no dial moves what another draws."""
    return Random("/".join(map(str, stream)))


def _flash(story: Document) -> Document:
    """The story cut to about its first 60 words, to stand in its place."""
    text = read_text(story.text)
    return replace(story, id=f"{story.id}-flash", text=write_text(habits.cut(text, FLASH_WORDS / sum(map(len, text)))))


def _orders(
    drawn: Sequence[Document], count: int, seed: int, mix: Mix, copies_of_one: tuple[int, int]
) -> Iterator[Order]:
    farms = habits.outlets(_random(seed, "farms"), copies_of_one[1] + 1 + count // PAGES_OF_AN_OUTLET, habits.FARMS)
    number = 0
    for story in drawn:
        if number >= count:
            return
        random = _random(seed, "copies", story.id)
        copies = min(random.randint(*copies_of_one), count - number)
        recipes = [mix if isinstance(mix, Recipe) else mix(random) for _ in range(max(2, copies))]
        if absent := recipes[0].absent:
            recipes = [replace(recipe, adapted=False) for recipe in recipes]
        taken = recipes if absent else recipes[:copies]
        for recipe, outlet in zip(taken, random.sample(farms, len(taken)), strict=True):
            yield Order(number, story, replace(recipe, absent=absent), outlet)
            number += 1
    if number < count:
        raise ValueError(f"{len(drawn)} stories that can be copied are enough for {number} mirrors, not {count}")


# ---------------------------------------------------------------------------------------------------------------
# Pages.


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page tells of itself."""

    headline: str
    byline: str | None
    published: str


def _adaptation(desk: Desk, story: Document, number: int, papers: Sequence[habits.Outlet]) -> tuple[Document, Truth]:
    """A paper's licensed version: a credit, a lead of its own, two paragraphs less, one more, a few words edited."""
    random = _random(desk.seed, "adaptation", story.id)
    text = habits.credited(story, read_text(story.text))
    text = habits.dropped(text, min(1, 2 / len(text)), random)
    text = habits.reworded(text, 0.02, desk.vocabulary, random)
    lead, added = (" ".join(desk.vocabulary.prose(random.randint(15, 40), random)) for _ in range(2))
    at = random.randint((len(text) + 1) // 2, len(text))
    text = (*own_text(lead), *text[:at], *own_text(added), *text[at:])
    before, after = random.choice((("By {}", ""), ("", "{} contributed to this report."), ("", "Copyright {}.")))
    agency = habits.agency_of(story)
    text = (*own_text(*[before.format(agency)] * bool(before)), *text, *own_text(*[after.format(agency)] * bool(after)))
    facts = Facts(habits.new_headline(story, random), habits.person(random), _later(story, random.randint(1, 12)))
    page = _page(random.choice(papers), str(number), write_text(text), facts)
    return page, _row(page, story, story.id, text, "adaptation")


def _mirror(desk: Desk, order: Order, adaptations: dict[str, tuple[Document, Truth]]) -> tuple[Document, list[Truth]]:
    recipe, story, random = order.recipe, order.story, _random(desk.seed, "page", order.number)
    main = adaptations[story.id][0] if recipe.adapted else story
    sources = [main, *_drawn(desk.long, {story.id}, recipe.parts - 1, random)]
    names = [recipe.names // recipe.parts + (n < recipe.names % recipe.parts) for n in range(recipe.parts)]
    texts = [_copied(desk, order, source, count) for source, count in zip(sources, names, strict=True)]
    teased = _teased(desk, order, {story.id, *(source.id for source in sources)})
    facts = _told(desk, order, main)
    page = _page(
        order.outlet,
        str(order.number),
        _furnished(desk, order, _body(desk, order, sources, texts), facts, teased),
        facts,
    )
    known = not recipe.absent or habits.credits_agency(texts[0], facts.byline, story)
    rows = [_row(page, main, story.id, texts[0], recipe.label, recipe.absent, known)]
    rows += [
        _row(page, other, other.id, text, recipe.label) for other, text in zip(sources[1:], texts[1:], strict=True)
    ]
    leads = [_row(page, other, other.id, lead, recipe.label) for other, lead in teased]
    return page, rows + [replace(row, kind="teaser") for row in leads]


def _told(desk: Desk, order: Order, source: Document) -> Facts:
    recipe, random = order.recipe, _random(desk.seed, "facts", order.number)
    headline, byline = habits.headline_of(source), source.byline if recipe.credited else None
    if recipe.parts > 1:
        headline = habits.round_up_headline(recipe.parts, random)
    elif recipe.new_headline:
        headline = habits.new_headline(source, random)
    return Facts(headline, habits.person(random) if recipe.false_byline else byline, _later(order.story, recipe.hours))


def _copied(desk: Desk, order: Order, source: Document, names: int) -> Text:
    """What the mirror shows of a story, one habit after the other, each with random numbers of its own."""
    recipe, stream = order.recipe, (desk.seed, order.number, source.id)
    text = read_text(source.text) if recipe.credited else habits.uncredited(source.text)
    text = habits.cut(text, recipe.keep, recipe.mid_sentence)
    text = habits.dropped(text, recipe.dropped, _random(*stream, "dropped"))
    broken_off = text[len(text) - (recipe.mid_sentence and recipe.keep < 1) :]  # stays at the end
    text = habits.moved(text[: len(text) - len(broken_off)], recipe.moved, _random(*stream, "moved")) + broken_off
    text = habits.reworded(text, recipe.reworded, desk.vocabulary, _random(*stream, "reworded"))
    text = habits.credited(source, text) if recipe.credited else text
    text = habits.damaged(text, recipe.damaged, _random(*stream, "damaged"))
    text = habits.named(text, order.outlet.name, names, _random(*stream, "names"))
    return habits.respaced(text, recipe.lost_spaces, _random(*stream, "spaces"))


def _teased(desk: Desk, order: Order, shown: set[str]) -> list[tuple[Document, Text]]:
    """Other stories and their leads, a quarter of them flashes. Raises ``ValueError`` where there are too few."""
    random, wanted = _random(desk.seed, "teasers", order.number), order.recipe.teasers
    flashes = sum(random.random() < 0.25 for _ in range(wanted))
    told = _drawn(desk.short, shown, flashes, random)
    told += _drawn(desk.free, shown | {story.id for story in told}, wanted - len(told), random)
    if len(told) < wanted:
        raise ValueError(f"there are {len(told)} other stories to tease, not {wanted}")
    random.shuffle(told)
    return [(story, habits.lead(read_text(story.text), order.recipe.teaser_words, random)) for story in told]


def _drawn(stories: Sequence[Document], without: set[str], count: int, random: Random) -> list[Document]:
    """So many of the stories, or as many as there are, none of which is in ``without``."""
    some = random.sample(stories, min(len(stories), count + len(without)))
    return [story for story in some if story.id not in without][:count]


def _body(desk: Desk, order: Order, sources: Sequence[Document], texts: Sequence[Text]) -> str:
    """The stories, each under a short heading where they are several, and the page's own prose around them."""
    random = _random(desk.seed, "own prose", order.number)
    parts: list[str] = []
    for source, text in zip(sources, texts, strict=True):
        parts += [" ".join(habits.headline_of(source).split()[:6])] * (len(sources) > 1) + [write_text(text)]
    share = order.recipe.own_prose
    words = round(sum(len(paragraph) for text in texts for paragraph in text) * share / (1 - share))
    own = desk.vocabulary.prose(words, random)
    at = random.choice((0, len(own), random.randint(0, len(own))))
    return "\n\n".join([*own[:at], *parts, *own[at:]])


def _furnished(desk: Desk, order: Order, body: str, facts: Facts, teased: Sequence[tuple[Document, Text]]) -> str:
    """The body with the lines that a page has above and below it."""
    recipe, random = order.recipe, _random(desk.seed, "furniture", order.number)
    category, tags = random.choice(habits.CATEGORIES), habits.tags(order.story.text, random)
    lines = [f"{order.outlet.name}|{facts.headline}"] * recipe.title_line
    if recipe.metadata_line:
        when = datetime.fromisoformat(facts.published).strftime("%Y-%m-%d %H:%M:%S")
        lines.append(f"{when}source:{(facts.byline or order.outlet.name).removeprefix('By ')}category:{category}")
    lines.append(body)
    if recipe.tags:
        listed = "    In:\n" + "\n".join(f"  • {tag}" for tag in tags) if random.random() < 0.5 else ""
        lines += [listed or f"In: • {' • '.join(tags)}", f"More:{category}"]
    lines += ["Recommend"] * bool(teased)
    for story, lead in teased:
        lines += [habits.headline_of(story), write_text(lead)]
    return "\n\n".join(lines)


def _page(outlet: habits.Outlet, name: str, text: str, facts: Facts) -> Document:
    slug = "-".join(re.findall("[a-z]+", facts.headline.lower())[:6])
    return Document(
        id=f"{outlet.domain}/{name}",
        text=text,
        url=f"https://{outlet.domain}/{slug}-{name}.html",
        title=facts.headline,
        outlet=outlet.domain,
        site_name=outlet.name,
        published=facts.published,
        byline=facts.byline,
    )


def _row(
    page: Document, original: Document, story: str, text: Text, habit: str, absent: bool = False, known: bool = True
) -> Truth:
    words = kept_tokens(text)
    coverage = words / count_tokens(original.text)
    return Truth(
        copy=page.id,
        original=None if absent else original.id,
        kind="full" if coverage >= 0.8 else "partial" if coverage >= 0.3 else "excerpt",
        direction="decided" if known else "unknown",
        coverage=coverage,
        share=words / count_tokens(page.text),
        story=story,
        habit=habit,
        words=words,
    )


def _later(story: Document, hours: int) -> str:
    return (datetime.fromisoformat(story.published or SOME_DAY) + timedelta(hours=hours)).isoformat()


# ---------------------------------------------------------------------------------------------------------------
# The command line.


def main() -> None:
    parser = argparse.ArgumentParser(
        description="Make pages that copy stories as mirrors do, and the truth about them."
    )
    parser.add_argument("stories", type=Path)
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FOLDER")
    parser.add_argument("--count", type=int, default=2000, help="how many mirrors")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--copies-of-one", type=int, nargs=2, default=(1, 3), metavar=("LEAST", "MOST"))
    parser.add_argument("--plain", action="store_true", help="what is not given is off, not drawn from the default mix")
    for dial in fields(Recipe):
        option = f"--{dial.name.replace('_', '-')}"
        if isinstance(dial.default, bool):
            parser.add_argument(option, default=None, action=argparse.BooleanOptionalAction)
        else:
            parser.add_argument(option, type=type(dial.default), metavar="{:g}..{:g}".format(*RANGES[dial.name]))
    asked = parser.parse_args()
    given = {dial.name: value for dial in fields(Recipe) if (value := getattr(asked, dial.name)) is not None}
    made = make(
        list(read_corpus(asked.stories)),
        asked.count,
        asked.seed,
        (lambda random: replace(PLAIN if asked.plain else default_mix(random), **given)),
        tuple(asked.copies_of_one),
    )
    write(made, asked.out)
    print(f"{len(made.documents)} documents, {len(made.truth)} rows of truth in {asked.out}")


def write(made: Made, folder: Path) -> None:
    """Write ``pages.jsonl.gz`` and ``truth.csv`` into a folder, which is made where there is none."""
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "pages.jsonl.gz", "wb") as file, gzip.GzipFile("", "wb", fileobj=file, mtime=0) as pages:
        for page in made.documents:
            told = {name: value for name, value in asdict(page).items() if value is not None and name != "origin"}
            pages.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")
    with open(folder / "truth.csv", "w", encoding="utf-8", newline="") as table:
        rows = csv.writer(table, lineterminator="\n")
        rows.writerow(COLUMNS)
        rows.writerows([_shown(getattr(row, name)) for name in COLUMNS] for row in made.truth)


COLUMNS = ("copy", "original", "kind", "direction", "coverage", "habit", "words")


def _shown(value: object) -> object:
    return f"{value:.4f}" if isinstance(value, float) else value


if __name__ == "__main__":
    main()
