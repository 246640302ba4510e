"""A file that shows a threat or an identity, not the intimate picture, is sealed for the file only (D15)."""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.cases import sketches
from disrupt.hotline.cases.adding import proof_ends
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.cases.steps import advance
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.decisions.reading import seen_by_a_person

KEPT = "item.kept_as_proof"


class NotAFile(ValueError):
    """Only a deposited file can turn out to be a proof."""


@transaction.atomic
def keep_as_proof(item: Item, actor: Actor) -> Item:
    """Make a wrongly sorted file a proof, before it is fingerprinted, offered or destroyed.

    Raises NotAFile, and ImpossibleStep when something of that has happened already.
    """
    if item.kind != ItemKind.FILE:
        raise NotAFile("What is no deposited file cannot be a proof.")
    kept = advance(item, ItemState.KEPT, actor, kind=KEPT, due_at=proof_ends())
    kept.kind = ItemKind.PROOF
    kept.save(update_fields=["kind"])
    sketches.forget([kept.pk])
    seen_by_a_person(Case.objects.get(pk=item.case_id))
    return kept
