"""Putting fingerprints into the bank and taking them out again."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import transaction

from disrupt.hotline.bank import batches, door
from disrupt.hotline.bank.batches import take_turn as take_turn
from disrupt.hotline.bank.identity import from_elsewhere
from disrupt.hotline.bank.models import (
    DERIVED,
    BankEntry,
    ChangeKind,
    EntryKind,
    EntryOrigin,
    EntrySource,
    EntryState,
    Minors,
)
from disrupt.hotline.bank.prints import Prints as Prints
from disrupt.hotline.common import clock
from disrupt.protocol.feed import Came


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
    minors: Minors = Minors.NOBODY,
    came: Came | None = None,
) -> BankEntry:
    """Make sure that partners are offered these fingerprints because of this item; idempotent.

    Two items with the same fingerprints, all of them, share one entry, which stays until both are withdrawn.
    Every way in comes through here, and so past the door (door.py): generic fingerprints are left out.
    `group` names what must not be recognisable as one, the case; partners hear of it with the next batch.
    `came`: from another hotline, whose entry is one of its own here, whatever else has its fingerprints.
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
    minors = _settle_minors(prints.sha256, origin, minors)
    entry, new = _entry(prints, origin, category, minors, came.to_wire() if came else None)
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
    let_go(entry, now, group)
    return entry


def let_go(entry: BankEntry, now: dt.datetime, group: uuid.UUID | None = None) -> None:
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
    kept = tuple(p for p in old.prints["pdq"] if p.get("role") != DERIVED)
    return _replace(old, kept, Minors(old.minors))


def _replace(old: BankEntry, pdq: tuple[Mapping[str, Any], ...], minors: Minors) -> Replaced:
    """Another entry in the place of an active one, with the same sources; both are told with their batch."""
    prints = Prints(EntryKind(old.kind), old.sha256, old.md5, pdq, tuple(old.prints.get("vpdq", ())))
    # The same content may stand there like that already.
    new, made = _entry(prints, EntryOrigin(old.origin), old.category, minors, old.came)
    sources = old.sources.filter(withdrawn_at=None)
    items = tuple(sources.values_list("item_id", flat=True))
    sources.update(entry=new)
    let_go(old, clock.now())
    if made:
        batches.stage(new, ChangeKind.ADDED, None)
    return Replaced(old, new, items)


def _entry(
    prints: Prints, origin: EntryOrigin, category: str, minors: Minors, came: Mapping[str, Any] | None
) -> tuple[BankEntry, bool]:
    return BankEntry.objects.get_or_create(
        identity=from_elsewhere(prints.identity, came) if came else prints.identity,
        origin=origin,
        category=category,
        minors=minors,
        state=EntryState.ACTIVE,
        defaults={
            "kind": prints.kind,
            "sha256": prints.sha256,
            "md5": prints.md5,
            "prints": prints.as_json(),
            "came": came,
            "created_at": clock.now(),
            "jurisdiction": settings.JURISDICTION,
        },
    )


def _settle_minors(sha256: str, origin: EntryOrigin, minors: Minors) -> Minors:
    """What is said of the person's age, of one file, by whoever offered it: no entry says less than another.

    Who may not hold minors' hashes must get none by another entry of the same file. An analyst's word holds
    for all entries of it; a reporter's for those that nobody examined, so that declaring an adult's picture
    as a minor's takes it from nobody who has it examined.
    """
    if not sha256:  # told by a partner, of a file that nobody here has
        return minors
    same = BankEntry.objects.filter(state=EntryState.ACTIVE, sha256=sha256)
    if not minors:
        said = set(same.exclude(minors="").values_list("minors", flat=True))
        if Minors.EXAMINED in said:
            return Minors.EXAMINED
        return Minors.DECLARED if said and origin == EntryOrigin.DECLARED else Minors.NOBODY
    for old in same.filter(minors=""):
        if minors == Minors.EXAMINED or old.origin == EntryOrigin.DECLARED:
            _replace(old, tuple(old.prints.get("pdq", ())), minors)
    return minors


def has_derived(entry: BankEntry) -> bool:
    """Whether hashes of parts of the picture are offered with it."""
    return any(p.get("role") == DERIVED for p in entry.prints.get("pdq", ()))
