"""Whether a deposited content is in the bank already, said before anything is shown: fewer exposures.

Exact SHA-256, or a PDQ within 31 bits (of 256) of an active entry: of the picture as it is or in one of its
views (mirrored, turned, its border or its crop undone: disrupt.matching), or of enough of a film's stills.
The bank's hashes are kept in memory and follow its sequence of changes.
"""

from __future__ import annotations

import threading
import uuid
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint.pdq import pdq_from_array
from disrupt.fingerprint.types import ImageFingerprint, VideoFingerprint
from disrupt.hotline.bank import queries as bank
from disrupt.hotline.bank.models import BankEntry, EntryState
from disrupt.hotline.processing.sketching import UNREADABLE, VIDEO, Sketch, how
from disrupt.matching.index import HammingIndex
from disrupt.matching.views import AS_IT_IS, MIN_QUALITY, Views

RADIUS = 31
_FEATURES = 50
# A film is recognised by at least so many of its stills, and by this share of those that have features: the
# bank's frames are a second apart, so that a still between two of a busy film answers to neither.
FEWEST_STILLS, STILLS_SHARE = 3, 0.4


@dataclass(frozen=True)
class Known:
    """An active entry that answers to the content; distance 0 and `exact` for the very same bytes.

    `how`: the view of the picture that was recognised, "" for the picture as it is; `stills`: of a film, how
    many of its stills were.
    """

    entry: BankEntry
    exact: bool
    distance: int
    how: str = ""
    stills: int = 0


class _Pdqs:
    """All PDQs of active entries: uint8 (N, 32) and the entry of each row; those of films' frames apart."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[object, ...] = ()
        self._bits: npt.NDArray[np.uint8] = np.zeros((0, 32), np.uint8)
        self._entries: list[uuid.UUID] = []
        self._index, self._frames = HammingIndex(), HammingIndex()
        self._films: list[uuid.UUID] = []

    def _load(self) -> None:
        state = bank.state_of_the_bank()
        if state == self._state:
            return
        rows: list[bytes] = []
        entries: list[uuid.UUID] = []
        frames: list[bytes] = []
        films: list[uuid.UUID] = []
        for number, prints in bank.active().values_list("pk", "prints").iterator(2000):
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


_pdqs = _Pdqs()


def by_digest(sha256: str, without: uuid.UUID | None = None) -> Known | None:
    """An active entry (but `without`) of the very same bytes; one that an analyst examined comes first."""
    entries = bank.active().filter(sha256=sha256)
    if without is not None:
        entries = entries.exclude(pk=without)
    entry = entries.order_by("-origin").first()
    return Known(entry, exact=True, distance=0) if entry else None


def by_prints(found: ImageFingerprint | VideoFingerprint) -> Known | None:
    """An active entry that answers to these fingerprints."""
    exact = by_digest(found.sha256)
    if exact or isinstance(found, VideoFingerprint):
        return exact
    forms = [found.pdq, *([found.upright] if found.upright else []), *(one.pdq for one in found.shown)]
    near = [known for one in forms if one.quality >= _FEATURES and (known := by_pdq(one.bits))]
    return min(near, key=lambda known: known.distance, default=None)


def by_pdq(bits: npt.NDArray[np.uint8], without: uuid.UUID | None = None) -> Known | None:
    """The active entry (but `without`) with the nearest PDQ within RADIUS; `bits` is uint8 (32,)."""
    nearest = _pdqs.nearest(bits, without)
    if nearest is None:
        return None
    entry = BankEntry.objects.filter(pk=nearest[0], state=EntryState.ACTIVE).first()
    return Known(entry, exact=False, distance=nearest[1]) if entry else None


def by_views(views: Views) -> Known | None:
    """The active entry that a picture answers to once an edit is undone."""
    found = _pdqs.of_views(views.hash, views.radius)
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    name = views.name[found[2]]
    return Known(entry, exact=False, distance=found[1], how="" if name == AS_IT_IS else name)


def by_sketch(sketch: Sketch) -> Known | None:
    """The active entry that a file answers to, by what was sketched of it: nothing is decoded."""
    exact = by_digest(sketch.sha256)
    if exact or sketch.kind == UNREADABLE:
        return exact
    if sketch.kind == VIDEO:
        return _of_stills(list(sketch.own))
    near = [known for one in sketch.own if (known := by_pdq(one))]
    if near:
        return min(near, key=lambda known: known.distance)
    found = _pdqs.of_views(sketch.views, sketch.radius)
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    return Known(entry, exact=False, distance=found[1], how=how(int(sketch.code[found[2]])))


def by_stills(stills: npt.NDArray[np.uint8]) -> Known | None:
    """The active entry of a film of which these are stills, uint8 (N, side, side)."""
    hashed = [pdq_from_array(np.ascontiguousarray(still)) for still in stills]
    return _of_stills([one.bits for one in hashed if one.quality >= MIN_QUALITY])


def _of_stills(good: list[npt.NDArray[np.uint8]]) -> Known | None:
    found = _pdqs.of_stills(np.stack(good)) if len(good) >= FEWEST_STILLS else None
    entry = _active(found[0]) if found else None
    if found is None or entry is None:
        return None
    return Known(entry, exact=False, distance=0, stills=found[1])


def _active(entry_id: uuid.UUID) -> BankEntry | None:
    return BankEntry.objects.filter(pk=entry_id, state=EntryState.ACTIVE).first()
