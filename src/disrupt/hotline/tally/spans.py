"""How long something took, in steps that are coarse enough to say nothing of one person."""

from __future__ import annotations

import bisect
import datetime as dt

HOURS: tuple[float, ...] = (1, 3, 6, 12, 24, 48, 72, 168, 336, 720, 2160, 8760)
"""The upper ends of the steps; what took longer is in the step after the last one."""

NONE = -1
"""Of a fact that took no time."""


def step_of(took: dt.timedelta) -> int:
    """The step that a time falls into; an end belongs to its step (24 h are within 24 h)."""
    return bisect.bisect_left(HOURS, max(0.0, took.total_seconds() / 3600))


def ends_of(step: int) -> tuple[float, float]:
    """Where a step begins and ends, in hours; the last one has no end."""
    low = HOURS[step - 1] if step else 0.0
    return low, HOURS[step] if step < len(HOURS) else float("inf")
