"""Bringing an item to its next state."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from disrupt.hotline.cases import ledger, retention, waiting
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Item
from disrupt.hotline.cases.states import HeldFor, ItemState, check_step
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor


@transaction.atomic
def advance(
    item: Item,
    to: ItemState,
    actor: Actor,
    *,
    kind: str = "",
    data: Mapping[str, Any] | None = None,
    due_at: dt.datetime | None = None,
) -> Item:
    """Bring an item to its next state; `kind` defaults to `item.<state>`.

    Raises ImpossibleStep, also when somebody else was faster: the row is locked and read again.
    """
    locked = hold_item(item)
    check_step(locked.state, to)
    before = locked.state
    locked.state, locked.due_at, locked.changed_at, locked.held_for = to, due_at, clock.now(), ""
    locked.asked_until = None
    locked.save(update_fields=["state", "due_at", "changed_at", "held_for", "asked_until"])
    ledger.record(
        locked.case, kind or f"item.{to}", actor, item=locked, data={"from": before, **(data or {})}
    )
    waiting.sort_in([locked.case_id])
    retention.close_if_settled(locked.case)
    return locked


@transaction.atomic
def hold(
    item: Item,
    why: HeldFor,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    *,
    kind: str = "item.held",
) -> None:
    """Stop an item where it is until a person has looked at it (see `let_through`)."""
    locked = hold_item(item)
    locked.held_for, locked.due_at, locked.changed_at = why, None, clock.now()
    locked.save(update_fields=["held_for", "due_at", "changed_at"])
    ledger.record(locked.case, kind, actor, item=locked, data={"why": why.value, **(data or {})})
    waiting.sort_in([locked.case_id])


@transaction.atomic
def let_through(item: Item, actor: Actor, motive: str = "") -> bool:
    """A person ends the hold: the item goes on at once, past what held it. False where it is not held."""
    locked = hold_item(item)
    if not locked.held_for:
        return False
    why, locked.held_for, locked.let_through_by = locked.held_for, "", str(actor)
    locked.due_at = locked.changed_at = clock.now()
    locked.save(update_fields=["held_for", "let_through_by", "due_at", "changed_at"])
    ledger.record(
        locked.case,
        "item.let_through",
        actor,
        item=locked,
        data={"why": why} | ({"motive": motive} if motive else {}),
    )
    waiting.sort_in([locked.case_id])
    return True
