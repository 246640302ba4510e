"""Putting fingerprints into the bank and taking them out again."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass

from django.db import transaction

from disrupt.hotline.bank import batches, door
from disrupt.hotline.bank.batches import take_turn as take_turn
from disrupt.hotline.bank.identity import identity_of
from disrupt.hotline.bank.models import (
    DERIVED,
    BankEntry,
    ChangeKind,
    EntryOrigin,
    EntrySource,
    EntryState,
)
from disrupt.hotline.bank.prints import Prints as Prints
from disrupt.hotline.common import clock


class KnownLawful(ValueError):
    """The negative bank knows this content: it is offered when a person has said so, and not before."""


@transaction.atomic
def offer(
    prints: Prints,
    category: str,
    origin: EntryOrigin,
    item_id: uuid.UUID,
    *,
    let_through: bool = False,
    group: uuid.UUID | None = None,
    urgent: bool = False,
) -> BankEntry:
    """Make sure that partners are offered these fingerprints because of this item; idempotent.

    Two items with the same fingerprints, all of them, share one entry, which stays until both are withdrawn.
    Every way in comes through here, and so past the door (door.py): generic fingerprints are left out.
    `group` names what must not be recognisable as one, the case; partners hear of it with the next batch.
    Raises KnownLawful, unless a person let this item through.
    """
    sifted = door.sift(prints)
    if sifted.lawful and not let_through:
        raise KnownLawful("The negative bank knows this content.")
    prints = sifted.prints
    take_turn()
    known = EntrySource.objects.filter(item_id=item_id, withdrawn_at=None).select_related("entry").first()
    if known:
        return known.entry
    entry, new = BankEntry.objects.get_or_create(
        identity=prints.identity,
        origin=origin,
        category=category,
        state=EntryState.ACTIVE,
        defaults={
            "kind": prints.kind,
            "sha256": prints.sha256,
            "md5": prints.md5,
            "prints": prints.as_json(),
            "created_at": clock.now(),
        },
    )
    EntrySource.objects.update_or_create(
        item_id=item_id, defaults={"entry": entry, "added_at": clock.now(), "withdrawn_at": None}
    )
    if new:
        batches.stage(entry, ChangeKind.ADDED, group, urgent=urgent)
    elif batches.unstage(entry, ChangeKind.WITHDRAWN):
        entry.withdrawn_at = None
        entry.save(update_fields=["withdrawn_at"])
    return entry


@transaction.atomic
def withdraw_source(item_id: uuid.UUID, group: uuid.UUID | None = None) -> BankEntry | None:
    """Take an item's reason away; its entry is withdrawn when no reason is left. Idempotent.

    The entry comes back as it is kept until its batch, or from then on (retention.py).
    """
    take_turn()
    source = EntrySource.objects.filter(item_id=item_id, withdrawn_at=None).select_related("entry").first()
    if source is None:
        return None
    source.withdrawn_at = now = clock.now()
    source.save(update_fields=["withdrawn_at"])
    entry = source.entry
    if entry.sources.filter(withdrawn_at=None).exists():
        return None
    _let_go(entry, now, group)
    return entry


def _let_go(entry: BankEntry, now: dt.datetime, group: uuid.UUID | None = None) -> None:
    """Withdraw an entry with the next batch; one that nobody was told of goes without a word."""
    entry.withdrawn_at = now
    entry.save(update_fields=["withdrawn_at"])
    if batches.unstage(entry, ChangeKind.ADDED):
        batches.close(entry)
    else:
        batches.stage(entry, ChangeKind.WITHDRAWN, group)


@dataclass(frozen=True)
class Replaced:
    """A withdrawn entry, the one that stands in its place, and the items behind it."""

    old: BankEntry
    new: BankEntry
    items: tuple[uuid.UUID, ...]


@transaction.atomic
def drop_derived(entry_id: uuid.UUID) -> Replaced | None:
    """Offer an entry without its derived hashes: withdrawn as it was, added anew without them. Idempotent.

    Its sources go on with the new entry. None for an entry that is withdrawn or has no derived hash.
    """
    take_turn()
    old = BankEntry.objects.filter(pk=entry_id, state=EntryState.ACTIVE).first()
    if old is None or not has_derived(old) or not old.sources.filter(withdrawn_at=None).exists():
        return None
    kind, sha256, md5 = old.kind, old.sha256, old.md5
    prints = old.prints | {"pdq": [p for p in old.prints["pdq"] if p.get("role") != DERIVED]}
    # The same content may stand there without them already, offered while none were made.
    new, made = BankEntry.objects.get_or_create(
        identity=identity_of(kind, sha256, md5, prints),
        origin=old.origin,
        category=old.category,
        state=EntryState.ACTIVE,
        defaults={"kind": kind, "sha256": sha256, "md5": md5, "prints": prints, "created_at": clock.now()},
    )
    sources = old.sources.filter(withdrawn_at=None)
    items = tuple(sources.values_list("item_id", flat=True))
    sources.update(entry=new)
    _let_go(old, clock.now())
    if made:
        batches.stage(new, ChangeKind.ADDED, None)
    return Replaced(old, new, items)


def has_derived(entry: BankEntry) -> bool:
    """Whether hashes of parts of the picture are offered with it."""
    return any(p.get("role") == DERIVED for p in entry.prints.get("pdq", ()))
