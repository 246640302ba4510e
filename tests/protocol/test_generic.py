"""Hashes of nothing in particular are told from those of pictures."""

from __future__ import annotations

import csv
import hashlib
import random
from pathlib import Path

import numpy as np
import pytest

from disrupt.protocol.generic import BITS, NEAR, generic_among, is_generic, is_generic_digest


@pytest.mark.parametrize(
    "text",
    [
        "0" * 64,
        "f" * 64,
        "0" * 63 + "1",
        "0" * 50 + "f" * 14,
        "a" * 64,
        "0f" * 32,
        "e1c3" * 16,
        "0123456789abcdef" * 4,
        hashlib.sha256(b"half").hexdigest()[:32] * 2,
        "e1c3" * 15 + "e1c2",
        "ffff0000" * 8,
        "ffff0000" * 7 + "fff10800",
    ],
)
def test_what_describes_no_picture(text: str) -> None:
    assert is_generic(text)


def test_a_hash_with_half_of_its_bits_is_of_a_picture() -> None:
    chance = random.Random(7)
    for _ in range(500):
        bits = [1] * 128 + [0] * 128
        chance.shuffle(bits)
        assert not is_generic(f"{int(''.join(map(str, bits)), 2):064x}")


def slowly(text: str) -> bool:
    """The same by the definition: far from half, one pattern over and over, or nearly one row or column."""
    value = int(text, 16)
    bits = [[value >> 255 - 16 * row - column & 1 for column in range(16)] for row in range(16)]
    if sum(map(sum, bits)) not in BITS:
        return True
    if any(text == text[:size] * (64 // size) for size in (1, 2, 4, 8, 16, 32)):
        return True
    return any(
        sum(min(sum(line), 16 - sum(line)) for line in lines) <= NEAR
        for lines in (bits, zip(*bits, strict=True))
    )


def test_it_is_counted_as_it_is_defined() -> None:
    chance, texts = random.Random(3), []
    for number in range(4000):
        row = f"{chance.getrandbits(16):04x}"
        rows = "".join(chance.choice(["ffff", "0000"]) for _ in range(16))
        half = f"{chance.getrandbits(128):032x}"
        value = int((row * 16, rows, half * 2, f"{chance.getrandbits(256):064x}")[number % 4], 16)
        for _ in range(chance.randint(0, 20)):
            value ^= 1 << chance.randrange(256)
        text = f"{value:064x}"
        assert is_generic(text) is slowly(text), text
        texts.append(text)
    found = list(map(is_generic, texts))
    assert 500 < sum(found) < 3500
    hashes = np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)
    assert generic_among(hashes).tolist() == found
    assert generic_among(hashes[:0]).tolist() == []


@pytest.mark.reference
def test_no_published_hash_is_generic(reference: Path) -> None:
    with (reference / "pdq.csv").open() as lines:
        hashes = [row["pdq"] for row in csv.DictReader(lines)]
    assert len(hashes) > 40
    assert not [text for text in hashes if is_generic(text)]


def test_digests_of_nothing() -> None:
    assert is_generic_digest(hashlib.sha256(b"").hexdigest())
    assert is_generic_digest(hashlib.md5(b"", usedforsecurity=False).hexdigest())
    assert is_generic_digest("0" * 64)
    assert is_generic_digest("f" * 32)
    assert not is_generic_digest(hashlib.sha256(b"x").hexdigest())
