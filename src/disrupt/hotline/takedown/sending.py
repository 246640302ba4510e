"""Sending a notice exactly once, or saying that nobody knows (docs/adr/0005).

    scheduled --claim--> sending --connect, MAIL, RCPT--> transmitting --DATA, 250--> sent

Each arrow is a commit of its own. A claim is a random token: only its holder can go on, so that a worker that
was taken for dead and wakes up again finds its token gone and stops before it transmits.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import secrets
import uuid
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from disrupt.hotline.cases.categories import UnknownCategory
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, once, outbound
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.once import GRACE, LEASE
from disrupt.hotline.takedown import services
from disrupt.hotline.takedown.compose import compose
from disrupt.hotline.takedown.letters import letter
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.takedown.states import NoticeState, RecipientKind

S = NoticeState


@dataclass(frozen=True)
class Claim:
    """The right to send one notice, and what to send."""

    notice_id: uuid.UUID
    token: str
    recipient: str
    message: bytes


@dataclass(frozen=True)
class _Stages:
    """The commits of one claim, in the order of common/once."""

    claim: Claim

    def begin(self) -> bool:
        return _begin_transmission(self.claim)

    def finish(self, reply: str) -> None:
        _finish(self.claim, reply)

    def postpone(self, reply: str) -> None:
        _postpone(self.claim, reply)

    def refuse(self, reply: str) -> None:
        _give_up(self.claim, S.REFUSED, reply)

    def fail(self, reason: str) -> None:
        _give_up(self.claim, S.FAILED, reason)

    def doubt(self, reply: str) -> None:
        doubt(self.claim.notice_id, self.claim.token, reply)


def send(notice_id: uuid.UUID) -> None:
    """Take a due notice as far as it goes now. Safe to call at any time, by any number of workers."""
    claim = _claim(notice_id)
    if claim is None:
        return
    envelope = once.Envelope(settings.HOTLINE_EMAIL, claim.recipient, claim.message)
    once.deliver(envelope, _Stages(claim))


@transaction.atomic(durable=True)
def _claim(notice_id: uuid.UUID) -> Claim | None:
    """scheduled (or sending, abandoned) -> sending; None when there is nothing to send here any more."""
    now = clock.now()
    due = Q(state=S.SCHEDULED, due_at__lte=now) | Q(state=S.SENDING, claimed_at__lte=now - LEASE)
    notice = Notice.objects.select_for_update().filter(due, pk=notice_id).first()
    if notice is None:
        return None
    item = Item.objects.select_for_update().select_related("case").get(pk=notice.item_id)
    if _is_pointless(notice, item):
        services.change(notice, state=S.CANCELLED, claim="")
        services.note(notice, "notice.cancelled", WORKER, reason=item.state)
        return None
    try:
        _write(notice, now)
    except (UnknownCategory, BadRegistry, outbound.BadAddress, ValueError) as error:
        services.change(notice, state=S.FAILED, claim="", reply=outbound.one_line(str(error)))
        services.note(notice, "notice.failed", WORKER, reason=type(error).__name__)
        return None
    token = secrets.token_hex(16)
    services.change(notice, state=S.SENDING, claim=token, claimed_at=now, attempts=notice.attempts + 1)
    return Claim(notice.pk, token, notice.address, bytes(notice.message))


def _is_pointless(notice: Notice, item: Item) -> bool:
    """Taken back by the reporter; or already gone, which only the police still need to know."""
    gone = item.state == ItemState.REMOVED and notice.recipient == RecipientKind.HOST
    return item.state == ItemState.WITHDRAWN or gone


def _write(notice: Notice, now: dt.datetime) -> None:
    """Compose the message, once: every later try gives away the same bytes."""
    if notice.message:
        return
    composed = compose(notice, now)
    anonymous = notice.category in registry().omit_notifier_for
    message = letter(notice, composed, now, anonymous=anonymous)
    services.change(
        notice,
        texts=composed.texts_version,
        subject=composed.subject,
        body=composed.body,
        message=message,
        message_sha256=hashlib.sha256(message).hexdigest(),
        composed_at=now,
    )


def _held(claim: Claim, *states: NoticeState) -> Notice | None:
    """The notice, locked, if this claim still holds it in one of these states."""
    return (
        Notice.objects.select_for_update(of=("self",))
        .select_related("item__case")
        .filter(pk=claim.notice_id, claim=claim.token, state__in=states)
        .first()
    )


@transaction.atomic(durable=True)
def _begin_transmission(claim: Claim) -> bool:
    """sending -> transmitting, committed right before DATA; False if it was stopped, or is another's now."""
    notice = _held(claim, S.SENDING)
    if notice is None:
        return False
    item = Item.objects.select_for_update().get(pk=notice.item_id)
    if _is_pointless(notice, item):
        services.change(notice, state=S.CANCELLED, claim="")
        services.note(notice, "notice.cancelled", WORKER, reason=item.state)
        return False
    services.change(notice, state=S.TRANSMITTING, transmitting_at=clock.now())
    return True


@transaction.atomic(durable=True)
def _finish(claim: Claim, reply: str) -> None:
    """transmitting -> sent (also when it was called uncertain meanwhile: now it is certain)."""
    notice = _held(claim, S.TRANSMITTING, S.UNCERTAIN)
    if notice is None:
        return
    services.change(notice, state=S.SENT, sent_at=clock.now(), reply=reply, claim="")
    services.mark_reached(notice, WORKER, sha256=notice.message_sha256)


@transaction.atomic(durable=True)
def _postpone(claim: Claim, reply: str) -> None:
    """Back to scheduled, later each time; failed when it was tried for days."""
    notice = _held(claim, S.SENDING, S.TRANSMITTING)
    if notice is None:
        return
    if notice.attempts >= once.MAX_ATTEMPTS:
        _end(notice, S.FAILED, reply)
        return
    pause = once.pause_after(notice.attempts)
    services.change(notice, state=S.SCHEDULED, claim="", due_at=clock.now() + pause, reply=reply)


@transaction.atomic(durable=True)
def _give_up(claim: Claim, state: NoticeState, reply: str) -> None:
    notice = _held(claim, S.SENDING, S.TRANSMITTING)
    if notice is not None:
        _end(notice, state, reply)


def _end(notice: Notice, state: NoticeState, reply: str) -> None:
    services.change(notice, state=state, claim="", reply=reply)
    services.note(notice, f"notice.{state}", WORKER, code=reply[:3])


@transaction.atomic(durable=True)
def doubt(notice_id: uuid.UUID, token: str | None = None, reply: str = "") -> None:
    """transmitting -> uncertain: a person decides. Without a token: the sweep's, once GRACE is over."""
    held: dict[str, Any] = (
        {"transmitting_at__lte": clock.now() - GRACE} if token is None else {"claim": token}
    )
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("item__case")
        .filter(pk=notice_id, state=S.TRANSMITTING, **held)
        .first()
    )
    if notice is None:
        return
    services.change(notice, state=S.UNCERTAIN, reply=reply)
    services.note(notice, "notice.uncertain", WORKER)
