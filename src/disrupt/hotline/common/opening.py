"""When people are there: days of the week and hours, in a zone of their own, and when they are back."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.conf import settings

_HOURS = re.compile(r"([1-7])(?:-([1-7]))? (\d{1,2})(?::(\d\d))?-(\d{1,2})(?::(\d\d))?\Z")


class BadOpeningHours(ValueError):
    """This is not days of the week with two times of day."""


@dataclass(frozen=True)
class OpeningHours:
    """On these days (1 is Monday), from `begin` (included) to `end` (not included), in `zone`."""

    days: range
    begin: dt.time
    end: dt.time
    zone: ZoneInfo

    def hold(self, moment: dt.datetime) -> bool:
        """Whether somebody is there at this moment."""
        local = moment.astimezone(self.zone)
        return local.isoweekday() in self.days and self.begin <= local.time() < self.end

    def back_at(self, moment: dt.datetime) -> dt.datetime:
        """When somebody is there again, in the zone; the moment itself while they are."""
        local = moment.astimezone(self.zone)
        if self.hold(local):
            return local
        for after in range(8):
            day = local.date() + dt.timedelta(days=after)
            opens = dt.datetime.combine(day, self.begin, self.zone)
            if opens > local and opens.isoweekday() in self.days:
                return opens
        raise AssertionError("A week has one of the days.")  # pragma: no cover  # `days` is never empty


def parse(text: str, zone: ZoneInfo) -> OpeningHours:
    """Hours as an operator writes them: `1-5 9-18`, `7 9:30-12`. Raises BadOpeningHours."""
    found = _HOURS.match(" ".join(text.split()))
    try:
        if found is None:
            raise ValueError
        first, last = int(found[1]), int(found[2] or found[1])
        begin = dt.time(int(found[3]), int(found[4] or 0))
        end = dt.time(int(found[5]), int(found[6] or 0))
        if first > last or begin >= end:
            raise ValueError
    except ValueError:
        raise BadOpeningHours(
            f"{text!r} are no hours: write days (1 is Monday) and two times of day, such as 1-5 9-18."
        ) from None
    return OpeningHours(range(first, last + 1), begin, end, zone)


def team() -> OpeningHours | None:
    """When the hotline's own people read; None where the operator does not say. Raises BadOpeningHours."""
    return parse(settings.TEAM_HOURS, ZoneInfo(settings.TIME_ZONE)) if settings.TEAM_HOURS else None


def looks(text: str) -> OpeningHours | None:
    """When content is shown to analysts, as it is written; None at any hour. Raises BadOpeningHours."""
    return parse(text, ZoneInfo(settings.TIME_ZONE)) if text else None
