"""Records of WARC and ARC files, one after the other, whatever their headers say of their length.

By hand and not with fastwarc (2.0.1): that ends without a word after a record that claims more bytes than it has or is
decoded from chunks, cannot find the next record after a wrong length, and reads no ARC.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, NamedTuple

from dedup.corpus.cleaning import MAX_TEXT_BYTES
from dedup.corpus.packed import CHUNK_BYTES

# Page and headers of its server; headers of archives are a few hundred bytes.
MAX_RECORD_BYTES = MAX_TEXT_BYTES + CHUNK_BYTES
MAX_HEADERS = 200
MAX_HEADER_BYTES = CHUNK_BYTES


class Record(NamedTuple):
    """A record: where it starts, its headers by names in small letters, its bytes; or what is wrong with it."""

    offset: int
    headers: Mapping[str, str]
    block: bytes = b""
    problem: str | None = None


def records(stream: BinaryIO) -> Iterator[Record]:
    """The records of a stream. What is wrong is told where it stands, and the next record is looked for."""
    reader = _Reader(stream)
    while line := reader.line():
        if not line.strip():
            continue
        offset = reader.offset - len(line)
        headers = _headers(line, reader)
        if headers is None:
            yield Record(offset, {}, problem="no record starts here")
            reader.skip_to_record()
        elif not (length := headers.get("content-length", "")).isdecimal() or len(length) > 15:
            yield Record(offset, headers, problem="its Content-Length is no number")
            reader.skip_to_record()
        else:
            yield _record(offset, headers, int(length), reader)


def _record(offset: int, headers: Mapping[str, str], length: int, reader: _Reader) -> Record:
    block = reader.read(min(length, MAX_RECORD_BYTES))
    if length > len(block) == MAX_RECORD_BYTES:
        whole = reader.skip(length - len(block)) and reader.at_record
        problem = f"holds {length:,} bytes, more than the {MAX_TEXT_BYTES:,} allowed"
        return Record(offset, headers, problem=problem if whole else f"{problem}, and what follows is lost or cut off")
    if len(block) == length and reader.at_record:
        return Record(offset, headers, block)
    inside = _NEXT.search(block)
    if inside:
        reader.back(block[inside.start() :])
    elif len(block) == length:
        reader.skip_to_record()
    else:
        return Record(offset, headers, problem="the file is cut off here: all before this record was read")
    return Record(offset, headers, problem=f"its Content-Length of {length:,} is wrong")


_NEXT = re.compile(rb"(?<=\n)WARC/\d\.\d\r?\n")


def _headers(line: bytes, reader: _Reader) -> dict[str, str] | None:
    """The headers that a line starts, ``None`` where it starts none."""
    if arc := _ARC.fullmatch(line):
        url, date, kind, length = (part.decode("utf-8", "replace") for part in arc.groups())
        name = "warcinfo" if url.startswith("filedesc:") else "response"
        told = {"warc-type": name, "warc-target-uri": url, "warc-date": date, "content-length": length}
        return told | {"content-type": "application/http" if url.startswith("http") else kind}
    if not line.startswith(b"WARC/"):
        return None
    headers: dict[str, str] = {}
    for _ in range(MAX_HEADERS):
        if not (line := reader.line()).strip():
            break
        name, _, value = line.decode("utf-8", "replace").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


# Address, number of the host, time, type, then in the second version more, and the length.
_ARC = re.compile(rb"([a-z]{2,10}:[^\s]+) [0-9a-fA-F.:]+ (\d{14}) (\S+) (?:\S+ ){0,5}(\d{1,15})\r?\n")


class _Reader:
    """A stream that knows how far it was read and takes bytes back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._back = stream, b""
        self.offset = 0

    def line(self) -> bytes:
        """The next line, or so much of it as a header may hold."""
        line, more, self._back = self._back.partition(b"\n")
        line += more
        if not more:
            line += self._stream.readline(MAX_HEADER_BYTES)
        self.offset += len(line)
        return line

    def read(self, size: int) -> bytes:
        """So many bytes, fewer at the end."""
        data, self._back = self._back[:size], self._back[size:]
        data += self._stream.read(size - len(data))
        self.offset += len(data)
        return data

    def back(self, data: bytes) -> None:
        """Takes back what was read last."""
        self._back = data + self._back
        self.offset -= len(data)

    def skip(self, size: int) -> bool:
        """Passes over so many bytes; whether there were as many."""
        while size and (data := self.read(min(size, CHUNK_BYTES))):
            size -= len(data)
        return not size

    @property
    def at_record(self) -> bool:
        """Whether a record may have ended here: an empty line, the next record, or nothing follows."""
        start = self.read(5)
        self.back(start)
        return not start or start[:1] in b"\r\n" or start == b"WARC/"

    def skip_to_record(self) -> None:
        """Passes over all lines before the next that starts a record of a WARC."""
        while line := self.line():
            if line.startswith(b"WARC/") or _ARC.fullmatch(line):
                self.back(line)
                return
