"""How long things stay, where some have not ended yet: the product-limit estimate.

Kaplan and Meier, "Nonparametric Estimation from Incomplete Observations", JASA 53 (1958). A mean over what
has ended would call a host fast that removes one in ten at once and the others never.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Stay:
    """How long something was there; `ended` is False for what is still there, or was lost from sight."""

    length: float
    ended: bool


def curve(stays: Iterable[Stay]) -> list[tuple[float, float]]:
    """(length, share that stays longer) at each length at which something ended, in order.

    What was lost from sight at a length counts as still there at it.
    """
    ended, all_of = Counter[float](), Counter[float]()
    for stay in stays:
        all_of[stay.length] += 1
        ended[stay.length] += stay.ended
    there, share, steps = sum(all_of.values()), 1.0, []
    for length in sorted(all_of):
        if ended[length]:
            share *= 1 - ended[length] / there
            steps.append((length, share))
        there -= all_of[length]
    return steps


def quantile(stays: Iterable[Stay], part: float) -> float | None:
    """The length within which this part (0.5: the median) has ended; None where so many have not."""
    return next((length for length, share in curve(stays) if share <= 1 - part + 1e-12), None)
