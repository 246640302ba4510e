"""How long things last is what an exact estimate over single cases gives, open ones among them."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter

import pytest

from disrupt.hotline.insight.lasting import Began, lasting
from disrupt.hotline.tally.spans import HOURS, ends_of, step_of

JUNE, LATE = dt.date(2026, 6, 1), dt.date(2027, 6, 1)


def test_a_time_falls_into_its_step() -> None:
    for hours, step in ((0, 0), (1, 0), (1.01, 1), (24, 4), (48, 5), (168, 7), (9000, 12)):
        assert step_of(dt.timedelta(hours=hours)) == step
    assert ends_of(4) == (12, 24)


def test_all_ended() -> None:
    found = lasting({JUNE: Began(10, Counter({4: 5, 7: 5}))}, LATE)
    assert (found.open, found.within(24), found.within(168)) == (0, 0.5, 1.0)
    assert found.quantile(0.5) == 24
    assert 72 < (found.quantile(0.9) or 0) < 168


def test_open_ones_make_it_longer() -> None:
    closed = lasting({JUNE: Began(6, Counter({4: 5, 7: 1}))}, LATE)
    open_ = lasting({JUNE: Began(12, Counter({4: 5, 7: 1}))}, LATE)
    assert open_.quantile(0.5) is not None
    assert (open_.quantile(0.5) or 0) > (closed.quantile(0.5) or 0)
    assert open_.quantile(0.9) is None, "nobody has seen nine in ten end"
    assert lasting({JUNE: Began(4, Counter())}, LATE).quantile(0.5) is None


@pytest.mark.parametrize("seed", range(3))
def test_it_equals_the_estimate_over_single_cases(seed: int) -> None:
    """The product-limit estimate case by case, at the ends of the steps, as its authors write it."""
    chance = random.Random(seed)
    as_of = dt.date(2026, 9, 1)
    months = {dt.date(2026, m, 1): chance.randint(20, 60) for m in (6, 7, 8)}
    cases, began = [], {}
    for month, n in months.items():
        watched = step_of(as_of - (month + dt.timedelta(days=15)))
        ended: Counter[int] = Counter()
        for _ in range(n):
            step = chance.randint(0, 11)
            over = step <= watched - 1
            ended[step] += over
            cases.append((step if over else watched, over))
        began[month] = Began(n, +ended)
    found = lasting(began, as_of)
    share = 1.0
    for step in range(len(HOURS)):
        at_risk = sum(1 for at, over in cases if at > step or (at == step and over))
        dead = sum(1 for at, over in cases if at == step and over)
        share *= 1 - dead / at_risk if at_risk else 1.0
        assert found.left[step] == pytest.approx(share)
