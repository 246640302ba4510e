"""How work under way is called off from another thread: whatever waits or goes round asks if it should."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from disrupt.fingerprint.errors import FingerprintError


class Cancelled(FingerprintError):
    """Whoever asked no longer wants the answer."""

    def __init__(self, message: str = "called off by whoever asked for it") -> None:
        super().__init__(message)


class Cancel:
    """Calls off, once and for all, whatever heeds it. Safe in any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._cancelled = False
        self._running: dict[int, Callable[[], None]] = {}

    @property
    def cancelled(self) -> bool:
        return self._cancelled

    def cancel(self) -> None:
        """Call it off: a decoder at work is ended, and the next step is not begun."""
        with self._lock:
            self._cancelled = True
            running, self._running = list(self._running.values()), {}
        for end in running:
            end()

    @contextmanager
    def ending(self, end: Callable[[], None]) -> Iterator[None]:
        """Within this, calling off calls `end` too."""
        with self._lock:
            already = self._cancelled
            if not already:
                self._running[id(end)] = end
        if already:
            end()
        try:
            yield
        finally:
            with self._lock:
                self._running.pop(id(end), None)


_CURRENT: ContextVar[Cancel | None] = ContextVar("cancel", default=None)


@contextmanager
def heeding(cancel: Cancel | None) -> Iterator[None]:
    """Within this, in this thread, everything heeds it."""
    token = _CURRENT.set(cancel)
    try:
        yield
    finally:
        _CURRENT.reset(token)


def current() -> Cancel | None:
    """What is heeded here."""
    return _CURRENT.get()


def go_on() -> None:
    """Raises Cancelled where the work at hand was called off."""
    cancel = _CURRENT.get()
    if cancel is not None and cancel.cancelled:
        raise Cancelled
