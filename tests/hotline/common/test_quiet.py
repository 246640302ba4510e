"""The quiet hours: read strictly, over midnight, in the hotline's own zone, summer and winter."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from disrupt.hotline.common import quiet
from disrupt.hotline.common.checks import quiet_hours_are_hours


@pytest.mark.parametrize(
    ("moment", "night"),
    [
        # Paris is one hour ahead of UTC in winter, two in summer.
        ("2026-01-15T19:59", False),
        ("2026-01-15T20:00", True),
        ("2026-01-16T06:59", True),
        ("2026-01-16T07:00", False),
        ("2026-07-15T18:59", False),
        ("2026-07-15T19:00", True),
        ("2026-07-16T05:59", True),
        ("2026-07-16T06:00", False),
    ],
)
def test_night_is_night_where_the_hotline_is(settings: Any, moment: str, night: bool) -> None:
    settings.QUIET_HOURS, settings.TIME_ZONE = "21-8", "Europe/Paris"
    hours = quiet.hours()
    assert hours is not None
    assert hours.holds(dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC)) is night


@pytest.mark.parametrize(("text", "noon"), [("11:30-13", True), ("13-11:30", False), ("0-6", False)])
def test_hours_within_a_day_and_over_midnight(settings: Any, text: str, noon: bool) -> None:
    settings.QUIET_HOURS, settings.TIME_ZONE = text, "Europe/Paris"
    hours = quiet.hours()
    assert hours is not None
    assert hours.holds(dt.datetime(2026, 1, 15, 11, 0, tzinfo=dt.UTC)) is noon


@pytest.mark.parametrize("text", ["", "none"])
def test_there_may_be_none(settings: Any, text: str) -> None:
    settings.QUIET_HOURS = text
    assert quiet.hours() is None
    assert not quiet.now_quiet()
    assert quiet_hours_are_hours(None) == []


@pytest.mark.parametrize("text", ["21", "21-25", "8-8", "nine to five", "21:60-8", "21-8-9"])
def test_what_is_no_time_does_not_start(settings: Any, text: str) -> None:
    settings.QUIET_HOURS = text
    with pytest.raises(quiet.BadQuietHours, match="21-8"):
        quiet.hours()
    assert [found.id for found in quiet_hours_are_hours(None)] == ["common.E006"]
