"""Bytes of a file, read with bounds: gzip that breaks, lines that never end, encodings that are not named."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Literal, NamedTuple, TypeAlias

from dedup.corpus.cleaning import Refused, words
from dedup.model import CorpusError, Reject

Extractor: TypeAlias = Literal["trafilatura", "resiliparse"]

MAX_LINE_BYTES = 5_000_000
CHUNK_BYTES = 1 << 16

# First bytes -> what they are. Nothing is ever unpacked into a folder: an archive may name paths outside it.
ARCHIVES = {
    b"PK\x03\x04": "a zip archive or a spreadsheet",
    b"7z\xbc\xaf\x27\x1c": "a 7z archive",
    b"Rar!\x1a\x07": "a rar archive",
    b"BZh91AY&": "packed with bzip2",
    b"\xfd7zXZ\x00": "packed with xz",
    b"\x28\xb5\x2f\xfd": "packed with zstd",
}
ARCHIVE_SUFFIXES = frozenset(words(".zip .tar .tgz .tbz2 .txz .7z .rar .bz2 .xz .zst"))
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
    there are processors), and ``page_seconds`` for each page: of 181 news pages (2019) the slowest took 0.2.
    """

    fields: Mapping[str, str] = field(default_factory=dict)
    extractor: Extractor = "trafilatura"
    processes: int | None = None
    page_seconds: float = 20.0


@dataclass(frozen=True, slots=True)
class Source:
    """One file to read: where it is, what it is called in messages and ids, the time to judge dates by, and how.

    ``below`` is its path below the folder that was asked for, if it was one.
    """

    path: Path
    name: str
    now: datetime
    options: Options = Options()
    below: str | None = None

    @contextmanager
    def open(self) -> Iterator[Unpacked]:
        """Its bytes, gunzipped where the first bytes say so, whatever its suffix. Raises ``CorpusError``."""
        try:
            with self.path.open("rb") as file:
                head = file.peek(8)[:8]
                for magic, kind in ARCHIVES.items():
                    if head.startswith(magic):
                        raise CorpusError(self.name, f"is {kind}: unpack it first")
                with Unpacked(file, packed=head.startswith(b"\x1f\x8b")) as stream:
                    yield stream
        except OSError as error:
            raise CorpusError(self.name, f"cannot be read: {error.strerror or error}") from error


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


class Unpacked(io.BufferedReader):
    """Bytes that end where a broken gzip breaks, so that all before the break is read.

    After the end, ``problem`` says what broke, and ``cut`` whether the last line may lack its end.
    """

    def __init__(self, file: io.BufferedReader, packed: bool) -> None:
        self._gunzip = _Gunzip(file, packed)
        super().__init__(self._gunzip, CHUNK_BYTES)

    @property
    def problem(self) -> str | None:
        return self._gunzip.problem

    @property
    def cut(self) -> bool:
        return self._gunzip.cut


class _Gunzip(io.RawIOBase):
    def __init__(self, file: io.BufferedReader, packed: bool) -> None:
        self._inner = gzip.GzipFile(fileobj=file) if packed else file
        self.problem: str | None = None
        self.cut = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data = b"" if self.problem else self._read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def _read(self, size: int) -> bytes:
        try:
            return self._inner.read1(size)
        except EOFError:
            self.cut = True
            self.problem = "the gzip data is cut off here: all before this line was read"
        except zlib.error:
            self.cut = True
            self.problem = "the gzip data is damaged near here: some lines before the break and all after it are lost"
        except gzip.BadGzipFile as error:
            behind = "not a gzipped" in str(error).lower()
            what = "followed by something else" if behind else "damaged: its checksum differs"
            self.problem = f"the gzip data is {what}; all before this line was read"
        return b""


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
    """All bytes of a file. Raises ``Refused`` above ``max_bytes`` or when empty, ``CorpusError`` for a broken gzip."""
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
    return "is empty: not a gzip file" if source.path.suffix.lower() == ".gz" else "is empty"


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
