"""What one query of the index sees: segments and a tail of late entries; writers replace it whole."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from disrupt.matching._index import _kernels as kernels
from disrupt.matching._index._likely import Likely
from disrupt.matching._index._segment import Hits, Ids, Radii, Segment, Words

TAIL = 8192
"""Entries added lately that are scanned, not looked up: as many as a scan passes in some microseconds."""


def empty_tail(room: int = 64) -> Segment:
    """Space for `room` entries; its ids need not be in order."""
    return Segment.bare(
        np.empty((room, 4), np.uint64), np.empty(room, np.uint64), np.zeros(-(-room // 8), np.uint8)
    )


@dataclass(frozen=True)
class State:
    """Readers take one without a lock; a writer makes the next and puts it in its place."""

    segments: tuple[Segment, ...]
    tail: Segment
    used: int  # rows of the tail in use; the buffers are longer

    @classmethod
    def of(cls, *segments: Segment) -> State:
        """Those segments that have entries, and an empty tail."""
        return cls(tuple(segment for segment in segments if len(segment)), empty_tail(), 0)

    def __len__(self) -> int:
        return sum(len(s) - s.dead_count for s in self.segments) + self.used - self.tail.dead_count

    def has_room(self, count: int) -> bool:
        """Whether the tail takes so many more."""
        return self.used + count <= TAIL

    def appended(self, words: Words, ids: Ids) -> State:
        """With these entries in the tail, for which it has room."""
        tail, used = self.tail, self.used + len(words)
        if used > len(tail.ids):
            wider = empty_tail(min(TAIL, 2 * used))
            wider.hashes[: self.used] = tail.hashes[: self.used]
            wider.ids[: self.used] = tail.ids[: self.used]
            wider.dead[: len(tail.dead)] = tail.dead
            wider.dead_count = tail.dead_count
            tail = wider
        # Beyond `self.used` no reader looks, so the rows may be written in place.
        tail.hashes[self.used : used] = words
        tail.ids[self.used : used] = ids
        return State(self.segments, tail, used)

    def joined_by(self, segment: Segment) -> State:
        """With one segment more."""
        return State((*self.segments, segment), self.tail, self.used)

    def frozen(self) -> State:
        """With the tail's living entries as a segment without tables, and a new tail."""
        if not self.used:
            return self
        kept = np.flatnonzero(np.unpackbits(self.tail.dead, count=self.used, bitorder="little") == 0)
        kept = kept[np.argsort(self.tail.ids[kept], kind="stable")]
        return State.of(*self.segments, Segment.bare(self.tail.hashes[kept], self.tail.ids[kept]))

    def replaced(self, sources: Sequence[Segment], merged: Segment) -> State:
        """With `merged` in the place of `sources`, which stand together."""
        first = next(n for n, segment in enumerate(self.segments) if segment is sources[0])
        after = self.segments[first + len(sources) :]
        middle = (merged,) if len(merged) else ()
        return State((*self.segments[:first], *middle, *after), self.tail, self.used)

    def foldable(self) -> tuple[Segment, ...]:
        """The last segments, if they had better be one: those without tables, and all not much larger."""
        start, total = len(self.segments), 0
        for segment in reversed(self.segments):
            if len(segment) > 2 * total and not segment.lacks_tables:
                break
            start -= 1
            total += len(segment)
        last = self.segments[start:]
        return last if len(last) > 1 or (last and last[0].lacks_tables) else ()

    def waiting(self) -> int:
        """How many segments have no tables yet."""
        return sum(segment.lacks_tables for segment in self.segments)

    def ask(self, queries: Words, radii: Radii, likely: Likely | None = None) -> tuple[Hits, Ids]:
        """Everything within each query's radius, and the ids found; with `likely`, what its ways lead to."""
        found = [
            segment.query(queries, radii) if likely is None else segment.near(queries, radii, likely)
            for segment in self.segments
        ]
        entries = [s.ids[hits[:, 1]] for s, hits in zip(self.segments, found, strict=True)]
        if self.used:
            hits = kernels.scan(self.tail.hashes, self.used, self.tail.dead, queries, radii)
            found.append(hits)
            entries.append(self.tail.ids[hits[:, 1]])
        if not found:
            return np.zeros((0, 3), np.int64), np.zeros(0, np.uint64)
        return (found[0], entries[0]) if len(found) == 1 else (np.concatenate(found), np.concatenate(entries))


def joined(sources: Sequence[Segment], *, threads: int = 1) -> Segment:
    """The living entries of some segments as one, with tables."""
    rows = [segment.living() for segment in sources]
    words = np.concatenate([s.hashes[kept] for s, kept in zip(sources, rows, strict=True)])
    ids = np.concatenate([s.ids[kept] for s, kept in zip(sources, rows, strict=True)])
    return Segment.build(words, ids, threads=threads)
