"""The hotline's decoders, and how long each of those who need one may hold it."""

from __future__ import annotations

import os
import threading

from disrupt.fingerprint import Limits, Sandbox

PAGE, PAGE_WAIT = 10.0, 5.0
"""Seconds of decoding for a page of the console, and of waiting for a free decoder before it says so."""
QUICK = 30.0
"""Seconds of the worker for a file, before it makes room for the next one and is taken up at leisure."""
LONG = Limits().video_seconds
_LEAST, _MOST = 3, 4

_lock = threading.Lock()
_made: list[Sandbox] = []


def sandbox() -> Sandbox:
    """The sandbox that this process shares."""
    with _lock:
        if not _made:
            _made.append(Sandbox(workers=max(_LEAST, min(os.cpu_count() or 1, _MOST))))
        return _made[0]
