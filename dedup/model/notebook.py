"""Values as a notebook shows them: a table of HTML in which every text is escaped, and nothing is a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

# Rows of a table; the rest is counted.
ROWS_SHOWN = 20


def table(caption: str, head: Sequence[str], rows: Sequence[Iterable[object]]) -> str:
    """A table of these rows, of which the first 20 are shown and the others counted; ``None`` is told as ``-``."""
    body = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in rows[:ROWS_SHOWN])
    more = len(rows) - ROWS_SHOWN
    if more > 0:
        body += f'<tr><td colspan="{len(head)}">and {more:,} more</td></tr>'
    names = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    return f"<table><caption>{escape(caption)}</caption><thead><tr>{names}</tr></thead><tbody>{body}</tbody></table>"


def _cell(value: object) -> str:
    return "-" if value is None else escape(f"{value:,}" if isinstance(value, int) else str(value))
