"""Sending: each notice once, in every order of failures that can be told to a real mail server."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from tests.at_once import at_once
from tests.hotline.takedown.conftest import HOST_ADDRESS, PHAROS_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.withdrawing import withdraw_case
from disrupt.hotline.common import clock, outbound
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.mail import once
from disrupt.hotline.common.mail.once import GRACE, LEASE
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.posting import sending
from disrupt.hotline.takedown.states import NoticeState

from tests.hotline.takedown.conftest import ALICE  # isort: skip

Opened = Callable[..., list[Notice]]


def state(notice: Notice) -> str:
    return Notice.objects.values_list("state", flat=True).get(pk=notice.pk)


def test_pharos_first_then_the_host(opened: Opened, postmaster: Postmaster) -> None:
    police, host = opened()
    go_round()
    assert [m.recipients for m in postmaster.mails] == [[PHAROS_ADDRESS]]
    police.item.refresh_from_db()
    assert police.item.state == ItemState.POLICE_NOTIFIED
    later(hours=5, minutes=59)
    go_round()
    assert len(postmaster.mails) == 1
    later(minutes=2)
    go_round()
    go_round()
    assert [m.recipients for m in postmaster.mails] == [[PHAROS_ADDRESS], [HOST_ADDRESS]]
    police.item.refresh_from_db()
    host.refresh_from_db()
    assert police.item.state == ItemState.HOST_NOTIFIED
    assert (host.state, host.reply) == (NoticeState.SENT, "250 Accepted as 42")
    assert bytes(host.message) == postmaster.mails[1].raw
    event = police.item.ledger.get(kind="item.host_notified")
    assert event.data["message_id"] == host.message_id
    assert event.data["host"] == "www.images.example.net"
    assert "legal@" not in str(event.data)
    ledger.verify(police.item.case)


def test_temporary_refusals_are_retried_ever_later(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    pauses = []
    for stage, answer in (("rcpt", "450 busy"), ("mail", "451 later"), ("data", "452 full")):
        postmaster.answers = {stage: answer}
        go_round()
        police.refresh_from_db()
        assert (police.state, police.reply) == (NoticeState.SCHEDULED, answer)
        pauses.append(police.due_at - clock.now())
        later(seconds=pauses[-1].total_seconds() + 1)
    assert pauses == sorted(pauses)
    assert pauses[0] > dt.timedelta(minutes=1)
    assert postmaster.mails == []
    postmaster.answers = {}
    go_round()
    police.refresh_from_db()
    assert (police.state, police.attempts, len(postmaster.mails)) == (NoticeState.SENT, 4, 1)


def test_after_days_of_temporary_refusals_a_person_is_asked(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    Notice.objects.filter(pk=police.pk).update(attempts=once.MAX_ATTEMPTS - 1)
    postmaster.answers = {"rcpt": "450 busy"}
    go_round()
    assert state(police) == NoticeState.FAILED
    postmaster.answers = {}
    go_round()
    assert postmaster.mails == []
    actions.resend(police, ALICE)
    go_round()
    assert state(police) == NoticeState.SENT


@pytest.mark.parametrize("stage", ["rcpt", "data"])
def test_a_refusal_is_final_and_the_item_stays(opened: Opened, postmaster: Postmaster, stage: str) -> None:
    police, _ = opened()
    postmaster.answers = {stage: "550 no such mailbox"}
    go_round()
    go_round()
    police.refresh_from_db()
    police.item.refresh_from_db()
    assert (police.state, police.reply) == (NoticeState.REFUSED, "550 no such mailbox")
    assert police.item.state == ItemState.ACCEPTED
    assert police.item.ledger.get(kind="notice.refused").data["code"] == "550"


def test_no_mail_server(opened: Opened, settings: Any) -> None:
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    police, _ = opened()
    go_round()
    police.refresh_from_db()
    assert (police.state, police.attempts) == (NoticeState.SCHEDULED, 1)
    assert "no connection" in police.reply


@pytest.mark.parametrize("stage", ["ehlo", "mail", "rcpt"])
def test_lost_before_data_is_sent_again(opened: Opened, postmaster: Postmaster, stage: str) -> None:
    police, _ = opened()
    postmaster.drop_at = stage
    go_round()
    assert state(police) == NoticeState.SCHEDULED
    postmaster.drop_at = ""
    later(hours=1)
    go_round()
    assert (state(police), len(postmaster.mails)) == (NoticeState.SENT, 1)


@pytest.mark.parametrize("stage", ["data", "accepted"])
def test_lost_after_data_is_for_a_person(opened: Opened, postmaster: Postmaster, stage: str) -> None:
    police, _ = opened()
    postmaster.drop_at = stage
    go_round()
    assert state(police) == NoticeState.UNCERTAIN
    before = len(postmaster.mails)
    postmaster.drop_at = ""
    later(days=3)
    Notice.objects.exclude(pk=police.pk).update(state=NoticeState.CANCELLED)
    go_round()
    assert (state(police), len(postmaster.mails)) == (NoticeState.UNCERTAIN, before)
    actions.resend(police, ALICE)
    go_round()
    assert state(police) == NoticeState.SENT
    assert {m.message["Message-ID"] for m in postmaster.mails} == {police.message_id}
    assert len({m.raw for m in postmaster.mails}) == 1


def test_an_uncertain_notice_confirmed_by_a_person(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    postmaster.drop_at = "accepted"
    go_round()
    actions.confirm_sent(police, ALICE)
    police.refresh_from_db()
    police.item.refresh_from_db()
    assert (police.state, police.item.state) == (NoticeState.SENT, ItemState.POLICE_NOTIFIED)
    assert police.sent_at == police.transmitting_at
    assert police.item.ledger.get(kind="item.police_notified").actor == "analyst:1"


def test_a_worker_that_died_before_data(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    dead = sending._claim(police.pk)
    assert dead is not None
    go_round()
    assert (state(police), postmaster.mails) == (NoticeState.SENDING, [])
    later(seconds=LEASE.total_seconds() + 1)
    go_round()
    assert (state(police), len(postmaster.mails)) == (NoticeState.SENT, 1)
    # And if it was only slow: its claim holds no more.
    assert not sending._begin_transmission(dead)
    sending._finish(dead, "250")
    sending._postpone(dead, "450")
    assert (state(police), len(postmaster.mails)) == (NoticeState.SENT, 1)


def test_a_worker_that_died_after_data(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    claim = sending._claim(police.pk)
    assert claim is not None
    assert sending._begin_transmission(claim)
    later(seconds=GRACE.total_seconds() - 1)
    go_round()
    assert state(police) == NoticeState.TRANSMITTING
    later(seconds=2)
    go_round()
    assert (state(police), postmaster.mails) == (NoticeState.UNCERTAIN, [])
    assert police.item.ledger.filter(kind="notice.uncertain").count() == 1
    # It was only slow after all, and the server said 250: what was in doubt is now known.
    sending._finish(claim, "250 ok")
    assert state(police) == NoticeState.SENT


def test_withdrawn_before_it_left(opened: Opened, postmaster: Postmaster) -> None:
    police, host = opened()
    withdraw_case(police.item.case)
    go_round()
    assert state(police) == NoticeState.CANCELLED
    services.stop_for_item(police.item, WORKER)
    later(hours=12)
    go_round()
    assert state(host) == NoticeState.CANCELLED
    assert postmaster.mails == []


def test_withdrawn_while_connecting(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    claim = sending._claim(police.pk)
    assert claim is not None
    withdraw_case(police.item.case)
    assert not sending._begin_transmission(claim)
    assert state(police) == NoticeState.CANCELLED


def test_withdrawn_while_transmitting(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    claim = sending._claim(police.pk)
    assert claim is not None
    assert sending._begin_transmission(claim)
    withdraw_case(police.item.case)
    sending._finish(claim, "250 ok")
    police.item.refresh_from_db()
    assert (state(police), police.item.state) == (NoticeState.SENT, ItemState.WITHDRAWN)
    assert police.item.ledger.filter(kind="notice.sent").count() == 1
    ledger.verify(police.item.case)


def test_a_host_is_not_told_of_what_is_gone(opened: Opened, postmaster: Postmaster) -> None:
    police, host = opened()
    police.item.state = ItemState.REMOVED
    police.item.save()
    go_round()
    later(hours=7)
    go_round()
    assert (state(police), state(host)) == (NoticeState.SENT, NoticeState.CANCELLED)


def test_a_broken_registry_stops_nobody_for_ever(
    opened: Opened, postmaster: Postmaster, settings: Any, tmp_path: Any
) -> None:
    police, _ = opened()
    settings.RECIPIENTS_FILE = tmp_path / "gone.json"
    go_round()
    assert state(police) == NoticeState.FAILED
    settings.RECIPIENTS_FILE = None
    actions.resend(police, ALICE)
    go_round()
    assert state(police) == NoticeState.SENT


def test_a_password_never_goes_in_clear_to_another_machine(opened: Opened, settings: Any) -> None:
    relay = outbound.Relay("mail.example", 25, user="u", password="p")
    with pytest.raises(outbound.Unsafe, match="STARTTLS"), outbound.mail(relay):
        pytest.fail("a session was opened")
    assert "p'" not in repr(relay)


def test_encryption_that_is_asked_for_is_never_done_without(
    opened: Opened, postmaster: Postmaster, settings: Any
) -> None:
    settings.EMAIL_USE_TLS = True
    police, _ = opened()
    go_round()
    assert (state(police), postmaster.mails) == (NoticeState.SCHEDULED, [])


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once_send_once(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()

    def work() -> None:
        try:
            sending.send(police.pk)
        finally:
            connection.close()

    at_once(4, work)
    assert (state(police), len(postmaster.mails)) == (NoticeState.SENT, 1)
    assert police.item.ledger.filter(kind="item.police_notified").count() == 1
