"""Which entries stand behind a hash of the StopNCII protocol; the worker keeps it up, or whoever asks first.

It holds active entries, and withdrawn ones until their withdrawal is taken in. It is derived from the bank's
changes and can be emptied at any time (with its cursor): it fills again.
"""

from __future__ import annotations

import time

from django.db import transaction

from disrupt.hotline.bank.models import BankChange, BankEntry, ChangeKind, EntryKind, EntryState
from disrupt.hotline.bank.queries import last_seq
from disrupt.hotline.exchange.door.errors import ApiError
from disrupt.hotline.exchange.models import WireCursor, WireHash
from disrupt.protocol.feed import DERIVED, BadChange, prints_from
from disrupt.protocol.stopncii import MIN_QUALITY, Signal

Wire = tuple[Signal, str]
_STEP = 1000
_PATIENCE = 10.0  # seconds; the public client gives up after 60


def wires_of(kind: str, md5: str, prints: dict[str, object]) -> tuple[Wire, ...]:
    """The hashes that the protocol can carry of an entry: a picture's PDQs worth matching, a video's MD5.

    Hashes of parts of a picture are not: the protocol cannot say what they are (docs/adr/0004).
    """
    if kind == EntryKind.VIDEO:
        return ((Signal.VIDEO_MD5, md5),) if md5 else ()
    try:
        pdq, _ = prints_from(prints)
    except BadChange:
        return ()
    worth = dict.fromkeys(p.hex for p in pdq if p.quality >= MIN_QUALITY and p.role != DERIVED)
    return tuple((Signal.IMAGE_PDQ, value) for value in worth)


def _rows(entry: BankEntry) -> list[WireHash]:
    wires = wires_of(entry.kind, entry.md5, entry.prints)
    return [WireHash(entry=entry, signal=signal.value, value=value) for signal, value in wires]


@transaction.atomic
def step() -> bool:
    """Take in the next thousand changes; False when there are none."""
    WireCursor.objects.get_or_create(pk=1)
    cursor = WireCursor.objects.select_for_update().get(pk=1)
    changes = list(
        BankChange.objects.filter(seq__gt=cursor.seq).select_related("entry").order_by("seq")[:_STEP]
    )
    if not changes:
        return False
    added = [change.entry for change in changes if change.kind == ChangeKind.ADDED]
    rows = [row for entry in added if entry.state == EntryState.ACTIVE for row in _rows(entry)]
    WireHash.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    gone = [change.entry_id for change in changes if change.kind == ChangeKind.WITHDRAWN]
    WireHash.objects.filter(entry__in=gone).delete()
    cursor.seq = changes[-1].seq
    cursor.save(update_fields=["seq"])
    return True


def forget(entry: BankEntry) -> tuple[Wire, ...]:
    """Forget the hashes of a withdrawn entry; return those that the protocol carried."""
    WireHash.objects.filter(entry=entry).delete()
    return wires_of(entry.kind, entry.md5, entry.prints)


def is_behind(last: int | None = None) -> bool:
    """Whether the bank has changes (up to `last`, by default all) that the table has not taken in."""
    cursor = WireCursor.objects.filter(pk=1).first()
    return (cursor.seq if cursor else 0) < (last_seq() if last is None else last)


def catch_up(last: int) -> None:
    """Bring the table up to the bank's change `last`; one cheap query when it already is.

    Raises ApiError (unavailable) when that takes longer than a client waits; what was done stays done.
    """
    until = time.monotonic() + _PATIENCE
    while is_behind(last) and step():
        if time.monotonic() > until:
            later = {"Retry-After": "5"}
            raise ApiError("unavailable", "The table of hashes is being made.", headers=later)
