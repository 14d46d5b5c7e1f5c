"""Words to word ids, signatures and keys: the two sieves that propose. Owns datasketch; knows no document, no SQL.

Everything works on a batch laid flat: the ids of many texts one after the other, with the length of each.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dedup.arrays import edges
from dedup.model import Ids, Settings
from dedup.windows import U64, Keys, mix, passage_keys, tag

Signatures = NDArray[np.uint32]
Permutations = tuple[NDArray[np.uint32], NDArray[np.uint32]]

# The id of a word that is passed over: sequences of words go on behind it as if it were not there.
PASSED_OVER = np.uint32(0xFFFFFFFF)
# Words longer than four 8-byte loads are hashed one by one: there are next to none, and a page can be one "word".
_LOADS = 4
_MULTIPLIERS = tuple(
    np.uint64(m)
    for m in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93, 0xA0761D6478BD642F)
)
_LENGTH = np.uint64(0xE7037ED1A0B428DB)
_MASKS = np.array([(1 << (8 * n)) - 1 for n in range(8)] + [0xFFFFFFFFFFFFFFFF], dtype=np.uint64)
_PERMUTATION_CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Sketches:
    """The sketches of a batch of n texts: ``signatures`` uint32 ``(n, permutations)``, keys flat.

    Text ``i`` has ``keys[bounds[i]:bounds[i + 1]]``, int64, sorted, each once; ``places``, beside them, is the word
    where the shingle behind a passage key begins (the first, if it recurs), and -1 for a body key. Its shingles'
    hashes are ``hashes[starts[i]:starts[i + 1]]``, uint64.
    """

    signatures: Signatures
    keys: Keys
    places: NDArray[np.int64]
    bounds: NDArray[np.int64]
    hashes: U64
    starts: NDArray[np.int64]


def word_ids(folded: bytes, at: NDArray[np.int64], upto: NDArray[np.int64]) -> Ids:
    """A 32-bit id for each word ``folded[at[i]:upto[i]]``: equal words, equal ids, on every machine.

    Two different words share an id once in 2^32 pairs; an alignment can then hold a wrong word, never a wrong page.
    """
    if not len(at):
        return np.zeros(0, dtype=np.uint32)
    lengths = upto - at
    padded = np.frombuffer(folded + bytes(8), dtype=np.uint8)
    loads = np.ndarray(shape=(len(padded) - 7,), dtype="<u8", buffer=padded, strides=(1,))
    hashed = lengths.astype(np.uint64) * _LENGTH
    hashed = mix(hashed ^ ((loads[at] & _MASKS[np.minimum(lengths, 8)]) * _MULTIPLIERS[0]))
    for k in range(1, _LOADS):
        long = np.flatnonzero(lengths > 8 * k)
        words = loads[at[long] + 8 * k] & _MASKS[np.minimum(lengths[long] - 8 * k, 8)]
        hashed[long] = mix(hashed[long] ^ (words * _MULTIPLIERS[k]))
    for i in np.flatnonzero(lengths > 8 * _LOADS):
        digest = hashlib.blake2b(folded[at[i] : upto[i]], digest_size=8).digest()
        hashed[i] = np.uint64(int.from_bytes(digest, "little"))
    return np.minimum((hashed >> np.uint64(32)).astype(np.uint32), PASSED_OVER - np.uint32(1))


def shingle_hashes(ids: Ids, settings: Settings) -> U64:
    """A 64-bit hash for each run of ``shingle_words`` word ids: shape ``(max(0, n - k + 1),)``.

    Words that are passed over are left out. The lower 32 bits are what the MinHash is made of: ``MinHash.update_batch``
    over them with an identity ``hashfunc`` gives the same signature.
    """
    k, ids = settings.shingle_words, ids[ids != PASSED_OVER]
    if len(ids) < k:
        return np.zeros(0, dtype=np.uint64)
    mixed = mix(ids.astype(np.uint64) + _LENGTH)
    total = np.zeros(len(ids) - k + 1, dtype=np.uint64)
    for j in range(k):
        factor = int(_MULTIPLIERS[j % len(_MULTIPLIERS)]) * (2 * j + 1) % (1 << 64)
        total += mixed[j : len(mixed) - k + 1 + j] * np.uint64(factor)
    return mix(total)


def shingles_of_each(ids: Ids, lengths: NDArray[np.int64], settings: Settings) -> Iterator[U64]:
    """``shingle_hashes`` of each text of a batch, laid out as ``sketch`` has it; none of one that is too short."""
    every, kept = shingle_hashes(ids, settings), np.append(0, np.cumsum(ids != PASSED_OVER))
    bounds = kept[np.append(0, np.cumsum(lengths))].tolist()
    for start, end in pairwise(bounds):
        yield every[start : max(start, end - settings.shingle_words + 1)]


def sketch(ids: Ids, lengths: NDArray[np.int64], settings: Settings) -> Sketches:
    """Sketch a batch: ``ids`` holds the texts one after the other, ``lengths`` their numbers of words.

    Body keys are the bands of the signature (Broder 1997; Leskovec, Rajaraman, Ullman, ch. 3). Passage keys are
    the minima of every window of shingles (winnowing: Schleimer, Wilkerson, Aiken 2003): any unbroken run of
    ``settings.promised_words`` words that two texts share gives both at least one equal key. A shorter shared run
    may share none. Raises ``ValueError`` for a text shorter than one shingle: it has no sketch.
    """
    if len(lengths) == 0:
        empty = np.zeros((0, settings.permutations), dtype=np.uint32)
        none, bounds = np.zeros(0, dtype=np.int64), np.zeros(1, dtype=np.int64)
        return Sketches(empty, none, none, bounds, np.zeros(0, dtype=np.uint64), bounds)
    shingles = _flat_shingles(ids, lengths, settings)
    signatures = sign(shingles.hashes.astype(np.uint32), shingles.starts[:-1], permutations(settings))
    return Sketches(signatures, *_keyed(shingles, signatures, settings), shingles.hashes, shingles.starts)


def sign(hashes: NDArray[np.uint32], starts: NDArray[np.int64], permuted: Permutations) -> Signatures:
    """The MinHash of each slice of ``hashes`` that begins at ``starts``; no slice may be empty.

    Bit for bit datasketch's own signature, one pass a permutation over the whole batch.
    """
    a, b = permuted
    mixed = _fmix32(hashes)
    signatures = np.empty((len(starts), len(a)), dtype=np.uint32)
    for first, last in _chunks(starts):
        upto = int(starts[last]) if last < len(starts) else len(hashes)
        part = mixed[starts[first] : upto]
        inner = starts[first:last] - starts[first]
        turned = np.empty_like(part)
        for k in range(len(a)):
            np.multiply(part, a[k], out=turned)
            turned += b[k]
            signatures[first:last, k] = np.minimum.reduceat(turned, inner)
    return signatures


def keys_of(
    ids: Ids, lengths: NDArray[np.int64], signatures: Signatures, settings: Settings
) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """The keys that ``sketch`` gives to a batch whose signatures are known: keys, places and bounds, as there."""
    return _keyed(_flat_shingles(ids, lengths, settings), signatures, settings)


def with_keys_as_it_stands(
    known: tuple[Keys, NDArray[np.int64], NDArray[np.int64]],
    rows: NDArray[np.int64],
    raw: Sequence[Ids],
    signatures: Signatures,
    settings: Settings,
) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Keys, places and bounds of texts, for some of which, ``rows``, words were passed over, with the keys of what
    those are as they stand, ``raw``: a copy of such a page, names and all, is promised to be found, too.

    Each key once, where it is known. ``signatures`` are those of the rows.
    """
    lengths = np.array([len(part) for part in raw], dtype=np.int64)
    keys, places, bounds = known
    others, elsewhere, ends = keys_of(np.concatenate(raw), lengths, signatures, settings)
    owners = np.repeat(np.arange(len(bounds) - 1), np.diff(bounds)), np.repeat(rows, np.diff(ends))
    both = np.concatenate([keys, others]), np.concatenate([places, elsewhere]), np.concatenate(owners)
    return _once_each(len(bounds) - 1, *both)


def resemblance(a: NDArray[np.uint32], b: NDArray[np.uint32]) -> float:
    """Estimate |A∩B|/|A∪B| of two texts' shingles from their signatures (Broder 1997).

    With 128 permutations the standard error is at most 0.044.
    """
    return float(np.mean(a == b))


def is_body_key(keys: Keys) -> NDArray[np.bool_]:
    """Which keys are bands of the whole body (one shared is a candidate) rather than windows' minima."""
    return (keys & 1).astype(bool)


class _Shingles(NamedTuple):
    """The shingles of texts, those of text ``i`` from ``starts[i]`` on, and the word of it where each begins, if that
    is not its own place."""

    hashes: U64
    starts: NDArray[np.int64]
    words: NDArray[np.int64] | None


def _flat_shingles(ids: Ids, lengths: NDArray[np.int64], settings: Settings) -> _Shingles:
    """The shingles of all texts without those that cross from one text into the next."""
    k, every, kept = settings.shingle_words, shingle_hashes(ids, settings), ids != PASSED_OVER
    words = None if kept.all() else _places(kept, lengths)
    if words is not None:
        lengths = np.add.reduceat(kept, np.cumsum(lengths) - lengths, dtype=np.int64)
    _require_shingles(lengths, settings)
    ends = np.cumsum(lengths)
    inside = np.ones(len(every), dtype=bool)
    for j in range(1, k):
        inside[ends[:-1] - j] = False
    starts = np.concatenate([[0], np.cumsum(lengths - k + 1)])
    return _Shingles(every[inside], starts, None if words is None else words[: len(every)][inside])


def _places(kept: NDArray[np.bool_], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """The places of the words that are kept, each in its text."""
    return (np.arange(len(kept)) - np.repeat(np.cumsum(lengths) - lengths, lengths))[kept]


def _body_keys(signatures: Signatures, settings: Settings) -> Keys:
    """One key a band: shape ``(n, bands)``."""
    rows = signatures[:, : settings.bands * settings.band_rows].astype(np.uint64)
    rows = rows.reshape(len(signatures), settings.bands, settings.band_rows)
    total = np.broadcast_to(np.arange(1, settings.bands + 1, dtype=np.uint64) * _LENGTH, rows.shape[:2]).copy()
    for row in range(settings.band_rows):
        total = mix(total ^ (rows[:, :, row] * _MULTIPLIERS[row % len(_MULTIPLIERS)]))
    return tag(total, 1)


def _keyed(
    shingles: _Shingles, signatures: Signatures, settings: Settings
) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    keys, places, owners = passage_keys(shingles.hashes, shingles.starts, settings)
    if shingles.words is not None:
        places = shingles.words[shingles.starts[owners] + places]
    body = _body_keys(signatures, settings)
    return _once_each(
        len(signatures),
        np.concatenate([keys, body.ravel()]),
        np.concatenate([places, np.full(body.size, -1)]),
        np.concatenate([owners, np.repeat(np.arange(len(signatures)), body.shape[1])]),
    )


def _once_each(
    texts: int, keys: Keys, places: NDArray[np.int64], owners: NDArray[np.int64]
) -> tuple[Keys, NDArray[np.int64], NDArray[np.int64]]:
    """Sort the keys of each text and keep each once, at its first place; and where each text's keys begin.

    The places of a text's keys ascend where keys are equal. Two stable sorts take a fifth of the time of ``lexsort``.
    """
    order = np.argsort(keys, kind="stable")
    order = order[np.argsort(owners[order].astype(np.min_scalar_type(texts)), kind="stable")]
    keys, places, owners = keys[order], places[order], owners[order]
    first = edges(keys) | edges(owners)
    return keys[first], places[first], np.searchsorted(owners[first], np.arange(texts + 1))


def _require_shingles(lengths: NDArray[np.int64], settings: Settings) -> None:
    if len(lengths) and int(lengths.min()) < settings.shingle_words:
        raise ValueError(f"a text of {lengths.min()} words has no shingle of {settings.shingle_words}")


def _chunks(starts: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Whole texts grouped to about ``_PERMUTATION_CHUNK`` shingles, which stay in the cache."""
    chunks, first = [], 0
    while first < len(starts):
        last = int(np.searchsorted(starts, starts[first] + _PERMUTATION_CHUNK, side="left"))
        last = max(first + 1, last)
        chunks.append((first, last))
        first = last
    return chunks


@cache
def permutations(settings: Settings) -> Permutations:
    """The multipliers and summands of datasketch's permutations, uint32 of shape ``(settings.permutations,)``.

    By datasketch 2's formula for ``affine32``, as importing it takes twice as long as all else that is imported
    (0.6 s against 0.25: it loads scipy for its LSH); ``datasketch_signature`` asks datasketch itself. Raises
    ``ValueError`` for another scheme.
    """
    if settings.scheme != "affine32":
        raise ValueError(f"signatures are made with scheme affine32, not {settings.scheme}")
    draw, count = np.random.RandomState(settings.seed), settings.permutations
    multipliers = draw.randint(0, 1 << 31, count, dtype=np.uint32) * np.uint32(2) + np.uint32(1)
    return multipliers, draw.randint(0, 1 << 32, count, dtype=np.uint32)


def datasketch_signature(ids: Ids, settings: Settings) -> Signatures:
    """The signature of one text as datasketch makes it: what ``sketch`` must come to, in eight times the time."""
    from datasketch import MinHash

    made = MinHash(settings.permutations, seed=settings.seed, scheme=settings.scheme, hashfunc=int)
    made.update_batch(shingle_hashes(ids, settings).astype(np.uint32).tolist())
    return np.asarray(made.hashvalues, dtype=np.uint32)


def _fmix32(hashes: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """MurmurHash3's finaliser, which datasketch 2's ``affine32`` applies to every hash first."""
    h = hashes ^ (hashes >> np.uint32(16))
    h *= np.uint32(0x85EBCA6B)
    h ^= h >> np.uint32(13)
    h *= np.uint32(0xC2B2AE35)
    h ^= h >> np.uint32(16)
    return h
