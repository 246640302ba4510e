"""A kind limit on requests: bursts are fine, a loop gone wild is told when to come back."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from django.conf import settings

from disrupt.hotline.exchange.door.errors import ApiError

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

    def take(self, who: Hashable, cost: int = 1) -> None:
        """The same. Raises ApiError that says when to come back."""
        wait = self.wait(who, cost)
        if wait:
            raise ApiError("too_many_requests", f"Come back in {wait} s.", headers={"Retry-After": str(wait)})


ALLOWANCE = Allowance()
LOOK_UPS = Allowance(settings.LOOK_UPS_A_SECOND, 2 * settings.LOOK_UPS_A_SECOND)
UPLOADS = Allowance(settings.UPLOADS_A_MINUTE / 60, settings.UPLOADS_A_MINUTE)
