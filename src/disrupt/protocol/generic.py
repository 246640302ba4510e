"""Fingerprints that describe no picture in particular: they would match what is flat, striped, or anything.

PDQ compares 256 values with their median: of a picture with features, exactly half of the bits are set. What
is far from half, or repeats one pattern, was not made from such a picture. 449 real hashes (photographs and
frames of quality 50 or more) all have 128 bits set, and none comes nearer than 26 bits to one repeated row.
"""

from __future__ import annotations

import hashlib

BITS = range(64, 193)
NEAR = 15
"""A hash within so many bits of one row, or of one column, repeated is taken for it."""

_EMPTY = frozenset({hashlib.sha256(b"").hexdigest(), hashlib.md5(b"", usedforsecurity=False).hexdigest()})


def repeats(text: str) -> bool:
    """Whether the digits are one shorter pattern, over and over."""
    return any(text == text[:size] * (len(text) // size) for size in (1, 2, 4, 8, 16, 32) if size < len(text))


def is_generic(hexadecimal: str) -> bool:
    """Whether a PDQ (64 hexadecimal digits) describes no picture in particular."""
    if int(hexadecimal, 16).bit_count() not in BITS or repeats(hexadecimal):
        return True
    rows = [int(hexadecimal[start : start + 4], 16) for start in range(0, 64, 4)]
    down = [sum(row >> column & 1 for row in rows) for column in range(16)]
    across = [row.bit_count() for row in rows]
    return any(sum(min(count, 16 - count) for count in counts) <= NEAR for counts in (down, across))


def is_generic_digest(hexadecimal: str) -> bool:
    """Whether a SHA-256 or an MD5 is of the empty file, or stands for none (all zeros, all ones)."""
    return hexadecimal in _EMPTY or not hexadecimal.strip("0") or not hexadecimal.strip("f")
