"""A decision that waits can be undone, held by a lead, or made to take effect at once (D13)."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import ledger, waiting
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Item, Qualification
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions import opinions, urgency
from disrupt.hotline.decisions.effect import put_in_force

UNDONE, HURRIED = "item.undone", "item.hurried"
HELD, LET_GO = "item.decision_held", "item.decision_let_go"


class TooLate(ValueError):
    """The decision does not wait any more: it took effect, was undone, or the reporter withdrew the item."""


class NotUrgent(ValueError):
    """Only what is of the highest priority takes effect before its time, unless a lead says so."""


class MotiveMissing(ValueError):
    """Who makes a decision take effect at once says why."""


class WaitsForAnother(ValueError):
    """A second person is asked about it, or a lead, and has not answered yet."""


def _held(decision: Qualification) -> tuple[Item, Qualification]:
    """The item and its waiting decision, the item under its lock. Raises TooLate."""
    item = hold_item(decision.item)
    fresh = Qualification.objects.filter(pk=decision.pk).first()
    if item.state != ItemState.DECIDED or fresh is None or fresh.undone_at or fresh.in_force_at:
        raise TooLate(f"The decision on item {item.pk} does not wait any more.")
    return item, fresh


@transaction.atomic
def undo(decision: Qualification, actor: Actor) -> Item:
    """Take a decision back: its item waits in the queue again. Raises TooLate.

    Possible as long as it has not taken effect, however late the worker is: the row is what counts. What was
    decided stays in the ledger, and its words with the decision, for whoever decides anew; not what was for
    its notices, which are not opened.
    """
    item, fresh = _held(decision)
    Qualification.objects.filter(pk=fresh.pk).update(undone_at=clock.now(), particulars={})
    waiting.note_decisions(item.case_id)
    data = {"category": fresh.category, "decided_at": fresh.at.isoformat()}
    return advance(item, ItemState.RECEIVED, actor, kind=UNDONE, data=data)


def is_urgent(decision: Qualification) -> bool:
    """Whether a decision may take effect before its time."""
    return urgency.is_urgent(decision) and not opinions.holds(decision)


@transaction.atomic
def hold(decision: Qualification, actor: Actor, why: str) -> None:
    """A lead lets a decision wait, until somebody lets it go or undoes it. Raises MotiveMissing, TooLate."""
    if not why.strip():
        raise MotiveMissing("Say why it waits.")
    item, fresh = _held(decision)
    if fresh.held:
        return
    Qualification.objects.filter(pk=fresh.pk).update(held=why.strip()[:300], held_by=str(actor))
    Item.objects.filter(pk=item.pk).update(due_at=None)
    ledger.record(item.case, HELD, actor, item=item)


@transaction.atomic
def let_go(decision: Qualification, actor: Actor) -> None:
    """It goes its way again: in effect at its time, or at once where that is over. Raises TooLate."""
    item, fresh = _held(decision)
    if not fresh.held:
        return
    Qualification.objects.filter(pk=fresh.pk).update(held="", held_by="")
    fresh.held = ""
    due = None if opinions.asks(fresh) else max(fresh.effective_at, clock.now())
    Item.objects.filter(pk=item.pk).update(due_at=due)
    ledger.record(item.case, LET_GO, actor, item=item)


@transaction.atomic
def hurry(decision: Qualification, actor: Actor, why: str, *, lead: bool = False) -> Item:
    """Make a decision take effect now: one of the highest priority, or (`lead`) any.

    Raises MotiveMissing, NotUrgent, TooLate, WaitsForAnother.

    The words stay with the decision, and go with it; the ledger, which stays, says that there were some.
    """
    if not why.strip():
        raise MotiveMissing("Say why it cannot wait.")
    item, fresh = _held(decision)
    if opinions.holds(fresh):
        raise WaitsForAnother("Somebody else is asked first.")
    if not (lead or is_urgent(fresh)):
        raise NotUrgent("Only what is of priority P0 takes effect before its time.")
    Qualification.objects.filter(pk=fresh.pk).update(hurried=why.strip()[:300])
    ledger.record(item.case, HURRIED, actor, item=item, data={"due_at": fresh.effective_at.isoformat()})
    put_in_force(item, fresh, actor)
    return item


def undone_before(item: Item, actor: Actor) -> Qualification | None:
    """What this analyst decided on the item last, if it was undone: their words are kept for them."""
    last = item.qualifications.filter(by=str(actor)).order_by("-at", "-id").first()
    return last if last is not None and last.undone_at is not None else None
