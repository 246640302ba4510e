"""Addresses of one host that are due together go in one message (docs/adr/0021).

One notice leads: it holds the claim, the bytes and the Message-ID. The others go within it and share its
fate, until one is taken back before the message has left: then all are single again, and it is written anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from disrupt.hotline.common import clock
from disrupt.hotline.takedown.channels.ways import way
from disrupt.hotline.takedown.hosts import take_apart
from disrupt.hotline.takedown.models import Notice, new_message_id
from disrupt.hotline.takedown.notices.regimes import regime_of
from disrupt.hotline.takedown.planning.history import first_of
from disrupt.hotline.takedown.recipients import USUAL_AT_ONCE, BadRegistry, registry
from disrupt.hotline.takedown.states import NoticeState, RecipientKind

S = NoticeState
# What the rows within a message share with the one that leads.
_SHARED = frozenset(
    {"state", "due_at", "texts", "composed_at", "transmitting_at", "sent_at", "reply", "acknowledged_at",
     "delivered_at", "delivery"}
)  # fmt: skip
# No copy of it can be anywhere: it may be written anew.
_NOT_OUT = frozenset({S.SCHEDULED, S.SENDING, S.FAILED, S.REFUSED})


def change(notice: Notice, **fields: Any) -> Notice:
    """Write some fields of a notice that the caller has locked."""
    for name, value in fields.items():
        setattr(notice, name, value)
    notice.changed_at = clock.now()
    notice.save(update_fields=[*fields, "changed_at"])
    return notice


def whole(leader: Notice) -> list[Notice]:
    """All that one message is about, the one that leads first, locked."""
    members = Notice.objects.select_for_update(of=("self",)).select_related("target").filter(within=leader)
    return [leader, *members.order_by("created_at", "pk")]


def change_all(leader: Notice, **fields: Any) -> list[Notice]:
    """Write some fields of a message; what they share goes to the others as well."""
    rows = whole(leader)
    shared = {name: value for name, value in fields.items() if name in _SHARED}
    change(leader, **fields)
    if shared and len(rows) > 1:
        shared["changed_at"] = leader.changed_at
        Notice.objects.filter(pk__in=[row.pk for row in rows[1:]]).update(**shared)
        for row in rows[1:]:
            for name, value in shared.items():
                setattr(row, name, value)
    return rows


def most_at_once(notice: Notice) -> int:
    """How many addresses this recipient takes in one notice."""
    recipients = registry()
    if notice.recipient == RecipientKind.PHAROS:
        return recipients.police.bulk_max
    known = recipients.way_to(take_apart(notice.target.url), notice.address)
    return min(known.bulk_max if known else USUAL_AT_ONCE, regime_of(notice).bulk_max)


def beside(leader: Notice, now: dt.datetime) -> list[int]:
    """The addresses whose notices may go within this one: to be held before any notice is."""
    try:
        room = _room(leader)
    except BadRegistry:
        return []  # whoever writes it says so
    if not room or leader.message:
        return []
    return list(_like(leader, now).values_list("target", flat=True)[: 4 * room])


def gather(leader: Notice, now: dt.datetime, held: Collection[int]) -> None:
    """Take what is due for the same recipient, host, category and step into this notice.

    `held`: the addresses that are held; of others nothing is taken.
    """
    room, thread = _room(leader), first_of(leader)
    if not room:
        return
    found = _like(leader, now).filter(target__in=held).select_for_update(of=("self",))
    for row in [row for row in found.select_related("target") if first_of(row) == thread][:room]:
        change(row, within=leader, attempts=leader.attempts)


def _room(leader: Notice) -> int:
    """How many more its message can be about."""
    able = way(leader.channel).capabilities
    return max(min(most_at_once(leader), able.most_at_once) - 1, 0) if able.by_itself else 0


def _like(leader: Notice, now: dt.datetime) -> QuerySet[Notice]:
    """What could go within it, the first due first."""
    same = Notice.objects.filter(
        state=S.SCHEDULED,
        within=None,
        message_sha256="",
        waits_for_police=False,
        held=False,
        due_at__lte=now,
        recipient=leader.recipient,
        step=leader.step,
        regime=leader.regime,
        number=leader.number,
        round=leader.round,
        channel=leader.channel,
        address=leader.address,
        language=leader.language,
        category=leader.category,
        scheme=leader.scheme,
        target__site=leader.target.site,
    )
    if way(leader.channel).capabilities.one_host:
        same = same.filter(host=leader.host)
    return same.exclude(pk=leader.pk).order_by("due_at", "pk")


def dissolve(leader: Notice) -> None:
    """Make all single again, due as they were, to be written anew."""
    for row in whole(leader):
        # Somebody may have a copy of what was in doubt: another message has another name.
        name = new_message_id() if row.transmitting_at else row.message_id
        change(
            row,
            within=None,
            # What was refused, or cannot be sent, goes on waiting for a person.
            state=row.state if row.state in {S.FAILED, S.REFUSED} else S.SCHEDULED,
            claim="",
            message=b"",
            message_sha256="",
            message_id=name,
            transmitting_at=None,
        )


def take_out(notice: Notice) -> None:
    """Before one of several is stopped: what it was to go in is written anew without it."""
    leader = notice if notice.within_id is None else notice.within
    assert leader is not None
    leader = Notice.objects.select_for_update(of=("self",)).get(pk=leader.pk)
    if len(whole(leader)) > 1 and leader.state in _NOT_OUT:
        dissolve(leader)
        notice.refresh_from_db()
