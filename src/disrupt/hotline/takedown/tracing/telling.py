"""Telling a contact that was found: the notice that waits goes there, or another one follows it."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.takedown import actions, services
from disrupt.hotline.takedown.models import Contact, Notice
from disrupt.hotline.takedown.planning import escalation
from disrupt.hotline.takedown.posting import groups
from disrupt.hotline.takedown.states import Channel, NoticeState, Step

# What can go to whoever hosts it; a complaint about them, or a search engine's task, never does.
TO_THE_SITE = frozenset({Step.HOST, Step.SECOND, Step.REMINDER, Step.NETWORK})
_WAITS = frozenset({NoticeState.SCHEDULED, NoticeState.TASK, NoticeState.FAILED, NoticeState.REFUSED})


@transaction.atomic
def tell(notice: Notice, contact: Contact, actor: Actor) -> Notice:
    """Send a notice to a contact of its address: this one if it has not left, else another one now.

    Raises NotPossible (not a notice to whoever hosts it, another address, no e-mail), WrongState.
    """
    row = services.locked(notice, NoticeState)
    if row.step not in TO_THE_SITE or contact.target_id != row.target_id or not contact.address:
        raise actions.NotPossible("Only a contact of this address that has an e-mail address.")
    if row.state in _WAITS:
        row = actions.readdress(row, contact.address, actor)
        return groups.change(row, name=contact.name, scope=contact.scope)
    same = Notice.objects.filter(target=row.target, category=row.category, round=row.round)
    if same.filter(address=contact.address).exclude(state=NoticeState.CANCELLED).exists():
        raise actions.NotPossible("This contact is told already.")
    number = same.filter(step=Step.SECOND).count() + 1
    made = escalation.make(row, Step.SECOND, number, clock.now(), actor)
    assert made is not None
    return groups.change(
        made,
        address=contact.address,
        name=contact.name,
        scope=contact.scope,
        channel=Channel.EMAIL,
        state=NoticeState.SCHEDULED,
    )
