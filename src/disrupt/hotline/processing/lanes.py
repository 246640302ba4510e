"""Decoding beside the sweep: files that are quick go first, and one that takes long holds up no other.

Which file takes long is seen by trying: whatever is not decoded within `decoding.QUICK` seconds steps aside,
and is decoded in a lane for such files. That list is in memory: after a restart each is tried again.
"""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable

from disrupt.hotline.common.running.sweep import Duty
from disrupt.hotline.processing import decoding, pipeline
from disrupt.hotline.processing.due import items_to_decode

QUICK, LONG = "review.decode", "review.decode_long"


class Aside:
    """The items that were not decoded in a short time."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: set[uuid.UUID] = set()

    def first(self) -> list[uuid.UUID]:
        """What is due and was not tried, or was quick so far."""
        with self._lock:
            return list(items_to_decode(without=self._items))

    def try_quickly(self, item_id: uuid.UUID) -> int:
        """Decode it, or put it aside."""
        try:
            return pipeline.carry(item_id, decode=decoding.QUICK)
        except pipeline.NotInTime:
            with self._lock:
                self._items.add(item_id)
            return 0

    def rest(self) -> Iterable[uuid.UUID]:
        """What stepped aside and is still due."""
        with self._lock:
            self._items &= set(items_to_decode(among=self._items))
            return sorted(self._items)

    def finish(self, item_id: uuid.UUID) -> int:
        """Decode it, however long it takes."""
        return pipeline.carry(item_id)


_aside = Aside()
DUTIES: tuple[Duty, ...] = (
    Duty(QUICK, _aside.first, _aside.try_quickly, lane=QUICK),
    Duty(LONG, _aside.rest, _aside.finish, lane=LONG),
)
