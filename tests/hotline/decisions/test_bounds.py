"""Exact bounds on an error rate, against values worked out otherwise."""

from __future__ import annotations

import random

import pytest

from disrupt.hotline.decisions.bounds import lower, upper


def test_no_error_seen_is_the_rule_of_three_exactly() -> None:
    for n in (1, 10, 59, 299, 3000):
        assert upper(0, n) == pytest.approx(1 - 0.05 ** (1 / n), abs=1e-9)
        assert lower(n, n) == pytest.approx(0.05 ** (1 / n), abs=1e-9)
    assert upper(0, 298) > 0.01 > upper(0, 299), "for one percent it takes 299 without an error"


def test_known_values() -> None:
    """One-sided 95 %: the beta quantiles B(.95; k+1, n-k) and B(.05; k, n-k+1)."""
    assert upper(1, 100) == pytest.approx(0.04656, abs=1e-5)
    assert upper(5, 100) == pytest.approx(0.10225, abs=1e-4)
    assert lower(5, 100) == pytest.approx(0.01991, abs=1e-4)
    assert (upper(0, 0), upper(7, 7), lower(0, 7)) == (1.0, 1.0, 0.0)


def test_it_covers_the_true_rate_as_often_as_it_says() -> None:
    rng, rate, n = random.Random(5), 0.03, 200
    counts = [sum(rng.random() < rate for _ in range(n)) for _run in range(400)]
    bounds = {count: upper(count, n) for count in set(counts)}
    assert sum(bounds[count] >= rate for count in counts) >= 0.95 * len(counts) - 10
