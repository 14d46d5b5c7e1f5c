"""Words that are passed over where texts are sketched: of outlets' own names that were glued into their prose."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from dedup.arrays import laid_flat
from dedup.model import Ids, Settings
from dedup.sketch import PASSED_OVER, word_ids
from dedup.text import Ints, Laid, Words, lay, split_words
from dedup.text.names import glued_names

# One letter behind a name is another form of it: "the Daily Quorums".
REST_CHARS = 2


def passed_over(
    named: Sequence[tuple[str, str | None]], laid: Laid, split: Words, bounds: Ints, settings: Settings
) -> tuple[Ints, Ids]:
    """The words that are sketched as others, laid flat, and those others' ids: of outlets' names glued into prose.

    ``named`` are the texts, each with the name of its site; ``bounds`` the first word of each. A text that would be too
    short without them keeps its words. Empty arrays, int64 and uint32, where nothing is glued.
    """
    found = [
        (int(laid.bounds[at]) + start, int(laid.bounds[at]) + end)
        for at, (text, name) in enumerate(named)
        for start, end in glued_names(text, name)
    ]
    places, ids = _unglued(found, laid, split)
    owner = np.searchsorted(bounds, places, side="right") - 1
    left = np.diff(bounds) - np.bincount(owner, ids == PASSED_OVER, len(named))
    long = left[owner] >= settings.shingle_words
    return places[long], ids[long]


def _unglued(found: Sequence[tuple[int, int]], laid: Laid, split: Words) -> tuple[Ints, Ids]:
    """The words of names, which stand from one place to another, and their ids: passed over, but for the last of each,
    the word it is glued to.

    Where the two are not one word, as in scripts without spaces, nothing is glued. A name of one word leaves no word to
    pass over, by which a stored page is known to be read twice: it is read as it stands.
    """
    start, end = np.array(found, dtype=np.int64).reshape(-1, 2).T
    first, last = np.searchsorted(split.starts, start), np.searchsorted(split.starts, end)
    start, end, first, last = (values[last > first] for values in (start, end, first, last))
    upto = split.ends[last - 1]
    rests = lay([laid.text[at:stop] for at, stop in zip(end.tolist(), upto.tolist(), strict=True)])
    read = split_words(rests)
    behind = np.searchsorted(read.starts, rests.bounds)
    one_word = (last - first > 1) & (upto - end >= REST_CHARS) & (np.diff(behind) == 1)
    first, last, behind = first[one_word], last[one_word], behind[:-1][one_word]
    name, places = laid_flat(first, last - first)
    ids = np.full(len(places), PASSED_OVER, dtype=np.uint32)
    ids[places == last[name] - 1] = word_ids(read.folded, read.at, read.upto)[behind]
    return places, ids
