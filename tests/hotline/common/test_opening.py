"""Days and hours at which people are there, in a zone of their own, over the change of summer time."""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from disrupt.hotline.common import checks, opening

PARIS = ZoneInfo("Europe/Paris")


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=PARIS)


@pytest.mark.parametrize(
    ("text", "now", "there", "back"),
    [
        ("1-5 9-18", "2026-11-27T09:00", True, "2026-11-27T09:00"),
        ("1-5 9-18", "2026-11-27T18:00", False, "2026-11-30T09:00"),
        ("1-5 9-18", "2026-11-29T03:00", False, "2026-11-30T09:00"),
        ("1-7 9-23", "2026-11-29T23:30", False, "2026-11-30T09:00"),
        ("7 9:30-12", "2026-11-29T12:00", False, "2026-12-06T09:30"),
        # The night in which clocks go forward is an hour shorter.
        ("1-7 9-23", "2027-03-28T01:00", False, "2027-03-28T09:00"),
    ],
)
def test_hours(text: str, now: str, there: bool, back: str) -> None:
    hours = opening.parse(text, PARIS)
    at = moment(now).astimezone(dt.UTC)
    assert hours.hold(at) is there
    assert hours.back_at(at) == moment(back)


@pytest.mark.parametrize(
    "text", ["9-18", "1-5", "5-1 9-18", "1-5 18-9", "0-5 9-18", "1-8 9-18", "1-5 9-25", "x"]
)
def test_what_is_no_hours_is_said_at_the_start(text: str, settings: Any) -> None:
    with pytest.raises(opening.BadOpeningHours):
        opening.parse(text, PARIS)
    settings.TEAM_HOURS = text
    assert [error.id for error in checks.team_hours_are_hours(None)] == ["common.E010"]


def test_unset_means_that_nobody_says(settings: Any) -> None:
    settings.TEAM_HOURS = ""
    assert opening.team() is None
    assert checks.team_hours_are_hours(None) == []
