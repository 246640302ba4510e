"""An exact Hamming index over 256-bit hashes that can be changed, saved and memory-mapped."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from os import PathLike
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from disrupt.matching._bank._container import ArrayFile, open_arrays, write_arrays
from disrupt.matching._index import _kernels as kernels
from disrupt.matching._index._likely import Likely
from disrupt.matching._index._segment import SURE, Hits, Ids, Segment, Words
from disrupt.matching._index._state import State, joined
from disrupt.matching.errors import BadHash, BadRadius, IndexFileError

KIND = "hamming-index"
RADIUS = SURE
"""The distance under which two PDQ hashes are taken to show the same picture (its authors' figure)."""
_MOST_WAITING = 32  # segments without tables, after which additions wait for the thread that makes them
_LEAST_A_THREAD = 8  # queries
_LOW, _FEW = 1 << 32, 1 << 23  # ids, and queries, that fit in one number with a distance of nine bits


@dataclass(frozen=True)
class Matches:
    """Pairs within the radius, by query, then distance: `query` int64, `entry` uint64, `distance` uint16."""

    query: NDArray[np.int64]
    entry: Ids
    distance: NDArray[np.uint16]

    def __len__(self) -> int:
        return len(self.query)

    def nearest(self, most: int) -> Matches:
        """Each entry by the query that it is nearest to; of those further than RADIUS the `most` nearest."""
        order = np.argsort(self.distance, kind="stable")
        _, first = np.unique(self.entry[order], return_index=True)
        best = order[np.sort(first)]
        best = best[: int((self.distance[best] <= RADIUS).sum()) + most]
        return Matches(self.query[best], self.entry[best], self.distance[best])


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
        self._state = State.of()
        self._write = threading.Lock()  # held for moments, by whoever replaces the state
        self._fold = threading.Lock()  # held while segments are joined, which may take seconds
        self._folded = threading.Condition(self._write)
        self._folding = False  # whether a thread tidies up
        self._removed: list[Ids] | None = None  # while segments are joined: what was removed meanwhile
        self._file: ArrayFile | None = None
        self._next_id = 0

    @classmethod
    def from_hashes(
        cls, hashes: ArrayLike, ids: ArrayLike | None = None, *, threads: int = 1
    ) -> HammingIndex:
        """Build from uint8 (N, 32); ids default to 0..N-1. Raises `BadHash`."""
        index = cls()
        words, numbers = index._checked(as_words(hashes).copy(), ids)
        index._state = State.of(Segment.build(words, numbers, threads=threads))
        return index

    def __len__(self) -> int:
        return len(self._state)

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
        """Add uint8 (N, 32), seen by the next query; ids default to the numbers after the highest so far.

        Returns at once: tables for what was added are made by a thread in the background, and queries scan
        until they are there. Only who adds faster than that thread can follow is made to wait for it.
        """
        words = as_words(hashes)
        if not State.of().has_room(len(words)):
            return self._add_many(words, ids)
        with self._write:
            while self._folding and self._state.waiting() >= _MOST_WAITING:
                self._folded.wait()
            words, numbers = self._checked(words, ids)
            state = self._state if self._state.has_room(len(words)) else self._state.frozen()
            self._state = state.appended(words, numbers) if len(words) else state
            self._tidy_later()
        return None

    def _add_many(self, words: Words, ids: ArrayLike | None) -> None:
        """Tables of their own, made before these entries are seen."""
        with self._write:
            words, numbers = self._checked(words, ids)
        segment = Segment.build(words.copy(), numbers)
        with self._write:
            self._state = self._state.joined_by(segment)
            self._tidy_later()

    def _tidy_later(self) -> None:
        """Have a thread join segments, if there are any to join; called with the lock held."""
        if not self._folding and self._state.foldable():
            self._folding = True
            threading.Thread(target=self._tidy, name="index tables", daemon=True).start()

    def _tidy(self) -> None:
        """Join segments until there are none to join."""
        try:
            while self._tidied_once():
                pass
        except BaseException:
            with self._write:
                self._folding = False
                self._folded.notify_all()
            raise

    def _tidied_once(self) -> bool:
        with self._fold:
            with self._write:
                sources = self._state.foldable()
                if not sources:
                    self._folding = False  # now: an addition that comes next must start a thread
                    self._folded.notify_all()
                    return False
                self._removed = []
            self._join(sources)
        return True

    def _join(self, sources: tuple[Segment, ...], threads: int = 1) -> Segment:
        """Put one segment in the place of these, without what was removed since `_removed` was set."""
        merged = None
        try:
            merged = joined(sources, threads=threads)
        finally:
            with self._write:
                gone, self._removed = self._removed, None
                if merged is not None:
                    for ids in gone or ():
                        merged.kill(merged.rows_of(ids))
                    self._state = self._state.replaced(sources, merged)
                self._folded.notify_all()
        return merged

    def remove(self, ids: ArrayLike) -> int:
        """Remove every hash of these ids (unknown ones are fine), before the next query; returns how many."""
        wanted = np.unique(np.atleast_1d(np.asarray(ids)).astype(np.uint64))
        with self._write:
            state = self._state
            if self._removed is not None:
                self._removed.append(wanted)
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
            return _ordered(state.ask(queries, spread))
        bounds = [len(queries) * n // shares for n in range(shares + 1)]
        with ThreadPoolExecutor(shares) as pool:
            jobs = [pool.submit(state.ask, queries[a:b], spread[a:b]) for a, b in pairwise(bounds)]
            answers = [job.result() for job in jobs]
        for (found, _), start in zip(answers, bounds, strict=False):
            found[:, 0] += start
        return _ordered((np.concatenate([f for f, _ in answers]), np.concatenate([e for _, e in answers])))

    def near(self, hashes: ArrayLike, radius: ArrayLike, likely: Likely) -> Matches:
        """Entries within `radius` (0 to 256) of uint8 (Q, 32) to which likely changes of one word lead.

        Not exact as `query` is: an entry is missed where every word has changed in another way, but of a
        small index all is compared. Raises what `query` does.
        """
        queries = as_words(hashes)
        spread = np.broadcast_to(np.asarray(radius), len(queries))
        if spread.size and (int(spread.min()) < 0 or int(spread.max()) > 256):
            raise BadRadius("radius must be from 0 to 256")
        return _ordered(self._state.ask(queries, spread.astype(np.uint16), likely))

    def contents(self) -> tuple[NDArray[np.uint8], Ids]:
        """Everything in it by id: uint8 (N, 32) and uint64 (N,), not to be written to. Compacts first."""
        segment = self._compacted(1)
        return segment.hashes.view(np.uint8), segment.ids

    def compact(self, *, threads: int = 1) -> None:
        """Fold everything into one segment without the removed entries (what `save` writes)."""
        self._compacted(threads)

    def _compacted(self, threads: int) -> Segment:
        """All that was living when this was called; queries and changes go on meanwhile."""
        with self._fold:
            with self._write:
                self._state = self._state.frozen()
                sources = self._state.segments
                if not sources:
                    return Segment.build(np.zeros((0, 4), np.uint64), np.zeros(0, np.uint64))
                if len(sources) == 1 and not sources[0].lacks_tables and not sources[0].dead_count:
                    return sources[0]
                self._removed = []
            return self._join(sources, threads)

    def save(self, path: str | PathLike[str]) -> None:
        """Write to `path`, atomically, the index as it is now, and compact it on the way."""
        segment = self._compacted(1)
        meta = {"words": kernels.WORDS, "bits": 256, "next_id": self._next_id}
        write_arrays(Path(path), KIND, meta, segment.arrays())

    @classmethod
    def load(cls, path: str | PathLike[str]) -> HammingIndex:
        """Map the file; its pages are read as queries need them. Raises `IndexFileError` or `OSError`.

        The content's checksums are compared by `verify`, which may run in another thread meanwhile.
        """
        index = cls()
        index._file = open_arrays(Path(path), KIND)
        index._next_id = int(index._file.meta["next_id"])
        index._state = State.of(Segment.from_arrays(index._file.arrays, path))
        return index

    def verify(self) -> None:
        """Compare the loaded file with its checksums (reads it whole); raises `IndexFileError`."""
        if self._file is None:
            raise IndexFileError("this index was not loaded from a file: there is nothing to verify")
        self._file.verify()


def _ordered(answer: tuple[Hits, Ids]) -> Matches:
    hits, entries = answer
    query, distance = hits[:, 0], hits[:, 2]
    if len(hits) and int(entries.max()) < _LOW and int(query.max()) < _FEW:
        # One number says it all: sorted in a seventh of the time, which in a crowd is much.
        key = (query.astype(np.uint64) << np.uint64(41)) | (distance.astype(np.uint64) << np.uint64(32))
        order = np.argsort(key | entries)
    else:
        order = np.lexsort((entries, distance, query))
    return Matches(query[order], entries[order], distance[order].astype(np.uint16))
