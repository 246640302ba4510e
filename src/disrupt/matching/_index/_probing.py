"""Lookups in the tables of the index: buckets are asked for ahead of their reading; memory never rests.

Three functions take turns. `_choose` writes down which buckets a block of queries wants of one table;
`sift` reads them one after the other, `_AHEAD` buckets behind its prefetching, and keeps the candidates that
pass; `_kernels.verify` compares those in full. They are apart because a loop that owns no array does not
count references: that alone makes the sifting twice as fast.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit

from disrupt.fingerprint._jit import kernel
from disrupt.matching._index._bits import LANES, near_lanes, prefetch, trailing_zeros32
from disrupt.matching._index._kernels import (
    MAX_FLIPS,
    STRIDE,
    WORDS,
    A,
    flips_of,
    grown,
    lane_stride,
    verify,
    word_of,
)

_BLOCK = 1024  # queries that share one pass over a table
_PROBES = 2048  # buckets written down before they are read
_AHEAD = 16  # buckets asked for and not yet read: some 100 cache lines, as many as a core may wait for
_SURVIVORS = 1024  # candidates in flight
_WORD = np.uint16(0xFFFF)  # every bit of a word counts


@kernel(exact=True)
def _choose(
    offsets: A, part: int, queries: A, radii: A, effort: A, budget: int, first: int, query: int, last: int,
    masks: A, mask_starts: A, keys: A, asks: A, limits: A, besides: A, progress: A,
) -> int:  # fmt: skip
    """Write down the buckets that queries from `query` on want, until there are `_PROBES`.

    Returns how many; progress[0] is the next query.
    """
    pending = 0
    table = part * STRIDE
    while query < last and pending < _PROBES:
        radius = np.int64(radii[query])
        flips = flips_of(radius, part)
        if flips >= 0 and effort[query] <= budget:
            word = word_of(queries, query, part)
            besides[query - first] = word_of(queries, query, (part + 1) % WORDS)
            together = flips + flips_of(radius, part + 1) + 1
            for weight in range(flips + 1):
                for i in range(mask_starts[weight], mask_starts[weight + 1]):
                    key = np.int64(word ^ np.uint64(masks[i]))
                    prefetch(offsets, table + key)
                    keys[pending] = key
                    asks[pending] = query - first
                    limits[pending] = together - weight
                    pending += 1
        query += 1
    progress[0] = query
    return pending


@njit(inline="always")
def _ask(nexts: A, lane_base: int, start: int, end: int) -> None:
    """Prefetch a bucket: nearly always one or two cache lines, asked for without a decision."""
    prefetch(nexts, lane_base + start)
    prefetch(nexts, lane_base + end - 1)
    line = start + LANES
    while line < end - LANES:
        prefetch(nexts, lane_base + line)
        line += LANES


@njit(inline="always")
def _kept(near: Any, chunk: Any, owner: Any, survivors: int, slots: A, owners: A) -> tuple[Any, int]:
    """Write the lowest candidate of `near` down and take it away; where there is none, nothing is kept."""
    slots[survivors] = chunk + np.int64(trailing_zeros32(near))
    owners[survivors] = owner
    return near & (near - np.uint32(1)), survivors + (near != 0)


@kernel(exact=True)
def bounds(offsets: A, table: int, total: int, keys: A, pending: int, starts: A, ends: A) -> None:
    """Where each bucket begins and ends."""
    for i in range(pending):
        key = table + np.int64(keys[i])
        starts[i] = offsets[key]
        ends[i] = min(offsets[key + 1], np.uint32(total))


@kernel(exact=True)
def sift(
    nexts: A, lane_base: int, positions: A, base: int, starts: A, ends: A, asks: A, limits: A,
    besides: A, counted: A, first: int, pending: int, progress: A, slots: A, owners: A,
) -> int:  # fmt: skip
    """Keep what is near in both words, from bucket progress[0] on, until `slots` is nearly full.

    Returns how many were kept; progress[0] is the bucket where it stopped, progress[1] where within it.
    """
    survivors: int = 0
    begin = progress[0]
    if begin == 0 and progress[1] < 0:
        for i in range(min(_AHEAD, pending)):
            _ask(nexts, lane_base, np.int64(starts[i]), np.int64(ends[i]))
    for i in range(begin, pending):
        chunk = np.int64(starts[i])
        end = np.int64(ends[i])
        if i == begin and progress[1] >= 0:
            chunk = progress[1]
        elif i + _AHEAD < pending:
            _ask(nexts, lane_base, np.int64(starts[i + _AHEAD]), np.int64(ends[i + _AHEAD]))
        ask = np.int64(asks[i])
        beside = besides[ask]
        bits = counted[ask]
        limit = limits[i]
        while chunk < end:
            left = np.uint64(min(end - chunk, np.int64(LANES)))
            mine = np.uint32((np.uint64(1) << left) - np.uint64(1))
            near = near_lanes(nexts, lane_base + chunk, beside, bits, limit) & mine
            # Few have more than two: these are written without a branch that nobody could foretell.
            near, survivors = _kept(near, chunk, first + ask, survivors, slots, owners)
            near, survivors = _kept(near, chunk, first + ask, survivors, slots, owners)
            while near != 0:
                near, survivors = _kept(near, chunk, first + ask, survivors, slots, owners)
            chunk += LANES
            if survivors > _SURVIVORS - LANES:
                progress[0] = i
                progress[1] = chunk
                return survivors
    progress[0] = pending
    progress[1] = -1
    return survivors


@kernel(exact=True)
def probe(
    offsets: A, nexts: A, positions: A, hashes: A, dead: A,
    queries: A, radii: A, masks: A, mask_starts: A, budget: int,
) -> tuple[A, A]:  # fmt: skip
    """Answer queries through the tables.

    offsets uint32 (16 * 65537,), nexts uint16 (16 * lane_stride(N),) that begins on a cache line, positions
    uint32 (16 * N,), hashes uint64 (N, 4), dead uint8 bitmap (ceil(N / 8),) or (0,), queries uint64 (Q, 4),
    radii uint16 (Q,). Returns an int64 (M, 3) array of (query, row, distance) and an int64 (Q + 1,) array of
    candidates compared in full: a query above `budget` was given up (its rows are to be dropped) and is to be
    answered by `scan`; a last element other than zero says that the tables contradict themselves.
    """
    total = hashes.shape[0]
    count = queries.shape[0]
    effort = np.zeros(count + 1, np.int64)
    out = np.empty((_SURVIVORS * 2, 3), np.int64)
    found = 0
    room = _PROBES + mask_starts[MAX_FLIPS + 1]
    keys, starts, ends = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(room, np.uint32)
    asks, limits = np.empty(room, np.uint16), np.empty(room, np.uint16)
    besides, counted = np.empty(_BLOCK, np.uint16), np.full(_BLOCK, _WORD, np.uint16)
    slots, owners = np.empty(_SURVIVORS, np.int64), np.empty(_SURVIVORS, np.int64)
    progress = np.empty(2, np.int64)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        for part in range(WORDS):
            lane_base, base = part * lane_stride(total), part * total
            query = first
            while query < last:
                pending = _choose(
                    offsets, part, queries, radii, effort, budget, first, query, last,
                    masks, mask_starts, keys, asks, limits, besides, progress,
                )  # fmt: skip
                query = progress[0]
                bounds(offsets, part * STRIDE, total, keys, pending, starts, ends)
                progress[0], progress[1] = 0, -1
                while progress[0] < pending:
                    survivors = sift(
                        nexts, lane_base, positions, base, starts, ends, asks, limits,
                        besides, counted, first, pending, progress, slots, owners,
                    )  # fmt: skip
                    out = grown(out, found, survivors)
                    found = verify(
                        positions, base, hashes, dead, queries, radii, part,
                        slots, owners, survivors, effort, out, found,
                    )  # fmt: skip
                    stopped = progress[0]
                    if stopped < pending and effort[first + np.int64(asks[stopped])] > budget:
                        progress[0], progress[1] = stopped + 1, -1
    return out[:found], effort
