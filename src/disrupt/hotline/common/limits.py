"""How much may happen at once: whoever comes when it is full waits; nobody is refused.

One Argon2id computation takes 64 MiB; without a limit, a few hundred guesses at a time would take all memory.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class Turnstile:
    """Lets `places` callers through at a time; the others wait in the order in which they came."""

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError("A turnstile needs at least one place.")
        self._free = places
        self._lock = threading.Lock()
        self._queue: deque[threading.Event] = deque()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        return len(self._queue)

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; blocks until one is free."""
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        with self._lock:
            if self._free and not self._queue:
                self._free -= 1
                return
            turn = threading.Event()
            self._queue.append(turn)
        turn.wait()

    def _leave(self) -> None:
        with self._lock:
            if self._queue:
                # The place goes straight to the next in line: a newcomer cannot overtake.
                self._queue.popleft().set()
            else:
                self._free += 1


SLOW_HASHES = Turnstile(2)
