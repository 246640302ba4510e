"""How much a hash resembles ordinary pictures: what resembles many is near to some that it is no copy of.

The measure is `views.npy`: the hashes of windows of 800 pictures that `benchmarks/ordinary.py` draws, each of
overlapping leaves of every size, whose statistics are those of photographs. Where the numbers come from
says docs/adr/0164-entries-that-resemble-many.md.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

VIEWS = Path(__file__).with_name("views.npy")

NEAR = 100
"""Bits within which a view resembles a hash: of unlike pictures, one pair in two thousand."""

PART = 12
"""A part of a picture that so many views resemble is no derived entry (a part in nine)."""

WHOLE = 20
"""A whole picture or frame that so many resemble is not offered (two pictures in a thousand)."""

WARY = 16
"""An entry that so many resemble counts near by only, whoever banked it (a picture in fifty)."""


@cache
def _views() -> NDArray[np.uint64]:
    """A row for each of the four words of a hash."""
    return np.ascontiguousarray(np.load(VIEWS).view(np.uint64).T)


def likeness(hashes: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Of how many views of ordinary pictures each of the hashes, uint8 (N, 32), is near."""
    words = np.ascontiguousarray(hashes).view(np.uint64).reshape(-1, 4, 1)
    # One at a time: all of them at once would be half a megabyte a hash.
    apart = (np.bitwise_count(_views() ^ row) for row in words)
    near = (one[0] + one[1].astype(np.uint16) + one[2] + one[3] <= NEAR for one in apart)
    return np.array([int(np.count_nonzero(one)) for one in near], np.int64)


def likeness_of(hexadecimal: str) -> int:
    """The same of one hash, 64 hexadecimal digits."""
    return int(likeness(np.frombuffer(bytes.fromhex(hexadecimal), np.uint8))[0])
