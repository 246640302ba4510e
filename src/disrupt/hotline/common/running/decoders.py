"""The decoders that the threads of a process share."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from disrupt.fingerprint import Limits, Sandbox


class Decoders:
    """A sandbox, made when it is first asked for: a decoder sees one file and ends, and decodes nothing where
    a required protection is missing. `limits` are the usual ones if none are given."""

    def __init__(self, workers: int, limits: Callable[[], Limits] | None = None) -> None:
        self._workers, self._limits = workers, limits
        self._lock = threading.Lock()
        self._made: Sandbox | None = None

    def sandbox(self) -> Sandbox:
        """The one of this process."""
        from disrupt.fingerprint import Limits, Sandbox

        with self._lock:
            if self._made is None:
                limits = self._limits() if self._limits else Limits()
                required = tuple(settings.DECODERS_REQUIRE)
                self._made = Sandbox(limits, workers=self._workers, tasks_per_worker=1, require=required)
            return self._made

    def close(self) -> None:
        """End them; whoever asks then gets others."""
        with self._lock:
            if self._made is not None:
                self._made.close()
                self._made = None
