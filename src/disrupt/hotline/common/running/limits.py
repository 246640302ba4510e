"""How much may happen at once: whoever comes when it is full waits; nobody is refused.

One Argon2id computation takes 64 MiB; without a limit, a few hundred guesses at a time would take all memory.
Those who wait stand in lanes, one for each network; the lanes are served in turn, so that a crowd in one lane
makes a person in another wait for one of them, not for all.
"""

from __future__ import annotations

import threading
from collections import OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# Whom this thread works for; set for each request (intake.limits), empty elsewhere.
LANE: ContextVar[bytes] = ContextVar("LANE", default=b"")


class Turnstile:
    """Lets `places` callers through at a time; the others wait in lanes, in the order in which they came."""

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError("A turnstile needs at least one place.")
        self._free = places
        self._lock = threading.Lock()
        self._lanes: OrderedDict[bytes, deque[threading.Event]] = OrderedDict()

    @property
    def waiting(self) -> int:
        """How many wait now."""
        with self._lock:
            return sum(len(lane) for lane in self._lanes.values())

    @contextmanager
    def place(self) -> Iterator[None]:
        """Hold a place; blocks until one is free."""
        self._enter(LANE.get())
        try:
            yield
        finally:
            self._leave()

    def _enter(self, lane: bytes) -> None:
        with self._lock:
            if self._free and not self._lanes:
                self._free -= 1
                return
            turn = threading.Event()
            self._lanes.setdefault(lane, deque()).append(turn)
        turn.wait()

    def _leave(self) -> None:
        with self._lock:
            if not self._lanes:
                self._free += 1
                return
            # The place goes straight to the first of the next lane: a newcomer cannot overtake.
            lane, queue = self._lanes.popitem(last=False)
            queue.popleft().set()
            if queue:
                self._lanes[lane] = queue


SLOW_HASHES = Turnstile(2)
# Pages at work at the same time: more would only wait for each other, and for a crowd's.
PAGES = Turnstile(8)
