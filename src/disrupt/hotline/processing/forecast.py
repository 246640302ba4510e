"""What comes to its end, and when: so that a person can hold a case before it is too late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import QuerySet

from disrupt.hotline.bank import retention as bank
from disrupt.hotline.cases.models import Case, Item
from disrupt.hotline.cases.states import ItemKind, ItemState
from disrupt.hotline.common import clock

SHOWN = 100
# What is destroyed at the next step of a file.
_LAST = (ItemState.BANKED, ItemState.REJECTED, ItemState.WITHDRAWN)


@dataclass(frozen=True)
class Ending:
    """One kind of thing that ends: how many cases, the first of them with their time, how many are held."""

    kind: str
    count: int
    first: tuple[tuple[Case, dt.datetime | None], ...]
    kept: int


def _of(kind: str, column: str, cases: QuerySet[Case]) -> Ending:
    """Cases; `column` says when each of them ends."""
    kept = cases.filter(kept_until__gt=clock.now())
    free = cases.exclude(kept_until__gt=clock.now())
    first = tuple((case, getattr(case, column)) for case in free.order_by(column, "pk")[:SHOWN])
    return Ending(kind, free.count(), first, kept.count())


def _of_items(kind: str, items: QuerySet[Item]) -> Ending:
    kept = items.filter(case__kept_until__gt=clock.now())
    free = items.exclude(case__kept_until__gt=clock.now()).select_related("case").order_by("due_at", "pk")
    first = tuple((item.case, item.due_at) for item in free[:SHOWN] if item.due_at)
    return Ending(kind, free.count(), first, kept.count())


def within(time: dt.timedelta) -> Iterator[Ending]:
    """What is destroyed by itself from now until then, unless it is held."""
    until = clock.now() + time
    items = Item.objects.exclude(vault_id="")
    yield _of("personal", "purge_at", Case.objects.filter(purge_at__lte=until))
    # Said so that no database begins with all that is open.
    going_on = Case.objects.filter(texts_until__lte=until).exclude(closed_at__isnull=False)
    yield _of("texts", "texts_until", going_on)
    yield _of_items("proofs", items.filter(kind=ItemKind.PROOF, state=ItemState.KEPT, due_at__lte=until))
    # One that is held waits for the end of its hold, and is counted all the same.
    due = items.filter(kind__in=(ItemKind.FILE, ItemKind.PROOF), state__in=_LAST, due_at__isnull=False)
    yield _of_items("contents", due)
    yield _of("erasures", "kept_until", Case.objects.filter(erasure_waits=True))


def fingerprints() -> int:
    """Withdrawn entries whose fingerprints are erased now; no hold is about them."""
    return bank.to_erase().count()
