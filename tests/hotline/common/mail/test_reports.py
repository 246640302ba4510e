"""Delivery reports in the shapes that mail servers send them, and what is none."""

from __future__ import annotations

import pytest

from disrupt.hotline.common.mail.reports import NotAReport, Said, permanent_failure, read

HEAD = """From: MAILER-DAEMON@mx.example (Mail Delivery System)
To: answers@hotline.example
Subject: Delivery Status Notification
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="9B095B5ADSN=_"

This is a MIME-encapsulated message.

--9B095B5ADSN=_
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

In words, for a person.

--9B095B5ADSN=_
Content-Description: Delivery report
Content-Type: message/{kind}delivery-status

Reporting-MTA: dns; mx.example
X-Queue-ID: 4Q2
Arrival-Date: Mon, 30 Nov 2026 10:00:00 +0000 (UTC)

{fields}

--9B095B5ADSN=_
Content-Type: text/rfc822-headers

Subject: [N-0123456789AB] Notice
--9B095B5ADSN=_--
"""
TO = "Final-Recipient: rfc822; abuse@host.example\n"
FOLDED = """Original-Recipient: rfc822;abuse@host.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.host.example
Diagnostic-Code: smtp; 550 5.1.1 <abuse@host.example>: Recipient address
    rejected: unknown"""
TWO = f"Action: delayed\nStatus: 4.4.1\n\n{TO}Action: failed\nStatus: 5.7.1"
# As the field's servers write them: long diagnostics are folded, actions and statuses get remarks.
FAILED = [
    (FOLDED, "5.1.1"),
    ("Action: failed\nStatus: 5.0.0\nRemote-MTA: dns; a", "5.0.0"),
    ("Action: Failed (gone)\nStatus: 5.1.10 (unknown)", "5.1.10"),
    ("Action: failed\nDiagnostic-Code: smtp; 550 no such user", "5.0.0"),
    ("Action: failed\nStatus: 4.4.7", ""),
    ("Action: delayed\nStatus: 4.4.1\nWill-Retry-Until: x", ""),
    (TWO, "5.7.1"),
]
QMAIL = """From: MAILER-DAEMON@small.example
Subject: failure notice

Hi. This is the qmail-send program at small.example.

<abuse@host.example>:
192.0.2.1 said: 554 5.2.1 no such mailbox
"""
EXIM = """X-Failed-Recipients: abuse@host.example
Auto-Submitted: auto-replied
From: Mail Delivery System <Mailer-Daemon@small.example>

Unrouteable address
"""
BROKEN = """Content-Type: multipart/report; boundary=b

--b
Content-Type: message/delivery-status

\u00ff
--b--"""


def report(fields: str, kind: str = "") -> bytes:
    return HEAD.format(fields=fields, kind=kind).encode()


@pytest.mark.parametrize("kind", ["", "global-"])
@pytest.mark.parametrize(("fields", "status"), FAILED)
def test_a_failure_for_good_is_told_from_a_delay(fields: str, status: str, kind: str) -> None:
    raw = report(TO + fields, kind)
    assert permanent_failure(raw) == status
    assert permanent_failure(raw.replace(b"\n", b"\r\n")) == status


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_the_action_and_who_says_so_are_read(action: str) -> None:
    assert read(report(f"{TO}Action: {action}\nStatus: 2.0.0")) == [Said(action, "2.0.0", "mx.example")]


@pytest.mark.parametrize(("raw", "status"), [(QMAIL, "5.2.1"), (EXIM, "5.0.0")])
def test_a_bounce_in_words_only_is_one(raw: str, status: str) -> None:
    assert permanent_failure(raw.encode()) == status


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"Subject: Hello\n\nI am on holiday. 550 5.1.1\n",
        b"Subject: Re\n\nYou wrote:\n> Hi. This is the qmail-send program at x\n",
        report("X-Nothing: here").replace(b"multipart/report", b"multipart/mixed"),
        report("X-Nothing: here"),
        BROKEN.encode("latin-1"),
    ],
)
def test_what_is_no_report_is_none(raw: bytes) -> None:
    with pytest.raises(NotAReport):
        read(raw)
