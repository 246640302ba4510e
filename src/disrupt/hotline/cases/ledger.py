"""The ledger: every write to a case leaves one hash-chained event, and nobody can take one out unnoticed.

digest = SHA-256 of the canonical JSON of (previous digest, case, number, time, actor, kind, item, data). The
case holds the length and the last digest, so that a cut tail shows too. Data never holds personal details.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction

from disrupt.hotline.cases import counted
from disrupt.hotline.cases.models import Case, Item, LedgerEvent, SealedKind, SealedNote
from disrupt.hotline.common import clock
from disrupt.hotline.common.actors import Actor


class LedgerBroken(ValueError):
    """The chain of a case does not verify: an event was altered, removed or inserted."""


CHAINED = ("previous", "case_id", "number", "at", "actor", "kind", "item_id", "data")
"""The fields of an event that its digest covers, in their order."""

_TOLD_BY = {SealedKind.EMAIL: "to_tell", SealedKind.TELEPHONE: "to_call"}

_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def digest_of(event: LedgerEvent) -> str:
    """What the event is chained by."""
    return digest_of_fields([getattr(event, name) for name in CHAINED])


def digest_of_fields(fields: Sequence[Any]) -> str:
    """The same, of the values of CHAINED."""
    previous, case_id, number, at, actor, kind, item_id, data = fields
    said = [previous, str(case_id), number, at.isoformat(), actor, kind, str(item_id or ""), data]
    return hashlib.sha256(_canonical(said).encode()).hexdigest()


def record(
    case: Case, kind: str, actor: Actor, *, item: Item | None = None, data: Mapping[str, Any] | None = None
) -> LedgerEvent:
    """Append an event, in the caller's transaction (it must be in one: the event and the change are one)."""
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("A ledger event belongs in its change's transaction.")
    locked = Case.objects.select_for_update().only("ledger_length", "ledger_head").get(pk=case.pk)
    event = LedgerEvent(
        case_id=case.pk,
        number=locked.ledger_length + 1,
        at=clock.now(),
        actor=str(actor),
        kind=kind,
        item=item,
        data=json.loads(json.dumps(data or {})),
        previous=locked.ledger_head,
    )
    event.digest = digest_of(event)
    event.save(force_insert=True)
    counted.happened(event, case, item)
    news = _news_for(case) if kind in settings.TELL_REPORTER_OF else {}
    Case.objects.filter(pk=case.pk).update(ledger_length=event.number, ledger_head=event.digest, **news)
    case.ledger_length, case.ledger_head = event.number, event.digest
    return event


def _news_for(case: Case) -> dict[str, bool]:
    """How the reporter can be told that something is new: by mail, by a call (correspondence/telling.py)."""
    reached = SealedNote.objects.filter(case=case, kind__in=_TOLD_BY, safe=True, bounced_at=None)
    return {_TOLD_BY[SealedKind(kind)]: True for kind in reached.values_list("kind", flat=True)}


def verify(case: Case) -> int:
    """How many events were verified. Raises LedgerBroken.

    An event that is appended meanwhile is verified too: it is no break that the row was read before it.
    """
    row = Case.objects.get(pk=case.pk)
    while True:
        count, last = _chain(row)
        if (count, last) == (row.ledger_length, row.ledger_head):
            return count
        now = Case.objects.get(pk=case.pk)
        if now.ledger_length <= row.ledger_length:
            raise LedgerBroken(f"The last events of case {case.reference} are missing.")
        row = now


def _chain(case: Case) -> tuple[int, str]:
    """The number of the last event and its digest. Raises LedgerBroken."""
    previous, count = "", 0
    for event in case.ledger.order_by("number"):
        count += 1
        if event.number != count or event.previous != previous or event.digest != digest_of(event):
            raise LedgerBroken(f"Event {count} of case {case.reference} does not verify.")
        previous = event.digest
    return count, previous
