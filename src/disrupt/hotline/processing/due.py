"""Which items are due, and in which order."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Case as When_
from django.db.models import Exists, OuterRef, Q, TextField, Value, When
from django.db.models.functions import Concat

from disrupt.hotline.cases.categories import DECLARED_MINOR, schemes
from disrupt.hotline.cases.models import AgeWhenTaken, Item, PersonAge, Qualification
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock
from disrupt.hotline.processing import pipeline


def minor_categories() -> set[str]:
    """The codes that concern minors, in any version of the scheme."""
    return {DECLARED_MINOR.code} | {c.code for s in schemes() for c in s.categories.values() if c.minors}


def due_items() -> Iterable[uuid.UUID]:
    """Items that are due, those of minors first: their content is the first to be destroyed."""
    return _due(pipeline.STEPS)


def items_without_decoding() -> Iterable[uuid.UUID]:
    """Those of the items that are due whose next step is cheap."""
    return _due(step for step in pipeline.STEPS if step != pipeline.DECODES)


def items_to_decode(
    *, without: Iterable[uuid.UUID] = (), among: Iterable[uuid.UUID] | None = None
) -> Iterable[uuid.UUID]:
    """Those whose next step decodes their file."""
    return _due([pipeline.DECODES], without, among)


def _due(
    wanted: Iterable[tuple[ItemKind, ItemState]],
    without: Iterable[uuid.UUID] = (),
    among: Iterable[uuid.UUID] | None = None,
) -> Iterable[uuid.UUID]:
    of_minor = Qualification.objects.filter(item=OuterRef("pk"), undone_at=None).filter(
        Q(category__in=minor_categories()) | Q(person__in=[PersonAge.MINOR, PersonAge.POSSIBLE_MINOR])
    )
    # As one text: else SQLite goes through all items of these states, ever, instead of the few that are due.
    step = Concat("kind", Value(":"), "state", output_field=TextField())
    steps = [f"{kind.value}:{state.value}" for kind, state in wanted]
    items = Item.objects.all() if among is None else Item.objects.filter(pk__in=list(among))
    return (
        items.annotate(step=step)
        .filter(step__in=steps, due_at__lte=clock.now())
        .exclude(pk__in=list(without))
        .annotate(
            minor=When_(
                When(Exists(of_minor), then=Value(0)),
                When(case__age_when_taken=AgeWhenTaken.MINOR, then=Value(1)),
                default=Value(2),
            )
        )
        .order_by("minor", "case__priority", "due_at", "created_at", "position")
        .values_list("pk", flat=True)
        .iterator()
    )
