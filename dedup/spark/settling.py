"""What a task makes of documents that are to be settled: from rows of frames to those of ``index.rounds``, and back."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dedup.arrays import Ints
from dedup.index.rounds import Own, Settled, settle, settle_through, spans_met
from dedup.index.tasks import Row
from dedup.spark.frames import Given, Laid, answered, arrays, batch_of, rows_of, sliced
from dedup.store import Kept

if TYPE_CHECKING:
    import pyarrow as pa

STATE = {"number": "bigint", "key": "bigint", "place": "bigint", "posts": "boolean", "salts": "bigint",
          "settled": "boolean", "lower": "bigint"}  # fmt: skip


def settle_once(given: Given) -> Iterator[pa.RecordBatch]:
    """What one round makes of documents: rows of ``STATE``, keys with what is known of them now (of settled documents
    only what they post), and whom those that are settled match."""
    own, salts = _own(given)
    others, waiting = _others(given)
    yield from _settled(own, salts, settle(own, others, _matches(given), waiting))


def settle_all(given: Given) -> Iterator[pa.RecordBatch]:
    """The same of as many rounds as need no others matched."""
    own, salts = _own(given)
    others, _ = _others(given)
    tried = {(lower, number) for number, lower in _each(given, "tried")}
    keys, numbers = _table(given, "closed", ("key", "number"))
    outside = {number: told for number, told in others.items() if number not in own}
    yield from _settled(own, salts, settle_through(own, (keys, numbers), outside, _matches(given), tried))


def _matches(given: Given) -> dict[int, dict[int, Kept]]:
    met: defaultdict[int, dict[int, Kept]] = defaultdict(dict)
    for number, lower, passages, is_b in _each(given, "met"):
        met[number][lower] = spans_met(json.loads(passages), is_b=is_b)
    return met


def _settled(
    own: Mapping[int, Own], salts: Mapping[int, Ints], told: Mapping[int, Settled]
) -> Iterator[pa.RecordBatch]:  # fmt: skip
    if told:
        yield from sliced(batch_of(_state(own, salts, told), STATE))
    lowers = [(number, lower) for number, one in told.items() for lower in one.lowers]
    yield from answered(((number, *5 * (None,), lower) for number, lower in lowers), STATE)


def _state(own: Mapping[int, Own], salts: Mapping[int, Ints], told: Mapping[int, Settled]) -> Laid:
    """The rows of keys of documents as they are now: of those that are settled only what they post."""
    sizes = [len(own[number].keys) for number in told]
    columns = {
        "number": np.repeat(np.fromiter(told, dtype=np.int64), sizes),
        "key": np.concatenate([own[number].keys for number in told]),
        "place": np.concatenate([own[number].places for number in told]),
        "posts": np.concatenate([one.posts for one in told.values()]),
        "salts": np.concatenate([salts[number] for number in told]),
        "settled": np.repeat([one.is_settled for one in told.values()], sizes),
    }
    left = columns["posts"] | ~columns["settled"]
    return {name: column[left] for name, column in columns.items()}


def _own(given: Given) -> tuple[dict[int, Own], dict[int, Ints]]:
    """The documents that are to be settled, and among how many tasks the rows of each of their keys are divided."""
    silent, unready = defaultdict[int, list[int]](list), set[int]()
    for number, key, unsure in _each(given, "notes"):
        if key is not None:
            silent[number].append(key)
        unready.update({number} if key is None or unsure else ())
    numbers, keys, places, posts, salts = _table(given, "own", ("number", "key", "place", "posts", "salts"))
    known, first = np.unique(numbers, return_index=True)
    own, rows = {}, {}
    for number, start, end in zip(known.tolist(), first.tolist(), [*first[1:].tolist(), len(numbers)], strict=True):
        part = slice(start, end)
        quiet = np.array(sorted(silent.get(number, ())), dtype=np.int64)
        own[number] = Own(keys[part], places[part], posts[part].astype(bool), quiet, number not in unready)
        rows[number] = salts[part]
    return own, rows


def _others(given: Given) -> tuple[dict[int, Ints], set[int]]:
    """What others may post, by document, and which of these are not settled."""
    numbers, keys, is_open = _table(given, "others", ("number", "key", "open"))
    known, first = np.unique(numbers, return_index=True)
    told = dict(zip(known.tolist(), np.split(keys, first[1:]), strict=True)) if len(known) else {}
    return told, set(np.unique(numbers[is_open.astype(bool)]).tolist())


def _table(given: Given, name: str, columns: Sequence[str]) -> list[Any]:
    """The columns of a frame's rows, by the first of them, then the second."""
    parts = [arrays(batch, columns) for batch in given.get(name, ())]
    nothing = np.zeros(0, dtype=np.int64)
    told = [np.concatenate([part[column] for part in parts]) if parts else nothing for column in columns]
    order = np.lexsort((told[1], told[0]))
    return [column[order] for column in told]


def _each(given: Given, name: str) -> Iterator[Row]:
    return (row for batch in given.get(name, ()) for row in rows_of(batch))
