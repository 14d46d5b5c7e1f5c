"""Who a text says it comes from: datelines, bylines, credit lines and notices that name a wire agency.

Precision before recall: a wrong credit turns an answer round, a missed one leaves it to other evidence. So prose that
names an agency, captions and "... contributed to this report" are no credits. Only head and tail are looked at.

What agencies are called and how they sign is data (``data/agencies.json``); the modules here know shapes only.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from dedup.credits.bylines import byline_field, bylines
from dedup.credits.datelines import dateline_field, datelines
from dedup.credits.endings import copyrights, endings, marks
from dedup.credits.lines import head_lines
from dedup.credits.listed import Credit, How, known

__all__ = ["Credit", "How", "agency_kind", "agency_of_outlet", "every_credit", "find_credits", "first_credits"]


def find_credits(
    text: str,
    byline: str | None = None,
    dateline: str | None = None,
    opens_story: Callable[[int], bool] | None = None,
) -> tuple[Credit, ...]:
    """The agencies that ``text`` and its fields credit: datelines first, then bylines, credits, notices.

    ``opens_story`` says of a place behind a dateline whether the page's own story goes on there: a teaser's dateline is
    no credit. Each agency stands once, with its first credit; no credit gives an empty tuple. It does not promise to
    find every credit, and a credit is no proof: outlets leave an agency's dateline on stories they rewrote.
    """
    return first_credits(every_credit(text, byline, dateline), opens_story)


def every_credit(text: str, byline: str | None = None, dateline: str | None = None) -> tuple[Credit, ...]:
    """As ``find_credits``, but an agency's further credits, too."""
    lines, marked = head_lines(text), marks(text)
    found = [*datelines(lines), *marked["dateline"], *dateline_field(dateline or "")]
    found += [*bylines(lines), *byline_field(byline or "")]
    return (*found, *endings(text), *marked["credit"], *copyrights(text), *marked["notice"])


def first_credits(found: Iterable[Credit], opens_story: Callable[[int], bool] | None = None) -> tuple[Credit, ...]:
    """The first credit of each agency among all of a text, as ``find_credits`` tells them."""
    first: dict[str, Credit] = {}
    for credit in found:
        told = credit.agency or credit.name
        if told in first:
            continue
        teased = opens_story and credit.how == "dateline" and len(credit.span) and not opens_story(credit.span.end)
        if not teased:
            first[told] = credit
    return tuple(first.values())


def agency_of_outlet(outlet: str | None) -> str | None:
    """The id of the agency whose domain (or a subdomain of it) or name ``outlet`` is; ``None`` otherwise."""
    listed = known()
    host = (outlet or "").strip().casefold()
    above = (listed.domains.get(domain) for domain in _domains(host))
    return next(filter(None, above), None) or listed.exactly(outlet or "")


def _domains(host: str) -> Iterator[str]:
    """A host and the domains above it, the highest first."""
    at = host.rfind(".")
    while at >= 0:
        yield host[at + 1 :]
        at = host.rfind(".", 0, at)
    yield host


def agency_kind(agency: str) -> str:
    """What the list calls an id: "agency", "syndicator", "pr" (press releases).

    Raises ``KeyError`` for an id that is not in the list.
    """
    return known().kinds[agency]
