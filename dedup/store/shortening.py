"""How rows of earlier stores are put more shortly, as functions for their migration."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping


def _short_edits(edits: str) -> str:
    """A mark for the kind; where an edit ends only if its words do not tell."""
    marks, rows = {"inserted": "+", "dropped": "-", "replaced": "/", "respaced": "~"}, []
    for kind, a, a_end, b, b_end, one, two in json.loads(edits):
        ends = () if (a_end, b_end) == (a + len(one), b + len(two)) else (a_end, b_end)
        rows.append([marks[kind], a, b, one, two, *ends])
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


def _short_changes(changes: str) -> str:
    """Counts without their names, nor the noughts at the end."""
    counts = list(json.loads(changes).values())
    while counts and not counts[-1]:
        counts.pop()
    return json.dumps(counts, separators=(",", ":"))


def _short_evidence(evidence: str, reasons: str) -> str:
    """Reasons without the names of their fields; for a sentence that is told its place."""
    told = json.loads(reasons)
    rows = [list(one.values()) for one in json.loads(evidence)]
    for row in rows:
        row[2] = told.index(row[2]) if row[2] in told else row[2]
        while row[-1] == []:
            row.pop()
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":"))


SHORT: Mapping[str, Callable[..., object]] = {
    "bytes_of": bytes.fromhex,
    "short_edits": _short_edits,
    "short_changes": _short_changes,
    "short_evidence": _short_evidence,
}
