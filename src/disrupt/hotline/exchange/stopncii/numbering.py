"""The numbers that clients without a log read on from: each says of which list it is (docs/adr/0171).

A list that came back from a backup is another one behind the change at which it went on. What was numbered
before keeps its number; what comes after begins anew, higher than any number that was ever told, since the
public client refuses one that goes back. A number that belongs to what the backup lost is known by that.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass

from disrupt.hotline.bank.models import Restoration
from disrupt.protocol.stopncii import EPOCH

SINCE = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
A_SECOND = 100
"""So many numbers are left for each second, so that a list that was lost, and of which nothing is known here,
cannot have come as far. A client takes numbers up to those of the year 9999: that is enough until 2105."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a number stands: at change `seq`; or of a list that was lost behind change `known` (`lost`),
    whose reader begins anew and had everything up to there."""

    seq: int
    lost: bool = False
    known: int = 0


@dataclass(frozen=True, slots=True)
class Numbering:
    """`parts`: from which change on numbers begin where, in order: (change, number)."""

    parts: tuple[tuple[int, int], ...] = ((0, EPOCH),)

    def number(self, seq: int) -> int:
        """The number that is told for a change."""
        size, base = self.parts[bisect_right(self.parts, seq, key=lambda part: part[0]) - 1]
        return base + seq - size

    def place(self, number: int) -> Place:
        """Where a number that was told before stands in the list of now."""
        at = bisect_right(self.parts, number, key=lambda part: part[1]) - 1
        if at < 0:
            return Place(0)
        size, base = self.parts[at]
        seq = size + number - base
        if at + 1 < len(self.parts) and seq > self.parts[at + 1][0]:
            return Place(0, lost=True, known=self.parts[at + 1][0])
        return Place(seq)


def numbering_of(restored: Iterable[tuple[int, dt.datetime]]) -> Numbering:
    """The numbering of a list that came back so often: at which change, and when; the earliest first."""
    parts = [(0, EPOCH)]
    for size, at in restored:
        before, base = parts[-1]
        passed = EPOCH + int((at - SINCE).total_seconds()) * A_SECOND
        parts.append((size, max(passed, base + size - before + 1)))
    return Numbering(tuple(parts))


def current() -> Numbering:
    """That of the list of now."""
    return numbering_of(Restoration.objects.order_by("pk").values_list("size", "at"))
