"""What was lost on the way through an interface is asked for; what a site had not done yet is read later."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.mail.once import GRACE
from disrupt.hotline.common.outbound import errors
from disrupt.hotline.takedown import locking, services
from disrupt.hotline.takedown.answers import recording
from disrupt.hotline.takedown.channels.base import Found, Outcome
from disrupt.hotline.takedown.channels.guard import LATER, Guard
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import RECONCILED, Channel, NoticeState
from disrupt.protocol.envelope import NoticeError

S = NoticeState
_AGAIN = dt.timedelta(minutes=5)
# A site that has not done all yet is asked again so often, and so long.
READ_EVERY, READ_FOR = dt.timedelta(hours=1), dt.timedelta(days=7)


def due() -> Iterator[uuid.UUID]:
    """Messages in doubt whose recipients can be asked."""
    found = Notice.objects.filter(state=S.UNCERTAIN, channel__in=RECONCILED, within=None)
    return found.filter(due_at__lte=clock.now()).order_by("due_at").values_list("pk", flat=True).iterator()


def reconcile(notice_id: uuid.UUID) -> None:
    """Ask what became of one. Safe to run twice: asking changes nothing."""
    notice = Notice.objects.get(pk=notice_id)
    try:
        found = way(notice.channel).reconcile(notice)
    except errors.DoorError:
        found = Found(Outcome.UNKNOWN)
    _write(notice_id, found)


@transaction.atomic(durable=True)
def _write(notice_id: uuid.UUID, found: Found) -> None:
    locking.hold_notice(notice_id)
    rows = Notice.objects.select_for_update(of=("self",)).select_related("target")
    notice = rows.filter(pk=notice_id, state=S.UNCERTAIN).first()
    if notice is None:
        return
    now = clock.now()
    if found.outcome == Outcome.ARRIVED:
        groups.change_all(notice, state=S.SENT, sent_at=notice.transmitting_at, claim="", acknowledged_at=now)
        groups.change(notice, filed_reference=found.reference)
        services.mark_reached(notice, WORKER, reconciled=True, sha256=notice.message_sha256)
    elif found.outcome == Outcome.NOT_THERE and (notice.transmitting_at or now) <= now - GRACE:
        # Long enough for what was on its way to show.
        for row in groups.change_all(notice, state=S.SCHEDULED, claim="", due_at=now):
            services.note(row, "notice.resend", WORKER, before=S.UNCERTAIN)
    else:
        groups.change_all(notice, due_at=now + _AGAIN)


def unread() -> Iterator[uuid.UUID]:
    """Notices whose site's guard had not done all when it answered."""
    now = clock.now()
    found = Notice.objects.filter(state=S.SENT, channel=Channel.GUARD, within=None, due_at__lte=now)
    found = found.filter(reply__startswith=str(LATER), sent_at__gt=now - READ_FOR)
    return found.order_by("due_at").values_list("pk", flat=True).iterator()


def read(notice_id: uuid.UUID) -> None:
    """Ask a site's guard what it has done by now. Safe to run twice: an address is answered once."""
    notice = Notice.objects.get(pk=notice_id)
    try:
        answer = Guard().read(notice)
    except (errors.DoorError, NoticeError):
        answer = None
    with transaction.atomic(durable=True):
        locking.hold_notice(notice_id)
        rows = Notice.objects.select_for_update(of=("self",)).select_related("target")
        row = rows.filter(pk=notice_id, state=S.SENT).first()
        if row is None:
            return
        if answer is None:
            groups.change(row, due_at=clock.now() + READ_EVERY)
            return
        recording.record_answers(row, answer.addresses)
        reply = "200 complete" if answer.complete else row.reply
        groups.change(row, reply=reply, due_at=clock.now() + READ_EVERY)
