"""Opening, changing and stopping notices: each write in one transaction with its ledger event."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction

from disrupt.hotline.cases import ledger, steps
from disrupt.hotline.cases.categories import Category, scheme, scheme_at
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.queries import current_qualification
from disrupt.hotline.cases.states import FOLLOWS, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice
from disrupt.hotline.takedown.recipients import Recipient, registry
from disrupt.hotline.takedown.states import STOPPABLE, Channel, NoticeState, RecipientKind, WrongState
from disrupt.hotline.takedown.texts import texts_at

# What an item becomes once the notice of this kind has left.
REACHED = {
    RecipientKind.PHAROS: ItemState.POLICE_NOTIFIED,
    RecipientKind.HOST: ItemState.HOST_NOTIFIED,
}


class NotForNotice(ValueError):
    """This item is not one that notices are sent about."""


@transaction.atomic
def open_for_item(item: Item, category_code: str, actor: Actor) -> list[Notice]:
    """The notices of an accepted URL: Pharos at once, its host after the category's wait. Idempotent.

    An empty list where no notice is sent for the category (`without_notice` in the texts), or where the
    reporter took the item back meanwhile. Raises NotForNotice, UnknownCategory, BadRegistry.
    """
    locked = Item.objects.select_for_update().select_related("case").get(pk=item.pk)
    if locked.kind != ItemKind.URL:
        raise NotForNotice(f"Item {locked.pk} is not an address; notices are about addresses.")
    known = list(Notice.objects.filter(item=locked, round=1).order_by("due_at"))
    if known or locked.state == ItemState.WITHDRAWN:
        return known
    if locked.state != ItemState.ACCEPTED:
        raise NotForNotice(f"Item {locked.pk} is “{locked.state}”; qualify it first.")
    now = clock.now()
    version, category = _category(locked, category_code, now)
    if not category.illegal:
        raise NotForNotice(f"“{category_code}” is not illegal content: there is nothing to notify.")
    if category_code in texts_at(now).without_notice:
        return []
    recipients, place = registry(), take_apart(locked.url)
    wait = dt.timedelta(hours=category.host_wait_hours)
    common = {
        "item": locked,
        "registry": recipients.version,
        "host": place.host[:255],
        "category": category_code,
        "scheme": version,
        "created_at": now,
        "changed_at": now,
    }
    notices = [
        _create(RecipientKind.PHAROS, recipients.police, now, common),
        _create(RecipientKind.HOST, recipients.host(place), now + wait, common),
    ]
    for notice in notices:
        data = {**about(notice), "due_at": notice.due_at.isoformat(), "category": category_code}
        ledger.record(locked.case, "notice.scheduled", actor, item=locked, data=data)
    return notices


def _category(item: Item, code: str, now: dt.datetime) -> tuple[str, Category]:
    """The category in the version that the decision was made under."""
    decision = current_qualification(item)
    version = decision.scheme if decision and decision.category == code else scheme_at(now).version
    return version, scheme(version)[code]


def _create(kind: RecipientKind, who: Recipient, due_at: dt.datetime, common: dict[str, Any]) -> Notice:
    return Notice.objects.create(
        recipient=kind,
        channel=who.channel,
        name=who.name[:120],
        address=who.address,
        scope=who.scope,
        language=who.language,
        state=NoticeState.SCHEDULED if who.channel == Channel.EMAIL else NoticeState.TASK,
        due_at=due_at,
        **common,
    )


def about(notice: Notice) -> dict[str, Any]:
    """What the ledger says of a notice: never an address of a person, never the URL."""
    return {
        "notice": notice.reference,
        "message_id": notice.message_id,
        "recipient": notice.recipient,
        "channel": notice.channel,
        "host": notice.host,
    }


@transaction.atomic
def stop_for_item(item: Item, actor: Actor) -> list[Notice]:
    """Cancel whatever has not left, and forget the texts if the case was erased. Idempotent.

    A notice that is being transmitted, or perhaps was, cannot be called back and stays as it is.
    """
    notices = list(Notice.objects.select_for_update().filter(item=item).order_by("due_at"))
    stopped = [n for n in notices if n.state in STOPPABLE]
    for notice in stopped:
        change(notice, state=NoticeState.CANCELLED, claim="")
    fresh = Item.objects.select_related("case").get(pk=item.pk)
    if stopped:
        data = {"notices": [n.reference for n in stopped], "reason": fresh.state}
        ledger.record(fresh.case, "notice.cancelled", actor, item=fresh, data=data)
    if not fresh.url:
        _forget(notices)
    return stopped


def _forget(notices: Iterable[Notice]) -> None:
    """The reporter had everything erased: what is left is that a message was sent, when, and its digest."""
    for notice in notices:
        if notice.body or notice.host:
            change(
                notice, subject="", body="", message=b"", host="", reply="", decision_note="", wait_reason=""
            )


def change(notice: Notice, **fields: Any) -> Notice:
    """Write some fields of a notice that the caller has locked."""
    for name, value in fields.items():
        setattr(notice, name, value)
    notice.changed_at = clock.now()
    notice.save(update_fields=[*fields, "changed_at"])
    return notice


def mark_reached(notice: Notice, actor: Actor, **data: Any) -> None:
    """The notice has left: the item goes on, if it can; the ledger says so either way. In a transaction."""
    kind = RecipientKind(notice.recipient)
    item = Item.objects.select_for_update().select_related("case").get(pk=notice.item_id)
    to = REACHED[kind]
    if to in FOLLOWS[ItemState(item.state)]:
        steps.advance(item, to, actor, data={**about(notice), **data})
    else:
        # Withdrawn while it was being transmitted, or the other notice was faster.
        ledger.record(item.case, "notice.sent", actor, item=item, data={**about(notice), **data})


def locked(notice: Notice, allowed: Iterable[NoticeState]) -> Notice:
    """The notice, locked and read again. Raises WrongState."""
    row = Notice.objects.select_for_update(of=("self",)).select_related("item__case").get(pk=notice.pk)
    if row.state not in set(allowed):
        raise WrongState(f"A notice that is “{row.get_state_display()}” does not allow this.")
    return row


def note(notice: Notice, kind: str, actor: Actor, **data: Any) -> None:
    """A ledger event about a notice."""
    ledger.record(notice.item.case, kind, actor, item=notice.item, data={**about(notice), **data})
