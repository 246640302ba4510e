"""Taking items and cases back."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases.locking import hold_case, hold_item
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import REPORTER, Actor


@transaction.atomic
def withdraw_item(item: Item, actor: Actor = REPORTER) -> Item:
    """The reporter takes an item back: its entry leaves the bank, its content is destroyed, notices stop."""
    held = hold_item(item)
    if held.state == ItemState.WITHDRAWN:
        return held
    return advance(held, ItemState.WITHDRAWN, actor, due_at=clock.now())


@transaction.atomic
def withdraw_case(case: Case, actor: Actor = REPORTER) -> int:
    """Take back every item of the case; return how many."""
    hold_case(case.pk)
    items = list(case.items.exclude(state=ItemState.WITHDRAWN))
    for item in items:
        withdraw_item(item, actor)
    return len(items)
