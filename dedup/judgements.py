"""Judgements: what a person said of two pages, in one form and in one sentence; which counts, and as what truth."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from typing import get_args

from dedup.model import DedupError, Judged, Judgement
from dedup.truth import Label

VERDICTS: tuple[Judged, ...] = get_args(Judged)


def checked(judgement: Judgement) -> Judgement:
    """A judgement with its time in UTC and an empty note left out.

    Raises ``DedupError``, in one sentence, for one page and itself, for a verdict that is none, and for a time that is
    not ISO 8601 or has no zone: of two judgements nobody could say which is the later.
    """
    if judgement.copy == judgement.original:
        raise DedupError(f"{judgement.copy}: is one page, and two are judged; name another")
    if judgement.verdict not in VERDICTS:
        raise DedupError(f"the verdict {judgement.verdict!r} is none; it must be one of {', '.join(VERDICTS)}")
    told = _in_utc(judgement.judged_at)
    if told is None:
        raise DedupError(f"the time {judgement.judged_at!r} is none; it must be ISO 8601 with its zone")
    return replace(judgement, judged_at=told, note=(judgement.note or "").strip() or None)


def latest(judgements: Iterable[Judgement]) -> list[Judgement]:
    """The last word on each two documents, whichever was named first; of the same time the one that comes last."""
    words: dict[tuple[str, str], Judgement] = {}
    for judgement in judgements:
        before = words.get(documents_of(judgement))
        if before is None or before.judged_at <= judgement.judged_at:
            words[documents_of(judgement)] = judgement
    return list(words.values())


def documents_of(judgement: Judgement) -> tuple[str, str]:
    """The two documents of a judgement, in the order of their ids."""
    one, two = sorted((judgement.copy, judgement.original))
    return one, two


def copy_by(judgement: Judgement) -> str | None:
    """The id of the document that was judged to be the copy; ``None`` where neither was."""
    return {"copy": judgement.copy, "original": judgement.original}.get(judgement.verdict)


def sentence(judgement: Judgement, copy: str = "it", original: str = "the other") -> str:
    """What was said, when and why, with the two called so: ``copy`` is the one that was judged to be the copy, or else
    the one that was named first."""
    said = {
        "unrelated": f"{copy} and {original} have nothing to do with each other",
        "unknown": f"nobody can know which of {copy} and {original} was first",
    }.get(judgement.verdict, f"{copy} is a copy of {original}")
    note = f": {' '.join(judgement.note.split())}" if judgement.note else ""
    return f"a person judged on {judgement.judged_at[:10]} that {said}{note}"


def named(judgement: Judgement) -> str:
    """``sentence``, with the two documents called by their ids."""
    turned = judgement.verdict == "original"
    ends = (judgement.original, judgement.copy) if turned else (judgement.copy, judgement.original)
    return sentence(judgement, *ends)


def label_of(judgement: Judgement) -> Label:
    """A judgement as truth to hold links against: of the two documents alone, others of theirs may be right, too."""
    copy, original = judgement.copy, judgement.original
    if judgement.verdict == "original":
        copy, original = original, copy
    label = Label(copy, original, directed=copy_by(judgement) is not None, origin="a judgement", alone=True)
    return replace(label, kind="unrelated") if judgement.verdict == "unrelated" else label


def _in_utc(told: str) -> str | None:
    try:
        time = datetime.fromisoformat(told)
        return time.astimezone(UTC).isoformat() if time.tzinfo is not None else None
    except (ValueError, OverflowError, TypeError):
        return None
