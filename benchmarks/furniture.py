"""What stands around a story: the agency's credit, the page's headline and lines, and the invented outlets."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from texts import Text, own_text, read_text, write_text

from dedup.credits import agency_of_outlet, find_credits
from dedup.model import Document


@dataclass(frozen=True, slots=True)
class Outlet:
    """An invented outlet: its name, of two words, and its domain."""

    name: str
    domain: str


FARMS = ("Exchange", "Markets", "Capital", "Finance", "Institute", "Wealth", "Trading", "Academy", "Insights", "Pulse")
PAPERS = ("Times", "Courier", "Herald", "Gazette", "Chronicle", "Observer")
CATEGORIES = ("My", "Markets", "Stocks", "Finance", "Invest", "News", "Scams", "Back", "Contact")


@dataclass(frozen=True, slots=True)
class Facts:
    """What a page tells of itself."""

    headline: str
    byline: str | None
    published: str


def outlets(random: Random, count: int, kinds: Sequence[str]) -> list[Outlet]:
    """So many outlets with names of their own, their first words made of syllables."""
    names: dict[str, str] = {}
    while len(names) < count:
        names.setdefault(_syllables(random, 3), random.choice(kinds))
    return [Outlet(f"{first} {kind}", f"{first}{kind}.example".lower()) for first, kind in names.items()]


def person(random: Random) -> str:
    """An invented name."""
    return f"{_syllables(random, 2)} {_syllables(random, 3)}"


def agency_of(story: Document) -> str:
    """The agency that a story's dateline names, else its outlet."""
    told = re.search(r"\(([A-Z][^()]{1,30})\)\s*\Z", story.dateline or "") or _DATELINE.match(story.text)
    name = told[1] if told else story.site_name or story.outlet or "The Wire"
    return _AGENCIES.get(name, name)


def true_agency(story: Document) -> str | None:
    """The agency that a story is truly by: an agency's page may say that it has it from another ("(Billboard) -")."""
    own = listed_agency(story)
    told = [credit.name for credit in find_credits(story.text, story.byline, story.dateline)] if own else []
    return own if not told or own in told else told[0]


def listed_agency(story: Document) -> str | None:
    """The agency that a story is by, as the list of agencies calls it; ``None`` for a paper's story."""
    listed = agency_of_outlet(agency_of(story)) or agency_of_outlet(story.outlet)
    told = re.search(r"\(([A-Z][^()]{1,30})\)\s*\Z", story.dateline or "")
    return _listed()[listed]["name"] if listed else told[1] if told else None


def domain_of(story: Document) -> str:
    """The domain of a story's agency, an invented one where the list has none."""
    listed = agency_of_outlet(agency_of(story)) or agency_of_outlet(story.outlet)
    known: list[str] = _listed()[listed]["domains"] if listed else []
    return known[0] if known else re.sub("[^a-z]", "", agency_of(story).lower()) + ".example"


def source_name(story: Document) -> str:
    """The name of a story's outlet as prose tells it, without its article."""
    return agency_of(story).removeprefix("The ")


def desk(outlet: Outlet, random: Random) -> str:
    """A byline that names nobody."""
    return random.choice(("admin", "Staff", "Editor", outlet.name, f"{outlet.name} Desk"))


def credited(story: Document, text: Text) -> Text:
    """With the story's dateline before its first words, where it stood beside the text."""
    if not story.dateline or story.text.startswith(story.dateline):
        return text
    return ((*own_text(f"{story.dateline} —")[0], *text[0]), *text[1:])


def with_dateline(story: Document) -> Document:
    """A story with its dateline beside the text, also where it stands in it; for a story that has none a short one."""
    told = _DATELINE.match(story.text)
    if story.dateline and not story.text.startswith(story.dateline):
        return story
    return replace(story, dateline=told[0].rstrip(" -–—_") if told else f"({agency_of(story)})", text="")


def uncredited(text: str) -> Text:
    """A text without the agency's dateline and credit."""
    return read_text(_CREDIT.sub("", _DATELINE.sub("", text)) or text)


def credits_agency(text: Text, byline: str | None, story: Document) -> bool:
    """Whether a dateline or a credit line of what is shown of a story, or the byline, names an agency."""
    written = write_text(text)
    told = _DATELINE.search(written) or _CREDIT.search(written)
    return bool(told) or agency_of(story).removeprefix("The ") in (byline or "")


def headline_of(story: Document) -> str:
    """Its title, else its first words."""
    return story.title or " ".join(story.text.split()[:9])


def new_headline(story: Document, random: Random) -> str:
    """Its headline with something before it, cut short, or the other way round."""
    words = headline_of(story).split()
    half = max(3, len(words) // 2)
    before = random.choice(("Report: ", "Update: ", "What to know: ", "Explainer: "))
    return random.choice(
        (before + " ".join(words), " ".join(words[:half]), " ".join([*words[half:], "-", *words[:half]]))
    )


def round_up_headline(parts: int, random: Random) -> str:
    """A headline for so many stories."""
    return f"{random.choice(('Morning briefing', 'The day in brief', 'Evening digest'))}: {parts} stories to read now"


def tags(text: str, random: Random) -> list[str]:
    """One to five of a text's capitalised words, or a general one."""
    names = sorted(set(re.findall(r"(?<=[a-z,] )[A-Z][a-z]{3,}", text)))
    return random.sample(names, min(len(names), random.randint(1, 5))) or ["News"]


def metadata_line(outlet: Outlet, facts: Facts, category: str) -> str:
    """The line of date, source and category, whose fields are glued together."""
    when = datetime.fromisoformat(facts.published).strftime("%Y-%m-%d %H:%M:%S")
    return f"{when}source:{(facts.byline or outlet.name).removeprefix('By ')}category:{category}"


def tag_list(tags: Sequence[str], random: Random) -> str:
    """The tags one below the other, or on one line."""
    if random.random() < 0.5:
        return "    In:\n" + "\n".join(f"  • {tag}" for tag in tags)
    return f"In: • {' • '.join(tags)}"


@cache
def _listed() -> dict[str, dict[str, Any]]:
    agencies = json.loads(files("dedup").joinpath("data/agencies.json").read_text(encoding="utf-8"))["agencies"]
    return {agency["id"]: agency for agency in agencies}


_AGENCIES = {"AP": "The Associated Press"}
_DATELINE = re.compile(r"^(?:[A-Z][^()\n]{0,60})?\(([A-Z][^()\n]{1,30})\)\s*[-–—_]+\s*", re.MULTILINE)
_CREDIT = re.compile(
    r"\s*\((?:Additional |Further )?(?:Reporting|Writing|Editing|Compiled) by [^()]*\)\s*\Z"
    r"|^(?:By (?:The )?[A-Z].{0,40}|Copyright .{0,40}\.|.{0,40} contributed to this report\.)\n\s*"
    r"|\n\s*(?:Copyright .{0,40}\.|.{0,40} contributed to this report\.)\s*\Z"
)


def _syllables(random: Random, count: int) -> str:
    return "".join(random.choice("bdfghklmnprstvz") + random.choice("aeiou") + random.choice(["", *"nrlx"])
                   for _ in range(count)).capitalize()  # fmt: skip
