"""A report of delivery is proof: asked for, read under the return address only, and told to the regulator."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hotline.takedown.conftest import ALICE, URL, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_answers import REPORT, arrive, bounce, told
from tests.hotline.takedown.test_answers import maildir as maildir
from tests.hotline.takedown.test_complaint import seen, unzipped
from tests.hotline.takedown.test_regimes import sign

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Allowed
from disrupt.hotline.takedown.complaint import making
from disrupt.hotline.takedown.models import Answer, AnswerKind, Notice
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]


def host_notice(url: str = URL) -> Notice:
    return Notice.objects.get(step=Step.HOST, target__url=url)


def test_it_is_asked_for_where_the_server_does_that_and_somebody_reads(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    told(opened, postmaster)
    assert postmaster.asked == [], "this server offers none"
    postmaster.reports = True
    later(hours=25)
    go_round()
    reminder = Notice.objects.get(step=Step.REMINDER, state=NoticeState.SENT)
    assert postmaster.asked == ["RET=HDRS", f"ENVID={reminder.reference}", "NOTIFY=SUCCESS,FAILURE,DELAY"]


def test_without_a_mailbox_nobody_is_asked(opened: Opened, postmaster: Postmaster) -> None:
    postmaster.reports = True
    told(opened, postmaster)
    assert postmaster.asked == []


def test_a_report_of_delivery_is_written_down_once(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    other = "https://www.images.example.net/2"
    opened(other)
    mail = told(opened, postmaster)
    arrive(maildir, bounce(mail, "relayed", "2.0.0"))
    go_round()
    assert host_notice().delivered_at is None, "handed on to a server that reports nothing"
    for name in ("2", "3"):
        arrive(maildir, bounce(mail, "delivered", "2.1.5") + name, name)
        go_round()
        later(hours=1)
    for url in (URL, other):
        host = host_notice(url)
        assert host.delivered_at is not None
        assert (host.state, host.delivery) == (NoticeState.SENT, "2.1.5 mx.example")
        assert host.acknowledged_at is None, "a server is not who reads"
        assert host.item.ledger.get(kind="notice.delivered").data["status"] == "2.1.5"
        ledger.verify(host.item.case)
    assert {one.kind for one in Answer.objects.all()} == {AnswerKind.DELIVERY}


def test_a_report_that_names_only_the_reference_proves_nothing(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    told(opened, postmaster)
    said = REPORT.format(to="answers@hotline.example", action="delivered", status="2.0.0")
    arrive(maildir, said.replace("Subject: x", f"Subject: [{host_notice().reference}]"))
    go_round()
    assert Answer.objects.get().notice == host_notice()
    assert host_notice().delivered_at is None


@pytest.mark.parametrize("state", [NoticeState.UNCERTAIN, NoticeState.TRANSMITTING])
def test_it_ends_the_doubt_whether_a_message_left(
    opened: Opened, postmaster: Postmaster, maildir: Path, state: NoticeState
) -> None:
    mail = told(opened, postmaster)
    Notice.objects.filter(step=Step.REMINDER).delete()
    host = host_notice()
    Notice.objects.filter(pk=host.pk).update(state=state, sent_at=None, claim="x" * 32)
    arrive(maildir, bounce(mail, "delivered", "2.0.0"))
    go_round()
    host.refresh_from_db()
    assert (host.state, host.sent_at, host.claim) == (NoticeState.SENT, host.transmitting_at, "")
    assert Notice.objects.filter(step=Step.REMINDER).count() == 1, "what follows, follows"
    ledger.verify(host.item.case)


def test_a_failure_after_a_delivery_still_counts(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    mail = told(opened, postmaster)
    arrive(maildir, bounce(mail, "delivered", "2.0.0"))
    go_round()
    arrive(maildir, bounce(mail) + " ", "2")
    go_round()
    assert host_notice().state == NoticeState.REFUSED


def test_the_file_of_a_complaint_names_it(opened: Opened, postmaster: Postmaster, maildir: Path) -> None:
    mail = told(opened, postmaster)
    arrive(maildir, bounce(mail, "delivered", "2.1.5"))
    go_round()
    later(days=8)
    go_round()
    seen(host_notice())
    complaint = Notice.objects.get(step=Step.REGULATOR)
    sign(complaint.item, Allowed.REGULATOR)
    said = json.loads(unzipped(making.make(complaint, ALICE).data)["complaint.json"])
    first = said["notices"][0]
    assert first["delivery_report"] == "2.1.5 mx.example"
    delivered_at = host_notice().delivered_at
    assert delivered_at is not None
    assert first["delivered_at"] == delivered_at.isoformat()
