"""How often somebody may ask: bursts are fine, a loop gone wild is told when to come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field


@dataclass
class Allowance:
    """A token bucket for each key, in the memory of this process; nothing is written (D10)."""

    per_second: float
    burst: int
    monotonic: Callable[[], float] = time.monotonic
    _buckets: dict[Hashable, tuple[float, float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self, who: Hashable, cost: int = 1) -> int:
        """Take this much from `who`'s allowance; 0, or the whole seconds to wait when it is spent."""
        with self._lock:
            now = self.monotonic()
            left, since = self._buckets.get(who, (float(self.burst), now))
            left = min(self.burst, left + (now - since) * self.per_second)
            if left < cost:
                self._buckets[who] = (left, now)
                return max(1, math.ceil((cost - left) / self.per_second))
            self._buckets[who] = (left - cost, now)
            return 0
