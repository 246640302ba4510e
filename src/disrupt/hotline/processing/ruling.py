"""What has just arrived and belongs to a decided family is decided by rule, where a person turned one on."""

from __future__ import annotations

from disrupt.hotline.cases.models import How, Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.decisions import rules
from disrupt.hotline.processing import recognise
from disrupt.hotline.processing.known import decided_before
from disrupt.hotline.processing.sketching import Sketch


def rule_on(item: Item, sketch: Sketch) -> bool:
    """Whether a rule decided the item. Nothing is decoded or shown."""
    if not rules.any_on() or item.state != ItemState.RECEIVED or item.kind != ItemKind.FILE or item.held_for:
        return False
    known = recognise.by_sketch(sketch)
    before = decided_before(known, item)
    if known is None or before is None:
        return False
    how = How.FILE if known.exact else How.COPY
    made = rules.decide(
        item,
        before.category,
        how,
        person=before.person,
        secondary=before.secondary,
        entry=str(before.entry.pk),
    )
    return made is not None
