"""Entries that are set aside: off the lists at the next batch, and kept here until a person has looked.

A withdrawn entry loses its fingerprints (retention.py). What is set aside may come back: they are kept for
each item behind it, until it is put back or its item withdrawn.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from disrupt.hotline.bank import services
from disrupt.hotline.bank.models import BankEntry, EntryKind, EntryOrigin, EntryState, Minors, SetAside
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.common import clock


@transaction.atomic
def set_aside(entry_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    """Take an active entry off the lists; the items behind it, none where it is not active. Idempotent."""
    services.take_turn()
    entry = BankEntry.objects.filter(pk=entry_id, state=EntryState.ACTIVE).first()
    if entry is None:
        return ()
    sources = entry.sources.filter(withdrawn_at=None)
    items = tuple(sources.values_list("item_id", flat=True))
    if items:
        now = clock.now()
        SetAside.objects.bulk_create(
            SetAside(
                item_id=item,
                kind=entry.kind,
                sha256=entry.sha256,
                md5=entry.md5,
                prints=entry.prints,
                category=entry.category,
                origin=entry.origin,
                minors=entry.minors,
                at=now,
            )
            for item in items
        )
        sources.update(withdrawn_at=now)
        services.let_go(entry, now)
    return items


@transaction.atomic
def put_back(item_id: uuid.UUID, group: uuid.UUID | None = None) -> BankEntry | None:
    """Offer again what was set aside of this item; None where nothing was. A person said so."""
    kept = SetAside.objects.select_for_update().filter(item_id=item_id).first()
    if kept is None:
        return None
    pdq, vpdq = (tuple(kept.prints.get(name, ())) for name in ("pdq", "vpdq"))
    entry = services.offer(
        Prints(EntryKind(kept.kind), kept.sha256, kept.md5, pdq, vpdq),
        kept.category,
        EntryOrigin(kept.origin),
        item_id,
        let_through=True,
        group=group,
        minors=Minors(kept.minors),
    )
    kept.delete()
    return entry


def forget(item_id: uuid.UUID) -> bool:
    """Erase what was set aside of an item that is withdrawn; whether there was something."""
    return SetAside.objects.filter(item_id=item_id).delete()[0] > 0
