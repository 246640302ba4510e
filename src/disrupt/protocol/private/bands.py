"""What of a hash is asked: its bands, by which hashes that are near agree.

A PDQ is cut into four bands of 64 bits. Two hashes within 3 bits agree in one of them; where each band is
asked with every one of its bits turned over too, two within 7 bits do. Narrower bands would find more, and
could be asked one after the other until the whole list is known (ADR 159).
"""

from __future__ import annotations

from typing import Final

BANDS: Final = 4
WIDTH: Final = 8
"""Bytes of a band."""
EXACT, NEAR = 3, 7
"""Bits within which all hashes are found by the bands alone, and with each bit turned over."""
ASKED = {EXACT: BANDS, NEAR: BANDS * (1 + 8 * WIDTH)}
"""How many questions each takes: the same for every hash, so that their number tells nothing."""


def bands_of(pdq: bytes) -> list[bytes]:
    """The four bands of 32 bytes, each with its place before it."""
    return [bytes([n]) + pdq[n * WIDTH : (n + 1) * WIDTH] for n in range(BANDS)]


def questions(pdq: bytes, radius: int) -> list[bytes]:
    """What is asked of a hash so that all within EXACT or NEAR bits are found."""
    found = bands_of(pdq)
    if radius == NEAR:
        for band in bands_of(pdq):
            value = int.from_bytes(band, "big")
            found += [(value ^ 1 << bit).to_bytes(1 + WIDTH, "big") for bit in range(8 * WIDTH)]
    return found
