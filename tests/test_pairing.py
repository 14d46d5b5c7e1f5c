"""Which pairs are worth an alignment: those that share enough, more than unbroken runs, and of one house's own only
what may be a version."""

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
# A fifth of the words stay, in one piece; and in two, with a word changed between.
QUOTING = [*OTHER[:120], *STORY[120:178], *OTHER[178:]]
MISQUOTING = [*OTHER[:120], *STORY[120:150], "twentyish", *STORY[151:178], *OTHER[178:]]
SHORTLY = [*OTHER[:100], *STORY[100:106], *QUOTING[106:]]
NAMED = [*OTHER[:120], *STORY[120:175], "Quorumish", *STORY[175:178], *OTHER[178:]]
MOST = [*STORY[:200], *OTHER[200:]]
MOSTLY = [*STORY[:90], *OTHER[90:94], *STORY[94:200], *OTHER[200:]]
LITTLE = [*OTHER[:280], *STORY[280:]]

CASES: dict[str, tuple[list[str], str | None, str | None, bool]] = {
    "one house's background": (QUOTING, "a.example", "a.example", False),
    "a quotation of another house": (QUOTING, "a.example", "b.example", False),
    "one that is changed": (MISQUOTING, "a.example", "b.example", True),
    "of nobody knows whom": (MISQUOTING, None, None, True),
    "one that is changed, of one house": (MISQUOTING, "a.example", "a.example", False),
    "a phrase beside it": (SHORTLY, "a.example", "b.example", True),
    "a name put in near its end": (NAMED, "a.example", "b.example", True),
    "one agency's background": (QUOTING, "reuters.com", "uk.reuters.com", False),
    "one house's reworded version": (REWORDED, "a.example", "a.example", True),
    "one house's version": (MOSTLY, "a.example", "a.example", True),
    "one that was cut": (MOST, "a.example", "a.example", False),
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


def test_a_name_that_is_passed_over_elsewhere_on_the_page_is_no_reason_to_align(store: Store) -> None:
    words = [*OTHER[:40], "Quorum", "Daily", f"Press{OTHER[40]}", *QUOTING[41:]]
    made_ = prepare(
        [Document("two", " ".join(words) + ".", outlet="b.example", site_name="Quorum Daily Press")], store.settings
    )
    assert isinstance(made_[0], Prepared)
    pages = [page("one", STORY, "a.example", store), made_[0]]
    assert len(pages[1].bits) > len(words)
    aligned: list[TextPair] = []

    def aligner(pairs: Sequence[TextPair]) -> Callable[[], list[Kept | None]]:
        aligned.extend(pairs)
        return align_here(pairs)

    known = Pages(store, aligner)
    for each in pages:
        known.give(each)
    one, two = (each.record.number for each in pages)
    for pair in ((one, two), (two, one)):
        [match] = known.match_all([pair]).values()
        assert match.longest_run == 58
    assert aligned == []
