"""How often each entry matches for each partner, by the day, in memory only: too often is a flood."""

from __future__ import annotations

import datetime as dt
import threading
import uuid
from collections import Counter
from collections.abc import Iterable

from disrupt.hotline.common import clock
from disrupt.hotline.exchange.hearing.secondlook import limit_of, matched_too_much
from disrupt.hotline.exchange.models import Partner


class Counts:
    """Of this process, since its start or the day's; nothing says what was asked."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._day: dt.date | None = None
        self._of: Counter[tuple[uuid.UUID, str]] = Counter()

    def note(self, partner: Partner, entries: Iterable[str]) -> list[str]:
        """Count a match of each; those that have just become too many."""
        limit, today, too_many = limit_of(partner), clock.now().date(), []
        with self._lock:
            if today != self._day:
                self._day, self._of = today, Counter()
            for entry in entries:
                self._of[partner.pk, entry] += 1
                if self._of[partner.pk, entry] == limit:
                    too_many.append(entry)
        return too_many


COUNTS = Counts()


def count(partner: Partner, entries: Iterable[str]) -> None:
    """Count these matches, and set aside what matched too often."""
    set_aside(partner, COUNTS.note(partner, entries))


def set_aside(partner: Partner, entries: Iterable[str]) -> None:
    """Of entries that have just matched too often at this partner."""
    for entry in entries:
        matched_too_much(uuid.UUID(entry), partner, limit_of(partner))
