"""The worker's duties of the console: what analysts looked at is forgotten in time, and ended claims."""

from __future__ import annotations

from disrupt.hotline.common.sweep import Duty
from disrupt.hotline.review import attempts, claims, exposure

DUTIES: tuple[Duty, ...] = (
    Duty("review.looks", exposure.forget_old, exposure.forget),
    Duty("review.claims", claims.ended, claims.forget),
    Duty("review.failures", attempts.forgotten, attempts.forget),
)
