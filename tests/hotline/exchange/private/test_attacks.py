"""The best attacks that we could write, on each form of asking: what each side learns."""

from __future__ import annotations

import hashlib

import numpy as np
from tests.matching.pictures import photo
from voprf import ristretto

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.protocol.binary_list import About
from disrupt.protocol.private.bands import bands_of, questions
from disrupt.protocol.private.table import Row, Table, write_table

ABOUT = About("image", "ADU-DNCI", "examined", None, "FR")


def _bits(blinded: list[bytes]) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.unpackbits(np.frombuffer(b"".join(blinded), np.uint8).reshape(-1, 32), axis=1).astype(float)


def test_the_exchange_cannot_tell_which_of_two_pictures_is_asked_for() -> None:
    """It knows both hashes and its own key, and has learned from 300 requests for each."""
    both = [bands_of(hashlib.sha256(bytes([n])).digest())[0] for n in range(2)]
    seen = [_bits([ristretto.Client.blind(one)[1].serialize() for _ in range(450)]) for one in both]
    means = [one[:300].mean(0) for one in seen]
    right = sum(
        int(np.abs(row - means[n]).sum() < np.abs(row - means[1 - n]).sum())
        for n in range(2)
        for row in seen[n][300:]
    )
    # Of 300; a coin is right 150 times, and more than 202 times in one run of a thousand million.
    assert 98 <= right <= 202
    everything = {row.tobytes() for one in seen for row in one}
    assert len(everything) == 900, "nothing is asked twice in the same form"


def test_the_plain_and_the_prefix_form_tell_what_this_one_does_not() -> None:
    """An exchange that has a list of 20,000 known pictures looks up what it is asked for."""
    chance = np.random.default_rng(5)
    known = chance.integers(0, 256, (20_000, 32), dtype=np.uint8)
    uploads = known[chance.integers(0, len(known), 500)]
    told = {}
    for prefix in (1, 2, 3):
        buckets: dict[bytes, int] = {}
        for one in known:
            buckets[one[:prefix].tobytes()] = buckets.get(one[:prefix].tobytes(), 0) + 1
        told[8 * prefix] = float(np.mean([1 / buckets[one[:prefix].tobytes()] for one in uploads]))
    # The share of uploads that it names rightly, guessing among those of the bucket.
    assert told[8] < 0.02
    assert 0.75 < told[16] < 0.95
    assert told[24] > 0.99


def _table(evaluator: ristretto.Evaluator, hashes: list[bytes]) -> bytes:
    rows = [
        Row(evaluator.evaluate_known_input(band), hashlib.md5(one).digest(), 0)
        for one in hashes
        for band in bands_of(one)
    ]
    return write_table(1, evaluator.public_key.serialize().hex(), [ABOUT], rows)


def test_who_holds_the_tags_learns_nothing_of_the_list_without_asking() -> None:
    hashes = [pdq_from_array(photo(seed, 160, 120)).bits.tobytes() for seed in range(12)]
    key, other = (ristretto.Evaluator(hashlib.sha256(bytes([n])).digest()) for n in range(2))
    body = _table(key, hashes)
    table = Table(body)
    # With every hash in hand, and a key of one's own, no row opens.
    mine = [other.evaluate_known_input(band) for one in hashes for band in bands_of(one)]
    assert [told for output in mine for told in table.told(output)] == []
    # Rows of a hash do not stand together, and no id stands anywhere.
    assert all(hashlib.md5(one).digest() not in body for one in hashes)
    tags = np.frombuffer(body.partition(b"\n")[2], np.uint8).reshape(-1, 26)[:, :8]
    assert tags.tolist() == sorted(tags.tolist())


def test_who_asks_for_pictures_of_their_own_learns_of_no_other() -> None:
    """The guesser has the bands of 48 other pictures, each with every bit turned over: 12,480 questions."""
    key = ristretto.Evaluator(b"k" * 32)
    listed = [pdq_from_array(photo(seed, 160, 120)).bits.tobytes() for seed in range(24)]
    bands = {band for one in listed for band in bands_of(one)}
    others = [pdq_from_array(photo(seed, 160, 120)).bits.tobytes() for seed in range(100, 148)]
    guesses = {question for one in others for question in questions(one, 7)}
    assert len(guesses) > 12_000
    assert not guesses & bands
    # Words of 16 bits, as a look-up at radius 31 would ask for, are all there are after 2^20 questions.
    words = {(n, one[2 * n : 2 * n + 2]) for one in listed for n in range(16)}
    asked = {
        (n, (int.from_bytes(one[2 * n : 2 * n + 2], "big") ^ flip).to_bytes(2, "big"))
        for one in others
        for n in range(16)
        for flip in (0, *(1 << bit for bit in range(16)))
    }
    assert asked & words, "who asks for 48 pictures has read words of others already"
    assert list(Table(_table(key, listed)).told(key.evaluate_known_input(bands_of(listed[3])[2])))
