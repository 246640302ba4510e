"""The host is told once the police are reached, by whatever way, or once a person says why not to wait."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from tests.hotline.takedown.conftest import ALICE, HOST_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.common import clock
from disrupt.hotline.takedown import actions, queries
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState

Opened = Callable[..., list[Notice]]


def fresh(notice: Notice) -> Notice:
    return Notice.objects.get(pk=notice.pk)


def test_a_refused_report_does_not_count(opened: Opened, postmaster: Postmaster) -> None:
    police, host = opened()
    postmaster.answers = {"rcpt": "550 no such mailbox"}
    go_round()
    postmaster.answers = {}
    later(days=3)
    go_round()
    assert (fresh(police).state, postmaster.mails) == (NoticeState.REFUSED, [])
    # A person sees both: what was refused, and what waits for it.
    assert set(queries.needing_a_person()) == {police, host}
    actions.resend(police, ALICE)
    go_round()
    # The police have it now, and are given the time that the wait is for.
    assert (fresh(police).state, len(postmaster.mails)) == (NoticeState.SENT, 1)
    later(hours=6, minutes=1)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1


def test_a_report_in_doubt_does_not_count_until_it_is_settled(opened: Opened, postmaster: Postmaster) -> None:
    police, _ = opened()
    postmaster.drop_at = "accepted"
    go_round()
    postmaster.drop_at = ""
    later(hours=7)
    go_round()
    assert postmaster.to(HOST_ADDRESS) == []
    actions.confirm_sent(police, ALICE)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1


def test_a_form_that_nobody_filled(opened: Opened, postmaster: Postmaster, recipients: Any) -> None:
    recipients(police={"name": "Pharos", "channel": "form", "language": "fr"})
    police, host = opened()
    later(days=2)
    go_round()
    assert postmaster.mails == []
    actions.record_filed(police, "PH-1", ALICE)
    go_round()
    assert postmaster.mails == []
    assert abs(fresh(host).due_at - clock.now() - dt.timedelta(hours=6)) < dt.timedelta(minutes=1)
    later(hours=6, minutes=1)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1


def test_a_person_waives_it_and_says_why(opened: Opened, postmaster: Postmaster) -> None:
    _, host = opened()
    postmaster.answers = {"rcpt": "450 later"}
    go_round()
    postmaster.answers = {}
    with pytest.raises(actions.NotPossible):
        actions.waive_police(host, ALICE, " ")
    actions.waive_police(host, ALICE, "The police said by telephone that they cannot be reached.")
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1
    event = host.item.ledger.get(kind="notice.police_waived")
    assert (event.actor, event.data["motive"]) == ("analyst:1", True)
    assert "telephone" not in str(event.data)
    with pytest.raises(ValueError, match="does not allow"):
        actions.waive_police(host, ALICE, "again")


def test_the_wait_may_be_none(opened: Opened, postmaster: Postmaster) -> None:
    _, host = opened()
    actions.override_wait(host, 0, ALICE, "No inquiry is open.")
    go_round()
    go_round()
    assert [m.recipients for m in postmaster.mails][1:] == [[HOST_ADDRESS]]
