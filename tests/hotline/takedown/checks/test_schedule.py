"""When an address is looked at: the schedule to its end, and how far a look may stray from it."""

from __future__ import annotations

import datetime as dt
import random

from disrupt.hotline.takedown.checks import schedule

SENT = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
HOURS = (1, 6, 24, 48, 7 * 24, 14 * 24, *(91 * 24 * n for n in range(1, 9)))


def test_the_looks_follow_the_notice_for_two_years_and_end() -> None:
    for seed in range(20):
        random.seed(seed)
        now, seen = SENT, []
        while (following := schedule.following(SENT, now)) is not None:
            seen.append((following - SENT) / dt.timedelta(hours=1))
            now = following
        # A look that comes early may be made once more in its time; none is left out, none strays further.
        for hours in HOURS:
            assert any(0.9 * hours <= at <= 1.1 * hours for at in seen), hours
        for at in seen:
            assert any(0.9 * hours <= at <= 1.1 * hours for hours in HOURS), at
        assert seen == sorted(seen)
        assert seen[-1] < 1.1 * 24 * 730


def test_what_could_not_be_seen_is_tried_again_within_six_hours_and_not_for_ever() -> None:
    late = SENT + dt.timedelta(days=20)
    assert schedule.again(SENT, late) == late + dt.timedelta(hours=6)
    soon = schedule.again(SENT, SENT)
    assert soon is not None
    assert soon - SENT <= dt.timedelta(hours=1.1)
    assert schedule.again(SENT, SENT + dt.timedelta(days=1000)) is None
