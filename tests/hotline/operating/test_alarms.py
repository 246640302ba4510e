"""Each thing that an operator is woken for is one alarm; a healthy hotline has none."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from tests.hotline.operating.conftest import MakeStatus

from disrupt.hotline.common.actors import OPERATOR
from disrupt.hotline.common.amending import amendments
from disrupt.hotline.common.amending.amendments import Kind
from disrupt.hotline.operating.alarms import alarms
from disrupt.hotline.operating.status import Late, Sign, Uncertain, Waiting

HOUR = dt.timedelta(hours=1)
FAILS = {"review.items": {"rows": 2, "tries": 9, "why": ["DoesNotExist"]}}


def test_a_healthy_hotline_wakes_nobody(make_status: MakeStatus) -> None:
    assert alarms(make_status()) == []


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("p0", {"waiting": [Waiting(0, 3, 1.2 * HOUR)]}),
        ("target:P1", {"waiting": [Waiting(1, 3, 19 * HOUR)]}),
        ("late:P1", {"waiting": [Waiting(1, 3, 25 * HOUR)]}),
        ("late:P5", {"waiting": [Waiting(5, 3, 169 * HOUR)]}),
        ("flood", {"cases_in_an_hour": 5000}),
        ("set-aside", {"set_aside": 2}),
        ("uncertain", {"uncertain": Uncertain(1, 0)}),
        ("silent:worker", {"signs": [Sign("worker", HOUR, silent=True)]}),
        ("silent:checker", {"signs": [Sign("checker", None, silent=True)]}),
        ("failing:review.items", {"signs": [Sign("worker", dt.timedelta(0), silent=False, failing=FAILS)]}),
        ("key", {"key_waits": "1 of the 2 operators who are needed have handed over."}),
        ("overdue", {"late": Late(1, 0, 0)}),
        ("disk", {"disk_free": 1024**3}),
        ("disk:read-only", {"disk_takes": False}),
        ("objects", {"objects": "The store does not answer (EndpointConnectionError)."}),
        ("clock", {"clock_offset": -90.0}),
        ("certificate", {"certificate_days": 3}),
        ("recipients", {"old_recipients": 2}),
        ("backup", {"backup": Sign("backup", 72 * HOUR, silent=True)}),
        ("backup", {"backup": Sign("backup", None, silent=True)}),
        ("ledger", {"ledgers": Sign("ledgers", HOUR, silent=False, failing=FAILS)}),
    ],
)
def test_each_trouble_is_one_alarm(make_status: MakeStatus, kind: str, changes: dict[str, Any]) -> None:
    assert [alarm.kind for alarm in alarms(make_status(**changes))] == [kind]


def test_what_is_not_yet_trouble_is_none(make_status: MakeStatus) -> None:
    once = {"review.items": {"rows": 1, "tries": 1, "why": ["TimeoutError"]}}
    seen = make_status(
        waiting=[Waiting(0, 1, HOUR / 2), Waiting(2, 900, 50 * HOUR)],
        signs=[Sign("worker", dt.timedelta(seconds=9), silent=False, failing=once)],
        certificate_days=None,
        old_recipients=None,
    )
    assert alarms(seen) == []


def test_who_makes_backups_by_other_means_is_not_woken(make_status: MakeStatus, settings: Any) -> None:
    settings.BACKUP_EVERY_HOURS = 0
    assert alarms(make_status(backup=Sign("backup", None, silent=True))) == []


def test_who_changes_the_time_on_a_page_is_told_by_it(make_status: MakeStatus, db: None) -> None:
    waiting = [Waiting(1, 1, 7 * HOUR)]
    assert alarms(make_status(waiting=waiting)) == []
    change = {"value": "1,8,72,168"}
    amendments.put(Kind.SETTING, "target_hours", change, OPERATOR, "a promise to partners")
    assert [one.kind for one in alarms(make_status(waiting=waiting))] == ["target:P1"]
