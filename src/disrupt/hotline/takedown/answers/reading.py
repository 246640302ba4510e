"""Mail to the notices' return address: bounces and automatic receipts are read; the rest waits for a person.

It is delivered to a Maildir (`ANSWERS_MAILDIR`). Everything in it is hostile: at most 256 KB are read, no
attachment is decoded, no link is followed. What is understood is deleted in the end; what is not is moved to
`cur` for a person, and deleted when personal data are: it says who wrote it.
"""

from __future__ import annotations

import email
import re
from email.message import Message

from django.conf import settings
from django.db import transaction

from disrupt.hotline.common import clock, maildir
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.common.reports import NotAReport, permanent_failure
from disrupt.hotline.takedown import escalation, groups, services
from disrupt.hotline.takedown.answers.matching import notice_of
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.states import NoticeState, Step

MAX_BYTES = 256 * 1024
RECIPIENT = Actor("recipient")
_TICKET = re.compile(r"[\[(#]\s*#?([A-Za-z]{0,6}[-_ ]?\d{3,20})\s*[\])]?")


def waiting() -> list[str]:
    """Names of the mails that have arrived."""
    return maildir.waiting(settings.ANSWERS_MAILDIR)


def take(name: str) -> None:
    """Read one mail and do what it says. Running twice is harmless."""
    folder = settings.ANSWERS_MAILDIR
    if folder is None:
        return
    raw = maildir.read(folder, name, MAX_BYTES)
    if raw is None:
        return
    if _understood(raw):
        maildir.done(folder, name)
    else:
        maildir.leave(folder, name)


def left_too_long() -> list[str]:
    """What was left for a person, and has stayed as long as it may."""
    return maildir.left_too_long(settings.ANSWERS_MAILDIR)


def throw_away(left: str) -> None:
    """Delete what was left."""
    maildir.throw_away(settings.ANSWERS_MAILDIR, left)


def _understood(raw: bytes) -> bool:
    text = raw.decode("ascii", "replace")
    notice = notice_of(text)
    if notice is None:
        return False
    try:
        status = permanent_failure(raw)
    except NotAReport:
        return _is_automatic(raw) and _receipt(notice, raw)
    if status:
        bounced(notice, status)
    return True


def _is_automatic(raw: bytes) -> bool:
    """Whether no person wrote it (RFC 3834, and what help desks put in instead)."""
    head = _head(raw)
    submitted = str(head.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    return submitted != "no" or "X-Autoreply" in head or "X-Autorespond" in head


def _head(raw: bytes) -> Message:
    return email.message_from_bytes(raw.partition(b"\r\n\r\n")[0].partition(b"\n\n")[0] + b"\n\n")


@transaction.atomic
def _receipt(notice: Notice, raw: bytes) -> bool:
    """An automatic answer with a ticket number is the receipt of Article 16(4), and no decision."""
    subject = str(_head(raw).get("Subject", ""))
    ticket = next((found for found in _TICKET.findall(subject) if found not in notice.reference), "")
    if not ticket:
        return False
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in {NoticeState.SENT, NoticeState.UNCERTAIN} or row.acknowledged_at:
        return True
    for one in groups.change_all(row, acknowledged_at=clock.now()):
        services.note(one, "notice.acknowledged", RECIPIENT, automatic=True)
    groups.change(row, filed_reference=one_line(ticket, 120))
    return True


@transaction.atomic
def bounced(notice: Notice, status: str) -> None:
    """It came back for good: nobody was reached, and the next contact is told at once. Idempotent."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in {NoticeState.SENT, NoticeState.UNCERTAIN}:
        return
    for one in groups.change_all(row, state=NoticeState.REFUSED, reply=f"{status} (it came back)"):
        services.note(one, "notice.bounced", RECIPIENT, code=status)
        if one.step == Step.POLICE:
            services.police_lost(one)
        else:
            escalation.next_contact(one)
