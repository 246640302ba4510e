"""What analysts decide on an item; it takes effect once it cannot be undone any more (effect.py)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from django.db import transaction

from disrupt.hotline.cases import waiting
from disrupt.hotline.cases.categories import scheme_at
from disrupt.hotline.cases.locking import hold_item
from disrupt.hotline.cases.models import Case, Item, PersonAge, Qualification, SecondOpinion
from disrupt.hotline.cases.states import ImpossibleStep, ItemKind, ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.common.amending import dials
from disrupt.hotline.decisions import opinions
from disrupt.hotline.decisions.effect import DECIDED, about, put_in_force
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
    carried: bool = False,
    synthetic: bool = False,
    particulars: Mapping[str, str] = MappingProxyType({}),
    known: str = "",
    same_as: int = 0,
    settled: bool = False,
    drawn: bool = False,
) -> Qualification:
    """Record a decision, in effect once nobody can undo it. Raises ImpossibleStep, UnknownCategory.

    `carried`: it was decided on the same thing in another place, so that nobody has read this case for it.
    `known`: the bank's entry by which it was confirmed, without a look.
    `synthetic`: it was made or edited by a machine, as far as one sees.
    `particulars`: what its notices say of where the content is, as takedown has bounded it.
    `same_as`: the item of the case, by its place, that it is a second copy of.
    `settled`: it ends a dispute, so that nobody else is asked (opinions.py).
    `drawn`: a rule made it, and somebody looks at it first (rules.py).
    """
    if item.kind == ItemKind.DECLARED:
        raise ImpossibleStep("What a device declared was seen by nobody: there is nothing to decide on.")
    # Before the decision's own row, which names it: two who decide at once would wait for each other.
    hold_item(item)
    now = clock.now()
    scheme = scheme_at(now)
    for code in (category, *secondary):
        _ = scheme[code]
    decision = Qualification.objects.create(
        item=item,
        category=category,
        secondary=list(secondary),
        scheme=scheme.version,
        person=person,
        reason=reason,
        reasoning=reasoning,
        synthetic=synthetic,
        particulars=dict(particulars),
        by=str(actor),
        at=now,
        effective_at=now + dials.undo_wait(),
        carried=carried,
    )
    waiting.note_decisions(item.case_id)
    said = about(decision) | ({"known": known} if known else {})
    said |= {"same_as": same_as} if same_as else {}
    if drawn:
        opinion: SecondOpinion | None = opinions.ask_of_rule(decision)
    else:
        opinion = None if settled or known or same_as else opinions.ask(decision)
    if dials.undo_wait() or opinion:
        until = decision.effective_at
        data = said | {"effective_at": until.isoformat()} | ({"second": opinion.why} if opinion else {})
        due = None if opinions.holds(decision) else until
        advance(item, ItemState.DECIDED, actor, kind=DECIDED, data=data, due_at=due)
    else:
        put_in_force(item, decision, actor, said)
    item.refresh_from_db()
    if not carried:
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
