"""The pages that copy stories, each with the truth about it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import Literal

import furniture
import habits
from furniture import Facts, Outlet
from recipes import Recipe
from texts import Text, count_tokens, kept_tokens, own_text, read_text, write_text
from vocabulary import Vocabulary

from dedup.model import Document, Kind

# A story that tells no date is taken for one of this day.
SOME_DAY = "2024-05-06T12:00:00"


@dataclass(frozen=True, slots=True)
class Truth:
    """What a page took from one original (``None``: not indexed); ``story`` is the wire's own, indexed or not.

    ``words`` of the original's tokens stand in the copy: that over the original's tokens is ``coverage``, over the
    page's ``share``. ``habit`` is the label of the page's recipe. The direction is unknown only where the original is
    absent and nothing on the page credits its agency; ``agency`` is the one that an absent original belongs to.
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
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Order:
    """The mirror to be made: of which story, how, by whom."""

    number: int
    story: Document
    recipe: Recipe
    outlet: Outlet


@dataclass(frozen=True, slots=True)
class Desk:
    """What all pages are made with: stories to tease, the short and the long among them, and other words.

    ``walls``: of stories whose page shows a part alone, after how many characters that ends.
    """

    seed: int
    free: Sequence[Document]
    short: Sequence[Document]
    long: Sequence[Document]
    vocabulary: Vocabulary
    walls: Mapping[str, int] = field(default_factory=dict)

    def read(self, story: Document, credited: bool = True) -> Text:
        """A story as it was published; of what its own page does not show, no word is counted as the story's."""
        wall = self.walls.get(story.id, len(story.text))
        front, back = story.text[:wall], story.text[wall:]
        if not credited:
            return (*furniture.uncredited(front), *own_text(*_written(furniture.uncredited(back) if back else ())))
        return (*read_text(front), *own_text(*_written(read_text(back))))

    def tokens(self, story: Document) -> int:
        """How many tokens of a story its own page shows."""
        return count_tokens(story.text[: self.walls.get(story.id)])


def stream(*purpose: object) -> Random:
    """A stream of random numbers of its own for each purpose, so that no dial moves what another draws."""
    return Random("/".join(map(str, purpose)))


def mirror(desk: Desk, order: Order, adaptations: Mapping[str, Document]) -> tuple[Document, list[Truth]]:
    """The page that is ordered, with a row for each story on it; ``adaptations`` are those to be copied, by story."""
    recipe, story, random = order.recipe, order.story, stream(desk.seed, "page", order.number)
    main = adaptations[story.id] if recipe.adapted else story
    sources = [main, *_drawn(desk.long, {story.id}, recipe.parts - 1, random)]
    names = [recipe.names // recipe.parts + (n < recipe.names % recipe.parts) for n in range(recipe.parts)]
    texts = [_copied(desk, order, source, count) for source, count in zip(sources, names, strict=True)]
    teased = _teased(desk, order, {story.id, *(source.id for source in sources)})
    facts = _told(desk, order, sources)
    text = _furnished(desk, order, _body(desk, order, sources, texts), facts, teased)
    page = new_page(order.outlet, order.number, text, facts)
    page = replace(page, canonical=_canonical(order, page, main), crawled=_crawled(order, sources))
    rows = [row(desk, page, source, shown, recipe.label) for source, shown in zip(sources, texts, strict=True)]
    rows[0] = replace(rows[0], story=story.id)
    if recipe.absent:
        agency = furniture.true_agency(story)
        known = agency is not None and furniture.credits_agency(texts[0], facts.byline, story)
        rows[0] = replace(rows[0], original=None, direction="decided" if known else "unknown", agency=agency)
    rows += [replace(row(desk, page, other, lead, recipe.label), kind="teaser") for other, lead in teased]
    return page, rows


def _told(desk: Desk, order: Order, sources: Sequence[Document]) -> Facts:
    recipe, random, source = order.recipe, stream(desk.seed, "facts", order.number), sources[0]
    headline, byline = furniture.headline_of(source), source.byline if recipe.credited else None
    if recipe.parts > 1:
        headline = furniture.round_up_headline(recipe.parts, random)
    elif recipe.new_headline:
        headline = furniture.new_headline(source, random)
    byline = furniture.person(random) if recipe.false_byline else byline
    if recipe.byline:
        byline = {"kept": source.byline, "desk": furniture.desk(order.outlet, random)}.get(recipe.byline)
    return Facts(headline, byline, _claimed(order, sources))


def _claimed(order: Order, sources: Sequence[Document]) -> str:
    """The date that a page tells: an honest one is no earlier than the stories were taken."""
    told = later(order.story, order.recipe.hours)
    return max(told, _taken(order, sources)) if order.recipe.after and order.recipe.hours > 0 else told


def _taken(order: Order, sources: Sequence[Document]) -> str:
    """When all was truly taken: an hour after the last of its sources was published at the earliest."""
    return max(later(order.story, order.recipe.after), *(later(source, 1) for source in sources))


def _crawled(order: Order, sources: Sequence[Document]) -> str | None:
    return shifted(_taken(order, sources), order.recipe.crawled) if order.recipe.crawled else None


def _canonical(order: Order, page: Document, source: Document) -> str | None:
    """The address that a page calls the true one; of those that lead nowhere it depends on the outlet which."""
    nowhere = (f"https://{order.outlet.domain}/", "https://localhost/page", "https://pages.example/article")
    told = {"own": page.url, "source": source.url, "nowhere": nowhere[order.number % len(nowhere)]}
    return told.get(order.recipe.canonical)


def _copied(desk: Desk, order: Order, source: Document, names: int) -> Text:
    """What the mirror shows of a story, one habit after the other, each with random numbers of its own."""
    recipe, copy = order.recipe, (desk.seed, order.number, source.id)
    text = desk.read(source, recipe.credited)
    if recipe.source_name:
        own = order.outlet.name if recipe.source_name == "own" else ""
        text = habits.renamed(text, furniture.source_name(order.story), own)
    text = habits.cut(text, recipe.keep, recipe.mid_sentence)
    text = habits.dropped(text, recipe.dropped, stream(*copy, "dropped"))
    end = len(text) - (recipe.mid_sentence and recipe.keep < 1)  # what is broken off stays at the end
    text = habits.moved(text[:end], recipe.moved, stream(*copy, "moved")) + text[end:]
    text = habits.reworded(text, recipe.reworded, desk.vocabulary, stream(*copy, "reworded"))
    text = furniture.credited(source, text) if recipe.credited else text
    text = habits.damaged(text, recipe.damaged, stream(*copy, "damaged"))
    text = habits.named(text, order.outlet.name, names, stream(*copy, "names"))
    return habits.respaced(text, recipe.lost_spaces, stream(*copy, "spaces"))


def _teased(desk: Desk, order: Order, shown: set[str]) -> list[tuple[Document, Text]]:
    """Other stories and their leads, a quarter of them flashes. Raises ``ValueError`` where there are too few."""
    random, wanted = stream(desk.seed, "teasers", order.number), order.recipe.teasers
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
    random = stream(desk.seed, "own prose", order.number)
    parts: list[str] = []
    for source, text in zip(sources, texts, strict=True):
        parts += [" ".join(furniture.headline_of(source).split()[:6])] * (len(sources) > 1) + [write_text(text)]
    share = order.recipe.own_prose
    words = round(sum(len(paragraph) for text in texts for paragraph in text) * share / (1 - share))
    own = desk.vocabulary.prose(words, random)
    at = random.choice((0, len(own), random.randint(0, len(own))))
    return "\n\n".join([*own[:at], *parts, *own[at:]])


def _furnished(desk: Desk, order: Order, body: str, facts: Facts, teased: Sequence[tuple[Document, Text]]) -> str:
    """The body with the lines that a page has above and below it."""
    recipe, random = order.recipe, stream(desk.seed, "furniture", order.number)
    category, tags = random.choice(furniture.CATEGORIES), furniture.tags(order.story.text, random)
    lines = [f"{order.outlet.name}|{facts.headline}"] * recipe.title_line
    lines += [furniture.metadata_line(order.outlet, facts, category)] * recipe.metadata_line
    lines.append(body)
    lines += [furniture.tag_list(tags, random), f"More:{category}"] * recipe.tags
    lines += ["Recommend"] * bool(teased)
    for story, lead in teased:
        lines += [furniture.headline_of(story), write_text(lead)]
    return "\n\n".join(lines)


def page_address(outlet: Outlet, headline: str, end: object) -> str:
    """An address of an outlet, with words of the headline."""
    slug = "-".join(re.findall("[a-z]+", headline.lower())[:6])
    return f"https://{outlet.domain}/{slug}-{end}.html"


def new_page(outlet: Outlet, number: int, text: str, facts: Facts) -> Document:
    """An outlet's page of this number."""
    return Document(
        id=f"{outlet.domain}/{number}",
        text=text,
        url=page_address(outlet, facts.headline, number),
        title=facts.headline,
        outlet=outlet.domain,
        site_name=outlet.name,
        published=facts.published,
        byline=facts.byline,
    )


def row(desk: Desk, page: Document, original: Document, text: Text, habit: str) -> Truth:
    """The truth about a page that shows this of an original."""
    words = kept_tokens(text)
    coverage = words / desk.tokens(original)
    return Truth(
        copy=page.id,
        original=original.id,
        kind="full" if coverage >= 0.8 else "partial" if coverage >= 0.3 else "excerpt",
        direction="decided",
        coverage=coverage,
        share=words / count_tokens(page.text),
        story=original.id,
        habit=habit,
        words=words,
    )


def later(story: Document, hours: int) -> str:
    """So many hours after a story was published."""
    return shifted(story.published or SOME_DAY, hours)


def shifted(date: str, hours: int) -> str:
    """A date so many hours later."""
    return (datetime.fromisoformat(date) + timedelta(hours=hours)).isoformat()


def _written(text: Text) -> list[str]:
    return [write_text((paragraph,)) for paragraph in text]
