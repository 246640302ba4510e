"""Reading the bank, in the order that a reader's cursor can trust."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterable

from django.db.models import Count, F, Max, QuerySet

from disrupt.hotline.bank.models import (
    BankChange,
    BankEntry,
    BankSequence,
    EntryOrigin,
    EntrySource,
    EntryState,
    StagedChange,
)


def last_seq() -> int:
    """The number of the newest change; 0 for an empty bank."""
    row = BankSequence.objects.filter(pk=1).first()
    return row.last if row else 0


def hotline_id() -> uuid.UUID:
    """What names this hotline where lists are passed on: made once, kept with the list."""
    return BankSequence.objects.get_or_create(pk=1)[0].hotline


def changes_after(seq: int, limit: int) -> list[BankChange]:
    """The next changes after a cursor, oldest first."""
    return list(BankChange.objects.filter(seq__gt=seq).select_related("entry").order_by("seq")[:limit])


def active() -> QuerySet[BankEntry]:
    """Every entry that partners are offered now."""
    return BankEntry.objects.filter(state=EntryState.ACTIVE)


def ours() -> QuerySet[BankEntry]:
    """Those that are of people who came to this hotline."""
    return active().exclude(origin=EntryOrigin.SHARED)


def state_of_the_bank() -> tuple[object, ...]:
    """What differs whenever the active entries do: the last number, and what is staged since."""
    staged = StagedChange.objects.aggregate(number=Count("pk"), newest=Max("pk"))
    return (last_seq(), staged["number"], staged["newest"])


def declared_since(moment: dt.datetime) -> int:
    """How many items have put fingerprints that nobody has seen into the bank since then."""
    return EntrySource.objects.filter(entry__origin=EntryOrigin.DECLARED, added_at__gte=moment).count()


def declared_of(items: Iterable[uuid.UUID]) -> int:
    """How many of these items have ever done so."""
    return EntrySource.objects.filter(entry__origin=EntryOrigin.DECLARED, item_id__in=items).count()


def entry_of_item(item_id: uuid.UUID) -> BankEntry | None:
    """The entry that an item stands behind, if it does."""
    return BankEntry.objects.filter(sources__item_id=item_id, sources__withdrawn_at=None).first()


def left_of_item(item_id: uuid.UUID) -> BankEntry | None:
    """The withdrawn entry that an item stood behind to the end, while anything of it is kept.

    Of an entry that outlived the item's own withdrawal nothing is said: somebody else was behind it.
    """
    to_the_end = BankEntry.objects.filter(sources__item_id=item_id, sources__withdrawn_at=F("withdrawn_at"))
    return to_the_end.filter(erased_at=None).first()
