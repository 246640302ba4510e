"""Whether a deposited content is in the bank already, said before anything is shown: fewer exposures.

Exact SHA-256, or a PDQ within 31 bits (of 256) of an active entry. The bank's PDQs are kept in memory and
follow its sequence of changes; the comparison is exhaustive, about 20 ms for a million of them.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from disrupt.fingerprint.types import ImageFingerprint, VideoFingerprint
from disrupt.hotline.bank import queries as bank
from disrupt.hotline.bank.models import BankEntry, EntryState

RADIUS = 31
_FEATURES = 50


@dataclass(frozen=True)
class Known:
    """An active entry that answers to the content; distance 0 and `exact` for the very same bytes."""

    entry: BankEntry
    exact: bool
    distance: int


class _Pdqs:
    """All PDQs of active entries: uint8 (N, 32) and the entry of each row."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._state: tuple[object, ...] = ()
        self._bits: npt.NDArray[np.uint8] = np.zeros((0, 32), np.uint8)
        self._entries: list[uuid.UUID] = []

    def _load(self) -> None:
        state = bank.state_of_the_bank()
        if state == self._state:
            return
        rows: list[bytes] = []
        entries: list[uuid.UUID] = []
        for number, prints in bank.active().values_list("pk", "prints").iterator(2000):
            for pdq in prints.get("pdq", ()):
                rows.append(bytes.fromhex(pdq["hex"]))
                entries.append(number)
        self._bits = np.frombuffer(b"".join(rows), np.uint8).reshape(-1, 32)
        self._entries, self._state = entries, state

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
