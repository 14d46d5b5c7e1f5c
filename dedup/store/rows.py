"""Values to rows of the tables and back."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from operator import attrgetter
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.model import Changes, Document, Edit, EditKind, Link, Match, Passage, Places, Reason, Span, Tokens

DOCUMENT_COLUMNS: tuple[str, ...] = Document.__slots__
SKETCH_COLUMNS = ("document", "signature", "body", "numbers")
MATCH_COLUMNS = "a, b, step, matched_words, coverage_a, coverage_b, longest_run, passages, edits"
PUT_MATCH_COLUMNS = (*MATCH_COLUMNS.split(", "), "close", "relation")
LINK_COLUMNS = (
    "copy, original, kind, coverage, share, matched_words, resemblance, confidence, reasons, story, agency, direction,"
    " root, changes, evidence"
)


@dataclass(frozen=True, slots=True)
class Record:
    """A document as it is kept: with its number, its sketch, and of its tokens the body and which are numbers."""

    number: int
    document: Document
    words: int
    body_words: int
    digest: str
    signature: NDArray[np.uint32]
    body: tuple[Span, ...]
    numbers: NDArray[np.bool_]


class Kept(NamedTuple):
    """A match as its table has it, which passes from process to process in 4 µs, where a ``Match`` takes 149.

    ``passages`` and ``edits`` are JSON; ``b_spans`` the ends of the passages in tokens of the second text.
    """

    matched_words: int
    coverage_a: float
    coverage_b: float
    longest_run: int
    passages: str
    edits: str
    b_spans: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, match: Match) -> Kept:
        """A match as it is kept."""
        passages = [(*_ends(p.a), *_ends(p.b), p.words, *_ends(p.a_tokens), *_ends(p.b_tokens)) for p in match.passages]
        edits = [_edit_values(edit) for edit in match.edits]
        figures = (match.matched_words, match.coverage_a, match.coverage_b, match.longest_run)
        return cls(*figures, _json(passages), _json(edits), tuple(passage[7:] for passage in passages))

    @classmethod
    def of_runs(cls, a: Tokens, b: Tokens, runs: Sequence[tuple[int, int, int]]) -> Kept:
        """Unbroken runs ``(word of a, word of b, words)``, of which there is one at least: a match without edits."""
        passages = [
            (*_chars(a, i, i + n), *_chars(b, j, j + n), n, i, i + n, j, j + n) for i, j, n in runs
        ]  # in the columns of ``of``
        words = sum(n for _, _, n in runs)
        figures = (words, words / len(a), words / len(b), max(n for _, _, n in runs))
        return cls(*figures, _json(passages), _json([]), tuple(passage[7:] for passage in passages))

    def match(self) -> Match:
        """The match again."""
        shared = tuple(
            Passage(Span(*p[0:2]), Span(*p[2:4]), p[4], Span(*p[5:7]), Span(*p[7:9])) for p in json.loads(self.passages)
        )
        edits = ((_edit_ends(e), e) for e in json.loads(self.edits))
        changed = tuple(Edit(_KINDS[e[0]], Span(*a), Span(*b), e[3], e[4]) for (a, b), e in edits)
        return Match(shared, self.coverage_a, self.coverage_b, self.matched_words, self.longest_run, changed)

    def places(self) -> Places:
        """Where the match has its passages and edits."""
        return _places(json.loads(self.passages), json.loads(self.edits))

    def brief(self) -> Brief:
        """The match as far as resolving reads it."""
        return Brief.of(self.matched_words, self.passages, self.edits)


class BriefPassage(NamedTuple):
    """A passage without its characters."""

    words: int
    a_tokens: Span
    b_tokens: Span


class BriefEdit(NamedTuple):
    """An edit; its places, the characters of both texts, are spans when they are asked for."""

    kind: EditKind
    a_ends: tuple[int, int]
    b_ends: tuple[int, int]
    a_text: str
    b_text: str

    @property
    def a(self) -> Span:
        return Span(*self.a_ends)

    @property
    def b(self) -> Span:
        return Span(*self.b_ends)


class Brief(NamedTuple):
    """A match as far as resolving reads it, which takes a third as long to make as a ``Match``.

    ``kept`` are its passages and edits as their columns have them.
    """

    matched_words: int
    passages: tuple[BriefPassage, ...]
    edits: tuple[BriefEdit, ...]
    kept: tuple[Sequence[Any], Sequence[Any]]

    @classmethod
    def of(cls, matched_words: int, passages: str, edits: str) -> Brief:
        """A match from what is kept of it."""
        kept = json.loads(passages), json.loads(edits)
        shared = (BriefPassage(p[4], Span(p[5], p[6]), Span(p[7], p[8])) for p in kept[0])
        changed = (BriefEdit(_KINDS[e[0]], *_edit_ends(e), e[3], e[4]) for e in kept[1])
        return cls(matched_words, tuple(shared), tuple(changed), kept)

    def places(self) -> Places:
        """Where the match has its passages and edits."""
        return _places(*self.kept)


class MatchRow(NamedTuple):
    """A stored match of documents ``a`` < ``b`` (numbers); ``step``: brought together by keys, or by a story.

    ``close`` where half of the shorter body is shared; ``relation`` as ``a`` sees it, where that is kept.
    """

    a: int
    b: int
    step: Literal["key", "story"]
    kept: Kept
    close: bool = False
    relation: str | None = None


def number_of(id: str) -> int:
    """A document's number: 63 bits made from its id, the same on every machine and in any order of arrival."""
    digest = hashlib.blake2b(id.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1


def document_row(record: Record) -> tuple[object, ...]:
    """A row of ``documents``."""
    digest = bytes.fromhex(record.digest)
    return (record.number, *_document_values(record.document), record.words, record.body_words, digest)


_document_values = attrgetter(*DOCUMENT_COLUMNS)


def sketch_row(record: Record) -> tuple[object, ...]:
    """A row of ``sketches``."""
    body = _json([_ends(span) for span in record.body])
    signature = record.signature.astype(_KEPT, copy=False).tobytes()
    return record.number, signature, body, np.packbits(record.numbers).tobytes()


def record(row: Sequence[Any]) -> Record:
    """A record from the joined columns of ``documents`` and ``sketches``."""
    document = Document(*row[1 : 1 + len(DOCUMENT_COLUMNS)])
    words, body_words, digest, signature, body, numbers = row[1 + len(DOCUMENT_COLUMNS) :]
    spans = tuple(Span(start, end) for start, end in json.loads(body))
    mask = np.unpackbits(np.frombuffer(numbers, dtype=np.uint8), count=words).view(np.bool_)
    return Record(row[0], document, words, body_words, digest.hex(), uint32s(signature), spans, mask)


def match_row(row: MatchRow) -> tuple[object, ...]:
    """A row of ``matches``."""
    return row.a, row.b, row.step, *row.kept[:6], row.close, row.relation


def kept_row(row: Sequence[Any]) -> MatchRow:
    """A kept match from its row."""
    spans = tuple((start, end) for *_, start, end in json.loads(row[7]))
    a, b, step, words, coverage_a, coverage_b, longest_run, passages, edits = row
    return MatchRow(a, b, step, Kept(words, coverage_a, coverage_b, longest_run, passages, edits, spans))


def _places(passages: Sequence[Any], edits: Sequence[Any]) -> Places:
    ends = ((edit[0], *_edit_ends(edit)) for edit in edits)
    return Places([tuple(p[:4]) for p in passages], [(_KINDS[kind], *a, *b) for kind, a, b in ends])


def _edit_values(edit: Edit) -> tuple[object, ...]:
    """The kind's mark, where the edit begins in both texts, the words; where it ends only if these do not tell.

    With whole kinds and all ends edits took two fifths more room.
    """
    (a, a_end), (b, b_end) = _ends(edit.a), _ends(edit.b)
    values = _MARKS[edit.kind], a, b, edit.a_text, edit.b_text
    return values if (a_end, b_end) == (a + len(edit.a_text), b + len(edit.b_text)) else (*values, a_end, b_end)


def _edit_ends(values: Sequence[Any]) -> tuple[tuple[int, int], tuple[int, int]]:
    """The characters of a kept edit in both texts."""
    _, a, b, a_text, b_text, *ends = values
    a_end, b_end = ends or (a + len(a_text), b + len(b_text))
    return (a, a_end), (b, b_end)


_MARKS: Mapping[EditKind, str] = {"inserted": "+", "dropped": "-", "replaced": "/", "respaced": "~"}
_KINDS = {mark: kind for kind, mark in _MARKS.items()}


def link_row(link: Link) -> tuple[Any, ...]:
    """A row of ``links``."""
    evidence = _json([_reason_values(reason, link.reasons) for reason in link.evidence]) if link.evidence else "[]"
    changes = _changes_json(link.changes) if link.changes else None
    return (
        link.copy, link.original, link.kind, link.coverage, link.share, link.matched_words, link.resemblance,
        link.confidence, _json(link.reasons), link.story, link.agency, link.direction, link.root, changes, evidence,
    )  # fmt: skip


@lru_cache(maxsize=1024)
def _changes_json(changes: Changes) -> str:
    """Changes as they are kept: those of thousands of teasers are the same."""
    return _json(_without_last(astuple(changes), 0))


def link(row: Sequence[Any]) -> Link:
    """A link from its row."""
    values = dict(zip(LINK_COLUMNS.split(", "), row, strict=True))
    values["reasons"] = tuple(json.loads(values["reasons"]))
    values["changes"] = Changes(*json.loads(values["changes"])) if values["changes"] else None
    values["evidence"] = tuple(_reason(one, values["reasons"]) for one in json.loads(values["evidence"]))
    return Link(**values)


def _reason_values(reason: Reason, told: Sequence[str]) -> list[object]:
    """A reason in the order of its fields; for a sentence that is told its place, and nothing for spans at the end that
    there are none of: with the names of fields evidence and changes took three times the room."""
    sentence = told.index(reason.sentence) if reason.sentence in told else reason.sentence
    spans = ([_ends(span) for span in each] for each in (reason.copy_spans, reason.original_spans))
    return _without_last((reason.name, reason.weight, sentence, *spans), [])


def _reason(values: Sequence[Any], told: Sequence[str]) -> Reason:
    name, weight, sentence, *places = values
    spans = (tuple(Span(*ends) for ends in each) for each in places)
    return Reason(name, weight, told[sentence] if isinstance(sentence, int) else sentence, *spans)


def _without_last(values: Sequence[object], nothing: object) -> list[object]:
    """The values, without those at the end that are nothing."""
    kept = list(values)
    while kept and kept[-1] == nothing:
        kept.pop()
    return kept


def postings(keys: NDArray[np.int64], documents: NDArray[np.int64]) -> NDArray[np.int64]:
    """Rows of ``postings``, ``(n, 2)``, in the order of the table: unsorted rows take SQLite twice as long."""
    order = np.lexsort((documents, keys))
    return np.stack((keys[order], documents[order]), axis=1)


def uint32s(blob: bytes) -> NDArray[np.uint32]:
    """An array kept as bytes."""
    return np.frombuffer(blob, dtype=_KEPT).astype(np.uint32)


_KEPT = np.dtype("<u4")


def _chars(tokens: Tokens, start: int, end: int) -> tuple[int, int]:
    return int(tokens.starts[start]), int(tokens.ends[end - 1])


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end


# ``json.dumps`` with options makes an encoder a call.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
