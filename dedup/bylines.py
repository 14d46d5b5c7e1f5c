"""Who signs a page: the author that a byline names, whether that is anybody, and the lines of a text that sign it."""

from __future__ import annotations

import re
from functools import lru_cache

# Bylines that name nobody, as bare letters, in the languages of the sites that we saw them on.
NOBODY = frozenset(
    word
    for line in (
        "admin administrator author auteur autor autore contributor desk editor editors editorial editorialdesk",
        "editorialstaff editorialteam guest guestauthor newsdesk newseditor newsroom onlinedesk staff staffreport",
        "staffreporter staffwriter team unknown user webdesk webmaster webteam wpadmin",
        "redaccion redacción redacao redação redaktion redakcja redactie redazione redaction rédaction redaksi redakce",
    )
    for word in line.split()
)
HEAD_CHARS = 600
# Bylines remembered: a page's is asked of each page that it shares something with.
BYLINES = 4096
_BY = re.compile(r"^\s*(?:by|von|par|por|di|door|av|af)\s+", re.IGNORECASE)
_ENDS = re.compile(r"\s*(?:[,|/;·•]|\s[-–—]\s|\sand\s)")
_SIGNED = re.compile(r"(?m)^[ \t]{0,8}By[ \t]{1,4}(?=[A-Z])([^\n]{3,80})$")
# Words behind a name on the same line: an agency's, a paper's, a role.
_ROLE = re.compile(
    r"\s(?:the\s|associated press|ap\b|reuters|afp|staff|business|news|sports|political|special|contributing|writer|"
    r"reporter|editor|correspondent|washington|national|foreign).*$",
    re.IGNORECASE,
)


@lru_cache(maxsize=BYLINES)
def author_of(byline: str | None) -> str:
    """The first author of a byline as it is written, without "By" and what follows the name; empty for none.

    One that is an agency or a paper alone is no name and what follows it: it stands as it is.
    """
    told = _BY.sub("", (byline or "").strip()[:200])
    author = " ".join(_ENDS.split(told, maxsplit=1)[0].split())
    name = _ROLE.sub("", author)
    return author if name.casefold() == "the" else name


def signatures(text: str) -> tuple[str, ...]:
    """The authors in lines at the top of a text that are nothing but a signature: "By Ann Poe"."""
    if "By" not in text[:HEAD_CHARS]:
        return ()
    return tuple(author_of(line[1]) for line in _SIGNED.finditer(text, 0, HEAD_CHARS))
