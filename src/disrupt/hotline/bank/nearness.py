"""How near PDQs are to those of a list: exhaustive, in numpy; a list of thousands takes milliseconds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.uint8]
NOTHING = 257
"""The distance to an empty list: more than there are bits."""


def rows_of(texts: Iterable[str]) -> Rows:
    """PDQs (64 hexadecimal digits each) as uint8 (N, 32)."""
    return np.frombuffer(bytes.fromhex("".join(texts)), np.uint8).reshape(-1, 32)


def distances(known: Rows, texts: Sequence[str]) -> list[int]:
    """For each PDQ the bits (of 256) to the nearest of `known`."""
    if not len(known):
        return [NOTHING] * len(texts)
    return [int(np.bitwise_count(known ^ row).sum(axis=1, dtype=np.int64).min()) for row in rows_of(texts)]


def turns(text: str) -> list[str]:
    """Nearly the PDQs of the picture turned and mirrored in all eight ways, from its PDQ alone.

    A turn changes the signs of the transform's values, and what was above the median is then below, but for
    values next to it: on 116 photographs these are within 22 bits of the true ones (median 4). A partner's
    matcher looks up turned forms of an upload, so that one of a lawful picture must be known as well.
    """
    number = int(text, 16)
    bits = np.array([[number >> (16 * i + j) & 1 for j in range(16)] for i in range(16)], np.uint8)
    even = (np.arange(16) % 2 == 0).astype(np.uint8)
    found = []
    for form in (bits, bits.T):
        for down in (0, 1):
            for across in (0, 1):
                turned = form ^ (down * even[:, None]) ^ (across * even[None, :])
                value = sum(int(turned[i, j]) << (16 * i + j) for i in range(16) for j in range(16))
                found.append(f"{value:064x}")
    return found
