"""What a person decides about fingerprints that are, or would be, on the partners' lists."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.locking import hold_case, hold_item
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import HeldFor, ItemKind, ItemState
from disrupt.hotline.cases.steps import advance, let_through
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.reading import seen_by_a_person

OFFERED = (ItemState.BANKED, ItemState.PROTECTED)
_ON_THE_LISTS = (
    Q(kind__in=[ItemKind.FILE, ItemKind.DECLARED], state__in=OFFERED)
    | Q(kind=ItemKind.DECLARED, state=ItemState.RECEIVED)
    | Q(kind=ItemKind.FILE, state=ItemState.ACCEPTED)
)


class NotHeld(ValueError):
    """The item waits for nobody."""


class MotiveNeeded(ValueError):
    """What a partner took off, or disputes, is put back for a reason that is said."""


PARTNERS_WORD = (HeldFor.FLOOD, HeldFor.DISPUTED)


def held_of(case: Case) -> list[Item]:
    """The items of a case that wait for a person before they are offered."""
    return list(case.items.exclude(held_for="").order_by("position"))


def offered_of(case: Case) -> list[Item]:
    """The items of a case whose fingerprint is on the partners' lists, or about to be."""
    return list(case.items.filter(_ON_THE_LISTS).order_by("position"))


@transaction.atomic
def offer_after_all(item: Item, actor: Actor, motive: str = "") -> None:
    """A person looked at what held the item, and lets it through. Raises NotHeld, MotiveNeeded."""
    if item.held_for in PARTNERS_WORD and not motive.strip():
        raise MotiveNeeded("Say why it goes on: it is recorded in the ledger.")
    if not let_through(item, actor, motive.strip()[:300]):
        raise NotHeld("This item does not wait for a person.")
    seen_by_a_person(Case.objects.get(pk=item.case_id))


@transaction.atomic
def offer_all(case: Case, actor: Actor) -> int:
    """Let everything through that only its number held up; how many there were.

    What answers to a lawful picture, or was not blocked by a partner, is decided on item by item.
    """
    hold_case(case.pk)
    many = [HeldFor.MANY_IN_REPORT, HeldFor.MANY_TODAY]
    held = list(case.items.filter(held_for__in=many).order_by("position"))
    for item in held:
        let_through(item, actor)
    seen_by_a_person(Case.objects.get(pk=case.pk))
    return len(held)


@transaction.atomic
def do_not_offer(item: Item, actor: Actor) -> Item:
    """A person decided against a fingerprint that waited: it goes on no list. Raises NotHeld."""
    locked = hold_item(item)
    if not locked.held_for:
        raise NotHeld("This item does not wait for a person.")
    kept_off = advance(item, ItemState.WITHDRAWN, actor, kind="item.not_offered", due_at=clock.now())
    seen_by_a_person(Case.objects.get(pk=item.case_id))
    return kept_off


@transaction.atomic
def take_off_case(case: Case, actor: Actor) -> int:
    """Take off the partners' lists, at one press, all that a case put there or is about to; how many items.

    Its reporter is told of each, and may write. Content that was still waiting is destroyed.
    """
    hold_case(case.pk)
    items = offered_of(case)
    for item in items:
        kind = "item.taken_off" if item.state in OFFERED else "item.not_offered"
        advance(item, ItemState.WITHDRAWN, actor, kind=kind, due_at=clock.now())
    if items:
        ledger.record(case, "case.taken_off", actor, data={"items": len(items)})
        seen_by_a_person(Case.objects.get(pk=case.pk))
    return len(items)
