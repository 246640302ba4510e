"""The plan after the host was told: reminders and what follows, each once, by events, one at a time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import translation
from tests.hotline.takedown.conftest import (
    ALICE,
    HOST_ADDRESS,
    go_round,
    later,
    told_host,
    until_hosts_are_told,
)
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.takedown import actions, queries, services
from disrupt.hotline.takedown.models import Check, Notice, Presence, Seen, Target
from disrupt.hotline.takedown.planning import timeline
from disrupt.hotline.takedown.states import Decision, NoticeState, Step

Opened = Callable[..., list[Notice]]


@pytest.fixture
def told(opened: Opened, postmaster: Postmaster, recipients: Callable[..., None]) -> Notice:
    recipients(search=[])
    return told_host(opened)


def to_host(postmaster: Postmaster) -> int:
    return len(postmaster.to(HOST_ADDRESS))


def reminders() -> list[Notice]:
    return list(Notice.objects.filter(step=Step.REMINDER).order_by("number"))


def test_three_reminders_each_once_in_the_same_thread(told: Notice, postmaster: Postmaster) -> None:
    for number, hours in ((1, 24), (2, 24), (3, 48)):
        later(hours=hours - 1)
        go_round()
        assert to_host(postmaster) == number, "not before its time"
        later(hours=1, minutes=1)
        go_round()
        go_round()
        assert to_host(postmaster) == number + 1
    later(days=30)
    go_round()
    assert to_host(postmaster) == 4
    first, *others = [mail.message for mail in postmaster.to(HOST_ADDRESS)]
    assert len({m["Message-ID"] for m in (first, *others)}) == 4
    for number, message in enumerate(others, 1):
        assert message["In-Reply-To"] == message["References"] == told.message_id
        assert f"[{told.reference}] Reminder {number}: notice of illegal content" in message["Subject"]
        assert not message["Subject"].startswith("Re:")
    item = told.item
    item.refresh_from_db()
    assert item.state == ItemState.HOST_REMINDED
    assert item.ledger.filter(kind="item.host_reminded").count() == 3
    ledger.verify(item.case)


def test_what_is_not_urgent_is_reminded_later(opened: Opened, postmaster: Postmaster) -> None:
    opened(category="HAR-CYB")
    until_hosts_are_told()
    (reminder,) = reminders()
    assert abs(reminder.due_at - clock.now() - dt.timedelta(hours=72)) < dt.timedelta(minutes=2)


def test_after_days_without_mail_nothing_goes_several_at_a_time(
    opened: Opened, postmaster: Postmaster, settings: Any
) -> None:
    opened()
    go_round()
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    for _ in range(4):
        later(days=1)
        go_round()
    settings.EMAIL_PORT = port
    later(hours=5)
    go_round()
    go_round()
    assert to_host(postmaster) == 1, "the notice, late; its reminders count from now"
    settings.EMAIL_PORT = 1
    for _ in range(4):
        later(days=1)
        go_round()
    settings.EMAIL_PORT = port
    later(hours=5)
    for _ in range(3):
        go_round()
    assert to_host(postmaster) == 2, "one reminder, not three"
    later(hours=25)
    go_round()
    assert to_host(postmaster) == 3


def test_a_clock_that_goes_back_and_forth_sends_nothing_twice(told: Notice, postmaster: Postmaster) -> None:
    later(hours=25)
    go_round()
    assert to_host(postmaster) == 2
    for hours in (-30, 5, -10, 35):
        later(hours=hours)
        go_round()
    assert to_host(postmaster) == 2


def test_no_reminder_of_what_is_gone_or_was_perhaps(told: Notice, postmaster: Postmaster) -> None:
    Target.objects.update(leaning=Presence.GONE, leaning_since=clock.now())
    later(hours=25)
    go_round()
    assert to_host(postmaster) == 1
    Target.objects.update(leaning=Presence.UNKNOWN, leaning_since=None)
    later(hours=2)
    go_round()
    assert to_host(postmaster) == 2


def test_a_reminder_says_that_it_was_seen_only_where_it_was(told: Notice, postmaster: Postmaster) -> None:
    later(hours=20)
    Check.objects.create(
        target=told.target, at=clock.now(), seen=Seen.LIVE, sign="page", rules="x", status=200
    )
    later(hours=5)
    go_round()
    Check.objects.create(target=told.target, at=clock.now(), seen=Seen.UNKNOWN, sign="tls", rules="x")
    later(hours=25)
    go_round()
    _, first, second = [" ".join(mail.text.split()) for mail in postmaster.to(HOST_ADDRESS)]
    assert "was still at this address when we last looked" in first
    assert "was still at this address" not in second


def test_who_has_refused_is_not_reminded(told: Notice, postmaster: Postmaster) -> None:
    actions.record_decision(told, Decision.DECLINED, ALICE, reasons="not found")
    later(days=9)
    go_round()
    assert to_host(postmaster) == 1
    assert {r.state for r in reminders()} == {NoticeState.CANCELLED}


def test_withdrawal_ends_the_plan(told: Notice, postmaster: Postmaster) -> None:
    item = told.item
    withdraw_case(item.case)
    services.stop_for_item(item, WORKER)
    later(days=9)
    go_round()
    assert to_host(postmaster) == 1


def test_hold_hurry_and_skip_with_a_motive(told: Notice, postmaster: Postmaster) -> None:
    (first,) = reminders()
    with pytest.raises(actions.NotPossible):
        actions.hold(first, ALICE, " ")
    actions.hold(first, ALICE, "They called: tomorrow.")
    later(days=3)
    go_round()
    assert to_host(postmaster) == 1
    actions.let_go(first, ALICE)
    go_round()
    assert to_host(postmaster) == 2
    second = reminders()[1]
    actions.cancel(second, ALICE, "They answered by telephone.")
    third = reminders()[2]
    actions.hurry(third, ALICE, "It is spreading.")
    go_round()
    assert to_host(postmaster) == 3
    said = str(list(told.item.ledger.values_list("kind", "data")))
    for kind in ("notice.held", "notice.let_go", "notice.cancelled", "notice.hurried"):
        assert kind in said
    assert "telephone" not in said


def test_the_other_steps_wait_for_a_person(told: Notice, postmaster: Postmaster) -> None:
    later(days=8)
    go_round()
    waiting = {notice.step: notice for notice in queries.needing_a_person()}
    assert set(waiting) == {Step.REGULATOR, Step.POLICE_AGAIN}, "a platform has no network to be told of"
    one = waiting[Step.REGULATOR]
    from disrupt.hotline.takedown.notices.compose import compose

    said = compose(one, clock.now())
    assert "article 53" in said.body
    assert "mandat" in said.body
    assert postmaster.to("") == []


def test_two_addresses_of_one_notice_are_reminded_of_in_one(
    accepted: Callable[..., Item], postmaster: Postmaster
) -> None:
    for n in (1, 2):
        services.open_for_item(accepted(f"https://images.example.net/{n}"), "NCII-DIF", WORKER)
    until_hosts_are_told()
    later(hours=25)
    go_round()
    assert to_host(postmaster) == 2
    assert "Address 2 of 2" in postmaster.to(HOST_ADDRESS)[1].text


def test_the_timeline_says_what_was_done_and_what_comes(told: Notice) -> None:
    with translation.override("en"):
        ((position, entries),) = timeline.of_case(told.item.case)
        done = [(str(e.what), bool(e.notice)) for e in entries if e.done]
    assert position == 1
    assert done == [("report to the police", True), ("notice to the host", True)]
    coming = [e.what for e in entries if not e.done]
    assert coming == [
        "look at the address", "reminder to the host 1", "reminder to the host 2", "reminder to the host 3",
        "complaint to the regulator", "report to the police, again",
    ]  # fmt: skip
    times = [e.at for e in entries if not e.done]
    assert times == sorted(times)
    assert all(at > clock.now() for at in times)


def test_what_was_told_before_there_were_plans_is_reminded_of_too(
    told: Notice, postmaster: Postmaster
) -> None:
    Notice.objects.filter(step__in=[Step.REMINDER, Step.REGULATOR]).delete()
    Notice.objects.update(plan="")
    later(days=60)
    go_round()
    assert to_host(postmaster) <= 2
    go_round()
    assert to_host(postmaster) == 2, "one reminder, however long ago it was"
