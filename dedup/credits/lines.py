"""Where a text is looked at: its first lines and its last."""

from __future__ import annotations

import re
from itertools import islice

Line = tuple[int, str]

HEAD_CHARS = 400
TAIL_CHARS = 800
# Scraped pages have menus and captions on top.
TOP_CHARS = 1500
TOP_LINES = 16
LINE_CHARS = 140
# Fields remembered: an outlet's pages have few.
FIELDS = 4096

_LINE = re.compile(r"\S[^\n]*")


def head_lines(text: str) -> list[Line]:
    """The first lines that are not blank, each with where it starts."""
    top = islice(_LINE.finditer(text[: TOP_CHARS + LINE_CHARS]), TOP_LINES)
    return [(line.start(), line[0].rstrip()) for line in top]


def tail_lines(text: str) -> list[Line]:
    """The last lines that are not blank; the first of them may be cut."""
    return [(line.start(), line[0].rstrip()) for line in _LINE.finditer(text, max(0, len(text) - TAIL_CHARS))]
