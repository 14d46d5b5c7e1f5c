"""How much two documents share of what counts: their bodies, without what stands in many unrelated stories.

Works on a *scene*: some documents and the matches between them. All masks are bool arrays over a document's tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dedup.boilerplate import boilerplate
from dedup.facts import Facts, Mask, Pair, Shared, Stretch, count
from dedup.model import Span
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
# A report that keeps another's sentences but not its figures is the next one of a series (markets, weather, scores),
# not a copy: with this many figures, less than this part of those that a copy would have kept, as much as this lost
# in a word, and this part of what is shared changed. ap1989's 137 versions told with .6 kept and .25 changed were
# read: these values take 10, all of them hourly market reports, auction results and sale notices, where .24 to .48 of
# the figures are changed and .036 a word or more are lost; of the others one, a series that loses .027, has over .2
# changed. Of Reuters' 2,460 links they take 8: six are the next month's or fortnight's report. Of outlets2018's they
# take none, with .025 lost one that is right. Of made mirrors with a fifth of the words replaced, figures among them,
# .982 are found instead of .990.
FIGURES, FIGURES_KEPT, FIGURES_LOST, FIGURES_CHANGED = 6, 0.75, 0.03, 0.23
# Words of body that must be shared for anything to be said.
LEAST_WORDS = 12
# Shared words of which less than this part lies in the body stand in furniture.
IN_BODY = 0.5

# What the other document sees where one sees this.
_MIRRORED: Mapping[Relation, Relation] = {"shows_teaser": "is_teased", "is_teased": "shows_teaser"}
_FIGURE, _DIGIT = re.compile(r"[^\W_]*[0-9][^\W_]*"), re.compile("[0-9]")


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A match as one of its documents, ``me``, sees it.

    ``mine`` and ``theirs`` are the parts of each counted body that are shared, ``words`` the counted words shared (the
    lesser of both sides), ``my_words`` those of my side, by which what I share with several is compared, ``counted``
    which of my tokens those are, ``spanned`` which stand inside the passages, body or not. ``match`` is as stored.
    """

    me: int
    other: int
    mine: float
    theirs: float
    words: int
    my_words: int
    counted: Mask
    spanned: Mask
    relation: Relation
    match: Shared


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """What a match takes of one document.

    ``words`` are equal words that count, ``part`` their part of all that count, ``counted`` and ``spanned`` as in
    ``View``; ``body_words`` of the body are spanned, ``in_body`` is the part of what is spanned that lies in the body.
    """

    words: int
    part: float
    counted: Mask
    spanned: Mask
    body_words: int
    in_body: float


@dataclass(frozen=True, slots=True, eq=False)
class Shares:
    """What a match makes of two documents, seen from ``a``: the relation, and the rule that decided."""

    a: Side
    b: Side
    words: int
    relation: Relation
    rule: str


def views_of(facts: Mapping[int, Facts], matches: Mapping[Pair, Shared]) -> dict[int, list[View]]:
    """The matches of the scene that mean something, as both their documents see them, in the order of the pairs."""
    foreign = {(a, b) for a, b in matches if not same_house(facts[a].source, facts[b].source)}
    plain = plain_bodies(facts, matches) if foreign else {}
    views: dict[int, list[View]] = {number: [] for number in facts}
    for pair in sorted(matches):
        a, b = facts[pair[0]], facts[pair[1]]
        if pair not in foreign and is_background(a.body_words, b.body_words, matches[pair].matched_words):
            continue
        # One house repeats its own notices: there everything counts.
        counts = [plain[n] if pair in foreign else facts[n].body for n in pair]
        for view in views_between(a, b, share(a, b, counts[0], counts[1], matches[pair]), matches[pair]):
            views[view.me].append(view)
    return views


def share(a: Facts, b: Facts, a_counts: Mask, b_counts: Mask, match: Shared, *, judged: bool = False) -> Shares:
    """What a match makes of two documents; the masks say which of their tokens count (``plain_bodies``).

    Where it is ``judged`` by a person that one is a copy of the other, however little and thin what they share is.
    """
    own = same_house(a.source, b.source)
    telling = [own or judged or is_telling(p) for p in match.passages]
    more = _more_words(match) / max(1, match.matched_words)
    more_a, more_b = 1 + max(0.0, more), 1 + max(0.0, -more)
    of_a = _side(a, a_counts, [(p.a_tokens, p.words * more_a) for p in match.passages], telling)
    of_b = _side(b, b_counts, [(p.b_tokens, p.words * more_b) for p in match.passages], telling)
    words = min(of_a.words, of_b.words)
    if judged:
        return Shares(of_a, of_b, words, "version" if own else "copy", "a person judged one a copy of the other")
    relation, rule = _relation(own, of_a, of_b, words)
    if relation in ("copy", "version", "passage"):
        fact, side = (a, of_a) if of_a.part >= of_b.part else (b, of_b)
        if lost := _lost_figures(fact, side, match):
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
    return {number: facts[number].body & ~plate for number, plate in boilerplate(facts, matches).items()}


def is_background(a_words: int, b_words: int, matched_words: int) -> bool:
    """Whether bodies of so many words, of one house, share too little to be versions, whatever part of it counts."""
    return matched_words < VERSION * min(a_words, b_words)


def views_between(a: Facts, b: Facts, shares: Shares, match: Shared) -> tuple[View, ...]:
    """A match as both its documents see it; none where it means nothing."""
    if shares.relation == "nothing":
        return ()
    of_b_relation = _MIRRORED.get(shares.relation, shares.relation)
    return (
        _view(a, shares.a, b, shares.b, shares.words, shares.relation, match),
        _view(b, shares.b, a, shares.a, shares.words, of_b_relation, match),
    )


def _view(me: Facts, mine: Side, other: Facts, theirs: Side, words: int, relation: Relation, match: Shared) -> View:
    return View(
        me.number, other.number, mine.part, theirs.part, words, mine.words, mine.counted, mine.spanned, relation, match
    )  # fmt: skip


def _more_words(match: Shared) -> int:
    """How many equal words the first text has more than the second, where spaces alone are lost: passages count the
    lesser. Of mirrors that lose every tenth space a coverage is then right to .00 that was .09 too low."""
    respaced = (edit for edit in match.edits if edit.kind == "respaced")
    return sum(len(edit.a_text.split()) - len(edit.b_text.split()) for edit in respaced)


def _side(fact: Facts, counts: Mask, passages: Iterable[tuple[Span, float]], telling: Iterable[bool]) -> Side:
    """Words equal (not merely spanned) among the tokens that count, in the passages that tell something."""
    spanned, told, words = np.zeros(len(counts), dtype=bool), np.zeros(len(counts), dtype=bool), 0.0
    for (span, equal), tells in zip(passages, telling, strict=True):
        spanned[span.start : span.end] = True
        if tells:
            told[span.start : span.end] = True
            words += count(counts[span.start : span.end]) * min(1.0, equal / len(span))
    part = min(1.0, words / max(1, count(counts)))
    in_body = count(spanned & fact.body)
    return Side(round(words), part, counts & told, spanned, in_body, in_body / max(1, count(spanned)))


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


def _lost_figures(fact: Facts, side: Side, match: Shared) -> str:
    """How many figures of a body were not taken over as its words were, where that tells a series; else empty.

    Boilerplate counts here, it has figures, too.
    """
    figures = fact.numbers & fact.body
    due = count(figures) * side.body_words / max(1, fact.body_words)
    if due < FIGURES:
        return ""
    # A figure is changed where another stands for it; what one side has beside (dates of a page, say) tells nothing.
    changed = sum(min(_figures(e.a_text), _figures(e.b_text)) for e in match.edits if e.a_text and e.b_text)
    kept = count(figures & side.spanned) - changed
    lost = kept < FIGURES_KEPT * due and due - kept >= FIGURES_LOST * side.body_words
    # What was left out with its paragraphs is not lost.
    left_out = kept > 0 and changed <= FIGURES_CHANGED * (changed + kept)
    return f"{max(0, kept)} of {round(due)}" if lost and not left_out else ""


def _figures(text: str) -> int:
    """How many words with a digit a text has; most edits have no digit, and are then not searched for words."""
    return len(_FIGURE.findall(text)) if _DIGIT.search(text) else 0
