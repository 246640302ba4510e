"""Hashes that partners propose, as entries of the bank: put on the lists, and taken off again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from disrupt.hotline.bank import services as bank
from disrupt.hotline.bank.models import EntryKind, EntryOrigin, EntrySource, Minors
from disrupt.hotline.bank.prints import Prints
from disrupt.hotline.cases.categories import Category
from disrupt.hotline.common import clock
from disrupt.hotline.exchange.models import Opinion, Partner, ProposalState, SubmittedHash
from disrupt.protocol.generic import is_generic, is_generic_digest
from disrupt.protocol.stopncii import MIN_QUALITY, Signal

TAKEN_BACK = (Opinion.WITHDRAWN, Opinion.DELETED)
"""With these words a partner takes back what it proposed."""


def source_of(row: SubmittedHash) -> uuid.UUID:
    """Stands for the item that other entries have behind them."""
    return uuid.uuid5(row.partner_id, f"{row.signal}:{row.value}")


def _prints(row: SubmittedHash) -> Prints:
    if row.signal == Signal.VIDEO_MD5:
        return Prints(EntryKind.VIDEO, "", row.value)
    # The protocol does not carry the quality, but says that none is lower.
    pdq = {"hex": row.value, "quality": MIN_QUALITY, "role": "stored"}
    return Prints(EntryKind.IMAGE, "", "", (pdq,))


def put_on(row: SubmittedHash, category: Category) -> bool:
    """Offer it with the next batch; whether the negative bank and the list of generic hashes let it pass."""
    generic = is_generic_digest if row.signal == Signal.VIDEO_MD5 else is_generic
    if generic(row.value):
        return False
    row.source = source_of(row)
    minors = Minors.DECLARED if category.minors else Minors.NOBODY
    try:
        bank.offer(_prints(row), category.code, EntryOrigin.SHARED, row.source, minors=minors)
    except bank.KnownLawful:
        return False
    return True


def take_off(rows: Iterable[SubmittedHash], then: ProposalState) -> int:
    """Withdraw the entries of those that are offered, with the next batch; how many there were."""
    number = 0
    for row in rows:
        if row.state == ProposalState.OFFERED and row.source is not None:
            bank.withdraw_source(row.source)
            number += 1
        row.state = then
        row.save(update_fields=["state"])
    return number


def leaves(partner: Partner) -> int:
    """A partner that may not come in any more takes along what it proposed; how many entries that were."""
    bank.take_turn()
    rows = SubmittedHash.objects.select_for_update().filter(partner=partner, state=ProposalState.OFFERED)
    return take_off(rows, ProposalState.WAITING)


def taken_back(partner: Partner, values: Iterable[str]) -> int:
    """What of these the partner has taken back leaves the lists; what it proposes again waits anew."""
    said = SubmittedHash.objects.select_for_update().filter(partner=partner, value__in=list(values))
    number = take_off(said.filter(opinion__in=TAKEN_BACK).exclude(state="refused"), ProposalState.WAITING)
    said.filter(opinion__in=TAKEN_BACK).update(disputed_at=None)
    return number


def _behind(entry_id: uuid.UUID) -> list[SubmittedHash]:
    sources = EntrySource.objects.filter(entry=entry_id, withdrawn_at=None).values_list("item_id", flat=True)
    rows = SubmittedHash.objects.select_for_update().filter(
        source__in=list(sources), state=ProposalState.OFFERED
    )
    return list(rows.order_by("pk"))


def look_again(entry_id: uuid.UUID) -> int:
    """A person looks again at what stands behind an entry, which stays meanwhile; how many proposals."""
    rows = [row for row in _behind(entry_id) if row.disputed_at is None]
    SubmittedHash.objects.filter(pk__in=[row.pk for row in rows]).update(disputed_at=clock.now())
    return len(rows)


def flooded(entry_id: uuid.UUID) -> bool:
    """Take off what matched too much, until a person has decided anew; not what one put back after that."""
    bank.take_turn()
    rows = _behind(entry_id)
    if not rows or any(row.flooded for row in rows):
        return False
    take_off(rows, ProposalState.WAITING)
    SubmittedHash.objects.filter(pk__in=[row.pk for row in rows]).update(
        flooded=True, disputed_at=clock.now()
    )
    return True
