"""The compiled loops of the index: fill the tables, compare candidates, scan (`_probing` has the lookups).

A hash is seen as 16 words of 16 bits. For a radius r each word i gets a limit t_i with sum(t_i + 1) = r + 1.
If a pair is within r bits, then, going round the circle of words from some word i, every running sum of
distances stays below the running sum of (t + 1) (the cycle lemma; Qin and Xiao, "Pigeonring", VLDB 2018, use
it so). Hence the pair agrees within t_i on word i, and within t_i + t_(i+1) + 1 on words i and i+1 together.
Table i holds the entries sorted by word i, with word i+1 beside: 32 candidates are judged by one vector
comparison, and at radius 31 about one in 400 goes on to a full comparison.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from disrupt.fingerprint._jit import kernel
from disrupt.matching._index._bits import LANES, popcount64, prefetch

A = NDArray[Any]

WORDS = 16
KEYS = 65536
STRIDE = KEYS + 1  # offsets of one table
MAX_RADIUS = 64
MAX_FLIPS = 4  # the largest t_i at MAX_RADIUS
_TILE = 2048  # entries of a linear scan that stay in the nearest cache


def flip_masks() -> tuple[NDArray[np.uint16], NDArray[np.int64]]:
    """All 16-bit masks of up to 4 bits, by weight, and where each weight begins."""
    values = np.arange(KEYS, dtype=np.uint32)
    weights = np.bitwise_count(values)
    masks = [values[weights == weight].astype(np.uint16) for weight in range(MAX_FLIPS + 1)]
    starts = np.concatenate([[0], np.cumsum([len(group) for group in masks])])
    return np.concatenate(masks), starts.astype(np.int64)


@njit(inline="always")
def lane_stride(count: int) -> int:
    """Elements of `nexts` in one table of `count` entries: whole cache lines, and room past the end."""
    return (count // LANES + 2) * LANES


@kernel(exact=True)
def fill_table(words: A, part: int, offsets: A, nexts: A, positions: A) -> None:
    """Sort the entries by word `part` into one table (counting sort).

    words uint16 (N, 16) is read; offsets uint32 (65537,), nexts uint16 (lane_stride(N),) and positions uint32
    (N,) are written.
    """
    count = words.shape[0]
    beside = (part + 1) % WORDS
    offsets[:] = 0
    for entry in range(count):
        offsets[np.int64(words[entry, part]) + 1] += np.uint32(1)
    for key in range(KEYS):
        offsets[key + 1] += offsets[key]
    cursor = offsets[:KEYS].copy()
    for entry in range(count):
        word = np.int64(words[entry, part])
        slot = cursor[word]
        cursor[word] = slot + np.uint32(1)
        nexts[slot] = words[entry, beside]
        positions[slot] = entry


@njit(inline="always")
def word_of(hashes: A, row: int, part: int) -> Any:
    return (hashes[row, part >> 2] >> np.uint64((part & 3) << 4)) & np.uint64(0xFFFF)


@njit(inline="always")
def flips_of(radius: Any, part: int) -> Any:
    """t_i: shares r + 1 among the words as evenly as can be (-1: the word need not be probed)."""
    return (radius + 1) // WORDS + (1 if part % WORDS < (radius + 1) % WORDS else 0) - 1


@kernel(exact=True)
def _found_earlier(hashes: A, row: int, queries: A, query: int, radius: Any, part: int) -> bool:
    """Whether a table before `part` reports this pair too (so that each pair is reported once)."""
    for earlier in range(part):
        flips = flips_of(radius, earlier)
        if flips < 0:
            continue
        here = popcount64(word_of(hashes, row, earlier) ^ word_of(queries, query, earlier))
        if np.int64(here) > flips:
            continue
        after = (earlier + 1) % WORDS
        there = popcount64(word_of(hashes, row, after) ^ word_of(queries, query, after))
        if np.int64(here + there) <= flips + flips_of(radius, after) + 1:
            return True
    return False


@njit(inline="always")
def _is_dead(dead: A, row: int) -> Any:
    return dead.shape[0] > 0 and (dead[row >> 3] >> np.uint8(row & 7)) & np.uint8(1) != 0


@kernel(exact=True)
def verify(
    positions: A, base: int, hashes: A, dead: A, queries: A, radii: A, part: int,
    slots: A, owners: A, count: int, effort: A, out: A, found: int,
) -> int:  # fmt: skip
    """Compare candidates in full; append (query, row, distance) to `out`; return the new number found."""
    total = hashes.shape[0]
    flat = hashes.reshape(-1)
    for i in range(count):
        row = np.int64(positions[base + slots[i]])
        if row >= total:  # an altered file: never read outside
            effort[effort.shape[0] - 1] = 1
            row = np.int64(0)
        slots[i] = row
        prefetch(flat, row * 4)
    for i in range(count):
        row = slots[i]
        query = owners[i]
        radius = np.int64(radii[query])
        effort[query] += 1
        distance = np.int64(
            popcount64(hashes[row, 0] ^ queries[query, 0]) + popcount64(hashes[row, 1] ^ queries[query, 1])
        )
        if distance > radius:  # nearly always: 128 bits are enough to refuse
            continue
        distance += np.int64(
            popcount64(hashes[row, 2] ^ queries[query, 2]) + popcount64(hashes[row, 3] ^ queries[query, 3])
        )
        if distance > radius or _is_dead(dead, row):
            continue
        if _found_earlier(hashes, row, queries, query, radius, part):
            continue
        out[found, 0] = query
        out[found, 1] = row
        out[found, 2] = distance
        found += 1
    return found


@kernel(exact=True)
def grown(out: A, found: int, more: int) -> A:
    if found + more <= out.shape[0]:
        return out
    wider = np.empty((2 * (found + more), 3), np.int64)
    wider[:found] = out[:found]
    return wider


@kernel(exact=True)
def _scan_tile(
    hashes: A, first: int, last: int, dead: A, queries: A, query: int, radius: Any, out: A, found: int
) -> int:
    """Compare one query with rows first to last; append to `out`; return the new number found."""
    q0, q1 = queries[query, 0], queries[query, 1]
    q2, q3 = queries[query, 2], queries[query, 3]
    for row in range(first, last):
        # All 256 bits at once: a way out after 128 would be taken at random where the radius is large.
        near = popcount64(hashes[row, 0] ^ q0) + popcount64(hashes[row, 1] ^ q1)
        distance = np.int64(near + popcount64(hashes[row, 2] ^ q2) + popcount64(hashes[row, 3] ^ q3))
        if distance <= radius and not _is_dead(dead, row):
            out[found, 0] = query
            out[found, 1] = row
            out[found, 2] = distance
            found += 1
    return found


@kernel(exact=True)
def scan(hashes: A, count: int, dead: A, queries: A, radii: A) -> A:
    """Compare every query with the first `count` rows; returns int64 (M, 3) of (query, row, distance)."""
    out = np.empty((1024, 3), np.int64)
    found = 0
    for first in range(0, count, _TILE):
        last = min(first + _TILE, count)
        for query in range(queries.shape[0]):
            out = grown(out, found, _TILE)
            found = _scan_tile(hashes, first, last, dead, queries, query, np.int64(radii[query]), out, found)
    return out[:found]
