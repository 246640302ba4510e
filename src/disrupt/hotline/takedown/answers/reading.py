"""A mail to the notices' return address is taken once: bounces and automatic receipts do their deed.

Everything in it is hostile: at most 256 KB are read, no attachment is decoded, no link is followed. What a
person wrote is kept as text for a person, beside its notice or, where it matches none, in the tray.
"""

from __future__ import annotations

import hashlib
import re
from email.message import Message

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.mail.reports import NotAReport, read
from disrupt.hotline.common.outbound import one_line
from disrupt.hotline.takedown import locking, services, targets
from disrupt.hotline.takedown.answers import words
from disrupt.hotline.takedown.answers.delivered import delivered
from disrupt.hotline.takedown.answers.matching import notice_by_return_address, notice_of
from disrupt.hotline.takedown.checks import habits
from disrupt.hotline.takedown.models import Answer, AnswerKind, Notice
from disrupt.hotline.takedown.planning import escalation
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.registry.lines import Habits
from disrupt.hotline.takedown.states import NoticeState, RecipientKind, Step

MAX_BYTES = 256 * 1024
RECIPIENT = Actor("recipient")
_MACHINES = frozenset({"auto_reply", "bulk", "junk"})
_TICKET = re.compile(r"[\[(#]\s*#?([A-Za-z]{0,6}[-_ ]?\d{3,20})\s*[\])]?")


@transaction.atomic
def take(raw: bytes) -> Answer:
    """Read one mail and do what it says. The same mail twice, from wherever, is one."""
    raw = raw[:MAX_BYTES]
    head = words.head(raw)
    name = str(head.get("Message-ID", "")).strip().encode("utf-8", "replace") or raw
    digest = hashlib.sha256(name).hexdigest()
    known = Answer.objects.filter(digest=digest).first()
    if known is not None:
        return known
    notice = notice_of(raw.decode("ascii", "replace"))
    kind = _deed(notice, raw, head)
    waits = kind in {AnswerKind.REPLY, AnswerKind.UNMATCHED}
    text, dropped = words.text_of(raw) if waits else ("", 0)
    return Answer.objects.create(
        digest=digest,
        notice=notice,
        kind=kind,
        sender=words.sender_of(head) if waits else "",
        subject=one_line(str(head.get("Subject", "")), 300) if waits else "",
        text=text,
        dropped=dropped,
        at=clock.now(),
        done_at=None if waits else clock.now(),
    )


def _deed(notice: Notice | None, raw: bytes, head: Message) -> AnswerKind:
    """Do what it says, and say what it is."""
    if notice is None:
        return AnswerKind.UNMATCHED
    try:
        said = read(raw)
    except NotAReport:
        style = _style(notice)
        said_so = f"{head.get('Subject', '')} {words.text_of(raw)[0]}".lower() if style != Habits() else ""
        acted = any(one in said_so for one in style.removals)
        if acted:
            # What they say is no proof: we look. What else it says, a person reads.
            for one in groups.whole(notice):
                targets.look_now(one.target_id)
        known = any(one in said_so for one in style.receipts)
        if (known or _is_automatic(head)) and _receipt(notice, head, known=known) and not acted:
            return AnswerKind.RECEIPT
        return AnswerKind.REPLY
    failed = next((one for one in said if one.action == "failed" and one.status.startswith("5")), None)
    if failed is not None:
        bounced(notice, failed.status)
        return AnswerKind.BOUNCE
    arrived = next((one for one in said if one.action == "delivered" and one.status.startswith("2")), None)
    if arrived is not None and notice_by_return_address(raw.decode("ascii", "replace")) == notice:
        delivered(notice, arrived, RECIPIENT)
    # What is only delayed, or was handed on to a server that reports nothing, changes nothing.
    return AnswerKind.DELIVERY


def _is_automatic(head: Message) -> bool:
    """Whether no person wrote it (RFC 3834, and what help desks put in instead)."""
    submitted = str(head.get("Auto-Submitted", "no")).partition(";")[0].strip().lower()
    by_machine = str(head.get("Precedence", "")).strip().lower() in _MACHINES
    return submitted != "no" or by_machine or "X-Autoreply" in head or "X-Autorespond" in head


def _style(notice: Notice) -> Habits:
    """How the recipient of a notice answers, as the registry knows."""
    hosts = {RecipientKind.HOST, RecipientKind.NETWORK}
    return habits.of_url(notice.target.url) if notice.recipient in hosts else Habits()


@transaction.atomic
def _receipt(notice: Notice, head: Message, *, known: bool) -> bool:
    """An automatic answer with a ticket number is the receipt of Article 16(4), and no decision.

    `known`: it says so in the words that this recipient uses, with or without a number.
    """
    subject = str(head.get("Subject", ""))
    ticket = next((found for found in _TICKET.findall(subject) if found not in notice.reference), "")
    if not ticket and not known:
        return False
    locking.hold_notice(notice.pk)
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in {NoticeState.SENT, NoticeState.UNCERTAIN} or row.acknowledged_at:
        return True
    for one in groups.change_all(row, acknowledged_at=clock.now()):
        services.note(one, "notice.acknowledged", RECIPIENT, automatic=True)
        escalation.received(one, clock.now())
    if ticket:
        groups.change(row, filed_reference=one_line(ticket, 120))
    return True


@transaction.atomic
def bounced(notice: Notice, status: str) -> None:
    """It came back for good: nobody was reached, and the next contact is told at once. Idempotent."""
    locking.hold_notice(notice.pk)
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in {NoticeState.SENT, NoticeState.UNCERTAIN}:
        return
    for one in groups.change_all(row, state=NoticeState.REFUSED, reply=f"{status} (it came back)"):
        services.note(one, "notice.bounced", RECIPIENT, code=status)
        if one.step == Step.POLICE:
            services.police_lost(one)
        elif one.recipient in {RecipientKind.HOST, RecipientKind.NETWORK}:
            # Of what an authority, a lawyer or a search engine did not get, a person finds another way.
            escalation.next_contact(one)
