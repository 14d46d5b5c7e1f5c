"""Many texts tokenised together have the tokens that each has alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dedup.index import preparing as under_test
from dedup.index.preparing import tokenise, tokenise_all

TEXTS = st.lists(st.text(st.sampled_from("ab’é 中の.\n\u0301"), max_size=12), max_size=7)


@given(TEXTS, st.integers(1, 3))
def test_many_texts_have_the_tokens_that_each_has_alone(texts: list[str], together: int) -> None:
    alone = [tokenise(text) for text in texts]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(under_test, "_SKETCHED_TOGETHER", together)
        many = list(tokenise_all(texts))
    for one, other in zip(alone, many, strict=True):
        assert one.text == other.text
        for name in ("ids", "starts", "ends"):
            values, others = getattr(one, name), getattr(other, name)
            assert values.tolist() == others.tolist()
            assert values.dtype == others.dtype


def test_a_text_without_words_has_no_tokens() -> None:
    assert [len(tokens) for tokens in tokenise_all(["", "one two", " . "])] == [0, 2, 0]
    assert list(tokenise_all([])) == []
