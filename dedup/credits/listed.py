"""The list of agencies, in the shapes in which it is asked, and what a credit is."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, get_args

from dedup.model import Span

How = Literal["dateline", "byline", "credit", "notice"]

# How well the shape around a name tells that an agency is meant. PLAIN: it may be a word, a person, a party.
# SIGNED: the place is one for signatures ("Kilde: NTB"). SHAPED: nothing else looks like it, in whatever case.
Sureness = Literal[0, 1, 2]
PLAIN: Sureness = 0
SIGNED: Sureness = 1
SHAPED: Sureness = 2

# Up to this length a name is known in its own case only: "By ANI", but not "By Ani".
SHORT = 4

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
        # by how, and whether the text is plain ASCII: then most of them cannot be in it
        self.marks = {(how, plain): _marks(listed, how, plain) for how in get_args(How) for plain in (False, True)}
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
        if self._agency_words.isdisjoint(re.split(r"[\s:-]+", bare.casefold())):
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

    def named_at_end(self, written: str) -> str | None:
        """The agency whose name ``written`` ends with where words are not parted: "Londonkyodo"."""
        ends = (written[-length:] for length in range(min(len(written), self._longest), 1, -1))
        return next((agency for end in ends if not end.isascii() and (agency := self.exactly(end, SHAPED))), None)

    def named_at_start(self, written: str) -> str | None:
        """The agency whose name ``written`` starts with where words are not parted."""
        starts = (written[:length] for length in range(min(len(written), self._longest), 1, -1))
        return next((agency for start in starts if (agency := self.exactly(start, SHAPED))), None)

    def is_photo(self, written: str) -> bool:
        """Is there a word of photos and captions in ``written``?"""
        found = not self.words["photo"].isdisjoint(_WORD.findall(written.casefold()))
        return found or (not written.isascii() and bool(self._photo_mark.search(written)))

    def calls(self, agency: str, written: str) -> bool:
        """Does ``written`` have a name of ``agency`` in it?"""
        return any(name in written for name in self._called[agency])

    def credit(self, agency: str, how: How, span: Span) -> Credit:
        """A credit to an agency of the list."""
        return Credit(agency, self.shown[agency], how, span)

    def _is_desk(self, part: str) -> bool:
        return bool(_DESK.fullmatch(part)) and part not in self.words["photo"]


def either(words: Iterable[str]) -> str:
    """A pattern for any of some words, the longest first."""
    return "|".join(re.escape(word).replace(r"\ ", r"\s") for word in sorted(words, key=len, reverse=True))


def _fold(name: str) -> str:
    if not name.isascii():
        name = unicodedata.normalize("NFKC", name).replace("ـ", "")
    return name.casefold().removeprefix("the ").translate(_DROPPED)


def _marks(listed: list[dict[str, Any]], how: str, plain: bool) -> list[tuple[str, str, re.Pattern[str]]]:
    """Agency, what every match has (looked for first, as it is found or missed a hundred times faster), and mark."""
    marks = [(agency["id"], has, mark) for agency in listed for has, mark in agency["extra"].get(how, {}).items()]
    return [(id_, has, re.compile(mark)) for id_, has, mark in marks if has.isascii() or not plain]


_DROPPED = {ord(char): None for char in " .‌'"}


@cache
def known() -> Known:
    """The list, read once."""
    return Known(json.loads(files("dedup").joinpath("data/agencies.json").read_text(encoding="utf-8")))
