"""Hostile strings made plain: texts keep their characters, names lose what no reader should see.

Every pattern here runs in linear time: the strings come from strangers.
"""

from __future__ import annotations

import html
import re
from itertools import islice

MAX_TEXT_BYTES = 5_000_000
SURROGATES = re.compile("[\ud800-\udfff]")
CONTROLS = dict.fromkeys((*range(0x20), *range(0x7F, 0xA0)))


def words(names: str) -> tuple[str, ...]:
    """The names in a text: tables of names read better without quotes."""
    return tuple(names.split())


# What scrapers leave of HTML in plain text; never rendered.
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


class Refused(Exception):
    """A record that cannot become a document; its text is the reason, without the place."""


def clean_text(text: str) -> str:
    """A text as it is stored: line feeds only, no NUL, no lone surrogate, no ``&quot;``, else unchanged.

    Raises :class:`Refused` when nothing is left, or when it is longer than 5,000,000 bytes.
    """
    if len(text) * 4 > MAX_TEXT_BYTES:
        size = len(text.encode("utf-8", "replace"))
        if size > MAX_TEXT_BYTES:
            raise Refused(f"text of {size:,} bytes is longer than the {MAX_TEXT_BYTES:,} allowed")
    text = without_surrogates(_REFERENCE.sub(_unescaped, text) if "&" in text else text)
    # To look for one character takes a tenth of the time that replacing nothing does.
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "\x00" in text:
        text = text.replace("\x00", "")
    if not text or text.isspace():
        raise Refused("no text")
    return text


def _unescaped(reference: re.Match[str]) -> str:
    """The character that a reference means; what means none stays."""
    return html.unescape(reference[0]).replace("\r", "\n")


def clean_line(value: object) -> str | None:
    """A name, title or address on one line: spaces collapsed, control characters gone; ``None`` if nothing is left."""
    if isinstance(value, str) and value.isprintable() and "  " not in value:
        # As most are: only the spaces around it can go.
        return value.strip() or None
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        value = str(value)
    if not isinstance(value, str):
        return None
    line = " ".join(without_surrogates(value).split())
    return (line if line.isprintable() else line.translate(CONTROLS).strip()) or None


def without_surrogates(text: str) -> str:
    """Halves of a character, which no encoder accepts, become U+FFFD."""
    if not text.isascii():
        try:
            # Fails for half a character only, in a fifth of the time that a search takes.
            text.encode()
        except UnicodeEncodeError:
            return SURROGATES.sub("\ufffd", text)
    return text


# ---------------------------------------------------------------------------------------------------------------
# Markup inside a field.

_BLOCKS = frozenset(
    words(
        """
        address article aside blockquote body br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header
        hr html li main nav ol p pre section table tbody td th thead tr ul
        """
    )
)
_INLINE = frozenset(words("a abbr b cite code em font i mark q s small span strong sub sup time u"))
_HIDDEN = frozenset(words("script style template noscript head title"))
_ELEMENTS = _BLOCKS | _INLINE | _HIDDEN
_CLOSING = re.compile(r"</([a-zA-Z][a-zA-Z0-9]{0,15})\s?>")
_TAG = re.compile(r"<!--|-->|<(?P<slash>/?)(?P<name>[a-zA-Z][a-zA-Z0-9]{0,15})(?=[\s/>])[^<>]*>|<![^<>]*>")
_LONG_REFERENCE = re.compile(r"&#[xX]?[0-9a-fA-F]{9,};?")
_SPACES = re.compile(r"[^\S\n]+")
_AROUND_BREAK = re.compile(r" ?\n[ \n]*")


def is_markup(text: str) -> bool:
    """Whether a text holds more than one closed HTML element."""
    # Most texts hold no ``<``, and one character is found far sooner than two.
    if "<" not in text:
        return False
    return len(list(islice((m for m in _CLOSING.finditer(text) if m[1].lower() in _ELEMENTS), 2))) == 2


def strip_markup(text: str) -> str:
    """The text between the tags; blocks become lines; scripts, styles and comments go. Nothing is rendered.

    A pattern and not ``html.parser``, which needs quadratic time for some unclosed tags.
    """
    kept: list[str] = []
    hidden, end = "", 0
    for tag in _TAG.finditer(text):
        if not hidden:
            kept.append(text[end : tag.start()])
        end, name = tag.end(), (tag["name"] or "").lower()
        if not hidden and name in _BLOCKS:
            kept.append("\n")
        hidden = _hidden_after(hidden, tag[0], name, bool(tag["slash"]))
    if not hidden:
        kept.append(text[end:])
    plain = html.unescape(_LONG_REFERENCE.sub("\ufffd", "".join(kept)))
    return _AROUND_BREAK.sub("\n\n", _SPACES.sub(" ", plain)).strip()


def _hidden_after(hidden: str, tag: str, name: str, closes: bool) -> str:
    """What hides the text after a tag: a comment, the name of an element, or nothing."""
    if hidden:
        shown = tag == "-->" if hidden == "<!--" else closes and name == hidden
        return "" if shown else hidden
    if tag == "<!--":
        return tag
    return name if name in _HIDDEN and not closes and not tag.endswith("/>") else ""
