"""A decision takes effect: from here on the worker destroys, offers and notifies (D13)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from disrupt.hotline.cases import stopping
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Case, Item, Qualification
from disrupt.hotline.cases.queries import waiting_decision
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor, named
from disrupt.hotline.decisions import opinions
from disrupt.hotline.decisions.urgency import priority_of

DECIDED, QUALIFIED = "item.decided", "item.qualified"


def about(decision: Qualification) -> dict[str, Any]:
    """What the ledger says of a decision."""
    return {
        "category": decision.category,
        "scheme": decision.scheme,
        "person": decision.person,
        "reason": decision.reason,
        **({"carried": True} if decision.carried else {}),
        **({"synthetic": True} if decision.synthetic else {}),
    }


def put_in_force(
    item: Item, decision: Qualification, actor: Actor, said: Mapping[str, Any] | None = None
) -> None:
    """The decision takes effect now. To be called within the transaction that holds the item.

    `said`: for the ledger, where more is to be said than what the decision holds.
    """
    now = clock.now()
    illegal = scheme(decision.scheme)[decision.category].illegal
    to = ItemState.ACCEPTED if illegal else ItemState.REJECTED
    advance(item, to, actor, kind=QUALIFIED, data=said or about(decision), due_at=now)
    Qualification.objects.filter(pk=decision.pk).update(in_force_at=now)
    decision.in_force_at = now
    if stopping.speaks_of_a_threat(decision):
        # Who threatens has the file: it stops nothing of this case.
        stopping.forget(Item.objects.filter(case=item.case_id))
    priority = priority_of(decision)
    Case.objects.filter(pk=item.case_id, priority__gt=priority).update(priority=priority)


@transaction.atomic
def take_effect(item: Item) -> bool:
    """DECIDED -> ACCEPTED or REJECTED, once the time is up; False when it was undone or withdrawn meanwhile.

    In the ledger it stands under the name of whoever decided: the worker adds nothing to it.
    """
    locked = hold_item(item)
    decision = waiting_decision(locked)
    if locked.state != ItemState.DECIDED or decision is None or decision.effective_at > clock.now():
        return False
    if opinions.holds(decision):
        return False
    put_in_force(locked, decision, named(decision.by))
    return True
