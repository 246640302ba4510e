"""When an address is looked at: soon after its host was told, then ever less often."""

from __future__ import annotations

import datetime as dt
import random

H, D = dt.timedelta(hours=1), dt.timedelta(days=1)
AFTER = (H, 6 * H, 24 * H, 48 * H, 7 * D, 14 * D, *(91 * D * n for n in range(1, 9)))
# Two looks that agree lie at least so far apart.
APART = dt.timedelta(minutes=30)
CONFIRM = dt.timedelta(minutes=35)
_JITTER = 0.1
# Looks that came to nothing are repeated, not often.
_AGAIN = 6 * H


def following(anchor: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """The first look of the schedule after now; None when two years are over."""
    for offset in AFTER:
        if anchor + offset * (1 - _JITTER) > now:
            return anchor + offset * (1 + random.uniform(-_JITTER, _JITTER))  # noqa: S311  # no secret
    return None


def again(anchor: dt.datetime, now: dt.datetime) -> dt.datetime | None:
    """After a look that came to nothing: as planned, but within six hours."""
    planned = following(anchor, now)
    return planned and min(planned, now + _AGAIN)
