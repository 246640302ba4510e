"""Opening, changing and stopping notices: each write in one transaction with its ledger event."""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from disrupt.hotline.cases import ledger, steps
from disrupt.hotline.cases.categories import Category, scheme, scheme_at
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.cases.states import FOLLOWS, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import counted, locking, targets
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Concern, Notice, Target
from disrupt.hotline.takedown.notices import regimes
from disrupt.hotline.takedown.notices.texts import texts_at
from disrupt.hotline.takedown.planning import escalation, plans
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.posting.groups import change
from disrupt.hotline.takedown.recipients import Recipient, registry
from disrupt.hotline.takedown.states import (
    BY_ITSELF,
    STOPPABLE,
    NoticeState,
    RecipientKind,
    Step,
    WrongState,
)

# What an item becomes once the notice of this kind has left.
REACHED = {
    Step.POLICE: ItemState.POLICE_NOTIFIED,
    Step.HOST: ItemState.HOST_NOTIFIED,
    Step.REMINDER: ItemState.HOST_REMINDED,
}


class NotForNotice(ValueError):
    """This item is not one that notices are sent about."""


@transaction.atomic
def open_for_item(item: Item, category_code: str, actor: Actor) -> list[Notice]:
    """The notices of an accepted URL: Pharos at once, its host once the police are reached. Idempotent.

    Where another item is about the same address, it joins what is under way. An empty list where no notice is
    sent for the category (`without_notice` in the texts), or where the reporter took the item back meanwhile.
    Raises NotForNotice, UnknownCategory, BadRegistry.
    """
    said, now = Item.objects.get(pk=item.pk), clock.now()
    silent = category_code in texts_at(now).without_notice
    if said.url and said.state == ItemState.ACCEPTED and not silent:
        locking.hold_target(targets.row_of(said.url).pk, [item.pk])
    locked = hold_item(item)
    if locked.kind != ItemKind.URL:
        raise NotForNotice(f"Item {locked.pk} is not an address; notices are about addresses.")
    concern = Concern.objects.filter(item=locked).select_related("target").first()
    if concern is not None:
        return _of_last_round(concern.target, concern.category)
    if locked.state == ItemState.WITHDRAWN:
        return []
    if locked.state != ItemState.ACCEPTED:
        raise NotForNotice(f"Item {locked.pk} is “{locked.state}”; qualify it first.")
    version, category = _category(locked, category_code, now)
    if not category.illegal:
        raise NotForNotice(f"“{category_code}” is not illegal content: there is nothing to notify.")
    if silent:
        return []
    target = targets.target_of(locked.url)
    under_way = bool(targets.live_items(target, category_code))
    Concern.objects.create(target=target, item=locked, category=category_code, created_at=now)
    known = _of_last_round(target, category_code)
    if known and under_way:
        return _join(locked, known, actor)
    return open_round(target, category_code, version, known[0].round + 1 if known else 1, actor)


def open_round(target: Target, code: str, version: str, number: int, actor: Actor) -> list[Notice]:
    """The first steps of a plan: the police at once, the host when they are reached and the wait is over."""
    now, recipients, place = clock.now(), registry(), take_apart(target.url)
    hours = scheme(version)[code].host_wait_hours
    common = {
        "target": target,
        "round": number,
        "plan": plans.plan_at(now).version,
        "registry": recipients.version,
        "host": place.host[:255],
        "category": code,
        "scheme": version,
        "created_at": now,
        "changed_at": now,
    }
    notices = [
        create(RecipientKind.PHAROS, Step.POLICE, recipients.police, now, common),
        create(
            RecipientKind.HOST,
            Step.HOST,
            recipients.host(place, code),
            now + dt.timedelta(hours=hours),
            {**common, "wait_hours": hours, "waits_for_police": True},
        ),
    ]
    for notice, item in targets.told_items(notices):
        data = {**about(notice), "due_at": notice.due_at.isoformat(), "category": code}
        ledger.record(item.case, "notice.scheduled", actor, item=item, data=data)
    if notices[1].scope == "unknown":
        targets.find_host(target.pk)
    return notices


def _of_last_round(target: Target, category: str) -> list[Notice]:
    found = list(Notice.objects.filter(target=target, category=category).order_by("round", "due_at"))
    return [notice for notice in found if notice.round == found[-1].round]


def _join(item: Item, notices: list[Notice], actor: Actor) -> list[Notice]:
    """Another person reported the same address: what was done for it is done for them as well."""
    if any(notice.step != Step.POLICE and notice.sent_at for notice in notices):
        # An analyst has just seen it there, perhaps after we had seen it gone.
        targets.look_now(notices[0].target_id)
    data = {"notices": [notice.reference for notice in notices]}
    ledger.record(item.case, "notice.joined", actor, item=item, data=data)
    for notice in notices:
        to = REACHED.get(Step(notice.step))
        item.refresh_from_db()
        if notice.state == NoticeState.SENT and to in FOLLOWS[ItemState(item.state)]:
            assert to is not None
            steps.advance(item, to, actor, data={**about(notice), "joined": True})
    return notices


def _category(item: Item, code: str, now: dt.datetime) -> tuple[str, Category]:
    """The category in the version that the decision was made under."""
    decision = current_qualification(item)
    version = decision.scheme if decision and decision.category == code else scheme_at(now).version
    return version, scheme(version)[code]


def create(
    kind: RecipientKind, step: Step, who: Recipient, due_at: dt.datetime, common: dict[str, Any]
) -> Notice:
    """A notice as the registry says who receives it."""
    return Notice.objects.create(
        recipient=kind,
        step=step,
        regime=regimes.BY_STEP[step],
        channel=who.channel,
        name=who.name[:120],
        address=who.address,
        scope=who.scope,
        language=who.language,
        state=NoticeState.SCHEDULED if who.channel in BY_ITSELF else NoticeState.TASK,
        due_at=due_at,
        **common,
    )


def about(notice: Notice) -> dict[str, Any]:
    """What the ledger says of a notice: never an address of a person, never the URL."""
    said = {
        "notice": notice.reference,
        "message_id": notice.message_id,
        "recipient": notice.recipient,
        "channel": notice.channel,
        "host": notice.host,
    }
    if notice.within is not None:
        said |= {"message_id": notice.within.message_id, "within": notice.within.reference}
    return said


@transaction.atomic
def stop_for_item(item: Item, actor: Actor) -> list[Notice]:
    """Cancel whatever has not left, if nobody else reported the address; forget what is erased. Idempotent.

    A notice that is being transmitted, or perhaps was, cannot be called back and stays as it is.
    """
    concern = Concern.objects.filter(item=item).first()
    if concern is None:
        return []
    locking.hold_target(concern.target_id)
    target = Target.objects.get(pk=concern.target_id)
    stopped: list[Notice] = []
    if not targets.live_items(target, concern.category):
        stopped = stop_all(target, concern.category)
    fresh = Item.objects.select_related("case").get(pk=item.pk)
    if stopped:
        data = {"notices": [n.reference for n in stopped], "reason": fresh.state}
        ledger.record(fresh.case, "notice.cancelled", actor, item=fresh, data=data)
    if not fresh.url:
        targets.forget(target.pk)
    return stopped


def stop_all(target: Target, category: str, *, but_police: bool = False) -> list[Notice]:
    """Cancel what has not left of an address's plan; return it."""
    rows = Notice.objects.select_for_update(of=("self",)).filter(target=target, category=category)
    if but_police:
        rows = rows.exclude(step=Step.POLICE)
    stopped = [row for row in rows.order_by("due_at") if row.state in STOPPABLE]
    for notice in stopped:
        groups.take_out(notice)
        change(notice, state=NoticeState.CANCELLED, claim="", within=None)
    return stopped


def mark_reached(notice: Notice, actor: Actor, **data: Any) -> None:
    """The message has left: each item goes on, if it can; the ledgers say so either way. In a transaction."""
    rows = groups.whole(notice)
    to = REACHED.get(Step(notice.step))
    learn: dict[uuid.UUID, list[Item]] = defaultdict(list)
    for row, item in targets.told_items(rows):
        learn[row.pk].append(item)
        item.refresh_from_db(fields=["state"])
        if to is not None and to in FOLLOWS[ItemState(item.state)]:
            steps.advance(item, to, actor, data={**about(row), **data})
        else:
            # Withdrawn while it was being transmitted, or the other notice was faster.
            ledger.record(item.case, "notice.sent", actor, item=item, data={**about(row), **data})
    for row in rows:
        counted.sent(row)
        if row.step == Step.POLICE:
            _police_reached(row)
        elif row.step == Step.HOST:
            targets.begin_looking(row.target_id, row.sent_at or clock.now())
        living = [item for item in learn[row.pk] if item.state != ItemState.WITHDRAWN]
        escalation.follow(row, row.sent_at or clock.now(), learn=living)


def _police_reached(police: Notice) -> None:
    """The wait of the host's notice begins: it is there so that the police can preserve evidence."""
    waiting = Notice.objects.select_for_update().filter(
        target=police.target_id,
        category=police.category,
        round=police.round,
        waits_for_police=True,
        state__in=[NoticeState.SCHEDULED, NoticeState.TASK],
    )
    since = police.sent_at or clock.now()
    for host in waiting:
        change(host, waits_for_police=False, due_at=since + dt.timedelta(hours=host.wait_hours))


def police_lost(police: Notice) -> None:
    """The report to the police came back: the host's notice, if it has not left, waits again."""
    Notice.objects.filter(
        target=police.target_id,
        category=police.category,
        round=police.round,
        step=Step.HOST,
        sent_at=None,
        state__in=[NoticeState.SCHEDULED, NoticeState.TASK],
    ).update(waits_for_police=True)


def locked(notice: Notice, allowed: Iterable[NoticeState]) -> Notice:
    """The notice, locked with its addresses and their cases, and read again. Raises WrongState."""
    locking.hold_notice(notice.pk)
    row = Notice.objects.select_for_update(of=("self",)).select_related("target").get(pk=notice.pk)
    if row.state not in set(allowed):
        raise WrongState(f"A notice that is “{row.get_state_display()}” does not allow this.")
    return row


def note(notice: Notice, kind: str, actor: Actor, **data: Any) -> None:
    """An event about a notice, in the ledger of every case that learns of it."""
    for row, item in targets.told_items([notice]):
        ledger.record(item.case, kind, actor, item=item, data={**about(row), **data})
