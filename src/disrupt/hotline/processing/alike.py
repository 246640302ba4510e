"""Which waiting files answer to each other: in the worker's memory, asked once for each that arrives.

Asked in both directions, because either may be the edited one: the views of the new file among the pictures
that wait, and the new picture among their views. What is found is a likeness and no decision.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disrupt.hotline.processing.recognise import FEWEST_STILLS, RADIUS, STILLS_SHARE
from disrupt.hotline.processing.sketching import CUT, IMAGE, VIDEO, Sketch, how
from disrupt.matching.index import HammingIndex

MOST = 50
"""Likenesses of one file that are kept, the nearest first."""
_TURNED = (1, 2, 3, 4, 6, 7)
_CHUNK = 1 << 17


@dataclass(frozen=True, slots=True)
class Alike:
    """Another file that answers: the very same bytes, or `distance` bits away once `how` is undone.

    `stills`: of a film, how many of its stills answer.
    """

    number: int
    same: bool = False
    distance: int = 0
    how: str = ""
    stills: int = 0

    @property
    def rank(self) -> tuple[bool, int, int]:
        return (not self.same, self.distance, -self.stills)


class _Rows:
    """Hashes of views with their radius, code and owner, in arrays that grow."""

    def __init__(self) -> None:
        self.count = 0
        self._words = np.zeros((1024, 4), np.uint64)
        self._about = np.zeros((1024, 3), np.int64)

    def add(self, sketch: Sketch, owner: int) -> None:
        # A picture that was turned is seldom cut as well, and such views are three in four of all.
        kept = np.flatnonzero((sketch.code < CUT) | ~np.isin(sketch.code % CUT, _TURNED))
        end = self.count + len(kept)
        while end > len(self._words):
            self._words = np.concatenate([self._words, np.zeros_like(self._words)])
            self._about = np.concatenate([self._about, np.zeros_like(self._about)])
        self._words[self.count : end] = sketch.views[kept].copy().view(np.uint64)
        about = sketch.radius[kept], sketch.code[kept], np.full(len(kept), owner)
        self._about[self.count : end] = np.stack(about, axis=1)
        self.count = end

    def answering(self, own: npt.NDArray[np.uint8]) -> Iterable[Alike]:
        """Every view that one of these pictures is within the view's radius of."""
        for word in own.copy().view(np.uint64).reshape(-1, 4):
            for start in range(0, self.count, _CHUNK):
                stop = min(start + _CHUNK, self.count)
                bits = np.bitwise_count(self._words[start:stop] ^ word).sum(axis=1, dtype=np.int64)
                about = self._about[start:stop]
                for row in np.flatnonzero(bits <= about[:, 0]).tolist():
                    yield Alike(int(about[row, 2]), False, int(bits[row]), how(int(about[row, 1])))


class Waiting:
    """The sketches of files that wait, each under a number."""

    def __init__(self) -> None:
        self.numbers: set[int] = set()
        self._pictures, self._films = HammingIndex(), HammingIndex()
        self._views = _Rows()
        self._bytes: dict[str, list[int]] = defaultdict(list)
        self._stills: dict[int, int] = {}

    def add(self, number: int, sketch: Sketch) -> None:
        """From now on it is found."""
        self.numbers.add(number)
        self._bytes[sketch.sha256].append(number)
        if not len(sketch.own):
            return
        ids = np.full(len(sketch.own), number, np.int64)
        if sketch.kind == VIDEO:
            self._films.add(sketch.own, ids)
            self._stills[number] = len(sketch.own)
        elif sketch.kind == IMAGE:
            self._pictures.add(sketch.own, ids)
            self._views.add(sketch, number)

    def like(self, sketch: Sketch, number: int) -> list[Alike]:
        """The others that answer to it, the same bytes first, then the nearest."""
        found = [Alike(other, same=True) for other in self._bytes.get(sketch.sha256, ())]
        if sketch.kind == VIDEO:
            found += self._like_film(sketch)
        elif sketch.kind == IMAGE:
            found += self._like_picture(sketch)
        best: dict[int, Alike] = {}
        for one in sorted(found, key=lambda one: one.rank):
            if one.number != number:
                best.setdefault(one.number, one)
        return list(best.values())

    def _like_picture(self, sketch: Sketch) -> Iterable[Alike]:
        queries = np.concatenate([sketch.own, sketch.views])
        radius = np.concatenate([np.full(len(sketch.own), RADIUS, np.uint8), sketch.radius])
        codes = np.concatenate([np.zeros(len(sketch.own), np.uint8), sketch.code])
        if len(queries) and len(self._pictures):
            hits = self._pictures.query(queries, radius)
            for query, entry, bits in zip(hits.query, hits.entry, hits.distance, strict=True):
                yield Alike(int(entry), False, int(bits), how(int(codes[query])))
        yield from self._views.answering(sketch.own)

    def _like_film(self, sketch: Sketch) -> Iterable[Alike]:
        if not len(sketch.own) or not len(self._films):
            return
        hits = self._films.query(sketch.own, RADIUS)
        pairs = {(int(entry), int(query)) for entry, query in zip(hits.entry, hits.query, strict=True)}
        for number, stills in Counter(entry for entry, _still in pairs).items():
            fewer = min(len(sketch.own), self._stills[number])
            if stills >= max(FEWEST_STILLS, fewer * STILLS_SHARE):
                yield Alike(number, stills=stills)
