"""The number under which a recipient has a notice: known from automatic answers, named in what follows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.hotline.takedown import test_answers
from tests.hotline.takedown.conftest import HOST_ADDRESS, go_round, later
from tests.hotline.takedown.postmaster import Postmaster
from tests.hotline.takedown.test_answers import arrive, told

from disrupt.hotline.takedown.models import Answer, AnswerKind, Notice
from disrupt.hotline.takedown.states import Step

Opened = Callable[..., list[Notice]]
maildir = test_answers.maildir


@pytest.mark.parametrize(
    "head", ["Auto-Submitted: auto-replied", "X-Autoreply: yes", "Precedence: auto_reply", "Precedence: Bulk"]
)
def test_a_reminder_names_the_recipients_own_number(
    opened: Opened, postmaster: Postmaster, maildir: Path, head: str
) -> None:
    mail = told(opened, postmaster)
    subject = f"[Ticket #482913] Re: {mail.message['Subject']}"
    arrive(
        maildir, f"From: desk@images.example.net\nTo: {mail.sender}\n{head}\nSubject: {subject}\n\nThanks.\n"
    )
    go_round()
    assert Answer.objects.get().kind == AnswerKind.RECEIPT
    later(hours=25)
    go_round()
    first, reminder = postmaster.to(HOST_ADDRESS)
    assert "482913" in Notice.objects.get(step=Step.HOST).filed_reference
    assert "Your reference: 482913\n" in reminder.text
    assert "Your reference" not in first.text


def test_who_gave_no_number_is_named_none(opened: Opened, postmaster: Postmaster) -> None:
    told(opened, postmaster)
    later(hours=25)
    go_round()
    assert "Your reference" not in postmaster.to(HOST_ADDRESS)[1].text


def test_no_mail_looks_like_a_list_or_a_machine(opened: Opened, postmaster: Postmaster) -> None:
    """Help desks set aside what says so, and Article 16(4) owes a receipt to whoever wrote."""
    told(opened, postmaster)
    later(hours=25)
    go_round()
    assert len(postmaster.mails) == 3
    for mail in postmaster.mails:
        names = {name.lower() for name in mail.message.keys()}  # noqa: SIM118  # not a mapping
        assert not names & {"auto-submitted", "precedence", "list-unsubscribe", "list-id", "x-autoreply"}
        assert not str(mail.message["Subject"]).lower().startswith("re:")
