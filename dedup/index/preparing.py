"""Documents to prepared documents: words, body, sketch. A pure function over a batch, for any process."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, starmap
from operator import attrgetter, itemgetter
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import once
from dedup.index.passing import passed_over
from dedup.model import Document, Ids, Offsets, Reject, Settings, Span, Tokens
from dedup.sketch import Sketches, shingle_hashes, shingles_of_each, sketch, with_keys_as_it_stands, word_ids
from dedup.store import Record, number_of
from dedup.text import Ints, Laid, Words, body_spans, lay, number_mask, split_words

# Texts read and sketched together: about 125 stay in the processor's cache, and few calls serve them all.
_SKETCHED_TOGETHER = 125
_SURROGATE = re.compile("[\ud800-\udfff]")
_TOLD = attrgetter(*Document.__slots__)
_DIGESTED = attrgetter(*(name for name in Document.__slots__ if name != "origin"))
_SITE = itemgetter(Document.__slots__.index("site_name"))
# What a document tells: its id, its text and so on.
Told: TypeAlias = tuple[str | None, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """A document ready to be found and added: its record, its tokens, and its keys with their places in words.

    ``ids`` are its words as they are sketched: those of ``tokens``, but for names that are passed over. ``keys`` and
    ``places`` are those of ``Sketches``; ``bits`` the low 16 bits of its shingles' hashes.
    """

    record: Record
    tokens: Tokens
    ids: Ids
    keys: NDArray[np.int64]
    places: NDArray[np.int64]
    bits: NDArray[np.uint16]


class Reread(NamedTuple):
    """The tokens, words and bits of a document, as ``Prepared`` has them."""

    tokens: Tokens
    ids: Ids
    bits: NDArray[np.uint16]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprints:
    """All that is made of some documents, laid flat, so that it passes from process to process at little cost.

    ``words`` counts each text's words; ``ids``, ``starts``, ``ends``, ``numbers`` are those of all texts, one after the
    other; ``passed`` tells which of their words are passed over in the sketch, or read as others: places and ids.
    ``bodies`` has the body of each in token positions. ``signatures``, ``keys`` (keys, places, bounds) and
    ``bits`` (bits, bounds) are only of the texts that are long enough to have a shingle.
    """

    digests: list[str]
    words: NDArray[np.int64]
    ids: Ids
    starts: Offsets
    ends: Offsets
    numbers: NDArray[np.bool_]
    passed: tuple[Ints, Ids]
    bodies: list[list[tuple[int, int]]]
    signatures: NDArray[np.uint32]
    keys: tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]
    bits: tuple[NDArray[np.uint16], NDArray[np.int64]]


def tokenise(text: str) -> Tokens:
    """The tokens of a text, with their ids and places; none for an empty text."""
    (tokens,) = tokenise_all([text])
    return tokens


def tokenise_all(texts: Sequence[str]) -> Iterator[Tokens]:
    """``tokenise`` each text, some at a time: one of 560 words takes 25 µs so, and 100 alone."""
    for at in range(0, len(texts), _SKETCHED_TOGETHER):
        part = texts[at : at + _SKETCHED_TOGETHER]
        laid = lay(part)
        split = split_words(laid)
        bounds = np.searchsorted(split.starts, laid.bounds)
        ids, offsets = word_ids(split.folded, split.at, split.upto), np.repeat(laid.bounds[:-1], np.diff(bounds))
        starts, ends = ((places - offsets).astype(np.int32) for places in (split.starts, split.ends))
        for text, own in zip(part, starmap(slice, pairwise(bounds.tolist())), strict=True):
            yield Tokens(text, ids[own], starts[own], ends[own])


def reread(documents: Sequence[Document], settings: Settings) -> Iterator[Reread]:
    """What is made again of stored documents, in the order they come.

    The store keeps none of it: the ids alone took two thirds of the room of the texts.
    """
    for at in range(0, len(documents), _SKETCHED_TOGETHER):
        part = documents[at : at + _SKETCHED_TOGETHER]
        read = _read([told_by(document) for document in part], settings)
        sketched = _with(read.ids, read.passed)
        shingles = shingles_of_each(sketched, np.diff(read.bounds), settings)
        passed = set((np.searchsorted(read.bounds, read.passed[0], side="right") - 1).tolist())
        for row, (document, hashes) in enumerate(zip(part, shingles, strict=True)):
            own = slice(int(read.bounds[row]), int(read.bounds[row + 1]))
            tokens = Tokens(document.text, read.ids[own], read.starts[own], read.ends[own])
            bits = hashes.astype(np.uint16)
            yield Reread(tokens, sketched[own], _with_bits(bits, tokens.ids, settings) if row in passed else bits)


def prepare(documents: Sequence[Document], settings: Settings) -> list[Prepared | Reject]:
    """Prepare documents in the order they come; one too short to have a shingle becomes a reject."""
    return assemble(documents, fingerprint([told_by(document) for document in documents], settings), settings)


def told_by(document: Document) -> Told:
    """All that a document tells, its text second, but where it was read; a tuple, which other processes get sooner."""
    values: Told = _DIGESTED(document)
    return values


def fingerprint(documents: Sequence[Told], settings: Settings) -> list[Fingerprints]:
    """Fingerprint documents in the order they come, some at a time."""
    parts = (documents[at : at + _SKETCHED_TOGETHER] for at in range(0, len(documents), _SKETCHED_TOGETHER))
    return [_fingerprint_together(part, settings) for part in parts]


def assemble(
    documents: Sequence[Document], prints: Iterable[Fingerprints], settings: Settings
) -> list[Prepared | Reject]:
    """Put documents together with the fingerprints of their texts, both in the same order."""
    done: list[Prepared | Reject] = []
    for part in prints:
        done += _assemble_together(documents[len(done) : len(done) + len(part.words)], part, settings)
    return done


def storable(document: Document) -> Document:
    """The document with every text storable; mostly itself."""
    told = _TOLD(document)
    try:
        # Fails for lone surrogates, and for what is no text: one look at all texts takes a tenth of one at each.
        "".join(filter(None, told)).encode()
    except (UnicodeEncodeError, TypeError):
        values = zip(Document.__slots__, told, strict=True)
        mended = {name: sound for name, value in values if value and (sound := storable_text(value)) is not value}
        return replace(document, **mended) if mended else document
    return document


def storable_text(text: str) -> str:
    """The text with lone surrogates, which no file can hold, replaced by U+FFFD; mostly itself."""
    return text if text.isascii() or not _SURROGATE.search(text) else _SURROGATE.sub("\ufffd", text)


def rejected(origin: str, problem: str) -> Reject:
    """A reject of what was read at ``path:line``, or at a path alone."""
    path, _, line = origin.rpartition(":")
    return Reject(path, int(line), problem) if path and line.isdigit() else Reject(origin, None, problem)


def digest(told: Told) -> str:
    """What tells a changed document from the same one."""
    # ``robots`` came last: documents without it have the digest that they had before.
    known = told if told[-1] is not None else told[:-1]
    return hashlib.blake2b(json.dumps(known).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """The words of documents, laid flat: those of document ``i`` are ``bounds[i]:bounds[i + 1]``, with their ids and
    places in its text; ``passed`` as ``Fingerprints`` has it."""

    laid: Laid
    split: Words
    bounds: Ints
    ids: Ids
    starts: Offsets
    ends: Offsets
    passed: tuple[Ints, Ids]


def _read(documents: Sequence[Told], settings: Settings) -> _Read:
    laid = lay([document[1] or "" for document in documents])
    split = split_words(laid)
    bounds = np.searchsorted(split.starts, laid.bounds)
    offsets = np.repeat(laid.bounds[:-1], np.diff(bounds))
    ids = word_ids(split.folded, split.at, split.upto)
    starts, ends = ((array - offsets).astype(np.int32) for array in (split.starts, split.ends))
    named = [(told[1] or "", _SITE(told)) for told in documents]
    return _Read(laid, split, bounds, ids, starts, ends, passed_over(named, laid, split, bounds, settings))


def _fingerprint_together(documents: Sequence[Told], settings: Settings) -> Fingerprints:
    read = _read(documents, settings)
    words = np.diff(read.bounds)
    long = words >= settings.shingle_words
    sketches = sketch(_with(read.ids, read.passed)[np.repeat(long, words)], words[long], settings)
    return Fingerprints(
        [digest(document) for document in documents],
        words,
        read.ids,
        read.starts,
        read.ends,
        number_mask(read.split.folded, read.split.at, read.split.upto),
        read.passed,
        _bodies(read.laid, read.split.starts, read.bounds),
        sketches.signatures,
        *_read_twice(sketches, read.passed[0], long, read.ids, read.bounds, settings),
    )


def _assemble_together(
    documents: Sequence[Document], prints: Fingerprints, settings: Settings
) -> Iterator[Prepared | Reject]:
    row, end, sketched = 0, 0, _with(prints.ids, prints.passed)
    for at, (document, words) in enumerate(zip(documents, prints.words.tolist(), strict=True)):
        start, end = end, end + words
        if words < settings.shingle_words:
            yield _too_short(document, words, settings)
        else:
            yield _prepared(document, prints, at, slice(start, end), row, sketched[start:end])
            row += 1


def _too_short(document: Document, words: int, settings: Settings) -> Reject:
    problem = f"too short: {words} words, at least {settings.shingle_words} are needed"
    return rejected(document.origin or document.id, problem)


def _prepared(document: Document, prints: Fingerprints, at: int, words: slice, row: int, sketched: Ids) -> Prepared:
    body = prints.bodies[at]
    record = Record(
        number=number_of(document.id),
        document=document,
        words=len(sketched),
        body_words=sum(end - start for start, end in body),
        digest=prints.digests[at],
        signature=prints.signatures[row],
        body=tuple(Span(start, end) for start, end in body),
        numbers=prints.numbers[words],
    )
    tokens = Tokens(document.text, prints.ids[words], prints.starts[words], prints.ends[words])
    (keys, places, key_bounds), (bits, bit_bounds) = prints.keys, prints.bits
    keyed, drawn = slice(key_bounds[row], key_bounds[row + 1]), slice(bit_bounds[row], bit_bounds[row + 1])
    return Prepared(record, tokens, sketched, keys[keyed], places[keyed], bits[drawn])


def _with(ids: Ids, passed: tuple[Ints, Ids]) -> Ids:
    """The words' ids as they are sketched."""
    places, others = passed
    if not len(places):
        return ids
    ids = ids.copy()
    ids[places] = others
    return ids


def _read_twice(
    sketches: Sketches, passed: Ints, long: NDArray[np.bool_], ids: Ids, bounds: Ints, settings: Settings
) -> tuple[tuple[NDArray[np.int64], Ints, Ints], tuple[NDArray[np.uint16], Ints]]:
    """The keys and bits of texts, where words are passed over also those of the text as it stands."""
    keys = sketches.keys, sketches.places, sketches.bounds
    bits = sketches.hashes.astype(np.uint16), sketches.starts
    if not len(passed):
        return keys, bits
    texts = once(np.searchsorted(bounds, passed, side="right") - 1)
    rows, raw = (np.cumsum(long) - 1)[texts], [ids[bounds[text] : bounds[text + 1]] for text in texts.tolist()]
    parts = np.split(bits[0], bits[1][1:-1])
    for row, part in zip(rows.tolist(), raw, strict=True):
        parts[row] = _with_bits(parts[row], part, settings)
    ends = np.cumsum([0, *map(len, parts)])
    keys = with_keys_as_it_stands(keys, rows, raw, sketches.signatures[rows], settings)
    return keys, (np.concatenate(parts), ends)


def _with_bits(bits: NDArray[np.uint16], raw: Ids, settings: Settings) -> NDArray[np.uint16]:
    """Bits of a text's shingles, and those of its words as they stand."""
    return np.concatenate([bits, shingle_hashes(raw, settings).astype(np.uint16)])


def _bodies(laid: Laid, words: Ints, bounds: Ints) -> list[list[tuple[int, int]]]:
    """The body of each text in token positions; ``words`` are their starts, ``bounds`` the first of each text."""
    first, last = (np.searchsorted(words, places) for places in body_spans(laid))
    first, last = first[first < last], last[first < last]
    texts = np.searchsorted(bounds, first, side="right") - 1
    bodies: list[list[tuple[int, int]]] = [[] for _ in bounds[1:]]
    for text, start, end in zip(
        texts.tolist(), (first - bounds[texts]).tolist(), (last - bounds[texts]).tolist(), strict=True
    ):
        bodies[text].append((start, end))
    return bodies
