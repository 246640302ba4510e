"""The hours of the night in which no machine of ours lights a telephone up, in the hotline's time zone."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from disrupt.hotline.common import clock

_HOURS = re.compile(r"(\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?\Z")


class BadQuietHours(ValueError):
    """DISRUPT_QUIET_HOURS is not two times of day."""


@dataclass(frozen=True)
class QuietHours:
    """From `begin` (included) to `end` (not included), usually over midnight."""

    begin: dt.time
    end: dt.time

    def holds(self, moment: dt.datetime) -> bool:
        """Whether this moment, in the hotline's own zone, is one of them."""
        at = timezone.localtime(moment).time()
        if self.begin < self.end:
            return self.begin <= at < self.end
        return at >= self.begin or at < self.end


def hours() -> QuietHours | None:
    """The hours that the operator set; None when there are none. Raises BadQuietHours."""
    text: str = settings.QUIET_HOURS.replace(" ", "")
    if text in {"", "none"}:
        return None
    found = _HOURS.match(text)
    try:
        if found is None:
            raise ValueError
        begin, end = (
            dt.time(int(hour), int(minute or 0)) for hour, minute in (found.group(1, 2), found.group(3, 4))
        )
        if begin == end:
            raise ValueError
    except ValueError:
        raise BadQuietHours(
            f"DISRUPT_QUIET_HOURS is {text!r}: write two times of day such as 21-8 or 21:30-8:00, or none."
        ) from None
    return QuietHours(begin, end)


def now_quiet() -> bool:
    """Whether it is night now."""
    quiet = hours()
    return quiet is not None and quiet.holds(clock.now())
