"""Look-ups by the bits that can be relied on: what is near is found at distances where all costs too much.

Bits whose cosine coefficient lies next to the median turn over first when a picture is altered; those far
from it hardly ever do. So the bits of each word are ranked, the likeliest ways in which they may have turned
over are tried, one bucket each, and what stands there is compared in full if the sure bits of the next word
agree as well. An entry is missed only if none of the sixteen words has turned over in one of those ways (or
its neighbour is too far off).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.fingerprint._hashing._kernels import lower_median
from disrupt.fingerprint._hashing._many import SIGNS, TRANSPOSED, formed
from disrupt.fingerprint._jit import kernel
from disrupt.matching._index._kernels import STRIDE, WORDS, A, grown, lane_stride, verify, word_of
from disrupt.matching._index._probing import bounds, sift

RANKED = 8
"""Bits of one word that may have turned over: the least sure ones."""
_WRONG = (0.45, 0.41, 0.37, 0.33, 0.29, 0.26, 0.22, 0.19)
"""How often the bits of each rank are wrong, of views 32 to 84 bits from their entry (edits of the
photographs by which everything is tuned)."""
_REACHED = (0.14, 0.16, 0.17, 0.17, 0.20, 0.23, 0.23, 0.23, 0.29, 0.30, 0.30, 0.34, 0.39, 0.44, 0.46, 0.26)
"""How often, of the same views, a word has no other bit wrong and its neighbour is near: the last words are
the lowest frequencies, which a shift hardly changes; the neighbour of the very last is the first."""
_UNSURE = 6
"""The least sure bits of the next word, which are not compared; of the others `_BESIDE` may be
wrong. One of eighteen entries that are not meant passes."""
_BESIDE = 2
_BLOCK = 1024
_PROBES = 16384
"""Buckets that are put in order before they are read."""
_BINS = 256
_SURVIVORS = 1024
_SETS = 1 << RANKED


def _likeliest() -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """All sets of ranks, the likeliest to have turned over together first, and their places among all words'.

    Each as the number, in this order, of the set without its highest rank, and that rank; then (16, 256), how
    many changes of any word are likelier than that set in that word.
    """
    odds = [wrong / (1 - wrong) for wrong in _WRONG]
    chance = np.array([np.prod([odds[k] for k in range(RANKED) if code >> k & 1]) for code in range(_SETS)])
    order = np.argsort(-chance, kind="stable").tolist()
    place = {code: number for number, code in enumerate(order)}
    highest = [max(code.bit_length() - 1, 0) for code in order]
    rest = [place[code & ~(1 << top)] for code, top in zip(order, highest, strict=True)]
    everywhere = np.multiply.outer(_REACHED, chance[order]).ravel()
    places = np.empty(everywhere.size, np.int64)
    places[np.argsort(-everywhere, kind="stable")] = np.arange(everywhere.size)
    return np.array(rest, np.int64), np.array(highest, np.int64), places.reshape(WORDS, _SETS)


_REST, _HIGHEST, _PLACES = _likeliest()
MOST_WAYS = _PLACES.size


@dataclass(frozen=True, slots=True)
class Likely:
    """What queries may have turned into: the least sure bits of each word, and how many ways are tried.

    ranked  uint16 (Q, 16, RANKED), see `ranked_bits`
    ways    one, or one a query, 1 to MOST_WAYS: how many changes of a word, the likeliest of all words first
    """

    ranked: NDArray[np.uint16]
    ways: ArrayLike


@kernel(exact=True)
def _ranked(coefficients: A, orientations: A, signs: A, transposed: A, out: A) -> None:
    values = np.empty(256, np.float32)
    keys = values.view(np.int32)  # floats above zero are in the order of their bits
    gap = np.empty(1, np.float32)
    ranks = np.empty(16, np.int32)
    for n in range(len(coefficients)):
        which = orientations[n]
        formed(coefficients[n], signs[which, 0], signs[which, 1], transposed[which], values)
        median = lower_median(values, gap)
        for k in range(256):
            values[k] = abs(values[k] - median)
        for k in range(256):
            keys[k] = (keys[k] & np.int32(-16)) | np.int32(k & 15)  # no two of a word alike
        for word in range(16):
            base = 240 - 16 * word  # the last coefficients are the first word
            # A bit's rank is how many are less sure: all are compared with all, sixteen by one instruction.
            ranks[:] = 0
            for b in range(16):
                key = keys[base + b]
                for a in range(16):
                    ranks[a] += np.int32(key < keys[base + a])
            for a in range(16):
                if ranks[a] < out.shape[2]:
                    # The highest bit of each byte is the last coefficient; of the first byte, of the row.
                    out[n, word, ranks[a]] = 1 << ((a + 8) & 15)


def ranked_bits(coefficients: NDArray[np.float32], orientations: NDArray[np.int64]) -> NDArray[np.uint16]:
    """The RANKED bits of each word that would turn over first, in that order: uint16 (Q, 16, RANKED).

    Of (Q, 16, 16) coefficients as they are in the upload, hashed in these orientations (of `pdq.DIHEDRAL`).
    """
    out = np.empty((len(coefficients), WORDS, RANKED), np.uint16)
    _ranked(coefficients, orientations, SIGNS, TRANSPOSED, out)
    return out


@kernel(exact=True)
def _choose(
    part: int, queries: A, ranked: A, rest: A, highest: A, places: A, ways: A,
    first: int, query: int, last: int, keys: A, asks: A, besides: A, counted: A, bins: A, progress: A,
) -> int:  # fmt: skip
    """Write down the buckets that queries from `query` on want, until `_PROBES`; returns how many.

    `bins` counts them by the high byte of their keys.
    """
    pending = 0
    beyond = (part + 1) % WORDS
    turned = np.zeros(len(rest), np.int64)
    bins[:] = 0
    while query < last and pending < _PROBES:
        word = np.int64(word_of(queries, query, part))
        unsure = np.int64(0)
        for rank in range(_UNSURE):
            unsure |= np.int64(ranked[query, beyond, rank])
        besides[query - first] = word_of(queries, query, beyond)
        counted[query - first] = 0xFFFF & ~unsure
        for way in range(len(rest)):
            if places[part, way] >= ways[query]:
                break
            if way > 0:
                turned[way] = turned[rest[way]] | np.int64(ranked[query, part, highest[way]])
            key = word ^ turned[way]
            bins[key >> 8] += 1
            keys[pending] = key
            asks[pending] = query - first
            pending += 1
        query += 1
    progress[0] = query
    return pending


@kernel(exact=True)
def _ordered(keys: A, asks: A, bins: A, pending: int, keys_out: A, asks_out: A) -> None:
    """Those buckets by the high byte of their keys: neighbours share cache lines, of every table."""
    place = 0
    for high in range(_BINS):
        bins[high], place = place, place + bins[high]
    for i in range(pending):
        high = keys[i] >> 8
        at = bins[high]
        bins[high] = at + 1
        keys_out[at] = keys[i]
        asks_out[at] = asks[i]


@kernel(exact=True)
def probe_likely(
    offsets: A, nexts: A, positions: A, hashes: A, dead: A,
    queries: A, radii: A, ranked: A, rest: A, highest: A, places: A, ways: A, budget: int,
) -> tuple[A, A]:  # fmt: skip
    """As `_probing.probe`, by the `ways` (Q,) likeliest changes; a pair may be reported more than once.

    A query that has met `budget` candidates is not followed further.
    """
    total = hashes.shape[0]
    count = queries.shape[0]
    effort = np.zeros(count + 1, np.int64)
    out = np.empty((_SURVIVORS * 2, 3), np.int64)
    found = 0
    room = _PROBES + len(rest)
    drawn, keys = np.empty(room, np.uint16), np.empty(room, np.uint16)
    askers, asks = np.empty(room, np.uint16), np.empty(room, np.uint16)
    starts, ends, bins = np.empty(room, np.uint32), np.empty(room, np.uint32), np.empty(_BINS, np.int64)
    limits = np.full(room, _BESIDE, np.uint16)
    besides, counted = np.empty(_BLOCK, np.uint16), np.empty(_BLOCK, np.uint16)
    slots, owners = np.empty(_SURVIVORS, np.int64), np.empty(_SURVIVORS, np.int64)
    progress = np.empty(2, np.int64)
    for first in range(0, count, _BLOCK):
        last = min(first + _BLOCK, count)
        for part in range(WORDS):
            lane_base, base = part * lane_stride(total), part * total
            query = first
            while query < last:
                pending = _choose(
                    part, queries, ranked, rest, highest, places, ways, first, query, last,
                    drawn, askers, besides, counted, bins, progress,
                )  # fmt: skip
                query = progress[0]
                _ordered(drawn, askers, bins, pending, keys, asks)
                bounds(offsets, part * STRIDE, total, keys, pending, starts, ends)
                progress[0], progress[1] = 0, -1
                while progress[0] < pending:
                    survivors = sift(
                        nexts, lane_base, positions, base, starts, ends, asks, limits,
                        besides, counted, first, pending, progress, slots, owners,
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


def near_by_ranks(
    tables: tuple[A, A, A], hashes: A, dead: A, queries: A, radii: A, likely: Likely, budget: int
) -> tuple[A, A]:  # fmt: skip
    """`probe_likely` through a segment's tables: its offsets, nexts and positions."""
    ways = np.clip(np.broadcast_to(np.asarray(likely.ways, np.int64), len(queries)), 1, MOST_WAYS)
    return probe_likely(
        *tables, hashes, dead, queries, radii, likely.ranked, _REST, _HIGHEST, _PLACES, ways, budget
    )
