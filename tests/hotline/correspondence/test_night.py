"""Nobody's telephone lights up at 3 a.m.: letters wait for the morning, unless the person chose otherwise."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.hotline.correspondence.mail import Told, go_round
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases.contacts import seen_by_reporter
from disrupt.hotline.cases.models import Letter, SealedNote
from disrupt.hotline.common import clock

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _nights(settings: Any) -> None:
    settings.QUIET_HOURS, settings.TIME_ZONE = "21-8", "Europe/Paris"


def wait_until(hour: int, minute: int = 0) -> None:
    """Move the clock to the next time at which it is this late in Paris."""
    now = timezone.localtime(clock.now())
    then = now.replace(hour=hour, minute=minute, second=1, microsecond=0)
    if then <= now:
        then += dt.timedelta(days=1)
    clock.move(then - now)


def test_a_letter_waits_for_the_morning(told: Told, postmaster: Postmaster) -> None:
    wait_until(3)
    told()
    go_round()
    assert postmaster.mails == []
    assert not Letter.objects.exists()
    wait_until(7, 59)
    go_round()
    assert postmaster.mails == []
    wait_until(8)
    go_round()
    go_round()
    assert len(postmaster.mails) == 1


def test_whoever_looked_meanwhile_is_not_written_to(told: Told, postmaster: Postmaster) -> None:
    wait_until(3)
    case = told()
    go_round()
    case.refresh_from_db()
    seen_by_reporter(case)
    wait_until(9)
    go_round()
    assert postmaster.mails == []


def test_one_that_was_put_off_does_not_arrive_at_night(told: Told, postmaster: Postmaster) -> None:
    wait_until(20, 58)
    told()
    postmaster.answers = {"data": "451 later"}
    go_round()
    letter = Letter.objects.get()
    assert letter.state == "scheduled"
    postmaster.answers = {}
    wait_until(3)
    go_round()
    assert postmaster.mails == []
    wait_until(8)
    go_round()
    assert len(postmaster.mails) == 1


def test_whoever_chose_so_is_told_at_night(told: Told, postmaster: Postmaster) -> None:
    wait_until(3)
    told()
    SealedNote.objects.update(any_hour=True)
    go_round()
    assert len(postmaster.mails) == 1


def test_analysts_are_told_that_it_is_night(told: Told, as_alice: Client) -> None:
    as_alice.cookies["language"] = "en"
    wait_until(22)
    told(email="", telephone="06 12 34 56 78")
    assert "call in the morning" in as_alice.get("/messages/").content.decode()
    wait_until(10)
    assert "call in the morning" not in as_alice.get("/messages/").content.decode()
