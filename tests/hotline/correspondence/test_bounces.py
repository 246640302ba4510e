"""Mail that comes back: what it says is believed, then it is gone; who could not be told is called."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from tests.hotline.correspondence.mail import ALICE, JANE, Told, go_round, later
from tests.hotline.takedown.postmaster import Postmaster

from disrupt.hotline.cases import contacts as case_contacts
from disrupt.hotline.cases import messages
from disrupt.hotline.cases.models import Letter, LetterState, SealedKind, SealedNote
from disrupt.hotline.common import clock, outbound
from disrupt.hotline.common.actors import REPORTER
from disrupt.hotline.correspondence import bounces, letters, telling

pytestmark = pytest.mark.django_db
REPORT = """From: mailer-daemon@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

{jane} could not be reached.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; {jane}
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: {message_id}
Subject: Something is new
--b--
"""


def report(
    letter: Letter, *, verp: bool = False, quoted: bool = True, action: str = "failed", status: str = "5.1.1"
) -> bytes:
    return REPORT.format(
        jane=JANE,
        to=letters.return_address(letter.token) if verp else "bounces@hotline.example",
        action=action,
        status=status,
        message_id=letters.message_id(letter.token) if quoted else "<another@mx.example>",
    ).encode()


@pytest.fixture
def maildir(settings: Any, tmp_path: Any) -> Any:
    settings.BOUNCE_MAILDIR, settings.BOUNCE_EMAIL = tmp_path, "bounces@hotline.example"
    (tmp_path / "new").mkdir()
    return tmp_path


@pytest.mark.parametrize(
    ("how", "bounced"),
    [
        ({}, True),
        ({"verp": True, "quoted": False}, True),
        ({"quoted": False}, False),
        ({"action": "delayed", "status": "4.4.1"}, False),
        ({"action": "failed", "status": "4.4.7"}, False),
        ({"action": "delivered", "status": "2.0.0"}, False),
    ],
)
def test_mail_that_comes_back_later(
    told: Told, postmaster: Postmaster, maildir: Any, how: Any, bounced: bool
) -> None:
    case = told()
    go_round()
    assert postmaster.mails[0].sender == letters.return_address(Letter.objects.get().token)
    (maildir / "new" / "1.eml").write_bytes(report(Letter.objects.get(), **how))
    go_round()
    assert list(maildir.rglob("*.eml*")) == [], "a report holds the address: it is gone once it is read"
    assert (SealedNote.objects.get().bounced_at is not None) == bounced
    assert case.ledger.filter(kind="contact.bounced").count() == int(bounced)
    later(days=2)
    messages.write(case, "More.", ALICE, "form-2")
    go_round()
    assert len(postmaster.mails) == (1 if bounced else 2)


def test_what_is_no_report_is_left_for_a_person(maildir: Any, settings: Any) -> None:
    odd = {
        "human.eml": b"From: jane@example.org\r\nSubject: Re: Something is new\r\n\r\nThank you\r\n",
        "empty.eml": b"",
        "noise.eml": bytes(range(256)) * 20,
        "no-status.eml": b'Content-Type: multipart/report; boundary="b"\r\n\r\n--b\r\n\r\nx\r\n--b--\r\n',
    }
    for name, raw in odd.items():
        (maildir / "new" / name).write_bytes(raw)
    go_round()
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == sorted(f"{name}:2," for name in odd)
    assert bounces.waiting() == []
    # For a while: an automatic reply says who its sender is.
    old = maildir / "cur" / "human.eml:2,"
    long_ago = (clock.now() - settings.KEEP_PERSONAL_DATA).timestamp() - 60
    os.utime(old, (long_ago, long_ago))
    assert bounces.left_too_long() == [f"cur/{old.name}"]
    go_round()
    assert sorted(path.name for path in (maildir / "cur").iterdir()) == sorted(
        f"{name}:2," for name in odd if name != "human.eml"
    )


@given(st.binary(max_size=400), st.integers(0, 1200))
@hypothesis_settings(max_examples=150, deadline=None)
def test_no_report_can_break_the_worker(noise: bytes, place: int) -> None:
    letter = Letter(token="a" * 24)
    raw = report(letter)
    for mutated in (noise, raw[:place] + noise + raw[place:], raw[:place] + noise):
        try:
            bounces.parse(mutated)
        except bounces.NotAReport:
            continue


def test_codes_without_words() -> None:
    assert letters.codes_of("550 5.1.1 <jane@example.org> unknown") == "550 5.1.1"
    assert letters.codes_of("550-5.1.1 unknown") == "550 5.1.1"
    assert letters.codes_of("421 try later") == "421"
    assert letters.codes_of("no connection to jane") == ""
    assert outbound.one_line("x") == "x"


def test_whoever_could_not_be_told_by_mail_is_called(told: Told, postmaster: Postmaster) -> None:
    """The mail came back: the news it stood for is news again, and goes by the other safe channel."""
    case = told(telephone="06 12 34 56 78")
    postmaster.answers = {"rcpt": "550 5.1.1 no such user"}
    go_round()
    assert Letter.objects.get().state == LetterState.BOUNCED
    assert list(telling.cases_to_call()) == [case]
    telling.called(case, ALICE)
    assert list(telling.cases_to_call()) == []


def test_whoever_has_looked_before_the_mail_came_back_is_not_called(
    told: Told, postmaster: Postmaster
) -> None:
    case = told(telephone="06 12 34 56 78")
    go_round()
    case.refresh_from_db()
    case_contacts.seen_by_reporter(case)
    telling.mark_bounced(SealedNote.objects.get(kind=SealedKind.EMAIL).pk, "5.1.1", REPORTER)
    assert list(telling.cases_to_call()) == []
