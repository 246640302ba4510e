"""The worker's duty of the console: what analysts looked at is forgotten in time."""

from __future__ import annotations

from disrupt.hotline.common.sweep import Duty
from disrupt.hotline.review import exposure

DUTIES: tuple[Duty, ...] = (Duty("review.looks", exposure.forget_old, exposure.forget),)
