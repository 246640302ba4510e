"""A day on an English page is read in one way only."""

from __future__ import annotations

import datetime as dt

import pytest
from django.template import Context, Template
from django.utils import translation

DAY = dt.datetime(2026, 12, 2, 15, 4, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ("SHORT_DATE_FORMAT", "2 Dec. 2026"),
        ("SHORT_DATETIME_FORMAT", "2 Dec. 2026, 16:04"),
        ("DATE_FORMAT", "2 December 2026"),
        ("DATETIME_FORMAT", "2 December 2026, 16:04"),
        ("TIME_FORMAT", "16:04"),
    ],
)
def test_the_month_is_in_letters(form: str, said: str) -> None:
    with translation.override("en"):
        assert Template(f'{{{{ day|date:"{form}" }}}}').render(Context({"day": DAY})) == said
