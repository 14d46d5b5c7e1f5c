"""How much two documents share of what counts: their bodies, without what stands in many unrelated stories.

Works on a *scene*: some documents and the matches between them. All masks are bool arrays over a document's tokens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import compress, pairwise
from typing import Literal

from dedup.boilerplate import boilerplate
from dedup.facts import Facts, Mask, Pair, Shared, Stretch, count, foreign_pairs, region_of
from dedup.memory import Masks, Remembered
from dedup.model import Span
from dedup.reach import is_furniture, reach, reaches_of
from dedup.series import lost_figures
from dedup.sources import same_house

Relation = Literal["version", "copy", "passage", "shows_teaser", "is_teased", "nothing"]

# A copy has this part of one of the two bodies; below it a pair shares a passage (DESIGN, section 6: partial).
COPY = 0.3
# One outlet's own stories share background and formulas; its versions share half (ap1989: the hourly market reports
# share less, write-throughs more).
VERSION = 0.5
# Two reports of one event tell it in the same words here and there: passages thinner than this count only if they are
# long. Of outlets2018's pairs with a third in common, 0.75 drops half of the wrong ones (307 to 158) and 6 % of the
# right ones, all of them among the labels' "partial".
DENSE, LONG = 0.75, 150
# Words of body that must be shared for anything to be said.
LEAST_WORDS = 12
# Shared words of which less than this part lies in the body stand in furniture.
IN_BODY = 0.5

# What ties two documents to one story; what they share else is told of each by itself.
STORY: tuple[Relation, ...] = ("copy", "version", "passage")
TEASERS: tuple[Relation, ...] = ("shows_teaser", "is_teased")
APART: tuple[Relation, ...] = ("nothing",)

# What the other document sees where one sees this.
_MIRRORED: Mapping[str, Relation] = {"shows_teaser": "is_teased", "is_teased": "shows_teaser"}


@dataclass(frozen=True, eq=False)
class Side:
    """What a match takes of one document.

    ``words`` are equal words that count, ``part`` their part of all that count, ``body_words`` of the body are spanned,
    ``in_body`` is the part of what is spanned that lies in the body. ``counts`` are the tokens of the document that
    count, ``spans`` the passages, ``told`` those of them that tell something.
    """

    words: int
    part: float
    body_words: int
    in_body: float
    counts: Mask
    spans: Sequence[Span]
    told: Sequence[Span]

    @cached_property
    def counted(self) -> Mask:
        """The tokens that count and stand in passages that tell something, drawn when somebody asks."""
        return self.counts & region_of(len(self.counts), self.told)

    @cached_property
    def spanned(self) -> Mask:
        """The tokens that stand inside the passages, body or not."""
        return region_of(len(self.counts), self.spans)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A match as one of its documents, ``me``, sees it.

    ``side`` is what the match takes of me, ``theirs`` the part of the other's counted body that is shared, ``words``
    the counted words shared (the lesser of both sides). ``match`` is as stored.
    """

    me: int
    other: int
    side: Side
    theirs: float
    words: int
    relation: Relation
    match: Shared

    @property
    def mine(self) -> float:
        """The part of my counted body that is shared."""
        return self.side.part

    @property
    def my_words(self) -> int:
        """The counted words of my side, by which what I share with several is compared."""
        return self.side.words

    @property
    def counted(self) -> Mask:
        """Which of my tokens are counted."""
        return self.side.counted

    @property
    def spanned(self) -> Mask:
        """Which of my tokens stand inside the passages."""
        return self.side.spanned


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What a match makes of two documents, seen from ``a``: the relation, and the rule that decided."""

    a: Side
    b: Side
    words: int
    relation: Relation
    rule: str


class Measured:
    """Views of a scene's pairs, to be told again where neither the match nor what counts of the two is another."""

    def __init__(self) -> None:
        self.plain = Masks()
        self.views = Remembered[tuple[View, ...]]()


def views_of(
    facts: Mapping[int, Facts], matches: Mapping[Pair, Shared], before: Measured | None = None
) -> dict[int, list[View]]:
    """The matches of the scene that mean something, as both their documents see them, in the order of the pairs.

    ``before`` is what was measured of the same documents with other matches; what is measured now is added.
    """
    before = before or Measured()
    foreign = set(foreign_pairs(facts, matches))
    plain = {n: before.plain.same(n, mask) for n, mask in plain_bodies(facts, matches).items()} if foreign else {}
    reaches = reaches_of(facts, foreign)
    views: dict[int, list[View]] = {number: [] for number in facts}
    for pair in sorted(matches):
        a, b, match = facts[pair[0]], facts[pair[1]], matches[pair]
        if pair in foreign:
            if is_furniture(reaches[pair[0]], reaches[pair[1]], match.passages):
                continue
            counts = plain[pair[0]], plain[pair[1]]
        elif is_background(a.body_words, b.body_words, match.matched_words):
            continue
        else:  # One house repeats its own notices: there everything counts.
            counts = a.body, b.body
        for view in before.views(pair, (a.body, b.body, *counts, match), partial(_views, a, b, counts, match)):
            views[view.me].append(view)
    return views


def relation_between(a: Facts, b: Facts, match: Shared) -> Relation:
    """What a match makes of two documents, as ``a`` sees it, whatever else they match."""
    told = shares_between(a, b, match)
    return "nothing" if told is None else told.relation


def shares_between(a: Facts, b: Facts, match: Shared) -> Shares | None:
    """What a match makes of two documents by the boilerplate that is known of each; ``None`` where it means nothing."""
    if same_house(a.source, b.source):
        background = is_background(a.body_words, b.body_words, match.matched_words)
        return None if background else share(a, b, a.body, b.body, match)
    furniture = is_furniture(reach(a.body), reach(b.body), match.passages)
    return None if furniture else share(a, b, a.plain, b.plain, match)


def _views(a: Facts, b: Facts, counts: tuple[Mask, Mask], match: Shared) -> tuple[View, ...]:
    return views_between(a, b, share(a, b, *counts, match), match)


def share(a: Facts, b: Facts, a_counts: Mask, b_counts: Mask, match: Shared, *, judged: bool = False) -> Shares:
    """What a match makes of two documents; the masks say which of their tokens count (``plain_bodies``).

    Where it is ``judged`` by a person that one is a copy of the other, however little and thin what they share is.
    """
    own = same_house(a.source, b.source)
    telling = [own or judged or is_telling(p) for p in match.passages]
    more = _more_words(match) / max(1, match.matched_words)
    more_a, more_b = 1 + max(0.0, more), 1 + max(0.0, -more)
    equal = [passage.words for passage in match.passages]
    of_a = _side(a, a_counts, [p.a_tokens for p in match.passages], [words * more_a for words in equal], telling)
    of_b = _side(b, b_counts, [p.b_tokens for p in match.passages], [words * more_b for words in equal], telling)
    words = min(of_a.words, of_b.words)
    if judged:
        return Shares(of_a, of_b, words, "version" if own else "copy", "a person judged one a copy of the other")
    relation, rule = _relation(own, of_a, of_b, words)
    if relation in ("copy", "version", "passage"):
        fact, side = (a, of_a) if of_a.part >= of_b.part else (b, of_b)
        if lost := lost_figures(fact, side.body_words, side.spanned, match):
            relation, rule = "nothing", f"it keeps the sentences but not the figures ({lost}): the next of a series"
    return Shares(of_a, of_b, words, relation, rule)


def is_telling(passage: Stretch) -> bool:
    """Whether a passage between two houses is dense enough in one of the two texts: a copy may lack a paragraph.

    One house may reword its own: there every passage counts, however thin.
    """
    shorter, longer = sorted((len(passage.a_tokens), len(passage.b_tokens)))
    return passage.words >= DENSE * shorter or longer >= LONG


def plain_bodies(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, Mask]:
    """The tokens of each document that count between outlets: its body, without what is boilerplate in this scene."""
    return {number: facts[number].plain & ~plate for number, plate in boilerplate(facts, matches).items()}


def is_background(a_words: int, b_words: int, matched_words: int) -> bool:
    """Whether bodies of so many words, of one house, share too little to be versions, whatever part of it counts."""
    return matched_words < VERSION * min(a_words, b_words)


def views_between(a: Facts, b: Facts, shares: Shares, match: Shared) -> tuple[View, ...]:
    """A match as both its documents see it; none where it means nothing."""
    if shares.relation == "nothing":
        return ()
    of_b_relation = _MIRRORED.get(shares.relation, shares.relation)
    return (
        View(a.number, b.number, shares.a, shares.b.part, shares.words, shares.relation, match),
        View(b.number, a.number, shares.b, shares.a.part, shares.words, of_b_relation, match),
    )


def mirrored(relation: str) -> str:
    """What the other document sees where one sees this relation."""
    return _MIRRORED.get(relation, relation)


def _more_words(match: Shared) -> int:
    """How many equal words the first text has more than the second, where spaces alone are lost: passages count the
    lesser. Of mirrors that lose every tenth space a coverage is then right to .00 that was .09 too low."""
    respaced = (edit for edit in match.edits if edit.kind == "respaced")
    return sum(len(edit.a_text.split()) - len(edit.b_text.split()) for edit in respaced)


def _side(fact: Facts, counts: Mask, spans: Sequence[Span], equal: Sequence[float], telling: Sequence[bool]) -> Side:
    """Words equal (not merely spanned) among the tokens that count, in the passages that tell something."""
    told, words = list(compress(spans, telling)), 0.0
    for span, times in zip(told, compress(equal, telling), strict=True):
        words += count(counts[span.start : span.end]) * min(1.0, times / (span.end - span.start))
    part = min(1.0, words / max(1, fact.body_words if counts is fact.body else count(counts)))
    spanned, in_body = _within(fact.body, spans)
    return Side(round(words), part, in_body, in_body / max(1, spanned), counts, spans, told)


def _within(body: Mask, spans: Sequence[Span]) -> tuple[int, int]:
    """How many tokens the spans cover, and how many of them lie in the body."""
    if len(spans) > 1 and _overlap(spans):
        spanned = region_of(len(body), spans)
        return count(spanned), count(spanned & body)
    return sum(span.end - span.start for span in spans), sum(count(body[span.start : span.end]) for span in spans)


def _overlap(spans: Iterable[Span]) -> bool:
    ordered = sorted((span.start, span.end) for span in spans)
    return any(end > start for (_, end), (start, _) in pairwise(ordered))


def _relation(own: bool, mine: Side, theirs: Side, words: int) -> tuple[Relation, str]:
    """What a match makes of two documents, before their figures are looked at, and by which rule."""
    if (mine.in_body < IN_BODY) != (theirs.in_body < IN_BODY) and not _is_all(mine, theirs):
        told = "what is shared stands outside one page's own story and inside the other's"
        return "nothing" if own else "shows_teaser" if mine.in_body < IN_BODY else "is_teased", told
    if words < LEAST_WORDS:
        return "nothing", f"fewer than {LEAST_WORDS} words of both stories that count are shared"
    part = max(mine.part, theirs.part)
    if own:
        relation: Relation = "version" if part >= VERSION else "nothing"
        return relation, f"pages of one house are versions from {VERSION:.0%} of a story on"
    return "copy" if part >= COPY else "passage", f"a copy has {COPY:.0%} of a story or more"


def _is_all(mine: Side, theirs: Side) -> bool:
    """Whether the page in whose body the shared words do not lie has no other story: it is cut to a few sentences."""
    return (mine if mine.in_body < IN_BODY else theirs).part >= VERSION
