"""What analysts decide on an item, and what it sets in motion."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.models import (
    Case,
    Item,
    PersonAge,
    Qualification,
)
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.reading import seen_by_a_person


@transaction.atomic
def qualify(
    item: Item,
    category: str,
    actor: Actor,
    *,
    person: PersonAge = PersonAge.ADULT,
    secondary: Iterable[str] = (),
    reason: str = "",
    reasoning: str = "",
) -> Qualification:
    """Record an analyst's decision and set what follows in motion. Raises ImpossibleStep, UnknownCategory."""
    now = clock.now()
    scheme = scheme_at(now)
    chosen = scheme[category]
    for code in secondary:
        _ = scheme[code]
    decision = Qualification.objects.create(
        item=item,
        category=category,
        secondary=list(secondary),
        scheme=scheme.version,
        person=person,
        reason=reason,
        reasoning=reasoning,
        by=str(actor),
        at=now,
    )
    to = ItemState.ACCEPTED if chosen.illegal else ItemState.REJECTED
    advance(
        item,
        to,
        actor,
        kind="item.qualified",
        data={"category": category, "scheme": scheme.version, "person": person, "reason": reason},
        due_at=now,
    )
    priority = 0 if person != PersonAge.ADULT else chosen.priority
    Case.objects.filter(pk=item.case_id, priority__gt=priority).update(priority=priority)
    item.refresh_from_db()
    seen_by_a_person(Case.objects.get(pk=item.case_id))
    return decision


class NotDeclared(ValueError):
    """This item is not a fingerprint from the person's own device."""


def take_off(item: Item, actor: Actor) -> Item:
    """Take a fingerprint that nobody has seen off the partners' lists; its reporter is told, and may write.

    Raises NotDeclared, and ImpossibleStep when it is off already.
    """
    if item.kind != ItemKind.DECLARED:
        raise NotDeclared("What an analyst has examined is taken back by its reporter, or not at all.")
    return advance(item, ItemState.WITHDRAWN, actor, kind="item.taken_off", due_at=clock.now())
