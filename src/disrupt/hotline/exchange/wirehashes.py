"""Which entries stand behind a hash of the StopNCII protocol, kept up with the bank by whoever asks first.

It is derived from the bank's changes and can be emptied at any time: it fills again.
"""

from __future__ import annotations

from django.db import transaction

from disrupt.hotline.bank.models import BankChange, BankEntry, ChangeKind, EntryKind
from disrupt.hotline.exchange.models import WireCursor, WireHash
from disrupt.protocol.feed import BadChange, prints_from
from disrupt.protocol.stopncii import MIN_QUALITY, Signal

Wire = tuple[Signal, str]
_STEP = 1000


def wires_of(kind: str, md5: str, prints: dict[str, object]) -> tuple[Wire, ...]:
    """The hashes that the protocol can carry of an entry: a picture's PDQs worth matching, a video's MD5."""
    if kind == EntryKind.VIDEO:
        return ((Signal.VIDEO_MD5, md5),) if md5 else ()
    try:
        pdq, _ = prints_from(prints)
    except BadChange:
        return ()
    worth = dict.fromkeys(p.hex for p in pdq if p.quality >= MIN_QUALITY)
    return tuple((Signal.IMAGE_PDQ, value) for value in worth)


def _rows(entry: BankEntry) -> list[WireHash]:
    wires = wires_of(entry.kind, entry.md5, entry.prints)
    return [WireHash(entry=entry, signal=signal.value, value=value) for signal, value in wires]


@transaction.atomic
def _step() -> bool:
    WireCursor.objects.get_or_create(pk=1)
    cursor = WireCursor.objects.select_for_update().get(pk=1)
    changes = list(
        BankChange.objects.filter(seq__gt=cursor.seq).select_related("entry").order_by("seq")[:_STEP]
    )
    if not changes:
        return False
    added = [change.entry for change in changes if change.kind == ChangeKind.ADDED]
    rows = [row for entry in added for row in _rows(entry)]
    WireHash.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    cursor.seq = changes[-1].seq
    cursor.save(update_fields=["seq"])
    return True


def catch_up(last: int) -> None:
    """Bring the table up to the bank's change `last`; one cheap query when it already is."""
    cursor = WireCursor.objects.filter(pk=1).first()
    if cursor is not None and cursor.seq >= last:
        return
    while _step():
        pass
