"""An exact Hamming index over 256-bit hashes that can be changed, saved and memory-mapped."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching import _kernels as kernels
from disrupt.matching._container import ArrayFile, open_arrays, write_arrays
from disrupt.matching._segment import Hits, Ids, Segment, Words
from disrupt.matching.errors import BadHash, BadRadius, IndexFileError

KIND = "hamming-index"
RADIUS = 31
"""The distance under which two PDQ hashes are taken to show the same picture (its authors' figure)."""
_TAIL = 8192  # entries added lately, scanned linearly
_LEAST_A_THREAD = 8  # queries


@dataclass(frozen=True)
class Matches:
    """Pairs within the radius, by query, then distance: `query` int64, `entry` uint64, `distance` uint16."""

    query: NDArray[np.int64]
    entry: Ids
    distance: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.query)


@dataclass(frozen=True)
class _State:
    """What one query sees: replaced whole by the writer, so that readers need no lock."""

    segments: tuple[Segment, ...]
    tail: Segment
    used: int  # rows of the tail in use; the buffers are longer


def _empty_tail(room: int = 64) -> Segment:
    nothing = np.zeros(0, np.uint32)
    hashes, ids = np.empty((room, 4), np.uint64), np.empty(room, np.uint64)
    return Segment(hashes, ids, nothing, np.zeros(0, np.uint16), nothing, np.zeros(-(-room // 8), np.uint8))


def as_words(hashes: ArrayLike) -> Words:
    """uint8 (N, 32) as the machine compares it, uint64 (N, 4); raises `BadHash`."""
    array = np.asarray(hashes)
    if array.size == 0 and array.ndim < 2:
        array = np.zeros((0, 32), np.uint8)
    if array.dtype != np.uint8 or array.ndim != 2 or array.shape[1] != 32:
        raise BadHash(f"hashes must be uint8 of shape (N, 32), not {array.dtype} of shape {array.shape}")
    array = np.ascontiguousarray(array)
    if array.ctypes.data % 8:
        array = array.copy()
    return array.view(np.uint64)


class HammingIndex:
    """All entries within a radius (0 to 64) of a query, always the same as comparing with each of them.

    An id may stand for several hashes; `remove` drops them all. Many threads may query while one writes: a
    query sees the index as it was at some moment between its call and its return.
    """

    def __init__(self) -> None:
        self._state = _State((), _empty_tail(), 0)
        self._write = threading.Lock()
        self._file: ArrayFile | None = None
        self._next_id = 0

    @classmethod
    def from_hashes(
        cls, hashes: ArrayLike, ids: ArrayLike | None = None, *, threads: int = 1
    ) -> HammingIndex:
        """Build from uint8 (N, 32); ids default to 0..N-1. Raises `BadHash`."""
        index = cls()
        words, numbers = index._checked(as_words(hashes).copy(), ids)
        if len(words):
            index._state = _State((Segment.build(words, numbers, threads=threads),), _empty_tail(), 0)
        return index

    def __len__(self) -> int:
        state = self._state
        return sum(len(s) - s.dead_count for s in state.segments) + state.used - state.tail.dead_count

    @property
    def nbytes(self) -> int:
        """Bytes of memory (or of mapped file) that the index takes."""
        parts = (*self._state.segments, self._state.tail)
        return sum(a.nbytes for s in parts for a in (*s.arrays().values(), s.dead))

    def _checked(self, words: Words, ids: ArrayLike | None) -> tuple[Words, Ids]:
        if ids is None:
            numbers = np.arange(self._next_id, self._next_id + len(words), dtype=np.uint64)
        else:
            given = np.asarray(ids)
            if given.shape != (len(words),) or (given.size and given.dtype.kind not in "iu"):
                raise BadHash(
                    f"{len(words)} hashes need as many whole-number ids, not {given.dtype} {given.shape}"
                )
            if given.size and given.dtype.kind == "i" and given.min() < 0:
                raise BadHash("ids must not be negative")
            numbers = given.astype(np.uint64)
        if len(numbers):
            self._next_id = max(self._next_id, int(numbers.max()) + 1)
        return words, numbers

    def add(self, hashes: ArrayLike, ids: ArrayLike | None = None) -> None:
        """Add uint8 (N, 32), seen by the next query; ids default to the numbers after the highest so far."""
        with self._write:
            words, numbers = self._checked(as_words(hashes), ids)
            state = self._state
            if state.used + len(words) > _TAIL:
                self._state = self._merged(state, words, numbers)
            elif len(words):
                self._state = self._appended(state, words, numbers)

    def _appended(self, state: _State, words: Words, numbers: Ids) -> _State:
        tail, used = state.tail, state.used + len(words)
        if used > len(tail.ids):
            wider = _empty_tail(min(_TAIL, 2 * used))
            wider.hashes[: state.used] = tail.hashes[: state.used]
            wider.ids[: state.used] = tail.ids[: state.used]
            wider.dead[: len(tail.dead)] = tail.dead
            wider.dead_count = tail.dead_count
            tail = wider
        # Beyond `state.used` no reader looks, so the rows may be written in place.
        tail.hashes[state.used : used] = words
        tail.ids[state.used : used] = numbers
        return _State(state.segments, tail, used)

    def _merged(self, state: _State, words: Words, numbers: Ids) -> _State:
        """Fold the tail, and every segment that is not much larger, into one new segment."""
        kept = np.flatnonzero(np.unpackbits(state.tail.dead, count=state.used, bitorder="little") == 0)
        pieces = [(words, numbers), (state.tail.hashes[kept], state.tail.ids[kept])]
        segments = list(state.segments)
        total = len(words) + len(kept)
        while segments and len(segments[-1]) <= 2 * total:
            segment = segments.pop()
            rows = segment.living()
            pieces.append((segment.hashes[rows], segment.ids[rows]))
            total += len(rows)
        pieces.reverse()
        merged = Segment.build(np.concatenate([w for w, _ in pieces]), np.concatenate([n for _, n in pieces]))
        return _State((*segments, merged), _empty_tail(), 0)

    def remove(self, ids: ArrayLike) -> int:
        """Remove every hash of these ids (unknown ones are fine), before the next query; returns how many."""
        wanted = np.unique(np.atleast_1d(np.asarray(ids)).astype(np.uint64))
        with self._write:
            state = self._state
            gone = sum(segment.kill(segment.rows_of(wanted)) for segment in state.segments)
            return gone + state.tail.kill(np.flatnonzero(np.isin(state.tail.ids[: state.used], wanted)))

    def query(self, hashes: ArrayLike, radius: ArrayLike = RADIUS, *, threads: int = 1) -> Matches:
        """Every entry within `radius` bits (one, or one a query; 0 to 64) of each of uint8 (Q, 32).

        Raises `BadHash`, `BadRadius`, and `IndexFileError` where a mapped file turns out to be altered.
        """
        queries = as_words(hashes)
        radii = np.asarray(radius)
        if radii.shape not in ((), (len(queries),)) or (radii.size and radii.dtype.kind not in "iu"):
            raise BadRadius(f"radius must be one whole number, or one for each of the {len(queries)} queries")
        if radii.size and (int(radii.min()) < 0 or int(radii.max()) > kernels.MAX_RADIUS):
            raise BadRadius(f"radius must be from 0 to {kernels.MAX_RADIUS}")
        spread = np.broadcast_to(radii, len(queries)).astype(np.uint16)
        state = self._state
        shares = max(1, min(threads, len(queries) // _LEAST_A_THREAD))
        if shares == 1:
            return _ordered(_ask(state, queries, spread))
        bounds = [len(queries) * n // shares for n in range(shares + 1)]
        with ThreadPoolExecutor(shares) as pool:
            jobs = [pool.submit(_ask, state, queries[a:b], spread[a:b]) for a, b in pairwise(bounds)]
            answers = [job.result() for job in jobs]
        for (found, _), start in zip(answers, bounds, strict=False):
            found[:, 0] += start
        return _ordered((np.concatenate([f for f, _ in answers]), np.concatenate([e for _, e in answers])))

    def contents(self) -> tuple[NDArray[np.uint8], Ids]:
        """Everything in it by id: uint8 (N, 32) and uint64 (N,), not to be written to. Compacts first."""
        self.compact()
        segments = self._state.segments
        if not segments:
            return np.zeros((0, 32), np.uint8), np.zeros(0, np.uint64)
        return segments[0].hashes.view(np.uint8), segments[0].ids

    def compact(self, *, threads: int = 1) -> None:
        """Fold everything into one segment without the removed entries (what `save` writes)."""
        with self._write:
            self._state = self._compacted(threads)

    def _compacted(self, threads: int = 1) -> _State:
        state = self._state
        if len(state.segments) <= 1 and not state.used and not any(s.dead_count for s in state.segments):
            return state
        kept = np.flatnonzero(np.unpackbits(state.tail.dead, count=state.used, bitorder="little") == 0)
        pieces = [(s.hashes[rows], s.ids[rows]) for s in state.segments for rows in [s.living()]]
        pieces.append((state.tail.hashes[kept], state.tail.ids[kept]))
        words, numbers = np.concatenate([w for w, _ in pieces]), np.concatenate([n for _, n in pieces])
        built = (Segment.build(words, numbers, threads=threads),) if len(words) else ()
        return _State(built, _empty_tail(), 0)

    def save(self, path: str | PathLike[str]) -> None:
        """Write to `path`, atomically. The index itself is compacted on the way."""
        self.compact()
        segments = self._state.segments
        nothing = Segment.build(np.zeros((0, 4), np.uint64), np.zeros(0, np.uint64))
        meta = {"words": kernels.WORDS, "bits": 256, "next_id": self._next_id}
        write_arrays(Path(path), KIND, meta, (segments[0] if segments else nothing).arrays())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> HammingIndex:
        """Map the file; its pages are read as queries need them. Raises `IndexFileError` or `OSError`.

        The content's checksums are compared by `verify`, which may run in another thread meanwhile.
        """
        index = cls()
        index._file = open_arrays(Path(path), KIND)
        index._next_id = int(index._file.meta["next_id"])
        segment = Segment.from_arrays(index._file.arrays, path)
        if len(segment):
            index._state = _State((segment,), _empty_tail(), 0)
        return index

    def verify(self) -> None:
        """Compare the loaded file with its checksums (reads it whole); raises `IndexFileError`."""
        if self._file is None:
            raise IndexFileError("this index was not loaded from a file: there is nothing to verify")
        self._file.verify()


def _ask(state: _State, queries: Words, radii: NDArray[np.uint16]) -> tuple[Hits, Ids]:
    found: list[Any] = []
    entries: list[Any] = []
    for segment in state.segments:
        hits = segment.query(queries, radii)
        found.append(hits)
        entries.append(segment.ids[hits[:, 1]])
    if state.used:
        hits = kernels.scan(state.tail.hashes, state.used, state.tail.dead, queries, radii)
        found.append(hits)
        entries.append(state.tail.ids[hits[:, 1]])
    if not found:
        return np.zeros((0, 3), np.int64), np.zeros(0, np.uint64)
    return (found[0], entries[0]) if len(found) == 1 else (np.concatenate(found), np.concatenate(entries))


def _ordered(answer: tuple[Hits, Ids]) -> Matches:
    hits, entries = answer
    order = np.lexsort((entries, hits[:, 2], hits[:, 0]))
    return Matches(hits[order, 0], entries[order], hits[order, 2].astype(np.uint16))
