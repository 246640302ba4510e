"""No content is shown when a break is due, the day is full, it is not the hour, or one has stopped."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from tests.hotline.people import signed_in
from tests.hotline.processing.working import jpeg
from tests.hotline.review.pages import item_path, page, preview_path

from disrupt.hotline.cases.models import LedgerEvent
from disrupt.hotline.common import clock
from disrupt.hotline.review.models import Claim, Look, Work

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOTHING = "No content is shown to you now"


def refused(client: Client, case: Any) -> None:
    """Neither unasked nor asked for, and no look is noted."""
    before = Look.objects.count()
    path = item_path(case)
    html = page(client, path)
    assert NOTHING in html
    assert preview_path(html) == ""
    for mode in ("blurred", "clear"):
        client.post(f"{path}show/", {"mode": mode})
        assert preview_path(page(client, path)) == ""
    assert Look.objects.count() == before
    assert not LedgerEvent.objects.filter(case=case, kind__startswith="content.").exists()
    assert 'name="category"' in html, "it can be decided on all the same"


def work_since(user: User, minutes: int, seen: int = 0) -> None:
    now = clock.now()
    times = {"since": now - dt.timedelta(minutes=minutes), "seen_at": now - dt.timedelta(minutes=seen)}
    Work.objects.update_or_create(user=user, defaults=times)


def test_a_break_is_kept(as_alice: Client, alice: User, make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    work_since(alice, 49)
    assert preview_path(page(as_alice, item_path(make_case(files=(jpeg(2),)))))
    work_since(alice, 51)
    refused(as_alice, case)
    as_alice.logout()
    anew = signed_in(alice)
    assert NOTHING in page(anew, item_path(case)), "signing in anew is no break"
    work_since(alice, 62, seen=11)
    assert NOTHING not in page(anew, item_path(case)), "ten minutes are a break"


def test_five_hours_are_enough(as_alice: Client, alice: User, make_case: Any) -> None:
    case = make_case(files=(jpeg(),))
    rows = [Look(user=alice, item_id=case.pk, clear=True, at=clock.now(), seconds=120) for _n in range(150)]
    Look.objects.bulk_create(rows)
    refused(as_alice, case)
    assert "five hours today" in page(as_alice, item_path(case))


def test_outside_the_hours_nothing_is_shown(as_alice: Client, make_case: Any, settings: Any) -> None:
    settings.TIME_ZONE = "UTC"
    now = clock.now()
    clock.move(now.replace(hour=12, minute=0, second=0) + dt.timedelta(days=1) - now)  # tomorrow at noon
    tomorrow = clock.now().isoweekday()
    settings.LOOK_HOURS = f"{tomorrow} 13-18"
    refused(as_alice, make_case(files=(jpeg(),)))
    settings.LOOK_HOURS = f"{tomorrow} 9-18"
    assert NOTHING not in page(as_alice, item_path(make_case(files=(jpeg(2),))))


def test_who_needs_to_stop_stops(as_alice: Client, alice: User, make_case: Any) -> None:
    cases = [make_case(files=(jpeg(seed),)) for seed in (1, 2)]
    for case in cases:
        page(as_alice, item_path(case))
    assert Claim.objects.filter(user=alice).count() == 2
    events = LedgerEvent.objects.count()
    assert as_alice.post("/stop/")["Location"] == "/stopped/"
    assert "Nobody is told" in page(as_alice, "/stopped/")
    assert not Claim.objects.exists(), "the others can take them"
    assert LedgerEvent.objects.count() == events
    assert NOTHING in page(as_alice, item_path(make_case(files=(jpeg(3),))))
    again = signed_in(alice)
    assert NOTHING not in page(again, item_path(cases[0]))
