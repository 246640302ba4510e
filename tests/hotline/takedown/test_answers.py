"""What comes back: bounces take the next contact at once, automatic receipts are receipts, the rest waits."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.hotline.takedown.conftest import HOST_ADDRESS, go_round, later, until_hosts_are_told
from tests.hotline.takedown.postmaster import Mail, Postmaster

from disrupt.hotline.cases import ledger
from disrupt.hotline.takedown.models import Answer, AnswerKind, Notice
from disrupt.hotline.takedown.states import NoticeState, Step

Opened = Callable[..., list[Notice]]
REPORT = """From: mailer@mx.example
To: {to}
Subject: Undelivered mail
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b
Content-Type: text/plain

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; legal@images.example.net
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Subject: x
--b--
"""


@pytest.fixture
def maildir(settings: Any, tmp_path: Path) -> Path:
    folder = tmp_path / "answers"
    (folder / "new").mkdir(parents=True)
    settings.ANSWERS_EMAIL, settings.ANSWERS_MAILDIR = "answers@hotline.example", folder
    return folder


def arrive(folder: Path, text: str | bytes, name: str = "1") -> None:
    raw = text.encode() if isinstance(text, str) else text
    (folder / "new" / name).write_bytes(raw)


def bounce(mail: Mail, action: str = "failed", status: str = "5.1.1") -> str:
    return REPORT.format(to=mail.sender, action=action, status=status)


def told(opened: Opened, postmaster: Postmaster, **changes: Any) -> Mail:
    opened(**changes)
    until_hosts_are_told()
    (mail,) = postmaster.to(HOST_ADDRESS)
    return mail


def with_others(recipients: Any, *others: str) -> None:
    recipients(
        hosts=[
            {
                "pattern": "*.images.example.net", "name": "I", "channel": "email", "address": HOST_ADDRESS,
                "language": "en", "scope": "host", "tested": "2026-11-01", "dsa_tier": "platform",
                "others": list(others),
            }
        ]
    )  # fmt: skip


def test_a_bounce_takes_the_next_contact_at_once(
    opened: Opened, postmaster: Postmaster, maildir: Path, recipients: Any
) -> None:
    with_others(recipients, "second@images.example.net")
    mail = told(opened, postmaster)
    assert mail.sender.startswith("answers+n-")
    arrive(maildir, bounce(mail))
    go_round()
    go_round()
    assert len(postmaster.to("second@images.example.net")) == 1
    host = Notice.objects.get(step=Step.HOST)
    assert (host.state, host.reply) == (NoticeState.REFUSED, "5.1.1 (it came back)")
    assert host.item.ledger.get(kind="notice.bounced").data["code"] == "5.1.1"
    assert list((maildir / "new").iterdir()) == []
    # Its reminders go where the host can be reached.
    later(hours=25)
    go_round()
    assert len(postmaster.to("second@images.example.net")) == 2
    assert len(postmaster.to(HOST_ADDRESS)) == 1
    ledger.verify(host.item.case)


def test_without_another_contact_a_person_finds_one(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    from disrupt.hotline.takedown import queries

    mail = told(opened, postmaster)
    arrive(maildir, bounce(mail))
    go_round()
    steps = {notice.step for notice in queries.needing_a_person()}
    assert steps == {Step.HOST, Step.NETWORK, Step.SEARCH}
    later(days=5)
    go_round()
    assert len(postmaster.to(HOST_ADDRESS)) == 1, "no reminder to a mailbox that is not there"


def test_the_same_bounce_twice_is_one(
    opened: Opened, postmaster: Postmaster, maildir: Path, recipients: Any
) -> None:
    with_others(recipients, "second@images.example.net", "third@images.example.net")
    mail = told(opened, postmaster)
    for name in ("1", "2"):
        arrive(maildir, bounce(mail), name)
        go_round()
    assert len(postmaster.to("second@images.example.net")) == 1
    assert postmaster.to("third@images.example.net") == []


@pytest.mark.parametrize(
    ("action", "status"), [("delayed", "4.4.1"), ("failed", "4.2.2"), ("relayed", "2.0.0")]
)
def test_what_is_not_final_changes_nothing(
    opened: Opened, postmaster: Postmaster, maildir: Path, action: str, status: str
) -> None:
    arrive(maildir, bounce(told(opened, postmaster), action, status))
    go_round()
    assert Notice.objects.get(step=Step.HOST).state == NoticeState.SENT
    assert list((maildir / "new").iterdir()) == []


def test_a_made_up_return_address_names_nothing(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    mail = told(opened, postmaster)
    name, _, rest = mail.sender.partition(".")
    forged = f"{name}.{'0' * 16}@{rest.partition('@')[2]}"
    arrive(maildir, REPORT.format(to=forged, action="failed", status="5.1.1"))
    go_round()
    assert Notice.objects.get(step=Step.HOST).state == NoticeState.SENT
    assert Answer.objects.get().kind == AnswerKind.UNMATCHED


def test_a_report_to_the_police_that_came_back_does_not_count(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    opened()
    go_round()
    arrive(maildir, bounce(postmaster.mails[0]))
    go_round()
    later(days=2)
    go_round()
    assert postmaster.to(HOST_ADDRESS) == []


def test_an_automatic_receipt_is_a_receipt_and_no_decision(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    mail = told(opened, postmaster)
    subject = mail.message["Subject"]
    arrive(
        maildir,
        f"From: desk@images.example.net\nTo: {mail.sender}\nAuto-Submitted: auto-replied\n"
        f"Subject: [Ticket #482913] Re: {subject}\n\nWe have your request.\n",
    )
    go_round()
    host = Notice.objects.get(step=Step.HOST)
    assert host.acknowledged_at is not None
    assert host.decision == ""
    assert "482913" in host.filed_reference
    event = host.item.ledger.get(kind="notice.acknowledged")
    assert (event.actor, event.data["automatic"]) == ("recipient", True)


def test_what_a_person_wrote_waits_for_a_person(
    opened: Opened, postmaster: Postmaster, maildir: Path
) -> None:
    mail = told(opened, postmaster)
    arrive(maildir, f"From: a@images.example.net\nTo: {mail.sender}\nSubject: Re: [1234]\n\nWe removed it.\n")
    arrive(maildir, b"\xff\x00" * 400_000, "2")
    arrive(maildir, "", "3")
    go_round()
    assert list((maildir / "new").iterdir()) == []
    reply, *others = Answer.objects.order_by("pk")
    assert (reply.kind, reply.text, reply.sender) == (
        AnswerKind.REPLY,
        "We removed it.",
        "a@images.example.net",
    )
    assert [one.kind for one in others] == [AnswerKind.UNMATCHED] * 2
    assert Notice.objects.get(step=Step.HOST).acknowledged_at is None
