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
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from disrupt.hotline.cases import mandates
from disrupt.hotline.cases.categories import UnknownCategory
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock, outbound, switches
from disrupt.hotline.common.actors import WORKER
from disrupt.hotline.common.mail import once
from disrupt.hotline.common.mail.once import GRACE, LEASE
from disrupt.hotline.takedown import locking, services, targets
from disrupt.hotline.takedown.answers import recording
from disrupt.hotline.takedown.answers.matching import return_address
from disrupt.hotline.takedown.channels.base import Parcel
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.models import Notice, Presence
from disrupt.hotline.takedown.notices import elements
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.planning import allowed, halts
from disrupt.hotline.takedown.posting import groups, pacing
from disrupt.hotline.takedown.recipients import BadRegistry, registry
from disrupt.hotline.takedown.states import WITH_FILE, NoticeState, Step
from disrupt.protocol.answer import AddressAnswer

S = NoticeState
_LOOK_FIRST = dt.timedelta(hours=1)
# What follows from a host's silence.
_CHASES = frozenset({Step.REMINDER, Step.SECOND})
# A site that has not done all yet is asked again after that.
_READ_AGAIN = dt.timedelta(hours=1)


@dataclass(frozen=True)
class Claim:
    """The right to send one notice, and what to send."""

    notice_id: uuid.UUID
    token: str
    sender: str
    recipient: str
    message: bytes
    channel: str
    report: str


@dataclass(frozen=True)
class _Stages:
    """The commits of one claim, in the order of common/once."""

    claim: Claim

    def begin(self) -> bool:
        return _begin_transmission(self.claim)

    def finish(self, reply: str) -> None:
        _finish(self.claim, reply)

    def accept(self, reply: str, reference: str, answers: tuple[AddressAnswer, ...] = ()) -> None:
        _finish(self.claim, reply, reference, answers, confirmed=True)

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
    parcel = Parcel(str(claim.notice_id), claim.sender, claim.recipient, claim.message, claim.report)
    way(claim.channel).send(parcel, _Stages(claim))


@transaction.atomic(durable=True)
def _claim(notice_id: uuid.UUID) -> Claim | None:
    """scheduled (or sending, abandoned) -> sending; None when there is nothing to send here any more."""
    if switches.is_on(switches.Stop.NOTICES):
        return None
    now = clock.now()
    due = Q(state=S.SCHEDULED, due_at__lte=now, waits_for_police=False, held=False)
    due |= Q(state=S.SENDING, claimed_at__lte=now - LEASE)
    seen = Notice.objects.select_related("target").filter(due, pk=notice_id, within=None).first()
    if seen is None:
        return None
    held = locking.hold_notice(notice_id, also=groups.beside(seen, now))
    rows = Notice.objects.select_for_update(of=("self",)).select_related("target")
    notice = rows.filter(due, pk=notice_id, within=None).first()
    if notice is None or halts.is_stopped(notice) or not _still_wanted(notice):
        return None
    if notice.step in _CHASES and notice.target.leaning == Presence.GONE:
        # The last look did not see it: nobody is chased before the next one has said more.
        groups.change_all(notice, due_at=now + _LOOK_FIRST)
        return None
    try:
        later = pacing.not_before(notice, now)
        if later is not None:
            groups.change_all(notice, state=S.SCHEDULED, claim="", due_at=later)
            return None
        if not notice.message:
            groups.gather(notice, now, held)
            if not _still_wanted(notice):
                return None
        _write(notice, now)
    except (UnknownCategory, BadRegistry, outbound.BadAddress, ValueError) as error:
        groups.change_all(notice, state=S.FAILED, claim="", reply=outbound.one_line(str(error)))
        _note_all(notice, "notice.failed", reason=type(error).__name__)
        return None
    token = secrets.token_hex(16)
    groups.change_all(notice, state=S.SENDING, claim=token, claimed_at=now, attempts=notice.attempts + 1)
    # Reports are asked for where there is a mailbox that they are read from.
    report = notice.reference if settings.ANSWERS_EMAIL else ""
    sender, message = return_address(notice), bytes(notice.message)
    return Claim(notice.pk, token, sender, notice.address, message, notice.channel, report)


def _still_wanted(notice: Notice) -> bool:
    """Whether all of a message is still to be told; else cancel what is not, and make the rest single."""
    rows = groups.whole(notice)
    living = targets.living(rows)
    reasons = {row.pk: _why_pointless(row, living[row.pk]) for row in rows}
    if not any(reasons.values()):
        return True
    if len(rows) > 1:
        groups.dissolve(notice)
    for row in rows:
        if reasons[row.pk]:
            row.refresh_from_db()
            groups.change(row, state=S.CANCELLED, claim="")
            services.note(row, "notice.cancelled", WORKER, reason=reasons[row.pk])
    return False


def _why_pointless(notice: Notice, living: Iterable[Item]) -> str:
    """Taken back by everybody; or already gone, which only the police still need to know."""
    states = {item.state for item in living}
    if not states or not notice.target.url:
        return str(ItemState.WITHDRAWN)
    needed = regime_of(notice).mandate
    if notice.message and needed and mandates.in_force(notice.items, needed) is None:
        return "mandate"
    if not needed and not allowed.is_allowed(notice):
        return "refused"
    gone = states == {ItemState.REMOVED} and notice.step != Step.POLICE
    return str(ItemState.REMOVED) if gone else ""


def _note_all(notice: Notice, kind: str, **data: Any) -> None:
    for row in groups.whole(notice):
        services.note(row, kind, WORKER, **data)


def _write(notice: Notice, now: dt.datetime) -> None:
    """Compose the message, once: every later try gives away the same bytes."""
    if notice.message:
        return
    if notice.step in WITH_FILE:
        raise ValueError("A person makes the file of this step, and sends it.")
    composed = compose(notice, now)
    elements.check(composed, regime_of(notice), anonymous=notice.category in registry().omit_notifier_for)
    message = way(notice.channel).prepare(notice, composed, now)
    groups.change_all(
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
    locking.hold_notice(claim.notice_id)
    return (
        Notice.objects.select_for_update(of=("self",))
        .select_related("target")
        .filter(pk=claim.notice_id, claim=claim.token, state__in=states)
        .first()
    )


@transaction.atomic(durable=True)
def _begin_transmission(claim: Claim) -> bool:
    """sending -> transmitting, committed right before DATA; False if it was stopped, or is another's now."""
    notice = _held(claim, S.SENDING)
    if notice is None or not _still_wanted(notice):
        return False
    if halts.is_stopped(notice):
        groups.change_all(notice, state=S.SCHEDULED, claim="")
        return False
    groups.change_all(notice, state=S.TRANSMITTING, transmitting_at=clock.now())
    return True


@transaction.atomic(durable=True)
def _finish(
    claim: Claim,
    reply: str,
    reference: str = "",
    answers: tuple[AddressAnswer, ...] = (),
    *,
    confirmed: bool = False,
) -> None:
    """transmitting -> sent (also when it was called uncertain meanwhile: now it is certain)."""
    notice = _held(claim, S.TRANSMITTING, S.UNCERTAIN)
    if notice is None:
        return
    now = clock.now()
    groups.change_all(notice, state=S.SENT, sent_at=now, reply=reply, claim="")
    if confirmed:
        # An interface's confirmation is the receipt of Article 16(4).
        groups.change_all(notice, acknowledged_at=now)
        groups.change(notice, filed_reference=reference, due_at=now + _READ_AGAIN)
    services.mark_reached(notice, WORKER, sha256=notice.message_sha256)
    recording.record_answers(notice, answers)


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
    groups.change_all(notice, state=S.SCHEDULED, claim="", due_at=clock.now() + pause, reply=reply)


@transaction.atomic(durable=True)
def _give_up(claim: Claim, state: NoticeState, reply: str) -> None:
    notice = _held(claim, S.SENDING, S.TRANSMITTING)
    if notice is not None:
        _end(notice, state, reply)


def _end(notice: Notice, state: NoticeState, reply: str) -> None:
    groups.change_all(notice, state=state, claim="", reply=reply)
    _note_all(notice, f"notice.{state}", code=reply[:3])


@transaction.atomic(durable=True)
def doubt(notice_id: uuid.UUID, token: str | None = None, reply: str = "") -> None:
    """transmitting -> uncertain: a person decides. Without a token: the sweep's, once GRACE is over."""
    held: dict[str, Any] = (
        {"transmitting_at__lte": clock.now() - GRACE} if token is None else {"claim": token}
    )
    locking.hold_notice(notice_id)
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("target")
        .filter(pk=notice_id, state=S.TRANSMITTING, within=None, **held)
        .first()
    )
    if notice is None:
        return
    if way(notice.channel).capabilities.repeats:
        # The same bytes again are the same notice.
        groups.change_all(notice, state=S.SCHEDULED, claim="", due_at=clock.now(), reply=reply)
        return
    groups.change_all(notice, state=S.UNCERTAIN, reply=reply, due_at=clock.now())
    _note_all(notice, "notice.uncertain")
