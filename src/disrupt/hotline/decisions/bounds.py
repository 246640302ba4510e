"""Exact bounds on an error rate that was seen in a sample (Clopper and Pearson, Biometrika 26, 1934)."""

from __future__ import annotations

from math import exp, lgamma, log

_STEPS = 60
CONFIDENCE = 0.95


def _at_most(wrong: int, n: int, rate: float) -> float:
    """The chance of at most `wrong` errors among `n` at this rate."""
    if rate <= 0:
        return 1.0
    if rate >= 1:
        return 1.0 if wrong >= n else 0.0
    ways = (lgamma(n + 1) - lgamma(k + 1) - lgamma(n - k + 1) for k in range(wrong + 1))
    return sum(exp(way + k * log(rate) + (n - k) * log(1 - rate)) for k, way in enumerate(ways))


def _solve(wrong: int, n: int, chance: float) -> float:
    """The rate at which at most `wrong` of `n` has this chance; the chance falls as the rate grows."""
    low, high = 0.0, 1.0
    for _step in range(_STEPS):
        middle = (low + high) / 2
        if _at_most(wrong, n, middle) > chance:
            low = middle
        else:
            high = middle
    return high


def upper(wrong: int, n: int) -> float:
    """With 95 % confidence the rate is no higher; 1 where nothing was looked at."""
    return 1.0 if wrong >= n else _solve(wrong, n, 1 - CONFIDENCE)


def lower(wrong: int, n: int) -> float:
    """With 95 % confidence the rate is no lower; 0 where no error was seen."""
    return 0.0 if wrong == 0 else _solve(wrong - 1, n, CONFIDENCE)
