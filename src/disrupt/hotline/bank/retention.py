"""What stays of a withdrawn entry, and its erasure when its time has come (docs/adr/0013)."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from disrupt.hotline.bank.models import DERIVED, BankEntry, EntryKind, EntryState
from disrupt.hotline.common import clock


def keep_what_a_withdrawal_names(entry: BankEntry) -> None:
    """Drop, unsaved, what nobody needs of a withdrawn entry.

    Our own feed withdraws by the entry's id. The StopNCII protocol can only name the hash that it handed
    out: a picture's PDQs (never those of its parts) or a film's MD5. The rest has no use any more.
    """
    whole = [row for row in entry.prints.get("pdq", ()) if row.get("role") != DERIVED]
    image = entry.kind == EntryKind.IMAGE
    entry.sha256 = entry.identity = ""
    entry.md5 = "" if image else entry.md5
    entry.prints = {"pdq": whole} if image else {}


def to_erase() -> QuerySet[BankEntry]:
    """Entries withdrawn so long ago that whoever reads has heard; the oldest withdrawals first."""
    limit = clock.now() - settings.KEEP_WITHDRAWN
    due = BankEntry.objects.filter(state=EntryState.WITHDRAWN, erased_at=None, withdrawn_at__lte=limit)
    return due.order_by("withdrawn_at")


def ids_to_erase() -> Iterator[uuid.UUID]:
    """Their keys."""
    return to_erase().values_list("pk", flat=True).iterator()


@transaction.atomic
def erase(entry_id: uuid.UUID) -> BankEntry | None:
    """Erase every fingerprint of an entry that is due; return it as it was. None when it is not due (again).

    Its id, its dates and its numbered changes stay, so that every feed stays gapless and a withdrawal can be
    heard, and heard again, for ever.
    """
    entry = to_erase().select_for_update().filter(pk=entry_id).first()
    if entry is None:
        return None
    BankEntry.objects.filter(pk=entry_id).update(sha256="", md5="", prints={}, erased_at=clock.now())
    return entry
