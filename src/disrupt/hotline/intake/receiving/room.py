"""Keeps room on the store's disk: for the database and the reports, and for others than those who fill it.

How much each network has sent today is counted in memory (common/networks), and only looked at when the disk
is getting full: then one network may take as much as it leaves to all others.
"""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict

from django.conf import settings

from disrupt.hotline.common.running.limits import LANE

# Kept free for the database, and for forms without photos.
RESERVE = 512 * 1024 * 1024
# Below so many files of the largest size, networks share what is left.
SCARCE_FILES = 10
_MOST_NETWORKS = 20_000


class NoRoom(OSError):
    """The store's disk is nearly full: try again later."""


class Taken:
    """Bytes received from each network of today (tomorrow they have other names)."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes: OrderedDict[bytes, int] = OrderedDict()

    def of(self, network: bytes) -> int:
        """What this network has sent."""
        with self._lock:
            return self._bytes.get(network, 0)

    def add(self, network: bytes, count: int) -> None:
        """It sent so many more."""
        with self._lock:
            self._bytes[network] = self._bytes.pop(network, 0) + count
            if len(self._bytes) > _MOST_NETWORKS:
                self._bytes.popitem(last=False)


TAKEN = Taken()


def left() -> int:
    """Bytes that files may still take of the store's disk."""
    if not settings.STORE_FOLDER.exists():
        settings.STORE_FOLDER.mkdir(parents=True, exist_ok=True, mode=0o700)
    return shutil.disk_usage(settings.STORE_FOLDER).free - RESERVE


def must_fit(count: int) -> None:
    """So many bytes are about to come from the network that this thread works for. Raises NoRoom."""
    room = left()
    scarce = room < SCARCE_FILES * settings.MAX_UPLOAD_BYTES
    if count > room or (scarce and TAKEN.of(LANE.get()) + count > room):
        raise NoRoom("There is no room for this file now.")


def take(count: int) -> None:
    """So many bytes have come and are to be written now. Raises NoRoom."""
    must_fit(count)
    TAKEN.add(LANE.get(), count)
