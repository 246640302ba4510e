"""The clocks of Europe/Paris change twice a year: hours of a law stay hours, and printed times say which."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from tests.hotline.people import MakeUser
from tests.hotline.people import make_user as make_user
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, PHAROS_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_regimes import sign

from disrupt.hotline.cases import ledger
from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions
from disrupt.hotline.takedown.checks import schedule
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import take_down
from disrupt.hotline.takedown.notices.facts import moment_of
from disrupt.hotline.takedown.notices.regimes import deadline_of
from disrupt.hotline.takedown.states import Step

Opened = Callable[..., list[Notice]]
HOUR = dt.timedelta(hours=1)
# The evenings before the last Sundays of March and October, 22:00 UTC.
SPRING = dt.datetime(2027, 3, 27, 22, tzinfo=dt.UTC)
AUTUMN = dt.datetime(2027, 10, 30, 22, tzinfo=dt.UTC)
CHANGES = pytest.mark.parametrize("eve", [SPRING, AUTUMN], ids=["spring", "autumn"])


def go_to(moment: dt.datetime) -> None:
    """As far as the moment, give or take what a test takes."""
    clock.move(moment - clock.now())


@pytest.mark.parametrize(
    ("utc", "french", "english"),
    [
        ("2027-03-28T00:59", "28/03/2027 01:59 CET", "2027-03-28 01:59 CET"),
        ("2027-03-28T01:00", "28/03/2027 03:00 CEST", "2027-03-28 03:00 CEST"),
        ("2027-10-31T00:30", "31/10/2027 02:30 CEST", "2027-10-31 02:30 CEST"),
        ("2027-10-31T01:30", "31/10/2027 02:30 CET", "2027-10-31 02:30 CET"),
    ],
)
def test_a_printed_time_says_which_of_two_it_is(utc: str, french: str, english: str) -> None:
    moment = dt.datetime.fromisoformat(f"{utc}+00:00")
    assert (moment_of(moment, "fr"), moment_of(moment, "en")) == (french, english)


def test_the_pages_of_notices_say_which_of_two_it_is(
    opened: Opened, make_user: MakeUser, client: Client
) -> None:
    _police, host = opened()
    client.force_login(make_user("alice"))
    here = reverse("takedown:notice", args=[host.pk])
    for utc, said in (("00:30", "02:30 CEST"), ("01:30", "02:30 CET")):
        Notice.objects.update(due_at=dt.datetime.fromisoformat(f"2027-10-31T{utc}+00:00"))
        shown = client.get(here, headers={"accept-language": "fr"}).content.decode()
        assert f"31/10/2027 {said}" in shown


@CHANGES
def test_waits_and_reminders_are_hours_that_pass(
    opened: Opened, postmaster: Postmaster, eve: dt.datetime
) -> None:
    go_to(eve)
    opened()
    go_round()
    report = postmaster.to(PHAROS_ADDRESS)[0].text.replace("\n", " ")
    host = Notice.objects.get(step=Step.HOST)
    due = {SPRING: "28/03/2027 06:", AUTUMN: "31/10/2027 05:"}[eve]
    assert due in report, "six hours after midnight, or after the hour that came twice"
    go_to(host.due_at - HOUR / 60)
    go_round()
    assert postmaster.to(HOST_ADDRESS) == []
    go_to(host.due_at + HOUR / 60)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1
    host.refresh_from_db()
    reminder = Notice.objects.get(step=Step.REMINDER)
    assert host.sent_at is not None
    assert reminder.due_at - host.sent_at == 24 * HOUR
    ledger.verify(host.item.case)


@CHANGES
def test_forty_eight_hours_are_forty_eight(opened: Opened, postmaster: Postmaster, eve: dt.datetime) -> None:
    go_to(eve - 7 * HOUR)
    opened()
    go_round()
    go_to(eve - HOUR / 2)
    go_round()
    host = Notice.objects.get(step=Step.HOST)
    sign(host.item)
    asked = take_down.request(host, ALICE)
    go_round()
    asked.refresh_from_db()
    assert asked.sent_at is not None
    deadline = deadline_of(asked)
    assert deadline is not None
    assert deadline - asked.sent_at == 48 * HOUR
    assert Notice.objects.get(step=Step.FTC).due_at == deadline
    # By the clock on the wall it is an hour earlier, or later, than two days ago.
    walls = [moment_of(at, "fr").split()[1][:2] for at in (asked.sent_at, deadline)]
    assert (int(walls[1]) - int(walls[0])) % 24 == {SPRING: 1, AUTUMN: 23}[eve]


@CHANGES
def test_a_wait_that_somebody_gives_is_counted_so_too(
    opened: Opened, postmaster: Postmaster, eve: dt.datetime
) -> None:
    go_to(eve)
    police, host = opened()
    go_round()
    police.refresh_from_db()
    assert police.sent_at is not None
    assert actions.override_wait(host, 12, ALICE, "agreed").due_at - police.sent_at == 12 * HOUR


@CHANGES
def test_looks_keep_their_distance(eve: dt.datetime) -> None:
    for after in schedule.AFTER[:4]:
        look = schedule.following(eve, eve + after * 0.85)
        assert look is not None
        assert abs(look - (eve + after)) <= after * 0.11


@pytest.mark.parametrize("local", ["2027-03-28T02:30", "2027-10-31T02:30"])
def test_a_time_that_is_none_or_two_is_asked_for_again(
    opened: Opened, postmaster: Postmaster, make_user: MakeUser, client: Client, local: str, settings: Any
) -> None:
    settings.SESSION_COOKIE_AGE = 10**9
    opened()
    go_round()
    police = Notice.objects.get(step=Step.POLICE)
    go_to(AUTUMN + 24 * HOUR)
    client.force_login(make_user("alice"))
    page = client.post(reverse("takedown:act", args=[police.pk, "receipt"]), {"at": local})
    assert page.status_code == 422
    later(hours=1)
    client.post(reverse("takedown:act", args=[police.pk, "receipt"]), {"at": local.replace("T02", "T04")})
    police.refresh_from_db()
    assert police.acknowledged_at is not None
    assert moment_of(police.acknowledged_at, "fr").split()[1] == "04:30"
