"""Which cases wait for an analyst, kept in the case's own row: the queue costs the same at a million cases.

Whoever changes what a case waits for (an item's state or hold, what was read) says so here, in the same
transaction; a test compares the rows with what they stand for.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from django.db.models import Case as When_
from django.db.models import Exists, OuterRef, Q, QuerySet, Value, When

from disrupt.hotline.cases.models import Case, Item, Qualification
from disrupt.hotline.cases.states import ItemKind, ItemState


def waits() -> Q:
    """What a case waits for: to be read, a decision, a look at what is held, or what was promised."""
    undecided = Q(state=ItemState.RECEIVED, kind__in=[ItemKind.URL, ItemKind.FILE], asked_until=None)
    items = Item.objects.filter(undecided | ~Q(held_for=""), case=OuterRef("pk"))
    return Q(unread=True) | Q(promise_due=True) | Q(Exists(items))


def sort_in(case_ids: Iterable[uuid.UUID]) -> None:
    """Put these cases into the queue, or take them out of it."""
    _sort(Case.objects.filter(pk__in=list(case_ids)))


def _sort(cases: QuerySet[Case]) -> None:
    cases.update(in_queue=When_(When(waits(), then=Value(True)), default=Value(False)))


def note_decisions(case_id: uuid.UUID) -> None:
    """Write into the case's row as what its items are decided; whoever decides or undoes says so here."""
    standing = Qualification.objects.filter(item__case=case_id, undone_at=None).order_by()
    codes = ",".join(sorted(set(standing.values_list("category", flat=True))))
    Case.objects.filter(pk=case_id).update(decided_as=f",{codes}," if codes else "")


def decided_as(category: str) -> Q:
    """Cases in which something is decided so."""
    return Q(decided_as__contains=f",{category},") & ~Q(decided_as="")
