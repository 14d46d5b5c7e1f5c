"""Bytes of a file, read with bounds: packed ones that break, lines that never end, encodings that are not named."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from dedup.corpus.cleaning import Refused, words
from dedup.corpus.packed import CHUNK_BYTES, PACKED_SUFFIXES, Unpacked, packing_of
from dedup.model import CorpusError, FileRead, Reject

Extractor: TypeAlias = Literal["trafilatura", "resiliparse"]

# To be raised with each change of what readers make of a file: it is then read again.
READERS_VERSION = 2
MAX_LINE_BYTES = 5_000_000

# First bytes -> what they are. Nothing is ever unpacked into a folder: an archive may name paths outside it.
ARCHIVES = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
}
# What a tar archive shows this far behind its first byte.
TAR_MAGIC, TAR_MAGIC_AT = b"ustar", 257
ARCHIVE_SUFFIXES = frozenset(words(".zip .tar .tgz .tbz .tbz2 .txz .tzst .7z .rar"))
BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Options:
    """How somebody wants pages to be read.

    ``fields`` names the field that holds what, where it was told (``{"text": "content"}``: ours, then the record's);
    ``extractor`` finds the articles of HTML pages, with so many ``processes`` that can be killed (by default as many as
    there are processors), and ``page_seconds`` for each page: of 181 news pages (2019) the slowest took 0.2. Files
    that are as they were when they became ``known`` are passed over.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    extractor: Extractor = "trafilatura"
    processes: int | None = None
    page_seconds: float = 20.0
    known: Mapping[str, FileRead] = field(default_factory=dict)

    @property
    def how(self) -> str:
        """What makes one file give other documents: the readers and what they were told."""
        fields = " ".join(f"{ours}={theirs}" for ours, theirs in sorted(self.fields.items()))
        return f"{READERS_VERSION} {self.extractor} {fields}".strip()


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: where it is, what it is called in messages and ids, the time to judge dates by, and how.

    ``table`` is the one to read of a database; ``watch`` is shown each record before it becomes a document.
    ``below`` is its path below the folder that was asked for, if it was one.
    """

    path: Path
    name: str
    now: datetime
    options: Options = Options()
    table: str | None = None
    watch: Callable[[Mapping[str, object]], None] | None = None
    below: str | None = None

    def stamp(self) -> FileRead:
        """The file as it is now, with SQLite's log beside it, of which no document was read yet. Raises
        ``CorpusError``."""
        try:
            told = [path.stat() for path in (self.path, Path(f"{self.path}-wal")) if path == self.path or path.exists()]
        except OSError as error:
            raise CorpusError(self.name, f"cannot be read: {error.strerror or error}") from error
        size, modified = sum(one.st_size for one in told), max(one.st_mtime_ns for one in told)
        return FileRead(self.name, size, modified, self.options.how, 0)

    @contextmanager
    def open(self) -> Iterator[Unpacked]:
        """Its bytes, unpacked where the first bytes say so, whatever its suffix. Raises ``CorpusError``."""
        try:
            with self.path.open("rb") as file:
                head = file.peek(16)[:16]
                self._refuse_archive(head)
                packing = packing_of(head)
                try:
                    stream = Unpacked(file, packing)
                except ImportError as error:
                    raise CorpusError(self.name, packing.advice if packing else str(error)) from error
                with stream:
                    self._refuse_archive(stream.peek(TAR_MAGIC_AT + len(TAR_MAGIC)))
                    yield stream
        except OSError as error:
            raise CorpusError(self.name, f"cannot be read: {error.strerror or error}") from error

    def _refuse_archive(self, head: bytes) -> None:
        kind = next((kind for magic, kind in ARCHIVES.items() if head.startswith(magic)), None)
        if head.startswith(TAR_MAGIC, TAR_MAGIC_AT):
            kind = "a tar archive"
        if kind:
            raise CorpusError(self.name, f"is {kind}: unpack it first")


class Place(NamedTuple):
    """Where a record stands: ``number`` counts from 1 in a file of many records, and is ``None`` for a page."""

    name: str
    line: int | None = None
    number: int | None = None

    @property
    def id(self) -> str:
        return self.name if self.number is None else f"{self.name}#{self.number}"

    @property
    def origin(self) -> str:
        return self.name if self.line is None else f"{self.name}:{self.line}"

    def reject(self, problem: object) -> Reject:
        numbered = self.line is None and self.number is not None
        return Reject(self.name, self.line, f"record {self.number}: {problem}" if numbered else str(problem))


class Line(NamedTuple):
    """A line without its end; or, with empty ``data``, why it could not be read."""

    number: int
    data: bytes
    problem: str | None = None


def numbered_lines(stream: BinaryIO) -> Iterator[Line]:
    """The lines of a stream from 1 on, ended by line feeds; memory stays bounded whatever a line holds."""
    number = 0
    while True:
        number += 1
        data = stream.readline(MAX_LINE_BYTES + 1)
        if not data:
            break
        if data.endswith(b"\n"):
            yield Line(number, data[:-1])
        elif len(data) > MAX_LINE_BYTES:
            size = len(data) + _skip_line(stream)
            yield Line(number, b"", f"line of {size:,} bytes is longer than the {MAX_LINE_BYTES:,} allowed")
        elif isinstance(stream, Unpacked) and stream.cut:
            break
        else:
            yield Line(number, data)
    if isinstance(stream, Unpacked) and stream.problem:
        yield Line(number, b"", stream.problem)


def _skip_line(stream: BinaryIO) -> int:
    """Reads to the end of a line, in chunks; the number of bytes before its end."""
    size = 0
    while data := stream.readline(CHUNK_BYTES):
        size += len(data)
        if data.endswith(b"\n"):
            return size - 1
    return size


def whole(source: Source, max_bytes: int, advice: str) -> bytes:
    """All bytes of a file. Raises ``Refused`` above ``max_bytes`` or when empty, ``CorpusError`` where they break."""
    with source.open() as stream:
        data = stream.read(max_bytes + 1)
        if stream.problem:
            raise CorpusError(source.name, stream.problem.partition(":")[0].replace(" here", ""))
    if len(data) > max_bytes:
        raise Refused(f"holds more than the {max_bytes:,} bytes allowed: {advice}")
    if not data:
        raise Refused(empty_problem(source))
    return data


def empty_problem(source: Source) -> str:
    """What is wrong with a file without a byte."""
    return f"is empty: not a {kind} file" if (kind := _PACKED.get(source.path.suffix.lower())) else "is empty"


_PACKED = dict(zip(PACKED_SUFFIXES, words("gzip bzip2 xz zstd zstd"), strict=True))


def _as_windows_1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


# Name of the error handler for UTF-8 with some bytes of windows-1252: byte by byte, so that one stray byte does not
# spoil every accent of a page.
ELSE_WINDOWS_1252 = "else-windows-1252"
codecs.register_error(ELSE_WINDOWS_1252, _as_windows_1252)


def bom_encoding(data: bytes) -> str | None:
    """The encoding that a byte order mark names."""
    return next((encoding for mark, encoding in BOMS if data.startswith(mark)), None)


def encoding_shown(head: bytes) -> str | None:
    """The encoding that first bytes show: by a mark, or, as a header's, by a NUL beside every letter."""
    even, odd = head[: len(head) // 2 * 2 : 2], head[1::2]
    if len(head) > 3 and not even.strip(b"\x00") and b"\x00" not in odd:
        return "utf-16-be"
    if len(head) > 3 and not odd.strip(b"\x00") and b"\x00" not in even:
        return "utf-16-le"
    return bom_encoding(head)
