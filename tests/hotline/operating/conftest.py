"""A status made by hand, which every test changes where it needs to."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from disrupt.hotline.operating.status import Late, Sign, Status, Uncertain

MakeStatus = Callable[..., Status]
_ALIVE = dt.timedelta(seconds=3)


@pytest.fixture
def make_status() -> MakeStatus:
    """A hotline on which nothing is wrong, with these changes."""

    def make(**changes: Any) -> Status:
        healthy = Status(
            at=dt.datetime(2026, 11, 29, tzinfo=dt.UTC),
            waiting=[],
            signs=[Sign("worker", _ALIVE, silent=False), Sign("checker", _ALIVE, silent=False)],
            late=Late(0, 0, 0),
            uncertain=Uncertain(0, 0),
            for_a_person=0,
            open_cases=0,
            cases_in_a_day=0,
            cases_in_an_hour=0,
            entries=0,
            changes=0,
            partners=[],
            disk_free=50 * 1024**3,
            disk_size=100 * 1024**3,
            disk_takes=True,
            objects=None,
            set_aside=0,
            clock_offset=0.0,
            certificate_days=60,
            old_recipients=0,
            backup=Sign("backup", _ALIVE, silent=False),
            ledgers=Sign("ledgers", _ALIVE, silent=False),
            key_waits="",
        )
        return dataclasses.replace(healthy, **changes)

    return make
