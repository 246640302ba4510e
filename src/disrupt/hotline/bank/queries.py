"""Reading the bank, in the order that a reader's cursor can trust."""

from __future__ import annotations

import uuid

from django.db.models import QuerySet

from disrupt.hotline.bank.models import BankChange, BankEntry, BankSequence, EntryState


def last_seq() -> int:
    """The number of the newest change; 0 for an empty bank."""
    row = BankSequence.objects.filter(pk=1).first()
    return row.last if row else 0


def changes_after(seq: int, limit: int) -> list[BankChange]:
    """The next changes after a cursor, oldest first."""
    return list(BankChange.objects.filter(seq__gt=seq).select_related("entry").order_by("seq")[:limit])


def active() -> QuerySet[BankEntry]:
    """Every entry that partners are offered now."""
    return BankEntry.objects.filter(state=EntryState.ACTIVE)


def entry_of_item(item_id: uuid.UUID) -> BankEntry | None:
    """The entry that an item stands behind, if it does."""
    return BankEntry.objects.filter(sources__item_id=item_id, sources__withdrawn_at=None).first()
