"""What hosts do, and how long content stays: what is still there counts; nothing small goes outside."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
from collections.abc import Callable
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from tests.hotline.takedown.test_pages import alice as alice

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.figures import counting, hosts
from disrupt.hotline.takedown.figures.survival import Stay, curve, quantile
from disrupt.hotline.takedown.models import HostFigures, Notice, Target
from disrupt.hotline.takedown.states import Decision, NoticeState, Step


def stays(text: str) -> list[Stay]:
    return [Stay(float(word.rstrip("+")), not word.endswith("+")) for word in text.split()]


# Remission in weeks under 6-MP: Freireich et al., Blood 21 (1963), the textbooks' example.
REMISSION = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"


def test_the_curve_of_the_textbooks() -> None:
    found = {length: round(share, 3) for length, share in curve(stays(REMISSION))}
    assert found == {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    assert (quantile(stays(REMISSION), 0.5), quantile(stays(REMISSION), 0.9)) == (23, None)


def test_without_open_ones_it_is_the_plain_quantile() -> None:
    dice = random.Random(1)
    for _ in range(50):
        lengths = [dice.randint(1, 30) for _ in range(dice.randint(1, 40))]
        for part in (0.1, 0.5, 0.9):
            plain = next(
                length
                for length in sorted(lengths)
                if sum(one <= length for one in lengths) >= part * len(lengths) - 1e-9
            )
            assert quantile([Stay(one, ended=True) for one in lengths], part) == plain


@pytest.mark.parametrize("text", ["", "5+ 7+", "1+"])
def test_where_nothing_ended_nothing_is_reached(text: str) -> None:
    assert (curve(stays(text)), quantile(stays(text), 0.5)) == ([], None)


@pytest.fixture
def notice(db: None) -> Callable[..., Notice]:
    def make(name: str, hours: float | None = None, **changes: Any) -> Notice:
        now = clock.now()
        number = Notice.objects.count()
        target = Target.objects.create(digest=f"{number}", url=f"https://x.example/{number}", created_at=now)
        sent = now - dt.timedelta(hours=100)
        removed = {"action": "removed", "action_at": sent + dt.timedelta(hours=hours)} if hours else {}
        usual = {
            "target": target, "step": Step.HOST, "recipient": "host", "channel": "email", "name": name,
            "scope": "host", "registry": "1", "language": "en", "category": "NCII-DIF", "scheme": "2026-11",
            "state": NoticeState.SENT, "due_at": sent, "sent_at": sent, "created_at": sent, "changed_at": now,
        }  # fmt: skip
        return Notice.objects.create(**{**usual, **removed, **changes})

    return make


def counted() -> list[HostFigures]:
    """The figures after the worker has counted everybody."""
    HostFigures.objects.update(due_at=clock.now())
    for name in list(counting.Due()()):
        counting.count(name)
    for name in list(counting.Due()()):
        counting.count(name)
    return list(hosts.slowest_first())


def test_a_host_that_removes_one_at_once_and_the_others_never_is_not_fast(notice: Any) -> None:
    for hours in (1, None, None, None, None):
        notice("Never", hours)
    for hours in (10, 20, 30, 40, None):
        notice("Slowly", hours)
    for _ in range(3):
        notice("Soon", 2)
    never, slowly, soon = counted()
    assert [one.name for one in (never, slowly, soon)] == ["Never", "Slowly", "Soon"]
    assert (never.median, never.removed, never.open) == (None, 1, 4)
    assert (slowly.median, slowly.p90, soon.p90) == (30, None, 2)


def test_what_they_say_is_counted_and_is_no_removal(notice: Any) -> None:
    for _ in range(5):
        notice("Says", decision=Decision.REMOVED, acknowledged_at=clock.now())
    notice("Says", decision=Decision.DECLINED, round=2)
    notice("Says", state=NoticeState.REFUSED)
    notice("Says", 3, decision=Decision.OTHER)
    (one,) = counted()
    told = (one.sent, one.receipts, one.removed, one.refused, one.not_theirs, one.bounced, one.came_back)
    assert told == (8, 5, 1, 1, 1, 1, 1)
    assert hosts.accuracy(one) is None, "three decisions say nothing"
    Notice.objects.filter(decision=Decision.REMOVED).update(action="removed", action_at=clock.now())
    assert hosts.accuracy(counted()[0]) == 88


def test_nothing_small_goes_outside_and_no_total_gives_it_back(notice: Any) -> None:
    for number in range(12):
        notice("Large", 5 if number < 10 else None)
    for _ in range(6):
        notice("Middle", 5)
    for _ in range(2):
        notice("Small", 5)
    out = io.StringIO()
    call_command("host_figures", stdout=out)
    told = {one["name"]: one for one in json.loads(out.getvalue())}
    assert set(told) == {"Large", "others"}, "the two would stand alone: the smallest goes with them"
    assert (told["others"]["sent"], told["Large"]["sent"], told["Large"]["refused"]) == (8, 12, 0)
    notice("Large", decision=Decision.DECLINED)
    large = next(one for one in hosts.for_outside() if one["name"] == "Large")
    assert large["refused"] == "<5"


def test_too_few_in_all_say_nothing(notice: Any) -> None:
    notice("Small", 5)
    assert hosts.for_outside() == []


def test_the_pages(alice: Client, notice: Any) -> None:
    notice("A & B", 5)
    refused = notice("A & B", decision=Decision.DECLINED, decision_at=clock.now(), decision_note="No <b>.")
    assert "none is counted yet" in alice.get(reverse("takedown:hosts")).content.decode()
    counted()
    text = alice.get(reverse("takedown:hosts")).content.decode()
    assert "A &amp; B" in text
    assert "Counted" in text
    one = alice.get(reverse("takedown:host"), {"name": "A & B"}).content.decode()
    assert refused.reference in one
    assert "No &lt;b&gt;." in one
    still = one.partition('id="h-open"')[2]
    owed, gone = notice("A & B"), notice("A & B", 5)
    again = (
        alice.get(reverse("takedown:host"), {"name": "A & B"}).content.decode().partition('id="h-open"')[2]
    )
    assert (str(owed.pk) in still, str(owed.pk) in again, str(gone.pk) in again) == (False, True, False)
    assert alice.get(reverse("takedown:host"), {"name": "nobody"}).status_code == 404
    assert (
        "Qui est lent"
        in alice.get(reverse("takedown:hosts"), headers={"accept-language": "fr"}).content.decode()
    )


def test_a_host_is_counted_when_its_time_has_come_and_forgotten_after_a_year(notice: Any) -> None:
    notice("Soon", 2)
    due = counting.Due()
    assert list(due()) == [None]
    counting.count(None)
    assert list(due()) == ["Soon"]
    counting.count("Soon")
    assert list(due()) == [], "not before a quarter of an hour"
    HostFigures.objects.update(due_at=clock.now())
    Notice.objects.update(sent_at=clock.now() - dt.timedelta(days=366))
    counting.count("Soon")
    assert not HostFigures.objects.exists()
