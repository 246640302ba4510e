"""An immutable run of entries with its tables; only its bitmap of removed rows changes."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from disrupt.matching._index import _kernels as kernels
from disrupt.matching._index._likely import Likely, near_by_ranks
from disrupt.matching._index._probing import probe
from disrupt.matching.errors import IndexFileError

Words = NDArray[np.uint64]  # (N, 4): hashes as the machine compares them
Ids = NDArray[np.uint64]
Hits = NDArray[np.int64]  # (M, 3): query, row, distance
Radii = NDArray[np.uint16]

_MASKS, _MASK_STARTS = kernels.flip_masks()
# A bucket looked at costs about as much as this many rows scanned (measured; decides which method answers).
_ROWS_A_PROBE = 12
SMALLEST_WITH_TABLES = 4096
SURE = 31
"""Within so many bits all is found, also in a crowd."""
SCANNED = 16384  # rows up to which near entries are looked for by a scan, which misses none
_ALIVE = np.zeros(0, np.uint8)
ALTERED = "the index contradicts itself: its file was altered; fetch or build it again"


def probes(radius: int) -> int:
    """How many buckets the tables look at for one query."""
    extra, share = (radius + 1) % kernels.WORDS, (radius + 1) // kernels.WORDS
    return int(extra * _MASK_STARTS[share + 1] + (kernels.WORDS - extra) * _MASK_STARTS[share])


_PROBES = np.array([probes(radius) for radius in range(kernels.MAX_RADIUS + 1)])


def _aligned(count: int) -> NDArray[np.uint16]:
    """Zeros that begin on a cache line."""
    raw = np.zeros(count + 32, np.uint16)
    skip = (-raw.ctypes.data % 64) // 2
    return raw[skip : skip + count]


@dataclass
class Segment:
    """`hashes` (N, 4) and `ids` (N,) in ascending order of id, and sixteen tables (empty when N is small)."""

    hashes: Words
    ids: Ids
    offsets: NDArray[np.uint32]
    nexts: NDArray[np.uint16]
    positions: NDArray[np.uint32]
    dead: NDArray[np.uint8] = field(default_factory=lambda: _ALIVE)
    dead_count: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def lacks_tables(self) -> bool:
        """Whether it is scanned though it is large enough for tables."""
        return len(self) >= SMALLEST_WITH_TABLES and not len(self.offsets)

    @classmethod
    def bare(cls, hashes: Words, ids: Ids, dead: NDArray[np.uint8] = _ALIVE) -> Segment:
        """Without tables: queries scan it. `ids` must ascend, except in a tail."""
        nothing = np.zeros(0, np.uint32)
        return cls(hashes, ids, nothing, np.zeros(0, np.uint16), nothing, dead)

    @classmethod
    def build(cls, hashes: Words, ids: Ids, *, threads: int = 1) -> Segment:
        """Sort by id and fill the tables; N below 2**32."""
        if len(ids) > 1 and not bool(np.all(ids[:-1] <= ids[1:])):
            order = np.argsort(ids, kind="stable")
            hashes, ids = hashes[order], ids[order]
        count = len(ids)
        if count < SMALLEST_WITH_TABLES:
            return cls.bare(hashes, ids)
        stride = kernels.lane_stride(count)
        offsets = np.empty(kernels.WORDS * kernels.STRIDE, np.uint32)
        nexts = _aligned(kernels.WORDS * stride)
        positions = np.empty(kernels.WORDS * count, np.uint32)
        words = hashes.view(np.uint16)

        def fill(part: int) -> None:
            kernels.fill_table(
                words,
                part,
                offsets[part * kernels.STRIDE : (part + 1) * kernels.STRIDE],
                nexts[part * stride : (part + 1) * stride],
                positions[part * count : (part + 1) * count],
            )

        if threads == 1:  # may be a thread that outlives the interpreter's own end, where pools are closed
            for part in range(kernels.WORDS):
                fill(part)
        else:
            with ThreadPoolExecutor(threads) as pool:
                list(pool.map(fill, range(kernels.WORDS)))
        return cls(hashes, ids, offsets, nexts, positions)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What a file keeps (without the removed rows' bitmap)."""
        return {
            "hashes": self.hashes,
            "ids": self.ids,
            "offsets": self.offsets,
            "nexts": self.nexts,
            "positions": self.positions,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]], path: object) -> Segment:
        """The inverse of `arrays`; raises `IndexFileError` where shapes do not agree."""
        segment = cls(
            arrays["hashes"], arrays["ids"], arrays["offsets"], arrays["nexts"], arrays["positions"]
        )
        count = len(segment)
        with_tables = count if count >= SMALLEST_WITH_TABLES else 0
        wanted = (
            (count, 4),
            (kernels.WORDS * kernels.STRIDE if with_tables else 0,),
            (kernels.WORDS * kernels.lane_stride(count) if with_tables else 0,),
            (kernels.WORDS * with_tables,),
        )
        found = (segment.hashes.shape, segment.offsets.shape, segment.nexts.shape, segment.positions.shape)
        if found != wanted:
            raise IndexFileError(f"{path}: its parts do not belong together: fetch or build it again")
        return segment

    def rows_of(self, ids: Ids) -> NDArray[np.int64]:
        """The rows that carry one of `ids`."""
        low = np.searchsorted(self.ids, ids, "left")
        high = np.searchsorted(self.ids, ids, "right")
        return np.concatenate(
            [np.arange(0), *(np.arange(a, b) for a, b in zip(low, high, strict=True) if b > a)]
        )

    def kill(self, rows: NDArray[np.int64]) -> int:
        """Mark rows as removed, seen by the next query; returns how many were alive."""
        if not len(rows):
            return 0
        if not len(self.dead):
            self.dead = np.zeros(-(-len(self) // 8), np.uint8)
        alive = rows[(self.dead[rows >> 3] >> (rows & 7).astype(np.uint8)) & 1 == 0]
        np.bitwise_or.at(self.dead, alive >> 3, np.left_shift(1, alive & 7).astype(np.uint8))
        self.dead_count += len(alive)
        return len(alive)

    def living(self) -> NDArray[np.int64]:
        """The rows that were not removed."""
        if not self.dead_count:
            return np.arange(len(self))
        return np.flatnonzero(np.unpackbits(self.dead, count=len(self), bitorder="little") == 0)

    def query(self, queries: Words, radii: Radii) -> Hits:
        """Every living row within each query's radius."""
        if not len(self) or not len(queries):
            return np.zeros((0, 3), np.int64)
        if not len(self.offsets):
            return kernels.scan(self.hashes, len(self), self.dead, queries, radii)
        linear = _PROBES[radii] * _ROWS_A_PROBE > len(self)
        if linear.any():
            return np.concatenate(
                [self._through(queries, radii, ~linear), self._scan(queries, radii, linear)]
            )
        return self._through(queries, radii, None)

    def near(self, queries: Words, radii: Radii, likely: Likely) -> Hits:
        """The living rows within each query's radius that its likeliest changes lead to; each pair once."""
        if not len(self) or not len(queries):
            return np.zeros((0, 3), np.int64)
        if not len(self.offsets) or len(self) <= SCANNED:
            return kernels.scan(self.hashes, len(self), self.dead, queries, radii)
        budget = len(self) // 16 + 256
        hits, effort = near_by_ranks(
            (self.offsets, self.nexts, self.positions), self.hashes, self.dead,
            queries, radii, likely, budget,
        )  # fmt: skip
        if effort[-1]:
            raise IndexFileError(ALTERED)
        crowded = np.flatnonzero(effort[:-1] > budget)
        if len(crowded):  # not followed to its end: what is nearest is looked for by itself
            nearest = self.query(queries[crowded], np.minimum(radii[crowded], SURE))
            nearest[:, 0] = crowded[nearest[:, 0]]
            hits = np.concatenate([hits, nearest])
        return np.unique(hits, axis=0)

    def _through(self, queries: Words, radii: Radii, chosen: NDArray[np.bool_] | None) -> Hits:
        numbers = None if chosen is None else np.flatnonzero(chosen)
        if numbers is not None:
            queries, radii = queries[numbers], radii[numbers]
        # A query that meets crowds (clusters of near-identical entries) is answered faster, and never much
        # slower than a scan, by a scan.
        budget = len(self) // 16 + 256
        hits, effort = probe(
            self.offsets, self.nexts, self.positions, self.hashes, self.dead,
            queries, radii, _MASKS, _MASK_STARTS, budget,
        )  # fmt: skip
        if effort[-1]:
            raise IndexFileError(ALTERED)
        crowded = effort[:-1] > budget
        if crowded.any():
            hits = np.concatenate([hits[~crowded[hits[:, 0]]], self._scan(queries, radii, crowded)])
        if numbers is not None:
            hits[:, 0] = numbers[hits[:, 0]]
        return hits

    def _scan(self, queries: Words, radii: Radii, chosen: NDArray[np.bool_]) -> Hits:
        numbers = np.flatnonzero(chosen)
        hits = kernels.scan(self.hashes, len(self), self.dead, queries[numbers], radii[numbers])
        hits[:, 0] = numbers[hits[:, 0]]
        return hits
