"""A kind limit on requests: bursts are fine, a loop gone wild is told when to come back."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from django.conf import settings

from disrupt.hotline.common.running import allowance
from disrupt.hotline.exchange.door.errors import ApiError

REQUESTS_A_MINUTE = 1200
BURST = 300


@dataclass
class Allowance(allowance.Allowance):
    """The same, which refuses as this interface does."""

    per_second: float = REQUESTS_A_MINUTE / 60
    burst: int = BURST

    def take(self, who: Hashable, cost: int = 1) -> None:
        """Take this much from `who`'s allowance. Raises ApiError that says when to come back."""
        wait = self.wait(who, cost)
        if wait:
            raise ApiError("too_many_requests", f"Come back in {wait} s.", headers={"Retry-After": str(wait)})


ALLOWANCE = Allowance()
LOOK_UPS = Allowance(settings.LOOK_UPS_A_SECOND, 2 * settings.LOOK_UPS_A_SECOND)
EVALUATIONS = Allowance(1000, 5000)
"""Bands that are asked without being told: some 0.1 ms of a processor each."""
UPLOADS = Allowance(settings.UPLOADS_A_MINUTE / 60, settings.UPLOADS_A_MINUTE)
