"""JSON: a record a line, or a whole file that is an array, an object, or an object around an array."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO

from dedup.corpus.cleaning import Refused
from dedup.corpus.files import MAX_LINE_BYTES, Place, Source, bom_encoding, numbered_lines, whole
from dedup.corpus.names import Known, known_for
from dedup.corpus.packed import CHUNK_BYTES
from dedup.corpus.records import Found, documents
from dedup.model import CorpusError, Document, Reject

MAX_JSON_BYTES = 256 * 1024 * 1024


def read_json_lines(source: Source) -> Iterator[Document | Reject]:
    """The records of a JSON Lines file; one that is an array on many lines is read as that."""
    if _opens_array(_first_line(source)[0]):
        yield from _read_whole(source)
    else:
        yield from _read_lines(source)


def read_json(source: Source) -> Iterator[Document | Reject]:
    """The records of a JSON file; one that holds an object on every line is read line by line."""
    first, more = _first_line(source)
    if more and _is_object(first):
        yield from _read_lines(source)
    else:
        yield from _read_whole(source)


def read_json_stream(stream: BinaryIO, source: Source) -> Iterator[Document | Reject]:
    """The records of a stream of JSON Lines. Raises ``CorpusError`` for UTF-16 and UTF-32."""
    return documents(_records_of_lines(stream, source.name), source)


def _records_of_lines(stream: BinaryIO, name: str) -> Iterator[Found]:
    number = 0
    for line in numbered_lines(stream):
        data = line.data
        if line.number == 1 and (encoding := bom_encoding(data)):
            if encoding != "utf-8-sig":
                raise CorpusError(name, f"is {encoding.upper()}: JSON Lines must be UTF-8, convert it first")
            data = data[3:]
        if line.problem is None and not data.strip():
            continue
        number += 1
        try:
            record = load_line(data) if line.problem is None else Refused(line.problem)
        except Refused as refusal:
            record = refusal
        yield Place(name, line.number, number), record


def _read_lines(source: Source) -> Iterator[Document | Reject]:
    with source.open() as stream:
        yield from read_json_stream(stream, source)


def _read_whole(source: Source) -> Iterator[Document | Reject]:
    page = Place(source.name)
    try:
        data = whole(source, MAX_JSON_BYTES, "convert it to JSON Lines")
    except Refused as refusal:
        yield page.reject(refusal)
        return
    try:
        value = _load(data.decode(json.detect_encoding(data)))
    except (Refused, UnicodeDecodeError) as error:
        problem = "is not in the encoding its first bytes show" if isinstance(error, UnicodeError) else error
        raise CorpusError(source.name, str(problem)) from error
    del data
    records = _records(value, known_for(source.options.fields))
    if not records:
        yield page.reject("holds no record")
    numbered = enumerate(records, start=1)
    placed = ((page if record is value else Place(source.name, None, number), record) for number, record in numbered)
    yield from documents(placed, source)


def _records(value: object, known: Known) -> list[object]:
    """An array's items; of an object without a text, the one array of objects inside, or its values by their keys."""
    if isinstance(value, list):
        return value
    if not isinstance(value, dict) or known.has_text(value):
        return [value]
    arrays = [inner for inner in value.values() if isinstance(inner, list) and any(isinstance(i, dict) for i in inner)]
    if len(arrays) == 1:
        return arrays[0]
    inners = [inner for inner in value.values() if isinstance(inner, dict)]
    if inners and len(inners) == len(value) and any(known.has_text(inner) for inner in inners):
        return [{"id": key, **inner} for key, inner in value.items()]
    if len(inners) == 1 and not arrays:
        inside = _records(inners[0], known)
        return [value] if inside == inners else inside
    return [value]


def load_line(data: bytes) -> object:
    """The value of a line of JSON. Raises ``Refused``."""
    try:
        return _load(data.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Refused(f"is not UTF-8 at byte {error.start + 1}") from error


def _load(text: str) -> object:
    """The value of a JSON text, NaN and infinities as null. Raises ``Refused``."""
    try:
        if text.startswith("\ufeff"):
            raise json.JSONDecodeError("Unexpected UTF-8 BOM (decode using utf-8-sig)", text, 0)
        return _DECODER.decode(text)
    except json.JSONDecodeError as error:
        at = f"line {error.lineno} character {error.colno}" if error.lineno > 1 else f"character {error.colno}"
        raise Refused(f"is not JSON: {error.msg} at {at}") from error
    except ValueError as error:
        raise Refused("holds a number with too many digits") from error
    except RecursionError as error:
        raise Refused("is nested too deeply") from error


def _null(_: str) -> None:
    return None


# ``json.loads`` with options makes a decoder a call.
_DECODER = json.JSONDecoder(parse_constant=_null)


# ---------------------------------------------------------------------------------------------------------------
# What a file is, by its first line: suffixes lie.


def _first_line(source: Source) -> tuple[bytes, bool]:
    """The first line that is not blank, without a byte order mark, and whether anything but space follows soon."""
    with source.open() as stream:
        data = stream.readline(MAX_LINE_BYTES).removeprefix(b"\xef\xbb\xbf")
        while data and not data.strip():
            data = stream.readline(MAX_LINE_BYTES)
        return data, bool(stream.read(CHUNK_BYTES).strip())


def _opens_array(line: bytes) -> bool:
    line = line.strip()
    if line == b"[":
        return True
    return line.startswith(b"[") and line[1:].lstrip().startswith(b"{") and not _is_json(line)


def _is_object(line: bytes) -> bool:
    return line.lstrip().startswith(b"{") and _is_json(line)


def _is_json(line: bytes) -> bool:
    try:
        load_line(line)
    except Refused:
        return False
    return True
