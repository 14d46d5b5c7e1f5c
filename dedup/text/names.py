"""An outlet's own name in its prose, glued to the word behind it."""

from __future__ import annotations

import re

# Shorter names are in too many words: "The Sun" is in "The Sunday".
NAME_LETTERS = 8


def glued_names(text: str, name: str | None) -> list[tuple[int, int, str]]:
    """Where a name stands glued to the word behind it: start, end of the name, and the rest of the word."""
    if name is None or len(name) < NAME_LETTERS or name not in text:
        return []
    return [(found.start(), found.end(), found[1]) for found in re.finditer(rf"(?<!\w){re.escape(name)}(\w{{2,}})", text)]
