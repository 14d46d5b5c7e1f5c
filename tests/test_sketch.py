"""Word ids, signatures and keys: datasketch and slow loops as oracles, the promise, values that must not change."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

import numpy as np
import pytest
from datasketch import MinHash
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from dedup.model import Ids, Settings
from dedup.sketch import (
    PASSED_OVER,
    Sketches,
    is_body_key,
    permutations,
    resemblance,
    shingle_hashes,
    sign,
    sketch,
    word_ids,
)

USUAL = Settings()
# Texts of few words repeat shingles; texts of many do not.
SMALL = Settings(shingle_words=3, window_shingles=4, permutations=16, bands=4, band_rows=3, seed=7)
WORD = 1 << 32
HASH = 1 << 64

any_settings = st.builds(
    Settings,
    shingle_words=st.integers(1, 12),
    window_shingles=st.integers(1, 20),
    permutations=st.just(16),
    bands=st.just(4),
    band_rows=st.just(4),
)


def texts(least: int, most: int = 60) -> st.SearchStrategy[list[int]]:
    few = st.lists(st.integers(0, 3), min_size=least, max_size=most)
    return few | st.lists(st.integers(0, int(PASSED_OVER) - 1), min_size=least, max_size=most)


def batch(texts: Sequence[Sequence[int]], chosen: Settings = USUAL) -> Sketches:
    flat = np.array([word for text in texts for word in text], dtype=np.uint32)
    return sketch(flat, np.array([len(text) for text in texts], dtype=np.int64), chosen)


def rows(made: Sketches) -> list[tuple[list[int], list[int], list[int]]]:
    """Signature, keys and places of each text."""
    stretches = zip(made.bounds[:-1], made.bounds[1:], strict=True)
    return [
        (made.signatures[row].tolist(), made.keys[start:end].tolist(), made.places[start:end].tolist())
        for row, (start, end) in enumerate(stretches)
    ]


def is_body(key: int) -> bool:
    return bool(is_body_key(np.array([key]))[0])


def passage_keys(text: Sequence[int], chosen: Settings = USUAL) -> dict[int, int]:
    """The passage keys of a text and their places."""
    ((_, keys, places),) = rows(batch([text], chosen))
    return {key: place for key, place in zip(keys, places, strict=True) if not is_body(key)}


def random_ids(seed: int, words: int) -> list[int]:
    return list(map(int, np.random.default_rng(seed).integers(0, PASSED_OVER, words)))


def shingles(text: Sequence[int], chosen: Settings = USUAL) -> list[int]:
    return list(map(int, shingle_hashes(np.array(text, dtype=np.uint32), chosen)))


def slow_signature(text: Sequence[int], chosen: Settings = USUAL) -> list[int]:
    made = MinHash(chosen.permutations, seed=chosen.seed, scheme=chosen.scheme, hashfunc=lambda value: value)
    made.update_batch([value % WORD for value in shingles(text, chosen)])
    return [int(value) for value in made.hashvalues]


def slow_key(value: int) -> int:
    """MurmurHash3's finaliser over a shingle's hash, an even number with a sign."""
    for multiplier in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ (value >> 33)) * multiplier % HASH
    value = (value ^ (value >> 33)) & ~1
    return value - HASH if value >= HASH // 2 else value


def slow_passage_keys(text: Sequence[int], chosen: Settings) -> dict[int, int]:
    """The smallest shingle of every window, at the first place where it stands; narrower windows of the beginning."""
    hashes, found = shingles(text, chosen), dict[int, int]()
    lead = hashes[: chosen.lead_words]
    windows = [(at, hashes[at : at + chosen.window_shingles]) for at in range(len(hashes))]
    windows = [window for window in windows if len(window[1]) == chosen.window_shingles] or windows[:1]
    narrow = [(at, lead[at : at + chosen.lead_shingles]) for at in range(len(lead))]
    for start, window in [*windows, *(pair for pair in narrow if len(pair[1]) == chosen.lead_shingles)]:
        place = start + window.index(min(window))
        key = slow_key(hashes[place])
        found[key] = min(place, found.get(key, place))
    return found


@given(st.lists(texts(5) | st.lists(st.integers(0, 9), min_size=5, max_size=5), min_size=1, max_size=5))
@settings(max_examples=60)
def test_signatures_are_those_of_datasketch(several: list[list[int]]) -> None:
    made = batch(several)
    assert made.signatures.dtype == np.uint32
    assert made.signatures.tolist() == [slow_signature(text) for text in several]


@pytest.mark.parametrize("chosen", [SMALL, dataclasses.replace(USUAL, seed=42), Settings(permutations=256)])
def test_signatures_are_those_of_datasketch_with_other_settings(chosen: Settings) -> None:
    several = [random_ids(seed, words) for seed, words in enumerate([12, 5, 300])]
    assert batch(several, chosen).signatures.tolist() == [slow_signature(text, chosen) for text in several]


@given(st.lists(texts(3, 30), min_size=1, max_size=6), st.integers(0, 6))
@settings(max_examples=100)
def test_a_text_has_the_same_sketch_in_every_batch(several: list[list[int]], at: int) -> None:
    together = rows(batch(several, SMALL))
    assert together == [rows(batch([text], SMALL))[0] for text in several]
    assert together == rows(batch(several[:at], SMALL)) + rows(batch(several[at:], SMALL))


def test_a_batch_of_many_thousand_shingles_is_signed_as_one_by_one() -> None:
    several = [random_ids(seed, words) for seed, words in enumerate([70_000, 5, 40_000, 30_000, 5, 6, 66_000])]
    apart = [batch([text]).signatures[0].tolist() for text in several]
    assert batch(several).signatures.tolist() == apart


def test_signing_slices_is_signing_each() -> None:
    hashes = np.array(random_ids(1, 40), dtype=np.uint32)
    every = sign(hashes, np.array([0, 1, 17, 39]), permutations(SMALL))
    each = [sign(part, np.array([0]), permutations(SMALL))[0].tolist() for part in np.split(hashes, [1, 17, 39])]
    assert every.tolist() == each


@given(any_settings, st.data())
@settings(max_examples=150)
def test_any_unbroken_run_of_the_promised_words_shares_a_key(chosen: Settings, data: st.DataObject) -> None:
    run = data.draw(texts(chosen.promised_words, chosen.promised_words))
    around = [data.draw(texts(0, 40)) for _ in range(4)]
    one, other = [*around[0], *run, *around[1]], [*around[2], *run, *around[3]]
    assert passage_keys(one, chosen).keys() & passage_keys(other, chosen).keys()


@pytest.mark.parametrize("seed", range(20))
def test_twenty_words_anywhere_in_long_texts_share_a_key(seed: int) -> None:
    run, before, after = random_ids(seed, 20), random_ids(100 + seed, 700), random_ids(200 + seed, 3 * seed)
    assert passage_keys([*before, *run, *after]).keys() & passage_keys([*after, *run, *before]).keys()


@given(any_settings, st.data())
@settings(max_examples=100)
def test_passage_keys_are_the_minima_of_every_window(chosen: Settings, data: st.DataObject) -> None:
    text = data.draw(texts(chosen.shingle_words, 50))
    assert passage_keys(text, chosen) == slow_passage_keys(text, chosen)


@pytest.mark.parametrize("words", [5, 12, 20, 60])
def test_a_shingle_that_recurs_is_placed_where_it_is_first(words: int) -> None:
    assert passage_keys([7] * words) == {slow_key(shingles([7] * 5)[0]): 0}


@given(st.lists(texts(3, 40), min_size=1, max_size=5))
@settings(max_examples=100)
def test_keys_are_sorted_each_once_and_body_keys_have_no_place(several: list[list[int]]) -> None:
    made = batch(several, SMALL)
    assert made.keys.dtype == np.int64
    assert len(made.places) == len(made.keys) == made.bounds[-1]
    for _, keys, places in rows(made):
        assert keys == sorted(set(keys))
        assert [place == -1 for place in places] == is_body_key(np.array(keys)).tolist()


@given(texts(3, 40), st.data())
@settings(max_examples=100)
def test_texts_share_a_body_key_for_each_band_that_agrees(one: list[int], data: st.DataObject) -> None:
    other = one[: data.draw(st.integers(3, len(one)))] + data.draw(texts(0, 5))
    made = batch([one, other], SMALL)
    (_, keys, _), (_, others, _) = rows(made)
    first, second = (row[: SMALL.bands * SMALL.band_rows].reshape(SMALL.bands, -1) for row in made.signatures)
    assert len([key for key in keys if is_body(key)]) == SMALL.bands
    assert len({key for key in keys if is_body(key)} & set(others)) == int((first == second).all(axis=1).sum())


def test_an_empty_batch_has_empty_arrays() -> None:
    made = batch([])
    assert (made.signatures.shape, made.keys.shape, made.places.shape) == ((0, 128), (0,), (0,))
    assert (made.signatures.dtype.name, made.keys.dtype.name, made.bounds.tolist()) == ("uint32", "int64", [0])


@pytest.mark.parametrize("several", [[[]], [[1, 2, 3, 4]], [[1] * 30, [1, 2, 3, 4]], [[], [1] * 30]])
def test_a_text_shorter_than_a_shingle_is_refused(several: list[list[int]]) -> None:
    with pytest.raises(ValueError, match="has no shingle of 5"):
        batch(several)


@pytest.mark.parametrize("length", [0, 1, 4])
def test_a_short_text_has_no_shingle(length: int) -> None:
    assert shingles([1] * length) == []


@given(texts(5, 30), texts(0, 10), st.integers(0, 10))
@settings(max_examples=100)
def test_a_shingle_is_hashed_alike_wherever_it_stands(text: list[int], before: list[int], after: int) -> None:
    moved = shingles([*before, *text, *text[:after]])
    assert moved[len(before) : len(before) + len(text) - 4] == shingles(text)


@given(st.permutations(range(5)))
@settings(max_examples=60)
def test_the_order_of_words_makes_another_shingle(order: Sequence[int]) -> None:
    assert (shingles(order) == shingles(range(5))) == (list(order) == list(range(5)))


def joined(words: Sequence[bytes], between: bytes = b" ") -> tuple[bytes, NDArray[np.int64], NDArray[np.int64]]:
    upto = np.cumsum([len(word) + len(between) for word in words], dtype=np.int64) - len(between)
    return between.join(words), upto - np.array([len(word) for word in words], dtype=np.int64), upto


def ids_of(*words: str) -> list[int]:
    ids: Ids = word_ids(*joined([word.encode() for word in words]))
    assert ids.dtype == np.uint32
    return list(map(int, ids))


LONG = ["x" * length for length in (7, 8, 9, 15, 16, 17, 31, 32, 33, 100, 10_000)]
any_words = st.lists(st.text(min_size=1, max_size=40) | st.sampled_from(LONG), min_size=1, max_size=8)


@given(any_words, st.sampled_from([b" ", b"xyz", b"\0", "Ω".encode()]))
@settings(max_examples=150)
def test_equal_words_have_equal_ids_whatever_stands_around(words: list[str], between: bytes) -> None:
    encoded = [word.encode() for word in words]
    alone = [ids_of(word)[0] for word in words]
    assert word_ids(*joined(encoded, between)).tolist() == alone
    folded, at, upto = joined(encoded)
    assert word_ids(b"9" + folded + b"zzzzzzzzz", at + 1, upto + 1).tolist() == alone


def test_no_words_have_no_ids() -> None:
    assert ids_of() == []


def test_words_that_differ_only_in_length_have_other_ids() -> None:
    words = [char * length for length in range(1, 120) for char in ("x", "\0")]
    assert len(set(ids_of(*words))) == len(words)


def test_long_words_differ_in_every_byte() -> None:
    words = ["x" * at + "y" + "x" * (99 - at) for at in range(100)]
    assert len(set(ids_of(*words, "x" * 100))) == 101


def test_fifty_thousand_words_hardly_ever_share_an_id() -> None:
    stems = [first + second for first in "bdfghklmnpr" for second in ("a", "e", "i", "o", "u", "an", "el", "ir")]
    words = [f"{one}{two}{end}" for one in stems for two in stems for end in ("", "s", "ed", "ing", "er", "12", "ñ")]
    assert len(set(words)) >= 50_000
    assert len(set(words)) - len(set(ids_of(*set(words)))) <= 2


PINNED_IDS = {
    "one letter": ("a", 1536819520),
    "a word": ("ferry", 918153486),
    "beyond ASCII": ("señor", 3444777499),
    "two loads": ("extraordinarily", 85264724),
    "four loads": ("x" * 32, 2415759604),
    "one byte more": ("x" * 33, 3881024192),
    "a page without spaces": ("ferry" * 2000, 3309374253),
}


@pytest.mark.parametrize("name", PINNED_IDS)
def test_word_ids_stay_what_they_are_in_stored_data(name: str) -> None:
    word, expected = PINNED_IDS[name]
    assert ids_of(word) == [expected]


def test_sketches_stay_what_they_are_in_stored_data() -> None:
    ((signature, keys, places),) = rows(batch([range(1, 31)]))
    assert shingles(range(1, 8)) == [4475104321821948367, 4453525484435668360, 10607786979586609713]
    assert signature[:4] == [94221439, 72965165, 522751895, 228089942]
    assert signature[-2:] == [168420527, 181642953]
    assert (keys[0], keys[-1], len(keys)) == (-9174199315460707615, 7679135894006713389, 21)
    assert [(key, place) for key, place in zip(keys, places, strict=True) if place >= 0] == [
        (-5154215922193022788, 3), (-3661304807816025608, 19), (-3033665196174556234, 11), (-554434218701551526, 14),
        (4978715343290891230, 5),
    ]  # fmt: skip


def test_sketches_with_other_settings_stay_what_they_are() -> None:
    ((signature, keys, places),) = rows(batch([range(1, 10)], dataclasses.replace(SMALL, permutations=8, bands=2)))
    assert signature[:3] == [492369892, 886433521, 745903774]
    assert keys[:2] == [-5620382094956140464, -3979908559688662155]
    assert keys[2:] == [990789472064004413, 6312590174732611050, 8679818821211931362]
    assert places == [1, -1, -1, 4, 2]


@pytest.mark.parametrize("shared", [0, 30, 60, 120, 200, 300, 380, 396, 400])
@pytest.mark.parametrize("seed", range(5))
def test_resemblance_is_close_to_the_exact_one(shared: int, seed: int) -> None:
    same, rest, other = (random_ids(3 * seed + part, 400) for part in range(3))
    one, two = same[:shared] + rest[shared:], same[:shared] + other[shared:]
    sets = set(shingles(one)), set(shingles(two))
    exact = len(sets[0] & sets[1]) / len(sets[0] | sets[1])
    error = 5 * (exact * (1 - exact) / USUAL.permutations) ** 0.5
    assert resemblance(*batch([one, two]).signatures) == pytest.approx(exact, abs=error + 1e-12)


SOME_PASSED_OVER = st.lists(st.integers(0, 5) | st.just(int(PASSED_OVER)))
ENOUGH_WORDS = st.lists(st.integers(0, 5), min_size=USUAL.shingle_words, max_size=USUAL.shingle_words)


@given(st.lists(st.tuples(SOME_PASSED_OVER, ENOUGH_WORDS).flatmap(lambda two: st.permutations(two[0] + two[1])),
                min_size=1, max_size=3))  # fmt: skip
def test_words_that_are_passed_over_are_as_if_they_were_not_there(several: list[list[int]]) -> None:
    kept = [[at for at, word in enumerate(text) if word != PASSED_OVER] for text in several]
    without = rows(batch([[text[at] for at in places] for text, places in zip(several, kept, strict=True)]))
    moved = [
        (signature, keys, [at if at < 0 else own[at] for at in places])
        for (signature, keys, places), own in zip(without, kept, strict=True)
    ]
    assert rows(batch(several)) == moved


def test_a_text_with_too_little_beside_what_is_passed_over_is_refused() -> None:
    with pytest.raises(ValueError, match="4 words"):
        batch([[1, 2, 3, 4, int(PASSED_OVER)]])
