"""Two analysts disagree, and a lead decides as the second one did."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Item, PersonAge, Qualification, SecondOpinion
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions import opinions, undoing
from disrupt.hotline.decisions.services import qualify


@transaction.atomic
def decide_as_second(opinion: SecondOpinion, actor: Actor) -> Qualification:
    """The first decision is undone, and the second person's is made in its place, by the lead.

    Raises NotAsked, NotYours.
    """
    item, fresh = opinions.held_dispute(opinion, actor)
    ledger.record(item.case, opinions.SETTLED, actor, item=item, data={"stands": "second"})
    undoing.undo(fresh.decision, actor)
    return qualify(
        Item.objects.select_related("case").get(pk=item.pk),
        fresh.category,
        actor,
        person=PersonAge(fresh.person),
        reason=fresh.reason,
        settled=True,
    )
