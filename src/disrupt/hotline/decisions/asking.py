"""Nobody can tell what an item is without the person: they are asked, and the item waits for their answer."""

from __future__ import annotations

import datetime as dt
import uuid

from django.db import transaction

from disrupt.hotline.cases import ledger, messages, waiting
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions import reading

ASKED = "item.asked"
# Then the item is back in the queue, answered or not: nobody's report ends because they cannot write.
WAIT = dt.timedelta(days=7)


@transaction.atomic
def ask(item: Item, text: str, actor: Actor, token: str) -> None:
    """Write to the person about an item. Raises ImpossibleStep, NobodyReads."""
    locked = hold_item(item)
    if locked.state != ItemState.RECEIVED or locked.kind not in {ItemKind.URL, ItemKind.FILE}:
        raise ImpossibleStep("Only what waits for a decision is asked about.")
    if not messages.write(locked.case, text, actor, token):
        return
    until = clock.now() + WAIT
    Item.objects.filter(pk=locked.pk).update(asked_until=until)
    ledger.record(locked.case, ASKED, actor, item=locked, data={"until": until.isoformat()})
    waiting.sort_in([locked.case_id])
    reading.answered(locked.case)


def over() -> list[uuid.UUID]:
    """Items whose person has not answered in time."""
    asked = Item.objects.filter(asked_until__lte=clock.now())
    return list(asked.values_list("pk", flat=True)[:200])


@transaction.atomic
def put_back(item_id: uuid.UUID) -> None:
    """Into the queue again."""
    item = hold_item(Item.objects.get(pk=item_id))
    if Item.objects.filter(pk=item.pk, asked_until__lte=clock.now()).update(asked_until=None):
        waiting.sort_in([item.case_id])
