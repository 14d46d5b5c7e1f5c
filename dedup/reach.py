"""From where to where the body of a page stands, and whether what it shares with another lies there at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TypeAlias

from dedup.facts import Facts, Mask, Pair, Shared, Stretch, ends
from dedup.model import Span

# From where to where the tokens of a body stand.
Reach: TypeAlias = tuple[int, int]


def reach(body: Mask) -> Reach:
    """From where to where the tokens of a body stand; nowhere where there is none."""
    first = int(body.argmax()) if body.size else 0
    return (first, body.size - int(body[::-1].argmax())) if body.size and body[first] else (0, 0)


def reaches_of(facts: Mapping[int, Facts], pairs: Iterable[Pair]) -> dict[int, Reach]:
    """The reach of the body of each document of pairs."""
    return {number: reach(facts[number].body) for number in ends(pairs)}


def may_copy(a: Reach, b: Reach, match: Shared) -> bool:
    """Whether what two pages share may count on both sides, by the reaches of their bodies: if not, neither is a copy
    of the other, nor quotes it."""
    passages = match.passages
    return any(_meets(p.a_tokens, a) for p in passages) and any(_meets(p.b_tokens, b) for p in passages)


def is_furniture(a: Reach, b: Reach, passages: Iterable[Stretch]) -> bool:
    """Whether nothing of what two pages share stands between the ends of either body: it means nothing."""
    return not any(_meets(p.a_tokens, a) or _meets(p.b_tokens, b) for p in passages)


def _meets(span: Span, reach: Reach) -> bool:
    return span.start < reach[1] and reach[0] < span.end
