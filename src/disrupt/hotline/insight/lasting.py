"""How long things last, where some have not ended: the product-limit estimate over coarse steps.

E. L. Kaplan, P. Meier, “Nonparametric Estimation from Incomplete Observations”, JASA 53 (1958). What is not
over yet counts as longer than it has lasted so far; leaving it out would make every median too good.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from disrupt.hotline.tally.folding import following
from disrupt.hotline.tally.spans import HOURS, ends_of, step_of


@dataclass(frozen=True)
class Began:
    """What began in one month: how many, and how many of them ended in each step."""

    n: int
    ended: Counter[int]

    @property
    def open(self) -> int:
        return max(0, self.n - self.ended.total())


@dataclass(frozen=True)
class Lasting:
    """`left[i]`: the share that lasts beyond step i; `n` began, `open` of them have not ended."""

    n: int
    open: int
    left: tuple[float, ...]

    def quantile(self, share: float) -> float | None:
        """The hours within which this share has ended; None if that was not seen yet."""
        before = 1.0
        for step, left in enumerate(self.left):
            if left <= 1 - share + 1e-9:
                low, high = ends_of(step)
                if high == float("inf"):
                    return None
                fraction = (before - (1 - share)) / (before - left) if before > left else 1.0
                return low + (high - low) * min(1.0, max(0.0, fraction))
            before = left
        return None

    def within(self, hours: float) -> float:
        """The share that has ended within so many hours, one of the ends in spans.py."""
        return 1 - self.left[HOURS.index(hours)]


def lasting(months: Mapping[dt.date, Began], as_of: dt.date) -> Lasting:
    """The estimate over what began in these months, seen on a day."""
    groups = [(began, began.open, _seen(month, as_of)) for month, began in months.items()]
    still = [began.n for began, _open, _seen_to in groups]
    left, share = [], 1.0
    for step in range(len(HOURS) + 1):
        at_risk = ended = 0
        for place, (began, open_, seen_to) in enumerate(groups):
            # What is open and was not watched to the end of this step says nothing about it.
            at_risk += max(0, still[place] - (open_ if seen_to <= step else 0))
            ended += began.ended[step]
            still[place] -= began.ended[step]
        share *= 1 - min(1.0, ended / at_risk) if at_risk > 0 else 1.0
        left.append(share)
    return Lasting(
        sum(began.n for began in months.values()), sum(open_ for _, open_, _ in groups), tuple(left)
    )


def _seen(month: dt.date, as_of: dt.date) -> int:
    """The step up to which those that began in a month, in its middle, have been watched."""
    middle = month + (following(month) - month) / 2
    return step_of(as_of - middle)
