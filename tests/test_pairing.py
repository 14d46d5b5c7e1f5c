"""Which pairs are worth an alignment: those that share enough, and of one house's own only what may be a version."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random

import made
import pytest

from dedup.index.pairing import Pages, TextPair, align_here
from dedup.index.preparing import Prepared, prepare
from dedup.model import Document
from dedup.store import Kept, Store

RANDOM = Random("pairing")
STORY = [RANDOM.choice(made.WORDS) for _ in range(300)]
OTHER = [f"{word}s" for word in STORY]
# Every sixth word is another: a sixth of the shingles stay, and five words of six, in their order.
REWORDED = [other if at % 6 == 0 else word for at, (word, other) in enumerate(zip(STORY, OTHER, strict=True))]
# A fifth of the words stay, in one piece.
QUOTING = [*OTHER[:120], *STORY[120:178], *OTHER[178:]]
MOST = [*STORY[:200], *OTHER[200:]]
LITTLE = [*OTHER[:280], *STORY[280:]]

CASES: dict[str, tuple[list[str], str | None, str | None, bool]] = {
    "one house's background": (QUOTING, "a.example", "a.example", False),
    "the same of two houses": (QUOTING, "a.example", "b.example", True),
    "the same of nobody knows whom": (QUOTING, None, None, True),
    "one agency's background": (QUOTING, "reuters.com", "uk.reuters.com", False),
    "one house's reworded version": (REWORDED, "a.example", "a.example", True),
    "one house's version": (MOST, "a.example", "a.example", True),
    "a line or two of two houses": (LITTLE, "a.example", "b.example", False),
}


def page(id: str, words: Sequence[str], outlet: str | None, store: Store) -> Prepared:
    made_ = prepare([Document(id, " ".join(words) + ".", outlet=outlet)], store.settings)[0]
    assert isinstance(made_, Prepared)
    return made_


@pytest.mark.parametrize("stored", [False, True], ids=["given", "stored"])
@pytest.mark.parametrize("name", CASES)
def test_a_pair_is_aligned_where_it_may_mean_something(store: Store, name: str, stored: bool) -> None:
    words, one, two, expected = CASES[name]
    pages = [page("one", STORY, one, store), page("two", words, two, store)]
    aligned: list[TextPair] = []

    def aligner(pairs: Sequence[TextPair]) -> Callable[[], list[Kept | None]]:
        aligned.extend(pairs)
        return align_here(pairs)

    known = Pages(store, aligner)
    if stored:
        with store.transaction():
            store.put_records(each.record for each in pages)
    else:
        for each in pages:
            known.give(each)
    pair = (pages[0].record.number, pages[1].record.number)
    matches = known.match_all([(min(pair), max(pair))])
    assert bool(aligned) == expected
    [match] = matches.values()
    assert match.matched_words >= 20
