"""Periods of whole months: a year, a half, a quarter, a month, by the name that is in their address."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass

from disrupt.hotline.tally.folding import following

_NAME = re.compile(r"([0-9]{4})(?:-(?:(0[1-9]|1[0-2])|Q([1-4])|H([12])))?")


class BadPeriod(ValueError):
    """No such period: a year (2026), a half (2026-H1), a quarter (2026-Q3) or a month (2026-05)."""


@dataclass(frozen=True)
class Period:
    """From the first day of `first` to the last day of `last`, both first days of months."""

    name: str
    first: dt.date
    last: dt.date

    @property
    def end(self) -> dt.date:
        """The first day after it."""
        return following(self.last)

    @property
    def months(self) -> list[dt.date]:
        found = [self.first]
        while found[-1] < self.last:
            found.append(following(found[-1]))
        return found

    def overlaps(self, other: Period) -> bool:
        return self.first <= other.last and other.first <= self.last


def period(name: str) -> Period:
    """The period of a name. Raises BadPeriod."""
    found = _NAME.fullmatch(name)
    if not found or not 2000 <= int(found[1]) <= 2999:
        raise BadPeriod("Give a year (2026), a half (2026-H1), a quarter (2026-Q3) or a month (2026-05).")
    year, month, quarter, half = found.groups()
    if month:
        start, length = int(month), 1
    elif quarter:
        start, length = 3 * int(quarter) - 2, 3
    elif half:
        start, length = 6 * int(half) - 5, 6
    else:
        start, length = 1, 12
    return Period(name, dt.date(int(year), start, 1), dt.date(int(year), start + length - 1, 1))


def year(number: int) -> Period:
    """A calendar year."""
    return period(f"{number:04}")
