"""Documents to prepared documents: words, body, sketch. A pure function over a batch, for any process."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dedup.model import Document, Reject, Settings, Span, Tokens
from dedup.sketch import Sketches, sketch, word_ids
from dedup.store import Record, number_of
from dedup.text import body_spans, number_mask, split_words

# Texts sketched together: about 64 stay in the processor's cache.
_SKETCHED_TOGETHER = 64
_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to be found and added: its record, its tokens, and its keys with their places in words."""

    record: Record
    tokens: Tokens
    keys: tuple[int, ...]
    places: tuple[int, ...]


def tokenise(text: str) -> Tokens:
    """The tokens of a text, with their ids and places; none for an empty text."""
    words = split_words(text)
    return Tokens(text, word_ids(words.folded, words.at, words.upto), words.starts, words.ends)


def _tokenise_together(texts: Sequence[str]) -> list[Tokens]:
    """What ``tokenise`` gives for each text, with all words hashed in one go."""
    words = [split_words(text) for text in texts]
    lengths = [len(part.folded) + 1 for part in words]
    offsets = np.cumsum([0, *lengths[:-1]])
    at, upto = (
        np.concatenate([getattr(part, name) + offset for part, offset in zip(words, offsets, strict=True)])
        for name in ("at", "upto")
    )
    ids = word_ids(b" ".join(part.folded for part in words), at, upto)
    bounds = np.cumsum([0, *(len(part.at) for part in words)])
    return [
        Tokens(text, ids[first:last], part.starts, part.ends)
        for text, part, first, last in zip(texts, words, bounds[:-1], bounds[1:], strict=True)
    ]


def prepare(documents: Sequence[Document], settings: Settings) -> list[Prepared | Reject]:
    """Prepare documents in the order they come; one too short to have a shingle becomes a reject."""
    done: list[Prepared | Reject] = []
    for first in range(0, len(documents), _SKETCHED_TOGETHER):
        done += _prepare_together(documents[first : first + _SKETCHED_TOGETHER], settings)
    return done


def keys_of(texts: Sequence[Tokens], settings: Settings) -> list[tuple[tuple[int, ...], tuple[int, ...]]]:
    """The keys of each text and their places, as ``prepare`` makes them."""
    found = []
    for first in range(0, len(texts), _SKETCHED_TOGETHER):
        part = texts[first : first + _SKETCHED_TOGETHER]
        made = sketch(np.concatenate([tokens.ids for tokens in part]), np.array([len(t) for t in part]), settings)
        found += [_keys(made, row) for row in range(len(part))]
    return found


def storable(document: Document) -> Document:
    """The document with every text storable; mostly itself."""
    told = {name: getattr(document, name) for name in Document.__slots__}
    mended = {name: sound for name, value in told.items() if value and (sound := storable_text(value)) is not value}
    return replace(document, **mended) if mended else document


def storable_text(text: str) -> str:
    """The text with lone surrogates, which no file can hold, replaced by U+FFFD; mostly itself."""
    return text if text.isascii() or not _SURROGATE.search(text) else _SURROGATE.sub("\ufffd", text)


def digest(document: Document) -> str:
    """What tells a changed document from the same one: all of it but where it was read."""
    told = [getattr(document, name) for name in Document.__slots__ if name != "origin"]
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=16).hexdigest()


def _prepare_together(documents: Sequence[Document], settings: Settings) -> list[Prepared | Reject]:
    tokens = _tokenise_together([document.text for document in documents])
    long = [i for i, words in enumerate(tokens) if len(words) >= settings.shingle_words]
    done: list[Prepared | Reject] = [_too_short(d, len(t), settings) for d, t in zip(documents, tokens, strict=True)]
    if long:
        ids = np.concatenate([tokens[i].ids for i in long])
        made = sketch(ids, np.array([len(tokens[i]) for i in long]), settings)
        for row, i in enumerate(long):
            done[i] = _prepared(documents[i], tokens[i], made, row)
    return done


def _too_short(document: Document, words: int, settings: Settings) -> Reject:
    path, _, line = (document.origin or document.id).rpartition(":")
    problem = f"too short: {words} words, at least {settings.shingle_words} are needed"
    return (
        Reject(path, int(line), problem)
        if path and line.isdigit()
        else Reject(document.origin or document.id, None, problem)
    )


def _prepared(document: Document, tokens: Tokens, made: Sketches, row: int) -> Prepared:
    body = body_tokens(tokens)
    record = Record(
        number=number_of(document.id),
        document=document,
        words=len(tokens),
        body_words=sum(map(len, body)),
        digest=digest(document),
        signature=made.signatures[row],
        ids=tokens.ids,
        body=body,
        numbers=number_mask(tokens.text, tokens.starts, tokens.ends),
    )
    return Prepared(record, tokens, *_keys(made, row))


def body_tokens(tokens: Tokens) -> tuple[Span, ...]:
    """The body of a text in token positions."""
    spans = body_spans(tokens.text)
    starts = np.searchsorted(tokens.starts, [span.start for span in spans])
    ends = np.searchsorted(tokens.starts, [span.end for span in spans])
    return tuple(Span(int(start), int(end)) for start, end in zip(starts, ends, strict=True) if start < end)


def _keys(made: Sketches, row: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    part: slice = slice(made.bounds[row], made.bounds[row + 1])
    return _ints(made.keys[part]), _ints(made.places[part])


def _ints(values: NDArray[np.int64]) -> tuple[int, ...]:
    return tuple(values.tolist())
