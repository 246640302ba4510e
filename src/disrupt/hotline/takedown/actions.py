"""What a person does to a notice: each in one transaction, with one ledger event that names them.

Their free text stays in the notice. The ledger, which is kept longer, says only that there is one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.outbound import check_address, one_line
from disrupt.hotline.takedown import counted, services, targets
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import elements
from disrupt.hotline.takedown.notices.compose import compose
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.planning import allowed, escalation, silence
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import (
    PREPARED,
    RESENDABLE,
    STOPPABLE,
    Channel,
    Decision,
    NoticeState,
    Refusal,
    Step,
)

S = NoticeState
LONGEST_WAIT_HOURS = 14 * 24.0


class NotPossible(ValueError):
    """What was asked makes no sense; the message says what to give instead."""


@transaction.atomic
def override_wait(notice: Notice, hours: float, actor: Actor, reason: str) -> Notice:
    """Notify the host so many hours after the police were reached, whatever the scheme says.

    Raises WrongState, NotPossible.
    """
    if not 0 <= hours <= LONGEST_WAIT_HOURS:
        raise NotPossible(f"Give a wait between 0 and {LONGEST_WAIT_HOURS:.0f} hours.")
    if not reason.strip():
        raise NotPossible("Give the reason for another wait.")
    row = services.locked(notice, {S.SCHEDULED, S.TASK})
    if row.step != Step.HOST:
        raise NotPossible("Only a host's notice waits.")
    before, since = row.due_at, row.created_at
    if not row.waits_for_police:
        police = Notice.objects.filter(
            target=row.target_id, category=row.category, round=row.round, step=Step.POLICE
        ).first()
        since = (police and police.sent_at) or since
    due_at = since + dt.timedelta(hours=hours)
    groups.take_out(row)
    groups.change(row, wait_hours=hours, due_at=due_at, wait_reason=reason.strip())
    services.note(
        row,
        "notice.wait_changed",
        actor,
        before=before.isoformat(),
        due_at=row.due_at.isoformat(),
        hours=hours,
    )
    return row


@transaction.atomic
def waive_police(notice: Notice, actor: Actor, reason: str) -> Notice:
    """Tell the host now, although the police were not reached. Raises WrongState, NotPossible."""
    if not reason.strip():
        raise NotPossible("Give the reason for not waiting for the police.")
    row = services.locked(notice, {S.SCHEDULED, S.TASK})
    if not row.waits_for_police:
        raise NotPossible("This notice does not wait for the police.")
    groups.change(row, waits_for_police=False, due_at=clock.now(), wait_reason=reason.strip())
    services.note(row, "notice.police_waived", actor, motive=True)
    return row


@transaction.atomic
def hurry(notice: Notice, actor: Actor, reason: str) -> Notice:
    """Do this step now, before its time. Raises WrongState, NotPossible."""
    row = _with_motive(notice, {S.SCHEDULED, S.TASK}, reason)
    if row.waits_for_police:
        raise NotPossible("It waits for the police: say why not to wait for them.")
    groups.take_out(row)
    groups.change(row, due_at=clock.now(), held=False, wait_reason=reason.strip())
    services.note(row, "notice.hurried", actor, motive=True)
    return row


@transaction.atomic
def hold(notice: Notice, actor: Actor, reason: str) -> Notice:
    """Do not do this step until somebody lets it go. Raises WrongState, NotPossible."""
    row = _with_motive(notice, {S.SCHEDULED, S.TASK}, reason)
    groups.take_out(row)
    groups.change(row, held=True, wait_reason=reason.strip())
    services.note(row, "notice.held", actor, motive=True)
    return row


@transaction.atomic
def let_go(notice: Notice, actor: Actor) -> Notice:
    """A step that was held is done in its time. Raises WrongState."""
    row = services.locked(notice, {S.SCHEDULED, S.TASK})
    groups.change(row, held=False)
    services.note(row, "notice.let_go", actor)
    return row


def _with_motive(notice: Notice, states: Iterable[NoticeState], reason: str) -> Notice:
    if not reason.strip():
        raise NotPossible("Give the reason.")
    return services.locked(notice, states)


@transaction.atomic
def cancel(notice: Notice, actor: Actor, reason: str = "") -> Notice:
    """Do not send this notice; what follows in the plan follows all the same. Raises WrongState."""
    row = services.locked(notice, STOPPABLE)
    groups.take_out(row)
    groups.change(row, state=S.CANCELLED, claim="", within=None, wait_reason=reason.strip())
    services.note(row, "notice.cancelled", actor, reason="person", motive=bool(reason.strip()))
    if row.step == Step.REMINDER:
        escalation.follow(row, clock.now(), actor)
    return row


@transaction.atomic
def resend(notice: Notice, actor: Actor) -> Notice:
    """Send it (again) now: the same bytes with the same Message-ID. Raises WrongState."""
    row = _leading(services.locked(notice, RESENDABLE))
    before = row.state
    rows = groups.change_all(row, state=S.SCHEDULED, claim="", attempts=0, due_at=clock.now())
    for one in rows:
        services.note(one, "notice.resend", actor, before=before)
    return row


@transaction.atomic
def confirm_sent(notice: Notice, actor: Actor) -> Notice:
    """The recipient, or the mail server's log, says that the uncertain notice arrived. Raises WrongState."""
    row = _leading(services.locked(notice, {S.UNCERTAIN}))
    groups.change_all(row, state=S.SENT, sent_at=row.transmitting_at, claim="")
    services.mark_reached(row, actor, confirmed=True, sha256=row.message_sha256)
    return row


@transaction.atomic
def record_filed(notice: Notice, reference: str, actor: Actor) -> Notice:
    """A person has filled the recipient's form; what it said is kept.

    Raises WrongState, NotPossible.
    """
    reference = one_line(reference, 120)
    if not reference:
        raise NotPossible("Give the reference that the recipient's form returned.")
    row, now = services.locked(notice, {S.TASK}), clock.now()
    composed = compose(row, now)
    try:
        elements.check(composed, regime_of(row), anonymous=row.category in registry().omit_notifier_for)
    except elements.Incomplete as error:
        raise NotPossible(str(error)) from error
    if not allowed.is_allowed(row):
        raise NotPossible("The person concerned has not agreed to this step, or refuses it.")
    groups.change(
        row,
        state=S.SENT,
        texts=composed.texts_version,
        subject=composed.subject,
        body=composed.body,
        composed_at=now,
        sent_at=now,
        filed_reference=reference,
    )
    services.mark_reached(row, actor, filed=True)
    return row


@transaction.atomic
def readdress(notice: Notice, address: str, actor: Actor) -> Notice:
    """Send it by e-mail to this address, as a message of its own. Raises WrongState, BadAddress."""
    check_address(address)
    row = services.locked(notice, {S.SCHEDULED, S.TASK, S.FAILED, S.REFUSED})
    if row.within_id is None and row.state in {S.FAILED, S.REFUSED}:
        # What could not be sent as one message goes to the other address as one.
        for other in groups.whole(row)[1:]:
            readdress(other, address, actor)
    groups.take_out(row)
    row = services.locked(row, {S.SCHEDULED, S.TASK, S.FAILED, S.REFUSED})
    due_at = row.due_at if row.state in {S.SCHEDULED, S.TASK} else clock.now()
    # Composed anew: the address is part of the bytes, and nobody has received the former ones.
    groups.change(
        row,
        channel=Channel.EMAIL,
        address=address,
        # A complaint leaves with its file only, which a person makes.
        state=S.TASK if row.step == Step.REGULATOR or row.step in PREPARED else S.SCHEDULED,
        attempts=0,
        due_at=due_at,
        message=b"",
        message_sha256="",
    )
    services.note(row, "notice.readdressed", actor)
    return row


@transaction.atomic
def record_receipt(notice: Notice, actor: Actor, at: dt.datetime | None = None) -> Notice:
    """The recipient confirmed receipt (DSA art. 16(4)). Raises WrongState, NotPossible."""
    row = _leading(services.locked(notice, {S.SENT, S.UNCERTAIN}))
    moment = _past(at)
    for one in groups.change_all(row, acknowledged_at=moment):
        services.note(one, "notice.acknowledged", actor, at=moment.isoformat())
        escalation.received(one, clock.now())
    return row


@transaction.atomic
def look_now(notice: Notice, actor: Actor) -> Notice:
    """Look at the address at once. Raises WrongState."""
    row = services.locked(notice, NoticeState)
    targets.look_now(row.target_id)
    services.note(row, "notice.look_asked", actor)
    return row


@transaction.atomic
def find_host(notice: Notice, actor: Actor) -> Notice:
    """Ask the registries who hosts the address. Raises WrongState."""
    row = services.locked(notice, NoticeState)
    targets.find_host(row.target_id)
    services.note(row, "notice.host_asked", actor)
    return row


@transaction.atomic
def record_decision(
    notice: Notice,
    decision: Decision,
    actor: Actor,
    *,
    at: dt.datetime | None = None,
    reasons: str = "",
    refusal: Refusal | None = None,
) -> Notice:
    """The recipient decided (DSA art. 16(5)); a refusal's reasons count for our accuracy (art. 22(6)).

    Raises WrongState, NotPossible.
    """
    row = services.locked(notice, {S.SENT, S.UNCERTAIN})
    moment = _past(at)
    why = refusal.value if refusal and decision == Decision.DECLINED else ""
    groups.change(row, decision=decision, decision_at=moment, decision_note=reasons.strip(), refusal=why)
    counted.answered(row)
    silence.heard(row, clock.now())
    services.note(row, "notice.decided", actor, decision=str(decision), at=moment.isoformat())
    if decision == Decision.DECLINED:
        escalation.declined(row, moment, actor)
        # Who has decided is not reminded; what else there is to do, a person does.
        for reminder in Notice.objects.filter(
            target=row.target_id, category=row.category, round=row.round, step=Step.REMINDER,
            state__in=[S.SCHEDULED, S.TASK],
        ):  # fmt: skip
            groups.take_out(reminder)
            groups.change(reminder, state=S.CANCELLED, within=None)
            services.note(reminder, "notice.cancelled", actor, reason="declined")
    if row.step == Step.SEARCH:
        if decision in {Decision.REMOVED, Decision.BLOCKED}:
            targets.delisted(row.target_id, row.name, moment)
        return row
    if decision in {Decision.REMOVED, Decision.BLOCKED}:
        # What they say is no proof: we look.
        targets.look_now(row.target_id)
    return row


def _leading(row: Notice) -> Notice:
    """The notice whose message this one goes in."""
    return row if row.within is None else services.locked(row.within, NoticeState)


def _past(at: dt.datetime | None) -> dt.datetime:
    now = clock.now()
    if at is not None and at > now:
        raise NotPossible("Give a time that has passed.")
    return at or now
