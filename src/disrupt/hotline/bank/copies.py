"""How many copies of its content partners say that they have blocked: told to who stands behind an entry.

A figure below five is told to nobody, and no partner is named.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db.models import Min, Sum

from disrupt.hotline.bank.models import BlockedCopies, EntrySource
from disrupt.hotline.common import clock

LEAST = 5
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class Blocked:
    """So many copies, all partners together, since the day on which the first was told."""

    copies: int
    since: dt.date


def blocked(entry_id: uuid.UUID, reader: uuid.UUID, seen: int) -> None:
    """A partner says that it blocked this entry's content, of which it saw `seen` uploads in 24 hours.

    Said again within a day, what is more than before is counted, so that no upload is counted twice.
    """
    now = clock.now()
    row = BlockedCopies.objects.filter(entry=entry_id, reader=reader).first()
    if row is None:
        BlockedCopies.objects.create(
            entry_id=entry_id, reader=reader, copies=seen, last=seen, since=now.date(), said_at=now
        )
        return
    same_day = now - row.said_at < _DAY
    row.copies += max(seen - row.last, 0) if same_day else seen
    row.last, row.said_at = max(seen, row.last) if same_day else seen, now
    row.save()


def blocked_one(entry_id: uuid.UUID, reader: uuid.UUID) -> None:
    """A partner says so of a hash, and not how often: it is one copy."""
    if not BlockedCopies.objects.filter(entry=entry_id, reader=reader).exists():
        blocked(entry_id, reader, 1)


def took_back(entry_id: uuid.UUID, reader: uuid.UUID) -> None:
    """A partner looked again, and does not block it."""
    BlockedCopies.objects.filter(entry=entry_id, reader=reader).delete()


def forget(reader: uuid.UUID) -> None:
    """What a partner said that may not speak any more."""
    BlockedCopies.objects.filter(reader=reader).delete()


def of_items(items: list[uuid.UUID]) -> dict[uuid.UUID, Blocked]:
    """For each of these items that stands behind an entry; none where there are fewer than five."""
    sources = EntrySource.objects.filter(item_id__in=items, withdrawn_at=None)
    entries = dict(sources.values_list("item_id", "entry_id"))
    sums = BlockedCopies.objects.filter(entry__in=set(entries.values())).values("entry").order_by()
    told = {
        row["entry"]: Blocked(row["n"], row["first"])
        for row in sums.annotate(n=Sum("copies"), first=Min("since"))
        if row["n"] >= LEAST
    }
    return {item: told[entry] for item, entry in entries.items() if entry in told}
