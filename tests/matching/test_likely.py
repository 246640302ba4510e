"""Look-ups by sure bits: what is far but alike is found, each pair once, and the unsure bits are known."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from disrupt.fingerprint import pdq
from disrupt.matching import HammingIndex
from disrupt.matching._likely import MOST_UNSURE, unsure_bits
from disrupt.matching.errors import BadRadius

U8 = NDArray[np.uint8]
U16 = NDArray[np.uint16]
ENTRIES = 20_000


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


def test_one_word_without_a_sure_bit_wrong_is_enough(hashes: U8, index: HammingIndex) -> None:
    rng = np.random.default_rng(2)
    for number in range(0, 200, 10):
        wrong = some_bits(rng, 15, 5)
        unsure = some_bits(rng, 16, 5)
        right = int(np.flatnonzero(wrong == 0)[0])
        wrong[right] = unsure[right] & 0b0101010101010101
        beside = (right + 1) % 16
        wrong[beside] &= wrong[beside] - 1
        query = flipped(hashes[number], wrong)
        found = index.near(query[None], 84, unsure[None])
        assert number in found.entry.tolist()
        at = found.entry.tolist().index(number)
        assert int(found.distance[at]) == int(np.bitwise_count(wrong).sum())


def test_nothing_is_made_up_and_nothing_twice(hashes: U8, index: HammingIndex) -> None:
    rng = np.random.default_rng(3)
    queries = np.array([flipped(hashes[n], some_bits(rng, 16, 2)) for n in range(40)])
    unsure = np.array([some_bits(rng, 16, 4) for _ in range(40)])
    found = index.near(queries, 96, unsure)
    pairs = list(zip(found.query.tolist(), found.entry.tolist(), strict=True))
    assert len(pairs) == len(set(pairs)) > 20
    true = np.bitwise_count(queries[found.query] ^ hashes[found.entry.astype(int)]).sum(1)
    assert (true == found.distance).all()
    assert (true <= 96).all()


def test_a_small_index_is_compared_whole(hashes: U8) -> None:
    small = HammingIndex.from_hashes(hashes[:5000])
    nothing = np.zeros((20, 16), np.uint16)
    found = small.near(hashes[6000:6020], 105, nothing)
    apart = np.bitwise_count(hashes[6000:6020, None] ^ hashes[None, :5000]).sum(-1)
    assert len(found) == int((apart <= 105).sum())


def test_each_entry_is_kept_by_the_query_nearest_to_it(hashes: U8) -> None:
    small = HammingIndex.from_hashes(hashes[:100])
    rng = np.random.default_rng(4)
    queries = np.array([flipped(hashes[7], some_bits(rng, words, 3)) for words in (9, 2, 12)])
    found = small.near(queries, 60, np.zeros((3, 16), np.uint16)).nearest(5)
    assert found.entry.tolist() == [7]
    assert found.query.tolist() == [1]
    assert found.distance.tolist() == [6]


def test_a_radius_beyond_all_bits_is_refused(hashes: U8, index: HammingIndex) -> None:
    with pytest.raises(BadRadius):
        index.near(hashes[:1], 257, np.zeros((1, 16), np.uint16))


@pytest.mark.parametrize("orientation", range(8))
def test_bits_turn_over_only_where_they_are_unsure(orientation: int) -> None:
    rng = np.random.default_rng(orientation)
    coefficients = rng.normal(0, 10, (16, 16)).astype(np.float32)
    before = pdq.hashes_from_dct(coefficients)[orientation]
    (unsure,) = unsure_bits(coefficients[None], np.array([orientation]), 5)
    assert np.bitwise_count(unsure).tolist() == [5] * 16
    changed = 0
    for _ in range(30):
        noisy = coefficients + rng.uniform(-0.8, 0.8, (16, 16)).astype(np.float32)
        turned = (pdq.hashes_from_dct(noisy)[orientation] ^ before).view(np.uint16)
        changed += int(np.bitwise_count(turned).sum())
        assert (turned & ~unsure == 0).all()
    assert changed > 30
    assert MOST_UNSURE >= 5
