"""Look-ups by the bits that can be relied on: what is near is found at distances where all costs too much.

Bits whose cosine coefficient lies next to the median turn over first when a picture is altered; those far
from it hardly ever do. So a query says which bits of each word are unsure, the buckets of that word with
those bits either way are read, and what stands in them is compared in full. An entry is missed only if none
of the sixteen words has all its sure bits right (or its neighbour is too far off).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel
from disrupt.matching._kernels import STRIDE, WORDS, A, grown, lane_stride, verify, word_of
from disrupt.matching._probing import bounds, sift

MOST_UNSURE = 8
"""Bits of one word that may be unsure: 256 buckets."""
_BESIDE = 6
"""Bits by which the next word of a candidate may differ: four of five true ones do not by more."""
_BLOCK = 1024
_PROBES = 2048
_SURVIVORS = 1024

_SIGNS = np.array([[1, 1], [1, -1], [-1, -1], [-1, 1], [-1, 1], [1, -1], [1, 1], [-1, -1]])
_TRANSPOSED = np.array([False, True, False, True, False, False, True, True])
"""For each hash of `pdq.DIHEDRAL`: what becomes of the odd cosines' coefficients of rows and columns; whether
they are transposed."""


@kernel(exact=True)
def _unsure(coefficients: A, orientations: A, signs: A, transposed: A, count: int, out: A) -> None:
    values = np.empty(256, np.float32)
    for n in range(len(coefficients)):
        one = coefficients[n]
        which = orientations[n]
        for i in range(16):
            for j in range(16):
                # Coefficient 0 is the first cosine, which is odd about the middle.
                sign = (signs[which, 0] if i % 2 == 0 else 1) * (signs[which, 1] if j % 2 == 0 else 1)
                k = 16 * j + i if transposed[which] else 16 * i + j
                values[k] = sign * one[i, j]
        median = np.sort(values)[127]
        for k in range(256):
            values[k] = abs(values[k] - median)
        for word in range(16):
            mask = 0
            for _ in range(count):
                least, at = np.float32(np.inf), 0
                for bit in range(16):
                    # The highest bit of the first byte is the last coefficient.
                    k = 248 - 16 * word + bit if bit < 8 else 232 - 16 * word + bit
                    if values[k] < least and not mask >> bit & 1:
                        least, at = values[k], bit
                mask |= 1 << at
            out[n, word] = mask


def unsure_bits(
    coefficients: NDArray[np.float32], orientations: NDArray[np.int64], count: int
) -> NDArray[np.uint16]:
    """The `count` bits of each word that would turn over first, uint16 (Q, 16).

    Of (Q, 16, 16) coefficients as they are in the upload, hashed in these orientations (of `pdq.DIHEDRAL`).
    """
    out = np.empty((len(coefficients), WORDS), np.uint16)
    _unsure(coefficients, orientations, _SIGNS, _TRANSPOSED, count, out)
    return out


@kernel(exact=True)
def _choose(
    part: int, queries: A, unsure: A, first: int, query: int, last: int,
    keys: A, asks: A, limits: A, besides: A, progress: A,
) -> int:  # fmt: skip
    """Write down the buckets that queries from `query` on want, until `_PROBES`; returns how many."""
    pending = 0
    while query < last and pending < _PROBES:
        word = np.int64(word_of(queries, query, part))
        besides[query - first] = word_of(queries, query, (part + 1) % WORDS)
        mask = np.int64(unsure[query, part])
        turned = mask
        while True:  # every subset of the mask, the empty one last
            keys[pending] = word ^ turned
            asks[pending] = query - first
            limits[pending] = _BESIDE
            pending += 1
            if turned == 0:
                break
            turned = (turned - 1) & mask
        query += 1
    progress[0] = query
    return pending


@kernel(exact=True)
def probe_likely(
    offsets: A, nexts: A, positions: A, hashes: A, dead: A, queries: A, radii: A, unsure: A, budget: int
) -> tuple[A, A]:  # fmt: skip
    """As `_probing.probe`, by the sure bits; a pair may be reported more than once.

    A query that has met `budget` candidates is not followed further.
    """
    total = hashes.shape[0]
    count = queries.shape[0]
    effort = np.zeros(count + 1, np.int64)
    out = np.empty((_SURVIVORS * 2, 3), np.int64)
    found = 0
    room = _PROBES + (1 << MOST_UNSURE)
    keys, starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint32)
    asks, limits = np.empty(room, np.uint16), np.empty(room, np.uint16)
    besides = np.empty(_BLOCK, np.uint16)
    slots, owners = np.empty(_SURVIVORS, np.int64), np.empty(_SURVIVORS, np.int64)
    progress = np.empty(2, np.int64)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        for part in range(WORDS):
            lane_base, base = part * lane_stride(total), part * total
            query = first
            while query < last:
                pending = _choose(
                    part, queries, unsure, first, query, last, keys, asks, limits, besides, progress
                )
                query = progress[0]
                bounds(offsets, part * STRIDE, total, keys, pending, starts, ends)
                progress[0], progress[1] = 0, -1
                while progress[0] < pending:
                    survivors = sift(
                        nexts, lane_base, positions, base, starts, ends, asks, limits, besides,
                        first, pending, progress, slots, owners,
                    )  # fmt: skip
                    out = grown(out, found, survivors)
                    found = verify(
                        positions, base, hashes, dead, queries, radii, 0,
                        slots, owners, survivors, effort, out, found,
                    )  # fmt: skip
                    stopped = progress[0]
                    if stopped < pending and effort[first + np.int64(asks[stopped])] > budget:
                        progress[0], progress[1] = stopped + 1, -1
    return out[:found], effort
