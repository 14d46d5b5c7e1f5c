"""Who copied whom: a weighted verdict from small named pieces of evidence, never a comparison of dates alone.

Each piece looks at an ordered pair, "``copy`` was taken from ``source``", and speaks for it with a weight and a
sentence, or keeps silent. A verdict weighs both orders against each other. The weights are set by hand, ranked by how
hard the evidence is to come by honestly; they are fitted to nothing, so ``confidence`` ranks and is no frequency.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, Protocol, TypeAlias

from dedup.model import EditKind

# A verdict needs this much more for one side. One date, one site's word against another's, is less (0.5): dates lie.
DECIDED = 1.0
# Evidence this strong on both sides is a conflict, whichever is stronger.
STRONG = 2.0
# Letters of a name worth looking for, and letters that may stand beside it in what was put in.
NAME_LETTERS, BESIDE_NAME = 4, 25
# The ASCII characters that are no letters or digits, to be dropped.
_ASCII_MARKS = {code: None for code in range(128) if not chr(code).isalnum()}


@dataclass(frozen=True, slots=True)
class Source:
    """What is known of who published a document, as far as it tells who copied.

    ``names`` are the outlet's own names as bare letters; ``agency`` is the entry in the list of agencies that the
    outlet is, and ``is_agency`` whether that is a news agency (a paper that syndicates is listed, but is none);
    ``credits`` are (entry or None, name) of whom the text credits; ``canonical`` is the address it calls the true one.
    """

    names: tuple[str, ...] = ()
    outlet: str | None = None
    agency: str | None = None
    is_agency: bool = False
    credits: tuple[tuple[str | None, str], ...] = ()
    url: str | None = None
    canonical: str | None = None
    published: str | None = None
    crawled: str | None = None


class Change(Protocol):
    """What evidence reads of an ``Edit``."""

    @property
    def kind(self) -> EditKind: ...
    @property
    def a_text(self) -> str: ...
    @property
    def b_text(self) -> str: ...


class Turned(NamedTuple):
    """A change read from b to a."""

    kind: EditKind
    a_text: str
    b_text: str


@dataclass(frozen=True, slots=True)
class Seen:
    """A match seen from the copy: ``edits`` go from source to copy.

    ``of_source`` is the part of the source's body that is shared; ``copy_is_cut`` says that the copy's body is a part
    of the source's story and nothing else.
    """

    edits: Sequence[Change]
    of_source: float
    copy_is_cut: bool


# The match of two documents of one house, where nobody looks at it.
UNSEEN = Seen((), 0.0, False)


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason to hold that the copy was taken from the source. ``names_source``: it says from whom, too."""

    weight: float
    sentence: str
    names_source: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Which of ``a`` and ``b`` is the copy, how sure, and why; ``None``: nobody can tell."""

    copy: Literal["a", "b"] | None
    confidence: float
    reasons: tuple[str, ...]
    names_source: bool


Piece: TypeAlias = Callable[[Source, Source, Seen], Evidence | None]


def decide(a: Source, b: Source, from_a: Seen, from_b: Seen, called: tuple[str, str]) -> Verdict:
    """Weigh "b copied a" (``from_a``) against "a copied b" (``from_b``); ``called`` names the two in the reasons.

    Where both sides have strong evidence, or neither has enough, nobody is named, and the reasons of both are given.
    """
    for_b, for_a = gather(b, a, from_a), gather(a, b, from_b)
    score_b, score_a = sum(e.weight for e in for_b), sum(e.weight for e in for_a)
    margin = abs(score_b - score_a)
    if min(score_a, score_b) >= STRONG or margin < DECIDED:
        return Verdict(None, _confidence(margin) / 2, both_sides(for_a, for_b, called), False)
    chosen = for_b if score_b > score_a else for_a
    reasons = tuple(e.sentence for e in sorted(chosen, key=lambda e: -e.weight))
    named = any(e.names_source for e in chosen)
    return Verdict("b" if score_b > score_a else "a", _confidence(margin), reasons, named)


def gather(copy: Source, source: Source, seen: Seen) -> list[Evidence]:
    """All the evidence that ``copy`` was taken from ``source``; empty where there is none.

    Inside one house only its own dates count: a later version adds, drops and mends as it likes.
    """
    pieces = (first_seen, dated_later) if same_house(copy, source) else PIECES
    return [found for piece in pieces if (found := piece(copy, source, seen)) is not None]


def letters(name: str) -> str:
    """A name as bare case-folded letters and digits, without a leading article: how names are compared."""
    if name.isascii():
        bare = name.lower().translate(_ASCII_MARKS)
    else:
        bare = "".join(c for c in unicodedata.normalize("NFKC", name).casefold() if c.isalnum())
    return bare[3:] if bare.startswith("the") and len(bare) > 6 else bare


def own_name(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's outlet put its own name into sentences that the source has without it. An agency's stories name it as
    they are ("told Reuters"), and copies take that out."""
    added = [] if copy.is_agency else [edit.b_text for edit in seen.edits if _has_name(edit, copy.names)]
    if not added:
        return None
    times = "once" if len(added) == 1 else f"{len(added)} times"
    said = " ".join(added[0].split())
    return Evidence(4.0 if len(added) == 1 else 5.0, f"its own name, “{said}”, was put into the prose {times}")


def lost_spaces(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """Words are glued together where the source has a space: links were taken out."""
    glued = [e for e in seen.edits if e.kind == "respaced" and len(e.b_text.split()) < len(e.a_text.split())]
    if not glued:
        return None
    shown = glued[0].b_text if glued[0].kind == "respaced" else f"{glued[0].b_text}…"
    return Evidence(
        min(1.0 + 0.5 * len(glued), 2.5), f"{_times(len(glued), 'space')} lost, as in “{' '.join(shown.split())}”"
    )


def credits_source(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's dateline, byline or notice names the source's outlet."""
    for agency, name in copy.credits:
        same_agency = agency is not None and agency == source.agency and agency != copy.agency
        if same_agency or (letters(name) in source.names and letters(name) not in copy.names):
            return Evidence(3.5, f"it credits {name}, which published the other", names_source=True)
    return None


def source_credits_itself(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The source's text carries its own outlet's name as the credit, and the copy's outlet is another."""
    for agency, name in source.credits:
        own = letters(name) in source.names or (agency is not None and agency == source.agency)
        if own and letters(name) not in copy.names and (agency is None or agency != copy.agency):
            return Evidence(2.0, f"the other is signed by {name}, its own outlet", names_source=True)
    return None


def source_is_agency(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The source is a news agency's own page, the copy is not. A page that credits another agency is nobody's own."""
    own = all(agency == source.agency or letters(name) in source.names for agency, name in source.credits)
    if not source.is_agency or copy.is_agency or not own:
        return None
    return Evidence(3.0, f"the other was published by a news agency, {source.outlet}", names_source=True)


def canonical_elsewhere(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy's page names an address of the source's outlet as the true one."""
    if not copy.canonical or not (host := _host(copy.canonical)) or host == _host(copy.url or ""):
        return None
    if copy.canonical == source.url or (source.outlet and _belongs(host, source.outlet)):
        return Evidence(3.5, f"its page says that the true address is at {host}", names_source=True)
    return None


def only_source_credited(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The source says whom it has the story from, the copy has taken that out."""
    if copy.credits or not source.credits or copy.agency:
        return None
    return Evidence(1.0, f"the other credits {source.credits[0][1]}, it credits nobody")


def cut_short(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy has nothing but a part of the source's story."""
    if not seen.copy_is_cut:
        return None
    return Evidence(1.2, f"it has {seen.of_source:.0%} of the other's story and little else")


def first_seen(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy was first crawled later."""
    if not _is_later(_day(copy.crawled), _day(source.crawled)):
        return None
    return Evidence(0.6, f"it was first seen later ({_day(copy.crawled)}, the other {_day(source.crawled)})")


def dated_later(copy: Source, source: Source, seen: Seen) -> Evidence | None:
    """The copy claims a later date. Counts little between outlets, since mirrors backdate; much inside one."""
    if not _is_later(copy.published, source.published):
        return None
    same = same_house(copy, source)
    return Evidence(3.0 if same else 0.5, f"it is dated later ({copy.published}, the other {source.published})")


PIECES: tuple[Piece, ...] = (
    own_name,
    canonical_elsewhere,
    credits_source,
    source_is_agency,
    source_credits_itself,
    lost_spaces,
    cut_short,
    only_source_credited,
    first_seen,
    dated_later,
)


def same_house(a: Source, b: Source) -> bool:
    """Whether two documents come from one outlet or one agency; unknown outlets are never the same."""
    if a.agency is not None and a.agency == b.agency:
        return True
    return a.outlet is not None and b.outlet is not None and a.outlet.casefold() == b.outlet.casefold()


def turned(edits: Iterable[Change]) -> tuple[Turned, ...]:
    """A match's edits read from b to a."""
    kinds: dict[EditKind, EditKind] = {"inserted": "dropped", "dropped": "inserted"}
    return tuple(Turned(kinds.get(e.kind, e.kind), e.b_text, e.a_text) for e in edits)


def _confidence(margin: float) -> float:
    return round(1 / (1 + math.exp(-margin)), 3)


def both_sides(for_a: list[Evidence], for_b: list[Evidence], called: tuple[str, str]) -> tuple[str, ...]:
    """The sentences of the evidence for either as the copy."""
    if not for_a and not for_b:
        return ("nothing tells which came first",)
    sides = ((called[0], for_a), (called[1], for_b))
    return tuple(f"for {name} as the copy: {e.sentence}" for name, side in sides for e in side)


def _has_name(edit: Change, names: tuple[str, ...]) -> bool:
    """Whether what was added is a name and little else: an outlet's own paragraph may speak of it, too."""
    if edit.kind not in ("inserted", "replaced"):
        return False
    added = letters(edit.b_text)
    fitting = (name for name in names if len(name) >= NAME_LETTERS and len(added) <= len(name) + BESIDE_NAME)
    found = [name for name in fitting if name in added]
    was = letters(edit.a_text) if found else ""
    return any(name not in was for name in found)


def _times(count: int, thing: str) -> str:
    return f"1 {thing} is" if count == 1 else f"{count} {thing}s are"


def _host(url: str) -> str:
    found = re.match(r"https?://(?:www\.)?([^/?#:]+)", url.strip(), re.IGNORECASE)
    return found.group(1).lower() if found else ""


def _belongs(host: str, outlet: str) -> bool:
    return host == outlet.lower() or host.endswith("." + outlet.lower())


def _is_later(one: str | None, other: str | None) -> bool:
    """Later beyond the coarser precision of the two; dates of which only one has a zone are compared by day."""
    if not one or not other:
        return False
    dates = [date.removesuffix("+00:00") for date in (one, other)]
    upto = min(map(len, dates)) if ("+" in one) == ("+" in other) else len("2000-01-01")
    return dates[0][:upto] > dates[1][:upto]


def _day(date: str | None) -> str:
    return (date or "")[:10]
