"""Derived entries (docs/adr/0004): made where the hotline has turned them on; taken back by a command."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.conf import settings
from django.db import transaction

from disrupt.fingerprint import image_luma
from disrupt.fingerprint.errors import FingerprintError
from disrupt.fingerprint.source import Source
from disrupt.fingerprint.types import Pdq
from disrupt.hotline.bank import queries as bank_queries
from disrupt.hotline.bank import services as bank
from disrupt.hotline.cases import ledger
from disrupt.hotline.cases.models import Item
from disrupt.hotline.common.actors import Actor
from disrupt.hotline.processing import decoding
from disrupt.matching.derived import derived_prints


def parts_of(data: Source) -> tuple[Pdq, ...]:
    """The hashes of parts of a picture that was decoded before; none unless DISRUPT_DERIVED_ENTRIES is on.

    They only add to an entry: where the sandbox fails at this second reading, the entry goes without them.
    """
    if not settings.DERIVED_ENTRIES:
        return ()
    try:
        return derived_prints(image_luma(data, sandbox=decoding.sandbox()).luma)
    except FingerprintError:
        return ()


def offered() -> Iterator[uuid.UUID]:
    """The active entries that have derived hashes."""
    return (entry.pk for entry in bank_queries.active().iterator(500) if bank.has_derived(entry))


def withdraw_all(actor: Actor) -> int:
    """Withdraw every entry that has derived hashes and offer it anew without them; how many there were.

    Each entry is one transaction, with a ledger event in every case behind it; run again after a failure.
    """
    return sum(_withdraw(entry_id, actor) for entry_id in list(offered()))


@transaction.atomic
def _withdraw(entry_id: uuid.UUID, actor: Actor) -> bool:
    replaced = bank.drop_derived(entry_id)
    if replaced is None:
        return False
    data = {"entry": str(replaced.new.pk), "instead_of": str(replaced.old.pk)}
    for item in Item.objects.filter(pk__in=replaced.items).select_related("case"):
        ledger.record(item.case, "entry.derived_withdrawn", actor, item=item, data=data)
    return True
