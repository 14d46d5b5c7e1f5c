"""Answers and comparisons as text for people. Pure: values in, lines out; no colour, so that nothing rests on it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict

from dedup.model import Answer, Document, Match, Publisher
from dedup.truth import Evaluation, Label, Mistake, Wrong
from dedup.views.comparison import LEAST_WIDTH, Told, changed_lines, comparison_lines, was_and_now
from dedup.views.lines import clean, lag, percent
from dedup.views.timeline import Dating, Timeline, line_of, timeline

__all__ = (
    "LEAST_WIDTH",
    "Dating",
    "Timeline",
    "Told",
    "answer_lines",
    "changed_lines",
    "clean",
    "comparison_lines",
    "group_rows",
    "lag",
    "line_of",
    "measure_rows",
    "measure_table",
    "mistake_lines",
    "percent",
    "publisher_row",
    "timeline",
    "was_and_now",
)

MISTAKE_WIDTH = 160
_WRONG: Mapping[Wrong, str] = {
    "missed": "Missed",
    "no copy": "Told, and no copy",
    "a teaser": "A teaser told as a copy",
    "another original": "Told, and not the original",
    "the other way": "The other way",
}


def answer_lines(answer: Answer) -> Iterator[str]:
    """The story's headline, its original and why; the publishers follow as a table."""
    if answer.story is None:
        yield f"Nobody else is known to have published {clean(answer.asked)}."
        return
    yield clean(answer.story.title or answer.story.stand_in)
    yield ""
    yield _original_line(answer)
    if answer.source not in (None, answer.original):
        yield f"Taken from: {_outlet_of(answer, answer.source)}{clean(answer.source or '')}"
    for reason in answer.reasons:
        yield f"  - {clean(reason)}"
    yield ""


def publisher_row(row: Publisher) -> dict[str, object]:
    """A publisher as the table shows it, below the page it was taken from; percent only here."""
    outlet = clean(row.outlet or "-")
    return {
        "role": row.role,
        "outlet": f"└{'──' * (row.depth - 1)} {outlet}" if row.depth else outlet,
        "published": (row.published or "-").replace("T", " ")[:16],
        "kind": row.kind or "-",
        "coverage": percent(row.coverage),
        "share": percent(row.share),
        "page": clean(row.id),
    }


def measure_rows(told: Evaluation) -> list[dict[str, object]]:
    """Every measure, of all that was judged and of each group, a row each."""
    groups = [("all", "", told.measures), *((group.by, group.name, group.measures) for group in told.groups)]
    return [
        {"by": by, "group": name, "measure": measure, **asdict(one)}
        for by, name, measures in groups
        for measure, one in measures.items()
    ]


def measure_table(told: Evaluation) -> list[dict[str, object]]:
    """The measures of all that was judged, for people: with the interval that holds them 95 times in 100."""
    return [
        {
            "measure": name,
            "value": _score(one.value),
            "low": _score(one.low),
            "high": _score(one.high),
            "of": one.of or "-",
        }
        for name, one in told.measures.items()
    ]


def group_rows(told: Evaluation, by: str) -> list[dict[str, object]]:
    """The groups of one sort, a row each, with their measures side by side and how many were judged."""
    return [
        {by: group.name, "judged": max(one.of for one in group.measures.values())}
        | {name: _score(one.value) for name, one in group.measures.items()}
        for group in told.groups
        if group.by == by
    ]


def mistake_lines(
    mistake: Mistake, copy: Document, original: Document | None, shared: tuple[Match, Told] | None
) -> Iterator[str]:
    """A mistake to be read: what is wrong, what was told and what is true, then what the two texts share."""
    yield "=" * MISTAKE_WIDTH
    yield f"{_WRONG[mistake.wrong]}: {clean(mistake.copy)} and {clean(mistake.original or 'an absent original')}"
    label, link = mistake.label, mistake.told
    yield f"true: {_true(label)}"
    if link is not None:
        told = f"{clean(link.copy)} from {clean(link.original or 'an absent original')}"
        parts = f"coverage {percent(link.coverage)}, share {percent(link.share)}, {link.matched_words} words"
        yield f"told: {link.kind}, {told}, {parts}, direction {link.direction}"
        yield from (f"  - {clean(reason)}" for reason in link.reasons)
    yield ""
    if original is None:
        yield f"A  {clean(copy.title or copy.id)}  ({clean(copy.outlet or copy.id)})"
    elif shared is None:
        yield "They share no passage."
    else:
        yield from comparison_lines(original, copy, *shared, MISTAKE_WIDTH)
    yield ""


def _score(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"


def _true(label: Label | None) -> str:
    if label is None:
        return "no label tells of them"
    kind = label.kind or "one story"
    return kind if label.coverage is None else f"{kind}, coverage {percent(label.coverage)}"


def _original_line(answer: Answer) -> str:
    # nobody is ever quite sure
    sure = f" ({percent(min(0.99, answer.confidence))} sure)" if answer.confidence is not None else ""
    if answer.direction == "absent":
        return f"Original: {clean(answer.agency or 'unknown')}, not in the corpus{sure}"
    if answer.original is None:
        return "Original: unknown"
    return f"Original: {_outlet_of(answer, answer.original)}{clean(answer.original)}{sure}"


def _outlet_of(answer: Answer, id: str | None) -> str:
    row = next((row for row in answer.publishers if row.id == id), None)
    return f"{clean(row.outlet)}, " if row is not None and row.outlet else ""
