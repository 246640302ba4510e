"""The fingerprints of the bank's active entries, in memory, following its sequence of changes."""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
from django.db.models import QuerySet

from disrupt.hotline.bank import queries
from disrupt.hotline.bank.models import BankEntry
from disrupt.matching.index import HammingIndex

RADIUS = 31
# A film is recognised by at least so many of its stills, and by this share of those that have features: the
# bank's frames are a second apart, so that a still between two of a busy film answers to neither.
FEWEST_STILLS, STILLS_SHARE = 3, 0.4


class Pdqs:
    """PDQs of some active entries: uint8 (N, 32) and the entry of each row; those of films' frames apart."""

    def __init__(self, entries: Callable[[], QuerySet[BankEntry]] = queries.active) -> None:
        self._which = entries
        self._lock = threading.Lock()
        self._state: tuple[object, ...] = ()
        self._bits: npt.NDArray[np.uint8] = np.zeros((0, 32), np.uint8)
        self._entries: list[uuid.UUID] = []
        self._index, self._frames = HammingIndex(), HammingIndex()
        self._films: list[uuid.UUID] = []

    def _load(self) -> None:
        state = queries.state_of_the_bank()
        if state == self._state:
            return
        rows: list[bytes] = []
        entries: list[uuid.UUID] = []
        frames: list[bytes] = []
        films: list[uuid.UUID] = []
        for number, prints in self._which().values_list("pk", "prints").iterator(2000):
            for pdq in prints.get("pdq", ()):
                rows.append(bytes.fromhex(pdq["hex"]))
                entries.append(number)
            for frame in prints.get("vpdq", ()):
                frames.append(bytes.fromhex(frame["hex"]))
                films.append(number)
        self._bits = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 32)
        self._index = HammingIndex.from_hashes(self._bits)
        self._frames = HammingIndex.from_hashes(np.frombuffer(b"".join(frames), np.uint8).reshape(-1, 32))
        self._entries, self._films, self._state = entries, films, state

    def nearest(
        self, query: npt.NDArray[np.uint8], without: uuid.UUID | None = None
    ) -> tuple[uuid.UUID, int] | None:
        with self._lock:
            self._load()
            bits, entries = self._bits, self._entries
        if not len(bits):
            return None
        distances = np.bitwise_count(bits ^ query).sum(axis=1, dtype=np.int64)
        if without is not None:
            distances[[entry == without for entry in entries]] = 256
        best = int(distances.argmin())
        return (entries[best], int(distances[best])) if distances[best] <= RADIUS else None

    def of_views(
        self, hashes: npt.NDArray[np.uint8], radius: npt.NDArray[Any]
    ) -> tuple[uuid.UUID, int, int] | None:
        """The entry nearest to any view within that view's own radius, its distance, and the view's row."""
        rows = np.flatnonzero(radius >= 0)
        with self._lock:
            self._load()
            index, entries = self._index, self._entries
        if not len(rows) or not len(index):
            return None
        found = index.query(hashes[rows], radius[rows])
        if not len(found):
            return None
        best = int(found.distance.argmin())
        return entries[int(found.entry[best])], int(found.distance[best]), int(rows[found.query[best]])

    def of_stills(self, hashes: npt.NDArray[np.uint8]) -> tuple[uuid.UUID, int] | None:
        """The film to which enough of these stills answer within RADIUS, and how many do."""
        with self._lock:
            self._load()
            index, films = self._frames, self._films
        if not len(index):
            return None
        found = index.query(hashes, RADIUS)
        hits = zip(found.entry, found.query, strict=True)
        pairs = {(films[int(entry)], int(query)) for entry, query in hits}
        count = Counter(film for film, _still in pairs)
        if not count:
            return None
        film, stills = count.most_common(1)[0]
        return (film, stills) if stills >= max(FEWEST_STILLS, len(hashes) * STILLS_SHARE) else None
