"""What is sent to us: a page to be found, and what a person says of two."""

from __future__ import annotations

import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, get_args

from dedup.corpus import page_from_text, page_id, read_page
from dedup.index import Index
from dedup.model import DedupError, Document, Judged, UnknownDocument

if TYPE_CHECKING:
    from starlette.requests import Request

MAX_NOTE_CHARS = 2000
# A name of a file tells how to read it; nothing of it becomes a path.
_SUFFIXES = frozenset((".txt", ".html", ".htm", ".xhtml", ".json", ".jsonl", ".csv", ".xml"))


@dataclass(frozen=True, slots=True)
class Sent:
    """A pasted text, and a file with its name; each may be empty."""

    text: str
    name: str = ""
    data: bytes = b""


async def sent_by(request: Request) -> Sent:
    """What the form on the front page sent."""
    from starlette.datastructures import UploadFile

    async with request.form(max_files=1, max_fields=5, max_part_size=2_000_000) as form:
        text, file = form.get("text", ""), form.get("file")
        told = text if isinstance(text, str) else ""
        return Sent(told, file.filename or "", await file.read()) if isinstance(file, UploadFile) else Sent(told)


async def fields_of(request: Request) -> dict[str, str]:
    """The fields of a form without files."""
    async with request.form(max_files=0, max_fields=10, max_part_size=100_000) as form:
        return {name: value for name, value in form.items() if isinstance(value, str)}


def page_of(index: Index, sent: Sent) -> Document | str:
    """The id of a stored page, where the text is its id or URL; else the page that was sent.

    Nothing is ever fetched: raises ``UnknownDocument`` for the address of a page that is not in the store, and
    ``DedupError`` where nothing was sent that can be read.
    """
    text = sent.text.strip()
    if not text:
        return _read(sent)
    if "\n" not in text:
        for name in (text, page_id(text)):
            with suppress(UnknownDocument):
                return index.get(name).id
        if text.lower().startswith(("http://", "https://")) and " " not in text:
            raise UnknownDocument(f"{text} is not in the store, and pages are not fetched: paste its text")
    return page_from_text(sent.text)


def judge(db: str, told: dict[str, str]) -> tuple[str, str]:
    """Keeps what a person said of two pages, and returns their ids, the original's first.

    Raises ``DedupError`` for what is no judgement, and where another process is writing.
    """
    a, b, verdict = (told.get(name, "") for name in ("original", "copy", "verdict"))
    said: dict[str, Judged] = {name: name for name in get_args(Judged)}
    if verdict not in said:
        raise DedupError(f"{verdict!r} is no verdict: there are {', '.join(said)}")
    note = told.get("note", "").strip()[:MAX_NOTE_CHARS] or None
    with Index(db, workers=1) as index:
        index.judge(b, a, said[verdict], note, judged_at=datetime.now(UTC).isoformat(timespec="seconds"))
    return a, b


def _read(sent: Sent) -> Document:
    if not sent.data:
        raise DedupError("nothing was pasted, and no file was chosen")
    suffix = PurePosixPath(sent.name.lower()).suffix
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"page{suffix if suffix in _SUFFIXES else '.txt'}")
        path.write_bytes(sent.data)
        return read_page(path)
