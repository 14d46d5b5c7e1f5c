"""The list of agencies, in the shapes in which it is asked, and what a credit is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import chain, product
from typing import Any, Literal, NamedTuple

from dedup.model import Span

How = Literal["dateline", "byline", "credit", "notice"]

# How well the shape around a name tells that an agency is meant. PLAIN: it may be a word, a person, a party.
# SIGNED: the place is one for signatures ("Kilde: NTB"). SHAPED: nothing else looks like it, in whatever case.
Sureness = Literal[0, 1, 2]
PLAIN: Sureness = 0
SIGNED: Sureness = 1
SHAPED: Sureness = 2

# The marks that are looked for in the same part of a text: near its top, in its head, in its tail.
MARKED: tuple[tuple[How, ...], ...] = (("dateline",), ("notice",), ("credit", "notice"))

# Up to this length a name is known in its own case only: "By ANI", but not "By Ani".
SHORT = 4

# Letters at the end of a name that tell whether it may be listed at all.
ENDING = 3

_JOINTS = re.compile(
    r"\s*[/,&–;|+、，・]\s*|(?<=\S)-(?=\S)"
    r"|\s+(?:and|und|et|y|e|i|og|och|ja|ve|и|та|і|й|și|şi|dan|và|en|és|oraz|a|και|or|और|ও|এবং|اور)\s+|\s+و\s?"
)
_WORD = re.compile(r"[^\W\d_]+")
_DESK = re.compile(r"[a-zäöüæøå]{1,4}")


@dataclass(frozen=True, slots=True)
class Credit:
    """One credit. ``agency`` is an id of the list, or ``None`` for a name the list lacks; then ``name`` is as written.

    ``span`` covers the characters of the text that show it, and is empty at 0 where a field outside the text does.
    """

    agency: str | None
    name: str
    how: How
    span: Span


class Mark(NamedTuple):
    """What one agency alone writes, and as what it credits the agency."""

    how: How
    agency: str
    pattern: re.Pattern[str]


class Known:
    """The agencies by their names, tokens, domains and marks, and the words that stand around them."""

    def __init__(self, data: dict[str, Any]) -> None:
        listed = data["agencies"]
        self.shown: dict[str, str] = {agency["id"]: agency["name"] for agency in listed}
        self.kinds: dict[str, str] = {agency["id"]: agency["kind"] for agency in listed}
        self.domains: dict[str, str] = {domain: agency["id"] for agency in listed for domain in agency["domains"]}
        self.tokens: dict[str, str] = {token: agency["id"] for agency in listed for token in agency["dateline_tokens"]}
        self.words = {kind: frozenset[str](words) for kind, words in data["words"].items()}
        names = [(name, agency["id"]) for agency in listed for name in (agency["name"], *agency["credit"])]
        self._names = {_fold(name): id_ for name, id_ in names if len(name) > SHORT or not name.isascii()}
        self._any_case = {_fold(token): id_ for token, id_ in self.tokens.items()} | self._names
        self._longest = max(map(len, self._any_case))
        self._endings = frozenset(name[-ENDING:] for name in self._any_case)
        # the last letters of each last word: most words are passed by them
        self._last_letters = {name[place:] for name in self._endings for place in range(len(name) + 1)}
        self._marks = {hows: _marks(listed, hows) for hows in MARKED}
        self._rare = {hows: _by_rare(marks) for hows, marks in self._marks.items()}
        self._photo_mark = re.compile(either(data["words"]["photo_marks"]))
        # a line of words like "Source:" or "With information of" and names
        source, shared = either(data["words"]["source"]), either(data["words"]["with"])
        self.told = re.compile(
            r"[\s(（\[【<*•▶■◆/_–—-]{0,4}"
            rf"(?:(?:{source})(?:\s?[:：]\s?|\s[-–—]\s|\s)|(?:{shared})\s?[:：]?\s?)(.{{2,60}}?)[\s.)）\]】*_/]{{0,3}}$",
            re.IGNORECASE,
        )
        self._agency_words = frozenset(word for words in self.words["agency"] for word in words.split())
        self._called = {agency["id"]: (agency["name"], *agency["credit"]) for agency in listed}
        articles, agency_words = either(data["words"]["articles"]), either(data["words"]["agency"])
        self._article = re.compile(rf"(?:{articles})(?<=['’])|(?:{articles})\s", re.IGNORECASE)
        self._before = re.compile(rf"(?:{agency_words})[\s:]+(?=\S)", re.IGNORECASE)
        self._behind = re.compile(rf"[\s-]+(?:{agency_words})$", re.IGNORECASE)

    def exactly(self, written: str, sure: Sureness = PLAIN) -> str | None:
        """The agency with this name, in any case and spacing, or with this token, unless that is ambiguous."""
        written = " ".join(written.split())
        token = self.tokens.get(written)
        if token and (sure == SHAPED or written not in self.words["ambiguous" if sure == PLAIN else "many_meanings"]):
            return token
        if len(written) > self._longest * 2:
            return None
        return (self._any_case if sure == SHAPED else self._names).get(_fold(written))

    def named(self, written: str, sure: Sureness = PLAIN) -> str | None:
        """As ``exactly``, but an article and words like "news agency" may stand with the name, and make it surer."""
        found = self.exactly(written, sure)
        if found or len(written) > 60:
            return found
        article = self._article.match(written)
        bare = written[article.end() :] if article else written
        if self._agency_words.isdisjoint(bare.casefold().replace(":", " ").replace("-", " ").split()):
            return self.exactly(bare, sure) if article else None
        told = self._behind.sub("", self._before.sub("", bare, count=1))
        if told != bare:
            return self.exactly(told, max(sure, SIGNED))
        return self.exactly(bare, sure) if article else None

    def all_named(self, written: str, sure: Sureness = PLAIN) -> list[str]:
        """The agencies of ``AP`` or ``AP/Reuters``; none where a part is no agency, nor initials of a desk."""
        if whole := self.named(written, sure):
            return [whole]
        parts = [part.strip() for part in _JOINTS.split(written)]
        found = [self.named(part, sure) for part in parts] if len(parts) > 1 else []
        if not any(found):
            return []
        found = [agency or self.exactly(part, SHAPED) for agency, part in zip(found, parts, strict=True)]
        rest = [part for agency, part in zip(found, parts, strict=True) if not agency]
        if any(part not in self.words["desks"] and not ("/" in written and self._is_desk(part)) for part in rest):
            return []
        return [agency for agency in found if agency]

    def may_end(self, words: list[str]) -> bool:
        """Whether ``exactly`` may know the last of these words as a name, by its last letters, however it is spaced."""
        if _fold(words[-1])[-ENDING:] not in self._last_letters:
            return False
        last = _fold(" ".join(words[-ENDING:]))
        return len(last) < ENDING or any(last[-length:] in self._endings for length in range(1, ENDING + 1))

    def named_at_end(self, written: str) -> str | None:
        """The agency whose name ``written`` ends with where words are not parted: "Londonkyodo"."""
        ends = (written[-length:] for length in range(min(len(written), self._longest), 1, -1))
        return next((agency for end in ends if not end.isascii() and (agency := self.exactly(end, SHAPED))), None)

    def named_at_start(self, written: str) -> str | None:
        """The agency whose name ``written`` starts with where words are not parted."""
        starts = (written[:length] for length in range(min(len(written), self._longest), 1, -1))
        return next((agency for start in starts if (agency := self.exactly(start, SHAPED))), None)

    def marks_in(self, zone: str, hows: tuple[How, ...]) -> Iterator[Mark]:
        """The marks of one of ``MARKED`` that may be in ``zone``, as what every match has is in it."""
        by_rare, marks = self._rare[hows], self._marks[hows]
        maybe = chain.from_iterable(map(by_rare.__getitem__, filter(_rare(zone).__contains__, by_rare)))
        return chain.from_iterable(map(marks.__getitem__, filter(zone.__contains__, maybe)))

    def is_photo(self, written: str) -> bool:
        """Is there a word of photos and captions in ``written``?"""
        found = not self.words["photo"].isdisjoint(_WORD.findall(written.casefold()))
        return found or (not written.isascii() and bool(self._photo_mark.search(written)))

    def calls(self, agency: str, written: str) -> bool:
        """Does ``written`` have a name of ``agency`` in it?"""
        return any(map(written.__contains__, self._called[agency]))

    def credit(self, agency: str, how: How, span: Span) -> Credit:
        """A credit to an agency of the list."""
        return Credit(agency, self.shown[agency], how, span)

    def _is_desk(self, part: str) -> bool:
        return bool(_DESK.fullmatch(part)) and part not in self.words["photo"]


def either(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first, by their first letters: most are passed together."""
    by_first: dict[str, list[str]] = {}
    for word in sorted(words, key=len, reverse=True):
        by_first.setdefault(word[0], []).append(re.escape(word[1:]).replace(r"\ ", r"\s"))
    return "|".join(f"{re.escape(first)}(?:{'|'.join(rest)})" for first, rest in by_first.items())


def _fold(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).replace("ـ", "")
    return name.casefold().removeprefix("the ").translate(_DROPPED)


def _marks(listed: list[dict[str, Any]], hows: tuple[How, ...]) -> dict[str, list[Mark]]:
    """Marks by what every match has: looked for first, as it is found or missed a hundred times faster."""
    marks: dict[str, list[Mark]] = {}
    for agency, how in product(listed, hows):
        for has, pattern in agency["extra"].get(how, {}).items():
            marks.setdefault(has, []).append(Mark(how, agency["id"], re.compile(pattern)))
    return marks


def _by_rare(texts: Iterable[str]) -> dict[str, list[str]]:
    by_rare: dict[str, list[str]] = {}
    for text in texts:
        by_rare.setdefault(_rare(text), []).append(text)
    return by_rare


def _rare(text: str) -> str:
    """A text without the characters that most of it is made of. What is in a text is in so much of it, too."""
    return text.encode("utf-8", "replace").translate(None, _COMMON).decode("utf-8")


# Little of the head or tail of a story remains, in which most of what marks have is soon missed.
_COMMON = b"abcdefghijklmnopqrstuvwxyz0123456789 \n.,'\"-"
_DROPPED = {ord(char): None for char in " .‌'"}


@cache
def known() -> Known:
    """The list, read once."""
    return Known(json.loads(files("dedup").joinpath("data/agencies.json").read_text(encoding="utf-8")))
