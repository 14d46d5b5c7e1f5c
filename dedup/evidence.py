"""Evidence of who copied whom: small named pieces, each of which speaks for one order of two documents or is silent.

Each looks at an ordered pair, "``copy`` was taken from ``source``", and speaks for it with a strength, a sentence and
the characters that show it. What a piece weighs stands in ``verdict.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from dedup.addresses import host, is_other_site, same_page, same_site
from dedup.bylines import NOBODY, author_of
from dedup.dating import later, plausible
from dedup.model import Span
from dedup.seen import Change, Seen
from dedup.sources import Source, has_licence, letters

# Letters beside a bare name: an article, "'s".
BARE_LETTERS = 3
# That an outlet copies tells where this part of its page is shared: without this, three long pages of outlets2018 that
# have two sentences of a short one were told as its copies.
COPIED_PART = 0.5
# A name put in with words of a sentence tells less than a bare one: of 1,930 links of made mirrors with a name put in,
# the nine that were wrong had the source's own words ("told the Herald"), which the mirror took out.
NAMED_IN_A_SENTENCE = 0.25


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold that the copy was taken from the source, of a strength that is 1 unless it grows with what was
    found. ``names_source``: it says from whom, too. The spans are characters of the two texts that show it."""

    strength: float
    sentence: str
    names_source: bool = False
    copy_spans: tuple[Span, ...] = ()
    source_spans: tuple[Span, ...] = ()


Piece: TypeAlias = Callable[[Source, Source, Seen], Evidence | None]


# What stands in the text.


def own_name(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's outlet put its own name into sentences that the source has without it. An agency's stories name it as
    they are ("told Reuters"), and copies take that out; and where one outlet's name stands for the other's, either may
    have put it there. Of strength 1 for one bare name, 2 for three or more."""
    added = _names_added(copy, source, seen)
    if not added:
        return None
    names = sorted(copy.names, key=len, reverse=True)
    bare = [edit for edit in added if not _says_more(edit, names)]
    times = "once" if len(added) == 1 else f"{len(added)} times"
    said = " ".join((bare or added)[0].b_text.split())
    strength = min(0.5 + 0.5 * len(bare), 2.0) if bare else NAMED_IN_A_SENTENCE
    sentence = f"its own name, “{said}”, was put into the prose {times}"
    return Evidence(strength, sentence, copy_spans=tuple(edit.b for edit in added))


def name_glued(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's outlet put in its own name, and somewhere it is glued to the word behind: a machine put it there."""
    added = _names_added(copy, source, seen) if copy.glues_name else []
    if not added:
        return None
    said = " ".join(added[0].b_text.split())
    return Evidence(1.0, f"its own name, “{said}”, was put into the prose, glued to the word behind it")


def lost_spaces(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """Words are glued together where the source has a space: links were taken out. Of strength 1.5 for one, 2.5 for
    three or more."""
    respaced = [edit for edit in seen.edits if edit.kind == "respaced"]
    glued = [edit for edit in respaced if len(edit.b_text.split()) < len(edit.a_text.split())]
    if not glued:
        return None
    sentence = f"{_times(len(glued), 'space')} lost, as in “{' '.join(glued[0].b_text.split())}”"
    spans = tuple(edit.b for edit in glued), tuple(edit.a for edit in glued)
    return Evidence(min(1.0 + 0.5 * len(glued), 2.5), sentence, False, *spans)


def credits_source(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's dateline, byline or notice names the source's outlet, or its text tells it as its source."""
    for at, (agency, name) in enumerate(copy.credits):
        same_agency = agency is not None and agency == source.agency and agency != copy.agency
        if same_agency or (letters(name) in source.names and letters(name) not in copy.names):
            sentence = f"it credits {name}, which published the other"
            return Evidence(1.0, sentence, names_source=True, copy_spans=_shown(copy, at))
    for mention in copy.mentions:
        if any(mention.is_of(name) and name not in copy.names for name in source.names):
            sentence = f"it names {source.outlet}, which published the other, as its source"
            return Evidence(1.0, sentence, names_source=True, copy_spans=(mention.span,))
    return None


def source_credits_itself(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The source's text carries its own outlet's name as the credit, and the copy's outlet is another."""
    for at, (agency, name) in enumerate(source.credits):
        own = letters(name) in source.names or (agency is not None and agency == source.agency)
        if own and letters(name) not in copy.names and (agency is None or agency != copy.agency):
            sentence = f"the other is signed by {name}, its own outlet"
            return Evidence(1.0, sentence, names_source=True, source_spans=_shown(source, at))
    return None


def cut_short(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy has nothing but a part of the source's story."""
    if not seen.copy_is_cut:
        return None
    return Evidence(1.0, f"it has {seen.of_source:.0%} of the other's story and little else")


# What the page tells of itself.


def source_is_agency(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The source is a news agency's own page, the copy is not. A page that credits another agency is nobody's own."""
    own = all(agency == source.agency or letters(name) in source.names for agency, name in source.credits)
    if not source.is_agency or copy.is_agency or not own:
        return None
    return Evidence(1.0, f"the other was published by a news agency, {source.outlet}", names_source=True)


def licensed(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's outlet is on the list of those that publish the source's stories by licence, and not the other way."""
    if not copy.partner_of or not has_licence(copy.partner_of, source) or has_licence(source.partner_of, copy):
        return None
    return Evidence(1.0, f"its outlet publishes stories of {source.outlet} by licence, says the list of partners", True)


def names_address(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's page names an address of the source's outlet as the true one, or as what it was taken from; of
    strength 2 if it is the very page."""
    for address, said in ((copy.based_on, "it was taken from a page"), (copy.canonical, "the true address is")):
        if address and is_other_site(address, copy.url, copy.outlet):
            exact = source.url is not None and same_page(address, source.url)
            if exact or same_site(address, source.outlet):
                told = f"its page says that {said} at {host(address)}"
                return Evidence(2.0 if exact else 1.0, told, names_source=True)
    return None


def asks_not_listed(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's page asks search engines not to list it, as publishers ask those who print their stories; the source's
    does not. Many pages that nobody copied ask it, too."""
    if not copy.unlisted or source.unlisted:
        return None
    return Evidence(1.0, "its page asks search engines not to list it")


def byline_replaced(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """Somebody signs the source, and the copy's byline is "admin" or the outlet's own name; or the copy's text is still
    signed by the source's author, and its byline says another name."""
    if not source.byline or not copy.byline:
        return None
    author, told = author_of(source.byline), author_of(copy.byline)
    if not author or not told or _is_nobody(author, source) or letters(author) == letters(told):
        return None
    if _is_nobody(told, copy):
        return Evidence(1.0, f"it is signed “{told}”, the other by {author}")
    if letters(author) in map(letters, copy.signed):
        return Evidence(1.0, f"its byline is {told}, and the text is still signed by {author}, as the other is")
    return None


# When, and what the outlet does elsewhere.


def first_seen(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy was first crawled on a later day: an upper bound on when it was there, no more."""
    if not copy.crawled or not source.crawled:
        return None
    mine, theirs = copy.crawled[:10], source.crawled[:10]
    return Evidence(1.0, f"it was first seen later ({mine}, the other {theirs})") if later(mine, theirs) else None


def dated_later(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy claims a later date, beyond the precision of both, and both may be true. Counts little between outlets,
    since mirrors backdate; much inside one."""
    if not later(copy.published, source.published):
        return None
    if not plausible(copy.published, copy.crawled) or not plausible(source.published, source.crawled):
        return None
    return Evidence(1.0, f"it is dated later ({copy.published}, the other {source.published})")


def outlet_copies(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """What the two outlets' other pages showed: of strength by how much more often the copy's outlet copies."""
    copies = copy.habit if seen.of_copy >= COPIED_PART else min(0.0, copy.habit)
    if (more := copies - source.habit) <= 0:
        return None
    copying, copied = f"{house_name(copy)} is known to copy", f"{house_name(source)} to be copied"
    told = [copying] * (copies > 0) + [copied] * (source.habit < 0)
    return Evidence(more, f"from their other pages, {' and '.join(told)}")


def _is_nobody(author: str, source: Source) -> bool:
    bare = letters(author)
    return bare in NOBODY or bare in source.names


def house_name(source: Source) -> str:
    """What an outlet is called in a sentence."""
    return source.outlet or "its outlet"


def _names_added(copy: Source, source: Source, seen: Seen) -> list[Change]:
    """The changes that put the copy's outlet into the prose, but not where the source's own name stood."""
    if copy.is_agency or not seen.edits:
        return []
    return seen.added(copy.names, source.names)


def _says_more(edit: Change, names: Iterable[str]) -> bool:
    """Whether a name, of some that are sorted, the longest first, was added in words of a sentence ("told the Herald"),
    as an outlet's own stories have it, and copies take it out; what mirrors put in is the bare name."""
    rest = letters(edit.b_text)
    for name in names:
        rest = rest.replace(name, "")
    return len(rest) > BARE_LETTERS and len(rest.removeprefix(letters(edit.a_text))) > BARE_LETTERS


def _shown(source: Source, at: int) -> tuple[Span, ...]:
    """Where a credit stands in the text; nowhere if it is from a field."""
    return tuple(span for span in source.credit_spans[at : at + 1] if len(span))


def _times(count: int, thing: str) -> str:
    return f"1 {thing} is" if count == 1 else f"{count} {thing}s are"
