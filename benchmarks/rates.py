"""How often something rare happens, with the interval that the count allows."""

from __future__ import annotations

import math


def interval(events: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a rare rate: Clopper-Pearson's, with Poisson's terms; with no event, three over n.

    Source: Clopper and Pearson, Biometrika 26 (1934); Hanley and Lippman-Hand, JAMA 249 (1983).
    """
    if trials == 0:
        return 0.0, 1.0

    def tail(mean: float, most: int) -> float:
        return sum(math.exp(k * math.log(mean) - mean - math.lgamma(k + 1)) for k in range(most + 1))

    def mean_with(target: float, most: int) -> float:
        low, high = 1e-9, 3.0 * events + 30.0
        for _ in range(100):
            middle = (low + high) / 2
            low, high = (middle, high) if tail(middle, most) > target else (low, middle)
        return (low + high) / 2

    if events == 0:
        return 0.0, 3.0 / trials
    return mean_with(0.975, events - 1) / trials, mean_with(0.025, events) / trials
