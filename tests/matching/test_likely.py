"""Look-ups by likely changes: what is far but alike is found, each pair once, and unsure bits are known."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from benchmarks.tallies import Entries
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.matching import Bank, HammingIndex
from disrupt.matching._index._likely import MOST_WAYS, RANKED, Likely, ranked_bits
from disrupt.matching.errors import BadRadius
from disrupt.matching.lookup import find_views
from disrupt.matching.views import views_of

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
ENTRIES = 20_000
_FIRST = np.tile(np.left_shift(np.uint16(1), np.arange(RANKED, dtype=np.uint16)), (16, 1))
"""The lowest bits of every word, as if they were the least sure ones."""


@pytest.fixture(scope="module")
def hashes() -> U8:
    return np.random.default_rng(1).integers(0, 256, (ENTRIES, 32), dtype=np.uint8)


@pytest.fixture(scope="module")
def index(hashes: U8) -> HammingIndex:
    return HammingIndex.from_hashes(hashes)


def flipped(one: U8, mask: U16) -> U8:
    """A hash with the bits of a mask (16 words) turned over."""
    return (one.view(np.uint16) ^ mask).view(np.uint8)


def some_bits(rng: np.random.Generator, words: int, bits: int) -> U16:
    mask = np.zeros(16, np.uint16)
    for word in rng.choice(16, words, replace=False):
        mask[word] = sum(1 << int(bit) for bit in rng.choice(16, bits, replace=False))
    return mask


def found_by(index: HammingIndex, one: U8, wrong: U16, number: int, ways: int) -> bool:
    found = index.near(flipped(one, wrong)[None], 120, Likely(_FIRST[None], ways))
    return number in found.entry.tolist()


@pytest.mark.parametrize("number", range(0, 200, 10))
def test_one_word_changed_in_a_likely_way_is_enough(hashes: U8, index: HammingIndex, number: int) -> None:
    rng = np.random.default_rng(number)
    wrong = np.full(16, 0b1111_0000_0000_0001, np.uint16)  # sure bits wrong in every word
    word = int(rng.integers(16))
    wrong[word] = 0b11  # the two least sure
    wrong[(word + 1) % 16] = 0b1000_0000_0111_1111  # unsure ones do not count; two sure ones are wrong
    assert found_by(index, hashes[number], wrong, number, 300)
    wrong[word] = 0b1111_1111  # all eight at once, which is the unlikeliest
    assert not found_by(index, hashes[number], wrong, number, 300)
    assert found_by(index, hashes[number], wrong, number, MOST_WAYS)
    wrong[(word + 1) % 16] = 0b1110_0000_0000_0000  # too many of its neighbour's sure bits
    assert not found_by(index, hashes[number], wrong, number, MOST_WAYS)


def test_words_that_a_shift_hardly_changes_are_tried_first(hashes: U8, index: HammingIndex) -> None:
    def found(word: int, ways: int) -> int:
        wrong = np.full(16, 0b1111_0000_0000_0001, np.uint16)
        wrong[word], wrong[(word + 1) % 16] = 0b110, 0
        return sum(found_by(index, hashes[number], wrong, number, ways) for number in range(0, 200, 10))

    assert found(14, 60) == 20
    assert found(0, 60) == 0
    assert found(0, MOST_WAYS) == 20


def test_nothing_is_made_up_and_nothing_twice(hashes: U8, index: HammingIndex) -> None:
    rng = np.random.default_rng(3)
    queries = np.array([flipped(hashes[n], some_bits(rng, 16, 2)) for n in range(40)])
    ranked = ranked_bits(rng.normal(0, 1, (40, 16, 16)).astype(np.float32), np.zeros(40, np.int64))
    found = index.near(queries, 96, Likely(ranked, MOST_WAYS))
    pairs = list(zip(found.query.tolist(), found.entry.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) > 20
    true = np.bitwise_count(queries[found.query] ^ hashes[found.entry.astype(int)]).sum(1)
    assert (true == found.distance).all()
    assert (true <= 96).all()


def test_a_small_index_is_compared_whole(hashes: U8) -> None:
    small = HammingIndex.from_hashes(hashes[:5000])
    nothing = np.zeros((20, 16, RANKED), np.uint16)
    found = small.near(hashes[6000:6020], 105, Likely(nothing, 24))
    apart = np.bitwise_count(hashes[6000:6020, None] ^ hashes[None, :5000]).sum(-1)
    assert len(found) == int((apart <= 105).sum())


def test_each_entry_is_kept_by_the_query_nearest_to_it(hashes: U8) -> None:
    small = HammingIndex.from_hashes(hashes[:100])
    rng = np.random.default_rng(4)
    queries = np.array([flipped(hashes[7], some_bits(rng, words, 3)) for words in (9, 2, 12)])
    found = small.near(queries, 60, Likely(np.zeros((3, 16, RANKED), np.uint16), 24)).nearest(5)
    assert found.entry.tolist() == [7]
    assert found.query.tolist() == [1]
    assert found.distance.tolist() == [6]


def test_of_what_is_within_thirty_one_bits_none_takes_anothers_place(hashes: U8) -> None:
    rng = np.random.default_rng(5)
    alike = np.array([flipped(hashes[7], some_bits(rng, 5, 1)) for _ in range(30)])
    further = np.array([flipped(hashes[7], some_bits(rng, 16, 3)) for _ in range(30)])
    some = HammingIndex.from_hashes(np.concatenate([alike, further]))
    found = some.near(hashes[7:8], 84, Likely(np.zeros((1, 16, RANKED), np.uint16), 24)).nearest(4)
    assert (found.distance == 5).sum() == 30
    assert (found.distance == 48).sum() == 4


def test_in_a_crowd_all_within_thirty_one_bits_is_found(hashes: U8) -> None:
    rng = np.random.default_rng(6)
    crowd = np.array([flipped(hashes[7], some_bits(rng, 4, 2)) for _ in range(6000)])
    crowded = HammingIndex.from_hashes(np.concatenate([hashes, crowd]))
    found = crowded.near(hashes[[7, 9]], 84, Likely(np.tile(_FIRST, (2, 1, 1)), MOST_WAYS))
    assert set(found.entry[found.query == 0].tolist()) == {7, *range(ENTRIES, ENTRIES + 6000)}
    assert found.entry[found.query == 1].tolist() == [9]


def test_within_thirty_one_bits_of_an_upload_mirrored_or_turned_all_is_found(hashes: U8) -> None:
    pixels = np.random.default_rng(7).integers(0, 256, (30, 40), dtype=np.uint8).repeat(12, 0).repeat(12, 1)
    views = views_of(pixels, "standard")
    rng = np.random.default_rng(8)
    # Any bits may have turned over, also those of which the upload is sure.
    wrong = [sum(1 << int(bit) for bit in rng.choice(256, 31, replace=False)) for _ in range(80)]
    masks = [np.frombuffer(mask.to_bytes(32, "little"), np.uint16) for mask in wrong]
    altered = np.array([flipped(views.hash[n % 8], mask) for n, mask in enumerate(masks)])
    everything = np.concatenate([hashes, altered])
    entries = cast("Bank", Entries(everything, np.arange(len(everything))))
    found = {match.entry: match for match in find_views(views, entries)}
    for number in range(ENTRIES, len(everything)):
        assert found[str(number)].certainty == "match", number
        assert found[str(number)].distance <= 31


def test_a_radius_beyond_all_bits_is_refused(hashes: U8, index: HammingIndex) -> None:
    with pytest.raises(BadRadius):
        index.near(hashes[:1], 257, Likely(np.zeros((1, 16, RANKED), np.uint16), 24))


@pytest.mark.parametrize("orientation", range(8))
def test_bits_turn_over_only_where_they_are_unsure(orientation: int) -> None:
    rng = np.random.default_rng(orientation)
    coefficients = rng.normal(0, 10, (16, 16)).astype(np.float32)
    before = pdq.hashes_from_dct(coefficients)[orientation]
    (ranked,) = ranked_bits(coefficients[None], np.array([orientation]))
    assert np.bitwise_count(ranked).tolist() == [[1] * RANKED] * 16
    unsure = np.bitwise_or.reduce(ranked, axis=1)
    assert np.bitwise_count(unsure).tolist() == [RANKED] * 16
    changed = np.zeros(RANKED, int)
    for _ in range(60):
        noisy = coefficients + rng.uniform(-0.8, 0.8, (16, 16)).astype(np.float32)
        turned = (pdq.hashes_from_dct(noisy)[orientation] ^ before).view(np.uint16)
        assert (turned & ~unsure == 0).all()
        changed += (turned[:, None] & ranked != 0).sum(0)
    assert changed.sum() > 60
    assert changed[:4].sum() > 4 * changed[4:].sum()
