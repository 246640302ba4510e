"""Locks on a case: its own row first, then what is of it, so that nobody waits for another in a circle.

Whoever writes to a case holds its row until the commit: what is pressed at the same moment is done one after
the other, each on what the one before has left. Where the bank's turn is taken too, or the row of an address
(takedown/locking.py), they are taken first; notices are taken last.
"""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from disrupt.hotline.cases.models import Case, Item


class CaseErased(LookupError):
    """The reporter has deleted the case: nothing is added to it any more."""


class KeyReplaced(CaseErased):
    """The case's own key was replaced meanwhile: whoever has the one of before gives the code again."""


def hold_case(case_id: uuid.UUID) -> Case:
    """The case as it is now, held until the end of the transaction."""
    return Case.objects.select_for_update().get(pk=case_id)


def hold_living(case_id: uuid.UUID) -> Case:
    """The same, of a case that something is to be added to. Raises CaseErased."""
    case = hold_case(case_id)
    if case.is_erased:
        raise CaseErased("This case was deleted by its reporter.")
    return case


def hold_item(item: Item) -> Item:
    """The item as it is now, with its case, both held."""
    case = hold_case(item.case_id)
    held = Item.objects.select_for_update().get(pk=item.pk)
    held.case = case
    return held


def hold_items(found: QuerySet[Item]) -> list[Item]:
    """The same, of several items in the order of their cases."""
    numbers = dict(found.order_by().values_list("pk", "case_id"))
    if not numbers:
        return []
    cases = Case.objects.select_for_update().filter(pk__in=set(numbers.values()))
    by_number = {case.pk: case for case in cases.order_by("pk")}
    items = list(Item.objects.select_for_update().filter(pk__in=numbers).order_by("case_id", "pk"))
    for item in items:
        item.case = by_number[item.case_id]
    return items
