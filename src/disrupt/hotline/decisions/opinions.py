"""Second opinions: who is asked and when, what the second person says unseen, and what a lead makes of it.

A decision that somebody else is asked about waits: a refusal until they have answered; what is illegal at
most SECOND_WAIT, and if it is urgent not at all, so that nobody is left unprotected for our sake.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.categories import scheme
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Asked, Item, PersonAge, Qualification, SecondOpinion
from disrupt.hotline.cases.states import ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor, analyst
from disrupt.hotline.common.amending import dials
from disrupt.hotline.common.permissions import ITEM_QUALIFY, holders
from disrupt.hotline.decisions.urgency import is_urgent

GIVEN, SETTLED = "item.second_opinion", "item.settled"


class NotAsked(ValueError):
    """Nobody asks about this decision (any more): it was answered, undone, withdrawn, or its time is over."""


class NotYours(ValueError):
    """Who decided, or gave the second opinion, is not the one to judge it."""


def ask(decision: Qualification) -> SecondOpinion | None:
    """Ask somebody else where a rule says so and there is somebody; to be called as the decision is made."""
    why = _why(decision)
    if why is None or not _others(decision):
        return None
    wait = dt.timedelta() if is_refusal(decision) or is_urgent(decision) else dials.second_wait()
    if wait > dials.undo_wait():
        decision.effective_at = decision.at + wait
        decision.save(update_fields=["effective_at"])
    return _ask(decision, why)


def ask_of_rule(decision: Qualification) -> SecondOpinion:
    """Somebody looks at what a rule decided, before it takes effect: it waits as it did in the queue."""
    return _ask(decision, Asked.RULE)


def _ask(decision: Qualification, why: Asked) -> SecondOpinion:
    return SecondOpinion.objects.create(
        decision=decision, why=why, asked_at=decision.at, first=decision.category
    )


def is_refusal(decision: Qualification) -> bool:
    """Whether it says that the content is not illegal."""
    return not scheme(decision.scheme)[decision.category].illegal


def _why(decision: Qualification) -> Asked | None:
    if decision.carried:
        return None
    if is_refusal(decision) and is_urgent(decision):
        return Asked.REFUSAL
    first = dials.second_first()
    own = Qualification.objects.filter(by=decision.by, carried=False).order_by()
    if first and own[: first + 1].count() <= first:
        return Asked.NEW
    return Asked.SAMPLE if secrets.randbelow(10_000) < round(dials.second_sample() * 100) else None


def _others(decision: Qualification) -> bool:
    if not settings.SECOND_OPINIONS:
        return False
    return any(
        str(analyst(pk)) != decision.by for pk in holders(ITEM_QUALIFY).values_list("pk", flat=True)[:2]
    )


def holds(decision: Qualification) -> bool:
    """Whether it waits for somebody: a lead who holds it, the second person, or a lead who ends a dispute."""
    return bool(decision.held) or asks(decision)


def asks(decision: Qualification) -> bool:
    """Whether a refusal or a rule's decision waits for its answer, or a dispute for a lead."""
    opinion = SecondOpinion.objects.filter(decision=decision).first()
    if opinion is None or opinion.agrees or opinion.settled_at is not None:
        return False
    return opinion.at is not None or opinion.why == Asked.RULE or is_refusal(decision)


def waiting() -> QuerySet[SecondOpinion]:
    """What somebody is asked about, the most urgent first."""
    return _in_the_wait(SecondOpinion.objects.filter(at=None)).order_by(
        "decision__item__case__priority", "asked_at"
    )


def waiting_for(actor: Actor) -> QuerySet[SecondOpinion]:
    """What this analyst can answer: what others decided."""
    return waiting().exclude(decision__by=str(actor))


def asked_about(item: Item, actor: Actor) -> SecondOpinion | None:
    """What this analyst is asked about the item, if anything."""
    return waiting_for(actor).filter(decision__item=item).first()


def disputed() -> QuerySet[SecondOpinion]:
    """Where two disagree, for a lead."""
    return _in_the_wait(SecondOpinion.objects.filter(agrees=False, settled_at=None)).order_by("at")


def _in_the_wait(opinions: QuerySet[SecondOpinion]) -> QuerySet[SecondOpinion]:
    waits = opinions.filter(
        decision__item__state=ItemState.DECIDED, decision__undone_at=None, decision__in_force_at=None
    )
    return waits.select_related("decision__item__case")


def _held(opinion: SecondOpinion) -> tuple[Item, SecondOpinion]:
    """The item under its lock and the opinion as it is now. Raises NotAsked."""
    item = hold_item(opinion.decision.item)
    fresh = _in_the_wait(SecondOpinion.objects.filter(pk=opinion.pk)).first()
    if fresh is None:
        raise NotAsked("Nobody asks about this decision any more.")
    return item, fresh


@transaction.atomic
def give(
    opinion: SecondOpinion, actor: Actor, *, category: str, person: PersonAge, reason: str = ""
) -> SecondOpinion:
    """What a second person says. Raises NotAsked, NotYours."""
    item, fresh = _held(opinion)
    if fresh.at is not None:
        raise NotAsked("Somebody has answered already.")
    if fresh.decision.by == str(actor):
        raise NotYours("Somebody else is asked.")
    fresh.category, fresh.person, fresh.reason = category, person, reason
    fresh.by, fresh.at = str(actor), clock.now()
    fresh.agrees = _same(fresh)
    fresh.save()
    said = {"category": category, "person": person, "reason": reason, "agrees": fresh.agrees}
    ledger.record(item.case, GIVEN, actor, item=item, data=said)
    if fresh.agrees:
        let_go(item, fresh.decision)
    else:
        Item.objects.filter(pk=item.pk).update(due_at=None)
    return fresh


def _same(opinion: SecondOpinion) -> bool:
    first = opinion.decision
    adult = (first.person == PersonAge.ADULT) == (opinion.person == PersonAge.ADULT)
    return first.category == opinion.category and adult


def let_go(item: Item, decision: Qualification) -> None:
    """The decision stands: it takes effect once it cannot be undone any more."""
    due = max(decision.at + dials.undo_wait(), clock.now())
    Qualification.objects.filter(pk=decision.pk).update(effective_at=due)
    Item.objects.filter(pk=item.pk).update(due_at=None if decision.held else due)


@transaction.atomic
def confirm(opinion: SecondOpinion, actor: Actor) -> None:
    """A third person says that the first decision stands. Raises NotAsked, NotYours."""
    item, fresh = held_dispute(opinion, actor)
    ledger.record(item.case, SETTLED, actor, item=item, data={"stands": "first"})
    let_go(item, fresh.decision)


def held_dispute(opinion: SecondOpinion, actor: Actor) -> tuple[Item, SecondOpinion]:
    """A dispute that this third person ends now, in the caller's transaction. Raises NotAsked, NotYours."""
    item, fresh = _held(opinion)
    if fresh.agrees is not False or fresh.settled_at is not None:
        raise NotAsked("There is no dispute (any more).")
    if str(actor) in (fresh.by, fresh.decision.by):
        raise NotYours("A third person ends a dispute.")
    fresh.settled_by, fresh.settled_at = str(actor), clock.now()
    fresh.save(update_fields=["settled_by", "settled_at"])
    return item, fresh
