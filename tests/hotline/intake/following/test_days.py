"""A printed time is one moment, even in the hour that a night in October has twice."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.utils import timezone

from disrupt.hotline.intake.visit import days

INTAKE = Path(days.__file__).resolve().parents[1]


@pytest.mark.parametrize(
    ("zone", "moment", "said"),
    [
        ("Europe/Paris", "2026-10-25T00:30", "02:30 (UTC+2)"),
        ("Europe/Paris", "2026-10-25T01:30", "02:30 (UTC+1)"),
        ("UTC", "2026-10-25T01:30", "01:30 (UTC)"),
        ("America/St_Johns", "2026-12-01T12:00", "08:30 (UTC−3:30)"),
    ],
)
def test_a_time_says_its_zone(zone: str, moment: str, said: str) -> None:
    with timezone.override(zone):
        assert days.time_in_words(dt.datetime.fromisoformat(f"{moment}+00:00")) == said


def test_the_two_half_past_twos_are_told_apart() -> None:
    with timezone.override("Europe/Paris"):
        first, second = (
            days.moment_in_words(dt.datetime(2026, 10, 25, hour, 30, tzinfo=dt.UTC)) for hour in (0, 1)
        )
    assert first != second
    assert first.startswith("25 ")


def test_no_page_of_the_portal_prints_a_time_without_it() -> None:
    """Every clock time goes through `days`: a format with minutes elsewhere would leave the zone out."""
    own = [file for ending in ("html", "py") for file in INTAKE.rglob(f"*.{ending}")]
    found = [file.name for file in own if re.search(r"""["', ]H:i\b|\|time\b""", file.read_text("utf-8"))]
    assert len(own) > 60
    assert found == ["days.py"]
