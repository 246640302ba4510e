"""What follows a step that is done: the next reminder, the network, the regulator; each once, in turn."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import WORKER, Actor
from disrupt.hotline.takedown import locking, targets
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.notices import regimes
from disrupt.hotline.takedown.planning import allowed, history, plans, silence
from disrupt.hotline.takedown.posting.groups import change
from disrupt.hotline.takedown.recipients import registry
from disrupt.hotline.takedown.states import BY_ITSELF, Channel, NoticeState, RecipientKind, Step

_TO = {
    Step.REMINDER: RecipientKind.HOST,
    Step.SECOND: RecipientKind.HOST,
    Step.NETWORK: RecipientKind.NETWORK,
    Step.REGULATOR: RecipientKind.REGULATOR,
    Step.SEARCH: RecipientKind.SEARCH,
    Step.TAKE_DOWN: RecipientKind.HOST,
    Step.FTC: RecipientKind.REGULATOR,
    Step.FLAGGER: RecipientKind.HOST,
    Step.APPEAL: RecipientKind.HOST,
    Step.PROSECUTOR: RecipientKind.PROSECUTOR,
    Step.COURT: RecipientKind.COUNSEL,
    Step.POLICE_AGAIN: RecipientKind.PHAROS,
}
_NAMES = {Step.FTC: "Federal Trade Commission"}
# Whom a complaint is read by; everybody else is written to as the one before.
_LANGUAGE = {Step.REGULATOR: "fr", Step.FTC: "en", Step.PROSECUTOR: "fr", Step.COURT: "fr"}


def tier_of(notice: Notice) -> str:
    """What the law makes of the service that an address is on."""
    return registry().host(take_apart(notice.target.url)).tier


def priority_of(notice: Notice) -> int:
    return scheme(notice.scheme)[notice.category].priority


def follow(
    done: Notice, since: dt.datetime, actor: Actor = WORKER, learn: list[Item] | None = None
) -> list[Notice]:
    """Make the steps that follow one that is done. In the transaction of that deed. Idempotent.

    `learn`: the items, locked, whose cases learn of it; looked up where whoever did the deed has not.
    """
    if not done.target.url:
        return []
    made = []
    for planned in plans.plan(done.plan).following(done.step, done.number, tier_of(done)):
        due_at = max(since + planned.wait(priority_of(done)), clock.now())
        if planned.step == Step.SEARCH:
            made += _search(done, due_at, actor, learn)
            continue
        if not exists(planned.step, done):
            continue
        notice = make(done, planned.step, planned.number, due_at, actor, learn)
        if notice is not None:
            made.append(_addressed(notice, done))
    return made


def exists(step: str, notice: Notice) -> bool:
    """Whether this hotline has such a step for a service at all; where only a person can ask, they did."""
    if step == Step.SEARCH:
        return bool(registry().search)
    if step == Step.FLAGGER:
        place = take_apart(notice.target.url)
        who = registry().host(place, notice.category)
        apart = bool(who.flagger or who.flagger_form)
        return apart and registry().flagger_towards(place, who.flagger, notice.category) is not None
    if step == Step.POLICE_AGAIN:
        # Again: of what they were never told of, the first report is still a task.
        first = history.police_report(notice)
        return first is not None and first.state == NoticeState.SENT
    if step == Step.SECOND:
        # Whoever has confirmed a receipt is the right one to talk to.
        return notice.acknowledged_at is None and bool(silence.others(notice))
    return allowed.is_wanted(step, notice)


def _addressed(notice: Notice, done: Notice) -> Notice:
    """Where it goes, as the registry knows; all but the contact for trusted flaggers stay a person's task."""
    known, service = registry(), registry().host(take_apart(done.target.url), done.category)
    who = {
        Step.REGULATOR: known.regulator,
        Step.PROSECUTOR: known.prosecutor,
        Step.COURT: known.counsel,
        Step.POLICE_AGAIN: known.police,
    }.get(Step(notice.step))
    if who is not None:
        way = {"channel": who.channel, "address": who.address, "language": who.language}
        return change(notice, name=who.name[:120], **way)
    if notice.step == Step.APPEAL:
        mail = {"channel": Channel.EMAIL, "address": service.appeal} if service.appeal else {}
        return change(notice, name=done.name, scope=done.scope, **mail)
    if notice.step == Step.SECOND:
        change(notice, channel=Channel.EMAIL, address=silence.others(done)[0], state=NoticeState.SCHEDULED)
        return change(notice, name=done.name, scope=done.scope)
    if notice.step == Step.FLAGGER:
        by_mail = {"channel": Channel.EMAIL, "address": service.flagger, "state": NoticeState.SCHEDULED}
        return change(notice, name=done.name, scope=done.scope, **(by_mail if service.flagger else {}))
    return notice


def declined(row: Notice, at: dt.datetime, actor: Actor) -> None:
    """Its recipient decided not to act: what the plan has for that. In the transaction of the decision."""
    host = Notice.objects.filter(
        target=row.target_id, category=row.category, round=row.round, step=Step.HOST, number=1
    ).select_related("target").first()  # fmt: skip
    if host is None or not host.target.url or row.recipient != RecipientKind.HOST:
        return
    for planned in plans.plan(host.plan).following(Step.HOST, 1, tier_of(host), plans.DECLINED):
        made = make(host, planned.step, planned.number, at + planned.wait(priority_of(host)), actor)
        if made is not None:
            _addressed(made, host)


def too_late() -> Iterator[uuid.UUID]:
    """Steps that a law allows for some time only, and nobody has taken in that time."""
    for code, regime in regimes.regimes().items():
        if regime.open_for is not None:
            late = Notice.objects.filter(
                regime=code, state=NoticeState.TASK, due_at__lte=clock.now() - regime.open_for
            )
            yield from late.values_list("pk", flat=True).iterator()


@transaction.atomic
def close(pk: uuid.UUID) -> None:
    """Take such a step off the list. Idempotent."""
    locking.hold_notice(pk)
    rows = Notice.objects.select_for_update(of=("self",)).select_related("target")
    notice = rows.filter(pk=pk, state=NoticeState.TASK).first()
    if notice is None:
        return
    change(notice, state=NoticeState.CANCELLED)
    for _row, item in targets.told_items([notice]):
        data = {"notice": notice.reference, "reason": "too_late"}
        ledger.record(item.case, "notice.cancelled", WORKER, item=item, data=data)


def _search(done: Notice, due_at: dt.datetime, actor: Actor, learn: list[Item] | None) -> list[Notice]:
    """A task for each search engine of the registry: a person fills its form, the words are there."""
    made = []
    for number, engine in enumerate(registry().search, 1):
        notice = make(done, Step.SEARCH, number, due_at, actor, learn)
        if notice is not None:
            made.append(change(notice, name=engine.name[:120], language=engine.language))
    return made


def make(
    done: Notice,
    step: Step,
    number: int,
    due_at: dt.datetime,
    actor: Actor,
    learn: list[Item] | None = None,
) -> Notice | None:
    """A step after one that is done; None when there is one already."""
    same = {"target": done.target, "category": done.category, "round": done.round}
    if Notice.objects.filter(**same, step=step, number=number).exists():
        return None
    is_reminder = step == Step.REMINDER
    now = clock.now()
    notice = Notice.objects.create(
        **same,
        step=step,
        number=number,
        plan=done.plan,
        regime=regimes.BY_STEP[step],
        recipient=_TO[step],
        # A reminder goes where the notice went; for the others a person finds out where to.
        channel=done.channel if is_reminder else Channel.FORM,
        name=done.name if is_reminder else _NAMES.get(step, str(_TO[step].label)),
        address=done.address if is_reminder else "",
        scope=done.scope if is_reminder else step,
        language=_LANGUAGE.get(step, done.language),
        registry=done.registry,
        host=done.host,
        scheme=done.scheme,
        state=NoticeState.SCHEDULED if is_reminder and done.channel in BY_ITSELF else NoticeState.TASK,
        due_at=due_at,
        created_at=now,
        changed_at=now,
    )
    data = {"notice": notice.reference, "step": step, "number": number, "due_at": due_at.isoformat()}
    for item in learn if learn is not None else [item for _row, item in targets.told_items([notice])]:
        ledger.record(item.case, "notice.scheduled", actor, item=item, data=data)
    return notice


def received(row: Notice, at: dt.datetime) -> None:
    """Its receipt was confirmed: where a deadline runs from then, what follows it moves on."""
    silence.heard(row, at)
    deadline = regimes.deadline_of(row)
    if deadline is None:
        return
    later = Notice.objects.filter(
        target=row.target_id, category=row.category, round=row.round, step=Step.FTC, state=NoticeState.TASK
    )
    later.filter(due_at__lt=deadline).update(due_at=deadline, changed_at=at)


def next_contact(lost: Notice) -> None:
    """Mail to a contact came back: the host's next address is told at once, or a person finds another way."""
    now = clock.now()
    later = silence.later(lost, now)
    others = [second.address for second in later] or silence.others(lost)
    waiting = Notice.objects.select_for_update().filter(
        target=lost.target,
        category=lost.category,
        round=lost.round,
        step=Step.REMINDER,
        address=lost.address,
        state=NoticeState.SCHEDULED,
    )
    for reminder in waiting:
        if others:
            change(reminder, address=others[0], message=b"", message_sha256="", within=None)
        else:
            change(reminder, state=NoticeState.CANCELLED, within=None)
    if not others:
        made = make(lost, Step.NETWORK, 1, now, WORKER)
        if made is None:
            Notice.objects.filter(
                target=lost.target, category=lost.category, round=lost.round, step=Step.NETWORK
            ).filter(state=NoticeState.TASK, due_at__gt=now).update(due_at=now)
        return
    if later:
        change(later[0], due_at=now)
        return
    number = Notice.objects.filter(
        target=lost.target, category=lost.category, round=lost.round, step=Step.SECOND
    ).count()
    second = make(lost, Step.SECOND, number + 1, now, WORKER)
    if second is not None:
        change(second, address=others[0], channel=Channel.EMAIL, state=NoticeState.SCHEDULED, name=lost.name)


def unplanned() -> Iterator[uuid.UUID]:
    """Notices to hosts from before there were plans: reminders follow them too."""
    found = Notice.objects.filter(step=Step.HOST, state=NoticeState.SENT, plan="").exclude(target__url="")
    return found.order_by().values_list("pk", flat=True).iterator()


@transaction.atomic
def plan_it(pk: uuid.UUID) -> None:
    """Give such a notice the plan in force."""
    locking.hold_notice(pk)
    rows = Notice.objects.select_for_update(of=("self",)).select_related("target")
    notice = rows.filter(pk=pk, plan="").first()
    if notice is None:
        return
    change(notice, plan=plans.plan_at(clock.now()).version)
    if targets.live_items(notice.target, notice.category):
        follow(notice, notice.sent_at or clock.now())
