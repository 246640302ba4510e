"""A kind limit on requests: bursts are fine, a loop gone wild is told when to come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

REQUESTS_A_MINUTE = 1200
BURST = 300


@dataclass
class Allowance:
    """A token bucket for each key, in the memory of this process; nothing is written (D10)."""

    per_second: float = REQUESTS_A_MINUTE / 60
    burst: int = BURST
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, who: Hashable) -> int:
        """Take one request from `who`'s allowance; 0, or the whole seconds to wait when it is spent."""
        with self._lock:
            now = self.monotonic()
            left, since = self._buckets.get(who, (float(self.burst), now))
            left = min(self.burst, left + (now - since) * self.per_second)
            if left < 1:
                self._buckets[who] = (left, now)
                return max(1, math.ceil((1 - left) / self.per_second))
            self._buckets[who] = (left - 1, now)
            return 0


ALLOWANCE = Allowance()
